"""What people type into a wish (times, days, until when, a place's ways), and a wish in words again.

Every mistake is one sentence that says what was wrong and how it is written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.domain.contradictions import contradiction
from bot.domain.places import Place, parse_place
from bot.domain.schedule import instant_of
from bot.domain.subscriptions import EVERY_DAY, WEEKDAYS
from bot.domain.text import and_words, counted, cut
from bot.domain.topics import TopicMistake, parse_topic
from bot.domain.zones import zone_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.domain.subscriptions import Empty, Layout, Subscription

QUOTED_CHARS = 40
"""How much of what somebody typed is repeated in an answer."""

TOPIC_CHARS = 60
"""How much of a topic is repeated in a sentence."""

MOST_TIMES = 24
"""Times of day of one subscription."""

LONGEST_PAUSE = timedelta(days=5 * 365)
"""Who wants to be left alone for longer leaves the end open."""


@dataclass(frozen=True, slots=True)
class WishMistake:
    """Something that was typed and cannot be meant."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody named of a subscription; None is what they did not name."""

    at: tuple[time, ...] | None = None
    tz: str | None = None
    days: tuple[str, ...] | None = None
    count: int | None = None
    topic: str | None = None
    min_upvotes: int | None = None
    layout: Layout | None = None
    empty: Empty | None = None

    def of(self, before: Subscription) -> Subscription:
        """Return a subscription with what was named changed, and all else kept."""
        return replace(
            before,
            at=before.at if self.at is None else self.at,
            tz=self.tz or before.tz,
            days=self.days or before.days,
            count=self.count or before.count,
            topic=before.topic if self.topic is None else self.topic,
            min_upvotes=before.min_upvotes if self.min_upvotes is None else self.min_upvotes,
            layout=self.layout or before.layout,
            empty=self.empty or before.empty,
        )


NOTHING_NAMED = Wish()


def quoted(text: str) -> str:
    """Return what somebody typed, to be repeated in a sentence."""
    return f"“{cut(text.strip(), QUOTED_CHARS)}”"


# --- Times of day -----------------------------------------------------------------

CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?: ?([ap])\.?m\.?)?", re.ASCII)
FOUR_DIGITS = re.compile(r"(\d{2})(\d{2})()", re.ASCII)
NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}

HALF_DAY = 12


def parse_times(text: str) -> tuple[time, ...] | WishMistake:
    """Return the times of day that a text names, with commas between them, in order and each once."""
    words = [word.strip() for word in text.split(",")]
    if not any(words):
        return WishMistake("A time of day is missing: write it like 09:00, several like 09:00,17:30.")
    times = set()
    for word in words:
        at = parse_time(word)
        if at is None:
            return WishMistake(wrong_time(word, text))
        times.add(at)
    if len(times) > MOST_TIMES:
        return WishMistake(f"Those are {len(times)} times a day; {MOST_TIMES} are the most.")
    return tuple(sorted(times))


def wrong_time(word: str, text: str) -> str:
    """Say what is wrong with one of the times."""
    if not word:
        return f"A time of day is missing in {quoted(text)}: several are written like 09:00,17:30."
    return f"{quoted(word)} is no time of day. Times are written like 09:00, 9:30 or 5pm."


