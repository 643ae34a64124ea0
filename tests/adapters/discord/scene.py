"""What the tests of the Discord adapter share: a stand-in with a server, and the adapter over it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from adapters.discord.client.rest import Rest, spare_bucket, use_api
from adapters.discord.messenger import DiscordMessenger
from adapters.discord.messenger.refs import read_ref
from bot.domain.cards import Card, Entry, Heading, Note
from bot.domain.deliveries import Delivery, DeliveryKind, MessageRef, Sent, delivery_key
from bot.domain.places import Place, PlaceKind
from tests.fakes.clock import FakeClock
from tests.fakes.discord_shapes import ANNOUNCEMENT, DM, FORUM, TEXT
from tests.fakes.discord_standin import Standin
from tests.fakes.virtual_time import LeapingSelector, VirtualClock, VirtualLoop

if TYPE_CHECKING:
    import selectors
    from collections.abc import AsyncIterator

    from adapters.discord.messenger.permissions import Sight
    from adapters.discord.messenger.refs import Ref
    from bot.domain.deliveries import FindResult, SendResult
    from bot.ports import Clock

GUILD = str(5 << 22)
HERE = Place("discord", GUILD, "11")
NEWS = Place("discord", GUILD, "12")
POSTS = Place("discord", GUILD, "13")
THERE = Place("discord", GUILD, "14")
ALONE = Place("discord", "@me", "15")

CARD = Card(
    (
        Heading("Papers · Friday 24 April"),
        Entry("WorldMark: A Benchmark", "https://arxiv.org/abs/2604.21686", 1, "Same scenes, same controls."),
        Entry("UniT", "https://arxiv.org/abs/2604.21687", 2, "Teaches humanoids."),
        Note("Weekdays 09:00 Paris"),
    ),
    "2 papers",
)


LEAST = timedelta(microseconds=1)


class SceneClock(FakeClock):
    """A clock that moves with each sleep, if only by the least that it can tell."""

    async def sleep(self, delay: timedelta) -> None:
        await super().sleep(max(delay, LEAST))


@dataclass
class MemoryChannels:
    """Satisfies `messenger.channels.Channels` and `events.Places`."""

    kinds: dict[Place, PlaceKind] = field(default_factory=dict)
    sights: dict[Place, Sight] = field(default_factory=dict)
    zones: set[Place] = field(default_factory=set)

    async def kind(self, place: Place) -> PlaceKind | None:
        return self.kinds.get(place)

    async def keep_kind(self, place: Place, kind: PlaceKind) -> None:
        self.kinds[place] = kind

    def sight(self, place: Place) -> Sight | None:
        return self.sights.get(place)

    async def has_zone(self, place: Place) -> bool:
        return place in self.zones


@dataclass
class Scene:
    """A stand-in, and a messenger that speaks with it."""

    clock: FakeClock
    standin: Standin
    rest: Rest
    channels: MemoryChannels
    messenger: DiscordMessenger

    def delivery(
        self, place: Place = HERE, kind: DeliveryKind = DeliveryKind.POST, subject: str = "firing"
    ) -> Delivery:
        """Return a delivery that is tried for the first time now."""
        now = self.clock.now()
        key = delivery_key(place, subject, kind)
        return Delivery(key, place, kind, now, attempt=1, first_tried_at=now)

    async def posted(self, place: Place = HERE, kind: DeliveryKind = DeliveryKind.POST) -> MessageRef:
        """Post the card, which must work, and return its message."""
        result = await self.messenger.send(self.delivery(place, kind), CARD)
        assert isinstance(result, Sent), result
        assert result.message is not None
        return result.message

    def on(self, message: MessageRef, kind: DeliveryKind, text: str = "") -> Delivery:
        """Return a delivery for a message that stands."""
        parent = self.delivery().key
        return replace(self.delivery(kind=kind), parent=parent, parent_message=message, text=text)


def ref(result: SendResult | FindResult) -> Ref:
    """Return which message was sent."""
    assert isinstance(result, Sent), result
    assert result.message is not None
    return read_ref(result.message)


def furnished(standin: Standin) -> Standin:
    """Add a server with a channel of each kind."""
    standin.add_guild(GUILD)
    standin.add_channel(HERE.channel, GUILD, TEXT)
    standin.add_channel(NEWS.channel, GUILD, ANNOUNCEMENT)
    standin.add_channel(POSTS.channel, GUILD, FORUM)
    standin.add_channel(THERE.channel, GUILD, TEXT)
    standin.add_channel(ALONE.channel, None, DM)
    return standin


@asynccontextmanager
async def speaking(standin: Standin, clock: Clock, token: str = "") -> AsyncIterator[Rest]:
    """Open the adapter's way to a stand-in that is serving."""
    use_api(standin.url)
    rest = Rest(token or standin.token, spare_bucket(clock))
    try:
        yield rest
    finally:
        await rest.close()


@asynccontextmanager
async def a_scene() -> AsyncIterator[Scene]:
    """Set the scene; time passes only where somebody sleeps."""
    async with AsyncExitStack() as stack:
        clock = SceneClock()
        standin = furnished(Standin(clock, Random(1)))
        await stack.enter_async_context(standin.serving())
        rest = await stack.enter_async_context(speaking(standin, clock))
        channels = MemoryChannels({POSTS: PlaceKind.FORUM, NEWS: PlaceKind.ANNOUNCEMENT})
        yield Scene(clock, standin, rest, channels, DiscordMessenger(rest, channels, clock))


# --- Virtual time with real sockets -------------------------------------------------------

SETTLED_S = 0.003
"""So long (real seconds) nothing must come in before time leaps: what was sent is there by then."""


class PatientSelector(LeapingSelector):
    """Lets time leap as its base does, but only after sockets have been quiet for a moment."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout > 0:
            elapsed_s = self.elapsed_s
            ready = self._quietly(SETTLED_S)
            if ready:
                self.elapsed_s = elapsed_s
                return ready
        return super().select(timeout)

    def _quietly(self, timeout_s: float) -> list[tuple[selectors.SelectorKey, int]]:
        # The base's own way of waiting in real time.
        self.busy += 1
        try:
            return super(LeapingSelector, self).select(timeout_s)
        finally:
            self.busy -= 1


class SocketLoop(VirtualLoop):
    """An event loop in virtual time whose sockets are real."""

    def __init__(self) -> None:
        self._leaps = PatientSelector()
        asyncio.SelectorEventLoop.__init__(self, self._leaps)


class SocketClock(VirtualClock):
    """The clock of a SocketLoop; it moves with each sleep, if only by the least that it can tell."""

    async def sleep(self, delay: timedelta) -> None:
        await super().sleep(max(delay, LEAST))
