"""Servers that the bot is on, or was, in plain dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.places import Place, PlaceProfile
from bot.domain.subscriptions import Subscription

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from tests.fakes.memory_store import MemoryStore


class MemoryServers:
    """Satisfies `bot.ports.servers.Remembering` and `ServerStore`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def remember(self, name: str, value: str) -> None:
        self._store.tables.remembered[name] = value

    async def remembered_value(self, name: str) -> str | None:
        return self._store.tables.remembered.get(name)

    async def known_servers(self, platform: str) -> Collection[str]:
        records = self._store.tables.records.values()
        places = {each.place for each in records if isinstance(each, (Subscription, PlaceProfile))}
        known = {place.server_key for place in places if place.platform == platform}
        return known - set(self._store.tables.left)

    async def note_left(self, server: str, at: datetime) -> None:
        self._store.tables.left.setdefault(server, at)

    async def note_present(self, servers: Collection[str]) -> None:
        for server in servers:
            self._store.tables.left.pop(server, None)

    async def forget_left(self, before: datetime) -> int:
        tables = self._store.tables
        old = [server for server, at in tables.left.items() if at < before]
        if not old:
            return 0
        draft = tables.copy()
        for server in old:
            del draft.left[server]
            draft.members.pop(server, None)
        for table in (draft.records, draft.undos, draft.editions, draft.deliveries, draft.ballots):
            drop(table, old)
        for by_place in (draft.shown, draft.hides, draft.shown_by):
            drop(by_place, old)
        ids = {each.id for each in draft.records.values() if isinstance(each, Subscription)}
        for of_id in (draft.marks, draft.broken, draft.aside):
            for gone in of_id.keys() - ids:
                del of_id[gone]
        self._store.tables = draft
        return tables.changes(draft)


def drop(table: dict[Any, Any], servers: Collection[str]) -> None:
    """Drop the rows that are of a place on one of the servers."""
    for key, row in list(table.items()):
        if (place := place_of(key, row)) and place.server_key in servers:
            del table[key]


def place_of(key: Any, row: Any) -> Place | None:
    """Return the place that a row is of, which stands in its key or in itself."""
    if isinstance(key, tuple) and isinstance(key[0], Place):
        return key[0]
    found = getattr(getattr(row, "delivery", row), "place", None)
    return found if isinstance(found, Place) else None
