"""The paper store over a database: the port's questions as statements, rows in the domain's words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING, assert_never

from bot.domain.answers import FeedState
from bot.domain.papers import PaperId
from bot.ports import (
    Best,
    ById,
    IndexRow,
    KeepRecords,
    MostVoted,
    NewestLists,
    RecordDigest,
    RecordFeed,
    RecordPapers,
    RememberedList,
    RememberList,
    TallyActs,
    ThinSightings,
)
from bot.store import lists
from bot.store.editions import fired, papers_in
from bot.store.engine import Statement, Unit
from bot.store.feeds import record_digest, record_feed, record_papers, remember_list, thin_sightings
from bot.store.papers import COLUMNS, paper
from bot.store.rows import (
    MICROSECOND,
    day_or_none,
    instant,
    marks,
    micros,
    number,
    refuse_unstorable,
    text,
    texts,
)
from bot.store.tallies import tally_acts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Sequence
    from datetime import datetime, timedelta

    from bot.domain.papers import Listed
    from bot.domain.places import Identity, Place
    from bot.ports import Asked, Record, Scope, Shown, Write
    from bot.store.ballots import SqlVotes
    from bot.store.communities import SqlCommunities
    from bot.store.delivery import SqlDelivery
    from bot.store.engine import Engine, Row
    from bot.store.installations import SqlInstallations
    from bot.store.people import SqlPeople
    from bot.store.records import Kind

PAGE = 1_000
"""Records that an export reads at a time, and digests that are asked for at a time."""

# The newest list with papers, none later than ?1.
LAST_FEED = (
    "SELECT day, papers, fetched_at FROM feeds WHERE papers > 0 AND day <= ?1 ORDER BY day DESC LIMIT 1"
)

# The days from ?1 to ?2 whose list was fetched.
LISTED_DAYS = "SELECT day FROM feeds WHERE day >= ?1 AND day <= ?2"

# The identity ?2's own newest list in the place ?1 since ?3, else the newest public one of whatever age: what
# somebody asked for, or what was posted, whose papers stand with their reasons.
REMEMBERED = f"""
SELECT papers, at, own, is_edition FROM (
  SELECT papers, at, CASE WHEN identity = ?2 AND at >= ?3 THEN 1 ELSE 0 END AS own, 0 AS is_edition,
    identity, public
  FROM last_lists WHERE place = ?1 AND ((identity = ?2 AND at >= ?3) OR public = 1)
  UNION ALL
  SELECT papers, made_at, 0, 1, '', 1 FROM editions WHERE key = (
    SELECT posted.key FROM editions AS posted
    WHERE posted.place = ?1 AND posted.papers <> '[]' AND {fired("posted")} AND EXISTS (
      SELECT 1 FROM deliveries WHERE deliveries.edition = posted.key AND deliveries.state = 'done'
    ) ORDER BY posted.fires_at DESC, posted.made_at DESC, posted.key DESC LIMIT 1
  )
) AS shown ORDER BY own DESC, at DESC, identity DESC, public DESC LIMIT 1"""

# Papers without arXiv's categories, and voted ones of which nothing is known: the highest ids are the newest.
BARE = """
SELECT id FROM (SELECT id FROM papers WHERE categories = '[]' ORDER BY id DESC LIMIT ?1) AS plain
UNION
SELECT paper FROM (
  SELECT DISTINCT acts.paper FROM acts WHERE NOT EXISTS (SELECT 1 FROM papers WHERE papers.id = acts.paper)
) AS unknown
ORDER BY 1 DESC LIMIT ?1"""

# The papers that changed after revision ?1.
INDEX_ROWS = (
    f"SELECT revision, day, {', '.join(COLUMNS)} FROM papers WHERE revision > ?1 ORDER BY revision LIMIT ?2"
)

# The revisions after ?1.
REVISIONS = "SELECT id, revision FROM papers WHERE revision > ?1 ORDER BY revision LIMIT ?2"

# Book the next turn: free from when the last one ends, or from now (?2) on.
TAKE_TURN = """
INSERT INTO turns (name, free_at) VALUES (?1, CAST(?2 AS BIGINT) + CAST(?3 AS BIGINT))
ON CONFLICT (name) DO UPDATE SET free_at = ?3 + CASE WHEN turns.free_at > ?2 THEN turns.free_at ELSE ?2 END"""


class SqlStore:
    """Satisfies `bot.ports.Store` over any Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @cached_property
    def delivery(self) -> SqlDelivery:
        """Subscriptions, plans and deliveries over the same engine."""
        from bot.store.delivery import SqlDelivery  # noqa: PLC0415 - reading commands go without

        return SqlDelivery(self._engine)

    @cached_property
    def votes(self) -> SqlVotes:
        """Acts and ballots over the same engine."""
        from bot.store.ballots import SqlVotes  # noqa: PLC0415 - as above

        return SqlVotes(self._engine)

    @cached_property
    def people(self) -> SqlPeople:
        """People over the same engine."""
        from bot.store.people import SqlPeople  # noqa: PLC0415 - as above

        return SqlPeople(self._engine)

    @cached_property
    def communities(self) -> SqlCommunities:
        """Servers that vote together, over the same engine."""
        from bot.store.communities import SqlCommunities  # noqa: PLC0415 - for `COMMUNITIES=separate` alone

        return SqlCommunities(self._engine)

    def installations(self, key: str) -> SqlInstallations:
        """Return the workspaces that installed the bot, their tokens kept under a key; empty: as they are."""
        from bot.store.installations import SqlInstallations  # noqa: PLC0415 - as above
        from bot.store.sealing import Seal  # noqa: PLC0415 - as above

        return SqlInstallations(self._engine, Seal(key))

    async def write(self, *writes: Write) -> int:
        """Do the writes in order, all or none, in one commit with all that wait."""
        unit = joined([unit_of(write) for write in writes])
        if not unit.statements:
            return 0
        refuse_unstorable(unit.statements)
        return (await self._engine.write(unit)).changed

    async def newest_lists(
        self, day: date, lists_wanted: int, *, scope: Scope, limit: int | None
    ) -> Sequence[Listed]:
        """Return the best papers of the newest lists."""
        return await self._asked(NewestLists(day, lists_wanted), scope, limit)

    async def best(self, first: date, last: date, *, scope: Scope, limit: int | None) -> Sequence[Listed]:
        """Return the best papers of a span of days."""
        return await self._asked(Best(first, last), scope, limit)

    async def papers(self, ids: Sequence[PaperId], *, scope: Scope) -> Sequence[Listed]:
        """Return those of the papers that are stored, in the order asked for."""
        return in_order(await self._asked(ById(tuple(ids)), scope, None), ids) if ids else ()

    async def leaderboard(self, since: datetime | None, *, scope: Scope, limit: int) -> Sequence[Listed]:
        """Return the papers with most votes cast since an instant."""
        return await self._asked(MostVoted(since), scope, limit)

    async def shown(self, place: Place, asked: Asked, *, scope: Scope, limit: int | None) -> Shown:
        """Return what is asked for as a place is shown it."""
        sql, values = lists.question(asked, scope, limit, place)
        shown = lists.shown(await self._engine.fetch(sql, *values), place)
        if isinstance(asked, ById):
            return replace(shown, papers=in_order(shown.papers, asked.papers))
        return shown

    async def last_feed(self, day: date) -> FeedState | None:
        """Return the newest list with papers."""
        rows = await self._engine.fetch(LAST_FEED, day.isoformat())
        states = [
            FeedState(date.fromisoformat(text(on)), number(count), instant(at)) for on, count, at in rows
        ]
        return states[0] if states else None

    async def listed_days(self, first: date, last: date) -> Collection[date]:
        """Return the days whose list was recorded."""
        rows = await self._engine.fetch(LISTED_DAYS, first.isoformat(), last.isoformat())
        return {date.fromisoformat(text(day)) for (day,) in rows}

    async def remembered(self, place: Place, identity: Identity, since: datetime) -> RememberedList | None:
        """Return the list whose numbers somebody means."""
        rows = await self._engine.fetch(REMEMBERED, str(place), identity, micros(since))
        if not rows:
            return None
        [(papers, at, own, is_edition)] = rows
        read = papers_in(papers) if is_edition else tuple(map(PaperId, texts(papers)))
        return RememberedList(read, instant(at), own=bool(own))

    async def known_digests(self, digests: Collection[str]) -> Collection[str]:
        """Return those of the digests that were recorded."""
        known: set[str] = set()
        asked = sorted(digests)
        for start in range(0, len(asked), PAGE):
            page = asked[start : start + PAGE]
            sql = f"SELECT digest FROM digests WHERE digest IN ({marks(len(page))})"
            known |= {text(digest) for (digest,) in await self._engine.fetch(sql, *page)}
        return known

    async def bare_papers(self, limit: int) -> Sequence[PaperId]:
        """Return papers of which arXiv could tell more."""
        return [PaperId(text(identifier)) for (identifier,) in await self._engine.fetch(BARE, limit)]

    async def index_rows(self, after: int, limit: int) -> Sequence[IndexRow]:
        """Return the papers that changed after a revision."""
        rows = await self._engine.fetch(INDEX_ROWS, after, limit)
        return [IndexRow(number(row[0]), paper(row[2:]), day_or_none(row[1])) for row in rows]

    async def revisions(self, after: int, limit: int) -> Sequence[tuple[PaperId, int]]:
        """Return the revisions after one, and whose they are."""
        rows = await self._engine.fetch(REVISIONS, after, limit)
        return [(PaperId(text(identifier)), number(revision)) for identifier, revision in rows]

    async def records(self) -> AsyncIterator[Record]:
        """Yield all records, a page at a time."""
        from bot.store.records import KINDS  # noqa: PLC0415 - reading commands go without

        for kind in KINDS:
            rows: Sequence[Row] = await self._engine.fetch(kind.first_page, PAGE)
            while rows:
                for record in map(kind.read, rows):
                    if record is not None:
                        yield record
                rows = await self._page_after(kind, rows[-1])

    async def take_turn(self, name: str, every: timedelta, now: datetime) -> timedelta:
        """Book the next free turn."""
        row = (name, micros(now), every // MICROSECOND)
        done = await self._engine.write(Unit((Statement(TAKE_TURN, [row], returns="turns.free_at"),)))
        return instant(done.rows[0][0]) - every - now

    async def close(self) -> None:
        """Finish what waits, and let go of the database."""
        await self._engine.close()

    async def _page_after(self, kind: Kind, last: Row) -> Sequence[Row]:
        return await self._engine.fetch(kind.next_page, PAGE, *last[: len(kind.key)])

    async def _asked(self, asked: Asked, scope: Scope, limit: int | None) -> Sequence[Listed]:
        sql, values = lists.question(asked, scope, limit, None)
        return [lists.listed(row) for row in await self._engine.fetch(sql, *values)]


def in_order(papers: Sequence[Listed], ids: Sequence[PaperId]) -> Sequence[Listed]:
    """Return papers in the order in which they were asked for."""
    found = {listed.paper.id: listed for listed in papers}
    return [found[identifier] for identifier in ids if identifier in found]


def unit_of(write: Write) -> Unit:  # noqa: PLR0911 - one for each kind
    """Put a write into statements."""
    match write:
        case RecordFeed():
            return record_feed(write)
        case RecordPapers():
            return record_papers(write)
        case RecordDigest():
            return record_digest(write)
        case ThinSightings():
            return thin_sightings(write)
        case TallyActs():
            return tally_acts(write)
        case RememberList():
            return remember_list(write)
        case KeepRecords():
            return record_keeper()(write)
        case _:
            assert_never(write)


@cache
def record_keeper() -> Callable[[KeepRecords], Unit]:
    """Return what puts records into statements."""
    from bot.store.records import keep_records  # noqa: PLC0415 - as above

    return keep_records


def joined(units: Sequence[Unit]) -> Unit:
    """Make one unit of several, without the statements that have nothing to do."""
    statements = tuple([each for unit in units for each in unit.statements if each.rows])
    return Unit(statements, next((unit.alone for unit in units if unit.alone), ""))
