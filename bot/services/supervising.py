"""The loops of the service, each started again when it fails; none takes the others along."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from bot.errors import PapersError
from bot.log import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from bot.ports import Clock

    Loop = Callable[[Callable[[], None]], Awaitable[None]]
    """Runs until it is cancelled, and calls what it is given whenever it is seen to be alive."""

log = logger("service")

Result = TypeVar("Result")

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=1)

BEAT = timedelta(seconds=10)
LONGEST_WORK = timedelta(minutes=30)
"""After so long without an end, work hangs."""

STEADY = timedelta(minutes=2)
"""A loop that has lived for so long since it was started again is well again."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a loop is: when it was last seen alive, and, where it fails, since when and why."""

    beat_at: datetime
    started_at: datetime
    failures: int = 0
    """How often it failed since it was well last."""
    failing_since: datetime | None = None
    why: str = ""


async def seen_alive(work: Coroutine[object, object, Result], beat: Callable[[], None]) -> Result:
    """Wait for work that may take its time, and be seen alive meanwhile, unless it takes too long."""
    task = asyncio.create_task(work)
    try:
        for _ in range(LONGEST_WORK // BEAT):
            beat()
            done, _ = await asyncio.wait({task}, timeout=BEAT.total_seconds())
            if done:
                break
        return await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def wait_before_restart(failures: int) -> timedelta:
    """Return how long to wait before a loop is started again: doubling from a second to a minute."""
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures - 1, 10)))


def failed(pulse: Pulse, why: str, now: datetime) -> Pulse:
    """Return a pulse after a failure."""
    return replace(pulse, failures=pulse.failures + 1, failing_since=pulse.failing_since or now, why=why)


def is_well_again(pulse: Pulse, now: datetime) -> bool:
    """Tell whether a loop that failed has lived long enough to be trusted."""
    return pulse.failing_since is not None and now - pulse.started_at >= STEADY


class Supervisor:
    """Runs loops by name until it is cancelled."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pulses: dict[str, Pulse] = {}
        self._is_ending = False

    @property
    def pulses(self) -> Mapping[str, Pulse]:
        """How each loop is."""
        return self._pulses

    async def run(self, loops: Mapping[str, Loop]) -> None:
        """Run all loops; cancelling this cancels them and waits for their ends."""
        async with asyncio.TaskGroup() as group:
            for name, loop in loops.items():
                group.create_task(self._keep_running(name, loop), name=name)

    def end(self) -> None:
        """Let each loop that ends from now on be: the service is about to stop."""
        self._is_ending = True

    async def _keep_running(self, name: str, loop: Loop) -> None:
        now = self._clock.now()
        self._pulses[name] = Pulse(now, now)
        while True:
            try:
                await loop(lambda: self._beat(name))
                if self._is_ending:
                    return
                why = "ended by itself"
            except asyncio.CancelledError:
                if is_cancelled():
                    raise
                why = "was cut off by a part of its own"
                log.error("loop failed", loop=name, why=why)  # noqa: TRY400 - our own log
            except Exception as fault:
                why = sentence_of(fault)
                # What a person can mend says so in its sentence; where it was raised helps nobody.
                told = None if isinstance(fault, PapersError) else fault
                log.error("loop failed", loop=name, why=why, exc_info=told)  # noqa: TRY400 - our own log
            self._pulses[name] = failed(self._pulses[name], why, self._clock.now())
            await self._clock.sleep(wait_before_restart(self._pulses[name].failures))
            now = self._clock.now()
            self._pulses[name] = replace(self._pulses[name], started_at=now, beat_at=now)

    def _beat(self, name: str) -> None:
        now = self._clock.now()
        self._pulses[name] = replace(self._pulses[name], beat_at=now)

    def watch(self) -> None:
        """Note which loops are well again; to be called every few seconds."""
        now = self._clock.now()
        for name, pulse in list(self._pulses.items()):
            if is_well_again(pulse, now):
                self._pulses[name] = replace(pulse, failures=0, failing_since=None, why="")
                log.info("loop is well again", loop=name)


def is_cancelled() -> bool:
    """Tell whether it is the current task that is to end, and not only something that it waited for."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def sentence_of(fault: Exception) -> str:
    """Return what went wrong in a few words, without what libraries put into their messages."""
    return str(fault) if isinstance(fault, PapersError) else type(fault).__name__
