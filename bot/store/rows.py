"""Values of the domain as columns, and back: instants as microseconds since 1970 UTC, the rest as text."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeVar, cast

from bot.domain.places import Place, PlaceKind, PlaceProfile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.store.engine import Row, Statement, Value

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AFTER_ALL = 9_000_000_000_000_000_000
"""Microseconds above those of every instant."""
MICROSECOND = timedelta(microseconds=1)

ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True)

ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""NUL as JSON writes it; after a backslash that is itself escaped, `u0000` is text."""


def micros(instant: datetime) -> int:
    """Return an aware instant as microseconds since 1970 UTC, exactly."""
    return (instant - EPOCH) // MICROSECOND


def instant(value: Value) -> datetime:
    """Read an instant."""
    return EPOCH + number(value) * MICROSECOND


def micros_or_none(moment: datetime | None) -> int | None:
    """Return an instant that may be unknown."""
    return None if moment is None else micros(moment)


def instant_or_none(value: Value) -> datetime | None:
    """Read an instant that may be unknown: NULL or 0."""
    return instant(value) if value else None


def day_or_none(value: Value) -> date | None:
    """Read a day that may be unknown: NULL or empty."""
    return date.fromisoformat(text(value)) if value else None


def number(value: Value) -> int:
    """Read a count from a column that always has one."""
    return cast("int", value)


def text(value: Value) -> str:
    """Read a text from a column that always has one."""
    return cast("str", value)


def listed_texts(values: Sequence[str]) -> str:
    """Write texts as a JSON list."""
    return json_text(values) if values else "[]"


def json_text(value: object) -> str:
    """Write as JSON. Raises ValueError for a text that holds NUL."""
    written = ENCODER.encode(value)
    if "\\u0000" in written and ESCAPED_NUL.search(written):
        refuse_nul("\0")
    return written


def refuse_nul(value: str) -> None:
    """Raise ValueError for a text that holds NUL, which PostgreSQL does not keep."""
    if "\0" in value:
        raise ValueError("a text holds NUL, which no database keeps")


def refuse_unstorable(statements: Sequence[Statement]) -> None:
    """Raise ValueError for a text that the databases would not keep alike: NUL, or half a surrogate pair."""
    for statement in statements:
        for row in statement.rows:
            for value in row:
                if isinstance(value, str):
                    if not value.isascii():
                        value.encode()
                    if "\0" in value:
                        refuse_nul(value)


def texts(value: Value) -> tuple[str, ...]:
    """Read a JSON list of texts, as `listed_texts` writes it."""
    written = text(value)
    if written == "[]":
        return ()
    if "\\" in written:
        return tuple(json.loads(written))
    # Nothing is escaped, so a quote begins or ends a text: this takes a fifth of the time.
    return tuple(written[2:-2].split('", "'))


@lru_cache(maxsize=1_000)
def place(value: Value) -> Place:
    """Read a place as its own text has it: `discord:<guild>/<channel>`."""
    platform, _, rest = text(value).partition(":")
    server, _, channel = rest.partition("/")
    return Place(platform, server, channel)


def profile_of(row: Row) -> PlaceProfile | None:
    """Read what is kept of a place (its text, kind and settings); None where it makes no sense."""
    where, kind, settings = row
    try:
        return PlaceProfile(place(where), PlaceKind(text(kind)), dict(json.loads(text(settings)).items()))
    except (ValueError, AttributeError):
        return None


@cache
def marks(count: int, first: int = 1) -> str:
    """Return placeholders for a list of values: `?1, ?2, ?3`."""
    return ", ".join(f"?{index}" for index in range(first, first + count))


def columns(table: str, names: Iterable[str]) -> str:
    """Return qualified names: `papers.id, papers.title`."""
    return ", ".join(f"{table}.{name}" for name in names)


def given(kinds: Iterable[str], first: int = 1) -> str:
    """Return placeholders in the place of a SELECT's columns, where PostgreSQL must be told their types."""
    return ", ".join(f"CAST(?{index} AS {kind})" for index, kind in enumerate(kinds, start=first))


SIZES = (1, 10, 100, 500)
"""How many values one statement takes in a list: few sizes, so that there are few statements to prepare."""


def batches(values: Sequence[T], most: int = SIZES[-1]) -> Iterator[tuple[T, ...]]:
    """Cut values into lists of SIZES up to `most`, the last filled up by repeating a value."""
    for start in range(0, len(values), most):
        batch = tuple(values[start : start + most])
        size = next(size for size in SIZES if size >= len(batch))
        yield batch + batch[-1:] * (size - len(batch))


def storable(words: str) -> str:
    """Return a text, whoever wrote it, without what the databases do not keep alike: NUL, and half pairs."""
    return words.encode("utf-8", "replace").decode().replace("\0", "")
