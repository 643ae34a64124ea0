from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.due import (
    Fire,
    Wait,
    at_now,
    begun,
    changed,
    fired,
    realigned,
    waited,
)
from bot.domain.schedule import TICK, firings
from bot.domain.sources import SourceHealth, is_spoiled, source_wait
from bot.domain.subscriptions import Standing, Subscription
from tests.domain.scheduling import FRIDAY, NINE, THURSDAY, standing, utc, wish

NEW_YORK_GAP = wish(time(2, 15), time(2, 45), tz="America/New_York")
TWICE = wish(NINE, time(17))


def told(decision: Fire | Wait) -> str:
    """Put a decision into a few words: `fires 24 09:00, missed 1, late`."""
    if isinstance(decision, Wait):
        return f"waits {decision.until:%d %H:%M}"
    missed = f", missed {decision.missed}" if decision.missed else ""
    late = ", late" if decision.is_late else ""
    return f"fires {decision.firing.local_date:%d} {decision.firing.local_time:%H:%M}{missed}{late}"


@pytest.mark.parametrize(
    ("subscription", "until", "now", "decision"),
    [
        # Paris is two hours ahead; 24 April is a Friday.
        pytest.param(wish(), "04-24 06:00", "04-24 06:59", "waits 24 07:00", id="before"),
        pytest.param(wish(), "04-24 06:00", "04-24 07:00", "fires 24 09:00", id="on the second"),
        pytest.param(
            wish(), "04-24 06:00", "04-24 07:10", "fires 24 09:00", id="ten minutes late is on time"
        ),
        pytest.param(wish(), "04-24 06:00", "04-24 07:11", "fires 24 09:00, late", id="later is late"),
        pytest.param(wish(), "04-24 07:01", "04-24 07:11", "waits 25 07:00", id="it has fired"),
        pytest.param(wish(), "04-20 07:01", "04-24 12:00", "fires 24 09:00, missed 3, late", id="days later"),
        pytest.param(wish(), "04-20 07:01", "04-24 07:00", "fires 24 09:00, missed 3", id="back in time"),
        pytest.param(wish(), "04-20 07:01", "04-24 20:30", "waits 25 07:00", id="quiet, then the next"),
        pytest.param(
            wish(), "04-20 07:01", "04-24 19:59", "fires 24 09:00, missed 3, late", id="just not quiet"
        ),
        pytest.param(wish(), "04-20 07:01", "04-25 04:59", "waits 25 07:00", id="quiet, then soon"),
        pytest.param(wish(), "04-20 07:01", "04-25 05:00", "waits 25 07:00", id="two hours before the next"),
        pytest.param(wish(NINE, time(12)), "04-24 06:00", "04-24 07:15", "waits 24 10:00", id="soon"),
        pytest.param(
            wish(NINE, time(12)), "04-24 06:00", "04-24 07:05", "fires 24 09:00", id="soon, on time"
        ),
        pytest.param(
            wish(NINE, time(12, 15)),
            "04-24 06:00",
            "04-24 07:15",
            "fires 24 09:00, late",
            id="in three hours",
        ),
        pytest.param(
            wish(time(20), time(5)), "04-24 17:00", "04-24 21:00", "waits 25 03:00", id="a firing ends it"
        ),
        pytest.param(wish(time(23)), "04-24 20:00", "04-24 21:00", "fires 24 23:00", id="at night on time"),
        pytest.param(wish(time(11)), "04-23 10:00", "04-25 02:00", "waits 25 05:00", id="night, not soon"),
        pytest.param(
            wish(days=("fri",)), "04-20 07:01", "04-26 12:00", "fires 24 09:00, late", id="weekly, days later"
        ),
        pytest.param(
            TWICE, "04-23 07:01", "04-24 15:00", "fires 24 17:00, missed 2", id="several times a day"
        ),
        pytest.param(
            NEW_YORK_GAP, "03-08 00:00", "03-08 07:00", "fires 08 02:45", id="one moment, one edition"
        ),
        pytest.param(wish(), "04-26 00:00", "04-24 12:00", "waits 26 07:00", id="planned ahead of the clock"),
        pytest.param(
            wish(paused_at=utc("2026-04-20 12:00")),
            "04-20 07:01",
            "04-24 07:00",
            "waits 25 07:00",
            id="paused",
        ),
        pytest.param(
            wish(paused_at=utc("2026-04-20 12:00"), paused_until=utc("2026-04-27 00:00")),
            "04-20 07:01",
            "04-24 07:00",
            "waits 27 07:00",
            id="paused for a while",
        ),
        pytest.param(
            wish(paused_at=utc("2026-04-20 12:00"), paused_until=utc("2026-04-24 06:00")),
            "04-20 07:01",
            "04-24 07:00",
            "fires 24 09:00",
            id="a pause is not made up",
        ),
    ],
)
def test_what_is_due(subscription: Subscription, until: str, now: str, decision: str) -> None:
    assert told(at_now(standing(f"2026-{until}", subscription), utc(f"2026-{now}"))) == decision


