"""What is due: the planner's decision for one subscription at one moment. Pure.

The planner keeps nothing in mind but `Standing`: how far a subscription is planned, and when it is looked at
next. All that a restart, an outage or a clock that steps can do to it is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.domain.schedule import (
    DAY,
    TICK,
    Firing,
    after_pause,
    instant_of,
    moments_around,
    next_firing,
    zone_of,
)
from bot.domain.subscriptions import Standing

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.domain.subscriptions import Subscription

LATE = timedelta(minutes=10)
"""After so long a firing is no longer on time: the service was down."""

QUIET_FROM = time(22)
QUIET_UNTIL = time(7)
"""Quiet hours by a place's own clock; what is late waits for their end."""

SOON = timedelta(hours=3)
"""A firing that is less far away takes along what is late."""


NEAR = timedelta(minutes=1)
"""What is looked at so soon needs no other look before."""


# --- Fire or wait ------------------------------------------------------------------


class Fire(NamedTuple):
    """A firing is due: one edition is made, under the key of the newest, whatever else is due besides."""

    firing: Firing
    oldest: Firing
    """The oldest firing that this covers; itself where nothing was missed."""
    upcoming: Firing | None = None
    """The first firing that is not due yet; None where there is none."""
    missed: int = 0
    """How many firings before this moment had no edition of their own."""
    is_late: bool = False
    was_away: bool = False
    """It is late because nobody looked in time, and not because it was put off."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is to be posted before `until`; then it is looked at again."""

    until: datetime


def at_now(standing: Standing, now: datetime) -> Fire | Wait:
    """Decide for one subscription: all that is due fires as one edition, or waits.

    What is late (more than 10 minutes after its firing, or after the moment that it was put off to) keeps
    the quiet hours and joins a firing that is less than three hours away; what is on time does neither.
    Raises ZoneInfoNotFoundError where the zone is unknown.
    """
    due, upcoming = due_and_upcoming(standing, now)
    if not due:
        # Without end paused, or never due: whoever changes that has it looked at again at once.
        return Wait(upcoming.at if upcoming else now + DAY)
    newest = due[-1]
    was_away = now - max(newest.at, standing.next_at or newest.at) > LATE
    until = put_off(now, zone_of(standing.subscription.tz), upcoming) if was_away else now
    if until > now:
        return Wait(until)
    missed = sum(firing.at < newest.at for firing in due)
    return Fire(newest, due[0], upcoming, missed, now - newest.at > LATE, was_away)


def due_and_upcoming(standing: Standing, now: datetime) -> tuple[list[Firing], Firing | None]:
    """Return the firings that are due, oldest first, and the one after them."""
    wish = standing.subscription
    begin = after_pause(wish, standing.planned_until)
    if begin is None:
        return [], None
    due, upcoming = moments_around(wish.at, zone_of(wish.tz), wish.days, begin, now)
    firings = [Firing(wish.id, wish.place, *moment) for moment in due]
    return firings, Firing(wish.id, wish.place, *upcoming) if upcoming else None


def put_off(now: datetime, zone: ZoneInfo, upcoming: Firing | None) -> datetime:
    """Return when what is late may be posted: now, after the quiet hours, or with a firing that is soon."""
    awake = quiet_end(now, zone)
    if upcoming is not None and upcoming.at - awake < SOON:
        return upcoming.at
    return awake


def quiet_end(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the end of the quiet hours that it is in, else `now`."""
    local = now.astimezone(zone)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return now
    morning = local.date() if local.time() < QUIET_UNTIL else local.date() + DAY
    return max(now, instant_of(morning, QUIET_UNTIL, zone))


# --- What becomes of a subscription's standing ----------------------------------------


def begun(subscription: Subscription, now: datetime) -> Standing:
    """Return the standing of a new subscription: it begins with the next firing."""
    return awaiting(Standing(subscription, planned_until=now), now)


def changed(standing: Standing, subscription: Subscription, now: datetime) -> Standing:
    """Return the standing of a changed subscription.

    Other times, another zone, a pause or its end begin anew, so that no moment of the past becomes due.
    """
    after = standing._replace(subscription=subscription)
    if when(subscription) == when(standing.subscription):
        return after
    return awaiting(after._replace(planned_until=max(standing.planned_until, now)), now)


def when(subscription: Subscription) -> tuple[object, ...]:
    """Return all that decides when a subscription fires."""
    times = frozenset(subscription.at), subscription.tz, frozenset(subscription.days)
    return (*times, subscription.paused_at, subscription.paused_until)


def waited(standing: Standing, until: datetime) -> Standing:
    """Return the standing of a subscription that is looked at again at an instant."""
    return standing._replace(next_at=until)


def realigned(standing: Standing, now: datetime) -> Standing:
    """Return the standing with an earlier look, where its firing is earlier by the zone data of today.

    When it is looked at was written down with the zone data of then. A firing that is later now needs
    nothing: whoever looks too early waits again. A look within the next minute (`sources.LOOK_AGAIN`) stays.
    Nothing is planned before its time: what is planned far ahead was so by a clock that was wrong, and would
    be silent until then. It begins anew; a firing that has its edition has no other, as that has its key.
    Raises ZoneInfoNotFoundError where the zone is unknown.
    """
    if standing.planned_until > now + DAY:
        return awaiting(standing._replace(planned_until=now), now)
    if standing.next_at is None or standing.next_at <= now + NEAR:
        return standing
    decision = at_now(standing._replace(next_at=None), now)
    until = decision.until if isinstance(decision, Wait) else now
    return waited(standing, until) if until < standing.next_at else standing


def fired(
    standing: Standing, fire: Fire, empty_line: str = "", told_fault_since: datetime | None = None
) -> Standing:
    """Return the standing of a subscription whose firing, and all before it, have their edition."""
    at = fire.firing.at
    until = max(standing.planned_until, at + TICK)
    next_at = fire.upcoming.at if fire.upcoming else at + DAY
    return Standing(standing.subscription, until, next_at, at, empty_line, told_fault_since)


def awaiting(standing: Standing, now: datetime) -> Standing:
    """Return the standing with its next firing as the moment to look at it."""
    upcoming = next_firing(standing.subscription, standing.planned_until)
    return waited(standing, upcoming.at if upcoming else now + DAY)
