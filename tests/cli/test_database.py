"""migrate, backup, restore, export and import, as an operator types them."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.ports import KeepRecords
from bot.store import open_store
from bot.store.running import service_lock
from bot.store.steps import steps
from tests.contract.records import FULL

if TYPE_CHECKING:
    from tests.cli.running import Papers

VOTE = {
    "type": "vote",
    "person": "discord:1",
    "paper": "2604.21686",
    "place": "discord:7/8",
    "at": "2026-04-24T08:00:00Z",
    "means": "command",
}


def vote(papers: Papers) -> None:
    (papers.folder / "vote.jsonl").write_text(json.dumps(VOTE), "utf-8")
    papers.done("import", "vote.jsonl")
    (papers.folder / "vote.jsonl").unlink()


def keep_everything(papers: Papers) -> None:
    """Keep one record and more of each kind."""

    async def keep() -> None:
        store = await open_store(f"sqlite:///{papers.folder}/papers.db")
        await store.write(KeepRecords(FULL))
        await store.close()

    asyncio.run(keep())


# --- migrate -----------------------------------------------------------------------------


def test_migrate_says_what_it_did(papers: Papers) -> None:
    newest = len(steps())
    assert papers.done("migrate") == f"The schema is up to date (version {newest}; it was not there).\n"
    told = f"The schema was up to date already (version {newest})."
    assert papers.done("migrate") == f"{told}\n"
    assert papers("migrate", "--json").form == {"kind": "done", "lines": [told]}


# --- backup and restore ---------------------------------------------------------------------


def test_a_restore_brings_back_what_was_backed_up(filled: Papers) -> None:
    vote(filled)
    assert filled.done("backup", "copy.db") == "Everything is in copy.db.\n"
    before = filled.done("top", "--json"), filled.done("week", "--json")
    with closing(sqlite3.connect("papers.db")) as database, database:
        database.execute("DELETE FROM acts")
    assert filled("top", "--json").ids == []
    out = filled.done("restore", "copy.db").splitlines()
    assert out == ["The database is as copy.db has it.", "What was there before is in papers.db.replaced-1."]
    assert (filled.done("top", "--json"), filled.done("week", "--json")) == before


def test_a_backup_never_replaces_another(filled: Papers) -> None:
    filled.done("backup", "copy.db")
    before = (filled.folder / "copy.db").read_bytes()
    assert "copy.db exists already" in filled.refused("backup", "copy.db")
    assert (filled.folder / "copy.db").read_bytes() == before


def test_nothing_is_restored_over_a_running_service(filled: Papers) -> None:
    filled.done("backup", "copy.db")
    with service_lock(Path("papers.db")):
        assert "A service runs over papers.db: stop it first." in filled.refused("restore", "copy.db")
        assert "A service runs over papers.db" in filled.refused("run")
    filled.done("restore", "copy.db")


@pytest.mark.parametrize("content", ["", "Dear diary", "SQLite format 3\0 and then nothing"])
def test_what_is_no_backup_changes_nothing(filled: Papers, content: str) -> None:
    (filled.folder / "copy.db").write_text(content, "utf-8")
    before = filled.done("week", "--json")
    filled.refused("restore", "copy.db")
    assert filled.done("week", "--json") == before


# --- export and import ------------------------------------------------------------------------


def test_what_was_exported_is_imported_whole(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    papers.done("migrate")
    keep_everything(papers)
    assert papers.done("export", "all.jsonl") == f"{len(FULL)} records are in all.jsonl.\n"
    monkeypatch.setenv("DATABASE_URL", "sqlite:///other.db")
    out = papers.done("import", "all.jsonl")
    assert "2 subscriptions" in out
    assert "2 papers had" in out
    assert papers.done("import", "all.jsonl").startswith("Imported nothing.")
    papers.done("export", "again.jsonl")
    assert (papers.folder / "again.jsonl").read_text("utf-8") == (papers.folder / "all.jsonl").read_text(
        "utf-8"
    )


def test_an_export_goes_to_standard_output_alone(filled: Papers) -> None:
    vote(filled)
    assert json.loads(filled.done("export", "-")) == VOTE


def test_an_export_takes_its_name_when_it_is_whole(filled: Papers) -> None:
    (filled.folder / "all.jsonl").write_text("of yesterday", "utf-8")
    (filled.folder / "link.jsonl").symlink_to("all.jsonl")
    vote(filled)
    filled.done("export", "link.jsonl")
    assert (filled.folder / "link.jsonl").is_symlink()
    assert json.loads((filled.folder / "all.jsonl").read_text("utf-8")) == VOTE
    assert not [name for name in filled.names() if name.endswith(".part")]


def test_a_pipe_is_written_to_and_stays_one(filled: Papers) -> None:
    """`papers export /dev/stdout` must not put a file in the place of a device."""
    vote(filled)
    pipe = filled.folder / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert filled.done("export", "pipe") == "1 record is in pipe.\n"
        assert json.loads(os.read(reader, 10_000)) == VOTE
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_full_disk_is_told_and_leaves_what_was_there(filled: Papers) -> None:
    vote(filled)
    assert filled.refused("export", "/dev/full") == "Cannot write the answer: no space left on device."
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"{", "Nothing was imported: line 1: this is not JSON", id="no JSON"),
        pytest.param(b"\xff\xfe", "wrong.jsonl is no text in UTF-8, so nothing was imported.", id="no text"),
        pytest.param(b'{"type": "dream"}\n' * 9, "; and 6 more.", id="many faults"),
        pytest.param(json.dumps(VOTE).encode() + b"\n{}", "line 2: “type” is missing", id="one of two"),
    ],
)
def test_a_wrong_file_imports_nothing(filled: Papers, content: bytes, sentence: str) -> None:
    (filled.folder / "wrong.jsonl").write_bytes(content)
    ran = filled("import", "wrong.jsonl")
    assert (ran.status, ran.out) == (1, "")
    assert sentence in ran.err
    assert filled.done("export", "-") == ""


def test_lines_end_only_where_json_lines_do(papers: Papers) -> None:
    """A note may hold U+2028, at which Python's own idea of lines would break it."""
    note = {key: value for key, value in VOTE.items() if key not in {"means", "at"}}
    note |= {"type": "submission", "note": "a\u2028b"}
    text = json.dumps(note, ensure_ascii=False) + "\r\n"
    (papers.folder / "notes.jsonl").write_text(text, "utf-8", newline="")
    assert papers.done("import", "notes.jsonl") == "Imported 1 submission.\n"
    assert json.loads(papers.done("export", "-"))["note"] == "a\u2028b"
