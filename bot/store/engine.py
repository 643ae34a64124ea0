"""What the store asks of a database, in values: statements in, rows out.

SQL is written once, with numbered placeholders (`?1`); PostgreSQL's engine turns them into `$1`. Writes that
wait at the same moment share one transaction (group commit): they cost one flush to disk together. What is
written is told in NamedTuples, as each vote makes some: a frozen dataclass takes two to three times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

Value = str | int | float | None
Row = tuple[Value, ...]

NOW = "CAST((julianday('now') - 2440587.5) * 86400000000 AS BIGINT)"
"""The database's own time in microseconds since 1970 UTC; PostgreSQL's engine has words of its own for it."""

PLANNING = "planning"
"""Who writes what places have had does so alone, so that no two plans bring a place one paper."""

SKIPPING_LOCKED = "/* skipping locked rows */"
"""At the end of a SELECT: take only rows that no other transaction holds. SQLite has one at a time."""

SERVER_OF_ACT = "substr(acts.place, 1, instr(acts.place, '/') - 1)"
"""The server that an act was done in; PostgreSQL's engine has words of its own for it."""

IN_LIST = "IN (SELECT value FROM json_each(?1))"
"""Among the texts of a JSON list, the first value: one statement for however many, and one value to send."""


class Statement(NamedTuple):
    """One statement, run once for each row of parameters. It begins with INSERT, UPDATE or DELETE.

    `returns` names what `Done.rows` shall hold (SQL after RETURNING, qualified with its table where the
    statement names several); such a statement has one row. Where it changes fewer rows than it `needs`,
    the whole unit is undone and ends there.
    """

    sql: str
    rows: Sequence[Row]
    returns: str = ""
    needs: int = 0


class Unit(NamedTuple):
    """Statements that are done all or none, in their order.

    `alone` names what no two processes may do at once; it is locked until the commit, on PostgreSQL by an
    advisory lock. On SQLite every transaction is alone. `mixes` allows that units of the same statements are
    done statement by statement, each for all of them: none of them touches what another one reads, none
    returns rows, and their first statement needs no more than one. What a later statement needs is nearly
    always there: where it is not, all are done again, one by one.
    """

    statements: tuple[Statement, ...]
    alone: str = ""
    mixes: bool = False

    @property
    def has_needs(self) -> bool:
        """Whether it may end before its end."""
        return any(statement.needs for statement in self.statements)

    @property
    def mixing(self) -> tuple[str, ...]:
        """Its statements, where it may be done together with neighbours of the same ones; else nothing.

        A statement that stands alone, returns nothing and needs no more than one row mixes by itself.
        """
        if self.mixes:
            return tuple([each.sql for each in self.statements])
        if len(self.statements) != 1:
            return ()
        sql, _, returns, needs = self.statements[0]
        return () if returns or needs > 1 else (sql,)

    @property
    def may_be_undone(self) -> bool:
        """Whether it may end when some of it has been done."""
        if len(self.statements) == 1:
            return self.statements[0].needs > 1
        return any(statement.needs > (index == 0) for index, statement in enumerate(self.statements))


class UnmixedError(Exception):
    """Units cannot be done together: a later statement of one of them found less than it needs."""


class Done(NamedTuple):
    """What a committed unit did: how many rows it changed, and the rows of its last returning statement.

    `failed` is the index of the statement that did not change as many rows as it needs; nothing was done.
    """

    changed: int
    rows: Sequence[Row] = ()
    failed: int | None = None


class Engine(Protocol):
    """A database. Faults of the database as a whole raise `StoreError`."""

    async def fetch(self, sql: str, *values: Value) -> Sequence[Row]:
        """Read, in one round trip."""

    def write(self, unit: Unit) -> Awaitable[Done]:
        """Do a unit together with all that wait, and return after the commit.

        A unit that fails raises its own error and is undone alone. It is done even if the caller is
        cancelled while it waits.
        """

    async def close(self) -> None:
        """Finish the units that wait, then let go of the database."""
