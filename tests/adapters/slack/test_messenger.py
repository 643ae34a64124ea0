"""The messenger over real HTTP, against a strict stand-in of Slack."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.slack.messenger import SlackMessenger, finding
from adapters.slack.messenger.emoji import NAMES, name_of
from bot.domain.cards import Card, Prose
from bot.domain.deliveries import (
    Absent,
    DeliveryKind,
    Failed,
    Gone,
    MessageRef,
    Reach,
    Rejected,
    Sent,
    Throttled,
)
from bot.domain.emoji import read_emoji
from bot.domain.places import Identity, Place
from bot.ports.delivery import PlaceReport, Reaction
from tests.adapters.scenes import CARD
from tests.adapters.slack.scene import ANA, BEN, HERE, ROBOT, TEAM, THERE, Scene, ref, speaking
from tests.fakes.clock import FakeClock
from tests.fakes.slack_standin import Mishap

if TYPE_CHECKING:
    from bot.domain.deliveries import Delivery, FindResult

NOTE = Card((Prose("Nothing on “teaching” since Monday."),), "Nothing on “teaching” since Monday.")

POST, THREAD, REPLY = DeliveryKind.POST, DeliveryKind.THREAD, DeliveryKind.REPLY
EDIT, REACT, PUBLISH = DeliveryKind.EDIT, DeliveryKind.REACT, DeliveryKind.PUBLISH


def later(delivery: Delivery) -> Delivery:
    """Return a delivery on a later try, after one whose outcome is not known."""
    return delivery._replace(attempt=delivery.attempt + 1, is_unknown=True)


# --- Posting ------------------------------------------------------------------------


async def test_a_card_is_posted_with_its_key_and_nothing_unfolds(scene: Scene) -> None:
    delivery = scene.delivery()
    sent = ref(await scene.messenger.send(delivery, CARD))
    [call] = scene.standin.asked("chat.postMessage")
    assert call.asked["metadata"] == {"event_type": "paper_post", "event_payload": {"key": delivery.key}}
    assert call.asked["text"] == "2 papers"
    assert sent.channel == "C1"
    assert list(scene.standin.messages["C1"]) == [sent.ts]
    assert scene.standin.faults == []


@pytest.mark.parametrize("card", [pytest.param(CARD, id="a digest"), pytest.param(NOTE, id="a line")])
async def test_whatever_is_posted_is_found_by_its_key(scene: Scene, card: Card) -> None:
    delivery = scene.delivery()
    sent = ref(await scene.messenger.send(delivery, card))
    assert ref(await scene.messenger.find(later(delivery))) == sent
    assert len(scene.standin.shown(delivery.key)) == 1


async def test_a_heading_has_its_papers_in_its_thread_and_never_in_the_channel(scene: Scene) -> None:
    heading = ref(await scene.messenger.send(scene.delivery(kind=THREAD), CARD))
    delivery = scene.on(heading.kept(), REPLY)
    await scene.clock.sleep(timedelta(seconds=1))
    reply = ref(await scene.messenger.send(delivery, CARD))
    call = scene.standin.asked("chat.postMessage")[-1]
    assert call.asked["thread_ts"] == heading.ts
    assert call.asked["reply_broadcast"] is False
    assert ref(await scene.messenger.find(later(delivery))) == reply
    assert scene.standin.faults == []


async def test_a_reply_is_not_looked_for_in_the_channel(scene: Scene) -> None:
    heading = ref(await scene.messenger.send(scene.delivery(kind=THREAD), CARD))
    assert await scene.messenger.find(later(scene.on(heading.kept(), REPLY))) == Absent()
    assert scene.standin.asked("conversations.history") == []


async def test_a_reply_to_a_message_that_is_gone_is_given_up(scene: Scene) -> None:
    scene.standin.refuse("thread_not_found")
    delivery = scene.delivery(kind=REPLY)._replace(parent="p", parent_message=MessageRef("C1/1.000001"))
    assert isinstance(await scene.messenger.send(delivery, CARD), Rejected)
    assert await scene.messenger.find(later(delivery)) == Absent()


# --- What is done to a message --------------------------------------------------------


async def test_an_edit_replaces_text_and_blocks_and_keeps_the_key(scene: Scene) -> None:
    message = await scene.posted()
    key = scene.delivery().key
    assert await scene.messenger.send(scene.on(message, EDIT), NOTE) == Sent(message)
    [shown] = scene.standin.messages["C1"].values()
    assert shown["text"] == "Nothing on “teaching” since Monday."
    assert shown["metadata"]["event_payload"]["key"] == key
    assert scene.standin.faults == []


@pytest.mark.parametrize(
    ("kind", "method", "error", "expected"),
    [
        pytest.param(EDIT, "chat.update", "message_not_found", Sent(None), id="edit of a deleted one"),
        pytest.param(EDIT, "chat.update", "edit_window_closed", Rejected, id="edit too late"),
        pytest.param(EDIT, "chat.update", "is_archived", Gone, id="edit in an archive"),
        pytest.param(REACT, "reactions.add", "message_not_found", Sent(None), id="react to a deleted one"),
        pytest.param(REACT, "reactions.add", "too_many_reactions", Rejected, id="too many reactions"),
    ],
)
async def test_what_becomes_of_a_message_that_cannot_be_changed(
    scene: Scene, kind: DeliveryKind, method: str, error: str, expected: object
) -> None:
    message = await scene.posted()
    scene.standin.refuse(error, method)
    delivery = scene.on(message, kind, "👍" if kind is REACT else "")
    act = scene.messenger.react(delivery) if kind is REACT else scene.messenger.send(delivery, CARD)
    result = await act
    assert result == expected or isinstance(result, expected if isinstance(expected, type) else ())


async def test_a_reaction_that_is_there_already_is_done(scene: Scene) -> None:
    message = await scene.posted()
    delivery = scene.on(message, REACT, "👍")
    assert await scene.messenger.react(delivery) == Sent(message)
    assert await scene.messenger.react(delivery) == Sent(message)
    assert scene.standin.reactions[ref(Sent(message)).ts] == {"+1": ["UBOT"]}


async def test_an_emoji_without_a_name_is_refused_before_slack_is_asked(scene: Scene) -> None:
    message = await scene.posted()
    assert isinstance(await scene.messenger.react(scene.on(message, REACT, "\U0001f9ff")), Rejected)
    assert scene.standin.asked("reactions.add") == []


async def test_slack_has_nothing_to_publish_to(scene: Scene) -> None:
    assert isinstance(await scene.messenger.publish(scene.on(await scene.posted(), PUBLISH)), Rejected)


# --- Reactions --------------------------------------------------------------------------


async def test_people_are_counted_once_and_bots_never(scene: Scene) -> None:
    message = await scene.posted()
    ts = ref(Sent(message)).ts
    for name, user in (
        ("+1", ANA),
        ("thumbsup::skin-tone-3", ANA),
        ("+1", BEN),
        ("+1", "UBOT"),
        ("+1", ROBOT),
    ):
        scene.standin.react_as(ts, name, user)
    scene.standin.react_as(ts, "party-parrot", ANA)
    found = await scene.messenger.reactions(HERE, message)
    ana, ben = Identity(f"slack:{TEAM}/{ANA}"), Identity(f"slack:{TEAM}/{BEN}")
    assert found == [
        Reaction("+1", frozenset({ana, ben})),
        Reaction("thumbsup::skin-tone-3", frozenset({ana})),
        Reaction("party-parrot", frozenset({ana})),
    ]
    assert len(scene.standin.asked("users.info")) == 4


async def test_a_person_of_another_workspace_keeps_their_home(scene: Scene) -> None:
    message = await scene.posted()
    scene.standin.add_user("UFAR", "T9")
    scene.standin.react_as(ref(Sent(message)).ts, "+1", "UFAR")
    assert await scene.messenger.reactions(HERE, message) == [
        Reaction("+1", frozenset({Identity("slack:T9/UFAR")}))
    ]


async def test_a_list_that_lacks_somebody_is_none(scene: Scene) -> None:
    message = await scene.posted()
    scene.standin.most_users = 1
    for user in (ANA, BEN):
        scene.standin.react_as(ref(Sent(message)).ts, "+1", user)
    assert isinstance(await scene.messenger.reactions(HERE, message), Failed)


async def test_who_cannot_be_seen_any_more_still_reacted(scene: Scene) -> None:
    message = await scene.posted()
    scene.standin.react_as(ref(Sent(message)).ts, "+1", "UGONE")
    gone = Identity(f"slack:{TEAM}/UGONE")
    assert await scene.messenger.reactions(HERE, message) == [Reaction("+1", frozenset({gone}))]


async def test_a_crowd_is_met_little_by_little_and_leaves_turns_to_commands(scene: Scene) -> None:
    message = await scene.posted()
    crowd = [f"U{number:03}" for number in range(100)]
    for user in crowd:
        scene.standin.add_user(user, TEAM)
        scene.standin.react_as(ref(Sent(message)).ts, "+1", user)
    asked = [await scene.messenger.reactions(HERE, message) for _ in range(3)]
    assert [type(each) for each in asked] == [Throttled, Throttled, list]
    assert asked[-1] == [Reaction("+1", frozenset(Identity(f"slack:{TEAM}/{user}") for user in crowd))]
    assert len(scene.standin.asked("users.info")) == 100
    assert scene.standin.too_soon == 0
    times = [call.at for call in scene.standin.asked("users.info")]
    assert all(later - at >= 5 for at, later in zip(times, times[6:], strict=False)), "two are left free"


async def test_reactions_of_a_deleted_message_are_absent(scene: Scene) -> None:
    message = await scene.posted()
    scene.standin.messages["C1"].clear()
    assert await scene.messenger.reactions(HERE, message) == Absent()


@pytest.mark.parametrize("sign", NAMES)
def test_a_name_means_the_emoji_that_it_is_given_for(sign: str) -> None:
    assert read_emoji(name_of(sign)) == read_emoji(sign)


# --- What goes wrong ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mishap", "is_done"),
    [
        (Mishap.DROPPED, False),
        (Mishap.REPLY_LOST, True),
        (Mishap.BROKEN, False),
        (Mishap.BROKEN_AFTER, True),
        (Mishap.INTERNAL, True),
        (Mishap.FATAL, False),
        (Mishap.BAD_GATEWAY, False),
        (Mishap.GARBLED, True),
    ],
)
async def test_what_is_not_known_is_posted_once_and_found(
    scene: Scene, mishap: Mishap, is_done: bool
) -> None:
    scene.standin.plan(mishap)
    delivery = scene.delivery()
    result = await scene.messenger.send(delivery, CARD)
    assert isinstance(result, Failed)
    assert not result.outcome_known
    assert len(scene.standin.shown(delivery.key)) == is_done
    found = await scene.messenger.find(later(delivery))
    assert isinstance(found, Sent) == is_done
    assert len(scene.standin.asked("chat.postMessage")) <= 1


async def test_what_was_surely_not_done_is_known(scene: Scene) -> None:
    scene.standin.plan(Mishap.BUSY)
    assert await scene.messenger.send(scene.delivery(), CARD) == Failed("Slack answered service_unavailable")


async def test_a_server_that_is_not_there_has_done_nothing(scene: Scene) -> None:
    async with speaking(scene.standin, scene.clock) as web:
        web.url = "http://127.0.0.1:9/api/"
        scene.messenger._web = web
        assert await scene.messenger.send(scene.delivery(), CARD) == Failed("Slack cannot be reached")


async def test_a_429_is_obeyed_for_that_call_alone(scene: Scene) -> None:
    scene.standin.plan(Mishap.LIMITED)
    result = await scene.messenger.send(scene.delivery(), CARD)
    assert isinstance(result, Throttled)
    assert result.reach is Reach.CALL
    assert timedelta(seconds=1) <= result.retry_after <= timedelta(seconds=3)
    assert isinstance(await scene.messenger.send(scene.delivery(THERE), CARD), Sent)


async def test_a_tier_is_kept_before_slack_says_no(scene: Scene) -> None:
    message = await scene.posted()
    edits = [scene.on(message, EDIT) for _ in range(4)]
    assert [await scene.messenger.send(each, CARD) for each in edits] == [Sent(message)] * 4
    before = scene.clock.monotonic()
    assert await scene.messenger.send(edits[0], CARD) == Sent(message)
    assert scene.clock.monotonic() - before == pytest.approx(5, abs=0.1)
    assert scene.standin.too_soon == 0


async def test_a_look_up_goes_on_where_it_was_told_to_wait(scene: Scene) -> None:
    scene.standin.is_commercial = True
    delivery = scene.delivery()
    await scene.messenger.send(delivery, CARD)
    scene.chatter(20)
    result = await scene.messenger.find(later(delivery))
    assert isinstance(result, Throttled)
    await scene.clock.sleep(result.retry_after)
    assert isinstance(await scene.messenger.find(later(delivery)), Sent)
    asked = scene.standin.asked("conversations.history")
    assert ["cursor" in call.asked for call in asked if call.status == 200] == [False, True]


async def test_what_appears_while_a_look_up_waits_is_found_too(scene: Scene) -> None:
    scene.standin.is_commercial = True
    delivery = later(scene.delivery())
    scene.chatter(20)
    assert isinstance(await scene.messenger.find(delivery), Throttled)
    late = ref(await scene.messenger.send(delivery, CARD))
    scene.chatter(20)
    results = [await scene.looked_up(delivery) for _ in range(3)]
    assert [type(each) for each in results] == [Throttled, Throttled, Sent]
    assert ref(results[-1]) == late
    assert len(scene.standin.shown(delivery.key)) == 1


async def test_a_look_up_of_some_tries_ends_where_nothing_appears(scene: Scene) -> None:
    scene.standin.is_commercial = True
    delivery = later(scene.delivery())
    scene.chatter(20)
    results = [await scene.looked_up(delivery) for _ in range(3)]
    assert [type(each) for each in results] == [Throttled, Throttled, Absent]
    again = await scene.looked_up(delivery)
    assert isinstance(again, Throttled), "and what was read is forgotten"


async def test_a_look_up_ends_where_more_is_said_than_may_be_read(scene: Scene) -> None:
    *waited, last = await looked_up_amid_talk(scene, later(scene.delivery()))
    assert last == Absent()
    assert {type(each) for each in waited} == {Throttled}
    assert len(waited) < 40


@pytest.mark.parametrize("minutes", [1, 3, 5])
async def test_what_slack_posts_late_is_found_there_all_the_same(scene: Scene, minutes: int) -> None:
    delivery = later(scene.delivery())
    *_, last = await looked_up_amid_talk(scene, delivery, minutes)
    [message] = scene.standin.shown(delivery.key)
    assert ref(last).ts == message["ts"]


async def test_what_another_process_may_have_posted_again_is_found(scene: Scene) -> None:
    delivery = later(scene.delivery())
    *waited, last = await looked_up_amid_talk(scene, delivery, posted_at=45, is_held=False)
    assert {type(each) for each in waited} == {Throttled}, "it may be posted at any time"
    [message] = scene.standin.shown(delivery.key)
    assert ref(last).ts == message["ts"]


@pytest.mark.parametrize("tries", [13, 14, 15])
async def test_what_another_process_posts_at_the_end_of_a_look_up_is_found(scene: Scene, tries: int) -> None:
    scene.standin.is_commercial = True
    delivery = later(scene.delivery())._replace(looked_up_since=scene.clock.now())
    for _ in range(tries):
        scene.chatter(20)
        assert isinstance(await scene.looked_up(delivery), Throttled)
    posted = ref(await scene.messenger.send(delivery, CARD))
    again = delivery._replace(looked_up_since=scene.clock.now())
    results: list[FindResult] = []
    while not results or isinstance(results[-1], Throttled):
        results.append(await scene.looked_up(again))
    assert ref(results[-1]) == posted


async def looked_up_amid_talk(
    scene: Scene, delivery: Delivery, posted_at: int = -1, *, is_held: bool = True
) -> list[FindResult]:
    """Look a delivery up each minute, for an hour at most, in a busy channel; it may be posted meanwhile.

    Unless it `is_held`, another process may have had it between two tries.
    """
    scene.standin.is_commercial = True
    held = delivery._replace(looked_up_since=scene.clock.now() if is_held else None)
    results: list[FindResult] = []
    while len(results) < 60 and (not results or isinstance(results[-1], Throttled)):
        if len(results) == posted_at:
            await scene.messenger.send(delivery, CARD)
        scene.chatter(20)
        results.append(await scene.looked_up(held))
    return results


@pytest.mark.parametrize("slow_by", [timedelta(minutes=11), timedelta(hours=1)], ids=str)
async def test_a_message_is_found_though_our_clock_is_slow(scene: Scene, slow_by: timedelta) -> None:
    delivery = scene.delivery()
    sent = ref(await scene.messenger.send(delivery, CARD))
    tried_at = scene.clock.now() - slow_by
    messenger = SlackMessenger(scene.web, FakeClock(tried_at))
    assert ref(await messenger.find(later(delivery)._replace(first_tried_at=tried_at))) == sent


async def test_a_look_up_begins_anew_whose_cursor_slack_forgot(scene: Scene) -> None:
    scene.standin.is_commercial = True
    delivery = scene.delivery()
    sent = ref(await scene.messenger.send(delivery, CARD))
    scene.chatter(20)
    assert isinstance(await scene.messenger.find(later(delivery)), Throttled)
    scene.standin.refuse("invalid_cursor", "conversations.history")
    assert isinstance(await scene.looked_up(later(delivery)), Failed)
    scene.standin.refusals.clear()
    assert isinstance(await scene.looked_up(later(delivery)), Throttled)
    assert ref(await scene.looked_up(later(delivery))) == sent


async def test_what_was_read_for_a_delivery_is_not_kept_for_ever(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_REMEMBERED", 2)
    scene.standin.is_commercial = True
    scene.chatter(20)
    given_up = [scene.delivery(subject=f"firing {number}") for number in range(4)]
    for delivery in given_up:
        assert isinstance(await scene.looked_up(later(delivery)), Throttled)
    assert list(scene.messenger._finding._readings) == [each.key for each in given_up[2:]]


async def test_a_channel_that_is_long_is_read_page_by_page(scene: Scene) -> None:
    delivery = scene.delivery()
    sent = ref(await scene.messenger.send(delivery, CARD))
    scene.chatter(450)
    assert ref(await scene.messenger.find(later(delivery))) == sent
    assert len(scene.standin.asked("conversations.history")) == 3


async def test_a_token_that_was_taken_back_ends_it(scene: Scene) -> None:
    async with speaking(scene.standin, scene.clock, "xoxb-other") as web:
        scene.messenger._web = web
        result = await scene.messenger.send(scene.delivery(), CARD)
    assert isinstance(result, Gone)
    assert "install me again" in result.why


async def test_no_token_stands_in_what_is_told(scene: Scene) -> None:
    scene.standin.refuse("missing_scope", needed="chat:write", provided="commands")
    result = await scene.messenger.send(scene.delivery(), CARD)
    assert isinstance(result, Gone)
    assert "chat:write" in result.why
    assert "xoxb" not in result.why


# --- Places --------------------------------------------------------------------------------


async def test_a_channel_with_all_that_is_needed(scene: Scene) -> None:
    assert await scene.messenger.describe(HERE) == PlaceReport(("post", "count reactions", "react"))


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        pytest.param({"is_member": False}, "type /invite there", id="no member"),
        pytest.param({"is_archived": True}, "is archived", id="archived"),
    ],
)
async def test_what_is_missing_in_a_channel(scene: Scene, channel: dict[str, bool], words: str) -> None:
    scene.standin.channels["C1"].update(channel)
    report = await scene.messenger.describe(HERE)
    assert isinstance(report, PlaceReport)
    assert report.can == ()
    assert any(words in each for each in report.lacks)


async def test_a_scope_that_is_missing_is_named(scene: Scene) -> None:
    scene.standin.scopes = "chat:write,commands"
    report = await scene.messenger.describe(HERE)
    assert isinstance(report, PlaceReport)
    assert report.can == ("post",)
    assert "reactions:read" in report.lacks[0]


async def test_a_private_channel_without_us_is_gone(scene: Scene) -> None:
    scene.standin.channels["C1"].update(is_private=True, is_member=False)
    assert isinstance(await scene.messenger.describe(HERE), Gone)


async def test_a_person_is_spoken_to_alone(scene: Scene) -> None:
    place = await scene.messenger.direct(Identity(f"slack:{TEAM}/{ANA}"))
    assert place == Place("slack", TEAM, "DUANA")
    assert await scene.messenger.direct(Identity(f"slack:{TEAM}/{ROBOT}")) is None
    assert await scene.messenger.direct(Identity("discord:5")) is None
