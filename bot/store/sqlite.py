"""SQLite: one connection that writes, a few that read, each in aiosqlite's thread of its own."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager
from itertools import groupby, repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

import aiosqlite

from bot.errors import StoreError
from bot.store.engine import Done, Row, Statement, Unit, UnmixedError, Value
from bot.store.grouping import GroupCommit
from bot.store.sqlite_faults import fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Sequence
    from pathlib import Path

READERS = 3
BUSY_TIMEOUT_S = 5.0

# WAL lets readers read while one writes; FULL makes each commit outlast a loss of power, at next to no cost
# under group commit. Both are set again at each start: a restored file comes without WAL.
WRITER_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"


MIXING = attrgetter("mixing")


class Group:
    """Units on their way through aiosqlite into the writer's thread, and what came of them."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self.results: list[Done] = []

    def __iter__(self) -> Iterator[Any]:
        return iter(())


class WriterConnection(sqlite3.Connection):
    """A connection that runs a whole group in one call.

    aiosqlite hands each call to the connection's thread, 150 microseconds apiece; `executemany` is the call
    of its public face that takes an object of ours along.
    """

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """Run a Group in one transaction, all or none; anything else as sqlite3 does."""
        if not isinstance(parameters, Group):
            return super().executemany(sql, parameters)
        cursor = self.execute("BEGIN IMMEDIATE")
        try:
            for mixing, same in groupby(parameters.units, key=MIXING):
                units = list(same)
                together = mixing and len(units) > 1
                parameters.results += _mixed(cursor, units) if together else _in_order(cursor, units)
            cursor.execute("COMMIT")
        finally:
            # Also after a failed COMMIT; SQLite itself has rolled back where the disk was full.
            if self.in_transaction:
                cursor.execute("ROLLBACK")
        return cursor


def _in_order(cursor: sqlite3.Cursor, units: Iterable[Unit]) -> Iterator[Done]:
    """Do one unit after the other."""
    return (_do_or_undo(cursor, unit) if unit.may_be_undone else _do(cursor, unit) for unit in units)


def _mixed(cursor: sqlite3.Cursor, units: Sequence[Unit]) -> Iterator[Done]:
    """Do the first statement of all units, then the second of those that found what they need, and so on."""
    changed = [0] * len(units)
    failed: list[int | None] = [None] * len(units)
    for index, first in enumerate(units[0].statements):
        left = [number for number, failed_at in enumerate(failed) if failed_at is None]
        layer = [units[number].statements[index] for number in left]
        counts = _layer(cursor, first.sql, [each.rows for each in layer])
        for number, each, count in zip(left, layer, counts, strict=True):
            changed[number] += count
            if count < each.needs:
                if index > 0:
                    raise UnmixedError
                failed[number] = index
    return map(Done, changed, repeat(()), failed)


def _layer(cursor: sqlite3.Cursor, sql: str, parts: Iterable[Sequence[Row]]) -> Sequence[int]:
    """Run a statement for all rows of all parts in one call; return how many rows each part changed."""
    counts: list[int] = []

    def rows() -> Iterator[Row]:
        for part in parts:
            before = cursor.connection.total_changes
            yield from part
            # sqlite3 asks for the next row when it is done with this one.
            counts.append(cursor.connection.total_changes - before)

    cursor.executemany(sql, rows())
    return counts


def _do_or_undo(cursor: sqlite3.Cursor, unit: Unit) -> Done:
    """Do a unit as far as its statements find what they need, else leave nothing of it."""
    cursor.execute("SAVEPOINT unit")
    done = _do(cursor, unit)
    if done.failed is not None:
        cursor.execute("ROLLBACK TO unit")
    cursor.execute("RELEASE unit")
    return done


def _do(cursor: sqlite3.Cursor, unit: Unit) -> Done:
    changed, returned = 0, []
    for index, statement in enumerate(unit.statements):
        before = changed
        if statement.returns:
            returned = cursor.execute(
                f"{statement.sql} RETURNING {statement.returns}", statement.rows[0]
            ).fetchall()
            changed += len(returned)
        else:
            changed += _run(cursor, statement)
        if changed - before < statement.needs:
            return Done(0, failed=index)
    return Done(changed, returned)


