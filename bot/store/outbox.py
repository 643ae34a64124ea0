"""Deliveries over a database, from planned to done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.deliveries import Delivery, DeliveryState
from bot.ports.delivery import Broken, LastDelivery, OutboxState
from bot.store import deliveries
from bot.store.editions import (
    LAST_EDITION,
    PAPERS_OF,
    edition,
    fired,
    papers_in,
    some_editions,
)
from bot.store.engine import SKIPPING_LOCKED, Statement, Unit
from bot.store.leases import SqlAgreements
from bot.store.rows import MICROSECOND, batches, instant, instant_or_none, micros, number, storable, text
from bot.store.settling import falling, keeping_posted, settling, shows_papers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from bot.domain.deliveries import MessageRef, Settled
    from bot.domain.editions import Edition
    from bot.domain.papers import PaperId
    from bot.domain.places import Place
    from bot.store.engine import Engine, Row, Value

MOST_KNOWN = 10_000
"""Claimed deliveries whose edition's papers are remembered until they are settled. Editions never change."""

MOST_FORGOTTEN = 1_000
"""Rows of each kind that one call forgets; other writers wait for it."""


def _has_come(delivery: str) -> str:
    """Whether the time of a delivery has come (?3), and its parent's message is there."""
    return f"""{delivery}.done_at IS NULL AND {delivery}.due_at <= ?3 AND ({delivery}.parent = '' OR EXISTS (
    SELECT 1 FROM deliveries AS parent WHERE parent.key = {delivery}.parent AND parent.state = 'done'
  ))"""


ASKED_FOR_EACH = "LIMIT 1 OFFSET 0"
"""At the end of an EXISTS: PostgreSQL asks it for each row that is looked at, and makes no join of it.

Joining a table of which it knows nothing yet, it would compare each candidate with all that is open.
"""

# Lease up to ?5 deliveries of the platform ?1 to the holder ?2 at ?3 until ?4: of each place the first that
# is open, if it may be tried; one that waits, or is being tried, holds back those behind it.
CLAIM = f"""
UPDATE deliveries SET is_unknown = CASE WHEN state = 'unknown' THEN 1 ELSE 0 END, state = 'claimed',
  attempt = attempt + 1, first_tried_at = coalesce(first_tried_at, ?3), lease_until = ?4, lease_holder = ?2
WHERE key IN (
  WITH ready AS MATERIALIZED (SELECT ready.key FROM deliveries AS ready
  WHERE ready.platform = ?1 AND ready.state IN ('waiting', 'unknown') AND ready.ready_at <= ?3
    AND {_has_come("ready")} AND NOT EXISTS (
    SELECT 1 FROM deliveries AS first
    WHERE first.place = ready.place AND {_has_come("first")}
      AND (first.priority, first.due_at, first.part, first.key)
        < (ready.priority, ready.due_at, ready.part, ready.key)
    {ASKED_FOR_EACH}
  )
  ORDER BY ready.priority, ready.turn, ready.due_at, ready.part, ready.place LIMIT ?5 {SKIPPING_LOCKED}
  ) SELECT key FROM ready
)"""

# Drop the claimed delivery ?1 that cannot be read.
DROP_BROKEN = """
UPDATE deliveries SET state = 'dropped', outcome = ?2, done_at = ?3 WHERE key = ?1 AND state = 'claimed'"""

FAR_AHEAD = timedelta(days=1) // MICROSECOND
"""Nobody leases, or puts off, for so long: what is that far ahead was written by a clock that was wrong."""

# Make claims unknown whose lease is over at ?2, or all.
RECOVER = f"""
UPDATE deliveries SET state = 'unknown' WHERE platform = ?1 AND done_at IS NULL AND state = 'claimed'
  AND (lease_until <= ?2 OR lease_until > ?2 + {FAR_AHEAD})"""

