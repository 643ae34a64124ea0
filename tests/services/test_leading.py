"""Of several processes one leads a role; another takes over when it ends, well or badly."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreError
from bot.services.leading import ASKED_EVERY, LEASE, LISTENING, RENEWALS, Leadership, LeaseLostError
from tests.fakes.clock import FakeClock
from tests.fakes.memory_outbox import MemoryOutbox
from tests.fakes.memory_store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

ROLE = "scheduler"


class Outbox(MemoryOutbox):
    """An outbox that the store fails to answer for, where `is_down`."""

    is_down = False

    async def hold(self, role: str, holder: str, ttl: timedelta) -> bool:
        if self.is_down:
            raise StoreError("The database does not answer.")
        return await super().hold(role, holder, ttl)


class Stage:
    """Processes by name that want one role, over one outbox and one clock."""

    def __init__(self) -> None:
        self.clock = FakeClock(waits=True)
        self.outbox = Outbox(MemoryStore(), self.clock.now)
        self.working: list[str] = []
        """Who works now."""
        self.beats: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, fault: Exception | None = None, lease: timedelta = LEASE) -> None:
        async def work(beat: Callable[[], None]) -> None:
            beat()
            self.working.append(name)
            try:
                if fault is not None:
                    raise fault
                await asyncio.Event().wait()
            finally:
                self.working.remove(name)

        led = Leadership(self.outbox, name, self.clock).led(ROLE, work, lease)

        async def run() -> None:
            await led(lambda: self.beats.append(name))

        self.tasks[name] = asyncio.create_task(run())

    async def wait(self, delay: timedelta) -> None:
        """Let what was started begin, then let time pass."""
        await self.clock.advance(timedelta(0))
        await self.clock.advance(delay)

    async def end(self) -> None:
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as each:
        yield each


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    made = Stage()
    try:
        yield made
    finally:
        await made.end()


@pytest.mark.parametrize("lease", [LEASE, LISTENING], ids=str)
async def test_one_leads_and_goes_on_leading_while_the_other_stands_by_alive(
    stage: Stage, lease: timedelta
) -> None:
    stage.start("first", lease=lease)
    stage.start("second", lease=lease)
    await stage.wait(3 * lease)
    assert stage.working == ["first"]
    assert stage.beats.count("second") >= 3 * lease / ASKED_EVERY


async def test_who_ends_lets_the_other_lead_at_once(stage: Stage) -> None:
    stage.start("first")
    stage.start("second")
    await stage.wait(LEASE)
    stage.tasks["first"].cancel()
    await asyncio.gather(stage.tasks["first"], return_exceptions=True)
    await stage.wait(ASKED_EVERY)
    assert stage.working == ["second"]


async def test_who_fails_lets_the_other_lead_and_tells_its_fault(stage: Stage) -> None:
    stage.start("first", fault=StoreError("The disk is full."))
    stage.start("second")
    await stage.wait(ASKED_EVERY)
    assert stage.working == ["second"]
    with pytest.raises(StoreError, match="The disk is full"):
        await stage.tasks["first"]


@pytest.mark.parametrize("lease", [LEASE, LISTENING], ids=str)
async def test_who_dies_without_a_word_is_followed_after_its_lease(stage: Stage, lease: timedelta) -> None:
    assert await stage.outbox.hold(ROLE, "dead", lease)
    stage.start("second", lease=lease)
    await stage.wait(lease - timedelta(seconds=1))
    assert stage.working == []
    await stage.wait(ASKED_EVERY + timedelta(seconds=1))
    assert stage.working == ["second"]


async def test_who_has_lost_its_lease_stops_working(stage: Stage) -> None:
    stage.start("first")
    await stage.wait(timedelta(0))
    await stage.outbox.release(ROLE, "first")
    assert await stage.outbox.hold(ROLE, "second", LEASE)
    await stage.wait(LEASE / RENEWALS)
    assert stage.working == []
    with pytest.raises(LeaseLostError):
        await stage.tasks["first"]
    assert not await stage.outbox.hold(ROLE, "third", LEASE), "the other's lease is left alone"


async def test_who_cannot_renew_its_lease_stops_before_another_may_begin(stage: Stage) -> None:
    stage.start("first")
    await stage.wait(timedelta(0))
    stage.outbox.is_down = True
    await stage.wait(LEASE / RENEWALS)
    assert stage.working == []
    stage.outbox.is_down = False
    with pytest.raises(StoreError):
        await stage.tasks["first"]
