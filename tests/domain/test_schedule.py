from __future__ import annotations

from datetime import date, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.schedule import (
    Firing,
    firing_now,
    firings,
    instant_of,
    next_firing,
    next_firings,
    zone_of,
)
from bot.domain.zones import zone_names
from tests.domain.scheduling import FRIDAY, HERE, NINE, utc, wish


@pytest.mark.parametrize(
    ("zone", "day", "wall", "instant"),
    [
        pytest.param("Europe/Paris", "2026-04-24", "09:00", "2026-04-24 07:00", id="any day"),
        pytest.param("Europe/Paris", "2027-03-28", "02:30", "2027-03-28 01:00", id="in a gap"),
        pytest.param("Europe/Paris", "2027-03-28", "02:00", "2027-03-28 01:00", id="where a gap begins"),
        pytest.param("Europe/Paris", "2027-03-28", "03:00", "2027-03-28 01:00", id="where a gap ends"),
        pytest.param("Europe/Paris", "2027-10-31", "02:30", "2027-10-31 00:30", id="the first of two"),
        pytest.param("Europe/Paris", "2027-10-31", "03:00", "2027-10-31 02:00", id="after an overlap"),
        pytest.param("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03 15:30", id="half an hour"),
        pytest.param("Antarctica/Troll", "2026-03-29", "01:30", "2026-03-29 01:00", id="two hours"),
        pytest.param("Africa/Cairo", "2026-04-24", "00:00", "2026-04-23 22:00", id="no midnight"),
        pytest.param("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30 10:00", id="no such day"),
        pytest.param("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30 10:00", id="after no such day"),
        pytest.param("Pacific/Kwajalein", "1993-08-21", "23:59", "1993-08-21 12:00", id="nor that"),
        pytest.param("Asia/Kathmandu", "2026-04-24", "09:00", "2026-04-24 03:15", id="odd offset"),
    ],
)
def test_when_a_wall_time_is(zone: str, day: str, wall: str, instant: str) -> None:
    found = instant_of(date.fromisoformat(day), time.fromisoformat(wall), zone_of(zone))
    assert found == utc(instant)


@pytest.mark.parametrize("name", ["Europe/Atlantis", "europe/paris", "", "..", "../zones", "/etc/passwd"])
def test_a_zone_that_is_none(name: str) -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        zone_of(name)


def test_every_zone_can_be_read() -> None:
    assert {zone_of(name).key for name in zone_names().values()} == set(zone_names().values())


def test_zone_data_are_the_pinned_ones() -> None:
    """Older data has Vancouver back on winter time in November 2026 (facts/floors.md)."""
    assert instant_of(date(2026, 12, 1), NINE, zone_of("America/Vancouver")) == utc("2026-12-01 16:00")


# --- Firings --------------------------------------------------------------------


def told(found: list[Firing]) -> list[str]:
    return [f"{one.at:%a %d %H:%M} for {one.local_date:%d} {one.local_time:%H:%M}" for one in found]


def test_firings_come_by_instant_with_their_nominal_day_and_time() -> None:
    twice = wish(time(18), NINE, days=("fri", "mon"))
    found = list(firings(twice, utc("2026-04-24 07:00"), utc("2026-04-27 16:00")))
    assert told(found) == [
        "Fri 24 07:00 for 24 09:00",
        "Fri 24 16:00 for 24 18:00",
        "Mon 27 07:00 for 27 09:00",
    ]


def test_the_start_is_included_and_the_end_is_not() -> None:
    start, end = utc("2026-04-24 07:00"), utc("2026-04-25 07:00")
    assert [one.at for one in firings(wish(), start, end)] == [start]
    assert list(firings(wish(), start, start)) == []


def test_a_day_that_the_clock_skips_keeps_its_nominal_date() -> None:
    samoa = wish(time(0, 30), tz="Pacific/Apia")
    found = list(firings(samoa, utc("2011-12-29 00:00"), utc("2011-12-31 10:00")))
    assert told(found) == [
        "Thu 29 10:30 for 29 00:30",
        "Fri 30 10:00 for 30 00:30",
        "Fri 30 10:30 for 31 00:30",
    ]


def test_a_gap_over_midnight_carries_a_firing_into_a_day_that_does_not_match() -> None:
    """In Cairo Thursday's last minute was followed by 01:00; in Samoa there was no Friday at all."""
    cairo = wish(time(0, 15), tz="Africa/Cairo", days=("fri",))
    found = list(firings(cairo, utc("2026-04-23 22:00"), utc("2026-04-23 22:01")))
    assert told(found) == ["Thu 23 22:00 for 24 00:15"]
    samoa = wish(time(23), tz="Pacific/Apia", days=("fri",))
    assert told(list(firings(samoa, utc("2011-12-30 10:00"), utc("2011-12-31 10:00")))) == [
        "Fri 30 10:00 for 30 23:00"
    ]


def test_two_times_in_one_gap_are_two_firings_at_one_moment() -> None:
    gap = wish(time(2, 45), time(2, 15), days=("sun",))
    found = next_firings(gap, utc("2027-03-28 00:00"), 2)
    assert told(found) == ["Sun 28 01:00 for 28 02:15", "Sun 28 01:00 for 28 02:45"]
    assert [one.key for one in found] == ["s1@2027-03-28T02:15", "s1@2027-03-28T02:45"]


def test_a_time_that_is_named_twice_fires_once() -> None:
    assert len(list(firings(wish(NINE, NINE), utc("2026-04-24 00:00"), utc("2026-04-25 00:00")))) == 1


@pytest.mark.parametrize("never", [wish(days=()), wish(days=("noday",))])
def test_what_never_matches_never_fires(never: object) -> None:
    assert next_firing(never, utc("2026-04-24 00:00")) is None  # type: ignore[arg-type]


def test_a_pause_has_no_firings() -> None:
    since, until = utc("2026-04-20 12:00"), utc("2026-04-24 07:00")
    assert next_firing(wish(paused_at=since), since) is None
    paused = wish(paused_at=since, paused_until=until)
    assert told(next_firings(paused, since, 2)) == ["Fri 24 07:00 for 24 09:00", "Sat 25 07:00 for 25 09:00"]


def test_next_firings_begin_with_one_that_is_now() -> None:
    assert next_firing(wish(), utc("2026-04-24 07:00")) == Firing(
        "s1", HERE, FRIDAY, NINE, utc("2026-04-24 07:00")
    )


def test_an_asked_for_firing_is_that_of_the_local_minute() -> None:
    first, second = (
        firing_now(wish(), utc("2026-04-24 12:05") + timedelta(seconds=seconds)) for seconds in (1, 59)
    )
    assert first.key == second.key == "s1@2026-04-24T14:05"
    assert firing_now(wish(), utc("2026-04-24 07:00")).key == "s1@2026-04-24T09:00"


@given(
    st.sampled_from(sorted(zone_names().values())),
    st.sets(st.times().map(lambda wall: wall.replace(second=0, microsecond=0)), min_size=1, max_size=4),
    st.datetimes(utc("1990-01-01 00:00").replace(tzinfo=None), utc("2035-01-01 00:00").replace(tzinfo=None)),
)
def test_firings_are_in_order_and_none_is_there_twice(zone: str, walls: set[time], start: object) -> None:
    begin = utc(str(start))
    found = list(islice(firings(wish(*walls, tz=zone), begin), 20))
    order = [(one.at, one.local_date, one.local_time) for one in found]
    assert order == sorted(order)
    assert len({one.key for one in found}) == 20
    assert all(one.at >= begin for one in found)
