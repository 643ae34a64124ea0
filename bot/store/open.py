"""Opening the store that a DATABASE_URL names."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from bot.errors import StoreError
from bot.store.sql_store import SqlStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.store.steps import Migrated

SQLITE = "sqlite:///"
POSTGRES = ("postgresql://", "postgres://")


async def open_store(url: str) -> SqlStore:
    """Open the store; the caller closes it.

    SQLite is brought up to date first, after a copy was put beside it; a PostgreSQL that is behind is
    refused.

    Raises:
        StoreError: one sentence says what is wrong with the URL or the database.
    """
    if is_postgres(url):
        with extra():
            from bot.store.postgres_open import open_postgres  # noqa: PLC0415 - slow, and an extra
        return SqlStore(await open_postgres(url))
    from bot.store.sqlite_open import open_sqlite  # noqa: PLC0415 - not needed for PostgreSQL

    return SqlStore(await open_sqlite(sqlite_path(url)))


async def migrate(url: str) -> Migrated:
    """Bring a database up to date. Safe to do in several processes at once."""
    if is_postgres(url):
        with extra():
            from bot.store.postgres_open import migrate_postgres  # noqa: PLC0415 - as above
        return await migrate_postgres(url)
    from bot.store.sqlite_open import migrate_sqlite  # noqa: PLC0415 - as above

    return await migrate_sqlite(sqlite_path(url))


@contextmanager
def extra() -> Iterator[None]:
    """Say what to install where the driver of PostgreSQL is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise StoreError("PostgreSQL needs asyncpg: type `pip install 'papers-bot[postgres]'`.") from error


def is_postgres(url: str) -> bool:
    """Whether the URL names a PostgreSQL."""
    return url.startswith(POSTGRES)


def sqlite_path(url: str) -> Path:
    """Return the file of a URL: `sqlite:///papers.db` is relative, `sqlite:////srv/papers.db` is not."""
    path = url.removeprefix(SQLITE)
    if path == url or not path:
        raise StoreError("DATABASE_URL must be sqlite:///FILE or postgresql://USER@HOST/DATABASE.")
    return Path(path)


def index_path(url: str) -> Path:
    """Return where the search index is kept: beside a SQLite file, else in the user's cache folder."""
    if not is_postgres(url):
        database = sqlite_path(url)
        return database.with_name(f"{database.name}.search")
    parts = urlsplit(url)
    # Without who logs in: a changed password is no other database, and none of it belongs into a name.
    options = sorted(pair for pair in parse_qsl(parts.query) if pair[0] not in {"user", "password"})
    where = f"{parts.netloc.rpartition('@')[2]}{parts.path}?{urlencode(options)}"
    named = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG Base Directory Specification has relative paths ignored.
    cache = Path(named) if named.startswith("/") else Path.home() / ".cache"
    return cache / "papers-bot" / f"{hashlib.sha256(where.encode()).hexdigest()[:16]}.search"
