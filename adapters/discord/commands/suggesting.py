"""What is offered while somebody types: papers by titles, topics, zones, subscriptions, commands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.discord.commands.topics import terms_of, topics_like
from adapters.discord.limits import MAX_CHOICE, MAX_CHOICES
from bot.domain.maths import readable
from bot.domain.papers import PaperId
from bot.domain.periods import feed_day
from bot.domain.schedule import zone_of
from bot.domain.text import cut
from bot.domain.wishes import wish_words
from bot.domain.zones import current_zones, folded, zone_names
from bot.ports import EVERYBODY
from bot.ports.delivery import Standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.commands.desk import Desk
    from bot.commands.spec import Command
    from bot.domain.papers import Listed
    from bot.domain.places import Identity, Place

Choice = dict[str, str]
"""What is shown (`name`) and what is then given (`value`)."""

LISTS_ABOUT, PAPERS_ABOUT = 3, 50
"""The newest lists, and how many papers of each, whose subjects are offered as topics."""

OWN_LIST_LASTS = timedelta(hours=1)

COMMON_ZONES = (
    "UTC",
    "Pacific/Honolulu",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Warsaw",
    "Europe/Helsinki",
    "Europe/Istanbul",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Jakarta",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Taipei",
    "Asia/Seoul",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
)
"""What is offered before anything is typed, from west to east: as many as a select holds."""

OF_LANGUAGES = {
    "da": "Europe/Copenhagen",
    "de": "Europe/Berlin",
    "en-GB": "Europe/London",
    "es-ES": "Europe/Madrid",
    "fi": "Europe/Helsinki",
    "fr": "Europe/Paris",
    "hi": "Asia/Kolkata",
    "id": "Asia/Jakarta",
    "it": "Europe/Rome",
    "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
    "nl": "Europe/Amsterdam",
    "no": "Europe/Oslo",
    "pl": "Europe/Warsaw",
    "pt-BR": "America/Sao_Paulo",
    "sv-SE": "Europe/Stockholm",
    "th": "Asia/Bangkok",
    "tr": "Europe/Istanbul",
    "uk": "Europe/Kyiv",
    "vi": "Asia/Ho_Chi_Minh",
    "zh-CN": "Asia/Shanghai",
    "zh-TW": "Asia/Taipei",
}
"""The zone that most people live in whose app speaks a language (Reference, Locales), where there is one."""


class Suggesting:
    """Offers at most 25 choices for what has been typed so far."""

    def __init__(self, commands: Mapping[str, Command], desk: Desk) -> None:
        self._commands = commands
        self._desk = desk

    async def choices(self, name: str, text: str, place: Place, identity: Identity) -> list[Choice]:
        """Return what an argument may be; nothing where nothing can be offered for it."""
        match name:
            case "paper":
                found = await self._papers(text.strip(), place, identity)
            case "tz":
                found = zones_like(text, self._desk.clock.now())
            case "id":
                found = await self._subscriptions(text, place)
            case "topic":
                found = await self._topics(text, place)
            case "command":
                found = commands_like(text, self._commands)
            case _:
                found = []
        return found[:MAX_CHOICES]

    async def _papers(self, text: str, place: Place, identity: Identity) -> list[Choice]:
        """Offer papers whose titles have the words; before anything is typed, those on the last list here."""
        if not text:
            return await self._last_list(place, identity)
        hits = await self._desk.searching.search(text, since=None, limit=MAX_CHOICES)
        if not isinstance(hits, (list, tuple)):
            return []
        listed = await self._desk.store.papers([hit.paper for hit in hits], scope=EVERYBODY)
        return [paper_choice(each) for each in listed]

    async def _last_list(self, place: Place, identity: Identity) -> list[Choice]:
        """Offer what the asker saw last here, by its numbers; else the best of the newest list."""
        now, store = self._desk.clock.now(), self._desk.store
        shown = await store.remembered(place, identity, now - OWN_LIST_LASTS)
        if shown is None:
            newest = await store.newest_lists(feed_day(now), 1, scope=EVERYBODY, limit=MAX_CHOICES)
            return [paper_choice(each) for each in newest]
        numbers = {paper: number for number, paper in enumerate(shown.papers, 1)}
        listed = await store.papers(shown.papers[:MAX_CHOICES], scope=EVERYBODY)
        return [paper_choice(each, f"{numbers[each.paper.id]} · ") for each in listed]

    async def _topics(self, text: str, place: Place) -> list[Choice]:
        """Offer the topics of the place's subscriptions, and what the newest papers are about."""
        kept = await self._desk.delivery.subscriptions(place)
        wished = [one.subscription.topic for one in kept if isinstance(one, Standing)]
        day = feed_day(self._desk.clock.now())
        newest = await self._desk.store.newest_lists(day, LISTS_ABOUT, scope=EVERYBODY, limit=PAPERS_ABOUT)
        terms = terms_of(listed.paper for listed in newest)
        topics = topics_like(text, [topic for topic in wished if topic], terms)
        return [{"name": topic, "value": topic} for topic in topics]

    async def _subscriptions(self, text: str, place: Place) -> list[Choice]:
        """Offer the subscriptions of the place."""
        found = await self._desk.delivery.subscriptions(place)
        standings = (one.subscription for one in found if isinstance(one, Standing))
        choices = [choice(f"{one.id} · {wish_words(one)}", one.id) for one in standings]
        return [each for each in choices if text.strip().lower() in each["name"].lower()]


