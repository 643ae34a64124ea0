"""Killing the whole service at random moments, or stopping it, and counting what that loses or doubles.

Several worlds go on side by side, each with a store and a stand-in of its own: a life spends most of its time
waiting for leases. A life is a process that a server forks, which has loaded everything: it begins at once.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import signal
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.deliveries import DeliveryKind, delivery_key
from bot.domain.places import Place
from bot.domain.schedule import next_firing
from bot.domain.subscriptions import Layout, Subscription
from bot.ports import KeepRecords
from bot.store import open_store
from bot.store.engine import Statement, Unit
from tests.fakes.http_messenger import StandIn
from tests.fakes.service_process import FASTER, LEASE_S, OPERATORS, Life, live
from tests.fakes.upstream import Upstream, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from multiprocessing.context import ForkServerProcess
    from pathlib import Path
    from random import Random

    from bot.store.sql_store import SqlStore

START = datetime(2026, 4, 21, 8, tzinfo=UTC)
"""A Tuesday, after the quiet hours."""
MINUTE = timedelta(minutes=1)

LAYOUTS = Layout.DIGEST, Layout.THREAD, Layout.POSTS
COUNT = 2
"""Papers of an edition."""

CLAIMED = "SELECT count(*) FROM deliveries WHERE state = 'claimed'"
OPEN = "SELECT count(*) FROM deliveries WHERE state NOT IN ('done', 'dropped')"
EDITIONS = "SELECT count(*) FROM editions"
ALARMS = "SELECT key FROM deliveries WHERE place = ?1"
END_LEASES = "DELETE FROM leases"
"""The leases of roles go by the database's time, which nobody can hurry: a life leads at once."""

A_LIFE_S = (0.0, 0.5)
A_LONG_LIFE_S = (LEASE_S, LEASE_S + 0.6)
"""Long enough to look up what earlier lives have left open."""
BUG = re.compile(r"loop failed .*\bwhy=(?!LeaseLostError)\w+(\s|$)")
"""A loop that failed by other than what the store says in a sentence, as it may on a busy machine."""

LOADED_LATER = (
    "adapters.web.health", "adapters.web.server", "bot.store.delivery", "bot.store.sqlite",
    "bot.store.sqlite_open", "anyio.streams.memory", "httpcore", "httpx", "stamina", "structlog.stdlib",
    "asyncpg", "bot.store.postgres_open", "bot.store.postgres",
)  # fmt: skip
"""What a service loads after it has begun, and a life need not load again."""

LONG_LIVES_EVERY, OUTAGES_EVERY, STOPS_EVERY = 8, 10, 6
"""An outage lasts until the stand-in has forgotten every key. A stop is SIGTERM, beside the kills."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run goes."""

    kills: int
    worlds: int = 5
    places_each_time: int = 7
    """How many places get an edition in the minute of each life, each place one of its own."""
    patience: timedelta = timedelta(minutes=1)
    """How long the last life of a world may go without finishing anything more."""


@dataclass(slots=True)
class Toll:
    """What came of a run."""

    owed: int = 0
    kills: int = 0
    stops: int = 0
    left_unknown: int = 0
    """How many claims the kills left open, whose outcome the next life did not know."""
    lost: int = 0
    doubled: int = 0
    unexpected: int = 0
    """Messages that nobody was owed."""
    look_ups: int = 0
    unfinished: int = 0
    faults: list[str] = field(default_factory=list)
    """What the service logged of loops that failed by a bug."""


async def kill_often(folder: Path, plan: Plan, random: Random, postgres: str | None = None) -> Toll:
    """Let worlds go on side by side, the first over `postgres` where there is one; count what came of all."""
    toll = Toll()
    async with running(Upstream(per_list=COUNT)) as upstream, asyncio.TaskGroup() as group:
        for number in range(plan.worlds):
            kills = plan.kills // plan.worlds + (number < plan.kills % plan.worlds)
            home = folder / f"world-{number}"
            home.mkdir()
            url = postgres if postgres and not number else f"sqlite:///{home}/papers.db"
            world = World(home, url, plan, kills, random, StandIn(random), upstream.url, toll)
            group.create_task(world.go_on())
    return toll


