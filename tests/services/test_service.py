"""The service as a whole over fakes, in virtual time: what runs in which role, how it goes on, and ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, cast

import pytest
from pydantic import SecretStr

from bot.commands.desk import Desk
from bot.commands.table import COMMANDS
from bot.config import Settings
from bot.core import Core
from bot.domain.deliveries import DeliveryKind, DeliveryState, Rates
from bot.domain.periods import is_list_day
from bot.log import Log
from bot.metrics import Metrics
from bot.platforms import Platforms
from bot.ports import KeepRecords
from bot.service import ROLES, Service
from bot.services.dispatching import USUAL_PACE
from bot.services.ingest import Ingesting
from bot.services.leading import ASKED_EVERY
from bot.services.searching import Searching
from bot.services.supervising import wait_before_restart
from bot.wiring import App, Sources
from tests.commands.desks import no_index
from tests.contract.making import HERE, NEXT_DOOR, entry
from tests.contract.subscribing import wish
from tests.contract.voting import people_over, votes_over
from tests.fakes.clock import START
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_store import MemoryStore
from tests.fakes.messenger import FakeMessenger, FakePlatform, Habits
from tests.fakes.sources import FakeArchive, FakeSource
from tests.fakes.virtual_time import VirtualClock, virtually

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Mapping
    from typing import Any

    from bot.commands.desk import Office
    from bot.domain.papers import Feed
    from bot.ports import SourceFault, Write
    from bot.ports.people import PeopleStore
    from bot.ports.voting import VoteStore
    from bot.services.supervising import Loop
    from bot.store.sql_store import SqlStore

NO_WEB = "scheduler", "sender", "fetcher"
"""All that needs no socket."""

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
STOPS_WITHIN = timedelta(seconds=5)
LEASE = USUAL_PACE.room + Rates(longest_call=timedelta(seconds=10)).longest_call + USUAL_PACE.margin
PLACES = (HERE, NEXT_DOOR)
FIRST_LIST = date(2026, 1, 1)


class Lists(FakeSource):
    """A list of seven papers on each weekday, each paper on one list; it raises where it is `spoilt`."""

    is_spoilt = False
    takes_s = 0.0
    """How long it lets a question wait."""
    asked_at: list[datetime]

    async def feed(self, day: date) -> Feed | SourceFault:
        self.asked_at.append(self._clock.now())
        await asyncio.sleep(self.takes_s)
        if self.is_spoilt:
            raise KeyError("a field that the source has always sent")
        first = (day - FIRST_LIST).days * 10
        numbers = range(first, first + 7) if is_list_day(day) else range(0)
        self.lists[day] = tuple(entry(number, upvotes=number % 10) for number in numbers)
        return await super().feed(day)


@dataclass(frozen=True, slots=True)
class Rooms:
    """What of the store is no list."""

    delivery: MemoryDelivery
    votes: VoteStore
    people: PeopleStore


@dataclass
class House:
    """What outlives a service: the store, the sources and the platform."""

    clock: VirtualClock
    habits: Habits = field(default_factory=Habits)
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        self.kept = MemoryDelivery(self.store)
        self.kept._database_now = self.clock.now
        self.platform = FakePlatform(self.clock, Random(1), habits=self.habits)
        self.source = Lists(self.clock)
        self.source.asked_at = []

    def service(
        self,
        roles: Collection[str] = NO_WEB,
        platforms: tuple[str, ...] = ("discord",),
        *,
        is_alone: bool = True,
        gateways: Mapping[str, Loop] | None = None,
    ) -> Service:
        """Return the service of a new process."""
        archive = FakeArchive()
        ingesting = Ingesting(self.store, self.source, archive, self.clock)
        searching = Searching(self.store, no_index)
        desk = Desk(self.store, self.clock, searching, ingesting, lambda: self.kept, no_office)
        sources = Sources(self.source, archive, {})
        settings = Settings(database_url=SecretStr("sqlite:///nowhere.db"), port=0)
        rooms = cast("SqlStore", Rooms(self.kept, votes_over(self.store), people_over(self.store)))
        known = Platforms(settings, rooms, self.clock, "x".__mul__)
        app = App(Core(COMMANDS, desk), desk, sources, known, rooms)
        messengers = [FakeMessenger(self.platform, platform=each) for each in platforms]
        return Service(
            app, settings, Metrics(), messengers, roles=roles, is_alone=is_alone, gateways=gateways
        )

    async def subscribe(self, *at: datetime) -> None:
        """Subscribe two places for the same minutes of each weekday."""
        times = tuple(each.time() for each in at)
        wishes = [wish(place.channel, place, at=times, tz="UTC") for place in PLACES]
        await self.store.write(KeepRecords(tuple(wishes), self.clock.now()))

    def shown(self) -> list[str]:
        """Return the keys of all messages that people saw."""
        return sorted(message.key for message in self.platform.messages)

    def lists_chosen_from(self) -> list[date]:
        """Return for each edition the day of the list that its papers are from."""
        days = []
        for edition in self.store.tables.editions.values():
            [number] = {int(chosen.paper[-5:]) // 10 for chosen in edition.papers}
            days.append(FIRST_LIST + timedelta(days=number))
        return days

    def states(self) -> list[DeliveryState]:
        return [each.state for each in self.store.tables.deliveries.values()]


def no_office() -> Office:
    raise AssertionError


def in_a_house(
    story: Callable[[House], Coroutine[Any, Any, None]],
    habits: Habits | None = None,
    store: MemoryStore | None = None,
) -> None:
    """Tell a story in virtual time."""

    async def told(clock: VirtualClock) -> None:
        await story(House(clock, habits or Habits(), store or MemoryStore()))

    virtually(told)


async def stopped(running: asyncio.Task[None]) -> None:
    """End a service as SIGTERM does."""
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def killed(running: asyncio.Task[None], platform: FakePlatform) -> None:
    """End a service as near to SIGKILL as a task can be; what has reached the platform goes on."""
    for task in asyncio.all_tasks() - {asyncio.current_task(), *platform.under_way}:
        task.cancel()
    await asyncio.gather(running, return_exceptions=True)


# --- Which loops run -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "loops"),
    [
        pytest.param(
            ROLES,
            {"fetcher", "scheduler", "housekeeping", "discord sender", "slack sender", "web"},
            id="all",
        ),
        pytest.param(("web",), {"web"}, id="web"),
        pytest.param(("scheduler",), {"scheduler", "housekeeping"}, id="scheduler"),
        pytest.param(("sender",), {"discord sender", "slack sender"}, id="sender"),
        pytest.param(("fetcher",), {"fetcher"}, id="fetcher"),
    ],
)
@pytest.mark.parametrize("is_alone", [True, False])
def test_each_role_gives_exactly_its_loops(
    roles: tuple[str, ...], loops: set[str], *, is_alone: bool
) -> None:
    async def story(house: House) -> None:
        service = house.service(roles, ("discord", "slack"), is_alone=is_alone)
        assert service.loops().keys() == loops | {"watch", "alarm"}

    in_a_house(story)


def test_who_answers_people_reads_the_papers_ahead() -> None:
    async def story(house: House) -> None:
        async def listen(_beat: Callable[[], None]) -> None:
            """Hear nothing."""

        service = house.service(("gateway",), gateways={"discord gateway": listen})
        assert service.loops().keys() == {"discord gateway", "search", "watch", "alarm"}

    in_a_house(story)


# --- From any state of the store --------------------------------------------------------


def test_an_empty_store_is_filled_and_what_becomes_due_is_posted_once() -> None:
    async def story(house: House) -> None:
        running = asyncio.create_task(house.service().run())
        await asyncio.sleep(10)
        await house.subscribe(START + 2 * MINUTE)
        await asyncio.sleep(3 * 60)
        assert len(house.shown()) == len(set(house.shown())) == len(PLACES)
        assert set(house.states()) == {DeliveryState.DONE}
        await asyncio.sleep(2 * 60)
        assert len(house.shown()) == len(PLACES)
        await stopped(running)

    in_a_house(story)


@pytest.mark.parametrize("takes_s", [0.0, 400.0], ids=["at once", "after minutes, as its window is full"])
def test_where_all_is_well_no_loop_is_at_fault(takes_s: float) -> None:
    async def story(house: House) -> None:
        house.source.takes_s = takes_s
        running = asyncio.create_task(house.service().run())
        for _ in range(100):
            await asyncio.sleep(60)
            assert [fault for fault in await house.kept.faults() if fault.name.startswith("loop:")] == []
        assert house.source.asked_at[-1] < house.clock.now() - 5 * MINUTE, "no loop waited for long"
        await stopped(running)

    in_a_house(story)


def test_what_was_due_while_nothing_ran_waits_for_the_list_and_is_posted() -> None:
    """The first edition after a start is made of the list that has come meanwhile, and not without it."""

    async def story(house: House) -> None:
        await house.subscribe(START + MINUTE)
        await asyncio.sleep(30 * 60)
        running = asyncio.create_task(house.service().run())
        await asyncio.sleep(5)
        assert len(house.shown()) == len(PLACES)
        assert house.lists_chosen_from() == [START.date()] * len(PLACES)
        await stopped(running)

    in_a_house(story)


def test_claims_of_a_process_that_died_are_looked_up_and_nothing_is_shown_twice() -> None:
    async def story(house: House) -> None:
        await house.subscribe(START + MINUTE)
        running = asyncio.create_task(house.service().run())
        await asyncio.sleep(62)
        assert house.states() == [DeliveryState.CLAIMED] * len(PLACES), "both calls are on their way"
        await killed(running, house.platform)
        assert house.states() == [DeliveryState.CLAIMED] * len(PLACES)
        running = asyncio.create_task(house.service().run())
        await asyncio.sleep((LEASE - 10 * SECOND).total_seconds())
        assert DeliveryState.DONE not in house.states(), "nobody looks before the old lease may be over"
        await asyncio.sleep(30)
        assert set(house.states()) == {DeliveryState.DONE}
        assert len(house.shown()) == len(set(house.shown())) == len(PLACES)
        await stopped(running)

    in_a_house(story, Habits(latency=(4.0, 4.0)))


def test_the_ballot_of_a_message_that_turns_out_to_be_deleted_is_compared_no_more() -> None:
    async def story(house: House) -> None:
        votes = votes_over(house.store)
        await house.subscribe(START + MINUTE)
        running = asyncio.create_task(house.service().run())
        await asyncio.sleep(2 * 60)
        [gone, other] = house.platform.messages
        house.platform.deleted.add(gone.ref)
        rows = house.store.tables.deliveries
        edits = [
            rows[each.key].delivery._replace(key=f"edit {each.key}", kind=DeliveryKind.EDIT, parent=each.key)
            for each in (gone, other)
        ]
        await house.kept.put(edits)
        await asyncio.sleep(5)
        open_in = {place: await votes.open_ballots(place, START) for place in (gone.place, other.place)}
        assert {place: len(ballots) for place, ballots in open_in.items()} == {gone.place: 0, other.place: 1}
        await stopped(running)

    in_a_house(story)


class SlowStore(MemoryStore):
    """A store that takes a moment to write a list, as a disk does."""

    async def write(self, *writes: Write) -> int:
        await asyncio.sleep(2)
        return await super().write(*writes)


def test_nothing_is_planned_before_the_first_list_is_stored() -> None:
    async def story(house: House) -> None:
        await house.subscribe(START + MINUTE)
        await asyncio.sleep(30 * 60)
        running = asyncio.create_task(house.service().run())
        await asyncio.sleep(60)
        assert house.lists_chosen_from() == [START.date()] * len(PLACES)
        await stopped(running)

    in_a_house(story, store=SlowStore())


# --- Faults ---------------------------------------------------------------------------


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """Collect what the log is told of loops, as (event, loop, why)."""
    lines: list[tuple[str, str, str]] = []

    def tell(_log: Log, event: str, **facts: object) -> None:
        if "loop" in facts:
            lines.append((event, str(facts["loop"]), str(facts.get("why", ""))))

    for level in ("info", "error"):
        monkeypatch.setattr(Log, level, tell)
    return lines


def test_a_loop_that_crashes_is_logged_and_begun_again_and_takes_none_along(
    told: list[tuple[str, str, str]],
) -> None:
    async def story(house: House) -> None:
        house.source.is_spoilt = True
        await house.subscribe(START + 5 * MINUTE)
        running = asyncio.create_task(house.service().run())
        await asyncio.sleep(20)
        waits = [wait_before_restart(failures) for failures in range(1, 5)]
        begun = [START + sum(waits[:count], timedelta(0)) for count in range(5)]
        assert house.source.asked_at == pytest.approx(begun, abs=SECOND / 10)
        house.source.is_spoilt = False
        await asyncio.sleep(6 * 60)
        assert len(house.shown()) == len(PLACES)
        assert set(house.states()) == {DeliveryState.DONE}
        await stopped(running)

    in_a_house(story)
    crashed = told.index(("loop is well again", "fetcher", ""))
    assert crashed >= 4
    assert set(told[:crashed]) == {("loop failed", "fetcher", "KeyError")}
    assert told[crashed + 1 :] == []


# --- The end ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latency_s", "ends_as"),
    [
        pytest.param(3.0, DeliveryState.DONE, id="a call that ends in time is waited for"),
        pytest.param(9.0, DeliveryState.CLAIMED, id="one that does not is left open"),
    ],
)
def test_a_stop_drains_what_is_on_its_way(latency_s: float, ends_as: DeliveryState) -> None:
    async def story(house: House) -> None:
        await house.subscribe(START + MINUTE)
        running = asyncio.create_task(house.service().run())
        await asyncio.sleep(62)
        assert set(house.states()) == {DeliveryState.CLAIMED}
        told_at = house.clock.now()
        await stopped(running)
        assert house.clock.now() - told_at <= STOPS_WITHIN
        assert set(house.states()) == {ends_as}
        running = asyncio.create_task(house.service().run())
        await asyncio.sleep(2 * LEASE.total_seconds())
        assert set(house.states()) == {DeliveryState.DONE}
        assert len(house.shown()) == len(set(house.shown())) == len(PLACES)
        await stopped(running)

    in_a_house(story, Habits(latency=(latency_s, latency_s)))


def test_of_two_processes_one_works_and_the_other_follows() -> None:
    async def story(house: House) -> None:
        await house.subscribe(START + MINUTE, START + 10 * MINUTE)
        first, second = (asyncio.create_task(house.service(is_alone=False).run()) for _ in range(2))
        await asyncio.sleep(3 * 60)
        assert len(house.shown()) == len(set(house.shown())) == len(PLACES)
        asked = len(house.source.asked_days)
        assert house.source.asked_days.count(START.date()) == 1
        await stopped(first)
        await asyncio.sleep((ASKED_EVERY + SECOND).total_seconds())
        assert house.source.asked_days[asked:].count(START.date()) == 1, "the other fetches now"
        await asyncio.sleep(10 * 60)
        assert len(house.shown()) == len(set(house.shown())) == 2 * len(PLACES)
        await stopped(second)

    in_a_house(story)
