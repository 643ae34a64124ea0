"""Events that were dealt with, in a plain dict."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tests.fakes.memory_store import MemoryStore


class MemorySeenEvents:
    """Satisfies `bot.ports.installations.SeenEvents`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def first_seen(self, event: str, until: datetime) -> bool:
        seen = self._store.tables.seen_events
        return seen.setdefault(event, until) is until

    async def forget_events(self, now: datetime) -> int:
        seen = self._store.tables.seen_events
        old = [event for event, until in seen.items() if until < now]
        for event in old:
            del seen[event]
        return len(old)
