"""`papers search` and `similar`: whatever is typed or pasted gets an answer or one clear sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.running import Papers

UNIT = "2604.19734"
UNIT_TITLE = (
    "UniT: Toward a Unified Physical Language for Human-to-Humanoid Policy Learning and World Modeling"
)
LLADA_TITLE = (
    "LLaDA2.0-Uni: Unifying Multimodal Understanding and Generation with Diffusion Large Language Model"
)


@pytest.mark.parametrize(
    "query",
    [
        '"',
        '""',
        "*",
        "NEAR(",
        "NEAR(a b, 3)",
        "-",
        "--",
        "- -",
        "(",
        ")",
        "()",
        "|",
        "OR",
        "AND OR NOT",
        "NOT",
        "-robot",
        "a:b:c",
        "author:",
        "@",
        "'; DROP TABLE papers; --",
        "%s %d {0} \\x00",
        "\\",
        "x" * 10_000,
        "robot " * 2_000,
        "((((((((((robot))))))))))",
        "(" * 500,
        '"' * 501,
        "机器人",
        "🤖",
        "ﬁnetuning Ünïcödé",
        "\u202erobot",
        "caf\udce9",
    ],
    ids=lambda query: query[:12],
)
def test_any_query_is_answered_or_refused_with_a_sentence(filled: Papers, query: str) -> None:
    ran = filled("search", "--", query)
    assert ran.status in {0, 1, 2}
    assert "fault in papers-bot" not in ran.err
    assert "Traceback" not in ran.err
    assert (ran.out == "") == (ran.status != 0)
    assert len(ran.err) < 2_000


def test_a_word_finds_its_papers(filled: Papers) -> None:
    assert filled("search", "humanoid", "--json").ids[0] == UNIT
    form = filled("search", "humanoid", "--json").form
    assert form["kind"] == "list"
    assert form["papers"][0]["because"]


@pytest.mark.parametrize("title", [UNIT_TITLE, UNIT_TITLE.lower(), f"  {UNIT_TITLE}!  ", LLADA_TITLE])
def test_a_pasted_title_finds_its_paper_first(filled: Papers, title: str) -> None:
    """Most titles have a colon, some have brackets and quotes: none of it is an operator then."""
    [first, *_] = filled("search", title, "--json").form["papers"]
    assert first["title"].lower() == title.strip(" !").lower()


def test_words_need_no_quotes(filled: Papers) -> None:
    assert (
        filled("search", "humanoid", "robot", "--json").form
        == filled("search", "humanoid robot", "--json").form
    )


def test_a_phrase_an_exclusion_and_a_field_narrow_it(filled: Papers) -> None:
    everything = set(filled("search", "video", "--count", "100", "--json").ids)
    without = set(filled("search", "video -human", "--count", "100", "--json").ids)
    assert without < everything
    by_author = filled("search", "author:xu", "--count", "100", "--json").form["papers"]
    assert by_author
    assert all(any("xu" in name.lower() for name in paper["authors"]) for paper in by_author)


def test_since_leaves_out_what_was_listed_before(filled: Papers) -> None:
    papers = filled("search", "model", "--since", "2026-04-24", "--count", "100", "--json").form["papers"]
    assert {paper["feed_date"] for paper in papers} == {"2026-04-24"}
    assert "is a date such as" in filled.refused("search", "model", "--since", "lately")


def test_nothing_found_is_an_answer(filled: Papers) -> None:
    ran = filled("search", "xylophonists", "--json")
    assert (ran.status, ran.ids) == (0, [])
    assert "Nothing" in ran.form["notes"][0]


def test_what_is_found_has_numbers(filled: Papers) -> None:
    ids = filled("search", "video", "--json").ids
    assert filled("show", "2", "--json").ids == [ids[1]]


def test_similar_papers_say_what_they_share(filled: Papers) -> None:
    papers = filled("similar", UNIT, "--count", "3", "--json").form["papers"]
    assert len(papers) == 3
    assert UNIT not in {paper["id"] for paper in papers}
    assert all(paper["because"][0].startswith("shares ") for paper in papers)


def test_new_papers_are_found_at_once(filled: Papers) -> None:
    assert filled("search", "yodelling", "--json").ids == []
    item = '[{"paper": {"id": "2604.99999", "title": "Zebras that Yodel"}}]'
    (filled.folder / "2026-04-24.json").write_text(item, "utf-8")
    filled.done("ingest", "--from", "2026-04-24.json")
    assert filled("search", "yodelling", "--json").ids == ["2604.99999"]


def test_a_store_that_is_empty_finds_nothing(papers: Papers) -> None:
    assert papers("search", "robot", "--json").ids == []


def test_where_the_index_cannot_be_kept_it_is_made_each_time(filled: Papers) -> None:
    (filled.folder / "papers.db.search").mkdir()
    assert filled("search", "humanoid", "--json").ids[0] == UNIT
    assert filled("search", "humanoid").err == ""
