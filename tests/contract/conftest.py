"""Every test in this folder that asks for `store` runs on all three."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.store import open_store
from tests.contract.subscribing import delivery_over
from tests.fakes.memory_store import MemoryStore
from tests.postgres import emptied_postgres_url
from tests.sqlite import empty_sqlite_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.ports import Store
    from tests.contract.subscribing import DeliveryStore


@asynccontextmanager
async def opened(engine: str, folder: Path) -> AsyncIterator[Store]:
    """Open an empty store of a kind, and close it again."""
    async with AsyncExitStack() as stack:
        store: Store = MemoryStore()
        if engine == "sqlite":
            store = await open_store(empty_sqlite_url(folder))
        if engine == "postgres":
            url = await stack.enter_async_context(emptied_postgres_url())
            store = await open_store(url)
        stack.push_async_callback(store.close)
        yield store


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(request.param, tmp_path) as each:
        yield each


@pytest.fixture
def delivery(store: Store) -> DeliveryStore:
    """Return subscriptions, plans and deliveries over the same store."""
    return delivery_over(store)