def _run(cursor: sqlite3.Cursor, statement: Statement) -> int:
    if len(statement.rows) == 1:
        return cursor.execute(statement.sql, statement.rows[0]).rowcount
    # rowcount keeps its old value where there are no rows at all
    return cursor.executemany(statement.sql, statement.rows).rowcount if statement.rows else 0


@asynccontextmanager
async def told(path: Path) -> AsyncIterator[None]:
    """Turn errors of the database as a whole into sentences."""
    try:
        yield
    except sqlite3.Error as error:
        sentence = fault(error, path)
        if sentence is None:
            raise
        raise sentence from error


class SqliteEngine:
    """A database in one file. Connections are opened when they are first needed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opening: set[asyncio.Task[aiosqlite.Connection]] = set()
        self._opened: list[aiosqlite.Connection] = []
        self._free_readers: list[aiosqlite.Connection] = []
        self._readers = asyncio.Semaphore(READERS)
        self._writer: aiosqlite.Connection | None = None
        self._group = GroupCommit(self._commit)
        self._is_closed = False

    async def fetch(self, sql: str, *values: Value) -> Sequence[Row]:
        """Read on a connection that nobody else reads on."""
        async with told(self.path), self._readers:
            reader = await self._free_reader()
            try:
                rows = await reader.execute_fetchall(sql, values)
            finally:
                # After a cancellation the thread finishes that read first; the next one waits for it there.
                self._free_readers.append(reader)
        return cast("Sequence[Row]", rows)

    def write(self, unit: Unit) -> Awaitable[Done]:
        """Commit a unit with all that wait."""
        return self._group.write(unit)

    async def close(self) -> None:
        """Finish the writes, then end every connection's thread; none is a daemon."""
        self._is_closed = True
        try:
            await self._group.close()
        finally:
            ended = asyncio.ensure_future(self._end_all())
            try:
                await asyncio.shield(ended)
            except asyncio.CancelledError:
                # A thread that outlives the loop could not even say that it has ended.
                await ended
                raise

    async def _end_all(self) -> None:
        await asyncio.gather(*self._opening, return_exceptions=True)
        ends = [connection.stop() for connection in self._opened]
        self._opened.clear()
        await asyncio.gather(*(end for end in ends if end is not None))

    async def _free_reader(self) -> aiosqlite.Connection:
        """Return a connection to read on; a closed store opens none, or lets it go at once."""
        if self._free_readers and not self._is_closed:
            return self._free_readers.pop()
        if not self._is_closed:
            reader = await self._new_reader()
            if not self._is_closed:
                return reader
        raise StoreError("The paper store has been closed.")

    async def _new_reader(self) -> aiosqlite.Connection:
        """Open a connection to read on; who is cancelled meanwhile leaves it to the next one."""
        opening = self._open()
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(self._keep_free)
            raise

    def _keep_free(self, opening: asyncio.Task[aiosqlite.Connection]) -> None:
        if not opening.cancelled() and opening.exception() is None:
            self._free_readers.append(opening.result())

    def _open(self, **options: Any) -> asyncio.Task[aiosqlite.Connection]:
        """Begin to open a connection, in a task that `close` knows: it waits for the connection's thread."""
        opening = asyncio.create_task(self._opened_one(**options))
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)
        return opening

    async def _opened_one(self, **options: Any) -> aiosqlite.Connection:
        connection = await aiosqlite.connect(
            self.path, isolation_level=None, timeout=BUSY_TIMEOUT_S, cached_statements=256, **options
        )
        self._opened.append(connection)
        return connection

    async def _open_writer(self) -> aiosqlite.Connection:
        writer = await asyncio.shield(self._open(factory=WriterConnection))
        try:
            await writer.executescript(WRITER_PRAGMAS)
        except sqlite3.Error:
            # The next write tries again on a new one; many tries must not leave many threads.
            self._opened.remove(writer)
            await writer.close()
            raise
        return writer

    async def _commit(self, units: Sequence[Unit]) -> Sequence[Done]:
        group = Group(units)
        async with told(self.path):
            if self._writer is None:
                self._writer = await self._open_writer()
            await self._writer.executemany("", group)
        return group.results
