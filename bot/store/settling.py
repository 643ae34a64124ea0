"""What becomes of a delivery after a try, in statements, of which the first is the fence.

A delivery whose lease was lost has been made unknown since, or claimed again by another attempt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.store.deliveries import KEEP_POSTED, PARENT_FELL, delivery_row
from bot.store.editions import KEEP_EDITION, edition_row
from bot.store.engine import Statement, Unit
from bot.store.rows import micros, storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.domain.deliveries import Delivery, MessageRef, Settled
    from bot.domain.editions import Edition
    from bot.domain.papers import PaperId

SHOWING = (DeliveryKind.POST, DeliveryKind.REPLY)
"""The kinds that show papers."""

# Write the outcome of the try ?2 of the delivery ?1.
SETTLE = """
UPDATE deliveries SET state = ?3, outcome = ?4, message = ?5, ready_at = ?6, done_at = ?7
WHERE key = ?1 AND attempt = ?2 AND state = 'claimed'"""


# Forget the message of the delivery ?1, which somebody has deleted: nothing more is done to it.
FORGET_MESSAGE = "UPDATE deliveries SET message = '' WHERE key = ?1"

# Keep a ballot of a delivery that this try has brought.
KEEP_BALLOT = """
INSERT INTO ballots (message, number, place, paper, posted_at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (message, number) DO NOTHING"""

# Pause the subscriptions of the place ?1 that is closed; drop what else it is owed, but what is being sent.
PAUSE = """
UPDATE subscriptions SET paused_at = ?2, paused_until = NULL, pause_reason = ?3
WHERE place = ?1 AND (paused_at IS NULL OR paused_until <= ?2)"""
CLEAR_PLACE = """
UPDATE deliveries SET state = 'dropped', outcome = ?3, done_at = ?2
WHERE place = ?1 AND done_at IS NULL AND state IN ('waiting', 'unknown')"""

# Drop all that hangs on what was dropped at ?1.
DROP_CHILDREN = f"""
UPDATE deliveries SET state = 'dropped', outcome = '{PARENT_FELL}', done_at = ?1
WHERE done_at IS NULL AND key IN (
  WITH RECURSIVE fallen (key) AS (
    SELECT dropped.key FROM deliveries AS dropped WHERE dropped.done_at = ?1 AND dropped.state = 'dropped'
    UNION
    SELECT child.key FROM fallen JOIN deliveries AS child ON child.parent = fallen.key
    WHERE child.done_at IS NULL AND child.parent <> ''
  )
  SELECT key FROM fallen
)"""

# Give the papers of what was dropped at ?1 back: a thread falls with its heading, a digest whole.
GIVE_BACK = """
DELETE FROM had WHERE (place, edition) IN (
  SELECT editions.place, editions.key FROM deliveries AS dropped
  JOIN editions ON editions.key = dropped.edition
  WHERE dropped.done_at = ?1 AND dropped.state = 'dropped'
) AND EXISTS (
  SELECT 1 FROM deliveries AS dropped
  WHERE dropped.edition = had.edition AND dropped.edition <> '' AND dropped.state = 'dropped'
    AND dropped.kind IN ('post', 'reply', 'thread') AND (dropped.part = 0 OR dropped.part = had.part)
)"""


def settling(delivery: Delivery, settled: Settled, now: datetime, papers: Sequence[PaperId]) -> Unit:
    """Write what became of a delivery; `papers` are those of its edition, in order."""
    if settled.state is DeliveryState.DROPPED:
        return _dropping(delivery, settled, now)
    if settled.deleted is not None:
        return Unit((_settle(delivery, settled, now), Statement(FORGET_MESSAGE, [(delivery.parent,)])))
    message, place, at = settled.message, str(delivery.place), micros(now)
    shown = _shown(delivery, papers) if message and settled.shows_edition else ()
    ballots = [(message, number, place, paper, at) for number, paper in shown]
    return Unit((_settle(delivery, settled, now), Statement(KEEP_BALLOT, ballots)), mixes=True)


def keeping_posted(edition: Edition, delivery: Delivery, message: MessageRef, now: datetime) -> Unit:
    """Write that an edition was posted already, as one message with a ballot for what that shows."""
    at = micros(now)
    shown = _shown(delivery, [chosen.paper for chosen in edition.papers])
    ballots = [(message, number, str(delivery.place), paper, at) for number, paper in shown]
    return Unit(
        (
            Statement(f"{KEEP_EDITION} ON CONFLICT (key) DO NOTHING", [edition_row(edition)], needs=1),
            Statement(KEEP_POSTED, [(*delivery_row(delivery), message, at)]),
            Statement(KEEP_BALLOT, ballots),
        )
    )


def shows_papers(delivery: Delivery, settled: Settled) -> bool:
    """Tell whether there is a message now on which people can vote."""
    is_there = bool(settled.message) and settled.shows_edition
    return is_there and delivery.kind in SHOWING and bool(delivery.edition)


def _settle(delivery: Delivery, settled: Settled, now: datetime) -> Statement:
    is_over = settled.state in {DeliveryState.DONE, DeliveryState.DROPPED}
    at = micros(now)
    row = (
        delivery.key,
        delivery.attempt,
        settled.state.value,
        storable(settled.outcome),
        settled.message or "",
        micros(settled.ready_at) if settled.ready_at else at,
        at if is_over else None,
    )
    return Statement(SETTLE, [row], needs=1)


def _shown(delivery: Delivery, papers: Sequence[PaperId]) -> Iterable[tuple[int, PaperId]]:
    """Return the papers that are shown with their numbers: 1 to n in a digest, 0 for the only one."""
    if delivery.part:
        return [(0, paper) for paper in papers[delivery.part - 1 : delivery.part]]
    return enumerate(papers, start=1)


def _dropping(delivery: Delivery, settled: Settled, now: datetime) -> Unit:
    statements = [_settle(delivery, settled, now)]
    if settled.closes_place:
        row = str(delivery.place), micros(now), storable(settled.outcome)
        statements += [Statement(CLEAR_PLACE, [row]), Statement(PAUSE, [row])]
    return Unit((*statements, *falling(now)))


def falling(now: datetime) -> tuple[Statement, Statement]:
    """Drop what hangs on what has just been dropped, and give the papers of all of it back."""
    return Statement(DROP_CHILDREN, [(micros(now),)]), Statement(GIVE_BACK, [(micros(now),)])
