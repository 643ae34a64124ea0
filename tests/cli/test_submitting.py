"""`papers submit`, up to the post that brings the paper and what is stored of who submitted it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.running import Papers


@pytest.fixture
def least(filled: Papers) -> str:
    """Return the paper of Friday's list that is liked least."""
    ids = filled("on", "2026-04-24", "--count", "100", "--json").ids
    return ids[-1]


def chosen(papers: Papers) -> dict[str, list[str]]:
    """Return what would be posted now, with the reasons."""
    edition = papers("preview", "--json").form
    return {paper["id"]: paper["because"] for paper in edition["papers"]}


def test_a_paper_is_submitted_voted_up_posted_and_had(filled: Papers, least: str) -> None:
    filled.done("subscribe", "--at", "09:00", "--tz", "UTC")
    assert least not in chosen(filled)
    shown = filled("submit", least, "Read", "the", "ablations", "--json").form
    assert shown["kind"] == "paper"
    assert shown["notes"] == [
        "Submitted here: the next posts here may bring it. Votes help it up.",
        "Note: “Read the ablations”",
    ]
    for person in range(20):
        filled.done("vote", least, "--as", f"discord:{person}")
    assert "submitted here" in chosen(filled)[least]
    assert "submitted here" in filled.done("preview", "--post")
    assert least not in chosen(filled), "the place has had it by then"
    assert "already, on Friday 24 April." in filled.done("submit", least)


def test_it_is_taken_to_another_store_and_back(filled: Papers, least: str) -> None:
    filled.done("submit", least, "Mine, “quoted”", "--as", "discord:7")
    filled.done("export", "all.jsonl")
    lines = (filled.folder / "all.jsonl").read_text("utf-8").splitlines()
    [line] = [each for each in lines if '"submission"' in each]
    assert "discord:7" in line
    (filled.folder / "papers.db").unlink()
    filled.done("import", "all.jsonl")
    filled.done("export", "again.jsonl")
    assert (filled.folder / "again.jsonl").read_text("utf-8").splitlines() == lines


def test_who_submitted_it_reads_that_and_has_it_forgotten(filled: Papers, least: str) -> None:
    filled.done("submit", least, "A note", "--as", "discord:7")
    assert "A note" in filled.done("my-data", "--as", "discord:7")
    filled.done("forget-me", "--confirm", "--as", "discord:7")
    assert "A note" not in filled.done("my-data", "--as", "discord:7")
    assert "A note" not in filled.done("submit", least)
    filled.done("export", "all.jsonl")
    assert "discord:7" not in (filled.folder / "all.jsonl").read_text("utf-8")


def test_what_cannot_be_submitted_is_one_line(filled: Papers, least: str) -> None:
    assert "names no paper" in filled.refused("submit", "hello")
    assert "could not fetch it" in filled.refused("submit", "2604.00001")
    filled.done("settings", "--submit", "off")
    assert "No papers are submitted here" in filled.refused("submit", least)
    filled.done("settings", "--submit", "managers")
    filled.done("submit", least)
    for number in (1, 2):
        filled.done("submit", str(filled("today", "--json").ids[number]))
    assert "The next one can be on Sat 25 April, 09:30" in filled.refused(
        "submit", filled("today", "--json").ids[3]
    )
