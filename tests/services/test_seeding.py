"""Our own reaction comes under each message with one paper, once, with the emoji of its place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.deliveries import Delivery, DeliveryKind, MessageRef
from bot.domain.places import Place, PlaceProfile
from bot.ports import KeepRecords
from bot.services.seeding import EVERY, EXPIRES_AFTER, LATEST, Seeder
from tests.contract.making import HERE
from tests.contract.subscribing import claimed
from tests.contract.voting import posted
from tests.fakes.memory_delivery import MemoryDelivery
from tests.services.test_voting import POST, SLACK_POST, Booth


class Bed(Booth):
    """A booth a moment after its messages were posted."""

    def __init__(self) -> None:
        super().__init__()
        self.delivery = MemoryDelivery(self.store)

    def seeder(self, platform: str = "discord") -> Seeder:
        return Seeder(self.delivery, platform, self.clock)

    async def owed(self, platform: str = "discord") -> list[Delivery]:
        return await claimed(self.delivery, self.clock.now(), platform=platform)


@pytest.fixture
async def bed() -> Bed:
    bed = Bed()
    await bed.open()
    await bed.clock.sleep(EVERY)
    return bed


async def test_a_message_with_one_paper_gets_a_thumb(bed: Bed) -> None:
    await bed.seeder().step()
    (seed,) = await bed.owed()
    assert (seed.kind, seed.parent_message, seed.text) == (DeliveryKind.REACT, POST, "👍")
    assert seed.expires_at == bed.clock.now() + EXPIRES_AFTER
    assert await bed.owed("slack") == []
    await bed.seeder("slack").step()
    assert [each.parent_message for each in await bed.owed("slack")] == [SLACK_POST]


async def test_it_comes_once_however_often_it_is_looked(bed: Bed) -> None:
    seeder = bed.seeder()
    await seeder.step()
    before = len(bed.store.tables.deliveries)
    await seeder.step()
    await bed.seeder().step()
    assert len(bed.store.tables.deliveries) == before


async def test_a_place_has_its_own_emoji(bed: Bed) -> None:
    await bed.store.write(KeepRecords((PlaceProfile(HERE, settings={"emoji": "🔥"}),)))
    await bed.seeder().step()
    assert [each.text for each in await bed.owed()] == ["🔥"]


async def test_a_message_of_some_minutes_ago_gets_none(bed: Bed) -> None:
    await bed.clock.sleep(LATEST)
    await bed.seeder().step()
    assert await bed.owed() == []


async def test_later_messages_get_theirs(bed: Bed) -> None:
    seeder = bed.seeder()
    await seeder.step()
    await bed.owed()
    await bed.clock.sleep(timedelta(hours=1))
    place = Place("discord", "7001", "8009")
    await posted(bed.delivery, MessageRef("8009/9"), (9,), place, bed.clock.now())
    await bed.clock.sleep(EVERY)
    await seeder.step()
    assert MessageRef("8009/9") in [each.parent_message for each in await bed.owed()]
