"""The first five minutes of the README as real processes, over the bundled sample."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.processes import SAMPLE, done

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder where the sample was taken in."""
    home = tmp_path_factory.mktemp("home")
    out = done(home, "ingest", "--from", str(SAMPLE))
    assert out.endswith("In all: 3 lists, 42 papers.\n")
    return home


def test_reading_a_day_and_a_paper_of_it(folder: Path) -> None:
    assert "1 · LLaDA2.0-Uni" in done(folder, "on", "2026-04-23", "--count", "3")
    assert "LLaDA2.0-Uni: Unifying" in done(folder, "show", "1").splitlines()[0]
    assert done(folder, "cite", "1").startswith("@misc{")
    week = json.loads(done(folder, "week", "2026-W17", "--count", "100", "--json"))
    assert len(week["papers"]) == 42


def test_searching_and_reading_on(folder: Path) -> None:
    found = json.loads(done(folder, "search", "humanoid robot", "--count", "3", "--json"))
    assert "humanoid" in json.dumps(found["papers"][0]).lower()
    assert (folder / "papers.db.search").exists()
    similar = json.loads(done(folder, "similar", "1", "--json"))
    assert similar["papers"]
    assert found["papers"][0]["id"] not in {paper["id"] for paper in similar["papers"]}
    assert all(paper["because"] for paper in similar["papers"])


def test_a_search_index_that_is_missing_or_spoilt_is_made_again(folder: Path) -> None:
    before = done(folder, "search", "humanoid robot", "--json")
    index = folder / "papers.db.search"
    for spoilt in (b"", b"nonsense", index.read_bytes()[:-100]):
        index.write_bytes(spoilt)
        assert done(folder, "search", "humanoid robot", "--json") == before
    index.unlink()
    assert done(folder, "search", "humanoid robot", "--json") == before


def test_a_restored_store_is_searched_as_it_is(folder: Path) -> None:
    """The index of the newer store knows papers that the older one has not."""
    done(folder, "backup", "older.db")
    lines = json.dumps([{"paper": {"id": "2604.99999", "title": "Zebras that yodel"}}])
    (folder / "2026-04-20.json").write_text(lines, "utf-8")
    done(folder, "ingest", "--from", "2026-04-20.json")
    assert json.loads(done(folder, "search", "yodel", "--json"))["papers"]
    done(folder, "restore", "older.db")
    assert json.loads(done(folder, "search", "yodel", "--json"))["papers"] == []
    done(folder, "ingest", "--from", "2026-04-20.json")
    assert json.loads(done(folder, "search", "yodel", "--json"))["papers"]
