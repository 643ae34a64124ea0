"""Lists of papers, and single ones, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.cards import Action, Actions, Card, Code, Entry, Fact, Facts, Heading, Keep, Note, Part, Prose
from bot.domain.maths import readable
from bot.domain.paper_ids import abs_url, hub_url, paper_url, pdf_url
from bot.domain.text import counted, cut, first_sentence, full_day, listing, long_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from bot.domain.answers import Citation, PaperList, PaperPage, Ranked, Section
    from bot.domain.papers import Listed, Paper

SENTENCE_CHARS = 160
"""The longest sentence of a list's entry: two lines of a phone."""

DISAGREEING = "Where this community disagrees with Hugging Face"

AUTHORS_IN_LIST = 1
AUTHORS_ON_PAGE = 5


# --- Lists ----------------------------------------------------------------------


def list_card(answer: PaperList) -> Card:
    """Show a list: its title and notes, then its papers, three lines each, numbered through all sections."""
    notes = [Note(note, Keep.NEEDED) for note in answer.notes]
    entries = [
        part for first, section in numbered(answer.sections) for part in section_parts(section, first, answer)
    ]
    emptiness = [] if entries or notes else [Note("There is nothing on this list.", Keep.NEEDED)]
    actions = [LIST_ACTIONS] if entries and answer.is_remembered else []
    parts = (Heading(answer.title), *notes, *emptiness, *entries, *apart(answer.disagreements), *actions)
    return Card(parts, list_gist(answer))


def apart(disagreements: Sequence[str]) -> tuple[Part, ...]:
    """Return the short list of where a leaderboard disagrees with Hugging Face; empty where it does not."""
    lines = tuple(Note(line, Keep.NEEDED) for line in disagreements)
    return (Heading(DISAGREEING, level=2, keep=Keep.NEEDED), *lines) if lines else ()


LIST_ACTIONS = Actions(
    (Action("Read 1", "show 1"), Action("More like 1", "similar 1"), Action("Cite 1", "cite 1"))
)


def list_gist(answer: PaperList) -> str:
    """Return the list in one line: its title, and the papers by the beginnings of their titles."""
    names = "; ".join(cut(title_of(ranked.listed.paper).split(":")[0], 60) for ranked in answer.papers)
    return f"{answer.title}: {names}" if names else ". ".join((answer.title, *answer.notes))


def numbered(sections: Sequence[Section]) -> Iterator[tuple[int, Section]]:
    """Yield the sections that have papers, each with the number of its first paper."""
    first = 1
    for section in sections:
        if section.papers:
            yield first, section
        first += len(section.papers)


def section_parts(section: Section, first: int, answer: PaperList) -> Iterator[Part]:
    """Yield a section's heading, where it has one, and its entries, numbered from `first`."""
    if section.title:
        yield Heading(section.title, level=2, keep=Keep.NEEDED)
    for number, ranked in enumerate(section.papers, first):
        yield entry_of(ranked, number, answer.feed_date)


def entry_of(ranked: Ranked, number: int, feed_date: date | None) -> Entry:
    """Show one paper of a list: its title, one sentence, one line of facts."""
    paper = ranked.listed.paper
    return Entry(
        title=title_of(paper),
        url=paper_url(ranked.listed),
        number=number,
        sentence=cut(sentence_of(paper), SENTENCE_CHARS),
        facts=tuple(entry_facts(ranked, feed_date)),
        votes=ranked.listed.votes,
    )


def entry_facts(ranked: Ranked, feed_date: date | None) -> Iterator[Fact]:
    """Yield who wrote it, how it is liked and why it stands here, comments, day, and code."""
    listed = ranked.listed
    if by := byline(listed.paper):
        yield Fact(by)
    yield Fact(", ".join(figures(ranked)), keep=Keep.ALWAYS)
    yield from map(Fact, other_reasons(ranked))
    if listed.comments:
        yield Fact(counted(listed.comments, "comment"))
    if published := listed.paper.published_at:
        yield Fact(short_day(published.date(), feed_date), keep=Keep.NICE)
    if listed.paper.code_url:
        yield Fact(code_words(listed.paper), listed.paper.code_url, Keep.NICE)


def figures(ranked: Ranked) -> list[str]:
    """Return upvotes and votes, with the reasons that are figures; those often name upvotes and votes too."""
    listed = ranked.listed
    plain = [counted(listed.upvotes, "upvote")]
    if listed.votes:
        plain.append(f"{counted(listed.votes, 'vote')} here")
    reasons = [reason for reason in ranked.because if is_figure(reason)]
    return [*(words for words in plain if words not in reasons), *reasons]


def other_reasons(ranked: Ranked) -> list[str]:
    """Return the reasons in words, as `shares diffusion, policy`."""
    return [reason for reason in ranked.because if not is_figure(reason)]


def is_figure(reason: str) -> bool:
    """Tell whether a reason begins with a number, as `12 in the last 3 hours`."""
    return reason[:1].isdigit()


