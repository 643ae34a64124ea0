"""The sentences of editions: why a paper was chosen, what was chosen from, and why nothing was. Pure."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.domain.periods import day_words, feed_day, span_words
from bot.domain.ranking import FRESH, MOVEMENT
from bot.domain.schedule import zone_of
from bot.domain.text import counted, cut
from bot.domain.wishes import days_words, times_words
from bot.domain.zones import zone_words

if TYPE_CHECKING:
    from datetime import date, datetime, time

    from bot.domain.due import Fire
    from bot.domain.editions import Candidate, Edition
    from bot.domain.papers import Figure, Listed
    from bot.domain.schedule import Firing
    from bot.domain.shares import FilterShares, Shares

TOPIC_CHARS = 60
"""How much of a topic is repeated in a sentence."""

LATELY = timedelta(days=6)
"""How long a day is called by its name alone."""

RECAP_SPAN = timedelta(days=7)
"""The week that a recap tells of."""

SOURCE = "Hugging Face"
SOURCE_IS_DOWN = f"{SOURCE} has not answered since"

SUBMITTED_HERE = "submitted here"

NUMBERS = ("no", "one", "two", "three", "four", "five")


# --- What an edition says above its papers ------------------------------------------


def heading_of(day: date, now: datetime) -> str:
    """Return the heading of an edition of a local date: `Papers · Friday 24 April`."""
    return f"Papers · {day_words(day, feed_day(now))}"


def summary_of(edition: Edition) -> str:
    """Return an edition in words: `5 papers for Friday 24 April, the top 5 of 15 listed so far`."""
    of_day = edition.heading.partition(" · ")[2]
    notes = (f", {note[:1].lower()}{note[1:]}" for note in edition.notes[:1])
    return f"{counted(len(edition.papers), 'paper')} for {of_day}{''.join(notes)}"


def list_words(newest: date, day: date, now: datetime) -> str:
    """Return what papers of the newest list are: `listed so far`, `on Thursday's list`.

    `day` is the edition's own local date; a list is called by its name where it is of another day.
    """
    is_growing = newest == feed_day(now)
    if newest == day and is_growing:
        return "listed so far"
    so_far = "so far " if is_growing else ""
    return f"{so_far}on {day_name(newest, feed_day(now))}'s list"


def list_note(
    from_newest: int, of_newest: int, from_older: int, listed: str, manner: str, *, submitted: int = 0
) -> str:
    """Say what part of the newest list an edition brings: `The top 5 of 15 listed so far`.

    `listed` is what `list_words` returns, `manner` what `manner_of` does.
    """
    if from_newest == of_newest:
        some = "the only one" if from_newest == 1 else f"all {from_newest:,}"
    else:
        some = f"{manner.format('one' if from_newest == 1 else f'{from_newest:,}')} of {of_newest:,}"
    parts = [
        f"{some} {listed}" if from_newest else "",
        f"{counted(from_older, 'paper')} of earlier lists" if from_older else "",
        f"{counted(submitted, 'paper')} {SUBMITTED_HERE}" if submitted else "",
    ]
    *first, last = filter(None, parts)
    sentence = f"{', '.join(first)}, and {last}" if first else last
    return sentence[0].upper() + sentence[1:]


def manner_of(topic: str, *, is_top: bool, is_more: bool) -> str:
    """Return how papers were taken from a list, with `{}` for how many.

    `is_more` tells that the place has had some of that list before.
    """
    if is_top:
        return "the top {}"
    more = "{} more" if is_more else "{}"
    # A topic may have braces of its own.
    about = cut(topic, TOPIC_CHARS).replace("{", "{{").replace("}", "}}")
    return f"{more} on “{about}”" if topic else more


@lru_cache(maxsize=1_000)
def footer_of(at: tuple[time, ...], days: tuple[str, ...], tz: str) -> str:
    """Return whose wish an edition is: `Weekdays 09:00 Paris · why these? /papers status`."""
    words = days_words(days)
    when = f"{words[:1].upper()}{words[1:]} {times_words(at)} {zone_words(tz)}"
    return f"{when} · why these? /papers status"


# --- Why a paper was chosen -----------------------------------------------------------


def because_of(candidate: Candidate, newest: date | None, now: datetime) -> tuple[str, ...]:
    """Return why a paper was chosen: `84 upvotes`, `12 in the last 3 hours`, `3 votes here`, a late riser."""
    listed = candidate.listed
    votes = (f"{counted(listed.votes, 'vote')} here",) if listed.votes else ()
    submitted = (SUBMITTED_HERE,) if candidate.is_submitted else ()
    return (counted(listed.upvotes, "upvote"), *moved(candidate, newest, now), *votes, *submitted)


def moved(candidate: Candidate, newest: date | None, now: datetime) -> tuple[str, ...]:
    """Tell how a paper of the lists rose."""
    first = candidate.first_listed
    if first is None:
        return ()
    is_earlier = newest is not None and first < newest
    return late_riser(candidate.listed, first, now) if is_earlier else fresh_rise(candidate.listed, now)


def late_riser(listed: Listed, first: date, now: datetime) -> tuple[str, ...]:
    """Tell when a paper was listed, and how it rose: `listed Thursday, 9 → 140 upvotes since`."""
    day = f"listed {day_name(first, feed_day(now))}"
    if listed.earlier is None or listed.upvotes <= listed.earlier.upvotes:
        return (day,)
    return (f"{day}, {listed.earlier.upvotes:,} → {listed.upvotes:,} upvotes since",)


def fresh_rise(listed: Listed, now: datetime) -> tuple[str, ...]:
    """Tell how many upvotes came since a paper was first seen, where that was in the last three hours."""
    if listed.earlier is None or listed.seen_at is None or not is_news(listed.earlier, listed.seen_at, now):
        return ()
    rise = listed.upvotes - listed.earlier.upvotes
    return (f"{rise:,} in the last {MOVEMENT // timedelta(hours=1)} hours",) if rise > 0 else ()


def is_news(first: Figure, seen_at: datetime, now: datetime) -> bool:
    """Tell whether what moved since the first figure moved lately."""
    return seen_at - first.seen_at <= MOVEMENT and now - seen_at <= FRESH


def day_name(day: date, today: date) -> str:
    """Return a day's name alone where it was lately: `Thursday`, `Thursday 16 April`."""
    return f"{day:%A}" if today - day <= LATELY else day_words(day, today)


