"""Backup and restore of a SQLite file. These functions wait for the disk: they run in a thread."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from bot.errors import StoreError
from bot.store.backup_files import free_name
from bot.store.restored import STEPS
from bot.store.running import service_lock
from bot.store.sqlite_faults import fault
from bot.store.sqlite_schema import applied_steps, copy_file
from bot.store.steps import pending, steps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a file in use; a file that is moved takes them along."""

LOCK_TIMEOUT_S = 5.0


def copy_out(path: Path, part: Path) -> None:
    """Copy the database into a file, as one moment has it, also while others write."""
    if not path.exists():
        raise StoreError(f"There is no database {path} to back up.")
    with _told(path):
        _refuse_unusable(path)
    with _told(part):
        copy_file(path, part)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Name the file that an error is about: of a copy, the one that is written."""
    try:
        yield
    except sqlite3.Error as error:
        raise fault(error, path) or StoreError(f"{path} could not be copied: {error}") from error


def copy_in(path: Path, source: Path) -> Path | None:
    """Put a backup in the database's place; return where what was there is kept."""
    if not path.parent.is_dir():
        raise StoreError(
            f"The folder {path.parent} does not exist: make it, or set DATABASE_URL to another file."
        )
    try:
        _refuse_unusable(source)
        with service_lock(path):
            return _replace(path, source)
    except sqlite3.Error as error:
        raise StoreError(f"{source} is not a whole backup: nothing was changed.") from error
    except OSError as error:
        raise StoreError(f"The backup could not be put at {path}: {error.strerror}.") from error


def _replace(path: Path, source: Path) -> Path | None:
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    copy_file(source, part)
    _doubt(part)
    kept = None
    if path.exists():
        _settle(path)
        kept = free_name(path)
        _keep(path, kept)
    part.replace(path)
    return kept


def _doubt(part: Path) -> None:
    """Let what was posted since the backup be looked up; the file has its place only then."""
    with closing(sqlite3.connect(part, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        for step in STEPS:
            database.execute(step)
        database.execute("COMMIT")


def _settle(path: Path) -> None:
    """Bring what stands beside the file into it; refuse while another process uses it."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=LOCK_TIMEOUT_S)) as database:
            database.execute("PRAGMA locking_mode=EXCLUSIVE")
            database.execute("BEGIN EXCLUSIVE")
            database.execute("COMMIT")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        if error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise StoreError(f"Another command is using {path}: wait for it, or stop it.") from error
        # A damaged file is a reason to restore; it is kept as it is, with what stands beside it.


def _keep(path: Path, kept: Path) -> None:
    """Give the old file a second name: at no moment is there no database for others to find."""
    try:
        os.link(path, kept)
    except OSError:
        # Some file systems have no second names.
        shutil.copy2(path, kept)
    for ending in BESIDE:
        beside = path.with_name(path.name + ending)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + ending))


def _refuse_unusable(path: Path) -> None:
    """Read a file whole, and refuse one that is not ours, damaged, or newer than this program."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as database:
        if not (applied := applied_steps(database, path)):
            raise StoreError(f"{path} is not a database of papers-bot.")
        pending(applied, steps())
        verdict = database.execute("PRAGMA quick_check(1)").fetchone()[0]
        page = database.execute("PRAGMA page_size").fetchone()[0]
    # SQLite reads the missing end of a cut page as zeros, and finds that well.
    if verdict != "ok" or path.stat().st_size % page:
        raise StoreError(f"{path} is damaged: use another backup.")
