"""An ingest that is killed at its work: what was stored is whole, and doing it again brings the rest."""

from __future__ import annotations

import json
import signal
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.e2e.processes import PROGRAM, done
from tests.e2e.terminals import at_a_terminal
from tests.fakes.upstream import Upstream

if TYPE_CHECKING:
    from pathlib import Path

FILES, LISTS, PAPERS = 16, 20, 40
"""Files, lists in each, papers on each: a second or two of work."""
FIRST = date(2024, 1, 1)

CONTENT = (
    "SELECT id, title, abstract, authors, upvotes, comments, day FROM papers ORDER BY id",
    "SELECT day, paper, position, upvotes FROM listings ORDER BY day, position",
    "SELECT paper, seen_at, upvotes, comments, position FROM sightings ORDER BY paper, seen_at",
    "SELECT day, papers, fetched_at FROM feeds ORDER BY day",
    "SELECT digest FROM digests ORDER BY digest",
)

# A list of which the papers were counted, but are not there.
TORN = """SELECT day FROM feeds
WHERE papers <> (SELECT count(*) FROM listings WHERE listings.day = feeds.day) OR papers <> ?"""


def save_files(folder: Path) -> None:
    upstream = Upstream(per_list=PAPERS)
    folder.mkdir()
    for number in range(FILES):
        first = FIRST + timedelta(weeks=number * 4)
        days = [first + timedelta(days=later) for later in range(28)]
        weekdays = [day for day in days if upstream.items(day)][:LISTS]
        lines = [json.dumps({"date": str(day), "items": upstream.items(day)}) for day in weekdays]
        (folder / f"part-{number:02}.jsonl").write_text("\n".join(lines), "utf-8")


def content(folder: Path) -> list[list[object]]:
    with closing(sqlite3.connect(folder / "papers.db")) as database:
        return [database.execute(query).fetchall() for query in CONTENT]


def test_a_killed_ingest_loses_and_doubles_nothing(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    save_files(saved)
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    killed.mkdir()
    whole.mkdir()

    with at_a_terminal(killed, [*PROGRAM, "ingest", "--from", str(saved)]) as screen:
        screen.shows(r"part-(0[2-9]|1[0-4])\.jsonl")
        screen.process.send_signal(signal.SIGKILL)
        assert screen.ends() == -signal.SIGKILL

    with closing(sqlite3.connect(killed / "papers.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute(TORN, (PAPERS,)).fetchall() == []
        [stored] = database.execute("SELECT count(*) FROM feeds").fetchone()
    assert LISTS < stored < FILES * LISTS

    out = done(killed, "ingest", "--from", str(saved))
    assert out.count("taken in before") in range(1, FILES)
    done(whole, "ingest", "--from", str(saved))
    assert content(killed) == content(whole)
    assert len(content(whole)[1]) == FILES * LISTS * PAPERS
