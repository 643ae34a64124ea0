"""Backup and restore: one file that holds everything, made while a service runs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import StoreError
from bot.store.backup_files import reserved
from bot.store.open import extra, is_postgres, sqlite_path

if TYPE_CHECKING:
    from pathlib import Path

SQLITE_MAGIC = b"SQLite format 3\0"
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Restored:
    """A restore that was done. `kept` holds what was there before, where there was anything."""

    kept: Path | None


async def backup(url: str, target: Path) -> None:
    """Write a consistent copy of the database into a new file.

    Raises:
        StoreError: the file exists or cannot be written, or the database is not well; no file is left.
    """
    with reserved(target) as part:
        if is_postgres(url):
            with extra():
                from bot.store.postgres_backup import dump  # noqa: PLC0415 - slow, and an extra
            await dump(url, part)
        else:
            from bot.store.sqlite_backup import copy_out  # noqa: PLC0415 - not needed for PostgreSQL

            await asyncio.to_thread(copy_out, sqlite_path(url), part)


async def restore(url: str, source: Path) -> Restored:
    """Put a backup in the database's place; what was there is kept beside it (PostgreSQL: beside the backup).

    Raises:
        StoreError: the backup is not whole, or not of this kind of database, or a service runs; nothing is
            changed.
    """
    _refuse_foreign(source, GZIP_MAGIC if is_postgres(url) else SQLITE_MAGIC)
    if is_postgres(url):
        with extra():
            from bot.store.postgres_backup import load  # noqa: PLC0415 - slow, and an extra
        return Restored(await load(url, source))
    from bot.store.sqlite_backup import copy_in  # noqa: PLC0415 - not needed for PostgreSQL

    return Restored(await asyncio.to_thread(copy_in, sqlite_path(url), source))


def _refuse_foreign(source: Path, magic: bytes) -> None:
    try:
        with source.open("rb") as file:
            start = file.read(len(SQLITE_MAGIC))
    except OSError as error:
        raise StoreError(f"{source} cannot be read: {error.strerror}.") from error
    if start.startswith(magic):
        return
    if start.startswith((SQLITE_MAGIC, GZIP_MAGIC)):
        raise StoreError(
            f"{source} is a backup of the other kind of database: move between them with"
            " `papers export` and `papers import`."
        )
    raise StoreError(f"{source} is not a backup of papers-bot.")
