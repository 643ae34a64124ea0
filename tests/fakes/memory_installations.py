"""Workspaces that installed the bot, and events that were dealt with, in plain dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.ports.installations import Installation
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


class MemoryInstallations:
    """Satisfies `bot.ports.installations.InstallationStore`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def keep_installation(self, installation: Installation) -> None:
        self._store.tables.installations[installation.platform, installation.team] = installation

    async def installation(self, platform: str, team: str) -> Installation | None:
        return self._store.tables.installations.get((platform, team))

    async def installed_teams(self, platform: str) -> Sequence[str]:
        return sorted(team for of, team in self._store.tables.installations if of == platform)

    async def remove_installation(self, platform: str, team: str) -> bool:
        return self._store.tables.installations.pop((platform, team), None) is not None
