"""How plain text is cut and counted for people: sentences, word ends, days, numbers with their words."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime, timedelta

ELLIPSIS = "…"

CODE_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""What ids and codes are made of: without l, o, 0 and 1, which people mix up."""

JOINERS = "\u200c\u200d"
"""The two invisible characters that letters and emoji of many languages need."""

VIRAMA = 9
"""The combining class of the sign that joins two consonants of India's scripts into one."""

SHORTENED = (
    "e.g.",
    "i.e.",
    "et al.",
    "vs.",
    "cf.",
    "etc.",
    "resp.",
    "approx.",
    "fig.",
    "figs.",
    "eq.",
    "sec.",
    "no.",
)
"""What ends with a full stop without ending a sentence, as abstracts have it."""

SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*(?=\s+[\"'“‘(\[]*[^\Wa-z])")
"""The end of a sentence: its mark, and a blank before something that is not a small letter."""

WIDEST_BACKWARDS = 40
"""How far a cut goes back to a word's end; text without blanks (Chinese, a link) is cut where it is."""


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, all of it where it has one only."""
    for end in SENTENCE_END.finditer(text):
        sentence = text[: end.end()]
        if not is_shortened(sentence):
            return sentence
    return text


def is_shortened(beginning: str) -> bool:
    """Tell whether a text ends in an abbreviation or an initial (`J.`), not in a sentence."""
    last_word = beginning.rsplit(None, 1)[-1].lower().lstrip("([“\"'")
    is_initial = len(last_word) == len("j.") and last_word[0].isalpha()
    return is_initial or beginning.lower().endswith(SHORTENED)


def cut(text: str, max_chars: int) -> str:
    """Return the text in at most `max_chars` characters, cut at a word's end and marked with “…”."""
    if len(text) <= max_chars:
        return text
    room = text[: max_chars - len(" " + ELLIPSIS)]
    word_end = len(room) if text[len(room)] == " " else room.rfind(" ")
    if word_end > max(0, len(room) - WIDEST_BACKWARDS):
        return f"{room[:word_end].rstrip(' ,;:–-')} {ELLIPSIS}"
    return text[: character_start(text, len(room))] + ELLIPSIS


def character_start(text: str, at: int) -> int:
    """Go back from a position to where a character begins that people take for one."""
    while 0 < at < len(text) and belongs(text, at):
        at -= 1
    return at


def belongs(text: str, at: int) -> bool:
    """Tell whether the code point at a position belongs to the one before: accents, emoji, flags."""
    code_point = text[at]
    if unicodedata.category(code_point).startswith("M") or code_point in JOINERS:
        return True
    if text[at - 1] == JOINERS[1] or "\U0001f3fb" <= code_point <= "\U0001f3ff":
        return True
    if unicodedata.combining(text[at - 1]) == VIRAMA and code_point.isalpha():
        return True
    if not is_flag_letter(code_point):
        return False
    before = at
    while before and is_flag_letter(text[before - 1]):
        before -= 1
    return (at - before) % 2 == 1


def is_flag_letter(code_point: str) -> bool:
    """Tell whether a code point is one of the two that make a flag."""
    return "\U0001f1e6" <= code_point <= "\U0001f1ff"


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its word: `1 upvote`, `1,204 upvotes`; `many` defaults to `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def long_day(day: date) -> str:
    """Return a day as a title has it: `Friday 24 April`."""
    return f"{day:%A} {day.day} {day:%B}"


def full_day(day: date) -> str:
    """Return a day with its year: `24 April 2026`."""
    return f"{day.day} {day:%B} {day.year}"


UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def ago(span: timedelta) -> str:
    """Return how long ago something was, in its largest whole unit: `4 minutes ago`, `just now`."""
    return f"{span_of_time(span)} ago" if span.total_seconds() >= UNITS[-1][1] else "just now"


def span_of_time(span: timedelta) -> str:
    """Return a span in its largest whole unit: `3 days`, `2 seconds`."""
    seconds = int(span.total_seconds())
    for unit, length_s in UNITS:
        if seconds >= length_s:
            return counted(seconds // length_s, unit)
    return counted(seconds, "second")


def listing(words: tuple[str, ...], shown: int) -> str:
    """Return `A, B + 3`: the first `shown` words and how many more there are; all where one more would do."""
    if len(words) <= shown + 1:
        return ", ".join(words)
    return f"{', '.join(words[:shown])} + {len(words) - shown:,}"


def and_words(words: Sequence[str]) -> str:
    """Return `A`, `A and B`, `A, B and C`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def day_and_time(moment: datetime, now: datetime) -> str:
    """Return a moment in UTC as `14:05 UTC`, with its day where that is not today."""
    time = f"{moment:%H:%M} UTC"
    return time if moment.date() == now.date() else f"{full_day(moment.date())}, {time}"


def in_pieces(text: str, fits: Callable[[str], bool], room: int) -> list[str]:
    """Return a text in pieces that fit, divided at line ends; all of its words stay.

    A line that does not fit is divided at blanks, into rows of at most `room` characters.
    """
    pieces = [""]
    for line in text.splitlines():
        for row in _rows_of(line, fits, room):
            longer = f"{pieces[-1]}\n{row}" if pieces[-1] else row
            if pieces[-1] and not fits(longer):
                pieces.append(row)
            else:
                pieces[-1] = longer
    return pieces


def _rows_of(line: str, fits: Callable[[str], bool], room: int) -> Iterator[str]:
    while not fits(line):
        most = room
        while not fits(line[:most]):
            most //= 2
        end = line.rfind(" ", 1, most)
        end = end if end > 0 else most
        yield line[:end]
        line = line[end:].removeprefix(" ")
    yield line
