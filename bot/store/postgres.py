"""PostgreSQL: a pool of connections; writes of one process that wait share a transaction."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from contextlib import nullcontext
from functools import cache
from itertools import groupby, repeat
from typing import TYPE_CHECKING

import asyncpg

from bot.errors import StoreError
from bot.store.engine import IN_LIST, NOW, SERVER_OF_ACT, SKIPPING_LOCKED, Done, Unit, UnmixedError
from bot.store.grouping import GroupCommit
from bot.store.postgres_faults import BROKEN, told
from bot.store.postgres_many import many

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence

    from bot.store.engine import Row, Statement, Value

    Way = Callable[[asyncpg.Connection, Sequence[Unit]], Awaitable[Sequence[Done]]]
    Part = tuple[int, Statement]
    """One statement of a unit, with the unit's number."""

MOST_CONNECTIONS = 10
CONNECT_TIMEOUT_S = 10.0
COMMAND_TIMEOUT_S = 60.0

TRIES = 3
"""Of a transaction that deadlocked with another process; it was rolled back whole, so it may be repeated."""

# Compiling a plan to machine code costs more than our short reads take.
SESSION = {"jit": "off", "application_name": "papers-bot"}

PLACEHOLDER = re.compile(r"\?(\d+)")

OWN_WORDS = {
    SERVER_OF_ACT: "split_part(acts.place, '/', 1)",
    NOW: "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
    SKIPPING_LOCKED: "FOR UPDATE SKIP LOCKED",
    IN_LIST: "= ANY (ARRAY (SELECT json_array_elements_text(CAST(?1 AS json))))",
}


@cache
def dialect(sql: str) -> str:
    """Write a statement as PostgreSQL does: `?1` becomes `$1`."""
    for ours, its in OWN_WORDS.items():
        sql = sql.replace(ours, its)
    return PLACEHOLDER.sub(r"$\1", sql)


@cache
def counting(sql: str, parameters: int) -> str:
    """Let a statement return, for each row that it changes, the number of the unit that it belongs to."""
    return f"{dialect(sql)} RETURNING CAST(${parameters + 1} AS BIGINT)"


def lock_key(name: str) -> int:
    """Return the number of an advisory lock."""
    return zlib.crc32(f"papers-bot {name}".encode())


class PostgresEngine:
    """A PostgreSQL database. Connections are opened when they are first needed."""

    def __init__(self, pool: asyncpg.Pool, where: str) -> None:
        self.pool = pool
        self.where = where
        self._group = GroupCommit(self._commit, in_turns=True)
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

    def write(self, unit: Unit) -> Awaitable[Done]:
        """Commit a unit with all that wait."""
        return self._group.write(unit)

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
        locks = sorted({unit.alone for unit in units} - {""})
        alike = [(way, list(some)) for (way, _), some in groupby(units, key=_way)]
        async with (
            self.pool.acquire() as connection,
            nullcontext() if not locks and is_single(alike) else connection.transaction(),
        ):
            for name in locks:
                await connection.execute("SELECT pg_advisory_xact_lock($1)", lock_key(name))
            done: list[Done] = []
            for way, some in alike:
                done += await way(connection, some)
            return done


def is_single(alike: Sequence[tuple[Way, Sequence[Unit]]]) -> bool:
    """Whether units are one statement together: it is all or none by itself, and saves two round trips."""
    way, units = alike[0]
    first = units[0]
    if len(alike) > 1 or len(first.statements) != 1:
        return False
    return not first.has_needs if len(units) == 1 else way is _mixed


def _way(unit: Unit) -> tuple[Way, Sequence[str]]:
    """Return how a unit is done, together with neighbours of which this returns the same."""
    if mixing := unit.mixing:
        return _mixed, mixing
    return (_one_by_one if unit.has_needs else _joined), ()


async def _joined(connection: asyncpg.Connection, units: Sequence[Unit]) -> Sequence[Done]:
    """Do units in their order, neighbours that are the same together."""
    changed: Counter[int] = Counter()
    returned: dict[int, Sequence[Row]] = {}
    for parts in _neighbours(units):
        number, first = parts[0]
        if first.returns:
            returned[number] = await _returning(connection, first)
            changed[number] += len(returned[number])
        else:
            changed.update(await _changes(connection, parts))
    return [Done(changed[number], returned.get(number, ())) for number in range(len(units))]


