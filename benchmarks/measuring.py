"""What the benchmark programs share: percentiles, and tables in which a figure has its floor beside it."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MS = 1_000.0


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value below which `percent` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def spread(values: Sequence[float], unit: str = "", digits: int = 1) -> str:
    """Return `median (least…most) unit`."""
    low, middle, high = min(values), median(values), max(values)
    return f"{middle:,.{digits}f} ({low:,.{digits}f}…{high:,.{digits}f}) {unit}".rstrip()


def p50_p99(seconds: Sequence[float]) -> tuple[str, str]:
    """Return both percentiles in milliseconds."""
    return f"{percentile(seconds, 50) * MS:.2f}", f"{percentile(seconds, 99) * MS:.2f}"


def peak_mib() -> float:
    """Return the most memory that this program had (Linux); `ru_maxrss` would have that of who started it."""
    status = Path("/proc/self/status").read_text("ascii")
    found = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(found.split()[1]) / 1_024


def verdict(*, is_kept: bool) -> str:
    """Return a word that a reader finds at a glance."""
    return "kept" if is_kept else "MISSED"


def show_table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns: the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in (heading, *rows)) for column in range(len(heading))]
    for row in (heading, *rows):
        first, *others = row
        cells = [
            first.ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)),
        ]
        print("  ".join(cells))
