"""Ingest: saved answers into a fresh SQLite, as `papers ingest --from` does it, beside its floor.

    python -m benchmarks.ingest --from FOLDER [--runs 3]

The floor parses the same files with json, and writes the same rows with one raw executemany for each table of
the same schema.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import sqlite3
import time
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import MS, show_table, spread, verdict
from bot.domain.papers import Feed
from bot.services.ingest import Ingesting
from bot.sources.files import saved_files
from bot.store import open_store
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from bot.ports import Store

SAVED = Path(__file__).parents[2] / "shared" / "data" / "daily_papers"

PAPERS = """INSERT OR REPLACE INTO papers (id, upvotes, comments, seen_at, told_at, day, revision,
  published_at, title, organization, authors, keywords, code_url, tldr, abstract)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
LISTINGS = (
    """INSERT OR REPLACE INTO listings (day, paper, position, upvotes, comments) VALUES (?, ?, ?, ?, ?)"""
)
SIGHTINGS = """INSERT OR REPLACE INTO sightings (paper, seen_at, upvotes, comments, position)
VALUES (?, ?, ?, ?, ?)"""

FLOOR = "floor: json, then raw executemany"
INGEST = "ingest into a fresh store"
REPEAT = "the same again"
LISTS_WATCHED = 20
"""The longest lists, each taken in alone to see how long it holds the loop."""

TICK_S = 0.001

SHARE_OF_FLOOR = 0.5
REPEAT_FACTOR = 10
LONGEST_HOLD_MS = 50


@dataclass(slots=True)
class Holds:
    """How long the event loop was held at a time: on the clock, and of the processor's time."""

    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)


@asynccontextmanager
async def watched_loop() -> AsyncIterator[Holds]:
    """Tick every millisecond; a long time between two ticks is a loop that somebody held.

    The processor's time is that of the loop's own thread, so that other programs do not count.
    """
    holds = Holds()

    async def tick() -> None:
        wall, cpu = time.perf_counter(), time.thread_time()
        while True:
            await asyncio.sleep(TICK_S)
            wall_now, cpu_now = time.perf_counter(), time.thread_time()
            holds.wall_s.append(wall_now - wall - TICK_S)
            holds.cpu_s.append(cpu_now - cpu)
            wall, cpu = wall_now, cpu_now

    ticker = asyncio.create_task(tick())
    try:
        yield holds
    finally:
        ticker.cancel()


# --- The floor ----------------------------------------------------------------------


def parsed(folder: Path) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Yield (day, position, item) of every item, parsed by json alone."""
    for file in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                for position, item in enumerate(record["items"], 1):
                    yield record["date"], position, item


def paper_row(revision: int, day: str, item: dict[str, Any]) -> tuple[object, ...]:
    """Put an item into the columns of PAPERS, with no check and no cleaning."""
    paper = item["paper"]
    authors = json.dumps([author.get("name") for author in paper["authors"]], ensure_ascii=False)
    keywords = json.dumps(paper.get("ai_keywords") or [], ensure_ascii=False)
    organization = (item.get("organization") or {}).get("fullname", "")
    figures = paper.get("upvotes", 0), item.get("numComments", 0)
    texts = paper["title"], organization, authors, keywords
    more = paper.get("githubRepo") or "", paper.get("ai_summary") or "", paper["summary"]
    return paper["id"], *figures, 0, 0, day, revision, 0, *texts, *more


def floor(folder: Path, database: Path) -> int:
    """Parse everything, then write it with one executemany for each table; return the number of items."""
    items = list(parsed(folder))
    papers = [paper_row(revision, day, item) for revision, (day, _, item) in enumerate(items)]
    listings = [
        (day, row[0], position, *row[1:3]) for (day, position, _), row in zip(items, papers, strict=True)
    ]
    sightings = [
        (row[0], day, *row[1:3], position) for (day, position, _), row in zip(items, papers, strict=True)
    ]
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; BEGIN IMMEDIATE")
        connection.executemany(PAPERS, papers)
        connection.executemany(LISTINGS, listings)
        connection.executemany(SIGHTINGS, sightings)
        connection.execute("COMMIT")
    return len(items)


# --- The bot ------------------------------------------------------------------------


def ingesting(store: Store) -> Ingesting:
    """Return the bot's own service; files ask nothing of the network."""
    network: Any = None
    return Ingesting(store, network, network, FakeClock())


async def take_all(folder: Path, database: Path) -> tuple[int, int]:
    """Take the folder in as the command does; return how many papers it read, and rows it changed."""
    store = await open_store(f"sqlite:///{database}")
    try:
        taken = await ingesting(store).take_files(saved_files(folder), lambda *_: None)
    finally:
        await store.close()
    return sum(one.papers for one in taken), sum(one.changed for one in taken)


