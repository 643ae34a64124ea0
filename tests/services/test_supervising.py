"""Loops that fail are started again, and whoever looks sees it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreError
from bot.services import supervising
from bot.services.supervising import STEADY, Supervisor, seen_alive, wait_before_restart
from tests.fakes.clock import START, FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = timedelta(0)
"""Lets what was started get as far as its first sleep."""


class Watched:
    """A supervisor over a clock that waits."""

    def __init__(self) -> None:
        self.clock = FakeClock(waits=True)
        self.supervisor = Supervisor(self.clock)

    async def steady(self, beat: Callable[[], None]) -> None:
        while True:
            beat()
            await self.clock.sleep(timedelta(seconds=1))


class Failing:
    """A loop that fails some times, then lives."""

    def __init__(self, clock: FakeClock, faults: int) -> None:
        self.clock = clock
        self.faults = faults
        self.starts = 0

    async def __call__(self, beat: Callable[[], None]) -> None:
        self.starts += 1
        beat()
        if self.starts <= self.faults:
            raise StoreError("The disk is full.")
        while True:
            beat()
            await self.clock.sleep(timedelta(seconds=10))


@pytest.mark.parametrize(("failures", "seconds"), [(1, 1), (2, 2), (4, 8), (7, 60), (5_000, 60)])
def test_the_wait_doubles_up_to_a_minute(failures: int, seconds: int) -> None:
    assert wait_before_restart(failures) == timedelta(seconds=seconds)


async def test_a_loop_that_fails_is_started_again_and_takes_no_other_along() -> None:
    watched = Watched()
    failing = Failing(watched.clock, faults=2)
    running = asyncio.create_task(watched.supervisor.run({"bad": failing, "good": watched.steady}))
    await watched.clock.advance(AT_ONCE)
    await watched.clock.advance(timedelta(seconds=20))
    pulses = watched.supervisor.pulses
    assert failing.starts == 3
    assert pulses["good"].failing_since is None
    assert watched.clock.now() - pulses["good"].beat_at <= timedelta(seconds=1)
    assert (pulses["bad"].failures, pulses["bad"].why) == (2, "The disk is full.")
    assert pulses["bad"].failing_since == START, "the fault began once"
    await cancelled(running)


async def test_a_loop_that_lives_long_enough_is_well_again() -> None:
    watched = Watched()
    running = asyncio.create_task(watched.supervisor.run({"bad": Failing(watched.clock, faults=1)}))
    await watched.clock.advance(AT_ONCE)
    await watched.clock.advance(timedelta(seconds=30))
    watched.supervisor.watch()
    assert watched.supervisor.pulses["bad"].failing_since is not None, "not yet"
    await watched.clock.advance(STEADY)
    watched.supervisor.watch()
    assert watched.supervisor.pulses["bad"].failing_since is None
    await cancelled(running)


async def test_a_loop_that_ends_is_a_fault_too() -> None:
    watched = Watched()

    async def ends(beat: Callable[[], None]) -> None:
        beat()

    running = asyncio.create_task(watched.supervisor.run({"short": ends}))
    await watched.clock.advance(AT_ONCE)
    await watched.clock.advance(timedelta(seconds=1))
    assert watched.supervisor.pulses["short"].why == "ended by itself"
    await cancelled(running)


async def test_what_libraries_say_stays_out_of_what_is_shown() -> None:
    watched = Watched()

    async def leaks(beat: Callable[[], None]) -> None:
        beat()
        raise RuntimeError("token=abc")

    running = asyncio.create_task(watched.supervisor.run({"leak": leaks}))
    await watched.clock.advance(AT_ONCE)
    await watched.clock.advance(timedelta(seconds=1))
    assert watched.supervisor.pulses["leak"].why == "RuntimeError"
    await cancelled(running)


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_loop_whose_own_part_was_cancelled_is_started_again() -> None:
    """To wait for a task that was cancelled looks like being cancelled; nobody may take it for the end."""
    watched, starts = Watched(), list[None]()

    async def cut_off(_beat: Callable[[], None]) -> None:
        starts.append(None)
        part = asyncio.create_task(asyncio.Event().wait())
        part.cancel()
        await part

    running = asyncio.create_task(watched.supervisor.run({"odd": cut_off, "steady": watched.steady}))
    await watched.clock.advance(AT_ONCE)
    await watched.clock.advance(timedelta(seconds=1))
    assert len(starts) == 2
    assert watched.supervisor.pulses["odd"].why == "was cut off by a part of its own"
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_who_waits_for_long_work_is_seen_alive_until_it_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervising, "BEAT", timedelta(milliseconds=1))
    done, beats = asyncio.Event(), 0

    async def work() -> str:
        await done.wait()
        return "done"

    def beat() -> None:
        nonlocal beats
        beats += 1
        if beats == 3:
            done.set()

    assert await seen_alive(work(), beat) == "done"
    assert beats == 3


async def test_work_that_takes_too_long_is_not_seen_alive_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "BEAT", timedelta(milliseconds=1))
    monkeypatch.setattr(supervising, "LONGEST_WORK", timedelta(milliseconds=5))
    hangs, beats = asyncio.Event(), 0

    def beat() -> None:
        nonlocal beats
        beats += 1

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await seen_alive(hangs.wait(), beat)
    assert beats == 5


async def test_work_that_nobody_waits_for_any_more_ends() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiting = asyncio.create_task(seen_alive(work(), lambda: None))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.wait_for(ended.wait(), 5)


async def test_a_fault_of_long_work_is_its_callers() -> None:
    async def work() -> None:
        raise StoreError("The database does not answer.")

    with pytest.raises(StoreError):
        await seen_alive(work(), lambda: None)
