"""The fetcher: the newest lists at once, the history slowly, and a fault told once."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreError
from bot.log import Log
from bot.ports import ThinSightings
from bot.services.alarms import DEAD_AFTER
from bot.services.fetching import (
    ON_WEEKENDS,
    USUALLY,
    WHILE_FAILING,
    WHILE_FILLING,
    WHILE_GROWING,
    Fetcher,
    first_missing,
    list_days,
)
from bot.services.ingest import Ingesting
from tests.contract.making import FRIDAY, NOON, THURSDAY, entry, feed, paper, paper_id
from tests.fakes.clock import FakeClock
from tests.fakes.memory_store import MemoryStore
from tests.fakes.sources import (
    ARXIV_IS_DOWN,
    HUGGING_FACE_IS_DOWN,
    HUGGING_FACE_REFUSES,
    FakeArchive,
    FakeSource,
)

if TYPE_CHECKING:
    from bot.domain.papers import Feed
    from bot.ports import SourceFault, Write

SATURDAY, SUNDAY, MONDAY = date(2026, 4, 25), date(2026, 4, 26), date(2026, 4, 27)
WEEKDAYS_BEFORE = 20
"""Days with a list among the thirty before the two newest, on this Friday."""


class Kept(MemoryStore):
    """A store that remembers when it was told to thin, and can be made to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.thinned: list[datetime] = []
        self.fault = ""

    async def write(self, *writes: Write) -> int:
        if self.fault:
            raise StoreError(self.fault)
        self.thinned += [write.now for write in writes if isinstance(write, ThinSightings)]
        return await super().write(*writes)


class Timed(FakeSource):
    """A source that remembers when it was asked."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.clock = clock
        self.asked_at: list[datetime] = []

    async def feed(self, day: date) -> Feed | SourceFault:
        self.asked_at.append(self.clock.now())
        return await super().feed(day)

    def delays(self) -> list[timedelta]:
        """Return the spans between the rounds of questions, each of which takes no time, in order."""
        rounds = sorted(set(self.asked_at))
        return [later - sooner for sooner, later in pairwise(rounds)]


class Bench:
    """A fetcher at noon of a Friday, over a source that has nothing yet."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOON, waits=True)
        self.store = Kept()
        self.source = Timed(self.clock)
        self.archive = FakeArchive()
        ingesting = Ingesting(self.store, self.source, self.archive, self.clock)
        self.fetcher = Fetcher(self.store, ingesting, self.clock)
        self.beats: list[datetime] = []
        """When the fetcher was seen alive."""
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self.fetcher.run(lambda: self.beats.append(self.clock.now())))
        await self.clock.advance(timedelta(0))

    async def stop(self) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])

    async def settle(self) -> None:
        """Run until the history is filled and nothing changes any more."""
        await self.clock.advance(timedelta(hours=3))
        self.source.asked_days.clear()
        self.source.asked_at.clear()

    def has_history(self) -> None:
        """Let every list of the last month be there already."""
        days = [FRIDAY - timedelta(days=ago) for ago in range(40)]
        self.store.tables.feeds = dict.fromkeys(days, NOON)


