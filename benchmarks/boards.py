"""Boards: the board over all time, by how many servers a community has and what share of the votes is theirs.

    python -m benchmarks.boards [--engines sqlite,postgres] [--servers 1,10,100,1000] [--shares 1,0.1,0.01]
        [--papers 20000] [--votes 100000] [--asks 20] [--explain]

The votes that are not the community's are of `OTHERS` servers in none. Papers get votes as they get upvotes:
most a few, and few of them many. All votes are tallied but the last thousand. Each board must be the one that
is counted here, vote by vote. The floor is one raw count of all acts. `--explain` prints how the database
reads each board. The stores are made in a temporary folder and in schemas of their own, and are gone
afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import defaultdict
from datetime import datetime
from itertools import product
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.filling import empty
from benchmarks.generator import DAY, MORNING, NEWEST
from benchmarks.measuring import MS, p50_p99, percentile, show_table, verdict
from bot.domain.papers import Feed, FeedEntry, Paper, PaperId
from bot.domain.places import Identity, Place
from bot.domain.votes import Act, Link, Means
from bot.ports import KeepRecords, MostVoted, RecordFeed, Scope, TallyActs
from bot.store import lists, open_store
from bot.store.open import is_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.store.engine import Engine, Row
    from bot.store.sql_store import SqlStore

FLOOR = "SELECT count(*) FROM acts"
EVER = MostVoted(None)
COUNT = 10
FRESH = 1_000
OTHERS = 1_000
PEOPLE, LINKED = 5_000, 100
BATCH = 1_000
LISTED = 30
HERE = Place("discord", "0", "1")
MOST_MS = 100
MOST_SERVERS = 100
"""Servers of the largest community for which the goal is meant."""
WARM_UP = 3


class Case(NamedTuple):
    """A community: how many servers it has, and what share of all votes is theirs."""

    servers: int
    share: float


# --- Papers and votes -----------------------------------------------------------


def feeds(papers: int) -> Iterator[Feed]:
    """Yield a list a day, the newest first."""
    random = Random(1)
    for ago in range(papers // LISTED):
        day = NEWEST - ago * DAY
        entries = tuple(
            FeedEntry(Paper(paper_of(ago * LISTED + number), "A paper"), upvotes(random))
            for number in range(LISTED)
        )
        yield Feed(day, datetime.combine(day, MORNING), entries)


def paper_of(number: int) -> PaperId:
    """Name a paper."""
    return PaperId(f"{2000 + number // 10_000}.{number % 10_000:05}")


def upvotes(random: Random) -> int:
    """Return how many upvotes a paper has: six, and now and then hundreds."""
    return int(random.lognormvariate(1.8, 1.1))


def person(number: int) -> Identity:
    """Name one of the people."""
    return Identity(f"discord:{number}")


def links() -> Iterator[Link]:
    """Yield people who are known by two identities."""
    at = datetime.combine(NEWEST, MORNING)
    return (Link(person(PEOPLE - 1 - number), person(number), at) for number in range(LINKED))


def acts(papers: int, votes: int, servers: int, share: float) -> list[Act]:
    """Make votes, of which a share is of the first servers; a paper's are of the days after its list."""
    random = Random(2)
    weights = [upvotes(random) + 1 for _ in range(papers)]
    return [act(random, number, servers, share) for number in random.choices(range(papers), weights, k=votes)]


def act(random: Random, number: int, servers: int, share: float) -> Act:
    """Make one act, by reaction or by command."""
    server = random.randrange(servers) if random.random() < share else servers + random.randrange(OTHERS)
    place = Place("discord", f"{server}", f"{random.randrange(3)}")
    day = NEWEST - number // LISTED * DAY
    at = datetime.combine(day, MORNING) + random.random() * DAY
    means = random.choice((Means.REACTION, Means.COMMAND))
    message = f"{place.channel}/{number}" if means is Means.REACTION else ""
    return Act(paper_of(number), person(random.randrange(PEOPLE)), place, means, at, message)


def counted(votes: Sequence[Act], scope: Scope) -> list[int]:
    """Return the most votes of papers, each counted here as a set of people."""
    persons = {link.identity: link.person for link in links()}
    voters: defaultdict[PaperId, set[Identity]] = defaultdict(set)
    for one in votes:
        if one.place.server_key in scope.servers:
            voters[one.paper].add(persons.get(one.identity, one.identity))
    return sorted(map(len, voters.values()), reverse=True)[:COUNT]


