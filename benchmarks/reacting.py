"""Votes against the truth: a crowd reacts on Discord while the bot is killed, stopped and cut off.

    python -m benchmarks.reacting [--engines sqlite,postgres] [--people 120] [--restarts 10] [--cuts 5]
        [--acts 300] [--seed N]

`papers run` as it is, over SQLite and over PostgreSQL, against the stand-in of Discord. Editions come in
every layout, as 20 messages; people react and take it back with 👍, skin tones, super reactions, numbers and
others, moderators clear messages, and people press Vote. At the end, after the bot has compared, the store's
count of each paper must be the number of people who stand under it, or were told last by a button that their
vote counts. On PostgreSQL the leases of a killed process are deleted, so that the next need not wait
for their end.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import time
from itertools import cycle, islice
from pathlib import Path
from random import Random, SystemRandom
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.filling import empty_postgres
from benchmarks.measuring import show_table, verdict
from tests.fakes.reacting import Plan, Toll, react_often

PAPERS = 8, 10, 7, 4
"""Of each layout: 8 + 1 + 7 + 4 messages are ballots."""

ENDINGS = signal.SIGKILL, signal.SIGTERM
CUTS = "drop", "invalidate", "close", "reconnect"


async def played(engine: str, plan: Plan, seed: int) -> Toll:
    """Play it over an empty database of an engine."""
    with TemporaryDirectory(prefix="papers-reacting-") as folder:
        if engine == "sqlite":
            return await react_often(Path(folder), plan, Random(seed))
        async with empty_postgres() as url:
            return await react_often(Path(folder), plan, Random(seed), url)


def show(engine: str, toll: Toll, took_s: float) -> None:
    rows = [
        ("messages that are ballots", f"{toll.messages:,}"),
        ("papers", f"{toll.papers:,}"),
        ("reactions given and taken back", f"{toll.reactions:,}"),
        ("buttons pressed", f"{toll.presses:,}"),
        ("starts of the bot", f"{toll.starts:,}"),
        ("connections cut", f"{toll.cuts:,}"),
        ("seconds from a start to a connection (median)", f"{median(toll.connected_s):.1f}"),
        ("votes at the end", f"{toll.votes:,}"),
        ("seconds until the last comparison was done", f"{toll.right_after_s:.1f}"),
        ("papers with a wrong count", f"{len(toll.wrong):,}"),
        ("greatest error", f"{max((abs(ours - true) for ours, true in toll.wrong.values()), default=0):,}"),
        ("calls that Discord found too soon (429)", f"{toll.too_soon:,}"),
        ("bodies refused, events not understood", f"{len(toll.faults):,}"),
        ("goal: error 0 for each paper", verdict(is_kept=not toll.wrong)),
        ("seconds", f"{took_s:,.0f}"),
    ]
    show_table((f"{engine}: votes, through restarts and lost connections", ""), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description="Let a crowd react while the bot comes and goes.")
    parser.add_argument("--engines", default="sqlite,postgres")
    parser.add_argument("--people", type=int, default=120)
    parser.add_argument("--restarts", type=int, default=10)
    parser.add_argument("--cuts", type=int, default=5)
    parser.add_argument("--acts", type=int, default=300)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else SystemRandom().randrange(10**6)
    endings = tuple(islice(cycle(ENDINGS), asked.restarts))
    plan = Plan(asked.people, PAPERS, endings, tuple(islice(cycle(CUTS), asked.cuts)), asked.acts)
    print(f"seed {seed}")
    for engine in asked.engines.split(","):
        began = time.monotonic()
        toll = asyncio.run(played(engine, plan, seed))
        show(engine, toll, time.monotonic() - began)


if __name__ == "__main__":
    main()
