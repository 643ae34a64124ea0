"""The form that `subscribe` opens, and a person's own page."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapters.slack.render.acts import Do, value_of
from bot.ports.delivery import Standing
from tests.adapters.slack.scene import ANA, BEN, HERE, TEAM, THERE
from tests.adapters.slack.service import Service, a_service, event, press, slash

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

Json = Any

TRIGGER = "13345224609.738474920.8088930838d88f008e0"


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_service() as it:
        it.standin.triggers.add(TRIGGER)
        yield it


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


async def opened(service: Service, **more: str) -> Json:
    """Let somebody type `subscribe` alone; return the form."""
    payload = slash("subscribe", response_url=service.new_response(), **more)
    assert (await service.over_http("slash_commands", payload))[0] == 200
    await until(lambda: service.standin.views)
    assert service.standin.faults == []
    return service.standin.views[-1]["view"]


def fields(view: Json) -> dict[str, Json]:
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


def filled(view: Json, kind: str = "view_submission", user: str = ANA, **values: str) -> Json:
    """Return what Slack sends of a form that was filled in."""
    state: Json = {
        name: {name: {"type": "x", "selected_time" if name == "at" else "value": value}}
        for name, value in values.items()
    }
    for name in {"tz", "days", "count"} & set(values):
        state[name][name] = {"type": "x", "selected_option": {"value": values[name]}}
    view = {**view, "state": {"values": state}, "hash": "1.abc"}
    return {
        "type": kind,
        "team": {"id": TEAM, "domain": "lab"},
        "user": {"id": user, "team_id": TEAM},
        "view": view,
        "container": {"type": "view", "view_id": view["id"]},
    }


def pressed_in(answer: Json) -> list[Json]:
    """Return the buttons below an answer."""
    return [each for block in answer["blocks"] if block["type"] == "actions" for each in block["elements"]]


async def wishes(service: Service) -> list[Standing]:
    found = await service.delivery.subscriptions(HERE)
    return [one for one in found if isinstance(one, Standing)]


FORM = {"at": "07:30", "tz": "Asia/Tokyo", "days": "mon", "count": "3", "topic": 'robots count= "x"'}


async def test_subscribe_alone_opens_a_form_in_the_askers_own_zone(service: Service) -> None:
    view = await opened(service, user_id=BEN)
    assert list(fields(view)) == ["at", "tz", "days", "count", "topic"]
    assert fields(view)["tz"]["initial_option"]["value"] == "Asia/Tokyo"
    assert fields(view)["at"]["initial_time"] == "09:00"
    assert service.standin.responses == []


async def test_what_is_filled_in_is_subscribed_once(service: Service) -> None:
    view = await opened(service)
    told = filled(view, **FORM)
    for _ in range(2):
        service.house.clock.set(service.house.clock.now().replace(second=_))
        assert await service.over_http("interactive", told) == (200, "")
    [answer] = await service.standin.responded(1)
    assert answer["response_type"] == "ephemeral"
    await service.slack.close()
    [standing] = await wishes(service)
    wish = standing.subscription
    assert (f"{wish.at[0]:%H:%M}", wish.tz, wish.days, wish.count) == ("07:30", "Asia/Tokyo", ("mon",), 3)
    assert wish.topic == 'robots count= "x"'
    assert len(service.standin.responses) == 1


def presets(view: Json) -> dict[str, str]:
    """Return what stands in a form before anything is filled in."""
    found = {}
    for name, element in fields(view).items():
        option = element.get("initial_option") or {}
        found[name] = option.get("value") or element.get("initial_time") or element.get("initial_value") or ""
    return found


STANDS = 'at=17:30 tz=Asia/Tokyo days=mon,wed count=4 min_upvotes=7 topic="robot arm"'


async def test_a_form_begins_with_what_is_posted_there_and_keeps_what_is_left_as_it_is(
    service: Service,
) -> None:
    await service.command(f"subscribe {STANDS}")
    [before] = await wishes(service)
    view = await opened(service)
    given = presets(view)
    assert given == {
        "at": "17:30",
        "tz": "Asia/Tokyo",
        "days": "mon,wed",
        "count": "4",
        "topic": '"robot arm"',
    }
    for topic, kept in (('"robot arm"', '"robot arm"'), ("", "")):
        told = filled({**view, "id": f"V{topic}"}, **{**given, "topic": topic})
        assert await service.over_http("interactive", told) == (200, "")
        await service.standin.responded(2 + (not topic))
        [after] = await wishes(service)
        assert after.subscription == replace(before.subscription, topic=kept)


@pytest.mark.parametrize("more", ["at=09:00,17:30", "at=10:00 add=yes", f"topic={'a|' * 200}b"])
async def test_where_no_form_shows_what_is_posted_there_words_do(service: Service, more: str) -> None:
    await service.command("subscribe 09:00 tz=UTC")
    await service.command(f"subscribe {more}")
    before = await wishes(service)
    assert (await service.command("subscribe"))["response_type"] == "ephemeral"
    assert service.standin.views == []
    assert await wishes(service) == before


async def test_change_opens_the_form(service: Service) -> None:
    saved = await service.command("subscribe 17:30 tz=UTC")
    [change] = [each for each in pressed_in(saved) if each["text"]["text"] == "Change"]
    told = press(change["value"], response_url=service.new_response(), trigger_id=TRIGGER)
    assert (await service.over_http("interactive", told))[0] == 200
    await until(lambda: service.standin.views)
    assert presets(service.standin.views[-1]["view"])["at"] == "17:30"


async def test_who_fills_a_form_in_after_half_an_hour_is_told_too(service: Service) -> None:
    view = await opened(service)
    service.standin.over.add(f"r{service.names}")
    assert await service.over_http("interactive", filled(view, **FORM)) == (200, "")
    await until(lambda: service.standin.asked("chat.postEphemeral"))
    [told] = service.standin.asked("chat.postEphemeral")
    assert (told.asked["channel"], told.asked["user"], told.error) == (HERE.channel, ANA, "")
    assert "07:30" in str(told.asked["blocks"])
    assert service.standin.responses == []


async def test_a_topic_that_is_wrong_keeps_the_form_open(service: Service) -> None:
    view = await opened(service)
    status, text = await service.over_http("interactive", filled(view, **{**FORM, "topic": '"open (phrase'}))
    told = json.loads(text)
    assert (status, told["response_action"]) == (200, "errors")
    assert list(told["errors"]) == ["topic"]
    assert await wishes(service) == []


async def test_enter_in_the_topic_says_what_it_would_choose(service: Service) -> None:
    view = await opened(service)
    told = filled(view, "block_actions", **{**FORM, "topic": "Paper", "days": "daily", "tz": "UTC"})
    act = {"type": "plain_text_input", "action_id": "topic", "block_id": "topic", "value": "Paper"}
    assert (await service.over_http("interactive", told | {"actions": [act]}))[0] == 200
    await until(lambda: len(service.standin.views) > 1)
    updated = service.standin.views[-1]
    [found] = [block for block in updated["view"]["blocks"] if block.get("block_id") == "found"]
    assert "Press Enter" not in str(found)
    assert updated["hash"] == "1.abc"
    assert fields(updated["view"]) == fields(view)
    assert service.standin.faults == []


@pytest.mark.parametrize(
    ("typed", "first"), [("tok", "Asia/Tokyo"), ("PARIS", "Europe/Paris"), ("zzz", None), ("", None)]
)
async def test_zones_are_offered_while_somebody_types(
    service: Service, typed: str, first: str | None
) -> None:
    told = {"type": "block_suggestion", "team": {"id": TEAM}, "user": {"id": ANA}, "value": typed}
    told |= {"action_id": "tz", "block_id": "tz", "view": {"callback_id": "p1.subscribe"}}
    status, text = await service.over_http("interactive", told)
    offered = [option["value"] for option in json.loads(text)["options"]]
    assert status == 200
    assert (offered[0] if offered else None) == first
    assert len(offered) <= 100


async def test_where_no_form_can_be_opened_the_usual_is_subscribed(service: Service) -> None:
    service.standin.triggers.clear()
    answer = await service.command("subscribe")
    assert "09:00" in str(answer["blocks"])
    assert len(await wishes(service)) == 1


async def test_a_guest_gets_no_form(service: Service) -> None:
    service.standin.users[ANA]["is_restricted"] = True
    assert "Guests can read here" in str((await service.command("subscribe"))["blocks"])
    assert service.standin.views == []


async def test_who_became_a_guest_while_filling_it_in_manages_nothing(service: Service) -> None:
    view = await opened(service)
    service.standin.users[BEN]["is_restricted"] = True
    await service.over_http("interactive", filled(view, user=BEN, **FORM))
    [answer] = await service.standin.responded(1)
    assert "Guests can read here" in str(answer["blocks"])
    assert await wishes(service) == []


async def test_a_form_of_another_workspace_or_of_another_time_does_nothing(service: Service) -> None:
    view = await opened(service)
    foreign = filled(view, **FORM) | {"team": {"id": "T9"}}
    old = filled({**view, "callback_id": "p0.subscribe", "id": "V0"}, **FORM)
    broken = filled({**view, "private_metadata": "{", "id": "V1"}, **FORM)
    for told in (foreign, old, broken):
        assert (await service.over_http("interactive", told))[0] == 200
    await service.slack.close()
    assert await wishes(service) == []


# --- App Home ---------------------------------------------------------------------------------


async def home_of(service: Service, user: str = ANA) -> str:
    told = event(len(service.standin.views) + 50, type="app_home_opened", user=user, channel="D1", tab="home")
    before = len(service.standin.views)
    await service.over_http("events", told)
    await until(lambda: len(service.standin.views) > before)
    assert service.standin.faults == []
    published = service.standin.views[-1]
    assert published["user_id"] == user
    return str(published["view"]["blocks"])


async def test_a_persons_page_has_today_and_what_is_posted_in_their_own_channels(service: Service) -> None:
    for place in (HERE, THERE):
        await service.command("subscribe 09:00 tz=UTC", channel_id=place.channel)
        service.house.clock.set(service.house.clock.now().replace(microsecond=len(place.channel)))
    service.standin.channels[HERE.channel]["members"] = [ANA]
    page = await home_of(service)
    assert "Paper 1: Long" in page
    assert "#c1" in page
    assert "#c2" not in page, "of channels that they are not in they learn nothing"
    assert "/papers help" in page


async def test_a_page_shows_what_is_posted_where_they_are_alone_with_the_bot(service: Service) -> None:
    service.standin.add_channel("D1", TEAM, is_im=True)
    await service.command("subscribe 07:15 tz=UTC", channel_id="D1")
    page = await home_of(service)
    assert "Here, to you alone" in page
    assert "weekdays at 07:15 UTC" in page
    assert "Nothing is posted" not in page


async def test_a_page_without_channels_says_what_to_do(service: Service) -> None:
    assert "Nothing is posted in your channels yet" in await home_of(service)


async def test_a_page_says_where_slack_does_not_tell_ones_channels(service: Service) -> None:
    await service.command("subscribe 09:00 tz=UTC")
    service.standin.refuse("internal_error", method="users.conversations")
    page = await home_of(service)
    assert "I could not ask Slack which channels you are in." in page
    assert "Nothing is posted" not in page


async def test_the_messages_tab_publishes_nothing(service: Service) -> None:
    told = event(60, type="app_home_opened", user=ANA, channel="D1", tab="messages")
    await service.over_http("events", told)
    await service.slack.close()
    assert service.standin.views == []


async def test_a_button_of_the_page_is_answered_alone(service: Service) -> None:
    told = press(value_of(Do("show 2604.00003")))
    for name in ("channel", "message"):
        del told[name]
    told["container"] = {"type": "view", "view_id": "V1"}
    told["view"] = {"type": "home", "callback_id": ""}
    assert (await service.over_http("interactive", told))[0] == 200
    [message] = await service.until_said()
    assert "Paper 3: Long" in str(message["blocks"])
    assert list(service.standin.messages["DUANA"].values()) == [message]
