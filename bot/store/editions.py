"""Editions as rows, and back."""

from __future__ import annotations

import json
from datetime import date, time
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.domain.editions import Chosen, Edition, EditionKind
from bot.domain.papers import PaperId
from bot.store.rows import instant, listed_texts, marks, micros, place, text, texts

if TYPE_CHECKING:
    from bot.store.engine import Row, Value

EDITION = {
    "key": "TEXT",
    "kind": "TEXT",
    "subscription": "TEXT",
    "place": "TEXT",
    "fires_at": "BIGINT",
    "local_date": "TEXT",
    "local_time": "TEXT",
    "made_at": "BIGINT",
    "heading": "TEXT",
    "papers": "TEXT",
    "notes": "TEXT",
    "footer": "TEXT",
    "reason": "TEXT",
    "layout": "TEXT",
}
"""The columns of an edition, with their types."""

KEEP_EDITION = f"INSERT INTO editions ({', '.join(EDITION)}) VALUES ({marks(len(EDITION))})"

READ = f"SELECT {', '.join(EDITION)} FROM editions"


def fired(edition: str) -> str:
    """Whether an edition was posted by itself: the answer to a command tells nothing of how a place fares."""
    return f"{edition}.kind <> '{EditionKind.SUBMISSION}'"


# The newest edition of a place.
LAST_EDITION = f"""
{READ} WHERE place = ?1 AND {fired("editions")} ORDER BY fires_at DESC, made_at DESC, key DESC LIMIT 1"""

# The papers of an edition alone.
PAPERS_OF = "SELECT papers FROM editions WHERE key = ?1"


def some_editions(count: int) -> str:
    """The editions of a list of keys."""
    return f"{READ} WHERE key IN ({marks(count)})"


# In a minute many editions have the same papers and notes.
@lru_cache(maxsize=100)
def chosen_text(papers: tuple[Chosen, ...]) -> str:
    """Write the papers of an edition as JSON."""
    return json.dumps([[each.paper, *each.because] for each in papers], ensure_ascii=False)


@lru_cache(maxsize=100)
def notes_text(notes: tuple[str, ...]) -> str:
    """Write the notes of an edition as JSON."""
    return listed_texts(notes)


def edition_row(edition: Edition) -> Row:
    """Return the columns EDITION."""
    return (
        edition.key,
        edition.kind.value,
        edition.subscription,
        str(edition.place),
        micros(edition.fires_at),
        edition.local_date.isoformat(),
        edition.local_time.isoformat("minutes"),
        micros(edition.made_at),
        edition.heading,
        chosen_text(edition.papers),
        notes_text(edition.notes),
        edition.footer,
        edition.reason,
        edition.layout,
    )


def edition(row: Row) -> Edition | None:
    """Read an edition; None where it cannot be read any more."""
    key, kind, subscription, where, fires_at, day, wall, made_at, *words = row
    heading, papers, notes, footer, reason, layout = words
    try:
        return Edition(
            key=text(key),
            kind=EditionKind(text(kind)),
            place=place(where),
            subscription=text(subscription),
            fires_at=instant(fires_at),
            local_date=date.fromisoformat(text(day)),
            local_time=time.fromisoformat(text(wall)),
            made_at=instant(made_at),
            heading=text(heading),
            papers=tuple(Chosen(PaperId(paper), tuple(because)) for paper, *because in _lists(papers)),
            notes=texts(notes),
            footer=text(footer),
            reason=text(reason),
            layout=text(layout),
        )
    except (ValueError, TypeError, OverflowError):
        return None


def papers_in(value: Value) -> tuple[PaperId, ...]:
    """Read the papers of an edition alone, in order; none where they cannot be read any more."""
    try:
        return tuple(PaperId(paper) for paper, *_ in _lists(value))
    except (ValueError, TypeError):
        return ()


def _lists(value: Value) -> list[list[str]]:
    """Read a JSON list of lists."""
    found = json.loads(text(value))
    if not isinstance(found, list) or not all(isinstance(each, list) for each in found):
        raise TypeError
    return found
