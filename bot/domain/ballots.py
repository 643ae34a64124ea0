"""Ballots: posted messages on which a reaction or a button means a vote."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bot.domain.emoji import THUMBS_UP, dislike_of, vote_of
from bot.domain.votes import Act, Dislike, Means

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bot.domain.deliveries import MessageRef
    from bot.domain.papers import PaperId
    from bot.domain.places import Identity, Place


class Ballot(NamedTuple):
    """A posted message with its papers by number: 0 for the only one of a message, 1 to n in a digest."""

    message: MessageRef
    place: Place
    papers: Mapping[int, PaperId]
    posted_at: datetime
    emoji: str = THUMBS_UP
    """What counts as a vote in its place."""


class Stand(NamedTuple):
    """One reaction that counts: whose, for which paper, and its name as `Act.message` has it."""

    paper: PaperId
    identity: Identity
    message: str


def reaction_name(message: MessageRef, variant: str) -> str:
    """Name a reaction: by its message, and by its variant where it is not the usual one.

    One person may have reacted with several variants of an emoji; each is an act, and the vote stands as long
    as one of them does.
    """
    return f"{message} {variant}" if variant else message


def message_of(name: str) -> str:
    """Return the message that a reaction was put on."""
    return name.partition(" ")[0]


def reaction_act(
    ballot: Ballot, emoji: str, identity: Identity, at: datetime, *, is_super: bool = False
) -> Act | None:
    """Return the act that a reaction on a ballot is; None where it is no vote."""
    mark = vote_of(emoji, emoji=ballot.emoji, numbers=ballot.papers, is_super=is_super)
    if mark is None:
        return None
    name = reaction_name(ballot.message, mark.variant)
    return Act(ballot.papers[mark.number], identity, ballot.place, Means.REACTION, at, name)


def reaction_dislike(
    ballot: Ballot, emoji: str, identity: Identity, at: datetime, *, is_super: bool = False
) -> Dislike | None:
    """Return the dislike that a reaction on a ballot is, whatever is a vote there; None for all others."""
    mark = dislike_of(emoji, numbers=ballot.papers, is_super=is_super)
    if mark is None:
        return None
    name = reaction_name(ballot.message, mark.variant)
    return Dislike(identity, ballot.papers[mark.number], ballot.place, at, name)


# --- Comparing with the platform ----------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """In what the stored reactions of a ballot differ from the platform's."""

    missing: frozenset[Stand]
    extra: frozenset[Stand]


SAME = Difference(frozenset(), frozenset())


def difference(stored: Iterable[Stand], shown: Iterable[Stand]) -> Difference:
    """Compare what is stored of a ballot with what the platform shows."""
    ours, theirs = frozenset(stored), frozenset(shown)
    return Difference(theirs - ours, ours - theirs)


def shown_stands(ballot: Ballot, emoji: str, people: Iterable[Identity], *, is_super: bool) -> set[Stand]:
    """Return the votes that people give with one emoji on a ballot; none where it is no vote."""
    mark = vote_of(emoji, emoji=ballot.emoji, numbers=ballot.papers, is_super=is_super)
    if mark is None:
        return set()
    name = reaction_name(ballot.message, mark.variant)
    return {Stand(ballot.papers[mark.number], identity, name) for identity in people}


def shown_counts(ballot: Ballot, tallies: Iterable[tuple[str, int]]) -> Counter[PaperId]:
    """Count the reactions that are votes, paper by paper; `tallies` are emoji with their numbers."""
    counts: Counter[PaperId] = Counter()
    for emoji, count in tallies:
        mark = vote_of(emoji, emoji=ballot.emoji, numbers=ballot.papers)
        if mark is not None and count > 0:
            counts[ballot.papers[mark.number]] += count
    return counts
