"""An event loop whose time passes at once: it leaps to the next timer as soon as nothing can run any more.

Whatever waits for time (clocks, `asyncio.timeout`) is tested with it as it runs; hours cost milliseconds.
A real database answers in real time, so time stands still while `busy` says that one is being asked.
"""

from __future__ import annotations

import asyncio
import selectors
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from tests.fakes.clock import START

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from typing import Any

Result = TypeVar("Result")

STUCK_S = 20.0
"""So long (real seconds) a loop without any timer waits for a file or a thread."""


class LeapingSelector(selectors.DefaultSelector):
    """Reports what is ready; where nothing is, lets the time until the next timer pass at once."""

    def __init__(self) -> None:
        super().__init__()
        self.elapsed_s = 0.0
        self.busy = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if self.busy or timeout is None:
            ready = super().select(STUCK_S)
            assert ready, "nothing runs, and nothing will"
            return ready
        self.elapsed_s += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that never waits, unless it is `busy`."""

    def __init__(self) -> None:
        self._leaps = LeapingSelector()
        super().__init__(self._leaps)

    def time(self) -> float:
        return self._leaps.elapsed_s

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Let no time pass meanwhile: somebody is asked who answers in real time."""
        self._leaps.busy += 1
        try:
            yield
        finally:
            self._leaps.busy -= 1


class VirtualClock:
    """Satisfies `bot.ports.Clock` on a VirtualLoop. The time of day can be set, the elapsed time cannot."""

    def __init__(self, loop: VirtualLoop, start: datetime = START) -> None:
        self._loop = loop
        self._start = start

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._loop.time())

    def monotonic(self) -> float:
        return self._loop.time()

    async def sleep(self, delay: timedelta) -> None:
        await asyncio.sleep(delay.total_seconds())

    def leap(self, by: timedelta) -> None:
        """Set the time of day forwards, or back; nobody has waited meanwhile."""
        self._start += by


def virtually(main: Callable[[VirtualClock], Coroutine[Any, Any, Result]]) -> Result:
    """Run a coroutine to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        return runner.run(main(VirtualClock(loop)))
