"""Filling an empty store with a generated archive in bulk: the rows that the bot itself would have written.

`tests/store/test_generated_archive.py` holds the two equal.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import asynccontextmanager, closing
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

import asyncpg

from benchmarks.generator import acts, feeds, links, morning
from bot.ports import KeepRecords
from bot.store import migrate
from bot.store.papers import NUMBERS, TEXTS, texts_of
from bot.store.records import ACTS, LINKS, keep_records
from bot.store.rows import marks, micros, number

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
    from datetime import date

    from benchmarks.generator import Shape
    from bot.domain.papers import Feed, PaperId
    from bot.ports import Record
    from bot.store.engine import Row, Value

SERVER = os.environ.get("PAPERS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
"""Where schemas are made for a benchmark, and dropped afterwards."""

COLUMNS = {
    "papers": ("id", "upvotes", "comments", "seen_at", "told_at", "day", "revision", *NUMBERS, *TEXTS),
    "listings": ("day", "paper", "position", "upvotes", "comments"),
    "sightings": ("paper", "seen_at", "upvotes", "comments", "position"),
    "feeds": ("day", "fetched_at", "papers"),
    "acts": (*ACTS.columns, "fresh"),
    "tallies": ("paper", "acts", "last_at"),
    "identities": LINKS.columns,
}

Chunk = tuple[str, "Sequence[Row]"]
"""The name of a table, and rows of its COLUMNS."""


# --- Rows ---------------------------------------------------------------------


def chunks(shape: Shape) -> Iterator[Chunk]:
    """Yield an archive's rows, a list at a time, then its votes."""
    listed: list[tuple[date, PaperId]] = []
    for feed in feeds(shape):
        yield from chunks_of(feed, len(listed) + 1)
        listed += [(feed.day, entry.paper.id) for entry in feed.entries]
    yield "identities", kept(links())
    votes = kept(acts(shape, listed))
    yield "acts", [(*each, None) for each in votes]
    yield "tallies", list(tallies(votes))


def chunks_of(feed: Feed, revision: int) -> Iterator[Chunk]:
    """Yield the rows of one list that was seen in the morning and at night."""
    day, night = feed.day.isoformat(), micros(feed.seen_at)
    numbered = list(enumerate(feed.entries))
    yield (
        "papers",
        [
            (
                one.paper.id,
                one.upvotes,
                one.comments,
                night,
                night,
                day,
                revision + index,
                *texts_of(one.paper),
            )
            for index, one in numbered
        ],
    )
    yield "listings", [(day, one.paper.id, index + 1, one.upvotes, one.comments) for index, one in numbered]
    yield "sightings", list(sightings(feed))
    yield "feeds", [(day, night, len(numbered))]


def sightings(feed: Feed) -> Iterator[Row]:
    """Yield what was seen in the morning, and at night where a number had changed."""
    early = morning(feed)
    for position, (before, after) in enumerate(zip(early.entries, feed.entries, strict=True), start=1):
        figures = before.upvotes, before.comments
        yield (before.paper.id, micros(early.seen_at), *figures, position)
        if figures != (after.upvotes, after.comments):
            yield (after.paper.id, micros(feed.seen_at), after.upvotes, after.comments, position)


def kept(records: Iterable[Record]) -> Sequence[Row]:
    """Return the rows of records of one kind."""
    (statement,) = keep_records(KeepRecords(tuple(records))).statements
    return statement.rows


def tallies(acts: Iterable[Row]) -> Iterator[Row]:
    """Yield how many acts each paper has, and when the newest of them was."""
    instants: dict[Value, list[int]] = {}
    for paper, *_, at in acts:
        instants.setdefault(paper, []).append(number(at))
    yield from ((paper, len(each), max(each)) for paper, each in instants.items())


# --- Stores -------------------------------------------------------------------


@asynccontextmanager
async def filled_sqlite(shape: Shape) -> AsyncIterator[str]:
    """Yield the URL of a new SQLite file that holds an archive; it is deleted afterwards."""
    with TemporaryDirectory(prefix="papers-benchmark-") as folder:
        url = f"sqlite:///{folder}/papers.db"
        await migrate(url)
        with closing(sqlite3.connect(f"{folder}/papers.db", isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("BEGIN")
            for table, rows in chunks(shape):
                columns = COLUMNS[table]
                connection.executemany(
                    f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks(len(columns))})", rows
                )
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield url


@asynccontextmanager
async def empty(engine: str) -> AsyncIterator[str]:
    """Yield the URL of an empty store, over `sqlite` or `postgres`, that is gone afterwards."""
    if engine == "postgres":
        async with empty_postgres() as url:
            yield url
        return
    with TemporaryDirectory(prefix="papers-benchmark-") as folder:
        url = f"sqlite:///{folder}/papers.db"
        await migrate(url)
        yield url


@asynccontextmanager
async def empty_postgres() -> AsyncIterator[str]:
    """Yield the URL of a schema of its own on SERVER, with the bot's tables; it is dropped afterwards."""
    schema = f"papers_benchmark_{uuid4().hex[:12]}"
    connection = await asyncpg.connect(SERVER)
    try:
        await connection.execute(f"CREATE SCHEMA {schema}")
        url = f"{SERVER}?search_path={schema}"
        await migrate(url)
        yield url
    finally:
        await connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        await connection.close()


@asynccontextmanager
async def filled_postgres(shape: Shape) -> AsyncIterator[str]:
    """Yield the URL of a schema that holds an archive; it is dropped afterwards."""
    async with empty_postgres() as url:
        connection = await asyncpg.connect(url)
        try:
            async with connection.transaction():
                for table, rows in chunks(shape):
                    await connection.copy_records_to_table(table, records=rows, columns=COLUMNS[table])
            # As the server does by itself within a minute.
            await connection.execute(
                "VACUUM ANALYZE papers, listings, sightings, feeds, acts, identities, tallies"
            )
        finally:
            await connection.close()
        yield url
