"""Calls of Discord's HTTP API, through discord.py's client: it keeps each bucket that answers tell of.

It also asks again by itself, sleeps where it is told to wait, and gives an answer back only when the bucket
that it emptied is full again. Here all that is for the sender to decide, who knows what can be asked twice
and who else waits; so each answer is taken as soon as it is there. (`max_ratelimit_timeout` does not help:
with it discord.py 2.7.1 refuses a call whose bucket is full again later than that, whatever is left in it.)
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aiohttp
from discord.http import HTTPClient, Route

from adapters.discord.errors import Fault, Refused, Stopped, Unanswered, fault_of
from bot.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from types import SimpleNamespace

    from adapters.discord.client.spare import Spare

    Shared = Callable[[], AbstractAsyncContextManager[None] | None]

Json = dict[str, Any]
"""An object as Discord sends it, or takes it."""

LONGEST_WAIT = timedelta(seconds=10)
"""What has to wait longer for its bucket comes back as told to wait, so that others can have its room."""

LONGEST_ASIDE = timedelta(seconds=30)
"""After so long without an answer a call that nobody's turn is needed for is given up."""

LOOK_EVERY_S = 30.0


@dataclass(frozen=True, slots=True)
class Answered:
    """Discord did what it was asked; `body` is what it says to that."""

    body: Any


Answer = Answered | Fault


class Flight:
    """One call on its way: whether it has left, and its answer as soon as that is there."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.left: asyncio.Future[None] = loop.create_future()
        self.answer: asyncio.Future[Answer] = loop.create_future()

    def leave(self) -> None:
        """Note that the request is being sent."""
        if not self.left.done():
            self.left.set_result(None)

    def land(self, answer: Answer) -> None:
        """Note the answer."""
        if not self.answer.done():
            self.answer.set_result(answer)


def use_api(url: str) -> None:
    """Set the address of the API, as `https://discord.com/api/v10`, for this process."""
    Route.BASE = url.rstrip("/")


class Client(HTTPClient):
    """discord.py's client, made for many channels."""

    _looked_at = 0.0

    def _try_clear_expired_ratelimits(self) -> None:
        """Look for idle buckets once in a while: with each new one, as the library does, is a lot of work."""
        if self.loop.time() - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = self.loop.time()
            super()._try_clear_expired_ratelimits()


