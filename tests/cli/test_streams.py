"""What is written where: odd encodings, progress, reports, the log."""

from __future__ import annotations

import io
import json
import re
import sys
from typing import TYPE_CHECKING

import pytest

from adapters.terminal import output
from adapters.terminal.progress import EVERY_S, shown_progress
from bot.cli.reports import Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.running import Papers


ESCAPES = re.compile(r"\x1b\]8;.*?\x1b\\|\x1b\[[0-9;]*m")
"""Links (OSC 8) and colours (SGR)."""


class Terminal(io.StringIO):
    """A screen that somebody looks at."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def stream(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


def written(to: io.TextIOWrapper) -> str:
    to.flush()
    buffer = to.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode(to.encoding)


@pytest.mark.parametrize("encoding", ["ascii", "iso-8859-1", "cp1252"])
def test_an_odd_encoding_breaks_nothing(
    filled: Papers, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = stream(encoding)
    monkeypatch.setattr(sys, "stdout", screen)
    assert filled("today").status == 0
    assert "WorldMark" in written(screen)


def test_json_is_whole_in_any_encoding(filled: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = filled("on", "2026-04-23", "--count", "15", "--json").form
    screen = stream("ascii")
    monkeypatch.setattr(sys, "stdout", screen)
    filled("on", "2026-04-23", "--count", "15", "--json")
    assert json.loads(written(screen)) == expected


def test_a_terminal_gets_colour_links_and_its_width(filled: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert filled("today", "--count", "3").status == 0
    seen = screen.getvalue()
    assert "\x1b[" in seen
    assert "https://huggingface.co/papers/2604.21686\x1b\\" in seen
    rows = ESCAPES.sub("", seen).splitlines()
    assert 50 < max(map(len, rows)) <= 60
    assert not [row for row in rows if "https://" in row]


def test_a_citation_on_a_terminal_has_its_title(filled: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    filled("cite", "2604.21686")
    assert screen.getvalue().index("WorldMark: A Unified") < screen.getvalue().index("@misc{")


def test_words_that_are_no_text_are_marked(filled: Papers) -> None:
    ran = filled("show", "caf\udce9")
    assert ran.status == 1
    assert "“caf�” names no paper" in ran.err


# --- Progress ------------------------------------------------------------------------------


def ticking(seconds: float) -> Callable[[], float]:
    """Return a clock that goes on by so many seconds each time it is looked at."""
    passed = [0.0]

    def monotonic() -> float:
        passed[0] += seconds
        return passed[0]

    return monotonic


def test_long_work_writes_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    with shown_progress("Fetching", ticking(EVERY_S / 2)) as tell:
        for done in range(5):
            tell(done, 5, f"day {done}")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["Fetching day 1: 1 of 5 done", "Fetching day 3: 3 of 5 done"]


def test_short_work_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with shown_progress("Fetching", ticking(0)) as tell:
        tell(1, 2, "a")
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_a_bar_and_takes_it_away(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    with shown_progress("Reading", ticking(1)) as tell:
        tell(1, 4, "[bold]odd[/bold].json")
        tell(2, 4, "next.json")
    seen = screen.getvalue()
    assert "Reading" in seen
    assert "50%" in seen
    assert "\x1b[2K" in seen


# --- Reports --------------------------------------------------------------------------------


def test_a_report_says_lines_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(as_json=False)
    report.say("One.")
    assert capsys.readouterr().out == "One.\n"
    assert report.end() == output.DONE
    assert report.end("It failed.") == output.COULD_NOT
    assert capsys.readouterr() == ("", "It failed.\n")


def test_a_report_for_programs_is_one_object_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(as_json=True)
    report.say("One.")
    assert capsys.readouterr().out == ""
    assert report.end("It failed.") == output.COULD_NOT
    out, err = capsys.readouterr()
    assert json.loads(out) == {"kind": "error", "lines": ["One."], "error": "It failed."}
    assert err == "It failed.\n"


# --- The log ----------------------------------------------------------------------------------


def test_commands_say_nothing_beside_their_answer_unless_asked(filled: Papers) -> None:
    assert filled("today").err == ""
    ran = filled("today", "--debug")
    assert ran.status == 0
    assert "command answered" in ran.err
    assert "command answered" not in ran.out


def test_the_level_of_the_log_is_a_setting(filled: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("LOG_FORMAT", "json")
    assert json.loads(filled("status").err.splitlines()[-1])["event"] == "command answered"
