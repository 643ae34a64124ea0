"""What a command found out, before it is put into words or into JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.domain.papers import Listed
    from bot.domain.places import Place


@dataclass(frozen=True, slots=True)
class Ranked:
    """One paper of a list, with the reasons that it stands there, in plain words."""

    listed: Listed
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Papers of a list that belong together; `title` is empty where the list has one section."""

    papers: tuple[Ranked, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class PaperList:
    """Papers in order. They are numbered from 1 through all sections."""

    title: str
    sections: tuple[Section, ...]
    feed_date: date | None = None
    """The feed day that the list is of, where it is of one."""
    notes: tuple[str, ...] = ()

    @property
    def papers(self) -> tuple[Ranked, ...]:
        """All papers in order, without the sections."""
        return tuple(ranked for section in self.sections for ranked in section.papers)


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One paper in full. `notes` say how it was found where that is not plain (`3 of your last list`)."""

    ranked: Ranked
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation of one paper. `style` is bibtex, ris or apa."""

    paper: Listed
    style: str
    text: str


@dataclass(frozen=True, slots=True)
class HelpPage:
    """Help on everything, or on one command: a title, then paragraphs of (words to type, what they do)."""

    title: str
    lines: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedState:
    """The newest list that is stored."""

    day: date
    papers: int
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class StatusReport:
    """Whether the bot is well in a place, and why nothing came where nothing came."""

    place: Place
    feed: FeedState | None
    silence: str = ""
    """Why nothing came or may come, with what to do; empty where all is well."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The command was not done. `usage` is the line that shows how it is typed, where that helps."""

    sentence: str
    usage: str = ""
    wrong_usage: bool = False


Answer = PaperList | PaperPage | Citation | HelpPage | StatusReport | Refusal
