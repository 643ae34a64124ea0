"""Calls that are no delivery: however many processes there are, Discord's 50 a second are kept."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest

from adapters.discord.client.spare import LONGEST_HELD, Spare
from adapters.discord.messenger.turns import RATES
from bot.domain.places import Place
from bot.errors import StoreError
from bot.services.rates import Throttle
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_store import MemoryStore
from tests.fakes.virtual_time import virtually
from tests.services.test_rates import most_in_a_window

if TYPE_CHECKING:
    from bot.ports import Clock
    from tests.fakes.virtual_time import VirtualClock

ALLOWED = 50
"""Calls in any second for one token (Rate Limits, Global Rate Limit)."""


class Failing:
    """A store that cannot be asked."""

    async def hold(self, _role: str, _holder: str, _ttl: timedelta) -> bool:
        raise StoreError("no answer")


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


@pytest.mark.parametrize("is_cut_off", [False, True])
def test_a_sender_and_any_number_of_other_processes_keep_the_limit(*, is_cut_off: bool) -> None:
    """One process more may be there that cannot ask the store: a slot is left for it."""

    async def story(clock: VirtualClock) -> list[float]:
        store, discord = one_store(clock), Discord(clock)
        throttle = Throttle(RATES, clock)

        async def deliver(number: int) -> None:
            async with throttle.turn(Place("discord", str(number), str(number)), "post"):
                await discord.call()

        others = [Spare(clock, store) for _ in range(20)]
        if is_cut_off:
            others.append(Spare(clock, Failing()))
        async with asyncio.TaskGroup() as group:
            for number in range(600):
                group.create_task(deliver(number))
            for spare in others:
                group.create_task(ask(spare, discord, 5))
        return discord.seen

    seen = virtually(story)
    assert len(seen) >= 700
    assert 48 < most_in_a_window(seen, 1.0) <= ALLOWED


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


def test_where_the_store_fails_a_process_goes_by_its_own_turns() -> None:
    async def story(clock: VirtualClock) -> list[float]:
        discord = Discord(clock)
        await ask(Spare(clock, Failing()), discord, 4)
        return discord.seen

    seen = virtually(story)
    assert all(1 <= later - sooner <= 1.3 for sooner, later in pairwise(seen))
