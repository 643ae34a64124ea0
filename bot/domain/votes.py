"""Acts and votes, and what else people leave with a paper.

An `Act` is a NamedTuple, as is all that each reaction makes (`Mark`, `Ballot`, `ReactionEvent`, `CastVote`):
a frozen dataclass takes three times as long to make.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.papers import PaperId
    from bot.domain.places import Identity, Place


class Means(StrEnum):
    """How an act was done."""

    REACTION = "reaction"
    BUTTON = "button"
    COMMAND = "command"


class Act(NamedTuple):
    """One thing that one person did for one paper. A vote is a person and a paper with at least one act.

    The act names the identity that did it, so that linking two identities rewrites nothing.
    `message` is the platform's own reference to the ballot, empty for a command.
    """

    paper: PaperId
    identity: Identity
    place: Place
    means: Means
    at: datetime
    message: str = ""


@dataclass(frozen=True, slots=True)
class Dislike:
    """A paper that somebody reacted to with 👎: for their own recommendations alone, and never shown.

    It is no `Act` of another kind: whatever counts, lists or compares acts is right without knowing of it.
    """

    identity: Identity
    paper: PaperId
    place: Place
    at: datetime
    message: str
    """The reaction, named by `bot.domain.ballots.reaction_name`."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A paper that somebody put in front of a community."""

    paper: PaperId
    place: Place
    identity: Identity
    at: datetime
    note: str = ""
    hidden_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Save:
    """A paper on somebody's own reading list."""

    identity: Identity
    paper: PaperId
    at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """Two identities of one person: the acts of `identity` count as those of `person`."""

    identity: Identity
    person: Identity
    at: datetime


@dataclass(frozen=True, slots=True)
class Had:
    """A place has had a paper in an edition; no edition brings it there again."""

    place: Place
    paper: PaperId
    at: datetime
