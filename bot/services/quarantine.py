"""When what the store says of leases may be believed.

Leases are kept in the time of day, as several processes share them. Where that was set, or where earlier
processes cannot be asked when they began a call, a lease that looks as if it were over may not be. So after a
start, and after each time the clock was set, one whole lease of elapsed time has to pass first.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.ports import Clock

LEAP_S = 1.0
"""A time of day that is so far from where the elapsed time would have it has been set."""


class Quarantine:
    """Begins with its making, and anew whenever the clock was set; lasts for one `span`."""

    def __init__(self, clock: Clock, span: timedelta) -> None:
        self._clock = clock
        self._span_s = span.total_seconds()
        self._offset_s = self._offset()
        self._until = clock.monotonic() + self._span_s

    def left(self) -> timedelta:
        """Return for how long nothing of earlier leases is to be believed; 0 for not at all."""
        offset_s = self._offset()
        if abs(offset_s - self._offset_s) > LEAP_S:
            self._offset_s = offset_s
            self._until = self._clock.monotonic() + self._span_s
        return timedelta(seconds=max(0.0, self._until - self._clock.monotonic()))

    def _offset(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()
