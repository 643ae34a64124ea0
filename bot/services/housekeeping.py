"""What goes with time: deliveries and editions that nobody needs any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.log import logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.ports import Clock
    from bot.ports.delivery import Outbox

log = logger("housekeeping")

EVERY = timedelta(hours=1)

BETWEEN = timedelta(milliseconds=50)
"""Between two pieces of the work, so that others get their turn."""

KEPT_FOR = timedelta(days=30)
"""How long it is known what was posted where, and what became of it."""


class Housekeeping:
    """One loop, which cleans up piece by piece."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock

    async def run(self, beat: Callable[[], None]) -> None:
        """Clean up until cancelled."""
        while True:
            await self.step(beat)
            await self._pause(beat)

    async def step(self, beat: Callable[[], None]) -> None:
        """Forget what is old."""
        before = self._clock.now() - KEPT_FOR
        rows = 0
        while gone := await self._outbox.forget(before):
            beat()
            rows += gone
            await self._clock.sleep(BETWEEN)
        if rows:
            log.info("old deliveries forgotten", rows=rows)

    async def _pause(self, beat: Callable[[], None]) -> None:
        """Wait for the next time, and be seen alive meanwhile."""
        for _ in range(EVERY // timedelta(minutes=1)):
            beat()
            await self._clock.sleep(timedelta(minutes=1))
