from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.answers import (
    Citation,
    FeedState,
    PaperList,
    PaperPage,
    Ranked,
    Refusal,
    Section,
    StatusReport,
)
from bot.domain.cards import Actions, Card, Code, Entry, Fact, Facts, Heading, Keep, Note, Prose
from bot.domain.places import LOCAL_PLACE
from bot.views import SENTENCE_CHARS, card_of
from tests.views.samples import ANSWERS, BARE, CROWD, FRIDAY, HUMANOIDS, NOW, WORLDS, YOUNG_LIST

if TYPE_CHECKING:
    from datetime import date


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


@pytest.mark.parametrize(
    ("because", "line"),
    [
        pytest.param((), "84 upvotes, 3 votes here", id="no reasons"),
        pytest.param(("3 votes here", "number 1 on a list"), "84 upvotes, 3 votes here", id="a leaderboard"),
        pytest.param(
            ("5 in the last 3 hours",), "84 upvotes, 3 votes here, 5 in the last 3 hours", id="movement"
        ),
    ],
)
def test_figures_stand_together(because: tuple[str, ...], line: str) -> None:
    shown = card_of(PaperList("List", (Section((Ranked(WORLDS, because),)),)), NOW)
    assert words(entries(shown)[0])[1] == line


@pytest.mark.parametrize(
    ("stars", "link"),
    [(None, "code"), (0, "code"), (1, "code (1 star)"), (12_345, "code (12,345 stars)")],
)
def test_code_is_told_with_its_stars(stars: int | None, link: str) -> None:
    paper = replace(WORLDS, paper=replace(WORLDS.paper, code_stars=stars))
    shown = card_of(PaperList("List", (Section((Ranked(paper),)),)), NOW)
    assert entries(shown)[0].facts[-1] == Fact(link, "https://github.com/worlds/worlds", Keep.NICE)


@pytest.mark.parametrize(
    ("feed_date", "day"),
    [(FRIDAY, "22 April"), (FRIDAY.replace(year=2027), "22 April 2026"), (None, "22 April 2026")],
)
def test_the_year_is_told_where_it_is_not_the_lists(feed_date: date | None, day: str) -> None:
    shown = card_of(PaperList("List", (Section((Ranked(WORLDS),)),), feed_date), NOW)
    assert day in words(entries(shown)[0])


def test_a_sentence_is_the_first_of_the_abstract_where_no_source_has_one() -> None:
    plain = replace(WORLDS, paper=replace(WORLDS.paper, tldr=""))
    shown = card_of(PaperList("List", (Section((Ranked(plain),)),)), NOW)
    assert entries(shown)[0].sentence == "Video models answer to controls."


@pytest.mark.parametrize(
    ("name", "labels", "typed"),
    [
        ("young list", ["Read 1", "More like 1", "Cite 1"], ["show 1", "similar 1", "cite 1"]),
        ("page", ["More like this", "Cite this"], ["similar 2604.21686", "cite 2604.21686"]),
        ("empty list", [], []),
        ("refusal", [], []),
    ],
)
def test_what_can_be_done_next_names_its_paper(name: str, labels: list[str], typed: list[str]) -> None:
    actions = [action for part in card(name).parts if isinstance(part, Actions) for action in part.actions]
    assert [action.label for action in actions] == labels
    assert [action.words for action in actions] == typed


def test_what_tells_papers_apart_is_kept_longest() -> None:
    keeps = {type(part).__name__: part.keep for part in card("young list").parts}
    assert keeps["Heading"] is Keep.NEEDED
    assert keeps["Entry"] is Keep.ALWAYS
    assert keeps["Actions"] is Keep.SPARE
    assert [fact.keep for fact in entries(card("young list"))[0].facts if "upvotes" in fact.text] == [
        Keep.ALWAYS
    ]


def test_a_sentence_has_a_length_that_a_phone_shows() -> None:
    long = PaperList("Long", (Section((Ranked(CROWD),)),))
    assert len(entries(card_of(long, NOW))[0].sentence) <= SENTENCE_CHARS


def test_a_list_tells_itself_in_one_line() -> None:
    assert card("young list").gist == (
        "Today's papers · Friday 24 April: Worlds; One Language for Humanoids; hep-th/9901001"
    )
    assert card("empty list").gist == "Papers · Saturday 25 April. There are no lists on weekends."


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
    assert shown.parts[0] == Heading(WORLDS.paper.title, votes=3)
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


def test_a_list_of_another_year_is_told_with_its_year() -> None:
    report = StatusReport(LOCAL_PLACE, FeedState(FRIDAY, 1, NOW), "Something is wrong.")
    shown = card_of(report, NOW.replace(year=2027))
    assert labelled(shown) == {"Last list": "24 April 2026, 1 paper, fetched 365 days ago"}
    assert shown.gist == "Not all is well in the terminal. Something is wrong."


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


def test_a_refusal_without_usage_is_its_sentence_alone() -> None:
    assert card_of(Refusal("No."), NOW) == Card((Prose("No.", Keep.ALWAYS),), "No.")


def test_a_paper_without_a_title_is_called_by_its_identifier() -> None:
    for answer in (PaperPage(Ranked(BARE)), Citation(BARE, "apa", "…")):
        assert card_of(answer, NOW).parts[0] == Heading("hep-th/9901001")


@pytest.mark.parametrize("name", ANSWERS)
def test_every_card_says_itself_in_one_line(name: str) -> None:
    assert card(name).gist
    assert "\n" not in card(name).gist


def test_the_same_answer_is_the_same_card() -> None:
    assert card_of(YOUNG_LIST, NOW) == card_of(YOUNG_LIST, NOW)
    assert BARE.paper.title == ""
