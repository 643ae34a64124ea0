"""Papers of few words, so that chance makes them meet, and an index of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from bot.domain.papers import Paper, PaperId
from bot.domain.topics import Topic, parse_query
from bot.ports import IndexRow
from bot.search import open_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bot.ports import Hit, SearchIndex

FIRST_DAY = date(2026, 4, 1)

WORDS = (
    "agent", "agents", "the", "of", "policy", "Policies", "diffusion", "self-play", "selfplay", "play",
    "on-policy", "state-of-the-art", "He", "An", "Núñez", "LLM's", "a-b", "ａｇｅｎｔ", "多模态", "2024", "*",
    "tool", "use", "x",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
TITLES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
CATEGORIES = st.lists(st.sampled_from(("cs.CL", "cs.LG", "stat.ML", "hep-th", "cs")), max_size=3, unique=True)
NAMES = st.lists(st.sampled_from(("Kaiming He", "An Yang", "Zoë Núñez", "Self-Play", "*", "the")), max_size=3)

PIECES = st.sampled_from(
    [*WORDS, '"', "(", ")", "|", "OR", "NOT", "-", "author:", "@", "cat:", "title:", "org:", ":", "*", "—",
     "\x00", "ﬁ", "İ", "ß", "\ud800", "a" * 60, "－", "NEAR/2", "'", "%", "\n"]
)  # fmt: skip
PASTED = st.one_of(
    st.text(max_size=60), st.lists(PIECES, max_size=12).map(" ".join), st.lists(PIECES).map("".join)
)
"""What people type and paste: words, operators, and what stands in texts of the web."""


def paper_id(number: int) -> PaperId:
    return PaperId(f"2604.{number:05}")


def paper(number: int, title: str = "Untitled", abstract: str = "", **known: object) -> Paper:
    """Make a paper of which only the named fields are known."""
    return Paper(paper_id(number), title, abstract, **known)  # type: ignore[arg-type]


def rows(*papers: Paper, after: int = 0) -> list[IndexRow]:
    """Return papers as the store gives them: revisions that rise, a day for each number of a paper."""
    return [
        IndexRow(revision, each, FIRST_DAY + timedelta(days=int(each.id[-5:])))
        for revision, each in enumerate(papers, after + 1)
    ]


async def index_of(*papers: Paper, path: Path | None = None) -> SearchIndex:
    """Build an index of papers."""
    index = await open_index(path)
    await index.extend(rows(*papers))
    return index


def query(text: str) -> Topic:
    read = parse_query(text)
    assert isinstance(read, Topic), str(read)
    return read


def hits(index: SearchIndex, text: str, *, since: date | None = None, limit: int = 100) -> list[Hit]:
    """Return what is found, best first."""
    return list(index.search(query(text), since=since, limit=limit))


def found(index: SearchIndex, text: str, *, since: date | None = None, limit: int = 100) -> list[int]:
    """Return the numbers of the papers that are found, best first."""
    return numbers(hits(index, text, since=since, limit=limit))


def kin(index: SearchIndex, number: int, limit: int = 100) -> list[Hit]:
    """Return the papers related to one that the index has."""
    related = index.similar(paper_id(number), limit)
    assert related is not None
    return list(related)


def numbers(found_hits: Iterable[Hit]) -> list[int]:
    """Return the numbers that papers were made with."""
    return [int(hit.paper[-5:]) for hit in found_hits]


@st.composite
def some_papers(draw: st.DrawFn, least: int = 1, most: int = 8) -> Sequence[Paper]:
    """Draw papers with words in all their fields."""
    return [
        paper(
            number,
            draw(TITLES),
            draw(TEXTS),
            keywords=tuple(draw(st.lists(TEXTS, max_size=2))),
            authors=tuple(draw(NAMES)),
            organization=draw(TEXTS),
            categories=tuple(draw(CATEGORIES)),
        )
        for number in range(draw(st.integers(least, most)))
    ]
