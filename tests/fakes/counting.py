"""An engine that counts how often a store asks it, so that a read can be held to one round trip."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.store.engine import Done, Engine, Row, Unit, Value


class Counted:
    """An engine that counts the reads that it is asked for."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.reads = 0

    async def fetch(self, sql: str, *values: Value) -> Sequence[Row]:
        """Read, and count it."""
        self.reads += 1
        return await self._engine.fetch(sql, *values)

    async def write(self, unit: Unit) -> Done:
        """Write."""
        return await self._engine.write(unit)

    async def close(self) -> None:
        """Let go of the database."""
        await self._engine.close()
