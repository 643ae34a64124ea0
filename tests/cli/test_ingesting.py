"""`papers ingest`: what came is told, what could not be read is counted, and it can be done again."""

from __future__ import annotations

import gzip
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot import wiring
from bot.cli.ingesting import Tally
from bot.domain.papers import Paper, PaperId, Skipped
from tests.cli.conftest import SAMPLE
from tests.contract.making import FRIDAY, THURSDAY, entry
from tests.fakes.sources import HUGGING_FACE_IS_DOWN, HUGGING_FACE_REFUSES, FakeArchive, FakeSource

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import Settings
    from bot.ports import Clock, Store
    from bot.sources.http import Http
    from tests.cli.running import Papers


def item(number: int, **more: object) -> dict[str, Any]:
    return {"paper": {"id": f"2604.{number:05}", "title": f"Paper {number}", "upvotes": number, **more}}


def save(path: Path, content: object) -> None:
    path.parent.mkdir(exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, "utf-8")


# --- Files -------------------------------------------------------------------------------


def test_a_folder_is_taken_in_file_by_file(papers: Papers) -> None:
    assert papers.done("ingest", "--from", str(SAMPLE)).splitlines() == [
        "2026-04-22.json: 1 list, 12 papers",
        "2026-04-23.json: 1 list, 15 papers",
        "2026-04-24.json: 1 list, 15 papers",
        "In all: 3 lists, 42 papers.",
    ]


def test_it_can_be_done_again_at_no_harm(filled: Papers) -> None:
    before = filled.done("week", "--count", "100", "--json")
    out = filled.done("ingest", "--from", str(SAMPLE))
    assert out.count("taken in before") == 3
    assert filled.done("week", "--count", "100", "--json") == before


def test_all_forms_of_saved_answers_are_read(papers: Papers) -> None:
    """The date is the record's own, else the file's, else each item's; with none of these it is skipped."""
    folder = papers.folder / "saved"
    lines = "\n".join(json.dumps({"date": f"2026-04-{day}", "items": [item(day)]}) for day in (20, 21))
    save(folder / "daily_2026-04-22.json", [item(22)])
    save(folder / "deeper.jsonl.gz", lines)
    save(folder / "undated.json", [item(23, submittedOnDailyAt="2026-04-23T01:00:00Z"), item(1)])
    save(folder / "nested.json", [])
    save(folder / "notes.txt", "not ours")
    ran = papers("ingest", "--from", "saved")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[-2:] == [
        "In all: 4 lists, 4 papers.",
        "Skipped 1 item: names no day, and neither does the file (1).",
    ]
    for day in (20, 21, 22):
        assert papers("on", f"2026-04-{day}", "--json").ids == [f"2604.000{day}"]


def test_signs_that_were_escaped_for_tex_are_shown_and_found_as_signs(papers: Papers) -> None:
    paper = {"id": "2604.00001", "title": r"R\&D at 90\% of $x\%$", "summary": r"It calls tool\_call."}
    (papers.folder / "2026-04-24.json").write_text(json.dumps([{"paper": paper}]), "utf-8")
    papers.done("ingest", "--from", "2026-04-24.json")
    out = papers.done("show", "2604.00001")
    assert out.startswith("R&D at 90% of x%")
    assert "It calls tool_call." in out
    assert papers("search", '"tool_call"', "--json").ids == ["2604.00001"]
    assert r"{R\&D at 90\% of" in papers.done("cite", "2604.00001")


def test_an_item_that_cannot_be_read_costs_itself_alone(papers: Papers) -> None:
    items = [item(1), {"paper": {"id": "2604.00002"}}, "nonsense", {"paper": {"title": "No id"}}, item(3)]
    save(papers.folder / "2026-04-24.json", items)
    out = papers.done("ingest", "--from", "2026-04-24.json")
    assert "Skipped 3 items: " in out
    assert sorted(papers("on", "2026-04-24", "--json").ids) == ["2604.00001", "2604.00003"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param('{"date": "2026-04-23"}\n', "record 1 is no list of papers", id="no list"),
        pytest.param("<html>\n", "record 1 is not JSON", id="no JSON"),
    ],
)
def test_a_record_that_makes_no_sense_is_told_each_time_and_the_rest_is_kept(
    papers: Papers, content: str, sentence: str
) -> None:
    save(papers.folder / "lists.jsonl", content + json.dumps({"date": "2026-04-24", "items": [item(1)]}))
    for _ in range(2):
        ran = papers("ingest", "--from", "lists.jsonl")
        assert ran.status == 1
        assert ran.err == f"lists.jsonl, {sentence}. All else is kept.\n"
    assert papers("on", "2026-04-24", "--json").ids == ["2604.00001"]


def test_a_file_that_ends_too_soon_keeps_what_came_before(papers: Papers) -> None:
    lines = "\n".join(json.dumps({"date": f"2026-04-{day:02}", "items": [item(day)]}) for day in range(1, 25))
    save(papers.folder / "lists.jsonl.gz", lines)
    whole = (papers.folder / "lists.jsonl.gz").read_bytes()
    (papers.folder / "cut.jsonl.gz").write_bytes(whole[: len(whole) - 20])
    ran = papers("ingest", "--from", "cut.jsonl.gz")
    assert ran.status == 1
    assert "cannot be read to its end" in ran.err
    papers.done("ingest", "--from", "lists.jsonl.gz")
    assert len(papers("month", "--count", "100", "--json").ids) == 24


def test_several_paths_are_taken_in(papers: Papers) -> None:
    files = [str(SAMPLE / f"2026-04-{day}.json") for day in (22, 24)]
    assert "In all: 2 lists, 27 papers." in papers.done("ingest", "--from", *files)


