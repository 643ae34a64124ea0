"""What is known of channels: their kind, and what the bot may do in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from adapters.discord.messenger.permissions import asked
from adapters.discord.messenger.refs import kind_of
from bot.domain.places import PlaceKind
from bot.errors import StoreError
from bot.log import logger

if TYPE_CHECKING:
    from adapters.discord.client.rest import Rest
    from adapters.discord.errors import Fault
    from adapters.discord.messenger.permissions import Sight
    from bot.domain.places import Place

log = logger("discord")


class Channels(Protocol):
    """What is known of channels without asking Discord for it: by the gateway, and in the store."""

    async def kind(self, place: Place) -> PlaceKind | None:
        """Return what sort of place it is; None where nothing is known of it."""

    async def keep_kind(self, place: Place, kind: PlaceKind) -> None:
        """Keep what sort of place it turned out to be."""

    def sight(self, place: Place) -> Sight | None:
        """Return what the bot may do there, as the gateway has told; None where it has not."""


class Kinds:
    """Asks Discord for what is not known, and keeps it."""

    def __init__(self, rest: Rest, channels: Channels) -> None:
        self._rest = rest
        self._channels = channels

    async def known(self, place: Place) -> PlaceKind | None:
        """Return what sort of place it is, where that is known; Discord says where it is another."""
        if place.is_own:
            return PlaceKind.DM
        try:
            return await self._channels.kind(place)
        except StoreError as fault:
            log.warning("kind of place not read", place=str(place), why=str(fault))
            return None

    async def certain(self, place: Place) -> PlaceKind | Fault:
        """Return what sort of place it is, if Discord has to be asked."""
        if known := await self.known(place):
            return known
        channel = await self._rest.fetched("/channels/{channel_id}", channel_id=place.channel)
        if not isinstance(channel, dict):
            return channel
        await self.keep(place, kind_of(channel))
        return kind_of(channel)

    async def keep(self, place: Place, kind: PlaceKind) -> None:
        """Keep what sort of place it turned out to be; where that fails it turns out once more."""
        try:
            await self._channels.keep_kind(place, kind)
        except StoreError as fault:
            log.warning("kind of place not kept", place=str(place), why=str(fault))

    async def sight(self, place: Place) -> Sight | Fault:
        """Return what the bot may do in a place of a server, if Discord has to be asked."""
        return self._channels.sight(place) or await asked(self._rest, place)
