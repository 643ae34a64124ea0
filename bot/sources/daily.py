"""The shapes in which Hugging Face describes papers.

An item of `daily_papers` and of `search` holds the paper under `paper`, one paper alone is flat. Fields
come and go without notice, so each but identifier and title is optional and of whatever type. What the paper
itself says counts: the item's own `publishedAt` is hours or days off, and its summary may lack.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bot.domain.paper_ids import parse_paper_id
from bot.domain.papers import Feed, FeedEntry, Paper, Skipped
from bot.sources.clean import clean_line, clean_link, clean_prose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LARGEST_NUMBER = 2**31 - 1

REPOSITORY = re.compile(r"https?://(?:www\.)?github\.com/[\w.-]+/[\w.-]+?(?:\.git)?/?", re.ASCII)
"""A repository itself; stars of anything else (a folder in one, its owner) would be someone else's."""


def feed_of(items: Sequence[object], day: date, seen_at: datetime) -> Feed:
    """Read a list. An item that cannot be read is left out and named; a paper listed twice counts once."""
    entries: dict[str, FeedEntry] = {}
    skipped: list[Skipped] = []
    for position, item in enumerate(items, 1):
        entry = entry_of(item)
        if isinstance(entry, FeedEntry):
            entries.setdefault(entry.paper.id, entry)
        else:
            skipped.append(Skipped(name_of(item, position), entry))
    return Feed(day, seen_at, tuple(entries.values()), tuple(skipped))


def name_of(item: object, position: int) -> str:
    """Return what an unreadable item is called: its paper's identifier, else its place on the list."""
    paper = parse_paper_id(text_of(paper_fields(item).get("id")))
    return paper or f"item {position}"


def paper_fields(item: object) -> Mapping[str, object]:
    """Return the fields of the paper in an item, nested or flat; no fields where there is none."""
    fields = item if isinstance(item, dict) else {}
    nested = fields.get("paper")
    return nested if isinstance(nested, dict) else fields


def entry_of(item: object) -> FeedEntry | str:
    """Read one item; the reason, as a phrase, where it cannot be read."""
    if not isinstance(item, dict):
        return "is no object"
    fields = paper_fields(item)
    paper_id = parse_paper_id(text_of(fields.get("id")))
    title = clean_line(text_of(fields.get("title")))
    if paper_id is None:
        return "has no arXiv identifier"
    if not title:
        return "has no title"
    listed_at = moment_of(fields.get("submittedOnDailyAt"))
    return FeedEntry(
        paper=Paper(
            id=paper_id,
            title=title,
            abstract=clean_prose(text_of(fields.get("summary"))),
            authors=authors_of(fields.get("authors")),
            published_at=moment_of(fields.get("publishedAt")),
            organization=organization_of(fields.get("organization") or item.get("organization")),
            tldr=clean_prose(text_of(fields.get("ai_summary"))),
            keywords=keywords_of(fields.get("ai_keywords")),
            code_url=clean_link(text_of(fields.get("githubRepo"))),
            code_stars=stars_of(fields),
            project_url=clean_link(text_of(fields.get("projectPage"))),
        ),
        upvotes=number_of(fields.get("upvotes")) or 0,
        comments=number_of(item.get("numComments", fields.get("numComments"))) or 0,
        listed_on=listed_at.date() if listed_at else None,
    )


def text_of(value: object) -> str:
    """Return a text; an empty one for whatever is none."""
    return value if isinstance(value, str) else ""


def number_of(value: object) -> int | None:
    """Return a count from 0 up; None for whatever is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= LARGEST_NUMBER else None


def moment_of(value: object) -> datetime | None:
    """Return an instant in UTC; None for whatever is none."""
    try:
        moment = datetime.fromisoformat(text_of(value))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def authors_of(value: object) -> tuple[str, ...]:
    """Return the authors' names in their order; those that the page hides are authors all the same."""
    people = value if isinstance(value, list) else []
    names = (text_of(person.get("name") if isinstance(person, dict) else person) for person in people)
    return tuple(name for name in map(clean_line, names) if name)


def organization_of(value: object) -> str:
    """Return an organisation's name as it writes itself."""
    fields = value if isinstance(value, dict) else {}
    return clean_line(text_of(fields.get("fullname")) or text_of(fields.get("name")))


def keywords_of(value: object) -> tuple[str, ...]:
    """Return the keywords, each once, in their order."""
    words = value if isinstance(value, list) else []
    return tuple(dict.fromkeys(word for word in map(clean_line, map(text_of, words)) if word))


def stars_of(fields: Mapping[str, object]) -> int | None:
    """Return the stars of the paper's repository, where its link names a repository itself."""
    link = clean_link(text_of(fields.get("githubRepo")))
    return number_of(fields.get("githubStars")) if REPOSITORY.fullmatch(link) else None
