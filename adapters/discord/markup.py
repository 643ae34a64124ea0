r"""Foreign text as Discord's Markdown: shown as it is written, with no effect of any kind.

A backslash before a sign takes its meaning away (`\*`), wherever Discord's apps read Markdown: in the
content, in an embed's title and description. A footer, a label and an option are plain text, only cleaned.
Pings are prevented by `allowed_mentions` in any case; here mentions are kept from even looking like one.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import TYPE_CHECKING

from bot.domain.places import OWN_SERVER
from bot.domain.plain import SCHEME, one_line, safe_url, size, visible
from bot.domain.text import ELLIPSIS, WIDEST_BACKWARDS, character_start

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

ZERO_WIDTH_SPACE = "\u200b"
ISOLATE, ISOLATE_END = "\u2068\u2069"
"""Between these a text has the direction of its first letter, and the line around it keeps its own."""
AND_SO_ON = f"\u00a0{ELLIPSIS}"
"""What ends a cut text; its blank does not break, so that the sign never stands on a line alone."""

MEANING = re.compile(
    r"[\\*_~|`<\[\]]"
    r"|:(?=//|[\w+~-]+:)"  # an address, an emoji's name
    r"|\A(?:[#>+-]|\d+(?=[.)]))"  # a heading, a quote, a list
)
PLACE = re.compile(rf"discord:(?:{OWN_SERVER}/\d{{5,20}}|\d{{1,20}}/(?P<channel>\d{{1,20}}))")
MESSAGE = re.compile(
    rf"https\\?(?P<address>://discord\.com/channels/(?:{OWN_SERVER}|\d{{1,20}})/\d{{1,20}}/\d{{1,20}})"
)
"""The address of a message, escaped or not."""
FENCE = re.compile("`{3,}")
BROADCAST = re.compile(r"@(?=everyone|here)", re.IGNORECASE)


# --- Plain text ---------------------------------------------------------------------


# --- Markdown -----------------------------------------------------------------------


def plain(text: str) -> str:
    """Return a text on one line, without what cannot be seen; the sign of what was cut stays beside it."""
    return one_line(text).replace(f" {ELLIPSIS}", AND_SO_ON)


def escaped(text: str) -> str:
    """Return clean text as Markdown that shows it and does nothing else."""
    return BROADCAST.sub(f"@{ZERO_WIDTH_SPACE}", MEANING.sub(escaped_sign, text))


def escaped_sign(found: re.Match[str]) -> str:
    """Return a sign behind a backslash; of a list's number it is the full stop that is kept from meaning."""
    sign = found.group()
    return f"{sign}\\" if sign.isdigit() else f"\\{sign}"


def link(text: str, url: str) -> str:
    """Return clean text as a link; escaped text alone where the address cannot be linked.

    Discord links no text that has an address in it, and counts brackets without looking at backslashes.
    """
    address = safe_address(url)
    if not address or not text:
        return escaped(text)
    words = SCHEME.sub("", text)
    if not is_balanced(words):
        words = words.replace("[", "(").replace("]", ")")
    return f"[{escaped(words)}]({address})"


def is_balanced(text: str) -> bool:
    """Tell whether each square bracket has its partner."""
    depth = 0
    for bracket in re.findall(r"[\[\]]", text):
        depth += 1 if bracket == "[" else -1
        if depth < 0:
            return False
    return depth == 0


def safe_address(url: str) -> str:
    """Return an address as it can stand in round brackets; empty where it is of no use."""
    return safe_url(url, keep="/:?#@!$&+,;=%~._-")


def bold(markdown: str) -> str:
    """Return Markdown in bold; nothing stays nothing."""
    return f"**{markdown}**" if markdown else ""


def fenced(text: str) -> str:
    """Return text to be copied as it stands, line breaks included."""
    lines = "\n".join(map(visible, text.splitlines()))
    inside = FENCE.sub(lambda found: ZERO_WIDTH_SPACE.join(found.group()), lines)
    return f"```\n{inside}\n```"


def with_channels(markdown: str) -> str:
    """Return escaped text with places as channels and messages as links, to be opened; it is never longer."""
    opened = MESSAGE.sub(r"https\g<address>", markdown)
    return PLACE.sub(
        lambda found: f"<#{found['channel']}>" if found["channel"] else "this conversation", opened
    )


def isolated(markdown: str) -> str:
    """Return Markdown that leaves the order of what stands beside it, whichever way it is written."""
    is_backwards = any(unicodedata.bidirectional(character) in {"R", "AL"} for character in markdown)
    return f"{ISOLATE}{markdown}{ISOLATE_END}" if is_backwards else markdown


def names_place(text: str) -> bool:
    """Tell whether a text names a place or a message, which can be opened from there."""
    return PLACE.search(text) is not None or MESSAGE.search(text) is not None


def local_time(at: datetime) -> str:
    """Return an instant that each reader sees in their own zone."""
    return f"<t:{int(at.timestamp())}:f>"


# --- Cutting -------------------------------------------------------------------------


def clipped(text: str, room: int, form: Callable[[str], str] = escaped) -> str:
    """Return clean text whose `form` takes at most `room` units, cut at a word's end and marked with “…”.

    What is cut is plain text, so no escape, link or pair of surrogates is ever halved.
    """
    if size(form(text)) <= room:
        return text
    end = bisect_right(range(len(text)), room - 2, key=lambda length: size(form(text[:length]))) - 1
    shorter = ended(text, max(0, end))
    while size(form(shorter)) > room and len(shorter) > 1:
        shorter = ended(text, len(shorter) - 2)
    return shorter


def ended(text: str, end: int) -> str:
    """Return the beginning of a text with “…”: up to a word's end near `end`, else to a whole character."""
    word_end = end if text[end : end + 1] == " " else text.rfind(" ", 0, end)
    if word_end > max(0, end - WIDEST_BACKWARDS):
        return f"{text[:word_end].rstrip(' ,;:–-')}{AND_SO_ON}"
    return text[: character_start(text, end)] + ELLIPSIS
