"""A small stand-in for Hugging Face and arXiv over real HTTP, for tests with real processes.

It answers from what a test gave it: every weekday has a list of `per_list` papers, arXiv knows each of them.
Who names no day gets the list of NEWEST. Each answer tells the time.
One request a connection; nothing of HTTP that these programs do not use.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from bot.domain.periods import is_list_day

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

Answer = tuple[int, str, str]
"""Status, content type, body."""

NEWEST = "2026-04-24"
"""A Friday."""

TIMEOUT_S = 30.0
"""How long a test waits for a request that must come."""

JSON, ATOM = "application/json", "application/atom+xml"

FEED = '<feed xmlns="http://www.w3.org/2005/Atom"><title>arXiv Query</title>{entries}</feed>'
ENTRY = """<entry><id>http://arxiv.org/abs/{paper}v1</id><title>{title}</title>
<summary>What arXiv says of it.</summary><published>2026-01-05T10:00:00Z</published>
<author><name>Ada Author</name></author><category term="cs.LG"/></entry>"""


class Upstream:
    """Both sources at one address: set it as HUGGINGFACE_URL and as ARXIV_URL."""

    def __init__(self, per_list: int = 4) -> None:
        self.per_list = per_list
        self.upvotes = 10
        self.asked: list[str] = []
        """The path of each request, with its query, in order."""
        self._news = asyncio.Condition()
        self.silent = False
        """While it is set, requests are taken and never answered."""
        self.failing: int | None = None
        """The status that every request gets, while it is set."""
        self.port = 0

    @property
    def url(self) -> str:
        """The address to set."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def asked_days(self) -> list[date]:
        """The days whose list was asked for, in order."""
        queries = (parse_qs(urlsplit(path).query) for path in self.asked if "/daily_papers" in path)
        return [date.fromisoformat(query["date"][0]) for query in queries if "date" in query]

    async def requests(self, count: int) -> None:
        """Return once so many requests have come."""
        async with asyncio.timeout(TIMEOUT_S), self._news:
            await self._news.wait_for(lambda: len(self.asked) >= count)

    def items(self, day: date) -> Sequence[Mapping[str, Any]]:
        """Return the list of a day, in the shape of the daily papers API."""
        if not is_list_day(day):
            return []
        return [self.item(day, number) for number in range(1, self.per_list + 1)]

    def item(self, day: date, number: int) -> Mapping[str, Any]:
        """Return one item of a day's list."""
        return {
            "paper": {
                "id": paper_of(day, number),
                "title": f"Paper {number} of {day}: Robots that Fold",
                "summary": f"A robot learns to fold, for the {number}. time.",
                "authors": [{"name": "Ada Author"}, {"name": "Ben Writer"}],
                "publishedAt": f"{day}T00:00:00.000Z",
                "submittedOnDailyAt": f"{day}T01:00:00.000Z",
                "upvotes": self.upvotes + number,
            },
            "numComments": number,
        }

    def answer(self, path: str) -> Answer:
        """Answer one request."""
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if self.failing is not None:
            return self.failing, JSON, "{}"
        if parts.path == "/api/daily_papers":
            return 200, JSON, json.dumps(self.items(date.fromisoformat(query.get("date", NEWEST))))
        if parts.path == "/api/query":
            entries = (
                ENTRY.format(paper=escape(paper), title=paper) for paper in query["id_list"].split(",")
            )
            return 200, ATOM, FEED.format(entries="".join(entries))
        return 404, JSON, json.dumps({"error": f"nothing at {unquote(parts.path)}"})

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection; who asks may die at it."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            await self._answer(head.split(" ", 2)[1], reader, writer)
        writer.close()

    async def _answer(self, path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, and keep it."""
        async with self._news:
            self.asked.append(path)
            self._news.notify_all()
        if self.silent:
            await reader.read()  # until the other side has had enough
        else:
            status, kind, body = self.answer(path)
            content = body.encode()
            now = format_datetime(datetime.now(UTC), usegmt=True)
            writer.write(
                f"HTTP/1.1 {status} Told\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
                f"Date: {now}\r\nConnection: close\r\n\r\n".encode()
                + content
            )


def paper_of(day: date, number: int) -> str:
    """Return the identifier of a paper of a day's list: each day has its own."""
    return f"{day:%y%m}.{day.day:02}{number:03}"


@asynccontextmanager
async def running(upstream: Upstream) -> AsyncIterator[Upstream]:
    """Let the stand-in answer on a free port of this machine."""
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    upstream.port = server.sockets[0].getsockname()[1]
    try:
        yield upstream
    finally:
        server.close()
        await server.wait_closed()
