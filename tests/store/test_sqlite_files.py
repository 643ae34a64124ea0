from __future__ import annotations

import resource
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreError
from bot.store import open_store, sqlite
from bot.store.engine import Statement, Unit
from bot.store.sqlite_faults import fault
from bot.store.sqlite_open import open_sqlite
from bot.store.steps import LEDGER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PUT = "INSERT INTO digests (digest, at) VALUES (?1, ?2)"


def write_text(path: Path) -> None:
    path.write_text("Dear diary, this is no database.\n" * 400, "utf-8")


def write_foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE recipes (name TEXT)")
        database.execute("INSERT INTO recipes VALUES ('soup')")


async def make(path: Path) -> None:
    await (await open_store(f"sqlite:///{path}")).close()


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def change_ledger(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(statement)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(write_text, "is not a database", id="text"),
        pytest.param(write_foreign, "of another program", id="another program's"),
    ],
)
async def test_a_strange_file_is_refused_and_left_as_it_is(
    spoil: Callable[[Path], None], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "papers.db"
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=words):
        await open_store(f"sqlite:///{path}")
    assert path.read_bytes() == before
    assert names(tmp_path) == ["papers.db"]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (f"INSERT INTO {LEDGER} VALUES (9999, 'later', 'x', 1)", "newer papers-bot"),
        (f"UPDATE {LEDGER} SET checksum = 'other' WHERE version = 1", "is not the one this program has"),
    ],
)
async def test_a_schema_that_is_not_ours_is_refused(statement: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "papers.db"
    await make(path)
    change_ledger(path, statement)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=words):
        await open_store(f"sqlite:///{path}")
    assert path.read_bytes() == before


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere does not exist"):
        await open_store(f"sqlite:///{tmp_path}/nowhere/papers.db")


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        await open_store(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize("url", ["", "papers.db", "sqlite://papers.db", "sqlite:///", "mysql://u:secret@h/d"])
async def test_a_url_of_no_known_kind_is_refused_without_its_secret(url: str) -> None:
    with pytest.raises(StoreError, match="DATABASE_URL must be") as told:
        await open_store(url)
    assert "secret" not in str(told.value)


async def test_a_damaged_page_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "papers.db"
    await make(path)
    pages = bytearray(path.read_bytes())
    pages[4096:] = b"\xff" * (len(pages) - 4096)
    path.write_bytes(pages)
    with pytest.raises(StoreError, match="damaged"):
        await open_store(f"sqlite:///{path}")


async def test_a_full_disk_fails_the_write_and_loses_nothing(tmp_path: Path) -> None:
    engine = await open_sqlite(tmp_path / "papers.db")
    try:
        await engine.write(Unit((Statement(PUT, [("first", 1)]),)))
        assert engine._writer is not None
        await engine._writer.execute_fetchall("PRAGMA max_page_count = 1")
        long = [("x" * 3000 + str(number), 1) for number in range(100)]
        with pytest.raises(StoreError, match="disk is full"):
            await engine.write(Unit((Statement(PUT, long),)))
        await engine._writer.execute_fetchall("PRAGMA max_page_count = 1000000")
        assert (await engine.write(Unit((Statement(PUT, [("second", 1)]),)))).changed == 1
        rows = await engine.fetch("SELECT digest FROM digests ORDER BY digest")
        assert rows == [("first",), ("second",)]
    finally:
        await engine.close()


@pytest.fixture
def no_room() -> Iterator[None]:
    """Let no file grow beyond some bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_that_has_no_room_for_reading_is_a_sentence(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = tmp_path / "papers.db"
    await make(path)
    request.getfixturevalue("no_room")
    with pytest.raises(StoreError, match="cannot even be read: make room"):
        await open_store(f"sqlite:///{path}")


async def test_a_lock_that_lasts_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.01)
    path = tmp_path / "papers.db"
    engine = await open_sqlite(path)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="another process"):
                await engine.write(Unit((Statement(PUT, [("a", 1)]),)))
            assert await engine.fetch("SELECT digest FROM digests") == []
            other.execute("ROLLBACK")
        assert (await engine.write(Unit((Statement(PUT, [("a", 1)]),)))).changed == 1
    finally:
        await engine.close()


def test_a_file_that_may_only_be_read_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "papers.db"
    write_foreign(path)
    with (
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database,
        pytest.raises(sqlite3.OperationalError) as told,
    ):
        database.execute("INSERT INTO recipes VALUES ('salad')")
    assert "may not be written" in str(fault(told.value, path))


def test_an_error_of_one_statement_is_no_fault_of_the_database(tmp_path: Path) -> None:
    with closing(sqlite3.connect(":memory:")) as database, pytest.raises(sqlite3.Error) as told:
        database.execute("SELECT nothing")
    assert fault(told.value, tmp_path) is None
