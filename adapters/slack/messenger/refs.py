"""Which message is meant: what stands in a MessageRef, and in places and identities of Slack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.deliveries import MessageRef
from bot.domain.places import Identity, Place

if TYPE_CHECKING:
    from datetime import datetime

PLATFORM = "slack"
"""The platform's word in places."""

EVENT_TYPE = "paper_post"
"""The type of the metadata that holds a delivery's key."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A message by its channel and timestamp; `thread` is that of the message it replies to."""

    channel: str
    ts: str
    thread: str = ""

    @property
    def root(self) -> str:
        """The message that its thread hangs from: itself, unless it is a reply."""
        return self.thread or self.ts

    def kept(self) -> MessageRef:
        """Return it as the core keeps it."""
        return MessageRef("/".join(filter(None, (self.channel, self.ts, self.thread))))


def read_ref(message: MessageRef) -> Ref:
    """Read what `kept` has written."""
    return Ref(*message.split("/"))


def timestamp(moment: datetime) -> str:
    """Return a moment as Slack names messages."""
    return f"{moment.timestamp():.6f}"


def place_of(team: str, channel: str) -> Place:
    """Return a channel as the core has it."""
    return Place(PLATFORM, team, channel)


def identity_of(team: str, user: str) -> Identity:
    """Return somebody as the core has them, by their home workspace."""
    return Identity(f"{PLATFORM}:{team}/{user}")


def user_in(identity: Identity) -> tuple[str, str] | None:
    """Return the home workspace and the user of an identity; None where it is of another platform."""
    platform, _, rest = identity.partition(":")
    team, _, user = rest.partition("/")
    return (team, user) if platform == PLATFORM and team and user else None
