"""A 👎 is kept for its person alone: it is no vote, wherever and however it is given."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.deliveries import MessageRef
from bot.domain.places import PlaceProfile
from bot.ports import KeepRecords
from bot.ports.voting import ReactionEvent
from tests.contract.making import ANA, BEN, CLEO, ELSEWHERE, HERE, NEXT_DOOR, NOON
from tests.contract.voting import disliked
from tests.fakes.reactions import FakeReactions
from tests.services.test_reconciling import Watch, still
from tests.services.test_voting import DIGEST, POST, SLACK_POST, Booth, on_post

if TYPE_CHECKING:
    from bot.domain.places import Identity

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def booth() -> Booth:
    return await Booth().open()


def on_slack(name: str, minute: int, identity: Identity = CLEO) -> ReactionEvent:
    return ReactionEvent(ELSEWHERE, SLACK_POST, identity, name, told_at=NOON + minute * MINUTE)


async def test_a_dislike_is_kept_and_counts_nowhere_until_it_is_taken_back(booth: Booth) -> None:
    await booth.voting.reacted(on_post("👎"))
    await booth.voting.reacted(on_post("👎"))
    await booth.voting.reacted(on_post(identity=BEN))
    assert await disliked(booth.store) == [(ANA, 1)]
    assert await booth.counts() == {1: 1}
    await booth.voting.unreacted(on_post("👎", BEN))
    assert await disliked(booth.store) == [(ANA, 1)]
    await booth.voting.unreacted(on_post("👎"))
    await booth.voting.unreacted(on_post("👎"))
    assert await disliked(booth.store) == []
    assert await booth.counts() == {1: 1}


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(on_post("👎", is_bot=True), id="a bot's"),
        pytest.param(ReactionEvent(NEXT_DOOR, DIGEST, ANA, "👎"), id="a digest"),
        pytest.param(on_post("👎", message=MessageRef("8001/77")), id="no ballot"),
        pytest.param(on_post("👎", place=ELSEWHERE), id="a message of another platform"),
    ],
)
async def test_what_belongs_to_no_paper_is_nothing(booth: Booth, event: ReactionEvent) -> None:
    await booth.voting.reacted(event)
    assert await disliked(booth.store) == []


async def test_tones_and_super_reactions_stand_by_themselves(booth: Booth) -> None:
    events = [on_post("👎"), on_post("👎🏽"), on_post("👎", is_super=True)]
    for each in events:
        await booth.voting.reacted(each)
    for each in events:
        assert set(await disliked(booth.store)) == {(ANA, 1)}
        await booth.voting.unreacted(each)
    assert await disliked(booth.store) == []


async def test_slacks_names_are_one_reaction(booth: Booth) -> None:
    for number, name in enumerate(("-1", "thumbsdown", "-1::skin-tone-3", "thumbsdown::skin-tone-3")):
        await booth.voting.reacted(on_slack(name, number))
    assert await disliked(booth.store) == [(CLEO, 1), (CLEO, 1)]
    await booth.voting.unreacted(on_slack("thumbsdown", 8))
    await booth.voting.unreacted(on_slack("-1::skin-tone-3", 9))
    assert await disliked(booth.store) == []


async def test_events_that_come_late_or_twice_change_nothing(booth: Booth) -> None:
    await booth.voting.unreacted(on_slack("-1", 2))
    await booth.voting.reacted(on_slack("-1", 1))
    assert await disliked(booth.store) == []
    await booth.voting.reacted(on_slack("-1", 3))
    await booth.voting.unreacted(on_slack("-1", 2))
    await booth.voting.reacted(on_slack("-1", 1))
    assert await disliked(booth.store) == [(CLEO, 1)]


async def test_what_moderators_clear_is_taken_back(booth: Booth) -> None:
    given = [on_post("👎"), on_post("👎", BEN, is_super=True), on_post("👎🏿", CLEO), on_post("👍")]
    for each in given:
        await booth.voting.reacted(each)
    await booth.voting.cleared_emoji(HERE, POST, "👎")
    assert await disliked(booth.store) == [(CLEO, 1)]
    assert await booth.counts() == {1: 1}
    await booth.voting.cleared(HERE, POST)
    assert await disliked(booth.store) == []
    assert await booth.counts() == {}


async def test_a_deleted_message_keeps_what_was_left_on_it(booth: Booth) -> None:
    await booth.voting.reacted(on_post("👎"))
    await booth.voting.messages_deleted([POST])
    assert await disliked(booth.store) == [(ANA, 1)]


async def with_emoji(booth: Booth, emoji: str) -> None:
    await booth.store.write(KeepRecords((PlaceProfile(HERE, settings={"emoji": emoji}),)))
    await booth.clock.sleep(MINUTE)


async def test_where_it_is_the_emoji_of_the_place_it_is_a_vote(booth: Booth) -> None:
    await booth.voting.reacted(on_post("👎", BEN))
    await with_emoji(booth, "👎")
    await booth.voting.reacted(on_post("👎"))
    assert await disliked(booth.store) == [(BEN, 1)]
    assert await booth.counts() == {1: 1}
    # What was given as a dislike before goes with its reaction, too.
    for each in (ANA, BEN):
        await booth.voting.unreacted(on_post("👎", each))
    assert await disliked(booth.store) == []
    assert await booth.counts() == {}


async def test_another_emoji_of_the_place_leaves_it_a_dislike(booth: Booth) -> None:
    await with_emoji(booth, "🔥")
    await booth.voting.reacted(on_post("👎"))
    assert await disliked(booth.store) == [(ANA, 1)]


async def test_comparing_neither_asks_for_nor_takes_back_dislikes() -> None:
    watch = Watch()
    await watch.open()
    await watch.voting.reacted(on_post("👎"))
    await watch.clock.sleep(60 * MINUTE)
    watch.discord = FakeReactions(shown={POST: {}, DIGEST: {}})
    watch.discord.react(POST, BEN, "👎")
    watch.reconciler = watch.restarted()
    assert await watch.round() == {}
    assert watch.discord.asked == ["counts", "counts"]
    assert await disliked(watch.store) == [(ANA, 1)]
    await watch.voting.session_lost("discord")
    watch.discord.react(POST, CLEO)
    await watch.reconciler.step(still)
    assert await watch.counts() == {1: 1}
    assert await disliked(watch.store) == [(ANA, 1)]


async def test_a_dislike_and_a_vote_of_one_person_stand_beside_each_other(booth: Booth) -> None:
    for emoji in ("👍", "👎"):
        await booth.voting.reacted(on_post(emoji))
    assert await booth.counts() == {1: 1}
    assert await disliked(booth.store) == [(ANA, 1)]
    await booth.voting.unreacted(on_post("👍"))
    assert await booth.counts() == {}
    assert await disliked(booth.store) == [(ANA, 1)]
