"""Ranked lists: ordered over narrow rows first, long texts joined only for the few that remain."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.domain.papers import Figure, Listed, Paper, PaperId
from bot.ports import Best, ById, MostVoted, NewestLists, Shown
from bot.store.engine import SERVER_OF_ACT
from bot.store.feeds import FOREVER
from bot.store.papers import COLUMNS, paper
from bot.store.rows import (
    columns,
    day_or_none,
    instant,
    instant_or_none,
    marks,
    micros,
    number,
    profile_of,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.places import Place
    from bot.ports import Asked, Scope
    from bot.store.engine import Row, Value

MOVEMENT_MICROS = 3 * 60 * 60 * 1_000_000
"""How long before its last sighting a paper's earlier figure stood."""

VOTE_WEIGHT = 5
"""A vote here weighs as much as so many upvotes, in editions and in `today`."""

NO_LIMIT = 1_000_000_000
LEAST = -9_000_000_000_000_000_000
"""Below every count."""

FEW_SERVERS = 20
"""Servers that are asked for as spans of places; of more than about so many their list is faster."""

AFTER_SLASH = chr(ord("/") + 1)

# The person that an act counts as: whom its identity is linked to, else the identity itself.
PERSON = "coalesce(identities.person, acts.identity)"
ACTS = "acts LEFT JOIN identities ON identities.identity = acts.identity"

# What `listed` reads of a chosen paper: its id, then its columns, listing, votes and earlier figure.
_CHOSEN = f"""chosen.paper, {columns("papers", COLUMNS)}, papers.upvotes, papers.comments, papers.seen_at,
  chosen.day, chosen.position, chosen.votes, earlier.upvotes, earlier.seen_at"""
_DETAILS = f"""LEFT JOIN papers ON papers.id = chosen.paper
LEFT JOIN sightings AS earlier ON earlier.paper = chosen.paper AND earlier.seen_at = (
  SELECT max(stood.seen_at) FROM sightings AS stood
  WHERE stood.paper = chosen.paper AND stood.seen_at <= papers.seen_at - {MOVEMENT_MICROS}
)"""

# What the asking place is, beside each chosen paper; one row where there is none.
_WAYS = "ways.kind, ways.settings"


def question(asked: Asked, scope: Scope, limit: int | None, place: Place | None) -> tuple[str, Row]:
    """Return the statement that finds what is asked for, as a place is shown it, and its values.

    Without a place nothing is hidden, and rows end before its ways.
    """
    fixed = _fixed(asked, NO_LIMIT if limit is None else limit)
    condition, scoped = in_scope(scope, first=len(fixed) + 1)
    values = (*fixed, *scoped)
    here = ""
    if place is not None:
        values = (*values, str(place))
        here = f"?{len(values)}"
    match asked:
        case NewestLists():
            return newest_lists(condition, here, is_limited=limit is not None), values
        case Best():
            return best(condition, here), values
        case MostVoted(since):
            start = "" if since is None else "?2"
            return (leaderboard(condition, here, start) if scoped else leaders(here, start)), values
        case ById():
            return some_papers(marks(len(fixed)), condition, here), values
        case _:
            assert_never(asked)


def _fixed(asked: Asked, most: int) -> Row:
    """Return the values of a question's first placeholders."""
    match asked:
        case NewestLists(day, lists):
            return (day.isoformat(), lists, most)
        case Best(first, last):
            return (first.isoformat(), last.isoformat(), most)
        case MostVoted(since):
            return (most,) if since is None else (most, micros(since))
        case ById(papers):
            return tuple(dict.fromkeys(papers))
        case _:
            assert_never(asked)


def in_scope(scope: Scope, first: int) -> tuple[str, tuple[Value, ...]]:
    """Return the condition on acts, with placeholders from `?first`, and its values."""
    condition, values = _in_servers(scope.servers, first)
    if scope.place is None:
        return condition, values
    return f"{condition} AND acts.place = ?{first + len(values)}", (*values, str(scope.place))


