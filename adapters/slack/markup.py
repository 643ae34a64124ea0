r"""Foreign text as Slack's mrkdwn: shown as it is written, with no effect of any kind.

Slack has one escape, that of `&`, `<` and `>`; without those no link and no ping can be written. Its other
signs (`*`, `_`, `~`, a backtick) have none. They have a meaning only where a word begins behind them, so
there an invisible blank stands between. `verbatim` in a text keeps Slack from making links and mentions of
what only looks so.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from bot.domain.plain import one_line, safe_url, size, visible
from bot.domain.text import cut

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

ZERO_WIDTH_SPACE = "\u200b"

ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""Exactly these three (https://docs.slack.dev/messaging/formatting-message-text)."""

SIGN = re.compile(r"[&<>]")
PLACE = re.compile(r"\bslack:[TE][A-Z0-9]*/([CDG][A-Z0-9]*)\b")
MESSAGE = re.compile(r"(?<![<\w])https://(?:slack\.com/archives|discord\.com/channels)/[\w/?=&;.@-]*[\w]")
"""The address of a message, as our sentences have it."""
OPENING = re.compile(
    r"(?<!\w)[*_~`](?=\S)"  # bold, italic, struck, code
    r"|:(?=[\w+'-]+:)"  # an emoji's name
    r"|\A>"  # a quote
)


# --- mrkdwn -----------------------------------------------------------------------------


def entities(text: str) -> str:
    """Return a text with the three signs escaped that Slack reads everywhere."""
    return SIGN.sub(lambda found: ENTITIES[found.group()], text)


def escaped(text: str) -> str:
    """Return clean text as mrkdwn that shows it and does nothing else."""
    return entities(OPENING.sub(disarmed, text))


def disarmed(found: re.Match[str]) -> str:
    """Return a sign that has no meaning any more; one that begins a line is kept from beginning it."""
    sign = found.group()
    return f"{ZERO_WIDTH_SPACE}{sign}" if sign == ">" else f"{sign}{ZERO_WIDTH_SPACE}"


def unescaped(text: str) -> str:
    """Return what somebody typed, of the text that Slack sends of it."""
    for sign, entity in (("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")):
        text = text.replace(entity, sign)
    return text


def link(text: str, url: str) -> str:
    """Return clean text as a link; escaped text alone where the address cannot be linked."""
    address = safe_address(url)
    return f"<{entities(address)}|{escaped(text)}>" if address and text else escaped(text)


def safe_address(url: str) -> str:
    """Return an address as it can stand in a link; empty where it is of no use."""
    return safe_url(url, keep="/:?#@!$&*+,;=%~._-")


def bold(mrkdwn: str) -> str:
    """Return mrkdwn in bold; nothing stays nothing."""
    return f"*{mrkdwn}*" if mrkdwn else ""


def fenced(text: str) -> str:
    """Return text to be copied as it stands, line breaks included."""
    inside = "\n".join(map(visible, text.splitlines())).replace("```", f"`{ZERO_WIDTH_SPACE}``")
    return f"```\n{entities(inside)}\n```"


def with_channels(mrkdwn: str) -> str:
    """Return escaped text with each channel by its name, and messages to be opened: they are links."""
    named = PLACE.sub(lambda found: "this conversation" if found[1][0] == "D" else f"<#{found[1]}>", mrkdwn)
    return MESSAGE.sub(lambda found: f"<{found.group()}|that message>", named)


def names_place(text: str) -> bool:
    """Tell whether a text names a channel or a message."""
    return bool(PLACE.search(text) or MESSAGE.search(text))


def local_time(at: datetime) -> str:
    """Return an instant that each reader sees in their own zone; where that is not possible, in UTC."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%d %b %H:%M} UTC>"


# --- Cutting ------------------------------------------------------------------------------


def clipped(text: str, room: int, form: Callable[[str], str] = escaped) -> str:
    """Return clean text whose `form` takes at most `room` units, cut at a word's end and marked with “…”.

    What is cut is plain text, so no entity and no link is ever halved.
    """
    if size(form(text)) <= room:
        return text
    longest = bisect_right(
        range(min(len(text), room) + 1), room, key=lambda most: size(form(cut(text, most)))
    )
    for most in range(longest - 1, 0, -1):
        shorter = cut(text, most)
        if size(form(shorter)) <= room:
            return shorter
    return ""


def shown(text: str, room: int) -> str:
    """Return any text as plain labels have it, cut to `room` units."""
    return clipped(one_line(text), room, str)
