"""The commands that answer with the papers of a day, a week, a month, or with the leaderboard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from bot.domain.answers import NOTHING_FETCHED, PaperList, Ranked, Refusal, Section
from bot.domain.periods import (
    ARCHIVE_START,
    Period,
    day_words,
    feed_day,
    is_list_day,
    month_of,
    parse_day,
    parse_month,
    parse_week,
    week_of,
)
from bot.domain.ranking import because, disagreements, leader_reasons
from bot.domain.text import counted, cut, full_day
from bot.ports import Best, MostVoted, NewestLists, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from bot.commands.desk import Desk
    from bot.commands.spec import Invocation
    from bot.domain.papers import Listed
    from bot.domain.places import Place
    from bot.domain.topics import Topic
    from bot.ports import Shown

LISTS_OF_TODAY = 2
"""The newest list, and the one that fills it."""

LATELY = timedelta(days=6)
"""How long a day is called by its name alone: `Friday's`."""

TOPIC_CHARS = 60
"""How much of a topic is repeated in an answer."""

SPANS = {"week": timedelta(days=7), "month": timedelta(days=30), "year": timedelta(days=365)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a list was asked for: at most `count` papers, those that match the topic where there is one."""

    count: int
    topic: Topic | None

    @property
    def limit(self) -> int | None:
        """How many papers the store need return; all, where a topic is yet to choose among them."""
        return None if self.topic else self.count

    def choose(self, papers: Iterable[Listed]) -> list[Listed]:
        """Return the first `count` papers that match."""
        return list(islice(filter(self.matches, papers), self.count))

    def matches(self, listed: Listed) -> bool:
        """Tell whether a paper matches the topic."""
        return self.topic is None or self.topic.judge(listed.paper).matches

    def share(self, papers: Sequence[Listed], where: str = "") -> tuple[str, ...]:
        """Say how many of the papers (`on Friday's list`) match the topic, where there is one."""
        if self.topic is None:
            return ()
        matching = sum(map(self.matches, papers))
        whole = f"{counted(len(papers), 'paper')} {where}".strip()
        verb = "matches" if matching == 1 else "match"
        return (f"{matching:,} of {whole} {verb} “{cut(self.topic.text, TOPIC_CHARS)}”.",)


def wanted(ask: Invocation) -> Wanted | Refusal:
    """Read count and topic; a mistake in the topic is a refusal that shows its place."""
    text, count = ask.text("topic").strip(), ask.number("count")
    if not text:
        return Wanted(count, None)
    from bot.domain.topics import TopicMistake, parse_topic  # noqa: PLC0415 - most lists have no topic

    topic = parse_topic(text)
    return Refusal(str(topic), wrong_usage=True) if isinstance(topic, TopicMistake) else Wanted(count, topic)


def as_kept(answer: PaperList, shown: Shown) -> PaperList:
    """Note on a list whether the place keeps it for the asker alone."""
    return replace(answer, is_private=shown.profile is not None and shown.profile.keeps_lists_private)


def ranked(papers: Iterable[Listed], now: datetime) -> tuple[Ranked, ...]:
    """Add to each paper why it stands there."""
    return tuple(Ranked(listed, because(listed, now)) for listed in papers)


# --- today --------------------------------------------------------------------


async def today(ask: Invocation, desk: Desk) -> PaperList | Refusal:
    """Answer with the current list, filled from the one before while it is short."""
    want = wanted(ask)
    if isinstance(want, Refusal):
        return want
    now = desk.clock.now()
    newest = NewestLists(feed_day(now), LISTS_OF_TODAY)
    shown = await desk.shown(ask.place, newest, limit=want.limit)
    return as_kept(todays_list(shown.papers, want, now), shown)


