"""Dislikes: what a store keeps of them, and that no vote is counted from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.ballots import Stand
from bot.domain.deliveries import MessageRef
from bot.ports import EVERYBODY, TallyActs
from bot.ports.voting import (
    CastVote,
    ClearReactions,
    CloseBallots,
    DropDislike,
    KeepDislike,
    Settle,
    TakeBack,
    VoteStore,
)
from tests.contract.making import ANA, BEN, CLEO, ELSEWHERE, HERE, HOUR, NOON, entry, feed, paper_id
from tests.contract.subscribing import MINUTE
from tests.contract.voting import dislike, disliked, people_over, posted, reaction, votes_over

if TYPE_CHECKING:
    from datetime import datetime

    from bot.ports import Store
    from bot.ports.voting import VoteWrite
    from tests.contract.subscribing import DeliveryStore

M1, M10 = MessageRef("8001/1"), MessageRef("8001/10")


@pytest.fixture
def votes(store: Store) -> VoteStore:
    return votes_over(store)


# --- Giving and taking back -----------------------------------------------------------


async def test_a_dislike_stands_until_it_is_taken_back(store: Store, votes: VoteStore) -> None:
    given = dislike(M1, ANA)
    await votes.write(KeepDislike(given), KeepDislike(given), KeepDislike(dislike(M1, BEN)))
    assert await disliked(store) == [(ANA, 1), (BEN, 1)]
    await votes.write(DropDislike(given), DropDislike(given))
    assert await disliked(store) == [(BEN, 1)]
    await votes.write(KeepDislike(given))
    assert await disliked(store) == [(ANA, 1), (BEN, 1)]


async def test_reactions_of_one_person_that_differ_are_taken_back_one_by_one(
    store: Store, votes: VoteStore
) -> None:
    plain = dislike(M1, ANA)
    dark = replace(plain, message=f"{M1} down+tone6")
    await votes.write(KeepDislike(plain), KeepDislike(dark))
    await votes.write(DropDislike(plain))
    assert await disliked(store) == [(ANA, 1)]
    await votes.write(DropDislike(dark))
    assert await disliked(store) == []


async def test_a_dislike_that_is_given_again_is_as_if_given_now(store: Store, votes: VoteStore) -> None:
    await votes.write(KeepDislike(dislike(M1, ANA)))
    later = dislike(M1, ANA, at=NOON + HOUR)
    assert await votes.write(KeepDislike(later)) == 1
    assert await votes.write(KeepDislike(dislike(M1, ANA)), KeepDislike(later)) == 0
    assert list((await people_over(store).about([ANA])).dislikes) == [later]


@pytest.mark.parametrize(
    ("taken_at", "given_at", "expected"),
    [
        pytest.param(NOON + HOUR, NOON, [], id="an event that comes late"),
        pytest.param(NOON, NOON + HOUR, [(CLEO, 1)], id="a new reaction"),
    ],
)
@pytest.mark.parametrize("is_late", [False, True])
async def test_events_that_tell_their_time_come_in_any_order(
    *, taken_at: datetime, given_at: datetime, expected: object, is_late: bool, store: Store, votes: VoteStore
) -> None:
    writes: list[VoteWrite] = [
        DropDislike(dislike(M1, CLEO, at=taken_at), told_at=taken_at),
        KeepDislike(dislike(M1, CLEO, at=given_at), told_at=given_at),
    ]
    for each in writes[::-1] if is_late else writes:
        await votes.write(each)
    assert await disliked(store) == expected
    for each in [*writes, *writes[::-1]]:
        await votes.write(each)
        assert await disliked(store) == expected


async def test_a_dislike_without_a_time_is_taken_back_whenever_it_was_given(
    store: Store, votes: VoteStore
) -> None:
    await votes.write(KeepDislike(dislike(M1, ANA, at=NOON + HOUR)))
    await votes.write(DropDislike(dislike(M1, ANA)))
    assert await disliked(store) == []


async def test_who_was_forgotten_is_not_brought_back_by_an_event_from_before(
    store: Store, votes: VoteStore
) -> None:
    await votes.write(KeepDislike(dislike(M1, CLEO)))
    await people_over(store).forget({CLEO: "hash"}, NOON + HOUR)
    await votes.write(KeepDislike(dislike(M1, CLEO), told_at=NOON, hashed="hash"))
    assert await disliked(store) == []
    later = NOON + HOUR + MINUTE
    await votes.write(KeepDislike(dislike(M1, CLEO, at=later), told_at=later, hashed="hash"))
    assert await disliked(store) == [(CLEO, 1)]


# --- Moderators -----------------------------------------------------------------------


async def test_all_reactions_of_a_message_go_dislikes_too(store: Store, votes: VoteStore) -> None:
    gone = [dislike(M1, ANA), replace(dislike(M1, BEN), message=f"{M1} down+super")]
    await votes.write(*map(KeepDislike, [*gone, dislike(M10, CLEO)]), CastVote(reaction(M1, ANA)))
    await votes.write(ClearReactions(M1, NOON + HOUR))
    assert await disliked(store) == [(CLEO, 1)]
    assert not await votes.reactions_on(M1)
    # Those who come late with what was there before come too late.
    await votes.write(*(KeepDislike(each, told_at=NOON) for each in gone))
    assert await disliked(store) == [(CLEO, 1)]


async def test_one_emoji_of_a_message_goes(store: Store, votes: VoteStore) -> None:
    plain = dislike(M1, ANA)
    dark = replace(dislike(M1, BEN), message=f"{M1} down+tone6")
    await votes.write(KeepDislike(plain), KeepDislike(dark), CastVote(reaction(M1, ANA)))
    await votes.write(ClearReactions(M1, NOON + HOUR, plain.message, paper_id(1)))
    assert await disliked(store) == [(BEN, 1)]
    await votes.write(KeepDislike(plain, told_at=NOON))
    assert await disliked(store) == [(BEN, 1)]
    await votes.write(ClearReactions(M1, NOON + HOUR, M1, paper_id(1)))
    assert await disliked(store) == [(BEN, 1)]
    assert not await votes.reactions_on(M1)


# --- What is counted elsewhere --------------------------------------------------------


async def test_nothing_that_counts_votes_sees_a_dislike(
    store: Store, delivery: DeliveryStore, votes: VoteStore
) -> None:
    await store.write(feed(entry(1), entry(2)))
    await posted(delivery, M1)
    await votes.write(*(KeepDislike(dislike(M1, who)) for who in (ANA, BEN, CLEO)))
    await store.write(TallyActs(10))
    listed = await store.papers([paper_id(1), paper_id(2)], scope=EVERYBODY)
    assert {each.votes for each in listed} == {0}
    assert await store.leaderboard(None, scope=EVERYBODY, limit=10) == []
    assert await store.leaderboard(NOON - HOUR, scope=EVERYBODY, limit=10) == []
    assert list(await votes.standing(paper_id(1), ANA)) == []
    assert await votes.write(TakeBack(paper_id(1), ANA)) == 0
    assert not await votes.reactions_on(M1)
    assert [dict(each.stored) for each in await votes.open_ballots(HERE, NOON)] == [{}]
    assert (await people_over(store).about([ANA])).voted == frozenset()
    assert len(await disliked(store)) == 3


async def test_comparing_with_a_platform_leaves_dislikes_alone(
    store: Store, delivery: DeliveryStore, votes: VoteStore
) -> None:
    await posted(delivery, M1)
    await votes.write(KeepDislike(dislike(M1, ANA)), CastVote(reaction(M1, ANA)))
    ballot = (await votes.ballots([M1]))[M1]
    extra = (Stand(paper_id(1), ANA, M1),)
    await votes.write(Settle(ballot, (), extra, NOON + HOUR, NOON + HOUR), CloseBallots((M1,)))
    assert not await votes.reactions_on(M1)
    assert await disliked(store) == [(ANA, 1)]


async def test_what_linked_people_dislike_is_one_persons(store: Store, votes: VoteStore) -> None:
    people = people_over(store)
    mine = dislike(M1, ANA), dislike("C01/1.1", CLEO, 2, place=ELSEWHERE)
    await votes.write(*map(KeepDislike, [*mine, dislike(M1, BEN, 3)]))
    await people.link(ANA, CLEO, NOON)
    for each in (ANA, CLEO):
        data = await people.about(await people.identities(each))
        assert data.dislikes == mine
        assert data.disliked == {paper_id(1), paper_id(2)}
    await people.unlink(CLEO)
    assert (await people.about(await people.identities(CLEO))).disliked == {paper_id(2)}
