"""The service: which loops a process runs, by its roles, and how they end."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from contextlib import suppress
from datetime import timedelta
from random import SystemRandom
from typing import TYPE_CHECKING

from bot.domain.edition_words import SOURCE
from bot.domain.periods import feed_day
from bot.domain.places import parse_place
from bot.ports.voting import CloseBallots
from bot.services.alarms import Alarm
from bot.services.dispatching import Dispatcher
from bot.services.fetching import Fetcher
from bot.services.freshening import Freshener
from bot.services.housekeeping import Housekeeping
from bot.services.ingest import Ingesting
from bot.services.leading import LEASE, LISTENING, Leadership
from bot.services.planning import Planner
from bot.services.reconciling import Reconciler
from bot.services.seeding import Seeder
from bot.services.supervising import Supervisor
from bot.services.voting import KEPT_HASHES, KEPT_WITHDRAWALS
from bot.services.warming import Warmer
from bot.services.watching import WatchedSource

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from adapters.web.server import Routes, WebServer
    from bot.config import Settings
    from bot.domain.deliveries import Delivery, MessageRef, Settled
    from bot.domain.places import Place
    from bot.metrics import Metrics
    from bot.ports.delivery import Messenger
    from bot.ports.voting import ReactionReader
    from bot.services.supervising import Loop
    from bot.wiring import App

ROLES = ("gateway", "web", "scheduler", "sender", "fetcher")
"""The parts of the service; each may run in a process of its own over PostgreSQL."""

WATCHED_EVERY = timedelta(seconds=5)

FRESH = timedelta(minutes=20)
"""Lists that were fetched so lately are as they would be if this process had been there."""

FIRST_ANSWER = timedelta(seconds=60)
"""How long planning waits after a start for the source to tell its lists, or to fail."""


class Service:
    """All loops of one process."""

    def __init__(
        self,
        app: App,
        settings: Settings,
        metrics: Metrics,
        messengers: Sequence[Messenger],
        *,
        gateways: Mapping[str, Loop] | None = None,
        readers: Sequence[ReactionReader] = (),
        routes: Routes = (),
        roles: Collection[str] = ROLES,
        is_alone: bool,
    ) -> None:
        """`is_alone`: no other process works on this store (SQLite); else one leads each role.

        `gateways` are the loops that listen to platforms, by the names under which processes share them;
        `readers` tell reactions, and `routes` are what platforms tell over HTTP.
        """
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._messengers = messengers
        self._gateways = gateways or {}
        self._readers = readers
        self._routes = routes
        self._roles = roles
        self._clock = app.desk.clock
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._leadership = None if is_alone else Leadership(app.kept, self._holder, self._clock)
        self._supervisor = Supervisor(self._clock)
        self._fetcher = self._new_fetcher() if "fetcher" in roles else None
        self._dispatchers = [self._dispatcher(each) for each in messengers] if "sender" in roles else []
        self._web = self._web_server() if "web" in roles else None

    async def open(self) -> None:
        """Take what no restart of a loop would bring: the port of the web role.

        Raises:
            PapersError: it cannot be had.
        """
        if self._web is not None:
            await self._web.open()

    async def run(self) -> None:
        """Run until cancelled; then calls on their way end first, within a few seconds."""
        running = asyncio.create_task(self._supervisor.run(self.loops()))
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            self._supervisor.end()
            await asyncio.gather(*(dispatcher.stop() for dispatcher in self._dispatchers))
            raise
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    def loops(self) -> dict[str, Loop]:
        """Return the loops of this process by name."""
        loops: dict[str, Loop] = {"watch": self._watch, "alarm": self._alarm()}
        if self._fetcher is not None:
            loops["fetcher"] = self._led("fetcher", self._fetcher.run)
        if "scheduler" in self._roles:
            loops["scheduler"] = self._led("scheduler", self._plan)
            loops["housekeeping"] = self._led("housekeeping", self._housekeeping().run)
        for messenger, dispatcher in zip(self._messengers, self._dispatchers, strict=False):
            name = f"{messenger.platform} sender"
            loops[name] = self._led(name, dispatcher.run)
        for name, gateway in self._gateways.items():
            loops[name] = self._led(name, gateway, LISTENING)
        if "sender" in self._roles:
            for reader in self._readers:
                loops |= self._reconciling(reader)
        if self._web is not None:
            loops["web"] = self._web.run
        if self._gateways or self._routes:
            loops["search"] = Warmer(self._app.desk.searching, self._clock).run
        return loops

    def left_over(self, platform: str) -> AbstractAsyncContextManager[None] | None:
        """Return what waits for a turn that no delivery wants; None where nothing is sent here."""
        dispatcher = self._sender_of(platform)
        return dispatcher.left_over() if dispatcher else None

    def aside(self, platform: str) -> AbstractAsyncContextManager[None] | None:
        """Return what waits for a turn among deliveries; None where nothing is sent here."""
        dispatcher = self._sender_of(platform)
        return dispatcher.aside() if dispatcher else None

    def turn(self, place: Place) -> AbstractAsyncContextManager[object] | None:
        """Return what waits for a turn to say something in a place; None where nothing is sent here."""
        dispatcher = self._sender_of(place.platform)
        return dispatcher.turn(place) if dispatcher else None

    def _sender_of(self, platform: str) -> Dispatcher | None:
        """Return what delivers to a platform here."""
        senders = zip(self._messengers, self._dispatchers, strict=False)
        return next((dispatcher for each, dispatcher in senders if each.platform == platform), None)

    def _led(self, role: str, loop: Loop, lease: timedelta = LEASE) -> Loop:
        """Let a loop run where this process leads its role, where there may be others."""
        return loop if self._leadership is None else self._leadership.led(role, loop, lease)

    # --- What the loops are made of ---------------------------------------------

    def _new_fetcher(self) -> Fetcher:
        source = WatchedSource(self._app.sources.lists, self._app.kept, self._clock)
        ingesting = Ingesting(self._app.desk.store, source, self._app.sources.archive, self._clock)
        return Fetcher(self._app.desk.store, ingesting, self._clock)

    async def _plan(self, beat: Callable[[], None]) -> None:
        """Plan; after a start only when the newest lists are stored, where they are fetched here."""
        if self._fetcher is not None and not await self._has_fresh_lists():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._fetcher.has_looked.wait(), FIRST_ANSWER.total_seconds())
        limit = timedelta(minutes=self._settings.source_wait)
        await Planner(self._app.desk.store, self._app.kept, self._clock, limit, self._app.desk.scopes).run(
            beat
        )

    async def _has_fresh_lists(self) -> bool:
        """Tell whether they were fetched a moment ago: by a process before this one, or by one beside it."""
        now = self._clock.now()
        newest = await self._app.desk.store.last_feed(feed_day(now))
        return newest is not None and now - newest.fetched_at < FRESH

    def _dispatcher(self, messenger: Messenger) -> Dispatcher:
        return Dispatcher(
            self._app.kept,
            self._app.desk.store,
            messenger,
            self._clock,
            random=SystemRandom(),
            holder=self._holder,
            is_alone=self._leadership is None,
            admin_place=parse_place(self._settings.admin_place or ""),
            heard=self._delivered,
            deleted=self._message_deleted,
            scopes=self._app.desk.scopes,
        )

    async def _message_deleted(self, message: MessageRef) -> None:
        """Leave the votes of a message as they are, for good."""
        await self._app.votes.write(CloseBallots((message,)))

    def _housekeeping(self) -> Housekeeping:
        old = (
            (self._app.votes.forget_withdrawals, KEPT_WITHDRAWALS),
            (self._app.people.forget_hashes, KEPT_HASHES),
        )
        return Housekeeping(self._app.desk.store, self._app.kept, self._clock, old)

    def _reconciling(self, reader: ReactionReader) -> dict[str, Loop]:
        """Return the loops that keep votes, and what messages tell of them; they run where a sender does."""
        reconciler = Reconciler(self._app.votes, reader, self._clock, self._app.hashes)
        name, young = f"{reader.platform} votes", f"{reader.platform} young votes"
        desk = self._app.desk
        freshener = Freshener(self._app.kept, desk.store, reader.platform, self._clock, desk.scopes)
        fresh, seeds = f"{reader.platform} figures", f"{reader.platform} seeds"
        return {
            name: self._led(name, reconciler.run),
            young: self._led(young, reconciler.run_young),
            fresh: self._led(fresh, freshener.run),
            seeds: self._led(seeds, Seeder(self._app.kept, reader.platform, self._clock).run),
        }

    def _delivered(self, delivery: Delivery, settled: Settled, now: datetime) -> None:
        lag_s = (now - delivery.due_at).total_seconds() if settled.message is not None else None
        self._metrics.delivered(delivery.place.platform, settled.state.value, lag_s)

    def _alarm(self) -> Loop:
        alarm = Alarm(
            self._app.desk.store,
            self._app.kept,
            self._clock,
            admin_place=parse_place(self._settings.admin_place or ""),
            silence_hour=self._settings.silence_hour,
            platforms=[messenger.platform for messenger in self._messengers],
        )
        return lambda beat: alarm.run(beat, lambda: self._supervisor.pulses)

    async def _watch(self, beat: Callable[[], None]) -> None:
        """See which loops are well again."""
        while True:
            beat()
            self._supervisor.watch()
            await self._clock.sleep(WATCHED_EVERY)

    def _web_server(self) -> WebServer:
        from adapters.web.health import health_form, health_routes  # noqa: PLC0415 - for this role alone
        from adapters.web.server import WebServer  # noqa: PLC0415 - as above
        from bot.metrics import CONTENT_TYPE  # noqa: PLC0415 - as above

        def health() -> dict[str, object]:
            return health_form(self._supervisor.pulses, self._clock.now())

        own = health_routes(health, self._exposed, CONTENT_TYPE)
        return WebServer(self._settings.port, [*own, *self._routes])

    async def _exposed(self) -> bytes:
        """Bring the gauges up to date, and return all figures."""
        now = self._clock.now()
        for messenger in self._messengers:
            backlog = await self._app.kept.backlog(messenger.platform, now)
            oldest_s = (now - backlog.oldest_due).total_seconds() if backlog.oldest_due else 0.0
            self._metrics.waiting(messenger.platform, backlog.waiting, oldest_s)
        if ok_at := (await self._app.kept.source_health(SOURCE)).ok_at:
            self._metrics.source_age(SOURCE, (now - ok_at).total_seconds())
        for name, pulse in self._supervisor.pulses.items():
            self._metrics.beat(name, (now - pulse.beat_at).total_seconds())
        return self._metrics.exposed()
