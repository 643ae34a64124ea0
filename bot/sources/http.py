"""Reads over HTTP: one client a process, bounded in time and size, repeated where that may help.

httpx and stamina are loaded with the first request; most commands make none.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.log import logger
from bot.ports import SourceFault

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Mapping
    from datetime import datetime

    import httpx
    from stamina import Attempt

    from bot.ports import Clock

log = logger("sources.http")

USER_AGENT = "papers-bot/0.1"

TIMEOUT_S = 10.0
"""Of connecting, and of each read of a piece."""
TOTAL_TIMEOUT_S = 30.0
"""Of one attempt as a whole: a source that trickles is as good as none."""
LARGEST_ANSWER = 20 * 2**20
"""Bytes; a full list of 100 papers has about half of one MiB."""
ATTEMPTS = 4

OK, TOO_MANY, SERVER_ERROR = 200, 429, 500

RATE_LIMIT = re.compile(r";\s*r=(?P<left>\d+)\s*;\s*t=(?P<reset_s>\d+)", re.ASCII)
"""The RateLimit header: requests left, seconds to the next window (huggingface.co/docs/hub/rate-limits)."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a source answered, whatever its status below 500 (429 excepted)."""

    status: int
    body: bytes
    has_next: bool
    """Whether its Link header names a next page."""
    told_at: datetime | None = None
    """The source's own time, where its Date header tells it."""


class TryAgainError(Exception):
    """An attempt failed in a way that another may not."""

    def __init__(self, why: str, wait_s: float | None = None, *, answered: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.wait_s = wait_s
        self.answered = answered


class Http:
    """The one HTTP client for reads. Every failure is a SourceFault; only a bug raises."""

    def __init__(
        self, clock: Clock, *, patience: timedelta, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """`patience` bounds what one read may take with all its waiting."""
        self._clock = clock
        self._patience_s = patience.total_seconds()
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._free_at: dict[str, float] = {}

    async def get(
        self, source: str, url: str, params: Mapping[str, str | int] | None = None
    ) -> HttpAnswer | SourceFault:
        """Read a page, trying again with growing, jittered waits while that may help and patience lasts."""
        if fault := await self._wait_for_window(source, url):
            return fault
        try:
            async for attempt in retrying()(
                on=lambda error: wait_of(error, self._patience_s),
                attempts=ATTEMPTS,
                timeout=self._patience_s,
                wait_initial=0.5,
                wait_max=8.0,
                wait_jitter=1.0,
            ):
                with attempt:
                    return await self._attempt(url, params)
        except TryAgainError as error:
            # Whoever asked tells it, in words of their own and not each time.
            log.debug("source failed", source=source, why=error.why)
            return SourceFault(source, error.why, error.answered)
        raise AssertionError("a retry ends with an answer or an error")

    async def get_json(
        self, source: str, url: str, params: Mapping[str, str | int] | None = None
    ) -> tuple[object, HttpAnswer] | SourceFault:
        """Read a page of JSON, whatever its status, with the answer it came in."""
        answer = await self.get(source, url, params)
        if isinstance(answer, SourceFault):
            return answer
        try:
            return json.loads(answer.body), answer
        except (ValueError, RecursionError):
            return SourceFault(source, "answered with something that is not JSON", answered=True)

    async def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _wait_for_window(self, source: str, url: str) -> SourceFault | None:
        """Wait until the source's next window where the last answer said that none is left in this one."""
        wait_s = self._free_at.get(host_of(url), 0.0) - self._clock.monotonic()
        if wait_s > self._patience_s:
            return SourceFault(source, f"asks us to wait {wait_s:.0f} seconds", answered=True)
        if wait_s > 0:
            await self._clock.sleep(timedelta(seconds=wait_s))
        return None

    async def _attempt(self, url: str, params: Mapping[str, str | int] | None) -> HttpAnswer:
        """Ask once. Raises TryAgainError for whatever is not an answer."""
        import httpx  # noqa: PLC0415 - see the module's docstring

        try:
            async with (
                asyncio.timeout(TOTAL_TIMEOUT_S),
                self._open().stream("GET", url, params=params) as response,
            ):
                self._note_window(url, response.headers)
                refuse_failure(response, self._clock.now())
                body = await capped_body(response)
                told_at = moment_of(response.headers.get("Date", ""))
                return HttpAnswer(response.status_code, body, "next" in response.links, told_at)
        except (httpx.TimeoutException, TimeoutError):
            raise TryAgainError("did not answer in time") from None
        except httpx.ConnectError:
            raise TryAgainError("could not be reached") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise TryAgainError("broke off its answer") from None

    def _open(self) -> httpx.AsyncClient:
        """Return the client, made with the first request."""
        import httpx  # noqa: PLC0415 - see the module's docstring

        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=TIMEOUT_S,
                limits=httpx.Limits(max_connections=8),
                headers={"User-Agent": USER_AGENT},
                follow_redirects=True,
                trust_env=False,
                transport=self._transport,
            )
        return self._client

    def _note_window(self, url: str, headers: httpx.Headers) -> None:
        """Remember when a source may be asked again, where it says that nothing is left."""
        limit = RATE_LIMIT.search(headers.get("RateLimit", ""))
        if limit and int(limit["left"]) == 0:
            self._free_at[host_of(url)] = self._clock.monotonic() + int(limit["reset_s"])


@cache
def retrying() -> Callable[..., AsyncIterable[Attempt]]:
    """Load stamina, and keep it from writing of its own accord: it would, on standard output."""
    import stamina  # noqa: PLC0415 - see the module's docstring

    stamina.instrumentation.set_on_retry_hooks([])
    return stamina.retry_context


def host_of(url: str) -> str:
    """Return what a rate limit belongs to."""
    return urlsplit(url).netloc


def refuse_failure(response: httpx.Response, now: datetime) -> None:
    """Raise TryAgainError for a status that may pass."""
    if response.status_code == TOO_MANY:
        raise TryAgainError("asks us to slow down", wait_named(response.headers, now), answered=True)
    if response.status_code >= SERVER_ERROR:
        wait_s = retry_after(response.headers.get("Retry-After", ""), now)
        raise TryAgainError(f"failed (HTTP {response.status_code})", wait_s, answered=True)


def wait_named(headers: httpx.Headers, now: datetime) -> float | None:
    """Return the seconds that a refused request is told to wait, by either header."""
    limit = RATE_LIMIT.search(headers.get("RateLimit", ""))
    named = retry_after(headers.get("Retry-After", ""), now)
    return named if named is not None else (float(limit["reset_s"]) if limit else None)


def retry_after(value: str, now: datetime) -> float | None:
    """Read Retry-After: seconds, or a date; None where it is neither."""
    try:
        return max(0.0, float(value))
    except ValueError:
        moment = moment_of(value)
        return None if moment is None else max(0.0, (moment - now).total_seconds())


def moment_of(value: str) -> datetime | None:
    """Read a date of HTTP (RFC 9110, 5.6.7); None where it is none."""
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def wait_of(error: Exception, patience_s: float) -> bool | float:
    """Tell stamina whether to try again, and after how many seconds where the source named them."""
    if not isinstance(error, TryAgainError):
        return False
    if error.wait_s is None:
        return True
    return error.wait_s if error.wait_s <= patience_s else False


async def capped_body(response: httpx.Response) -> bytes:
    """Read the body up to the largest answer that makes sense."""
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise TryAgainError("answered with far too much", answered=True)
    return bytes(body)