@pytest.mark.parametrize(
    ("next_at", "now", "decision"),
    [
        pytest.param("04-24 05:00", "04-24 05:00", "fires 23 12:00, late", id="looked at as meant"),
        pytest.param("04-24 05:00", "04-24 05:10", "fires 23 12:00, late", id="a little after"),
        pytest.param("04-23 19:00", "04-23 20:10", "waits 24 05:00", id="away again"),
        pytest.param(
            "04-23 21:00", "04-23 21:00", "fires 23 12:00, late", id="waited for a source into the night"
        ),
    ],
)
def test_what_was_put_off_fires_when_it_was_put_off_to(next_at: str, now: str, decision: str) -> None:
    noon = standing("2026-04-23 07:01", wish(time(12)), next_at=utc(f"2026-{next_at}"))
    assert told(at_now(noon, utc(f"2026-{now}"))) == decision


def test_who_was_away_is_told_from_who_put_it_off() -> None:
    away = at_now(standing("2026-04-23 07:01"), utc("2026-04-24 12:00"))
    put_off = at_now(standing("2026-04-23 07:01", next_at=utc("2026-04-24 12:00")), utc("2026-04-24 12:00"))
    assert isinstance(away, Fire)
    assert isinstance(put_off, Fire)
    assert (away.was_away, put_off.was_away) == (True, False)
    assert away.oldest.local_date == FRIDAY


# --- Standing -------------------------------------------------------------------


def test_a_subscription_made_after_its_time_begins_on_the_next_matching_day() -> None:
    made = begun(wish(days=("mon", "fri")), utc("2026-04-24 07:30"))
    assert made.next_at == utc("2026-04-27 07:00")
    assert told(at_now(made, utc("2026-04-24 07:30"))) == "waits 27 07:00"


def test_a_change_of_times_makes_nothing_of_the_past_due() -> None:
    before = standing("2026-04-23 07:01")
    after = changed(before, wish(time(6)), utc("2026-04-24 05:30"))
    assert told(at_now(after, utc("2026-04-24 05:30"))) == "waits 25 04:00"
    assert after.next_at == utc("2026-04-25 04:00")


def test_a_change_of_anything_else_loses_nothing() -> None:
    before = standing("2026-04-23 07:01", next_at=utc("2026-04-24 07:00"))
    after = changed(before, wish(count=3), utc("2026-04-24 07:05"))
    assert told(at_now(after, utc("2026-04-24 07:05"))) == "fires 24 09:00"
    assert (after.next_at, after.subscription.count) == (before.next_at, 3)


def test_after_a_resume_planning_begins_there() -> None:
    paused = changed(
        standing("2026-04-20 07:01"), wish(paused_at=utc("2026-04-20 12:00")), utc("2026-04-20 12:00")
    )
    resumed = changed(paused, wish(), utc("2026-04-24 12:00"))
    assert told(at_now(resumed, utc("2026-04-24 12:00"))) == "waits 25 07:00"


def test_a_change_while_the_clock_is_behind_fires_nothing_again() -> None:
    ahead = standing("2026-04-24 07:01")
    after = changed(ahead, wish(NINE, time(8)), utc("2026-04-24 05:00"))
    assert told(at_now(after, utc("2026-04-24 06:59"))) == "waits 25 06:00"


def test_what_has_fired_is_planned_and_looked_at_again_when_it_is_due() -> None:
    decision = at_now(standing("2026-04-24 06:00"), utc("2026-04-24 07:02"))
    assert isinstance(decision, Fire)
    after = fired(standing("2026-04-24 06:00"), decision)
    assert after.last_fired_at == utc("2026-04-24 07:00")
    assert after.planned_until == utc("2026-04-24 07:00") + TICK
    assert after.next_at == utc("2026-04-25 07:00")


