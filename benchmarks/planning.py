"""Planning: subscriptions that are due in one minute, from the question what is due to the last commit.

    python -m benchmarks.planning [--subscriptions 10000] [--resting 100000] [--engines sqlite,postgres]

Each is in a place of its own and gets a digest of five papers, chosen by taking the first five: what is
measured is the store's share, the processor's time of this process with all its threads. `--resting` are
subscriptions that are not due: a tick that finds nothing to do is measured before and after they are there.
The files are made in a temporary folder, and a schema of its own, and are gone afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.filling import empty_postgres
from benchmarks.measuring import MS, show_table, verdict
from bot.domain.deliveries import Delivery, DeliveryKind, delivery_key
from bot.domain.editions import Chosen, Edition, EditionKind
from bot.domain.papers import Feed, FeedEntry, Paper, PaperId
from bot.domain.places import Place
from bot.domain.subscriptions import Standing, Subscription
from bot.ports import EVERYBODY, KeepRecords, RecordFeed
from bot.ports.delivery import Planned, Window
from bot.store import migrate, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from bot.domain.editions import Candidate
    from bot.store.sql_store import SqlStore

NOW = datetime(2026, 4, 24, 7, tzinfo=UTC)
DAY = timedelta(days=1)
LIST = date(2026, 4, 24)
LISTED = 50
"""Papers of each list."""
LISTS = 3
PAPERS = 5
BATCH = 1_000
MOST_CPU_S = 2.0
TICKS = 200


@dataclass(slots=True)
class Spent:
    """Processor's time and time on the clock, in seconds, by what it was spent on."""

    cpu_s: dict[str, float] = field(default_factory=dict)
    wall_s: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """Note what a block takes."""
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.cpu_s[what] = time.process_time() - cpu
        self.wall_s[what] = time.perf_counter() - wall


@asynccontextmanager
async def database(engine: str) -> AsyncIterator[str]:
    """Yield the URL of an empty store that is gone afterwards."""
    if engine == "postgres":
        async with empty_postgres() as url:
            yield url
        return
    with TemporaryDirectory(prefix="papers-benchmark-") as folder:
        url = f"sqlite:///{folder}/papers.db"
        await migrate(url)
        yield url


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[SqlStore]:
    """Open a store."""
    store = await open_store(url)
    try:
        yield store
    finally:
        await store.close()


def subscription(number: int) -> Subscription:
    """Make the subscription of one of 5,000 servers."""
    place = Place("discord", str(number % 5_000), str(number))
    return Subscription(f"s{number:06}", place, (wall_time(9),), "Europe/Paris", created_at=NOW - DAY)


async def seed(store: SqlStore, numbers: range, at: datetime) -> None:
    """Keep subscriptions that are planned until an instant, and looked at next as soon as they may be."""
    for start in range(numbers.start, numbers.stop, BATCH):
        some = range(start, min(start + BATCH, numbers.stop))
        await store.write(KeepRecords(tuple(subscription(number) for number in some), at))


async def seed_lists(store: SqlStore) -> None:
    """Keep three lists."""
    for ago in range(LISTS):
        entries = tuple(
            FeedEntry(Paper(PaperId(f"260{ago}.{number:05}"), f"Paper {number}"), number)
            for number in range(LISTED)
        )
        await store.write(RecordFeed(Feed(LIST - ago * DAY, NOW - ago * DAY, entries)))


async def rest(store: SqlStore, number: int, first: int) -> None:
    """Add subscriptions that are not due for a day."""
    await seed(store, range(first, first + number), NOW)
    fresh = await store.delivery.due(NOW, number)
    moved = [Planned(each, moved_on(each)) for each in fresh if isinstance(each, Standing)]
    assert all(await store.delivery.plan(moved))


def moved_on(standing: Standing) -> Standing:
    """Return the standing after its firing."""
    return replace(standing, planned_until=NOW, next_at=NOW + DAY, last_fired_at=NOW)


def planned(standing: Standing, candidates: Sequence[Candidate]) -> Planned:
    """Plan a digest of the first five."""
    wish = standing.subscription
    key = f"{wish.id}@2026-04-24T09:00"
    edition = Edition(
        key=key,
        kind=EditionKind.SCHEDULED,
        place=wish.place,
        subscription=wish.id,
        fires_at=NOW,
        local_date=LIST,
        local_time=wall_time(9),
        made_at=NOW,
        heading="Papers · Friday 24 April",
        papers=tuple(Chosen(one.listed.paper.id, ("412 upvotes", "new")) for one in candidates[:PAPERS]),
        notes=("The top 5 of 150 listed so far.",),
        footer="Weekdays 09:00 Paris · why these? /papers status",
    )
    post = Delivery(delivery_key(wish.place, key, DeliveryKind.POST), wish.place, DeliveryKind.POST, NOW, key)
    return Planned(standing, moved_on(standing), edition, (post,))


async def plan_all(store: SqlStore, number: int, spent: Spent) -> None:
    """Plan everything that is due, as one tick does."""
    delivery = store.delivery
    with spent.on("what is due"):
        due = [each for each in await delivery.due(NOW, number) if isinstance(each, Standing)]
    assert len(due) == number
    with spent.on("what to choose from"):
        candidates = await delivery.candidates(Window(NOW, LISTS), EVERYBODY)
    with spent.on("what places have had"):
        places = [each.subscription.place for each in due]
        had = await delivery.had(places, [each.listed.paper.id for each in candidates])
    assert not had
    with spent.on("choosing (trivial)"):
        plans = [planned(each, candidates) for each in due]
    with spent.on("writing"):
        written = await delivery.plan(plans)
    assert all(written)


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


async def run(engine: str, number: int, resting: int) -> None:
    """Measure one engine."""
    spent = Spent()
    async with database(engine) as url:
        async with opened(url) as store:
            await seed_lists(store)
            await seed(store, range(number), NOW - DAY)
            await plan_all(store, number, spent)
        before = await tick_ms(url)
        async with opened(url) as store:
            await rest(store, resting, number)
        after = await tick_ms(url)
    rows = [(what, f"{cpu:.2f}", f"{spent.wall_s[what]:.2f}") for what, cpu in spent.cpu_s.items()]
    total = sum(spent.cpu_s.values())
    rows.append(("all", f"{total:.2f}", f"{sum(spent.wall_s.values()):.2f}"))
    show_table((f"{engine}, {number:,} due", "s of processor time", "s on the clock"), rows)
    print(f"planning in under {MOST_CPU_S} s of processor time: {verdict(is_kept=total < MOST_CPU_S)}")
    print(f"a tick with nothing due: {before:.2f} ms; with {resting:,} more at rest: {after:.2f} ms\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engines", default="sqlite,postgres")
    parser.add_argument("--subscriptions", type=int, default=10_000)
    parser.add_argument("--resting", type=int, default=100_000)
    given = parser.parse_args()
    for engine in given.engines.split(","):
        asyncio.run(run(engine, given.subscriptions, given.resting))


if __name__ == "__main__":
    main()
