"""Kills: the whole service is killed (SIGKILL) at random moments; nothing may be lost or doubled.

    python -m benchmarks.kills [--kills 1000] [--worlds 5] [--postgres] [--seed N]

Fetcher, planner and sender as `papers run` has them, with a messenger over HTTP against a stand-in that loses
replies, works on after its caller has gone, answers 500 and 503, and forgets keys after two seconds; outages
longer than that included. Their clock runs twenty times as fast. With `--postgres` one of the worlds side
by side is over the server of `benchmarks/filling.py`; the others are over SQLite.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path
from random import Random, SystemRandom
from tempfile import TemporaryDirectory

from benchmarks.filling import empty_postgres
from benchmarks.measuring import show_table, verdict
from tests.fakes.killing import Plan, Toll, kill_often


def show(toll: Toll, took_s: float) -> None:
    right = verdict(is_kept=(toll.lost, toll.doubled, toll.unexpected, toll.unfinished) == (0, 0, 0, 0))
    rows = [
        ("kills", f"{toll.kills:,}"),
        ("stops (SIGTERM) in between", f"{toll.stops:,}"),
        ("outcomes that a kill left unknown", f"{toll.left_unknown:,}"),
        ("messages owed", f"{toll.owed:,}"),
        ("look-ups", f"{toll.look_ups:,}"),
        ("unfinished at the end", f"{toll.unfinished:,}"),
        ("lost", f"{toll.lost:,}"),
        ("doubled", f"{toll.doubled:,}"),
        ("owed to nobody", f"{toll.unexpected:,}"),
        ("loops that failed by a bug", f"{len(toll.faults):,}"),
        ("goal: nothing lost, nothing doubled", right),
        ("seconds", f"{took_s:,.0f}"),
    ]
    show_table(("SIGKILL at random moments", ""), rows)


async def kill(plan: Plan, random: Random, *, over_postgres: bool) -> Toll:
    """Kill in a folder, and a schema, that are gone afterwards."""
    with TemporaryDirectory(prefix="papers-kills-") as folder:
        if not over_postgres:
            return await kill_often(Path(folder), plan, random)
        async with empty_postgres() as url:
            return await kill_often(Path(folder), plan, random, url)


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill the service at random moments.")
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--worlds", type=int, default=5)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else SystemRandom().randrange(10**6)
    plan = Plan(kills=asked.kills, worlds=asked.worlds)
    print(f"seed {seed}")
    started = time.monotonic()
    toll = asyncio.run(kill(plan, Random(seed), over_postgres=asked.postgres))
    show(toll, time.monotonic() - started)


if __name__ == "__main__":
    main()
