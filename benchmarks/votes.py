"""Votes: how many a second are kept while a hundred people vote at once, beside a bare group commit.

    python -m benchmarks.votes [--engines sqlite,postgres] [--people 100] [--seconds 2] [--runs 3]

Each person waits for the commit of a vote before the next one. The floor does the same in the fewest steps
that the driver allows, into the same table, and adds the vote to a tally: what waits at the same moment is
written in one transaction, on SQLite in a thread, on PostgreSQL by one statement for the whole group. The bot
tallies later, in its housekeeping; so the floor without one stands beside. The whole
path is that of a reaction as an event tells it: what it means on its ballot, one of ten thousand that are
read when they are first reacted to, and the act. In the end each vote must be counted once. Then a storm: ten
thousand reactions in ten seconds lose none, and the loop is never late for long.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, closing
from functools import partial
from itertools import count, cycle
from statistics import median
from typing import TYPE_CHECKING

import asyncpg

from benchmarks.filling import empty
from benchmarks.measuring import MS, percentile, show_table, spread, verdict
from bot.domain.deliveries import MessageRef
from bot.domain.papers import PaperId
from bot.domain.places import Identity, Place
from bot.domain.votes import Act, Means
from bot.ports import EVERYBODY, KeepRecords
from bot.ports.voting import ReactionEvent
from bot.services.voting import Hashes, Voting
from bot.store import open_store
from bot.store.engine import Statement, Unit
from bot.store.open import is_postgres, sqlite_path
from bot.store.rows import micros
from bot.store.settling import KEEP_BALLOT
from tests.fakes.clock import START, FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence

    from bot.ports import Store
    from bot.store.engine import Row
    from bot.store.sql_store import SqlStore

    Cast = Callable[[PaperId, Identity], Awaitable[object]]
    """Keeps one vote, and returns after the commit."""
    Commit = Callable[[Sequence[PaperId], Sequence[Identity]], Awaitable[object]]
    """Keeps votes in one transaction: their papers, their people."""

PAPERS = [PaperId(f"2604.{number:05}") for number in range(10_000)]
PLACE = Place("discord", "1", "2")

FLOOR, LOWEST = "floor: a bare group commit", "the same without a tally"
BOT, HOT = "the bot", "the bot, all for one paper"
WHOLE, WHOLE_HOT = "reactions, the whole path", "the same, all on one message"
LEAST_PER_S = 5_000
LEAST_SHARE = 0.6
LEAST_HOT_SHARE = 0.5

COLUMNS = "paper, identity, place, message, means, server, at"
OTHERS = "'discord:1/2', '', 'command', 'discord:1', 0"
KEEP = f"INSERT INTO acts ({COLUMNS}) VALUES (?, ?, {OTHERS}) ON CONFLICT DO NOTHING"
KEEP_MANY = f"""INSERT INTO acts ({COLUMNS})
SELECT paper, identity, {OTHERS} FROM unnest($1::text[], $2::text[]) AS votes (paper, identity)
ON CONFLICT DO NOTHING"""

CREATE_TALLIES = "CREATE TABLE floor_tallies (paper TEXT NOT NULL PRIMARY KEY, votes BIGINT NOT NULL)"
TALLY = """INSERT INTO floor_tallies (paper, votes) VALUES (?, 1)
ON CONFLICT (paper) DO UPDATE SET votes = votes + 1"""
KEEP_AND_TALLY = f"""WITH kept AS ({KEEP_MANY} RETURNING paper)
INSERT INTO floor_tallies (paper, votes) SELECT paper, count(*) FROM kept GROUP BY paper
ON CONFLICT (paper) DO UPDATE SET votes = floor_tallies.votes + excluded.votes"""


# --- The floor ----------------------------------------------------------------


class BareGroup:
    """Votes that wait while a commit is under way are kept by the next one."""

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._waiting: list[tuple[PaperId, Identity, asyncio.Future[None]]] = []
        self._working: asyncio.Task[None] | None = None

    async def cast(self, paper: PaperId, identity: Identity) -> None:
        """Hand a vote in, and return after its commit."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((paper, identity, done))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        await done

    async def _work(self) -> None:
        while self._waiting:
            papers, people, waiting = zip(*self._waiting, strict=True)
            self._waiting = []
            await self._commit(papers, people)
            for each in waiting:
                each.set_result(None)


