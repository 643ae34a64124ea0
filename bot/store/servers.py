"""Servers and workspaces over a database: where the bot is, and what goes when it has been removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.places import parse_place
from bot.store.engine import Statement, Unit
from bot.store.lists import AFTER_SLASH
from bot.store.rows import batches, marks, micros, storable, text

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from bot.store.engine import Engine

MOST_FORGOTTEN = 1_000
"""Rows of each table that one call forgets; other writers wait for it."""

# Keep a small text, and read it again.
REMEMBER = """
INSERT INTO remembered (name, value) VALUES (?1, ?2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE remembered.value <> excluded.value"""
REMEMBERED = "SELECT value FROM remembered WHERE name = ?1"

# The places of a platform, whose texts lie between ?1 and ?2, that something is posted to, or that have ways.
PLACES = """
SELECT place FROM subscriptions WHERE place > ?1 AND place < ?2
UNION SELECT place FROM places WHERE place > ?1 AND place < ?2"""
LEFT = "SELECT server FROM servers WHERE left_at IS NOT NULL AND server > ?1 AND server < ?2"

# Note that a server was left, and that the bot is on some.
NOTE_LEFT = """
INSERT INTO servers (server, left_at) VALUES (?1, ?2)
ON CONFLICT (server) DO UPDATE SET left_at = coalesce(servers.left_at, excluded.left_at)"""
NOTE_PRESENT = "UPDATE servers SET left_at = NULL WHERE left_at IS NOT NULL AND server IN"

# A server that was left before ?1.
LEFT_BEFORE = "SELECT server FROM servers WHERE left_at < ?1 ORDER BY left_at, server LIMIT 1"

KEYS = {
    "subscriptions": ("id",),
    "undos": ("token",),
    "deliveries": ("key",),
    "editions": ("key",),
    "had": ("place", "paper"),
    "ballots": ("message", "number"),
    "acts": ("paper", "identity", "place", "message", "means"),
    "dislikes": ("identity", "paper", "message"),
    "submissions": ("place", "paper"),
    "hides": ("place", "paper"),
    "last_lists": ("place", "identity", "public"),
    "places": ("place",),
}
"""The key of each table that has something of a place; subscriptions first, so that nothing new is owed."""

STILL_LEFT = "EXISTS (SELECT 1 FROM servers WHERE server = ?1 AND left_at < ?2)"
"""Whether the server ?1 is still one that was left before ?2: who comes back meanwhile keeps the rest."""

FORGET_SERVER = "DELETE FROM servers WHERE server = ?1 AND left_at < ?2"


def forgetting(table: str) -> str:
    """Forget up to ?5 rows of a table that are of places between ?3 and ?4."""
    key = ", ".join(KEYS[table])
    return f"""
DELETE FROM {table} WHERE ({key}) IN (
  SELECT {key} FROM {table} WHERE place > ?3 AND place < ?4 AND {STILL_LEFT} LIMIT ?5
)"""


class SqlServers:
    """Satisfies `bot.ports.servers.Remembering` and `ServerStore` over any Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def remember(self, name: str, value: str) -> None:
        """Keep a value in the place of what was kept under its name."""
        await self._engine.write(Unit((Statement(REMEMBER, [(storable(name), storable(value))]),)))

    async def remembered_value(self, name: str) -> str | None:
        """Return what is kept under a name."""
        rows = await self._engine.fetch(REMEMBERED, name)
        return text(rows[0][0]) if rows else None

    async def known_servers(self, platform: str) -> Collection[str]:
        """Return the servers of a platform of which something is kept, but for those that were left."""
        span = f"{platform}:", f"{platform};"
        places = [parse_place(text(row[0])) for row in await self._engine.fetch(PLACES, *span)]
        left = {text(row[0]) for row in await self._engine.fetch(LEFT, *span)}
        return {place.server_key for place in places if place} - left

    async def note_left(self, server: str, at: datetime) -> None:
        """Note that the bot is on a server no more."""
        await self._engine.write(Unit((Statement(NOTE_LEFT, [(server, micros(at))]),)))

    async def note_present(self, servers: Collection[str]) -> None:
        """Note that the bot is on these servers."""
        for some in batches(sorted(servers)):
            sql = f"{NOTE_PRESENT} ({marks(len(some))})"
            await self._engine.write(Unit((Statement(sql, [some]),)))

    async def forget_left(self, before: datetime) -> int:
        """Forget all that is kept of servers that were left before an instant, piece by piece."""
        rows = await self._engine.fetch(LEFT_BEFORE, micros(before))
        if not rows:
            return 0
        server, is_left = text(rows[0][0]), (rows[0][0], micros(before))
        row = *is_left, f"{server}/", f"{server}{AFTER_SLASH}", MOST_FORGOTTEN
        unit = Unit(tuple(Statement(forgetting(table), [row]) for table in KEYS))
        if gone := (await self._engine.write(unit)).changed:
            return gone
        return (await self._engine.write(Unit((Statement(FORGET_SERVER, [is_left]),)))).changed
