"""Planning: subscriptions that are due in one minute, from the question what is due to the last commit.

    python -m benchmarks.planning [--subscriptions 10000] [--resting 100000] [--engines sqlite,postgres]

Each is in a place of its own, two in a server, and gets a digest of five papers of three lists of fifty, in
one tick of the bot's own planner; measured is the processor's time of this process with all its threads. Once
all servers vote together, and once each alone, with `VOTES` votes each. `--resting` are subscriptions that
are not due: a tick that finds nothing to do is measured before and after they are there.
The files are made in a temporary folder, and a schema of its own, and are gone afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from random import Random
from typing import TYPE_CHECKING

from benchmarks.filling import empty
from benchmarks.measuring import MS, show_table, verdict
from bot.cli.loops import all_loaded
from bot.domain.papers import Feed, FeedEntry, Paper, PaperId
from bot.domain.places import Identity, Place
from bot.domain.subscriptions import Standing, Subscription
from bot.domain.votes import Act, Means
from bot.ports import KeepRecords, RecordFeed
from bot.ports.delivery import Planned
from bot.services.communities import TOGETHER, Communities
from bot.services.planning import Planner
from bot.store import open_store
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.ports import Scopes
    from bot.store.sql_store import SqlStore

NOW = datetime(2026, 4, 24, 7, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
SOURCE_WAIT = timedelta(hours=2)
LIST = date(2026, 4, 24)
LISTED = 50
"""Papers of each list."""
LISTS = 3
SERVERS = 5_000
VOTES = 20
"""Votes of each server for papers of the lists."""
BATCH = 1_000
MOST_CPU_S = 2.0
TICKS = 200


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[SqlStore]:
    """Open a store."""
    store = await open_store(url)
    try:
        yield store
    finally:
        await store.close()


def place_of(number: int) -> Place:
    """Name a place of one of the servers."""
    return Place("discord", str(number % SERVERS), str(number))


def paper_of(ago: int, number: int) -> PaperId:
    """Name a paper of a list of so many days ago."""
    return PaperId(f"260{ago}.{number:05}")


def subscription(number: int) -> Subscription:
    """Make the subscription of a place."""
    return Subscription(
        f"s{number:06}", place_of(number), (wall_time(9),), "Europe/Paris", created_at=NOW - DAY
    )


async def seed(store: SqlStore, numbers: range, at: datetime) -> None:
    """Keep subscriptions that are planned until an instant, and looked at next as soon as they may be."""
    for start in range(numbers.start, numbers.stop, BATCH):
        some = range(start, min(start + BATCH, numbers.stop))
        await store.write(KeepRecords(tuple(subscription(number) for number in some), at))


async def seed_lists(store: SqlStore) -> None:
    """Keep three lists."""
    for ago in range(LISTS):
        entries = tuple(
            FeedEntry(Paper(paper_of(ago, number), f"Paper {number}"), number) for number in range(LISTED)
        )
        await store.write(RecordFeed(Feed(LIST - ago * DAY, NOW - ago * DAY, entries)))


async def seed_votes(store: SqlStore) -> None:
    """Let people of each server vote for papers of all lists, in no two servers alike."""
    papers = [paper_of(ago, number) for ago in range(LISTS) for number in range(LISTED)]
    random = Random(1)
    for server in range(SERVERS):
        acts = [
            Act(
                paper,
                Identity(f"discord:{server}-{index % 7}"),
                place_of(server),
                Means.COMMAND,
                NOW - SECOND,
            )
            for index, paper in enumerate(random.sample(papers, VOTES))
        ]
        await store.write(KeepRecords(tuple(acts)))


async def rest(store: SqlStore, number: int, first: int) -> None:
    """Add subscriptions that are not due for a day."""
    await seed(store, range(first, first + number), NOW)
    fresh = await store.delivery.due(NOW, number)
    moved = [Planned(each, moved_on(each)) for each in fresh if isinstance(each, Standing)]
    assert all(await store.delivery.plan(moved))


def moved_on(standing: Standing) -> Standing:
    """Return the standing after its firing."""
    return standing._replace(planned_until=NOW, next_at=NOW + DAY, last_fired_at=NOW)


async def plan_all(store: SqlStore, number: int, scopes: Scopes) -> tuple[float, float]:
    """Plan all that is due in one tick; return seconds of the processor's time, and of the clock."""
    planner = Planner(store, store.delivery, FakeClock(NOW), SOURCE_WAIT, scopes)
    cpu, wall = time.process_time(), time.perf_counter()
    assert await planner.step() == number
    return time.process_time() - cpu, time.perf_counter() - wall


async def tick_ms(url: str) -> float:
    """Return what a tick costs that finds nothing due, in milliseconds of the processor's time.

    The store is opened anew for it, so that what was written just before does not count.
    """
    async with opened(url) as store:
        assert not await store.delivery.due(NOW, BATCH)
        cpu = time.process_time()
        for _ in range(TICKS):
            await store.delivery.due(NOW, BATCH)
        return (time.process_time() - cpu) / TICKS * MS


async def tick(url: str, number: int, *, is_apart: bool) -> tuple[float, float]:
    """Fill an empty store, and plan all that is due."""
    async with opened(url) as store:
        await seed_lists(store)
        await seed(store, range(number), NOW - DAY + SECOND)
        if not is_apart:
            return await plan_all(store, number, TOGETHER)
        await seed_votes(store)
        return await plan_all(store, number, Communities(store.communities, FakeClock(NOW), "x".__mul__))


async def run(engine: str, number: int, resting: int) -> None:
    """Measure one engine."""
    async with empty(engine) as url:
        apart_cpu_s, apart_wall_s = await tick(url, number, is_apart=True)
    async with empty(engine) as url:
        cpu_s, wall_s = await tick(url, number, is_apart=False)
        before = await tick_ms(url)
        async with opened(url) as store:
            await rest(store, resting, number)
        after = await tick_ms(url)
    rows = [
        ("one tick", f"{cpu_s:.2f}", f"{wall_s:.2f}"),
        (f"{min(number, SERVERS):,} servers that vote apart", f"{apart_cpu_s:.2f}", f"{apart_wall_s:.2f}"),
    ]
    show_table((f"{engine}, {number:,} due", "s of processor time", "s on the clock"), rows)
    print(f"planning in under {MOST_CPU_S} s of processor time: {verdict(is_kept=cpu_s < MOST_CPU_S)}")
    print(f"a tick with nothing due: {before:.2f} ms; with {resting:,} more at rest: {after:.2f} ms\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engines", default="sqlite,postgres")
    parser.add_argument("--subscriptions", type=int, default=10_000)
    parser.add_argument("--resting", type=int, default=100_000)
    given = parser.parse_args()
    all_loaded()
    for engine in given.engines.split(","):
        asyncio.run(run(engine, given.subscriptions, given.resting))


if __name__ == "__main__":
    main()