@pytest.fixture
async def bench() -> Bench:
    return Bench()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Collect what the log is told, as (level, event, what, why)."""
    lines: list[tuple[str, ...]] = []

    def telling(level: str) -> object:
        def tell(_log: Log, event: str, **facts: object) -> None:
            lines.append((level, event, str(facts.get("what", "")), str(facts.get("why", ""))))

        return tell

    for level in ("info", "warning", "error"):
        monkeypatch.setattr(Log, level, telling(level))
    return lines


# --- What is due ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "days"),
    [
        (FRIDAY, [FRIDAY, THURSDAY]),
        (SATURDAY, [FRIDAY, THURSDAY]),
        (SUNDAY, [FRIDAY, THURSDAY]),
        (MONDAY, [MONDAY, FRIDAY]),
    ],
)
def test_the_newest_lists_are_of_weekdays(until: date, days: list[date]) -> None:
    assert list_days(until, 2) == days


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        pytest.param([], THURSDAY, id="today is no history"),
        pytest.param([THURSDAY], date(2026, 4, 22), id="the newest first"),
        pytest.param([FRIDAY - timedelta(days=ago) for ago in range(31)], None, id="all of a month"),
        pytest.param(
            [FRIDAY - timedelta(days=ago) for ago in range(1, 30)],
            date(2026, 3, 25),
            id="as far as thirty days",
        ),
    ],
)
def test_the_history_is_a_month(known: list[date], missing: date | None) -> None:
    assert first_missing(FRIDAY, known) == missing


async def test_a_fresh_store_gets_the_newest_two_lists_at_once(bench: Bench) -> None:
    bench.source.lists = {FRIDAY: [entry(1)], THURSDAY: [entry(2)]}
    await bench.start()
    assert set(bench.store.tables.papers) == {paper_id(1), paper_id(2)}
    assert bench.source.asked_days[:2] == [THURSDAY, FRIDAY]
    await bench.stop()


async def test_then_it_gets_the_month_before_one_list_at_a_time(bench: Bench) -> None:
    await bench.start()
    asked = len(bench.source.asked_days)
    for _ in range(5):
        await bench.clock.advance(WHILE_FILLING)
        asked, before = len(bench.source.asked_days), asked
        assert asked == before + 1
    await bench.clock.advance(timedelta(hours=1))
    history = {day for day in bench.source.asked_days if day < THURSDAY}
    assert (min(history), max(history)) == (date(2026, 3, 25), date(2026, 4, 22))
    assert len(history) == WEEKDAYS_BEFORE + 1
    assert sorted(history) == sorted(day for day in bench.source.asked_days if day < THURSDAY)
    await bench.stop()


async def test_the_current_lists_are_looked_at_while_the_history_is_filled(bench: Bench) -> None:
    bench.source.lists[THURSDAY] = [entry(number) for number in range(1, 1_500)]
    await bench.start()
    await bench.clock.advance(WHILE_FILLING * 2)
    assert bench.source.asked_days.count(FRIDAY) == 1
    await bench.clock.advance(WHILE_GROWING)
    assert bench.source.asked_days.count(FRIDAY) == 2
    await bench.stop()


# --- How often --------------------------------------------------------------------------


async def test_a_quiet_list_is_asked_for_every_quarter_of_an_hour(bench: Bench) -> None:
    await bench.start()
    await bench.settle()
    await bench.clock.advance(USUALLY * 4)
    assert set(bench.source.delays()) == {USUALLY}
    assert bench.source.asked_days == [THURSDAY, FRIDAY] * 4
    await bench.stop()


async def test_a_list_that_grows_is_asked_for_more_often_for_an_hour(bench: Bench) -> None:
    bench.has_history()
    await bench.start()
    await bench.settle()
    bench.source.lists[FRIDAY] = [entry(1)]
    bench.archive.known[paper_id(1)] = paper(1, categories=("cs.CL",))
    await bench.clock.advance(timedelta(hours=3))
    delays = bench.source.delays()
    assert delays.count(WHILE_GROWING) == pytest.approx(12, abs=1)
    assert delays[-1] == USUALLY
    await bench.stop()


async def test_on_weekends_once_an_hour_is_enough(bench: Bench) -> None:
    bench.clock.set(datetime(2026, 4, 25, 12, tzinfo=UTC))
    bench.has_history()
    await bench.start()
    await bench.settle()
    await bench.clock.advance(ON_WEEKENDS * 2)
    assert set(bench.source.delays()) == {ON_WEEKENDS}
    assert bench.source.asked_days == [THURSDAY, FRIDAY] * 2
    await bench.stop()


@pytest.mark.parametrize(
    ("day", "fault"),
    [(FRIDAY, None), (SATURDAY, None), (FRIDAY, HUGGING_FACE_IS_DOWN)],
    ids=["a weekday", "a weekend", "a source that is down"],
)
async def test_it_is_seen_alive_while_it_waits(bench: Bench, day: date, fault: SourceFault | None) -> None:
    bench.clock.set(datetime.combine(day, time(12), UTC))
    bench.source.fault = fault
    bench.has_history()
    await bench.start()
    await bench.clock.advance(ON_WEEKENDS * 2)
    seen = [*bench.beats, bench.clock.now()]
    assert max(later - sooner for sooner, later in pairwise(seen)) < DEAD_AFTER / 2
    await bench.stop()


async def test_after_an_outage_what_was_missed_is_fetched(bench: Bench) -> None:
    bench.has_history()
    await bench.start()
    await bench.settle()
    bench.clock.set(datetime(2026, 4, 30, 12, tzinfo=UTC))
    await bench.clock.advance(timedelta(hours=1))
    assert {date(2026, 4, 27), date(2026, 4, 28)} <= set(bench.source.asked_days)
    await bench.stop()


# --- What goes wrong ------------------------------------------------------------------------


async def test_a_source_that_is_down_is_told_once_and_its_recovery_once(
    bench: Bench, told: list[tuple[str, ...]]
) -> None:
    bench.has_history()
    bench.source.fault = HUGGING_FACE_IS_DOWN
    await bench.start()
    await bench.clock.advance(timedelta(hours=1))
    assert told == [("warning", "fails", "source", "Hugging Face could not be reached")]
    assert set(bench.source.delays()) == {WHILE_FAILING}
    bench.source.fault = None
    await bench.clock.advance(timedelta(hours=1))
    assert told[1:] == [("info", "well again", "source", "")]
    await bench.stop()


async def test_a_source_that_is_down_is_asked_one_question_at_a_time(bench: Bench) -> None:
    bench.source.fault = HUGGING_FACE_IS_DOWN
    await bench.start()
    assert bench.source.asked_days == [THURSDAY]
    await bench.stop()


async def test_one_list_that_makes_no_sense_does_not_keep_back_the_other(
    bench: Bench, told: list[tuple[str, ...]]
) -> None:
    bench.has_history()
    bench.source.broken_days[THURSDAY] = HUGGING_FACE_REFUSES
    bench.source.lists[FRIDAY] = [entry(1)]
    await bench.start()
    await bench.clock.advance(timedelta(hours=1))
    assert set(bench.store.tables.papers) == {paper_id(1)}
    assert [line for line in told if line[0] == "warning"] == [
        ("warning", "fails", "source", "Hugging Face refused (HTTP 400)")
    ]
    await bench.stop()


async def test_a_day_of_the_history_that_makes_no_sense_is_left_out_until_the_next_day(bench: Bench) -> None:
    broken = date(2026, 4, 15)
    bench.source.broken_days[broken] = HUGGING_FACE_REFUSES
    await bench.start()
    await bench.clock.advance(timedelta(hours=2))
    assert bench.source.asked_days.count(broken) == 1
    assert date(2026, 3, 25) in bench.source.asked_days
    bench.source.broken_days.clear()
    await bench.clock.advance(timedelta(hours=24))
    assert broken in bench.store.tables.feeds
    await bench.stop()


async def test_arxiv_that_is_down_is_told_once_and_lists_go_on(
    bench: Bench, told: list[tuple[str, ...]]
) -> None:
    bench.has_history()
    await bench.store.write(feed(entry(1)))
    bench.archive.fault = ARXIV_IS_DOWN
    await bench.start()
    await bench.clock.advance(timedelta(hours=2))
    assert told == [("warning", "fails", "archive", "arXiv did not answer in time")]
    assert bench.source.asked_days.count(FRIDAY) > 4
    bench.archive.fault = None
    await bench.clock.advance(timedelta(hours=1))
    assert told[1:] == [("info", "well again", "archive", "")]
    await bench.stop()


async def test_a_store_that_fails_for_a_while_does_not_end_the_service(
    bench: Bench, told: list[tuple[str, ...]]
) -> None:
    bench.has_history()
    bench.store.fault = "The disk is full."
    await bench.start()
    await bench.clock.advance(timedelta(hours=1))
    assert told == [("warning", "fails", "store", "The disk is full.")]
    bench.store.fault = ""
    bench.source.lists[FRIDAY] = [entry(1)]
    await bench.clock.advance(timedelta(hours=1))
    assert ("info", "well again", "store", "") in told
    assert set(bench.store.tables.papers) == {paper_id(1)}
    await bench.stop()


# --- Thinning -------------------------------------------------------------------------------------


async def test_sightings_are_thinned_once_a_day(bench: Bench) -> None:
    bench.has_history()
    await bench.start()
    await bench.clock.advance(timedelta(days=3, hours=1))
    spans = [
        later - sooner for sooner, later in zip(bench.store.thinned, bench.store.thinned[1:], strict=False)
    ]
    assert len(bench.store.thinned) in {3, 4}
    assert all(timedelta(days=1) <= span <= timedelta(days=1) + ON_WEEKENDS for span in spans)
    await bench.stop()


async def test_the_fetcher_writes_lists_and_nothing_twice(bench: Bench) -> None:
    bench.source.lists = {FRIDAY: [entry(1, 3)], THURSDAY: [entry(1, 3), entry(2)]}
    await bench.start()
    await bench.clock.advance(timedelta(hours=4))
    assert set(bench.store.tables.listings[paper_id(1)]) == {FRIDAY, THURSDAY}
    assert len(bench.store.tables.sightings[paper_id(2)]) == 1
    await bench.stop()
