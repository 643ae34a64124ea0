"""Emoji by Slack's names, and as the settings of places have them.

Slack names them (`thumbsup`, with a skin tone `thumbsup::skin-tone-3`) and sends either of two names for one.
Those that a bot is likely to be set to are turned into the sign itself, so that a vote is the same
everywhere; all others keep their name, in colons.
"""

from __future__ import annotations

import re

NAMES = {
    "👍": ("+1", "thumbsup"),
    "👎": ("-1", "thumbsdown"),
    "⭐": ("star",),
    "🌟": ("star2",),
    "❤️": ("heart",),
    "🔥": ("fire",),
    "🚀": ("rocket",),
    "👀": ("eyes",),
    "🎉": ("tada",),
    "💡": ("bulb",),
    "📄": ("page_facing_up",),
    "📚": ("books",),
    "🔖": ("bookmark",),
    "✅": ("white_check_mark",),
    "⬆️": ("arrow_up",),
    "🔼": ("arrow_up_small",),
    "➕": ("heavy_plus_sign",),
    "💯": ("100",),
    "🙌": ("raised_hands",),
    "👏": ("clap",),
    "🤔": ("thinking_face", "thinking"),
    "1️⃣": ("one",),
    "2️⃣": ("two",),
    "3️⃣": ("three",),
    "4️⃣": ("four",),
    "5️⃣": ("five",),
    "6️⃣": ("six",),
    "7️⃣": ("seven",),
    "8️⃣": ("eight",),
    "9️⃣": ("nine",),
    "🔟": ("keycap_ten",),
}

SIGNS = {name: sign for sign, names in NAMES.items() for name in names}
BARE = {sign.replace("\ufe0f", ""): names[0] for sign, names in NAMES.items()}

SKIN_TONE = re.compile(r"::skin-tone-\d\Z")
IN_COLONS = re.compile(r":([a-z0-9_+'-]+):")


def name_of(emoji: str) -> str:
    """Return an emoji of the settings by Slack's name; empty where it has none that is known."""
    if named := IN_COLONS.fullmatch(emoji):
        return named[1]
    return BARE.get(emoji.replace("\ufe0f", ""), "")


def emoji_of(name: str) -> str:
    """Return an emoji that Slack names as the settings have it, without its skin tone."""
    bare = SKIN_TONE.sub("", name)
    return SIGNS.get(bare, f":{bare}:")