def byline(paper: Paper, authors: int = AUTHORS_IN_LIST) -> str:
    """Return whose work it is in a few words: the organisation, else `First Author + 7`."""
    return paper.organization or readable(listing(paper.authors, authors))


def short_day(day: date, feed_date: date | None) -> str:
    """Return a day without its year where that is the list's own."""
    if feed_date is not None and day.year == feed_date.year:
        return f"{day.day} {day:%B}"
    return full_day(day)


def code_words(paper: Paper) -> str:
    """Return `code`, with the stars that its repository has, where it is known to have some."""
    return f"code ({counted(paper.code_stars, 'star')})" if paper.code_stars else "code"


# --- One paper ------------------------------------------------------------------


def page_card(answer: PaperPage) -> Card:
    """Show one paper in full."""
    listed = answer.ranked.listed
    parts = (
        Heading(title_of(listed.paper), votes=listed.votes),
        *(Note(note, Keep.NEEDED) for note in page_notes(answer)),
        Facts(tuple(page_figures(answer.ranked))),
        *page_texts(listed.paper),
        *page_facts(listed),
        Facts(tuple(page_links(listed)), label="Links"),
        Actions(
            (
                Action("More like this", f"similar {listed.paper.id}"),
                Action("Cite this", f"cite {listed.paper.id}"),
            )
        ),
    )
    return Card(parts, gist_of(listed))


def page_notes(answer: PaperPage) -> tuple[str, ...]:
    """Return what is to be said of a page, and what its submitter wrote."""
    note = answer.submission.note if answer.submission else ""
    return (*answer.notes, f"Note: “{note}”") if note else answer.notes


def gist_of(listed: Listed) -> str:
    """Return a paper in one line."""
    return " · ".join(words for words in (title_of(listed.paper), byline(listed.paper)) if words)


def page_figures(ranked: Ranked) -> Iterator[Fact]:
    """Yield how the paper is liked."""
    for words in (*figures(ranked), *other_reasons(ranked)):
        yield Fact(words)
    if ranked.listed.comments:
        yield Fact(counted(ranked.listed.comments, "comment"))


def page_texts(paper: Paper) -> Iterator[Part]:
    """Yield the one sentence, and the whole abstract."""
    if paper.tldr and paper.tldr != paper.abstract:
        yield Prose(readable(paper.tldr), Keep.ALWAYS)
    if paper.abstract:
        yield Prose(readable(paper.abstract))
    else:
        yield Note("Its abstract is not known yet.")


def page_facts(listed: Listed) -> Iterator[Facts]:
    """Yield the labelled lines: who, from where, when, on which list, about what."""
    paper = listed.paper
    if paper.authors:
        yield line(counted(len(paper.authors), "author"), authors_words(paper.authors))
    if paper.organization:
        yield line("Organisation", paper.organization)
    if paper.published_at:
        yield line("Submitted", full_day(paper.published_at.date()))
    if listed.feed_day:
        yield line("Listed", listing_words(listed.feed_day, listed.position))
    if paper.keywords:
        yield line("Keywords", ", ".join(paper.keywords), Keep.NICE)
    if paper.categories:
        yield line("Categories", ", ".join(paper.categories), Keep.SPARE)


def line(label: str, words: str, keep: Keep = Keep.NEEDED, at: datetime | None = None) -> Facts:
    """Return a labelled line with one fact on it, which may tell an instant."""
    return Facts((Fact(words, keep=keep, at=at),), label=label, keep=keep)


def authors_words(authors: tuple[str, ...]) -> str:
    """Return the first authors, and how many more there are: `A, B, C + 641 more`."""
    names = readable(listing(authors, AUTHORS_ON_PAGE))
    return names if len(authors) <= AUTHORS_ON_PAGE + 1 else f"{names} more"


def listing_words(day: date, position: int | None) -> str:
    """Return the day whose list the paper is on, and its place there."""
    return f"{long_day(day)} {day.year}" + (f", number {position}" if position else "")


def page_links(listed: Listed) -> Iterator[Fact]:
    """Yield where to read on."""
    paper = listed.paper
    yield Fact("arXiv", abs_url(paper.id))
    yield Fact("PDF", pdf_url(paper.id))
    if listed.feed_day is not None:
        yield Fact("Hugging Face", hub_url(paper.id))
    if paper.code_url:
        yield Fact(code_words(paper), paper.code_url)
    if paper.project_url:
        yield Fact("project page", paper.project_url)


def title_of(paper: Paper) -> str:
    """Return the paper's title, its identifier where no source has told one yet.

    LaTeX becomes readable here and in `sentence_of`, before anything is cut, so that no formula is halved.
    """
    return readable(paper.title) or paper.id


def sentence_of(paper: Paper) -> str:
    """Return the one sentence on a paper; empty where nothing is known of it."""
    return readable(paper.tldr) or first_sentence(readable(paper.abstract))


# --- A citation -----------------------------------------------------------------


def citation_card(answer: Citation) -> Card:
    """Show a citation, to be copied."""
    title = title_of(answer.paper.paper)
    return Card((Heading(title), Code(answer.text)), f"{answer.style} of {title}")
