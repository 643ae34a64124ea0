"""What the program loads and reads before it answers, as the interpreter itself tells it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.processes import SAMPLE, done, environment

if TYPE_CHECKING:
    from collections.abc import Sequence

NETWORK = {"httpx", "stamina", "feedparser", "asyncpg"}
PLATFORMS = {"discord", "slack_bolt", "slack_sdk", "aiohttp"}
SETTINGS = {"pydantic", "pydantic_settings", "bot.config", "bot.wiring"}


def loaded(folder: Path, words: Sequence[str], **more: str) -> set[str]:
    """Run a command that must succeed, and return all modules that were imported for it."""
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", *words],
        cwd=folder,
        env=environment(folder, **more),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    rows = [row for row in ran.stderr.splitlines() if row.startswith("import time:")]
    return {row.rpartition("|")[2].strip() for row in rows}


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stored")
    done(folder, "ingest", "--from", str(SAMPLE))
    return folder


def test_help_reads_no_settings_and_needs_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"DATABASE_URL=\xff\xfe\nLOG_LEVEL=loud\n")
    modules = loaded(tmp_path, ["--help"], DATABASE_URL="nonsense", HUGGINGFACE_URL="nonsense")
    assert "bot.cli.helping" in modules
    assert modules & (NETWORK | PLATFORMS | SETTINGS | {"numpy", "structlog", "sqlite3", "asyncio"}) == set()
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


@pytest.mark.parametrize("words", [["today"], ["show", "2604.21686", "--json"]], ids=lambda words: words[0])
def test_an_answer_from_the_store_loads_no_network_and_no_search(stored: Path, words: list[str]) -> None:
    modules = loaded(stored, words)
    assert "bot.wiring" in modules
    assert modules & (NETWORK | PLATFORMS | {"numpy", "structlog"}) == set()


def test_json_is_written_without_rich(stored: Path) -> None:
    assert "rich" not in loaded(stored, ["today", "--json"])


def test_the_console_script_is_the_same_program(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("papers")
    if not script.exists():
        pytest.skip("the project is not installed here")
    ran = subprocess.run([script, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout == done(tmp_path, "--version")


def test_settings_are_read_from_the_folder_where_it_is_typed(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=sqlite:///elsewhere.db\n", "utf-8")
    done(tmp_path, "migrate")
    assert (tmp_path / "elsewhere.db").exists()
    done(tmp_path, "migrate", ways={"DATABASE_URL": "sqlite:///first.db"})
    assert (tmp_path / "first.db").exists()
    assert not (tmp_path / "papers.db").exists()
