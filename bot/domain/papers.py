"""Papers, what a source said of them, and the lists they stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from datetime import date, datetime

PaperId = NewType("PaperId", str)
"""An arXiv identifier without its version: `2604.01234` or `hep-th/9901001`."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One work. Texts are clean: one line each, no control characters, links http(s) only.

    An empty text, an empty tuple and None all mean "not known".
    """

    id: PaperId
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    """When it was submitted to arXiv."""
    organization: str = ""
    tldr: str = ""
    """One sentence on it, from the source."""
    keywords: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    """arXiv's categories, the primary one first."""
    code_url: str = ""
    code_stars: int | None = None
    project_url: str = ""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One paper as a source shows it: on a list, by its identifier, or among the hits of a search."""

    paper: Paper
    upvotes: int = 0
    comments: int = 0
    listed_on: date | None = None
    """The feed day that the source itself names, where it does."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An item of a list that could not be read."""

    item: str
    """The paper's identifier where it has one, else its position on the list, as `item 3`."""
    why: str


@dataclass(frozen=True, slots=True)
class Feed:
    """The list of one feed day (a UTC date) as a source showed it at one moment, in its order."""

    day: date
    seen_at: datetime
    entries: tuple[FeedEntry, ...]
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """The upvotes that a paper had at one moment."""

    upvotes: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """One paper with its figures, as the store knows it now."""

    paper: Paper
    feed_day: date | None = None
    """The newest feed day that it is listed on, among those asked for."""
    position: int | None = None
    """Its place on that day's list, 1 for the first, in the source's order."""
    upvotes: int = 0
    comments: int = 0
    votes: int = 0
    """People of the asking community who voted for it here."""
    seen_at: datetime | None = None
    """When a source last told these figures."""
    earlier: Figure | None = None
    """The figure that stood three hours before `seen_at`, where that is known."""
