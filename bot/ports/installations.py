"""What adapters keep of workspaces that installed the bot, and of events that were dealt with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.places import Identity


class SeenEvents(Protocol):
    """Which events of platforms were dealt with, by whichever process."""

    async def first_seen(self, event: str, until: datetime) -> bool:
        """Note an event, to be known until an instant; False where it is noted already."""

    async def forget_events(self, now: datetime) -> int:
        """Forget events whose time is over, piece by piece; return how many went, 0 when all have."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A workspace that installed the bot, and the token that it gave for that."""

    platform: str
    team: str
    bot_token: str = field(repr=False)
    installed_at: datetime
    installed_by: Identity | None = None
    bot_user: str = ""
    scopes: tuple[str, ...] = ()
    refresh_token: str = field(default="", repr=False)
    """Gives the next token, once; empty where tokens last."""
    expires_at: datetime | None = None


class InstallationStore(Protocol):
    """Workspaces that installed the bot; a copy of the database need not tell their tokens."""

    async def keep_installation(self, installation: Installation) -> None:
        """Keep an installation, in the place of what was kept of its workspace."""

    async def installation(self, platform: str, team: str) -> Installation | None:
        """Return the installation of a workspace; None where there is none.

        Raises:
            StoreError: its token is kept under another key.
        """

    async def installed_teams(self, platform: str) -> Sequence[str]:
        """Return the workspaces that have an installation."""

    async def remove_installation(self, platform: str, team: str) -> bool:
        """Forget an installation, token and all; False where there is none."""
