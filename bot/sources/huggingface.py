"""Hugging Face's Daily Papers: the lists, single papers, and its own search (docs/sources-and-privacy.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.papers import FeedEntry
from bot.log import logger
from bot.ports import SourceFault
from bot.sources.daily import entry_of, feed_of
from bot.sources.http import OK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bot.domain.papers import Feed, PaperId
    from bot.ports import Clock
    from bot.sources.http import Http, HttpAnswer

log = logger("sources.huggingface")

NAME = "Hugging Face"

PAGE = 100
"""Papers a page; the default of 50 cuts full days, and more is refused."""
MOST_PAGES = 10
"""A list has never had more than one page; a server that repeats itself must not be followed for ever."""
MOST_HITS = 120
NOT_FOUND = 404


class HuggingFace:
    """A PaperSource over Hugging Face's API."""

    def __init__(self, http: Http, base_url: str, clock: Clock) -> None:
        self._http = http
        self._api = f"{base_url}/api"
        self._clock = clock

    async def feed(self, day: date) -> Feed | SourceFault:
        """Fetch the whole list of one feed day, page by page. One page that is no list spoils the whole."""
        items: list[object] = []
        names: set[str] = set()
        for page in range(MOST_PAGES):
            answer = await self._page(day, page)
            if isinstance(answer, SourceFault):
                return answer
            found, has_next = answer
            fresh = [item for item in found if name_in(item) not in names]
            items += fresh
            names.update(name for item in fresh if (name := name_in(item)))
            if not fresh or not (has_next or len(found) >= PAGE):
                break
        feed = feed_of(items, day, self._clock.now())
        for skipped in feed.skipped:
            log.warning("item skipped", day=str(day), item=skipped.item, why=skipped.why)
        return feed

    async def paper(self, paper: PaperId) -> FeedEntry | SourceFault | None:
        """Fetch one paper; None where Hugging Face does not know it."""
        answer = await self._http.get_json(NAME, f"{self._api}/papers/{paper}")
        if isinstance(answer, SourceFault):
            return answer
        body, response = answer
        if response.status == NOT_FOUND:
            return None
        entry = entry_of(body) if response.status == OK else refused(response)
        if isinstance(entry, FeedEntry) and entry.paper.id == paper:
            return entry
        return entry if isinstance(entry, SourceFault) else no_sense("described another paper or none")

    async def search(self, query: str, limit: int) -> Sequence[FeedEntry] | SourceFault:
        """Fetch Hugging Face's own hits for a text, best first; items that cannot be read are left out."""
        asked: dict[str, str | int] = {"q": query, "limit": min(limit, MOST_HITS)}
        answer = await self._http.get_json(NAME, f"{self._api}/papers/search", asked)
        items = items_of(answer)
        if isinstance(items, SourceFault):
            return items
        entries = (entry_of(item) for item in items[0])
        return tuple(entry for entry in entries if isinstance(entry, FeedEntry))[:limit]

    async def probe(self) -> datetime | SourceFault | None:
        """Ask for as little as can be; return the source's own time, where it tells it."""
        answer = await self._http.get(NAME, f"{self._api}/daily_papers", {"limit": 1})
        if isinstance(answer, SourceFault):
            return answer
        return answer.told_at if answer.status == OK else refused(answer)

    async def _page(self, day: date, page: int) -> tuple[list[object], bool] | SourceFault:
        """Fetch one page of a list, and whether another is named."""
        asked: dict[str, str | int] = {"date": day.isoformat(), "limit": PAGE, "p": page}
        return items_of(await self._http.get_json(NAME, f"{self._api}/daily_papers", asked))


def items_of(
    answer: tuple[object, HttpAnswer] | SourceFault,
) -> tuple[list[object], bool] | SourceFault:
    """Return the items of a list, and whether there is a next page; anything else is a fault."""
    if isinstance(answer, SourceFault):
        return answer
    body, response = answer
    if response.status != OK:
        return refused(response)
    if not isinstance(body, list):
        return no_sense("answered with something that is no list")
    return body, response.has_next


def refused(response: HttpAnswer) -> SourceFault:
    """Return the fault of an answer with a status that says no."""
    return no_sense(f"refused (HTTP {response.status})")


def no_sense(why: str) -> SourceFault:
    """Return the fault of an answer that cannot be used."""
    return SourceFault(NAME, why, answered=True)


def name_in(item: object) -> str:
    """Return what tells one item from another on several pages: its identifier, where it has one."""
    fields = item if isinstance(item, dict) else {}
    paper = fields.get("paper")
    identifier = paper.get("id") if isinstance(paper, dict) else fields.get("id")
    return identifier if isinstance(identifier, str) else ""
