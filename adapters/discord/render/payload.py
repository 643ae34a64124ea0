"""The JSON of a message, as Discord's API takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NotRequired, TypedDict

SUPPRESS_EMBEDS = 1 << 2
SUPPRESS_NOTIFICATIONS = 1 << 12
"""Flags that a bot may set (https://docs.discord.com/developers/resources/message, Message Flags)."""

ROW, BUTTON, SELECT = 1, 2, 3
"""Kinds of components (https://docs.discord.com/developers/components/reference, Component Types)."""

GREY = 2
"""The one style of our buttons: nothing is told by a colour."""


class Footer(TypedDict):
    """The small line below an embed; plain text."""

    text: str


class Embed(TypedDict):
    """A framed text. Title and description are Markdown."""

    title: NotRequired[str]
    url: NotRequired[str]
    description: NotRequired[str]
    color: NotRequired[int]
    footer: NotRequired[Footer]


class Button(TypedDict):
    """A button."""

    type: int
    style: int
    label: str
    custom_id: str


class Option(TypedDict):
    """One choice of a select."""

    label: str
    value: str
    description: NotRequired[str]


class Select(TypedDict):
    """A list to choose one from."""

    type: int
    custom_id: str
    placeholder: str
    options: list[Option]


class Row(TypedDict):
    """Up to five buttons, or one select."""

    type: int
    components: list[Button] | list[Select]


class Mentions(TypedDict):
    """Whom a message may ping."""

    parse: list[str]


class Body(TypedDict):
    """What is sent. Every part is always there, so that an edit leaves nothing of the old message."""

    content: str
    embeds: list[Embed]
    components: list[Row]
    flags: int
    allowed_mentions: Mentions


@dataclass(frozen=True, slots=True)
class Payload:
    """A rendered message."""

    content: str = ""
    embeds: tuple[Embed, ...] = ()
    components: tuple[Row, ...] = ()
    flags: int = 0

    def body(self) -> Body:
        """Return the JSON of the message; it pings nobody, whatever stands in it."""
        return {
            "content": self.content,
            "embeds": list(self.embeds),
            "components": list(self.components),
            "flags": self.flags,
            "allowed_mentions": {"parse": []},
        }
