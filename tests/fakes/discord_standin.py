"""A strict stand-in of Discord over real HTTP and a real gateway, for discord.py as it is.

It keeps Discord's limits, written and unwritten (50 a second over all, a bucket for each channel, an enforced
nonce that is forgotten after a while), refuses bodies that Discord would, and behaves as badly as any
platform: it loses replies, does its work after the caller has gone, answers 5xx with the work done or not.
"""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import count
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes import discord_shapes as shapes
from tests.fakes.discord_answers import Refusal, answer, body_in, broken, cut_off, limited
from tests.fakes.discord_gateway import StandinGateway
from tests.fakes.discord_interactions import StandinInteractions
from tests.fakes.discord_resources import StandinResources
from tests.fakes.discord_shapes import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_THREAD,
    BOT,
    TEXT,
    THREAD,
)
from tests.fakes.window import Window

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from random import Random

    from bot.ports import Clock

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

Json = Any

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.abcdefghijklmnopqrstuvwxyz0123456789AB"
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
PREFIX = "/api/v10"

BODY: web.RequestKey[Any] = web.RequestKey("body", object)

ALL_PERMISSIONS = 309237730368
"""What the bot's invite link asks for."""


class Mishap(Enum):
    """What may go wrong with a call."""

    REPLY_LOST = "done, and the connection broken"
    DROPPED = "not done, and the connection broken"
    HANGS = "done, and no answer"
    LATE = "done after the caller has gone"
    BROKEN = "500, not done"
    BROKEN_AFTER = "500, done"
    BAD_GATEWAY = "502, not done, by what stands before Discord"
    BUSY = "503, not done"
    LIMITED = "429 for this bucket"
    LIMITED_WIDE = "429 for the bot"
    BANNED = "429 by what stands before Discord"
    GARBLED = "done, and half an answer"


AFTER = {Mishap.REPLY_LOST, Mishap.HANGS, Mishap.BROKEN_AFTER, Mishap.GARBLED}


@dataclass(frozen=True, slots=True)
class Call:
    """One call that came in, and how it was answered (0: not at all)."""

    method: str
    path: str
    status: int
    at: float
    body: Json = None


def headers_of(window: Window, now: float, name: str) -> dict[str, str]:
    """Return what Discord tells of a limit with each answer."""
    reset_s = window.reset_s(now)
    return {
        "X-RateLimit-Limit": str(window.calls),
        "X-RateLimit-Remaining": str(window.left),
        "X-RateLimit-Reset-After": f"{max(0.001, reset_s):.3f}",
        "X-RateLimit-Reset": f"{datetime.now(UTC).timestamp() + reset_s:.3f}",
        "X-RateLimit-Bucket": name,
    }


BUCKETS: tuple[tuple[str, str, int, float], ...] = (
    ("POST", "/channels/{channel}/messages", 5, 5.0),
    ("PATCH", "/channels/{channel}/messages/{message}", 5, 5.0),
    ("GET", "/channels/{channel}/messages", 5, 5.0),
    ("POST", "/channels/{channel}/messages/{message}/crosspost", 10, 3_600.0),
    ("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me", 1, 0.25),
)
"""The buckets that are kept: method, path, calls, seconds; each for every channel of its own."""


