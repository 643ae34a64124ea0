"""A small world to send in: a store, a platform that misbehaves, and sender processes that may die anywhere.

All of it lives in virtual time. A process dies at a fault point, one of which lies before and after each call
of its store and of its messenger; what it had sent on its way goes on without it.
"""

from __future__ import annotations

import asyncio
import inspect
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Protocol, cast

from bot.domain.deliveries import Delivery, DeliveryKind, DeliveryState, Settled, delivery_key
from bot.domain.editions import Chosen, Edition, EditionKind
from bot.domain.papers import PaperId
from bot.domain.places import Identity, Place
from bot.domain.subscriptions import Standing, Subscription
from bot.ports.delivery import Caps, Change, Planned
from bot.ports.voting import CloseBallots
from bot.services.delivering import Pace
from bot.services.dispatching import Dispatcher
from tests.contract.voting import votes_over
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_store import MemoryStore
from tests.fakes.messenger import FakeMessenger, FakePlatform
from tests.fakes.virtual_time import VirtualClock, VirtualLoop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractContextManager

    from bot.domain.deliveries import MessageRef, Rates
    from bot.ports import Store
    from bot.ports.delivery import Messenger, Outbox, PlanStore, SubscriptionStore
    from bot.ports.submissions import SubmissionStore
    from tests.fakes.messenger import Habits

    class AllOfDelivery(Outbox, PlanStore, SubscriptionStore, SubmissionStore, Protocol):
        """What `SqlStore.delivery` and MemoryDelivery are."""


MAKER = Identity("discord:maker")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
DIGEST, POSTS, THREAD = "digest", "posts", "thread"


@dataclass(slots=True)
class Fate:
    """When a process dies: at its `dies_at`-th fault point, or when somebody kills it."""

    random: Random
    dies_at: int | None = None
    longest_wait_s: float = 0.0
    """Between two fault points a process may be held up for so long."""
    points: int = 0
    is_dead: bool = False

    async def point(self) -> None:
        """Pass a fault point, or die here: a dead process does nothing any more."""
        self.points += 1
        self.is_dead = self.is_dead or self.points == self.dies_at
        if self.longest_wait_s and not self.is_dead and self.random.random() < 0.3:
            await asyncio.sleep(self.random.random() * self.longest_wait_s)
        if self.is_dead:
            raise asyncio.CancelledError


class Mortal:
    """Stands for a port of a process: each call goes through two fault points."""

    def __init__(self, port: object, fate: Fate, asking: Callable[[], AbstractContextManager[None]]) -> None:
        self._port = port
        self._fate = fate
        self._asking = asking

    def __getattr__(self, name: str) -> object:
        found = getattr(self._port, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*values: object, **named: object) -> object:
            await self._fate.point()
            with self._asking():
                answer = await cast("Awaitable[object]", found(*values, **named))
            await self._fate.point()
            return answer

        return call


@dataclass(slots=True)
class Process:
    """One sender process."""

    dispatcher: Dispatcher
    fate: Fate
    task: asyncio.Task[None]

    @property
    def is_running(self) -> bool:
        return not self.fate.is_dead and not self.task.done()

    async def kill(self) -> None:
        """End it as SIGKILL does."""
        self.fate.is_dead = True
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class How:
    """How a sender process is set up."""

    rates: Rates | None = None
    pace: Pace = Pace()  # noqa: RUF009 - frozen
    is_alone: bool = False
    admin_place: Place | None = None
    messenger: Messenger | None = None


USUALLY = How()
ALONE = How(is_alone=True)


