"""Lists as they come in: what each write of papers and lists becomes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.store.engine import Statement, Unit
from bot.store.papers import REPEAT_FIGURES, THIN, sight, tell
from bot.store.rows import MICROSECOND, listed_texts, micros

if TYPE_CHECKING:
    from bot.ports import RecordDigest, RecordFeed, RecordPapers, RememberList, ThinSightings

PAPERS_ALONE = "papers"
"""Who writes papers does so alone: revisions are given in the order in which they become visible."""

HOURLY_AFTER = timedelta(days=2)
DAILY_AFTER = timedelta(days=30)

FOREVER = "9999-12-31"
"""The `later` day of a paper's newest listing."""

# Put a paper on a day's list. Its position changes only with a list newer than the one that is kept.
LIST = f"""
INSERT INTO listings (day, paper, position, upvotes, comments, later)
SELECT CAST(?1 AS TEXT), papers.id, CAST(?3 AS BIGINT), papers.upvotes, papers.comments,
  coalesce((SELECT min(next.day) FROM listings AS next WHERE next.paper = ?2 AND next.day > ?1), '{FOREVER}')
FROM papers WHERE papers.id = ?2
ON CONFLICT (paper, day) DO UPDATE SET position = excluded.position
WHERE listings.position <> excluded.position
  AND NOT EXISTS (SELECT 1 FROM feeds WHERE feeds.day = excluded.day AND feeds.fetched_at >= ?4)"""

# Tell earlier listings of a day's papers that there is a later one now.
SUPERSEDE = """
UPDATE listings SET later = ?1
WHERE paper IN (SELECT here.paper FROM listings AS here WHERE here.day = ?1) AND day < ?1 AND later > ?1"""

# Repeat the figures of a day's papers on all lists that they are on.
REPEAT_FIGURES_OF_DAY = """
UPDATE listings SET upvotes = papers.upvotes, comments = papers.comments FROM papers
WHERE listings.paper IN (SELECT here.paper FROM listings AS here WHERE here.day = ?1)
  AND papers.id = listings.paper
  AND (listings.upvotes <> papers.upvotes OR listings.comments <> papers.comments)"""

# Note that a day's list was fetched, and how many papers it has had in all.
FETCHED = """
INSERT INTO feeds (day, fetched_at, papers)
SELECT CAST(?1 AS TEXT), CAST(?2 AS BIGINT), count(*) FROM listings WHERE listings.day = ?1
ON CONFLICT (day) DO UPDATE SET
  fetched_at = CASE WHEN excluded.fetched_at > feeds.fetched_at
    THEN excluded.fetched_at ELSE feeds.fetched_at END,
  papers = excluded.papers
WHERE excluded.fetched_at > feeds.fetched_at OR excluded.papers <> feeds.papers"""

# Remember a saved answer.
DIGEST = "INSERT INTO digests (digest, at) VALUES (?1, ?2) ON CONFLICT (digest) DO NOTHING"

# Remember the list that somebody was shown, unless a newer one is remembered.
REMEMBER = """
INSERT INTO last_lists (place, identity, public, at, papers) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (place, identity, public) DO UPDATE SET at = excluded.at, papers = excluded.papers
WHERE excluded.at >= last_lists.at"""


def record_feed(write: RecordFeed) -> Unit:
    """Keep a list; the statements' order matters: papers, then listings, then what is counted from them."""
    feed = write.feed
    day, seen_at = feed.day.isoformat(), micros(feed.seen_at)
    listings = [
        (day, entry.paper.id, position, seen_at) for position, entry in enumerate(feed.entries, start=1)
    ]
    statements = (
        tell(feed.entries, seen_at, has_figures=True, day=day),
        sight(feed.entries, seen_at, listed=True),
        Statement(LIST, listings),
        Statement(SUPERSEDE, [(day,)]),
        Statement(REPEAT_FIGURES_OF_DAY, [(day,)]),
        Statement(FETCHED, [(day, seen_at)]),
    )
    return Unit(statements, alone=PAPERS_ALONE)


def record_papers(write: RecordPapers) -> Unit:
    """Keep papers seen outside a list."""
    seen_at = micros(write.seen_at)
    told = tell(write.entries, seen_at, has_figures=write.has_figures)
    if not write.has_figures:
        return Unit((told,), alone=PAPERS_ALONE)
    repeated = Statement(REPEAT_FIGURES, [(entry.paper.id,) for entry in write.entries])
    return Unit((told, sight(write.entries, seen_at, listed=False), repeated), alone=PAPERS_ALONE)


def record_digest(write: RecordDigest) -> Unit:
    """Remember a saved answer."""
    return Unit((Statement(DIGEST, [(write.digest, micros(write.at))]),))


def thin_sightings(write: ThinSightings) -> Unit:
    """Thin to the newest of each hour after 2 days, of each day (both of UTC) after 30."""
    hourly, daily = micros(write.now - HOURLY_AFTER), micros(write.now - DAILY_AFTER)
    hour, day = timedelta(hours=1) // MICROSECOND, timedelta(days=1) // MICROSECOND
    return Unit((Statement(THIN, [(hourly, daily, hour), (daily, 0, day)]),))


def remember_list(write: RememberList) -> Unit:
    """Remember the list that somebody was shown."""
    row = (str(write.place), write.identity, int(write.public), micros(write.at), listed_texts(write.papers))
    return Unit((Statement(REMEMBER, [row]),))
