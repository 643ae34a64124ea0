"""`papers doctor`: whether everything that the bot needs is there, line by line, each with what to do."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib import metadata
from typing import TYPE_CHECKING

from bot import wiring
from bot.cli.loops import run_to_end
from bot.cli.operators import nothing_more, read_words
from bot.cli.reports import Report
from bot.domain.periods import feed_day
from bot.domain.places import parse_place
from bot.domain.text import ago, counted, long_day
from bot.errors import PapersError
from bot.ports import SourceFault
from bot.ports.checking import Health
from bot.ports.delivery import Broken
from bot.store.open import is_postgres, sqlite_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

    from bot.cli.operators import Operator
    from bot.cli.options import Options
    from bot.config import Settings
    from bot.domain.places import Place
    from bot.domain.subscriptions import Standing
    from bot.ports import Clock, Probed
    from bot.ports.checking import Checked
    from bot.wiring import App

PATIENCE = timedelta(seconds=10)
"""How long a source is waited for: somebody looks on."""

CLOCK_TOLERANCE = timedelta(seconds=30)
"""How far this machine's clock may be from a source's before posts are noticeably off."""


MOST_PLACES = 50
"""Places of a platform that are looked at: somebody waits, and platforms let few questions through."""

NOT_SET_UP = {
    "Discord": "DISCORD_TOKEN is its bot's token (docs/discord.md goes through it)",
    "Slack": "SLACK_BOT_TOKEN is its bot's token (docs/slack.md goes through it)",
}


class State(StrEnum):
    """How a check ended, as its line begins."""

    OK = "ok"
    WARNING = "note"
    WRONG = "wrong"


STATES = {Health.WELL: State.OK, Health.NOTED: State.WARNING, Health.WRONG: State.WRONG}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, and what to do where it is not well."""

    name: str
    state: State
    words: str

    def __str__(self) -> str:
        return f"{self.state:<5} {self.name}: {self.words}"


def doctor(operator: Operator, options: Options) -> int:
    """Check everything; the exit status is 1 where something is wrong."""
    nothing_more(operator, read_words(operator, options.words[1:]).alone)
    settings = wiring.load_settings()
    wiring.configure_log(settings, is_debugging=options.is_debugging)
    report = Report(options.as_json)

    async def work() -> int:
        wrong = 0
        async for check in checks(settings):
            report.say(str(check))
            wrong += check.state is State.WRONG
        return wrong

    wrong = run_to_end(work())
    return report.end(f"{counted(wrong, 'thing')} to mend." if wrong else "")


async def checks(settings: Settings) -> AsyncIterator[Check]:
    """Yield what was found, one after the other."""
    yield Check("settings", State.OK, "every one makes sense")
    yield zones_check()
    yield admin_check(settings)
    try:
        async with wiring.opened(settings, patience=PATIENCE) as app:
            yield await store_check(app, settings)
            for check in await source_checks(app.sources.probed, app.desk.clock):
                yield check
            kept = [each async for each in app.kept.all_subscriptions()]
            for check in unreadable_checks(kept):
                yield check
            async for check in platform_checks(app, places_in_use(kept, settings)):
                yield check
    except PapersError as fault:
        yield Check("store", State.WRONG, str(fault))


def zones_check() -> Check:
    """Say which zone data schedules are worked out with: the pinned package's, never the system's."""
    return Check("time zones", State.OK, f"tzdata {metadata.version('tzdata')}")


def admin_check(settings: Settings) -> Check:
    """Say where faults of the service are told."""
    if settings.admin_place:
        return Check("faults", State.OK, f"told in {settings.admin_place}")
    return Check(
        "faults", State.WARNING, "go to the log and to “papers status” alone: set ADMIN_PLACE to be told"
    )


async def store_check(app: App, settings: Settings) -> Check:
    """Say what the store is, and how fresh."""
    now = app.desk.clock.now()
    url = wiring.database_url(settings)
    what = "PostgreSQL" if is_postgres(url) else f"SQLite, {sqlite_path(url)}"
    feed = await app.desk.store.last_feed(feed_day(now))
    if feed is None:
        return Check(
            "store", State.WARNING, f"{what}; no list yet: “papers ingest” or “papers run” fetches them"
        )
    return Check(
        "store",
        State.OK,
        f"{what}; the newest list is {long_day(feed.day)}'s, fetched {ago(now - feed.fetched_at)}",
    )


