"""What the tests of the Discord adapter share: a stand-in with a server, and the adapter over it."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from adapters.discord.client.rest import Rest, use_api
from adapters.discord.client.spare import Spare
from adapters.discord.messenger import DiscordMessenger
from adapters.discord.messenger.refs import read_ref
from bot.domain.deliveries import Sent
from bot.domain.places import Place, PlaceKind
from tests.adapters.scenes import Posting, SceneClock
from tests.fakes.discord_shapes import ANNOUNCEMENT, DM, FORUM, TEXT
from tests.fakes.discord_standin import Standin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.discord.messenger.permissions import Sight
    from adapters.discord.messenger.refs import Ref
    from bot.domain.deliveries import FindResult, SendResult
    from bot.ports import Clock
    from tests.fakes.clock import FakeClock

GUILD = str(5 << 22)
HERE = Place("discord", GUILD, "11")
NEWS = Place("discord", GUILD, "12")
POSTS = Place("discord", GUILD, "13")
THERE = Place("discord", GUILD, "14")
ALONE = Place("discord", "@me", "15")


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
class Scene(Posting):
    """A stand-in, and a messenger that speaks with it."""

    here = HERE
    clock: FakeClock
    standin: Standin
    rest: Rest
    channels: MemoryChannels
    messenger: DiscordMessenger


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
    rest = Rest(token or standin.token, Spare(clock))
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
