"""Limits are kept before the platform has to name them."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.deliveries import DeliveryKind, Rate, Rates, Reach, Throttled
from bot.domain.places import Place
from bot.services.rates import FIND, Throttle
from tests.fakes.virtual_time import VirtualClock, virtually

if TYPE_CHECKING:
    from collections.abc import Sequence

SECOND = timedelta(seconds=1)
POST, EDIT, REPLY, PUBLISH = DeliveryKind.POST, DeliveryKind.EDIT, DeliveryKind.REPLY, DeliveryKind.PUBLISH


def place(number: int, server: str = "guild") -> Place:
    return Place("discord", server, f"channel-{number}")


def most_in_a_window(moments: Sequence[float], per_s: float) -> int:
    """Return the most calls that the platform saw in any window (half-open) of that length."""
    ordered = sorted(moments)
    return max(bisect_right(ordered, moment + per_s - 1e-9) - at for at, moment in enumerate(ordered))


class Called:
    """Calls through a throttle, with the moments at which the platform saw each."""

    def __init__(self, clock: VirtualClock, rates: Rates, random: Random | None = None) -> None:
        self.clock = clock
        self.throttle = Throttle(rates, clock)
        self.random = random or Random(1)
        self.seen: list[tuple[float, Place, str]] = []

    async def call(self, where: Place, call: str = POST, latency_s: tuple[float, float] = (0.0, 0.0)) -> None:
        async with self.throttle.turn(where, call):
            whole = self.random.uniform(*latency_s)
            there = self.random.uniform(0, whole)
            await self.clock.sleep(timedelta(seconds=there))
            self.seen.append((self.clock.monotonic(), where, call))
            await self.clock.sleep(timedelta(seconds=whole - there))

    def moments(self, where: Place | None = None) -> list[float]:
        return [moment for moment, at, _ in self.seen if where in {None, at}]


@given(
    calls=st.integers(1, 20),
    per_s=st.floats(0.5, 60),
    slowest_s=st.floats(0, 5),
    wanted=st.integers(1, 120),
    seed=st.integers(0, 2**32),
)
@settings(deadline=None, max_examples=60)
def test_no_window_ever_holds_more_calls_than_allowed(
    calls: int, per_s: float, slowest_s: float, wanted: int, seed: int
) -> None:
    async def asked(clock: VirtualClock) -> list[float]:
        called = Called(clock, Rates(platform=Rate(calls, timedelta(seconds=per_s))), Random(seed))
        await asyncio.gather(*(called.call(place(each), latency_s=(0, slowest_s)) for each in range(wanted)))
        return called.moments()

    moments = virtually(asked)
    assert len(moments) == wanted
    assert most_in_a_window(moments, timedelta(seconds=per_s).total_seconds()) <= calls


def test_little_of_the_limit_is_left_unused() -> None:
    async def asked(clock: VirtualClock) -> float:
        called = Called(clock, Rates(platform=Rate(50, SECOND)))
        await asyncio.gather(*(called.call(place(each), latency_s=(0.05, 0.15)) for each in range(2_000)))
        return 2_000 / (clock.monotonic() - 1)  # it begins full: the first second is not its own

    assert virtually(asked) >= 0.88 * 50


def test_calls_to_the_platform_are_spread_at_little_cost() -> None:
    """Also after the platform has closed itself, when all that was held up could begin at one moment."""
    apart = SECOND / 100

    async def asked(clock: VirtualClock) -> tuple[list[float], float]:
        throttle, began = Throttle(Rates(platform=Rate(50, SECOND), apart=apart), clock), list[float]()

        async def call(number: int) -> None:
            async with throttle.turn(place(number), POST):
                began.append(clock.monotonic())
                await clock.sleep(SECOND / 10)

        tasks = [asyncio.create_task(call(number)) for number in range(1_000)]
        await clock.sleep(SECOND)
        throttle.obey(place(1), POST, Throttled(SECOND, Reach.PLATFORM))
        await asyncio.gather(*tasks)
        return began, clock.monotonic() - 2

    began, took_s = virtually(asked)
    assert min(later - sooner for sooner, later in pairwise(began)) >= apart.total_seconds() - 1e-5
    assert 1_000 / took_s >= 0.88 * 50


def test_limits_begin_full_as_the_time_before_the_start_is_not_known() -> None:
    async def first_call(clock: VirtualClock, per: timedelta) -> float:
        called = Called(clock, Rates(platform=Rate(5, per)))
        await called.call(place(1))
        return clock.monotonic()

    assert virtually(lambda clock: first_call(clock, SECOND)) == 1
    assert virtually(lambda clock: first_call(clock, timedelta(hours=1))) == 60


def test_every_limit_counts_for_what_falls_under_it() -> None:
    rates = Rates(
        platform=Rate(50, SECOND),
        server=Rate(2, SECOND),
        place=Rate(1, SECOND),
        kinds={PUBLISH: Rate(1, 10 * SECOND)},
    )

    async def asked(clock: VirtualClock) -> Called:
        called = Called(clock, rates)
        await clock.sleep(10 * SECOND)
        wanted = [(place(1), POST), (place(1), EDIT), (place(2), POST), (place(3), POST)]
        wanted += [(place(4, "other"), PUBLISH), (place(4, "other"), PUBLISH), (place(5, "third"), POST)]
        await asyncio.gather(*(called.call(where, call) for where, call in wanted))
        return called

    called = virtually(asked)
    waited = {where: [moment - 10 for moment in called.moments(where)] for _, where, _ in called.seen}
    assert waited[place(1)] == [0, 1]
    assert most_in_a_window([m for m, at, _ in called.seen if at.server == "guild"], 1) == 2
    assert waited[place(4, "other")] == [0, 10]
    assert waited[place(5, "third")] == [0]


def test_first_come_first_served() -> None:
    async def asked(clock: VirtualClock) -> list[Place]:
        called = Called(clock, Rates(platform=Rate(2, SECOND)))
        await asyncio.gather(*(called.call(place(each), latency_s=(0.1, 0.1)) for each in range(9)))
        return [where for _, where, _ in called.seen]

    order = virtually(asked)
    assert {frozenset(order[at : at + 2]) for at in range(0, 8, 2)} == {
        frozenset({place(at), place(at + 1)}) for at in range(0, 8, 2)
    }


@pytest.mark.parametrize(
    ("reach", "open_again"),
    [
        pytest.param(Reach.CALL, {"same": 30, "edit": 0, "neighbour": 0, "stranger": 0}, id="one call"),
        pytest.param(Reach.SERVER, {"same": 30, "edit": 30, "neighbour": 30, "stranger": 0}, id="server"),
        pytest.param(
            Reach.PLATFORM, {"same": 30, "edit": 30, "neighbour": 30, "stranger": 30}, id="platform"
        ),
    ],
)
def test_a_limit_that_was_hit_closes_what_it_concerns_and_nothing_else(
    reach: Reach, open_again: dict[str, float]
) -> None:
    asked_for = {
        "same": (place(1), REPLY),  # the same call to the platform as a post
        "edit": (place(1), EDIT),
        "neighbour": (place(2), POST),
        "stranger": (place(3, "other"), POST),
    }

    async def waits(clock: VirtualClock) -> dict[str, float]:
        throttle = Throttle(Rates(), clock)
        throttle.obey(place(1), POST, Throttled(30 * SECOND, reach))
        known = {name: throttle.wait_for(*each).total_seconds() for name, each in asked_for.items()}
        for name, each in sorted(asked_for.items(), key=lambda item: known[item[0]]):
            async with throttle.turn(*each):
                assert clock.monotonic() == known[name]
        return known

    assert virtually(waits) == open_again


def test_a_look_up_that_was_told_to_wait_stops_no_post() -> None:
    async def waits(clock: VirtualClock) -> tuple[float, float]:
        throttle = Throttle(Rates(finds=Rate(1, SECOND)), clock)
        throttle.obey(place(1), FIND, Throttled(60 * SECOND))
        look_up, post = throttle.wait_for(place(2), FIND), throttle.wait_for(place(1), POST)
        return look_up.total_seconds(), post.total_seconds()

    assert virtually(waits) == (60, 0)


def test_a_spared_turn_costs_nothing() -> None:
    async def asked(clock: VirtualClock) -> float:
        throttle = Throttle(Rates(platform=Rate(1, SECOND)), clock)
        for _ in range(20):
            async with throttle.turn(place(1), POST) as turn:
                turn.is_spared = True
        return clock.monotonic()

    assert virtually(asked) == 1


def test_who_gives_up_waiting_leaves_its_slot_to_the_next() -> None:
    async def asked(clock: VirtualClock) -> list[float]:
        called = Called(clock, Rates(platform=Rate(1, SECOND)))
        waiting = [asyncio.create_task(called.call(place(each), latency_s=(0.5, 0.5))) for each in range(6)]
        for each, at in ((0, 0.2), (2, 0.3), (3, 1.2)):  # it sleeps, it queues, the one before it calls
            await clock.sleep(timedelta(seconds=at - clock.monotonic()))
            waiting[each].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return called.moments()

    moments = virtually(asked)
    assert len(moments) == 3
    assert all(later - earlier >= 1 for earlier, later in pairwise(moments))
    assert moments[-1] < 5


def test_memory_does_not_grow_with_places() -> None:
    rates = Rates(platform=Rate(50, SECOND), server=Rate(5, SECOND), place=Rate(1, SECOND))

    async def asked(clock: VirtualClock) -> int:
        called = Called(clock, rates)
        for each in range(5_000):
            await called.call(place(each, f"guild-{each}"), latency_s=(0.1, 0.1))
        return len(called.throttle)

    assert virtually(asked) < 400


def test_a_clock_that_is_set_moves_no_rate() -> None:
    async def asked(clock: VirtualClock) -> list[float]:
        called = Called(clock, Rates(platform=Rate(1, SECOND)))
        for leap in (timedelta(hours=1), timedelta(hours=-3), timedelta(days=1)):
            await called.call(place(1))
            clock.leap(leap)
        return called.moments()

    assert virtually(asked) == [1, 2, 3]


def test_calls_that_are_no_delivery_come_among_deliveries_and_within_the_limit() -> None:
    """They wait no longer than a delivery that was asked for at the same moment."""

    async def story(clock: VirtualClock) -> tuple[list[float], list[float]]:
        called = Called(clock, Rates(platform=Rate(10, SECOND)))
        aside: list[float] = []

        async def ask_aside() -> None:
            async with called.throttle.aside():
                aside.append(clock.monotonic())

        async with asyncio.TaskGroup() as group:
            for number in range(60):
                group.create_task(called.call(place(number)))
            for _ in range(5):
                group.create_task(ask_aside())
            for number in range(60):
                group.create_task(called.call(place(number)))
        return aside, called.moments()

    aside, sent = virtually(story)
    assert max(aside) <= 60 / 10 + 1 + 1
    assert max(sent) > max(aside)
    assert most_in_a_window(sorted(aside + sent), 1.0) <= 10


def test_who_takes_over_from_another_process_begins_with_full_limits() -> None:
    """One that stops lets its role go at once, and its last calls still count."""

    async def story(clock: VirtualClock) -> list[float]:
        rates = Rates(platform=Rate(10, SECOND), place=Rate(5, 5 * SECOND))
        first, second = Called(clock, rates), Called(clock, rates)
        await asyncio.gather(*(first.call(place(number), latency_s=(0.05, 0.1)) for number in range(40)))
        second.throttle.begin()
        await asyncio.gather(*(second.call(place(number), latency_s=(0.05, 0.1)) for number in range(40)))
        return sorted([*first.moments(), *second.moments()])

    assert most_in_a_window(virtually(story), 1.0) <= 10


# --- What can wait --------------------------------------------------------------------


def test_what_can_wait_takes_only_what_others_leave() -> None:
    """While deliveries want all slots it stands back; alone it has them, and no window is ever too full."""
    rates = Rates(platform=Rate(10, SECOND))

    async def story(clock: VirtualClock) -> tuple[list[float], list[float]]:
        called = Called(clock, rates)
        reads: list[float] = []

        async def read_on() -> None:
            while True:
                async with called.throttle.left_over():
                    reads.append(clock.monotonic())

        await clock.sleep(2 * SECOND)  # limits begin full
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(read_on())
            await clock.sleep(5 * SECOND)
            began = clock.monotonic()
            sending = [group.create_task(called.call(place(number))) for number in range(100)]
            await asyncio.wait(sending)
            ended = clock.monotonic()
            await clock.sleep(2 * SECOND)
            reading.cancel()
        meanwhile = [moment for moment in reads if began + 1 < moment < ended]
        assert not meanwhile, "deliveries go first"
        assert ended - began <= 100 / 10 + 1, "and lose next to nothing"
        return reads, called.moments()

    reads, sent = virtually(story)
    assert len([moment for moment in reads if moment < 7]) >= 20
    assert max(reads) > max(sent)
    assert most_in_a_window([*reads, *sent], 1.0) <= 10
