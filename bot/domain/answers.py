"""What a command found out, before it is put into words or into JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from bot.domain.editions import Edition
    from bot.domain.papers import Listed, PaperId
    from bot.domain.places import Place
    from bot.domain.subscriptions import Subscription
    from bot.domain.votes import Submission


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
    disagreements: tuple[str, ...] = ()
    """Where a leaderboard disagrees with Hugging Face, a line each: a short list of its own, not numbered."""
    is_remembered: bool = True
    """Whether its numbers mean something later, as in `show 2`."""
    is_private: bool | None = None
    """Whether the place keeps lists for the asker alone; None where that has not been looked up."""
    about: PaperId | None = None
    """The paper that all of them are like, where the list is of such."""

    @property
    def papers(self) -> tuple[Ranked, ...]:
        """All papers in order, without the sections."""
        return tuple(ranked for section in self.sections for ranked in section.papers)


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One paper in full. `notes` say how it was found where that is not plain (`3 of your last list`)."""

    ranked: Ranked
    notes: tuple[str, ...] = ()
    submission: Submission | None = None
    """What puts it in front of a place; its note stands behind the others."""


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


NOTHING_FETCHED = (
    "No list has been fetched yet. On the machine that runs me, “papers ingest” fetches the newest."
)


@dataclass(frozen=True, slots=True)
class LastPost:
    """The newest edition of a place, and what became of it. `papers` is 0 where it said why nothing came."""

    due_at: datetime
    tz: str
    outcome: str
    """What became of it in a word: `delivered`, `waiting`, `dropped`, `nothing`."""
    papers: int = 0
    done_at: datetime | None = None
    why: str = ""
    """What the platform said last, or why there was nothing; empty where all went well."""


@dataclass(frozen=True, slots=True)
class NextPost:
    """When a place is due next, in the zone of that subscription."""

    at: datetime
    tz: str


@dataclass(frozen=True, slots=True)
class StatusReport:
    """Whether the bot is well in a place, and why nothing came where nothing came."""

    place: Place
    feed: FeedState | None
    silence: str = ""
    """Why nothing came or may come, with what to do; empty where all is well."""
    is_meant: bool = False
    """The silence is what somebody asked for: nothing is wrong."""
    last: LastPost | None = None
    next: NextPost | None = None
    has_subscriptions: bool = True
    """Something is to be posted here by itself."""
    votes_checked: datetime | None = None
    """When the votes on its messages were last compared with what the platform shows."""


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """A subscription with the instants of its next firings; none where a pause has no end."""

    subscription: Subscription
    next_at: tuple[datetime, ...] = ()
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class SubscriptionSaved:
    """A subscription that was made, changed, or left as it was.

    `before` is None for a new one, and equal to it where nothing was changed.
    """

    state: SubscriptionState
    before: Subscription | None
    can: tuple[str, ...] = ()
    """What the bot may do in its place, in words: `post`, `react`."""
    lacks: tuple[str, ...] = ()
    """What it may not: each a sentence that says what to do."""
    lists: tuple[int, ...] = ()
    """How many papers each of the last lists would have given, the oldest first."""
    notes: tuple[str, ...] = ()
    """What the filter took, which zone was taken, and the like."""
    undo: str = ""
    """The token that takes it back; empty where nothing was changed."""


@dataclass(frozen=True, slots=True)
class BrokenSubscription:
    """A subscription that cannot be read, and why: the others go on without it."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class SubscriptionList:
    """The subscriptions of a place."""

    place: Place
    states: tuple[SubscriptionState, ...]
    broken: tuple[BrokenSubscription, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a subscription would post now, or was told to post."""

    state: SubscriptionState
    edition: Edition
    papers: Mapping[PaperId, Listed]
    notes: tuple[str, ...] = ()
    """What the filter took and why."""
    is_posted: bool = False
    is_kept: bool = True
    """There is such a subscription; else it was asked for by its arguments."""


@dataclass(frozen=True, slots=True)
class PlaceWays:
    """The ways of a place by name; `before` holds the former value of each that was changed."""

    place: Place
    ways: Mapping[str, str]
    before: Mapping[str, str]
    lacks: tuple[str, ...] = ()
    """Why notices cannot be told where they go now, each a sentence."""


@dataclass(frozen=True, slots=True)
class Done:
    """Something was done, or was so already. `states` are subscriptions as they are now."""

    sentence: str
    states: tuple[SubscriptionState, ...] = ()
    undo: str = ""
    """The token that takes it back; empty where that cannot be."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file for the asker alone. Where a platform sends none, its text is shown."""

    sentence: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Nothing was done yet: what would be, and the button or the words that do it."""

    sentence: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The command was not done. `usage` is the line that shows how it is typed, where that helps."""

    sentence: str
    usage: str = ""
    wrong_usage: bool = False


PlaceAnswer = StatusReport | SubscriptionSaved | SubscriptionList | Preview | PlaceWays | Done
"""What concerns a place."""

PersonalAnswer = DataFile | Confirmation
"""What concerns a person."""

Answer = PaperList | PaperPage | Citation | HelpPage | PlaceAnswer | PersonalAnswer | Refusal
