from __future__ import annotations

import json
from dataclasses import replace

import pytest

from adapters.terminal.json_form import json_of
from bot.domain.answers import PaperList, PaperPage, Ranked
from tests.views.samples import ANSWERS, BARE, WORLDS, YOUNG_LIST

WORLDS_FORM = {
    "id": "2604.21686",
    "title": "Worlds: A Benchmark for [interactive] Video Models",
    "authors": list(WORLDS.paper.authors),
    "organization": "Worlds Lab",
    "published": "2026-04-22T17:59:58Z",
    "feed_date": "2026-04-24",
    "upvotes": 84,
    "comments": 1,
    "votes": 3,
    "summary": WORLDS.paper.abstract,
    "url": "https://huggingface.co/papers/2604.21686",
    "code": "https://github.com/worlds/worlds",
    "because": ["84 upvotes"],
}


def test_a_paper_has_every_key_in_its_order() -> None:
    listed = replace(WORLDS, paper=replace(WORLDS.paper, organization="Worlds Lab"))
    form = json_of(PaperPage(Ranked(listed, ("84 upvotes",))))
    assert json.dumps(form["papers"]) == json.dumps([WORLDS_FORM])


def test_a_key_without_a_value_is_left_out_and_nought_is_a_value() -> None:
    assert json_of(PaperPage(Ranked(BARE)))["papers"] == [
        {
            "id": "hep-th/9901001",
            "upvotes": 0,
            "comments": 0,
            "votes": 0,
            "url": "https://arxiv.org/abs/hep-th/9901001",
        }
    ]


def test_a_list_runs_its_sections_together() -> None:
    form = json_of(YOUNG_LIST)
    papers = form.pop("papers")
    assert isinstance(papers, list)
    assert [paper["id"] for paper in papers if isinstance(paper, dict)] == [
        "2604.21686",
        "2512.19734",
        "hep-th/9901001",
    ]
    assert list(form.items()) == [
        ("kind", "list"),
        ("title", "Today's papers · Friday 24 April"),
        ("feed_date", "2026-04-24"),
        ("notes", ["1 so far on Friday's list; the others are Thursday's best."]),
    ]


def test_an_empty_list_still_has_papers() -> None:
    assert json_of(PaperList("Nothing", ())) == {"kind": "list", "title": "Nothing", "papers": []}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        (
            "status",
            {
                "place": "terminal:local/main",
                "feed": {"day": "2026-04-24", "papers": 15, "fetched": "2026-04-24T09:56:00Z"},
            },
        ),
        ("silence", {"place": "discord:1/2", "silence": "No list is here yet. Type: papers ingest"}),
        (
            "citation",
            {
                "kind": "citation",
                "paper": "2604.21686",
                "format": "bibtex",
                "text": "@misc{one2026worlds,\n  title = {Worlds}\n}",
            },
        ),
        (
            "help",
            {
                "kind": "help",
                "title": "papers-bot",
                "lines": [
                    {"words": "today [count]", "help": "Today's papers."},
                    {"words": "help", "help": "This."},
                ],
                "notes": ["papers help today"],
            },
        ),
        ("refusal", {"kind": "error", "error": "“2026-W54” is no week.", "usage": "papers week [which]"}),
    ],
)
def test_the_other_forms(name: str, form: dict[str, object]) -> None:
    assert list(json_of(ANSWERS[name]).items()) == list(form.items())


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_can_be_written_as_json(name: str) -> None:
    assert json.loads(json.dumps(json_of(ANSWERS[name]))) == json_of(ANSWERS[name])
