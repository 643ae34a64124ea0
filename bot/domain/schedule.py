"""When subscriptions fire. Pure: zone and wall time in, instants out.

Each local day that matches fires each time of day once: a time that the clock skips fires at the first moment
after the gap, one that comes twice fires at the first. These few lines stand over zoneinfo alone: a library
of cron times names instants only, and a firing must know its nominal day too, also where a gap crosses
midnight or swallows a whole day. Its key would else name a day that never had it, or two firings alike.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.subscriptions import EVERY_DAY
from bot.domain.zones import zone_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from bot.domain.places import Place
    from bot.domain.subscriptions import Subscription

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

TICK = timedelta(microseconds=1)
"""The least that tells two instants apart in the store."""


class Firing(NamedTuple):
    """One moment at which a subscription is due: its nominal local date and time, and the instant (UTC)."""

    subscription: str
    place: Place
    local_date: date
    local_time: time
    at: datetime

    @property
    def key(self) -> str:
        """What makes it this firing and no other, whatever the zone data say of its instant."""
        return f"{self.subscription}@{self.local_date}T{self.local_time.isoformat('minutes')}"


class Moment(NamedTuple):
    """When something fires, whoever's it is: the nominal local date and time, and the instant (UTC)."""

    local_date: date
    local_time: time
    at: datetime


# --- From wall time to instants -------------------------------------------------


@cache
def zone_of(name: str) -> ZoneInfo:
    """Return a zone from the pinned package tzdata, whatever the system has.

    Raises ZoneInfoNotFoundError (a KeyError) where the database has no zone of that exact name.
    """
    if name not in zone_names().values():
        raise ZoneInfoNotFoundError(f"There is no zone “{name}”.")
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as table:
        return ZoneInfo.from_file(table, key=name)


@lru_cache(maxsize=10_000)
def instant_of(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Return the first instant (UTC) at which a zone's clock shows a time of a day, or has passed it."""
    local = datetime.combine(day, wall.replace(fold=0), zone)
    instant = local.astimezone(UTC)
    # Within one zone datetimes compare by what the clock shows: another time comes back out of a gap.
    return instant if instant.astimezone(zone) == local else end_of_gap(local, zone)


def end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant after the gap that a local time is in; clocks change on whole seconds."""
    before = local.replace(fold=1).astimezone(UTC)
    seconds = range((local.astimezone(UTC) - before) // SECOND + 1)
    after = bisect_left(seconds, local, key=lambda second: (before + second * SECOND).astimezone(zone))
    return before + after * SECOND


# --- Firings ---------------------------------------------------------------------


def firings(subscription: Subscription, start: datetime, end: datetime | None = None) -> Iterator[Firing]:
    """Yield the firings from `start` (included) to `end` (not included; None: without end).

    Ordered by instant, then by nominal date and time. A pause has none: they begin where it ends, and where
    it has no end there are none. Raises ZoneInfoNotFoundError where the zone is unknown.
    """
    begin = after_pause(subscription, start)
    if begin is None:
        return
    for moment in moments(subscription.at, zone_of(subscription.tz), subscription.days, begin):
        if end is not None and moment.at >= end:
            return
        yield Firing(subscription.id, subscription.place, *moment)


def moments(
    walls: Iterable[time], zone: ZoneInfo, days: Collection[str], begin: datetime
) -> Iterator[Moment]:
    """Yield what fires from `begin` (included) on, without end, ordered as firings are."""
    in_order = sorted(set(walls))
    for day in matching_days(days, begin.astimezone(zone).date()) if in_order else ():
        for wall in in_order:
            at = instant_of(day, wall, zone)
            if at >= begin:
                yield Moment(day, wall, at)


def matching_days(days: Collection[str], first: date) -> Iterator[date]:
    """Yield the dates of some weekdays in order, from the day before `first` on: a gap may carry it over."""
    wanted = [weekday in days for weekday in EVERY_DAY]
    day = first - DAY
    while any(wanted):
        if wanted[day.weekday()]:
            yield day
        day += DAY


@lru_cache(maxsize=200)
def moments_around(
    walls: tuple[time, ...], zone: ZoneInfo, days: tuple[str, ...], begin: datetime, now: datetime
) -> tuple[tuple[Moment, ...], Moment | None]:
    """Return the moments from `begin` until `now`, and the first one after it; None where there is none.

    Kept for those that are due together, of whom most have the same times.
    """
    past: list[Moment] = []
    for moment in moments(walls, zone, days, begin):
        if moment.at > now:
            return tuple(past), moment
        past.append(moment)
    return tuple(past), None


def after_pause(subscription: Subscription, start: datetime) -> datetime | None:
    """Return from when on it may fire: `start`, or the end of its pause; None where that has no end."""
    if subscription.paused_at is None:
        return start
    if subscription.paused_until is None:
        return None
    return max(start, subscription.paused_until)


def next_firings(subscription: Subscription, after: datetime, count: int) -> list[Firing]:
    """Return the next firings from an instant on, at most `count`; none where a pause has no end."""
    return list(islice(firings(subscription, after), count))


def next_firing(subscription: Subscription, after: datetime) -> Firing | None:
    """Return the next firing from an instant on; None where there is none."""
    return next(firings(subscription, after), None)


def firing_now(subscription: Subscription, now: datetime) -> Firing:
    """Return a firing that somebody asks for: that of the present local minute, so that twice is once."""
    local = now.astimezone(zone_of(subscription.tz))
    minute = time(local.hour, local.minute)
    return Firing(subscription.id, subscription.place, local.date(), minute, now)