def _in_servers(servers: Sequence[str], first: int) -> tuple[str, tuple[Value, ...]]:
    """Return the condition that acts were done in one of some servers; of none there is no such condition.

    A server is asked for as the span of its places, whose texts begin with it: the place stands in the
    indexes that votes are counted in, so no row need be looked up. Of many, each act's own is looked for in
    their list: else each act would be held against each span.
    """
    if len(servers) > FEW_SERVERS:
        return f" AND {SERVER_OF_ACT} IN ({marks(len(servers), first)})", tuple(servers)
    values = tuple(end for server in servers for end in span_of(server))
    starts = range(first, first + len(values), 2)
    spans = " OR ".join(f"acts.place > ?{start} AND acts.place < ?{start + 1}" for start in starts)
    return f" AND ({spans})" if spans else "", values


def span_of(server: str) -> tuple[str, str]:
    """Return the two texts that the places of a server are between."""
    return f"{server}/", f"{server}{AFTER_SLASH}"


def is_wide(scope: Scope) -> bool:
    """Tell whether a scope has so many places that its acts are not sought by them."""
    return scope.place is None and not 0 < len(scope.servers) <= FEW_SERVERS


def _votes(paper_column: str, condition: str) -> str:
    """Count the people who voted for a paper."""
    return f"(SELECT count(DISTINCT {PERSON}) FROM {ACTS} WHERE acts.paper = {paper_column}{condition})"


def _unhidden(paper_column: str, here: str) -> str:
    """Leave out what is hidden in a place."""
    if not here:
        return ""
    return f" AND {paper_column} NOT IN (SELECT hides.paper FROM hides WHERE hides.place = {here})"


def _chosen(order: str, here: str) -> str:
    """Read the chosen papers in their order, with the ways of the place where one asks."""
    if not here:
        return f"SELECT {_CHOSEN} FROM chosen {_DETAILS} ORDER BY {order}"
    return f"""SELECT {_CHOSEN}, {_WAYS}
FROM (SELECT 1 AS one) AS asking LEFT JOIN places AS ways ON ways.place = {here} LEFT JOIN chosen ON TRUE
{_DETAILS} ORDER BY {order}"""


def newest_lists(condition: str, here: str, *, is_limited: bool) -> str:
    """The best ?3 papers of each of the ?2 newest lists, none later than the day ?1; all, unless limited."""
    days = f"days JOIN listings ON listings.day = days.day{_unhidden('listings.paper', here)}"
    voted = _voted_contenders(days, condition) if is_limited else _voted_listings(days, condition)
    return f"""
WITH days AS (SELECT day FROM feeds WHERE papers > 0 AND day <= ?1 ORDER BY day DESC LIMIT ?2),
{voted},
chosen AS MATERIALIZED (
  SELECT * FROM (
    SELECT day, paper, position, votes, row_number() OVER (
      PARTITION BY day ORDER BY upvotes + {VOTE_WEIGHT} * votes DESC, upvotes DESC, comments DESC, paper
    ) AS place FROM voted
  ) AS ranked WHERE place <= ?3
)
{_chosen("chosen.day DESC, chosen.place", here)}"""


def _voted_listings(days: str, condition: str) -> str:
    """All listings of the days, with their votes."""
    return f"""voted AS MATERIALIZED (
  SELECT listings.day, listings.paper, listings.position, listings.upvotes, listings.comments,
    {_votes("listings.paper", condition)} AS votes
  FROM {days}
)"""


