"""Every zone and every change of its clock from 2026 to 2028, against an oracle that only watches clocks.

The oracle walks through the minutes of UTC and tells each zone's clock. A time of day fires at the first
minute that shows it; a time that no minute of its day shows, at the first minute whose clock is past it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.domain.schedule import firings, zone_of
from bot.domain.zones import zone_names
from tests.domain.scheduling import wish

if TYPE_CHECKING:
    from collections.abc import Sequence

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
STEP = timedelta(hours=6)

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2029, 1, 1, tzinfo=UTC)
WALLS = (time(0), time(1, 30), time(2, 30), time(9))

AROUND = timedelta(hours=52)
"""How far from a change the oracle looks: past the ends of the days before and after it."""

ZONES = sorted(zone_names().values())
STEPS = [START + number * STEP for number in range((END - START) // STEP + 1)]


def shown(zone: ZoneInfo, instant: datetime) -> datetime:
    """Read a clock."""
    return instant.astimezone(zone).replace(tzinfo=None)


def changes(zone: ZoneInfo) -> list[datetime]:
    """Return instants, each at most six hours after a change of the clock."""
    return changes_in(table_of(zone.key))


def table_of(name: str) -> bytes:
    """Return a zone's whole table: names of one zone have the same."""
    return files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


@cache
def changes_in(table: bytes) -> list[datetime]:
    """Return the changes of the clocks that have this table."""
    zone = ZoneInfo.from_file(BytesIO(table))
    offsets = [instant.astimezone(zone).utcoffset() for instant in STEPS]
    return [STEPS[number] for number in range(1, len(STEPS)) if offsets[number] != offsets[number - 1]]


def offsets(zone: ZoneInfo) -> list[tuple[datetime, timedelta | None]]:
    """Return what tells a clock from others: its offset at first, and after each change."""
    return [(instant, instant.astimezone(zone).utcoffset()) for instant in (START, *changes(zone))]


HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Course:
    """How a clock goes around a change: what it is ahead of UTC at first, and what from which minute on.

    Many zones go alike, and share an oracle.
    """

    first: datetime
    ahead: timedelta
    turns: tuple[tuple[datetime, timedelta], ...]


def course(zone: ZoneInfo, change: datetime) -> Course:
    """Watch a clock hour by hour, and find the minute of each turn; none turns twice in an hour."""
    first = change - AROUND
    hours = [first + number * HOUR for number in range(2 * AROUND // HOUR + 1)]
    turns = [
        (turn_between(zone, one, other), ahead_of_utc(zone, other))
        for one, other in pairwise(hours)
        if ahead_of_utc(zone, one) != ahead_of_utc(zone, other)
    ]
    return Course(first, ahead_of_utc(zone, first), tuple(turns))


def turn_between(zone: ZoneInfo, start: datetime, end: datetime) -> datetime:
    """Return the first minute of an hour at which a clock is not as at its start."""
    minutes = (start + number * MINUTE for number in range((end - start) // MINUTE + 1))
    return next(each for each in minutes if ahead_of_utc(zone, each) != ahead_of_utc(zone, start))


def ahead_of_utc(zone: ZoneInfo, instant: datetime) -> timedelta:
    """Return what a clock shows more than UTC."""
    return shown(zone, instant) - instant.replace(tzinfo=None)


@cache
class Oracle:
    """What clocks of one course showed in each minute around a change."""

    def __init__(self, clocks: Course) -> None:
        turns = dict(clocks.turns)
        ahead = clocks.ahead
        self.minutes = [clocks.first + number * MINUTE for number in range(2 * AROUND // MINUTE)]
        self.clock: list[datetime] = []
        for minute in self.minutes:
            ahead = turns.get(minute, ahead)
            self.clock.append((minute + ahead).replace(tzinfo=None))
        self.first_shown: dict[datetime, datetime] = {}
        for minute, reading in zip(self.minutes, self.clock, strict=True):
            self.first_shown.setdefault(reading, minute)

    def fires(self, day: date, wall: time) -> datetime:
        """Return when a time of a day fires."""
        wanted = datetime.combine(day, wall)
        if wanted in self.first_shown:
            return self.first_shown[wanted]
        past = next(number for number, reading in enumerate(self.clock) if reading > wanted)
        assert self.clock[past - 1] < wanted, "a gap has two sides"
        return self.minutes[past]


def days_around(zone: ZoneInfo, change: datetime) -> list[date]:
    """Return the days before, of and after a change, by the zone's own calendar."""
    middle = shown(zone, change).date()
    return [middle - DAY, middle, middle + DAY]


def fired(
    name: str, days: Sequence[date], start: datetime, end: datetime
) -> list[tuple[date, time, datetime]]:
    """Return what the bot fires between two instants, of the named days."""
    found = firings(wish(*WALLS, tz=name), start, end)
    return [(one.local_date, one.local_time, one.at) for one in found if one.local_date in days]


@pytest.mark.parametrize("region", sorted({name.partition("/")[0] for name in ZONES}))
def test_each_change_of_each_clock_fires_as_the_clocks_show(region: str) -> None:
    for name in (name for name in ZONES if name.partition("/")[0] == region):
        zone = zone_of(name)
        for change in changes(zone):
            oracle, days = Oracle(course(zone, change)), days_around(zone, change)
            expected = [(day, wall, oracle.fires(day, wall)) for day in days for wall in WALLS]
            assert fired(name, days, change - AROUND, change + AROUND) == expected, (name, change)


def test_each_day_of_three_years_fires_each_time_once() -> None:
    """One zone for each offset and way of changing the clock."""
    patterns = {tuple(offsets(zone_of(name))): name for name in ZONES}
    assert len(patterns) > 50
    expected = {(date(2026, 1, 2) + number * DAY, wall): 1 for number in range(1094) for wall in WALLS}
    for name in patterns.values():
        found = list(firings(wish(*WALLS, tz=name), START, END))
        instants = [one.at for one in found]
        assert instants == sorted(instants)
        counts = Counter((one.local_date, one.local_time) for one in found)
        assert {key: counts[key] for key in expected} == expected, name
        assert max(counts.values()) == 1
        assert len({one.key for one in found}) == len(found)


def test_the_changes_are_those_that_are_known() -> None:
    """So that the tests above cannot pass for having found nothing: facts/floors.md counts 1,151."""
    found = {name: changes(zone_of(name)) for name in ZONES}
    assert sum(map(len, found.values())) == 1151
    assert sum(map(bool, found.values())) == 201


def test_every_zone_that_python_knows_is_in_the_pinned_data() -> None:
    strays = available_timezones() - set(ZONES)
    assert strays <= {"localtime", "posixrules", "Factory"}


def test_a_span_is_cut_from_the_whole() -> None:
    """Whatever the ends, firings in a span are those of a longer one that lie in it."""
    name = "America/New_York"
    whole = list(firings(wish(*WALLS, tz=name), START, START + 120 * DAY))
    instants = [one.at for one in whole]
    for number in range(0, 118 * 24, 7):
        start = START + number * timedelta(hours=1)
        end = start + timedelta(hours=31)
        inside = whole[bisect_right(instants, start - MINUTE) : bisect_right(instants, end - MINUTE)]
        assert list(firings(wish(*WALLS, tz=name), start, end)) == inside
