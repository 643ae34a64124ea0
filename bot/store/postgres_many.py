"""Many rows of one INSERT as one statement for PostgreSQL: an array for each column, not row by row.

The server then plans, starts and ends it once: for a hundred small rows that is most of what they cost.
"""

from __future__ import annotations

import re
from functools import cache
from operator import itemgetter
from types import NoneType
from typing import TYPE_CHECKING, NamedTuple, cast

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
JUST_TEXTS = frozenset({str})
QUOTED_COMMA = '","'


class Many(NamedTuple):
    """An INSERT for arrays.

    It returns how many rows it changes; where those are not all, each by its key after that number. Without a
    key it changes all, and returns nothing.
    """

    sql: str
    key: Callable[[Row], Row] | None


def many(sql: str, rows: Sequence[Row]) -> tuple[Many, Row] | None:
    """Return how rows are kept by one statement, and its values.

    None where it is not known to do what one by one does.
    """
    if not rows or _plain(sql) is None:
        return None
    columns = list(zip(*rows, strict=True))
    types = [frozenset(map(type, column)) for column in columns]
    together = _written(sql, tuple(map(_kind, types)))
    if together is None:
        return None
    arrays = map(_array, columns, types)
    return together, (*arrays, len(rows)) if together.key else tuple(arrays)


@cache
def _plain(sql: str) -> re.Match[str] | None:
    found = PLAIN.fullmatch(sql)
    if found is None:
        return None
    count = len(_names(found["columns"]))
    return found if found["values"] == ", ".join(f"?{index}" for index in range(1, count + 1)) else None


@cache
def _written(sql: str, kinds: tuple[str | None, ...]) -> Many | None:
    found = _plain(sql)
    if found is None or None in kinds:
        return None
    names = _names(found["columns"])
    arrays = ", ".join(f"${index}::text::{kind}[]" for index, kind in enumerate(kinds, start=1))
    insert = f"INSERT INTO {found['table']} ({', '.join(names)}) SELECT * FROM unnest({arrays})"
    if not found["conflict"]:
        return Many(insert, None)
    # The first is named twice, as itemgetter returns no tuple for one index alone.
    first, *others = _names(found["key"])
    key = (first, *others, first)
    returned = ", ".join(f"{found['table']}.{name} AS key{index}" for index, name in enumerate(key))
    # Mostly all are changed, and then no key need be sent.
    return Many(
        f"""WITH changed AS ({insert} {found["conflict"]} RETURNING {returned})
SELECT counted.rows, changed.* FROM (SELECT count(*) AS rows FROM changed) AS counted
LEFT JOIN changed ON counted.rows < ${len(names) + 1}::bigint""",
        itemgetter(*(names.index(name) for name in key)),
    )


@cache
def _kind(types: frozenset[type]) -> str | None:
    """Return the type of a column with values of these types; None where it has several, or only NULL."""
    kinds = [KINDS.get(each) for each in types if each is not NoneType]
    return kinds[0] if len(kinds) == 1 else None


def _array(column: Sequence[Value], types: frozenset[type]) -> str:
    """Write an array as PostgreSQL reads it; asyncpg takes three times as long, asking what each value is.

    As "Array Input and Output Syntax" has it (PostgreSQL, Arrays).
    """
    if types == JUST_TEXTS:
        texts = cast("Sequence[str]", column)
        whole = "".join(texts)
        if '"' not in whole and "\\" not in whole:
            return f'{{"{QUOTED_COMMA.join(texts)}"}}'
    return f"{{{','.join(map(_element, column))}}}"


def _element(value: Value) -> str:
    if value is None:
        return "NULL"
    if not isinstance(value, str):
        return repr(value)
    escaped = value.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _names(listed: str) -> list[str]:
    return listed.split(", ")