def _voted_contenders(days: str, condition: str) -> str:
    """The listings that may be among the best ?3 of their day, with their votes.

    Acts are quickly counted, and nobody has more votes than acts: who with all acts for votes would not reach
    those ?3 that have most that way, is out.
    """
    return f"""listed AS MATERIALIZED (
  SELECT listings.day, listings.paper, listings.position, listings.upvotes, listings.comments,
    listings.upvotes + {VOTE_WEIGHT} * (
      SELECT count(*) FROM acts WHERE acts.paper = listings.paper{condition}
    ) AS most
  FROM {days}
),
edges AS MATERIALIZED (
  SELECT day, min(upvotes + {VOTE_WEIGHT} * {_votes("ahead.paper", condition)}) AS points
  FROM (
    SELECT day, paper, upvotes, row_number() OVER (PARTITION BY day ORDER BY most DESC) AS place FROM listed
  ) AS ahead WHERE place <= ?3 GROUP BY day
),
voted AS MATERIALIZED (
  SELECT listed.day, listed.paper, listed.position, listed.upvotes, listed.comments,
    {_votes("listed.paper", condition)} AS votes
  FROM edges JOIN listed ON listed.day = edges.day AND listed.most >= edges.points
)"""


def best(condition: str, here: str) -> str:
    """The best ?3 papers listed from ?1 to ?2. Votes only part ties, so they are counted from the edge up."""
    then = "listings.day >= ?1 AND listings.day <= ?2 AND listings.later > ?2"
    listed_then = f"{then}{_unhidden('listings.paper', here)}"
    return f"""
WITH voted AS MATERIALIZED (
  SELECT listings.day, listings.paper, listings.position, listings.upvotes, listings.comments,
    {_votes("listings.paper", condition)} AS votes
  FROM listings WHERE {listed_then} AND listings.upvotes >= coalesce((
    SELECT listings.upvotes FROM listings WHERE {listed_then}
    ORDER BY listings.upvotes DESC LIMIT 1 OFFSET ?3 - 1
  ), {LEAST})
),
chosen AS MATERIALIZED (
  SELECT * FROM voted ORDER BY upvotes DESC, votes DESC, comments DESC, paper LIMIT ?3
)
{_chosen("chosen.upvotes DESC, chosen.votes DESC, chosen.comments DESC, chosen.paper", here)}"""


def leaders(here: str, since: str) -> str:
    """The ?1 papers with most votes of everybody; upvotes part ties.

    `since` as in `leaderboard`. Nobody has more votes than acts, tallied and fresh: who has fewer acts than
    the last of the best has votes, is out. The best are sought among twice as many with the highest tallies,
    as what is tallied may have been withdrawn, or be older than asked for, and among all with fresh acts.
    """
    counts = f" AND acts.at >= {since}" if since else ""
    recent = f"tallies.last_at >= {since}" if since else "TRUE"
    tallied = f"{recent}{_unhidden('tallies.paper', here)}"
    # Ordered by its name alone, SQLite would go through the tallies of all times.
    acts = "tallies.acts + 0" if since else "tallies.acts"
    return f"""
WITH fresh AS MATERIALIZED (
  SELECT acts.paper, count(*) AS acts FROM acts
  WHERE acts.fresh = 0{counts}{_unhidden("acts.paper", here)} GROUP BY acts.paper
),
bound AS MATERIALIZED (
  SELECT fresh.paper, fresh.acts + coalesce((
    SELECT tallies.acts FROM tallies WHERE tallies.paper = fresh.paper
  ), 0) AS acts FROM fresh
),
ahead AS MATERIALIZED (
  SELECT paper FROM (
    SELECT tallies.paper FROM tallies WHERE {tallied} ORDER BY {acts} DESC LIMIT 2 * ?1
  ) AS tallied
  UNION
  SELECT paper FROM (SELECT bound.paper FROM bound ORDER BY bound.acts DESC LIMIT 2 * ?1) AS in_both
),
edge AS MATERIALIZED (
  SELECT coalesce((
    SELECT counted.votes FROM (SELECT {_votes("ahead.paper", counts)} AS votes FROM ahead) AS counted
    ORDER BY counted.votes DESC LIMIT 1 OFFSET ?1 - 1
  ), 0) AS votes
),
contenders AS MATERIALIZED (
  SELECT tallies.paper FROM edge JOIN tallies ON tallies.acts >= edge.votes WHERE {tallied}
  UNION
  SELECT bound.paper FROM edge JOIN bound ON bound.acts >= edge.votes
),
voted AS MATERIALIZED (
  SELECT contenders.paper, {_votes("contenders.paper", counts)} AS votes FROM contenders
),
{_best_of_voted(here)}"""


