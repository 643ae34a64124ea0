"""The fetcher: keeps the store current, politely, for as long as the service runs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

from bot.domain.periods import feed_day, is_list_day
from bot.errors import StoreError
from bot.log import logger
from bot.ports import SourceFault, ThinSightings
from bot.services.supervising import seen_alive

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date, datetime

    from bot.ports import Clock, Store
    from bot.services.ingest import Ingesting

log = logger("fetcher")

CURRENT_LISTS = 2
"""The newest lists that are fetched each time: a list grows for a day and more."""

HISTORY = timedelta(days=30)
"""How far back a fresh store is filled."""

WHILE_FILLING = timedelta(seconds=10)
WHILE_GROWING = timedelta(minutes=5)
USUALLY = timedelta(minutes=15)
ON_WEEKENDS = timedelta(hours=1)
WHILE_FAILING = timedelta(minutes=5)

STILL_GROWING = timedelta(hours=1)
"""How long after a change a list counts as growing."""

THIN_EVERY = timedelta(days=1)

TICK = timedelta(minutes=1)
"""How often it is seen alive while it waits."""

SOURCE, ARCHIVE, STORE = "source", "archive", "store"
"""What may fail, each told by itself: one that is well says nothing of the others."""


@dataclass(slots=True)
class Progress:
    """What one fetcher knows of its own doing."""

    changed_at: datetime | None = None
    fetched_at: datetime | None = None
    thinned_at: datetime | None = None
    failing: set[str] = field(default_factory=set)
    """What fails now."""
    refused: set[date] = field(default_factory=set)
    """Days of the history whose list made no sense; they are asked for again a day later."""
    is_filling: bool = True


def list_days(until: date, count: int) -> list[date]:
    """Return the newest days up to `until` on which a list is expected, newest first."""
    span = (until - timedelta(days=ago) for ago in range(count * 2 + 2))
    return [day for day in span if is_list_day(day)][:count]


def first_missing(today: date, known: Collection[date]) -> date | None:
    """Return the newest day of the history whose list is expected and not recorded; None if there is none."""
    days = (today - timedelta(days=ago) for ago in range(1, HISTORY.days + 1))
    return next((day for day in days if is_list_day(day) and day not in known), None)


def next_delay(progress: Progress, now: datetime) -> timedelta:
    """Return how long to wait before the source is asked again."""
    if progress.failing & {SOURCE, STORE}:
        return WHILE_FAILING
    if progress.is_filling:
        return WHILE_FILLING
    if progress.changed_at is not None and now - progress.changed_at < STILL_GROWING:
        return WHILE_GROWING
    return USUALLY if is_list_day(feed_day(now)) else ON_WEEKENDS


class Fetcher:
    """One loop over the sources. At most one runs on a store at a time."""

    def __init__(self, store: Store, ingesting: Ingesting, clock: Clock) -> None:
        self._store = store
        self._ingesting = ingesting
        self._clock = clock
        self._progress = Progress()
        self.has_looked = asyncio.Event()
        """Set once the newest lists are stored, or the source has failed to tell them."""

    async def run(self, beat: Callable[[], None]) -> NoReturn:
        """Fetch until cancelled. A store that fails is tried again: it may be a restart or a full disk."""
        while True:
            try:
                # A source may keep it waiting for minutes: until its next window, and at each try.
                await seen_alive(self.step(), beat)
                self._note(STORE, "")
            except StoreError as fault:
                self._note(STORE, str(fault))
            await self._pause(next_delay(self._progress, self._clock.now()), beat)

    async def _pause(self, delay: timedelta, beat: Callable[[], None]) -> None:
        """Wait for the next time, and be seen alive meanwhile."""
        while delay > timedelta(0):
            beat()
            await self._clock.sleep(min(delay, TICK))
            delay -= TICK

    async def step(self) -> None:
        """Do what is due now: the current lists, one list of the history, details from arXiv, thinning."""
        now = self._clock.now()
        if not self._is_fresh(now):
            await self._fetch_current(now)
        if SOURCE not in self._progress.failing:
            await self._fill(now)
        await self._thin(now)

    def _is_fresh(self, now: datetime) -> bool:
        """Tell whether the current lists were fetched a moment ago, while the history is being filled."""
        fetched_at = self._progress.fetched_at
        return self._progress.is_filling and fetched_at is not None and now - fetched_at < WHILE_GROWING

    async def _fetch_current(self, now: datetime) -> None:
        """Fetch the newest lists, the older one first."""
        fault: SourceFault | None = None
        for day in reversed(list_days(feed_day(now), CURRENT_LISTS)):
            fault = await self._fetch(day) or fault
            if fault and not fault.answered:
                break
        self._note(SOURCE, str(fault or ""))
        if fault is None:
            self._progress.fetched_at = now
        self.has_looked.set()

    async def _fill(self, now: datetime) -> None:
        """Fetch one day that is missing in the history, or complete some papers, one request a time."""
        today = feed_day(now)
        known = {*await self._store.listed_days(today - HISTORY, today), *self._progress.refused}
        missing = first_missing(today, known)
        if missing is None:
            await self._complete()
            return
        fault = await self._fetch(missing)
        self._progress.is_filling = True
        if fault is None:
            return
        if fault.answered:
            self._progress.refused.add(missing)
            log.warning("list left out", day=str(missing), why=str(fault))
        else:
            self._note(SOURCE, str(fault))

    async def _complete(self) -> None:
        """Complete some papers from arXiv."""
        completed = await self._ingesting.enrich()
        fault = completed if isinstance(completed, SourceFault) else None
        self._note(ARCHIVE, str(fault or ""))
        self._progress.is_filling = isinstance(completed, int) and completed > 0

    async def _fetch(self, day: date) -> SourceFault | None:
        """Fetch one list, and note whether it changed."""
        taken = await self._ingesting.fetch_day(day)
        if isinstance(taken, SourceFault):
            return taken
        if taken.changed:
            self._progress.changed_at = self._clock.now()
            log.info("list changed", day=str(day), papers=taken.papers)
        return None

    def _note(self, what: str, why: str) -> None:
        """Say once that something fails, and once that it is well again."""
        failing = self._progress.failing
        if why and what not in failing:
            failing.add(what)
            log.warning("fails", what=what, why=why)
        elif what in failing and not why:
            failing.remove(what)
            log.info("well again", what=what)

    async def _thin(self, now: datetime) -> None:
        """Thin old sightings once a day."""
        if self._progress.thinned_at is None or now - self._progress.thinned_at >= THIN_EVERY:
            await self._store.write(ThinSightings(now))
            self._progress.thinned_at = now
            self._progress.refused.clear()