async def _mixed(connection: asyncpg.Connection, units: Sequence[Unit]) -> Sequence[Done]:
    """Do the first statement of all units, then the second of those that found what they need, and so on."""
    if len(units) == 1 and units[0].may_be_undone:
        return await _one_by_one(connection, units)
    changed = [0] * len(units)
    failed: list[int | None] = [None] * len(units)
    for index in range(len(units[0].statements)):
        parts = [
            (number, unit.statements[index]) for number, unit in enumerate(units) if failed[number] is None
        ]
        counts = Counter(await _changes(connection, parts))
        for number, each in parts:
            count = counts[number]
            changed[number] += count
            if count < each.needs:
                if index > 0:
                    raise UnmixedError
                failed[number] = index
    return list(map(Done, changed, repeat(()), failed))


async def _one_by_one(connection: asyncpg.Connection, units: Sequence[Unit]) -> Sequence[Done]:
    """Do units that may end before their end."""
    return [await _done_or_undone(connection, unit) for unit in units]


async def _done_or_undone(connection: asyncpg.Connection, unit: Unit) -> Done:
    """Do a unit as far as its statements find what they need, else leave nothing of it."""
    done: list[Done] = []
    savepoint = connection.transaction()
    await savepoint.start()
    for index, statement in enumerate(unit.statements):
        done += await _joined(connection, [Unit((statement,))])
        if done[-1].changed < statement.needs:
            await savepoint.rollback()
            return Done(0, failed=index)
    await savepoint.commit()
    rows = next((each.rows for each in reversed(done) if each.rows), ())
    return Done(sum(each.changed for each in done), rows)


def _neighbours(units: Sequence[Unit]) -> Iterator[Sequence[Part]]:
    """Join statements that stand beside each other and are the same, also those of different units."""
    parts = [(number, each) for number, unit in enumerate(units) for each in unit.statements]
    for (_, returns), same in groupby(parts, key=lambda part: (part[1].sql, part[1].returns)):
        if returns:
            yield from ([part] for part in same)
        else:
            yield list(same)


async def _changes(connection: asyncpg.Connection, parts: Sequence[Part]) -> Iterable[int]:
    """Run a statement for all rows; return the unit of each changed row."""
    rows = [row for _, statement in parts for row in statement.rows]
    if not rows:
        return ()
    sql = parts[0][1].sql
    units = [number for number, statement in parts for _ in statement.rows]
    if len(rows) > 1 and (together := many(sql, rows)):
        insert, values = together
        if insert.key is None:
            await connection.execute(insert.sql, *values)
            return units
        unit_of = dict(zip(map(insert.key, rows), units, strict=True))
        # A row must not change twice in one statement.
        if len(unit_of) == len(rows):
            changed = await connection.fetch(insert.sql, *values)
            return units if changed[0][0] == len(rows) else _owners(unit_of, changed)
    return await _changes_one_by_one(connection, sql, rows, units)


def _owners(unit_of: Mapping[Row, int], changed: Sequence[Row]) -> Iterable[int]:
    """Return the unit of each row that was changed, some at least having not been."""
    return (unit_of[tuple(key)] for count, *key in changed if count)


async def _changes_one_by_one(
    connection: asyncpg.Connection, sql: str, rows: Sequence[Row], units: Sequence[int]
) -> Iterable[int]:
    """Run a statement for one row after the other, sent without waiting between them."""
    numbered = [(*row, unit) for row, unit in zip(rows, units, strict=True)]
    changed = await connection.fetchmany(counting(sql, len(rows[0])), numbered)
    return (unit for (unit,) in changed)


async def _returning(connection: asyncpg.Connection, statement: Statement) -> Sequence[Row]:
    sql = f"{dialect(statement.sql)} RETURNING {statement.returns}"
    rows: Sequence[Row] = await connection.fetch(sql, *statement.rows[0])
    return rows
