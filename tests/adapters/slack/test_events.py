"""Commands, buttons and what is said to the bot, from Slack's request to the answer that people see."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapters.slack.errors import GONE
from adapters.slack.events.shown import REST_MISSING
from adapters.slack.events.workspaces import REMOVED
from adapters.slack.messenger.turns import RATES
from adapters.slack.render.acts import Do, Vote, value_of
from bot.domain.answers import DataFile
from bot.domain.deliveries import DeliveryKind
from bot.domain.papers import PaperId
from bot.domain.places import Identity, PlaceProfile
from bot.errors import StoreError
from bot.ports.delivery import Standing
from bot.services.rates import Throttle
from tests.adapters.slack.scene import ANA, BEN, HERE, TEAM
from tests.adapters.slack.service import Service, a_service, event, submitted
from tests.fakes.slack_standin import Mishap

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

Json = Any


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_service() as it:
        yield it


def words(answer: Json) -> str:
    """Return all that a message says."""
    return str(answer["blocks"])


# --- Commands --------------------------------------------------------------------------------


async def test_a_list_is_answered_to_everyone(service: Service) -> None:
    answer = await service.command("today count=3")
    assert answer["response_type"] == "in_channel"
    assert answer["replace_original"] is False
    assert "Paper 1: Long" in words(answer)
    assert answer["text"].startswith("Today’s papers") or "Paper 1" in answer["text"]
    assert service.standin.faults == []


@pytest.mark.parametrize("text", ["", "help", "status", "subscriptions", "toady", "today count=99"])
async def test_help_status_and_every_mistake_are_the_askers_alone(service: Service, text: str) -> None:
    assert (await service.command(text))["response_type"] == "ephemeral"
    assert service.standin.faults == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(
            "show <https://arxiv.org/abs/2604.00007|arxiv.org/abs/2604.00007>", "Paper 7", id="link"
        ),
        pytest.param("show &lt;2604.00007&gt;", "2604.00007", id="escaped"),
        pytest.param("today topic=“Paper 7” count=1", "Paper 7: Long", id="curly quotes"),
        pytest.param("search Paper 7", "Paper 7: Long", id="raw text"),
    ],
)
async def test_what_slack_makes_of_typing_is_undone(service: Service, text: str, shown: str) -> None:
    assert shown in words(await service.command(text))


async def test_a_subscription_is_in_the_askers_own_zone_and_joins_the_channel(service: Service) -> None:
    service.standin.channels[HERE.channel]["is_member"] = False
    answer = await service.command("subscribe 09:00 days=daily", user_id=BEN)
    assert answer["response_type"] == "ephemeral"
    assert service.standin.channels[HERE.channel]["is_member"] is True
    [standing] = await service.delivery.subscriptions(HERE)
    assert isinstance(standing, Standing)
    assert standing.subscription.tz == "Asia/Tokyo"
    assert standing.subscription.created_by == Identity(f"slack:{TEAM}/{BEN}")


@pytest.mark.parametrize("text", ["preview", "preview post=yes", "preview topic=nothing-like-it"])
async def test_a_preview_names_its_channel_in_no_way_that_people_do_not_read(
    service: Service, text: str
) -> None:
    await service.command("subscribe 09:00 tz=UTC")
    answer = await service.command(text)
    assert "here" in answer["text"]
    assert str(HERE) not in str(answer)


async def test_a_guest_reads_and_never_manages(service: Service) -> None:
    service.standin.users[ANA]["is_restricted"] = True
    assert "Paper 1" in words(await service.command("today"))
    assert "Guests can read here" in words(await service.command("subscribe 09:00"))
    assert await service.delivery.subscriptions(HERE) == []


async def test_a_stranger_of_a_shared_channel_never_manages(service: Service) -> None:
    service.standin.users[ANA]["team_id"] = "T9"
    assert "Guests can read here" in words(await service.command("subscribe 09:00"))


async def test_where_administrators_manage_members_do_not() -> None:
    async with a_service("admins") as service:
        assert "Only administrators" in words(await service.command("subscribe 09:00 tz=UTC"))
        service.standin.users[BEN]["is_admin"] = True
        await service.command("subscribe 09:00 tz=UTC", user_id=BEN)
        assert len(await service.delivery.subscriptions(HERE)) == 1


async def test_where_managers_alone_submit_papers_guests_do_not(service: Service) -> None:
    await service.delivery.keep_profile(PlaceProfile(HERE, settings={"submit": "managers"}))
    service.standin.users[ANA]["is_restricted"] = True
    answer = await service.command("submit 2604.00001")
    assert answer["response_type"] == "ephemeral"
    assert "Only those who manage this place" in words(answer)
    [card] = await submitted(service, "submit 2604.00001", user_id=BEN)
    assert "Submitted here" in words(card)
    assert BEN not in words(card)


async def test_a_note_is_text_and_pings_nobody(service: Service) -> None:
    [card] = await submitted(service, "submit 2604.00001 &lt;!channel&gt; <@U1> *read* this")
    assert "<!channel>" not in words(card)
    assert "<@U1>" not in words(card)
    assert "Note: “" in words(card)
    assert service.standin.faults == []


async def test_who_cannot_be_told_manages_nothing(service: Service) -> None:
    service.standin.refuse("internal_error", "users.info")
    assert "I could not ask Slack who you are" in words(await service.command("subscribe 09:00"))
    assert "Paper 1" in words(await service.command("today"))


async def test_a_fault_of_the_bot_is_told_to_the_asker(service: Service) -> None:
    async def broken(*_values: object) -> object:
        raise ZeroDivisionError

    service.house.core.answer = broken  # type: ignore[method-assign, assignment]
    answer = await service.command("today")
    assert "Something broke in me" in words(answer)
    assert answer["response_type"] == "ephemeral"


async def test_what_five_answers_do_not_hold_is_said_to_be_missing(service: Service) -> None:
    async def handler(_ask: object, _desk: object) -> DataFile:
        return DataFile("All that is stored of you.", "data.json", "\n".join(["a line of data"] * 6_000))

    my_data = service.house.core.commands["my-data"]
    commands = {**service.house.core.commands, "my-data": replace(my_data, handler=handler)}
    service.house.core.commands = commands
    assert (await service.command("my-data"))["response_type"] == "ephemeral"
    answers = await service.standin.responded(5)
    assert [REST_MISSING in words(answer) for answer in answers] == [False] * 4 + [True]
    assert service.standin.faults == []


# --- Buttons -----------------------------------------------------------------------------------


async def test_a_button_is_answered_to_whoever_pressed_it(service: Service) -> None:
    answer = await service.press(value_of(Do("show 2604.00003")))
    assert answer["response_type"] == "ephemeral"
    assert "Paper 3: Long" in words(answer)


async def test_a_choice_of_a_menu_does_the_same(service: Service) -> None:
    assert "Paper 3: Long" in words(await service.press(value_of(Do("show 2604.00003")), is_option=True))


async def test_a_list_of_a_button_can_be_shown_to_everyone(service: Service) -> None:
    answer = await service.press(value_of(Do("today count=3")))
    [here] = [
        element
        for block in answer["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["text"]["text"] == "Show here"
    ]
    shown = await service.press(here["value"])
    assert shown["response_type"] == "in_channel"
    assert "Paper 1: Long" in words(shown)


@pytest.mark.parametrize("value", ["p9:other:1", "", "p1:vote:x"])
async def test_a_button_of_another_version_says_so(service: Service, value: str) -> None:
    answer = await service.press(value)
    assert "from another time" in words(answer)
    assert answer["response_type"] == "ephemeral"


async def test_a_vote_is_read_as_the_command(service: Service) -> None:
    answer = await service.press(value_of(Vote(PaperId("2604.00003"), 3)))
    assert answer["response_type"] == "ephemeral"


async def test_a_button_that_manages_asks_who_presses_it(service: Service) -> None:
    service.standin.users[ANA]["is_restricted"] = True
    assert "Guests can read here" in words(await service.press(value_of(Do("unsubscribe"))))


# --- What is said to the bot ------------------------------------------------------------------------


async def test_a_mention_is_answered_in_its_thread_and_once(service: Service) -> None:
    told = event(
        1, type="app_mention", user=ANA, text="<@UBOT> today count=2", ts="5.000001", channel=HERE.channel
    )
    for _ in range(3):
        assert (await service.over_http("events", told | {"more": _}))[0] == 200
    [message] = await service.until_said()
    assert message["thread_ts"] == "5.000001"
    assert "Paper 1: Long" in words(message)
    await asyncio.sleep(0)
    assert len(service.standin.ever) == 1


@pytest.mark.parametrize("others", [{"team_id": TEAM}, {"team_id": None}, {}])
async def test_what_is_said_in_a_channel_of_another_workspace_is_answered_where_the_bot_is_installed(
    service: Service, others: Json
) -> None:
    told = event(2, type="app_mention", user=ANA, text="<@UBOT> today count=1", ts="5.1", channel="C1")
    told |= {"team_id": "T9" if others.get("team_id") else TEAM, "authorizations": [others]}
    await service.slack.check_token()
    await service.over_http("events", {**told, "is_ext_shared_channel": True})
    [message] = await service.until_said()
    assert "Paper 1" in words(message)


async def test_help_is_given_alone(service: Service) -> None:
    service.standin.add_channel("D1", TEAM, is_im=True)
    told = event(2, type="message", channel_type="im", user=ANA, text="help", ts="5.000001", channel="D1")
    await service.over_http("events", told)
    [message] = await service.until_said()
    assert "thread_ts" not in message
    assert "today" in words(message)


async def test_the_bot_answers_no_bot(service: Service) -> None:
    robot = event(
        3, type="message", channel_type="im", bot_id="B1", user="UBOT", text="help", ts="5.1", channel="D1"
    )
    talk = event(4, type="message", channel_type="channel", user=ANA, text="help", ts="5.1", channel="C1")
    for told in (robot, talk):
        assert (await service.over_http("events", told))[0] == 200
    await service.slack.close()
    assert service.standin.ever == []


# --- Workspaces and channels ---------------------------------------------------------------------------


async def paused(service: Service) -> str:
    [standing] = await service.delivery.subscriptions(HERE)
    assert isinstance(standing, Standing)
    return standing.subscription.pause_reason


async def subscribed(service: Service) -> None:
    await service.command("subscribe 09:00 tz=UTC")
    assert await paused(service) == ""


async def until(service: Service, is_so: Callable[[str], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so(await paused(service)):  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"type": "app_uninstalled"}, id="uninstalled"),
        pytest.param({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UBOT"]}}, id="revoked"),
    ],
)
async def test_a_workspace_that_removes_the_bot_is_paused_at_once(service: Service, told: Json) -> None:
    await subscribed(service)
    await service.over_http("events", event(5, **told))
    await until(service, lambda reason: reason == REMOVED)
    assert service.delivery.store.tables.left.keys() == {f"slack:{TEAM}"}


async def test_a_workspace_that_a_new_token_is_set_for_is_left_no_more(service: Service) -> None:
    await service.over_http("events", event(5, type="app_uninstalled"))
    left = service.delivery.store.tables.left
    async with asyncio.timeout(10):
        while not left:  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
    await service.slack.check_token()
    assert left == {}


async def test_a_persons_own_token_is_none_of_ours(service: Service) -> None:
    await subscribed(service)
    await service.over_http("events", event(6, type="tokens_revoked", tokens={"oauth": [ANA]}))
    await service.slack.close()
    assert await paused(service) == ""


async def test_a_channel_that_closes_is_paused_and_goes_on_when_the_bot_is_invited(service: Service) -> None:
    await subscribed(service)
    await service.over_http("events", event(7, type="channel_archive", channel=HERE.channel, user=ANA))
    await until(service, bool)
    other = event(8, type="member_joined_channel", channel=HERE.channel, user=BEN)
    ours = event(9, type="member_joined_channel", channel=HERE.channel, user="UBOT")
    await service.over_http("events", other)
    await service.over_http("events", ours)
    await until(service, lambda reason: not reason)


@pytest.mark.parametrize("is_member", [True, False])
async def test_a_channel_that_is_archived_no_more_goes_on_if_the_bot_is_in_it(
    service: Service, *, is_member: bool
) -> None:
    await subscribed(service)
    channel = service.standin.channels[HERE.channel]
    channel["is_archived"] = True
    await service.over_http("events", event(7, type="channel_archive", channel=HERE.channel, user=ANA))
    await until(service, bool)
    channel |= {"is_archived": False, "is_member": is_member}
    await service.over_http("events", event(8, type="channel_unarchive", channel=HERE.channel, user=ANA))
    await service.slack.close()
    assert bool(await paused(service)) is not is_member


async def test_where_slack_does_not_answer_it_is_asked_again_whether_a_channel_is_open(
    service: Service,
) -> None:
    await subscribed(service)
    await service.over_http("events", event(7, type="channel_archive", channel=HERE.channel, user=ANA))
    await until(service, bool)
    for mishap in (Mishap.BUSY, Mishap.DROPPED):
        service.standin.plan(mishap, "conversations.info")
    await service.over_http("events", event(8, type="channel_unarchive", channel=HERE.channel, user=ANA))
    await until(service, lambda reason: not reason)


@pytest.mark.parametrize("named", ["", "slack:T1/C2"])
async def test_somebody_is_told_once_that_a_channel_closed(service: Service, named: str) -> None:
    if named:
        await service.delivery.keep_profile(PlaceProfile(HERE, settings={"notices": named}))
    await subscribed(service)
    closed = event(7, type="channel_left", channel=HERE.channel)
    for _ in range(2):
        await service.over_http("events", closed)
    await service.over_http("events", event(8, type="channel_archive", channel=HERE.channel, user=ANA))
    await until(service, bool)
    await service.slack.close()
    [told] = [each.delivery for each in service.delivery.store.tables.deliveries.values()]
    assert (told.kind, str(told.place)) == (DeliveryKind.NOTICE, named or f"slack:{TEAM}/D{ANA}")
    assert "Its subscriptions are paused." in told.text


async def test_a_channel_that_somebody_paused_stays_so(service: Service) -> None:
    await subscribed(service)
    await service.command("pause")
    before = await paused(service)
    assert before not in GONE.values()
    await service.over_http("events", event(10, type="member_joined_channel", channel="C1", user="UBOT"))
    await service.slack.close()
    [standing] = await service.delivery.subscriptions(HERE)
    assert isinstance(standing, Standing)
    assert standing.subscription.paused_at is not None


async def test_what_somebody_pauses_while_the_bot_is_out_stays_so(service: Service) -> None:
    await subscribed(service)
    await service.over_http("events", event(7, type="channel_left", channel=HERE.channel))
    await until(service, bool)
    await service.command("pause")
    for number, told in enumerate(("member_joined_channel", "channel_unarchive"), start=8):
        back = event(number, type=told, channel=HERE.channel, user="UBOT")
        await service.over_http("events", back)
    await service.slack.close()
    [standing] = await service.delivery.subscriptions(HERE)
    assert isinstance(standing, Standing)
    assert standing.subscription.paused_at is not None


async def test_what_is_said_waits_for_its_turn_behind_a_post(service: Service) -> None:
    throttle = Throttle(RATES, service.house.clock)
    service.slack.turn = lambda place: throttle.turn(place, DeliveryKind.NOTICE)
    async with throttle.turn(HERE, DeliveryKind.POST):
        posted = {"text": "a post", "blocks": [], "unfurl_links": False, "unfurl_media": False}
        await service.slack.web.call(TEAM, "chat.postMessage", channel=HERE.channel, **posted)
    told = event(12, type="app_mention", user=ANA, text="<@UBOT> today", ts="5.000001", channel="C1")
    await service.over_http("events", told)
    await service.until_said(2)
    assert service.standin.too_soon == 0


async def test_an_event_is_dealt_with_though_the_store_cannot_tell_whether_it_is_new(
    service: Service,
) -> None:
    async def broken(*_values: object) -> bool:
        raise StoreError("The database does not answer.")

    service.delivery.first_seen = broken  # type: ignore[method-assign, assignment]
    told = event(11, type="app_mention", user=ANA, text="<@UBOT> help", ts="5.000001", channel="C1")
    assert (await service.over_http("events", told))[0] == 200
    async with asyncio.timeout(10):
        while not service.standin.asked("chat.postEphemeral"):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
