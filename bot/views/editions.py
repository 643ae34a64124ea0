"""Editions and notices in words: the card of each delivery.

A digest of five papers is at most 1,500 visible characters: its entries keep to `ENTRY_CHARS` on average.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.domain.answers import PaperPage, Ranked
from bot.domain.cards import Action, Actions, Card, Entry, Fact, Heading, Keep, Note, Part, Prose
from bot.domain.deliveries import DeliveryKind
from bot.domain.editions import EditionKind
from bot.domain.paper_ids import paper_url
from bot.domain.papers import Listed, Paper
from bot.domain.ranking import because
from bot.domain.subscriptions import Layout
from bot.domain.text import counted, cut, long_day
from bot.views.papers import (
    SENTENCE_CHARS,
    byline,
    code_words,
    is_figure,
    page_card,
    sentence_of,
    title_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from bot.domain.deliveries import Delivery
    from bot.domain.editions import Chosen, Edition
    from bot.domain.papers import PaperId
    from bot.domain.places import Place
    from bot.domain.votes import Submission

    Papers = Mapping[PaperId, Listed]
    """The papers of an edition with their figures as they are now."""

ENTRY_CHARS = 255
"""The characters of an entry in a digest: number, title, sentence and facts."""
TITLE_CHARS = 80
FACTS_CHARS = 90
BYLINE_CHARS = 40
AUTHORS_IN_POST = 2
NAME_CHARS = 60
"""The most characters of a paper's name in a notification."""
MORE_PAPERS = 25
"""How many of its list an edition leads to: the most that a chat's list has."""

POST_SENTENCE_CHARS = 300
"""The longest sentence of a paper that has a message to itself."""

REASONS_TOLD = 5
"""How many reasons the operator is told of a day."""

BETWEEN = " · "

HIDDEN = "Hidden by a moderator"

NEXT_DAY = timedelta(hours=20)
"""How long after it was made an edition tells what became of its papers since."""

UPVOTES = re.compile(r"([\d,]+) upvotes?")
"""The reason that tells how many upvotes a paper had when it was chosen."""


def delivery_card(
    delivery: Delivery,
    edition: Edition | None,
    papers: Papers,
    hidden: Collection[PaperId] = (),
    submission: Submission | None = None,
) -> Card:
    """Return what a delivery says: its own text, else its part of its edition.

    An edit without a text says what its parent does, as it is now. `hidden` are the papers that a moderator
    took out of the place: their numbers stay, as people may have voted by them. `submission` is what the
    card of one is about.
    """
    if edition is None or delivery.text:
        return line_card(delivery.text)
    if edition.kind is EditionKind.SUBMISSION:
        return submission_card(edition, papers, hidden, submission, delivery.due_at)
    kind = delivery.kind
    if kind is DeliveryKind.EDIT and delivery.due_at - edition.made_at >= NEXT_DAY:
        edition = with_rises(edition, papers)
    if kind is DeliveryKind.EDIT and delivery.part and edition.layout == Layout.THREAD:
        kind = DeliveryKind.REPLY
    return edition_card(edition, papers, delivery.part, kind, hidden)


def submission_card(
    edition: Edition,
    papers: Papers,
    hidden: Collection[PaperId],
    submission: Submission | None,
    now: datetime,
) -> Card:
    """Return the answer to `submit` as it is now."""
    [chosen] = edition.papers
    if chosen.paper in hidden:
        return line_card(HIDDEN)
    listed = listed_of(chosen, papers)
    rise = rise_of(chosen, listed) if now - edition.made_at >= NEXT_DAY else ()
    return page_card(PaperPage(Ranked(listed, (*because(listed, now), *rise)), edition.notes, submission))


def with_rises(edition: Edition, papers: Papers) -> Edition:
    """Return an edition whose papers are told besides how many upvotes came since they were chosen."""
    told = (
        chosen._replace(because=(*chosen.because, *rise_of(chosen, papers.get(chosen.paper))))
        for chosen in edition.papers
    )
    return edition._replace(papers=tuple(told))


def rise_of(chosen: Chosen, listed: Listed | None) -> tuple[str, ...]:
    """Return `34 more upvotes since posted`; nothing where there are no more, or it is not known."""
    before = next((found for reason in chosen.because if (found := UPVOTES.fullmatch(reason))), None)
    rise = listed.upvotes - int(before[1].replace(",", "")) if listed and before else 0
    return (f"{counted(rise, 'more upvote')} since posted",) if rise > 0 else ()


