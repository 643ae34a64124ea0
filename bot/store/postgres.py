"""PostgreSQL: a pool of connections; writes of one process that wait share a transaction."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from contextlib import nullcontext
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import asyncpg

from bot.errors import StoreError
from bot.store.engine import Done
from bot.store.grouping import GroupCommit
from bot.store.postgres_faults import BROKEN, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.store.engine import Row, Statement, Unit, Value

MOST_CONNECTIONS = 10
CONNECT_TIMEOUT_S = 10.0
COMMAND_TIMEOUT_S = 60.0

TRIES = 3
"""Of a transaction that deadlocked with another process; it was rolled back whole, so it may be repeated."""

# Compiling a plan to machine code costs more than our short reads take.
SESSION = {"jit": "off", "application_name": "papers-bot"}

PLACEHOLDER = re.compile(r"\?(\d+)")


@cache
def dialect(sql: str) -> str:
    """Write placeholders as PostgreSQL does: `?1` becomes `$1`."""
    return PLACEHOLDER.sub(r"$\1", sql)


@cache
def counting(sql: str, parameters: int) -> str:
    """Let a statement return, for each row that it changes, the number of the unit that it belongs to."""
    return f"{dialect(sql)} RETURNING CAST(${parameters + 1} AS BIGINT)"


def lock_key(name: str) -> int:
    """Return the number of an advisory lock."""
    return zlib.crc32(f"papers-bot {name}".encode())


class Part(NamedTuple):
    """One statement of a unit, with the unit's number."""

    unit: int
    statement: Statement


class PostgresEngine:
    """A PostgreSQL database. Connections are opened when they are first needed."""

    def __init__(self, pool: asyncpg.Pool, where: str) -> None:
        self.pool = pool
        self.where = where
        self._group = GroupCommit(self._commit)
        self._is_closed = False

    async def fetch(self, sql: str, *values: Value) -> Sequence[Row]:
        """Read, in one round trip; a second time where the server was restarted meanwhile."""
        if self._is_closed:
            raise StoreError("The paper store has been closed.")
        with told(self.where):
            try:
                rows: Sequence[Row] = await self.pool.fetch(dialect(sql), *values)
            except BROKEN:
                await self.pool.expire_connections()
                rows = await self.pool.fetch(dialect(sql), *values)
        return rows

    async def write(self, unit: Unit) -> Done:
        """Commit a unit with all that wait."""
        return await self._group.write(unit)

    async def close(self) -> None:
        """Finish the writes, then close every connection."""
        self._is_closed = True
        try:
            await self._group.close()
        finally:
            await self.pool.close()

    async def _commit(self, units: Sequence[Unit]) -> Sequence[Done]:
        with told(self.where):
            try:
                return await self._repeated(units)
            except BROKEN:
                # Whether it was committed is not known, so it is not done again; but the next ones go well.
                await self.pool.expire_connections()
                raise

    async def _repeated(self, units: Sequence[Unit]) -> Sequence[Done]:
        for _ in range(TRIES - 1):
            try:
                return await self._transaction(units)
            except asyncpg.DeadlockDetectedError:
                continue
        return await self._transaction(units)

    async def _transaction(self, units: Sequence[Unit]) -> Sequence[Done]:
        changed: Counter[int] = Counter()
        returned: dict[int, Sequence[Row]] = {}
        alone = sorted({unit.alone for unit in units} - {""})
        batches = list(_neighbours(units))
        # Rows of one statement are all or none by themselves, as votes are: that saves two round trips.
        is_one = len(batches) == 1 and not alone
        async with (
            self.pool.acquire() as connection,
            nullcontext() if is_one else connection.transaction(),
        ):
            for name in alone:
                await connection.execute("SELECT pg_advisory_xact_lock($1)", lock_key(name))
            for parts in batches:
                first = parts[0]
                if first.statement.returns:
                    returned[first.unit] = await _returning(connection, first.statement)
                    changed[first.unit] += len(returned[first.unit])
                else:
                    changed.update(await _changes(connection, parts))
        return [Done(changed[number], returned.get(number, ())) for number in range(len(units))]


def _neighbours(units: Sequence[Unit]) -> Iterator[Sequence[Part]]:
    """Join statements that stand beside each other and are the same, also those of different units."""
    parts = [Part(number, each) for number, unit in enumerate(units) for each in unit.statements]
    for (_, returns), same in groupby(parts, key=lambda part: (part.statement.sql, part.statement.returns)):
        if returns:
            yield from ([part] for part in same)
        else:
            yield list(same)


async def _changes(connection: asyncpg.Connection, parts: Sequence[Part]) -> Iterator[int]:
    """Run a statement for all rows, sent without waiting between them; yield the unit of each changed row."""
    rows = [(*row, part.unit) for part in parts for row in part.statement.rows]
    if not rows:
        return iter(())
    changed = await connection.fetchmany(counting(parts[0].statement.sql, len(rows[0]) - 1), rows)
    return (unit for (unit,) in changed)


async def _returning(connection: asyncpg.Connection, statement: Statement) -> Sequence[Row]:
    sql = f"{dialect(statement.sql)} RETURNING {statement.returns}"
    rows: Sequence[Row] = await connection.fetch(sql, *statement.rows[0])
    return rows
