from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import stamina

from bot import cli, core, log, wiring
from tests.cli.running import NOWHERE, Papers
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE = Path(__file__).resolve().parents[2] / "bot" / "sample"
MORNING = datetime(2026, 4, 24, 9, 30, tzinfo=UTC)
"""Of the Friday whose list is the newest in the sample."""


@pytest.fixture(autouse=True)
def quick_and_quiet() -> Iterator[None]:
    """Let retries not wait, and the log be as it was."""
    with stamina.set_testing(testing=True, attempts=2, cap=True):
        yield
    log.configure("error", "text")
    # What it wrote to is gone with the test.
    core.log._bound = None


@pytest.fixture
def papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Papers:
    """Return the command line over an empty folder, without a network."""
    clock = FakeClock(MORNING)
    monkeypatch.setattr(wiring, "SystemClock", lambda: clock)
    for name in ("LOG_LEVEL", "LOG_FORMAT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///papers.db")
    monkeypatch.setenv("HUGGINGFACE_URL", NOWHERE)
    monkeypatch.setenv("ARXIV_URL", NOWHERE)
    monkeypatch.chdir(tmp_path)
    return Papers(tmp_path, clock, capsys)


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database that holds the sample, made once."""
    folder = tmp_path_factory.mktemp("sample")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", f"sqlite:///{folder}/papers.db")
        assert cli.run(["ingest", "--from", str(SAMPLE)]) == 0
        # The file alone may lack what still stands in its journal; a backup is whole.
        assert cli.run(["backup", str(folder / "whole.db")]) == 0
    return folder / "whole.db"


@pytest.fixture
def filled(papers: Papers, sample_store: Path) -> Papers:
    """Return the command line over a store that holds the sample."""
    shutil.copy(sample_store, papers.folder / "papers.db")
    return papers
