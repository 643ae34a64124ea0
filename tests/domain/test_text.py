from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.text import (
    ago,
    counted,
    cut,
    day_and_time,
    first_sentence,
    full_day,
    listing,
    long_day,
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One. Two.", "One."),
        ("One", "One"),
        ("", ""),
        ("Is it? Yes.", "Is it?"),
        ("Models, e.g. GPT-5, learn. They do.", "Models, e.g. GPT-5, learn."),
        ("As Smith et al. Showed, it works. So.", "As Smith et al. Showed, it works."),
        ("By J. Smith. Then more.", "By J. Smith."),
        ("It gains 3.5 points. More.", "It gains 3.5 points."),
        ("We name it “X.” It works.", "We name it “X.”"),
        ("Version v2. 5 more follow.", "Version v2."),
        ("See arxiv.org for it. Bye.", "See arxiv.org for it."),
    ],
)
def test_the_first_sentence(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


@pytest.mark.parametrize(
    ("text", "max_chars", "shown"),
    [
        ("short", 5, "short"),
        ("one two three", 12, "one two …"),
        ("one, two three", 10, "one, two …"),
        ("one two, three", 12, "one two …"),
        ("x" * 100, 10, "xxxxxxxx…"),
    ],
)
def test_a_cut_is_at_a_words_end_and_is_marked(text: str, max_chars: int, shown: str) -> None:
    assert cut(text, max_chars) == shown


@given(st.text(), st.integers(3, 80))
def test_a_cut_fits(text: str, max_chars: int) -> None:
    assert len(cut(text, max_chars)) <= max_chars


@given(st.text())
def test_the_first_sentence_is_how_the_text_begins(text: str) -> None:
    assert text.startswith(first_sentence(text))


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 upvotes"), (1, "1 upvote"), (2, "2 upvotes"), (12345, "12,345 upvotes")]
)
def test_a_number_has_its_word(number: int, words: str) -> None:
    assert counted(number, "upvote") == words


def test_a_word_may_have_a_plural_of_its_own() -> None:
    assert counted(2, "entry", "entries") == "2 entries"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_how_long_ago(span: timedelta, words: str) -> None:
    assert ago(span) == words


@pytest.mark.parametrize(
    ("names", "shown", "words"),
    [
        ((), 1, ""),
        (("A",), 1, "A"),
        (("A", "B"), 1, "A, B"),
        (("A", "B", "C"), 1, "A + 2"),
        (("A", "B", "C"), 2, "A, B, C"),
    ],
)
def test_a_long_listing_is_counted(names: tuple[str, ...], shown: int, words: str) -> None:
    assert listing(names, shown) == words


def test_days_as_people_read_them() -> None:
    assert long_day(date(2026, 4, 4)) == "Saturday 4 April"
    assert full_day(date(2026, 4, 4)) == "4 April 2026"


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2026, 4, 24, 23, 59, tzinfo=UTC), "09:05 UTC"),
        (datetime(2026, 4, 25, 0, 0, tzinfo=UTC), "24 April 2026, 09:05 UTC"),
    ],
)
def test_a_moment_has_its_day_where_that_is_not_today(now: datetime, words: str) -> None:
    assert day_and_time(datetime(2026, 4, 24, 9, 5, tzinfo=UTC), now) == words


@pytest.mark.parametrize(
    "character",
    ["👩\u200d👩\u200d👧\u200d👦", "🇫🇷", "👍🏽", "e\u0301\u0323", "क्षि"],
    ids=["family", "flag", "skin", "accents", "hindi"],
)
def test_a_cut_never_halves_what_people_take_for_one_character(character: str) -> None:
    for room in range(2, 40):
        begun = cut(character * 30, room).removesuffix("…")
        assert begun == character * begun.count(character)
