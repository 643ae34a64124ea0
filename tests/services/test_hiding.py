"""What a moderator hides goes from what was posted already, and comes back with it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.domain.deliveries import DeliveryKind
from bot.services.hiding import hide, unhide
from tests.services.sending import DIGEST, MAKER, POSTS, THREAD, World
from tests.services.stories import DONE, DROPPED, HERE, THERE, ends, in_a_world, until

if TYPE_CHECKING:
    from bot.domain.papers import PaperId

HIDDEN = "Hidden by a moderator"


async def first_paper(world: World) -> PaperId:
    """Return the first paper of the one edition."""
    [edition] = world.editions.values()
    return edition.papers[0].paper


async def settle_down(world: World) -> None:
    """Wait until all that is owed is over."""
    state = await world.delivery.backlog("discord", world.clock.now())
    while state.waiting:
        await asyncio.sleep(1)
        state = await world.delivery.backlog("discord", world.clock.now())


@pytest.mark.parametrize("layout", [DIGEST, POSTS, THREAD])
def test_a_posted_message_is_edited_and_edited_back(layout: str) -> None:
    async def story(world: World) -> None:
        await world.subscribe(HERE)
        owed = await world.owe(HERE, layout)
        process = world.start()
        await settle_down(world)
        paper, now = await first_paper(world), world.clock.now()
        [shown] = [each for each in owed if each.kind is not DeliveryKind.THREAD and each.part < 2]
        [message] = world.platform.shown(shown.key)
        assert await hide(world.delivery, HERE, paper, MAKER, now) is True
        await settle_down(world)
        await asyncio.sleep(1)
        assert await unhide(world.delivery, HERE, paper, world.clock.now()) is True
        await settle_down(world)
        await process.kill()
        (hidden_in, hidden), (shown_in, back) = world.platform.edits
        assert hidden_in == shown_in == message.ref
        assert HIDDEN in hidden
        assert back == message.gist

    assert set(ends(in_a_world(story))) == {DONE}


@pytest.mark.parametrize("layout", [POSTS, THREAD])
def test_a_message_for_it_alone_that_is_not_posted_yet_falls_away_silently(layout: str) -> None:
    async def story(world: World) -> None:
        standing = await world.subscribe(HERE)
        owed = await world.owe(HERE, layout)
        paper = await first_paper(world)
        await hide(world.delivery, HERE, paper, MAKER, world.clock.now())
        process = world.start()
        await settle_down(world)
        fallen = [each.key for each in owed if each.part == 1]
        assert {each.key for each in owed} - {each.key for each in world.platform.messages} == set(fallen)
        # It is back too late for this edition, and nothing is there to be edited.
        await unhide(world.delivery, HERE, paper, world.clock.now())
        await settle_down(world)
        await process.kill()
        assert world.platform.edits == []
        last = await world.delivery.last_delivery(standing.subscription.place)
        assert last is not None
        assert last.state is DONE, "the others were posted, and status has no fault to tell"

    assert set(ends(in_a_world(story))) == {DONE}


def test_what_is_posted_afterwards_shows_it_no_more() -> None:
    async def story(world: World) -> None:
        await world.subscribe(HERE)
        await world.owe(HERE)
        await hide(world.delivery, HERE, await first_paper(world), MAKER, world.clock.now())
        process = world.start()
        await settle_down(world)
        await process.kill()

    [message] = in_a_world(story).platform.messages
    assert HIDDEN in message.gist


def test_no_other_place_is_touched_and_nothing_is_said_twice_without_need() -> None:
    async def story(world: World) -> None:
        await world.subscribe(HERE)
        await world.owe(HERE)
        process = world.start()
        await settle_down(world)
        await hide(world.delivery, THERE, await first_paper(world), MAKER, world.clock.now())
        await settle_down(world)
        await process.kill()

    assert in_a_world(story).platform.edits == []


def test_a_message_that_was_deleted_stays_deleted_and_is_no_fault() -> None:
    async def story(world: World) -> None:
        await world.subscribe(HERE)
        await world.owe(HERE)
        process = world.start()
        await until(lambda: bool(world.platform.messages))
        world.platform.deleted.add(world.platform.messages[0].ref)
        await settle_down(world)
        await hide(world.delivery, HERE, await first_paper(world), MAKER, world.clock.now())
        await settle_down(world)
        await process.kill()
        assert not world.platform.edits

    assert DROPPED not in ends(in_a_world(story))