@dataclass
class Standin:
    """The whole of Discord. `clock` gives time to ids, windows and the memory of nonces."""

    clock: Clock
    random: Random
    latency_s: tuple[float, float] = (0.0, 0.0)
    nonce_memory: timedelta = timedelta(minutes=5)
    per_second: int = 50
    token: str = TOKEN
    buckets: tuple[tuple[str, str, int, float], ...] = BUCKETS
    is_strict: bool = True
    """Whether bodies are checked."""
    mishaps: Sequence[Mishap] = ()
    mishap_rate: float = 0.0
    planned: list[tuple[str, str, Mishap]] = field(default_factory=list)
    """What goes wrong with the next calls of a method whose path matches: method, pattern, what."""
    refusals: list[tuple[str, str, int, int]] = field(default_factory=list)
    """What is refused for good: method, pattern, status, code."""
    calls: list[Call] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What was wrong with bodies."""
    too_soon: int = 0
    """How often a limit was broken."""
    invalid: int = 0
    """Answers 401, 403 and 429, of which 10,000 in 10 minutes have an address banned."""
    guilds: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Json] = field(default_factory=dict)
    messages: dict[str, dict[str, Json]] = field(default_factory=dict)
    """Messages by channel and id, in the order in which they were posted."""
    ever: list[Json] = field(default_factory=list)
    """All messages that were ever shown."""
    reactions: dict[tuple[str, str], dict[str, dict[str, Json]]] = field(default_factory=dict)
    """Who reacted: by message and emoji, then by user and sort."""
    commands: list[Json] | None = None
    url: str = ""

    def __post_init__(self) -> None:
        self._wide = Window(self.per_second, 1.0)
        self._windows: dict[tuple[str, str, str], Window] = {}
        self._numbers = count()
        self._news = asyncio.Event()
        self._work: set[asyncio.Task[Any]] = set()
        self.gateway = StandinGateway(self)
        self.resources = StandinResources(self)
        self.interactions = StandinInteractions(self)

    # --- What tests set up -----------------------------------------------------------

    def new_id(self) -> str:
        """Return an id of this moment."""
        milliseconds = (self.clock.now() - EPOCH) // timedelta(milliseconds=1)
        return str((milliseconds << 22) + next(self._numbers) % (1 << 22))

    def add_guild(self, guild: str, permissions: int = ALL_PERMISSIONS, **more: Json) -> Json:
        """Add a server in which the bot has a role with permissions."""
        self.guilds[guild] = {**shapes.guild(guild, permissions), **more}
        return self.guilds[guild]

    def add_channel(self, channel: str, guild: str | None = None, kind: int = TEXT, **more: Json) -> Json:
        """Add a channel, or a thread, of a server; without one it is a conversation."""
        self.channels[channel] = {**shapes.channel(channel, guild, kind), **more}
        self.messages.setdefault(channel, {})
        return self.channels[channel]

    def add_message(self, channel: str, author: str = "77", **more: Json) -> Json:
        """Let somebody say something."""
        return self.show(channel, {"content": "hello", **more}, author)

    def delete_message(self, channel: str, message: str) -> None:
        del self.messages[channel][message]

    def react_as(self, channel: str, message: str, emoji: str, user: Json, sort: str = "normal") -> None:
        """Let somebody react."""
        self.reactions.setdefault((channel, message), {}).setdefault(emoji, {})[f"{user['id']}/{sort}"] = user

    def plan(self, mishap: Mishap, method: str = "POST", path: str = "/messages$") -> None:
        """Let something go wrong with the next call of that kind."""
        self.planned.append((method, path, mishap))

    def refuse(self, status: int, code: int, method: str = "POST", path: str = "/messages$") -> None:
        """Refuse all calls of that kind from now on."""
        self.refusals.append((method, path, status, code))

    def said(self, method: str, path: str = "") -> list[Call]:
        """Return the calls of a method whose path matches."""
        return [call for call in self.calls if call.method == method and re.search(path, call.path)]

    def shown(self, key: str) -> list[Json]:
        """Return the messages that were ever shown for a key: there should be one."""
        return [message for message in self.ever if key in json.dumps(message)]

    def show(self, channel: str, body: Json, author: str = BOT, message: str = "") -> Json:
        """Show a message."""
        at = self.clock.now().isoformat()
        shown = {**shapes.message(message or self.new_id(), channel, author, at), **body}
        for unseen in ("nonce", "enforce_nonce", "allowed_mentions"):
            shown.pop(unseen, None)
        self.messages.setdefault(channel, {})[shown["id"]] = shown
        self.ever.append(shown)
        self._news.set()
        return shown

    async def until(self, condition: Callable[[], object]) -> None:
        """Return when something holds that changes with calls and messages."""
        async with asyncio.timeout(30):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def add_thread(self, thread: str, parent: str, name: str, owner: str = BOT) -> Json:
        """Add a thread to a channel."""
        channel = self.channels[parent]
        kind = ANNOUNCEMENT_THREAD if channel["type"] == ANNOUNCEMENT else THREAD
        more = shapes.thread(channel, name, owner, self.clock.now().isoformat())
        return self.add_channel(thread, channel["guild_id"], kind, **more)

    # --- Running -----------------------------------------------------------------------

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[Standin]:
        """Listen on a port; `url` is what DISCORD_API_URL would be."""
        application = web.Application(middlewares=[self._answered])
        application.add_routes(self._routes())
        application.router.add_get("/gateway/", self.gateway.connected)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port, backlog=4096)
        await site.start()
        host, bound = runner.addresses[0][:2]
        self.url = f"http://{host}:{bound}{PREFIX}"
        try:
            yield self
        finally:
            await self.gateway.close_all()
            for task in list(self._work):
                task.cancel()
            await asyncio.gather(*self._work, return_exceptions=True)
            await runner.cleanup()

    @property
    def gateway_url(self) -> str:
        return self.url.replace("http://", "ws://").replace(PREFIX, "/gateway/")

    def _routes(self) -> list[web.RouteDef]:
        here = {**self.resources.routes(), **self.interactions.routes()}
        return [
            web.route(method, PREFIX + path, self._handler(path, work))
            for (method, path), work in here.items()
        ]

    def _handler(self, path: str, work: Callable[[web.Request, Json], Json]) -> Handler:
        async def handler(request: web.Request) -> web.StreamResponse:
            body = await body_in(request) if request.can_read_body else None
            request[BODY] = body
            return await self._dealt_with(request, path, lambda: work(request, body))

        return handler

    @web.middleware
    async def _answered(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/gateway/"):
            return await handler(request)
        await asyncio.sleep(self.random.uniform(*self.latency_s) / 2)
        at = self.clock.monotonic()
        try:
            response = await handler(request)
        except Refusal as refused:
            response = answer(refused.body, refused.status)
        except web.HTTPNotFound:
            response = answer({"code": 0, "message": "404: Not Found"}, 404)
        body = request.get(BODY)
        self.calls.append(Call(request.method, request.path.removeprefix(PREFIX), response.status, at, body))
        self._news.set()
        if response.status in {401, 403, 429}:
            self.invalid += 1
        await asyncio.sleep(self.random.uniform(*self.latency_s) / 2)
        return response

    async def _dealt_with(
        self, request: web.Request, path: str, work: Callable[[], Json]
    ) -> web.StreamResponse:
        is_interaction = path.startswith(("/interactions/", "/webhooks/"))
        if not is_interaction and request.headers.get("Authorization") != f"Bot {self.token}":
            raise Refusal(401, 0, "401: Unauthorized")
        mishap = self._drawn(request)
        if mishap and (early := self._early(mishap, request, work)) is not None:
            return early
        if not is_interaction and (wait_s := self._wide.wait_s(self.clock.monotonic())):
            self.too_soon += 1
            return limited(wait_s, is_wide=True)
        headers = self._bucket(request, path)
        if isinstance(headers, float):
            self.too_soon += 1
            return limited(headers, is_wide=False)
        self._refuse(request)
        done = work()
        if mishap in AFTER:
            return await self._spoilt(mishap, request, done)
        return answer(done, 204 if done is None else 200, headers)

    def _bucket(self, request: web.Request, path: str) -> dict[str, str] | float:
        """Take the call into its bucket: return its headers, or how long it has to wait."""
        for method, template, calls, per_s in self.buckets:
            if (method, template) == (request.method, path):
                window = self._windows.setdefault(
                    (method, path, request.match_info["channel"]), Window(calls, per_s)
                )
                now = self.clock.monotonic()
                return window.wait_s(now) or headers_of(window, now, f"{method}-{template}")
        return {}

    def _drawn(self, request: web.Request) -> Mishap | None:
        for planned in self.planned:
            method, pattern, mishap = planned
            if method == request.method and re.search(pattern, request.path):
                self.planned.remove(planned)
                return mishap
        if self.mishaps and "/channels/" in request.path and self.random.random() < self.mishap_rate:
            return self.random.choice(self.mishaps)
        return None

    def _refuse(self, request: web.Request) -> None:
        for method, pattern, status, code in self.refusals:
            if method == request.method and re.search(pattern, request.path):
                raise Refusal(status, code, "refused")

    def _early(
        self, mishap: Mishap, request: web.Request, work: Callable[[], Json]
    ) -> web.StreamResponse | None:
        """Answer before the work is done, if it ever is."""
        if mishap is Mishap.LATE:
            task = asyncio.create_task(self._done_late(work))
            self._work.add(task)
            task.add_done_callback(self._work.discard)
        if mishap in {Mishap.LATE, Mishap.DROPPED}:
            return cut_off(request)
        if mishap in {Mishap.LIMITED, Mishap.LIMITED_WIDE}:
            is_wide = mishap is Mishap.LIMITED_WIDE
            return limited(self.random.uniform(0.5, 3), is_wide=is_wide)
        return AT_ONCE[mishap]() if mishap in AT_ONCE else None

    async def _done_late(self, work: Callable[[], Json]) -> None:
        await asyncio.sleep(self.random.uniform(0.5, 5))
        work()

    async def _spoilt(self, mishap: Mishap | None, request: web.Request, done: Json) -> web.StreamResponse:
        """Answer badly after the work was done."""
        if mishap is Mishap.BROKEN_AFTER:
            return broken()
        if mishap is Mishap.GARBLED:
            return web.Response(body=json.dumps(done).encode()[:-20], content_type="application/json")
        if mishap is Mishap.HANGS:
            task = asyncio.ensure_future(asyncio.Event().wait())
            self._work.add(task)
            await asyncio.gather(task, return_exceptions=True)
        return cut_off(request)

    def check(self, faults: Sequence[str]) -> None:
        """Refuse a body that is wrong."""
        if self.is_strict and faults:
            self.faults += faults
            raise Refusal(
                400,
                50035,
                "Invalid Form Body",
                errors={"_errors": [{"code": "WRONG", "message": str(faults[:3])}]},
            )


AT_ONCE: dict[Mishap, Callable[[], web.Response]] = {
    Mishap.BROKEN: broken,
    Mishap.BAD_GATEWAY: lambda: web.Response(text="<html>502</html>", status=502, content_type="text/html"),
    Mishap.BUSY: lambda: answer({"code": 130000, "message": "API resource is currently overloaded."}, 503),
    Mishap.BANNED: lambda: web.Response(text="error code: 1015", status=429, headers={"Retry-After": "30"}),
}
