"""The commands of a person for themselves: reading list, links between platforms, what is stored of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands.managing import title_of
from bot.commands.reading import STILL_READING, found_paper, named_paper, quoted_title
from bot.domain import person_words as words
from bot.domain.answers import Confirmation, DataFile, Done, PaperList, Ranked, Refusal, Section
from bot.domain.citations import cite
from bot.domain.liking import MOST_LIKED, liking_reasons, recommended, taste_of
from bot.domain.maths import readable
from bot.domain.ranking import because
from bot.domain.tables import table_text
from bot.domain.text import counted
from bot.ports import ById

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.commands.desk import Desk
    from bot.commands.spec import Handler, Invocation
    from bot.domain.liking import Recommended, Taste
    from bot.domain.papers import Listed

LIST, CSV = "list", "csv"
SUFFIXES = {"bibtex": "bib", "ris": "ris", "csv": "csv"}

NEIGHBOURS = 50
"""Papers that are looked at for each that somebody likes, and up to as many for those that are left out."""

MOST_SHOWN = 25
"""Papers of a reading list in one answer; a file has all."""


async def link(ask: Invocation, desk: Desk) -> Done | Refusal:
    """Give a one-time code, or take one that was given elsewhere."""
    code = ask.text("code")
    if not code:
        return Done(words.code_words(await desk.office.people.code(ask.identity), ask.identity))
    other = await desk.office.people.link(ask.identity, code)
    if other is None:
        return Refusal(words.NO_CODE)
    return Refusal(words.OWN_CODE) if other == ask.identity else Done(words.linked_words(other))


async def unlink(ask: Invocation, desk: Desk) -> Done:
    """Part from who one is elsewhere."""
    return Done(words.UNLINKED if await desk.office.people.unlink(ask.identity) else words.NOT_LINKED)


# --- The reading list -----------------------------------------------------------------


async def save(ask: Invocation, desk: Desk) -> Done | Refusal:
    """Put a paper on the asker's reading list."""
    found = await found_paper(ask, desk)
    if isinstance(found, Refusal):
        return found
    paper = found[0].paper
    is_new = await desk.office.people.save(ask.identity, paper.id)
    return Done(words.saved_words(quoted_title(paper), paper.id, is_new=is_new))


async def unsave(ask: Invocation, desk: Desk) -> Done | Refusal:
    """Take a paper off the asker's reading list."""
    named = await named_paper(ask, desk)
    if isinstance(named, Refusal):
        return named
    title = await title_of(named.paper, desk)
    if await desk.office.people.unsave(ask.identity, named.paper):
        return Done(f"Off your reading list: {title}.")
    return Done(f"It is not on your reading list: {title}.")


async def saved(ask: Invocation, desk: Desk) -> PaperList | DataFile:
    """Answer with the asker's reading list, as a list or as a file."""
    papers = await desk.office.people.saved(ask.identity, await desk.scopes.scope_of(ask.place))
    style = ask.text("format")
    if style == LIST or not papers:
        return reading_list(papers, desk.clock.now())
    text = table_text(papers) if style == CSV else "\n\n".join(cite(each.paper, style) for each in papers)
    name = f"papers.{SUFFIXES[style]}"
    return DataFile(f"Your reading list: {counted(len(papers), 'paper')}.", name, f"{text}\n")


def reading_list(papers: Sequence[Listed], now: datetime) -> PaperList:
    """Show a reading list, the newest papers first, as far as an answer goes."""
    shown = tuple(Ranked(listed, because(listed, now)) for listed in papers[:MOST_SHOWN])
    if not papers:
        notes: tuple[str, ...] = ("It is empty. “save” puts a paper on it.",)
    elif len(papers) > MOST_SHOWN:
        notes = (f"The newest {MOST_SHOWN} of {len(papers):,}; “saved format=csv” gives all of them.",)
    else:
        notes = ()
    return PaperList("Your reading list", (Section(shown),) if shown else (), None, notes)


# --- What they may like -----------------------------------------------------------------


async def for_me(ask: Invocation, desk: Desk) -> PaperList | Refusal:
    """Answer with papers like those that the asker voted for and saved, each with the one that it is like."""
    taste = taste_of(await desk.office.people.about(ask.identity))
    if not taste.liked:
        return PaperList(words.FOR_YOU, (), None, (words.NOTHING_LIKED,))
    if not await desk.searching.is_ready():
        return Refusal(STILL_READING)
    found = await with_reasons(await recommended_to(taste, ask, desk), ask, desk)
    looked_at, liked = len(taste.liked[:MOST_LIKED]), len(taste.liked)
    notes = [words.from_liked(looked_at, liked) if found else words.NOTHING_LIKE]
    if taste.disliked:
        notes.append(words.against(len(taste.disliked[:MOST_LIKED])))
    return PaperList(words.FOR_YOU, (Section(found),) if found else (), None, tuple(notes))


async def recommended_to(taste: Taste, ask: Invocation, desk: Desk) -> Sequence[Recommended]:
    """Return what is most like somebody's taste, new to them, and not hidden in the place."""
    hidden = (await desk.delivery.hidden([ask.place])).get(ask.place, frozenset())
    left_out = taste.known | hidden
    neighbours = NEIGHBOURS + min(len(left_out), NEIGHBOURS)
    likenesses = await desk.searching.like_each(taste.liked[:MOST_LIKED], neighbours)
    against = await desk.searching.like_each(taste.disliked[:MOST_LIKED], neighbours)
    return recommended(likenesses, left_out, ask.number("count"), against)


async def with_reasons(best: Sequence[Recommended], ask: Invocation, desk: Desk) -> tuple[Ranked, ...]:
    """Return the papers that are stored, with the votes of the place's community and what they are like."""
    wanted = dict.fromkeys(paper for each in best for paper in (each.paper, each.strongest.liked))
    shown = await desk.shown(ask.place, ById(tuple(wanted)), limit=None)
    known = {each.paper.id: each for each in shown.papers}
    titles = {paper: readable(listed.paper.title) for paper, listed in known.items()}
    return tuple(
        Ranked(known[each.paper], liking_reasons(each, titles)) for each in best if each.paper in known
    )


# --- What is stored -------------------------------------------------------------------


async def my_data(ask: Invocation, desk: Desk) -> DataFile:
    """Answer with all that is stored of the asker, as a file."""
    people = desk.office.people
    data = await people.about(ask.identity)
    return DataFile(words.data_words(data), words.DATA_NAME, people.text(data))


async def forget_me(ask: Invocation, desk: Desk) -> Confirmation | Done:
    """Delete all that is stored of the asker, once they have confirmed it."""
    people = desk.office.people
    if not ask.is_on("confirm"):
        stored = words.data_words(await people.about(ask.identity))
        return Confirmation(f"{words.REALLY} {stored}", "Delete it all", "forget-me confirm=yes")
    return Done(words.forgotten_words(await people.forget(ask.identity)))


HANDLERS: Mapping[str, Handler] = {
    "for-me": for_me,
    "save": save,
    "unsave": unsave,
    "saved": saved,
    "link": link,
    "unlink": unlink,
    "my-data": my_data,
    "forget-me": forget_me,
}
