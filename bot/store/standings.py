"""Subscriptions as rows. A row that cannot be read takes only itself out, and says why."""

from __future__ import annotations

import json
from datetime import time
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from bot.domain.places import Identity, parse_place
from bot.domain.subscriptions import EVERY_DAY, Empty, Layout, Standing, Subscription
from bot.ports.delivery import Broken
from bot.store.rows import EPOCH, instant, listed_texts, micros, micros_or_none

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from bot.domain.places import Place
    from bot.store.engine import Row, Value

WISH = {
    "id": "TEXT",
    "place": "TEXT",
    "at": "TEXT",
    "tz": "TEXT",
    "days": "TEXT",
    "count": "BIGINT",
    "topic": "TEXT",
    "min_upvotes": "BIGINT",
    "layout": "TEXT",
    "empty": "TEXT",
    "created_by": "TEXT",
    "created_at": "BIGINT",
    "paused_at": "BIGINT",
    "paused_until": "BIGINT",
    "pause_reason": "TEXT",
}
"""The columns of a subscription, with their types."""

MARKS = {
    "planned_until": "BIGINT",
    "next_at": "BIGINT",
    "last_fired_at": "BIGINT",
    "empty_line": "TEXT",
    "told_fault_since": "BIGINT",
}
"""The columns that say how far it is planned."""

COLUMNS = (*WISH, *MARKS)
READ = f"{', '.join(COLUMNS)}, broken_why"
"""What `standing` reads."""

NULLABLE = {"created_by", "created_at", "paused_at", "paused_until", "last_fired_at", "told_fault_since"}

LONGEST_QUOTE = 60


# --- Reading --------------------------------------------------------------------


def _whole(value: Value) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value


def _at_least_one(value: Value) -> int:
    if _whole(value) < 1:
        raise ValueError
    return _whole(value)


def _words(value: Value) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _place(value: Value) -> Place:
    found = parse_place(_words(value))
    if found is None:
        raise ValueError
    return found


def _times(value: str) -> tuple[time, ...]:
    """Read times of day, written exactly as we write them: else the row would never compare equal."""
    times = tuple(time.fromisoformat(wall) for wall in json.loads(value))
    if not times or listed_times(times) != value:
        raise ValueError
    return times


def _days(value: str) -> tuple[str, ...]:
    days = tuple(json.loads(value))
    if not days or not set(days) <= set(EVERY_DAY) or listed_days(days) != value:
        raise ValueError
    return days


@cache
def _zones() -> frozenset[str]:
    from bot.domain.zones import zone_names  # noqa: PLC0415 - who keeps votes goes without

    return frozenset(zone_names().values())


def _zone(value: Value) -> str:
    if value not in _zones():
        raise ValueError
    return _words(value)


def _identity(value: Value) -> Identity | None:
    return None if value is None else Identity(_words(value))


def _moment(value: Value) -> datetime:
    return instant(_whole(value))


def _moment_or_none(value: Value) -> datetime | None:
    return None if value is None else _moment(value)


def _next(value: Value) -> datetime | None:
    return None if value == 0 else _moment(value)


READERS: tuple[tuple[str, Callable[..., object]], ...] = (
    ("id", _words),
    ("place", _place),
    ("times of day", _times),
    ("time zone", _zone),
    ("days", _days),
    ("count", _at_least_one),
    ("topic", _words),
    ("least upvotes", _whole),
    ("layout", Layout),
    ("way with empty editions", Empty),
    ("maker", _identity),
    ("time of making", _moment_or_none),
    ("pause", _moment_or_none),
    ("end of pause", _moment_or_none),
    ("reason of pause", _words),
    ("planning", _moment),
    ("next look", _next),
    ("last firing", _moment_or_none),
    ("empty line", _words),
    ("last told fault", _moment_or_none),
)
"""What each column is called, and how it is read, in the order of COLUMNS."""

SCHEDULE = slice(COLUMNS.index("at"), COLUMNS.index("created_by"))
MADE = slice(SCHEDULE.stop, COLUMNS.index("paused_at"))
PROGRESS = slice(MADE.stop, len(COLUMNS))
"""Neighbours that are read together: in SCHEDULE and PROGRESS (of WISH its pause alone) many are the same."""

UNREADABLE = (ValueError, TypeError, OverflowError, RecursionError)


