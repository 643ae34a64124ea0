"""Bringing one delivery to its place, as far as it gets under its lease.

Whatever happens is a value that the decision table (bot.domain.deliveries) turns into the next state. A bug
of ours, or of a messenger, costs its own delivery some tries and holds up no other place.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.domain.cards import Card
from bot.domain.deliveries import (
    ON_MESSAGES,
    DeliveryKind,
    DeliveryState,
    Failed,
    Rejected,
    Settled,
    Throttled,
    after_find,
    after_send,
    expired,
    has_expired,
    is_older,
    named_papers,
)
from bot.domain.editions import EditionKind
from bot.errors import StoreError
from bot.log import fault_words, logger
from bot.ports.delivery import Outbox, SubscriptionStore
from bot.ports.submissions import SubmissionStore
from bot.services.communities import TOGETHER
from bot.services.quarantine import Quarantine
from bot.services.rates import FIND, Throttle
from bot.views.editions import delivery_card

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from random import Random

    from bot.domain.deliveries import Delivery, FindResult, SendResult
    from bot.domain.editions import Edition
    from bot.domain.votes import Submission
    from bot.ports import Clock, Scopes, Store
    from bot.ports.delivery import Messenger

    Request = Callable[[], Awaitable["Answer"]]

log = logger("sender")

Answer = TypeVar("Answer")

HIDDEN_BEFORE = "a moderator hid its paper before it was posted"

MOST_FAULTS = 5
"""How often a delivery is tried that fails by a fault of the bot itself."""

FAULT = "a fault of the bot"

MOST_COUNTED = 10_000
"""Deliveries whose failures are remembered."""

CARDS_AT_ONCE = 8
"""Deliveries that read what they say: all that were claimed together would have commands wait behind them."""

STORE_FAILED = timedelta(seconds=5)
"""How long a delivery waits whose card could not be read."""


class Deliveries(Outbox, SubscriptionStore, SubmissionStore, Protocol):
    """The outbox, the subscriptions and ways of places, and what was submitted there."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a dispatcher works."""

    most: int = 100
    """Deliveries that are on their way, or wait for their turn, at once."""
    room: timedelta = timedelta(seconds=15)
    """How long a claimed delivery may wait for its turns."""
    queue: timedelta = timedelta(seconds=5)
    """A delivery that cannot expect its turn within this goes back, and leaves its room to others."""
    margin: timedelta = timedelta(seconds=15)
    """How long after a call the platform may still do what it was asked, and take to show it to a look-up."""
    poll: timedelta = timedelta(seconds=1)
    recover_every: timedelta = timedelta(seconds=10)
    grace: timedelta = timedelta(seconds=4)
    """How long a stop waits for calls on their way."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A claim of a delivery, up to a moment in monotonic seconds."""

    until: float


