"""What goes with time goes piece by piece, and nothing goes that somebody still asks for."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.services.housekeeping import BETWEEN, EVERY, KEPT_FOR, LEFT_FOR, Housekeeping
from tests.contract.making import HERE, NOON
from tests.contract.subscribing import claimed, done, post
from tests.fakes.clock import FakeClock
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_store import MemoryStore

if TYPE_CHECKING:
    from datetime import datetime


class Pieces(MemoryDelivery):
    """An outbox that forgets as the tests write down."""

    def __init__(self, *pieces: int) -> None:
        super().__init__(MemoryStore())
        self.pieces = list(pieces)
        self.asked: list[datetime] = []

    async def forget(self, before: datetime) -> int:
        self.asked.append(before)
        return self.pieces.pop(0) if self.pieces else 0


async def test_it_forgets_piece_by_piece_and_lets_others_have_their_turn() -> None:
    clock, beats = FakeClock(), list[None]()
    outbox = Pieces(1_000, 1_000, 3)
    started = clock.now()
    await Housekeeping(outbox.store, outbox, clock).step(lambda: beats.append(None))
    assert outbox.asked == [started - KEPT_FOR] * 4
    assert clock.sleeps == [BETWEEN] * 3
    assert len(beats) == 3, "it is seen alive while it works"


async def test_it_cleans_up_each_hour_and_is_seen_alive_in_between() -> None:
    clock, beats = FakeClock(waits=True), list[None]()
    outbox = Pieces()
    running = asyncio.create_task(Housekeeping(outbox.store, outbox, clock).run(lambda: beats.append(None)))
    await clock.advance(timedelta(0))
    await clock.advance(3 * EVERY)
    running.cancel()
    assert len(outbox.asked) == 4
    assert len(beats) >= 3 * EVERY / timedelta(minutes=1)


async def test_what_is_over_for_a_month_is_forgotten_and_what_is_owed_is_kept() -> None:
    outbox, clock = MemoryDelivery(MemoryStore()), FakeClock(NOON)
    await outbox.put([post(HERE, name="over")])
    [tried] = await claimed(outbox)
    await outbox.settle(tried, done(), NOON)
    await outbox.put([post(HERE, name="owed")])
    keeping = Housekeeping(outbox.store, outbox, clock)
    clock.set(NOON + KEPT_FOR)
    await keeping.step(lambda: None)
    assert len(outbox.store.tables.deliveries) == 2
    clock.set(NOON + KEPT_FOR + timedelta(seconds=1))
    await keeping.step(lambda: None)
    assert list(outbox.store.tables.deliveries) == [post(HERE, name="owed").key]


async def test_what_is_kept_of_a_server_that_was_left_goes_after_a_month() -> None:
    outbox, clock = MemoryDelivery(MemoryStore()), FakeClock(NOON)
    await outbox.put([post(HERE, name="owed")])
    await outbox.note_left(HERE.server_key, NOON)
    keeping = Housekeeping(outbox.store, outbox, clock)
    clock.set(NOON + LEFT_FOR)
    await keeping.step(lambda: None)
    assert len(outbox.store.tables.deliveries) == 1
    clock.set(NOON + LEFT_FOR + timedelta(seconds=1))
    await keeping.step(lambda: None)
    assert not outbox.store.tables.deliveries


async def test_what_else_is_old_goes_too_each_in_its_time() -> None:
    outbox, clock, asked = MemoryDelivery(MemoryStore()), FakeClock(), list[object]()

    async def forgets(before: datetime) -> int:
        asked.append(before)
        return 0

    spans = timedelta(hours=25), timedelta(days=8)
    await Housekeeping(outbox.store, outbox, clock, [(forgets, span) for span in spans]).step(lambda: None)
    assert asked == [clock.now() - span for span in spans]
