"""Cards and list lines show at least what a real Daily Papers page shows of its 46 papers, LaTeX readable."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from adapters.terminal.render import Sheet, lines_of
from bot.domain.answers import PaperList, PaperPage, Ranked, Section
from bot.domain.maths import readable
from bot.domain.papers import Listed, Paper, PaperId
from bot.domain.text import counted, first_sentence
from bot.views import card_of
from tests.shared import shared_folder
from tests.views.samples import NOW

PAPERS = 46


def listed(shown: dict[str, Any]) -> Listed:
    """Build a paper from what the page shows; of authors it tells the number alone."""
    published = f"{shown['date']}T00:00:00+00:00" if "date" in shown else None
    paper = Paper(
        PaperId(shown.get("id") or f"2604.{shown['n']:05d}"),
        shown["title"],
        abstract=shown["abstract"],
        authors=tuple(f"Author {number}" for number in range(shown.get("authors_count", 0))),
        published_at=datetime.fromisoformat(published) if published else None,
        organization=shown.get("organization", {}).get("fullname", ""),
    )
    return Listed(paper, comments=shown.get("comments", 0))


def written(answer: PaperList | PaperPage) -> str:
    card = card_of(answer, NOW)
    return "\n".join(line.text.plain for part in card.parts for line in lines_of(part, Sheet()))


def day_words(shown: dict[str, Any]) -> str:
    day = datetime.fromisoformat(shown["date"])
    return f"{day.day} {day:%B %Y}"


@pytest.fixture(scope="module")
def page() -> list[dict[str, Any]]:
    papers = json.loads((shared_folder() / "data/captured_page/expected.json").read_text("utf-8"))["papers"]
    assert len(papers) == PAPERS
    return list(papers)


def missing(text: str, wanted: list[str]) -> list[str]:
    return [words for words in wanted if words not in text]


def common_words(shown: dict[str, Any]) -> list[str]:
    day = [day_words(shown)] if "date" in shown else []
    comments = [counted(shown["comments"], "comment")] if "comments" in shown else []
    organization = [shown["organization"]["fullname"]] if "organization" in shown else []
    return [readable(shown["title"]), *day, *comments, *organization]


def test_each_card_shows_what_the_page_shows(page: list[dict[str, Any]]) -> None:
    lost = {}
    for shown in page:
        authors = [counted(shown["authors_count"], "author")] if "authors_count" in shown else []
        wanted = [*common_words(shown), *authors, readable(shown["abstract"])]
        if found := missing(written(PaperPage(Ranked(listed(shown)))), wanted):
            lost[shown["n"]] = found
    assert lost == {}


def test_each_line_of_a_list_shows_what_the_page_shows(page: list[dict[str, Any]]) -> None:
    lost = {}
    for shown in page:
        count = shown.get("authors_count", 0)
        authors = [f"Author 0 + {count - 1}" if count > 2 else f"Author {count - 1}"] if count else []
        sentence = first_sentence(readable(shown["abstract"]))[:100]
        wanted = [*common_words(shown), *authors, sentence]
        answer = PaperList("Daily Papers", (Section((Ranked(listed(shown)),)),))
        if found := missing(written(answer), wanted):
            lost[shown["n"]] = found
    assert lost == {}
