"""Opening a SQLite file: quick where its schema is this program's, else prepared first."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, cast

from bot.errors import StoreError
from bot.store.sqlite import SqliteEngine
from bot.store.sqlite_schema import is_up_to_date, migrate_file
from bot.store.steps import APPLIED

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store.steps import Migrated


async def open_sqlite(path: Path) -> SqliteEngine:
    """Open the file, made or brought up to date where it must be."""
    _refuse_missing_folder(path)
    engine = SqliteEngine(path)
    try:
        if not await _is_ready(engine):
            await asyncio.to_thread(migrate_file, path)
    except BaseException:
        await engine.close()
        raise
    return engine


async def migrate_sqlite(path: Path) -> Migrated:
    """Bring the file up to date, and tell what was done."""
    _refuse_missing_folder(path)
    return await asyncio.to_thread(migrate_file, path)


async def _is_ready(engine: SqliteEngine) -> bool:
    """Look at the ledger first: where all is well, nothing else need be asked."""
    if not engine.path.exists():
        return False
    try:
        applied = await engine.fetch(APPLIED)
    except sqlite3.OperationalError:
        # No ledger: a new file or another program's, which migrating finds out under its lock.
        return False
    return is_up_to_date(cast("list[tuple[int, str]]", applied))


def _refuse_missing_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise StoreError(
            f"The folder {path.parent} does not exist: make it, or set DATABASE_URL to another file."
        )
    if path.is_dir():
        raise StoreError(
            f"{path} is a folder: set DATABASE_URL to a file in it, as sqlite:///{path}/papers.db."
        )
