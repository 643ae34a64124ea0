"""One of several processes leads: it alone runs a role's loop, the others stand by."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.log import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.ports import Clock
    from bot.ports.delivery import Outbox
    from bot.services.supervising import Loop

log = logger("service")

LEASE = timedelta(seconds=90)
"""Longer than the longest call of a messenger with all its margin: who leads may finish what it began."""

LISTENING = timedelta(seconds=30)
"""The lease of who listens: while nobody does nobody is answered, and two at once do no harm for a moment."""

RENEWALS = 6
"""Times that a lease is renewed before it would end."""
ASKED_EVERY = timedelta(seconds=5)
"""How often whoever stands by asks whether it may lead: an unclean end costs a lease and these seconds."""


class LeaseLostError(Exception):
    """Another process leads now, or the store did not answer in time to tell."""


class Leadership:
    """What one process knows of leading; `holder` names it among the others."""

    def __init__(self, outbox: Outbox, holder: str, clock: Clock) -> None:
        self._outbox = outbox
        self._holder = holder
        self._clock = clock

    def led(self, role: str, loop: Loop, lease: timedelta = LEASE) -> Loop:
        """Return a loop that runs while this process leads the role."""

        async def run(beat: Callable[[], None]) -> None:
            await self._wait_for(role, lease, beat)
            try:
                await self._run_while_leading(role, lease, loop(beat))
            finally:
                await asyncio.shield(self._outbox.release(role, self._holder))

        return run

    async def _wait_for(self, role: str, lease: timedelta, beat: Callable[[], None]) -> None:
        """Stand by until the role is ours."""
        log.debug("standing by", role=role)
        while not await self._outbox.hold(role, self._holder, lease):
            beat()
            await self._clock.sleep(ASKED_EVERY)
        log.info("leading", role=role)

    async def _run_while_leading(self, role: str, lease: timedelta, work: Awaitable[None]) -> None:
        """Do the work and renew the lease beside it; whichever fails ends both.

        Raises:
            LeaseLostError: the role is not ours any more.
        """
        running, renewing = asyncio.ensure_future(work), asyncio.ensure_future(self._renew(role, lease))
        try:
            done, _ = await asyncio.wait({running, renewing}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (running, renewing):
                task.cancel()
            await asyncio.gather(running, renewing, return_exceptions=True)

    async def _renew(self, role: str, lease: timedelta) -> None:
        """Renew the lease until it is lost."""
        while True:
            await self._clock.sleep(lease / RENEWALS)
            if not await self._outbox.hold(role, self._holder, lease):
                raise LeaseLostError(role)
