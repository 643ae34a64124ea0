"""Roles that one process holds at a time, and faults that are told once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.ports.delivery import Fault
from tests.contract.making import HOUR, NOON
from tests.contract.records import ODD

if TYPE_CHECKING:
    from tests.contract.subscribing import DeliveryStore

OVER = timedelta(seconds=-1)
"""A lease that is over as soon as it is taken."""


async def test_a_role_has_one_holder_who_may_keep_it(delivery: DeliveryStore) -> None:
    assert await delivery.hold("sender", "first", HOUR) is True
    assert await delivery.hold("sender", "second", HOUR) is False
    assert await delivery.hold("sender", "first", HOUR) is True
    assert await delivery.hold("scheduler", "second", HOUR) is True
    assert await delivery.hold("sender", "second", HOUR) is False


async def test_a_role_whose_lease_is_over_is_free(delivery: DeliveryStore) -> None:
    assert await delivery.hold("sender", "first", OVER) is True
    assert await delivery.hold("sender", "second", HOUR) is True
    assert await delivery.hold("sender", "first", HOUR) is False


async def test_keeping_a_role_prolongs_it_from_now(delivery: DeliveryStore) -> None:
    assert await delivery.hold("sender", "first", HOUR) is True
    assert await delivery.hold("sender", "first", OVER) is True
    assert await delivery.hold("sender", "second", HOUR) is True


async def test_a_role_is_let_go_by_its_holder_alone(delivery: DeliveryStore) -> None:
    await delivery.release("sender", "nobody")
    assert await delivery.hold("sender", "first", HOUR) is True
    await delivery.release("sender", "second")
    assert await delivery.hold("sender", "second", HOUR) is False
    await delivery.release("sender", "first")
    assert await delivery.hold("sender", "second", HOUR) is True


async def test_a_fault_is_noted_once_until_it_is_over(delivery: DeliveryStore) -> None:
    late = Fault("list", NOON, "No list has come.")
    assert await delivery.open_fault(late) is True
    assert await delivery.open_fault(Fault("list", NOON + HOUR, "Still none.")) is False
    assert list(await delivery.faults()) == [late]
    assert await delivery.close_fault("list") is True
    assert await delivery.close_fault("list") is False
    assert list(await delivery.faults()) == []
    assert await delivery.open_fault(late) is True


async def test_faults_come_by_name(delivery: DeliveryStore) -> None:
    faults = [Fault(name, NOON, ODD) for name in ("a", "loop:fetcher", "loop:sender", "z")]
    for each in reversed(faults):
        await delivery.open_fault(each)
    assert list(await delivery.faults()) == faults


async def test_a_role_that_a_clock_ahead_took_for_long_is_free(delivery: DeliveryStore) -> None:
    assert await delivery.hold("sender", "ahead", 20 * HOUR) is True
    assert await delivery.hold("sender", "second", 2 * HOUR) is False
    assert await delivery.hold("sender", "second", HOUR) is True