async def hold_of_all(folder: Path, database: Path) -> list[Holds]:
    """Return how long the loop was held while the folder was taken in; watching makes it slower."""
    async with watched_loop() as holds:
        await take_all(folder, database)
    return [holds]


def fresh(folder: Path, name: str) -> Path:
    """Make an empty database with the bot's schema."""

    async def make() -> None:
        store = await open_store(f"sqlite:///{folder / name}")
        await store.close()

    asyncio.run(make())
    return folder / name


async def hold_of_lists(folder: Path, database: Path) -> list[Holds]:
    """Take in each of the longest days' lists alone; return how long the loop was held by each."""
    feeds = [found for file in saved_files(folder) for found in file.feeds() if isinstance(found, Feed)]
    longest = sorted(feeds, key=lambda feed: len(feed.entries), reverse=True)[:LISTS_WATCHED]
    store = await open_store(f"sqlite:///{database}")
    watched = []
    try:
        for feed in longest:
            async with watched_loop() as holds:
                await ingesting(store).take_in(feed)
            watched.append(holds)
    finally:
        await store.close()
    return watched


# --- The table ------------------------------------------------------------------------


@dataclass(slots=True)
class Rates:
    """Items per second, one for each run, on the clock and of the processor's time of this process."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def measure(self, work: Callable[[], int]) -> None:
        """Do some work that returns a number of items, and note how fast it was."""
        wall, cpu = time.perf_counter(), time.process_time()
        items = work()
        self.wall.append(items / (time.perf_counter() - wall))
        self.cpu.append(items / (time.process_time() - cpu))


def measured(folder: Path, runs: int) -> tuple[dict[str, Rates], int]:
    """Measure floor, ingest and repeat by turns; return the rates, and the rows that the repeats changed."""
    rates = {name: Rates() for name in (FLOOR, INGEST, REPEAT)}
    changed = 0

    def take(database: Path) -> int:
        nonlocal changed
        papers, changed = asyncio.run(take_all(folder, database))
        return papers or items

    with TemporaryDirectory() as made:
        place, items, repeated = Path(made), 0, 0
        for run in range(runs):
            bare, database = fresh(place, f"floor{run}.db"), fresh(place, f"bot{run}.db")
            items = sum(1 for _ in parsed(folder))
            rates[FLOOR].measure(partial(floor, folder, bare))
            rates[INGEST].measure(partial(take, database))
            rates[REPEAT].measure(partial(take, database))
            repeated += changed
    return rates, repeated


def show(rates: dict[str, Rates], repeated: int) -> None:
    """Print what was measured, and whether each goal is kept."""
    rows = [(name, spread(rate.wall, digits=0), spread(rate.cpu, digits=0)) for name, rate in rates.items()]
    show_table(("items per second", "on the clock", "of processor time"), rows)
    share = median(rates[INGEST].wall) / median(rates[FLOOR].wall)
    cpu_share = median(rates[INGEST].cpu) / median(rates[FLOOR].cpu)
    factor = median(rates[REPEAT].wall) / median(rates[INGEST].wall)
    print(
        f"\nshare of the floor {share:.2f}, of processor time {cpu_share:.2f} (at least {SHARE_OF_FLOOR}):",
        end=" ",
    )
    print(verdict(is_kept=share >= SHARE_OF_FLOOR))
    print(
        f"a repeat changes {repeated} rows and is {factor:.0f} times faster (0, at least {REPEAT_FACTOR}):",
        end=" ",
    )
    print(verdict(is_kept=repeated == 0 and factor >= REPEAT_FACTOR))


def show_hold(what: str, watched: list[Holds]) -> None:
    """Print for how long the loop was held."""
    wall = max(max(each.wall_s) for each in watched) * MS
    cpu = max(max(each.cpu_s) for each in watched) * MS
    print(f"event loop held at most {cpu:.1f} ms by {what}", end=" ")
    print(f"({wall:.1f} ms on the clock; below {LONGEST_HOLD_MS}): {verdict(is_kept=cpu < LONGEST_HOLD_MS)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--from", dest="folder", type=Path, default=SAVED)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    show(*measured(given.folder, given.runs))
    with TemporaryDirectory() as made:
        lists, everything = fresh(Path(made), "lists.db"), fresh(Path(made), "all.db")
        show_hold("one day's list", asyncio.run(hold_of_lists(given.folder, lists)))
        show_hold("all of it", asyncio.run(hold_of_all(given.folder, everything)))


if __name__ == "__main__":
    main()
