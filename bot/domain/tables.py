"""Papers as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from bot.domain.paper_ids import abs_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.papers import Listed

COLUMNS = ("id", "title", "authors", "organization", "published", "upvotes", "votes", "url")

FORMULA = ("=", "+", "-", "@")
"""What makes a spreadsheet read a field as a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""


def table_text(papers: Iterable[Listed]) -> str:
    """Return papers as CSV (RFC 4180), a line of names first; nothing in it is read as a formula."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for listed in papers:
        paper = listed.paper
        published = paper.published_at.date().isoformat() if paper.published_at else ""
        texts = (paper.id, paper.title, "; ".join(paper.authors), paper.organization)
        figures = (published, listed.upvotes, listed.votes, abs_url(paper.id))
        table.writerow((*map(plain, texts), *figures))
    return written.getvalue().rstrip()


def plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
