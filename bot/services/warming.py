"""The search index, read before anybody asks: with a hundred thousand papers that takes a minute."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.services.supervising import seen_alive

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.ports import Clock
    from bot.services.searching import Searching

AGAIN_EVERY = timedelta(minutes=10)
"""How often what the store has had since is taken in, so that no question waits for much."""

TICK = timedelta(seconds=15)


class Warmer:
    """Keeps the index of a process that answers questions. `run` is a loop for the supervisor."""

    def __init__(self, searching: Searching, clock: Clock) -> None:
        self._searching = searching
        self._clock = clock

    async def run(self, beat: Callable[[], None]) -> None:
        """Read, and read on, until cancelled.

        Raises:
            StoreError: the store failed.
        """
        while True:
            await seen_alive(self._searching.warm(), beat)
            for _ in range(AGAIN_EVERY // TICK):
                beat()
                await self._clock.sleep(TICK)