@dataclass(frozen=True, slots=True)
class Attached:
    """A file beside a message, which has it as the attachment 0 (Reference, Uploading Files)."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class WithFile:
    """What a call sends, and a file that goes with it."""

    json: object
    file: Attached


NO_TURN = Unanswered("was not asked: the store does not say whose turn it is", may_be_done=False)


def nothing_left() -> None:
    """Know nothing of what deliveries leave."""


class Rest:
    """Discord's HTTP API under one token. It logs in with the first call."""

    def __init__(self, token: str, spare: Spare) -> None:
        self._token = token.strip()
        self._spare = spare
        self.left_over: Shared = nothing_left
        """Returns what waits for a turn that no delivery wants; None where it is not known which do."""
        self.shared: Shared = nothing_left
        """Returns what waits for a turn among deliveries; None where this process makes none."""
        self._http: HTTPClient | None = None
        self._me: Json = {}
        self._logging_in = asyncio.Lock()
        self._calls: set[asyncio.Task[object]] = set()

    async def me(self) -> Json | Fault:
        """Return the bot's own user."""
        http = await self._logged_in()
        return self._me if isinstance(http, HTTPClient) else http

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Return what waits for the turn of a call that is no delivery.

        Where this process delivers that comes among deliveries, some of a second; else it is a spare one.
        Who may hold a delivery's turn already must take a spare one: each could wait for the other.
        """
        return self.shared() or self._spare.turn()

    async def call(self, method: str, path: str, *, body: object = None, **named: str | int) -> Answer:
        """Make one call, and no second one. `named` fills `{braces}` of the path, and else is its query.

        A text in it is quoted.
        """
        http = await self._logged_in()
        if not isinstance(http, HTTPClient):
            return http
        filled: Json = {name: value for name, value in named.items() if f"{{{name}}}" in path}
        query = {name: str(value) for name, value in named.items() if name not in filled}
        content = content_of(body)
        flight = Flight()
        task: asyncio.Task[object] = asyncio.create_task(
            http.request(Route(method, path, **filled), params=query, trace_request_ctx=flight, **content)
        )
        self._calls.add(task)
        task.add_done_callback(self._ended)
        return await answer_of(flight, task)

    def _ended(self, task: asyncio.Task[object]) -> None:
        """Forget a call, and what discord.py made of its answer: that is taken already."""
        self._calls.discard(task)
        if not task.cancelled():
            task.exception()

    async def aside(self, method: str, path: str, *, body: object = None, **named: str | int) -> Answer:
        """Make a call that is no delivery, in the turns that are kept free for those."""
        try:
            async with asyncio.timeout(LONGEST_ASIDE.total_seconds()):
                await self._logged_in()  # it needs such a turn itself
                async with self._spare.turn():
                    return await self.call(method, path, body=body, **named)
        except TimeoutError:
            return Unanswered("gave no answer in time")
        except StoreError:
            return NO_TURN

    async def read(self, path: str, **named: str | int) -> Answer:
        """Read something that can wait: in a turn that deliveries leave, else as any call aside."""
        turn = self.left_over()
        if turn is None:
            return await self.aside("GET", path, **named)
        async with turn:
            try:
                async with asyncio.timeout(LONGEST_ASIDE.total_seconds()):
                    return await self.call("GET", path, **named)
            except TimeoutError:
                return Unanswered("gave no answer in time")

    async def fetched(self, path: str, **named: str | int) -> Json | Fault:
        """Return an object that Discord has, asked for aside."""
        answer = await self.aside("GET", path, **named)
        if not isinstance(answer, Answered):
            return answer
        return answer.body if isinstance(answer.body, dict) else Unanswered("answered with something else")

    async def close(self) -> None:
        """Close the connections."""
        for task in list(self._calls):
            task.cancel()
        if self._http is not None:
            await self._http.close()

    async def _logged_in(self) -> HTTPClient | Fault:
        """Return the client; where the first login fails the next call tries again."""
        async with self._logging_in:
            if self._http is None:
                http = Client(asyncio.get_running_loop(), http_trace=strict_trace())
                try:
                    async with self._spare.turn():
                        self._me = dict(await http.static_login(self._token))
                except StoreError:
                    await http.close()
                    return NO_TURN
                except Exception as raised:  # noqa: BLE001 - what it stands for is returned
                    await http.close()
                    return fault_of(raised)
                except asyncio.CancelledError:
                    await http.close()
                    raise
                self._http = http
            return self._http


def content_of(body: object) -> Json:
    """Return what a call sends, as discord.py takes it: JSON, with a file beside it where there is one."""
    if not isinstance(body, WithFile):
        return {} if body is None else {"json": body}
    file = body.file
    return {
        "form": [
            {"name": "payload_json", "value": json.dumps(body.json), "content_type": "application/json"},
            {
                "name": "files[0]",
                "value": file.content,
                "filename": file.name,
                "content_type": "text/plain; charset=utf-8",
            },
        ]
    }


async def answer_of(flight: Flight, task: asyncio.Task[object]) -> Answer:
    """Return the answer of a call as soon as it is there; one that cannot leave for long is not made."""
    try:
        wait_s = LONGEST_WAIT.total_seconds()
        await first_of(task, flight.left, timeout_s=wait_s)
        if not flight.left.done() and not task.done():
            task.cancel()
            return Refused(HTTPStatus.TOO_MANY_REQUESTS, text="its bucket is empty")
        await first_of(task, flight.answer)
        return flight.answer.result() if flight.answer.done() else fault_in(task)
    except asyncio.CancelledError:
        task.cancel()
        raise


async def first_of(*waited: asyncio.Future[Any], timeout_s: float | None = None) -> None:
    """Wait for the first of several, or for so long."""
    await asyncio.wait(waited, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)


def fault_in(task: asyncio.Task[object]) -> Fault:
    """Return why a call ended without an answer.

    Raises:
        Exception: a bug.
    """
    raised = task.exception()
    return fault_of(raised) if isinstance(raised, Exception) else Unanswered("gave no answer")


# --- What discord.py is not to deal with --------------------------------------------


def strict_trace() -> aiohttp.TraceConfig:
    """Return what watches each call, and stops discord.py where it would wait and ask again."""
    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(note_start)
    trace.on_request_end.append(note_answer)
    return trace


async def note_start(_session: aiohttp.ClientSession, context: SimpleNamespace, _start: object) -> None:
    """Note that a request leaves."""
    if isinstance(flight := context.trace_request_ctx, Flight):
        flight.leave()


async def note_answer(
    _session: aiohttp.ClientSession, context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
) -> None:
    """Take an answer; raise it besides where the server wants us to wait, or failed.

    Raises:
        Stopped: it did.
    """
    text = await end.response.text(errors="replace")
    answer = read_answer(end.response.status, dict(end.response.headers), text)
    if isinstance(flight := context.trace_request_ctx, Flight):
        flight.land(answer)
    if isinstance(answer, Refused) and is_repeated(answer):
        raise Stopped(answer)


def is_repeated(refused: Refused) -> bool:
    """Tell whether discord.py would ask again after a refusal."""
    is_fault = refused.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return is_fault or refused.status == HTTPStatus.TOO_MANY_REQUESTS


def read_answer(status: int, headers: dict[str, str], text: str) -> Answer:
    """Read an answer; one without a body is None."""
    if status >= HTTPStatus.BAD_REQUEST:
        return refusal_of(status, headers, text)
    if not text:
        return Answered(None)
    try:
        return Answered(json.loads(text))
    except ValueError:
        return Unanswered("gave an answer that cannot be read")


def refusal_of(status: int, headers: dict[str, str], text: str) -> Refused:
    """Read a refusal: Discord's own is JSON, that of what stands before it is not."""
    low = {name.lower(): value for name, value in headers.items()}
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    told = body if isinstance(body, dict) else {}
    is_wide = not isinstance(body, dict) or bool(told.get("global")) or "x-ratelimit-global" in low
    retry_after = seconds_of(told.get("retry_after")) or seconds_of(low.get("retry-after"))
    words = " ".join(filter(None, (str(told.get("message", "")), *faults_in(told.get("errors")))))
    code = told.get("code")
    return Refused(status, code if isinstance(code, int) else 0, words, retry_after, is_wide)


def faults_in(tree: object, where: str = "") -> list[str]:
    """Return what Discord finds wrong with a form, each fault with the name of its field."""
    if not isinstance(tree, dict):
        return []
    own = [f"{where or 'form'}: {fault.get('message', '')}" for fault in tree.get("_errors", ())]
    inner = (faults_in(each, f"{where}.{name}".strip(".")) for name, each in tree.items())
    return own + [fault for faults in inner for fault in faults]


def seconds_of(value: object) -> timedelta | None:
    """Return a number of seconds as a span; None where it is none."""
    try:
        return timedelta(seconds=float(str(value)))
    except (ValueError, OverflowError):
        return None
