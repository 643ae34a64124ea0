"""The one analysis of text: the same words for papers, topics and searches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.words import (
    LONGEST_WORD,
    STOP_WORDS,
    folded,
    joined_words_of,
    kept,
    spelled_words,
    squeezed,
    stem,
    tokens_of,
    words_of,
    words_of_name,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("... — !", []),
        ("World Models", ["world", "model"]),
        ("Attention Is All You Need", ["attent", "need"]),
        ("to be or not to be", ["to", "be", "or", "not", "to", "be"]),
        ("self-play", ["self", "play"]),
        ("on-policy", ["polici"]),
        ("GPT-4.5", ["gpt", "4", "5"]),
        ("snake_case", ["snake", "case"]),
        ("José's café", ["jose", "cafe"]),
        ("ﬁne‑tuning", ["fine", "tune"]),
        ("Ｆｕｌｌ width", ["full", "width"]),
        ("İstanbul", ["istanbul"]),
        ("人工智能", ["人工智能"]),
        ("LLM’s and LLMs", ["llm", "llm"]),
        ("don't", ["dont"]),
        ("O(n^2)", ["o", "n", "2"]),
    ],
)
def test_the_words_of_a_text(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    "same",
    [
        ("agent", "agents", "Agents", "AGENT'S"),
        ("policy", "policies"),
        ("LLM", "LLMs", "llm's"),
        ("GPU", "GPUs"),
        ("VQA", "VQAs"),
        ("1990", "1990s"),
        ("teacher", "teachers", "teaching", "teach"),
        ("transformer", "transformers", "transforming"),
        ("processor", "processors"),
        ("Nunez", "Núñez", "nuñez"),
    ],
)
def test_forms_of_a_word_are_one(same: tuple[str, ...]) -> None:
    assert len({tuple(words_of(word)) for word in same}) == 1


@pytest.mark.parametrize(
    "apart",
    [
        ("gas", "ga"),
        ("css", "cs"),
        ("paper", "pap"),
        ("layer", "lay"),
        ("vector", "vect"),
        ("number", "numb"),
        ("author", "auth"),
    ],
)
def test_a_short_word_keeps_its_ending(apart: tuple[str, str]) -> None:
    assert stem(apart[0]) != stem(apart[1])


def test_a_word_has_a_longest_length() -> None:
    assert stem("x" * 10_000) == stem("x" * LONGEST_WORD)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("self-play", ["selfplay"]),
        ("self‐play self‑play", ["selfplay", "selfplay"]),
        ("state-of-the-art models", ["stateoftheart"]),
        ("multi-agents", ["multiag"]),
        ("plain words - only", []),
        ("-x y-", []),
    ],
)
def test_hyphenated_words_count_as_one_besides(text: str, words: list[str]) -> None:
    assert [stem(word) for word in words] == [stem(word) for word in joined_words_of(text)]


@pytest.mark.parametrize(("name", "words"), [("Kaiming He", 2), ("An Yang", 2), ("You", 1), ("Qwen", 1)])
def test_a_name_keeps_all_its_words(name: str, words: int) -> None:
    assert len(words_of_name(name)) == words
    assert words_of_name(name.upper()) == words_of_name(name)


def test_words_as_they_are_spelled() -> None:
    text = "The Self-Play agents"
    assert tokens_of(text) == ["the", "self-play", "agents"]
    assert spelled_words(text) == ["the", "self", "play", "agents"]
    assert kept(spelled_words(text)) == ["self", "play", "agents"]


def test_stop_words_are_as_texts_are_read() -> None:
    assert {word for word in STOP_WORDS if spelled_words(word) != [word]} == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Self-Play: A Survey", "self play a survey"),
        ("Self‐Play", "Self-Play"),
        ("Let's Verify", "lets verify"),
        ("What’s  *new*?", "whats new"),
        ("Café_Bench", "CAFE BENCH"),
        ("(GPT-4)", "gpt4"),
    ],
)
def test_titles_are_equal_but_for_case_spaces_and_punctuation(one: str, other: str) -> None:
    assert squeezed(one) == squeezed(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Verify", "Verified"), ("The Agent", "Agent"), ("V2", "V")])
def test_other_titles_are_not(one: str, other: str) -> None:
    assert squeezed(one) != squeezed(other)


@pytest.mark.parametrize("text", ["", "***", " - ", "'_'"])
def test_a_text_of_marks_has_no_title(text: str) -> None:
    assert squeezed(text) == ""


@given(st.text())
def test_folding_and_squeezing_are_done_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert squeezed(squeezed(text)) == squeezed(text)


@given(st.text())
def test_the_words_of_a_text_are_words_themselves(text: str) -> None:
    for word in words_of(text):
        assert 0 < len(word) <= LONGEST_WORD
        assert spelled_words(word) == [word]


@given(st.text(), st.text())
def test_texts_side_by_side_have_the_words_of_both(one: str, other: str) -> None:
    assert spelled_words(f"{one}\n{other}") == spelled_words(one) + spelled_words(other)
