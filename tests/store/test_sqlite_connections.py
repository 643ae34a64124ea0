"""Connections come and go with their threads, which are no daemons: one left behind keeps the process."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import StoreError
from bot.store import sqlite
from bot.store.engine import Statement, Unit
from bot.store.sqlite_open import open_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.store.sqlite import SqliteEngine

PUT = Unit((Statement("INSERT INTO digests (digest, at) VALUES (?1, ?2)", [("a", 1)]),))
READ = "SELECT digest FROM digests"
SLOW = """WITH RECURSIVE numbers (each) AS (SELECT 1 UNION ALL SELECT each + 1 FROM numbers LIMIT 300000)
SELECT count(*) FROM numbers"""
LONGEST_END_S = 10


@pytest.fixture
def own_threads() -> Iterator[set[threading.Thread]]:
    """Yield the threads that are there already; those of the test must have ended after it."""
    before = set(threading.enumerate())
    yield before
    for thread in set(threading.enumerate()) - before:
        if not thread.name.startswith("asyncio"):
            thread.join(LONGEST_END_S)
            assert not thread.is_alive()


@pytest.mark.usefixtures("own_threads")
async def test_reads_under_way_while_it_closes_end_or_are_told(tmp_path: Path) -> None:
    engine = await open_sqlite(tmp_path / "papers.db")
    reads = [asyncio.create_task(engine.fetch(SLOW)) for _ in range(3 * sqlite.READERS)]
    await asyncio.sleep(0)
    await engine.close()
    answers = await asyncio.gather(*reads, return_exceptions=True)
    assert all(answer == [(300_000,)] or isinstance(answer, StoreError) for answer in answers), answers
    assert any(isinstance(answer, StoreError) for answer in answers)


@pytest.mark.usefixtures("own_threads")
async def test_a_close_that_is_cancelled_leaves_no_thread(tmp_path: Path) -> None:
    engine = await open_sqlite(tmp_path / "papers.db")
    await engine.write(PUT)
    reads = [asyncio.create_task(engine.fetch(SLOW)) for _ in range(sqlite.READERS)]
    await engine.fetch(READ)
    closing_it = asyncio.create_task(engine.close())
    await asyncio.sleep(0)
    closing_it.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing_it
    await asyncio.gather(*reads, return_exceptions=True)


@pytest.mark.usefixtures("own_threads")
async def test_a_read_that_is_cancelled_is_followed_by_others(tmp_path: Path) -> None:
    engine = await open_sqlite(tmp_path / "papers.db")
    try:
        reads = [asyncio.create_task(engine.fetch(SLOW)) for _ in range(2 * sqlite.READERS)]
        await asyncio.sleep(0)
        for read in reads:
            read.cancel()
        assert all(
            isinstance(each, BaseException) for each in await asyncio.gather(*reads, return_exceptions=True)
        )
        assert await engine.fetch(READ) == []
    finally:
        await engine.close()


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Keep connections from being opened until the event is set."""
    connect, event = sqlite3.connect, threading.Event()

    def held(*args: Any, **options: Any) -> sqlite3.Connection:
        assert event.wait(LONGEST_END_S)
        opened: sqlite3.Connection = connect(*args, **options)
        return opened

    monkeypatch.setattr(sqlite3, "connect", held)
    yield event
    event.set()


async def left_opening(folder: Path, hold: threading.Event) -> SqliteEngine:
    """Return an engine that is opening a connection for a read that was cancelled."""
    hold.set()
    engine = await open_sqlite(folder / "papers.db")
    hold.clear()
    read = asyncio.create_task(engine.fetch(READ))
    await asyncio.sleep(0)
    read.cancel()
    with pytest.raises(asyncio.CancelledError):
        await read
    return engine


@pytest.mark.usefixtures("own_threads")
async def test_closing_waits_for_a_connection_whose_opening_was_cancelled(
    tmp_path: Path, hold: threading.Event
) -> None:
    engine = await left_opening(tmp_path, hold)
    closing_it = asyncio.create_task(engine.close())
    await asyncio.sleep(0)
    assert not closing_it.done()
    hold.set()
    await closing_it


@pytest.mark.usefixtures("own_threads")
async def test_a_connection_whose_opening_was_cancelled_serves_the_next_read(
    tmp_path: Path, hold: threading.Event
) -> None:
    engine = await left_opening(tmp_path, hold)
    try:
        [opening] = engine._opening
        hold.set()
        await asyncio.wait([opening])
        await asyncio.sleep(0)
        assert await engine.fetch(READ) == []
        assert len(engine._opened) == 1
    finally:
        await engine.close()


async def test_a_writer_that_cannot_be_prepared_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.01)
    path = tmp_path / "papers.db"
    engine = await open_sqlite(path)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            # As a restored file comes: without WAL, which cannot be set while another process reads.
            await engine.fetch("PRAGMA locking_mode")
            await engine._opened[0].execute_fetchall("PRAGMA journal_mode=DELETE")
            other.execute("BEGIN")
            other.execute(READ).fetchall()
            before = len(engine._opened)
            for _ in range(3):
                with pytest.raises(StoreError, match="another process"):
                    await engine.write(PUT)
            assert len(engine._opened) == before
            other.execute("ROLLBACK")
        assert (await engine.write(PUT)).changed == 1
    finally:
        await engine.close()
