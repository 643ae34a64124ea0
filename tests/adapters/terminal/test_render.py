"""Cards as a person sees them: golden files; `REWRITE_GOLDEN=1 pytest …` writes them anew."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from adapters.terminal.render import print_card, safe
from bot.domain.cards import Action, Actions, Card, Code, Entry, Fact, Facts, Heading, Note, Prose
from bot.views import card_of
from tests.views.samples import ANSWERS, NOW

Colours = Literal["standard"] | None
GOLDEN = Path(__file__).parent / "golden"
ESCAPE = re.compile(r"\x1b\[[\d;]*m|\x1b\]8;[^\x1b]*\x1b\\")
LINK = re.compile(r"\x1b\]8;id=\d+;([^\x1b]+)\x1b\\")


def shown(
    card: Card, width: int | None = None, *, colours: Colours = "standard", no_color: bool = False
) -> str:
    """Return what is written to a pipe, or to a terminal of a width."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=width is not None,
        color_system=colours if width else None,
        no_color=no_color,
        _environ={},
    )
    print_card(card, console)
    return out.getvalue()


def plain(text: str) -> str:
    return ESCAPE.sub("", text)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("width", [None, 40, 100], ids=["pipe", "narrow", "wide"])
def test_it_reads_as_it_did(name: str, width: int | None) -> None:
    text = plain(shown(card_of(ANSWERS[name], NOW), width))
    golden = GOLDEN / f"{name.replace(' ', '-')}.{width or 'pipe'}.txt"
    if os.environ.get("REWRITE_GOLDEN"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


@pytest.mark.parametrize("name", ANSWERS)
def test_a_pipe_gets_neither_colours_nor_links(name: str) -> None:
    assert "\x1b" not in shown(card_of(ANSWERS[name], NOW))


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "citation"])
def test_rows_fit_a_narrow_terminal(name: str) -> None:
    rows = plain(shown(card_of(ANSWERS[name], NOW), 40)).splitlines()
    assert max(cell_len(row) for row in rows) <= 40
    assert [row for row in rows if row != row.rstrip()] == []


@pytest.mark.parametrize(("width", "widest"), [(10, 40), (70, 70), (400, 120)])
def test_the_width_has_bounds(width: int, widest: int) -> None:
    rows = plain(shown(Card((Prose("word " * 200),), "words"), width)).splitlines()
    assert widest - 5 <= max(map(len, rows)) <= widest


def test_a_terminal_gets_links_and_a_pipe_addresses() -> None:
    card = Card((Entry("Title", "https://a.example", 1, facts=(Fact("code", "https://b.example"),)),), "one")
    on_terminal = shown(card, 80, colours="standard")
    assert LINK.findall(on_terminal) == ["https://a.example", "https://b.example"]
    assert plain(on_terminal) == "1 · Title\n    code\n"
    assert shown(card) == "1 · Title\n    code https://b.example\n    https://a.example\n"


def test_a_terminal_without_escapes_gets_addresses() -> None:
    card = Card((Entry("Title", "https://a.example"),), "one")
    assert shown(card, 80, colours=None) == "Title\n  https://a.example\n"


def test_no_color_keeps_links_and_drops_colours() -> None:
    card = Card((Entry("Title", "https://a.example", 1, "Words."),), "one")
    text = shown(card, 80, no_color=True)
    assert LINK.search(text)
    assert not re.search(r"\x1b\[[\d;]*3\d", text)


HOSTILE = [
    pytest.param("[bold red]not markup[/]", "[bold red]not markup[/]", id="markup"),
    pytest.param("[link=https://evil.example]x[/link]", "[link=https://evil.example]x[/link]", id="link"),
    pytest.param(":smile: text", ":smile: text", id="emoji code"),
    pytest.param("a\nb\tc", "a b c", id="line ends"),
    pytest.param("a\x1b[31mred\x1b]8;;x\x07", "a[31mred]8;;x", id="escapes"),
    pytest.param("\u202etxet\u2066", "txet", id="direction"),
    pytest.param("a\x9bb\x00", "ab", id="control"),
    pytest.param("\ud800", "", id="half a character"),
    pytest.param("é世界🙂", "é世界🙂", id="wide"),
    pytest.param("👩\u200d🔬", "👩\u200d🔬", id="joined"),
]


@pytest.mark.parametrize(("text", "harmless"), HOSTILE)
def test_foreign_text_is_only_text(text: str, harmless: str) -> None:
    parts = (
        Heading(text),
        Prose(text),
        Note(text),
        Entry(text, "", 1, text, (Fact(text),)),
        Facts((Fact(text),), label=text),
        Code(text.replace("\n", " ")),
        Actions((Action(text, text),)),
    )
    for part in parts:
        assert harmless in shown(Card((part,), ""))


@given(st.text(), st.integers(40, 60))
def test_no_text_breaks_the_layout(text: str, width: int) -> None:
    card = Card((Entry(text, "https://a.example", 7, text, (Fact(text), Fact(text))), Prose(text)), "")
    rows = plain(shown(card, width)).split("\n")
    assert max(cell_len(row) for row in rows) <= width


@given(st.text())
def test_safe_text_stays_safe(text: str) -> None:
    assert safe(safe(text)) == safe(text)
    assert len(safe(text).splitlines()) <= 1


def test_a_citation_is_never_wrapped() -> None:
    line = "  title = {" + "word " * 60 + "},"
    assert line in plain(shown(Card((Code(f"@misc{{x,\n{line}\n}}"),), ""), 60)).splitlines()
