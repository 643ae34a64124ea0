"""A paper store of plain dicts: what tests of everything else use, and the plainest telling of the port.

It passes the same tests (tests/contract) as SQLite and PostgreSQL. Each write works on a copy of the tables,
which takes their place once all of it is done: so a write that fails leaves nothing behind.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, assert_never

from bot.domain.answers import FeedState
from bot.domain.deliveries import DeliveryState
from bot.domain.editions import EditionKind
from bot.domain.papers import Figure, Listed, Paper, PaperId
from bot.domain.places import PlaceProfile
from bot.domain.votes import Act, Link
from bot.errors import StoreError
from bot.ports import Best, ById, IndexRow, MostVoted, NewestLists, RememberedList, Shown
from tests.fakes.memory_tables import Known, Tables, apply, key_of, made_records

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator, Sequence

    from bot.domain.places import Identity, Place
    from bot.ports import Asked, Record, Scope, Write

VOTE_WEIGHT = 5
MOVEMENT = timedelta(hours=3)
NEVER = datetime.min.replace(tzinfo=UTC)

Days = dict[PaperId, date]
"""The newest feed day of each paper, among those asked for."""
Voters = dict[PaperId, set["Identity"]]
"""The people who voted for each paper."""


class MemoryStore:
    """Satisfies `bot.ports.Store`. Tests may look into `tables`."""

    def __init__(self) -> None:
        self.tables = Tables()
        self._is_closed = False

    async def write(self, *writes: Write) -> int:
        before = self._open()
        draft = before.copy()
        for each in writes:
            apply(draft, each)
        self.tables = draft
        return before.changes(draft)

    async def newest_lists(
        self, day: date, lists: int, *, scope: Scope, limit: int | None
    ) -> Sequence[Listed]:
        days = sorted((each for each in self._counts_of_days() if each <= day), reverse=True)
        return [listed for each in days[:lists] for listed in self._list_of(each, scope)[:limit]]

    async def best(self, first: date, last: date, *, scope: Scope, limit: int | None) -> Sequence[Listed]:
        voters = self._voters(scope)
        found = [self._listed(paper, day, voters) for paper, day in self._days(first, last).items()]
        found.sort(key=lambda each: (-each.upvotes, -each.votes, -each.comments, each.paper.id))
        return found[:limit]

    async def papers(self, ids: Sequence[PaperId], *, scope: Scope) -> Sequence[Listed]:
        tables, voters = self._open(), self._voters(scope)
        return [
            self._listed(paper, tables.newest_day(paper), voters) for paper in ids if paper in tables.papers
        ]

    async def leaderboard(self, since: datetime | None, *, scope: Scope, limit: int) -> Sequence[Listed]:
        tables, voters = self._open(), self._voters(scope, since or NEVER)
        found = [self._listed(paper, tables.newest_day(paper), voters) for paper in voters]
        return sorted(found, key=lambda each: (-each.votes, -each.upvotes, each.paper.id))[:limit]

    async def shown(self, place: Place, asked: Asked, *, scope: Scope, limit: int | None) -> Shown:
        tables = self._open()
        hidden = {paper for where, paper in tables.hides if where == place}
        papers = [
            each
            for each in await self._asked(asked, scope)
            if isinstance(asked, ById) or each.paper.id not in hidden
        ]
        if limit is not None and not isinstance(asked, ById):
            papers = list(_first(papers, limit, by_day=isinstance(asked, NewestLists)))
        found = tables.records.get(key_of(PlaceProfile(place)))
        return Shown(papers, found if isinstance(found, PlaceProfile) else None)

    async def last_feed(self, day: date) -> FeedState | None:
        counts = self._counts_of_days()
        newest = max((each for each in counts if each <= day), default=None)
        return FeedState(newest, counts[newest], self.tables.feeds[newest]) if newest else None

    async def listed_days(self, first: date, last: date) -> Collection[date]:
        return {day for day in self._open().feeds if first <= day <= last}

    async def remembered(self, place: Place, identity: Identity, since: datetime) -> RememberedList | None:
        here = [each for each in self._open().shown.values() if each.place == place]
        own = [each for each in here if each.identity == identity and each.at >= since]
        told = own or [each for each in here if each.public]
        shown = [(each.at, each.identity, each.public, each.papers) for each in told]
        posted = [] if own else [(at, "", True, papers) for papers, at in self._posted(place)]
        newest = max((*shown, *posted), key=itemgetter(0, 1, 2), default=None)
        return RememberedList(newest[-1], newest[0], own=bool(own)) if newest else None

    def _posted(self, place: Place) -> Sequence[tuple[tuple[PaperId, ...], datetime]]:
        """Return the papers of the newest edition that a place was shown, and when it was made."""
        tables = self._open()
        delivered = {
            owed.delivery.edition
            for owed in tables.deliveries.values()
            if owed.state is DeliveryState.DONE and owed.delivery.edition
        }
        posted = [
            each
            for each in tables.editions.values()
            if each.place == place
            and each.papers
            and each.kind is not EditionKind.SUBMISSION
            and each.key in delivered
        ]
        posted.sort(key=lambda each: (each.fires_at, each.made_at, each.key))
        return [(tuple(chosen.paper for chosen in each.papers), each.made_at) for each in posted[-1:]]

    async def known_digests(self, digests: Collection[str]) -> Collection[str]:
        return {digest for digest in digests if digest in self._open().digests}

    async def bare_papers(self, limit: int) -> Sequence[PaperId]:
        tables = self._open()
        bare = {paper for paper, known in tables.papers.items() if not known.paper.categories}
        voted = {record.paper for record in tables.records.values() if isinstance(record, Act)}
        return sorted(bare | (voted - tables.papers.keys()), reverse=True)[:limit]

    async def index_rows(self, after: int, limit: int) -> Sequence[IndexRow]:
        tables = self._open()
        rows = [
            IndexRow(known.revision, known.paper, tables.newest_day(paper))
            for paper, known in tables.papers.items()
            if known.revision > after
        ]
        return sorted(rows, key=lambda row: row.revision)[:limit]

    async def revisions(self, after: int, limit: int) -> Sequence[tuple[PaperId, int]]:
        return [(row.paper.id, row.revision) for row in await self.index_rows(after, limit)]

    async def records(self) -> AsyncIterator[Record]:
        for _, record in sorted(self._open().records.items(), key=lambda item: item[0]):
            yield record
        for made in made_records(self._open()):
            yield made

    async def take_turn(self, name: str, every: timedelta, now: datetime) -> timedelta:
        turns = self._open().turns
        start = max(now, turns.get(name, now))
        turns[name] = start + every
        return start - now

    async def close(self) -> None:
        self._is_closed = True

    async def _asked(self, asked: Asked, scope: Scope) -> Sequence[Listed]:
        match asked:
            case NewestLists(day, lists):
                return await self.newest_lists(day, lists, scope=scope, limit=None)
            case Best(first, last):
                return await self.best(first, last, scope=scope, limit=None)
            case MostVoted(since):
                return await self.leaderboard(since, scope=scope, limit=len(self.tables.records))
            case ById(papers):
                return await self.papers(papers, scope=scope)
            case _:
                assert_never(asked)

    def _open(self) -> Tables:
        if self._is_closed:
            message = "The paper store has been closed."
            raise StoreError(message)
        return self.tables

    def _list_of(self, day: date, scope: Scope) -> list[Listed]:
        voters = self._voters(scope)
        found = [self._listed(paper, day, voters) for paper in self._days(day, day)]
        return sorted(
            found,
            key=lambda each: (
                -(each.upvotes + VOTE_WEIGHT * each.votes),
                -each.upvotes,
                -each.comments,
                each.paper.id,
            ),
        )

    def _days(self, first: date, last: date) -> Days:
        listed = {
            paper: [day for day in days if first <= day <= last]
            for paper, days in self._open().listings.items()
        }
        return {paper: max(days) for paper, days in listed.items() if days}

    def _counts_of_days(self) -> Counter[date]:
        """Count the papers of each day that has a list with papers."""
        return Counter(day for days in self._open().listings.values() for day in days)

    def _voters(self, scope: Scope, since: datetime = NEVER) -> Voters:
        """Collect who voted: one person however many acts, and under however many identities."""
        records = self._open().records.values()
        person = {link.identity: link.person for link in records if isinstance(link, Link)}
        voters: Voters = {}
        for act in records:
            if isinstance(act, Act) and act.at >= since and is_in_scope(act, scope):
                voters.setdefault(act.paper, set()).add(person.get(act.identity, act.identity))
        return voters

    def _listed(self, paper: PaperId, day: date | None, voters: Voters) -> Listed:
        known = self.tables.papers.get(paper) or Known(Paper(paper, title=paper), NEVER, revision=0)
        return Listed(
            known.paper,
            feed_day=day,
            position=None if day is None else self.tables.listings[paper][day],
            upvotes=known.upvotes,
            comments=known.comments,
            votes=len(voters.get(paper, ())),
            seen_at=known.seen_at,
            earlier=None if known.seen_at is None else self._figure(paper, known.seen_at - MOVEMENT),
        )

    def _figure(self, paper: PaperId, at: datetime) -> Figure | None:
        """Return the figure that stood at an instant: that of the newest sighting before it."""
        sightings = self.tables.sightings.get(paper, {})
        newest = max((seen_at for seen_at in sightings if seen_at <= at), default=None)
        return Figure(sightings[newest].upvotes, newest) if newest else None


def _first(papers: Sequence[Listed], limit: int, *, by_day: bool) -> Iterator[Listed]:
    """Yield the first papers: so many of all, or so many of each day."""
    yielded: Counter[date | None] = Counter()
    for each in papers:
        day = each.feed_day if by_day else None
        if yielded[day] < limit:
            yielded[day] += 1
            yield each


def is_in_scope(act: Act, scope: Scope) -> bool:
    is_of_servers = not scope.servers or act.place.server_key in scope.servers
    return is_of_servers and scope.place in {None, act.place}
