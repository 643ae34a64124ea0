"""Emoji of the settings of places by Slack's names, for our own reaction.

What Slack tells of reactions is read by `bot.domain.emoji`, names and skin tones as they come.
"""

from __future__ import annotations

import re

NAMES = {
    "👍": "+1",
    "👎": "-1",
    "⭐": "star",
    "🌟": "star2",
    "❤️": "heart",
    "🔥": "fire",
    "🚀": "rocket",
    "👀": "eyes",
    "🎉": "tada",
    "💡": "bulb",
    "📄": "page_facing_up",
    "📚": "books",
    "🔖": "bookmark",
    "✅": "white_check_mark",
    "⬆️": "arrow_up",
    "🔼": "arrow_up_small",
    "➕": "heavy_plus_sign",
    "💯": "100",
    "🙌": "raised_hands",
    "👏": "clap",
    "🤔": "thinking_face",
    "1️⃣": "one",
    "2️⃣": "two",
    "3️⃣": "three",
    "4️⃣": "four",
    "5️⃣": "five",
    "6️⃣": "six",
    "7️⃣": "seven",
    "8️⃣": "eight",
    "9️⃣": "nine",
    "🔟": "keycap_ten",
}

BARE = {sign.replace("\ufe0f", ""): name for sign, name in NAMES.items()}

IN_COLONS = re.compile(r":([a-z0-9_+'-]+):")


def name_of(emoji: str) -> str:
    """Return an emoji of the settings by Slack's name; empty where it has none that is known."""
    if named := IN_COLONS.fullmatch(emoji):
        return named[1]
    return BARE.get(emoji.replace("\ufe0f", ""), "")