def choice(name: str, value: str) -> Choice:
    """Return one choice; Discord takes neither part longer, nor an empty one."""
    return {"name": cut(" ".join(name.split()), MAX_CHOICE) or value, "value": value[:MAX_CHOICE]}


def paper_choice(listed: Listed, lead: str = "") -> Choice:
    """Return a paper by its title."""
    return choice(f"{lead}{readable(listed.paper.title) or listed.paper.id}", PaperId(listed.paper.id))


def commands_like(text: str, commands: Mapping[str, Command]) -> list[Choice]:
    """Return the commands whose words begin so, then those that have the text in what they do."""
    wanted = text.strip().lower()
    first = [word for word in commands if word.startswith(wanted)]
    others = [word for word in commands if word not in first and wanted in commands[word].help.lower()]
    return [choice(f"{word} · {commands[word].help}", word) for word in (*first, *others)]


def zones_like(text: str, now: datetime) -> list[Choice]:
    """Return the zones whose city, then whose name, begins so, then those that have it."""
    wanted = folded(text)
    if not wanted:
        return [zone_choice(name, now) for name in COMMON_ZONES]
    found = [
        (rank, name not in COMMON_ZONES, name)
        for known, name in zone_names().items()
        if (rank := likeness(known, name, wanted))
    ]
    return [zone_choice(name, now) for *_, name in sorted(found)[:MAX_CHOICES]]


def common_zones(language: str, now: datetime) -> list[Choice]:
    """Return the zones that are asked for, the likeliest for a language of Discord's app first."""
    likeliest = OF_LANGUAGES.get(language)
    others = [name for name in COMMON_ZONES if name != likeliest]
    names = ([likeliest] if likeliest else []) + others
    return [zone_choice(name, now) for name in names[:MAX_CHOICES]]


def zone_choice(name: str, now: datetime) -> Choice:
    """Return a zone with the time of day there: whoever chooses sees whether it is their own."""
    return choice(f"{name} · now {now.astimezone(zone_of(name)):%H:%M}", name)


def likeness(known: str, name: str, wanted: str) -> int:
    """Return how well a zone fits, 1 being best; 0 where it does not. Zones of today come first."""
    city = known.rpartition("/")[2]
    fits: Sequence[bool] = (city.startswith(wanted), known.startswith(wanted), wanted in known)
    if not any(fits):
        return 0
    return fits.index(True) + 1 + (0 if name in current_zones() else len(fits))
