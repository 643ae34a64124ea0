"""The dispatcher over the stand-in: whatever goes wrong, each delivery is shown once, and none is lost."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from adapters.discord.messenger import DiscordMessenger
from adapters.discord.messenger.refs import read_ref
from adapters.discord.messenger.turns import RATES
from bot.domain.deliveries import DeliveryKind, DeliveryState, Rate
from bot.domain.places import Place, PlaceKind
from tests.adapters import towns
from tests.adapters.discord.scene import GUILD, MemoryChannels, speaking
from tests.adapters.towns import (
    check,
    delivered,
    kept,
    owed,
    processes_die,
    replies_are_lost,
    until_done,
)
from tests.contract.voting import votes_over
from tests.fakes.discord_shapes import FORUM, TEXT
from tests.fakes.discord_standin import Mishap, Standin
from tests.fakes.socket_time import run_with_sockets
from tests.services.sending import MINUTE, How, a_notice, a_world

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from tests.fakes.virtual_time import VirtualClock

IN_FORUMS = {4, 5}

SURELY_NOT_DONE = (Mishap.DROPPED, Mishap.BROKEN, Mishap.BUSY, Mishap.BAD_GATEWAY, Mishap.LIMITED)


@dataclass
class Town(towns.Town):
    """A world whose platform is the stand-in."""

    standin: Standin
    channels: MemoryChannels = field(default_factory=MemoryChannels)

    async def messenger(self) -> DiscordMessenger:
        """Return the messenger of a new process."""
        rest = await self.stack.enter_async_context(speaking(self.standin, self.world.clock))
        return DiscordMessenger(rest, self.channels, self.world.clock)


def place(number: int) -> Place:
    return Place("discord", GUILD, str(100 + number))


PLACES = [place(number) for number in range(6)]


def in_town(story: Callable[[Town], Coroutine[Any, Any, None]], seed: int) -> None:
    """Run a story in virtual time, with real sockets."""

    async def told(clock: VirtualClock) -> None:
        standin = Standin(clock, Random(seed), latency_s=(0.05, 0.15))
        standin.add_guild(GUILD)
        for number, each in enumerate(PLACES):
            standin.add_channel(each.channel, GUILD, FORUM if number in IN_FORUMS else TEXT)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(standin.serving())
            channels = MemoryChannels({place(number): PlaceKind.FORUM for number in IN_FORUMS})
            await story(Town(a_world(clock, seed), standin, stack, PLACES, channels))

    run_with_sockets(told)


@pytest.mark.parametrize("seed", range(4))
def test_each_is_shown_once_though_replies_are_lost(seed: int) -> None:
    in_town(lambda town: replies_are_lost(town, tuple(Mishap)), seed)


@pytest.mark.parametrize("seed", range(3))
def test_each_is_shown_once_though_processes_die(seed: int) -> None:
    mishaps = (Mishap.REPLY_LOST, Mishap.LATE, *SURELY_NOT_DONE)
    in_town(lambda town: processes_die(town, mishaps), seed)


def test_an_outage_longer_than_discord_remembers_doubles_nothing() -> None:
    async def story(town: Town) -> None:
        deliveries = await owed(town)
        town.standin.mishaps, town.standin.mishap_rate = (Mishap.REPLY_LOST,), 1.0
        process = town.world.start(how=How(messenger=await town.messenger()))
        await asyncio.sleep(5)
        town.standin.mishaps = (Mishap.DROPPED,)
        await asyncio.sleep(1_800)
        town.standin.mishap_rate = 0.0
        await until_done(town.world)
        await process.kill()
        check(town, deliveries)

    in_town(story, 1)


def test_an_edit_of_a_message_that_a_moderator_deleted_closes_its_ballot_and_posts_nothing() -> None:
    async def story(town: Town) -> None:
        world, votes = town.world, votes_over(town.world.store)
        await world.subscribe(place(0))
        [post] = await world.owe(place(0))
        process = world.start(how=How(messenger=await town.messenger()))
        await until_done(world)
        [opened] = await votes.open_ballots(place(0), world.clock.now() - MINUTE)
        ref = read_ref(opened.ballot.message)
        town.standin.delete_message(ref.channel, ref.message)
        edit = a_notice(place(0), "brought up to date", world.clock.now(), parent=post.key)
        await world.put(edit._replace(kind=DeliveryKind.EDIT))
        await until_done(world)
        await process.kill()
        assert await votes.open_ballots(place(0), world.clock.now() - MINUTE) == []
        assert [row.state for row in kept(world)] == [DeliveryState.DONE] * 2
        assert town.standin.messages[place(0).channel] == {}
        assert (await world.standing(place(0))).subscription.pause_reason == ""

    in_town(story, 1)


def test_one_place_that_is_closed_holds_up_no_other() -> None:
    async def story(town: Town) -> None:
        deliveries = await owed(town)
        town.standin.refuse(403, 50013, path=f"/channels/{place(0).channel}/messages$")
        await delivered(town)
        elsewhere = [delivery for delivery in deliveries if delivery.place != place(0)]
        assert [town.count(delivery) for delivery in elsewhere] == [1] * len(elsewhere)
        paused = (await town.world.standing(place(0))).subscription
        assert "Send Messages" in paused.pause_reason
        # A 403 counts as an invalid request: the place is left alone after the first.
        assert town.standin.invalid == 1

    in_town(story, 1)


def test_a_refusal_in_one_bucket_stops_nothing_else() -> None:
    async def story(town: Town) -> None:
        deliveries = await owed(town)
        town.standin.plan(Mishap.LIMITED, path=f"/channels/{place(0).channel}/messages$")
        await delivered(town)
        check(town, deliveries)

    in_town(story, 1)


def test_many_places_at_once_break_no_limit() -> None:
    async def story(town: Town) -> None:
        for number in range(300):
            town.standin.add_channel(str(1_000 + number), GUILD)
            here = Place("discord", GUILD, str(1_000 + number))
            await town.world.put(a_notice(here, "news", town.world.clock.now()))
        deliveries = list(town.world.owed.values())
        await delivered(town)
        check(town, deliveries)
        moments = [call.at for call in town.standin.said("POST")]
        # 49 leave at once; each slot is free again a second after its answer, and no time is lost besides.
        assert moments[-1] - moments[0] <= (300 // 49) * (1 + 0.15) + 0.15

    in_town(story, 1)


def test_the_stand_in_is_strict_enough_to_notice() -> None:
    """With more than Discord allows the same story is refused calls."""

    async def story(town: Town) -> None:
        for number in range(120):
            town.standin.add_channel(str(1_000 + number), GUILD)
            here = Place("discord", GUILD, str(1_000 + number))
            await town.world.put(a_notice(here, "news", town.world.clock.now()))
        messenger = await town.messenger()
        hasty = replace(RATES, platform=Rate(70, timedelta(seconds=1)))
        process = town.world.start(
            how=How(messenger=DiscordMessenger(messenger._rest, town.channels, town.world.clock, hasty))
        )
        await until_done(town.world)
        await process.kill()
        assert town.standin.too_soon > 0
        assert DeliveryKind.NOTICE not in hasty.kinds

    in_town(story, 1)
