from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from bot.domain.papers import Feed, Skipped
from bot.ports import SourceFault
from bot.sources.files import SavedFile, saved_files
from tests.shared import shared_folder
from tests.sources.samples import daily

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 4, 24)


def write(path: Path, content: str) -> SavedFile:
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(content.encode()))
    else:
        path.write_text(content, "utf-8")
    return SavedFile(path)


def feeds(file: SavedFile) -> list[Feed]:
    found = list(file.feeds())
    assert all(isinstance(one, Feed) for one in found), found
    return [one for one in found if isinstance(one, Feed)]


@pytest.mark.parametrize("name", ["answer.json", "answer.jsonl", "answer.json.gz", "answer.jsonl.gz"])
def test_a_record_names_its_own_day(tmp_path: Path, name: str) -> None:
    [feed] = feeds(write(tmp_path / name, json.dumps({"date": "2026-04-24", "items": daily()})))
    assert (feed.day, len(feed.entries)) == (DAY, 2)
    assert feed.seen_at == datetime(2026, 4, 24, tzinfo=UTC)


def test_else_the_files_name_does(tmp_path: Path) -> None:
    [feed] = feeds(write(tmp_path / "papers_2026-04-23.json", json.dumps(daily())))
    assert feed.day == date(2026, 4, 23)


def test_else_each_item_does_and_one_without_a_day_is_skipped(tmp_path: Path) -> None:
    items = daily()
    items[0]["paper"]["submittedOnDailyAt"] = "2026-04-23T02:00:00.000Z"
    undated = daily()[0]
    del undated["paper"]["submittedOnDailyAt"]
    found = list(write(tmp_path / "saved.json", json.dumps([*items, undated])).feeds())
    assert [one.day for one in found if isinstance(one, Feed)] == [date(2026, 4, 23), DAY]
    assert [one for one in found if isinstance(one, Skipped)] == [
        Skipped("2604.21686", "names no day, and neither does the file")
    ]


def test_a_record_that_makes_no_sense_is_a_fault_and_the_others_go_in(tmp_path: Path) -> None:
    good = json.dumps({"date": "2026-04-24", "items": daily()})
    python = str({"date": "2024-12-30", "items": [{"paper": None}]})
    lines = "\n".join([good, python, '{"date": "2026-04-23", "items": {"a": 1}}', "", good])
    found = list(write(tmp_path / "month.jsonl", lines).feeds())
    assert [type(one) for one in found] == [Feed, SourceFault, SourceFault, Feed]
    assert [str(one) for one in found if isinstance(one, SourceFault)] == [
        "month.jsonl, record 2 is not JSON",
        "month.jsonl, record 3 is no list of papers",
    ]


def test_a_file_that_was_cut_off_gives_what_is_whole(tmp_path: Path) -> None:
    line = json.dumps({"date": "2026-04-24", "items": daily()}) + "\n"
    packed = gzip.compress(line.encode()) + gzip.compress(line.encode())[:-30]
    (tmp_path / "cut.jsonl.gz").write_bytes(packed)
    found = list(SavedFile(tmp_path / "cut.jsonl.gz").feeds())
    assert isinstance(found[0], Feed)
    assert isinstance(found[-1], SourceFault)


def test_a_file_that_is_not_packed_but_says_so_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "x.json.gz").write_text("plain")
    [fault] = SavedFile(tmp_path / "x.json.gz").feeds()
    assert isinstance(fault, SourceFault)


def test_the_same_content_has_the_same_digest(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a.json", "[]"), write(tmp_path / "b.json", "[]")
    assert first.digest() == second.digest() != write(tmp_path / "c.json", "[ ]").digest()


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name in ("2026-05.jsonl.gz", "2026-04.jsonl.gz", "README.md"):
        (tmp_path / name).write_bytes(b"")
    assert [file.name for file in saved_files(tmp_path)] == ["2026-04.jsonl.gz", "2026-05.jsonl.gz"]


def test_nothing_at_a_path_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        saved_files(tmp_path / "missing")


def test_two_years_of_real_answers_are_read_whole() -> None:
    found = [one for file in saved_files(shared_folder() / "data" / "daily_papers") for one in file.feeds()]
    lists = [one for one in found if isinstance(one, Feed)]
    assert len(lists) == len(found) == 501
    assert sum(len(one.entries) for one in lists) == 7876
    assert not any(one.skipped for one in lists)
    assert not any("\n" in entry.paper.title for one in lists for entry in one.entries)
