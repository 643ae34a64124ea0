"""What processes agree on over a database: who holds which role, and which faults were told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ports.delivery import Fault
from bot.store.engine import NOW, Statement, Unit
from bot.store.rows import MICROSECOND, instant, micros, storable, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from bot.store.engine import Engine

# Take a role that is free, or keep one's own, for ?3 microseconds; let one's own go.
HOLD = f"""
INSERT INTO leases (role, holder, until) VALUES (?1, ?2, {NOW} + CAST(?3 AS BIGINT))
ON CONFLICT (role) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE leases.holder = excluded.holder OR leases.until <= {NOW}
  OR leases.until > {NOW} + 10 * CAST(?3 AS BIGINT)"""
RELEASE = "DELETE FROM leases WHERE role = ?1 AND holder = ?2"

# Faults that are noted, each once.
FAULTS = "SELECT name, since, why FROM faults ORDER BY name"
OPEN_FAULT = "INSERT INTO faults (name, since, why) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO NOTHING"
CLOSE_FAULT = "DELETE FROM faults WHERE name = ?1"


class SqlAgreements:
    """The part of `bot.ports.delivery.Outbox` that has nothing to do with deliveries."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def hold(self, role: str, holder: str, ttl: timedelta) -> bool:
        """Take or keep a role, in the database's own time."""
        return await self._changes(Statement(HOLD, [(role, holder, ttl // MICROSECOND)]))

    async def release(self, role: str, holder: str) -> None:
        """Let a role go, where this holder has it."""
        await self._changes(Statement(RELEASE, [(role, holder)]))

    async def faults(self) -> Sequence[Fault]:
        """Return the faults of the service that are noted, by name."""
        rows = await self._engine.fetch(FAULTS)
        return [Fault(text(name), instant(since), text(why)) for name, since, why in rows]

    async def open_fault(self, fault: Fault) -> bool:
        """Note a fault; False where one of its name is noted already."""
        row = fault.name, micros(fault.since), storable(fault.why)
        return await self._changes(Statement(OPEN_FAULT, [row]))

    async def close_fault(self, name: str) -> bool:
        """Note that a fault is over; False where it was not noted."""
        return await self._changes(Statement(CLOSE_FAULT, [(name,)]))

    async def _changes(self, statement: Statement) -> bool:
        return (await self._engine.write(Unit((statement,)))).changed > 0
