"""Which reaction means a vote, whatever a platform calls it.

Discord tells emoji as Unicode and its servers' own as `name:id`; Slack tells names (`+1::skin-tone-3`). All
are brought into one form, in which a skin tone is no part of the emoji: 👍🏽 is a 👍. It is another reaction
all the same, which the same person may take away and leave the plain one: so it is told apart as a variant.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

THUMBS_UP = "👍"
THUMBS_DOWN = "👎"

TEXT_STYLE = dict.fromkeys(map(ord, "\ufe0e\ufe0f"))
"""Variation selectors, which platforms send or leave out as they like."""

TONES = {chr(0x1F3FB + number): str(number + 2) for number in range(5)}
"""Skin tones by Slack's numbers; https://unicode.org/reports/tr51/#Emoji_Modifiers_Table."""

KEYCAPS = {f"{number}\u20e3": number for number in range(1, 10)} | {"🔟": 10}

DIGITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NAMED = {
    "+1": THUMBS_UP,
    "thumbsup": THUMBS_UP,
    "-1": THUMBS_DOWN,
    "thumbsdown": THUMBS_DOWN,
    "keycap_ten": "🔟",
    "100": "💯",
    "arrow_up": "⬆",
    "arrow_up_small": "🔼",
    "bulb": "💡",
    "clap": "👏",
    "heart": "❤",
    "heart_eyes": "😍",
    "heavy_check_mark": "✔",
    "heavy_plus_sign": "➕",
    "joy": "😂",
    "muscle": "💪",
    "ok_hand": "👌",
    "point_up": "☝",
    "pray": "🙏",
    "raised_hands": "🙌",
    "star": "⭐",
    "star2": "🌟",
    "tada": "🎉",
    "white_check_mark": "✅",
    "zap": "⚡",
} | {name: f"{number}\u20e3" for number, name in enumerate(DIGITS, start=1)}
"""Names that are not Unicode's own with underscores; Slack's, which Discord's text form shares."""

CUSTOM = re.compile(r"(?:<a?:)?\w{2,32}:(\d{1,20})>?")
"""An emoji of a server's own on Discord: its name may change, its id does not."""

SHORTCODE = re.compile(r":?([^\s:<>]{1,100}?)(?:::skin-tone-([2-6](?:-[2-6])?))?:?")


@dataclass(frozen=True, slots=True)
class Emoji:
    """An emoji in the one form of all platforms. `tone` is empty where the skin has none of its own."""

    symbol: str
    """Unicode, or `:name:` and `custom <id>` for those that somebody made."""
    tone: str = ""


class Mark(NamedTuple):
    """What a reaction means to the paper with a number in its message: a vote, or a dislike.

    `variant` tells reactions of one person apart that mean the same; it is empty for the usual one.
    """

    number: int
    variant: str = ""


@lru_cache(maxsize=1_000)
def read_emoji(raw: str) -> Emoji:
    """Read an emoji as any platform or person writes it; what is none comes back as something unlike all."""
    text = raw.strip().translate(TEXT_STYLE)
    if custom := CUSTOM.fullmatch(text):
        return Emoji(f"custom {int(custom[1])}")
    tone = "".join(TONES[letter] for letter in text if letter in TONES)
    symbol = "".join(letter for letter in text if letter not in TONES)
    if not symbol.isascii() or not (named := SHORTCODE.fullmatch(text)):
        return Emoji(symbol, tone) if symbol else Emoji(text)
    return Emoji(_symbol_of(named[1].lower()), (named[2] or "").replace("-", ""))


def _symbol_of(name: str) -> str:
    """Return what a name stands for; `:name:` where it is nobody's but a workspace's own."""
    if name in NAMED:
        return NAMED[name]
    try:
        symbol = unicodedata.lookup(name.replace("_", " ").upper())
    except KeyError:
        return f":{name}:"
    return symbol if unicodedata.category(symbol) == "So" else f":{name}:"


def vote_of(raw: str, *, emoji: str, numbers: Collection[int], is_super: bool = False) -> Mark | None:
    """Return which paper of a message a reaction votes for; None where it is no vote.

    `emoji` is what counts as a vote in that place, `numbers` are those of the papers that the message shows.
    A number votes for its paper; the place's emoji does where the message shows one paper alone.
    """
    read = read_emoji(raw)
    if len(numbers) == 1 and read.symbol == read_emoji(emoji).symbol:
        return Mark(next(iter(numbers)), _variant("", read.tone, is_super=is_super))
    if (number := KEYCAPS.get(read.symbol, -1)) in numbers:
        return Mark(number, _variant("number", is_super=is_super))
    return None


def dislike_of(raw: str, *, numbers: Collection[int], is_super: bool = False) -> Mark | None:
    """Return which paper of a message somebody dislikes by a reaction; None where it says no such thing.

    Where the message shows several papers it is meant for none of them.
    """
    read = read_emoji(raw)
    if len(numbers) != 1 or read.symbol != THUMBS_DOWN:
        return None
    return Mark(next(iter(numbers)), _variant("down", read.tone, is_super=is_super))


def _variant(kind: str, tone: str = "", *, is_super: bool) -> str:
    if not tone and not is_super:
        return kind
    parts = kind, f"tone{tone}" if tone else "", "super" if is_super else ""
    return "+".join(filter(None, parts))
