"""Editions that are owed to many places at one moment, and what delivers them: for all fan-outs alike."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bot.domain.deliveries import Delivery, DeliveryKind, DeliveryState, delivery_key
from bot.domain.editions import Chosen, Edition, EditionKind
from bot.domain.papers import Feed
from bot.domain.subscriptions import Standing, Subscription
from bot.ports import RecordFeed
from bot.ports.delivery import Caps, Change, Planned, Saved
from bot.sample.source import SampleSource
from bot.services.dispatching import Dispatcher
from bot.sources.daily import feed_of
from bot.store import migrate, open_store
from bot.wiring import SystemClock
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from bot.domain.deliveries import Settled
    from bot.domain.papers import PaperId
    from bot.domain.places import Place
    from bot.ports.delivery import Messenger
    from bot.store.sql_store import SqlStore

TO_OWE_ONE = timedelta(milliseconds=2)

SAMPLE_DAY = date(2026, 4, 24)
PAPERS = 5
AT_ONCE = 500
"""Subscriptions that are written in one go."""

MANY = Caps(server=10**6)


async def owe(store: SqlStore, places: Sequence[Place], due_at: datetime) -> None:
    """Let each place be owed an edition of five real papers."""
    papers = await sample(store)
    for start in range(0, len(places), AT_ONCE):
        wishes = [
            Subscription(str(place), place, (time_of_day(9),), "UTC")
            for place in places[start : start + AT_ONCE]
        ]
        standings = [Standing(wish, due_at) for wish in wishes]
        saved = await store.delivery.change([Change(None, each) for each in standings], MANY, None)
        assert saved is Saved.DONE
        assert all(await store.delivery.plan([planned_of(each, papers, due_at) for each in standings]))


async def sample(store: SqlStore) -> list[PaperId]:
    """Store the newest list of the bundled sample; return its best papers."""
    feed = await SampleSource(FakeClock(), feed_of).feed(SAMPLE_DAY)
    assert isinstance(feed, Feed)
    await store.write(RecordFeed(feed))
    best = sorted(feed.entries, key=lambda entry: -entry.upvotes)
    return [entry.paper.id for entry in best[:PAPERS]]


def planned_of(standing: Standing, papers: Sequence[PaperId], at: datetime) -> Planned:
    """Plan the firing of a subscription."""
    wish = standing.subscription
    key = f"{wish.id}@{at:%Y-%m-%dT%H:%M}"
    edition = Edition(
        key, EditionKind.SCHEDULED, wish.place, wish.id, at, at.date(), at.time(), at, "Papers · today",
        tuple(Chosen(paper) for paper in papers), ("The top 5 of 15 listed so far",), "Weekdays 09:00",
    )  # fmt: skip
    post = delivery_key(wish.place, key, DeliveryKind.POST)
    return Planned(
        standing, standing, edition, (Delivery(post, wish.place, DeliveryKind.POST, at, edition=key),)
    )


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[SqlStore]:
    """Open the store to fill: the one that is named, else a fresh SQLite."""
    with TemporaryDirectory(prefix="papers-fanout-") as folder:
        address = url or f"sqlite:///{Path(folder) / 'papers.db'}"
        await migrate(address)
        store = await open_store(address)
        try:
            yield store
        finally:
            await store.close()


def ignore() -> None:
    """Listen to nothing."""


async def deliver(
    store: SqlStore,
    messenger: Messenger,
    wanted: int,
    due_at: datetime,
    delivered: Callable[[], None] = ignore,
) -> tuple[float, float]:
    """Deliver what is owed, by a dispatcher that has been running for a while when that is due.

    `delivered` hears of each. Return the seconds that it took, on the clock and of the processor.
    """
    done, left = asyncio.Event(), wanted

    def hear(_delivery: Delivery, settled: Settled, _at: datetime) -> None:
        nonlocal left
        assert settled.state is DeliveryState.DONE, settled
        delivered()
        left -= 1
        if not left:
            done.set()

    dispatcher = Dispatcher(
        store.delivery,
        store,
        messenger,
        SystemClock(),
        random=Random(1),
        holder="benchmark",
        is_alone=True,
        heard=hear,
    )
    running = asyncio.create_task(dispatcher.run(lambda: None))
    await asyncio.sleep(max(0.0, (due_at - datetime.now(UTC)).total_seconds()))
    cpu = time.process_time()
    await done.wait()
    took = (datetime.now(UTC) - due_at).total_seconds(), time.process_time() - cpu
    await dispatcher.stop()
    await running
    return took
