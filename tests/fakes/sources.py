"""Sources of papers that answer from what a test gave them, or fail as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.papers import Feed
from bot.ports import SourceFault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bot.domain.papers import FeedEntry, Paper, PaperId
    from bot.ports import Clock

HUGGING_FACE_IS_DOWN = SourceFault("Hugging Face", "could not be reached")
HUGGING_FACE_REFUSES = SourceFault("Hugging Face", "refused (HTTP 400)", answered=True)
ARXIV_IS_DOWN = SourceFault("arXiv", "did not answer in time")


class FakeSource:
    """Satisfies `bot.ports.PaperSource`. A day without a list in `lists` is a Feed without entries."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.lists: dict[date, Sequence[FeedEntry]] = {}
        self.known: dict[PaperId, FeedEntry] = {}
        """What is known of single papers, beside those on lists."""
        self.fault: SourceFault | None = None
        """What all that is asked answers, while it is set."""
        self.broken_days: dict[date, SourceFault] = {}
        self.asked_days: list[date] = []
        """Every day that was asked for, in order."""

    async def feed(self, day: date) -> Feed | SourceFault:
        self.asked_days.append(day)
        fault = self.fault or self.broken_days.get(day)
        return fault or Feed(day, self._clock.now(), tuple(self.lists.get(day, ())))

    async def paper(self, paper: PaperId) -> FeedEntry | SourceFault | None:
        return self.fault or self._all().get(paper)

    async def search(self, query: str, limit: int) -> Sequence[FeedEntry] | SourceFault:
        """Find the papers whose title has the words, as they stand."""
        found = [entry for entry in self._all().values() if query.lower() in entry.paper.title.lower()]
        return self.fault or found[:limit]

    def _all(self) -> Mapping[PaperId, FeedEntry]:
        listed = {entry.paper.id: entry for entries in self.lists.values() for entry in entries}
        return listed | self.known


class FakeArchive:
    """Satisfies `bot.ports.PaperArchive`."""

    def __init__(self, *papers: Paper) -> None:
        self.known: dict[PaperId, Paper] = {paper.id: paper for paper in papers}
        self.fault: SourceFault | None = None
        self.asked: list[tuple[PaperId, ...]] = []
        """Each request's identifiers, in order."""

    async def papers(self, ids: Sequence[PaperId]) -> Mapping[PaperId, Paper] | SourceFault:
        self.asked.append(tuple(ids))
        return self.fault or {paper: self.known[paper] for paper in ids if paper in self.known}
