"""Who is told of deliveries that could not be made: the community at once, the operator once a day."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.places import LOCAL_PERSON, Place, PlaceProfile
from bot.ports.delivery import Caps, Change
from bot.services.delivering import Pace
from tests.services.sending import ALONE, MINUTE, Fate, How, World, a_place
from tests.services.stories import (
    DONE,
    DROPPED,
    HERE,
    THERE,
    Scripted,
    ends,
    gists,
    in_a_world,
    until,
)

if TYPE_CHECKING:
    from bot.domain.places import Identity

ADMIN = Place("discord", "admin", "faults")


async def lose(world: World, *places: Place) -> None:
    """Let an edition be owed to places that are gone."""
    for place in places:
        world.platform.gone[place] = "The channel was deleted."
        await world.owe(place)


def test_a_place_that_is_gone_is_paused_and_its_maker_is_told_alone() -> None:
    async def story(world: World) -> None:
        await world.subscribe(HERE)
        await lose(world, HERE)
        process = world.start()
        await until(lambda: len(world.heard) == 2)
        assert (await world.standing(HERE)).subscription.pause_reason == "The channel was deleted."
        await asyncio.sleep(600)
        await process.kill()

    world = in_a_world(story)
    [told] = world.platform.messages
    assert str(told.place) == "discord:@me/maker"
    assert told.gist.startswith(
        "Nothing can be posted in discord:guild/channel-1 any more: The channel was del"
    )
    assert ends(world) == [DROPPED, DONE]


def test_where_a_place_for_notices_is_set_it_is_told_there() -> None:
    async def story(world: World) -> None:
        await world.subscribe(HERE)
        await world.delivery.keep_profile(PlaceProfile(HERE, settings={"notices": str(THERE)}))
        await lose(world, HERE)
        process = world.start()
        await until(lambda: len(world.heard) == 2)
        await process.kill()

    assert [message.place for message in in_a_world(story).platform.messages] == [THERE]


@pytest.mark.parametrize("dies_at", range(1, 25))
def test_nobody_is_told_twice_and_a_crash_in_between_loses_no_word(dies_at: int) -> None:
    async def story(world: World) -> None:
        await world.subscribe(HERE)
        await lose(world, HERE)
        killed = world.start(Fate(world.random, dies_at), ALONE)
        await asyncio.sleep(30)
        assert killed.fate.is_dead
        process = world.start(how=ALONE)
        await until(lambda: len(world.platform.messages) > 0)
        await asyncio.sleep(600)
        assert (await world.standing(HERE)).subscription.paused_at is not None
        await process.kill()

    assert [str(message.place) for message in in_a_world(story).platform.messages] == ["discord:@me/maker"]


@pytest.mark.parametrize("maker", [None, LOCAL_PERSON])
def test_where_nobody_can_be_told_the_place_is_paused_all_the_same(maker: Identity | None) -> None:
    async def story(world: World) -> None:
        await world.subscribe(HERE, maker=maker)
        await lose(world, HERE)
        process = world.start()
        await until(lambda: bool(world.heard))
        assert (await world.standing(HERE)).subscription.paused_at is not None
        await process.kill()

    assert gists(in_a_world(story)) == []


@pytest.mark.parametrize("fault", [KeyError("a field"), TimeoutError()], ids=["a bug", "no answer"])
def test_a_messenger_that_cannot_tell_where_keeps_no_place_from_closing(fault: Exception) -> None:
    class Directionless(Scripted):
        async def direct(self, _identity: Identity) -> Place | None:
            raise fault

    async def story(world: World) -> None:
        await world.subscribe(HERE)
        await lose(world, HERE)
        process = world.start(how=How(messenger=Directionless(world)))
        await until(lambda: bool(world.heard))
        assert (await world.standing(HERE)).subscription.paused_at is not None
        await process.kill()

    assert ends(in_a_world(story)) == [DROPPED]


def test_the_operator_gets_one_count_a_day() -> None:
    async def story(world: World) -> None:
        places = [a_place(each) for each in range(3)]
        for place in places:
            await world.subscribe(place, maker=None)
        await lose(world, *places)
        how = How(admin_place=ADMIN, pace=Pace(poll=10 * MINUTE))
        processes = [world.start(how=how) for _ in range(2)]
        await asyncio.sleep(3 * 24 * 3_600)
        for process in processes:
            await process.kill()

    assert gists(in_a_world(story)) == [
        "3 deliveries could not be made on Friday 24 April: 3 × The channel was deleted."
    ]


def test_the_count_of_a_day_after_which_nobody_ran_comes_with_the_next_start() -> None:
    async def story(world: World) -> None:
        await world.subscribe(HERE, maker=None)
        await lose(world, HERE)
        how = How(admin_place=ADMIN)
        process = world.start(how=how)
        await until(lambda: bool(world.heard))
        await process.kill()
        await asyncio.sleep(2 * 24 * 3_600)
        for _ in range(2):
            process = world.start(how=how)
            await asyncio.sleep(3_600)
            await process.kill()

    assert gists(in_a_world(story)) == [
        "1 delivery could not be made on Friday 24 April: 1 × The channel was deleted."
    ]


def test_a_place_whose_pause_was_over_is_paused_and_told_like_any_other() -> None:
    async def story(world: World) -> None:
        before = await world.subscribe(HERE)
        now = world.clock.now()
        rested = replace(before.subscription, paused_at=now - 2 * MINUTE, paused_until=now - MINUTE)
        await world.delivery.change([Change(before, before._replace(subscription=rested))], Caps(), None)
        await lose(world, HERE)
        process = world.start()
        await until(lambda: len(world.heard) == 2)
        kept = (await world.standing(HERE)).subscription
        assert (kept.pause_reason, kept.paused_until) == ("The channel was deleted.", None)
        await process.kill()

    assert [str(message.place) for message in in_a_world(story).platform.messages] == ["discord:@me/maker"]
