"""A PostgreSQL for tests: a schema of its own for each caller, dropped again at the end.

The server is `PAPERS_TEST_POSTGRES`, by default the database `test` on this machine. Where it does not
answer, the test is skipped with the reason; with `REQUIRE_POSTGRES=1` it fails.
"""

from __future__ import annotations

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


@asynccontextmanager
async def postgres_url(*, empty: bool = False) -> AsyncIterator[str]:
    """Yield the URL of a schema of its own, with our tables unless `empty`; it is dropped at the end."""
    schema = f"papers_{uuid.uuid4().hex}"
    await _run(f"CREATE SCHEMA {schema}")
    try:
        url = f"{SERVER}?search_path={schema}"
        if not empty:
            await migrate(url)
        yield url
    finally:
        await _run(f"DROP SCHEMA {schema} CASCADE")


_made: list[str] = []
_free: list[str] = []
"""Schemas of this process with our tables and without a row, to be used again: making one takes .3 s."""


@asynccontextmanager
async def emptied_postgres_url() -> AsyncIterator[str]:
    """Yield the URL of a schema with our tables, empty: for tests that leave the tables themselves alone."""
    if not _free:
        schema = f"papers_{uuid.uuid4().hex}"
        _made.append(schema)
        await _run(f"CREATE SCHEMA {schema}")
        await migrate(f"{SERVER}?search_path={schema}")
        _free.append(schema)
    schema = _free.pop()
    yield f"{SERVER}?search_path={schema}"
    await _empty(schema)
    _free.append(schema)


async def drop_emptied() -> None:
    """Drop what `emptied_postgres_url` made in this process."""
    _free.clear()
    while _made:
        await _run(f"DROP SCHEMA IF EXISTS {_made.pop()} CASCADE")


async def _empty(schema: str) -> None:
    """Delete every row but the marks of migrations."""
    connection = await connect()
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", schema)
        names = [row["tablename"] for row in rows if not row["tablename"].endswith("_migrations")]
        await connection.execute("; ".join(f"DELETE FROM {schema}.{name}" for name in names))
    finally:
        await connection.close()


async def _run(statement: str) -> None:
    connection = await connect()
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