def todays_list(stored: Sequence[Listed], want: Wanted, now: datetime) -> PaperList:
    """Make today's list of the papers of the two newest lists, newest list first."""
    day = feed_day(now)
    if not stored:
        return PaperList(f"Today's papers · {day_words(day, day)}", (), None, (NOTHING_FETCHED,))
    newest = max(one.feed_day for one in stored if one.feed_day)
    on_list = [one for one in stored if one.feed_day == newest]
    ids = {one.paper.id for one in on_list}
    before = [one for one in stored if one.feed_day != newest and one.paper.id not in ids]
    first = want.choose(on_list)
    filling = want.choose(before)[: want.count - len(first)]
    sections = [Section(ranked(first, now))] if first else []
    if filling and filling[0].feed_day:
        sections.append(Section(ranked(filling, now), day_words(filling[0].feed_day, day) if first else ""))
    share = want.share(on_list, f"on {of_day(newest, day)} list")
    told = found_before(first, filling, day) if want.topic else filled(first, filling, newest, day)
    notes = (*whose_list(newest, day), *share, *told)
    name = "Today's papers" if newest == day else "The newest papers"
    return PaperList(f"{name} · {day_words(newest, day)}", tuple(sections), newest, notes)


def whose_list(newest: date, day: date) -> tuple[str, ...]:
    """Say why the newest list is not today's, where it is not."""
    if newest == day:
        return ()
    if day - newest > LATELY:
        return (f"The newest list that I have is of {day_words(newest, day)}.",)
    if not is_list_day(day):
        return (f"There are no lists on weekends; this is {of_day(newest, day)}.",)
    return (f"Nothing is on {of_day(day, day)} list yet; this is {of_day(newest, day)}.",)


def filled(first: Sequence[Listed], filling: Sequence[Listed], newest: date, day: date) -> tuple[str, ...]:
    """Say which papers were taken from the list before: `3 so far on Friday's list; the other 2 are …`."""
    if not filling or filling[0].feed_day is None:
        return ()
    others = "the other one is" if len(filling) == 1 else f"the other {len(filling)} are"
    so_far = "so far " if newest == day else ""
    whose = of_day(filling[0].feed_day, day)
    return (f"{len(first)} {so_far}on {of_day(newest, day)} list; {others} {whose} best.",)


def found_before(first: Sequence[Listed], filling: Sequence[Listed], day: date) -> tuple[str, ...]:
    """Say which papers on a topic were taken from the list before, as `filled` does without one."""
    if not filling or filling[0].feed_day is None:
        return ()
    these = ("The other one is", "The others are") if first else ("This one is", "These are")
    return (f"{these[len(filling) > 1]} from {of_day(filling[0].feed_day, day)} list.",)


def of_day(day: date, today: date) -> str:
    """Return whose list it is: `Friday's`, `Friday 24 April's` where that is longer ago."""
    return f"{day:%A}'s" if today - day <= LATELY else f"{day_words(day, today)}'s"


# --- on, week, month ----------------------------------------------------------


async def on(ask: Invocation, desk: Desk) -> PaperList | Refusal:
    """Answer with the list of one feed day."""
    now = desk.clock.now()
    today = feed_day(now)
    day = parse_day(ask.text("date"), today)
    if day is None:
        named = cut(ask.text("date"), TOPIC_CHARS)
        return Refusal(f"“{named}” is no date. Dates are written like {today - timedelta(days=1)}.")
    if day > today:
        return Refusal(f"{full_day(day)} is still ahead: today is {full_day(today)} (UTC).")
    if day < ARCHIVE_START:
        return Refusal(f"There was no list on {full_day(day)}: the first is of {full_day(ARCHIVE_START)}.")
    want = wanted(ask)
    if isinstance(want, Refusal):
        return want
    shown = await desk.shown(ask.place, Best(day, day), limit=want.limit)
    notes = want.share(shown.papers) if shown.papers else (await why_no_list(day, today, desk),)
    return best_list(f"Papers · {day_words(day, today)}", shown, want, now, notes, day=day)


