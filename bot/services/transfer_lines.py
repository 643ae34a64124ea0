"""The lines of an export: each record as one JSON object, and back, checked."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Never, TypeVar, assert_never, cast
from zoneinfo import ZoneInfo

from bot.domain.deliveries import MessageRef
from bot.domain.paper_ids import parse_paper_id
from bot.domain.places import Identity, Place, PlaceKind, PlaceProfile, parse_identity, parse_place
from bot.domain.records import BallotPaper, Forgotten, Hide, Member, Secret
from bot.domain.subscriptions import EVERY_DAY, WEEKDAYS, Empty, Layout, Subscription
from bot.domain.topics import TopicMistake, parse_topic
from bot.domain.votes import Act, Dislike, Had, Link, Means, Save, Submission

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.domain.papers import PaperId
    from bot.domain.records import MadeRecord
    from bot.ports import Record

LONGEST_QUOTE = 40
MOST_PAPERS = 25
"""`count` of a subscription."""
MOST_ON_LIST = 100
"""The highest number of a paper in a message."""
WALL_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
SUBSCRIPTION_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
FIRED = "last_fired_at"
"""The key of a subscription's last firing: its next edition after an import covers what came since."""
DAYS = {"weekdays": WEEKDAYS, "daily": EVERY_DAY, "weekends": ("sat", "sun")}
"""Names for several days, as `subscribe` takes them."""

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class LineFault:
    """A line, counted from 1, that cannot be imported."""

    number: int
    why: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.why}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was read; `fired_at` is a subscription's last firing, where it says one."""

    record: Record
    fired_at: datetime | None = None


class WrongLineError(ValueError):
    """What is wrong with a line; caught before it leaves this module."""


# --- Writing ----------------------------------------------------------------------


def line_of(record: Record, fired_at: datetime | None = None) -> str:
    """Write a record as one line, without its end mark. Keys without a value are left out; 0 is a value."""
    keys = {"type": type_of(record), **_keys_of(record), FIRED: written(fired_at)}
    known = {name: value for name, value in keys.items() if value not in (None, "", ())}
    return json.dumps(known, ensure_ascii=False)


def type_of(record: Record) -> str:  # noqa: PLR0911 - one for each kind of record
    """Return the word that a line of such a record has as its `type`."""
    match record:
        case PlaceProfile():
            return "place"
        case Link():
            return "link"
        case Subscription():
            return "subscription"
        case Act():
            return "vote"
        case Had():
            return "had"
        case Submission():
            return "submission"
        case Save():
            return "save"
        case Dislike():
            return "dislike"
        case _:
            return WORDS[type(record)]


WORDS: Mapping[type[MadeRecord], str] = {
    Member: "community",
    Hide: "hide",
    BallotPaper: "ballot",
    Forgotten: "forgotten",
    Secret: "secret",
}


def _keys_of(record: Record) -> Mapping[str, object]:  # noqa: PLR0911 - one for each kind of record
    match record:
        case PlaceProfile(place, kind, settings):
            return {"place": str(place), "kind": kind, "settings": dict(sorted(settings.items()))}
        case Link(identity, person, at):
            return {"identity": identity, "person": person, "at": written(at)}
        case Subscription():
            return _keys_of_subscription(record)
        case Act(paper, identity, place, means, at, message):
            who = {"person": identity, "paper": paper, "place": str(place), "at": written(at)}
            return {**who, "message": message, "means": means}
        case Had(place, paper, at):
            return {"place": str(place), "paper": paper, "at": written(at)}
        case Submission(paper, place, identity, at, note, hidden_at):
            what = {"paper": paper, "place": str(place), "person": identity, "at": written(at)}
            return {**what, "note": note, "hidden_at": written(hidden_at)}
        case Save(identity, paper, at):
            return {"person": identity, "paper": paper, "at": written(at)}
        case Dislike(identity, paper, place, at, message):
            who = {"person": identity, "paper": paper, "place": str(place), "at": written(at)}
            return {**who, "message": message}
        case _:
            return _keys_of_made(record)


def _keys_of_made(record: MadeRecord) -> Mapping[str, object]:
    match record:
        case Member(server, community):
            return {"server": server, "community": community}
        case Hide(place, paper, identity, at):
            return {"place": str(place), "paper": paper, "person": identity, "at": written(at)}
        case BallotPaper(message, number, place, paper, at):
            shown = {"message": message, "number": number, "paper": paper}
            return {"place": str(place), **shown, "at": written(at)}
        case Forgotten(hashed, at):
            return {"hash": hashed, "at": written(at)}
        case Secret(name, value):
            return {"name": name, "value": value}
        case _:
            assert_never(record)


