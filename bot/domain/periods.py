"""Feed days, ISO weeks and months.

A feed day is a UTC date. Weeks and months are built from days: no source is asked for them, as one that knows
`W01` to `W52` alone would lose the 53rd week of 2026.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, timedelta

ARCHIVE_START = date(2023, 5, 4)
"""The first day that has a Daily Papers list."""

SATURDAY = 5

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
ISO_WEEK = re.compile(r"(\d{4})-?W(\d{2})", re.ASCII | re.IGNORECASE)
ISO_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included, with the name that people read."""

    first: date
    last: date
    label: str


def feed_day(now: datetime) -> date:
    """Return the feed day of an instant: its UTC date."""
    return now.astimezone(UTC).date()


def is_list_day(day: date) -> bool:
    """Tell whether a list is expected on a day: Monday to Friday."""
    return day.weekday() < SATURDAY


def parse_day(text: str, today: date) -> date | None:
    """Return the day that `2026-04-24`, `today` or `yesterday` names; None if it names none."""
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    if text.lower() in named:
        return named[text.lower()]
    if not ISO_DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def week_of(day: date) -> Period:
    """Return the ISO week that a day is in, Monday to Sunday."""
    year, number, _ = day.isocalendar()
    first = date.fromisocalendar(year, number, 1)
    last = first + timedelta(days=6)
    return Period(first, last, f"week {number} of {year} ({span_words(first, last)})")


def month_of(day: date) -> Period:
    """Return the month that a day is in."""
    last = day.replace(day=monthrange(day.year, day.month)[1])
    return Period(day.replace(day=1), last, f"{day:%B} {day.year}")


def weeks_in(year: int) -> int:
    """Return how many ISO weeks a year has, 52 or 53: the 28th of December is always in the last."""
    return date(year, 12, 28).isocalendar().week


def parse_week(text: str) -> Period | str:
    """Return the week that `2026-W17` names, or the sentence that says why it names none."""
    named = ISO_WEEK.fullmatch(text)
    if named is None or not 0 < int(named[1]) < MAXYEAR:
        return f"“{text}” names no week. Weeks are written like 2026-W17."
    year, number = int(named[1]), int(named[2])
    if not 1 <= number <= weeks_in(year):
        return f"{year} has weeks W01 to W{weeks_in(year)}, so {year}-W{number:02} is none."
    return week_of(date.fromisocalendar(year, number, 1))


def parse_month(text: str) -> Period | str:
    """Return the month that `2026-04` names, or the sentence that says why it names none."""
    named = ISO_MONTH.fullmatch(text)
    if named is None or not int(named[1]):
        return f"“{text}” names no month. Months are written like 2026-04."
    year, number = int(named[1]), int(named[2])
    if not 1 <= number <= 12:  # noqa: PLR2004 - the months of a year
        return f"A year has months 01 to 12, so {text} is none."
    return month_of(date(year, number, 1))


CALENDAR = re.compile(
    r"(?:this|last|past|previous|current|next|now|today|yesterday|week|month|year|jan|feb|mar|apr|may|june?|july?"
    r"|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october|november|december)s?",
    re.IGNORECASE,
)


MOMENT = re.compile(
    r"\d{1,4}(?:min|h|d|w|minutes?|hours?|days?|weeks?)?|\d{4}-\d{2}.*|an?|for|in|until|till|next|today|tomorrow"
    r"|yesterday|(?:mon|tue|wed|thu|fri|sat|sun|tues|wednes|thurs|satur)(?:days?)?",
    re.IGNORECASE,
)


def may_name_moment(word: str) -> bool:
    """Tell whether a word begins what is meant as a moment ahead: `friday`, `2` of `2 weeks`."""
    return MOMENT.fullmatch(word) is not None


def may_name_period(word: str) -> bool:
    """Tell whether a word is meant as a week or month, if not as one that can be read: `last`, `W17`."""
    return any(letter.isdigit() for letter in word) or CALENDAR.fullmatch(word) is not None


def day_words(day: date, today: date) -> str:
    """Return a day as a title has it: `Friday 24 April`, with the year where it is not this one."""
    return f"{day:%A} {day.day} {day:%B}" + ("" if day.year == today.year else f" {day.year}")


def span_words(first: date, last: date) -> str:
    """Return a span of days: `20–26 April`, `27 April–3 May`."""
    if first.month == last.month:
        return f"{first.day}–{last.day} {last:%B}"
    return f"{first.day} {first:%B}–{last.day} {last:%B}"
