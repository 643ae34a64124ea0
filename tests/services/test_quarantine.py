"""After a start, and after the clock was set, nothing is believed of leases for the length of one."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.services.delivering import MOST_COUNTED, Tally
from bot.services.quarantine import Quarantine
from tests.fakes.virtual_time import VirtualClock, virtually

SPAN = timedelta(seconds=60)
SECOND = timedelta(seconds=1)


def lefts(leaps: dict[int, timedelta], at: tuple[int, ...]) -> list[float]:
    """Return what is left at some seconds; at others the clock is set."""

    async def story(clock: VirtualClock) -> list[float]:
        quarantine = Quarantine(clock, SPAN)
        told = []
        for second in range(max(at) + 1):
            clock.leap(leaps.get(second, timedelta(0)))
            left = quarantine.left().total_seconds()
            told += [left] if second in at else []
            await asyncio.sleep(1)
        return told

    return virtually(story)


def test_it_lasts_for_one_span_of_elapsed_time() -> None:
    assert lefts({}, (0, 30, 59, 60, 1_000)) == [60, 30, 1, 0, 0]


@pytest.mark.parametrize("leap", [timedelta(days=1), timedelta(seconds=2), timedelta(hours=-3)], ids=str)
def test_it_begins_anew_whenever_the_clock_was_set(leap: timedelta) -> None:
    assert lefts({100: leap, 300: -leap}, (99, 100, 130, 160, 299, 300, 359, 360)) == [
        0,
        60,
        30,
        0,
        0,
        60,
        1,
        0,
    ]


def test_a_clock_that_is_a_little_off_is_no_cause() -> None:
    drift = {second: timedelta(milliseconds=5) for second in range(200)}
    assert lefts(drift, (60, 120, 190)) == [0, 0, 0]


def test_a_tally_forgets_what_nobody_has_counted_for_longest() -> None:
    tally = Tally()
    assert [tally.add("first"), tally.add("first"), tally.add("second")] == [1, 2, 1]
    for number in range(MOST_COUNTED - 1):
        tally.add(f"number {number}")
    assert (tally.of("first"), tally.of("second"), tally.of("number 0")) == (0, 1, 1)
    tally.forget("second")
    assert tally.of("second") == 0
