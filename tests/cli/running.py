"""The command line in this process: the same as the program, but for the start of Python."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import cli

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.fakes.clock import FakeClock

NOWHERE = "http://127.0.0.1:9"
"""The discard port: whoever asks the network there finds nobody."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def form(self) -> dict[str, Any]:
        """What was written on standard output, which must be one JSON object."""
        read: dict[str, Any] = json.loads(self.out)
        return read

    @property
    def ids(self) -> list[str]:
        """The papers of the JSON that was written, in order."""
        return [paper["id"] for paper in self.form["papers"]]


class Papers:
    """`papers …` in a folder of its own, at a moment that stands still."""

    def __init__(self, folder: Path, clock: FakeClock, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.clock = clock
        self._capsys = capsys

    def __call__(self, *words: str) -> Ran:
        """Run one command."""
        self._capsys.readouterr()
        status = cli.run(words)
        return Ran(status, *self._capsys.readouterr())

    def done(self, *words: str) -> str:
        """Run a command that must succeed in silence, and return what it says."""
        ran = self(*words)
        assert (ran.status, ran.err) == (0, ""), ran
        return ran.out

    def refused(self, *words: str) -> str:
        """Run a command that must fail with one line, and return that line."""
        ran = self(*words)
        assert (ran.status, ran.out) == (1, ""), ran
        [line] = ran.err.splitlines()
        return line

    def names(self) -> set[str]:
        """Return the names of the files in the folder."""
        return {path.name for path in self.folder.iterdir()}