@dataclass(slots=True)
class World:
    """One store, one stand-in, and one service after the other."""

    folder: Path
    url: str
    plan: Plan
    kills: int
    random: Random
    stand_in: StandIn
    papers: str
    toll: Toll
    now: datetime = START

    async def go_on(self) -> None:
        """Kill the service again and again; then let it live until all is done."""
        store = await open_store(self.url)
        try:
            owed = await self._subscribe(store)
            async with self.stand_in.served() as chat:
                for number in range(self.kills):
                    await self._outlive(number, chat)
                    self.toll.left_unknown += await counted(store, CLAIMED)
                    await store.delivery._engine.write(Unit((Statement(END_LEASES, [()]),)))
                    if number % OUTAGES_EVERY == OUTAGES_EVERY - 2:
                        await asyncio.sleep(self.stand_in.habits.key_memory + 0.1)
                async with self._life(chat):
                    await self._finished(store)
            await self._reckon(store, owed)
        finally:
            await store.close()

    async def _subscribe(self, store: SqlStore) -> set[str]:
        """Keep the subscriptions of all minutes; return the key of each message that is owed by then."""
        wishes = [
            wish(number, each) for number in range(self.kills) for each in range(self.plan.places_each_time)
        ]
        await store.write(KeepRecords(tuple(wishes), START))
        return {key for each in wishes for key in keys_of(each)}

    async def _outlive(self, number: int, chat: str) -> None:
        """Let a service live around the minute in which some places are due, and kill it."""
        due_at = START + (number + 1) * MINUTE
        self.now = max(self.now, due_at - timedelta(seconds=self.random.uniform(0, 3)))
        is_long = number % LONG_LIVES_EVERY == LONG_LIVES_EVERY - 1
        if number % STOPS_EVERY == STOPS_EVERY - 1:
            async with self._life(chat, signal.SIGTERM):
                await asyncio.sleep(self.random.uniform(*A_LIFE_S))
        async with self._life(chat):
            await asyncio.sleep(self.random.uniform(*(A_LONG_LIFE_S if is_long else A_LIFE_S)))

    @asynccontextmanager
    async def _life(self, chat: str, end: signal.Signals = signal.SIGKILL) -> AsyncIterator[None]:
        """Let one service live; it is killed at the end, or told to stop."""
        began = time.monotonic()
        process = forked(Life(self.folder, self.url, self.now, chat, self.papers))
        try:
            yield
        finally:
            assert process.pid is not None
            os.kill(process.pid, end)
            await ended(process)
            self.now += timedelta(seconds=time.monotonic() - began) * FASTER
        # Who is told to stop before anybody listens for that ends as by any signal.
        ends_well = {-end} if end is signal.SIGKILL else {0, -end}
        assert process.exitcode in ends_well, (self.folder / "log.txt").read_text("utf-8")
        self.toll.kills += end is signal.SIGKILL
        self.toll.stops += end is signal.SIGTERM

    async def _finished(self, store: SqlStore) -> None:
        """Return when all is over, or when nothing goes on any more."""
        left, seen_at = await self._unfinished(store), time.monotonic()
        while left and time.monotonic() - seen_at < self.plan.patience.total_seconds():
            await asyncio.sleep(0.1)
            now_left = await self._unfinished(store)
            if now_left < left:
                left, seen_at = now_left, time.monotonic()

    async def _unfinished(self, store: SqlStore) -> int:
        """Count the editions that are not planned yet, and the messages that are not over."""
        missing = self.kills * self.plan.places_each_time - await counted(store, EDITIONS)
        return missing + await counted(store, OPEN)

    async def _reckon(self, store: SqlStore, owed: set[str]) -> None:
        """Add up what came of this world. So many lives leave deliveries overdue, which the alarm tells."""
        alarms = {str(key) for (key,) in await store.delivery._engine.fetch(ALARMS, OPERATORS)}
        shown = self.stand_in.shown
        self.toll.owed += len(owed)
        self.toll.lost += len(owed - shown.keys())
        self.toll.unexpected += len(shown.keys() - owed - alarms)
        self.toll.doubled += sum(times - 1 for times in shown.values())
        self.toll.look_ups += self.stand_in.look_ups
        self.toll.unfinished += await self._unfinished(store)
        log = (self.folder / "log.txt").read_text("utf-8").splitlines()
        self.toll.faults += [line for line in log if BUG.search(line)]


async def counted(store: SqlStore, question: str) -> int:
    """Ask the database how many."""
    ((count,),) = await store.delivery._engine.fetch(question)
    return int(count or 0)


def wish(minute: int, number: int) -> Subscription:
    """Return the subscription of a place that is due in the n-th minute."""
    place = Place("discord", f"guild-{number}", f"channel-{minute}-{number}")
    at = (START + (minute + 1) * MINUTE).time()
    layout = LAYOUTS[number % len(LAYOUTS)]
    return Subscription(
        f"s-{minute}-{number}", place, (at,), "UTC", count=COUNT, layout=layout, created_at=START
    )


def keys_of(wished: Subscription) -> Iterator[str]:
    """Yield the key of each message of the one edition of a subscription."""
    firing = next_firing(wished, START)
    assert firing is not None
    kinds = {
        Layout.DIGEST: [(DeliveryKind.POST, 0)],
        Layout.POSTS: [(DeliveryKind.POST, part) for part in range(1, COUNT + 1)],
        Layout.THREAD: [
            (DeliveryKind.THREAD, 0),
            *((DeliveryKind.REPLY, part) for part in range(1, COUNT + 1)),
        ],
    }
    for kind, part in kinds[wished.layout]:
        yield delivery_key(wished.place, firing.key, kind, part)


# --- Processes ------------------------------------------------------------------


def forked(life: Life) -> ForkServerProcess:
    """Start a life."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([live.__module__, *LOADED_LATER])
    process = context.Process(target=live, args=(life,), daemon=True)
    process.start()
    return process


async def ended(process: ForkServerProcess) -> None:
    """Return when a process has ended."""
    loop, gone = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(process.sentinel, gone.set)
    try:
        await gone.wait()
    finally:
        loop.remove_reader(process.sentinel)
    process.join()
