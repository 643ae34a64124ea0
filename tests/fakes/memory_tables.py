"""The tables of the store in memory, and what each write does to them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, assert_never

from bot.domain.places import Identity, Place, PlaceProfile
from bot.domain.records import BallotPaper, Forgotten, Hide, MadeRecord, Member, Secret
from bot.domain.subscriptions import Subscription
from bot.domain.votes import Act, Dislike, Had, Link, Save, Submission
from bot.ports import (
    KeepRecords,
    Record,
    RecordDigest,
    RecordFeed,
    RecordPapers,
    RememberList,
    TallyActs,
    ThinSightings,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.domain.deliveries import Delivery, DeliveryState, MessageRef
    from bot.domain.editions import Edition
    from bot.domain.papers import FeedEntry, Paper, PaperId
    from bot.ports import Write
    from bot.ports.delivery import Broken, Fault, SourceHealth, Undo
    from bot.ports.installations import Installation

HOURLY_AFTER = timedelta(days=2)
DAILY_AFTER = timedelta(days=30)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNKNOWN = (None, "", ())
"""What an unknown field of a paper holds. 0 is known."""

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A paper as it is kept: its texts, its figures, and when a source last told each of them."""

    paper: Paper
    told_at: datetime
    revision: int
    upvotes: int = 0
    comments: int = 0
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a source said of a paper at one moment."""

    upvotes: int
    comments: int
    position: int | None


@dataclass(frozen=True, slots=True)
class Marks:
    """How far a subscription has been planned, as `Standing` has it."""

    planned_until: datetime = EPOCH
    next_at: datetime | None = None
    last_fired_at: datetime | None = None
    empty_line: str = ""
    told_fault_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """A delivery as it is kept. `turn` is its place among the deliveries of its server."""

    delivery: Delivery
    state: DeliveryState
    ready_at: datetime
    turn: int
    outcome: str = ""
    message: MessageRef | None = None
    lease_until: datetime = EPOCH
    lease_holder: str = ""
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ballot:
    """A paper that a posted message shows; the number is 0 where it shows no other."""

    message: MessageRef
    number: int
    place: Place
    paper: PaperId
    posted_at: datetime
    checked_at: datetime | None = EPOCH
    """When its votes were last compared with the platform's; None: they are not any more."""


@dataclass(slots=True)
class Tables:
    """All that is stored. The values are never changed in place, so a copy of each dict copies everything."""

    papers: dict[PaperId, Known] = field(default_factory=dict)
    listings: dict[PaperId, dict[date, int]] = field(default_factory=dict)
    """The position of a paper on the list of each day."""
    feeds: dict[date, datetime] = field(default_factory=dict)
    """When each day's list was last fetched, empty ones too."""
    sightings: dict[PaperId, dict[datetime, Sighting]] = field(default_factory=dict)
    digests: dict[str, datetime] = field(default_factory=dict)
    shown: dict[tuple[Place, Identity, bool], RememberList] = field(default_factory=dict)
    records: dict[tuple[int, Key], Record] = field(default_factory=dict)
    turns: dict[str, datetime] = field(default_factory=dict)
    marks: dict[str, Marks] = field(default_factory=dict)
    """By subscription."""
    broken: dict[str, Broken] = field(default_factory=dict)
    """Subscriptions whose row cannot be read, by id."""
    aside: dict[str, Broken] = field(default_factory=dict)
    """Those that were left out of planning for it."""
    undos: dict[str, Undo] = field(default_factory=dict)
    hides: dict[tuple[Place, PaperId], tuple[Identity, datetime]] = field(default_factory=dict)
    editions: dict[str, Edition] = field(default_factory=dict)
    shown_by: dict[tuple[Place, PaperId], tuple[str, int]] = field(default_factory=dict)
    """The edition by which a place has had a paper, and the paper's position in it."""
    deliveries: dict[str, Owed] = field(default_factory=dict)
    ballots: dict[tuple[MessageRef, int], Ballot] = field(default_factory=dict)
    withdrawals: dict[tuple[Identity, str, PaperId], datetime] = field(default_factory=dict)
    forgotten: dict[str, datetime] = field(default_factory=dict)
    lost: dict[str, datetime] = field(default_factory=dict)
    """Until when events of a platform were missed."""
    secrets: dict[str, str] = field(default_factory=dict)
    codes: dict[str, tuple[Identity, datetime]] = field(default_factory=dict)
    """Whose a one-time code is, and until when."""
    members: dict[str, str] = field(default_factory=dict)
    """The community of each server that is in one."""
    community_codes: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """The code of each community, and until when it is good."""
    sources: dict[str, SourceHealth] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    leases: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """The holder of each role, and until when."""
    remembered: dict[str, str] = field(default_factory=dict)
    left: dict[str, datetime] = field(default_factory=dict)
    seen_events: dict[str, datetime] = field(default_factory=dict)
    installations: dict[tuple[str, str], Installation] = field(default_factory=dict)
    """The servers that the bot was removed from, and when."""
    revision: int = 0

    def copy(self) -> Tables:
        """Return tables that can be changed without changing these."""
        copies: dict[str, Any] = {name: dict(table) for name, table in self._tables().items()}
        return replace(self, **copies)

    def changes(self, other: Tables) -> int:
        """Count the rows in which two states differ."""
        mine, theirs = self._tables(), other._tables()
        return sum(_differences(mine[name], theirs[name]) for name in mine if name != "marks")

    def next_revision(self) -> int:
        """Return a number above that of every paper."""
        self.revision += 1
        return self.revision

    def newest_day(self, paper: PaperId) -> date | None:
        """Return the newest feed day that a paper is listed on."""
        return max(self.listings.get(paper, ()), default=None)

    def _tables(self) -> dict[str, dict[Any, Any]]:
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "revision"}