def leaderboard(condition: str, here: str, since: str) -> str:
    """The ?1 papers with most votes in a scope; upvotes part ties.

    `since` is the placeholder of the instant from which acts count, empty for ever. Votes are counted only
    for the papers that have as many acts as are votes needed to come in: those of the ?1 with most acts.
    """
    counts = f"{condition} AND acts.at >= {since}" if since else condition
    # Grouped by its name alone, SQLite would go through all acts in the order of papers.
    return f"""
WITH acted AS MATERIALIZED (
  SELECT acts.paper || '' AS paper, count(*) AS acts FROM acts
  WHERE TRUE{counts}{_unhidden("acts.paper", here)} GROUP BY acts.paper || ''
),
edge AS MATERIALIZED (
  SELECT min({_votes("ahead.paper", counts)}) AS votes
  FROM (SELECT paper FROM acted ORDER BY acts DESC LIMIT ?1) AS ahead
),
voted AS MATERIALIZED (
  SELECT acted.paper, {_votes("acted.paper", counts)} AS votes
  FROM edge JOIN acted ON acted.acts >= edge.votes
),
{_best_of_voted(here)}"""


def _best_of_voted(here: str) -> str:
    return f"""best AS MATERIALIZED (
  SELECT voted.paper, voted.votes,
    coalesce((SELECT papers.upvotes FROM papers WHERE papers.id = voted.paper), 0) AS upvotes
  FROM voted WHERE voted.votes > 0 ORDER BY 2 DESC, 3 DESC, 1 LIMIT ?1
),
chosen AS MATERIALIZED (
  SELECT best.paper, best.votes, best.upvotes, listings.day, listings.position
  FROM best LEFT JOIN listings ON listings.paper = best.paper AND listings.later = '{FOREVER}'
)
{_chosen("chosen.votes DESC, chosen.upvotes DESC, chosen.paper", here)}"""


def some_papers(ids: str, condition: str, here: str) -> str:
    """The papers of a list of placeholders, in any order, each on its newest list."""
    return f"""
WITH chosen AS MATERIALIZED (
  SELECT papers.id AS paper, listings.day, listings.position, {_votes("papers.id", condition)} AS votes
  FROM papers LEFT JOIN listings ON listings.paper = papers.id AND listings.later = '{FOREVER}'
  WHERE papers.id IN ({ids or "NULL"})
)
{_chosen("chosen.paper", here)}"""


def shown(rows: Sequence[Row], place: Place) -> Shown:
    """Read what a place is shown."""
    papers = [listed(row[:-2]) for row in rows if row[0] is not None]
    kind, settings = rows[0][-2:]
    return Shown(papers, None if kind is None else profile_of((str(place), kind, settings)))


def listed(row: Row) -> Listed:
    """Read one chosen paper; one whose details are not stored has its id as title."""
    upvotes, comments, seen_at, day, position, votes, before, before_at = row[1 + len(COLUMNS) :]
    return Listed(
        paper=_paper(row),
        feed_day=day_or_none(day),
        position=None if position is None else number(position),
        upvotes=number(upvotes or 0),
        comments=number(comments or 0),
        votes=number(votes),
        seen_at=instant_or_none(seen_at),
        earlier=None if before_at is None else Figure(number(before), instant(before_at)),
    )


def _paper(row: Row) -> Paper:
    identifier = text(row[0])
    return Paper(PaperId(identifier), title=identifier) if row[1] is None else paper(row[1:])
