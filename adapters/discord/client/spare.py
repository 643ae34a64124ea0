"""The turns of calls that are no delivery: one a second, for all processes of one store together.

Discord counts the calls of a token, whoever makes them: gateways, the doctor, a command in a terminal. Who
sends keeps its own calls within `RATES`; what the others may ask comes on top, so it must not grow with their
number. The turn is a lease in the store, which lasts for a second after the answer.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from bot.domain.deliveries import Rate
from bot.errors import StoreError
from bot.services.rates import Bucket, Turn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.ports import Clock

SECOND = timedelta(seconds=1)

SPARE = Rate(1, SECOND)
"""Kept free of the bot's 50 calls a second for those that are no delivery: permissions, the first login."""

ROLE = "discord spare call"

LONGEST_HELD = timedelta(seconds=10)
"""What has no answer by then was seen by Discord long before. A process that died holds others up so long."""

LOOKED_EVERY = timedelta(seconds=0.2)

LONGEST_UNTOLD = timedelta(seconds=10)
"""How long a store that gives no answer is asked again: somebody may be looking on."""


class Leases(Protocol):
    """What the store knows of who holds what, in its own time."""

    async def hold(self, role: str, holder: str, ttl: timedelta) -> bool:
        """Take or keep a role for so long; False where another holder has it.

        Raises:
            StoreError: the store failed.
        """


class Spare:
    """The turns of one process; without `leases` it takes no heed of others."""

    def __init__(self, clock: Clock, leases: Leases | None = None) -> None:
        self._clock = clock
        self._leases = leases
        self._holder = secrets.token_hex(8)
        self._own = Bucket(SPARE, clock, clock.monotonic())

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn: first for that of this process, then for it among all processes.

        Without the store's word no call is made: nothing is left of the 50 for who does not know of others.

        Raises:
            StoreError: the store has failed for `LONGEST_UNTOLD`.
        """
        async with self._own.slot(Turn()):
            try:
                await self._taken()
                yield
            finally:
                # Also where the call was cancelled: Discord may have seen it.
                await asyncio.shield(self._let_go())

    async def _taken(self) -> None:
        """Return when this process holds the turn."""
        told_at = self._clock.monotonic()
        while True:
            try:
                if await self._held(LONGEST_HELD):
                    return
                told_at = self._clock.monotonic()
            except StoreError:
                if self._clock.monotonic() - told_at >= LONGEST_UNTOLD.total_seconds():
                    raise
            await self._clock.sleep(LOOKED_EVERY)

    async def _let_go(self) -> None:
        """Hold the turn for a second more; where the store fails it stays held for longer."""
        with suppress(StoreError):
            await self._held(SECOND)

    async def _held(self, span: timedelta) -> bool:
        """Hold the turn for so long from now; False where another process has it."""
        return self._leases is None or await self._leases.hold(ROLE, self._holder, span)
