"""Backup and restore of PostgreSQL without its own tools: gzipped JSON lines.

First line: what this is and the schema's version. Then for each table an object with its name and columns,
and a list for each row. Last line: how many rows there were; without it the file is not whole.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import StoreError
from bot.store.backup_files import free_name, reserved
from bot.store.postgres import dialect, lock_key
from bot.store.postgres_open import MIGRATING, applied_steps, connected, migrate_within
from bot.store.restored import STEPS
from bot.store.steps import LEDGER, Step, pending, steps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import asyncpg

MARK = "papers-bot backup"
CHUNK = 1_000
"""Rows that are in memory at once."""

FASTEST = 1
"""Level of gzip: the highest saves a fifth more and takes six times as long."""

PASSING = {"leases"}
"""Tables of what is true only while processes run."""

CREATED = re.compile(r"^CREATE TABLE (\w+)", re.MULTILINE)

# The columns of a table, in a fixed order.
COLUMNS = """SELECT column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"""

# Whether a process holds a role now.
RUNNING = "SELECT role FROM leases WHERE until > extract(epoch FROM clock_timestamp()) * 1000000 LIMIT 1"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of one table."""

    table: str
    columns: list[str]
    rows: list[list[Any]]


def tables(known: tuple[Step, ...]) -> list[str]:
    """Return the names of the tables that steps of the schema make."""
    return sorted({name for step in known for name in CREATED.findall(step.sql)})


async def dump(url: str, part: Path) -> None:
    """Write all tables as one moment has them."""
    async with connected(url) as connection:
        if not await applied_steps(connection):
            raise StoreError("There is nothing to back up: this PostgreSQL has none of our tables.")
        await _dump(connection, part)


async def load(url: str, source: Path) -> Path | None:
    """Put a backup in the tables' place, all or nothing; return the backup of what was there."""
    version = _check(source)
    async with connected(url) as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", lock_key(MIGRATING))
        kept = None
        if await applied_steps(connection):
            await _refuse_running(connection)
            kept = free_name(source)
            with reserved(kept) as part:
                await _dump(connection, part)
        await _rebuild(connection, source, version)
    return kept


async def _dump(connection: asyncpg.Connection, part: Path) -> None:
    count = 0
    # Inside a transaction of the caller this is a savepoint, which takes no isolation of its own.
    options = {} if connection.is_in_transaction() else {"isolation": "repeatable_read", "readonly": True}
    async with connection.transaction(**options):
        applied = await applied_steps(connection)
        known = tuple(step for step in steps() if step.version <= applied[-1][0])
        with _writing(part), gzip.open(part, "wt", encoding="utf-8", compresslevel=FASTEST) as file:
            _line(file, {"mark": MARK, "schema": applied[-1][0]})
            for table in tables(known):
                if table not in PASSING:
                    count += await _dump_table(connection, table, file)
            _line(file, {"rows": count})


@contextmanager
def _writing(part: Path) -> Iterator[None]:
    """Tell a full disk from a connection that broke: both are errors of the system."""
    try:
        yield
    except ConnectionError:
        raise
    except OSError as error:
        raise StoreError(f"{part} cannot be written: {error.strerror}.") from error


async def _dump_table(connection: asyncpg.Connection, table: str, file: Any) -> int:
    columns = [row[0] for row in await connection.fetch(COLUMNS, table)]
    _line(file, {"table": table, "columns": columns})
    count = 0
    async for row in connection.cursor(f"SELECT {', '.join(columns)} FROM {table}", prefetch=CHUNK):
        _line(file, list(row))
        count += 1
    return count


def _line(file: Any, value: object) -> None:
    file.write(json.dumps(value, ensure_ascii=False) + "\n")


async def _refuse_running(connection: asyncpg.Connection) -> None:
    role = await connection.fetchval(RUNNING)
    if role is not None:
        raise StoreError(f"A service runs over this database (as {role}): stop it first.")


async def _rebuild(connection: asyncpg.Connection, source: Path, version: int) -> None:
    """Make the tables anew as the backup's program had them, fill them, and bring them up to date."""
    names = ", ".join([*tables(steps()), LEDGER])
    await connection.execute(f"DROP TABLE IF EXISTS {names}")
    await migrate_within(connection, [step for step in steps() if step.version <= version])
    for chunk in _chunks(source):
        await connection.copy_records_to_table(chunk.table, records=chunk.rows, columns=chunk.columns)
    await migrate_within(connection, steps())
    for step in STEPS:
        await connection.execute(dialect(step))


def _check(source: Path) -> int:
    """Read a backup whole before anything is touched; return the version of its schema."""
    lines = _lines(source)
    first = next(lines, None)
    if not isinstance(first, dict) or first.get("mark") != MARK:
        raise StoreError(f"{source} is not a backup of papers-bot.")
    version = int(first["schema"])
    newest = steps()[-1].version
    if version > newest:
        pending([(version, "")], steps())
    count = 0
    last: object = None
    for last in lines:
        count += isinstance(last, list)
    if not isinstance(last, dict) or last.get("rows") != count:
        raise StoreError(f"{source} is not a whole backup: nothing was changed.")
    return version


def _chunks(source: Path) -> Iterator[Chunk]:
    chunk = Chunk("", [], [])
    for line in _lines(source):
        if isinstance(line, list):
            chunk.rows.append(line)
        if chunk.rows and (isinstance(line, dict) or len(chunk.rows) == CHUNK):
            yield chunk
            chunk = Chunk(chunk.table, chunk.columns, [])
        if isinstance(line, dict) and "table" in line:
            chunk = Chunk(line["table"], line["columns"], [])


def _lines(source: Path) -> Iterator[Any]:
    try:
        with gzip.open(source, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise StoreError(f"{source} is not a whole backup: nothing was changed.") from error
