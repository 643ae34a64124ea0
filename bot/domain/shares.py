"""What the filters of a subscription took."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shares:
    """What each filter took of the papers that were looked at."""

    looked_at: int
    off_topic: int = 0
    hidden: int = 0
    had: int = 0
    under: int = 0


@dataclass(frozen=True, slots=True)
class FilterShares:
    """What a subscription would have had of past lists, had they been looked at one by one."""

    given: tuple[int, ...]
    """How many papers of each list, the oldest first; at most `count` each."""
    parts: Shares
    """What each filter takes of all these lists."""
