from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.clean import clean_line, clean_link, clean_prose


@pytest.mark.parametrize(
    ("foreign", "clean"),
    [
        pytest.param("A title\n  over lines", "A title over lines", id="wrapped"),
        pytest.param("ze\u200bro\u2060 width\ufeff", "zero width", id="zero width"),
        pytest.param("abc \u202egnp.exe\u202c x", "abc gnp.exe x", id="direction"),
        pytest.param("nul\x00 bell\x07", "nul bell", id="control"),
        pytest.param("half \ud83d of a pair", "half of a pair", id="surrogate"),
        pytest.param("Cafe\u0301", "Café", id="composed"),
        pytest.param("a \u200b b", "a b", id="a blank on both sides of what goes"),
        pytest.param("日本語 🤗 $x^2$", "日本語 🤗 $x^2$", id="kept"),
    ],
)
def test_a_line_is_clean(foreign: str, clean: str) -> None:
    assert clean_line(foreign) == clean


@pytest.mark.parametrize(
    ("foreign", "clean"),
    [
        (r"by 87.2\% on R\&D", "by 87.2% on R&D"),
        (r"a tool\_call for \$5, the \#1", "a tool_call for $5, the #1"),
        (r"from \$5 to \$10", "from $5 to $10"),
        ("20\\%\nmore", "20% more"),
        (r"$\%_{a\_b}$ and 5\%", r"$\%_{a\_b}$ and 5%"),
        ("$95\n\\%$ of \\(5\\%\\) and \\[5\\%\\]", r"$95 \%$ of \(5\%\) and \[5\%\]"),
        (r"$5 and 10\% of $6", "$5 and 10% of $6"),
        (r"a \\% b \textbf{c\%} \alpha", r"a \\% b \textbf{c%} \alpha"),
        ("ends in \\", "ends in \\"),
    ],
)
def test_a_sign_that_was_escaped_for_tex_is_a_sign_and_formulas_are_kept(foreign: str, clean: str) -> None:
    assert clean_line(foreign) == clean_prose(foreign) == clean


def test_a_long_line_ends_at_a_word() -> None:
    assert clean_line("word " * 30, max_chars=12) == "word word"


@pytest.mark.parametrize(
    ("foreign", "clean"),
    [
        ("<think>let me see</think> It works.", "It works."),
        ("It works. <THINK>and never", "It works."),
        ("a < b and b > c", "a < b and b > c"),
    ],
)
def test_thoughts_of_a_model_are_left_out(foreign: str, clean: str) -> None:
    assert clean_prose(foreign) == clean


@pytest.mark.parametrize("link", ["https://a.example/x?y=1#z", "http://a.example"])
def test_a_web_link_is_kept(link: str) -> None:
    assert clean_link(f" {link} ") == link


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "ftp://a.example",
        "//a.example",
        "https://",
        "https://[",
        "https://a b",
        "x" * 3000,
        "",
    ],
)
def test_any_other_link_is_dropped(link: str) -> None:
    assert clean_link(link) == ""


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    line = clean_line(text)
    assert not {unicodedata.category(character) for character in line} & {"Cc", "Cf", "Cs"}
    assert line == " ".join(line.split()) == clean_line(line)
