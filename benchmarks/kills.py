"""Kills: a real sender process is killed (SIGKILL) at random moments; nothing may be lost or doubled.

    python -m benchmarks.kills [--kills 1000] [--seed N]

Store, dispatcher and a messenger over HTTP against a stand-in that loses replies, works on after its caller
has gone, answers 500 and 503, and forgets keys after two seconds; outages longer than that included.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.measuring import show_table, verdict
from tests.fakes.killing import Plan, Toll, kill_often


def show(toll: Toll, took_s: float) -> None:
    right = verdict(is_kept=(toll.lost, toll.doubled, toll.unfinished) == (0, 0, 0))
    rows = [
        ("kills", f"{toll.kills:,}"),
        ("outcomes that a kill left unknown", f"{toll.left_unknown:,}"),
        ("messages owed", f"{toll.owed:,}"),
        ("look-ups", f"{toll.look_ups:,}"),
        ("unfinished at the end", f"{toll.unfinished:,}"),
        ("lost", f"{toll.lost:,}"),
        ("doubled", f"{toll.doubled:,}"),
        ("goal: nothing lost, nothing doubled", right),
        ("seconds", f"{took_s:,.0f}"),
    ]
    show_table(("SIGKILL at random moments", ""), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill a sender at random moments.")
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args()
    started = time.monotonic()
    with TemporaryDirectory(prefix="papers-kills-") as folder:
        toll = asyncio.run(kill_often(Path(folder), Plan(kills=asked.kills), Random(asked.seed)))
    show(toll, time.monotonic() - started)


if __name__ == "__main__":
    main()
