"""How far long work has come: a bar where somebody looks on, else a plain line every few seconds."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Progressed = Callable[[int, int, str], None]
    """Hears how many are done, of how many, and which is next."""

EVERY_S = 5.0
"""Seconds between plain lines: enough to see that it lives, few enough for a log."""


@contextmanager
def shown_progress(what: str, monotonic: Callable[[], float]) -> Iterator[Progressed]:
    """Yield what is to be told of the progress; it is shown on standard error while the block lasts."""
    if not sys.stderr.isatty():
        yield plain_lines(what, monotonic)
        return
    from rich.console import Console  # noqa: PLC0415 - only where somebody looks on
    from rich.progress import Progress  # noqa: PLC0415 - as above

    console = Console(stderr=True, highlight=False)
    # Lines on standard output go above the bar where both are the same window, and nowhere else if not.
    with Progress(console=console, transient=True, redirect_stdout=sys.stdout.isatty()) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int, label: str) -> None:
            bar.update(task, completed=done, total=total, description=f"{what} {label}".replace("[", r"\["))

        yield tell


def plain_lines(what: str, monotonic: Callable[[], float]) -> Progressed:
    """Return what writes a line now and then, and nothing for work that is done before the first is due."""
    told_at = monotonic()

    def tell(done: int, total: int, label: str) -> None:
        nonlocal told_at
        if monotonic() - told_at >= EVERY_S:
            told_at = monotonic()
            sys.stderr.write(f"{what} {label}: {done} of {total} done\n")
            sys.stderr.flush()

    return tell
