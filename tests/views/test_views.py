from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.answers import FeedState, PaperList, PaperPage, Ranked, Section, StatusReport
from bot.domain.cards import Card, Code, Entry, Fact, Facts, Heading, Note, Prose
from bot.domain.places import LOCAL_PLACE
from bot.views import SENTENCE_CHARS, card_of
from tests.views.samples import ANSWERS, BARE, CROWD, FRIDAY, HUMANOIDS, NOW, WORLDS, YOUNG_LIST


def card(name: str) -> Card:
    return card_of(ANSWERS[name], NOW)


def entries(shown: Card) -> list[Entry]:
    return [part for part in shown.parts if isinstance(part, Entry)]


def labelled(shown: Card) -> dict[str, str]:
    lines = [part for part in shown.parts if isinstance(part, Facts)]
    return {part.label: ", ".join(fact.text for fact in part.facts) for part in lines}


def words(entry: Entry) -> list[str]:
    return [fact.text for fact in entry.facts]


def test_a_list_is_numbered_through_its_sections() -> None:
    shown = card("young list")
    assert [type(part).__name__ for part in shown.parts] == [
        "Heading", "Note", "Entry", "Heading", "Entry", "Entry", "Actions",
    ]  # fmt: skip
    assert shown.parts[3] == replace(Heading("Thursday", level=2), keep=shown.parts[3].keep)
    assert [entry.number for entry in entries(shown)] == [1, 2, 3]


def test_an_entry_is_a_title_a_sentence_and_a_line_of_facts() -> None:
    first, second, third = entries(card("young list"))
    assert (first.title, first.url) == (WORLDS.paper.title, "https://huggingface.co/papers/2604.21686")
    assert first.sentence == "Same scenes, same controls, one score."
    assert words(first) == [
        "Ada One + 6",
        "84 upvotes, 12 in the last 3 hours, 3 votes here",
        "1 comment",
        "22 April",
        "code (1,204 stars)",
    ]
    assert second.sentence == "Humanoids learn from video of people."
    assert words(second) == ["Humanoid Works", "1 upvote", "19 December 2025", "code"]
    assert (third.title, third.sentence, words(third)) == ("hep-th/9901001", "", ["0 upvotes"])
    assert third.url == "https://arxiv.org/abs/hep-th/9901001"


def test_figures_are_said_once_and_reasons_after_them() -> None:
    found = PaperList("Found", (Section((Ranked(WORLDS, ("has video, score", "3 votes here")),)),))
    assert words(entries(card_of(found, NOW))[0])[1:3] == ["84 upvotes, 3 votes here", "has video, score"]


def test_a_sentence_has_a_length_that_a_phone_shows() -> None:
    long = PaperList("Long", (Section((Ranked(CROWD),)),))
    assert len(entries(card_of(long, NOW))[0].sentence) <= SENTENCE_CHARS


def test_a_list_tells_itself_in_one_line() -> None:
    assert card("young list").gist == (
        "Today's papers · Friday 24 April: Worlds; One Language for Humanoids; hep-th/9901001"
    )
    assert card("empty list").gist == "Papers · Saturday 25 April There are no lists on weekends."


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("empty list", "There are no lists on weekends."),
        ("bare empty list", "There is nothing on this list."),
    ],
)
def test_an_empty_list_says_so(name: str, note: str) -> None:
    assert [part.text for part in card(name).parts if isinstance(part, Note)] == [note]
    assert entries(card(name)) == []


def test_a_page_has_all_that_is_known() -> None:
    shown = card("page")
    assert shown.parts[0] == Heading(WORLDS.paper.title)
    assert [part.text for part in shown.parts if isinstance(part, Prose)] == [
        WORLDS.paper.tldr,
        WORLDS.paper.abstract,
    ]
    assert labelled(shown) == {
        "": "84 upvotes, 3 votes here, 1 comment",
        "7 authors": "Ada One, Ben Two, Cleo Three, Dan Four, Eve Five + 2 more",
        "Submitted": "22 April 2026",
        "Listed": "Friday 24 April 2026, number 1",
        "Keywords": "video, benchmark",
        "Categories": "cs.CV, cs.AI",
        "Links": "arXiv, PDF, Hugging Face, code (1,204 stars), project page",
    }


def test_a_page_links_to_where_to_read_on() -> None:
    links = [part for part in card("page").parts if isinstance(part, Facts)][-1]
    assert [fact.url for fact in links.facts] == [
        "https://arxiv.org/abs/2604.21686",
        "https://arxiv.org/pdf/2604.21686",
        "https://huggingface.co/papers/2604.21686",
        "https://github.com/worlds/worlds",
        "https://worlds.example",
    ]


def test_a_page_of_a_paper_never_listed_does_not_link_where_it_is_not() -> None:
    assert labelled(card("page of a bare paper")) == {"": "0 upvotes", "Links": "arXiv, PDF"}


@pytest.mark.parametrize(
    ("authors", "line"),
    [
        (("A",), ("1 author", "A")),
        (tuple("ABCDEF"), ("6 authors", "A, B, C, D, E, F")),
        (CROWD.paper.authors, ("644 authors", "Author 0, Author 1, Author 2, Author 3, Author 4 + 639 more")),
    ],
)
def test_many_authors_are_counted(authors: tuple[str, ...], line: tuple[str, str]) -> None:
    paper = replace(HUMANOIDS, paper=replace(HUMANOIDS.paper, authors=authors))
    assert line in labelled(card_of(PaperPage(Ranked(paper)), NOW)).items()


def test_a_citation_is_copied_as_it_stands() -> None:
    assert card("citation").parts[1] == Code("@misc{one2026worlds,\n  title = {Worlds}\n}")


def test_help_says_what_the_words_do() -> None:
    assert [(entry.title, entry.sentence) for entry in entries(card("help"))] == [
        ("today [count]", "Today's papers."),
        ("help", "This."),
    ]


@pytest.mark.parametrize(
    ("fetched", "line"),
    [
        (timedelta(seconds=20), "24 April, 15 papers, fetched just now"),
        (timedelta(minutes=4), "24 April, 15 papers, fetched 4 minutes ago"),
        (timedelta(minutes=61), "24 April, 15 papers, fetched 1 hour ago"),
        (timedelta(days=3), "24 April, 15 papers, fetched 3 days ago"),
    ],
)
def test_status_says_how_old_the_list_is(fetched: timedelta, line: str) -> None:
    report = StatusReport(LOCAL_PLACE, FeedState(FRIDAY, 15, NOW - fetched))
    shown = card_of(report, NOW)
    assert shown.parts == (Heading("All well in the terminal"), Facts((Fact(line),), label="Last list"))


def test_status_begins_with_what_is_wrong() -> None:
    shown = card("silence")
    assert shown.parts[0] == Heading("Not all is well in discord:1/2")
    assert isinstance(shown.parts[1], Prose)
    assert shown.parts[1].text == "No list is here yet. Type: papers ingest"
    assert labelled(shown) == {"Last list": "none yet"}


def test_a_refusal_is_its_sentence_and_how_it_is_typed() -> None:
    assert [getattr(part, "text", "") for part in card("refusal").parts] == [
        "“2026-W54” is no week.",
        "papers week [which]",
    ]


@pytest.mark.parametrize("name", ANSWERS)
def test_every_card_says_itself_in_one_line(name: str) -> None:
    assert card(name).gist
    assert "\n" not in card(name).gist


def test_the_same_answer_is_the_same_card() -> None:
    assert card_of(YOUNG_LIST, NOW) == card_of(YOUNG_LIST, NOW)
    assert BARE.paper.title == ""
