"""A machine without a network: real processes, sources where nobody answers, or of a name that none has."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.e2e.processes import HASTY, SAMPLE, done, papers

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

NO_HOST = {"HUGGINGFACE_URL": "http://host.invalid", "ARXIV_URL": "http://host.invalid"}

RUNS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("ingest", {}),
    ("ingest --search robots", NO_HOST),
    ("show 2604.01234", NO_HOST),
)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> list[subprocess.CompletedProcess[str]]:
    """Return how all of them ended; side by side, as the name may be looked for for a while."""
    folders = [tmp_path_factory.mktemp("home") for _ in RUNS]

    def run(folder: Path, words: str, ways: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return papers(folder, *words.split(), ways=ways, program=HASTY)

    with ThreadPoolExecutor(len(RUNS)) as pool:
        waiting = [pool.submit(run, folder, *how) for folder, how in zip(folders, RUNS, strict=True)]
        return [each.result() for each in waiting]


@pytest.mark.parametrize("number", range(len(RUNS)), ids=[words for words, _ in RUNS])
def test_what_needs_the_network_ends_in_one_sentence(
    ran: list[subprocess.CompletedProcess[str]], number: int
) -> None:
    one = ran[number]
    assert (one.returncode, one.stdout) == (1, "")
    [line] = one.stderr.splitlines()
    assert "could not be reached" in line
    assert line.endswith(".")


def test_what_is_stored_is_answered_without_one(tmp_path: Path) -> None:
    assert "“papers ingest” fetches the newest." in done(tmp_path, "today")
    done(tmp_path, "ingest", "--from", str(SAMPLE))
    assert "1 · WorldMark" in done(tmp_path, "on", "2026-04-24", "1")
    assert "UniT" in done(tmp_path, "search", "humanoid", "robot")
    assert "WorldMark" in done(tmp_path, "show", "2604.21686")
