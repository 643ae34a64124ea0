"""A limit as a server keeps it."""

from __future__ import annotations

from collections import deque


class Window:
    """At most so many in any window of that length, as a server keeps it."""

    def __init__(self, calls: int, per_s: float) -> None:
        self.calls, self.per_s = calls, per_s
        self._seen: deque[float] = deque()

    def wait_s(self, now: float) -> float:
        """Take a call in and return 0, or return how long it has to wait."""
        while self._seen and self._seen[0] <= now - self.per_s:
            self._seen.popleft()
        if len(self._seen) >= self.calls:
            return self._seen[0] + self.per_s - now
        self._seen.append(now)
        return 0.0

    @property
    def left(self) -> int:
        """How many calls it still takes."""
        return self.calls - len(self._seen)

    def reset_s(self, now: float) -> float:
        """Return when it takes one call more than now."""
        return (self._seen[0] + self.per_s - now) if self._seen else self.per_s
