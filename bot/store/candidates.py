"""What an edition may choose from: lists, figures and votes as they stood at one moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date
from functools import cache
from typing import TYPE_CHECKING

from bot.domain.editions import Candidate
from bot.domain.papers import Figure, Listed
from bot.store.engine import IN_LIST
from bot.store.feeds import FOREVER
from bot.store.lists import ACTS, PERSON, span_of
from bot.store.papers import COLUMNS, paper
from bot.store.rows import columns, instant, micros, number, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.papers import PaperId
    from bot.ports import Scope
    from bot.ports.delivery import Window
    from bot.store.engine import Row, Value

    Voter = tuple[Scope, PaperId, Value]
    """Whose votes are counted, what was voted for, and by whom."""

# A paper was on a list as soon as it had been seen at all.
_WAS_SEEN = """EXISTS (
    SELECT 1 FROM sightings WHERE sightings.paper = listings.paper AND sightings.seen_at <= ?1
  )"""


# The papers that stood at ?1 on the ?3 newest lists no later than the day ?2, or on all since ?4.
IN_WINDOW = f"""
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
  (SELECT min(ever.day) FROM listings AS ever WHERE ever.paper = chosen.paper)
FROM chosen JOIN days ON days.day = chosen.day JOIN papers ON papers.id = chosen.paper
JOIN listings ON listings.paper = chosen.paper AND listings.day = chosen.day
JOIN sightings AS stood ON stood.paper = chosen.paper AND stood.seen_at = (
  SELECT max(told.seen_at) FROM sightings AS told WHERE told.paper = chosen.paper AND told.seen_at <= ?1
)
JOIN sightings AS earlier ON earlier.paper = chosen.paper AND earlier.seen_at = (
  SELECT min(told.seen_at) FROM sightings AS told WHERE told.paper = chosen.paper
)
ORDER BY days.lists_ago, chosen.paper"""


def asked(window: Window) -> tuple[Value, ...]:
    """Return the values of IN_WINDOW."""
    since = window.since.isoformat() if window.since else FOREVER
    today = window.as_of.astimezone(UTC).date().isoformat()
    return micros(window.as_of), today, window.lists, since


def votes_in(condition: str) -> str:
    """How many people had voted by ?2 for each paper of a list."""
    return f"""
SELECT acts.paper, count(DISTINCT {PERSON}) FROM {ACTS}
WHERE acts.paper {IN_LIST} AND acts.at <= ?2{condition} GROUP BY acts.paper"""


@cache
def voters(spans: int) -> str:
    """Who had voted by ?2 for the papers of a list, in spans of places: number, first and last, from ?3 on.

    Each span is read by itself, along the index of places: few have voted in one, and many for a paper. Said
    as a join, PostgreSQL holds every vote against every span.
    """
    parts = " UNION ALL ".join(map(_voted_in, range(3, 3 + 3 * spans, 3)))
    return f"SELECT DISTINCT acts.number, acts.paper, {PERSON} FROM ({parts}) AS {ACTS}"


def _voted_in(first: int) -> str:
    return f"""
SELECT CAST(?{first} AS BIGINT) AS number, acts.paper, acts.identity FROM acts
WHERE acts.place >= ?{first + 1} AND acts.place <= ?{first + 2}
  AND acts.paper || '' {IN_LIST} AND acts.at <= ?2
"""


def spans_of(scope: Scope) -> Sequence[tuple[str, str]]:
    """Return the first and last text of the places of each server of a scope, or of its one place."""
    if scope.place is None:
        return [span_of(server) for server in scope.servers]
    is_outside = scope.servers and scope.place.server_key not in scope.servers
    return [] if is_outside else [(str(scope.place), str(scope.place))]


def counted(voters: Iterable[Voter]) -> dict[Scope, dict[PaperId, int]]:
    """Count the people who voted for each paper in each scope; nobody is given twice."""
    votes: dict[Scope, dict[PaperId, int]] = defaultdict(dict)
    for (scope, voted_for), count in Counter(each[:2] for each in voters).items():
        votes[scope][voted_for] = count
    return votes


def candidate(row: Row) -> Candidate:
    """Read one paper of a window."""
    day, lists_ago, position, upvotes, comments, seen_at, before, before_at, ever = row[len(COLUMNS) :]
    listed = Listed(
        paper=paper(row),
        feed_day=date.fromisoformat(text(day)),
        position=number(position),
        upvotes=number(upvotes),
        comments=number(comments),
        seen_at=instant(seen_at),
        earlier=Figure(number(before), instant(before_at)),
    )
    return Candidate(listed, number(lists_ago), date.fromisoformat(text(ever)))