@dataclass(slots=True)
class World:
    """All that outlives a process, and a few words to say what is owed."""

    clock: VirtualClock
    platform: FakePlatform
    store: Store
    delivery: AllOfDelivery
    is_real_store: bool = False
    """Whether the store answers in real time, as a database does."""
    heard: list[tuple[str, DeliveryState]] = field(default_factory=list)
    editions: dict[str, Edition] = field(default_factory=dict)
    owed: dict[str, Delivery] = field(default_factory=dict)

    @property
    def random(self) -> Random:
        return self.platform.random

    def asking(self) -> AbstractContextManager[None]:
        """Let virtual time stand still while a database is asked."""
        loop = asyncio.get_running_loop()
        return loop.busy() if self.is_real_store and isinstance(loop, VirtualLoop) else nullcontext()

    def dispatcher(self, fate: Fate | None = None, how: How = USUALLY) -> Dispatcher:
        """Return the dispatcher of a new sender process."""
        fate = fate or Fate(self.random)
        messenger = how.messenger or FakeMessenger(self.platform, how.rates)
        return Dispatcher(
            cast("AllOfDelivery", Mortal(self.delivery, fate, self.asking)),
            cast("Store", Mortal(self.store, fate, self.asking)),
            cast("Messenger", Mortal(messenger, fate, nullcontext)),
            self.clock,
            random=self.random,
            holder=f"process {self.random.random()}",
            pace=how.pace,
            is_alone=how.is_alone,
            admin_place=how.admin_place,
            heard=self._hear,
            deleted=self._close,
        )

    def start(self, fate: Fate | None = None, how: How = USUALLY) -> Process:
        """Start a sender process."""
        fate = fate or Fate(self.random)
        dispatcher = self.dispatcher(fate, how)
        return Process(dispatcher, fate, asyncio.create_task(dispatcher.run(lambda: None)))

    def _hear(self, delivery: Delivery, settled: Settled, _at: datetime) -> None:
        self.heard.append((delivery.key, settled.state))

    async def _close(self, message: MessageRef) -> None:
        with self.asking():
            await votes_over(self.store).write(CloseBallots((message,)))

    async def put(self, *deliveries: Delivery) -> None:
        with self.asking():
            await self.delivery.put(deliveries)
        self.owed.update({each.key: each for each in deliveries})

    async def subscribe(self, place: Place, maker: Identity | None = MAKER) -> Standing:
        """Make a subscription for a place."""
        wish = Subscription(
            f"sub-{place.server}-{place.channel}",
            place,
            (time(9),),
            "Europe/Paris",
            created_by=maker,
            created_at=self.clock.now(),
        )
        standing = Standing(wish, self.clock.now())
        with self.asking():
            await self.delivery.change([Change(None, standing)], Caps(server=10**6), None)
        return standing

    async def standing(self, place: Place) -> Standing:
        """Return the subscription of a place as it is kept now."""
        with self.asking():
            [standing] = await self.delivery.subscriptions(place)
        assert isinstance(standing, Standing)
        return standing

    async def plan(self, before: Standing, layout: str = DIGEST, papers: int = 2) -> Planned:
        """Return what planning the next firing of a subscription comes to, with papers never seen before."""
        edition = an_edition(before.subscription, self.clock.now(), layout, papers)
        after = before._replace(planned_until=self.clock.now(), last_fired_at=self.clock.now())
        return Planned(before, after, edition, deliveries_of(edition))

    async def owe(self, place: Place, layout: str = DIGEST, papers: int = 2) -> list[Delivery]:
        """Plan an edition for a subscribed place; return its deliveries."""
        planned = await self.plan(await self.standing(place), layout, papers)
        with self.asking():
            assert list(await self.delivery.plan([planned])) == [True]
        self.remember(planned)
        return list(planned.deliveries)

    def remember(self, planned: Planned) -> None:
        assert planned.edition is not None
        self.editions[planned.edition.key] = planned.edition
        self.owed.update({each.key: each for each in planned.deliveries})


def a_world(
    clock: VirtualClock,
    seed: int = 1,
    habits: Habits | None = None,
    store: Store | None = None,
    delivery: AllOfDelivery | None = None,
) -> World:
    """Return a calm world, over a store in memory unless another is given."""
    platform = FakePlatform(clock, Random(seed))
    if habits is not None:
        platform.habits = habits
    if store is not None and delivery is not None:
        return World(clock, platform, store, delivery, is_real_store=True)
    memory = MemoryStore()
    return World(clock, platform, memory, MemoryDelivery(memory))


def a_place(number: int = 1, server: str = "guild") -> Place:
    return Place("discord", server, f"channel-{number}")


def a_notice(
    place: Place, subject: str, due_at: datetime, expires_at: datetime | None = None, parent: str = ""
) -> Delivery:
    """Return a delivery that belongs to no edition."""
    key = delivery_key(place, subject, DeliveryKind.NOTICE)
    return Delivery(
        key, place, DeliveryKind.NOTICE, due_at, text=subject, expires_at=expires_at, parent=parent
    )


_numbers = iter(range(10**9))


def an_edition(wish: Subscription, at: datetime, layout: str, papers: int) -> Edition:
    """Return an edition of papers that no other edition has."""
    firing = f"{wish.id}@{at.isoformat()}"
    chosen = tuple(Chosen(PaperId(f"2604.{next(_numbers):05}")) for _ in range(papers))
    return Edition(
        firing, EditionKind.SCHEDULED, wish.place, wish.id, at, date(2026, 4, 24), time(9), at, "Papers",
        chosen, layout=layout,
    )  # fmt: skip


def deliveries_of(edition: Edition) -> tuple[Delivery, ...]:
    """Return the deliveries of an edition in its layout."""
    kinds = [(DeliveryKind.POST, 0)]
    if edition.layout == POSTS:
        kinds = [(DeliveryKind.POST, part) for part in range(1, len(edition.papers) + 1)]
    if edition.layout == THREAD:
        kinds = [(DeliveryKind.THREAD, 0)]
        kinds += [(DeliveryKind.REPLY, part) for part in range(1, len(edition.papers) + 1)]
    heading = delivery_key(edition.place, edition.key, DeliveryKind.THREAD)
    return tuple(
        Delivery(
            delivery_key(edition.place, edition.key, kind, part),
            edition.place,
            kind,
            edition.fires_at,
            edition=edition.key,
            parent=heading if kind is DeliveryKind.REPLY else "",
            part=part,
        )
        for kind, part in kinds
    )
