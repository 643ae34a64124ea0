"""Taking papers in: a fault changes nothing, a bad item costs itself alone, and all of it can be repeated."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.papers import Feed, FeedEntry, Paper, PaperId, Skipped
from bot.errors import StoreError
from bot.ports import EVERYBODY, SourceFault
from bot.services.ingest import AT_ONCE, ENRICH_AT_ONCE, Ingesting, Taken, TakenFile
from tests.contract.making import (
    FRIDAY,
    HOUR,
    NOON,
    THURSDAY,
    entry,
    feed,
    numbers,
    paper,
    paper_id,
    vote,
    votes,
)
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
    from collections.abc import Iterator

    from bot.ports import Write


class Bench:
    """What takes papers in, with all that it works with."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        self.clock = FakeClock(NOON)
        self.store = store or MemoryStore()
        self.source = FakeSource(self.clock)
        self.archive = FakeArchive()
        self.ingesting = Ingesting(self.store, self.source, self.archive, self.clock)

    async def listed(self) -> list[int]:
        return numbers(await self.store.best(THURSDAY, FRIDAY, scope=EVERYBODY, limit=None))


@pytest.fixture
def bench() -> Bench:
    return Bench()


# --- Days ---------------------------------------------------------------------------


async def test_a_list_is_taken_in_and_counted(bench: Bench) -> None:
    bench.source.lists[FRIDAY] = [entry(1, 5), entry(2, 9)]
    taken = await bench.ingesting.fetch_day(FRIDAY)
    assert isinstance(taken, Taken)
    assert (taken.day, taken.papers, taken.skipped) == (FRIDAY, 2, ())
    assert taken.changed
    assert await bench.listed() == [2, 1]


async def test_the_same_list_again_changes_no_paper(bench: Bench) -> None:
    bench.source.lists[FRIDAY] = [entry(1, 5)]
    await bench.ingesting.fetch_day(FRIDAY)
    papers, sightings = dict(bench.store.tables.papers), dict(bench.store.tables.sightings)
    again = await bench.ingesting.fetch_day(FRIDAY)
    assert isinstance(again, Taken)
    assert not again.changed
    assert (bench.store.tables.papers, bench.store.tables.sightings) == (papers, sightings)


@pytest.mark.parametrize("fault", [HUGGING_FACE_IS_DOWN, HUGGING_FACE_REFUSES])
async def test_a_fault_leaves_the_store_as_it_was(bench: Bench, fault: SourceFault) -> None:
    bench.source.lists[FRIDAY] = [entry(1, 5)]
    await bench.ingesting.fetch_day(FRIDAY)
    before = bench.store.tables.copy()
    bench.source.fault = fault
    bench.clock.set(NOON + HOUR)
    assert await bench.ingesting.fetch_day(FRIDAY) == fault
    assert bench.store.tables == before


async def test_a_bad_item_costs_itself_alone(bench: Bench) -> None:
    skipped = Skipped("item 2", "has no title")
    taken = await bench.ingesting.take_in(Feed(FRIDAY, NOON, (entry(1), entry(3)), (skipped,)))
    assert (taken.papers, taken.skipped) == (2, (skipped,))
    assert sorted(await bench.listed()) == [1, 3]


# --- Files --------------------------------------------------------------------------


@dataclass(frozen=True)
class File:
    """Satisfies `bot.services.ingest.Saved`; its content is what it yields."""

    name: str
    content: tuple[Feed | Skipped | SourceFault, ...] = ()
    read: list[str] = field(default_factory=list)
    """Gets the file's name each time it is read."""

    def digest(self) -> str:
        return str(hash((self.content, *map(type, self.content))))

    def feeds(self) -> Iterator[Feed | Skipped | SourceFault]:
        self.read.append(self.name)
        yield from self.content


def on_a_day(*entries: FeedEntry, day: int = 0) -> Feed:
    return Feed(FRIDAY - timedelta(days=day), NOON, entries)


async def taken(bench: Bench, *files: File) -> list[TakenFile]:
    return await bench.ingesting.take_files(files, lambda *_: None)


