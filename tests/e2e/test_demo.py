"""`papers demo` as a real process: no set-up, no network, nothing left behind."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from adapters.terminal.demo import SCENES, START, DemoClock, play, talk
from bot.wiring import staged

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "http://127.0.0.1:9"
"""The discard port: whoever asks the network there finds nobody."""

IN_ORDER = (
    "Fri 00:55 UTC",
    "$ papers today",
    "3 so far on Friday's list",
    "Thursday",
    "Fri 06:30 UTC",
    "$ papers subscribe",
    "Next posts: Fri 24 April 09:00",
    "Fri 07:00 UTC",
    "The top 3 of 15 listed so far",
    "17 upvotes",
    "Fri 09:20 UTC",
    "WorldMark",
    "27 upvotes, 12 in the last 3 hours",
    "$ papers show 1",
    "Xiaojie Xu",
    "$ papers search",
    "$ papers similar 1",
    "$ papers cite",
    "$ papers top",
    "1 · WorldMark",
    "2 · UniT",
    "$ papers vote",
    "2 votes here",
    "$ papers top",
    "1 · UniT",
    "$ papers week",
    "Sat 09:00 UTC",
    "1 · UniT",
    "2 votes here",
    "$ papers status",
    "Last list",
    "Last post: yesterday 09:00 Paris, 3 papers, delivered on time",
    "Next post: Monday 27 April 09:00 Paris",
    "papers ingest",
)


def run_demo(folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the demo in an empty folder, as a user without a home, with settings that must not matter."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(folder / "nobody"),
        "TMPDIR": str(folder),
        "HUGGINGFACE_URL": NOWHERE,
        "ARXIV_URL": NOWHERE,
        **more,
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", "demo"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], list[Path]]:
    folder = tmp_path_factory.mktemp("empty")
    played = run_demo(folder)
    return played, list(folder.iterdir())


def test_the_story_is_told_in_order(story: tuple[subprocess.CompletedProcess[str], list[Path]]) -> None:
    played, _ = story
    assert (played.returncode, played.stderr) == (0, "")
    found = -1
    for words in IN_ORDER:
        assert words in played.stdout[found + 1 :], words
        found = played.stdout.index(words, found + 1)


def test_the_edition_is_posted_once(story: tuple[subprocess.CompletedProcess[str], list[Path]]) -> None:
    assert story[0].stdout.count("Papers · Friday 24 April") == 1


def test_nothing_is_left_behind(story: tuple[subprocess.CompletedProcess[str], list[Path]]) -> None:
    assert story[1] == []


def test_the_story_is_short_and_fits_a_terminal(
    story: tuple[subprocess.CompletedProcess[str], list[Path]],
) -> None:
    lines = story[0].stdout.splitlines()
    assert len(lines) <= 215
    assert max(map(len, lines)) <= 100


def test_a_pipe_gets_plain_text(story: tuple[subprocess.CompletedProcess[str], list[Path]]) -> None:
    assert "\x1b" not in story[0].stdout


def test_settings_of_the_real_bot_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=nonsense\nLOG_LEVEL=loud\n", "utf-8")
    played = run_demo(tmp_path, DATABASE_URL="postgresql://nobody:secret@127.0.0.1:9/none")
    assert (played.returncode, played.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


def typing(*lines: str) -> Callable[[], Awaitable[str]]:
    """Return an `ask` that types the lines one after the other, and then Ctrl-D."""
    waiting = iter(lines)

    async def ask() -> str:
        line = next(waiting, None)
        if line is None:
            raise EOFError
        return line

    return ask


async def said(*lines: str) -> str:
    console = Console(file=io.StringIO(), width=90)
    async with staged() as stage:
        await play(SCENES[0], stage, console)
        before = len(written(console))
        await talk(stage, console, typing(*lines))
    return written(console)[before:]


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        pytest.param("today count=4", "3 so far on Friday's list", id="as in a chat"),
        pytest.param(
            "search 'humanoid -video' --count 1", "Found for “humanoid -video”", id="quoted as in a shell"
        ),
        pytest.param("search what's a robot", "Found for", id="an apostrophe"),
        pytest.param("today --count 2", "Today's papers", id="as in a shell"),
        pytest.param("/papers on 2026-04-23 --count 1", "LLaDA2.0-Uni", id="with the slash"),
        pytest.param("papers status", "Last list", id="with the program's name"),
        pytest.param("show 2", "Seeing Fast and Slow", id="a number of the story's list"),
        pytest.param("tody", "today", id="a typing error"),
        pytest.param("help", "search", id="help"),
    ],
)
async def test_the_prompt_answers_over_the_story(line: str, answer: str) -> None:
    assert answer in await said(line)


@pytest.mark.parametrize("word", ["quit", "exit", " q "])
async def test_the_prompt_can_be_left(word: str) -> None:
    assert "Last list" not in await said("", word, "status")


async def test_the_clock_of_the_story_goes_on_and_never_back() -> None:
    clock = DemoClock(START)
    await clock.sleep(timedelta(hours=2))
    clock.move_to(START)
    assert clock.now() == START + timedelta(hours=2)
    assert clock.monotonic() == timedelta(hours=2).total_seconds()
