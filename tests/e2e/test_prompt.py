"""`papers demo` at a terminal: after the story a prompt, which can be left in every usual way."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.terminals import at_a_terminal

if TYPE_CHECKING:
    from pathlib import Path

HASTY = """
import sys
from datetime import timedelta
from adapters.terminal import demo
demo.PAUSE = timedelta(0)
from bot.__main__ import main
sys.argv = ["papers", "demo"]
sys.exit(main())
"""
"""The program, for a reader who needs no pauses."""

PROMPT = r"papers> $"


def test_commands_are_answered_at_the_prompt_over_the_story(tmp_path: Path) -> None:
    with at_a_terminal(tmp_path, [sys.executable, "-c", HASTY]) as screen:
        screen.shows(PROMPT)
        assert "\x1b]8;" in screen.seen
        for line, answer in (
            ("today --count 1", "2 votes here"),
            ("show 1", "xpeng-robotics"),
            ("search humanoid", "UniT"),
            ("tody", "today"),
        ):
            screen.type(line)
            screen.shows(answer)
            screen.shows(PROMPT)
        screen.type("quit")
        assert screen.ends() == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_prompt_ends_when_it_is_told_and_leaves_nothing(tmp_path: Path, stop: signal.Signals) -> None:
    with at_a_terminal(tmp_path, [sys.executable, "-c", HASTY]) as screen:
        screen.shows(PROMPT)
        screen.process.send_signal(stop)
        assert screen.ends() == 0
    assert list(tmp_path.iterdir()) == []


def test_the_story_can_be_broken_off(tmp_path: Path) -> None:
    with at_a_terminal(tmp_path, [sys.executable, "-m", "bot", "demo"]) as screen:
        screen.shows("It grew over the morning")
        screen.process.send_signal(signal.SIGINT)
        screen.shows("Stopped.")
        assert screen.ends() == 130
    assert "Traceback" not in screen.seen
    assert list(tmp_path.iterdir()) == []
