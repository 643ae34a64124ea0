"""What adapters keep of servers and workspaces, and over restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


class Remembering(Protocol):
    """What is kept over restarts, by name."""

    async def remember(self, name: str, value: str) -> None:
        """Keep a value in the place of what was kept under its name."""

    async def remembered_value(self, name: str) -> str | None:
        """Return what is kept under a name."""


class ServerStore(Protocol):
    """On which servers (`discord:<guild>`, `slack:<team>`) the bot is, and from which it was removed."""

    async def known_servers(self, platform: str) -> Collection[str]:
        """Return the servers of a platform of which something is kept, but for those that were left."""

    async def note_left(self, server: str, at: datetime) -> None:
        """Note that the bot is on a server no more; where that is noted already, since when stays."""

    async def note_present(self, servers: Collection[str]) -> None:
        """Note that the bot is on these servers: what is kept of them stays."""

    async def forget_left(self, before: datetime) -> int:
        """Forget all that is kept of servers that were left before an instant.

        It goes piece by piece; return how many rows went, 0 when all is done.
        """