async def test_files_are_taken_in_and_counted(bench: Bench) -> None:
    skipped = Skipped("item 4", "names no day, and neither does the file")
    files = [
        File("one.json", (on_a_day(entry(1), entry(2)),)),
        File("two.jsonl", (on_a_day(entry(3), day=1), skipped, on_a_day(day=2))),
        File("empty.json"),
    ]
    one, two, empty = await taken(bench, *files)
    assert (one.name, one.lists, one.papers, one.known) == ("one.json", 1, 2, False)
    assert (two.lists, two.papers, two.skipped, two.faults) == (2, 1, (skipped,), ())
    assert empty == TakenFile("empty.json")
    assert sorted(await bench.listed()) == [1, 2, 3]


async def test_a_file_is_read_once_whatever_it_is_called(bench: Bench) -> None:
    first = File("one.json", (on_a_day(entry(1)),))
    await taken(bench, first)
    renamed = File("renamed.json", first.content)
    assert await taken(bench, renamed) == [TakenFile("renamed.json", known=True)]
    assert renamed.read == []


async def test_files_of_one_name_are_different_files(bench: Bench) -> None:
    """Folders are read below: `2025/04.json` is not `2026/04.json`."""
    here, there = File("04.json", (on_a_day(entry(1)),)), File("04.json", (on_a_day(entry(2)),))
    await taken(bench, there)
    assert [file.known for file in await taken(bench, here, there)] == [False, True]
    assert sorted(await bench.listed()) == [1, 2]


async def test_a_file_with_a_fault_keeps_the_rest_and_is_read_again(bench: Bench) -> None:
    fault = SourceFault("cut.jsonl, record 2", "is not JSON", answered=True)
    cut = File("cut.jsonl", (on_a_day(entry(1)), fault, on_a_day(entry(2), day=1)))
    for _ in range(2):
        [file] = await taken(bench, cut)
        assert (file.lists, file.faults, file.known) == (2, (fault,), False)
    assert sorted(await bench.listed()) == [1, 2]


async def test_many_lists_of_one_file_are_all_taken_in(bench: Bench) -> None:
    days = AT_ONCE * 2 + 3
    [file] = await taken(
        bench, File("year.jsonl", tuple(on_a_day(entry(day), day=day) for day in range(days)))
    )
    assert (file.lists, file.papers) == (days, days)
    assert len(bench.store.tables.papers) == days


async def test_a_file_that_was_cut_short_by_a_fault_of_the_store_is_not_known() -> None:
    class Full(MemoryStore):
        is_full = True

        async def write(self, *writes: Write) -> int:
            if self.is_full:
                raise StoreError("The disk is full.")
            return await super().write(*writes)

    store = Full()
    bench, file = Bench(store), File("one.json", (on_a_day(entry(1)),))
    with pytest.raises(StoreError):
        await taken(bench, file)
    store.is_full = False
    assert [each.known for each in await taken(bench, file)] == [False]
    assert await bench.listed() == [1]


async def test_progress_names_each_file_and_ends_at_the_end(bench: Bench) -> None:
    heard: list[tuple[int, int, str]] = []
    await bench.ingesting.take_files(
        [File("a"), File("b", (on_a_day(entry(1)),))], lambda *told: heard.append(told)
    )
    assert heard == [(0, 2, "a"), (1, 2, "b"), (2, 2, "")]


# --- Search at the source ---------------------------------------------------------------


async def test_what_the_source_finds_is_kept_with_its_figures(bench: Bench) -> None:
    bench.source.known = {paper_id(1): entry(1, 7, 2, title="Robots that fold"), paper_id(2): entry(2)}
    assert await bench.ingesting.search("robots", 10) == [entry(1, 7, 2, title="Robots that fold")]
    [kept] = await bench.store.papers([paper_id(1), paper_id(2)], scope=EVERYBODY)
    assert (kept.upvotes, kept.comments, kept.feed_day) == (7, 2, None)


