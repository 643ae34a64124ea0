"""The outbox: deliveries claimed and settled per second, beside a raw group commit of the same rows.

    python -m benchmarks.outbox [--deliveries 10000] [--done 100000] [--engines sqlite,postgres] [--runs 3]

Deliveries to as many places on half as many servers are claimed 100 at a time, and each settled by a caller
of its own, all 100 at once, as a sender does without a network. Each is a digest of five papers with its five
ballots. The floor claims and settles the same rows by their keys, with the driver alone: one transaction for
each claim, one for what waits to be settled. `--done` are deliveries that are over before it begins: claiming
is measured before and after they are there.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sqlite3
import time
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from statistics import median
from typing import TYPE_CHECKING, Any

import asyncpg

from benchmarks.filling import empty
from benchmarks.measuring import MS, show_table, spread, verdict
from bot.domain.deliveries import Delivery, DeliveryKind, DeliveryState, MessageRef, Settled, delivery_key
from bot.domain.editions import Chosen, Edition, EditionKind
from bot.domain.papers import PaperId
from bot.domain.places import Place
from bot.store import open_store
from bot.store.editions import EDITION, edition_row
from bot.store.engine import Statement, Unit
from bot.store.open import is_postgres, sqlite_path
from bot.store.rows import marks, micros

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Sequence

    from bot.store.sql_store import SqlStore

NOW = datetime(2026, 4, 24, 7, tzinfo=UTC)
LEASE = timedelta(minutes=2)
AT_ONCE = 100
PAPERS = 5
SHARE_OF_FLOOR = 0.6
BATCH = 1_000
CLAIMS = 20

CLAIM = """UPDATE deliveries SET state = 'claimed', attempt = attempt + 1, first_tried_at = {0},
  lease_until = {1}, lease_holder = 'floor' WHERE key = {2} AND state = 'waiting'"""
SETTLE = "UPDATE deliveries SET state = 'done', message = {0}, done_at = {1} WHERE key = {2} AND attempt = 1"
BALLOT = "INSERT INTO ballots (message, number, place, paper, posted_at) VALUES ({0}, {1}, {2}, {3}, {4})"

FLOOR = "floor: raw group commit"
BOT = "claimed and settled"


# --- What is delivered ------------------------------------------------------------


def edition(number: int, group: str) -> Edition:
    """Make an edition for a place of its own."""
    place = Place("discord", str(number % 5_000), f"{group}{number}")
    return Edition(
        key=f"{group}{number}",
        kind=EditionKind.SCHEDULED,
        place=place,
        subscription=f"{group}{number}",
        fires_at=NOW,
        local_date=date(2026, 4, 24),
        local_time=wall_time(9),
        made_at=NOW,
        heading="Papers · Friday 24 April",
        papers=tuple(Chosen(PaperId(f"2604.{paper:05}")) for paper in range(PAPERS)),
    )


def post(one: Edition) -> Delivery:
    """Make the only delivery of an edition."""
    key = delivery_key(one.place, one.key, DeliveryKind.POST)
    return Delivery(key, one.place, DeliveryKind.POST, NOW, one.key)


async def fill(store: SqlStore, number: int, group: str) -> list[Delivery]:
    """Owe as many places a digest each."""
    owed = []
    for start in range(0, number, BATCH):
        some = [edition(each, group) for each in range(start, min(start + BATCH, number))]
        keep = f"INSERT INTO editions ({', '.join(EDITION)}) VALUES ({marks(len(EDITION))})"
        await store._engine.write(Unit((Statement(keep, [edition_row(each) for each in some]),)))  # noqa: SLF001 - editions alone
        owed += [post(each) for each in some]
        await store.delivery.put(owed[-len(some) :])
    return owed


# --- The bot ----------------------------------------------------------------------


async def claim(store: SqlStore) -> list[Delivery]:
    """Claim as many as are under way at once."""
    found = await store.delivery.claim("discord", "sender", NOW, NOW + LEASE, AT_ONCE)
    return [each for each in found if isinstance(each, Delivery)]


async def settle(store: SqlStore, one: Delivery) -> bool:
    """Settle one as delivered."""
    settled = Settled(DeliveryState.DONE, "delivered", MessageRef(f"m{one.key}"))
    return await store.delivery.settle(one, settled, NOW)


async def deliver_all(store: SqlStore) -> int:
    """Claim and settle until nothing is left; return how many that were."""
    number = 0
    while claimed := await claim(store):
        assert all(await asyncio.gather(*(settle(store, each) for each in claimed)))
        number += len(claimed)
    return number


# --- The floor --------------------------------------------------------------------


@dataclass(slots=True)
class Group:
    """Settles that wait for one transaction, run by a driver alone."""

    run: Any
    """Runs statements, each with its rows, in one transaction."""
    waiting: list[tuple[asyncio.Future[None], str, str]]

    async def settle(self, key: str, place: str) -> None:
        """Wait for the commit of one."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((done, key, place))
        if len(self.waiting) == 1:
            asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(self._commit()))
        await done

    async def _commit(self) -> None:
        group, self.waiting = self.waiting, []
        at = micros(NOW)
        settles = [(f"m{key}", at, key) for _, key, _ in group]
        ballots = [
            (f"m{key}", paper + 1, place, f"2604.{paper:05}", at)
            for _, key, place in group
            for paper in range(PAPERS)
        ]
        await self.run([(SETTLE, settles), (BALLOT, ballots)])
        for done, _, _ in group:
            done.set_result(None)


