"""Reads: `today`, `week`, `show` and `top` as people ask for them, at 10,000 and at 1,000,000 papers.

    python -m benchmarks.reads [--engines sqlite,postgres] [--papers 10000,1000000] [--asks 200]

Each is asked through the bot's own Core over the real store, which also keeps the numbers of each list, as it
does for everybody. The floor is one raw call of the driver that reads one paper by its id. All are asked by
turns, and judged by the p99 of all asks. The archives (benchmarks/generator.py) are made in a temporary
folder and in a schema of their own, and are gone afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import time
from collections import defaultdict
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

import aiosqlite
import asyncpg

from benchmarks.filling import filled_postgres, filled_sqlite
from benchmarks.generator import DAY, NEWEST, NIGHT, PEOPLE, WEEK, Shape, person, places
from benchmarks.measuring import MS, p50_p99, percentile, show_table, verdict
from bot.commands.desk import Desk
from bot.commands.table import COMMANDS
from bot.commands.text import Typed, parse_text
from bot.core import Core
from bot.domain.answers import PaperList, PaperPage
from bot.domain.papers import PaperId
from bot.store.open import is_postgres, open_store, sqlite_path
from bot.store.sql_store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.counting import Counted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    Fetch = Callable[[str], Awaitable[object]]

FLOOR = "floor: one raw read"
ASKED = {
    "today": "today",
    "week": "week",
    "show": "show {paper}",
    "top": "top",
    "week, a past one": "week {week}",
    "month": "month",
    "top here": "top scope=here",
    "top year": "top year",
    "top all": "top all",
}
"""What is measured, and how it is typed."""
MOST_P99_MS = 20
MOST_GROWTH = 3
WARM_UP = 20
PAST_WEEKS = 50
SAMPLED_IDS = 5_000


# --- What is measured ---------------------------------------------------------


@dataclass(slots=True)
class Took:
    """How long something took each time, in seconds, and how many reads of the store."""

    each_s: list[float] = field(default_factory=list)
    reads: set[int] = field(default_factory=set)

    @property
    def p99_s(self) -> float:
        """The time that one in a hundred took longer than."""
        return percentile(self.each_s, 99)


@dataclass(slots=True)
class Archive:
    """A filled store that is open, and what was measured on it, by name."""

    engine: str
    papers: int
    core: Core
    counted: Counted
    ids: Sequence[PaperId]
    fetch: Fetch
    took: defaultdict[str, Took] = field(default_factory=lambda: defaultdict(Took))

    async def ask(self, name: str, random: Random) -> None:
        """Ask a question, and note how long the answer took, and by how many reads of the store."""
        week = NEWEST - WEEK * random.randrange(1, PAST_WEEKS)
        typed = parse_text(ASKED[name].format(paper=random.choice(self.ids), week=f"{week:%G-W%V}"), COMMANDS)
        assert isinstance(typed, Typed)
        place, identity = random.choice(places()), person(random.randrange(PEOPLE))
        before, start = self.counted.reads, time.perf_counter()
        reply = await self.core.answer_typed(typed, place, identity)
        self.took[name].each_s.append(time.perf_counter() - start)
        self.took[name].reads.add(self.counted.reads - before)
        is_list = isinstance(reply.answer, PaperList) and reply.answer.papers
        assert is_list or isinstance(reply.answer, PaperPage), reply.answer

    async def ask_raw(self, random: Random) -> None:
        """Read one paper without the bot."""
        paper = random.choice(self.ids)
        start = time.perf_counter()
        found = await self.fetch(paper)
        self.took[FLOOR].each_s.append(time.perf_counter() - start)
        assert found


async def measure(archives: Sequence[Archive], asks: int) -> None:
    """Ask everything of every archive, by turns."""
    random = Random(7)
    gc.collect()
    gc.freeze()
    for number in range(WARM_UP + asks):
        for archive in archives:
            if number == WARM_UP:
                archive.took.clear()
            await archive.ask_raw(random)
            for name in ASKED:
                await archive.ask(name, random)


# --- The archives ---------------------------------------------------------------


@asynccontextmanager
async def opened_archive(engine: str, papers: int) -> AsyncIterator[Archive]:
    """Fill a store and open it."""
    shape, start = Shape(papers), time.perf_counter()
    async with AsyncExitStack() as stack:
        filled = filled_sqlite if engine == "sqlite" else filled_postgres
        url = await stack.enter_async_context(filled(shape))
        print(f"{engine}: {papers:,} papers made in {time.perf_counter() - start:.0f} s")
        store = await open_store(url)
        counted = Counted(store._engine)  # noqa: SLF001 - counted between the store and its database
        stack.push_async_callback(counted.close)
        fetch = await stack.enter_async_context(raw_fetch(url))
        ids = await sampled_ids(counted)
        yield Archive(engine, papers, core_over(SqlStore(counted)), counted, ids, fetch)


def core_over(store: SqlStore) -> Core:
    """Build the bot's core over a store, at the end of the newest list's day."""
    nobody: Any = None
    now = datetime.combine(NEWEST, NIGHT) + DAY / 48
    return Core(COMMANDS, Desk(store, FakeClock(now), nobody, nobody, lambda: store.delivery, nobody))


async def sampled_ids(engine: Counted) -> list[PaperId]:
    """Return some of the papers, of all times."""
    everything = [PaperId(str(paper)) for (paper,) in await engine.fetch("SELECT id FROM papers ORDER BY id")]
    return Random(1).sample(everything, min(SAMPLED_IDS, len(everything)))


@asynccontextmanager
async def raw_fetch(url: str) -> AsyncIterator[Fetch]:
    """Yield one raw call of the driver that reads one paper."""
    point = "SELECT id, title, upvotes FROM papers WHERE id = "
    if is_postgres(url):
        connection = await asyncpg.connect(url)
        try:
            yield lambda paper: connection.fetch(f"{point}$1", paper)
        finally:
            await connection.close()
        return
    async with aiosqlite.connect(sqlite_path(url)) as database:
        yield lambda paper: database.execute_fetchall(f"{point}?", (paper,))


# --- The table ------------------------------------------------------------------


def growth(archives: Sequence[Archive], name: str) -> float:
    """Return by how much the p99 of the last archive is larger than that of the first."""
    return archives[-1].took[name].p99_s / archives[0].took[name].p99_s


def show(engine: str, archives: Sequence[Archive]) -> None:
    """Print the table of one engine, and whether each goal is kept."""
    heading = [f"{value} {archive.papers:,}" for archive in archives for value in ("p50", "p99")]
    rows = []
    for name in (FLOOR, *ASKED):
        reads = sorted(set().union(*(archive.took[name].reads for archive in archives)))
        figures = [cell for archive in archives for cell in p50_p99(archive.took[name].each_s)]
        rows.append((name, *figures, f"{growth(archives, name):.1f}", ", ".join(map(str, reads))))
    print()
    show_table((f"{engine}, ms", *heading, "grows", "reads"), rows)
    show_goals(archives)


def show_goals(archives: Sequence[Archive]) -> None:
    """Print whether each goal is kept."""
    worst_ms = max(archives[-1].took[name].p99_s for name in ASKED) * MS
    print(f"p99 at most {worst_ms:.1f} ms (below {MOST_P99_MS}): {verdict(is_kept=worst_ms < MOST_P99_MS)}")
    most = max(growth(archives, name) for name in ASKED)
    print(f"grows at most {most:.1f} times (at most {MOST_GROWTH}): {verdict(is_kept=most <= MOST_GROWTH)}")
    reads = max(max(archives[-1].took[name].reads) for name in ASKED)
    print(f"reads of the store for each: {reads} (1): {verdict(is_kept=reads == 1)}")


async def run(engines: Sequence[str], sizes: Sequence[int], asks: int) -> None:
    """Measure one engine after the other."""
    for engine in engines:
        async with AsyncExitStack() as stack:
            archives = [await stack.enter_async_context(opened_archive(engine, size)) for size in sizes]
            await measure(archives, asks)
            show(engine, archives)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engines", default="sqlite,postgres")
    parser.add_argument("--papers", default="10000,1000000")
    parser.add_argument("--asks", type=int, default=200)
    given = parser.parse_args()
    asyncio.run(run(given.engines.split(","), [int(size) for size in given.papers.split(",")], given.asks))


if __name__ == "__main__":
    main()
