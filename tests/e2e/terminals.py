"""A process at a terminal of its own: it believes that a person sits there."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.e2e.processes import TIMEOUT_S, environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PIECE = 65_536


class Screen:
    """What the process has written so far, and a keyboard."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.seen = ""
        self._master = master
        self._looked_at = 0

    def shows(self, pattern: str) -> None:
        """Return once what matches has been written behind what was waited for last."""
        while (found := re.search(pattern, self.seen[self._looked_at :])) is None:
            assert self._read(), f"“{pattern}” was never shown, but: {self.seen[self._looked_at :]}"
        self._looked_at += found.end()

    def type(self, line: str) -> None:
        """Type a line."""
        os.write(self._master, f"{line}\n".encode())

    def ends(self) -> int:
        """Return the exit status, once the process has ended. It may wait until all has been read."""
        while self._read():
            pass
        return self.process.wait(TIMEOUT_S)

    def _read(self) -> bool:
        """Read what is there, or comes soon; False where nothing more comes."""
        ready, _, _ = select.select([self._master], [], [], TIMEOUT_S)
        try:
            piece = os.read(self._master, PIECE) if ready else b""
        except OSError:  # so Linux says that the other end is closed
            piece = b""
        self.seen += piece.decode("utf-8", "replace")
        return bool(piece)


@contextmanager
def at_a_terminal(folder: Path, program: Sequence[str]) -> Iterator[Screen]:
    """Start a program with all three streams on a terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        program,
        cwd=folder,
        env=environment(folder, TERM="xterm-256color", COLUMNS="80", TMPDIR=str(folder)),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Screen(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)
