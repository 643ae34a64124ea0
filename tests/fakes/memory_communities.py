"""Servers that vote together, in plain dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tests.fakes.memory_store import MemoryStore


class MemoryCommunities:
    """Satisfies `bot.ports.communities.CommunityStore`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def members(self) -> Mapping[str, str]:
        return dict(self._store.tables.members)

    async def keep_code(self, server: str, community: str, code: str, until: datetime) -> None:
        tables = self._store.tables
        tables.community_codes[tables.members.setdefault(server, community)] = code, until

    async def join(self, server: str, code: str, now: datetime) -> bool:
        tables = self._store.tables
        found = [
            each for each, known in tables.community_codes.items() if known[0] == code and known[1] > now
        ]
        if not found or tables.members.get(server) == found[0]:
            return False
        tables.members[server] = found[0]
        del tables.community_codes[found[0]]
        self._sweep()
        return True

    async def leave(self, server: str) -> None:
        self._store.tables.members.pop(server, None)
        self._sweep()

    def _sweep(self) -> None:
        tables = self._store.tables
        for gone in tables.community_codes.keys() - set(tables.members.values()):
            del tables.community_codes[gone]
