"""Sources that are down: which firings that spoils, and how long those wait. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.periods import feed_day, is_list_day

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.domain.due import Fire
    from bot.domain.schedule import Firing

FRESH_ENOUGH = timedelta(hours=1)
"""How long before a firing the source may have answered last, for nobody to miss a thing."""

LOOK_AGAIN = timedelta(minutes=1)
"""How often a firing that waits for a source looks whether it is back."""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source of lists answers. `failing_since` is None while it does."""

    ok_at: datetime | None = None
    failing_since: datetime | None = None
    why: str = ""


def is_spoiled(firing: Firing, health: SourceHealth, newest_list: date | None) -> bool:
    """Tell whether a firing lacks what a source that is down would have told by then.

    `newest_list` is the newest feed day whose list was fetched, if empty.
    """
    if health.failing_since is None:
        return False
    is_stale = health.ok_at is None or health.ok_at < firing.at - FRESH_ENOUGH
    day = feed_day(firing.at)
    return is_stale or (is_list_day(day) and (newest_list is None or newest_list < day))


def source_wait(
    fire: Fire, now: datetime, health: SourceHealth, newest_list: date | None, limit: timedelta
) -> datetime | None:
    """Return when a firing that waits for a source looks again; None where it does not wait (any longer).

    The wait ends `limit` (SOURCE_WAIT) after the oldest firing that it covers, so that frequent firings never
    put one another off.
    """
    end = fire.oldest.at + limit
    if now >= end or not is_spoiled(fire.firing, health, newest_list):
        return None
    return min(end, now + LOOK_AGAIN)
