r"""Foreign text, cleaned once where it comes in: whatever is stored can be shown.

One line, white space collapsed, NFC; no control, zero-width or direction-changing characters, no halves of
surrogate pairs, no `<think>` text of a careless model, no sign that was escaped for TeX alone (`87.2\%`).
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

HIDDEN = {"Cc", "Cf", "Cs"}
"""Unicode categories that a reader cannot see: control, format (joiners, direction marks), surrogates."""

THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL | re.IGNORECASE)

LATEX = re.compile(
    r"(?P<kept>\\\\"  # a line break, whose second backslash escapes nothing
    r"|\$(?=[^\s$])(?:\\.|[^$\\]){1,400}?(?<![\s\\])\$(?!\d)|\\\(.{1,400}?\\\)|\\\[.{1,400}?\\\])"
    r"|\\(?P<sign>[%&#_$])"
)
r"""A formula, which is kept as it is written, or a sign that TeX would take for markup, escaped: `R\&D`."""

LONGEST_LINK = 2_000


def clean_line(text: str, max_chars: int = 20_000) -> str:
    """Return a text as one clean line of at most `max_chars` characters, cut at a word's end."""
    line = visible_line(text)
    if "\\" in line:
        line = LATEX.sub(lambda found: found["sign"] or found["kept"], line)
    return line if len(line) <= max_chars else line[:max_chars].rsplit(" ", 1)[0]


def visible_line(text: str) -> str:
    """Return a text on one line, without what a reader cannot see."""
    if text.isascii() and text.isprintable() and "  " not in text:
        # Most are clean, and this is most of the time that reading a list takes.
        return text.strip()
    line = " ".join(text.split())
    if not line.isascii():
        line = unicodedata.normalize("NFC", line)
    return line if line.isprintable() else " ".join("".join(filter(is_visible, line)).split())


def is_visible(character: str) -> bool:
    """Tell whether a reader can see a character."""
    return unicodedata.category(character) not in HIDDEN


def clean_prose(text: str) -> str:
    """Return a text of a language model as one clean line, without its thoughts."""
    return clean_line(THOUGHT.sub(" ", text) if "<" in text else text)


def clean_link(text: str) -> str:
    """Return a link that leads to a host over http(s); an empty text for any other."""
    link = text.strip()
    if len(link) > LONGEST_LINK or not link.isprintable() or " " in link:
        return ""
    try:
        parts = urlsplit(link)
        leads_somewhere = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:  # a bracket that is no IPv6 address
        return ""
    return link if leads_somewhere else ""
