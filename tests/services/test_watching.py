"""How a source of lists answers is noted: since when it fails decides what editions wait for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.domain.edition_words import SOURCE
from bot.domain.sources import SourceHealth
from bot.ports import SourceFault
from bot.services.watching import WatchedSource
from tests.contract.making import FRIDAY, entry
from tests.fakes.clock import START, FakeClock
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_store import MemoryStore
from tests.fakes.sources import FakeSource

MINUTE = timedelta(minutes=1)


class House:
    """A source with Friday's list, watched on that Friday."""

    def __init__(self) -> None:
        self.clock = FakeClock(START)
        self.source = FakeSource(self.clock)
        self.source.lists[FRIDAY] = (entry(1),)
        self.kept = MemoryDelivery(MemoryStore())
        self.watched = WatchedSource(self.source, self.kept, self.clock)

    async def health_after(self, day: date = FRIDAY, *, fault: str = "") -> SourceHealth:
        """Return how the source is after one more answer, a minute later."""
        self.clock.set(self.clock.now() + MINUTE)
        self.source.fault = SourceFault(SOURCE, fault) if fault else None
        await self.watched.feed(day)
        return await self.kept.source_health(SOURCE)


@pytest.fixture
def house() -> House:
    return House()


async def test_an_answer_is_passed_on_and_noted(house: House) -> None:
    answer = await house.watched.feed(FRIDAY)
    assert not isinstance(answer, SourceFault)
    assert [each.paper.id for each in answer.entries] == [entry(1).paper.id]
    assert await house.kept.source_health(SOURCE) == SourceHealth(ok_at=START)


async def test_a_fault_begins_with_the_first_of_a_row_and_ends_with_an_answer(house: House) -> None:
    well = await house.health_after()
    assert well == SourceHealth(ok_at=START + MINUTE)
    first = await house.health_after(fault="did not answer")
    second = await house.health_after(fault="answered 503")
    assert first == SourceHealth(START + MINUTE, START + 2 * MINUTE, "did not answer")
    assert second == SourceHealth(START + MINUTE, START + 2 * MINUTE, "answered 503")
    assert await house.health_after() == SourceHealth(ok_at=START + 4 * MINUTE)


async def test_what_is_asked_of_single_papers_says_nothing_of_the_lists(house: House) -> None:
    house.source.fault = SourceFault(SOURCE, "did not answer")
    assert isinstance(await house.watched.paper(entry(1).paper.id), SourceFault)
    assert isinstance(await house.watched.search("agents", 3), SourceFault)
    assert await house.kept.source_health(SOURCE) == SourceHealth()
