"""What the core asks of the world outside, in the core's own words.

Adapters satisfy these Protocols without inheriting from them. No SQL, no library's type and no platform's
identifier crosses them. Whatever a network or a person can cause is a value; only a bug, a broken store or
a start-up fault raises (`bot.errors`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence
    from datetime import date, datetime, timedelta

    from bot.domain.answers import FeedState
    from bot.domain.papers import Feed, FeedEntry, Listed, Paper, PaperId
    from bot.domain.places import Identity, Place, PlaceProfile
    from bot.domain.records import BallotPaper, Forgotten, Hide, Member, Secret
    from bot.domain.subscriptions import Subscription
    from bot.domain.topics import Topic
    from bot.domain.votes import Act, Dislike, Had, Link, Save, Submission


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never step back, for rates and timeouts."""

    async def sleep(self, delay: timedelta) -> None:
        """Return after the delay has passed on this clock."""


# --- Sources ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceFault:
    """A source did not answer, or not with what it should have. Nothing of its answer was used.

    `why` ends the sentence "<source> …": `did not answer within 10 seconds`. `answered` tells a source that
    is down (False) from one whose answer makes no sense (True).
    """

    source: str
    why: str
    answered: bool = False

    def __str__(self) -> str:
        return f"{self.source} {self.why}"


class PaperSource(Protocol):
    """Where daily lists come from (Hugging Face)."""

    async def feed(self, day: date) -> Feed | SourceFault:
        """Fetch the whole list of one feed day; a day without a list is a Feed without entries."""

    async def paper(self, paper: PaperId) -> FeedEntry | SourceFault | None:
        """Fetch one paper; None where the source does not know it."""

    async def search(self, query: str, limit: int) -> Sequence[FeedEntry] | SourceFault:
        """Fetch the source's own hits for a text, best first."""


class PaperArchive(Protocol):
    """Where papers themselves are described (arXiv)."""

    async def papers(self, ids: Sequence[PaperId]) -> Mapping[PaperId, Paper] | SourceFault:
        """Fetch what is known of the papers; those that do not exist are left out."""


class Probed(Protocol):
    """A source that can be asked whether it is there."""

    async def probe(self) -> datetime | SourceFault | None:
        """Ask for as little as can be; return the source's own time, where it tells it."""


# --- The store ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordFeed:
    """Keep a list: its papers, their places on it, and a sighting of each whose numbers changed.

    An older feed never replaces newer figures or texts, and an unknown field never erases a known one.
    """

    feed: Feed


@dataclass(frozen=True, slots=True)
class RecordPapers:
    """Keep papers that were seen outside a list; `has_figures` tells whether upvotes and comments count."""

    entries: tuple[FeedEntry, ...]
    seen_at: datetime
    has_figures: bool


@dataclass(frozen=True, slots=True)
class RecordDigest:
    """Remember that a saved answer with this digest has been taken in whole."""

    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ThinSightings:
    """Thin sightings to one an hour after 2 days and one a day after 30, the newest of each span kept."""

    now: datetime


@dataclass(frozen=True, slots=True)
class TallyActs:
    """Tally acts that are not tallied yet, at least `most` of them or all: leaderboards are found sooner."""

    most: int


@dataclass(frozen=True, slots=True)
class RememberList:
    """Remember the numbers of a list that somebody was shown, until the next one in that place."""

    place: Place
    identity: Identity
    papers: tuple[PaperId, ...]
    at: datetime
    public: bool


Record: TypeAlias = (
    "Subscription | Act | PlaceProfile | Had | Submission | Save | Link | Dislike"
    " | Member | Hide | BallotPaper | Forgotten | Secret"
)
"""What an export holds."""


@dataclass(frozen=True, slots=True)
class KeepRecords:
    """Keep imported or newly made records. One that is there already (by its own key) is left as it is.

    A subscription counts as planned until `at`, so that an import posts nothing again. `fired_at` names the
    last firings of subscriptions by their id, so that their next edition covers what came since.
    """

    records: tuple[Record, ...]
    at: datetime | None = None
    fired_at: Mapping[str, datetime] = field(default_factory=dict)


Write = RecordFeed | RecordPapers | RecordDigest | ThinSightings | TallyActs | RememberList | KeepRecords


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose votes are counted: everybody's, some servers' or a place's (no servers, no place: no limit)."""

    servers: tuple[str, ...] = ()
    place: Place | None = None


EVERYBODY = Scope()


class Scopes(Protocol):
    """Which servers vote together."""

    async def scope_of(self, place: Place) -> Scope:
        """Return whose votes count in a place: those of its community. Seldom more than a look-up."""


@dataclass(frozen=True, slots=True)
class NewestLists:
    """The papers of the `lists` newest feed days with a list, none later than `day`."""

    day: date
    lists: int


@dataclass(frozen=True, slots=True)
class Best:
    """The best papers listed from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class MostVoted:
    """The papers with most votes cast since an instant; None: ever."""

    since: datetime | None


@dataclass(frozen=True, slots=True)
class ById:
    """Papers that are named one by one, in that order."""

    papers: tuple[PaperId, ...]


Asked: TypeAlias = NewestLists | Best | MostVoted | ById
"""What somebody asks to be shown in a place."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a place is shown, and its own ways; None where nothing is kept of it."""

    papers: Sequence[Listed]
    profile: PlaceProfile | None = None


