"""Addresses of messages. It loads nothing of Slack: answers name messages in any process."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.deliveries import MessageRef
    from bot.domain.places import Place


class SlackLinks:
    """Satisfies `bot.ports.voting.MessageLinks`."""

    @property
    def platform(self) -> str:
        """The platform's word in places."""
        return "slack"

    async def link(self, place: Place, message: MessageRef) -> str:
        """Return the address of a message; `message` is as `messenger.refs.Ref.kept` writes it.

        Slack opens it in the reader's own workspace.
        """
        channel, _, ts = message.partition("/")
        return f"https://slack.com/archives/{channel or place.channel}/p{ts.replace('.', '')}"
