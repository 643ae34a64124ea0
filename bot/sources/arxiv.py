"""arXiv's API: what is known of papers by their identifiers (its terms: docs/sources-and-privacy.md)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from bot.domain.paper_ids import parse_paper_id
from bot.domain.papers import Paper, PaperId
from bot.log import logger
from bot.ports import SourceFault
from bot.sources.clean import clean_line, clean_prose
from bot.sources.daily import moment_of
from bot.sources.http import OK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.ports import Clock
    from bot.sources.http import Http, HttpAnswer

log = logger("sources.arxiv")

NAME = "arXiv"

BATCH = 100
"""Identifiers a request; `max_results` must say as many, or ten come back."""

EVERY = timedelta(seconds=3)
"""arXiv's terms: one request every three seconds, over all of an operator's machines."""


PROBED = PaperId("1706.03762")
"""What is asked for to see whether arXiv answers."""


class Turns(Protocol):
    """Who knows when the next request may be made, over all processes: the store."""

    async def take_turn(self, name: str, every: timedelta, now: datetime) -> timedelta:
        """Book the next free turn and return how long to wait for it."""


class Arxiv:
    """A PaperArchive over arXiv's API."""

    def __init__(self, http: Http, base_url: str, turns: Turns, clock: Clock) -> None:
        self._http = http
        self._api = f"{base_url}/api/query"
        self._turns = turns
        self._clock = clock

    async def papers(self, ids: Sequence[PaperId]) -> Mapping[PaperId, Paper] | SourceFault:
        """Fetch what is known of the papers, a batch a request; those that do not exist are left out."""
        found: dict[PaperId, Paper] = {}
        for start in range(0, len(ids), BATCH):
            batch = await self._batch(ids[start : start + BATCH])
            if isinstance(batch, SourceFault):
                return batch
            found |= batch
        return found

    async def probe(self) -> datetime | SourceFault | None:
        """Ask for one paper that is there; return the source's own time, where it tells it."""
        answer = await self._ask([PROBED])
        return answer if isinstance(answer, SourceFault) else answer.told_at

    async def _batch(self, ids: Sequence[PaperId]) -> dict[PaperId, Paper] | SourceFault:
        """Fetch one batch. One identifier that arXiv refuses spoils the answer, so halves are asked then."""
        answer = await self._ask(ids)
        if isinstance(answer, SourceFault):
            return answer
        entries = entries_of(answer.body)
        if entries is None:
            return SourceFault(NAME, "answered with something that is no feed", answered=True)
        if not any(map(is_error, entries)):
            papers = (paper_of(entry) for entry in entries)
            return {paper.id: paper for paper in papers if paper is not None and paper.id in ids}
        if len(ids) == 1:
            log.warning("identifier refused", paper=ids[0])
            return {}
        return await self._halves(ids)

    async def _halves(self, ids: Sequence[PaperId]) -> dict[PaperId, Paper] | SourceFault:
        """Fetch a batch in two halves."""
        found: dict[PaperId, Paper] = {}
        for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
            papers = await self._batch(half)
            if isinstance(papers, SourceFault):
                return papers
            found |= papers
        return found

    async def _ask(self, ids: Sequence[PaperId]) -> HttpAnswer | SourceFault:
        """Wait for this project's turn, and ask. An error is told in the feed, whatever the status."""
        await self._clock.sleep(await self._turns.take_turn("arxiv", EVERY, self._clock.now()))
        asked: dict[str, str | int] = {"id_list": ",".join(ids), "max_results": len(ids)}
        answer = await self._http.get(NAME, self._api, asked)
        if isinstance(answer, SourceFault) or answer.status in {OK, 400}:
            return answer
        return SourceFault(NAME, f"refused (HTTP {answer.status})", answered=True)


def entries_of(body: bytes) -> list[Mapping[str, object]] | None:
    """Return the entries of an Atom feed; None where it is none (`Rate exceeded.`, a page of HTML)."""
    import feedparser  # noqa: PLC0415 - 50 ms of start-up that only this needs

    feed = feedparser.parse(body)
    is_feed = feed.get("version", "").startswith("atom") and not isinstance(
        feed.get("bozo_exception"), SyntaxError
    )
    if not is_feed or (feed.bozo and not feed.entries):
        return None
    return list(feed.entries)


def is_error(entry: Mapping[str, object]) -> bool:
    """Tell whether an entry is an error that the API tells as one (`/api/errors#…`, even with HTTP 200)."""
    return "/api/errors" in str(entry.get("id", ""))


def paper_of(entry: Mapping[str, object]) -> Paper | None:
    """Read one entry; None where it names no paper or has no title."""
    paper_id = parse_paper_id(str(entry.get("id", "")))
    title = clean_line(str(entry.get("title", "")))
    if paper_id is None or not title:
        return None
    return Paper(
        id=paper_id,
        title=title,
        abstract=clean_prose(str(entry.get("summary", ""))),
        authors=tuple(name for name in map(clean_line, names_in(entry.get("authors"), "name")) if name),
        published_at=moment_of(entry.get("published")),
        categories=categories_of(entry),
    )


def categories_of(entry: Mapping[str, object]) -> tuple[str, ...]:
    """Return the categories, the primary one first."""
    primary = entry.get("arxiv_primary_category")
    first = [str(primary["term"])] if isinstance(primary, dict) and "term" in primary else []
    named = [*first, *names_in(entry.get("tags"), "term")]
    return tuple(dict.fromkeys(word for word in map(clean_line, named) if word))


def names_in(value: object, key: str) -> list[str]:
    """Return one field of each object of a list."""
    rows = value if isinstance(value, list) else []
    return [str(row[key]) for row in rows if isinstance(row, dict) and row.get(key)]
