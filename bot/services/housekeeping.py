"""What is done now and then: forgetting what nobody needs any more, and tallying new votes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from bot.log import logger
from bot.ports import TallyActs
from bot.ports.delivery import Outbox
from bot.ports.installations import SeenEvents
from bot.ports.servers import ServerStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from bot.ports import Clock, Store

    Forgets = Callable[[datetime], Awaitable[int]]
    """Forgets what is from before an instant."""

log = logger("housekeeping")

EVERY = timedelta(hours=1)

BETWEEN = timedelta(milliseconds=50)
"""Between two pieces of the work, so that others get their turn."""

TALLIED_AT_ONCE = 5_000
"""Acts of one piece; it keeps other writes waiting for some 50 ms."""

KEPT_FOR = timedelta(days=30)
"""How long it is known what was posted where, and what became of it."""

LEFT_FOR = timedelta(days=30)
"""So long after the bot was removed from a server all that is kept of it goes."""


class Kept(Outbox, ServerStore, SeenEvents, Protocol):
    """What is cleaned up."""


class Housekeeping:
    """One loop, which cleans up piece by piece."""

    def __init__(
        self, store: Store, kept: Kept, clock: Clock, others: Sequence[tuple[Forgets, timedelta]] = ()
    ) -> None:
        """`others` forget what is old too, each of them what is older than its own span."""
        self._store = store
        self._kept = kept
        self._clock = clock
        self._others = others

    async def run(self, beat: Callable[[], None]) -> None:
        """Clean up until cancelled."""
        while True:
            await self.step(beat)
            await self._pause(beat)

    async def step(self, beat: Callable[[], None]) -> None:
        """Forget what is old, and tally what is new."""
        now = self._clock.now()
        if rows := await self._piecewise(self._kept.forget, now - KEPT_FOR, beat):
            log.info("old deliveries forgotten", rows=rows)
        if rows := await self._piecewise(self._kept.forget_left, now - LEFT_FOR, beat):
            log.info("servers forgotten that were left", rows=rows)
        await self._piecewise(self._kept.forget_events, now, beat)
        for forgets, span in self._others:
            beat()
            await forgets(now - span)
        while await self._store.write(TallyActs(TALLIED_AT_ONCE)):
            beat()
            await self._clock.sleep(BETWEEN)

    async def _piecewise(self, forget: Forgets, before: datetime, beat: Callable[[], None]) -> int:
        """Forget piece by piece what is older; return how many rows went."""
        rows = 0
        while gone := await forget(before):
            beat()
            rows += gone
            await self._clock.sleep(BETWEEN)
        return rows

    async def _pause(self, beat: Callable[[], None]) -> None:
        """Wait for the next time, and be seen alive meanwhile."""
        for _ in range(EVERY // timedelta(minutes=1)):
            beat()
            await self._clock.sleep(timedelta(minutes=1))
