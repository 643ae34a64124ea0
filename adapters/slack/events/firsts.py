"""What Slack tells several times, heard once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import StoreError
from bot.log import logger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from adapters.slack.client.app import Told
    from bot.ports import Clock
    from bot.ports.installations import SeenEvents

log = logger("slack")

EVENT_KEPT = timedelta(hours=25)
"""How long an event is known again: Slack tries again for a day at most (Events API, Delayed Events)."""


class Firsts:
    """Tells what comes for the first time, over restarts and processes.

    Where the store cannot tell, it does: an answer that comes twice is better than none.
    """

    def __init__(self, seen: SeenEvents, clock: Clock) -> None:
        self._seen = seen
        self._clock = clock

    async def is_first(self, event: str) -> bool:
        """Tell whether something that is named comes for the first time."""
        try:
            return await self._seen.first_seen(f"slack {event}", self._clock.now() + EVENT_KEPT)
        except StoreError as fault:
            log.warning("event not compared", why=str(fault))
            return True

    async def is_new(self, body: Mapping[str, Any]) -> bool:
        """Tell whether an event comes for the first time."""
        return await self.is_first(str(body.get("event_id") or ""))

    def once(self, told: Told) -> Told:
        """Return what deals with each event once."""

        async def hear(body: dict[str, Any]) -> None:
            if await self.is_new(body):
                await told(body)

        return hear
