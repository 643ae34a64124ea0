"""What the benchmarks fill a store with in bulk is what the bot's own writes would have left in it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from benchmarks.filling import COLUMNS, filled_postgres, filled_sqlite
from benchmarks.generator import Shape, acts, feeds, links, morning
from bot.ports import KeepRecords, RecordFeed, TallyActs
from bot.store import open_store
from tests.postgres import connect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from bot.store.sql_store import SqlStore

SMALL = Shape(papers=150, acts_of_week=200)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[SqlStore]:
    store = await open_store(url)
    try:
        yield store
    finally:
        await store.close()


async def fill_by_writes(store: SqlStore) -> None:
    listed = []
    for feed in feeds(SMALL):
        await store.write(RecordFeed(morning(feed)))
        await store.write(RecordFeed(feed))
        listed += [(feed.day, entry.paper.id) for entry in feed.entries]
    await store.write(KeepRecords(tuple(links())), KeepRecords(tuple(acts(SMALL, listed))))
    while await store.write(TallyActs(50)):
        pass


async def tables(store: SqlStore) -> dict[str, list[tuple[object, ...]]]:
    """Read all that is stored."""
    return {
        table: sorted(map(tuple, await store._engine.fetch(f"SELECT * FROM {table}"))) for table in COLUMNS
    }


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_bulk_rows_are_those_that_the_bot_writes(engine: str, tmp_path: Path) -> None:
    if engine == "postgres":
        await (await connect()).close()
    filled = filled_sqlite if engine == "sqlite" else filled_postgres
    async with opened(f"sqlite:///{tmp_path}/papers.db") as written, filled(SMALL) as url:
        await fill_by_writes(written)
        async with opened(url) as bulk:
            stored = await tables(bulk)
        assert stored == await tables(written)
    assert len(stored["papers"]) == len(stored["listings"]) == SMALL.papers
    assert len(stored["acts"]) > SMALL.acts_of_week


def test_a_seed_makes_one_archive() -> None:
    def papers(seed: int) -> Sequence[object]:
        return [entry for feed in feeds(Shape(papers=60, seed=seed)) for entry in feed.entries]

    assert papers(1) == papers(1)
    assert papers(1) != papers(2)
