"""What the tests of sending are written with: stories of a world, and how they end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.deliveries import DeliveryState, Rates
from bot.errors import StoreError
from bot.services.delivering import Pace
from tests.fakes.messenger import FakeMessenger, Habits
from tests.fakes.virtual_time import VirtualClock, virtually
from tests.services.sending import World, a_place, a_world

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from bot.domain.cards import Card
    from bot.domain.deliveries import Delivery, FindResult, SendResult
    from bot.ports.delivery import Outbox

DONE, DROPPED = DeliveryState.DONE, DeliveryState.DROPPED
HERE, THERE = a_place(1), a_place(2)

LEASE = Pace().room + Rates().longest_call + Pace().margin
"""With the limits of FakeMessenger it is less."""


def in_a_world(main: Callable[[World], Coroutine[Any, Any, None]], habits: Habits | None = None) -> World:
    """Run a story in a world of its own, and return the world as it is then."""

    async def told(clock: VirtualClock) -> World:
        world = a_world(clock, habits=habits)
        await main(world)
        return world

    return virtually(told)


def ends(world: World) -> list[DeliveryState]:
    """Return how deliveries ended, in the order in which they did."""
    return [state for _, state in world.heard]


def gists(world: World) -> list[str]:
    return [message.gist for message in world.platform.messages]


async def until(condition: Callable[[], bool], at_most: timedelta = timedelta(hours=1)) -> None:
    """Wait, in virtual time."""
    async with asyncio.timeout(at_most.total_seconds()):
        while not condition():  # noqa: ASYNC110 - time is virtual, and the world has no events
            await asyncio.sleep(0.5)


class Scripted(FakeMessenger):
    """A messenger whose calls end as written down, one after the other; then as the platform has it."""

    def __init__(self, world: World, *answers: SendResult | Exception, rates: Rates | None = None) -> None:
        super().__init__(world.platform, rates)
        self.clock = world.clock
        self.answers = list(answers)
        self.found: list[FindResult | Exception] = []
        self.asked: list[tuple[str, str, float]] = []
        """What was asked, about what, and when."""

    async def send(self, delivery: Delivery, card: Card) -> SendResult:
        self.asked.append(("send", card.gist, self.clock.monotonic()))
        if not self.answers:
            return await super().send(delivery, card)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def find(self, delivery: Delivery) -> FindResult:
        self.asked.append(("find", delivery.text, self.clock.monotonic()))
        if not self.found:
            return await super().find(delivery)
        answer = self.found.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Failing:
    """An outbox some of whose calls fail for a while."""

    def __init__(self, outbox: Outbox, fails: dict[str, int]) -> None:
        self._outbox = outbox
        self._fails = fails

    def __getattr__(self, name: str) -> object:
        if self._fails.get(name, 0) > 0:
            self._fails[name] -= 1
            return self._raise
        return getattr(self._outbox, name)

    async def _raise(self, *_values: object) -> None:
        raise StoreError("The disk is full.")
