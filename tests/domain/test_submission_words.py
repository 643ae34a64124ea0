"""What is kept of a note, and the sentences about submissions."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.submission_words import NOTE_CHARS, already_words, note_of, too_many_words
from tests.domain.scheduling import utc


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", ""),
        ("  Our own,\n out\ttoday ", "Our own, out today"),
        ('"in quotes"', "in quotes"),
        ("“in curly ones”", "in curly ones"),
        ('the "best" of "all"', 'the "best" of "all"'),
        ('"', '"'),
        ('""', ""),
        ("a\0b\u202ec\ud800d\u200be", "abcde"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("\u200d \u200d", ""),
        ("e\u0301", "é"),
    ],
)
def test_a_note_is_one_clean_line(text: str, note: str) -> None:
    assert note_of(text) == note


@given(st.text(st.characters(exclude_categories=()), max_size=3 * NOTE_CHARS))
def test_whatever_is_typed_can_be_kept_and_shown(text: str) -> None:
    note = note_of(text)
    assert len(note) <= NOTE_CHARS
    assert "\0" not in note
    assert note.encode() is not None
    assert "\n" not in note
    assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in note)


@given(st.text(st.characters(categories=("L", "P", "Zs")), max_size=NOTE_CHARS))
def test_a_note_that_was_kept_stays_as_it_is_unless_it_is_quoted_again(text: str) -> None:
    note = note_of(text)
    assert note_of(f'"{note}"') == note or not note


def test_days_and_hours_are_those_of_the_place() -> None:
    late, now = utc("2026-04-23 23:00"), utc("2026-04-24 09:00")
    assert already_words(late, "UTC", now) == "It was submitted here already, on Thursday 23 April."
    assert already_words(late, "Europe/Paris", now) == "It was submitted here already, on Friday 24 April."
    assert too_many_words(now, "Europe/Paris") == (
        "You have submitted 3 papers within 24 hours, and more are not taken. "
        "The next one can be on Fri 24 April, 11:00 Paris."
    )
