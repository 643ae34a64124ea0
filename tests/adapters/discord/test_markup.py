"""Foreign text as Markdown, asked of a reader of Markdown of its own: what does a person see?"""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.discord.limits import MAX_TITLE
from adapters.discord.markup import (
    ZERO_WIDTH_SPACE,
    bold,
    clipped,
    escaped,
    fenced,
    isolated,
    link,
    plain,
    safe_address,
    with_channels,
)
from bot.domain.plain import LONGEST_LINK, size
from tests.adapters.discord.hard_texts import ACCENTED, FAMILY, FLAGS, MARKUP, UNUSUAL, addresses, texts
from tools.discord_markdown import flat, rows_of, text_of

ADDRESS = "https://huggingface.co/papers/2604.21686"


def seen(markdown: str) -> str:
    return text_of(markdown).replace(ZERO_WIDTH_SPACE, "")


def kinds(markdown: str) -> set[str]:
    return {
        kind for row in rows_of(markdown) for kind in (row.kind, *(span.kind for span in flat(row.spans)))
    }


@pytest.mark.parametrize(
    ("markdown", "kind"),
    [
        ("@everyone", "everyone"),
        ("<@123>", "mention"),
        ("<@&123>", "mention"),
        ("<#123>", "mention"),
        ("</papers today:123>", "mention"),
        ("<:smile:123>", "mention"),
        (":smile:", "emoji"),
        ("<t:1700000000:R>", "time"),
        ("||spoiler||", "spoiler"),
        ("**bold**", "bold"),
        ("*slanted*", "starred"),
        ("_slanted_", "slanted"),
        ("__under__", "under"),
        ("~~struck~~", "struck"),
        ("`code`", "code"),
        ("```\nblock\n```", "code"),
        ("[a](https://evil.example)", "link"),
        ("see https://evil.example", "link"),
        ("<https://evil.example>", "link"),
        ("# heading", "h1"),
        ("-# small", "small"),
        ("> quote", "quote"),
        ("- item", "item"),
        ("1. item", "item"),
    ],
)
def test_the_reader_sees_what_would_have_an_effect(markdown: str, kind: str) -> None:
    assert kind in kinds(markdown)
    assert kinds(escaped(plain(markdown))) == {""}


@given(texts)
@example("[a](https://evil.example)")
@example("1. first\\")
def test_escaped_text_shows_what_was_written_and_does_nothing(text: str) -> None:
    markdown = escaped(plain(text))
    assert seen(markdown) == plain(text)
    assert kinds(markdown) <= {""}


@pytest.mark.parametrize("text", [*MARKUP, *UNUSUAL])
def test_each_sign_is_harmless_alone_and_between_words(text: str) -> None:
    for around in (text, f"{text}{text}", f"a {text} b", f"a{text}b"):
        markdown = escaped(plain(around))
        assert seen(markdown) == plain(around)
        assert kinds(markdown) <= {""}


@given(texts)
def test_plain_text_is_one_line_without_what_cannot_be_seen(text: str) -> None:
    line = plain(text)
    assert not set(line) & set("\n\r\t\x00\x1b\u200b\u202e\u2066\ufeff\u2028\ud800")
    assert plain(line) == line
    line.encode("utf-8")


@given(texts, addresses)
def test_a_link_leads_nowhere_else(text: str, url: str) -> None:
    words = plain(text)
    markdown = bold(f"1 · {link(words, url)}")
    spans = [span for row in rows_of(markdown) for span in flat(row.spans)]
    targets = {span.target for span in spans if span.kind == "link"}
    assert targets <= {safe_address(url)} - {""}
    assert {span.kind for span in spans} <= {"", "bold", "link"}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("A [b] c", "A [b] c"),
        ("A ]b[ c", "A )b( c"),
        ("See https://a.example now", "See a.example now"),
        ("a_(b)*c*", "a_(b)*c*"),
    ],
)
def test_a_title_with_brackets_or_an_address_is_still_a_link(words: str, shown: str) -> None:
    markdown = link(words, ADDRESS)
    [span] = rows_of(markdown)[0].spans
    assert (span.kind, span.target, span.text) == ("link", ADDRESS, shown)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "ftp://a.example",
        "https://",
        "https://[::1",
        "/a",
        "https://a/" + "x" * 600,
    ],
)
def test_what_is_no_address_of_the_web_is_not_linked(url: str) -> None:
    assert safe_address(url) == ""
    assert link("words", url) == "words"


@given(addresses)
def test_an_address_stands_in_round_brackets(url: str) -> None:
    address = safe_address(url)
    assert not set(address) & set("()<>[]* \"'\n")
    assert len(address) <= LONGEST_LINK


@given(texts, st.integers(1, MAX_TITLE))
@example(FAMILY * 10, 20)
@example(FLAGS * 10, 21)
@example(ACCENTED, 33)
@example("\\" * 50, 7)
@example("@everyone\u200d @everyone", 13)
def test_text_is_cut_to_its_room_at_whole_characters(text: str, room: int) -> None:
    line = plain(text)
    short = clipped(line, room)
    assert size(escaped(short)) <= max(room, size(escaped("…")))
    if short != line:
        begun = short.removesuffix("…").rstrip("\u00a0")
        assert line.startswith(begun)
        following = line[len(begun) : len(begun) + 1]
        assert following not in {"\u200d", "\u0301", "\u0323", "\u0324", "🏽"}
        assert not begun.endswith("\u200d")


def test_a_cut_goes_to_a_word_s_end_and_never_leaves_its_sign_alone() -> None:
    assert clipped("one two three four", 12) == "one two\u00a0…"
    assert clipped("x" * 30, 10, str) == "x" * 8 + "…"
    assert plain("cut before …") == "cut before\u00a0…"


@given(texts)
@example("`code````")
@example("``quoted'' and ```")
def test_text_to_be_copied_never_leaves_its_fence(text: str) -> None:
    rows = rows_of(f"{fenced(text)}\n_after_")
    assert [row.kind for row in rows] == ["code", ""]
    assert "slanted" in {span.kind for span in rows[-1].spans}


def test_text_written_backwards_leaves_its_neighbours_where_they_are() -> None:
    assert isolated("دنا") == "\u2068دنا\u2069"
    assert isolated("Ada") == "Ada"


def test_places_are_channels_and_no_longer_than_before() -> None:
    here = "discord:123456789012345678/987654321098765432"
    assert with_channels(f"All well in {here}.") == "All well in <#987654321098765432>."
    assert with_channels("All well in discord:1/22.") == "All well in <#22>."
    assert with_channels("In discord:@me/987654321098765432!") == "In this conversation!"
    address = "https://discord.com/channels/123456789012345678/11/22"
    assert with_channels(escaped(f"By your reaction on {address}.")) == f"By your reaction on {address}."
    conversation = "https://discord.com/channels/@me/11/22"
    assert with_channels(escaped(conversation)) == conversation
    assert with_channels(escaped("https://evil.example/1/2/3")) == escaped("https://evil.example/1/2/3")
    assert with_channels("discord:x/y, slack:T1/C1") == "discord:x/y, slack:T1/C1"