@asynccontextmanager
async def bare_commits(url: str) -> AsyncIterator[tuple[Commit, Commit]]:
    """Yield what keeps votes in one transaction with the driver alone, with a tally and without."""
    async with AsyncExitStack() as stack:
        if is_postgres(url):
            server = await asyncpg.connect(url)
            stack.push_async_callback(server.close)
            await server.execute(CREATE_TALLIES)
            yield partial(server.execute, KEEP_AND_TALLY), partial(server.execute, KEEP_MANY)
            return
        database = stack.enter_context(
            closing(sqlite3.connect(sqlite_path(url), isolation_level=None, check_same_thread=False))
        )
        database.execute("PRAGMA synchronous=FULL")
        database.execute(CREATE_TALLIES)
        in_thread = partial(
            asyncio.get_running_loop().run_in_executor, stack.enter_context(ThreadPoolExecutor(1))
        )
        yield partial(in_thread, keep_and_tally, database), partial(in_thread, keep, database)


def keep(database: sqlite3.Connection, papers: Sequence[PaperId], people: Sequence[Identity]) -> None:
    """Keep votes in one transaction."""
    database.execute("BEGIN IMMEDIATE")
    database.executemany(KEEP, zip(papers, people, strict=True))
    database.execute("COMMIT")


def keep_and_tally(
    database: sqlite3.Connection, papers: Sequence[PaperId], people: Sequence[Identity]
) -> None:
    """Keep votes in one transaction, and count each that is new."""
    database.execute("BEGIN IMMEDIATE")
    for vote in zip(papers, people, strict=True):
        if database.execute(KEEP, vote).rowcount:
            database.execute(TALLY, vote[:1])
    database.execute("COMMIT")


# --- The bot --------------------------------------------------------------------


def bot_cast(store: Store) -> Cast:
    """Return what keeps a vote as the bot does."""
    return lambda paper, identity: store.write(
        KeepRecords((Act(paper, identity, PLACE, Means.COMMAND, START),))
    )


async def post_ballots(store: SqlStore) -> None:
    """Keep a message for each paper, as a delivery's settlement does."""
    at = micros(START)
    rows: list[Row] = [(message_of(paper), 0, str(PLACE), paper, at) for paper in PAPERS]
    await store._engine.write(Unit((Statement(KEEP_BALLOT, rows),)))  # noqa: SLF001 - as no port does


def message_of(paper: PaperId) -> MessageRef:
    """Return the message that shows a paper."""
    return MessageRef(f"2/{paper}")


def reaction_cast(store: SqlStore) -> Cast:
    """Return what hands the event of a reaction to the bot."""
    voting = Voting(store.votes, store, FakeClock(), Hashes(store.votes, "x".__mul__))
    return lambda paper, identity: voting.reacted(
        ReactionEvent(PLACE, message_of(paper), Identity(f"{identity}r"), "👍")
    )


STORM, STORM_S, AT_ONCE = 10_000, 10, 10
LONGEST_LAG_S = 0.5


async def storm(store: SqlStore) -> None:
    """Let reactions come at an even pace, and see whether all are kept and how late the loop is meanwhile."""
    cast, took_s, lags_s = reaction_cast(store), list[float](), [0.0]

    async def react(number: int) -> None:
        began = time.perf_counter()
        await cast(PAPERS[number % 20], Identity(f"discord:storm{number}"))
        took_s.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as reactions:
        start = time.perf_counter()
        for number in range(STORM):
            reactions.create_task(react(number))
            due = start + (number + 1) * STORM_S / STORM
            if number % AT_ONCE == 0:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                lags_s.append(time.perf_counter() - due)
    kept = len([act async for act in store.records() if isinstance(act, Act) and "storm" in act.identity])
    lag_s = max(lags_s)
    is_kept = kept == STORM and lag_s < LONGEST_LAG_S
    print(
        f"storm: {kept:,} of {STORM:,} reactions kept, p99 {percentile(took_s, 99) * MS:.0f} ms, the loop at"
        f" most {lag_s * MS:.0f} ms late (at most {LONGEST_LAG_S * MS:.0f}): {verdict(is_kept=is_kept)}"
    )


