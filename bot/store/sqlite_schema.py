"""A SQLite file's schema: whose it is, and bringing it up to date under a write lock with a copy beside it.

These functions wait for the disk: they run in a thread.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

from bot.errors import StoreError
from bot.store.sqlite_faults import fault
from bot.store.steps import APPLIED, CREATE_LEDGER, LEDGER, RECORD, Migrated, Step, pending, steps

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOCK_TIMEOUT_S = 10.0

# Names of the tables, to tell a new database from another program's.
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


def is_up_to_date(applied: Sequence[tuple[int, str]]) -> bool:
    """Whether nothing is pending; raises StoreError for a database that this program may not use."""
    return not pending(applied, steps())


def migrate_file(path: Path, known: Sequence[Step] | None = None) -> Migrated:
    """Bring the file up to date; a new one is made. The copy beside it is named `<file>.before-0002`.

    Raises:
        StoreError: the file is not ours, is newer than us, or cannot be written; it is left as it was.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=LOCK_TIMEOUT_S)) as database:
            return _migrate(database, path, steps() if known is None else known)
    except sqlite3.Error as error:
        raise fault(error, path) or StoreError(
            f"The database {path} could not be prepared: {error}"
        ) from error


def applied_steps(database: sqlite3.Connection, path: Path) -> list[tuple[int, str]]:
    """Return what the ledger says, nothing for a new file; another program's database is a StoreError."""
    tables = {name for (name,) in database.execute(TABLES)}
    if LEDGER in tables:
        return database.execute(APPLIED).fetchall()
    if tables:
        raise StoreError(
            f"{path} is a database of another program: move it away, or set DATABASE_URL to another file."
        )
    return []


def _migrate(database: sqlite3.Connection, path: Path, known: Sequence[Step]) -> Migrated:
    applied = applied_steps(database, path)
    todo = pending(applied, known)
    if not todo:
        return Migrated(known[-1].version, known[-1].version)
    if not applied:
        # Cannot be done inside the transaction; a process that starts at the same time does the same.
        database.execute("PRAGMA journal_mode=WAL")
    database.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it while this one waited for the lock.
        applied = applied_steps(database, path)
        todo = pending(applied, known)
        kept = _copy(path, todo[0]) if applied and todo else None
        _apply(database, todo, is_new=not applied)
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")
    return Migrated(applied[-1][0] if applied else 0, known[-1].version, kept)


def _apply(database: sqlite3.Connection, todo: Sequence[Step], *, is_new: bool) -> None:
    if is_new:
        database.execute(CREATE_LEDGER)
    for step in todo:
        for statement in step.statements:
            database.execute(statement)
        database.execute(RECORD, (step.version, step.name, step.checksum, time.time_ns() // 1000))


def _copy(path: Path, step: Step) -> Path:
    """Copy the file as it stands, through a connection that only reads: the writer's lock is held."""
    kept = path.with_name(f"{path.name}.before-{step.version:04}")
    part = kept.with_name(f"{kept.name}.part")
    part.unlink(missing_ok=True)
    copy_file(path, part)
    part.replace(kept)
    return kept


def copy_file(source: Path, target: Path) -> None:
    """Copy a database consistently, also while it is written, into one file without a WAL beside it."""
    with closing(sqlite3.connect(source)) as database, closing(sqlite3.connect(target)) as copy:
        database.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
