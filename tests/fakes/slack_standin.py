"""A stand-in of Slack: the Web API over real HTTP, response URLs and Socket Mode, strict about all of it.

It refuses what Slack refuses: bodies over the limits, calls too soon, tokens that it does not know.
"""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.slack_answers import AFTER, AT_ONCE, Mishap, Refusal, answer, cut_off, limited
from tests.fakes.slack_checks import message_faults
from tests.fakes.slack_methods import Methods
from tests.fakes.slack_oauth import OAuth
from tests.fakes.slack_sockets import Sockets
from tests.fakes.window import Window

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from random import Random

    from bot.ports import Clock

__all__ = ["Mishap", "Standin", "Team"]

Json = Any

APP_TOKEN = "xapp-1-A1-1-secret"
SCOPES = (
    "app_mentions:read,channels:history,channels:join,channels:read,chat:write,commands,groups:history,"
    "groups:read,im:history,im:write,reactions:read,reactions:write,users:read"
)
TIERS = {"conversations.history": 50, "conversations.replies": 50, "chat.update": 50, "reactions.add": 50}
TIERS |= {"reactions.get": 50, "conversations.info": 50, "conversations.join": 50, "users.info": 100}
"""Calls a minute of a method, for each workspace (docs.slack.dev, Rate limits)."""