# Let what was put off by a clock that was ahead be tried at ?2: it holds back all behind it in its place.
HURRY = f"""
UPDATE deliveries SET ready_at = ?2 WHERE platform = ?1 AND done_at IS NULL
  AND state IN ('waiting', 'unknown') AND due_at <= ?2 AND ready_at > ?2 + {FAR_AHEAD}"""
RECOVER_ALL = """
UPDATE deliveries SET state = 'unknown' WHERE platform = ?1 AND done_at IS NULL AND state = 'claimed'"""

# Drop what waits for a message that will never be there, whichever came first, at ?1.
DROP_ORPHANS = f"""
UPDATE deliveries SET state = 'dropped', outcome = '{deliveries.PARENT_FELL}', done_at = ?1
WHERE done_at IS NULL AND parent <> '' AND NOT EXISTS (
  SELECT 1 FROM deliveries AS parent WHERE parent.key = deliveries.parent AND parent.state <> 'dropped'
)"""

# What is due on a platform.
BACKLOG = """
SELECT count(*), min(due_at) FROM deliveries WHERE platform = ?1 AND done_at IS NULL AND due_at <= ?2"""

# The deliveries that were dropped in a span, by outcome, the most frequent first.
DROPPED = """
SELECT outcome, count(*) FROM deliveries
WHERE done_at >= ?1 AND done_at < ?2 AND state = 'dropped' GROUP BY outcome ORDER BY 2 DESC, 1"""


def _tells(delivery: str) -> str:
    """Whether a delivery tells how its edition fared: neither a mark on a message nor a change of it does."""
    return (
        f"{delivery}.edition <> '' AND {delivery}.kind NOT IN ('react', 'publish')"
        f" AND ({delivery}.kind <> 'edit' OR {delivery}.text <> '')"
    )


# The deliveries of a place that show one of the papers of an edition with ?2 among them.
SHOWING = f"""
SELECT {deliveries.READ} FROM deliveries JOIN editions ON editions.key = deliveries.edition
WHERE editions.place = ?1 AND editions.papers LIKE ?2 AND deliveries.edition <> ''
  AND deliveries.kind IN ('post', 'reply') AND deliveries.state <> 'dropped'
ORDER BY editions.fires_at DESC, editions.key, deliveries.part, deliveries.key"""

# The deliveries on the platform ?1 that show papers and were done from ?2 on and before ?3.
POSTED = f"""
SELECT {deliveries.READ} FROM deliveries
WHERE done_at >= ?2 AND done_at < ?3 AND platform = ?1 AND kind IN ('post', 'reply') AND state = 'done'
  AND edition <> '' AND message <> ''
ORDER BY done_at, deliveries.key"""

# The deliveries of the newest edition of a place that has any.
LAST_DELIVERY = f"""
SELECT editions.fires_at, due_at, state, outcome, done_at, editions.papers
FROM deliveries JOIN editions ON editions.key = deliveries.edition
WHERE {_tells("deliveries")} AND deliveries.edition = (
  SELECT newest.key FROM editions AS newest
  WHERE newest.place = ?1 AND {fired("newest")} AND EXISTS (
    SELECT 1 FROM deliveries AS told
    WHERE told.edition = newest.key AND {_tells("told")}
  )
  ORDER BY newest.fires_at DESC, newest.made_at DESC, newest.key DESC LIMIT 1
)
ORDER BY due_at, part, deliveries.key"""

RANK = {"dropped": 1, "done": 2}
"""Which delivery of an edition speaks for it: first one that is open, then one that was dropped."""

