"""A source of lists whose answers are noted: since when it fails decides what editions wait for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.edition_words import SOURCE
from bot.domain.sources import SourceHealth
from bot.ports import SourceFault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bot.domain.papers import Feed, FeedEntry, PaperId
    from bot.ports import Clock, PaperSource
    from bot.ports.delivery import PlanStore


def health_after(health: SourceHealth, answer: Feed | SourceFault, now: datetime) -> SourceHealth:
    """Return how a source is after an answer; a fault begins with the first of a row."""
    if isinstance(answer, SourceFault):
        return replace(health, failing_since=health.failing_since or now, why=answer.why)
    return SourceHealth(ok_at=now)


class WatchedSource:
    """Satisfies `bot.ports.PaperSource` by another, and notes how that answers for its lists."""

    def __init__(self, source: PaperSource, kept: PlanStore, clock: Clock) -> None:
        self._source = source
        self._kept = kept
        self._clock = clock

    async def feed(self, day: date) -> Feed | SourceFault:
        """Fetch the list of a day, and note how that went."""
        answer = await self._source.feed(day)
        now = self._clock.now()
        health = health_after(await self._kept.source_health(SOURCE), answer, now)
        await self._kept.record_health(SOURCE, health)
        return answer

    async def paper(self, paper: PaperId) -> FeedEntry | SourceFault | None:
        """Fetch one paper."""
        return await self._source.paper(paper)

    async def search(self, query: str, limit: int) -> Sequence[FeedEntry] | SourceFault:
        """Fetch the source's own hits for a text."""
        return await self._source.search(query, limit)
