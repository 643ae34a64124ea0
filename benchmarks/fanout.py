"""Fan-out: deliveries due in the same minute to as many servers, at Discord's limits, beside the floor.

    python -m benchmarks.fanout [--deliveries 2000] [--floor 1000] [--database URL]

The stand-in holds 50 calls a second to a strict window and answers after 50 to 150 ms. The bot's row is the
whole way of a delivery: claim, edition and papers from the store, card, call, outcome. The floor makes the
same calls in slots that are free one second after their answer, with nothing around them.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from benchmarks.measuring import percentile, show_table, verdict
from benchmarks.owing import TO_OWE_ONE, deliver, opened, owe
from bot.domain.cards import Card
from bot.domain.deliveries import (
    Delivery,
    DeliveryKind,
    MessageRef,
    Rate,
    Rates,
    Sent,
)
from bot.domain.places import Place
from bot.services.rates import Throttle
from bot.wiring import SystemClock
from tests.fakes.messenger import FakeMessenger, FakePlatform, Habits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.deliveries import SendResult
    from bot.store.sql_store import SqlStore

LIMIT = Rate(50, timedelta(seconds=1))
LATENCY_S = (0.05, 0.15)
RATES = Rates(platform=LIMIT, place=Rate(5, timedelta(seconds=5)))
GOAL = 0.85
"""The least share of the limit."""
MOST_GROWTH_MIB = 8.0
"""How much the process may grow from a tenth of the deliveries to the last."""

WARM_S = RATES.place.per.total_seconds() + 1 if RATES.place else 0.0
"""Limits begin full, as nobody knows what was asked before a start; the minute comes later than that."""


class StandIn(FakePlatform):
    """Discord's limit and latency. It only counts what was shown: memory is the bot's own."""

    def __init__(self) -> None:
        super().__init__(SystemClock(), Random(1), Habits(latency=LATENCY_S, window=LIMIT))
        self.counts: Counter[str] = Counter()

    def post(self, delivery: Delivery, gist: str) -> SendResult:
        """Count a message."""
        assert gist
        self.counts[delivery.key] += 1
        return Sent(MessageRef(delivery.key))


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one way of sending."""

    name: str
    wanted: int
    delivered: int
    doubled: int
    refusals: int
    took_s: float
    cpu_s: float
    lags_s: Sequence[float] = ()
    growth_mib: float = 0.0

    @property
    def share(self) -> float:
        """The share of the limit that was used, from the moment that all was due."""
        return self.delivered / self.took_s / LIMIT.calls

    @property
    def is_kept(self) -> bool:
        """Whether all of the goal is kept."""
        is_whole = (self.delivered, self.doubled, self.refusals) == (self.wanted, 0, 0)
        return is_whole and self.share >= GOAL and self.growth_mib <= MOST_GROWTH_MIB


async def floor(calls: int) -> Row:
    """Make calls in slots, and do nothing else."""
    stand_in = StandIn()
    messenger, throttle = FakeMessenger(stand_in), Throttle(RATES, stand_in.clock)
    card = Card((), "5 papers for today")
    await asyncio.sleep(WARM_S)
    started, cpu = time.monotonic(), time.process_time()

    async def call(number: int) -> None:
        place = Place("discord", f"guild-{number}", "papers")
        async with throttle.turn(place, DeliveryKind.POST):
            await messenger.send(Delivery(str(number), place, DeliveryKind.POST, datetime.now(UTC)), card)

    await asyncio.gather(*(call(each) for each in range(calls)))
    spent = time.monotonic() - started, time.process_time() - cpu
    return row_of("floor: slots, and nothing else", calls, stand_in, spent)


def row_of(name: str, wanted: int, stand_in: StandIn, spent: tuple[float, float]) -> Row:
    """Return a row; `spent` is seconds on the clock, and of the processor."""
    delivered = len(stand_in.counts)
    doubled = stand_in.counts.total() - delivered
    return Row(name, wanted, delivered, doubled, stand_in.refusals, *spent)


async def bot(store: SqlStore, wanted: int, due_at: datetime) -> Row:
    """Let a dispatcher deliver what is owed. It has been running for a while when that is due."""
    stand_in = StandIn()
    lags_s: list[float] = []
    sizes: list[float] = []

    def delivered() -> None:
        lags_s.append((datetime.now(UTC) - due_at).total_seconds())
        if len(lags_s) in {max(1, wanted // 10), wanted}:
            sizes.append(rss_mib())

    spent = await deliver(store, FakeMessenger(stand_in, RATES), wanted, due_at, delivered)
    row = row_of("the bot, from claim to outcome", wanted, stand_in, spent)
    return replace(row, lags_s=lags_s, growth_mib=sizes[-1] - sizes[0])


def rss_mib() -> float:
    """Return the most memory that the process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- The table ------------------------------------------------------------------------


def cells(row: Row) -> Iterator[str]:
    yield row.name
    yield f"{row.delivered:,} of {row.wanted:,}"
    yield f"{row.doubled:,}"
    yield f"{row.refusals:,}"
    yield f"{row.took_s:,.1f}"
    yield f"{row.share:.1%}"
    yield f"{row.cpu_s / row.wanted * 1_000:.2f}"
    yield f"{percentile(row.lags_s, 50):.1f} / {row.lags_s[-1]:.1f}" if row.lags_s else ""
    yield f"{row.growth_mib:.1f}" if row.lags_s else ""


HEADING = (
    "50/s, 50-150 ms",
    "delivered",
    "doubled",
    "429",
    "s",
    "of the limit",
    "CPU ms each",
    "lag s p50 / last",
    "grew MiB",
)


async def run(deliveries: int, floor_calls: int, url: str) -> None:
    async with opened(url) as store:
        rows = [await floor(floor_calls)]
        due_at = datetime.now(UTC) + timedelta(seconds=2 * WARM_S) + deliveries * TO_OWE_ONE
        places = [Place("discord", f"guild-{each}", "papers") for each in range(deliveries)]
        await owe(store, places, due_at)
        rows.append(await bot(store, deliveries, due_at))
    show_table(HEADING, [list(cells(row)) for row in rows])
    kept = verdict(is_kept=rows[1].is_kept)
    print(f"goal: all delivered, zero 429, {GOAL:.0%} of the limit, memory flat: {kept}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Deliver to many servers in the same minute.")
    parser.add_argument("--deliveries", type=int, default=2_000)
    parser.add_argument("--floor", type=int, default=1_000, help="calls of the floor")
    parser.add_argument("--database", default="", help="an empty one; by default a fresh SQLite")
    asked = parser.parse_args()
    asyncio.run(run(asked.deliveries, asked.floor, asked.database))


if __name__ == "__main__":
    main()
