"""The start: processor time of `papers --help` and `papers today`, beside what they cannot do without.

    python -m benchmarks.start [--runs 15]

Each is started anew as a process, by turns; user and system time of the process count, so that what else the
machine does matters little. All run from byte code that was written before, as after any installation.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.measuring import MS, show_table, spread, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAPERS = str(Path(sys.executable).with_name("papers"))
"""The program as it is installed."""

SAMPLE = Path(__file__).parents[1] / "bot" / "sample"
"""The lists that `papers today` answers from."""


def loading(modules: str) -> list[str]:
    """Return the command that loads modules and does nothing."""
    return [sys.executable, "-c", f"import {modules}"]


HELP, HELP_FLOOR = "papers --help", "import rich.console, rich.table"
TODAY, TODAY_FLOOR = "papers today", "import aiosqlite, pydantic_settings, rich.console"
STARTED = {
    "python alone": [sys.executable, "-c", "pass"],
    HELP_FLOOR: loading("rich.console, rich.table"),
    HELP: [PAPERS, "--help"],
    TODAY_FLOOR: loading("aiosqlite, pydantic_settings, rich.console"),
    TODAY: [PAPERS, "today"],
    "papers today --json": [PAPERS, "today", "--json"],
}
GOALS = ((HELP, HELP_FLOOR, 2.5), (TODAY, TODAY_FLOOR, 1.4))
"""A command, its floor, and how many times the floor's time it may take."""


def processor_s(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> float:
    """Run a command to its end, and return the seconds of processor time that it took."""
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return usage.ru_utime + usage.ru_stime


def environment_in(folder: Path) -> dict[str, str]:
    """Return the environment: a store of its own, and byte code that is kept in the folder."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"DATABASE_URL": f"sqlite:///{folder}/papers.db", "PYTHONPYCACHEPREFIX": f"{folder}/code"}


def measured(runs: int) -> dict[str, list[float]]:
    """Start everything by turns; the first turn writes the byte code and is not counted."""
    took_s: dict[str, list[float]] = {name: [] for name in STARTED}
    with TemporaryDirectory(prefix="papers-benchmark-") as made:
        folder = Path(made)
        environment = environment_in(folder)
        processor_s([PAPERS, "ingest", "--from", str(SAMPLE)], folder, environment)
        for run in range(runs + 1):
            for name, command in STARTED.items():
                seconds = processor_s(command, folder, environment)
                if run:
                    took_s[name].append(seconds)
    return took_s


def show(took_s: Mapping[str, Sequence[float]]) -> None:
    """Print what was measured, and whether each goal is kept."""
    rows = [(name, spread([each * MS for each in seconds], digits=0)) for name, seconds in took_s.items()]
    show_table(("processor time", "ms"), rows)
    print()
    for command, floor, most in GOALS:
        times = median(took_s[command]) / median(took_s[floor])
        print(f"{command}: {times:.2f} times its floor (at most {most}): {verdict(is_kept=times <= most)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15)
    show(measured(parser.parse_args().runs))


if __name__ == "__main__":
    main()