PER_MINUTE = 300
"""Messages of a workspace; "several hundred per minute" (chat.postMessage)."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that came in, and how it was answered (0: not at all)."""

    method: str
    status: int
    at: float
    asked: Json
    error: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace that has the app."""

    id: str
    token: str
    bot_user: str = "UBOT"
    name: str = "Lab"


@dataclass
class Standin:
    """The whole of Slack. `clock` gives time to timestamps and windows."""

    clock: Clock
    random: Random
    latency_s: tuple[float, float] = (0.0, 0.0)
    is_strict: bool = True
    """Whether bodies are checked."""
    is_commercial: bool = False
    """Whether history may be read once a minute, 15 messages at a time."""
    per_minute: int = PER_MINUTE
    mishaps: Sequence[Mishap] = ()
    mishap_rate: float = 0.0
    planned: list[tuple[str, Mishap]] = field(default_factory=list)
    """What goes wrong with the next calls of a method."""
    refusals: list[tuple[str, str, str, Json]] = field(default_factory=list)
    """What is refused for good: pattern of the method, channel or "", error, what else is told."""
    calls: list[Call] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What was wrong with bodies."""
    too_soon: int = 0
    """How often a limit was broken."""
    teams: dict[str, Team] = field(default_factory=dict)
    channels: dict[str, Json] = field(default_factory=dict)
    users: dict[str, Json] = field(default_factory=dict)
    messages: dict[str, dict[str, Json]] = field(default_factory=dict)
    """Messages by channel and timestamp, in the order in which they were posted."""
    ever: list[Json] = field(default_factory=list)
    """All messages that were ever shown."""
    reactions: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    most_users: int = 1_000
    """How many of those who reacted are named at most (reactions.get)."""
    views: list[Json] = field(default_factory=list)
    triggers: set[str] = field(default_factory=set)
    responses: list[Json] = field(default_factory=list)
    """What came in on response URLs."""
    over: set[str] = field(default_factory=set)
    """The names of response URLs that take nothing any more."""
    scopes: str = SCOPES
    url: str = ""

    def __post_init__(self) -> None:
        self._windows: dict[tuple[str, ...], Window] = {}
        self._last_ts = 0
        self._uses: dict[str, int] = {}
        self._work: set[asyncio.Task[Any]] = set()
        self._responded = asyncio.Condition()
        self.sockets = Sockets(self)
        self.oauth = OAuth(self)
        self.methods = Methods(self).all()

    # --- What tests set up -----------------------------------------------------------

    def new_ts(self) -> str:
        """Return a timestamp of this moment that no other message has."""
        self._last_ts = max(self._last_ts + 1, int(self.clock.now().timestamp() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def add_team(self, team: str, token: str = "", **more: str) -> Team:
        self.teams[team] = Team(team, token or f"xoxb-{team}", **more)
        return self.teams[team]

    def add_channel(self, channel: str, team: str, **more: Json) -> Json:
        usual = {"name": channel.lower(), "is_member": True, "is_archived": False, "is_private": False}
        self.channels[channel] = {"id": channel, "team": team, "is_im": False, **usual, **more}
        self.messages.setdefault(channel, {})
        return self.channels[channel]

    def add_user(self, user: str, team: str, **more: Json) -> Json:
        usual = {"is_bot": False, "is_restricted": False, "is_admin": False, "tz": "Europe/Paris"}
        self.users[user] = {"id": user, "team_id": team, "name": user.lower(), **usual, **more}
        return self.users[user]

    def plan(self, mishap: Mishap, method: str = "chat.postMessage") -> None:
        """Let something go wrong with the next call of a method."""
        self.planned.append((method, mishap))

    def refuse(self, error: str, method: str = "chat.postMessage", channel: str = "", **more: Json) -> None:
        """Refuse all such calls from now on."""
        self.refusals.append((method, channel, error, more))

    def asked(self, method: str) -> list[Call]:
        """Return the calls of a method."""
        return [call for call in self.calls if call.method == method]

    def shown(self, key: str) -> list[Json]:
        """Return the messages that were ever shown for a key: there should be one."""
        return [m for m in self.ever if m.get("metadata", {}).get("event_payload", {}).get("key") == key]

    def show(self, channel: str, body: Json, user: str) -> Json:
        """Show a message."""
        kept = {name: body[name] for name in ("text", "blocks", "metadata", "thread_ts") if name in body}
        message = {"type": "message", "user": user, "ts": self.new_ts(), **kept}
        self.messages.setdefault(channel, {})[message["ts"]] = message
        self.ever.append(message)
        return message

    def react_as(self, ts: str, name: str, user: str) -> None:
        """Let somebody react."""
        self.reactions.setdefault(ts, {}).setdefault(name, []).append(user)

    def unreact_as(self, ts: str, name: str, user: str) -> None:
        """Let somebody take a reaction away."""
        self.reactions[ts][name].remove(user)

    def response_url(self, name: str) -> str:
        return f"{self.url}/responses/{name}"

    async def responded(self, count: int) -> list[Json]:
        """Return what came in on response URLs, once it is so much."""
        async with self._responded:
            await asyncio.wait_for(self._responded.wait_for(lambda: len(self.responses) >= count), 20)
        return self.responses

    # --- Running -----------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL would be."""
        return f"{self.url}/api/"

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[Standin]:
        """Listen on a port."""
        application = web.Application()
        application.router.add_post("/api/{method}", self._answered)
        application.router.add_post("/responses/{name}", self._respond)
        application.router.add_get("/link/{ticket}", self.sockets.connected)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, backlog=4096).start()
        host, bound = runner.addresses[0][:2]
        self.url = f"http://{host}:{bound}"
        try:
            yield self
        finally:
            await self.sockets.close_all()
            for task in list(self._work):
                task.cancel()
            await asyncio.gather(*self._work, return_exceptions=True)
            await runner.cleanup()

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(self.random.uniform(*self.latency_s) / 2)
        at, method = self.clock.monotonic(), request.match_info["method"]
        asked = await asked_in(request)
        error = ""
        try:
            response = await self._dealt_with(request, method, asked)
        except Refusal as refused:
            error = refused.body["error"]
            response = answer(refused.body, headers={"x-oauth-scopes": self.scopes})
        self.calls.append(Call(method, response.status, at, asked, error))
        await asyncio.sleep(self.random.uniform(*self.latency_s) / 2)
        return response

    async def _dealt_with(self, request: web.Request, method: str, asked: Json) -> web.StreamResponse:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if method == "apps.connections.open":
            return answer(self.sockets.opened(token))
        if method == "oauth.v2.access":
            return answer(self.oauth.access(asked))
        if method not in self.methods:
            raise Refusal("unknown_method")
        team = next((team for team in self.teams.values() if team.token == token), None)
        if token in self.oauth.over:
            raise Refusal("token_expired")
        if team is None:
            raise Refusal("invalid_auth")
        mishap = self._drawn(method)
        if mishap and (early := self._early(mishap, request, method, team, asked)) is not None:
            return early
        if wait_s := self._wait_s(team, method, asked):
            self.too_soon += 1
            return limited(ceil(wait_s))
        self._refuse(method, asked)
        done = {"ok": True, **self.methods[method](team, asked)}
        if mishap in AFTER:
            return await self._spoilt(mishap, request, done)
        return answer(done, headers={"x-oauth-scopes": self.scopes})

    def _wait_s(self, team: Team, method: str, asked: Json) -> float:
        """Take the call into its windows, or return how long it has to wait."""
        limits: list[tuple[tuple[str, ...], int, float]] = []
        if method == "chat.postMessage":
            limits = [((asked.get("channel", ""),), 1, 1.0), ((team.id, "posts"), self.per_minute, 60.0)]
        elif method in TIERS:
            calls = 1 if self.is_commercial and method.startswith("conversations.h") else TIERS[method]
            limits = [((team.id, method), calls, 60.0)]
        windows = (self._windows.setdefault(key, Window(calls, per_s)) for key, calls, per_s in limits)
        return max((window.wait_s(self.clock.monotonic()) for window in windows), default=0.0)

    def _drawn(self, method: str) -> Mishap | None:
        for planned in self.planned:
            if planned[0] == method:
                self.planned.remove(planned)
                return planned[1]
        if self.mishaps and self.random.random() < self.mishap_rate:
            return self.random.choice(self.mishaps)
        return None

    def _refuse(self, method: str, asked: Json) -> None:
        for pattern, channel, error, more in self.refusals:
            if re.fullmatch(pattern, method) and channel in {"", asked.get("channel")}:
                raise Refusal(error, **more)

    def _early(
        self, mishap: Mishap, request: web.Request, method: str, team: Team, asked: Json
    ) -> web.StreamResponse | None:
        """Answer before the work is done, if it ever is."""
        if mishap is Mishap.LATE:
            task = asyncio.create_task(self._done_late(lambda: self.methods[method](team, asked)))
            self._work.add(task)
            task.add_done_callback(self._work.discard)
        if mishap in {Mishap.LATE, Mishap.DROPPED}:
            return cut_off(request)
        if mishap is Mishap.LIMITED:
            return limited(self.random.randint(1, 3))
        return AT_ONCE[mishap]() if mishap in AT_ONCE else None

    async def _done_late(self, work: Callable[[], Json]) -> None:
        await asyncio.sleep(self.random.uniform(0.5, 5))
        work()

    async def _spoilt(self, mishap: Mishap | None, request: web.Request, done: Json) -> web.StreamResponse:
        """Answer badly after the work was done."""
        if mishap is Mishap.BROKEN_AFTER:
            return web.Response(text="", status=500)
        if mishap is Mishap.INTERNAL:
            return answer({"ok": False, "error": "internal_error"})
        if mishap is Mishap.GARBLED:
            return web.Response(body=json.dumps(done).encode()[:-20], content_type="application/json")
        if mishap is Mishap.HANGS:
            task = asyncio.ensure_future(asyncio.Event().wait())
            self._work.add(task)
            await asyncio.gather(task, return_exceptions=True)
        return cut_off(request)

    async def _respond(self, request: web.Request) -> web.Response:
        """Take an answer to a command; five are the most for each."""
        name = request.match_info["name"]
        self._uses[name] = self._uses.get(name, 0) + 1
        body = await request.json()
        faults = list(message_faults(body)) if "delete_original" not in body else []
        self.faults += faults
        if name in self.over:
            return web.Response(status=404, text="expired_url")
        if self._uses[name] > 5 or faults:
            return web.Response(status=404 if self._uses[name] > 5 else 400, text="no_text")
        async with self._responded:
            self.responses.append({**body, "to": name})
            self._responded.notify_all()
        return web.Response(text="ok")


async def asked_in(request: web.Request) -> Json:
    """Return the arguments of a call, in whichever form they came."""
    if request.content_type == "application/json":
        return await request.json()
    form = {str(name): str(value) for name, value in (await request.post()).items()}
    nested = {"blocks", "metadata", "view"} & set(form)
    return {**form, **{name: json.loads(form[name]) for name in nested}}
