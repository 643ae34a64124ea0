"""The commands of the table in the terminal: cards for people, JSON for programs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import SAMPLE

if TYPE_CHECKING:
    from tests.cli.running import Papers

WORLDMARK, UNIT, STYLEID = "2604.21686", "2604.19734", "2604.21689"
LLADA = "2604.20796"
VOTES = "\n".join(
    json.dumps(
        {"type": "vote", "person": person, "paper": paper, "place": place, "at": "2026-04-24T08:00:00Z"}
    )
    for person, paper, place in (
        ("discord:1", STYLEID, "discord:7/8"),
        ("discord:2", STYLEID, "discord:7/9"),
        ("slack:T1/U1", UNIT, "slack:T1/C1"),
        ("terminal:local", LLADA, "terminal:local/main"),
    )
)


def vote(papers: Papers) -> None:
    (papers.folder / "votes.jsonl").write_text(VOTES, "utf-8")
    papers.done("import", "votes.jsonl")


def sample_item(paper: str) -> dict[str, Any]:
    items = [item for file in SAMPLE.glob("*.json") for item in json.loads(file.read_text("utf-8"))]
    found: dict[str, Any] = next(item for item in items if item["paper"]["id"] == paper)
    return found


# --- Lists ------------------------------------------------------------------------------


def test_today_is_a_list_of_numbered_papers(filled: Papers) -> None:
    rows = filled.done("today", "--count", "2").splitlines()
    assert rows[0] == "Today's papers · Friday 24 April"
    assert rows[2].startswith("1 · WorldMark: A Unified Benchmark Suite")
    assert "29 upvotes" in rows[4]
    assert rows[5] == f"    https://huggingface.co/papers/{WORLDMARK}"
    assert [row for row in rows if row.startswith("2 · ")]
    assert rows[-1] == "Next: papers show 1 · papers similar 1 · papers cite 1"


def test_a_pipe_gets_whole_lines_without_colour(filled: Papers) -> None:
    out = filled.done("today", "--count", "15")
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) > 100


def test_a_list_is_json_as_the_contract_has_it(filled: Papers) -> None:
    form = filled("today", "--count", "3", "--json").form
    assert list(form) == ["kind", "title", "feed_date", "papers"]
    assert (form["kind"], form["feed_date"]) == ("list", "2026-04-24")
    assert [paper["id"] for paper in form["papers"]] == [WORLDMARK, UNIT, STYLEID]
    item = sample_item(UNIT)
    assert form["papers"][1] == {
        "id": UNIT,
        "title": item["paper"]["title"],
        "authors": [author["name"] for author in item["paper"]["authors"]],
        "organization": "xpeng-robotics",
        "published": item["paper"]["publishedAt"].replace(".000Z", "Z"),
        "feed_date": "2026-04-24",
        "upvotes": item["paper"]["upvotes"],
        "comments": item["numComments"],
        "votes": 0,
        "summary": item["paper"]["summary"],
        "url": f"https://huggingface.co/papers/{UNIT}",
        "code": item["paper"]["githubRepo"],
        "because": ["25 upvotes"],
    }


def test_what_has_no_value_is_left_out_and_0_is_a_value(filled: Papers) -> None:
    for paper in filled("on", "2026-04-24", "--count", "15", "--json").form["papers"]:
        assert not [key for key, value in paper.items() if value in (None, "", [])]
        assert {"upvotes", "comments", "votes"} <= set(paper)


@pytest.mark.parametrize(
    ("words", "title", "first", "count"),
    [
        pytest.param(["on", "2026-04-23", "3"], "Papers · Thursday 23 April", LLADA, 3, id="on"),
        pytest.param(["on", "yesterday"], "Papers · Thursday 23 April", LLADA, 5, id="on yesterday"),
        pytest.param(
            ["week", "--count", "50"],
            "The best of week 17 of 2026 (20–26 April) so far",
            LLADA,
            42,
            id="week",
        ),
        pytest.param(["month", "2026-04", "1"], "The best of April 2026 so far", LLADA, 1, id="month"),
        pytest.param(
            ["today", "--topic", "humanoid", "--count", "1"],
            "Today's papers · Friday 24 April",
            UNIT,
            1,
            id="topic",
        ),
    ],
)
def test_lists_of_days_weeks_and_months(
    filled: Papers, words: list[str], title: str, first: str, count: int
) -> None:
    ran = filled(*words, "--json")
    assert (ran.form["title"], ran.ids[0], len(ran.ids)) == (title, first, count)


def test_a_list_says_why_it_is_empty(filled: Papers) -> None:
    assert "has not been fetched" in filled.done("on", "2026-04-21")
    assert "Monday to Friday" in filled.done("on", "2026-04-18")
    assert "0 of 15 papers match “teaching dogs”" in filled.done(
        "on", "2026-04-24", "--topic", "teaching dogs"
    )
    assert filled("on", "2026-04-21", "--json").form["papers"] == []


def test_an_empty_store_says_what_to_do(papers: Papers) -> None:
    assert "“papers ingest” fetches the newest" in papers.done("today")
    assert "“papers ingest” fetches the newest" in papers.done("status")
    assert "Nobody has voted" in papers.done("top")


def test_on_a_weekend_the_newest_day_is_shown_and_told(filled: Papers) -> None:
    filled.clock.set(filled.clock.now() + timedelta(days=1))
    form = filled("today", "--json").form
    assert form["title"] == "The newest papers · Friday 24 April"
    assert form["notes"] == ["There are no lists on weekends; this is Friday's."]


# --- The leaderboard ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "papers_in_order"),
    [
        pytest.param([], [STYLEID, LLADA, UNIT], id="the community"),
        pytest.param(["--scope", "here"], [LLADA], id="here"),
        pytest.param(["--scope", "here", "--place", "discord:7/8"], [STYLEID], id="in another place"),
        pytest.param(["week", "server", "--place", "discord:7/1"], [STYLEID], id="on a server"),
        pytest.param(["all", "--count", "1"], [STYLEID], id="one of all time"),
    ],
)
def test_the_leaderboard_counts_votes(filled: Papers, words: list[str], papers_in_order: list[str]) -> None:
    vote(filled)
    assert filled("top", *words, "--json").ids == papers_in_order


def test_the_leaderboard_has_hugging_face_beside_and_names_nobody(filled: Papers) -> None:
    vote(filled)
    out = filled.done("top")
    assert "2 votes here" in out
    assert "number 3 on Hugging Face's list of 24 April 2026" in out
    assert "discord:" not in out


# --- One paper ---------------------------------------------------------------------------------


def test_a_number_means_the_last_list(filled: Papers) -> None:
    filled.done("today")
    assert filled.done("show", "2").splitlines()[1] == "Number 2 of your list of 09:30 UTC."
    assert filled("show", "2", "--json").ids == [UNIT]
    filled.done("on", "2026-04-23")
    assert filled("show", "1", "--json").ids == [LLADA]


def test_each_place_and_person_has_a_last_list_of_its_own(filled: Papers) -> None:
    filled.done("today")
    filled.done("on", "2026-04-23", "--as", "discord:1")
    assert filled("show", "1", "--json").ids == [WORLDMARK]
    assert filled("show", "1", "--as", "discord:1", "--json").ids == [LLADA]
    assert "There is no list here yet" in filled.refused("show", "1", "--place", "discord:7/8")


@pytest.mark.parametrize(
    "pasted",
    [
        WORLDMARK,
        f"arXiv:{WORLDMARK}v2",
        f"https://arxiv.org/pdf/{WORLDMARK}v1.pdf",
        f"https://huggingface.co/papers/{WORLDMARK}?utm_source=x",
        f"https://www.alphaxiv.org/abs/{WORLDMARK}",
        f"<https://arxiv.org/abs/{WORLDMARK}>",
    ],
)
def test_a_paper_is_known_by_whatever_is_pasted(filled: Papers, pasted: str) -> None:
    assert filled("show", pasted, "--json").ids == [WORLDMARK]


def test_a_paper_in_full(filled: Papers) -> None:
    out = filled.done("show", WORLDMARK)
    for words in (
        "WorldMark: A Unified",
        "29 upvotes",
        "8 authors: Xiaojie Xu",
        "Submitted: 23 April 2026",
        f"arXiv https://arxiv.org/abs/{WORLDMARK}",
        f"papers cite {WORLDMARK}",
    ):
        assert words in out


@pytest.mark.parametrize(
    ("style", "begins", "holds"),
    [
        ("bibtex", "@misc{xu2026worldmark,", f"eprint = {{{WORLDMARK}}}"),
        ("ris", "TY  - ", "AU  - "),
        ("apa", "Xiaojie Xu", f"https://arxiv.org/abs/{WORLDMARK}"),
    ],
)
def test_a_citation_in_a_pipe_is_nothing_else(filled: Papers, style: str, begins: str, holds: str) -> None:
    """So that it can be appended to a file of references."""
    out = filled.done("cite", WORLDMARK, style)
    assert out.startswith(begins)
    assert holds in out
    form = filled("cite", WORLDMARK, style, "--json").form
    assert form == {"kind": "citation", "paper": WORLDMARK, "format": style, "text": out.removesuffix("\n")}


# --- About the bot --------------------------------------------------------------------------------


def test_status_of_a_store_that_is_well(filled: Papers) -> None:
    assert filled.done("status").splitlines()[0] == "All well in the terminal"
    assert filled("status", "--json").form == {
        "place": "terminal:local/main",
        "feed": {"day": "2026-04-24", "papers": 15, "fetched": "2026-04-24T00:00:00Z"},
    }


def test_status_says_what_is_missing_and_what_to_do(filled: Papers) -> None:
    filled.clock.set(filled.clock.now() + timedelta(days=5))
    silence = filled("status", "--json").form["silence"]
    assert "2 weekdays are missing" in silence
    assert "papers ingest --since 2026-04-24" in silence


def test_what_can_be_typed_next_is_for_the_same_place_and_person(filled: Papers) -> None:
    whose = ("--place", "discord:1/2", "--as", "discord:3")
    saved = filled.done("subscribe", *whose).splitlines()[-1]
    undo = saved.rpartition(" · papers ")[2].split()
    assert undo[:2] == ["subscriptions", "--undo"]
    assert undo[3:] == [*whose]
    assert "the subscription is gone again" in filled.done(*undo)
    assert filled.done("today").splitlines()[-1] == "Next: papers show 1 · papers similar 1 · papers cite 1"


def test_words_of_a_command_may_be_written_in_any_case(filled: Papers) -> None:
    assert filled("TODAY", "--COUNT", "1", "--json").ids == [WORLDMARK]