async def fill(store: SqlStore, papers: int, votes: Sequence[Act]) -> None:
    """Keep papers and votes, tally all but the last, and let the database know how many there are."""
    for feed in feeds(papers):
        await store.write(RecordFeed(feed))
    await store.write(KeepRecords(tuple(links())))
    tallied = votes[:-FRESH]
    for start in range(0, len(tallied), BATCH):
        await store.write(KeepRecords(tuple(tallied[start : start + BATCH])))
    while await store.write(TallyActs(BATCH)):
        pass
    await store.write(KeepRecords(tuple(votes[-FRESH:])))


# --- What is measured -------------------------------------------------------------


async def took_s(asks: int, sql: str, values: Row, engine: Engine) -> list[float]:
    """Ask a few times for nothing, then note how long each answer took, in seconds."""
    each_s: list[float] = []
    for _ in range(WARM_UP + asks):
        start = time.perf_counter()
        await engine.fetch(sql, *values)
        each_s.append(time.perf_counter() - start)
    return each_s[WARM_UP:]


async def measured(url: str, case: Case, given: argparse.Namespace) -> tuple[tuple[str, ...], float]:
    """Fill a store, and return the row of its board in the table, and its p50 in milliseconds."""
    votes = acts(given.papers, given.votes, case.servers, case.share)
    scope = Scope(servers=tuple(f"discord:{number}" for number in range(case.servers)))
    store = await open_store(url)
    try:
        await fill(store, given.papers, votes)
        engine = store._engine  # noqa: SLF001 - the statement alone is measured
        # As PostgreSQL does by itself within a minute.
        await engine.fetch("VACUUM ANALYZE" if is_postgres(url) else "SELECT 1")
        sql, values = lists.question(EVER, scope, COUNT, HERE)
        if given.explain:
            await explain(engine, sql, values, is_analysed=is_postgres(url))
        floor_s = await took_s(given.asks, FLOOR, (), engine)
        board_s = await took_s(given.asks, sql, values, engine)
        board = await store.leaderboard(None, scope=scope, limit=COUNT)
    finally:
        await store.close()
    is_right = [listed.votes for listed in board] == counted(votes, scope)
    name = f"{case.servers:,} servers, {case.share:.0%} of the votes"
    p50_ms = percentile(board_s, 50) * MS
    return (name, *p50_p99(floor_s), *p50_p99(board_s), "right" if is_right else "WRONG"), p50_ms


async def explain(engine: Engine, sql: str, values: Row, *, is_analysed: bool) -> None:
    """Print how a board is read."""
    how = "EXPLAIN (ANALYZE, BUFFERS)" if is_analysed else "EXPLAIN QUERY PLAN"
    for row in await engine.fetch(f"{how} {sql}", *values):
        print(f"    {row[-1]}")


async def run(given: argparse.Namespace) -> None:
    """Measure one engine after the other."""
    servers, shares = given.servers.split(","), given.shares.split(",")
    cases = [Case(int(some), float(share)) for some, share in product(servers, shares)]
    for engine in given.engines.split(","):
        rows, judged_ms = [], []
        for case in cases:
            async with empty(engine) as url:
                row, p50_ms = await measured(url, case, given)
            rows.append(row)
            judged_ms += [p50_ms] if case.servers <= MOST_SERVERS else []
        show_table((f"{engine}, ms", "floor p50", "p99", "board p50", "p99", "votes"), rows)
        if judged_ms:
            worst_ms = max(judged_ms)
            kept = verdict(is_kept=worst_ms < MOST_MS)
            print(f"p50 of up to {MOST_SERVERS} servers at most {worst_ms:.0f} ms (below {MOST_MS}): {kept}")
        print()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engines", default="sqlite,postgres")
    parser.add_argument("--servers", default="1,10,100,1000")
    parser.add_argument("--shares", default="1,0.1,0.01")
    parser.add_argument("--papers", type=int, default=20_000)
    parser.add_argument("--votes", type=int, default=100_000)
    parser.add_argument("--asks", type=int, default=20)
    parser.add_argument("--explain", action="store_true")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
