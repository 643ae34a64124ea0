"""Which message is meant: what stands in a MessageRef, and when an id was made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.deliveries import MessageRef
from bot.domain.places import PlaceKind

if TYPE_CHECKING:
    from adapters.discord.client.rest import Json

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
"""Discord's ids are the milliseconds since then, and 22 other bits behind (API Reference, Snowflakes)."""
OTHER_BITS = 22

PLATFORM = "discord"
"""The platform's word in places."""

KINDS = {
    0: PlaceKind.CHANNEL,
    1: PlaceKind.DM,
    2: PlaceKind.CHANNEL,
    3: PlaceKind.DM,
    5: PlaceKind.ANNOUNCEMENT,
    10: PlaceKind.THREAD,
    11: PlaceKind.THREAD,
    12: PlaceKind.THREAD,
    13: PlaceKind.CHANNEL,
    15: PlaceKind.FORUM,
    16: PlaceKind.FORUM,
}
"""Kinds of places by Discord's types of channels (Channel, Channel Types); voice channels have a chat too."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A message, and the thread that hangs from it, where it has one."""

    channel: str
    message: str
    thread: str = ""

    @property
    def replies_in(self) -> str:
        """The channel in which it is replied to."""
        return self.thread or self.channel

    def with_thread(self) -> Ref:
        """Return it with its thread, which Discord gives the message's own id."""
        return replace(self, thread=self.message)

    def kept(self) -> MessageRef:
        """Return it as the core keeps it."""
        return MessageRef("/".join(filter(None, (self.channel, self.message, self.thread))))


def read_ref(message: MessageRef) -> Ref:
    """Read what `kept` has written."""
    return Ref(*message.split("/"))


def ref_of(message: Json) -> Ref:
    """Return which message it is that Discord describes."""
    ref = Ref(str(message["channel_id"]), str(message["id"]))
    return ref.with_thread() if message.get("thread") else ref


def snowflake_at(moment: datetime) -> int:
    """Return the least id that can have been made at a moment."""
    return max(0, (moment - EPOCH) // timedelta(milliseconds=1)) << OTHER_BITS


def kind_of(channel: Json) -> PlaceKind:
    """Return what sort of place a channel is; one of a type that is not known yet for a usual one."""
    return KINDS.get(int(channel.get("type", 0)), PlaceKind.CHANNEL)