# --- Why there is nothing ---------------------------------------------------------------


def nothing_words(shares: Shares, topic: str, min_upvotes: int, since: date | None) -> str:
    """Say that there is nothing, and what each filter took. `since` is the oldest list's day.

    `Nothing on “teaching” since Mon 20 April: 0 of 84 papers matched.`
    """
    if since is None:
        return "No list has come that I could choose from."
    papers, taken = counted(shares.looked_at, "paper"), ", ".join(taken_words(shares, min_upvotes))
    if not topic:
        return f"Nothing new since {short_day(since)}: of {papers}, {taken}."
    matched = f"{shares.looked_at - shares.off_topic:,} of {papers} matched"
    about = f"on “{cut(topic, TOPIC_CHARS)}” since {short_day(since)}"
    return f"Nothing {about}: {matched}{'; ' if taken else ''}{taken}."


def taken_words(shares: Shares, min_upvotes: int) -> list[str]:
    """Say what the other filters took of what a topic left."""
    parts = (
        (shares.had, "was here already", "were here already"),
        (shares.under, *(f"{verb} under {counted(min_upvotes, 'upvote')}" for verb in ("has", "have"))),
        (shares.hidden, "is hidden", "are hidden"),
    )
    return [f"{number:,} {one if number == 1 else many}" for number, one, many in parts if number]


def next_look(firing: Firing | None, tz: str) -> str:
    """Say when the next edition is looked for: `Next look Mon 27 April, 09:00 Paris.`; empty if never."""
    return f" Next look {moment_words(firing.at, tz)}." if firing else ""


def moment_words(at: datetime, tz: str) -> str:
    """Return an instant by a zone's clock: `Mon 27 April, 09:00 Paris`."""
    local = at.astimezone(zone_of(tz))
    return f"{short_day(local.date())}, {local:%H:%M} {zone_words(tz)}"


