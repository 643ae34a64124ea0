"""The one place that builds everything from settings, by plain constructor calls.

What only some commands need is loaded where it is built, so that the others start without it.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bot import log
from bot.commands.desk import Desk, Office
from bot.commands.table import COMMANDS
from bot.config import SettingMistake, read_settings
from bot.core import Core, ignore
from bot.domain.text import CODE_LETTERS
from bot.errors import SettingsError
from bot.platforms import Platforms, described
from bot.services.communities import TOGETHER, Communities
from bot.services.ingest import Ingesting
from bot.services.searching import Searching
from bot.sources.arxiv import Arxiv
from bot.sources.http import Http
from bot.sources.huggingface import HuggingFace
from bot.store.open import index_path, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from adapters.terminal.demo import Stage
    from bot.config import Settings
    from bot.core import Heard
    from bot.domain.cards import Card
    from bot.platforms import Describe
    from bot.ports import Clock, PaperArchive, PaperSource, Probed, Scopes, SearchIndex, Store
    from bot.ports.delivery import Messenger
    from bot.ports.people import PeopleStore
    from bot.ports.voting import MessageLinks, VoteStore
    from bot.services.dispatching import Dispatcher
    from bot.services.planning import Planner
    from bot.services.voting import Hashes
    from bot.store.delivery import SqlDelivery
    from bot.store.sql_store import SqlStore

PATIENCE = timedelta(seconds=60)
"""How long one read of a source may take with all its waiting, where somebody waits for it."""


SOURCE_WAIT = timedelta(hours=2)
"""How long the demo's edition would wait for its source."""


class SystemClock:
    """Satisfies `bot.ports.Clock`: the machine's own time."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never step back."""
        return time.monotonic()

    async def sleep(self, delay: timedelta) -> None:
        """Return after the delay."""
        await asyncio.sleep(delay.total_seconds())


@dataclass(frozen=True, slots=True)
class App:
    """All that is built of one set of settings."""

    core: Core
    desk: Desk
    sources: Sources
    platforms: Platforms
    store: SqlStore

    @property
    def kept(self) -> SqlDelivery:
        """Subscriptions, plans and the outbox; what keeps them is slow to load."""
        return self.store.delivery

    @property
    def votes(self) -> VoteStore:
        """Acts and ballots; what keeps them is slow to load."""
        return self.store.votes

    @property
    def people(self) -> PeopleStore:
        """Links, and all that is people's own."""
        return self.store.people

    @property
    def hashes(self) -> Hashes:
        """What is kept of people who asked to be forgotten."""
        from bot.services.voting import Hashes  # noqa: PLC0415 - as above

        return Hashes(self.votes, random_letters)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where papers come from, and what can be asked whether it is there, by name."""

    lists: PaperSource
    archive: PaperArchive
    probed: Mapping[str, Probed]


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: One is wrong; the sentence names it.
    """
    read = read_settings()
    if isinstance(read, SettingMistake):
        raise SettingsError(read.sentence)
    return read


def configure_log(settings: Settings, *, is_debugging: bool = False, is_service: bool = False) -> None:
    """Set how much is logged: commands that people type say in their answer what they have to say."""
    usual = "info" if is_service else "error"
    log.configure("debug" if is_debugging else settings.log_level or usual, settings.log_format)


