"""Many rows of one INSERT as one statement for PostgreSQL: an array for each column, not row by row.

The server then plans, starts and ends it once: for a hundred small rows that is most of what they cost.
"""

from __future__ import annotations

import re
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.store.engine import Row, Value

# The plainest INSERT: each value is a parameter, and what follows names none.
PLAIN = re.compile(
    r"\s*INSERT INTO (?P<table>\w+) \((?P<columns>[\w, ]+)\)\s+VALUES \((?P<values>[?\d, ]+)\)"
    r"(?P<conflict>\s+ON CONFLICT \((?P<key>[\w, ]+)\)[^?]+)?\s*"
)

KINDS = {str: "text", int: "bigint", float: "double precision"}
"""Exactly these types of values: an array is of one type."""


class Many(NamedTuple):
    """An INSERT for arrays. It returns the key of each row that it changes; without one it changes all."""

    sql: str
    key: Callable[[Row], Row] | None


def many(sql: str, rows: Sequence[Row]) -> Many | None:
    """Return how rows are kept by one statement; None where it is not known to do what one by one does."""
    plain = _plain(sql)
    kinds = _kinds(rows) if plain else None
    return _written(sql, kinds) if kinds else None


@cache
def _plain(sql: str) -> re.Match[str] | None:
    found = PLAIN.fullmatch(sql)
    if found is None:
        return None
    count = len(_names(found["columns"]))
    return found if found["values"] == ", ".join(f"?{index}" for index in range(1, count + 1)) else None


@cache
def _written(sql: str, kinds: tuple[str, ...]) -> Many | None:
    found = _plain(sql)
    if found is None:
        return None
    names = _names(found["columns"])
    arrays = ", ".join(f"${index}::{kind}[]" for index, kind in enumerate(kinds, start=1))
    insert = f"INSERT INTO {found['table']} ({', '.join(names)}) SELECT * FROM unnest({arrays})"
    if not found["conflict"]:
        return Many(insert, None)
    # The first is named twice, as itemgetter returns no tuple for one index alone.
    first, *others = _names(found["key"])
    key = (first, *others, first)
    returned = ", ".join(f"{found['table']}.{name}" for name in key)
    return Many(
        f"{insert} {found['conflict']} RETURNING {returned}", itemgetter(*(names.index(name) for name in key))
    )


def _kinds(rows: Sequence[Row]) -> tuple[str, ...] | None:
    """Return the type of each column; None where one has several, or nothing but NULL."""
    kinds = [_kind(column) for column in zip(*rows, strict=True)]
    return tuple(kind for kind in kinds if kind) if kinds and all(kinds) else None


def _kind(column: Sequence[Value]) -> str | None:
    types = set(map(type, column)) - {type(None)}
    return KINDS.get(types.pop()) if len(types) == 1 else None


def _names(listed: str) -> list[str]:
    return listed.split(", ")
