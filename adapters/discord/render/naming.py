"""The bot's own words as they are typed on Discord: there, “resume” is “/papers-admin resume”."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.commands.table import COMMANDS
from bot.domain.cards import Card, Entry, Facts, Heading, Note, Part, Prose

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    command = MANAGERS if found["word"] in MANAGING else EVERYONE
    return f"“{command} {found['word']}{found['rest'] or ''}”"
