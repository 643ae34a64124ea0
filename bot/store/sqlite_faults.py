"""SQLite's errors in sentences for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import StoreError

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

SENTENCES = {
    "NOTADB": "{path} is not a database: move it away, or set DATABASE_URL to another file.",
    "CORRUPT": "The database {path} is damaged: stop the service, then restore your last backup.",
    "FULL": "The disk is full, so nothing more can be written to {path}: make room and try again.",
    "READONLY": "The database {path} or its folder may not be written: allow the bot's user to write there.",
    "CANTOPEN": "The database {path} cannot be opened: check that its folder exists and may be written.",
    "PERM": "The database {path} may not be opened: give the bot's user the right to read and write it.",
    "BUSY": "The database {path} is being written by another process for too long: try again in a moment.",
    "LOCKED": "The database {path} is being written by another process for too long: try again in a moment.",
    "IOERR": "The disk does not read or write {path} as it should: check the disk and its free space.",
}
"""By the primary result code of https://www.sqlite.org/rescode.html, without `SQLITE_`."""

NO_ROOM = "The disk is full, so {path} cannot even be read: make room and try again."
"""Readers need an index beside the file (`-shm`), which takes 32 KiB."""

NEEDS_ROOM = ("SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_SHMMAP")
"""What stands for that index; its room is taken when the file is opened."""


def fault(error: sqlite3.Error, path: Path) -> StoreError | None:
    """Return the sentence for an error of the database as a whole; None for one of the statement alone."""
    name = str(getattr(error, "sqlite_errorname", ""))
    code = name.removeprefix("SQLITE_").partition("_")[0]
    sentence = NO_ROOM if name in NEEDS_ROOM else SENTENCES.get(code)
    return StoreError(sentence.format(path=path)) if sentence else None