async def why_no_list(day: date, today: date, desk: Desk) -> str:
    """Say why a day has no papers: a weekend, a list that nobody fetched, or an empty one."""
    if not is_list_day(day):
        return "There is no list of that day: lists come Monday to Friday."
    if await desk.store.listed_days(day, day):
        return "The list is empty so far." if day == today else "The list of that day stayed empty."
    return "The list of that day has not been fetched."


async def week(ask: Invocation, desk: Desk) -> PaperList | Refusal:
    """Answer with the best of an ISO week."""
    return await best_of(ask, desk, parse_week, week_of)


async def month(ask: Invocation, desk: Desk) -> PaperList | Refusal:
    """Answer with the best of a month."""
    return await best_of(ask, desk, parse_month, month_of)


async def best_of(
    ask: Invocation, desk: Desk, parse: Callable[[str], Period | str], current: Callable[[date], Period]
) -> PaperList | Refusal:
    """Answer with the best of a period: the one that `which` names, else the current one."""
    now = desk.clock.now()
    today = feed_day(now)
    named = cut(ask.text("which"), TOPIC_CHARS)
    period = parse(named) if named else current(today)
    refusal = out_of_reach(period, today)
    if isinstance(period, str) or refusal is not None:
        return refusal or Refusal(str(period))
    want = wanted(ask)
    if isinstance(want, Refusal):
        return want
    best = Best(period.first, period.last)
    shown = await desk.shown(ask.place, best, limit=want.limit)
    notes = want.share(shown.papers) if shown.papers else ("No papers of that time have been fetched.",)
    so_far = " so far" if period.last >= today else ""
    return best_list(f"The best of {period.label}{so_far}", shown, want, now, notes)


def out_of_reach(period: Period | str, today: date) -> Refusal | None:
    """Refuse a period that is none, still ahead, or before the first list."""
    if isinstance(period, str):
        return Refusal(period)
    if period.first > today:
        return Refusal(f"{period.label[0].upper()}{period.label[1:]} is still ahead.")
    if period.last < ARCHIVE_START:
        return Refusal(f"There were no lists then: the first is of {full_day(ARCHIVE_START)}.")
    return None


def best_list(
    title: str,
    shown: Shown,
    want: Wanted,
    now: datetime,
    notes: tuple[str, ...],
    *,
    day: date | None = None,
) -> PaperList:
    """Make a list of papers that the store has put in order."""
    papers = want.choose(shown.papers)
    return as_kept(PaperList(title, (Section(ranked(papers, now)),), day, notes), shown)


# --- top ----------------------------------------------------------------------


async def top(ask: Invocation, desk: Desk) -> PaperList:
    """Answer with the leaderboard: most votes first, Hugging Face's own rank beside."""
    now = desk.clock.now()
    span, scope = ask.text("period"), ask.text("scope")
    since = now - SPANS[span] if span in SPANS else None
    counted_here = await scope_of(ask, desk)
    shown = await desk.store.shown(ask.place, MostVoted(since), scope=counted_here, limit=ask.number("count"))
    where = where_words(scope, ask.place)
    when = f"the last {SPANS[span].days} days" if span in SPANS else "all time"
    entries = tuple(Ranked(listed, leader_reasons(listed)) for listed in shown.papers)
    until_now = f"in {when}" if span in SPANS else "yet"
    notes = () if entries else (f"Nobody has voted {where} {until_now}.",)
    title, apart = f"Most votes {where}, {when}", disagreements(shown.papers)
    return as_kept(PaperList(title, (Section(entries),), None, notes, apart), shown)


def where_words(scope: str, place: Place) -> str:
    """Say whose votes are counted."""
    match scope:
        case "here":
            return "in this place"
        case "server":
            return "in this workspace" if place.platform == "slack" else "on this server"
        case _:
            return "in this community"


async def scope_of(ask: Invocation, desk: Desk) -> Scope:
    """Return whose votes count for the asked scope."""
    match ask.text("scope"):
        case "here":
            return Scope(place=ask.place)
        case "server":
            return Scope(servers=(ask.place.server_key,))
        case _:
            return await desk.scopes.scope_of(ask.place)
