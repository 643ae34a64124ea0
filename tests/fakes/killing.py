"""Killing a real sender process at random moments, and counting what that loses or doubles."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.deliveries import Delivery, DeliveryKind, delivery_key
from bot.domain.places import Place
from bot.store import open_store
from bot.wiring import SystemClock
from tests.fakes.http_messenger import StandIn
from tests.fakes.sender_process import LEASE_S

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from random import Random

    from bot.store.sql_store import SqlStore

ROOT = Path(__file__).parents[2]
PLACES = 400
"""Many, as an outcome that is not known holds up its place."""

A_LIFE_S = (0.0, 0.35)
A_LONG_LIFE_S = (LEASE_S, LEASE_S + 0.6)
"""Long enough to look up what earlier lives have left open."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run goes."""

    kills: int
    owed_each_time: int = 10
    long_lives: float = 0.12
    outages: float = 0.04
    """The share of kills after which nothing runs until the stand-in has forgotten every key."""
    patience: timedelta = timedelta(minutes=5)
    """How long the last life may take to finish."""


@dataclass(frozen=True, slots=True)
class Toll:
    """What came of a run."""

    owed: int
    kills: int
    left_unknown: int
    """How many claims the kills left open, whose outcome the next life did not know."""
    lost: int
    doubled: int
    look_ups: int
    unfinished: int


class Sender:
    """The process that forks senders."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """Let one sender live; it is killed at the end."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"live\n")
        child = int(await self._line())
        try:
            yield
        finally:
            os.kill(child, signal.SIGKILL)
            _, status = (await self._line()).split()
            assert os.waitstatus_to_exitcode(int(status)) == -signal.SIGKILL, "it ended by itself"

    async def _line(self) -> str:
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode()


@asynccontextmanager
async def forking(url: str, address: str) -> AsyncIterator[Sender]:
    """Start what forks senders."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.fakes.sender_process",
        url,
        address,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Sender(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def kill_often(folder: Path, plan: Plan, random: Random) -> Toll:
    """Owe messages, and kill the sender again and again; then let one live until all is sent."""
    url = f"sqlite:///{folder / 'papers.db'}"
    stand_in = StandIn(random)
    store = await open_store(url)
    try:
        async with stand_in.served() as address, forking(url, address) as sender:
            left = 0
            for number in range(plan.kills):
                await owe(store, number, plan.owed_each_time)
                async with sender.life():
                    await asyncio.sleep(life_s(plan, random))
                left += await claimed(store)
                if random.random() < plan.outages:
                    await asyncio.sleep(stand_in.habits.key_memory + 0.1)
            async with sender.life():
                await finished(store, plan.patience)
        unfinished = await waiting(store)
    finally:
        await store.close()
    owed = plan.kills * plan.owed_each_time
    doubled = sum(times - 1 for times in stand_in.shown.values())
    return Toll(owed, plan.kills, left, owed - len(stand_in.shown), doubled, stand_in.look_ups, unfinished)


def life_s(plan: Plan, random: Random) -> float:
    """Return how long a sender lives, in seconds."""
    return random.uniform(*(A_LONG_LIFE_S if random.random() < plan.long_lives else A_LIFE_S))


async def owe(store: SqlStore, number: int, count: int) -> None:
    """Owe some messages more, to places that are owed others already."""
    now = SystemClock().now()
    notices = []
    for each in range(number * count, (number + 1) * count):
        place = Place("discord", f"guild-{each % 5}", f"channel-{each % PLACES}")
        key = delivery_key(place, f"notice {each}", DeliveryKind.NOTICE)
        notices.append(Delivery(key, place, DeliveryKind.NOTICE, now, text=f"notice {each}"))
    await store.delivery.put(notices)


async def claimed(store: SqlStore) -> int:
    """Count the claims that are open."""
    ((count,),) = await store.delivery._engine.fetch(
        "SELECT count(*) FROM deliveries WHERE state = 'claimed'"
    )
    return int(count or 0)


async def waiting(store: SqlStore) -> int:
    """Count what is not over yet."""
    return (await store.delivery.backlog("discord", SystemClock().now())).waiting


async def finished(store: SqlStore, patience: timedelta) -> None:
    """Return when all is over, or when patience is."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience.total_seconds()):
            while await waiting(store):  # noqa: ASYNC110 - it is another process that finishes
                await asyncio.sleep(0.1)