def clock_words(at: datetime, tz: str, now: datetime) -> str:
    """Return an instant by a zone's clock, with its day where that is not today: `06:40 Paris`."""
    local, today = (moment.astimezone(zone_of(tz)) for moment in (at, now))
    return f"{local:%H:%M} {zone_words(tz)}" if local.date() == today.date() else moment_words(at, tz)


def short_day(day: date) -> str:
    """Return a day in few letters: `Mon 20 April`."""
    return f"{day:%a} {day.day} {day:%B}"


# --- Faults -------------------------------------------------------------------------------


def source_down_words(since: datetime, tz: str, now: datetime) -> str:
    """Say since when the source is down, and that nothing is lost."""
    return f"{SOURCE_IS_DOWN} {clock_words(since, tz, now)}. What it lists later comes in the next edition."


def blames_source(reason: str) -> bool:
    """Tell whether an edition was empty for a source that was down then."""
    return reason.startswith(SOURCE_IS_DOWN)


def source_back_words(since: datetime, tz: str, now: datetime) -> str:
    """Say that a fault that was told is over."""
    return f"{SOURCE} answers again; it had not since {clock_words(since, tz, now)}."


def late_words(fire: Fire, tz: str, now: datetime) -> str:
    """Say that an edition is late, or covers earlier ones; empty where it is on time and alone."""
    if fire.missed:
        editions = counted(fire.missed, "earlier edition")
        away = " I was not running." if fire.was_away else ""
        return f"This also covers {editions}, due since {moment_words(fire.oldest.at, tz)}.{away}"
    if not fire.is_late:
        return ""
    due = f"This was due {clock_words(fire.firing.at, tz, now)}"
    return f"{due}; I was not running then." if fire.was_away else f"{due} and comes late."


def not_made_words(fire: Fire, tz: str, now: datetime) -> str:
    """Say what was not made in time, where there is no post that could say it of itself; else empty."""
    posts, oldest = fire.missed + fire.is_late, clock_words(fire.oldest.at, tz, now)
    if not posts:
        return ""
    what = f"The post due {oldest} was" if posts == 1 else f"{posts} posts due since {oldest} were"
    return f"{what} not made in time{': I was not running' if fire.was_away else ''}."


# --- Recap -----------------------------------------------------------------------------------


def recap_heading(now: datetime) -> str:
    """Return the heading of a recap: `Most votes · 18–24 April`."""
    last = feed_day(now)
    return f"Most votes · {span_words(last - RECAP_SPAN + timedelta(days=1), last)}"


def nobody_voted(topic: str) -> str:
    """Say that there is no leaderboard."""
    about = f" for a paper on “{cut(topic, TOPIC_CHARS)}”" if topic else ""
    return f"Nobody has voted{about} in the last {RECAP_SPAN.days} days."


# --- What a filter would have given ------------------------------------------------------------


def would_have_given(shares: FilterShares, topic: str, min_upvotes: int) -> tuple[str, ...]:
    """Say what a filter would have left of the last lists, and what each of its parts takes.

    `The last five lists would have given 5, 5, 5, 5, 5 papers.` `Of their 84 papers, 80 are not on “agent”.`
    """
    if not shares.given:
        return ("No list has come yet that a filter could be tried on.",)
    number = len(shares.given)
    lists = "list" if number == 1 else f"{NUMBERS[number] if number < len(NUMBERS) else number} lists"
    given = ", ".join(f"{count:,}" for count in shares.given)
    plural = "paper" if shares.given == (1,) else "papers"
    first = f"The last {lists} would have given {given} {plural}."
    parts = filter_parts(shares.parts, topic, min_upvotes)
    whose = f"Of {'its' if number == 1 else 'their'} {counted(shares.parts.looked_at, 'paper')}"
    return (first, f"{whose}, {', '.join(parts)}.") if parts else (first,)


def filter_parts(shares: Shares, topic: str, min_upvotes: int) -> list[str]:
    """Say what each part of a filter takes."""
    off = shares.off_topic
    on_topic = [f"{off:,} {'is' if off == 1 else 'are'} not on “{cut(topic, TOPIC_CHARS)}”"] if off else []
    return [*on_topic, *taken_words(shares, min_upvotes)]