async def source_checks(probed: Mapping[str, Probed], clock: Clock) -> Sequence[Check]:
    """Ask all sources at once whether they are there; compare clocks with the first that tells its own."""
    answers = await asyncio.gather(*(source.probe() for source in probed.values()))
    found = [source_check(name, answer) for name, answer in zip(probed, answers, strict=True)]
    told = next((answer for answer in answers if isinstance(answer, datetime)), None)
    return [*found, clock_check(told, clock.now())]


def source_check(name: str, answer: datetime | SourceFault | None) -> Check:
    """Say whether a source answers, and where its address is set if not."""
    if isinstance(answer, SourceFault):
        return Check(name, State.WRONG, f"{answer.why}; its address is set by {address_setting(name)}")
    return Check(name, State.OK, "answers")


def unreadable_checks(kept: Iterable[Standing | Broken]) -> Iterator[Check]:
    """Yield each subscription that cannot be read."""
    for each in kept:
        if isinstance(each, Broken):
            name, why = f"subscription {each.id} of {each.place}", each.why.rstrip(".")
            remove = f"“papers unsubscribe {each.id} --place {each.place}” removes it"
            yield Check(name, State.WRONG, f"is left out. {why}. {remove}")


async def platform_checks(app: App, places: Sequence[Place]) -> AsyncIterator[Check]:
    """Look over each chat platform, and its places that something is posted in."""
    for name, checked in app.platforms.checked().items():
        own = [place for place in places if place.platform == name.lower()]
        if checked is None:
            yield not_set_up(name, len(own))
            continue
        async for check in checks_of(name, checked, own):
            yield check


def not_set_up(name: str, number: int) -> Check:
    """Say how a platform is set up; it must be, where it has a number of places that something is owed to."""
    if not number:
        return Check(name, State.WARNING, f"not set up: {NOT_SET_UP[name]}")
    owed = f"not set up, so nothing reaches {counted(number, 'place')} there"
    return Check(name, State.WRONG, f"{owed}: {NOT_SET_UP[name]}")


async def checks_of(name: str, checked: Checked, places: Sequence[Place]) -> AsyncIterator[Check]:
    """Yield what is found of a platform; with a token that is not taken there is nothing more."""
    found = [each async for each in checked.set_up()]
    for each in found:
        yield Check(each.name, STATES[each.health], each.words)
    if not places or found[0].health is Health.WRONG:
        return
    looked_at = places[:MOST_PLACES]
    wrong = 0
    for place in looked_at:
        if lacks := await checked.lacking(place):
            wrong += 1
            yield Check(str(place), State.WRONG, lacks)
    yield places_check(f"{name} places", len(places), len(looked_at), wrong)


def places_check(name: str, number: int, looked_at: int, wrong: int) -> Check:
    """Say how many of the places are well."""
    others = f"; {counted(number - looked_at, 'more place')} not looked at" if number > looked_at else ""
    words = f"{looked_at - wrong} of {looked_at} have all permissions{others}"
    return Check(name, State.WRONG if wrong else State.OK, words)


def places_in_use(kept: Iterable[Standing | Broken], settings: Settings) -> Sequence[Place]:
    """Return the places that have subscriptions, and the one where faults are told."""
    places = {
        parse_place(each.place) if isinstance(each, Broken) else each.subscription.place for each in kept
    }
    told_in = parse_place(settings.admin_place or "")
    return sorted({place for place in (*places, told_in) if place}, key=str)


def address_setting(source: str) -> str:
    """Return the setting that holds a source's address."""
    return f"{source.upper().replace(' ', '')}_URL"


def clock_check(told: datetime | None, now: datetime) -> Check:
    """Compare this machine's clock with a source's."""
    if told is None:
        return Check("clock", State.WARNING, "could not be compared: no source told its time")
    off = abs(now - told)
    if off <= CLOCK_TOLERANCE:
        return Check("clock", State.OK, f"agrees with the sources': {now:%H:%M} UTC")
    return Check(
        "clock",
        State.WRONG,
        f"is {off // timedelta(seconds=1)} seconds off, and so would posts be: set it by NTP",
    )
