"""What the subscriptions of a tick choose from, and how seldom that is read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.editions import Window
from bot.ports import EVERYBODY, Scope
from bot.services import offering
from bot.services.offering import Offers
from tests.contract.making import ANA, ELSEWHERE, FRIDAY, HERE, NOON, THURSDAY, entry, feed, vote, votes
from tests.fakes.memory_plans import MemoryPlans
from tests.fakes.memory_store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from bot.domain.choosing import Pool
    from bot.domain.editions import Candidate
    from bot.domain.papers import PaperId

NEWEST, BOTH = Window(NOON, 1), Window(NOON, 2)
ALONE, OTHER, JOINED = (
    Scope(servers=tuple(place.server_key for place in places))
    for places in ([HERE], [ELSEWHERE], [HERE, ELSEWHERE])
)
NOBODY = [Scope(servers=(f"slack:T{number}",)) for number in range(9)]


class Plans(MemoryPlans):
    """Remembers what is read."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self.windows: list[Window] = []
        self.scopes: list[set[Scope]] = []

    async def candidates(self, window: Window) -> Sequence[Candidate]:
        self.windows.append(window)
        return await super().candidates(window)

    async def votes_then(
        self, scopes: Collection[Scope], papers: Collection[PaperId], as_of: datetime
    ) -> Mapping[Scope, Mapping[PaperId, int]]:
        self.scopes.append(set(scopes))
        return await super().votes_then(scopes, papers, as_of)


@pytest.fixture
async def plans() -> Plans:
    store = MemoryStore()
    await store.write(
        feed(entry(1, 10), day=THURSDAY, at=NOON - timedelta(days=1)),
        feed(entry(2, 9), entry(3, 8), day=FRIDAY),
        votes(vote(3, ANA, HERE)),
    )
    return Plans(store)


def order(pool: Pool) -> list[int]:
    return [int(one.listed.paper.id[-5:]) for one in pool.ranked]


async def test_each_community_has_the_order_that_its_votes_make(plans: Plans) -> None:
    pools = await Offers(plans, NOON).pools([(NEWEST, scope) for scope in (EVERYBODY, ALONE, OTHER, JOINED)])
    assert {scope: order(pool) for (_, scope), pool in pools.items()} == {
        EVERYBODY: [3, 2],
        ALONE: [3, 2],
        OTHER: [2, 3],
        JOINED: [3, 2],
    }


async def test_who_has_the_same_votes_shares_a_pool(plans: Plans) -> None:
    pools = await Offers(plans, NOON).pools([(NEWEST, scope) for scope in (ALONE, JOINED, OTHER, *NOBODY)])
    assert pools[NEWEST, ALONE] is pools[NEWEST, JOINED]
    assert len({id(pool) for pool in pools.values()}) == 2


async def test_lists_and_votes_are_read_once_in_a_tick(plans: Plans) -> None:
    offers = Offers(plans, NOON)
    await offers.pools([(NEWEST, ALONE), (NEWEST, OTHER), (BOTH, ALONE)])
    await offers.pools([(NEWEST, ALONE), (NEWEST, JOINED)])
    assert plans.windows == [NEWEST, BOTH]
    assert plans.scopes == [{ALONE, OTHER}, {ALONE}, {JOINED}]


async def test_pools_that_are_too_many_are_made_again_when_asked_for(
    plans: Plans, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offering, "MOST_POOLS", 1)
    offers = Offers(plans, NOON)
    asked = [(NEWEST, ALONE), (NEWEST, OTHER)]
    first, again = await offers.pools(asked), await offers.pools(asked)
    assert [order(pool) for pool in again.values()] == [order(pool) for pool in first.values()]
    assert plans.scopes == [{ALONE, OTHER}, {ALONE, OTHER}]
    assert plans.windows == [NEWEST]
