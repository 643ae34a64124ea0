"""The search index is read before anybody asks; who asks meanwhile waits a moment, or is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.commands.reading import STILL_READING
from bot.commands.table import COMMANDS
from bot.core import Core
from bot.domain.answers import PaperList
from bot.errors import StoreError
from bot.search import open_index
from bot.services.searching import Searching
from bot.services.warming import AGAIN_EVERY, Warmer
from tests.commands.house import House, shown
from tests.contract.making import FRIDAY, entry, paper_id

if TYPE_CHECKING:
    from bot.ports import SearchIndex


class Shelf:
    """Opens an index when it is let; the first time it may fail."""

    def __init__(self) -> None:
        self.opened = 0
        self.may_open = asyncio.Event()
        self.fault: StoreError | None = None

    async def index(self) -> SearchIndex:
        self.opened += 1
        await self.may_open.wait()
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        return await open_index(None)


@pytest.fixture
async def house() -> House:
    house = House()
    await house.fetch(FRIDAY, entry(1, title="Robots that Fold"))
    return house


def searching(house: House, shelf: Shelf, patience: timedelta = timedelta(0)) -> Searching:
    """Put a search over a shelf on the house's desk."""
    found = Searching(house.desk.store, shelf.index, patience=patience)
    house.core = Core(COMMANDS, replace(house.desk, searching=found))
    return found


@pytest.mark.parametrize("words", ["search robots", f"similar {paper_id(1)}", "for-me"])
async def test_who_asks_meanwhile_is_told_and_then_answered(house: House, words: str) -> None:
    await house.say(f"save {paper_id(1)}")
    shelf = Shelf()
    warming = asyncio.create_task(searching(house, shelf).warm())
    await asyncio.sleep(0)
    assert (await house.refusal(words)).sentence == STILL_READING
    shelf.may_open.set()
    await warming
    assert isinstance((await house.say(words)).answer, PaperList)
    assert shelf.opened == 1


async def test_who_asks_shortly_before_the_end_waits_for_it(house: House) -> None:
    shelf = Shelf()
    warming = asyncio.create_task(searching(house, shelf, timedelta(minutes=1)).warm())
    asking = asyncio.create_task(house.list("search robots"))
    await asyncio.sleep(0)
    shelf.may_open.set()
    assert shown(await asking) == [1]
    await warming


async def test_where_nobody_reads_ahead_the_question_does(house: House) -> None:
    shelf = Shelf()
    shelf.may_open.set()
    searching(house, shelf)
    assert shown(await house.list("search robots")) == [1]


async def test_after_a_reading_that_failed_the_question_reads_itself(house: House) -> None:
    shelf = Shelf()
    shelf.may_open.set()
    shelf.fault = StoreError("The database is busy.")
    with pytest.raises(StoreError):
        await searching(house, shelf).warm()
    assert shown(await house.list("search robots")) == [1]


async def test_it_beats_while_it_reads_and_reads_on_later(house: House) -> None:
    shelf, beats = Shelf(), list[int]()
    found, clock = searching(house, shelf), house.clock
    running = asyncio.create_task(Warmer(found, clock).run(lambda: beats.append(shelf.opened)))
    while not beats:  # noqa: ASYNC110 - a turn of the loop at a time
        await asyncio.sleep(0)
    shelf.may_open.set()
    until = clock.now() + 2 * AGAIN_EVERY
    while clock.now() < until:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0)
    running.cancel()
    assert len(beats) > AGAIN_EVERY / timedelta(minutes=1)
    assert shelf.opened == 1
