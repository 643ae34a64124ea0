from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreError
from bot.store import migrate, open_store
from bot.store.postgres_open import connected, migrate_postgres
from bot.store.sqlite_schema import migrate_file
from bot.store.steps import Migrated, Step, pending, steps
from tests.postgres import postgres_url

if TYPE_CHECKING:
    from pathlib import Path

LATEST = steps()[-1].version
NEXT = Step(LATEST + 1, "next", "-- One more.\nCREATE TABLE extra (\n  id TEXT NOT NULL PRIMARY KEY\n);\n")
KNOWN = (*steps(), NEXT)

POSTGRES_SHAPE = """
SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name
FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2"""
POSTGRES_INDEXES = """
SELECT replace(indexdef, current_schema() || '.', '') FROM pg_indexes
WHERE schemaname = current_schema() ORDER BY 1"""

ALLOWED_TYPES = {"bigint", "text", "double precision"}


def sqlite_shape(path: Path) -> list[object]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()


async def postgres_shape(url: str) -> list[tuple[object, ...]]:
    async with connected(url) as connection:
        rows = [*await connection.fetch(POSTGRES_SHAPE), *await connection.fetch(POSTGRES_INDEXES)]
    return [tuple(row) for row in rows]


def test_steps_are_numbered_without_gaps() -> None:
    assert [step.version for step in steps()] == list(range(1, LATEST + 1))


@pytest.mark.parametrize("before", range(1, len(KNOWN)))
def test_sqlite_by_steps_equals_sqlite_from_zero(before: int, tmp_path: Path) -> None:
    migrate_file(tmp_path / "stepped.db", KNOWN[:before])
    migrate_file(tmp_path / "stepped.db", KNOWN)
    migrate_file(tmp_path / "whole.db", KNOWN)
    assert sqlite_shape(tmp_path / "stepped.db") == sqlite_shape(tmp_path / "whole.db")


@pytest.mark.parametrize("before", range(1, len(KNOWN)))
async def test_postgres_by_steps_equals_postgres_from_zero(before: int) -> None:
    async with postgres_url(empty=True) as stepped, postgres_url(empty=True) as whole:
        await migrate_postgres(stepped, KNOWN[:before])
        await migrate_postgres(stepped, KNOWN)
        await migrate_postgres(whole, KNOWN)
        assert await postgres_shape(stepped) == await postgres_shape(whole)


async def test_both_engines_have_the_same_columns_of_the_agreed_types(tmp_path: Path) -> None:
    path = tmp_path / "papers.db"
    migrate_file(path)
    with closing(sqlite3.connect(path)) as database:
        columns = {
            (table, name, kind.lower())
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for _, name, kind, *_ in database.execute(f"PRAGMA table_info({table})")
        }
    async with postgres_url() as url:
        shape = [row for row in await postgres_shape(url) if len(row) > 1]
    assert columns == {row[:3] for row in shape}
    assert {row[2] for row in shape} <= ALLOWED_TYPES
    # Texts are ordered alike on both engines only where PostgreSQL compares them byte by byte.
    assert {row[5] for row in shape if row[2] == "text"} == {"C"}


def test_every_table_says_in_a_line_what_it_is_for() -> None:
    lines = "\n".join(step.sql for step in steps()).splitlines()
    tables = [number for number, line in enumerate(lines) if line.startswith("CREATE TABLE")]
    assert [lines[number] for number in tables if not lines[number - 1].startswith("-- ")] == []


def test_a_new_file_needs_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "papers.db"
    assert migrate_file(path) == Migrated(0, LATEST)
    assert [each.name for each in tmp_path.iterdir()] == ["papers.db"]


def test_nothing_to_do_does_nothing(tmp_path: Path) -> None:
    path = tmp_path / "papers.db"
    migrate_file(path)
    assert migrate_file(path) == Migrated(LATEST, LATEST)
    assert [each.name for each in tmp_path.iterdir()] == ["papers.db"]


def test_a_copy_is_put_beside_the_file_first(tmp_path: Path) -> None:
    path = tmp_path / "papers.db"
    migrate_file(path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO digests VALUES ('kept', 1)")
    before = sqlite_shape(path)
    done = migrate_file(path, KNOWN)
    copy = tmp_path / f"papers.db.before-{NEXT.version:04}"
    assert done == Migrated(LATEST, NEXT.version, copy)
    assert sqlite_shape(copy) == before
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT digest FROM digests").fetchall() == [("kept",)]


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "papers.db"
    migrate_file(path)
    before = sqlite_shape(path)
    broken = replace(NEXT, sql=f"{NEXT.sql}CREATE NONSENSE;\n")
    with pytest.raises(StoreError, match="could not be prepared"):
        migrate_file(path, (*steps(), broken))
    assert sqlite_shape(path) == before


async def test_two_that_start_at_once_make_one_file(tmp_path: Path) -> None:
    path = tmp_path / "papers.db"
    done = await asyncio.gather(*(asyncio.to_thread(migrate_file, path) for _ in range(4)))
    assert sorted(each.before for each in done) == [0, LATEST, LATEST, LATEST]


async def test_two_that_start_at_once_migrate_one_postgres() -> None:
    async with postgres_url(empty=True) as url:
        done = await asyncio.gather(*(migrate(url) for _ in range(3)))
        assert sorted(each.before for each in done) == [0, LATEST, LATEST]


async def test_a_postgres_that_is_behind_is_refused_with_the_command_to_type() -> None:
    async with postgres_url(empty=True) as url:
        with pytest.raises(StoreError, match="papers migrate"):
            await open_store(url)
        await migrate(url)
        await (await open_store(url)).close()


async def test_a_postgres_that_is_ahead_is_refused() -> None:
    async with postgres_url() as url:
        await migrate_postgres(url, KNOWN)
        with pytest.raises(StoreError, match="newer papers-bot"):
            await open_store(url)


async def test_a_sqlite_that_is_ahead_is_refused_by_migrate_too(tmp_path: Path) -> None:
    migrate_file(tmp_path / "papers.db", KNOWN)
    with pytest.raises(StoreError, match="newer papers-bot"):
        await migrate(f"sqlite:///{tmp_path}/papers.db")


def test_a_step_changed_afterwards_is_noticed() -> None:
    with pytest.raises(StoreError, match="is not the one this program has"):
        pending([(1, "another checksum")], steps())
