"""Which message is meant: what stands in a MessageRef, and in places and identities of Slack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.deliveries import MessageRef
from bot.domain.places import Identity, Place

PLATFORM = "slack"
"""The platform's word in places."""

EVENT_TYPE = "paper_post"
"""The type of the metadata that holds a delivery's key."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A message by its channel and timestamp.

    Its thread is no part of it: what Slack tells of a reaction does not name that.
    """

    channel: str
    ts: str

    def kept(self) -> MessageRef:
        """Return it as the core keeps it."""
        return MessageRef(f"{self.channel}/{self.ts}")


def read_ref(message: MessageRef) -> Ref:
    """Read what `kept` has written."""
    channel, ts, *_ = message.split("/")
    return Ref(channel, ts)


def timestamp(moment: datetime) -> str:
    """Return a moment as Slack names messages."""
    return f"{moment.timestamp():.6f}"


def moment_of(ts: str) -> datetime:
    """Return the moment that a timestamp of Slack tells.

    Raises:
        ValueError: it tells none.
    """
    return datetime.fromtimestamp(float(ts), UTC)


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
