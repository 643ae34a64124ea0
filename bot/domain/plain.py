"""Foreign text and addresses before they become markup: on one line, nothing hidden, of known size."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

from bot.domain.text import JOINERS

LONGEST_LINK = 512
"""Longer addresses are not linked: one would eat the room of ten sentences."""

SCHEME = re.compile(r"https?://", re.IGNORECASE)


def one_line(text: str) -> str:
    """Return a text on one line, without invisible and steering characters; empty if nothing can be seen."""
    # At the edge of a word a joiner joins nothing.
    return " ".join(filter(None, (word.strip(JOINERS) for word in visible(text).split())))


def visible(text: str) -> str:
    """Return a text with a blank for each character that would break the line, and without hidden ones."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    """Return a character, a blank for one that would break the line, nothing for a hidden one."""
    if character.isspace():
        return " "
    is_hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs"} and character not in JOINERS
    return "" if is_hidden else character


def size(text: str) -> int:
    """Count a text in UTF-16 units, as Discord does; never fewer than what Slack may count."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def safe_url(url: str, *, keep: str) -> str:
    """Return a web address percent-encoded but for the signs to keep; empty where it is of no use."""
    try:
        # urlsplit passes over blanks before it, which would stand in the link.
        is_web = SCHEME.match(url) is not None and bool(urlsplit(url).hostname)
    except ValueError:  # a bracket that is no IPv6 address
        return ""
    address = quote(url.encode("utf-8", "ignore"), safe=keep)
    return address if is_web and len(address) <= LONGEST_LINK else ""
