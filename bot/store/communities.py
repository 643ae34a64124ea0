"""Communities over a database: which servers vote together, and the codes by which they are joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store.engine import Statement, Unit
from bot.store.rows import micros, storable, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.store.engine import Engine

COMMUNITIES = "communities"
"""Who joins does so alone, so that nobody comes into a community that another one takes away."""

MEMBERS = "SELECT server, community FROM servers WHERE community <> ''"

# Let the server ?1 be in the community ?2, unless it is in one.
FOUND = """
INSERT INTO servers (server, community) VALUES (?1, ?2)
ON CONFLICT (server) DO UPDATE SET community = excluded.community WHERE servers.community = ''"""
KEEP = """
INSERT INTO communities (id, code, code_until)
SELECT servers.community, CAST(?2 AS TEXT), CAST(?3 AS BIGINT) FROM servers WHERE servers.server = ?1
ON CONFLICT (id) DO UPDATE SET code = excluded.code, code_until = excluded.code_until"""

# Let the server ?1 be in the community whose code ?2 is at ?3, unless it is in that one.
JOIN = """
INSERT INTO servers (server, community)
SELECT CAST(?1 AS TEXT), communities.id FROM communities
WHERE communities.code = ?2 AND communities.code_until > ?3
ON CONFLICT (server) DO UPDATE SET community = excluded.community
WHERE servers.community <> excluded.community"""
USE_UP = "UPDATE communities SET code = '', code_until = 0 WHERE code = ?1"

LEAVE = "UPDATE servers SET community = '' WHERE server = ?1 AND community <> ''"

# Delete communities that nobody is in any more.
SWEEP = """
DELETE FROM communities WHERE NOT EXISTS (SELECT 1 FROM servers WHERE servers.community = communities.id)"""


class SqlCommunities:
    """Satisfies `bot.ports.communities.CommunityStore` over any Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def members(self) -> Mapping[str, str]:
        """Return the community of each server that is in one."""
        return {text(server): text(community) for server, community in await self._engine.fetch(MEMBERS)}

    async def keep_code(self, server: str, community: str, code: str, until: datetime) -> None:
        """Keep the code of a server's community."""
        found, keep = (
            Statement(FOUND, [(server, community)]),
            Statement(KEEP, [(server, code, micros(until))]),
        )
        await self._engine.write(Unit((found, keep), COMMUNITIES))

    async def join(self, server: str, code: str, now: datetime) -> bool:
        """Move a server into the community of a code."""
        known = storable(code)
        moved = Statement(JOIN, [(server, known, micros(now))], needs=1)
        unit = Unit((moved, Statement(USE_UP, [(known,)]), Statement(SWEEP, [()])), COMMUNITIES)
        return (await self._engine.write(unit)).failed is None

    async def leave(self, server: str) -> None:
        """Take a server out of its community."""
        unit = Unit((Statement(LEAVE, [(server,)]), Statement(SWEEP, [()])), COMMUNITIES)
        await self._engine.write(unit)
