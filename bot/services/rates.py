"""How fast a platform is asked: slots that are taken before each call, so that it need not say no.

A slot is free again one period after its *answer*. The platform saw the call before it answered, so no window
of that length ever holds more calls than there are slots, however long answers take. (Tried against pacing
and token buckets in strict windows: those take 429s.) Waits are of the monotonic clock: one that is set moves
no rate.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from bot.domain.deliveries import DeliveryKind, Reach

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.domain.deliveries import Rate, Rates, Throttled
    from bot.domain.places import Place
    from bot.ports import Clock

FIND = "find"
"""The call that looks a message up; the others are named by the kind of delivery."""

UNKNOWN_SPAN = timedelta(minutes=1)
"""What was asked in so long a time before the start is not known: limits begin full."""

LOOKED_AGAIN = timedelta(seconds=0.2)
"""How often who takes only what others leave looks whether something is left."""

FORGET_EVERY = timedelta(seconds=10)

POSTING = (DeliveryKind.POST, DeliveryKind.THREAD, DeliveryKind.REPLY, DeliveryKind.NOTICE)
"""The kinds that are one call to a platform, unless it has a limit for one of them alone."""


@dataclass(slots=True)
class Turn:
    """The right to make one call. `is_spared` is set where the call was not made after all."""

    is_spared: bool = False


class Bucket:
    """One limit: so many slots, where it has any (`rate`), and until when the platform has closed it.

    Who comes first is served first. `used_until` (monotonic seconds) is when the slots are free at first.
    Calls begin at least `apart` from each other.
    """

    def __init__(
        self, rate: Rate | None, clock: Clock, used_until: float, apart: timedelta = timedelta(0)
    ) -> None:
        self._clock = clock
        self._apart_s = apart.total_seconds()
        self._begins_at = 0.0
        self._per_s = rate.per.total_seconds() if rate else 0.0
        self._share_s = self._per_s / rate.calls if rate else 0.0
        self._free: list[float] | None = [used_until] * rate.calls if rate else None
        self._half = rate.calls / 2 if rate else 0
        self._queue: deque[asyncio.Future[float]] = deque()
        self._open_at = 0.0
        self._users = 0

    @property
    def is_idle(self) -> bool:
        """Whether a new bucket would be no different from this one."""
        is_unused = self._users == 0 and self.closed_s() <= 0
        return is_unused and max(self._free or [0.0]) <= self._clock.monotonic()

    @property
    def is_half_free(self) -> bool:
        """Whether nobody waits, and a call that came now would leave half of the slots to others."""
        now = self._clock.monotonic()
        free = sum(free_at <= now for free_at in self._free or ())
        return not self._queue and self.closed_s() <= 0 and free >= self._half

    def fill(self) -> None:
        """Take every slot for used just now, as far as that is to be heeded."""
        if self._free is not None:
            until = self._clock.monotonic() + min(UNKNOWN_SPAN.total_seconds(), self._per_s)
            self._free = [max(free_at, until) for free_at in self._free]

    def closed_s(self) -> float:
        """Return for how many seconds the platform has closed it, from now; 0 where it is open."""
        return max(0.0, self._open_at - self._clock.monotonic())

    def wait_s(self) -> float:
        """Return about how long a call that came now would wait: while it is closed, or for a slot."""
        behind_s = (len(self._queue) + 1) * self._share_s
        until_free_s = self._free[0] - self._clock.monotonic() if self._free else behind_s
        return max(0.0, until_free_s, self.closed_s())

    def close(self, for_s: float) -> None:
        """Let no call begin for so many seconds from now."""
        self._open_at = max(self._open_at, self._clock.monotonic() + for_s)

    @asynccontextmanager
    async def slot(self, turn: Turn) -> AsyncIterator[None]:
        """Wait until a call may begin; the slot goes back when it was answered, or spared."""
        self._users += 1
        try:
            free_at = await self._take()
            try:
                await self._wait_until(free_at)
                await self._wait_until(self._next_begin())
                while self.closed_s() > 0:
                    await self._wait_until(self._open_at)
                    await self._wait_until(self._next_begin())
            except BaseException:
                self._give(free_at)
                raise
            try:
                yield
            finally:
                self._give(free_at if turn.is_spared else self._clock.monotonic() + self._per_s)
        finally:
            self._users -= 1

    def _next_begin(self) -> float:
        """Return when the next call may begin, apart from the last, and count it as begun then."""
        begins_at = max(self._clock.monotonic(), self._begins_at)
        self._begins_at = begins_at + self._apart_s
        return begins_at

    async def _take(self) -> float:
        """Take the slot that is free first, and return when that is."""
        if self._free is None:
            return 0.0
        if self._free:
            return heapq.heappop(self._free)
        promise: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._queue.append(promise)
        try:
            return await promise
        except asyncio.CancelledError:
            if promise.done() and not promise.cancelled():
                self._give(promise.result())
            raise

    def _give(self, free_at: float) -> None:
        """Give a slot to who waits for one, else back."""
        if self._free is None:
            return
        while self._queue:
            promise = self._queue.popleft()
            if not promise.done():
                promise.set_result(free_at)
                return
        heapq.heappush(self._free, free_at)

    async def _wait_until(self, moment: float) -> None:
        while (left_s := moment - self._clock.monotonic()) > 0:
            # Rounded up: a delay has microseconds, and none at all would make no time pass.
            await self._clock.sleep(timedelta(microseconds=ceil(left_s * 1_000_000)))


Key = tuple[str, ...]
"""Names a bucket: platform `()`, server, place, or a call in one of them."""


class Throttle:
    """All limits of one platform together; a call needs a slot of each that it falls under.

    Memory does not grow with places: a bucket that is idle is forgotten.
    """

    def __init__(self, rates: Rates, clock: Clock) -> None:
        self._rates = rates
        self._clock = clock
        self._started = clock.monotonic()
        self._forgot_at = self._started
        self._buckets: dict[Key, Bucket] = {}

    def __len__(self) -> int:
        """Return how many buckets are remembered."""
        return len(self._buckets)

    def begin(self) -> None:
        """Begin with full limits, as another process may have called until a moment ago."""
        self._started = self._clock.monotonic()
        for bucket in self._buckets.values():
            bucket.fill()

    @asynccontextmanager
    async def turn(self, place: Place, call: str) -> AsyncIterator[Turn]:
        """Wait for a slot of each limit, the narrowest first, so that who waits long holds up no other."""
        self._forget_idle()
        turn = Turn()
        async with AsyncExitStack() as slots:
            for key, rate in self._limits(place, call):
                if rate is not None or key in self._buckets:
                    await slots.enter_async_context(self._bucket(key, rate).slot(turn))
            yield turn

    @asynccontextmanager
    async def left_over(self) -> AsyncIterator[None]:
        """Wait for a slot of the platform that nobody else wants, for calls that can wait."""
        bucket = self._bucket((), self._rates.platform)
        while not bucket.is_half_free:
            await self._clock.sleep(LOOKED_AGAIN)
        async with bucket.slot(Turn()):
            yield

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        """Wait for a slot of the platform among all who wait, for a call that is no delivery."""
        async with self._bucket((), self._rates.platform).slot(Turn()):
            yield

    def wait_for(self, place: Place, call: str) -> timedelta:
        """Return about how long a call that came now would wait."""
        return timedelta(seconds=max(bucket.wait_s() for bucket in self._known(place, call)))

    def closed_for(self, place: Place, call: str) -> timedelta:
        """Return for how long the platform lets nobody call."""
        return timedelta(seconds=max(bucket.closed_s() for bucket in self._known(place, call)))

    def platform_closed_for(self) -> timedelta:
        """Return for how long the platform lets nobody call anywhere."""
        return timedelta(seconds=self._bucket((), self._rates.platform).closed_s())

    def obey(self, place: Place, call: str, told: Throttled) -> None:
        """Close what the platform has closed, and nothing else."""
        limits = self._limits(place, call)
        key, rate = {Reach.CALL: limits[0], Reach.SERVER: limits[-2], Reach.PLATFORM: limits[-1]}[told.reach]
        self._bucket(key, rate).close(told.retry_after.total_seconds())

    def _limits(self, place: Place, call: str) -> list[tuple[Key, Rate | None]]:
        """Return what a call falls under, the narrowest first; server and platform come last."""
        wide: list[tuple[Key, Rate | None]] = [
            ((place.server_key,), self._rates.server),
            ((), self._rates.platform),
        ]
        if call == FIND:
            return [((place.server_key, FIND), self._rates.finds), *wide]
        kind = self._kind(DeliveryKind(call))
        own = (str(place), kind.value), self._rates.kinds.get(kind)
        return [own, ((str(place), ""), self._rates.place), *wide]

    def _kind(self, kind: DeliveryKind) -> DeliveryKind:
        """Return the kind whose limit counts for a kind."""
        return DeliveryKind.POST if kind in POSTING and kind not in self._rates.kinds else kind

    def _known(self, place: Place, call: str) -> Iterator[Bucket]:
        """Yield the buckets that there are for a call; that of the platform always."""
        yield self._bucket((), self._rates.platform)
        for key, rate in self._limits(place, call):
            if rate is not None or key in self._buckets:
                yield self._bucket(key, rate)

    def _bucket(self, key: Key, rate: Rate | None) -> Bucket:
        if key not in self._buckets:
            unknown = min(UNKNOWN_SPAN, rate.per) if rate else timedelta(0)
            apart = timedelta(0) if key else self._rates.apart
            self._buckets[key] = Bucket(rate, self._clock, self._started + unknown.total_seconds(), apart)
        return self._buckets[key]

    def _forget_idle(self) -> None:
        """Forget, once in a while, the buckets that are as new."""
        now = self._clock.monotonic()
        if now - self._forgot_at >= FORGET_EVERY.total_seconds():
            self._forgot_at = now
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_idle}
