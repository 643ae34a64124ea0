"""Virtual time with real sockets: what is tested over a stand-in's HTTP runs through hours in seconds."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.fakes.virtual_time import LeapingSelector, VirtualClock, VirtualLoop

if TYPE_CHECKING:
    import selectors
    from collections.abc import Callable, Coroutine
    from typing import Any

LEAST = timedelta(microseconds=1)
"""The least that a clock can tell."""

SETTLED_S = 0.001
"""So long (real seconds) nothing must come in before time leaps: what was sent is there by then."""


class PatientSelector(LeapingSelector):
    """Lets time leap as its base does, but only after sockets have been quiet for a moment."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout > 0:
            elapsed_s = self.elapsed_s
            ready = self._quietly(SETTLED_S)
            if ready:
                self.elapsed_s = elapsed_s
                return ready
        return super().select(timeout)

    def _quietly(self, timeout_s: float) -> list[tuple[selectors.SelectorKey, int]]:
        # The base's own way of waiting in real time.
        self.busy += 1
        try:
            return super(LeapingSelector, self).select(timeout_s)
        finally:
            self.busy -= 1


class SocketLoop(VirtualLoop):
    """An event loop in virtual time whose sockets are real."""

    def __init__(self) -> None:
        self._leaps = PatientSelector()
        asyncio.SelectorEventLoop.__init__(self, self._leaps)


class SocketClock(VirtualClock):
    """The clock of a SocketLoop; it moves with each sleep, if only by the least that it can tell."""

    async def sleep(self, delay: timedelta) -> None:
        await super().sleep(max(delay, LEAST))


def run_with_sockets(told: Callable[[SocketClock], Coroutine[Any, Any, None]]) -> None:
    """Run a story in virtual time, with real sockets."""
    with asyncio.Runner(loop_factory=SocketLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, SocketLoop)
        runner.run(told(SocketClock(loop)))
