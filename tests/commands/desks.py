"""A desk over fakes: the real core with a store in memory, a clock that stands still, ids in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from bot.commands.desk import Desk, Office
from bot.commands.spec import Invocation
from bot.commands.table import COMMANDS
from bot.commands.text import Typed, parse_text
from bot.core import Core
from bot.domain.papers import Feed, FeedEntry, Paper, PaperId
from bot.domain.places import Identity, Place
from bot.ports import RecordFeed, SourceFault
from bot.ports.delivery import Caps, PlaceReport
from bot.services.communities import Communities
from bot.services.ingest import Ingesting
from bot.services.people import People
from bot.services.previewing import Previewing
from bot.services.reporting import Reporting
from bot.services.searching import Searching
from bot.services.subscribing import Subscribing
from bot.services.voting import Hashes, Voting
from tests.contract.voting import people_over, votes_over
from tests.fakes.clock import FakeClock
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.core import Reply
    from bot.domain.answers import Answer
    from bot.domain.deliveries import Gone
    from bot.ports import SearchIndex
    from bot.services.subscribing import Describe, Letters

HERE = Place("discord", "1", "2")
NEXT_DOOR = Place("discord", "1", "3")
ANA = Identity("discord:11")

FRIDAY = date(2026, 4, 24)
LISTED_AT = timedelta(hours=6)
"""When in a day its list is seen."""

DAYS = (date(2026, 4, 20), date(2026, 4, 21), date(2026, 4, 22), date(2026, 4, 23), FRIDAY)


SILENT = SourceFault("Hugging Face", "did not answer")


class NoSource:
    """Satisfies PaperSource and PaperArchive: nothing answers."""

    async def feed(self, _day: date) -> Feed | SourceFault:
        return SILENT

    async def paper(self, _paper: PaperId) -> FeedEntry | SourceFault | None:
        return SILENT

    async def search(self, _query: str, _limit: int) -> Sequence[FeedEntry] | SourceFault:
        return SILENT

    async def papers(self, _ids: Sequence[PaperId]) -> Mapping[PaperId, Paper] | SourceFault:
        return SILENT


async def no_index() -> SearchIndex:
    raise AssertionError


def office_over(
    desk: Desk, *, describe: Describe, letters: Letters, caps: Caps, default_zone: str = "UTC"
) -> Office:
    """Build what manages places over what a desk has."""
    previewing = Previewing(desk.store, desk.delivery, desk.clock, desk.scopes)
    subscribing = Subscribing(
        desk.delivery,
        previewing,
        desk.clock,
        describe=describe,
        letters=letters,
        caps=caps,
        default_zone=default_zone,
    )
    votes = votes_over(desk.store)
    reporting = Reporting(
        desk.store, desk.delivery, votes, desk.clock, describe=describe, default_zone=default_zone
    )
    hashes = Hashes(votes, letters)
    voting = Voting(votes, desk.store, desk.clock, hashes, scopes=desk.scopes)
    people = People(people_over(desk.store), desk.store, desk.delivery, desk.clock, hashes, letters=letters)
    communities = desk.scopes if isinstance(desk.scopes, Communities) else None
    return Office(subscribing, previewing, reporting, voting, people, communities)


async def can_post(_place: Place) -> PlaceReport:
    return PlaceReport(("post",))


@dataclass(slots=True)
class Shop:
    """A desk, and what stands behind it."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(datetime.fromisoformat("2026-04-24T07:30Z")))
    caps: Caps = field(default_factory=Caps)
    default_zone: str = "UTC"
    store: MemoryStore = field(default_factory=MemoryStore)
    report: PlaceReport | Gone = field(default_factory=lambda: PlaceReport(("post", "embed", "react")))
    """What the platform says that the bot may do."""
    taken: list[str] = field(default_factory=list)
    """Ids that are made next, before others."""
    delivery: MemoryDelivery = field(init=False)
    desk: Desk = field(init=False)
    core: Core = field(init=False)

    def __post_init__(self) -> None:
        self.delivery = MemoryDelivery(self.store)
        source = NoSource()
        self.desk = Desk(
            self.store,
            self.clock,
            Searching(self.store, no_index),
            Ingesting(self.store, source, source, self.clock),
            lambda: self.delivery,
            self._office,
        )
        self.core = Core(COMMANDS, self.desk)

    def _office(self) -> Office:
        numbers = count(1)

        def letters(length: int) -> str:
            return self.taken.pop(0) if self.taken else f"{next(numbers):0{length}}"

        async def describe(_place: Place) -> PlaceReport | Gone:
            return self.report

        return office_over(
            self.desk, describe=describe, letters=letters, caps=self.caps, default_zone=self.default_zone
        )

    async def reply(self, text: str, place: Place = HERE, zone: str = "") -> Reply:
        """Answer a command as it is typed in a chat."""
        typed = parse_text(text, COMMANDS)
        if zone and isinstance(typed, Typed):
            ask = Invocation(typed.command.word, place, ANA, typed.arguments, zone)
            return await self.core.answer(ask)
        return await self.core.answer_typed(typed, place, ANA)

    async def ask(self, text: str, place: Place = HERE, zone: str = "") -> Answer:
        """Answer a command as it is typed in a chat, without who sees it."""
        return (await self.reply(text, place, zone)).answer

    async def list_days(self, days: Iterable[date] = DAYS, papers: int = 8) -> None:
        """Record the lists of days: each paper has 10 upvotes more than the one before it."""
        for day in days:
            await self.store.write(RecordFeed(feed_of(day, papers)))


def paper_of(day: date, number: int) -> PaperId:
    return PaperId(f"2604.{day.day:02}{number:03}")


def feed_of(day: date, papers: int) -> Feed:
    seen_at = datetime.fromisoformat(f"{day}T00:00Z") + LISTED_AT
    entries = tuple(
        FeedEntry(
            Paper(
                paper_of(day, number),
                f"{'Agents' if number % 2 else 'Robots'} {day.day}-{number}: a study",
                abstract="We study things.",
            ),
            upvotes=number * 10,
        )
        for number in range(1, papers + 1)
    )
    return Feed(day, seen_at, entries)