async def test_a_search_that_fails_or_finds_nothing_writes_nothing(bench: Bench) -> None:
    before = bench.store.tables
    assert await bench.ingesting.search("nothing", 10) == []
    bench.source.fault = HUGGING_FACE_IS_DOWN
    assert await bench.ingesting.search("robots", 10) == HUGGING_FACE_IS_DOWN
    assert bench.store.tables is before


# --- Details from arXiv -------------------------------------------------------------------


def described(number: int) -> Paper:
    return paper(number, abstract="What arXiv says.", categories=("cs.LG",))


async def test_bare_papers_are_completed_and_their_figures_stay(bench: Bench) -> None:
    await bench.store.write(feed(entry(1, 12, 3)), votes(vote(2)))
    bench.archive.known = {paper_id(number): described(number) for number in (1, 2)}
    assert await bench.ingesting.enrich() == 2
    one, two = await bench.store.papers([paper_id(1), paper_id(2)], scope=EVERYBODY)
    assert (one.paper.categories, one.upvotes, one.comments) == (("cs.LG",), 12, 3)
    assert (two.paper.abstract, two.votes) == ("What arXiv says.", 1)
    assert await bench.ingesting.enrich() == 0


async def test_each_bare_paper_is_asked_for_once(bench: Bench) -> None:
    """What arXiv does not know stays bare, and must not be asked for all day."""
    count = ENRICH_AT_ONCE + 20
    await bench.store.write(feed(*(entry(number) for number in range(1, count + 1))))
    assert [await bench.ingesting.enrich() for _ in range(4)] == [ENRICH_AT_ONCE, 20, 0, 0]
    asked = [paper for request in bench.archive.asked for paper in request]
    assert sorted(asked) == [paper_id(number) for number in range(1, count + 1)]


async def test_where_arxiv_is_down_papers_are_asked_for_again(bench: Bench) -> None:
    await bench.store.write(feed(entry(1)))
    bench.archive.fault = ARXIV_IS_DOWN
    assert await bench.ingesting.enrich() == ARXIV_IS_DOWN
    bench.archive.fault = None
    assert await bench.ingesting.enrich() == 1


# --- One paper --------------------------------------------------------------------------------

FOUND = PaperId("hep-th/9901001")


async def test_a_paper_comes_from_hugging_face_first(bench: Bench) -> None:
    known = FeedEntry(Paper(FOUND, "On branes"), 4, 1)
    bench.source.known = {FOUND: known}
    assert await bench.ingesting.look_up(FOUND) == known
    assert bench.archive.asked == []
    [kept] = await bench.store.papers([FOUND], scope=EVERYBODY)
    assert (kept.upvotes, kept.comments) == (4, 1)


@pytest.mark.parametrize("fault", [None, HUGGING_FACE_IS_DOWN], ids=["unknown there", "down"])
async def test_else_it_comes_from_arxiv(bench: Bench, fault: SourceFault | None) -> None:
    bench.source.fault = fault
    bench.archive.known = {FOUND: Paper(FOUND, "On branes", categories=("hep-th",))}
    found = await bench.ingesting.look_up(FOUND)
    assert isinstance(found, FeedEntry)
    assert found.paper.title == "On branes"
    [kept] = await bench.store.papers([FOUND], scope=EVERYBODY)
    assert (kept.paper.categories, kept.seen_at) == (("hep-th",), None)


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        pytest.param(None, None, None, id="neither knows it"),
        pytest.param(
            HUGGING_FACE_IS_DOWN, None, HUGGING_FACE_IS_DOWN, id="one is down, the other knows it not"
        ),
        pytest.param(None, ARXIV_IS_DOWN, ARXIV_IS_DOWN, id="one knows it not, the other is down"),
        pytest.param(HUGGING_FACE_IS_DOWN, ARXIV_IS_DOWN, ARXIV_IS_DOWN, id="both are down"),
    ],
)
async def test_a_paper_that_cannot_be_found_is_told_as_it_is(
    bench: Bench, first: SourceFault | None, second: SourceFault | None, answer: SourceFault | None
) -> None:
    bench.source.fault, bench.archive.fault = first, second
    assert await bench.ingesting.look_up(FOUND) == answer
    assert not bench.store.tables.papers
