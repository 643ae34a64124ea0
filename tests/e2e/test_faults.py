"""Full disks, readers that leave, closed streams: with real files and pipes."""

from __future__ import annotations

import json
import resource
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.e2e.processes import PROGRAM, SAMPLE, TIMEOUT_S, done, environment, papers

if TYPE_CHECKING:
    from pathlib import Path

FULL = "Cannot write the answer: no space left on device.\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    done(home, "ingest", "--from", str(SAMPLE))
    return home


def shell(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of a shell in which `papers` is the program; its status is that of the whole line."""
    function = f'papers() {{ {" ".join(PROGRAM)} "$@"; }}; set -o pipefail; {line}'
    return subprocess.run(
        ["bash", "-c", function],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
        check=False,
    )


@pytest.mark.parametrize(
    ("line", "status", "err"),
    [
        pytest.param("papers on 2026-04-24 15 > /dev/full", 1, FULL, id="a full disk"),
        pytest.param("papers on 2026-04-24 15 --json > /dev/full", 1, FULL, id="a full disk, JSON"),
        pytest.param("papers week 2026-W17 100 --json | head -1", 0, "", id="a reader that leaves"),
        pytest.param("papers demo | head -1", 0, "", id="the demo's reader leaves"),
        pytest.param(
            "papers status >&-",
            1,
            "Cannot write the answer: standard output is closed.\n",
            id="a closed standard output",
        ),
        pytest.param("papers tody 2>&-", 2, "", id="a closed standard error"),
    ],
)
def test_where_the_answer_cannot_go(folder: Path, line: str, status: int, err: str) -> None:
    ran = shell(folder, line)
    assert (ran.returncode, ran.stderr) == (status, err)


def test_a_database_on_a_full_disk_keeps_what_it_had(tmp_path: Path) -> None:
    done(tmp_path, "ingest", "--from", str(SAMPLE / "2026-04-22.json"))
    before = done(tmp_path, "week", "2026-W17", "100", "--json")
    days = [{"paper": {"id": f"2604.{number:05}", "title": "x" * 5_000}} for number in range(200)]
    (tmp_path / "2026-04-21.json").write_text(json.dumps(days), "utf-8")
    room = max((tmp_path / name).stat().st_size for name in ("papers.db", "2026-04-21.json")) // 2

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    ran = papers(tmp_path, "ingest", "--from", "2026-04-21.json", limit=little_room)
    assert (ran.returncode, ran.stdout) == (1, "")
    [line] = ran.stderr.splitlines()
    assert "disk" in line
    assert done(tmp_path, "week", "2026-W17", "100", "--json") == before
    done(tmp_path, "ingest", "--from", "2026-04-21.json")
    assert len(json.loads(done(tmp_path, "on", "2026-04-21", "100", "--json"))["papers"]) == 100


def test_a_backup_on_a_full_disk_leaves_nothing(folder: Path) -> None:
    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    ran = papers(folder, "backup", "copy.db", limit=little_room)
    assert (ran.returncode, ran.stdout) == (1, "")
    [line] = ran.stderr.splitlines()
    assert "disk" in line or "cannot be written" in line
    assert not [path for path in folder.iterdir() if path.name.startswith("copy")]
