"""What the store asks of a database, in values: statements in, rows out.

SQL is written once, with numbered placeholders (`?1`); PostgreSQL's engine turns them into `$1`. Writes that
wait at the same moment share one transaction (group commit): they cost one flush to disk together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

Value = str | int | float | None
Row = tuple[Value, ...]


class Statement(NamedTuple):
    """One statement, run once for each row of parameters. It begins with INSERT, UPDATE or DELETE.

    A NamedTuple, as one is made for each vote. `returns` names what `Done.rows` shall hold (SQL after
    RETURNING, qualified with its table where the statement names several); such a statement has one row.
    """

    sql: str
    rows: Sequence[Row]
    returns: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """Statements that are done all or none, in their order.

    `alone` names what no two processes may do at once; it is locked until the commit, on PostgreSQL by an
    advisory lock. On SQLite every transaction is alone.
    """

    statements: tuple[Statement, ...]
    alone: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What a committed unit did: how many rows it changed, and the rows of its last returning statement."""

    changed: int
    rows: Sequence[Row] = field(default=())


class Engine(Protocol):
    """A database. Faults of the database as a whole raise `StoreError`."""

    async def fetch(self, sql: str, *values: Value) -> Sequence[Row]:
        """Read, in one round trip."""

    async def write(self, unit: Unit) -> Done:
        """Do a unit together with all that wait, and return after the commit.

        A unit that fails raises its own error and is undone alone. It is done even if the caller is
        cancelled while it waits.
        """

    async def close(self) -> None:
        """Finish the units that wait, then let go of the database."""