def wish(row: Row) -> Subscription | Broken:
    """Read a subscription from the columns WISH."""
    read = _read(row)
    if isinstance(read, Broken):
        return read
    return Subscription(*read)  # type: ignore[arg-type]  # READERS stand in the order of the fields


def standing(row: Row) -> Standing | Broken:
    """Read a subscription, and how far it is planned, from READ."""
    *values, broken_why = row
    if broken_why:
        return Broken(str(row[0]), str(row[1]), str(broken_why))
    read = _read(values)
    if isinstance(read, Broken):
        return read
    wished, marks = read[: len(WISH)], read[len(WISH) :]
    return Standing(Subscription(*wished), *marks)  # type: ignore[arg-type]  # as above


def _read(row: Sequence[Value]) -> list[object] | Broken:
    """Read the first columns of COLUMNS, or say which of them cannot be read."""
    name, where = row[: SCHEDULE.start]
    by, at = row[MADE]
    try:
        schedule, progress = _schedule(*row[SCHEDULE]), _progress(*row[PROGRESS])
        return [_words(name), _place(where), *schedule, _identity(by), _moment_or_none(at), *progress]
    except UNREADABLE:
        return Broken(str(name), str(where), _why(row))


@lru_cache(maxsize=1_000, typed=True)
def _schedule(*values: Value) -> Sequence[object]:
    return [reader(value) for (_, reader), value in zip(READERS[SCHEDULE], values, strict=True)]


@lru_cache(maxsize=1_000, typed=True)
def _progress(*values: Value) -> Sequence[object]:
    return [reader(value) for (_, reader), value in zip(READERS[PROGRESS], values, strict=False)]


def _why(row: Sequence[Value]) -> str:
    for (word, reader), value in zip(READERS, row, strict=False):
        try:
            reader(value)
        except UNREADABLE:
            return f"Its {word} cannot be read: “{str(value)[:LONGEST_QUOTE]}”."
    return "It cannot be read."


# --- Writing --------------------------------------------------------------------


@lru_cache(maxsize=1_000)
def listed_times(times: tuple[time, ...]) -> str:
    """Write times of day as a JSON list: `["09:00"]`."""
    return listed_texts([wall.isoformat("minutes") for wall in times])


@lru_cache(maxsize=1_000)
def listed_days(days: tuple[str, ...]) -> str:
    """Write names of days as a JSON list: `["mon", "fri"]`."""
    return listed_texts(days)


def wish_row(wished: Subscription) -> Row:
    """Return the columns WISH of a subscription."""
    return (
        wished.id,
        str(wished.place),
        listed_times(wished.at),
        wished.tz,
        listed_days(wished.days),
        wished.count,
        wished.topic,
        wished.min_upvotes,
        wished.layout.value,
        wished.empty.value,
        wished.created_by,
        micros_or_none(wished.created_at),
        micros_or_none(wished.paused_at),
        micros_or_none(wished.paused_until),
        wished.pause_reason,
    )


def marks_row(each: Standing) -> Row:
    """Return the columns MARKS of a subscription."""
    return _marks(*each[1:])


# Those who fire together were planned together.
@lru_cache(maxsize=1_000)
def _marks(
    planned_until: datetime,
    next_at: datetime | None,
    last_fired_at: datetime | None,
    empty_line: str,
    told_fault_since: datetime | None,
) -> Row:
    return (
        micros(planned_until),
        micros(next_at or EPOCH),
        micros_or_none(last_fired_at),
        empty_line,
        micros_or_none(told_fault_since),
    )


# --- Comparing ------------------------------------------------------------------

NOTHING: dict[str, Value] = {name: "" if kind == "TEXT" else -1 for name, kind in (WISH | MARKS).items()}
"""What NULL counts as, so that it can be compared."""


def compared(names: Iterable[str], first: int) -> str:
    """Return the condition that columns are as the placeholders from `?first` say, made by `comparable`."""
    stored = [
        f"coalesce(subscriptions.{name}, {NOTHING[name]!r})" if name in NULLABLE else f"subscriptions.{name}"
        for name in names
    ]
    return " AND ".join(f"{value} = ?{index}" for index, value in enumerate(stored, start=first))


def comparable(row: Row, names: Iterable[str]) -> Row:
    """Return the values of a row as `compared` wants them: with something in the place of NULL."""
    return tuple([NOTHING[name] if value is None else value for name, value in zip(names, row, strict=True)])