@dataclass(frozen=True, slots=True)
class RememberedList:
    """A list that was shown in a place. `own` tells the asker's own from the last public one."""

    papers: tuple[PaperId, ...]
    at: datetime
    own: bool


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One paper as the search index reads it. Revisions rise with each change of a paper's text or day."""

    revision: int
    paper: Paper
    day: date | None


class Store(Protocol):
    """The paper store. Each read is one round trip; writes are values, grouped into few commits."""

    async def write(self, *writes: Write) -> int:
        """Do the writes in order, all or none, and return how many rows they changed, once committed."""

    async def newest_lists(
        self, day: date, lists: int, *, scope: Scope, limit: int | None
    ) -> Sequence[Listed]:
        """Return the papers of the `lists` newest feed days with a list, none later than `day`.

        Newest day first, each day by upvotes plus five times the votes in scope, then upvotes, comments and
        id; at most `limit` of each day. A paper on two of the days comes on each.
        """

    async def best(self, first: date, last: date, *, scope: Scope, limit: int | None) -> Sequence[Listed]:
        """Return the papers listed from `first` to `last`, both included, each once.

        Ordered by upvotes, votes in scope, comments (each falling), then id; at most `limit`.
        """

    async def papers(self, ids: Sequence[PaperId], *, scope: Scope) -> Sequence[Listed]:
        """Return those of the papers that are stored, in the order asked for."""

    async def leaderboard(self, since: datetime | None, *, scope: Scope, limit: int) -> Sequence[Listed]:
        """Return the papers with most votes cast since an instant (None: ever), `votes` counting those alone.

        Ordered by votes, upvotes (falling), then id. A voted paper whose details are not stored comes with
        its id as title.
        """

    async def shown(self, place: Place, asked: Asked, *, scope: Scope, limit: int | None) -> Shown:
        """Return what is asked for as a place is shown it, with the place's own ways: all in one read.

        In the order and within the limit of `newest_lists`, `best`, `leaderboard` or `papers`; but what is
        hidden in the place is on no list there, and takes no other paper's place on it. Papers that are
        named are shown, hidden or not, whatever the limit.
        """

    async def last_feed(self, day: date) -> FeedState | None:
        """Return the newest list with papers, none later than `day`."""

    async def listed_days(self, first: date, last: date) -> Collection[date]:
        """Return the days from `first` to `last`, both included, whose list was recorded, if empty."""

    async def remembered(self, place: Place, identity: Identity, since: datetime) -> RememberedList | None:
        """Return the own newest list here since an instant, else the newest public one of whatever age."""

    async def known_digests(self, digests: Collection[str]) -> Collection[str]:
        """Return those of the digests that were recorded."""

    async def bare_papers(self, limit: int) -> Sequence[PaperId]:
        """Return papers that lack arXiv's categories, or whose details are unknown, newest first."""

    async def index_rows(self, after: int, limit: int) -> Sequence[IndexRow]:
        """Return the papers whose revision is above `after`, by rising revision."""

    async def revisions(self, after: int, limit: int) -> Sequence[tuple[PaperId, int]]:
        """Return the revisions above `after`, rising, each with its paper."""

    def records(self) -> AsyncIterator[Record]:
        """Yield all that an export holds, places and links first, each kind in the order of its key."""

    async def take_turn(self, name: str, every: timedelta, now: datetime) -> timedelta:
        """Book the next free turn of something that all processes share; return how long to wait for it."""

    async def close(self) -> None:
        """Finish the writes that wait, and let go of the database."""


# --- Search -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit:
    """One paper that was found; `because` are the words that speak for it, strongest first."""

    paper: PaperId
    score: float
    because: tuple[str, ...] = ()


class SearchIndex(Protocol):
    """Full text over everything stored, in this process. Searching never blocks for long."""

    @property
    def revision(self) -> int:
        """The revision up to which papers are in the index."""

    def search(self, query: Topic, *, since: date | None, limit: int) -> Sequence[Hit]:
        """Return ranked hits, best first, ties by id; a query without words has none.

        Words rank, the query's restriction (phrases, exclusions, fields) chooses what is ranked; where
        nothing ranks, the newest come first. `since` leaves out papers that were listed (where never
        listed: submitted) before that day.
        """

    def titled(self, text: str, *, since: date | None) -> Hit | None:
        """Return the newest paper whose title is this text, case, spaces and punctuation aside."""

    def similar(self, paper: PaperId, limit: int) -> Sequence[Hit] | None:
        """Return related papers, best first, each with up to three shared terms; None if not in the index."""

    async def is_of(self, revisions: Mapping[PaperId, int], newest: Sequence[IndexRow]) -> bool:
        """Tell whether the index was made of a store with these papers, as far as it goes.

        `revisions` are those of all papers of the store, `newest` some of the papers that changed last before
        `revision`.
        """

    async def clear(self) -> None:
        """Forget all papers."""

    async def extend(self, rows: Sequence[IndexRow]) -> None:
        """Take in new and changed papers without holding the event loop for long."""

    async def save(self) -> None:
        """Keep the index for the next start, where it can be kept."""
