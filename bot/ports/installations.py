"""What adapters keep of workspaces that installed the bot, and of events that were dealt with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class SeenEvents(Protocol):
    """Which events of platforms were dealt with, by whichever process."""

    async def first_seen(self, event: str, until: datetime) -> bool:
        """Note an event, to be known until an instant; False where it is noted already."""

    async def forget_events(self, now: datetime) -> int:
        """Forget events whose time is over, piece by piece; return how many went, 0 when all have."""
