"""The JSON of a message, as Slack's Web API takes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.domain.plain import size

Json = dict[str, Any]
"""An object as Slack sends it, or takes it."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A rendered message. `text` is what a notification and a screen reader say."""

    text: str
    blocks: tuple[Json, ...] = ()

    def body(self) -> Json:
        """Return the JSON of the message. Both parts are always there: an update keeps what is left out."""
        return {"text": self.text, "blocks": list(self.blocks)}


def section(mrkdwn: str, accessory: Json | None = None) -> Json:
    """Return a paragraph; `verbatim` keeps Slack from making links and mentions of its words."""
    block: Json = {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn, "verbatim": True}}
    return block if accessory is None else {**block, "accessory": accessory}


def header(text: str) -> Json:
    """Return a title, of plain text."""
    return {"type": "header", "text": plain_text(text)}


def context(mrkdwn: str) -> Json:
    """Return a small line."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": mrkdwn, "verbatim": True}]}


def plain_text(text: str) -> Json:
    """Return a text in which nothing has a meaning, emoji names included."""
    return {"type": "plain_text", "text": text, "emoji": False}


DIVIDER: Json = {"type": "divider"}


def total(blocks: tuple[Json, ...]) -> int:
    """Return how large blocks are together, as Slack is taken to count them."""
    return size(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
