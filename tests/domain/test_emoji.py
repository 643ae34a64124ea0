"""Which reaction means a vote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.emoji import (
    DIGITS,
    KEYCAPS,
    NAMED,
    THUMBS_DOWN,
    THUMBS_UP,
    TONES,
    Mark,
    dislike_of,
    read_emoji,
    vote_of,
)

ONE, FIVE = (0,), (1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    "raw",
    [
        "👍",
        "👍🏻",
        "👍🏿",
        "👍\ufe0f",
        ":+1:",
        "+1",
        "thumbsup",
        ":thumbsup:",
        "thumbsup::skin-tone-3",
        "+1::skin-tone-6",
    ],
)
def test_a_thumb_is_a_thumb(raw: str) -> None:
    mark = vote_of(raw, emoji=THUMBS_UP, numbers=ONE)
    assert mark is not None
    assert mark.number == 0


@pytest.mark.parametrize(
    "raw", ["👎", "-1", "❤️", "1️⃣", "one", "partyparrot", "parrot:123", "", " ", ":", "::", "🏽"]
)
def test_others_are_none(raw: str) -> None:
    assert vote_of(raw, emoji=THUMBS_UP, numbers=ONE) is None


@pytest.mark.parametrize(
    ("raw", "variant"),
    [
        ("👎", "down"),
        ("👎\ufe0f", "down"),
        ("-1", "down"),
        (":-1:", "down"),
        ("thumbsdown", "down"),
        ("👎🏽", "down+tone4"),
        ("-1::skin-tone-3", "down+tone3"),
        ("thumbsdown::skin-tone-6", "down+tone6"),
    ],
)
def test_a_thumb_down_is_a_dislike_of_the_one_paper(raw: str, variant: str) -> None:
    assert dislike_of(raw, numbers=ONE) == Mark(0, variant)
    assert dislike_of(raw, numbers=(1,)) == Mark(1, variant)
    assert dislike_of(raw, numbers=ONE, is_super=True) == Mark(0, f"{variant}+super")
    assert dislike_of(raw, numbers=FIVE) is None
    assert dislike_of(raw, numbers=()) is None


@pytest.mark.parametrize("raw", ["👍", "+1", "1", "-", "--1", "+1::skin-tone-3", "1️⃣", "👇", "", ":down:"])
def test_others_are_no_dislikes(raw: str) -> None:
    assert dislike_of(raw, numbers=ONE) is None


@given(st.sampled_from(["", *TONES]), st.booleans(), st.sampled_from([THUMBS_UP, THUMBS_DOWN, "🔥"]))
def test_no_dislike_has_the_name_of_a_vote(tone: str, is_super: bool, emoji: str) -> None:
    disliked = dislike_of(THUMBS_DOWN + tone, numbers=ONE, is_super=is_super)
    for raw in (emoji + tone, "1️⃣"):
        assert disliked != vote_of(raw, emoji=emoji, numbers=ONE, is_super=is_super)


@pytest.mark.parametrize(
    ("same", "other"),
    [
        ("👍🏽", "+1::skin-tone-4"),
        ("👍", "thumbsup"),
        ("❤️", "heart"),
        ("🔥", ":fire:"),
        ("👀", "eyes"),
        ("🔟", "keycap_ten"),
        ("3️⃣", "three"),
        ("🎉", ":tada:"),
        ("parrot:123", "<a:renamed:123>"),
        (":PartyParrot:", "partyparrot"),
    ],
)
def test_platforms_call_one_emoji_by_many_names(same: str, other: str) -> None:
    assert read_emoji(same) == read_emoji(other)


@pytest.mark.parametrize(("one", "other"), [("parrot:123", "parrot:124"), ("👍", "👎"), (":a:", ":b:")])
def test_others_stay_apart(one: str, other: str) -> None:
    assert read_emoji(one).symbol != read_emoji(other).symbol


def test_numbers_vote_for_their_papers() -> None:
    names = [*DIGITS, "keycap_ten"]
    for name, (keycap, number) in zip(names, KEYCAPS.items(), strict=True):
        wanted = Mark(number, "number") if number in FIVE else None
        assert vote_of(keycap, emoji=THUMBS_UP, numbers=FIVE) == wanted
        assert vote_of(name, emoji=THUMBS_UP, numbers=FIVE) == wanted


def test_a_thumb_on_a_digest_means_none_of_its_papers() -> None:
    assert vote_of("👍", emoji=THUMBS_UP, numbers=FIVE) is None


def test_on_a_digest_of_one_paper_both_count_and_are_two_reactions() -> None:
    thumb = vote_of("👍", emoji=THUMBS_UP, numbers=(1,))
    number = vote_of("1️⃣", emoji=THUMBS_UP, numbers=(1,))
    assert (thumb, number) == (Mark(1), Mark(1, "number"))


@pytest.mark.parametrize(
    ("emoji", "raw"),
    [
        ("🔥", "fire"),
        (":fire:", "🔥"),
        ("<:parrot:123>", "parrot:123"),
        (":parrot:", "parrot"),
        ("✋", "✋🏽"),
    ],
)
def test_a_place_has_its_own_emoji(emoji: str, raw: str) -> None:
    mark = vote_of(raw, emoji=emoji, numbers=ONE)
    assert mark is not None
    assert vote_of("👍", emoji=emoji, numbers=ONE) is None


@given(st.sampled_from(["", *TONES]), st.sampled_from(["", *TONES]), st.booleans(), st.booleans())
def test_reactions_that_differ_are_told_apart(
    one: str, other: str, is_super: bool, other_super: bool
) -> None:
    first = vote_of(THUMBS_UP + one, emoji="👍", numbers=ONE, is_super=is_super)
    second = vote_of(THUMBS_UP + other, emoji="👍", numbers=ONE, is_super=other_super)
    assert (first == second) == ((one, is_super) == (other, other_super))


@given(st.text(max_size=40), st.text(max_size=40), st.sets(st.integers(0, 10), max_size=10))
def test_whatever_comes_has_a_meaning_or_none(raw: str, emoji: str, numbers: set[int]) -> None:
    mark = vote_of(raw, emoji=emoji, numbers=numbers)
    assert mark is None or mark.number in numbers


@given(st.one_of(st.text(max_size=20), st.sampled_from(sorted(NAMED)), st.sampled_from(sorted(TONES))))
def test_what_was_read_is_read_alike(raw: str) -> None:
    symbol = read_emoji(raw).symbol
    if not symbol.startswith("custom "):
        assert read_emoji(symbol).symbol == symbol
