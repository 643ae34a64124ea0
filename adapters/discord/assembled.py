"""Discord's parts, joined. Wiring loads this only where the bot has a token for it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from adapters.discord.client.known import KnownChannels
from adapters.discord.client.rest import Rest, use_api
from adapters.discord.client.spare import Spare
from adapters.discord.errors import BAD_TOKEN, Refused
from adapters.discord.messenger import DiscordMessenger
from bot.errors import SettingsError
from bot.ports.delivery import Outbox, SubscriptionStore
from bot.ports.servers import Remembering, ServerStore

if TYPE_CHECKING:
    from adapters.discord.client.gateway import Gateway
    from adapters.discord.client.rest import Json
    from adapters.discord.client.shards import Shards
    from adapters.discord.errors import Fault
    from adapters.discord.messenger.permissions import Sight
    from bot.commands.desk import Desk
    from bot.core import Core
    from bot.domain.places import Place
    from bot.ports import Clock
    from bot.ports.checking import Checked


LONGEST_CHECK_S = 10.0
"""How long a start waits for Discord to take the token."""


class Kept(Outbox, SubscriptionStore, ServerStore, Remembering, Protocol):
    """What the store keeps for Discord."""


class Discord:
    """Everything that speaks with Discord under one token. It logs in with the first call."""

    def __init__(self, token: str, api_url: str, kept: Kept, clock: Clock) -> None:
        use_api(api_url)
        self._token = token
        self._kept = kept
        self._clock = clock
        self._gateway: Gateway | None = None
        self._known = KnownChannels(kept, self._sight)
        self.rest = Rest(token, Spare(clock, kept))
        self.messenger = DiscordMessenger(self.rest, self._known, clock)

    async def check_token(self) -> None:
        """Log in. Where Discord cannot be reached that is left to whoever calls it next.

        Raises:
            SettingsError: Discord does not take the token.
        """
        me: Json | Fault | None = None
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_CHECK_S):
                me = await self.rest.me()
        if isinstance(me, Refused) and me.status == HTTPStatus.UNAUTHORIZED:
            raise SettingsError(BAD_TOKEN)

    def gateway(self, core: Core, desk: Desk, shards: Shards | None) -> Gateway:
        """Return what listens to Discord, and answers."""
        from adapters.discord.client.connection import Heard  # noqa: PLC0415 - for this role alone
        from adapters.discord.client.gateway import Gateway  # noqa: PLC0415 - as above
        from adapters.discord.commands import CommandKeeper  # noqa: PLC0415 - as above
        from adapters.discord.commands.suggesting import Suggesting  # noqa: PLC0415 - as above
        from adapters.discord.events import Interactions  # noqa: PLC0415 - as above
        from adapters.discord.events.servers import Servers  # noqa: PLC0415 - as above
        from adapters.discord.events.votes import Votes  # noqa: PLC0415 - as above

        suggesting, voting = Suggesting(core.commands, desk), desk.office.voting
        interactions = Interactions(core, suggesting, self._known, self.rest, self._clock, votes=voting)
        servers = Servers(self._kept, self._clock)
        heard = Heard(
            ready=CommandKeeper(self.rest, core.commands, self._kept, self._clock).keep,
            interaction=interactions.answer,
            joined=servers.joined,
            left=servers.left,
            told=Votes(voting).told,
            present=servers.present,
        )
        self._gateway = Gateway(self._token, heard, self._clock, turn=self.rest.turn, shards=shards)
        return self._gateway

    def checking(self) -> Checked:
        """Return what looks it over."""
        from adapters.discord.checking import Checking  # noqa: PLC0415 - for the doctor alone

        return Checking(self.rest)

    def _sight(self, place: Place) -> Sight | None:
        """Return what the bot may do in a place, where this process listens."""
        return self._gateway.sight(place) if self._gateway else None

    async def close(self) -> None:
        """Close the connections."""
        await self.rest.close()
