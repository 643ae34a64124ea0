"""What counts as a fault of the service, and that each is told once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.places import Place
from bot.errors import StoreError
from bot.ports.delivery import Fault, OutboxState
from bot.services.alarms import EVERY, OVERDUE, Alarm, Picture, faults_in, is_ours
from bot.services.supervising import Pulse
from tests.contract.making import ELSEWHERE, entry, feed
from tests.contract.subscribing import claimed, done, post
from tests.fakes.clock import FakeClock
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_store import MemoryStore

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
        pytest.param(NOON + timedelta(days=1), date(2026, 4, 23), True, id="Friday's, still on Saturday"),
        pytest.param(NOON + timedelta(days=2, hours=13), date(2026, 4, 23), True, id="and early on Monday"),
        pytest.param(NOON + timedelta(days=2, hours=13), date(2026, 4, 27), False, id="Monday's has come"),
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


# --- Telling ------------------------------------------------------------------------


ADMIN = Place("discord", "admin", "faults")


class Desk:
    """An alarm at noon of a Friday whose list has not come, over a store in memory."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOON)
        self.store = MemoryStore()
        self.outbox = MemoryDelivery(self.store)
        self.pulses: dict[str, Pulse] = {}

    async def look(self, admin_place: Place | None = ADMIN) -> None:
        """Let a new process look, a minute later."""
        self.clock.set(self.clock.now() + timedelta(minutes=1))
        alarm = Alarm(
            self.store,
            self.outbox,
            self.clock,
            admin_place=admin_place,
            silence_hour=12,
            platforms=["slack"],
        )
        await alarm.step(self.pulses)

    def told(self) -> list[str]:
        """Return what the operator is told, by the first words."""
        owed = (each.delivery for each in self.store.tables.deliveries.values())
        return [each.text[:28] for each in owed if each.place == ADMIN]

    async def list_comes(self) -> None:
        await self.store.write(feed(entry(1), day=FRIDAY, at=self.clock.now()))


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_missing_list_is_told_once_and_once_when_it_has_come(desk: Desk) -> None:
    for _ in range(3):
        await desk.look()
    assert desk.told() == ["No list has come for Friday "]
    await desk.list_comes()
    for _ in range(3):
        await desk.look()
    assert desk.told() == ["No list has come for Friday ", "That is over. Since 12:00 UT"]
    assert list(await desk.outbox.faults()) == []


async def test_a_list_that_goes_on_missing_is_told_once_and_not_over_at_midnight(desk: Desk) -> None:
    for _ in range(4):
        await desk.look()
        desk.clock.set(desk.clock.now() + timedelta(days=1))
    assert desk.told() == ["No list has come for Friday "]


async def test_overdue_deliveries_are_told_once_though_the_oldest_changes(desk: Desk) -> None:
    await desk.list_comes()
    owed = [post(ELSEWHERE, name=f"{number}", due_at=NOON - number * HOUR) for number in (1, 2)]
    await desk.outbox.put(owed)
    await desk.look()
    for _ in owed:
        [tried] = await claimed(desk.outbox, desk.clock.now(), platform="slack")
        await desk.outbox.settle(tried, done(), desk.clock.now())
        await desk.look()
    assert desk.told() == ["2 deliveries to slack wait, ", "That is over. Since 10:00 UT"]


async def test_a_loop_that_fails_again_after_it_was_well_is_told_again(desk: Desk) -> None:
    await desk.list_comes()
    for since in (NOON, NOON, None, NOON + HOUR, None, None):
        now = desk.clock.now()
        desk.pulses["fetcher"] = Pulse(now, now, failing_since=since, why="The disk is full.")
        await desk.look()
    assert desk.told() == [
        "The fetcher fails and is sta",
        "That is over. Since 12:00 UT",
        "The fetcher fails and is sta",
        "That is over. Since 13:00 UT",
    ]


async def test_a_stop_between_noting_and_telling_loses_no_word(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        with monkeypatch.context() as patch:
            patch.setattr(desk.outbox, "put", fails)
            with pytest.raises(StoreError):
                await desk.look()
        await desk.look()
        await desk.list_comes()
    assert desk.told() == ["No list has come for Friday ", "That is over. Since 12:00 UT"]


async def fails(*_owed: object) -> int:
    raise StoreError("The disk is full.")


async def test_without_a_place_for_it_a_fault_stands_in_status_alone(desk: Desk) -> None:
    await desk.look(admin_place=None)
    assert [fault.name for fault in await desk.outbox.faults()] == ["list"]
    assert not desk.store.tables.deliveries


async def test_a_start_may_catch_up_before_anything_is_a_fault() -> None:
    clock = FakeClock(NOON, waits=True)
    store = MemoryStore()
    outbox = MemoryDelivery(store)
    alarm = Alarm(store, outbox, clock, admin_place=ADMIN, silence_hour=12, platforms=[])
    watching = asyncio.create_task(alarm.run(lambda: None, dict))
    try:
        await clock.advance(timedelta(0))
        await clock.advance(EVERY - timedelta(seconds=1))
        assert list(await outbox.faults()) == []
        await clock.advance(timedelta(seconds=1))
        assert [fault.name for fault in await outbox.faults()] == ["list"]
    finally:
        watching.cancel()
