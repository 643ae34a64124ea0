"""Real processes of the program, as a shell, systemd or an impatient person starts and ends them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import signal
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "bot" / "sample"
PROGRAM = (sys.executable, "-m", "bot")
HASTY = (sys.executable, "-m", "tests.fakes.hasty")
"""The same where it would wait out of regard for a real platform or network."""

NOWHERE = "http://127.0.0.1:9"
"""The discard port: whoever asks the network there finds nobody."""

TIMEOUT_S = 30.0
"""After which a process that should have ended is a failure; most take half a second."""


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return what a process is started with: nothing of this machine, no network, a store in the folder."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "HUGGINGFACE_URL": NOWHERE,
        "ARXIV_URL": NOWHERE,
        "PORT": "0",
        **more,
    }


def papers(
    folder: Path,
    *words: str,
    limit: Callable[[], None] | None = None,
    ways: Mapping[str, str] | None = None,
    program: Sequence[str] = PROGRAM,
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end. `ways` are settings; `limit` runs in the child before the program."""
    return subprocess.run(
        [*program, *words],
        cwd=folder,
        env=environment(folder, **(ways or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
        check=False,
        preexec_fn=limit,
    )


def done(folder: Path, *words: str, ways: Mapping[str, str] | None = None) -> str:
    """Run a command that must succeed in silence, and return what it says."""
    ran = papers(folder, *words, ways=ways)
    assert (ran.returncode, ran.stderr) == (0, ""), ran
    return ran.stdout


class Started:
    """A process that goes on while a test looks at it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._heard = ""
        self.number = process.pid
        self.out = ""
        """All of standard output, once it has ended."""

    async def says(self, words: str) -> str:
        """Return the first line on standard error that has the words, once it comes."""
        assert self._process.stderr is not None
        line = " "
        while words not in line:
            line = (await asyncio.wait_for(self._process.stderr.readline(), TIMEOUT_S)).decode()
            self._heard += line
            assert line, f"“{words}” was never said, but: {self._heard}"
        return line

    async def end(self, stop: signal.Signals) -> tuple[int, str, float]:
        """Send a signal; return the exit status, all of standard error, and the seconds it took."""
        sent_at = time.monotonic()
        self._process.send_signal(stop)
        out, rest = await asyncio.wait_for(self._process.communicate(), TIMEOUT_S)
        self.out = out.decode()
        assert self._process.returncode is not None
        return self._process.returncode, self._heard + rest.decode(), time.monotonic() - sent_at


@asynccontextmanager
async def started(
    folder: Path, *words: str, ways: Mapping[str, str], program: Sequence[str] = PROGRAM
) -> AsyncIterator[Started]:
    """Start a command, and see to it that it does not outlive the test."""
    process = await asyncio.create_subprocess_exec(
        *program,
        *words,
        cwd=folder,
        env=environment(folder, **ways),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Started(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
