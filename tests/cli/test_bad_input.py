"""What a person, a disk or a network can cause: one clear sentence, the right exit status, no traceback."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot import wiring

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.running import Papers, Ran

LONG = "x" * 10_000


def told(ran: Ran, status: int) -> list[str]:
    """Return the lines of a complaint that has the form of one."""
    assert (ran.status, ran.out) == (status, "")
    assert "Traceback" not in ran.err
    lines = ran.err.splitlines()
    assert max(map(len, lines)) < 400
    return lines


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param(["on", "2026-04-25"], "25 April 2026 is still ahead", id="a date ahead"),
        pytest.param(["on", "2019-01-01"], "the first is of 4 May 2023", id="before the archive"),
        pytest.param(["on", "2026-02-30"], "“2026-02-30” is no date.", id="no date"),
        pytest.param(["on", "24.4.2026"], "Dates are written like", id="a date of another form"),
        pytest.param(["on", LONG], "is no date", id="a very long date"),
        pytest.param(["week", "2025-W54"], "2025 has weeks W01 to W52, so 2025-W54 is none.", id="no week"),
        pytest.param(["week", "2026-W30"], "is still ahead", id="a week ahead"),
        pytest.param(["week", "2020-W01"], "the first is of 4 May 2023", id="a week before the archive"),
        pytest.param(["week", "--which", LONG], "names no week", id="a very long week"),
        pytest.param(["month", "2026-13"], "A year has months 01 to 12", id="no month"),
        pytest.param(["month", "May"], "“May” names no month. Months are written like 2026-04.", id="a name"),
        pytest.param(["show", "99"], "There is no list here yet", id="a number of no list"),
        pytest.param(["show", "banana"], "“banana” names no paper.", id="no identifier"),
        pytest.param(["show", "2613.01234"], "names no paper", id="month 13"),
        pytest.param(["show", LONG], "names no paper", id="a very long identifier"),
        pytest.param(["show", "https://example.org/abs/2604.21686"], "names no paper", id="another host"),
        pytest.param(["cite", "-1"], "names no paper", id="a negative number"),
        pytest.param(["ingest", "--date", "2026-04-25"], "is still ahead", id="ingest a date ahead"),
        pytest.param(["ingest", "--since", "2019-01-01"], "the first is of", id="ingest before the archive"),
        pytest.param(
            ["ingest", "--from", "nothing.json"], "There is no file or folder nothing.json.", id="no file"
        ),
        pytest.param(["ingest", "--from", LONG], "file name too long", id="a very long file"),
        pytest.param(
            ["import", "nothing.jsonl"], "Cannot use nothing.jsonl: no such file or directory.", id="import"
        ),
        pytest.param(
            ["export", "no/such/folder.jsonl"], "no such file or directory", id="export into nowhere"
        ),
        pytest.param(["restore", "nothing.db"], "nothing.db cannot be read", id="restore nothing"),
        pytest.param(["backup", "no/such/copy.db"], "cannot be written", id="backup into nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(filled: Papers, words: list[str], sentence: str) -> None:
    [line] = told(filled(*words), 1)
    assert sentence in line


@pytest.mark.parametrize(
    ("words", "sentence", "usage"),
    [
        pytest.param(["tody"], "I don't know “tody”. Did you mean “today”?", "COMMAND", id="a typing error"),
        pytest.param(["inges"], "Did you mean “ingest”?", "COMMAND", id="one of an operator"),
        pytest.param([LONG], "I don't know “xxx", "COMMAND", id="a very long word"),
        pytest.param([""], "I don't know “”", "COMMAND", id="an empty word"),
        pytest.param(
            ["today", "--count", "0"], "count is a number from 1 to 100, not “0”.", "today", id="zero"
        ),
        pytest.param(["today", "101"], "count is a number from 1 to 100", "today", id="too many"),
        pytest.param(["today", "--count", "-3"], "not “-3”", "today", id="negative"),
        pytest.param(["today", "--count", "٣"], "count is a number", "today", id="digits of another script"),
        pytest.param(["today", "--count", LONG], "count is a number", "today", id="a very long number"),
        pytest.param(
            ["today", "--cuont", "3"], "today has no --cuont. Did you mean --count?", "today", id="a name"
        ),
        pytest.param(["today", "--count", "3", "--count", "4"], "--count stands twice.", "today", id="twice"),
        pytest.param(["show"], "paper is missing", "show paper", id="nothing"),
        pytest.param(["show", "1", "2"], "I did not expect “2”.", "show paper", id="too much"),
        pytest.param(["search", ""], "query is missing", "search query", id="an empty query"),
        pytest.param(["search", "   "], "query is missing", "search query", id="a query of blanks"),
        pytest.param(["top", "fortnight"], "period is one of week, month, year", "top", id="no choice"),
        pytest.param(["cite", "2604.21686", "bibtext"], "Did you mean bibtex?", "cite", id="nearly a choice"),
        pytest.param(["today", "--topic", '"never closed'], "", "", id="a topic with a mistake"),
        pytest.param(["help", "serch"], "Did you mean “search”?", "help [command]", id="help on nothing"),
        pytest.param(["today", "--place", "here"], "“here” is no place.", "", id="no place"),
        pytest.param(["today", "--place"], "is no place", "", id="a place left out"),
        pytest.param(["today", "--as", "Ana"], "“Ana” is no person.", "", id="no person"),
        pytest.param(
            ["ingest", "bot/sample"], "Files and folders come after --from.", "ingest", id="a bare folder"
        ),
        pytest.param(["ingest", "--from"], "--from needs a file or a folder.", "ingest", id="from nothing"),
        pytest.param(["ingest", "--date"], "--date needs a value.", "ingest", id="no value"),
        pytest.param(["ingest", "--dote", "x"], "Did you mean --date?", "ingest", id="no such name"),
        pytest.param(
            ["ingest", "--date", "2026-04-24", "--since", "2026-04-01"], "Give one of", "ingest", id="both"
        ),
        pytest.param(["ingest", "--date", "soon"], "“soon” is no date.", "ingest", id="ingest no date"),
        pytest.param(
            ["ingest", "--search", " "], "--search needs a query.", "ingest", id="search for nothing"
        ),
        pytest.param(["backup"], "backup needs a file.", "backup FILE", id="no file"),
        pytest.param(["backup", "a", "b"], "I did not expect “b”.", "backup FILE", id="two files"),
        pytest.param(["migrate", "now"], "I did not expect “now”.", "migrate", id="migrate what"),
        pytest.param(["demo", "--fast"], "demo has no --fast.", "demo", id="demo how"),
        pytest.param(["run", "--role", "chef"], "“chef” is no role", "run [--role ROLE …]", id="no role"),
    ],
)
def test_wrong_words_are_told_with_the_right_ones(
    filled: Papers, words: list[str], sentence: str, usage: str
) -> None:
    lines = told(filled(*words), 2)
    assert sentence in lines[0]
    assert any(line.startswith(f"Usage: papers {usage}") for line in lines) or not usage


@pytest.mark.parametrize(
    "words", [["tody"], ["show", "banana"], ["ingest", "x"], ["import", "nothing.jsonl"]]
)
def test_with_json_the_error_is_json_too(filled: Papers, words: list[str]) -> None:
    plain, ran = filled(*words), filled(*words, "--json")
    assert ran.status == plain.status
    assert ran.err == plain.err
    assert ran.form["kind"] == "error"
    assert ran.form["error"] == plain.err.splitlines()[0]


def test_an_unknown_paper_without_a_network_says_why(filled: Papers) -> None:
    line = filled.refused("show", "1706.03762")
    assert line == "I have no paper 1706.03762 yet, and could not fetch it: arXiv could not be reached."


def test_without_a_network_ingest_says_which_day_failed_and_keeps_the_store(filled: Papers) -> None:
    before = filled.done("today", "--json")
    assert filled.refused("ingest") == "2026-04-24: Hugging Face could not be reached. Try again later."
    line = filled.refused("ingest", "--since", "2026-04-20")
    assert line == "2026-04-20: Hugging Face could not be reached. Try again later."
    assert filled.done("today", "--json") == before


# --- Databases -----------------------------------------------------------------------------


def diary(path: Path) -> None:
    path.write_text("Dear diary", "utf-8")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE recipes (name)")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO papers_migrations VALUES (9999, 'later', 'x', 0)")


@pytest.mark.parametrize(
    "words", [["today"], ["status"], ["ingest", "--date", "2026-04-24"], ["export", "x"]]
)
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        pytest.param(diary, "is not a database", id="a text"),
        pytest.param(foreign, "of another program", id="another program's"),
        pytest.param(newer, "made by a newer papers-bot", id="newer than us"),
        pytest.param(folder, "is a folder", id="a folder"),
    ],
)
def test_a_database_that_is_not_ours_is_refused(
    filled: Papers, words: list[str], spoil: Callable[[Path], None], sentence: str
) -> None:
    path = filled.folder / "papers.db"
    spoil(path)
    before = path.read_bytes() if path.is_file() else b""
    assert sentence in filled.refused(*words)
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert not (filled.folder / "x").exists()


@pytest.mark.parametrize("words", [["today"], ["migrate"], ["run"], ["ingest", "--date", "2026-04-24"]])
@pytest.mark.parametrize(
    "url",
    [
        pytest.param("sqlite:////no/such/folder/papers.db", id="a folder that is not there"),
        pytest.param("sqlite:////dev/null/papers.db", id="a file in the place of a folder"),
        pytest.param("sqlite:////proc/papers.db", id="a folder that nobody may write"),
    ],
)
def test_a_place_where_nothing_can_be_written_is_named(
    papers: Papers, words: list[str], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    line = papers.refused(*words)
    assert str(Path(url.removeprefix("sqlite:///")).parent) in line


# --- Secrets -----------------------------------------------------------------------------------

SECRET = "hunter2"


@pytest.mark.parametrize("debug", [[], ["--debug"]], ids=["", "debug"])
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        pytest.param(f"mysql://me:{SECRET}@host/papers", "DATABASE_URL is not right", id="another scheme"),
        pytest.param(f"sqlite://{SECRET}", "DATABASE_URL must be", id="a slash too few"),
        pytest.param(f"postgresql://me:{SECRET}/papers", "does not say which PostgreSQL", id="no host"),
        pytest.param(f"postgresql://me:{SECRET}@[::1/papers", "does not say which", id="half a bracket"),
        pytest.param(f"postgresql://me:{SECRET}@host:99999/papers", "does not say which", id="no port"),
        pytest.param(
            f"postgresql://me:{SECRET}@127.0.0.1:9/papers", "127.0.0.1:9 does not answer", id="down"
        ),
    ],
)
def test_a_wrong_database_is_told_without_its_password(
    papers: Papers, url: str, sentence: str, debug: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    for words in (["today"], ["run"], ["migrate"], ["backup", "copy"]):
        ran = papers(*words, *debug)
        assert (ran.status, ran.out) == (1, "")
        assert sentence in ran.err.splitlines()[-1]
        assert SECRET not in ran.err
    assert papers.names() <= {"papers.db"}


def test_a_wrong_setting_is_one_line_that_names_it(papers: Papers) -> None:
    (papers.folder / ".env").write_text("LOG_LEVEL=loud\n", "utf-8")
    line = papers.refused("today")
    assert line == "LOG_LEVEL is “loud”: it must be one of debug, info, warning or error."


# --- Bugs -----------------------------------------------------------------------------------------


def break_wiring(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(wiring, "load_settings", broken)


def test_a_bug_is_one_line(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    break_wiring(monkeypatch)
    assert "fault in papers-bot (ZeroDivisionError), not yours" in papers.refused("today")


def test_debug_shows_where_a_fault_came_from(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    break_wiring(monkeypatch)
    ran = papers("today", "--debug")
    assert ran.status == 1
    assert "Traceback" in ran.err
    assert "ZeroDivisionError: a bug" in ran.err
    assert "--debug" not in ran.err.splitlines()[-1]
