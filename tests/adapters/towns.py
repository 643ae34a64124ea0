"""The dispatcher over a platform's stand-in: what the stories of all chat platforms share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from bot.domain.deliveries import DeliveryState
from tests.fakes.memory_delivery import MemoryDelivery
from tests.services.sending import DIGEST, POSTS, THREAD, Fate, How, a_notice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AsyncExitStack

    from bot.domain.deliveries import Delivery
    from bot.domain.places import Place
    from bot.ports.delivery import Messenger
    from tests.fakes.memory_tables import Owed
    from tests.services.sending import World


class Platform(Protocol):
    """A stand-in, as far as all are alike."""

    mishaps: Sequence[Any]
    mishap_rate: float
    too_soon: int
    faults: list[str]

    def shown(self, key: str) -> Sequence[object]: ...


@dataclass
class Town:
    """A world whose platform is a stand-in, with some places."""

    world: World
    standin: Platform
    stack: AsyncExitStack
    places: Sequence[Place]

    async def messenger(self) -> Messenger:
        """Return the messenger of a new process."""
        raise NotImplementedError

    def count(self, delivery: Delivery) -> int:
        """Return how often a delivery was shown."""
        return len(self.standin.shown(delivery.key))


async def owed(town: Town) -> list[Delivery]:
    """Let each place be owed an edition in one of the layouts, and a notice."""
    world = town.world
    layouts = (DIGEST, POSTS, THREAD)
    for number, place in enumerate(town.places):
        await world.subscribe(place)
        await world.owe(place, layouts[number % 3])
        await world.put(a_notice(place, f"notice {number}", world.clock.now()))
    return list(world.owed.values())


def kept(world: World) -> list[Owed]:
    """Return all deliveries as they are kept."""
    assert isinstance(world.delivery, MemoryDelivery)
    return list(world.delivery.store.tables.deliveries.values())


async def until_done(world: World) -> None:
    """Wait until nothing is owed: a process that dies as it notes an outcome tells nobody of it."""
    async with asyncio.timeout(timedelta(hours=6).total_seconds()):
        while any(row.done_at is None for row in kept(world)):  # noqa: ASYNC110 - time is virtual
            await asyncio.sleep(1)


def check(town: Town, deliveries: list[Delivery]) -> None:
    assert {row.state for row in kept(town.world)} == {DeliveryState.DONE}
    assert [town.count(delivery) for delivery in deliveries] == [1] * len(deliveries)
    assert town.standin.too_soon == 0
    assert town.standin.faults == []


async def delivered(town: Town) -> None:
    """Let one process deliver all that is owed."""
    process = town.world.start(how=How(messenger=await town.messenger()))
    await until_done(town.world)
    await process.kill()


# --- What is the same story on all platforms ----------------------------------------------


async def replies_are_lost(town: Town, mishaps: Sequence[object]) -> None:
    """Let all sorts of things go wrong for a while: each delivery is shown once."""
    town.standin.mishaps, town.standin.mishap_rate = mishaps, 0.4
    deliveries = await owed(town)
    process = town.world.start(how=How(messenger=await town.messenger()))
    await asyncio.sleep(600)
    town.standin.mishap_rate = 0.0
    await until_done(town.world)
    await process.kill()
    check(town, deliveries)


async def processes_die(town: Town, mishaps: Sequence[object]) -> None:
    """Let one process after another die while things go wrong: each delivery is shown once."""
    town.standin.mishaps, town.standin.mishap_rate = mishaps, 0.2
    deliveries = await owed(town)
    for _ in range(5):
        fate = Fate(town.world.random, dies_at=town.world.random.randint(5, 60))
        process = town.world.start(fate, How(messenger=await town.messenger(), is_alone=True))
        await asyncio.sleep(town.world.random.choice((20, 200, 1_000)))
        await process.kill()
    town.standin.mishap_rate = 0.0
    process = town.world.start(how=How(messenger=await town.messenger(), is_alone=True))
    await until_done(town.world)
    await process.kill()
    check(town, deliveries)
