"""What subscriptions choose from: the lists of their windows, read once, with the votes of each community."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING

from bot.domain.choosing import Matching, rank
from bot.domain.editions import with_votes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from bot.domain.choosing import Pool
    from bot.domain.editions import Candidate, Window
    from bot.domain.papers import PaperId
    from bot.ports import Scope
    from bot.ports.delivery import PlanStore

    Asked = tuple[Window, Scope]
    """The lists that a subscription chooses from, and whose votes count for it."""

MOST_POOLS = 50
"""Pools that are kept for others that are due in the same tick; servers that vote apart have their own."""


class Offers:
    """What the subscriptions of one tick choose from. Where nobody has voted, all share one pool."""

    def __init__(self, kept: PlanStore, now: datetime) -> None:
        self._kept = kept
        self._now = now
        self._matching = Matching()
        self._lists: dict[Window, Sequence[Candidate]] = {}
        self._pools: dict[tuple[Window, frozenset[tuple[PaperId, int]]], Pool] = {}
        self._known: dict[Asked, Pool] = {}

    @property
    def papers(self) -> frozenset[PaperId]:
        """All papers of the lists that were read so far."""
        return frozenset(one.listed.paper.id for some in self._lists.values() for one in some)

    async def pools(self, asked: Collection[Asked]) -> Mapping[Asked, Pool]:
        """Return what is chosen from."""
        if len(self._pools) > MOST_POOLS:
            self._pools.clear()
            self._known.clear()
        fresh: dict[Window, set[Scope]] = defaultdict(set)
        for window, scope in asked:
            if (window, scope) not in self._known:
                fresh[window].add(scope)
        for window, scopes in fresh.items():
            await self._read(window, scopes)
        return {each: self._known[each] for each in asked}

    async def _read(self, window: Window, scopes: Collection[Scope]) -> None:
        """Find out what some communities choose from."""
        if window not in self._lists:
            self._lists[window] = await self._kept.candidates(window)
        papers = [one.listed.paper.id for one in self._lists[window]]
        votes = await self._kept.votes_then(scopes, papers, window.as_of)
        for scope in scopes:
            self._known[window, scope] = self._pool(window, votes.get(scope, {}))
            await asyncio.sleep(0)  # each may take a moment, and others have their turn between them

    def _pool(self, window: Window, votes: Mapping[PaperId, int]) -> Pool:
        """Rank what is on the lists with the votes of a community, once for all that have the same."""
        key = window, frozenset(votes.items())
        if key not in self._pools:
            self._pools[key] = rank(with_votes(self._lists[window], votes), self._now, self._matching)
        return self._pools[key]
