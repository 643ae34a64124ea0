"""A card as lines of a terminal, or of a pipe.

No text stands in columns, so that a narrow window, wide characters and a screen reader do it no harm. Texts
are rich's `Text`, never its markup: a title with `[bold]` in it is shown as it is written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from rich.console import Console
from rich.style import Style
from rich.text import Text

from bot.commands.shell import shell_words
from bot.domain.cards import Actions, Card, Code, Entry, Fact, Facts, Heading, Note, Part, Prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NARROWEST = 40
WIDEST = 120
"""Longer lines are hard to read; what is narrower is left to the terminal."""

BETWEEN = " · "

IN_CHATS = re.compile(r"/papers (\w+)")
"""A command as chats type it, in a note that is for every platform."""

TITLE = Style(bold=True)
SUBTITLE = Style(bold=True, underline=True)
QUIET = Style(dim=True)
PLAIN = Style()


class Screen(Console):
    """A console that tells when its reader has left (`papers demo | head`), instead of ending the program."""

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError again."""
        raise BrokenPipeError


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written on. `width` (cells) is None where lines are not wrapped."""

    width: int | None = None
    links: bool = False
    """Whether text can be clicked; where it cannot, addresses are written out."""
    prefix: str = "papers "
    """What stands before words to type."""
    suffix: str = ""
    """What stands behind them, as ` --place discord:1/2`."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line before it is wrapped; what is wrapped goes on under its text, `indent` cells in."""

    text: Text
    indent: int = 0
    lead: str = ""
    """What stands in the indent of the first row, as `1 · `."""
    whole: bool = False
    """Never wrapped: it is there to be copied."""


def sheet_for(console: Console, suffix: str = "") -> Sheet:
    """Return how to write to this console: a pipe and a dumb terminal get addresses, a pipe whole lines."""
    width = max(NARROWEST, min(WIDEST, console.width)) if console.is_terminal else None
    return Sheet(width, links=console.is_terminal and console.color_system is not None, suffix=suffix)


def print_card(card: Card, console: Console, suffix: str = "") -> None:
    """Write a card to a console."""
    sheet = sheet_for(console, suffix)
    for row in rows_of(card, sheet, console):
        console.print(row, soft_wrap=True)


def rows_of(card: Card, sheet: Sheet, console: Console) -> Iterator[Text]:
    """Yield the card row by row, an empty row between parts that do not belong together."""
    before: Part | None = None
    for part in card.parts:
        if before is not None and not is_close(before, part):
            yield Text()
        for line in lines_of(part, sheet):
            yield from wrapped(line, sheet.width, console)
        before = part


def is_close(before: Part, part: Part) -> bool:
    """Tell whether a part follows the one before it without an empty row."""
    match before, part:
        case (Heading(), Note() | Facts()) | (Note(), Note()) | (Facts(), Facts()):
            return True
        case Heading(level=2), Entry():
            return True
        case Entry(number=None), Entry(number=None):
            return True
        case _:
            return False


def wrapped(line: Line, width: int | None, console: Console) -> Iterator[Text]:
    """Yield a line in rows that fit the width, none of them ending in blanks."""
    if width is None or line.whole:
        rows: Iterable[Text] = [line.text]
    else:
        rows = line.text.wrap(console, width - line.indent)
    lead = line.lead or " " * line.indent
    for row in rows:
        row.rstrip()
        yield Text(lead) + row if row.plain else row
        lead = " " * line.indent


def lines_of(part: Part, sheet: Sheet) -> list[Line]:
    """Return the lines of one part."""
    match part:
        case Entry():
            return entry_lines(part, sheet)
        case Code(text):
            return [Line(Text(safe(row)), whole=True) for row in text.splitlines()]
        case _:
            return [Line(text_of(part, sheet))]


def text_of(part: Heading | Prose | Note | Facts | Actions, sheet: Sheet) -> Text:
    """Return a part that is one paragraph."""
    match part:
        case Heading(text, level):
            return Text(safe(text), TITLE if level == 1 else SUBTITLE)
        case Prose(text):
            return Text(safe(text))
        case Note(text):
            return Text(safe(IN_CHATS.sub(lambda found: typed(found[1], sheet), text)), QUIET)
        case Facts(facts, label):
            return Text.assemble((f"{safe(label)}: " if label else "", TITLE), joined(facts, sheet, PLAIN))
        case Actions(actions):
            words = (Text(safe(typed(action.words, sheet))) for action in actions)
            return Text.assemble(("Next: ", QUIET), Text(BETWEEN).join(words))
        case _:
            assert_never(part)


def typed(words: str, sheet: Sheet) -> str:
    """Return words to type as this sheet's reader types them: at a prompt, or in a shell."""
    return f"{sheet.prefix}{shell_words(words) if sheet.prefix else words}{sheet.suffix}"


def entry_lines(entry: Entry, sheet: Sheet) -> list[Line]:
    """Return an entry's title, sentence and facts, set in under its number."""
    lead = "" if entry.number is None else f"{entry.number}{BETWEEN}"
    indent = len(lead) or 2
    title = Text(safe(entry.title), TITLE + link_style(entry.url, sheet))
    lines = [Line(title, indent=len(lead), lead=lead)]
    if entry.sentence:
        lines.append(Line(Text(safe(entry.sentence)), indent))
    if entry.facts:
        lines.append(Line(joined(entry.facts, sheet, QUIET), indent))
    if entry.url and not sheet.links:
        lines.append(Line(Text(safe(entry.url)), indent, whole=True))
    return lines


def joined(facts: Iterable[Fact], sheet: Sheet, style: Style) -> Text:
    """Return facts on one line, with points between them."""
    return Text(BETWEEN, style).join(fact_text(fact, sheet, style) for fact in facts)


def fact_text(fact: Fact, sheet: Sheet, style: Style) -> Text:
    """Return one fact, to be clicked where it has an address, or with the address behind it."""
    if fact.url and not sheet.links:
        return Text(f"{safe(fact.text)} {safe(fact.url)}", style)
    return Text(safe(fact.text), style + link_style(fact.url, sheet))


def link_style(url: str, sheet: Sheet) -> Style:
    """Return the style that makes text clickable (OSC 8), where there is an address and a terminal for it."""
    return Style(link=safe(url)) if url and sheet.links else PLAIN


def safe(text: str) -> str:
    """Return the text on one line, without what steers a terminal: escapes, line ends, changes of direction.

    Sources clean what they take in; this holds for text that came any other way.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(safe_character(character) for character in text)


STEERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def safe_character(character: str) -> str:
    """Return a character, a blank for one that would break the line, nothing for one that steers."""
    if character.isspace():
        return " "
    hidden = character in STEERING or unicodedata.category(character) in {"Cc", "Cs"}
    return "" if hidden else character
