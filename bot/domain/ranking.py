"""In which order papers stand, and why, in plain words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.maths import readable
from bot.domain.text import counted, cut, full_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.domain.papers import Listed

UPVOTES_OF_A_VOTE = 5
"""What a vote of this community weighs, in upvotes."""

WEIGHT_OF_LIST = (1.5, 1.0)
"""What papers of the newest list and of the one before it weigh; older ones weigh `WEIGHT_OF_OLDER`."""
WEIGHT_OF_OLDER = 0.7

FRESH = timedelta(hours=6)
"""How old figures may be for their movement still to be news."""
MOVEMENT = timedelta(hours=3)
"""The span that movement is told over."""


def score(upvotes: int, votes: int, lists_ago: int) -> float:
    """Return what editions rank by: upvotes plus five times the votes, weighed by the age of the list.

    `lists_ago` counts lists, not days: 0 for the newest list, 1 for the one before it.
    """
    weight = WEIGHT_OF_LIST[lists_ago] if lists_ago < len(WEIGHT_OF_LIST) else WEIGHT_OF_OLDER
    return (upvotes + UPVOTES_OF_A_VOTE * votes) * weight


def by_upvotes(papers: Iterable[Listed]) -> list[Listed]:
    """Order as `on`, `week` and `month` do: upvotes, votes here, comments (each falling), then id."""
    return sorted(papers, key=lambda one: (-one.upvotes, -one.votes, -one.comments, one.paper.id))


def because(listed: Listed, now: datetime) -> tuple[str, ...]:
    """Return why a paper stands where it does: `84 upvotes`, `12 in the last 3 hours`, `3 votes here`."""
    upvotes, *votes = figures(listed)
    return (upvotes, *movement(listed, now), *votes)


def figures(listed: Listed) -> tuple[str, ...]:
    """Return the figures of a paper as they are told: `84 upvotes`, and `3 votes here` if there are any."""
    votes = (f"{counted(listed.votes, 'vote')} here",) if listed.votes else ()
    return (counted(listed.upvotes, "upvote"), *votes)


def movement(listed: Listed, now: datetime) -> tuple[str, ...]:
    """Tell how many upvotes came in the last three hours, where some did and that is known and news."""
    if listed.earlier is None or listed.seen_at is None or now - listed.seen_at > FRESH:
        return ()
    rise = listed.upvotes - listed.earlier.upvotes
    hours = MOVEMENT // timedelta(hours=1)
    return (f"{rise:,} in the last {hours} hours",) if rise > 0 else ()


def leader_reasons(listed: Listed) -> tuple[str, ...]:
    """Return the votes, and where Hugging Face has the paper on its day's list."""
    votes = f"{counted(listed.votes, 'vote')} here"
    if listed.position is None or listed.feed_day is None:
        return (votes,)
    return (votes, f"number {listed.position} on Hugging Face's list of {full_day(listed.feed_day)}")


LEAST_GAP = 5
"""From how many places on a leaderboard and a list disagree about a paper."""
LEAST_VOTES = 2
"""One vote is somebody's taste, not a community's."""
MOST_DISAGREEMENTS = 3
DISAGREEING_CHARS = 60
"""How much of a title is repeated where it is told."""


def disagreements(leaders: Sequence[Listed]) -> tuple[str, ...]:
    """Tell which papers a community has much higher or lower than Hugging Face's list of their day.

    The widest gaps come first, then the order of the leaderboard; empty where there are none.
    """
    gaps = [
        (abs(listed.position - rank), rank, listed)
        for rank, listed in enumerate(leaders, start=1)
        if listed.position is not None and listed.votes >= LEAST_VOTES
    ]
    wide = sorted((gap for gap in gaps if gap[0] >= LEAST_GAP), key=lambda gap: (-gap[0], gap[1]))
    told = [disagreement(rank, listed) for _, rank, listed in wide[:MOST_DISAGREEMENTS]]
    return tuple(told)


def disagreement(rank: int, listed: Listed) -> str:
    """Say where a paper stands here, and where on Hugging Face's list."""
    title = cut(readable(listed.paper.title), DISAGREEING_CHARS)
    return f"“{title}” is number {rank} here, {listed.position} on its list there."