def edition_card(
    edition: Edition,
    papers: Papers,
    part: int,
    kind: DeliveryKind = DeliveryKind.POST,
    hidden: Collection[PaperId] = (),
) -> Card:
    """Return a part of an edition: 0 is the digest, the heading of a thread, or the line of an empty one."""
    if not edition.papers:
        return line_card(edition.reason)
    if part:
        return paper_card(edition, papers, part, hidden, is_reply=kind is DeliveryKind.REPLY)
    if kind is DeliveryKind.THREAD:
        return heading_card(edition, papers, hidden)
    return digest_card(edition, papers, hidden)


def line_card(text: str) -> Card:
    """Show one plain line: a notice, or why nothing came."""
    return Card((Prose(text, Keep.ALWAYS),), text)


def digest_card(edition: Edition, papers: Papers, hidden: Collection[PaperId]) -> Card:
    """Show a whole edition: its heading and notes, each paper in three lines, and whose wish it is."""
    entries = digest_entries(edition, papers, hidden)
    parts = (*beginning(edition), *entries, *ending(edition), *more_of(edition, papers))
    return Card(parts, edition_gist(edition, papers, hidden))


def more_of(edition: Edition, papers: Papers) -> tuple[Actions, ...]:
    """Return what leads to the whole list that the papers of an edition are from, the newest of them."""
    days = [day for chosen in edition.papers if (day := listed_of(chosen, papers).feed_day)]
    if edition.kind is not EditionKind.SCHEDULED or not days:
        return ()
    return (Actions((Action("More papers", f"on {max(days)} {MORE_PAPERS}"),)),)


def heading_card(edition: Edition, papers: Papers, hidden: Collection[PaperId]) -> Card:
    """Show what a thread hangs from; its papers follow in it."""
    where = Note(f"{counted(len(edition.papers), 'paper')} in this thread.", Keep.NEEDED)
    return Card((*beginning(edition), where, *ending(edition)), edition_gist(edition, papers, hidden))


def paper_card(
    edition: Edition, papers: Papers, number: int, hidden: Collection[PaperId], *, is_reply: bool
) -> Card:
    """Show one paper of an edition in a message of its own; a post says besides what it is one of."""
    chosen = edition.papers[number - 1]
    entry = (
        hidden_entry(number)
        if chosen.paper in hidden
        else whole_entry(chosen, listed_of(chosen, papers), number)
    )
    gist = BETWEEN.join((edition.heading, entry.title))
    if is_reply:
        return Card((entry,), gist)
    of_all = f"{edition.heading}{BETWEEN}{number} of {len(edition.papers)}"
    # What is said of the whole edition stands in the first message alone.
    notes = [Note(note, Keep.NEEDED) for note in edition.notes] if number == 1 else []
    end = ending(edition) if number == len(edition.papers) else []
    return Card((*notes, entry, Note(of_all), *end), gist)


def whole_entry(chosen: Chosen, listed: Listed, number: int) -> Entry:
    """Show one paper with all that a message of its own has room for."""
    return Entry(
        title=title_of(listed.paper),
        url=paper_url(listed),
        number=number,
        sentence=cut(sentence_of(listed.paper), POST_SENTENCE_CHARS),
        facts=tuple(facts_of(chosen, listed, byline(listed.paper, AUTHORS_IN_POST))),
        votes=listed.votes,
    )


def hidden_entry(number: int) -> Entry:
    """Show that a paper was here."""
    return Entry(title=HIDDEN, url="", number=number)


def beginning(edition: Edition) -> list[Part]:
    """Return the heading of an edition, and what is to be said of it."""
    return [Heading(edition.heading), *(Note(note, Keep.NEEDED) for note in edition.notes)]


def ending(edition: Edition) -> list[Part]:
    """Return the line at the foot of an edition."""
    return [Note(edition.footer)] if edition.footer else []


def edition_gist(edition: Edition, papers: Papers, hidden: Collection[PaperId]) -> str:
    """Return an edition in one line: `5 papers for Friday 24 April: WorldMark; UniT; …`."""
    names = (
        HIDDEN if chosen.paper in hidden else short_name(listed_of(chosen, papers).paper)
        for chosen in edition.papers
    )
    count = counted(len(edition.papers), "paper")
    return f"{count} for {long_day(edition.local_date)}: {'; '.join(names)}"


def short_name(paper: Paper) -> str:
    """Return a paper's name: its title up to the first colon."""
    return cut(title_of(paper).split(":")[0].strip() or title_of(paper), NAME_CHARS)


def listed_of(chosen: Chosen, papers: Papers) -> Listed:
    """Return a chosen paper as it is stored; by its identifier alone where it is not any more."""
    return papers.get(chosen.paper) or Listed(Paper(chosen.paper, title=""))


# --- One paper of a digest --------------------------------------------------------


