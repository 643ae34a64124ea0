"""A chat platform in memory that behaves as badly as Discord and Slack do, and a messenger that talks to it.

It takes a call, does the work and loses the reply; does the work after the caller has gone; answers 5xx with
the work done or not; says 429; forgets keys after a while (Discord's nonce) or knows none (Slack); shows a
message in its history only some time after it was posted. A request that has left is on its way even where
the process that sent it has died. All chance comes from a `random.Random`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from bot.domain.deliveries import (
    Absent,
    DeliveryKind,
    Failed,
    Gone,
    MessageRef,
    Rates,
    Reach,
    Rejected,
    Sent,
    Throttled,
)
from bot.domain.places import Identity, Place
from bot.ports.delivery import PlaceReport, Reaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from bot.domain.cards import Card
    from bot.domain.deliveries import Delivery, FindResult, Rate, SendResult
    from bot.ports import Clock


Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Habits:
    """What a platform is like on any day."""

    key_memory: timedelta | None = None
    """How long a key that comes again brings back the first message; None: keys mean nothing."""
    history_lag: timedelta = timedelta(0)
    """How long after it was posted a message is found by its key."""
    longest_work: timedelta = timedelta(0)
    """How long after its caller has gone a request may still be done."""
    latency: tuple[float, float] = (0.05, 0.15)
    """Seconds from a call to its answer."""
    window: Rate | None = None
    """A strict limit: a call too many in any such window is told to wait."""


DISCORD = Habits(key_memory=timedelta(minutes=5), longest_work=timedelta(seconds=5))
SLACK = Habits(history_lag=timedelta(seconds=3), longest_work=timedelta(seconds=5))


class Mishap(Enum):
    """What may go wrong with a call."""

    THROTTLED = "429, nothing done"
    BUSY = "503, nothing done"
    BROKEN = "500, nothing done"
    BROKEN_AFTER = "500, all done"
    REPLY_LOST = "done, and no answer"
    LATE = "done after the caller has gone"
    NEVER = "never done, and no answer"
    BUG = "the messenger raises, nothing done"
    BUG_AFTER = "the messenger raises, all done"


@dataclass(frozen=True, slots=True)
class Message:
    """What people see."""

    ref: MessageRef
    place: Place
    key: str
    gist: str
    posted_at: float
    """Monotonic seconds."""


@dataclass(slots=True)
class FakePlatform:
    """The platform's side, the same for all processes that talk to it."""

    clock: Clock
    random: Random
    habits: Habits = DISCORD
    mishaps: Sequence[Mishap] = ()
    """What goes wrong, at `mishap_rate`; a test makes it calm again by setting that to 0."""
    mishap_rate: float = 0.0
    messages: list[Message] = field(default_factory=list)
    """All that was ever shown, in order; what was deleted is still here."""
    edits: list[tuple[MessageRef, str]] = field(default_factory=list)
    marks: list[tuple[MessageRef, str]] = field(default_factory=list)
    """Which message was given which reaction; an empty one means that it was published."""
    deleted: set[MessageRef] = field(default_factory=set)
    gone: dict[Place, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    """Keys of messages that the platform will never take, and why."""
    refusals: int = 0
    """How often a call came too soon for the window."""
    remembered: dict[str, Message] = field(default_factory=dict)
    seen: deque[float] = field(default_factory=deque)
    under_way: set[asyncio.Task[object]] = field(default_factory=set)

    def shown(self, key: str) -> list[Message]:
        """Return the messages that were shown for a key: there should be one."""
        return [message for message in self.messages if message.key == key]

    def draw(self) -> Mishap | None:
        """Decide what goes wrong with a call."""
        if self.mishaps and self.random.random() < self.mishap_rate:
            return self.random.choice(self.mishaps)
        return None

    def is_too_soon(self) -> bool:
        """Tell whether a call breaks the limit; one that does counts in no window."""
        limit, now = self.habits.window, self.clock.monotonic()
        if limit is None:
            return False
        while self.seen and now - self.seen[0] >= limit.per.total_seconds():
            self.seen.popleft()
        if len(self.seen) >= limit.calls:
            self.refusals += 1
            return True
        self.seen.append(now)
        return False

    def post(self, delivery: Delivery, gist: str) -> SendResult:
        """Do the work of a call."""
        if why := self.gone.get(delivery.place):
            return Gone(why)
        if why := self.refused.get(delivery.key):
            return Rejected(why)
        if delivery.kind is DeliveryKind.EDIT:
            return self._edit(delivery, gist)
        if known := self._remembered(delivery.key):
            return Sent(None if known.ref in self.deleted else known.ref)
        ref = MessageRef(f"message-{len(self.messages)}")
        message = Message(ref, delivery.place, delivery.key, gist, self.clock.monotonic())
        self.messages.append(message)
        self.remembered[delivery.key] = message
        return Sent(ref)

    def mark(self, delivery: Delivery) -> SendResult:
        """Do the work of a reaction, or of publishing: a second time is no different from the first."""
        assert delivery.parent_message is not None
        if delivery.parent_message in self.deleted:
            return Sent(None)
        mark = (delivery.parent_message, delivery.text)
        if mark not in self.marks:
            self.marks.append(mark)
        return Sent(delivery.parent_message)

    def find(self, delivery: Delivery) -> FindResult:
        """Look into the history of a place, as far as it shows by now."""
        if why := self.gone.get(delivery.place):
            return Gone(why)
        shown_by = self.clock.monotonic() - self.habits.history_lag.total_seconds()
        for message in self.shown(delivery.key):
            if message.posted_at <= shown_by and message.ref not in self.deleted:
                return Sent(message.ref)
        return Absent()

    def _edit(self, delivery: Delivery, gist: str) -> SendResult:
        assert delivery.parent_message is not None
        if delivery.parent_message in self.deleted:
            return Sent(None)
        self.edits.append((delivery.parent_message, gist))
        return Sent(delivery.parent_message)

    def _remembered(self, key: str) -> Message | None:
        memory, message = self.habits.key_memory, self.remembered.get(key)
        if memory is None or message is None:
            return None
        return message if self.clock.monotonic() - message.posted_at <= memory.total_seconds() else None


class FakeMessenger:
    """Satisfies `bot.ports.delivery.Messenger` over a FakePlatform; each process has its own."""

    def __init__(self, server: FakePlatform, rates: Rates | None = None, platform: str = "discord") -> None:
        self.server = server
        self._rates = rates or Rates(longest_call=timedelta(seconds=10))
        self._platform = platform

    @property
    def platform(self) -> str:
        return self._platform

    @property
    def rates(self) -> Rates:
        return self._rates

    async def send(self, delivery: Delivery, card: Card) -> SendResult:
        return await self._call(lambda: self.server.post(delivery, card.gist))

    async def publish(self, delivery: Delivery) -> SendResult:
        return await self._call(lambda: self.server.mark(delivery))

    async def react(self, delivery: Delivery) -> SendResult:
        return await self._call(lambda: self.server.mark(delivery))

    async def reactions(self, place: Place, message: MessageRef) -> Sequence[Reaction] | FindResult:
        if why := self.server.gone.get(place):
            return Gone(why)
        return Absent() if message in self.server.deleted else ()

    async def find(self, delivery: Delivery) -> FindResult:
        return await self._call(lambda: self.server.find(delivery))

    async def describe(self, place: Place) -> PlaceReport | Gone:
        why = self.server.gone.get(place)
        return Gone(why) if why else PlaceReport(can=("post",))

    async def direct(self, identity: Identity) -> Place | None:
        platform, _, person = identity.partition(":")
        return Place(platform, "@me", person) if platform == self._platform else None

    async def _call(self, work: Callable[[], Result]) -> Result | Throttled | Failed:
        """Send a request on its way, and wait for the answer; where none comes, for ever."""
        mishap = self.server.draw()
        if mishap is Mishap.BUG:
            raise KeyError("a field that the platform has always sent")
        request = asyncio.create_task(self._served(mishap, work))
        self.server.under_way.add(request)
        request.add_done_callback(self.server.under_way.discard)
        answer = await asyncio.shield(request)
        if mishap is Mishap.BUG_AFTER:
            raise KeyError("a field that the platform has always sent")
        if answer is None:
            await asyncio.Event().wait()
            raise AssertionError
        return answer

    async def _served(
        self, mishap: Mishap | None, work: Callable[[], Result]
    ) -> Result | Throttled | Failed | None:
        """What goes on at the platform, whether its caller lives or not; None where it never answers."""
        random, clock = self.server.random, self.server.clock
        whole_s = random.uniform(*self.server.habits.latency)
        there_s = random.uniform(0, whole_s)
        await clock.sleep(timedelta(seconds=there_s))
        if self.server.is_too_soon():
            answer: Result | Throttled | Failed | None = Throttled(timedelta(seconds=1), Reach.PLATFORM)
        else:
            answer = await self._done(mishap, work)
        await clock.sleep(timedelta(seconds=whole_s - there_s))
        return answer

    async def _done(
        self, mishap: Mishap | None, work: Callable[[], Result]
    ) -> Result | Throttled | Failed | None:
        random = self.server.random
        if mishap is Mishap.THROTTLED:
            return Throttled(timedelta(seconds=random.uniform(0.5, 30)), random.choice(list(Reach)))
        if mishap is Mishap.BUSY:
            return Failed("503 Service Unavailable")
        if mishap is Mishap.LATE:
            longest = self._rates.longest_call + self.server.habits.longest_work
            await self.server.clock.sleep(random.random() ** 0.3 * longest)  # rather late than soon
        result = None if mishap in {Mishap.BROKEN, Mishap.NEVER} else work()
        if mishap in {Mishap.BROKEN, Mishap.BROKEN_AFTER}:
            return Failed("500 Internal Server Error", outcome_known=False)
        return None if mishap in {Mishap.REPLY_LOST, Mishap.LATE} else result