@asynccontextmanager
async def opened(
    settings: Settings, *, patience: timedelta = PATIENCE, heard: Heard = ignore, clock: Clock | None = None
) -> AsyncIterator[App]:
    """Open everything, and close it in the opposite order. `patience` is for one read of a source.

    Raises:
        StoreError: The database cannot be opened.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        url = database_url(settings)
        store = await open_store(url)
        stack.push_async_callback(store.close)
        http = Http(clock, patience=patience)
        stack.push_async_callback(http.close)
        sources = sources_of(settings, http, store, clock)
        ingesting = Ingesting(store, sources.lists, sources.archive, clock)
        most = settings.max_per_place, settings.max_per_server
        platforms = Platforms(settings, store, clock, random_letters)
        stack.push_async_callback(platforms.close)
        apart = communities_of(settings, store, clock)
        zone = settings.default_timezone
        office = office_opener(store, clock, zone, most, platforms.describe, communities=apart)
        scopes = apart or TOGETHER
        desk = desk_of(store, clock, ingesting, index_path(url), office, scopes=scopes)
        yield App(Core(COMMANDS, desk, heard), desk, sources, platforms, store)


def communities_of(settings: Settings, store: SqlStore, clock: Clock) -> Communities | None:
    """Return what tells who votes together; None where all do."""
    is_apart = settings.communities == "separate"
    return Communities(store.communities, clock, random_letters) if is_apart else None


def sources_of(settings: Settings, http: Http, store: Store, clock: Clock) -> Sources:
    """Build the sources that the settings name."""
    lists = HuggingFace(http, settings.huggingface_url, clock)
    archive = Arxiv(http, settings.arxiv_url, store, clock)
    return Sources(lists, archive, {"Hugging Face": lists, "arXiv": archive})


def desk_of(
    store: SqlStore,
    clock: Clock,
    ingesting: Ingesting,
    index: Path | None,
    office: Callable[[], Office],
    *,
    scopes: Scopes = TOGETHER,
) -> Desk:
    """Build what commands are answered with; `scopes` tells whose votes count in a place."""
    searching = Searching(store, index_opener(index))
    return Desk(store, clock, searching, ingesting, lambda: store.delivery, office, scopes)


def office_opener(
    store: SqlStore,
    clock: Clock,
    zone: str,
    most: tuple[int, int],
    describe: Describe,
    *,
    communities: Communities | None = None,
) -> Callable[[], Office]:
    """Return what opens the office with the first command that manages something: it is slow to load.

    `most` is how many subscriptions there may be in a place, and on a server; `describe` tells what the bot
    may do in a place.
    """

    def opened_office() -> Office:
        from adapters.discord.links import DiscordLinks  # noqa: PLC0415 - as said
        from adapters.slack.links import SlackLinks  # noqa: PLC0415 - as said
        from bot.ports.delivery import Caps  # noqa: PLC0415 - as said
        from bot.services.people import People  # noqa: PLC0415 - as said
        from bot.services.previewing import Previewing  # noqa: PLC0415 - as said
        from bot.services.reporting import Reporting  # noqa: PLC0415 - as said
        from bot.services.subscribing import Subscribing  # noqa: PLC0415 - as said
        from bot.services.voting import Hashes, Voting  # noqa: PLC0415 - as said

        delivery = store.delivery
        scopes = communities or TOGETHER
        previewing = Previewing(store, delivery, clock, scopes)
        subscribing = Subscribing(
            delivery,
            previewing,
            clock,
            describe=describe,
            letters=random_letters,
            caps=Caps(*most),
            default_zone=zone,
        )
        reporting = Reporting(store, delivery, store.votes, clock, describe=describe, default_zone=zone)
        hashes = Hashes(store.votes, random_letters)
        links: dict[str, MessageLinks] = {"discord": DiscordLinks(), "slack": SlackLinks()}
        voting = Voting(store.votes, store, clock, hashes, links, scopes=scopes)
        people = People(store.people, store, store.delivery, clock, hashes, letters=random_letters)
        return Office(subscribing, previewing, reporting, voting, people, communities)

    return opened_office


def random_letters(count: int) -> str:
    """Return so many letters and digits that nobody can guess."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(count))


def database_url(settings: Settings) -> str:
    """Return the database's address, password and all: for the store alone."""
    return settings.database_url.get_secret_value()


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    """Open the demo's stage: a fresh store in a temporary folder, the bundled sample, a clock of its own."""
    from adapters.terminal.demo import START, DemoClock, DemoMessenger, Stage  # noqa: PLC0415 - for the demo alone
    from bot.sample.moments import DAYS, MOMENTS  # noqa: PLC0415 - as above
    from bot.sample.source import NoArchive, SampleSource  # noqa: PLC0415 - as above
    from bot.services.watching import WatchedSource  # noqa: PLC0415 - as above
    from bot.sources.daily import feed_of  # noqa: PLC0415 - as above

    clock, messenger = DemoClock(START), DemoMessenger()
    with TemporaryDirectory(prefix="papers-demo-") as folder:
        url = f"sqlite:///{folder}/papers.db"
        store = await open_store(url)
        lists = WatchedSource(SampleSource(clock, feed_of), store.delivery, clock)
        ingesting = Ingesting(store, lists, NoArchive(), clock)
        planner, dispatcher = poster_of(store, messenger, clock)

        async def fetch() -> None:
            for day in DAYS:
                await ingesting.fetch_day(day)

        async def post() -> Sequence[Card]:
            await planner.step()
            await dispatcher.deliver_due()
            return messenger.taken()

        try:
            office = office_opener(store, clock, "UTC", (5, 50), described)
            core = Core(COMMANDS, desk_of(store, clock, ingesting, index_path(url), office))
            yield Stage(core, clock, fetch, post, [moment.at for moment in MOMENTS])
        finally:
            await store.close()


def poster_of(store: SqlStore, messenger: Messenger, clock: Clock) -> tuple[Planner, Dispatcher]:
    """Build what plans and sends by hand, alone on a store."""
    from bot.services.dispatching import Dispatcher  # noqa: PLC0415 - for the demo alone
    from bot.services.planning import Planner  # noqa: PLC0415 - as above

    kept = store.delivery
    dispatcher = Dispatcher(
        kept, store, messenger, clock, random=SystemRandom(), holder="demo", is_alone=True
    )
    return Planner(store, kept, clock, SOURCE_WAIT), dispatcher


def index_opener(path: Path | None) -> Callable[[], Awaitable[SearchIndex]]:
    """Return what opens the search index with the first question: numpy is slow to load."""

    async def opened_index() -> SearchIndex:
        from bot.search import open_index  # noqa: PLC0415 - as above

        return await open_index(path)

    return opened_index
