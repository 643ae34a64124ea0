"""Standing wishes of places."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, time

    from bot.domain.places import Identity, Place

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WEEKDAYS, "sat", "sun")


class Layout(StrEnum):
    """How an edition is laid out in messages."""

    DIGEST = "digest"
    POSTS = "posts"
    THREAD = "thread"
    RECAP = "recap"


class Empty(StrEnum):
    """What an empty edition says: one line that later ones edit, a line each time, or nothing."""

    ONCE = "once"
    ALWAYS = "always"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A standing wish of a place. `at` are wall-clock times of the IANA zone `tz`, `days` are like `mon`."""

    id: str
    place: Place
    at: tuple[time, ...]
    tz: str
    days: tuple[str, ...] = WEEKDAYS
    count: int = 5
    topic: str = ""
    min_upvotes: int = 0
    layout: Layout = Layout.DIGEST
    empty: Empty = Empty.ONCE
    created_by: Identity | None = None
    created_at: datetime | None = None
    paused_at: datetime | None = None
