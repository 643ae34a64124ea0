"""What somebody may like, from what they voted for and saved. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.text import counted, cut

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from bot.domain.papers import PaperId
    from bot.domain.people import PersonData

MOST_LIKED = 15
"""How many of somebody's papers are looked at, the newest: tastes change, and each costs a search."""

TITLE_CHARS = 60
"""How much of a title is repeated in a reason."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much a paper is like one that somebody likes: from 0 to 1, with the words that they share."""

    paper: PaperId
    liked: PaperId
    score: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recommended:
    """A paper that somebody may like: the liked paper that speaks for it most, and how many others do."""

    paper: PaperId
    strongest: Likeness
    others: int = 0


def liked_papers(data: PersonData) -> list[PaperId]:
    """Return the papers that somebody voted for or saved, the newest of these acts first, then by id."""
    at: dict[PaperId, datetime] = {}
    acts = [(each.paper, each.at) for each in data.acts] + [(each.paper, each.at) for each in data.saves]
    for paper, when in acts:
        at[paper] = max(when, at.get(paper, when))
    return sorted(sorted(at), key=lambda paper: at[paper], reverse=True)


def recommended(
    likenesses: Iterable[Likeness], left_out: Collection[PaperId], limit: int
) -> list[Recommended]:
    """Return papers by how much they are like all that somebody likes together, ties by id.

    So one that is somewhat like three of them comes before one that is somewhat like one.
    """
    of_paper: dict[PaperId, list[Likeness]] = defaultdict(list)
    for each in likenesses:
        if each.paper not in left_out:
            of_paper[each.paper].append(each)
    worth = {paper: sum(sorted(each.score for each in some)) for paper, some in of_paper.items()}
    best = sorted(of_paper, key=lambda paper: (-worth[paper], paper))[:limit]
    return [
        Recommended(paper, min(some, key=lambda each: (-each.score, each.liked)), len(some) - 1)
        for paper, some in ((paper, of_paper[paper]) for paper in best)
    ]


def liking_reasons(each: Recommended, titles: Mapping[PaperId, str]) -> tuple[str, ...]:
    """Say why somebody may like a paper: `like “WorldMark: A …” and 2 others of yours`, `shares video`."""
    title = cut(titles.get(each.strongest.liked) or each.strongest.liked, TITLE_CHARS)
    others = f" and {counted(each.others, 'other')} of yours" if each.others else ""
    words = (f"shares {', '.join(each.strongest.words)}",) if each.strongest.words else ()
    return (f"like “{title}”{others}", *words)
