"""Engines for tests of what lies below the store's port."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.store import open_store
from bot.store.postgres_open import open_postgres
from bot.store.sqlite_open import open_sqlite
from tests.postgres import emptied_postgres_url
from tests.sqlite import NAME, empty_sqlite_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.ports import Store
    from bot.store.engine import Engine


@asynccontextmanager
async def opened_engine(kind: str, folder: Path) -> AsyncIterator[Engine]:
    """Open an engine over an empty database, `sqlite` or `postgres`, and close it again."""
    if kind == "sqlite":
        empty_sqlite_url(folder)
        engine: Engine = await open_sqlite(folder / NAME)
        try:
            yield engine
        finally:
            await engine.close()
        return
    async with emptied_postgres_url() as url:
        engine = await open_postgres(url)
        try:
            yield engine
        finally:
            await engine.close()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    """Open a store, and close it again."""
    store = await open_store(url)
    try:
        yield store
    finally:
        await store.close()