def digest_entries(edition: Edition, papers: Papers, hidden: Collection[PaperId]) -> list[Entry]:
    """Show the papers of a digest in `ENTRY_CHARS` each on average: what one leaves, others may use."""
    shown = [(each, listed_of(each, papers)) for each in edition.papers if each.paper not in hidden]
    room = fair_share([chars_of(digest_entry(each, listed)) for each, listed in shown], ENTRY_CHARS)
    return [
        hidden_entry(number)
        if each.paper in hidden
        else replace(digest_entry(each, listed_of(each, papers), room), number=number)
        for number, each in enumerate(edition.papers, 1)
    ]


def fair_share(needs: Sequence[int], average: int) -> int:
    """Return the most that each may have, so that all together have no more than `average` each."""
    left = average * len(needs)
    for served, need in enumerate(sorted(needs)):
        share = left // (len(needs) - served)
        if need > share:
            return share
        left -= need
    return max(needs, default=average)


@lru_cache(maxsize=500)
def digest_entry(chosen: Chosen, listed: Listed, max_chars: int = 2 * ENTRY_CHARS) -> Entry:
    """Show one paper in at most `max_chars` characters; its sentence gets what title and facts leave.

    The same papers stand in the editions of many places.
    """
    title = cut(title_of(listed.paper), TITLE_CHARS)
    by = cut(byline(listed.paper), BYLINE_CHARS)
    facts = tuple(fitting(list(facts_of(chosen, listed, by)), FACTS_CHARS))
    entry = Entry(title, paper_url(listed), facts=facts, votes=listed.votes)
    room = min(SENTENCE_CHARS, max_chars - chars_of(entry))
    return replace(entry, sentence=cut(sentence_of(listed.paper), room))


def chars_of(entry: Entry) -> int:
    """Count the visible characters of an entry, a number of two digits included."""
    return len(f"25{BETWEEN}{entry.title}{entry.sentence}{words_of(entry.facts)}")


def facts_of(chosen: Chosen, listed: Listed, by: str) -> Iterator[Fact]:
    """Yield whose work it is, how it is liked, why it was chosen, comments, code and project page."""
    if by:
        yield Fact(by)
    yield Fact(counted(listed.upvotes, "upvote"), keep=Keep.ALWAYS)
    if listed.votes:
        yield Fact(f"{counted(listed.votes, 'vote')} here", keep=Keep.ALWAYS)
    for reason in chosen.because:
        if not is_count(reason):
            yield Fact(reason)
    if listed.comments:
        yield Fact(counted(listed.comments, "comment"), keep=Keep.NICE)
    if listed.paper.code_url:
        yield Fact(code_words(listed.paper), listed.paper.code_url, Keep.NICE)
    if listed.paper.project_url:
        yield Fact("project page", listed.paper.project_url, Keep.NICE)


def is_count(reason: str) -> bool:
    """Tell whether a reason is a mere count, as `84 upvotes`: the message tells the count as it is now."""
    return is_figure(reason) and reason.removesuffix(" here").endswith(("upvote", "upvotes", "vote", "votes"))


def fitting(facts: list[Fact], max_chars: int) -> list[Fact]:
    """Leave out facts until the line fits: the least needed first, later ones before earlier ones."""
    while len(words_of(facts)) > max_chars and len(facts) > 1:
        least = min(fact.keep for fact in facts)
        last = max(at for at, fact in enumerate(facts) if fact.keep == least)
        facts = facts[:last] + facts[last + 1 :]
    return facts


def words_of(facts: Sequence[Fact]) -> str:
    """Return facts as one line."""
    return BETWEEN.join(fact.text for fact in facts)


# --- Notices ----------------------------------------------------------------------


def place_closed_words(place: Place, why: str) -> str:
    """Tell the community that a place takes no messages any more."""
    reason = why.rstrip(".")
    return (
        f"Nothing can be posted in {place} any more: {reason}. Its subscriptions are paused. "
        "When that is set right, “resume” there goes on with them; no paper is lost."
    )


def yesterday_words(day: date, dropped: Mapping[str, int]) -> str:
    """Tell the operator how many deliveries were given up on a day, by their reasons, the frequent first."""
    total = counted(sum(dropped.values()), "delivery", "deliveries")
    reasons = sorted(dropped.items(), key=lambda item: (-item[1], item[0]))
    told = "; ".join(f"{count:,} × {why.rstrip('.')}" for why, count in reasons[:REASONS_TOLD])
    more = len(reasons) - REASONS_TOLD
    rest = f"; and {counted(more, 'other reason')}" if more > 0 else ""
    return f"{total} could not be made on {long_day(day)}: {told}{rest}."
