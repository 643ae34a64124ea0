"""Standing wishes of places."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

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
    paused_until: datetime | None = None
    """When a pause ends by itself; None: when somebody resumes it."""
    pause_reason: str = ""
    """Why the bot itself paused it; empty where a person did."""


class Standing(NamedTuple):
    """A subscription, and how far it has been planned."""

    subscription: Subscription
    planned_until: datetime
    """Every firing before this instant has its edition, or needs none."""
    next_at: datetime | None = None
    """When the planner looks at it next; None: at once."""
    last_fired_at: datetime | None = None
    """The firing of its newest edition; None: it has had none."""
    empty_line: str = ""
    """The key of the delivery that says that nothing came, while editions stay empty one after the other."""
    told_fault_since: datetime | None = None
    """Since when the source was failing, as the place was told last; None: it knows of no fault."""


def is_paused(subscription: Subscription, now: datetime) -> bool:
    """Tell whether a subscription is paused at a moment; a pause with an end ends by itself."""
    if subscription.paused_at is None:
        return False
    return subscription.paused_until is None or subscription.paused_until > now
