"""The commands about single papers: show, cite, search, similar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.commands.lists import as_kept
from bot.domain.answers import Citation, PaperList, PaperPage, Ranked, Refusal, Section
from bot.domain.maths import readable
from bot.domain.paper_ids import parse_paper_id
from bot.domain.papers import Listed
from bot.domain.periods import feed_day, parse_day
from bot.domain.ranking import because
from bot.domain.text import counted, cut, day_and_time
from bot.ports import ById, SourceFault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.commands.desk import Desk
    from bot.commands.spec import Invocation
    from bot.domain.papers import Paper, PaperId
    from bot.domain.places import Place
    from bot.ports import Hit, RememberedList

OWN_LIST_LASTS = timedelta(hours=1)
"""How long the numbers of somebody's own list stay theirs; after that the last public list counts."""

LONGEST_NUMBER = 3
"""Digits of a number on a list; more of them are part of something else."""

STILL_READING = "I have just been started and am still reading the papers. Please try again in a moment."

QUOTED_CHARS = 60
"""How much of what somebody typed is repeated in an answer."""

TITLE_CHARS = 80
"""How much of a paper's title is repeated in an answer."""


@dataclass(frozen=True, slots=True)
class Named:
    """The paper that somebody named, and how it was found where that is not plain."""

    paper: PaperId
    note: str = ""


# --- Which paper --------------------------------------------------------------


async def named_paper(ask: Invocation, desk: Desk) -> Named | Refusal:
    """Find out which paper is meant by an identifier, a link, or a number of the last list."""
    text = ask.text("paper").strip()
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER:
        now = desk.clock.now()
        shown = await desk.store.remembered(ask.place, ask.identity, now - OWN_LIST_LASTS)
        return numbered_paper(int(text), shown, now)
    paper = parse_paper_id(text)
    if paper is None:
        what = "an arXiv id such as 2604.01234, a link to the paper, or its number on your last list"
        return Refusal(f"“{cut(text, QUOTED_CHARS)}” names no paper. Give {what}.")
    return Named(paper)


def numbered_paper(number: int, shown: RememberedList | None, now: datetime) -> Named | Refusal:
    """Return the paper with a number of the list that was shown."""
    if shown is None:
        return Refusal(
            f"There is no list here yet that {number} could be a number of. Ask for one with “today”."
        )
    whose = "your list" if shown.own else "the last list here"
    when = f"{whose} of {day_and_time(shown.at, now)}"
    if not 1 <= number <= len(shown.papers):
        return Refusal(f"{number} is not on {when}: it has {counted(len(shown.papers), 'paper')}.")
    return Named(shown.papers[number - 1], f"Number {number} of {when}.")


async def stored_paper(named: Named, place: Place, desk: Desk) -> Listed | Refusal:
    """Return a paper with its figures; one that is not stored yet is fetched from its source."""
    stored = await desk.store.papers([named.paper], scope=await desk.scopes.scope_of(place))
    if stored:
        return stored[0]
    found = await desk.ingesting.look_up(named.paper)
    if found is None:
        return Refusal(f"Neither Hugging Face nor arXiv knows a paper {named.paper}.")
    if isinstance(found, SourceFault):
        return Refusal(f"I have no paper {named.paper} yet, and could not fetch it: {found}.")
    return Listed(found.paper, found.listed_on, upvotes=found.upvotes, comments=found.comments)


async def found_paper(ask: Invocation, desk: Desk) -> tuple[Listed, tuple[str, ...]] | Refusal:
    """Return the paper that the command is about, with notes on how it was found."""
    named = await named_paper(ask, desk)
    if isinstance(named, Refusal):
        return named
    listed = await stored_paper(named, ask.place, desk)
    if isinstance(listed, Refusal):
        return listed
    return listed, (named.note,) if named.note else ()


def quoted_title(paper: Paper) -> str:
    """Return a paper's title in quotes, its identifier where it has none."""
    title = readable(paper.title)
    return f"“{cut(title, TITLE_CHARS)}”" if title else paper.id


# --- The commands -------------------------------------------------------------


async def show(ask: Invocation, desk: Desk) -> PaperPage | Refusal:
    """Answer with one paper in full."""
    found = await found_paper(ask, desk)
    if isinstance(found, Refusal):
        return found
    listed, notes = found
    return PaperPage(Ranked(listed, because(listed, desk.clock.now())), notes)


async def cite(ask: Invocation, desk: Desk) -> Citation | Refusal:
    """Answer with a citation."""
    from bot.domain.citations import cite as citation  # noqa: PLC0415 - no other command needs it

    found = await found_paper(ask, desk)
    if isinstance(found, Refusal):
        return found
    listed, _ = found
    style = ask.text("format")
    return Citation(listed, style, citation(listed.paper, style))


async def search(ask: Invocation, desk: Desk) -> PaperList | Refusal:
    """Answer with the papers that are found, best first."""
    text = ask.text("query").strip()
    asked_since = ask.text("since")
    since = parse_day(asked_since, feed_day(desk.clock.now())) if asked_since else None
    if asked_since and since is None:
        return Refusal(f"since is a date such as 2026-01-31, not “{cut(asked_since, QUOTED_CHARS)}”.")
    if not await desk.searching.is_ready():
        return Refusal(STILL_READING)
    hits = await desk.searching.search(text, since=since, limit=ask.number("count"))
    if not isinstance(hits, (list, tuple)):
        return Refusal(str(hits), wrong_usage=True)
    quoted = cut(text, QUOTED_CHARS)
    notes = () if hits else (f"Nothing that I have stored matches “{quoted}”.",)
    found = PaperList(f"Found for “{quoted}”", (), None, notes)
    return await with_hits(found, hits, "has", ask, desk)


async def similar(ask: Invocation, desk: Desk) -> PaperList | Refusal:
    """Answer with papers like one, each with the words that they share."""
    found = await found_paper(ask, desk)
    if isinstance(found, Refusal):
        return found
    listed, notes = found
    if not await desk.searching.is_ready():
        return Refusal(STILL_READING)
    hits = await desk.searching.similar(listed.paper.id, limit=ask.number("count"))
    alone = () if hits else ("I have no other paper like it.",)
    title = f"Like “{cut(readable(listed.paper.title), QUOTED_CHARS)}”"
    alike = PaperList(title, (), None, (*notes, *alone), about=listed.paper.id)
    return await with_hits(alike, hits or (), "shares", ask, desk)


async def with_hits(
    answer: PaperList, hits: Sequence[Hit], verb: str, ask: Invocation, desk: Desk
) -> PaperList:
    """Return a list with the papers of hits, in their order, each with the words that speak for it."""
    words = {hit.paper: hit.because for hit in hits}
    shown = await desk.shown(ask.place, ById(tuple(words)), limit=None)
    papers = tuple(Ranked(listed, reasons(words[listed.paper.id], verb)) for listed in shown.papers)
    return as_kept(replace(answer, sections=(Section(papers),)), shown)


def reasons(words: Sequence[str], verb: str) -> tuple[str, ...]:
    """Put the words that speak for a hit into one reason: `shares diffusion, policy, robot`."""
    return (f"{verb} {', '.join(words)}",) if words else ()
