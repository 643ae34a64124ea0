"""What an edition may choose from: lists, figures and votes as they stood at one moment."""

from __future__ import annotations

from datetime import UTC, date
from typing import TYPE_CHECKING

from bot.domain.editions import Candidate
from bot.domain.papers import Figure, Listed
from bot.store import lists
from bot.store.feeds import FOREVER
from bot.store.papers import COLUMNS, paper
from bot.store.rows import columns, instant, micros, number, text

if TYPE_CHECKING:
    from bot.ports import Scope
    from bot.ports.delivery import Window
    from bot.store.engine import Row, Value

# A paper was on a list as soon as it had been seen at all.
_WAS_SEEN = """EXISTS (
    SELECT 1 FROM sightings WHERE sightings.paper = listings.paper AND sightings.seen_at <= ?1
  )"""


def asked(window: Window, scope: Scope) -> tuple[str, tuple[Value, ...]]:
    """Return the statement that reads a window, and its values."""
    condition, values = lists.in_scope(scope, first=5)
    since = window.since.isoformat() if window.since else FOREVER
    today = window.as_of.astimezone(UTC).date().isoformat()
    return in_window(condition), (micros(window.as_of), today, window.lists, since, *values)


def in_window(condition: str) -> str:
    """The papers that stood at ?1 on the ?3 newest lists no later than the day ?2, or on all since ?4."""
    votes = f"""(
    SELECT count(DISTINCT {lists.PERSON}) FROM {lists.ACTS}
    WHERE acts.paper = chosen.paper AND acts.at <= ?1{condition}
  )"""
    return f"""
WITH with_papers AS NOT MATERIALIZED (
  SELECT feeds.day FROM feeds WHERE feeds.papers > 0 AND feeds.day <= ?2
    AND EXISTS (SELECT 1 FROM listings WHERE listings.day = feeds.day AND {_WAS_SEEN})
),
newest AS (SELECT day FROM with_papers ORDER BY day DESC LIMIT ?3),
days AS MATERIALIZED (
  SELECT day, row_number() OVER (ORDER BY day DESC) - 1 AS lists_ago FROM (
    SELECT day FROM newest UNION SELECT day FROM with_papers WHERE day >= ?4
  ) AS wanted
),
chosen AS MATERIALIZED (
  SELECT listings.paper, max(listings.day) AS day FROM days JOIN listings ON listings.day = days.day
  WHERE {_WAS_SEEN} GROUP BY listings.paper
)
SELECT {columns("papers", COLUMNS)}, chosen.day, days.lists_ago, listings.position,
  stood.upvotes, stood.comments, stood.seen_at, earlier.upvotes, earlier.seen_at,
  (SELECT min(ever.day) FROM listings AS ever WHERE ever.paper = chosen.paper), {votes}
FROM chosen JOIN days ON days.day = chosen.day JOIN papers ON papers.id = chosen.paper
JOIN listings ON listings.paper = chosen.paper AND listings.day = chosen.day
JOIN sightings AS stood ON stood.paper = chosen.paper AND stood.seen_at = (
  SELECT max(told.seen_at) FROM sightings AS told WHERE told.paper = chosen.paper AND told.seen_at <= ?1
)
JOIN sightings AS earlier ON earlier.paper = chosen.paper AND earlier.seen_at = (
  SELECT min(told.seen_at) FROM sightings AS told WHERE told.paper = chosen.paper
)
ORDER BY days.lists_ago, chosen.paper"""


def candidate(row: Row) -> Candidate:
    """Read one paper of a window."""
    day, lists_ago, position, upvotes, comments, seen_at, before, before_at, ever, votes = row[len(COLUMNS) :]
    listed = Listed(
        paper=paper(row),
        feed_day=date.fromisoformat(text(day)),
        position=number(position),
        upvotes=number(upvotes),
        comments=number(comments),
        votes=number(votes),
        seen_at=instant(seen_at),
        earlier=Figure(number(before), instant(before_at)),
    )
    return Candidate(listed, number(lists_ago), date.fromisoformat(text(ever)))