class Tally:
    """Counts by the keys of deliveries; those that nobody has counted for longest are forgotten."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, int] = OrderedDict()

    def of(self, key: str) -> int:
        """Return the count of a key."""
        return self._counts.get(key, 0)

    def add(self, key: str) -> int:
        """Count once more, and return the count."""
        self._counts[key] = self._counts.pop(key, 0) + 1
        if len(self._counts) > MOST_COUNTED:
            self._counts.popitem(last=False)
        return self._counts[key]

    def forget(self, key: str) -> None:
        """Count a key from 0 again."""
        self._counts.pop(key, None)


class Holds:
    """Since when deliveries have only been looked up here; the one that was not for longest is forgotten.

    Claims of a delivery are numbered, so one that is missing was of another process, which may have sent it.
    """

    def __init__(self) -> None:
        self._holds: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def held(self, delivery: Delivery, now: datetime) -> Delivery:
        """Return a delivery that was claimed at `now` to be looked up, with the moment since when it is."""
        attempt, since = self._holds.pop(delivery.key, (0, now))
        if delivery.attempt != attempt + 1:
            since = now
        self._holds[delivery.key] = delivery.attempt, since
        if len(self._holds) > MOST_COUNTED:
            self._holds.popitem(last=False)
        return delivery._replace(looked_up_since=since)

    def forget(self, key: str) -> None:
        """Forget a delivery: it is sent now, or over."""
        self._holds.pop(key, None)


class Courier:
    """Calls one messenger, each call in its turn."""

    def __init__(
        self,
        outbox: Deliveries,
        store: Store,
        messenger: Messenger,
        clock: Clock,
        *,
        random: Random,
        pace: Pace,
        scopes: Scopes = TOGETHER,
    ) -> None:
        self._outbox = outbox
        self._store = store
        self._messenger = messenger
        self._scopes = scopes
        self._clock = clock
        self._random = random
        self._longest_call = messenger.rates.longest_call
        self._call_needs = self._longest_call + pace.margin
        self._longest_queue = pace.queue
        self.span = pace.room + self._call_needs
        """How long a lease is."""
        self.throttle = Throttle(messenger.rates, clock)
        self.quarantine = Quarantine(clock, self.span)
        self._reading = asyncio.Semaphore(CARDS_AT_ONCE)
        self._queued: set[asyncio.Task[object]] = set()
        """The tasks that wait for their turn: no call of theirs is on its way."""
        self._failures, self._faults = Tally(), Tally()
        """How often each delivery failed here, and how often by a fault of the bot. A claim is no failure."""
        self._holds = Holds()
        self._is_stopping = False

    def start(self) -> None:
        """Begin, or begin again: what went on before is not known."""
        self._is_stopping = False
        self.quarantine = Quarantine(self._clock, self.span)

    def stop(self) -> None:
        """Begin no call any more: what waits for its turn goes back."""
        self._is_stopping = True
        for task in self._queued:
            task.cancel()

    def lease(self) -> Lease:
        """Return a lease that begins now."""
        return Lease(self._clock.monotonic() + self.span.total_seconds())

    def left_of(self, lease: Lease) -> timedelta:
        """Return for how long a lease still holds; below 0 where it is over."""
        return timedelta(seconds=lease.until - self._clock.monotonic())

    async def bring(self, delivery: Delivery, lease: Lease) -> Settled:
        """Return what becomes of a delivery that was claimed."""
        if delivery.is_unknown:
            delivery = self._holds.held(delivery, self._clock.now())
        try:
            if delivery.is_unknown and (settled := await self._looked_up(delivery, lease)):
                return settled
            if not delivery.is_unknown and has_expired(delivery, self._clock.now()):
                return expired("")
            if delivery.parent and delivery.parent_message is None:
                return without_parent(delivery)
            return await self._sent(delivery, lease)
        except StoreError as fault:  # a read failed: nothing has been sent
            log.warning("delivery waits for the store", key=delivery.key, why=str(fault))
            return self._back(delivery, STORE_FAILED)

    def forget(self, delivery: Delivery) -> None:
        """Forget what was noted of a delivery that is over."""
        for each in (self._failures, self._faults, self._holds):
            each.forget(delivery.key)

    async def _looked_up(self, delivery: Delivery, lease: Lease) -> Settled | None:
        """Look up whether an earlier try came through; None where it is certain that none did."""
        if left := self.quarantine.left():
            return self._back(delivery, left)
        found = await self._called(delivery, FIND, lease, lambda: self._messenger.find(delivery))
        match found:
            case Settled():
                return found
            case Rejected(why):
                return Settled(DeliveryState.DROPPED, f"{why}; nobody knows whether it was posted")
            case _:
                tried = self._tried(delivery, found)
                settled = after_find(tried, found, self._clock.now(), self._random.random())
        if settled is None and self._faults.of(delivery.key) >= MOST_FAULTS:
            return Settled(DeliveryState.DROPPED, FAULT)
        if settled is not None and settled.message is not None:
            edition = await self._edition(delivery)
            return replace(settled, shows_edition=edition is None or not is_older(delivery, edition))
        return settled

    async def _sent(self, delivery: Delivery, lease: Lease) -> Settled:
        """Send a delivery, and decide what follows from the answer."""
        async with self._reading:
            if self._is_stopping:
                return self._back(delivery, timedelta(0))
            answer: SendResult | Card | Settled = await self._card(delivery)
        if isinstance(answer, Card):
            answer = await self._called(delivery, delivery.kind, lease, self._request(delivery, answer))
        if isinstance(answer, Settled):
            return answer
        tried = self._tried(delivery, answer)
        settled = after_send(tried, answer, self._clock.now(), self._random.random())
        is_open = isinstance(answer, Failed) and not answer.outcome_known
        if is_open and settled.ready_at is not None:
            # The platform may still be at it: nobody looks before this lease is over.
            return replace(settled, ready_at=max(settled.ready_at, self._clock.now() + self.left_of(lease)))
        return settled

    def _request(self, delivery: Delivery, card: Card) -> Callable[[], Awaitable[SendResult]]:
        """Return what asks the messenger for a delivery."""
        match delivery.kind:
            case DeliveryKind.PUBLISH:
                return lambda: self._messenger.publish(delivery)
            case DeliveryKind.REACT:
                return lambda: self._messenger.react(delivery)
            case _:
                return lambda: self._messenger.send(delivery, card)

    async def _card(self, delivery: Delivery) -> Card | Failed | Rejected | Settled:
        """Put a delivery into words, with the figures of its papers as they are now.

        Raises:
            StoreError: the store failed.
        """
        edition = await self._edition(delivery)
        if delivery.edition and edition is None:
            return Rejected("its edition is not stored any more")
        try:
            scope = await self._scopes.scope_of(delivery.place)
            papers = await self._store.papers(named_papers(delivery, edition), scope=scope)
            hidden = (await self._outbox.hidden([delivery.place])).get(delivery.place, ()) if edition else ()
            if is_of_one_paper(delivery) and set(named_papers(delivery, edition)) & set(hidden):
                return Settled(DeliveryState.DONE, HIDDEN_BEFORE)
            by_id = {listed.paper.id: listed for listed in papers}
            return delivery_card(delivery, edition, by_id, hidden, await self._submission(edition))
        except StoreError:
            raise
        except Exception as fault:  # noqa: BLE001 - no card may hold up its place for ever
            return self._own_fault(delivery, fault, MOST_FAULTS) or Failed(FAULT)

    async def _edition(self, delivery: Delivery) -> Edition | None:
        """Return the edition of a delivery; None where it has none, or it is not stored any more."""
        if not delivery.edition:
            return None
        return (await self._outbox.editions([delivery.edition])).get(delivery.edition)

    async def _submission(self, edition: Edition | None) -> Submission | None:
        """Return the submission whose card an edition is; without its note where its maker was forgotten."""
        if edition is None or edition.kind is not EditionKind.SUBMISSION:
            return None
        return await self._outbox.submission(edition.place, edition.papers[0].paper)

    async def _called(
        self, delivery: Delivery, call: str, lease: Lease, request: Request[Answer]
    ) -> Answer | Failed | Rejected | Settled:
        """Call the messenger when it is this call's turn; Settled where it does not come to that."""
        wait = self.throttle.wait_for(delivery.place, call)
        if self._is_stopping or wait > self._longest_queue:
            return self._back(delivery, wait)
        task = asyncio.current_task()
        assert task is not None
        self._queued.add(task)
        try:
            async with self.throttle.turn(delivery.place, call) as turn:
                self._queued.discard(task)
                if back := self._too_late(delivery, call, lease):
                    turn.is_spared = True
                    return back
                return await self._answer(delivery, call, request)
        except asyncio.CancelledError:
            if task not in self._queued or not self._is_stopping:
                raise
            return self._back(delivery, timedelta(0))
        finally:
            self._queued.discard(task)

    def _too_late(self, delivery: Delivery, call: str, lease: Lease) -> Settled | None:
        """Put a delivery back whose call may not begin: we were told to wait, or its lease is too short."""
        closed = self.throttle.closed_for(delivery.place, call)
        if closed or self._is_stopping or self.left_of(lease) < self._call_needs:
            return self._back(delivery, closed)
        return None

    async def _answer(
        self, delivery: Delivery, call: str, request: Request[Answer]
    ) -> Answer | Failed | Rejected:
        """Wait for the messenger's answer, and obey it where it says to wait."""
        if call != FIND:
            self._holds.forget(delivery.key)
        try:
            async with asyncio.timeout(self._longest_call.total_seconds()):
                answer = await request()
        except TimeoutError:
            return Failed("no answer in time", outcome_known=False)
        except Exception as fault:  # noqa: BLE001 - a bug of a messenger must not hold up other places
            # Where sending fails so, a look-up decides first; where that fails too, nobody ever will.
            gives_up = self._own_fault(delivery, fault, 2 * MOST_FAULTS)
            return gives_up if gives_up and call == FIND else Failed(FAULT, outcome_known=False)
        if isinstance(answer, Throttled):
            told_s = answer.retry_after.total_seconds()
            log.warning(
                "told to wait", place=str(delivery.place), call=call, reach=answer.reach, seconds=told_s
            )
            self.throttle.obey(delivery.place, call, answer)
        return answer

    def _own_fault(self, delivery: Delivery, fault: Exception, most: int) -> Rejected | None:
        """Count a fault of the bot; Rejected where there have been `most` of them."""
        faults = self._faults.add(delivery.key)
        log.error(
            "delivery fails by a fault of the bot", key=delivery.key, why=fault_words(fault), faults=faults
        )
        return Rejected(FAULT) if faults >= most else None

    def _tried(self, delivery: Delivery, answer: SendResult | FindResult) -> Delivery:
        """Return a delivery with its failures counted as its attempts: they set how long it waits."""
        is_failure = isinstance(answer, Failed)
        return delivery._replace(attempt=self._failures.add(delivery.key)) if is_failure else delivery

    def _back(self, delivery: Delivery, wait: timedelta) -> Settled:
        """Put a delivery back whose call did not begin; what was looked up is looked up again by then."""
        state = DeliveryState.UNKNOWN if delivery.is_unknown else DeliveryState.WAITING
        return Settled(state, "waits for its turn", ready_at=self._clock.now() + wait)


def is_of_one_paper(delivery: Delivery) -> bool:
    """Tell whether a message is there for one paper alone: without it there is nothing to post."""
    return delivery.part > 0 and delivery.kind in (DeliveryKind.POST, DeliveryKind.REPLY)


def without_parent(delivery: Delivery) -> Settled:
    """Settle what belongs to a message that a moderator deleted: an edit or the like is not missed there."""
    if delivery.kind in ON_MESSAGES:
        return Settled(DeliveryState.DONE, "deleted since")
    return Settled(DeliveryState.DROPPED, "the message it belongs to was deleted")
