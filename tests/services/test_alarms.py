"""What counts as a fault of the service, and that each is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.ports.delivery import Fault, OutboxState
from bot.services.alarms import OVERDUE, Picture, faults_in, is_ours
from bot.services.supervising import Pulse

NOON = datetime(2026, 4, 24, 12, tzinfo=UTC)
"""A Friday."""
FRIDAY = date(2026, 4, 24)
HOUR = timedelta(hours=1)

WELL = Picture(
    now=NOON,
    silence_hour=12,
    newest_list=FRIDAY,
    backlogs={"discord": OutboxState(0)},
    pulses={"fetcher": Pulse(NOON, NOON - HOUR)},
)


def names(picture: Picture) -> list[str]:
    return [fault.name for fault in faults_in(picture)]


def test_where_all_is_well_there_is_no_fault() -> None:
    assert names(WELL) == []


@pytest.mark.parametrize(
    ("now", "newest", "is_fault"),
    [
        pytest.param(NOON, date(2026, 4, 23), True, id="the hour has come"),
        pytest.param(NOON - timedelta(minutes=1), date(2026, 4, 23), False, id="there is time yet"),
        pytest.param(NOON + timedelta(days=1), FRIDAY, False, id="a Saturday"),
        pytest.param(NOON + timedelta(days=3), FRIDAY, True, id="the Monday after"),
        pytest.param(NOON, None, True, id="never a list"),
    ],
)
def test_a_weekday_without_a_list_is_a_fault(now: datetime, newest: date | None, *, is_fault: bool) -> None:
    picture = replace(WELL, now=now, newest_list=newest, pulses={})
    assert names(picture) == (["list"] if is_fault else [])


def test_a_missing_list_is_told_with_the_newest() -> None:
    (fault,) = faults_in(replace(WELL, newest_list=date(2026, 4, 23)))
    assert fault == Fault(
        "list", NOON, "No list has come for Friday 24 April by 12:00 UTC; the newest is of Thursday 23 April."
    )


def test_a_delivery_that_is_long_overdue_is_a_fault() -> None:
    state = OutboxState(3, NOON - HOUR)
    (fault,) = faults_in(replace(WELL, backlogs={"slack": state}))
    assert (fault.name, fault.since) == ("deliveries:slack", NOON - HOUR)
    assert fault.why == "3 deliveries to slack wait, the oldest due 1 hour ago."
    assert names(replace(WELL, backlogs={"slack": OutboxState(3, NOON - OVERDUE / 2)})) == []


def test_a_loop_that_fails_or_hangs_is_a_fault() -> None:
    failing = Pulse(NOON, NOON, failures=2, failing_since=NOON - HOUR, why="The disk is full.")
    hanging = Pulse(NOON - HOUR, NOON - 2 * HOUR)
    found = list(faults_in(replace(WELL, pulses={"sender": failing, "fetcher": hanging})))
    assert [(fault.name, fault.since) for fault in found] == [
        ("loop:sender", NOON - HOUR),
        ("loop:fetcher", NOON - HOUR),
    ]
    assert found[0].why == "The sender fails and is started again and again: The disk is full."
    assert found[1].why == "The fetcher hangs: it was last alive 1 hour ago."


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("list", True),
        ("loop:fetcher", True),
        ("loop:sender", False),
        ("deliveries:discord", True),
        ("deliveries:slack", False),
        ("other", False),
    ],
)
def test_a_process_closes_only_faults_that_it_can_see(name: str, *, ours: bool) -> None:
    assert is_ours(name, WELL) is ours
