"""Addresses of messages. It loads nothing of Discord: answers name messages in any process."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.deliveries import MessageRef
    from bot.domain.places import Place


class DiscordLinks:
    """Satisfies `bot.ports.voting.MessageLinks`."""

    @property
    def platform(self) -> str:
        """The platform's word in places."""
        return "discord"

    async def link(self, place: Place, message: MessageRef) -> str:
        """Return the address of a message; `message` is as `messenger.refs.Ref.kept` writes it."""
        channel, _, rest = message.partition("/")
        return f"https://discord.com/channels/{place.server}/{channel}/{rest.partition('/')[0]}"