# Forget up to ?2 deliveries that were over before ?1, but for what an open one or a subscription still needs,
# and the newest edition of each place.
FORGET_DELIVERIES = f"""
DELETE FROM deliveries WHERE key IN (
  SELECT old.key FROM deliveries AS old
  WHERE old.done_at < ?1
    AND NOT EXISTS (
      SELECT 1 FROM deliveries AS child
      WHERE child.parent = old.key AND child.done_at IS NULL AND child.parent <> ''
    )
    AND old.key NOT IN (SELECT empty_line FROM subscriptions WHERE empty_line <> '')
    AND (old.edition = '' OR NOT EXISTS (
      SELECT 1 FROM editions WHERE editions.key = old.edition AND {fired("editions")}
    ) OR EXISTS (
      SELECT 1 FROM editions JOIN editions AS newer ON newer.place = editions.place
        AND newer.fires_at > editions.fires_at AND {fired("newer")}
      WHERE editions.key = old.edition AND EXISTS (
        SELECT 1 FROM deliveries AS told
        WHERE told.edition = newer.key AND {_tells("told")}
      )
    ))
  ORDER BY old.done_at LIMIT ?2
)"""

# Forget up to ?2 editions that were made before ?1, none of whose deliveries is left, but for the newest of
# each place.
FORGET_EDITIONS = f"""
DELETE FROM editions WHERE key IN (
  SELECT old.key FROM editions AS old
  WHERE old.made_at < ?1
    AND NOT EXISTS (
      SELECT 1 FROM deliveries WHERE deliveries.edition = old.key AND deliveries.edition <> ''
    )
    AND (NOT {fired("old")} OR EXISTS (
      SELECT 1 FROM editions AS newer
      WHERE newer.place = old.place AND newer.fires_at > old.fires_at AND {fired("newer")}
    ))
  ORDER BY old.made_at LIMIT ?2
)"""


