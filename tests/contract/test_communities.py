"""Servers that vote together: the fake, SQLite and PostgreSQL keep the same."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.ports import EVERYBODY, Scope
from tests.contract.making import (
    ANA,
    BEN,
    CLEO,
    ELSEWHERE,
    FRIDAY,
    HERE,
    NEXT_DOOR,
    NOON,
    entry,
    feed,
    paper_id,
    vote,
    votes,
)
from tests.contract.voting import communities_over

if TYPE_CHECKING:
    from bot.ports import Store

HOUR = timedelta(hours=1)
A, B, C = "discord:1", "slack:T01", "discord:9"


async def test_a_code_brings_a_server_into_a_community_once(store: Store) -> None:
    kept = communities_over(store)
    assert await kept.members() == {}
    await kept.keep_code(A, "first", "abc", NOON + HOUR)
    assert await kept.members() == {A: "first"}
    assert await kept.join(B, "abc", NOON)
    assert await kept.members() == {A: "first", B: "first"}
    assert not await kept.join(C, "abc", NOON)
    assert await kept.members() == {A: "first", B: "first"}


async def test_a_code_is_over_at_its_end_and_known_nowhere_else(store: Store) -> None:
    kept = communities_over(store)
    await kept.keep_code(A, "first", "abc", NOON + HOUR)
    assert not await kept.join(B, "abc", NOON + HOUR)
    for unknown in ("", "abd", "abc\x00d", "'; --", "\ud800"):
        assert not await kept.join(B, unknown, NOON)
    assert await kept.members() == {A: "first"}
    assert await kept.join(B, "abc", NOON + HOUR - timedelta(microseconds=1))


async def test_the_newest_code_of_a_community_counts_whoever_asked_for_it(store: Store) -> None:
    kept = communities_over(store)
    await kept.keep_code(A, "first", "abc", NOON + HOUR)
    assert await kept.join(B, "abc", NOON)
    await kept.keep_code(A, "none", "one", NOON + HOUR)
    await kept.keep_code(B, "none", "two", NOON + HOUR)
    assert not await kept.join(C, "one", NOON)
    assert await kept.join(C, "two", NOON)
    assert await kept.members() == {A: "first", B: "first", C: "first"}


async def test_a_communitys_own_code_is_not_used_up_by_it(store: Store) -> None:
    kept = communities_over(store)
    await kept.keep_code(A, "first", "abc", NOON + HOUR)
    assert not await kept.join(A, "abc", NOON)
    assert await kept.join(B, "abc", NOON)


async def test_who_joins_another_community_leaves_the_first(store: Store) -> None:
    kept = communities_over(store)
    await kept.keep_code(A, "first", "abc", NOON + HOUR)
    await kept.keep_code(B, "second", "xyz", NOON + HOUR)
    assert await kept.join(A, "xyz", NOON)
    assert await kept.members() == {A: "second", B: "second"}
    assert not await kept.join(C, "abc", NOON), "a community that nobody is in is over, and so is its code"


async def test_who_leaves_is_in_none_and_the_others_stay(store: Store) -> None:
    kept = communities_over(store)
    await kept.leave(A)
    await kept.keep_code(A, "first", "abc", NOON + HOUR)
    assert await kept.join(B, "abc", NOON)
    await kept.leave(A)
    await kept.leave(A)
    assert await kept.members() == {B: "first"}
    await kept.keep_code(A, "again", "new", NOON + HOUR)
    assert await kept.members() == {A: "again", B: "first"}


async def test_votes_of_several_servers_count_together(store: Store) -> None:
    await store.write(
        feed(entry(1)),
        votes(
            vote(1, ANA), vote(1, ANA, ELSEWHERE), vote(1, BEN, NEXT_DOOR), vote(1, CLEO, ELSEWHERE),
        ),
    )  # fmt: skip

    async def counted(scope: Scope) -> int:
        [found] = await store.leaderboard(None, scope=scope, limit=1)
        [named] = await store.papers([found.paper.id], scope=scope)
        assert named.votes == found.votes
        return found.votes

    here, elsewhere = HERE.server_key, ELSEWHERE.server_key
    assert await counted(Scope(servers=(here,))) == 2
    assert await counted(Scope(servers=(elsewhere,))) == 2
    assert await counted(Scope(servers=(elsewhere, here, "discord:9"))) == await counted(EVERYBODY) == 3
    assert not await store.leaderboard(None, scope=Scope(servers=("discord:9", "discord:11")), limit=1)
    assert await counted(Scope(servers=(here, elsewhere), place=NEXT_DOOR)) == 1


@pytest.mark.parametrize("others", [40, 1_000])
async def test_a_community_may_have_many_servers(others: int, store: Store) -> None:
    await store.write(
        feed(entry(1), entry(2)), votes(vote(1), vote(1, BEN, ELSEWHERE), vote(2, CLEO, ELSEWHERE))
    )
    names = (f"{HERE.server_key}{number}" for number in range(others))
    scope = Scope(servers=(*names, HERE.server_key))

    async def counted(scope: Scope) -> list[int]:
        [one, other] = await store.papers([paper_id(1), paper_id(2)], scope=scope)
        best = await store.leaderboard(None, scope=scope, limit=9)
        [newest, *_] = await store.newest_lists(FRIDAY, 1, scope=scope, limit=1)
        return [one.votes, other.votes, len(best), newest.votes]

    assert await counted(scope) == [1, 0, 1, 1]
    assert await counted(Scope((*scope.servers, ELSEWHERE.server_key))) == [2, 1, 2, 2]
    assert await counted(Scope((*scope.servers, ELSEWHERE.server_key), HERE)) == [1, 0, 1, 1]