async def floor_all(run: Any, owed: Sequence[Delivery]) -> int:
    """Claim and settle by key."""
    group = Group(run, [])
    for start in range(0, len(owed), AT_ONCE):
        some = [(each.key, str(each.place)) for each in owed[start : start + AT_ONCE]]
        await run([(CLAIM, [(micros(NOW), micros(NOW + LEASE), key) for key, _ in some])])
        await asyncio.gather(*(group.settle(key, place) for key, place in some))
    return len(owed)


@asynccontextmanager
async def raw(url: str) -> AsyncIterator[Any]:
    """Yield what runs statements in one transaction with the driver alone."""
    if is_postgres(url):
        connection = await asyncpg.connect(url)

        async def run_postgres(statements: Sequence[tuple[str, Any]]) -> None:
            async with connection.transaction():
                for sql, rows in statements:
                    await connection.executemany(sql.format("$1", "$2", "$3", "$4", "$5"), rows)

        try:
            yield run_postgres
        finally:
            await connection.close()
        return
    with closing(
        sqlite3.connect(sqlite_path(url), isolation_level=None, check_same_thread=False)
    ) as database:
        database.execute("PRAGMA synchronous=FULL")

        def commit(statements: Sequence[tuple[str, Any]]) -> None:
            database.execute("BEGIN IMMEDIATE")
            for sql, rows in statements:
                database.executemany(sql.format("?1", "?2", "?3", "?4", "?5"), rows)
            database.execute("COMMIT")

        async def run_sqlite(statements: Sequence[tuple[str, Any]]) -> None:
            await asyncio.to_thread(commit, statements)

        yield run_sqlite


# --- The table --------------------------------------------------------------------


async def claim_ms(store: SqlStore) -> float:
    """Return what claiming 100 costs, in milliseconds on the clock; they are put back."""
    took = []
    for _ in range(CLAIMS):
        start = time.perf_counter()
        claimed = await claim(store)
        took.append(time.perf_counter() - start)
        assert len(claimed) == AT_ONCE
        back = Settled(DeliveryState.WAITING, ready_at=NOW)
        await asyncio.gather(*(store.delivery.settle(each, back, NOW) for each in claimed))
    return median(took) * MS


@dataclass(slots=True)
class Rates:
    """Deliveries per second, one for each run, on the clock and of the processor's time of this process."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    async def measure(self, work: Awaitable[int]) -> None:
        """Do some work that returns how many deliveries it brought, and note how fast it was."""
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        number = await work
        self.wall.append(number / (time.perf_counter() - wall))
        self.cpu.append(number / (time.process_time() - cpu))


async def run(engine: str, number: int, done: int, runs: int) -> None:
    """Measure one engine."""
    rates = {FLOOR: Rates(), BOT: Rates()}
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(empty(engine))
        store = await open_store(url)
        stack.push_async_callback(store.close)
        run_raw = await stack.enter_async_context(raw(url))
        for turn in range(runs):
            owed = await fill(store, number, f"floor{turn}-")
            await rates[FLOOR].measure(floor_all(run_raw, owed))
            await fill(store, number, f"bot{turn}-")
            await rates[BOT].measure(deliver_all(store))
        await fill(store, number, "open-")
        before = await claim_ms(store)
        await store._engine.fetch(MANY_DONE.format(done))  # noqa: SLF001 - rows in bulk
        after = await claim_ms(store)
    show(engine, rates)
    print(f"claiming {AT_ONCE} of {number:,}: {before:.1f} ms; with {done:,} more done: {after:.1f} ms\n")


def show(engine: str, rates: dict[str, Rates]) -> None:
    """Print the table of one engine, and whether its goal is kept."""
    rows = [(name, spread(rate.wall, digits=0), spread(rate.cpu, digits=0)) for name, rate in rates.items()]
    show_table((f"{engine}, deliveries per second", "on the clock", "of processor time"), rows)
    share = median(rates[BOT].wall) / median(rates[FLOOR].wall)
    cpu_share = median(rates[BOT].cpu) / median(rates[FLOOR].cpu)
    print(
        f"share of the floor {share:.2f}, of processor time {cpu_share:.2f} (at least {SHARE_OF_FLOOR}):",
        end=" ",
    )
    print(verdict(is_kept=share >= SHARE_OF_FLOOR))


MANY_DONE = """
INSERT INTO deliveries (key, platform, server, place, kind, priority, turn, due_at, ready_at, state, done_at)
WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < {0})
SELECT 'done' || number, 'discord', 'discord:' || number % 5000, 'discord:' || number % 5000 || '/' || number,
  'post', 0, number, 1, 1, 'done', 1 FROM numbers RETURNING 1"""
"""Deliveries that are over."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engines", default="sqlite,postgres")
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--done", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    for engine in given.engines.split(","):
        asyncio.run(run(engine, given.deliveries, given.done, given.runs))


if __name__ == "__main__":
    main()
