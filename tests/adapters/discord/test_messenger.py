"""The messenger over real HTTP and the real discord.py, against a strict stand-in of Discord."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from adapters.discord.messenger import DiscordMessenger
from bot.domain.cards import Card, Prose
from bot.domain.deliveries import (
    Absent,
    DeliveryKind,
    Failed,
    Gone,
    Reach,
    Rejected,
    Sent,
    Throttled,
)
from bot.domain.places import Place, PlaceKind
from bot.errors import StoreError
from tests.adapters.discord.scene import ALONE, GUILD, HERE, NEWS, POSTS, THERE, MemoryChannels, Scene, ref
from tests.adapters.scenes import CARD
from tests.fakes.discord_standin import Mishap

if TYPE_CHECKING:
    from bot.domain.deliveries import Delivery, SendResult

SILENT = 1 << 12
NOTE = Card((Prose("Nothing on “teaching” since Monday."),), "Nothing on “teaching” since Monday.")

POST, THREAD, REPLY = DeliveryKind.POST, DeliveryKind.THREAD, DeliveryKind.REPLY
EDIT, REACT, PUBLISH, NOTICE = (
    DeliveryKind.EDIT,
    DeliveryKind.REACT,
    DeliveryKind.PUBLISH,
    DeliveryKind.NOTICE,
)


def later(scene: Scene, delivery: Delivery, **how: object) -> Delivery:
    """Return a delivery on a later try."""
    return delivery._replace(attempt=delivery.attempt + 1, **how)  # type: ignore[arg-type] # fields by name


async def after(scene: Scene, minutes: float) -> None:
    await scene.clock.sleep(timedelta(minutes=minutes))


# --- Posting ------------------------------------------------------------------------


async def test_a_card_is_posted_with_its_key_and_pings_nobody(scene: Scene) -> None:
    delivery = scene.delivery()
    sent = ref(await scene.messenger.send(delivery, CARD))
    [call] = scene.standin.said("POST")
    assert call.path == "/channels/11/messages"
    assert call.body["nonce"] == delivery.key
    assert call.body["enforce_nonce"] is True
    assert call.body["allowed_mentions"] == {"parse": []}
    assert (sent.channel, sent.thread) == ("11", "")
    assert list(scene.standin.messages["11"]) == [sent.message]
    assert scene.standin.faults == []


@pytest.mark.parametrize(("silent", "flag"), [(True, SILENT), (False, 0)])
async def test_a_post_notifies_only_where_it_may(scene: Scene, silent: bool, flag: int) -> None:
    await scene.messenger.send(scene.delivery()._replace(silent=silent), CARD)
    assert scene.standin.said("POST")[0].body["flags"] & SILENT == flag


@pytest.mark.parametrize(
    ("place", "card"),
    [
        pytest.param(HERE, CARD, id="a channel"),
        pytest.param(NEWS, CARD, id="an announcement channel"),
        pytest.param(POSTS, CARD, id="a forum"),
        pytest.param(ALONE, CARD, id="a conversation"),
        pytest.param(HERE, NOTE, id="a line"),
        pytest.param(POSTS, NOTE, id="a line in a forum"),
    ],
)
async def test_whatever_is_posted_bears_a_mark_that_history_shows(
    scene: Scene, place: Place, card: Card
) -> None:
    delivery = scene.delivery(place)
    sent = ref(await scene.messenger.send(delivery, card))
    await after(scene, 10)
    found = await scene.messenger.find(later(scene, delivery))
    assert ref(found) == sent
    assert len(scene.standin.shown(delivery.key)) == 1


async def test_in_a_forum_the_heading_is_the_post(scene: Scene) -> None:
    sent = ref(await scene.messenger.send(scene.delivery(POSTS), CARD))
    assert sent.channel == sent.message == sent.thread
    thread = scene.standin.channels[sent.thread]
    assert thread["name"] == "Papers · Friday 24 April"
    assert thread["parent_id"] == POSTS.channel


async def test_a_channel_that_turns_out_to_be_a_forum_is_remembered_as_one(scene: Scene) -> None:
    del scene.channels.kinds[POSTS]
    sent = ref(await scene.messenger.send(scene.delivery(POSTS), CARD))
    assert sent.thread
    assert scene.channels.kinds[POSTS] is PlaceKind.FORUM


async def test_a_forum_that_wants_tags_says_what_to_do(scene: Scene) -> None:
    scene.standin.channels[POSTS.channel]["wants_tag"] = True
    result = await scene.messenger.send(scene.delivery(POSTS), CARD)
    assert isinstance(result, Gone)
    assert "Require people to select tags" in result.why


# --- Threads ------------------------------------------------------------------------


async def test_a_heading_has_its_thread_and_the_papers_come_there(scene: Scene) -> None:
    heading = ref(await scene.messenger.send(scene.delivery(kind=THREAD), CARD))
    assert heading.thread == heading.message
    assert scene.standin.channels[heading.thread]["name"] == "Papers · Friday 24 April"
    reply = ref(await scene.messenger.send(scene.on(heading.kept(), REPLY), CARD))
    assert reply.channel == heading.thread
    assert len(scene.standin.messages["11"]) == 1
    assert len(scene.standin.messages[heading.thread]) == 1


async def test_in_a_forum_replies_come_into_the_post(scene: Scene) -> None:
    heading = ref(await scene.messenger.send(scene.delivery(POSTS, THREAD), CARD))
    reply = ref(await scene.messenger.send(scene.on(heading.kept(), REPLY), CARD))
    assert reply.channel == heading.thread


@pytest.mark.parametrize(
    "code", [pytest.param(50013, id="no permission"), pytest.param(160006, id="too many threads")]
)
async def test_where_no_thread_can_be_had_the_papers_reply_to_the_heading(scene: Scene, code: int) -> None:
    scene.standin.refuse(403 if code == 50013 else 400, code, path="/threads$")
    heading = ref(await scene.messenger.send(scene.delivery(kind=THREAD), CARD))
    assert not heading.thread
    await scene.messenger.send(scene.on(heading.kept(), REPLY), CARD)
    reply = scene.standin.said("POST", "/channels/11/messages$")[-1]
    assert reply.body["message_reference"] == {"message_id": heading.message, "fail_if_not_exists": False}


async def test_in_a_conversation_no_thread_is_tried(scene: Scene) -> None:
    heading = ref(await scene.messenger.send(scene.delivery(ALONE, THREAD), CARD))
    assert not heading.thread
    assert scene.standin.said("POST", "/threads$") == []


async def test_a_reply_goes_without_its_reference_where_history_may_not_be_read(scene: Scene) -> None:
    heading = ref(await scene.messenger.send(scene.delivery(ALONE, THREAD), CARD))
    scene.standin.refuse(400, 160002)
    await scene.messenger.send(scene.on(heading.kept(), REPLY), CARD)
    first, second = scene.standin.said("POST", "/channels/15/messages$")[1:]
    assert "message_reference" in first.body
    assert "message_reference" not in second.body


@pytest.mark.parametrize("mishap", [Mishap.DROPPED, Mishap.REPLY_LOST, Mishap.BROKEN, Mishap.LIMITED])
async def test_a_heading_whose_thread_failed_is_looked_up_and_then_whole(
    scene: Scene, mishap: Mishap
) -> None:
    scene.standin.plan(mishap, path="/threads$")
    delivery = scene.delivery(kind=THREAD)
    result = await scene.messenger.send(delivery, CARD)
    assert isinstance(result, Failed)
    assert not result.outcome_known
    await after(scene, 10)
    found = ref(await scene.messenger.find(later(scene, delivery)))
    assert found.thread == found.message
    assert len(scene.standin.messages["11"]) == 1


async def test_within_minutes_the_same_heading_gets_its_thread_by_being_sent_again(scene: Scene) -> None:
    scene.standin.plan(Mishap.DROPPED, path="/threads$")
    delivery = scene.delivery(kind=THREAD)
    await scene.messenger.send(delivery, CARD)
    assert await scene.messenger.find(delivery) == Absent()
    again = ref(await scene.messenger.send(later(scene, delivery, is_unknown=True), CARD))
    assert again.thread
    assert len(scene.standin.messages["11"]) == 1


async def test_a_reply_whose_thread_was_deleted_closes_no_place(scene: Scene) -> None:
    heading = ref(await scene.messenger.send(scene.delivery(kind=THREAD), CARD))
    del scene.standin.channels[heading.thread]
    assert isinstance(await scene.messenger.send(scene.on(heading.kept(), REPLY), CARD), Rejected)


async def test_a_thread_is_a_place_and_opens_by_being_written_in(scene: Scene) -> None:
    thread = scene.standin.add_thread("21", HERE.channel, "Papers")
    thread["thread_metadata"]["archived"] = True
    sent = ref(await scene.messenger.send(scene.delivery(Place("discord", GUILD, "21")), CARD))
    assert sent.channel == "21"
    assert not thread["thread_metadata"]["archived"]


async def test_a_locked_thread_is_closed(scene: Scene) -> None:
    thread = scene.standin.add_thread("21", HERE.channel, "Papers")
    thread["thread_metadata"]["locked"] = True
    result = await scene.messenger.send(scene.delivery(Place("discord", GUILD, "21")), CARD)
    assert result == Gone("the thread is locked")


# --- Once ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mishap",
    [
        Mishap.REPLY_LOST,
        Mishap.BROKEN_AFTER,
        Mishap.GARBLED,
        Mishap.DROPPED,
        Mishap.BROKEN,
        Mishap.BAD_GATEWAY,
        Mishap.BUSY,
    ],
)
async def test_what_is_not_known_is_sent_again_within_minutes_and_shown_once(
    scene: Scene, mishap: Mishap
) -> None:
    delivery = scene.delivery()
    scene.standin.plan(mishap)
    result = await scene.messenger.send(delivery, CARD)
    assert isinstance(result, Failed)
    assert not result.outcome_known
    await after(scene, 1)
    again = later(scene, delivery, is_unknown=True)
    assert await scene.messenger.find(again) == Absent()
    ref(await scene.messenger.send(again, CARD))
    assert len(scene.standin.shown(delivery.key)) == 1
    assert len(scene.standin.said("POST", "/messages$")) == 2


@pytest.mark.parametrize("is_posted", [True, False])
@pytest.mark.parametrize("place", [HERE, POSTS, ALONE])
async def test_later_it_is_looked_up(scene: Scene, place: Place, is_posted: bool) -> None:
    delivery = scene.delivery(place)
    scene.standin.plan(Mishap.REPLY_LOST if is_posted else Mishap.DROPPED, path="/(messages|threads)$")
    assert isinstance(await scene.messenger.send(delivery, CARD), Failed)
    await after(scene, 10)
    again = later(scene, delivery, is_unknown=True)
    found = await scene.messenger.find(again)
    if is_posted:
        ref(found)
    else:
        assert found == Absent()
        ref(await scene.messenger.send(again, CARD))
    assert len(scene.standin.shown(delivery.key)) == 1


async def test_a_forum_is_looked_through_at_once_as_its_posts_take_no_key(scene: Scene) -> None:
    delivery = scene.delivery(POSTS)
    scene.standin.plan(Mishap.REPLY_LOST, path="/threads$")
    await scene.messenger.send(delivery, CARD)
    found = ref(await scene.messenger.find(delivery))
    assert found.thread
    scene.standin.channels[found.thread]["thread_metadata"]["archived"] = True
    assert ref(await scene.messenger.find(delivery)) == found


async def test_what_was_deleted_meanwhile_counts_as_delivered(scene: Scene) -> None:
    delivery = scene.delivery()
    sent = ref(await scene.messenger.send(delivery, CARD))
    scene.standin.delete_message(sent.channel, sent.message)
    assert await scene.messenger.send(later(scene, delivery, is_unknown=True), CARD) == Sent(None)


async def test_a_try_that_failed_for_certain_does_not_hide_an_earlier_one(scene: Scene) -> None:
    delivery = scene.delivery()
    scene.standin.plan(Mishap.REPLY_LOST)
    await scene.messenger.send(delivery, CARD)
    # While the key was known it was Absent; the next try was told to wait, so nobody looked since.
    await after(scene, 10)
    ref(await scene.messenger.send(later(scene, delivery, is_unknown=False), CARD))
    assert len(scene.standin.shown(delivery.key)) == 1


async def test_a_long_history_is_read_bit_by_bit(scene: Scene) -> None:
    scene.standin.buckets = ()  # discord.py would wait for them in real time
    delivery = scene.delivery()
    for _ in range(2_050):
        scene.standin.add_message("11")
    scene.standin.plan(Mishap.REPLY_LOST)
    await scene.messenger.send(delivery, CARD)
    await after(scene, 10)
    again = later(scene, delivery, is_unknown=True)
    assert isinstance(await scene.messenger.find(again), Failed)
    ref(await scene.messenger.find(again))
    assert len(scene.standin.said("GET", "/channels/11/messages")) == 21


async def test_the_calls_of_one_turn_keep_a_second_between_them(scene: Scene) -> None:
    for _ in range(250):
        scene.standin.add_message("11")
    await after(scene, 10)
    delivery = scene.delivery()._replace(first_tried_at=scene.clock.now() - timedelta(minutes=12))
    assert await scene.messenger.find(delivery) == Absent()
    moments = [call.at for call in scene.standin.said("GET", "/channels/11/messages")]
    assert len(moments) == 3
    assert all(second - first >= 1 for first, second in pairwise(moments))


async def test_somebody_else_who_repeats_a_mark_is_not_taken_for_us(scene: Scene) -> None:
    delivery = scene.delivery()
    scene.standin.add_message("11", embeds=[{"url": f"https://huggingface.co/papers#p1-{delivery.key}"}])
    await after(scene, 10)
    assert await scene.messenger.find(delivery) == Absent()


async def test_a_blank_history_says_nothing_where_it_may_not_be_read(scene: Scene) -> None:
    scene.standin.guilds[GUILD]["roles"][1]["permissions"] = str((1 << 10) | (1 << 11))
    delivery = scene.delivery()
    await after(scene, 10)
    found = await scene.messenger.find(delivery)
    assert isinstance(found, Gone)
    assert "Read Message History" in found.why


# --- What is done to a message --------------------------------------------------------


async def test_an_edit_keeps_the_mark_of_what_it_edits(scene: Scene) -> None:
    message = await scene.posted()
    assert await scene.messenger.send(scene.on(message, EDIT), NOTE) == Sent(message)
    [shown] = scene.standin.messages["11"].values()
    assert scene.delivery().key in str(shown["embeds"]) + str(shown["components"])
    assert "teaching" in str(shown)
    assert scene.standin.said("PATCH")[0].body["allowed_mentions"] == {"parse": []}


async def done(scene: Scene, delivery: Delivery) -> SendResult:
    match delivery.kind:
        case DeliveryKind.REACT:
            return await scene.messenger.react(delivery)
        case DeliveryKind.PUBLISH:
            return await scene.messenger.publish(delivery)
        case _:
            return await scene.messenger.send(delivery, CARD)


@pytest.mark.parametrize("kind", [EDIT, REACT, PUBLISH])
async def test_what_is_done_to_a_message_may_be_done_again(scene: Scene, kind: DeliveryKind) -> None:
    message = await scene.posted(NEWS)
    delivery = scene.on(message, kind, "👍")
    assert await scene.messenger.find(delivery._replace(is_unknown=True)) == Absent()
    assert await done(scene, delivery) == Sent(message)
    await after(scene, 1)
    assert await done(scene, delivery) == Sent(message)


@pytest.mark.parametrize("kind", [EDIT, REACT, PUBLISH])
async def test_what_was_deleted_stays_deleted(scene: Scene, kind: DeliveryKind) -> None:
    message = await scene.posted(NEWS)
    scene.standin.messages[NEWS.channel].clear()
    assert await done(scene, scene.on(message, kind, "👍")) == Sent(None)
    assert not scene.standin.messages[NEWS.channel], "nothing is posted in its place"
    assert await scene.messenger.reactions(NEWS, message) == Absent(), "by which its ballot is closed"


async def test_an_archived_thread_is_opened_to_edit_in_it(scene: Scene) -> None:
    message = await scene.posted(POSTS)
    thread = scene.standin.channels[message.split("/")[0]]
    thread["thread_metadata"]["archived"] = True
    assert await scene.messenger.send(scene.on(message, EDIT), NOTE) == Sent(message)


async def test_where_it_may_not_be_opened_the_edit_alone_is_dropped(scene: Scene) -> None:
    message = await scene.posted(POSTS)
    scene.standin.channels[message.split("/")[0]]["thread_metadata"]["archived"] = True
    scene.standin.refuse(403, 50013, "PATCH", r"/channels/\d+$")
    assert isinstance(await scene.messenger.send(scene.on(message, EDIT), NOTE), Rejected)


@pytest.mark.parametrize(("emoji", "kept"), [("👍", "👍"), ("<:vote:123>", "vote:123")])
async def test_an_emoji_is_quoted(scene: Scene, emoji: str, kept: str) -> None:
    message = await scene.posted()
    assert await scene.messenger.react(scene.on(message, REACT, emoji)) == Sent(message)
    [given] = scene.standin.reactions.values()
    assert list(given) == [kept]


async def test_an_emoji_that_is_none_costs_only_the_reaction(scene: Scene) -> None:
    message = await scene.posted()
    assert isinstance(await scene.messenger.react(scene.on(message, REACT, ":eyes:")), Rejected)


# --- Refusals ---------------------------------------------------------------------------


async def test_a_place_that_is_gone_is_gone(scene: Scene) -> None:
    result = await scene.messenger.send(scene.delivery(Place("discord", GUILD, "404")), CARD)
    assert result == Gone("the channel is not there any more")


@pytest.mark.parametrize(
    ("mishap", "reach"),
    [(Mishap.LIMITED, Reach.CALL), (Mishap.LIMITED_WIDE, Reach.PLATFORM), (Mishap.BANNED, Reach.PLATFORM)],
)
async def test_told_to_wait_it_says_so_at_once_and_asks_no_second_time(
    scene: Scene, mishap: Mishap, reach: Reach
) -> None:
    scene.standin.plan(mishap)
    result = await scene.messenger.send(scene.delivery(), CARD)
    assert isinstance(result, Throttled)
    assert result.reach is reach
    assert timedelta(0) < result.retry_after <= timedelta(seconds=30)
    assert len(scene.standin.said("POST")) == 1


async def test_one_bucket_that_is_closed_holds_up_no_other(scene: Scene) -> None:
    scene.standin.plan(Mishap.LIMITED_WIDE)
    assert isinstance(await scene.messenger.send(scene.delivery(), CARD), Throttled)
    ref(await scene.messenger.send(scene.delivery(THERE), CARD))


async def test_a_token_that_is_refused_stops_everything(scene: Scene) -> None:
    scene.standin.token = "another"
    result = await scene.messenger.send(scene.delivery(), CARD)
    assert result == Throttled(timedelta(minutes=10), Reach.PLATFORM)


class NoChannels(MemoryChannels):
    """A store that fails."""

    async def kind(self, place: Place) -> PlaceKind | None:
        raise StoreError(f"Nothing can be read of {place}.")

    async def keep_kind(self, place: Place, kind: PlaceKind) -> None:
        raise StoreError(f"It cannot be kept that {place} is a {kind}.")


async def test_a_store_that_does_not_tell_the_kind_holds_nothing_up(scene: Scene) -> None:
    messenger = DiscordMessenger(scene.rest, NoChannels(), scene.clock)
    assert not ref(await messenger.send(scene.delivery(), CARD)).thread
    assert ref(await messenger.send(scene.delivery(POSTS), CARD)).thread