def _differences(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> int:
    keys = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    return sum(_rows(before.get(key), after.get(key)) for key in keys)


def _rows(before: Any, after: Any) -> int:
    """Count the rows that differ: those of one paper where a table holds several for each, else one."""
    if isinstance(before, dict) or isinstance(after, dict):
        return _differences(before or {}, after or {})
    return 1


def apply(tables: Tables, write: Write) -> None:
    """Do one write.

    Raises:
        ValueError: a text holds what no database keeps alike (NUL, half a surrogate pair).
    """
    refuse_unstorable(write)
    match write:
        case RecordFeed():
            _record_feed(tables, write)
        case RecordPapers():
            _record_papers(tables, write)
        case RecordDigest(digest, at):
            tables.digests.setdefault(digest, at)
        case ThinSightings(now):
            _thin(tables, now)
        case TallyActs():
            pass  # every act is counted each time
        case RememberList():
            _remember(tables, write)
        case KeepRecords():
            _keep(tables, write)
        case _:
            assert_never(write)


def _texts_of(value: object) -> Iterator[str]:
    """Yield every text in a value, whatever holds it."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for each in fields(value):
            yield from _texts_of(getattr(value, each.name))
    elif isinstance(value, dict):
        yield from _texts_of(tuple(value.items()))
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts_of(part)


def refuse_unstorable(value: object) -> None:
    """Raise ValueError where a text in a value is none that every database keeps alike."""
    for text in _texts_of(value):
        text.encode()  # a UnicodeEncodeError is a ValueError
        if "\0" in text:
            message = "a text holds NUL"
            raise ValueError(message)


# --- Papers and lists ---------------------------------------------------------


def _record_feed(tables: Tables, write: RecordFeed) -> None:
    day, seen_at = write.feed.day, write.feed.seen_at
    is_newer = day not in tables.feeds or seen_at > tables.feeds[day]
    for position, entry in enumerate(write.feed.entries, start=1):
        _tell(tables, entry.paper, seen_at)
        _sight(tables, entry, seen_at, position)
        _list(tables, day, entry.paper.id, position, is_newer=is_newer)
    if is_newer:
        tables.feeds[day] = seen_at


def _record_papers(tables: Tables, write: RecordPapers) -> None:
    for entry in write.entries:
        _tell(tables, entry.paper, write.seen_at)
        if write.has_figures:
            _sight(tables, entry, write.seen_at, position=None)


def _list(tables: Tables, day: date, paper: PaperId, position: int, *, is_newer: bool) -> None:
    listed = tables.listings.get(paper, {})
    if not is_newer and day in listed:
        return
    tables.listings[paper] = {**listed, day: position}
    # The index orders and filters by the newest day, so a change of it is a change of the paper.
    if not listed or day > max(listed):
        tables.papers[paper] = replace(tables.papers[paper], revision=tables.next_revision())


def _tell(tables: Tables, paper: Paper, told_at: datetime) -> None:
    """Take in what is told of a paper: over what is known where it is newer, else only into the gaps."""
    known = tables.papers.get(paper.id)
    if known is None:
        tables.papers[paper.id] = Known(paper, told_at, tables.next_revision())
        return
    is_newer = told_at > known.told_at
    merged = _filled(paper, known.paper) if is_newer else _filled(known.paper, paper)
    revision = known.revision if merged == known.paper else tables.next_revision()
    tables.papers[paper.id] = replace(
        known, paper=merged, revision=revision, told_at=max(told_at, known.told_at)
    )


def _filled(paper: Paper, other: Paper) -> Paper:
    """Fill the unknown fields of a paper from another telling of it."""
    gaps = [each.name for each in fields(paper) if getattr(paper, each.name) in UNKNOWN]
    return replace(paper, **{name: getattr(other, name) for name in gaps})


def _sight(tables: Tables, entry: FeedEntry, seen_at: datetime, position: int | None) -> None:
    known = tables.papers[entry.paper.id]
    if known.seen_at is None or seen_at > known.seen_at:
        tables.papers[entry.paper.id] = replace(
            known, upvotes=entry.upvotes, comments=entry.comments, seen_at=seen_at
        )
    sighting = Sighting(entry.upvotes, entry.comments, position)
    kept = tables.sightings.get(entry.paper.id, {})
    before = max((at for at in kept if at <= seen_at), default=None)
    if before is None or (before < seen_at and _is_news(kept[before], sighting)):
        tables.sightings[entry.paper.id] = {**kept, seen_at: sighting}


def _is_news(before: Sighting, now: Sighting) -> bool:
    """Tell whether a number changed; a sighting outside a list says nothing of the position."""
    moved = now.position is not None and now.position != before.position
    return moved or (now.upvotes, now.comments) != (before.upvotes, before.comments)


def _thin(tables: Tables, now: datetime) -> None:
    """Keep the newest sighting of each hour after 2 days, of each day after 30 (both of UTC)."""
    for paper, sightings in tables.sightings.items():
        newest = {_span(at, now): at for at in sorted(sightings)}
        tables.sightings[paper] = {at: sightings[at] for at in newest.values()}


def _span(at: datetime, now: datetime) -> tuple[timedelta, int]:
    """Return the stretch of time of which one sighting is kept; a fresh one has its own."""
    width = timedelta(microseconds=1)
    if at < now - HOURLY_AFTER:
        width = timedelta(days=1) if at < now - DAILY_AFTER else timedelta(hours=1)
    return width, (at - EPOCH) // width


# --- What people do -----------------------------------------------------------


def _remember(tables: Tables, write: RememberList) -> None:
    key = write.place, write.identity, write.public
    before = tables.shown.get(key)
    if before is None or before.at <= write.at:
        tables.shown[key] = write


def _keep(tables: Tables, write: KeepRecords) -> None:
    for record in write.records:
        if isinstance(record, MadeRecord):
            _keep_made(tables, record)
            continue
        tables.records.setdefault(key_of(record), record)
        if isinstance(record, Subscription):
            marks = Marks(write.at or EPOCH, last_fired_at=write.fired_at.get(record.id))
            tables.marks.setdefault(record.id, marks)


def _keep_made(tables: Tables, record: MadeRecord) -> None:
    """Keep what has a table of its own."""
    match record:
        case Member(server, community):
            tables.members.setdefault(server, community)
        case Hide(place, paper, identity, at):
            tables.hides.setdefault((place, paper), (identity, at))
        case BallotPaper(message, number, place, paper, at):
            tables.ballots.setdefault((message, number), Ballot(message, number, place, paper, at))
        case Forgotten(hashed, at):
            tables.forgotten.setdefault(hashed, at)
        case Secret(name, value):
            tables.secrets.setdefault(name, value)
        case _:
            assert_never(record)


def made_records(tables: Tables) -> Iterator[MadeRecord]:
    """Yield what has a table of its own, in the order of an export."""
    yield from (Member(server, community) for server, community in sorted(tables.members.items()))
    hides = sorted(tables.hides.items(), key=lambda item: (str(item[0][0]), item[0][1]))
    yield from (Hide(place, paper, identity, at) for (place, paper), (identity, at) in hides)
    for _, one in sorted(tables.ballots.items()):
        yield BallotPaper(one.message, one.number, one.place, one.paper, one.posted_at)
    yield from (Forgotten(hashed, at) for hashed, at in sorted(tables.forgotten.items()))
    yield from (Secret(name, value) for name, value in sorted(tables.secrets.items()))


KeptRecord = Act | Dislike | Had | Link | PlaceProfile | Save | Submission | Subscription
"""What an export holds and one table keeps as it is."""


def key_of(record: KeptRecord) -> tuple[int, Key]:  # noqa: PLR0911 - one for each kind of record
    """Return what makes a record the one that it is. The number orders the kinds as an export has them."""
    match record:
        case PlaceProfile(place):
            return 0, (str(place),)
        case Link(identity):
            return 1, (identity,)
        case Subscription(name):
            return 2, (name,)
        case Act(paper, identity, place, means, _, message):
            return 3, (paper, identity, str(place), message, means)
        case Had(place, paper):
            return 4, (str(place), paper)
        case Submission(paper, place):
            return 5, (str(place), paper)
        case Save(identity, paper):
            return 6, (identity, paper)
        case Dislike(identity, paper, _, _, message):
            return 7, (identity, paper, message)
        case _:
            assert_never(record)