def _keys_of_subscription(record: Subscription) -> Mapping[str, object]:
    return {
        "id": record.id,
        "place": str(record.place),
        "at": [wall.isoformat("minutes") for wall in record.at],
        "tz": record.tz,
        "days": list(record.days),
        "count": record.count,
        "topic": record.topic,
        "min_upvotes": record.min_upvotes,
        "layout": record.layout,
        "empty": record.empty,
        "created_by": record.created_by,
        "created_at": written(record.created_at),
        "paused_at": written(record.paused_at),
        "paused_until": written(record.paused_until),
        "pause_reason": record.pause_reason,
    }


def written(instant: datetime | None) -> str:
    """Write an instant exactly: `2026-04-24T09:00:00Z`; empty for none."""
    return "" if instant is None else instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


# --- Reading ----------------------------------------------------------------------


def parse_line(text: str, number: int, now: datetime) -> Line | LineFault:
    """Read a line. A subscription without `id` has an empty one; an `at` that is missing is `now`."""
    try:
        keys = Keys(_object(text), now)
        record = _record(keys)
        return Line(record, keys.instant(FIRED) if isinstance(record, Subscription) else None)
    except WrongLineError as wrong:
        return LineFault(number, str(wrong))


def _object(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    # deeply nested brackets end in a RecursionError
    except (ValueError, RecursionError):
        raise WrongLineError("this is not JSON; each line holds one JSON object") from None
    if not isinstance(found, dict):
        raise WrongLineError("each line holds one JSON object, {…}")
    return cast("Mapping[str, object]", found)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a line, each read as what it has to be."""

    values: Mapping[str, object]
    now: datetime

    def text(self, name: str) -> str:
        """Return a text; empty where it is missing."""
        return storable(name, self.values.get(name))

    def needed(self, name: str) -> str:
        """Return a text that may not be missing."""
        return self.text(name) or _wrong(f"“{name}” is missing")

    def number(self, name: str, default: int, most: int) -> int:
        """Return a whole number from 0 to `most`."""
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            _wrong(f"“{name}” must be a whole number up to {most:,}")
        return value

    def several(self, name: str) -> tuple[str, ...]:
        """Return texts: of a list, or of one text with commas."""
        value = self.values.get(name)
        parts = value if isinstance(value, list) else self.text(name).split(",")
        return tuple(word for part in parts if (word := storable(name, part).strip()))

    def choice(self, name: str, default: Choice) -> Choice:
        """Return one of the words that a key may have."""
        word = self.text(name) or default.value
        try:
            return type(default)(word)
        except ValueError:
            return _wrong(f"“{name}” must be one of {', '.join(type(default))}, not “{shown(word)}”")

    def place(self, name: str) -> Place:
        """Return a place."""
        text = self.needed(name)
        return parse_place(text) or _wrong(f"“{shown(text)}” is no place such as discord:1234/5678")

    def identity(self, name: str) -> Identity:
        """Return who somebody is."""
        text = self.needed(name)
        return parse_identity(text) or _wrong(f"“{shown(text)}” is no person such as discord:1234")

    def somebody(self, name: str) -> Identity:
        """Return who somebody is; empty where that is missing, as of those who were forgotten."""
        return self.identity(name) if self.text(name) else Identity("")

    def server(self, name: str) -> str:
        """Return a server or workspace."""
        text = self.needed(name)
        found = parse_place(f"{text}/x")
        return found.server_key if found else _wrong(f"“{shown(text)}” is no server such as discord:1234")

    def paper(self, name: str) -> PaperId:
        """Return a paper's identifier."""
        text = self.needed(name)
        return parse_paper_id(text) or _wrong(f"“{shown(text)}” is no paper such as 2604.01234")

    def instant(self, name: str) -> datetime | None:
        """Return an instant; None where it is missing."""
        text = self.text(name)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        # the offset may lead out of the years 1 to 9999
        except (ValueError, OverflowError):
            return _wrong(f"“{shown(text)}” is no instant such as 2026-04-24T09:00:00Z")


def _wrong(why: str) -> Never:
    raise WrongLineError(why)


def shown(text: str) -> str:
    """Return the beginning of a text, to be quoted in a sentence."""
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"


def storable(name: str, value: object) -> str:
    """Return a text that every database keeps alike; empty for none."""
    if value is None:
        return ""
    if not isinstance(value, str):
        _wrong(f"“{name}” must be a text")
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        _wrong(f"“{name}” holds a character that no text may have")
    return value


def _record(keys: Keys) -> Record:
    kind = keys.needed("type")
    reader = READERS.get(kind)
    if reader is None:
        _wrong(f"“{shown(kind)}” is no type that this version knows; a newer papers-bot may have written it")
    return reader(keys)


def _place(keys: Keys) -> PlaceProfile:
    settings = keys.values.get("settings") or {}
    if not isinstance(settings, dict):
        _wrong("“settings” must be an object of texts")
    ways = {storable("settings", name): storable(name, value) for name, value in settings.items()}
    return PlaceProfile(keys.place("place"), keys.choice("kind", PlaceKind.CHANNEL), ways)


def _link(keys: Keys) -> Link:
    return Link(keys.identity("identity"), keys.identity("person"), keys.instant("at") or keys.now)


def _subscription(keys: Keys) -> Subscription:
    return Subscription(
        id=_subscription_id(keys),
        place=keys.place("place"),
        at=_wall_times(keys),
        tz=_zone(keys),
        days=_days(keys),
        count=keys.number("count", 5, MOST_PAPERS) or _wrong("“count” must be at least 1"),
        topic=_topic(keys),
        min_upvotes=keys.number("min_upvotes", 0, 1_000_000),
        layout=keys.choice("layout", Layout.DIGEST),
        empty=keys.choice("empty", Empty.ONCE),
        created_by=keys.identity("created_by") if keys.text("created_by") else None,
        created_at=keys.instant("created_at"),
        paused_at=keys.instant("paused_at"),
        paused_until=keys.instant("paused_until"),
        pause_reason=keys.text("pause_reason"),
    )


def _subscription_id(keys: Keys) -> str:
    text = keys.text("id")
    if text and not SUBSCRIPTION_ID.fullmatch(text):
        _wrong(f"“{shown(text)}” is no id: it may have letters, digits, - and _")
    return text


def _wall_times(keys: Keys) -> tuple[time, ...]:
    words = keys.several("at") or _wrong("“at” is missing")
    for word in words:
        if not WALL_TIME.fullmatch(word):
            _wrong(f"“{shown(word)}” is no time of day such as 09:00")
    return tuple(time.fromisoformat(word) for word in words)


def _zone(keys: Keys) -> str:
    name = keys.needed("tz")
    try:
        ZoneInfo(name)
    # a folder of zones (`Europe`) is an OSError, an unknown name a KeyError, `../x` a ValueError
    except (KeyError, ValueError, OSError):
        _wrong(f"“{shown(name)}” is no time zone such as Europe/Berlin")
    return name


def _days(keys: Keys) -> tuple[str, ...]:
    words = keys.several("days") or ("weekdays",)
    days = tuple(day for word in words for day in DAYS.get(word, (word,)))
    for day in days:
        if day not in EVERY_DAY:
            _wrong(f"“{shown(day)}” is no day: write mon, tue … or weekdays, daily, weekends")
    return tuple(dict.fromkeys(days))


def _topic(keys: Keys) -> str:
    topic = keys.text("topic")
    mistake = parse_topic(topic) if topic else None
    if isinstance(mistake, TopicMistake):
        _wrong(f"“topic” is not right: {mistake}")
    return topic


def _vote(keys: Keys) -> Act:
    message = keys.text("message")
    return Act(
        paper=keys.paper("paper"),
        identity=keys.identity("person"),
        place=keys.place("place"),
        means=keys.choice("means", Means.REACTION if message else Means.COMMAND),
        at=keys.instant("at") or keys.now,
        message=message,
    )


def _had(keys: Keys) -> Had:
    return Had(keys.place("place"), keys.paper("paper"), keys.instant("at") or keys.now)


def _submission(keys: Keys) -> Submission:
    return Submission(
        paper=keys.paper("paper"),
        place=keys.place("place"),
        identity=keys.somebody("person"),
        at=keys.instant("at") or keys.now,
        note=keys.text("note"),
        hidden_at=keys.instant("hidden_at"),
    )


def _save(keys: Keys) -> Save:
    return Save(keys.identity("person"), keys.paper("paper"), keys.instant("at") or keys.now)


def _dislike(keys: Keys) -> Dislike:
    what = keys.identity("person"), keys.paper("paper"), keys.place("place"), keys.instant("at") or keys.now
    return Dislike(*what, keys.needed("message"))


def _member(keys: Keys) -> Member:
    return Member(keys.server("server"), keys.needed("community"))


def _hide(keys: Keys) -> Hide:
    at = keys.instant("at") or keys.now
    return Hide(keys.place("place"), keys.paper("paper"), keys.somebody("person"), at)


def _ballot(keys: Keys) -> BallotPaper:
    return BallotPaper(
        message=MessageRef(keys.needed("message")),
        number=keys.number("number", 0, MOST_ON_LIST),
        place=keys.place("place"),
        paper=keys.paper("paper"),
        at=keys.instant("at") or keys.now,
    )


def _forgotten(keys: Keys) -> Forgotten:
    return Forgotten(keys.needed("hash"), keys.instant("at") or keys.now)


def _secret(keys: Keys) -> Secret:
    return Secret(keys.needed("name"), keys.needed("value"))


READERS: Mapping[str, Callable[[Keys], Record]] = {
    "place": _place,
    "link": _link,
    "subscription": _subscription,
    "vote": _vote,
    "had": _had,
    "submission": _submission,
    "save": _save,
    "dislike": _dislike,
    "community": _member,
    "hide": _hide,
    "ballot": _ballot,
    "forgotten": _forgotten,
    "secret": _secret,
}
