"""The silence alarm: a fault of the service is told at `ADMIN_PLACE` once, and once when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.domain.deliveries import Delivery, DeliveryKind, delivery_key
from bot.domain.periods import feed_day, is_list_day
from bot.domain.text import ago, counted, day_and_time, long_day
from bot.log import logger
from bot.ports.delivery import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from bot.domain.places import Place
    from bot.ports import Clock, Store
    from bot.ports.delivery import Outbox, OutboxState
    from bot.services.supervising import Pulse

log = logger("alarms")

EVERY = timedelta(minutes=1)

OVERDUE = timedelta(minutes=15)
"""A delivery that waits for longer is a fault; a large fan-out takes a few minutes."""

DEAD_AFTER = timedelta(minutes=5)
"""A loop that has not been seen alive for so long hangs."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What there is to judge by, at one moment."""

    now: datetime
    silence_hour: int
    newest_list: date | None
    backlogs: Mapping[str, OutboxState]
    """By platform."""
    pulses: Mapping[str, Pulse]


def faults_in(picture: Picture) -> Iterator[Fault]:
    """Yield all that is wrong."""
    yield from list_fault(picture)
    for platform, backlog in picture.backlogs.items():
        yield from delivery_fault(platform, backlog, picture.now)
    for name, pulse in picture.pulses.items():
        yield from loop_fault(name, pulse, picture.now)


def list_fault(picture: Picture) -> Iterator[Fault]:
    """Yield a fault where a weekday's list has not come by the hour at which that is no news any more.

    It goes on until that list or a newer one is there: midnight and weekends mend nothing.
    """
    day = expected_list(picture.now, picture.silence_hour)
    if picture.newest_list is not None and picture.newest_list >= day:
        return
    due = datetime.combine(day, time(picture.silence_hour), picture.now.tzinfo)
    newest = f"the newest is of {long_day(picture.newest_list)}" if picture.newest_list else "there is none"
    yield Fault("list", due, f"No list has come for {long_day(day)} by {due:%H:%M} UTC; {newest}.")


def expected_list(now: datetime, silence_hour: int) -> date:
    """Return the newest day whose list should be there."""
    day = feed_day(now - timedelta(hours=silence_hour))
    while not is_list_day(day):
        day -= timedelta(days=1)
    return day


def delivery_fault(platform: str, backlog: OutboxState, now: datetime) -> Iterator[Fault]:
    """Yield a fault where a delivery is long overdue."""
    oldest = backlog.oldest_due
    if oldest is None or now - oldest < OVERDUE:
        return
    waiting = f"{counted(backlog.waiting, 'delivery', 'deliveries')} to {platform}"
    verb = "waits" if backlog.waiting == 1 else "wait"
    yield Fault(f"deliveries:{platform}", oldest, f"{waiting} {verb}, the oldest due {ago(now - oldest)}.")


def loop_fault(name: str, pulse: Pulse, now: datetime) -> Iterator[Fault]:
    """Yield a fault where a loop fails or hangs."""
    if pulse.failing_since is not None:
        why = f"The {name} fails and is started again and again: {pulse.why}"
        yield Fault(f"loop:{name}", pulse.failing_since, why if why.endswith(".") else f"{why}.")
    elif now - pulse.beat_at >= DEAD_AFTER:
        yield Fault(
            f"loop:{name}", pulse.beat_at, f"The {name} hangs: it was last alive {ago(now - pulse.beat_at)}."
        )


class Alarm:
    """One loop that compares what is wrong with what was told."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        clock: Clock,
        *,
        admin_place: Place | None,
        silence_hour: int,
        platforms: Sequence[str],
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._clock = clock
        self._admin_place = admin_place
        self._silence_hour = silence_hour
        self._platforms = platforms

    async def run(self, beat: Callable[[], None], pulses: Callable[[], Mapping[str, Pulse]]) -> None:
        """Watch until cancelled; not at once, as a start catches up with what was missed before it."""
        while True:
            beat()
            await self._clock.sleep(EVERY)
            beat()
            await self.step(pulses())

    async def step(self, pulses: Mapping[str, Pulse]) -> None:
        """Tell what is newly wrong, and what is over.

        What is noted is told again each time, under the same key, which the outbox takes once: so a stop
        between noting and telling loses no word.
        """
        picture = await self._picture(pulses)
        wrong = {fault.name: fault for fault in faults_in(picture)}
        for fault in wrong.values():
            if await self._outbox.open_fault(fault):
                log.warning("fault", name=fault.name, since=fault.since, why=fault.why)
        for noted in await self._outbox.faults():
            if noted.name in wrong:
                await self._tell(noted, "begun", noted.why)
            elif is_ours(noted.name, picture):
                await self._end(noted, picture.now)

    async def _end(self, noted: Fault, now: datetime) -> None:
        """Tell that a fault is over, and forget it."""
        await self._tell(noted, "over", f"That is over. Since {day_and_time(noted.since, now)}: {noted.why}")
        if await self._outbox.close_fault(noted.name):
            log.info("fault is over", name=noted.name, since=noted.since)

    async def _picture(self, pulses: Mapping[str, Pulse]) -> Picture:
        now = self._clock.now()
        newest = await self._store.last_feed(feed_day(now))
        backlogs = {platform: await self._outbox.backlog(platform, now) for platform in self._platforms}
        return Picture(now, self._silence_hour, newest.day if newest else None, backlogs, pulses)

    async def _tell(self, fault: Fault, phase: str, text: str) -> None:
        """Owe the operator's place a message; its key holds it to one, whoever notices the fault."""
        if self._admin_place is None:
            return
        subject = f"{fault.name}@{fault.since.isoformat()}@{phase}"
        key = delivery_key(self._admin_place, subject, DeliveryKind.NOTICE)
        now = self._clock.now()
        await self._outbox.put(
            [Delivery(key, self._admin_place, DeliveryKind.NOTICE, now, text=text, silent=False)]
        )


def is_ours(name: str, picture: Picture) -> bool:
    """Tell whether this process can judge a fault: each sees its own loops and platforms alone."""
    kind, _, which = name.partition(":")
    known = {"list": {""}, "deliveries": set(picture.backlogs), "loop": set(picture.pulses)}
    return which in known.get(kind, set())