class SqlOutbox(SqlAgreements):
    """Satisfies `bot.ports.delivery.Outbox` over any Engine."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._papers: dict[str, Value] = {}
        """The papers of the editions of deliveries that were claimed here, by delivery."""

    async def put(self, owed: Sequence[Delivery]) -> int:
        """Add deliveries that belong to no edition's plan; one whose key is there already is left alone."""
        rows = [deliveries.delivery_row(each) for each in deliveries.parents_first(owed)]
        return (await self._engine.write(Unit((Statement(deliveries.ADD, rows),)))).changed if rows else 0

    async def claim(
        self, platform: str, holder: str, now: datetime, lease_until: datetime, limit: int
    ) -> Sequence[Delivery | Broken]:
        """Lease deliveries that may be tried now; those that cannot be read are dropped."""
        row = platform, holder, micros(now), micros(lease_until), limit
        done = await self._engine.write(Unit((Statement(CLAIM, [row], returns=deliveries.READ),)))
        rows = sorted(done.rows, key=deliveries.in_turn)
        claimed = [deliveries.delivery(each) for each in rows]
        broken = [each for each in claimed if isinstance(each, Broken)]
        if broken:
            lost = [(each.id, storable(each.why), micros(now)) for each in broken]
            await self._engine.write(Unit((Statement(DROP_BROKEN, lost), *falling(now))))
        self._papers |= {text(row[deliveries.KEY]): row[deliveries.PAPERS] for row in rows}
        while len(self._papers) > MOST_KNOWN:
            del self._papers[next(iter(self._papers))]
        return claimed

    async def keep_posted(
        self, edition: Edition, delivery: Delivery, message: MessageRef, at: datetime
    ) -> bool:
        """Keep an edition that was posted already as one message; False where it is there already."""
        return (await self._engine.write(keeping_posted(edition, delivery, message, at))).failed is None

    async def settle(self, delivery: Delivery, settled: Settled, now: datetime) -> bool:
        """Write what became of a claimed delivery; False where its lease was lost."""
        known = self._papers.pop(delivery.key, None)
        papers: Sequence[PaperId] = ()
        if shows_papers(delivery, settled):
            papers = await self._papers_of(delivery.edition) if known is None else papers_in(known)
        return (await self._engine.write(settling(delivery, settled, now, papers))).failed is None

    async def recover(self, platform: str, now: datetime | None) -> int:
        """Make claims unknown whose lease is over (None: all); return how many."""
        if now is None:
            return (await self._engine.write(Unit((Statement(RECOVER_ALL, [(platform,)]),)))).changed
        recovered = Statement(RECOVER, [(platform, micros(now))], returns="deliveries.key")
        hurried = Statement(HURRY, [(platform, micros(now))])
        orphans = Statement(DROP_ORPHANS, [(micros(now),)])
        unit = Unit((recovered, hurried, orphans, *falling(now)))
        return len((await self._engine.write(unit)).rows)

    async def editions(self, keys: Collection[str]) -> Mapping[str, Edition]:
        """Return editions by key; one that cannot be read is left out."""
        found: dict[str, Edition] = {}
        for some in batches(sorted(set(keys))):
            rows = await self._engine.fetch(some_editions(len(some)), *some)
            found |= {each.key: each for row in rows if (each := edition(row))}
        return found

    async def showing(self, place: Place, paper: PaperId) -> Sequence[Delivery]:
        """Return the deliveries of editions that show a paper in a place, or will; the newest first."""
        rows = await self._engine.fetch(SHOWING, str(place), f'%"{paper}"%')
        found = ((deliveries.delivery(row), papers_in(row[deliveries.PAPERS])) for row in rows)
        return [one for one, papers in found if isinstance(one, Delivery) and paper in brought(one, papers)]

    async def posted(self, platform: str, first: datetime, until: datetime) -> Sequence[Delivery]:
        """Return the deliveries that show papers on a platform and were done in a span."""
        rows = await self._engine.fetch(POSTED, platform, micros(first), micros(until))
        return [one for one in map(deliveries.delivery, rows) if isinstance(one, Delivery)]

    async def backlog(self, platform: str, now: datetime) -> OutboxState:
        """Return what is due and not done yet."""
        ((waiting, oldest),) = await self._engine.fetch(BACKLOG, platform, micros(now))
        return OutboxState(number(waiting), instant_or_none(oldest))

    async def dropped(self, first: datetime, until: datetime) -> Mapping[str, int]:
        """Count the deliveries that were dropped in a span, by their outcome."""
        rows = await self._engine.fetch(DROPPED, micros(first), micros(until))
        return {text(outcome): number(count) for outcome, count in rows}

    async def last_delivery(self, place: Place) -> LastDelivery | None:
        """Return what became of the newest edition with deliveries of a place."""
        rows = await self._engine.fetch(LAST_DELIVERY, str(place))
        return _summed_up(rows) if rows else None

    async def last_edition(self, place: Place) -> Edition | None:
        """Return the newest edition of a place, with deliveries or without."""
        rows = await self._engine.fetch(LAST_EDITION, str(place))
        return edition(rows[0]) if rows else None

    async def forget(self, before: datetime) -> int:
        """Forget deliveries that were over before an instant, and their editions, a piece at a time."""
        row = micros(before), MOST_FORGOTTEN
        unit = Unit((Statement(FORGET_DELIVERIES, [row]), Statement(FORGET_EDITIONS, [row])))
        return (await self._engine.write(unit)).changed

    async def _papers_of(self, key: str) -> tuple[PaperId, ...]:
        """Return the papers of an edition, in order."""
        rows = await self._engine.fetch(PAPERS_OF, key)
        return papers_in(rows[0][0]) if rows else ()


def brought(delivery: Delivery, papers: Sequence[PaperId]) -> Sequence[PaperId]:
    """Return the papers of its edition that a delivery shows."""
    return papers[delivery.part - 1 : delivery.part] if delivery.part else papers


def _summed_up(rows: Sequence[Row]) -> LastDelivery:
    """Sum up the deliveries of an edition: an open one speaks for all, else one that was dropped."""
    fires_at, _, state, outcome, _, papers = min(rows, key=lambda row: RANK.get(text(row[2]), 0))
    is_over = RANK.get(text(state), 0) > 0
    done_at = max(number(row[4] or 0) for row in rows) if is_over else None
    return LastDelivery(
        instant(fires_at),
        instant(min(number(row[1]) for row in rows)),
        DeliveryState(text(state)),
        text(outcome),
        instant_or_none(done_at),
        len(papers_in(papers)),
    )
