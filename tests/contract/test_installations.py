"""Events that were dealt with are known again, for a while."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.contract.making import HOUR, NOON

if TYPE_CHECKING:
    from tests.contract.subscribing import DeliveryStore


async def test_an_event_is_new_once(delivery: DeliveryStore) -> None:
    assert await delivery.first_seen("slack Ev1", NOON)
    assert not await delivery.first_seen("slack Ev1", NOON + HOUR)
    assert await delivery.first_seen("slack Ev2", NOON)


async def test_of_many_who_hear_of_it_at_once_one_deals_with_it(delivery: DeliveryStore) -> None:
    heard = await asyncio.gather(*(delivery.first_seen("slack Ev1", NOON + n * HOUR) for n in range(20)))
    assert sorted(heard) == [False] * 19 + [True]


async def test_an_event_is_forgotten_when_its_time_is_over(delivery: DeliveryStore) -> None:
    await delivery.first_seen("slack Ev1", NOON)
    await delivery.first_seen("slack Ev2", NOON + HOUR)
    assert await delivery.forget_events(NOON) == 0
    assert await delivery.forget_events(NOON + HOUR) == 1
    assert await delivery.first_seen("slack Ev1", NOON)
    assert not await delivery.first_seen("slack Ev2", NOON)
