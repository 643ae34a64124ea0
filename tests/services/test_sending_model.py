"""Whatever happens, each message is shown once: a model of all that may go wrong while deliveries are sent.

Hypothesis lets planners and two senders die between any two awaits, sets the clock, has the platform
misbehave in every way that is known of Discord and Slack, closes places and refuses messages. In the end the
weather is calm; then every delivery must be over: shown once, or dropped with a word.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar, cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.domain.deliveries import DeliveryState
from bot.services.delivering import Pace
from bot.store import open_store
from tests.fakes.messenger import DISCORD, SLACK, Mishap
from tests.fakes.virtual_time import VirtualClock, VirtualLoop
from tests.postgres import connect, emptied_postgres_url
from tests.services.sending import (
    DIGEST,
    MINUTE,
    POSTS,
    THREAD,
    Fate,
    How,
    Mortal,
    World,
    a_notice,
    a_place,
    a_world,
)
from tests.sqlite import empty_sqlite_url

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from bot.domain.deliveries import Delivery
    from bot.domain.places import Place
    from bot.ports.delivery import Planned
    from tests.fakes.memory_store import MemoryStore
    from tests.fakes.messenger import Habits
    from tests.services.sending import AllOfDelivery, Process

Result = TypeVar("Result")

PLACES = (a_place(1), a_place(2), a_place(1, "other"))
HELD_UP_S = 2.0
"""How long a process may be held up between two awaits: less than the margin of its leases."""
SETTLED_S = 90.0
"""After so long a process trusts the leases that it sees."""
LEAPS = [timedelta(seconds=3), timedelta(minutes=2), timedelta(minutes=20)]

DIES_BEFORE, DIES_AFTER = 1, 2
"""The fault points of a planner: before its plan is written, and after."""

A_DAY = timedelta(days=1)
IN_THE_END = How(pace=Pace(poll=MINUTE), is_alone=True)


@dataclass(frozen=True, slots=True)
class End:
    """How a delivery stands in the store."""

    state: DeliveryState
    outcome: str


class Sending(RuleBasedStateMachine):
    """Over a store in memory; the others differ in how the store is opened and looked into."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop()
        self.runner = asyncio.Runner(loop_factory=lambda: self.loop)
        self.stack = AsyncExitStack()
        self.processes: list[Process | None] = [None, None]
        self.numbers = iter(range(10**6))
        self.has_leapt = False

    def do(self, story: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(story)

    @initialize(seed=st.integers(0, 2**32), habits=st.sampled_from([DISCORD, SLACK]))
    def begin(self, seed: int, habits: Habits) -> None:
        with self.loop.busy():
            self.world = self.do(self.opened(VirtualClock(self.loop), seed, habits))
        self.world.platform.mishaps, self.world.platform.mishap_rate = list(Mishap), 0.5
        for place in PLACES:
            self.do(self.world.subscribe(place))
        for which in range(2):
            self.do(self._start(which, None))
        self.do(asyncio.sleep(SETTLED_S))

    async def opened(self, clock: VirtualClock, seed: int, habits: Habits) -> World:
        return a_world(clock, seed, habits)

    async def ends(self) -> dict[str, End]:
        tables = cast("MemoryStore", self.world.store).tables
        return {key: End(owed.state, owed.outcome) for key, owed in tables.deliveries.items()}

    # --- What is owed ----------------------------------------------------------------

    @rule(
        place=st.sampled_from(PLACES),
        layout=st.sampled_from([DIGEST, POSTS, THREAD]),
        papers=st.integers(1, 3),
        dies_at=st.sampled_from([None, None, DIES_BEFORE, DIES_AFTER]),
        planners=st.integers(1, 2),
    )
    def plan(self, place: Place, layout: str, papers: int, dies_at: int | None, planners: int) -> None:
        self.do(self._plan(place, layout, papers, dies_at, planners))

    async def _plan(self, place: Place, layout: str, papers: int, dies_at: int | None, planners: int) -> None:
        """Plan one firing with one or two planners; one that dies is started again until it is planned."""
        world = self.world
        standing = await world.standing(place)
        if standing.subscription.paused_at is not None:
            return
        await asyncio.sleep(0.001)  # no two firings of a subscription are at the same instant
        planned = await world.plan(standing, layout, papers)
        if dies_at is not None:
            await asyncio.gather(self._planner(planned, dies_at), return_exceptions=True)
        answers = await asyncio.gather(*(self._planner(planned, None) for _ in range(planners)))
        if not any(answers) and dies_at != DIES_AFTER:  # its place was closed meanwhile
            assert (await world.standing(place)).subscription.paused_at is not None
            return
        assert sum(answers) == (0 if dies_at == DIES_AFTER else 1)
        world.remember(planned)

    async def _planner(self, planned: Planned, dies_at: int | None) -> bool:
        fate = Fate(self.world.random, dies_at)
        port = cast("AllOfDelivery", Mortal(self.world.delivery, fate, self.world.asking))
        [answer] = await port.plan([planned])
        return answer

    @rule(place=st.sampled_from(PLACES), minutes=st.sampled_from([None, None, 1, 10]))
    def tell(self, place: Place, minutes: int | None) -> None:
        now = self.world.clock.now()
        expires_at = None if minutes is None else now + minutes * MINUTE
        self.do(self.world.put(a_notice(place, f"notice {next(self.numbers)}", now, expires_at)))

    # --- Processes ---------------------------------------------------------------------

    @rule(which=st.integers(0, 1), dies_at=st.none() | st.integers(1, 60) | st.integers(1, 1_000))
    def start(self, which: int, dies_at: int | None) -> None:
        before = self.processes[which]
        if before is None or not before.is_running:
            self.do(self._start(which, dies_at))

    async def _start(self, which: int, dies_at: int | None) -> None:
        if before := self.processes[which]:
            await before.kill()
        self.processes[which] = self.world.start(Fate(self.world.random, dies_at, HELD_UP_S))

    @rule(which=st.integers(0, 1))
    def kill(self, which: int) -> None:
        if process := self.processes[which]:
            self.do(process.kill())

    @rule(which=st.integers(0, 1))
    def stop(self, which: int) -> None:
        if process := self.processes[which]:
            self.do(self._stop(process))

    async def _stop(self, process: Process) -> None:
        if process.is_running:
            await process.dispatcher.stop()
        await asyncio.gather(process.task, return_exceptions=True)

    # --- Time, and the platform -----------------------------------------------------------

    @rule(seconds=st.sampled_from([0.04, 3.0, 11.0, 40.0, 90.0, 400.0]))
    def wait(self, seconds: float) -> None:
        self.do(asyncio.sleep(seconds))

    @rule(by=st.sampled_from(LEAPS), forwards=st.booleans())
    def leap(self, by: timedelta, *, forwards: bool) -> None:
        self.has_leapt = True
        self.world.clock.leap(by if forwards else -by)

    @rule(rate=st.sampled_from([0.3, 0.9, 1.0]), mishaps=st.sets(st.sampled_from(Mishap), min_size=1))
    def weather(self, rate: float, mishaps: set[Mishap]) -> None:
        self.world.platform.mishaps = sorted(mishaps, key=lambda mishap: mishap.name)
        self.world.platform.mishap_rate = rate

    @rule(place=st.sampled_from(PLACES))
    @precondition(lambda self: not self.world.platform.gone)
    def lose(self, place: Place) -> None:
        self.world.platform.gone[place] = "The channel was deleted."

    @rule(number=st.integers(0, 10**6))
    @precondition(lambda self: bool(self.world.owed))
    def refuse(self, number: int) -> None:
        keys = sorted(self.world.owed)
        self.world.platform.refused[keys[number % len(keys)]] = "It is too long."

    # --- What must hold ----------------------------------------------------------------------

    @invariant()
    def nothing_is_doubled(self) -> None:
        if hasattr(self, "world"):
            shown = Counter(message.key for message in self.world.platform.messages)
            assert [key for key, times in shown.items() if times > 1] == []

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.do(self._end())
        finally:
            with self.loop.busy():
                self.do(self.stack.aclose())
            self.runner.close()

    async def _end(self) -> None:
        """Let the weather be calm, and one sender run until all is over."""
        self.world.platform.mishap_rate = 0.0
        for process in self.processes:
            if process:
                await process.kill()
        last = self.world.start(how=IN_THE_END)
        ends: dict[str, End] = {}
        for _ in range(100):
            await asyncio.sleep(A_DAY.total_seconds() / 100)
            with self.world.asking():
                ends = await self.ends()
            if all(end.state in {DeliveryState.DONE, DeliveryState.DROPPED} for end in ends.values()):
                break
        await last.kill()
        self.nothing_is_doubled()
        for key, delivery in self.world.owed.items():
            self._check(delivery, ends[key])
        self._check_order()
        await self._check_had(ends)

    def _check(self, delivery: Delivery, end: End) -> None:
        """Each is shown, or dropped with a word; where its place closed meanwhile, it may be both."""
        shown = len(self.world.platform.shown(delivery.key))
        is_gone = delivery.place in self.world.platform.gone
        assert end.outcome
        if end.state is DeliveryState.DONE:
            assert shown == 1
        else:
            assert end.state is DeliveryState.DROPPED
            assert shown == 0 or is_gone, (end, delivery)

    def _check_order(self) -> None:
        """The messages of an edition come in their order."""
        seen = [message.key for message in self.world.platform.messages]
        for edition in self.world.editions:
            keys = [key for key, each in self.world.owed.items() if each.edition == edition]
            assert [key for key in seen if key in keys] == [key for key in keys if key in seen]

    async def _check_had(self, ends: dict[str, End]) -> None:
        """A place has had what it was shown, and nothing that was dropped."""
        for key, delivery in self.world.owed.items():
            edition = self.world.editions.get(delivery.edition)
            if edition is None or not delivery.part:
                continue
            paper = edition.papers[delivery.part - 1].paper
            with self.world.asking():
                had = (await self.world.delivery.had([delivery.place], [paper])).get(delivery.place, ())
            assert (paper in had) == (ends[key].state is DeliveryState.DONE)


class SendingSqlite(Sending):
    """Over a SQLite file."""

    async def opened(self, clock: VirtualClock, seed: int, habits: Habits) -> World:
        folder = self.stack.enter_context(TemporaryDirectory())
        return await self.over(empty_sqlite_url(Path(folder)), clock, seed, habits)

    async def over(self, url: str, clock: VirtualClock, seed: int, habits: Habits) -> World:
        """Return a world over a database."""
        self.store = await open_store(url)
        self.stack.push_async_callback(self.store.close)
        return a_world(clock, seed, habits, self.store, self.store.delivery)

    async def ends(self) -> dict[str, End]:
        rows = await self.store.delivery._engine.fetch("SELECT key, state, outcome FROM deliveries")
        return {str(key): End(DeliveryState(str(state)), str(outcome)) for key, state, outcome in rows}


class SendingPostgres(SendingSqlite):
    """Over a PostgreSQL."""

    async def opened(self, clock: VirtualClock, seed: int, habits: Habits) -> World:
        url = await self.stack.enter_async_context(emptied_postgres_url())
        return await self.over(url, clock, seed, habits)


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
FEW = settings(max_examples=6, stateful_step_count=20, deadline=None, suppress_health_check=SLOW)
MANY = settings(max_examples=80, stateful_step_count=40, deadline=None, suppress_health_check=SLOW)


def test_in_memory() -> None:
    run_state_machine_as_test(Sending, settings=MANY)


def test_over_sqlite() -> None:
    run_state_machine_as_test(SendingSqlite, settings=FEW)


def test_over_postgres() -> None:
    asyncio.run(answers())
    run_state_machine_as_test(SendingPostgres, settings=FEW)


async def answers() -> None:
    """Skip the test where PostgreSQL does not answer."""
    connection = await connect()
    await connection.close()
