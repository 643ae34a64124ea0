"""The core with all that it works with, so that tests can say what a person says and hear the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands.desk import Desk, Office
from bot.commands.table import COMMANDS
from bot.commands.text import parse_text
from bot.core import Core, Reply
from bot.domain.answers import PaperList, Refusal
from bot.ports.delivery import Caps
from bot.search import open_index
from bot.services.communities import TOGETHER, Communities
from bot.services.ingest import Ingesting
from bot.services.searching import Searching
from tests.commands.desks import can_post, office_over
from tests.contract.making import ANA, HERE, NOON, numbers
from tests.fakes.clock import FakeClock
from tests.fakes.memory_communities import MemoryCommunities
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_store import MemoryStore
from tests.fakes.sources import FakeArchive, FakeSource

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from bot.domain.papers import FeedEntry
    from bot.domain.places import Identity, Place
    from bot.ports import SearchIndex
    from bot.services.subscribing import Letters


class House:
    """A store in memory, sources that answer as they are told, a clock that stands still, the real index."""

    def __init__(
        self, store: MemoryStore | None = None, *, letters: Letters = "x".__mul__, apart: bool = False
    ) -> None:
        """`apart`: servers vote alone until they are joined."""
        self.clock = FakeClock(NOON)
        self.store = store or MemoryStore()
        self.source = FakeSource(self.clock)
        self.archive = FakeArchive()
        ingesting = Ingesting(self.store, self.source, self.archive, self.clock)
        searching = Searching(self.store, _empty_index)
        delivery = MemoryDelivery(self.store)
        self._letters = letters
        scopes = Communities(MemoryCommunities(self.store), self.clock, letters) if apart else TOGETHER
        self.desk = Desk(self.store, self.clock, searching, ingesting, lambda: delivery, self._office, scopes)
        self.core = Core(COMMANDS, self.desk)
        self._ingesting = ingesting

    def _office(self) -> Office:
        return office_over(self.desk, describe=can_post, letters=self._letters, caps=Caps())

    async def fetch(self, day: date, *entries: FeedEntry) -> None:
        """Let the bot fetch a day's list as it is now."""
        self.source.lists[day] = entries
        await self._ingesting.fetch_day(day)

    def set(self, now: datetime) -> None:
        self.clock.set(now)

    def wait(self, span: timedelta) -> None:
        self.clock.set(self.clock.now() + span)

    async def say(
        self, text: str, *, place: Place = HERE, identity: Identity = ANA, manages: bool = False
    ) -> Reply:
        """Say something to the bot in a chat."""
        return await self.core.answer_typed(parse_text(text, COMMANDS), place, identity, manages=manages)

    async def list(self, text: str, *, place: Place = HERE, identity: Identity = ANA) -> PaperList:
        """Ask for what must be a list that everyone sees."""
        reply = await self.say(text, place=place, identity=identity)
        assert isinstance(reply.answer, PaperList), reply.answer
        assert not reply.private
        return reply.answer

    async def refusal(self, text: str, *, place: Place = HERE, identity: Identity = ANA) -> Refusal:
        """Say what must be refused, which the asker alone sees."""
        reply = await self.say(text, place=place, identity=identity)
        assert isinstance(reply.answer, Refusal), reply.answer
        assert reply.private
        return reply.answer


def sections(answer: PaperList) -> dict[str, list[int]]:
    """Return the papers of a list by the titles of its sections."""
    return {
        section.title: numbers([ranked.listed for ranked in section.papers]) for section in answer.sections
    }


def shown(answer: PaperList) -> list[int]:
    """Return the papers of a list in order."""
    return numbers([ranked.listed for ranked in answer.papers])


def because(answer: PaperList) -> list[tuple[str, ...]]:
    """Return the reasons of the papers of a list in order."""
    return [ranked.because for ranked in answer.papers]


async def _empty_index() -> SearchIndex:
    return await open_index(None)