WALLS = st.sampled_from([time(0), time(2, 30), time(7), NINE, time(11), time(18), time(23, 30)])
ZONES = st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"])
MOVES = st.lists(st.integers(-72 * 60, 72 * 60), min_size=1, max_size=60)
BEGIN = utc("2026-03-27 00:00")


def played(subscription: Subscription, nows: list[datetime]) -> list[Fire]:
    """Play the planner at these moments, and return what it fired."""
    now_standing = Standing(subscription, BEGIN)
    found = []
    for now in nows:
        decision = at_now(now_standing, now)
        if isinstance(decision, Wait):
            assert decision.until > now
            now_standing = waited(now_standing, decision.until)
        else:
            found.append(decision)
            now_standing = fired(now_standing, decision)
    return found


@settings(deadline=None)
@given(st.sets(WALLS, min_size=1, max_size=3), ZONES, MOVES)
def test_nothing_fires_twice_however_the_clock_moves(walls: set[time], zone: str, moves: list[int]) -> None:
    nows, now = [], BEGIN
    for minutes in moves:
        now = max(BEGIN, now + timedelta(minutes=minutes))
        nows.append(now)
    found = played(wish(*walls, tz=zone), nows)
    keys = [one.firing.key for one in found]
    assert len(keys) == len(set(keys))
    covered = [(one.oldest.at, one.firing.at) for one in found]
    assert all(before[1] < after[0] for before, after in pairwise(covered))


@settings(deadline=None)
@given(st.sets(WALLS, min_size=1, max_size=3), ZONES, st.lists(st.integers(1, 40 * 60), max_size=30))
def test_nothing_is_lost_however_long_the_service_is_away(
    walls: set[time], zone: str, moves: list[int]
) -> None:
    """Whatever outages there were: after a day of steady looking all that was due is covered, each once."""
    subscription, nows, now = wish(*walls, tz=zone), [], BEGIN
    for minutes in moves:
        now += timedelta(minutes=minutes)
        nows.append(now)
    steady = [now + number * timedelta(minutes=10) for number in range(1, 24 * 6 + 1)]
    found = played(subscription, nows + steady)
    spans = [(one.oldest.at, one.firing.at) for one in found]
    due = list(firings(subscription, BEGIN, steady[-1]))
    assert all(sum(first <= one.at <= last for first, last in spans) == 1 for one in due)


@settings(deadline=None)
@given(st.sets(WALLS, min_size=1, max_size=3), ZONES)
def test_who_looks_in_time_fires_each_in_time(walls: set[time], zone: str) -> None:
    subscription = wish(*walls, tz=zone)
    nows = [BEGIN + number * timedelta(minutes=5) for number in range(4 * 24 * 12)]
    found = played(subscription, nows)
    moments = sorted({one.at for one in firings(subscription, BEGIN, nows[-1] + TICK)})
    assert [one.firing.at for one in found] == moments
    assert not any(one.is_late or one.missed for one in found)


# --- Sources that are down --------------------------------------------------------

SOURCE_WAIT = timedelta(hours=2)


def fire_at(now: str) -> Fire:
    decision = at_now(standing("2026-04-23 07:01", next_at=utc(now)), utc(now))
    assert isinstance(decision, Fire)
    return decision


@pytest.mark.parametrize(
    ("ok_at", "failing_since", "newest", "spoiled"),
    [
        pytest.param("04-24 06:50", None, FRIDAY, False, id="it answers"),
        pytest.param("04-24 06:50", None, THURSDAY, False, id="it answers, and there is no list"),
        pytest.param("04-24 06:50", "04-24 06:55", FRIDAY, False, id="it failed just now"),
        pytest.param("04-24 06:00", "04-24 06:05", FRIDAY, False, id="an hour ago"),
        pytest.param("04-24 05:59", "04-24 06:04", FRIDAY, True, id="more than an hour ago"),
        pytest.param("04-24 06:50", "04-24 06:55", THURSDAY, True, id="and has not shown the day's list"),
        pytest.param("04-24 06:50", "04-24 06:55", None, True, id="and has never shown a list"),
        pytest.param(None, "04-24 06:55", None, True, id="never answered"),
    ],
)
def test_whether_a_source_spoils_a_firing(
    ok_at: str | None, failing_since: str | None, newest: date | None, *, spoiled: bool
) -> None:
    told_at, failing = (utc(f"2026-{text}") if text else None for text in (ok_at, failing_since))
    health = SourceHealth(told_at, failing)
    assert is_spoiled(fire_at("2026-04-24 07:00").firing, health, newest) is spoiled


