"""Posted messages follow votes and upvotes: few edits in their first day, only where figures changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.deliveries import Delivery, DeliveryKind
from bot.ports.voting import CastVote
from bot.services.freshening import AGES, EVERY, LATEST, Freshener
from tests.contract.making import ANA, HERE, NOON, entry, feed
from tests.contract.subscribing import claimed, done
from tests.contract.voting import reaction
from tests.fakes.memory_delivery import MemoryDelivery
from tests.services.test_voting import DIGEST, POST, Booth

DAY = timedelta(days=1)


class Wall(Booth):
    """A booth whose papers were chosen with 412 upvotes each, and what is owed to its messages."""

    def __init__(self) -> None:
        super().__init__()
        self.delivery = MemoryDelivery(self.store)
        self.freshener = self.restarted()
        self.settled = done()

    def restarted(self) -> Freshener:
        return Freshener(self.delivery, self.store, "discord", self.clock)

    async def say(self, upvotes: int) -> None:
        """Let Hugging Face tell a number of upvotes of every paper."""
        entries = (entry(number, upvotes) for number in range(1, 5))
        await self.store.write(feed(*entries, at=self.clock.now() + timedelta(seconds=1)))

    async def edits(self, span: timedelta) -> list[Delivery]:
        """Let time pass in steps, do all that is owed, and return it."""
        edited: list[Delivery] = []
        end = self.clock.now() + span
        while self.clock.now() < end:
            await self.clock.sleep(EVERY)
            await self.freshener.step()
            for each in await claimed(self.delivery, self.clock.now()):
                await self.delivery.settle(each, self.settled, self.clock.now())
                edited.append(each)
        return edited


@pytest.fixture
async def wall() -> Wall:
    wall = Wall()
    await wall.open()
    await wall.say(412)
    return wall


async def test_where_nothing_changes_nothing_is_edited(wall: Wall) -> None:
    assert await wall.edits(2 * DAY) == []


async def test_a_vote_is_shown_in_a_few_edits_of_its_message_alone(wall: Wall) -> None:
    await wall.votes.write(CastVote(reaction(POST, ANA)))
    edits = await wall.edits(2 * DAY)
    assert len(edits) == len(AGES)
    assert {(each.kind, each.place, each.text) for each in edits} == {(DeliveryKind.EDIT, HERE, "")}
    assert {each.parent_message for each in edits} == {POST}
    for each, age in zip(edits, AGES, strict=True):
        assert age <= each.due_at - NOON <= age + 2 * EVERY


async def test_upvotes_are_shown_on_every_message(wall: Wall) -> None:
    await wall.clock.sleep(timedelta(hours=1))
    await wall.say(450)
    edits = await wall.edits(2 * DAY)
    assert [each.parent_message for each in edits].count(DIGEST) == len(AGES)
    assert [each.parent_message for each in edits].count(POST) == len(AGES)


async def test_who_looks_twice_edits_once(wall: Wall) -> None:
    await wall.votes.write(CastVote(reaction(POST, ANA)))
    first = await wall.edits(timedelta(hours=1))
    wall.freshener = wall.restarted()
    assert len(first) == 1
    assert await wall.edits(EVERY) == []


async def test_a_message_that_turned_out_to_be_deleted_is_edited_no_more(wall: Wall) -> None:
    await wall.votes.write(CastVote(reaction(POST, ANA)))
    wall.settled = replace(done(None), deleted=POST)
    assert len(await wall.edits(2 * DAY)) == 1


async def test_what_was_missed_for_long_is_left_out(wall: Wall) -> None:
    await wall.votes.write(CastVote(reaction(POST, ANA)))
    await wall.clock.sleep(AGES[0] + LATEST + EVERY)
    assert await wall.edits(EVERY) == []
