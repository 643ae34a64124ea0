"""What is known of channels: by the gateway, where this process has one, and in the store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from bot.domain.places import PlaceProfile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.discord.messenger.permissions import Sight
    from bot.domain.places import Place, PlaceKind
    from bot.ports.delivery import Broken, Standing

    See = Callable[[Place], Sight | None]
    """Returns what the gateway has told of a channel."""

ZONE = "tz"
"""The setting of a place that keeps its last zone (bot.services.subscribing)."""


class Kept(Protocol):
    """What the store keeps of places."""

    async def profile(self, place: Place) -> PlaceProfile | None:
        """Return a place's kind and settings; None where nothing is kept of it."""

    async def keep_profile(self, profile: PlaceProfile) -> None:
        """Keep a place's kind and settings, in the place of what was kept before."""

    async def subscriptions(self, place: Place) -> Sequence[Standing | Broken]:
        """Return the subscriptions of a place."""


def unseen(_place: Place) -> None:
    """Know nothing, in a process without a gateway."""


class KnownChannels:
    """Satisfies `messenger.channels.Channels` and `events.Places`."""

    def __init__(self, kept: Kept, see: See = unseen) -> None:
        self._kept = kept
        self._see = see

    def sight(self, place: Place) -> Sight | None:
        """Return what the bot may do there, as the gateway has told; None where it has not."""
        return self._see(place)

    async def kind(self, place: Place) -> PlaceKind | None:
        """Return what sort of place it is; None where nothing is known of it."""
        if sight := self._see(place):
            return sight.kind
        profile = await self._kept.profile(place)
        return profile.kind if profile else None

    async def keep_kind(self, place: Place, kind: PlaceKind) -> None:
        """Keep what sort of place it is."""
        profile = await self._kept.profile(place) or PlaceProfile(place)
        if profile.kind is not kind:
            await self._kept.keep_profile(replace(profile, kind=kind))

    async def has_zone(self, place: Place) -> bool:
        """Tell whether a time zone is known of a place."""
        profile = await self._kept.profile(place)
        is_kept = profile is not None and bool(profile.settings.get(ZONE))
        return is_kept or bool(await self._kept.subscriptions(place))
