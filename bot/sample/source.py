"""The bundled sample as a source of lists that answers without a network."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol, TypedDict

from bot.ports import SourceFault
from bot.sample.moments import MOMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from bot.domain.papers import Feed, FeedEntry, Paper, PaperId
    from bot.ports import Clock
    from bot.sample.moments import Moment


class SamplePaper(TypedDict):
    """What is touched here of a paper; its other keys go through untouched."""

    id: str
    upvotes: int


class SampleItem(TypedDict):
    """One item of the daily papers API."""

    paper: SamplePaper
    numComments: int


class ReadItems(Protocol):
    """How an answer of the daily papers API becomes a Feed: the source's own parser."""

    def __call__(self, items: Sequence[SampleItem], day: date, seen_at: datetime) -> Feed | SourceFault:
        """Read the items of one day's list, seen at an instant."""


class SampleSource:
    """Satisfies `bot.ports.PaperSource`: each list as it stood at the clock's time."""

    def __init__(self, clock: Clock, read: ReadItems) -> None:
        self._clock = clock
        self._read = read

    async def feed(self, day: date) -> Feed | SourceFault:
        """Return the day's list as it stood now; without entries where it was not open, or is not ours."""
        now = self._clock.now()
        stood = [moment for moment in MOMENTS if moment.day == day and moment.at <= now]
        if not stood:
            return self._read([], day, now)
        return self._read(items_at(stood[-1]), day, stood[-1].at)

    async def paper(self, paper: PaperId) -> FeedEntry | SourceFault | None:
        """Know no paper but those of the lists, which are stored already."""
        del paper
        return None

    async def search(self, query: str, limit: int) -> Sequence[FeedEntry] | SourceFault:
        """Find nothing: search is answered from the store."""
        del query, limit
        return ()


class NoArchive:
    """Satisfies `bot.ports.PaperArchive` with nothing to add."""

    async def papers(self, ids: Sequence[PaperId]) -> Mapping[PaperId, Paper] | SourceFault:
        """Answer as an archive that cannot be reached, so that nothing is taken for missing."""
        del ids
        return SourceFault("arXiv", "is not asked in the demo")


def items_at(moment: Moment) -> list[SampleItem]:
    """Return the items of a list as they stood at a moment, by falling upvotes as the API has them."""
    items = items_of(moment.day)
    if moment.figures is None:
        return items
    standing = [
        with_figures(item, *moment.figures[item["paper"]["id"]]) for item in items if is_on(item, moment)
    ]
    return sorted(standing, key=lambda item: -item["paper"]["upvotes"])


def is_on(item: SampleItem, moment: Moment) -> bool:
    """Tell whether a paper was on the list by then."""
    return moment.figures is None or item["paper"]["id"] in moment.figures


def with_figures(item: SampleItem, upvotes: int, comments: int) -> SampleItem:
    """Return a copy of an item with other figures."""
    paper: SamplePaper = {**item["paper"], "upvotes": upvotes}
    return {**item, "paper": paper, "numComments": comments}


def items_of(day: date) -> list[SampleItem]:
    """Return the items of a day's file."""
    text = files("bot.sample").joinpath(f"{day}.json").read_text("utf-8")
    items: list[SampleItem] = json.loads(text)
    return items
