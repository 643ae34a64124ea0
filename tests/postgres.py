"""A PostgreSQL for tests: a schema of its own for each caller, dropped again at the end.

The server is `PAPERS_TEST_POSTGRES`, by default the database `test` on this machine. Where it does not
answer, the test is skipped with the reason; with `REQUIRE_POSTGRES=1` it fails.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest

from bot.store import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SERVER = os.environ.get("PAPERS_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
CONNECT_TIMEOUT_S = 5.0


async def connect() -> asyncpg.Connection:
    """Connect to the server; skip the test (or fail it, with REQUIRE_POSTGRES=1) where it does not answer."""
    try:
        return await asyncpg.connect(SERVER, timeout=CONNECT_TIMEOUT_S)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        reason = f"PostgreSQL does not answer: {error}"
        if os.environ.get("REQUIRE_POSTGRES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


class Administrator:
    """The one connection of this process that makes and empties schemas: connecting takes longer than these.

    Every test has an event loop of its own, so this has one too, which runs in a thread while somebody asks.
    """

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._connection: asyncpg.Connection | None = None

    async def run(self, statement: str) -> None:
        """Run statements of which nothing is to be told."""
        await asyncio.to_thread(self.run_now, statement)

    def run_now(self, statement: str) -> None:
        """Do the same where no event loop runs."""
        self._runner.run(self._run(statement))

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._runner.run(self._connection.close())
        self._runner.close()

    async def _run(self, statement: str) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect()
        await self._connection.execute(statement)


_administrator = Administrator()


@asynccontextmanager
async def postgres_url(*, empty: bool = False) -> AsyncIterator[str]:
    """Yield the URL of a schema of its own, with our tables unless `empty`; it is dropped at the end."""
    schema = f"papers_{uuid.uuid4().hex}"
    await _administrator.run(f"CREATE SCHEMA {schema}")
    try:
        url = f"{SERVER}?search_path={schema}"
        if not empty:
            await migrate(url)
        yield url
    finally:
        await _administrator.run(f"DROP SCHEMA {schema} CASCADE")


_made: list[str] = []
_free: list[str] = []
"""Schemas of this process with our tables and without a row, to be used again: making one takes .3 s."""

EMPTY = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = '{schema}' AND tablename NOT LIKE '%_migrations'
    LOOP
        EXECUTE format('DELETE FROM {schema}.%I', name);
    END LOOP;
END $$
"""
"""Deletes every row but the marks of migrations."""


@asynccontextmanager
async def emptied_postgres_url() -> AsyncIterator[str]:
    """Yield the URL of a schema with our tables, empty: for tests that leave the tables themselves alone."""
    if not _free:
        schema = f"papers_{uuid.uuid4().hex}"
        _made.append(schema)
        await _administrator.run(f"CREATE SCHEMA {schema}")
        await migrate(f"{SERVER}?search_path={schema}")
        _free.append(schema)
    schema = _free.pop()
    yield f"{SERVER}?search_path={schema}"
    await _administrator.run(EMPTY.format(schema=schema))
    _free.append(schema)


def drop_emptied() -> None:
    """Drop what `emptied_postgres_url` made in this process."""
    _free.clear()
    while _made:
        _administrator.run_now(f"DROP SCHEMA IF EXISTS {_made.pop()} CASCADE")
    _administrator.close()