# --- What is measured -----------------------------------------------------------


class Figures:
    """What was measured of one way to keep votes: votes a second of each run, seconds of each vote."""

    def __init__(self) -> None:
        self.rates: list[float] = []
        self.took_s: list[float] = []

    async def measure(
        self, cast: Cast, votes: Iterator[tuple[PaperId, Identity]], people: int, seconds: float
    ) -> int:
        """Let people vote for some seconds, and return how many votes they cast."""
        start, before = time.perf_counter(), len(self.took_s)
        end = start + seconds

        async def vote_on() -> None:
            while (began := time.perf_counter()) < end:
                await cast(*next(votes))
                self.took_s.append(time.perf_counter() - began)

        await asyncio.gather(*(vote_on() for _ in range(people)))
        cast_votes = len(self.took_s) - before
        self.rates.append(cast_votes / (time.perf_counter() - start))
        return cast_votes

    @property
    def row(self) -> tuple[str, str, str]:
        """Votes a second, and how long one takes: p50 and p99 in milliseconds."""
        p50, p99 = (f"{percentile(self.took_s, percent) * MS:.1f}" for percent in (50, 99))
        return spread(self.rates, digits=0), p50, p99


async def measured(url: str, people: int, seconds: float, runs: int) -> dict[str, Figures]:
    """Measure by turns; everybody votes once for a paper, so that each vote is a new one."""
    figures: defaultdict[str, Figures] = defaultdict(Figures)
    voters = (Identity(f"discord:{number}") for number in count())
    spread_out = zip(cycle(PAPERS[1:]), voters, strict=False)
    hot = zip(cycle(PAPERS[:1]), voters, strict=False)
    store = await open_store(url)
    await post_ballots(store)
    cast_in_all = 0
    try:
        async with bare_commits(url) as (tallied, bare):
            ways = (
                (FLOOR, BareGroup(tallied).cast, spread_out),
                (LOWEST, BareGroup(bare).cast, spread_out),
                (BOT, bot_cast(store), spread_out),
                (HOT, bot_cast(store), hot),
                (WHOLE, reaction_cast(store), spread_out),
                (WHOLE_HOT, reaction_cast(store), hot),
            )
            for _ in range(runs):
                for name, cast, votes in ways:
                    cast_in_all += await figures[name].measure(cast, votes, people, seconds)
        top = await store.leaderboard(None, scope=EVERYBODY, limit=len(PAPERS))
        await storm(store)
    finally:
        await store.close()
    counted = sum(listed.votes for listed in top)
    print(f"{cast_in_all:,} votes cast, {counted:,} counted: {verdict(is_kept=cast_in_all == counted)}")
    return figures


def show(engine: str, figures: dict[str, Figures]) -> None:
    """Print the table of one engine, and whether each goal is kept."""
    rows = [(name, *each.row) for name, each in figures.items()]
    show_table((engine, "votes per second", "p50 ms", "p99 ms"), rows)
    rates = {name: median(each.rates) for name, each in figures.items()}
    for name, hot in ((BOT, HOT), (WHOLE, WHOLE_HOT)):
        share, hot_share = rates[name] / rates[FLOOR], rates[hot] / rates[name]
        kept = verdict(is_kept=share >= LEAST_SHARE)
        print(f"{name}: share of the floor {share:.2f} (at least {LEAST_SHARE}): {kept}")
        kept = verdict(is_kept=hot_share >= LEAST_HOT_SHARE)
        print(f"{hot}: {hot_share:.2f} of that (at least {LEAST_HOT_SHARE}): {kept}")
    if engine == "sqlite":
        kept = verdict(is_kept=rates[WHOLE] >= LEAST_PER_S)
        print(f"{rates[WHOLE]:,.0f} reactions per second (at least {LEAST_PER_S:,}): {kept}")
    print()


async def run(engines: Sequence[str], people: int, seconds: float, runs: int) -> None:
    """Measure one engine after the other."""
    for engine in engines:
        async with empty(engine) as url:
            show(engine, await measured(url, people, seconds, runs))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engines", default="sqlite,postgres")
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    asyncio.run(run(given.engines.split(","), given.people, given.seconds, given.runs))


if __name__ == "__main__":
    main()
