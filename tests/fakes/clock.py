"""A clock that stands still until a test, or a sleeper, moves it."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 4, 24, 12, tzinfo=UTC)
"""A Friday."""


class FakeClock:
    """Satisfies `bot.ports.Clock`. A sleep moves it at once; with `waits` it ends as `advance` gets there."""

    def __init__(self, start: datetime = START, *, waits: bool = False) -> None:
        self._now = start
        self._elapsed_s = 0.0
        self._waits = waits
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._numbers = count()
        self.sleeps: list[timedelta] = []
        """Every delay that was asked for, in order."""

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed_s

    def set(self, now: datetime) -> None:
        """Set the time of day, as an operator does: forwards or back, and nobody has waited meanwhile."""
        self._now = now

    async def sleep(self, delay: timedelta) -> None:
        self.sleeps.append(delay)
        if not self._waits:
            self._pass(max(0.0, delay.total_seconds()))
            await asyncio.sleep(0)
            return
        awake = asyncio.Event()
        heapq.heappush(self._sleepers, (self._elapsed_s + delay.total_seconds(), next(self._numbers), awake))
        await awake.wait()

    async def advance(self, delay: timedelta) -> None:
        """Let time pass, and let each sleeper run at its own moment."""
        end_s = self._elapsed_s + delay.total_seconds()
        while self._sleepers and self._sleepers[0][0] <= end_s:
            due_s, _, awake = heapq.heappop(self._sleepers)
            self._pass(max(0.0, due_s - self._elapsed_s))
            awake.set()
            await _let_run()
        self._pass(end_s - self._elapsed_s)
        await _let_run()

    def _pass(self, seconds: float) -> None:
        self._elapsed_s += seconds
        self._now += timedelta(seconds=seconds)


async def _let_run() -> None:
    # A woken task may need several turns of the loop until it sleeps again or ends.
    for _ in range(10):
        await asyncio.sleep(0)
