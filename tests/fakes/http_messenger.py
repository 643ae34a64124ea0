"""A small chat platform over HTTP for tests with real processes: the stand-in, and a messenger that asks it.

The stand-in remembers keys for a while, as Discord does, and can be asked for a message by its key, as Slack
can. It loses replies after the work was done, works on after its caller has gone, and answers 500 and 503.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from bot.domain.deliveries import Absent, Failed, Gone, MessageRef, Rates, Reach, Rejected, Sent, Throttled
from bot.ports.delivery import PlaceReport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from random import Random

    from bot.domain.cards import Card
    from bot.domain.deliveries import Delivery, FindResult, SendResult
    from bot.domain.places import Identity, Place
    from bot.ports.delivery import Reaction


@dataclass(frozen=True, slots=True)
class StandInHabits:
    """What the stand-in is like. Times are seconds."""

    latency: tuple[float, float] = (0.005, 0.03)
    key_memory: float = 2.0
    history_lag: float = 0.05
    patience: float = 0.5
    """How long callers wait for an answer."""
    longest_work: float = 0.2
    """How long after its caller has gone a request may still be done."""
    lost: float = 0.04
    """The chance that the work is done and no reply comes."""
    late: float = 0.03
    """The chance that the work is done when the caller has long hung up."""
    broken: float = 0.04
    """The chance of a 500, after the work or instead of it."""
    busy: float = 0.04
    """The chance of a 503, nothing done."""


@dataclass(slots=True)
class StandIn:
    """The platform's side. `shown` counts the messages that people saw for each key: each should be one."""

    random: Random
    habits: StandInHabits = StandInHabits()
    shown: Counter[str] = field(default_factory=Counter)
    posted: dict[str, tuple[str, float]] = field(default_factory=dict)
    """The newest message of each key, and when it was posted."""
    requests: int = 0
    look_ups: int = 0

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        """Serve on a free port of this machine; yield the address."""
        app = web.Application()
        app.add_routes([web.post("/messages", self._post), web.get("/messages", self._find)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            yield f"http://{host}:{port}"
        finally:
            await runner.cleanup()

    async def _post(self, request: web.Request) -> web.StreamResponse:
        key, asked_at = request.query["key"], float(request.query["asked_at"])
        self.requests += 1
        await asyncio.sleep(self.random.uniform(*self.habits.latency) / 2)
        chance = self.random.random()
        for kind, share in (("lost", self.habits.lost), ("late", self.habits.late)):
            if chance < share:
                return await self._unanswered(request, key, asked_at, is_late=kind == "late")
            chance -= share
        if chance < self.habits.broken:
            if self.random.random() < 0.5:
                self._show(key, asked_at)
            return web.json_response({}, status=500)
        if chance < self.habits.broken + self.habits.busy:
            return web.json_response({}, status=503)
        ref = self._show(key, asked_at)
        if not ref:
            return web.json_response({}, status=500)
        await asyncio.sleep(self.random.uniform(*self.habits.latency) / 2)
        return web.json_response({"message": ref})

    async def _unanswered(
        self, request: web.Request, key: str, asked_at: float, *, is_late: bool
    ) -> web.StreamResponse:
        """Do the work, some time after the caller has gone where `is_late`, and hang up."""
        if is_late:
            work_s = self.random.random() * self.habits.longest_work
            await asyncio.sleep(asked_at + self.habits.patience + work_s - time.monotonic())
        self._show(key, asked_at)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _show(self, key: str, asked_at: float) -> str:
        """Show a message, unless its key is remembered; return its reference.

        Work that was held up for too long (by a busy machine) is not done any more: then it is empty.
        """
        now = time.monotonic()
        if now > asked_at + self.habits.patience + self.habits.longest_work:
            return ""
        ref, at = self.posted.get(key, ("", -self.habits.key_memory))
        if now - at < self.habits.key_memory:
            return ref
        self.shown[key] += 1
        ref = f"{key}-{self.shown[key]}"
        self.posted[key] = ref, now
        return ref

    async def _find(self, request: web.Request) -> web.Response:
        self.look_ups += 1
        await asyncio.sleep(self.random.uniform(*self.habits.latency))
        now = time.monotonic()
        ref, at = self.posted.get(request.query["key"], (None, 0.0))
        return web.json_response({"message": ref if now - at >= self.habits.history_lag else None})


class HttpMessenger:
    """Satisfies `bot.ports.delivery.Messenger` by asking a stand-in; `patience` is how long it waits."""

    def __init__(
        self,
        session: ClientSession,
        address: str,
        rates: Rates,
        *,
        patience: timedelta,
        platform: str = "discord",
    ) -> None:
        self._session = session
        self._messages = f"{address}/messages"
        self._rates = rates
        self._limit = ClientTimeout(total=patience.total_seconds())
        self._platform = platform

    @property
    def platform(self) -> str:
        return self._platform

    @property
    def rates(self) -> Rates:
        return self._rates

    async def send(self, delivery: Delivery, card: Card) -> SendResult:
        # The clock of the machine, which all its processes share.
        asked_at = str(time.monotonic())
        asked = {"key": delivery.key, "place": str(delivery.place), "gist": card.gist, "asked_at": asked_at}
        answer = await self._ask("POST", asked)
        return answer if isinstance(answer, Throttled | Gone | Rejected | Failed) else Sent(answer)

    async def find(self, delivery: Delivery) -> FindResult:
        asked = {"key": delivery.key, "place": str(delivery.place)}
        match await self._ask("GET", asked):
            case None:
                return Absent()
            case Rejected(why):
                return Failed(why)
            case Throttled() | Gone() | Failed() as answer:
                return answer
            case found:
                return Sent(found)

    async def publish(self, delivery: Delivery) -> SendResult:
        return Sent(delivery.parent_message)

    async def react(self, delivery: Delivery) -> SendResult:
        return Sent(delivery.parent_message)

    async def reactions(self, _place: Place, _message: MessageRef) -> Sequence[Reaction] | FindResult:
        return ()

    async def describe(self, _place: Place) -> PlaceReport | Gone:
        return PlaceReport(can=("post",))

    async def direct(self, _identity: Identity) -> Place | None:
        return None

    async def _ask(
        self, method: str, asked: dict[str, str]
    ) -> MessageRef | Throttled | Gone | Rejected | Failed | None:
        """Return the reference in the answer, or what went wrong."""
        try:
            async with self._session.request(
                method, self._messages, params=asked, timeout=self._limit
            ) as response:
                told = await response.json()
        except (ClientError, TimeoutError, json.JSONDecodeError) as fault:
            return Failed(f"no answer: {type(fault).__name__}", outcome_known=False)
        match response.status:
            case 200:
                return MessageRef(told["message"]) if told["message"] else None
            case 429:
                return Throttled(timedelta(seconds=told["retry_after"]), Reach(told["reach"]))
            case 404:
                return Gone(told["why"])
            case 400:
                return Rejected(told["why"])
            case status:
                return Failed(f"HTTP {status}", outcome_known=status == 503)
