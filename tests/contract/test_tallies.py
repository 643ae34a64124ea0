"""Tallying acts changes nothing that can be seen but how soon a leaderboard is found."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest

from bot.domain.votes import Link
from bot.ports import EVERYBODY, KeepRecords, MostVoted, TallyActs
from bot.ports.voting import CastVote
from bot.services.housekeeping import Housekeeping
from bot.store.engine import Statement, Unit
from bot.store.sql_store import SqlStore
from tests.contract.making import (
    ANA,
    BEN,
    CLEO,
    ELSEWHERE,
    HERE,
    HOUR,
    NEXT_DOOR,
    NOON,
    paper_id,
    vote,
    votes,
)
from tests.contract.voting import votes_over
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from bot.domain.votes import Act
    from bot.ports import Store
    from tests.contract.subscribing import DeliveryStore

OLD = NOON - timedelta(days=9)


async def tally(store: Store) -> None:
    while await store.write(TallyActs(2)):
        pass


async def leaders(store: Store, limit: int = 10) -> list[list[tuple[int, int]]]:
    """Return the papers and votes of the leaderboards ever, since a while, and since now."""
    found = [
        await store.leaderboard(since, scope=EVERYBODY, limit=limit) for since in (None, NOON - HOUR, NOON)
    ]
    return [[(int(each.paper.id[-5:]), each.votes) for each in some] for some in found]


def many(number: int) -> list[Act]:
    """Let one person do much for a paper, long ago."""
    places = product((HERE, NEXT_DOOR, ELSEWHERE), ("", "m1", "m2"))
    return [vote(number, place=place, message=message, at=OLD) for place, message in places]


@pytest.mark.parametrize("limit", [1, 2, 10])
async def test_leaderboards_are_the_same_fresh_half_tallied_and_tallied(store: Store, limit: int) -> None:
    await store.write(votes(*many(1), vote(2), vote(2, BEN), vote(3, CLEO, at=OLD), vote(3, at=NOON - HOUR)))
    before = await leaders(store, limit)
    assert before[0] == [(2, 2), (3, 2), (1, 1)][:limit]
    assert before[1] == [(2, 2), (3, 1)][:limit]
    assert before[2] == [(2, 2)]
    await store.write(TallyActs(2))
    assert await leaders(store, limit) == before
    await tally(store)
    assert await leaders(store, limit) == before


async def test_votes_count_on_when_their_paper_is_tallied(store: Store) -> None:
    await store.write(votes(vote(1, at=OLD), vote(2), vote(2, BEN)))
    await tally(store)
    await store.write(votes(vote(1, BEN), vote(1, CLEO, ELSEWHERE)))
    assert await leaders(store, 1) == [[(1, 3)], [(1, 2)], [(1, 2)]]
    await tally(store)
    assert await leaders(store, 1) == [[(1, 3)], [(1, 2)], [(1, 2)]]


async def test_a_vote_that_is_given_again_counts_as_of_now(store: Store) -> None:
    cast = votes_over(store)
    await cast.write(CastVote(vote(1, at=OLD)))
    await tally(store)
    await cast.write(CastVote(vote(1)))
    assert await leaders(store) == [[(1, 1)]] * 3
    await tally(store)
    assert await leaders(store) == [[(1, 1)]] * 3


async def test_a_link_counts_for_what_was_tallied(store: Store) -> None:
    await store.write(votes(vote(1), vote(1, CLEO), vote(2), vote(2, BEN), vote(3, CLEO)))
    await tally(store)
    await store.write(KeepRecords((Link(CLEO, ANA, NOON),)))
    assert (await leaders(store))[0] == [(2, 2), (1, 1), (3, 1)]


async def test_what_is_withdrawn_counts_no_more(store: Store) -> None:
    if not isinstance(store, SqlStore):
        pytest.skip("memory tallies nothing")
    await store.write(votes(*many(1), vote(2), vote(2, BEN), vote(3), vote(3, BEN, at=OLD)))
    await tally(store)
    for sql in (
        "DELETE FROM acts WHERE paper = '2604.00001'",
        "DELETE FROM acts WHERE paper = '2604.00003' AND identity = 'discord:11'",
    ):
        await store._engine.write(Unit((Statement(sql, [()]),)))
    assert await leaders(store) == [[(2, 2), (3, 1)], [(2, 2)], [(2, 2)]]
    await store.write(votes(vote(1, CLEO)))
    await tally(store)
    assert await leaders(store) == [[(2, 2), (1, 1), (3, 1)], [(2, 2), (1, 1)], [(2, 2), (1, 1)]]


async def test_housekeeping_tallies_all_that_is_fresh(store: Store, delivery: DeliveryStore) -> None:
    await store.write(votes(*(vote(number, who) for number in range(1, 8) for who in (ANA, BEN))))
    shown = await store.shown(HERE, MostVoted(None), scope=EVERYBODY, limit=5)
    beats = list[None]()
    await Housekeeping(store, delivery, FakeClock(NOON)).step(lambda: beats.append(None))
    assert await store.shown(HERE, MostVoted(None), scope=EVERYBODY, limit=5) == shown
    assert await store.write(TallyActs(1)) == 0
    if isinstance(store, SqlStore):
        assert beats
        tallied = await store._engine.fetch("SELECT paper, acts FROM tallies ORDER BY paper")
        assert [tuple(row) for row in tallied] == [(paper_id(number), 2) for number in range(1, 8)]
