"""Events that were dealt with, over a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store.engine import Statement, Unit
from bot.store.rows import micros, storable

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.engine import Engine

MOST_FORGOTTEN = 1_000
"""Events that one call forgets; other writers wait for it."""

# Note an event, unless it is noted; forget up to ?2 of those whose time is over at ?1.
FIRST_SEEN = "INSERT INTO seen_events (id, until) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING"
FORGET_EVENTS = """
DELETE FROM seen_events WHERE id IN (
  SELECT id FROM seen_events WHERE until < ?1 ORDER BY until LIMIT ?2
)"""


class SqlSeenEvents:
    """Satisfies `bot.ports.installations.SeenEvents` over any Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def first_seen(self, event: str, until: datetime) -> bool:
        """Note an event; False where it is noted already."""
        done = await self._engine.write(Unit((Statement(FIRST_SEEN, [(storable(event), micros(until))]),)))
        return done.changed > 0

    async def forget_events(self, now: datetime) -> int:
        """Forget events whose time is over, piece by piece."""
        row = micros(now), MOST_FORGOTTEN
        return (await self._engine.write(Unit((Statement(FORGET_EVENTS, [row]),)))).changed
