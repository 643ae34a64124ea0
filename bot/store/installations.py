"""Workspaces that installed the bot, and events that were dealt with, over a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.places import Identity
from bot.ports.installations import Installation
from bot.store.engine import Statement, Unit
from bot.store.rows import instant, instant_or_none, micros, micros_or_none, storable, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.store.engine import Engine
    from bot.store.sealing import Seal

MOST_FORGOTTEN = 1_000
"""Events that one call forgets; other writers wait for it."""

# Note an event, unless it is noted; forget up to ?2 of those whose time is over at ?1.
FIRST_SEEN = "INSERT INTO seen_events (id, until) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING"
FORGET_EVENTS = """
DELETE FROM seen_events WHERE id IN (
  SELECT id FROM seen_events WHERE until < ?1 ORDER BY until LIMIT ?2
)"""


# Keep an installation; read one, and name all; forget one.
KEEP = """
INSERT INTO installations (
  platform, team, bot_token, refresh_token, bot_user, scopes, expires_at, installed_by, installed_at
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (platform, enterprise, team) DO UPDATE SET
  bot_token = excluded.bot_token, refresh_token = excluded.refresh_token, bot_user = excluded.bot_user,
  scopes = excluded.scopes, expires_at = excluded.expires_at, installed_by = excluded.installed_by,
  installed_at = excluded.installed_at"""
INSTALLATION = """
SELECT bot_token, refresh_token, bot_user, scopes, expires_at, installed_by, installed_at
FROM installations WHERE platform = ?1 AND team = ?2"""
TEAMS = "SELECT team FROM installations WHERE platform = ?1 ORDER BY team"
REMOVE = "DELETE FROM installations WHERE platform = ?1 AND team = ?2"


class SqlInstallations:
    """Satisfies `bot.ports.installations.InstallationStore` over any Engine."""

    def __init__(self, engine: Engine, seal: Seal) -> None:
        self._engine = engine
        self._seal = seal

    async def keep_installation(self, installation: Installation) -> None:
        """Keep an installation, in the place of what was kept of its workspace."""
        row = (
            installation.platform,
            storable(installation.team),
            self._seal.sealed(installation.bot_token),
            self._seal.sealed(installation.refresh_token),
            storable(installation.bot_user),
            " ".join(installation.scopes),
            micros_or_none(installation.expires_at),
            installation.installed_by or "",
            micros(installation.installed_at),
        )
        await self._engine.write(Unit((Statement(KEEP, [row]),)))

    async def installation(self, platform: str, team: str) -> Installation | None:
        """Return the installation of a workspace; None where there is none."""
        rows = await self._engine.fetch(INSTALLATION, platform, storable(team))
        if not rows:
            return None
        token, refresh, user, scopes, expires_at, by, at = rows[0]
        return Installation(
            platform,
            team,
            self._seal.opened(text(token)),
            instant(at),
            Identity(text(by)) if by else None,
            text(user),
            tuple(text(scopes).split()),
            self._seal.opened(text(refresh)),
            instant_or_none(expires_at),
        )

    async def installed_teams(self, platform: str) -> Sequence[str]:
        """Return the workspaces that have an installation."""
        return [text(row[0]) for row in await self._engine.fetch(TEAMS, platform)]

    async def remove_installation(self, platform: str, team: str) -> bool:
        """Forget an installation, token and all."""
        row = platform, storable(team)
        return (await self._engine.write(Unit((Statement(REMOVE, [row]),)))).changed > 0


class SqlSeenEvents:
    """Satisfies `bot.ports.installations.SeenEvents` over any Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def first_seen(self, event: str, until: datetime) -> bool:
        """Note an event; False where it is noted already."""
        done = await self._engine.write(Unit((Statement(FIRST_SEEN, [(storable(event), micros(until))]),)))
        return done.changed > 0

    async def forget_events(self, now: datetime) -> int:
        """Forget events whose time is over, piece by piece."""
        row = micros(now), MOST_FORGOTTEN
        return (await self._engine.write(Unit((Statement(FORGET_EVENTS, [row]),)))).changed
