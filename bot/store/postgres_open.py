"""Opening a PostgreSQL, and its schema."""

from __future__ import annotations

import re
import time
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, cast

import asyncpg

from bot.errors import StoreError
from bot.store.postgres import (
    COMMAND_TIMEOUT_S,
    CONNECT_TIMEOUT_S,
    MOST_CONNECTIONS,
    SESSION,
    PostgresEngine,
    dialect,
    lock_key,
)
from bot.store.postgres_faults import no_address, told, where_of
from bot.store.steps import APPLIED, CREATE_LEDGER, LEDGER, RECORD, Migrated, Step, pending, steps

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

Applied = list[tuple[int, str]]

MIGRATING = "schema"

# Texts are ordered by their code points, as SQLite does, whatever the database's own order is.
TEXT = re.compile(r"\bTEXT\b")
BYTEWISE = 'TEXT COLLATE "C"'


async def open_postgres(url: str) -> PostgresEngine:
    """Open a database whose schema is this program's.

    Raises:
        StoreError: it does not answer, or its schema is behind or ahead.
    """
    where = where_of(url)
    engine = PostgresEngine(await _pool(url), where)
    try:
        # The pool connects with its first read.
        with _understood():
            await _refuse_behind(engine)
    except BaseException:
        await engine.close()
        raise
    return engine


async def migrate_postgres(url: str, known: Sequence[Step] | None = None) -> Migrated:
    """Bring a database up to date; of several processes one does it, the others wait and find it done."""
    async with connected(url) as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", lock_key(MIGRATING))
        return await migrate_within(connection, steps() if known is None else known)


async def migrate_within(connection: asyncpg.Connection, known: Sequence[Step]) -> Migrated:
    """Bring a database up to date inside the caller's transaction."""
    applied = await applied_steps(connection)
    todo = pending(applied, known)
    if not applied:
        await connection.execute(TEXT.sub(BYTEWISE, CREATE_LEDGER))
    for step in todo:
        await _apply(connection, step)
    return Migrated(applied[-1][0] if applied else 0, known[-1].version)


async def applied_steps(connection: asyncpg.Connection) -> Applied:
    """Return what the ledger says; nothing for a schema that has none."""
    if await connection.fetchval("SELECT to_regclass($1)", LEDGER) is None:
        return []
    return [(row[0], row[1]) for row in await connection.fetch(APPLIED)]


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Connect for work that has no time limit; errors of the whole database become sentences."""
    where = where_of(url)
    with told(where):
        with _understood():
            connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_S, server_settings=SESSION)
        try:
            yield connection
        finally:
            await connection.close(timeout=CONNECT_TIMEOUT_S)


async def _apply(connection: asyncpg.Connection, step: Step) -> None:
    for statement in step.statements:
        try:
            await connection.execute(TEXT.sub(BYTEWISE, statement))
        except asyncpg.DuplicateTableError as error:
            raise StoreError(
                "This PostgreSQL schema holds tables of another program under names that papers-bot uses:"
                " give it a database or a schema of its own."
            ) from error
    now = time.time_ns() // 1000
    await connection.execute(dialect(RECORD), step.version, step.name, step.checksum, now)


async def _refuse_behind(engine: PostgresEngine) -> None:
    try:
        applied = cast("Applied", await engine.fetch(APPLIED))
    except asyncpg.UndefinedTableError:
        applied = []
    if pending(applied, steps()):
        raise StoreError(
            f"The PostgreSQL at {engine.where} has an older schema: type `papers migrate` first."
        )


async def _pool(url: str) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=MOST_CONNECTIONS,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=COMMAND_TIMEOUT_S,
        server_settings=SESSION,
        reset=_keep_session,
    )


@contextmanager
def _understood() -> Iterator[None]:
    """Say it where asyncpg cannot make sense of the URL."""
    try:
        yield
    except (ValueError, asyncpg.ClientConfigurationError):
        # Its message may quote the URL, password and all.
        raise no_address() from None


async def _keep_session(_connection: asyncpg.Connection) -> None:
    """Leave a connection as it is between uses: nothing is set on it, and resetting costs a round trip."""