def parse_time(text: str) -> time | None:
    """Return one time of day: `09:00`, `9`, `9.30`, `0930`, `9am`, `9:00 pm`, `noon`; None if it is none."""
    word = " ".join(text.lower().split())
    if word in NAMED_TIMES:
        return NAMED_TIMES[word]
    found = FOUR_DIGITS.fullmatch(word) or CLOCK.fullmatch(word)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half:
        if not 1 <= hour <= HALF_DAY:
            return None
        hour = hour % HALF_DAY + (HALF_DAY if half == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


# --- Days of the week -------------------------------------------------------------

WEEKENDS = ("sat", "sun")

DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

SEVERAL_DAYS = {
    "weekdays": WEEKDAYS,
    "weekday": WEEKDAYS,
    "daily": EVERY_DAY,
    "everyday": EVERY_DAY,
    "weekends": WEEKENDS,
    "weekend": WEEKENDS,
}

SHORTEST_DAY = 2
"""Letters that tell every day from the others."""

BETWEEN_DAYS = re.compile(r"[\s,]+")
TO_DAY = re.compile("[-–—]")


def parse_days(text: str) -> tuple[str, ...] | WishMistake:
    """Return the days of the week that a text names, Monday first: `weekdays`, `mon,wed`, `Friday`."""
    words = [word for word in BETWEEN_DAYS.split(text.lower()) if word]
    ways = "weekdays, daily, weekends, or days such as mon,wed"
    if not words:
        return WishMistake(f"The days are missing: write {ways}.")
    for word in words:
        if not days_of(word):
            return WishMistake(f"{quoted(word)} is no day. Write {ways}.")
    named = {day for word in words for day in days_of(word)}
    return tuple(day for day in EVERY_DAY if day in named)


def days_of(word: str) -> tuple[str, ...]:
    """Return the days that one word names, also from one to another (`fri-mon`); none if it names none."""
    if word in SEVERAL_DAYS:
        return SEVERAL_DAYS[word]
    match [number_of_day(part) for part in TO_DAY.split(word)]:
        case [int(day)]:
            return (EVERY_DAY[day],)
        case [int(first), int(last)]:
            length = (last - first) % len(EVERY_DAY) + 1
            return (EVERY_DAY * 2)[first : first + length]
        case _:
            return ()


def number_of_day(word: str) -> int | None:
    """Return which day a word begins to name (`mon`, `thurs`, `Fridays`), 0 for Monday; None if none."""
    beginning = word.lower()
    if beginning.removesuffix("s") in DAY_NAMES:
        return DAY_NAMES.index(beginning.removesuffix("s"))
    if len(beginning) < SHORTEST_DAY:
        return None
    return next((number for number, name in enumerate(DAY_NAMES) if name.startswith(beginning)), None)


# --- Topics -----------------------------------------------------------------------

ALL_TOPICS = {"", "all", "all topics", "none"}
"""What takes a topic away again."""


def parse_topic_wish(text: str) -> str | WishMistake:
    """Return a topic as it was written, empty for all; one that could match nothing is a mistake."""
    plain = "".join(letter for letter in text if letter.isprintable() or letter.isspace()).strip()
    if plain.lower() in ALL_TOPICS:
        return ""
    topic = parse_topic(plain)
    if isinstance(topic, TopicMistake):
        return WishMistake(str(topic))
    if clash := contradiction(topic):
        why = f"it wants “{clash.wanted}” and excludes “{clash.excluded}”"
        return WishMistake(f"{quoted(text)} can match nothing: {why}.")
    return topic.text


# --- Until when -------------------------------------------------------------------

SPAN = re.compile(r"(\d{1,4}|an?) ?([a-z]+)", re.ASCII)
UNITS = {
    "minute": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "h": timedelta(hours=1),
    "day": timedelta(days=1),
    "d": timedelta(days=1),
    "week": timedelta(weeks=1),
    "w": timedelta(weeks=1),
}


BEFORE_MOMENT = re.compile(r"^(?:until|till|for|in) ")
"""What people say before a moment or a span."""


def parse_until(text: str, now: datetime, zone: ZoneInfo) -> datetime | WishMistake:
    """Return the moment that a text names, which must be ahead: a date means its beginning in the zone.

    `2026-05-01`, `2026-05-01 09:00`, an ISO instant, `tomorrow`, `friday`, `2 weeks`, `until friday`.
    """
    plain = " ".join(text.lower().strip('"').split())
    until = moment_of(BEFORE_MOMENT.sub("", plain), now, zone)
    if until is None:
        ways = "a date such as 2026-05-01, a day such as friday, tomorrow, or 2 weeks"
        return WishMistake(f"{quoted(text)} names no moment. Write {ways}.")
    if until <= now:
        return WishMistake(f"{quoted(text)} is past: until is a moment still ahead.")
    if until - now > LONGEST_PAUSE:
        return WishMistake(f"{quoted(text)} is too far ahead; without until it lasts until you resume.")
    return until


def moment_of(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the moment that a text in small letters names, past or ahead; None if it names none."""
    if span := SPAN.fullmatch(text):
        unit = UNITS.get(span[2], UNITS.get(span[2].removesuffix("s")))
        # An instant needs no zone: a day's pause skips each time of day once, whatever the clocks do.
        return now + int(span[1] if span[1].isdigit() else 1) * unit if unit else None
    today = now.astimezone(zone).date()
    if (day := day_ahead(text, today)) is not None:
        return instant_of(day, time(0), zone)
    try:
        written = datetime.fromisoformat(text.upper())
        return written.astimezone(UTC) if written.tzinfo else wall_moment(written, zone)
    except (ValueError, OverflowError):  # the offset may lead out of the years 1 to 9999
        return None


def wall_moment(written: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a date and time as the zone's clocks show them."""
    return instant_of(written.date(), written.time(), zone)


def day_ahead(text: str, today: date) -> date | None:
    """Return the day that a word names: the next one of that name, where it is a day of the week."""
    near = {"yesterday": -1, "today": 0, "tomorrow": 1}
    if text in near:
        return today + timedelta(days=near[text])
    weekday = number_of_day(text)
    if weekday is None:
        return None
    return today + timedelta(days=(weekday - today.weekday() - 1) % len(EVERY_DAY) + 1)


# --- A place's ways ---------------------------------------------------------------

WAYS = {"emoji": "👍", "answers": "public", "notices": "", "notify": "off", "submit": "everyone"}
"""What can be set of a place, and what holds where nothing is set."""

SHORTCODE = re.compile(r":[\w+-]{1,64}:|<a?:\w{2,32}:\d{1,20}>", re.ASCII)
"""An emoji by its name, as Slack has them (`:eyes:`), or a server's own on Discord (`<:name:123>`)."""

LONGEST_EMOJI = 16
"""Characters of one emoji: a family or a flag is made of several."""

JOINERS = frozenset("\u200d\ufe0f\u20e3#*0123456789")
"""What stands inside of an emoji without being one; `1` with U+20E3 is a key."""

FIRST_EMOJI = "\u2000"
"""What comes before it are letters, marks and signs of writing."""

MENTION = re.compile(r"<#(\w{1,100})(?:\|[^>]*)?>", re.ASCII)
"""A channel as Discord and Slack write it when somebody picks one."""

CHANNEL_LINK = re.compile(
    r"https://(?:discord\.com/channels/(?P<guild>\d+)"
    r"|(?:[\w-]+\.)*slack\.com/(?:archives|client/(?P<team>\w+)))/(?P<channel>\w{1,100})(?:[/?].*)?",
    re.ASCII,
)
"""A channel's link, as Discord and Slack copy it. Behind Slack's command a channel comes as it was typed."""


def parse_emoji(text: str) -> str | WishMistake:
    """Return the emoji that a text is: one of Unicode, or the name of one."""
    word = text.strip()
    if SHORTCODE.fullmatch(word) or is_emoji(word):
        return word
    return WishMistake(f"{quoted(text)} is no emoji. Give one, such as 👍 or :eyes:.")


def is_emoji(text: str) -> bool:
    """Tell whether a text is one emoji, of however many characters. What it looks like is not asked."""
    symbols = [letter for letter in text if letter not in JOINERS]
    is_whole = all(unicodedata.category(letter) in {"So", "Sk", "Cf", "Mn", "Me"} for letter in symbols)
    return 0 < len(text) <= LONGEST_EMOJI and is_whole and any(letter > FIRST_EMOJI for letter in text)


def parse_notices(text: str, here: Place) -> str | WishMistake:
    """Return the place where notices go, `here`, a channel's link or mention included; empty for nowhere.

    It must be on the same server: whoever manages one may not write to another. The terminal may, as whoever
    has the shell manages every place.
    """
    word = text.strip()
    if word.lower() in {"", "none", "off"}:
        return ""
    if word.lower() == "here":
        return str(here)
    mention = MENTION.fullmatch(word)
    place = linked_place(word, here) or parse_place(f"{here.server_key}/{mention[1]}" if mention else word)
    if place is None:
        other = f"a place such as {here}" if here.platform == "terminal" else "the channel's link"
        return WishMistake(f"{quoted(text)} is no place. Write here, none, or {other}.")
    if place.server_key != here.server_key and here.platform != "terminal":
        return WishMistake(f"{place} is on another server; notices stay on this one.")
    return str(place)


def linked_place(text: str, here: Place) -> Place | None:
    """Return the channel that a link of the same platform names; Slack's may leave the workspace out."""
    found = CHANNEL_LINK.fullmatch(text)
    if found is None or here.platform != ("discord" if found["guild"] else "slack"):
        return None
    return Place(here.platform, found["guild"] or found["team"] or here.server, found["channel"])


# --- In words ---------------------------------------------------------------------


def days_words(days: tuple[str, ...]) -> str:
    """Return days in words: `weekdays`, `daily`, `weekends`, `Mon and Wed`."""
    for word, several in SEVERAL_DAYS.items():
        if set(days) == set(several):
            return word
    return and_words([day.capitalize() for day in EVERY_DAY if day in days])


def times_words(at: tuple[time, ...]) -> str:
    """Return times of day in words: `09:00`, `09:00 and 17:30`."""
    return and_words([f"{each:%H:%M}" for each in sorted(at)])


def schedule_words(subscription: Subscription) -> str:
    """Return when a subscription is due: `weekdays at 09:00 Paris`."""
    days, times = days_words(subscription.days), times_words(subscription.at)
    return f"{days} at {times} {zone_words(subscription.tz)}"


def topic_words(subscription: Subscription) -> str:
    """Return which papers a subscription wants: `all topics`, `on “agent”, from 10 upvotes on`."""
    topic = f"on “{cut(subscription.topic, TOPIC_CHARS)}”" if subscription.topic else "all topics"
    if not subscription.min_upvotes:
        return topic
    return f"{topic}, from {counted(subscription.min_upvotes, 'upvote')} on"


LAYOUT_WORDS = {"posts": "a message each", "thread": "in a thread"}
EMPTY_WORDS = {"always": "saying each time that nothing came", "quiet": "without a word where nothing came"}


def wish_words(subscription: Subscription, where: str = "") -> str:
    """Return a subscription in words: `5 papers in #papers, weekdays at 09:00 Paris, all topics`."""
    count = counted(subscription.count, "paper")
    what = f"the week's leaderboard ({count})" if subscription.layout == "recap" else count
    parts = (
        f"{what} in {where}" if where else what,
        schedule_words(subscription),
        topic_words(subscription),
        LAYOUT_WORDS.get(subscription.layout, ""),
        EMPTY_WORDS.get(subscription.empty, ""),
    )
    return ", ".join(filter(None, parts))


def changes_words(before: Subscription, after: Subscription) -> list[str]:
    """Return what differs between two states of a subscription: `times 09:00 → 10:00`, `count 5 → 3`."""
    told = zip(told_of(before), told_of(after), strict=True)
    return [f"{name} {old} → {new}" for (name, old), (_, new) in told if old != new]


def told_of(subscription: Subscription) -> tuple[tuple[str, str], ...]:
    """Return what can be changed of a subscription, each with its value in words."""
    return (
        ("times", times_words(subscription.at)),
        ("zone", subscription.tz),
        ("days", days_words(subscription.days)),
        ("count", str(subscription.count)),
        ("topic", f"“{cut(subscription.topic, TOPIC_CHARS)}”" if subscription.topic else "all"),
        ("least upvotes", f"{subscription.min_upvotes:,}"),
        ("layout", subscription.layout),
        ("empty", subscription.empty),
    )
