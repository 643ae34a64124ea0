"""Papers as rows: their columns, and how a source's words are merged into what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

from bot.domain.papers import Paper, PaperId
from bot.store.engine import Statement
from bot.store.rows import instant_or_none, listed_texts, micros_or_none, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.papers import FeedEntry
    from bot.store.engine import Row

TEXTS = (
    "title", "organization", "authors", "keywords", "categories", "code_url", "project_url",
    "tldr", "abstract",
)  # fmt: skip
NUMBERS = ("published_at", "code_stars")
COLUMNS = ("id", *NUMBERS, *TEXTS)
"""What makes a Paper, in the order that `paper` reads."""

_PaperRow: TypeAlias = (
    "tuple[str, int | None, int | None, str, str, str, str, str, str, str, str, str]"  # as in COLUMNS
)

NEVER = 0

# A text is unknown where it is empty, a list where it is []; a number where it is NULL. Of two tellings the
# newer one's known fields stand, and the other one fills its gaps.
_NEWER = "excluded.told_at > papers.told_at"


def _unknown(column: str) -> str:
    table, _, name = column.partition(".")
    if name in NUMBERS:
        return f"{table}.{name} IS NULL"
    return (
        f"{table}.{name} = '[]'" if name in {"authors", "keywords", "categories"} else f"{table}.{name} = ''"
    )


def _takes(name: str) -> str:
    """Whether the new telling's field replaces the known one."""
    new, known = f"excluded.{name}", f"papers.{name}"
    differs = f"coalesce({new} <> {known}, TRUE)" if name in NUMBERS else f"{new} <> {known}"
    return f"(NOT ({_unknown(new)}) AND ({_NEWER} OR {_unknown(known)}) AND {differs})"


def _merged(name: str) -> str:
    return f"{name} = CASE WHEN {_takes(name)} THEN excluded.{name} ELSE papers.{name} END"


_TEXT_CHANGES = " OR ".join(_takes(name) for name in (*TEXTS, *NUMBERS))
_SEES = "excluded.seen_at > papers.seen_at"
_MERGES = ",\n  ".join(_merged(name) for name in (*NUMBERS, *TEXTS))

# Keep a paper as a source tells it. Figures never seen have seen_at 0; '' is no feed day. The revision rises
# with each change of a text or of the newest day. Rows of which nothing changes are not written.
TELL = f"""
INSERT INTO papers (id, upvotes, comments, seen_at, told_at, day, {", ".join((*NUMBERS, *TEXTS))}, revision)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, {", ".join(f"?{index}" for index in range(7, 18))},
  (SELECT coalesce(max(newest.revision), 0) + 1 FROM papers AS newest))
ON CONFLICT (id) DO UPDATE SET
  upvotes = CASE WHEN {_SEES} THEN excluded.upvotes ELSE papers.upvotes END,
  comments = CASE WHEN {_SEES} THEN excluded.comments ELSE papers.comments END,
  seen_at = CASE WHEN {_SEES} THEN excluded.seen_at ELSE papers.seen_at END,
  told_at = CASE WHEN {_NEWER} THEN excluded.told_at ELSE papers.told_at END,
  day = CASE WHEN excluded.day > papers.day THEN excluded.day ELSE papers.day END,
  {_MERGES},
  revision = CASE WHEN excluded.day > papers.day OR {_TEXT_CHANGES}
    THEN excluded.revision ELSE papers.revision END
WHERE {_SEES} OR {_NEWER} OR excluded.day > papers.day OR {_TEXT_CHANGES}"""

# Repeat a paper's figures on the lists that it is on.
REPEAT_FIGURES = """
UPDATE listings SET upvotes = papers.upvotes, comments = papers.comments FROM papers
WHERE papers.id = ?1 AND listings.paper = ?1
  AND (listings.upvotes <> papers.upvotes OR listings.comments <> papers.comments)"""

# Keep what a source said of a paper at a moment, where a number differs from what it said before; position 0
# says nothing of the position.
SIGHT = """
INSERT INTO sightings (paper, seen_at, upvotes, comments, position)
SELECT CAST(?1 AS TEXT), CAST(?2 AS BIGINT), CAST(?3 AS BIGINT), CAST(?4 AS BIGINT), CAST(?5 AS BIGINT)
WHERE NOT EXISTS (
  SELECT 1 FROM (
    SELECT seen_at, upvotes, comments, position FROM sightings
    WHERE paper = ?1 AND seen_at <= ?2 ORDER BY seen_at DESC LIMIT 1
  ) AS stood
  WHERE stood.seen_at = ?2
    OR (stood.upvotes = ?3 AND stood.comments = ?4 AND (?5 = 0 OR stood.position = ?5))
)"""

# Thin sightings older than ?1 and not older than ?2 to the newest of each span of ?3 microseconds.
THIN = """
DELETE FROM sightings WHERE seen_at < ?1 AND seen_at >= ?2 AND EXISTS (
  SELECT 1 FROM sightings AS newer
  WHERE newer.paper = sightings.paper AND newer.seen_at > sightings.seen_at AND newer.seen_at < ?1
    AND newer.seen_at / ?3 = sightings.seen_at / ?3
)"""


def texts_of(known: Paper) -> Row:
    """Return the columns NUMBERS and TEXTS of a paper."""
    return (
        micros_or_none(known.published_at),
        known.code_stars,
        known.title,
        known.organization,
        listed_texts(known.authors),
        listed_texts(known.keywords),
        listed_texts(known.categories),
        known.code_url,
        known.project_url,
        known.tldr,
        known.abstract,
    )


def paper(row: Row) -> Paper:
    """Read a paper from COLUMNS; longer rows hold more behind them."""
    columns = cast("_PaperRow", row[: len(COLUMNS)])
    identifier, published_at, code_stars, title, organization, authors, keywords, categories, *others = (
        columns
    )
    code_url, project_url, tldr, abstract = others
    return Paper(
        id=PaperId(identifier),
        published_at=instant_or_none(published_at),
        code_stars=code_stars,
        title=title,
        organization=organization,
        authors=texts(authors),
        keywords=texts(keywords),
        categories=texts(categories),
        code_url=code_url,
        project_url=project_url,
        tldr=tldr,
        abstract=abstract,
    )


def tell(entries: Iterable[FeedEntry], told_at: int, *, has_figures: bool, day: str = "") -> Statement:
    """Keep what is told of papers at one moment."""
    seen_at = told_at if has_figures else NEVER
    return Statement(
        TELL,
        [
            (
                entry.paper.id,
                entry.upvotes if has_figures else 0,
                entry.comments if has_figures else 0,
                seen_at,
                told_at,
                day,
                *texts_of(entry.paper),
            )
            for entry in entries
        ],
    )


def sight(entries: Iterable[FeedEntry], seen_at: int, *, listed: bool) -> Statement:
    """Keep the figures of papers at one moment; `listed` entries are in their list's order."""
    return Statement(
        SIGHT,
        [
            (entry.paper.id, seen_at, entry.upvotes, entry.comments, position if listed else 0)
            for position, entry in enumerate(entries, start=1)
        ],
    )