DOWN = SourceHealth(utc("2026-04-24 04:35"), utc("2026-04-24 04:40"), "did not answer")


@pytest.mark.parametrize(
    ("now", "again"),
    [
        pytest.param("2026-04-24 07:00", "2026-04-24 07:01", id="waits, looking each minute"),
        pytest.param("2026-04-24 08:59", "2026-04-24 09:00", id="to the end"),
        pytest.param("2026-04-24 09:00", None, id="then speaks"),
    ],
)
def test_a_firing_waits_for_a_source(now: str, again: str | None) -> None:
    until = source_wait(fire_at(now), utc(now), DOWN, FRIDAY, SOURCE_WAIT)
    assert until == (utc(again) if again else None)


def test_a_source_that_is_back_is_not_waited_for() -> None:
    back = SourceHealth(ok_at=utc("2026-04-24 07:30"))
    assert (
        source_wait(fire_at("2026-04-24 07:30"), utc("2026-04-24 07:30"), back, FRIDAY, SOURCE_WAIT) is None
    )


def test_on_a_weekend_no_list_is_missed() -> None:
    fresh = SourceHealth(utc("2026-04-25 06:30"), utc("2026-04-25 06:35"))
    assert not is_spoiled(fire_at("2026-04-25 07:00").firing, fresh, FRIDAY)


def test_frequent_firings_do_not_put_one_another_off() -> None:
    hourly = wish(*(time(hour) for hour in range(24)))
    now = utc("2026-04-24 09:00")
    decision = at_now(standing("2026-04-24 06:30", hourly, next_at=now), now)
    assert isinstance(decision, Fire)
    assert decision.missed == 2
    assert source_wait(decision, now, DOWN, FRIDAY, SOURCE_WAIT) is None


# --- Zone data, and clocks, that were others ------------------------------------------


@pytest.mark.parametrize(
    ("until", "next_at", "now", "looked_at"),
    [
        # Nine in Paris was ten by older data.
        pytest.param("04-24 06:00", "04-24 08:00", "04-24 06:30", "04-24 07:00", id="it is earlier now"),
        pytest.param("04-24 06:00", "04-24 08:00", "04-24 07:05", "04-24 07:05", id="it is due already"),
        pytest.param("04-24 06:00", "04-24 07:00", "04-24 06:30", "04-24 07:00", id="nothing moved"),
        pytest.param("04-24 06:00", "04-24 06:00", "04-24 05:00", "04-24 06:00", id="it is later now"),
        pytest.param("04-20 07:01", "04-25 07:00", "04-24 20:30", "04-25 07:00", id="put off for the night"),
        pytest.param("04-24 06:00", "04-24 07:31", "04-24 07:30", "04-24 07:31", id="waiting for a source"),
        pytest.param("04-24 06:00", "04-24 05:00", "04-24 06:30", "04-24 05:00", id="due"),
        pytest.param("04-24 07:01", "04-25 07:00", "04-24 06:30", "04-25 07:00", id="the clock stepped back"),
        pytest.param("12-24 07:01", "12-25 07:00", "04-24 06:30", "04-24 07:00", id="the clock was ahead"),
    ],
)
def test_who_starts_looks_as_the_zone_data_of_today_want_it(
    until: str, next_at: str, now: str, looked_at: str
) -> None:
    was = standing(f"2026-{until}", next_at=utc(f"2026-{next_at}"))
    assert realigned(was, utc(f"2026-{now}")).next_at == utc(f"2026-{looked_at}")


def test_who_looks_too_early_by_older_zone_data_waits_for_the_firing() -> None:
    early = standing("2026-04-24 05:00", next_at=utc("2026-04-24 06:00"))
    assert at_now(early, utc("2026-04-24 06:00")) == Wait(utc("2026-04-24 07:00"))
