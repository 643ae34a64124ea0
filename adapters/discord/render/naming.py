"""The bot's own words as they are typed on Discord: there, “resume” is “/papers-admin resume”."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.commands.table import COMMANDS
from bot.commands.text import usage
from bot.domain.cards import Card, Entry, Facts, Heading, Note, Part, Prose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.answers import HelpPage

EVERYONE, MANAGERS = "/papers", "/papers-admin"

MANAGING = frozenset(word for word, command in COMMANDS.items() if command.managing)

THEIRS = ("on", "for", "match", "matches", "lacks", "not", "know", "expect", "Like", "Note:", "topic")
"""What stands before somebody's own words in quotes: a topic, a question, a remark, a mistake."""

BEFORE = "".join(rf"(?<!\b{word} )" for word in THEIRS) + "(?<!→ )"
WORDS = "|".join(sorted(COMMANDS, key=len, reverse=True))

TYPED = re.compile(rf"{BEFORE}“(?P<word>{WORDS})(?P<rest> [\w./:=-]+(?: off)?)?”(?! (?:is|names) no\b)")
"""Words to type as all our sentences have them: a command, and at most one argument and `off` behind it."""


def as_typed_here(card: Card, *, is_ours: bool) -> Card:
    """Return a card whose sentences name commands as Discord does.

    Notes are ours in every card, other text only where `is_ours`: there is none of a paper in it.
    """
    return replace(card, parts=tuple(named_parts(card.parts, is_ours=is_ours)))


def named_parts(parts: Iterable[Part], *, is_ours: bool) -> Iterable[Part]:
    """Yield parts with commands as they are typed."""
    for part in parts:
        match part:
            case Note(text):
                yield replace(part, text=named(text))
            case Prose(text) | Heading(text) if is_ours:
                yield replace(part, text=named(text))
            case Entry() if is_ours:
                yield replace(part, sentence=named(part.sentence))
            case Facts(facts) if is_ours:
                yield replace(part, facts=tuple(replace(fact, text=named(fact.text)) for fact in facts))
            case _:
                yield part


def named(text: str) -> str:
    """Return a sentence with its commands as they are typed."""
    return TYPED.sub(full_words, text)


def full_words(found: re.Match[str]) -> str:
    """Return the words to type behind the command that has them."""
    return f"“{with_root(found)}{found['rest'] or ''}”"


def with_root(found: re.Match[str]) -> str:
    """Return a command of ours behind that of Discord's which has it."""
    return f"{root_of(found['word'])} {found['word']}"


def root_of(word: str) -> str:
    """Return the command of Discord's that has a command of ours."""
    return MANAGERS if word in MANAGING else EVERYONE


# --- Help ---------------------------------------------------------------------------------

EXAMPLE = re.compile(r"(?<=\AFor example: )(?P<word>[\w-]+)")
ROOTS = {usage(command): root_of(word) for word, command in COMMANDS.items()}
"""The command that has a command, by how that is typed."""


def help_as_typed_here(page: HelpPage) -> HelpPage:
    """Return help with each command behind the one that has it: `/papers-admin pause [id] [until]`."""
    lines = tuple((in_full(words), does) for words, does in page.lines)
    notes = tuple(EXAMPLE.sub(with_root, note) for note in page.notes)
    return replace(page, title=in_full(page.title), lines=lines, notes=notes)


def in_full(words: str) -> str:
    """Return how a command is typed behind the one that has it; other words as they are."""
    return f"{ROOTS[words]} {words}" if words in ROOTS else words
