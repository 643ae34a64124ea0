"""The sender: takes deliveries out of the outbox, has them brought, and writes down what became of each.

Nothing is lost: a delivery stays in the outbox until its outcome is known. Nothing is doubled: one whose
outcome is not known is looked up before it is sent again, and not while a call of an earlier try may still
be on its way. A claim is a lease for that: a call begins only where the lease outlasts it, with a margin for
what the platform does after we hung up, and nobody looks up before the lease is over.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.errors import StoreError
from bot.log import fault_words, logger
from bot.ports.delivery import Broken
from bot.services.communities import TOGETHER
from bot.services.delivering import Courier, Pace
from bot.services.telling import Telling

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime
    from random import Random

    from bot.domain.deliveries import Delivery, MessageRef, Settled
    from bot.domain.places import Place
    from bot.ports import Clock, Scopes, Store
    from bot.ports.delivery import Messenger
    from bot.services.delivering import Deliveries, Lease

    Heard = Callable[[Delivery, Settled, datetime], None]
    """Hears of each delivery that is over, how it ended, and when."""

    Deleted = Callable[[MessageRef], Awaitable[None]]
    """Is told of each message that turned out to be deleted; being told again must change nothing."""

log = logger("sender")

USUAL_PACE = Pace()

STORE_RETRY = timedelta(seconds=1)
"""How soon an outcome is written again that the store did not take."""


def ignore(_delivery: Delivery, _settled: Settled, _at: datetime) -> None:
    """Listen to nothing."""


async def leave(_message: MessageRef) -> None:
    """Do nothing about a message that was deleted."""


class Dispatcher:
    """Sends what is owed to the places of one platform; several may work on one outbox.

    `holder` names this one among them. `is_alone` tells that no other works for the platform, so that every
    claim that is open at the start is of a process that has ended (SQLite).
    """

    def __init__(
        self,
        outbox: Deliveries,
        store: Store,
        messenger: Messenger,
        clock: Clock,
        *,
        random: Random,
        holder: str,
        pace: Pace = USUAL_PACE,
        is_alone: bool = False,
        admin_place: Place | None = None,
        heard: Heard = ignore,
        deleted: Deleted = leave,
        scopes: Scopes = TOGETHER,
    ) -> None:
        self._outbox = outbox
        self._platform = messenger.platform
        self._clock = clock
        self._holder = holder
        self._pace = pace
        self._is_alone = is_alone
        self._heard = heard
        self._deleted = deleted
        self._courier = Courier(outbox, store, messenger, clock, random=random, pace=pace, scopes=scopes)
        self._telling = Telling(outbox, messenger, admin_place)
        self._recovered_at = clock.monotonic()
        self._is_stopping = False
        self._is_at_work = False
        self._stir = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, beat: Callable[[], None]) -> None:
        """Deliver until stopped or cancelled; where the store fails, what is on its way ends first.

        Raises:
            StoreError: the store failed.
        """
        await self.begin()
        self._is_at_work = True
        try:
            while not self._is_stopping:
                beat()
                self._stir.clear()
                await self._recover()
                await self._telling.count_yesterday(self._clock.now())
                await self._take_on()
                await self._pause()
            await self._drained()
        except StoreError:
            await self.stop()
            raise
        finally:
            self._is_at_work = False
            await self._cut_off()

    def left_over(self) -> AbstractAsyncContextManager[None] | None:
        """Return what waits for a turn that no delivery wants; None while this process delivers nothing."""
        return self._courier.throttle.left_over() if self._is_at_work else None

    def aside(self) -> AbstractAsyncContextManager[None] | None:
        """Return what waits for a turn among deliveries; None while this process delivers nothing."""
        return self._courier.throttle.aside() if self._is_at_work else None

    def turn(self, place: Place) -> AbstractAsyncContextManager[object] | None:
        """Return what waits for a turn to speak in a place; None while this process delivers nothing."""
        throttle = self._courier.throttle
        return throttle.turn(place, DeliveryKind.NOTICE) if self._is_at_work else None

    async def begin(self) -> None:
        """Make ready: what was claimed by processes that have ended has an outcome that nobody knows."""
        self._is_stopping = False
        self._courier.start()
        if not self._is_alone:
            self._courier.throttle.begin()
        if self._is_alone and (lost := await self._outbox.recover(self._platform, None)):
            log.info("outcomes to be looked up", platform=self._platform, deliveries=lost)

    async def deliver_due(self) -> None:
        """Deliver until nothing is due any more, for whoever keeps no dispatcher running."""
        while await self._take_on():
            await asyncio.gather(*self._tasks)

    async def stop(self) -> None:
        """Take on nothing new; return when calls on their way have ended, or after a few seconds."""
        self._is_stopping = True
        self._courier.stop()
        self._stir.set()
        await self._drained()

    async def _drained(self) -> None:
        """Return when calls on their way have ended, or after a few seconds."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=self._pace.grace.total_seconds())

    async def _cut_off(self) -> None:
        """End whatever is left; its outcome is looked up after the next start."""
        left = set(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _recover(self) -> None:
        """Once in a while, take over claims whose lease is over: whoever had them has ended."""
        now = self._clock.monotonic()
        is_due = now - self._recovered_at >= self._pace.recover_every.total_seconds()
        if is_due and not self._courier.quarantine.left():
            self._recovered_at = now
            await self._outbox.recover(self._platform, self._clock.now())

    async def _take_on(self) -> int:
        """Claim what is due, as far as there is room for it, and begin; return how much that is."""
        room = self._pace.most - len(self._tasks)
        if room < self._pace.most / 2 or self._courier.throttle.platform_closed_for():
            return 0
        lease, now = self._courier.lease(), self._clock.now()
        claimed = await self._outbox.claim(self._platform, self._holder, now, now + self._courier.span, room)
        for each in claimed:
            if isinstance(each, Broken):
                log.error("delivery cannot be read", key=each.id, place=each.place, why=each.why)
            else:
                task = asyncio.create_task(self._deliver(each, lease))
                self._tasks.add(task)
                task.add_done_callback(self._ended)
        return len(claimed)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if len(self._tasks) <= self._pace.most / 2:
            self._stir.set()

    async def _pause(self) -> None:
        """Wait until there is room again, or something may have become due."""
        if self._is_stopping:
            return
        waits = [
            asyncio.create_task(self._clock.sleep(self._pace.poll)),
            asyncio.create_task(self._stirred()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _stirred(self) -> None:
        await self._stir.wait()

    async def _deliver(self, delivery: Delivery, lease: Lease) -> None:
        """Bring one delivery as far as it gets, and write down how far that is."""
        try:
            settled = await self._courier.bring(delivery, lease)
            if settled.closes_place:
                now = self._clock.now()
                await self._telling.place_closed(delivery.place, delivery.key, settled.outcome, now)
            if settled.deleted is not None:
                await self._deleted(settled.deleted)
            await self._keep(delivery, settled, lease)
        except Exception as fault:  # noqa: BLE001 - the outermost of a task: its lease ends, then it is looked up
            log.error("delivery left open", key=delivery.key, why=fault_words(fault))  # noqa: TRY400 - our own log

    async def _keep(self, delivery: Delivery, settled: Settled, lease: Lease) -> None:
        """Write what became of a delivery, and try that again for as long as the lease holds."""
        while True:
            try:
                is_kept = await self._outbox.settle(delivery, settled, self._clock.now())
                return self._note(delivery, settled, is_kept=is_kept)
            except StoreError as fault:
                if self._courier.left_of(lease) <= STORE_RETRY:
                    raise
                log.warning("outcome not kept yet", key=delivery.key, why=str(fault))
                await self._clock.sleep(STORE_RETRY)

    def _note(self, delivery: Delivery, settled: Settled, *, is_kept: bool) -> None:
        """Log what became of a delivery, and pass it on where that is its end."""
        now = self._clock.now()
        facts = {"key": delivery.key, "place": str(delivery.place), "attempt": delivery.attempt}
        if not is_kept:
            log.warning("lease lost", **facts, state=settled.state.value)
            return
        if settled.state is DeliveryState.DONE:
            lag_s = (now - delivery.due_at).total_seconds()
            event = "delivered" if settled.message else settled.outcome
            log.info(event, **facts, kind=delivery.kind.value, lag_s=round(lag_s, 1))
        elif settled.state is DeliveryState.DROPPED:
            log.warning("dropped", **facts, kind=delivery.kind.value, why=settled.outcome)
        else:
            log.debug("put back", **facts, state=settled.state.value, why=settled.outcome)
            return
        self._courier.forget(delivery)
        self._heard(delivery, settled, now)
