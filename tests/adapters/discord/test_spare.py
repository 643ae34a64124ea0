"""Calls that are no delivery: however many processes there are, Discord's 50 a second are kept."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from adapters.discord.client.spare import LONGEST_HELD, LONGEST_UNTOLD, Spare
from adapters.discord.messenger.turns import RATES
from bot.domain.places import Place
from bot.errors import StoreError
from bot.services.rates import Throttle
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_store import MemoryStore
from tests.fakes.virtual_time import virtually
from tests.services.test_rates import most_in_a_window

if TYPE_CHECKING:
    from adapters.discord.client.spare import Leases
    from bot.ports import Clock
    from tests.fakes.virtual_time import VirtualClock

ALLOWED = 50
"""Calls in any second for one token (Rate Limits, Global Rate Limit)."""


class Failing:
    """A store that cannot be asked, for so many seconds or for good."""

    def __init__(self, clock: Clock, store: Leases | None = None, for_s: float = 0.0) -> None:
        self._clock = clock
        self._store = store
        self._until = clock.monotonic() + for_s

    async def hold(self, role: str, holder: str, ttl: timedelta) -> bool:
        if self._store is None or self._clock.monotonic() < self._until:
            raise StoreError("no answer")
        return await self._store.hold(role, holder, ttl)


class Discord:
    """Notes when it sees each call, which is some time before its answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._random = Random(1)
        self.seen: list[float] = []

    async def call(self) -> None:
        whole_s = self._random.uniform(0.05, 0.15)
        there_s = self._random.uniform(0, whole_s)
        await self._clock.sleep(timedelta(seconds=there_s))
        self.seen.append(self._clock.monotonic())
        await self._clock.sleep(timedelta(seconds=whole_s - there_s))


def one_store(clock: VirtualClock) -> MemoryDelivery:
    """Return what all processes of a service have in common."""
    delivery = MemoryDelivery(MemoryStore())
    delivery._database_now = clock.now
    return delivery


async def ask(spare: Spare, discord: Discord, times: int) -> None:
    for _ in range(times):
        async with spare.turn():
            await discord.call()


def test_all_processes_together_make_one_call_a_second() -> None:
    async def story(clock: VirtualClock) -> list[float]:
        store, discord = one_store(clock), Discord(clock)
        await asyncio.gather(*(ask(Spare(clock, store), discord, 3) for _ in range(12)))
        return discord.seen

    seen = virtually(story)
    assert len(seen) == 36
    assert most_in_a_window(seen, 1.0) == 1
    assert max(seen) <= 36 * 1.5, "and little time is lost between"


@pytest.mark.parametrize("failing_for_s", [None, 3.0, 1_000.0])
def test_a_sender_and_any_number_of_other_processes_keep_the_limit(failing_for_s: float | None) -> None:
    """Some of the others may be unable to ask the store, for a while or for good."""

    async def story(clock: VirtualClock) -> list[float]:
        store, discord = one_store(clock), Discord(clock)
        throttle = Throttle(RATES, clock)

        async def deliver(number: int) -> None:
            async with throttle.turn(Place("discord", str(number), str(number)), "post"):
                await discord.call()

        others = [Spare(clock, store) for _ in range(20)]
        if failing_for_s is not None:
            others += [Spare(clock, Failing(clock, store, failing_for_s)) for _ in range(5)]

        async def ask_as_far_as_may_be(spare: Spare) -> None:
            with suppress(StoreError):
                await ask(spare, discord, 5)

        async with asyncio.TaskGroup() as group:
            for number in range(600):
                group.create_task(deliver(number))
            for spare in others:
                group.create_task(ask_as_far_as_may_be(spare))
        return discord.seen

    seen = virtually(story)
    assert len(seen) >= 700
    assert 49 <= most_in_a_window(seen, 1.0) <= ALLOWED


def test_a_process_that_dies_in_a_call_holds_up_the_others_for_a_while_only() -> None:
    async def story(clock: VirtualClock) -> float:
        store = one_store(clock)
        dead = AsyncExitStack()
        await dead.enter_async_context(Spare(clock, store).turn())
        async with Spare(clock, store).turn():
            dead.pop_all()
            return clock.monotonic()

    assert virtually(story) == pytest.approx(LONGEST_HELD.total_seconds(), abs=0.3)


def test_who_gives_up_while_waiting_or_calling_holds_up_nobody() -> None:
    async def story(clock: VirtualClock) -> float:
        store, discord = one_store(clock), Discord(clock)
        tasks = [asyncio.create_task(ask(Spare(clock, store), discord, 9)) for _ in range(3)]
        await clock.sleep(timedelta(seconds=0.02))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        cancelled_at = clock.monotonic()
        await ask(Spare(clock, store), discord, 1)
        return discord.seen[-1] - cancelled_at

    assert 1 <= virtually(story) <= 1.5


def test_without_the_store_s_word_no_call_is_made_and_that_is_said_in_time() -> None:
    async def story(clock: VirtualClock) -> tuple[float, list[float]]:
        discord = Discord(clock)
        with pytest.raises(StoreError):
            await ask(Spare(clock, Failing(clock)), discord, 1)
        return clock.monotonic(), discord.seen

    ended_at, seen = virtually(story)
    assert ended_at == pytest.approx(LONGEST_UNTOLD.total_seconds(), abs=0.3)
    assert not seen


def test_a_store_that_answers_again_is_heeded_again() -> None:
    async def story(clock: VirtualClock) -> float:
        discord = Discord(clock)
        await ask(Spare(clock, Failing(clock, one_store(clock), for_s=6)), discord, 1)
        return discord.seen[0]

    assert 6 <= virtually(story) <= 6.5
