"""What is said of submissions: that one is taken, was there already, or why none is. Pure."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from bot.domain.edition_words import moment_words
from bot.domain.periods import day_words
from bot.domain.schedule import zone_of
from bot.domain.text import JOINERS, cut

if TYPE_CHECKING:
    from datetime import datetime

NOTE_CHARS = 300
"""How much of a note is kept."""

MOST_A_DAY = 3
"""How many papers a person submits within 24 hours."""

QUOTES = {'"': '"', "“": "”", "'": "'"}

TAKEN = "Submitted here: the next posts here may bring it. Votes help it up."
OFF = "No papers are submitted here: “settings submit” says so. “show” shows the paper to all."
MANAGERS_ALONE = "Only those who manage this place submit papers here. “show” shows the paper to all."
PAUSED = "All posts of this server are paused, so nothing is submitted either. “resume” goes on with them."


def note_of(text: str) -> str:
    """Return what somebody wrote to a paper as one clean line of at most `NOTE_CHARS` characters.

    Without the quotes around all of it, and without what a reader cannot see, except for the joiners that
    emoji and letters of many languages need.
    """
    seen = "".join(letter for letter in text if is_seen(letter))
    line = " ".join(unicodedata.normalize("NFC", seen).split())
    if len(line) > 1 and QUOTES.get(line[0]) == line[-1]:
        line = line[1:-1].strip()
    return cut(line, NOTE_CHARS) if line.strip(f"{JOINERS} ") else ""


def is_seen(letter: str) -> bool:
    """Tell whether a character can be seen, parts words, or joins letters."""
    return letter.isspace() or letter in JOINERS or unicodedata.category(letter) not in {"Cc", "Cf", "Cs"}


def already_words(at: datetime, tz: str, now: datetime) -> str:
    """Say that a paper was submitted before: `It was submitted here already, on Friday 24 April`."""
    zone = zone_of(tz)
    day = day_words(at.astimezone(zone).date(), now.astimezone(zone).date())
    return f"It was submitted here already, on {day}."


def hidden_words(paper: str) -> str:
    """Say that a paper was taken out by those who manage a place."""
    return f"It is hidden here. Those who manage this place bring it back with “hide {paper} off”."


def too_many_words(next_at: datetime, tz: str) -> str:
    """Say that somebody has submitted enough, and when they may go on."""
    return (
        f"You have submitted {MOST_A_DAY} papers within 24 hours, and more are not taken. "
        f"The next one can be on {moment_words(next_at, tz)}."
    )
