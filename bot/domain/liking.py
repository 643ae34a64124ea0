"""What somebody may like, from what they voted for, saved and disliked. Pure."""

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


@dataclass(frozen=True, slots=True)
class Taste:
    """Papers that speak for others, and those that speak against others, each the newest first, then by id.

    One that somebody both liked and disliked is in neither: it says nothing. All are `known` to them.
    """

    liked: tuple[PaperId, ...]
    disliked: tuple[PaperId, ...]
    known: frozenset[PaperId]


def taste_of(data: PersonData) -> Taste:
    """Return what somebody likes, as they voted for it or saved it, and what they reacted to with 👎."""
    acts = [(each.paper, each.at) for each in data.acts] + [(each.paper, each.at) for each in data.saves]
    liked = _newest_first(acts)
    disliked = _newest_first([(each.paper, each.at) for each in data.dislikes])
    both = {*liked} & {*disliked}
    ups, downs = (tuple(each for each in some if each not in both) for some in (liked, disliked))
    return Taste(ups, downs, frozenset((*liked, *disliked)))


def _newest_first(acts: Iterable[tuple[PaperId, datetime]]) -> list[PaperId]:
    at: dict[PaperId, datetime] = {}
    for paper, when in acts:
        at[paper] = max(when, at.get(paper, when))
    return sorted(sorted(at), key=lambda paper: at[paper], reverse=True)


def recommended(
    likenesses: Iterable[Likeness],
    left_out: Collection[PaperId],
    limit: int,
    against: Iterable[Likeness] = (),
) -> list[Recommended]:
    """Return papers by how much they are like all that somebody likes together, ties by id.

    So one that is somewhat like three of them comes before one that is somewhat like one. How much a paper is
    like what they dislike (`against`) is taken off, and one of which nothing is left is not recommended.
    """
    of_paper: dict[PaperId, list[Likeness]] = defaultdict(list)
    for each in likenesses:
        if each.paper not in left_out:
            of_paper[each.paper].append(each)
    taken_off: dict[PaperId, list[float]] = defaultdict(list)
    for each in against:
        taken_off[each.paper].append(each.score)
    worth = {
        paper: sum(sorted(each.score for each in some)) - sum(sorted(taken_off[paper]))
        for paper, some in of_paper.items()
    }
    best = sorted(filter(lambda paper: worth[paper] > 0, of_paper), key=lambda paper: (-worth[paper], paper))
    return [
        Recommended(paper, min(some, key=lambda each: (-each.score, each.liked)), len(some) - 1)
        for paper, some in ((paper, of_paper[paper]) for paper in best[:limit])
    ]


def liking_reasons(each: Recommended, titles: Mapping[PaperId, str]) -> tuple[str, ...]:
    """Say why somebody may like a paper: `like “WorldMark: A …” and 2 others of yours`, `shares video`."""
    title = cut(titles.get(each.strongest.liked) or each.strongest.liked, TITLE_CHARS)
    others = f" and {counted(each.others, 'other')} of yours" if each.others else ""
    words = (f"shares {', '.join(each.strongest.words)}",) if each.strongest.words else ()
    return (f"like “{title}”{others}", *words)