def test_a_folder_without_saved_answers_is_told(papers: Papers) -> None:
    (papers.folder / "empty.json").mkdir()
    assert papers.refused("ingest", "--from", ".").startswith("There is no .json, .jsonl or .gz file in .")


def test_json_has_every_line_and_how_it_ended(papers: Papers) -> None:
    save(papers.folder / "2026-04-24.json", [item(1)])
    save(papers.folder / "wrong.json", "nonsense")
    assert papers("ingest", "--from", "2026-04-24.json", "--json").form == {
        "kind": "done",
        "lines": ["2026-04-24.json: 1 list, 1 paper", "In all: 1 list, 1 paper."],
    }
    assert papers("ingest", "--from", "wrong.json", "--json").form == {
        "kind": "error",
        "lines": ["wrong.json: 0 lists, 0 papers", "In all: 0 lists, 0 papers."],
        "error": "wrong.json, record 1 is not JSON. All else is kept.",
    }


# --- The network ------------------------------------------------------------------------------


@pytest.fixture
def source(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> FakeSource:
    """Let the command line ask a source of ours."""
    found = FakeSource(papers.clock)

    def sources_of(_settings: Settings, _http: Http, _store: Store, _clock: Clock) -> wiring.Sources:
        return wiring.Sources(found, FakeArchive(), {})

    monkeypatch.setattr(wiring, "sources_of", sources_of)
    return found


def test_a_fresh_store_gets_the_newest_two_lists(papers: Papers, source: FakeSource) -> None:
    source.lists = {FRIDAY: [entry(1)], THURSDAY: [entry(2), entry(3)]}
    assert papers.done("ingest").splitlines() == [
        "2026-04-23: 2 papers",
        "2026-04-24: 1 paper",
        "In all: 2 lists, 3 papers.",
    ]


def test_after_that_the_newest_alone(papers: Papers, source: FakeSource) -> None:
    source.lists = {FRIDAY: [entry(1)], THURSDAY: [entry(2)]}
    papers.done("ingest")
    source.asked_days.clear()
    papers.clock.set(papers.clock.now() + timedelta(minutes=5))
    assert papers.done("ingest") == "2026-04-24: 1 paper, nothing new\n"
    source.lists[FRIDAY] = [entry(1, 5)]
    papers.clock.set(papers.clock.now() + timedelta(minutes=5))
    assert papers.done("ingest") == "2026-04-24: 1 paper\n"
    assert source.asked_days == [FRIDAY, FRIDAY]


def test_since_a_day_means_each_weekday_to_this_one(papers: Papers, source: FakeSource) -> None:
    papers.done("ingest", "--since", "2026-04-17")
    assert source.asked_days == [date(2026, 4, day) for day in (17, 20, 21, 22, 23, 24)]


def test_a_single_day_is_asked_for_even_on_a_weekend(papers: Papers, source: FakeSource) -> None:
    assert papers.done("ingest", "--date", "2026-04-19") == "2026-04-19: 0 papers\n"
    assert source.asked_days == [date(2026, 4, 19)]


def test_a_day_that_fails_is_told_and_the_others_are_kept(papers: Papers, source: FakeSource) -> None:
    source.lists = {THURSDAY: [entry(1)], FRIDAY: [entry(2)]}
    source.broken_days[THURSDAY] = HUGGING_FACE_REFUSES
    ran = papers("ingest", "--since", "2026-04-23")
    assert (ran.status, ran.out) == (1, "2026-04-24: 1 paper\nIn all: 1 list, 1 paper.\n")
    assert ran.err == (
        "2026-04-23: Hugging Face refused (HTTP 400). What came is kept; do it again for the rest.\n"
    )


def test_a_source_that_is_down_is_not_asked_day_after_day(papers: Papers, source: FakeSource) -> None:
    source.fault = HUGGING_FACE_IS_DOWN
    papers.refused("ingest", "--since", "2026-01-01")
    assert len(source.asked_days) == 1


def test_what_hugging_face_finds_is_kept(papers: Papers, source: FakeSource) -> None:
    source.known = {PaperId("2401.00001"): entry(1, title="Robots that fold")}
    out = papers.done("ingest", "--search", "robots", "that", "fold")
    assert out == "Hugging Face finds 1 paper for “robots that fold”.\n"
    source.fault = HUGGING_FACE_IS_DOWN
    assert papers.refused("ingest", "--search", "robots").startswith("Hugging Face could not be reached.")


def test_a_paper_that_is_not_stored_is_fetched_when_it_is_asked_for(
    papers: Papers, source: FakeSource
) -> None:
    paper = Paper(PaperId("1706.03762"), "Attention Is All You Need", authors=("Ashish Vaswani",))
    source.known = {paper.id: entry(1, 70, id=paper.id, title=paper.title, authors=paper.authors)}
    assert "Attention Is All You Need" in papers.done("show", "https://arxiv.org/abs/1706.03762v7")
    source.known = {}
    assert papers("show", "1706.03762", "--json").form["papers"][0]["upvotes"] == 70
    assert papers.refused("show", "1706.99999") == (
        "Neither Hugging Face nor arXiv knows a paper 1706.99999."
    )


# --- How it is summed up --------------------------------------------------------------------------


def test_the_commonest_reasons_come_first_and_the_rest_is_left_out() -> None:
    tally = Tally()
    for count, why in ((5, "has no title"), (2, "is no object"), (7, "names no day"), (1, "is odd")):
        tally.add(lists=1, papers=0, changed=0, skipped=[Skipped("item 1", why)] * count)
    assert list(tally.words()) == [
        "In all: 4 lists, 0 papers.",
        "Skipped 15 items: names no day (7); has no title (5); is no object (2).",
    ]
