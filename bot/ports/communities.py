"""What is kept of servers that vote together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class CommunityStore(Protocol):
    """The communities that servers (`discord:<guild>`, `slack:<team>`) are joined in."""

    async def members(self) -> Mapping[str, str]:
        """Return the community of each server that is in one."""

    async def keep_code(self, server: str, community: str, code: str, until: datetime) -> None:
        """Keep the code of a server's community in the place of the one before.

        A server that is in none comes into `community` first, which is new.
        """

    async def join(self, server: str, code: str, now: datetime) -> bool:
        """Move a server into the community of a code, which is used up by that; False where there is none.

        Nothing changes where the code is that of the server's own community, or over by `now`.
        """

    async def leave(self, server: str) -> None:
        """Take a server out of its community."""
