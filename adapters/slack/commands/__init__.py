"""The one table of commands as Slack has it: all words behind `/papers`, typed.

Slack knows no options and no menus of its own for them; what is typed is read by the same parser as in the
terminal's prompt.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.slack.markup import unescaped
from bot.commands.spec import NO, Kind
from bot.commands.text import parse_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.commands.spec import Argument, Command
    from bot.commands.text import Mistake, Typed

SLASH = "/papers"
"""The one command that Slack is told of."""

SUBMIT = "p1.submit"
"""What names the shortcut that submits the paper of a message."""

LINK = re.compile(r"<(https?://[^\s>|]+)(?:\|[^>]*)?>")
"""An address as Slack sends it, with its label or without."""

MENTION = re.compile(r"\A\s*<@[A-Z0-9]+(?:\|[^>]*)?>\s*")
"""The bot's own name at the beginning of what is said to it."""

LONGEST_TEXT = 3_000
"""Characters of a command that are read: more is no command any more."""


def typed_text(text: str) -> str:
    """Return what somebody typed, of the text that Slack sends of it: addresses bare, signs as they were."""
    return unescaped(LINK.sub(r"\1", text[:LONGEST_TEXT]))


def read_text(text: str, commands: Mapping[str, Command]) -> Typed | Mistake:
    """Read what was typed behind `/papers`."""
    return parse_text(typed_text(text), commands)


def read_mention(text: str, commands: Mapping[str, Command]) -> Typed | Mistake:
    """Read what was said to the bot, its own name before it or not."""
    return read_text(MENTION.sub("", text).removeprefix(SLASH), commands)


# --- How it would be typed -------------------------------------------------------------------


def typed_words(typed: Typed) -> str:
    """Return a command as words that are read as the same command; what has its default is left out."""
    command, words = typed.command, [typed.command.word]
    for argument in sorted(command.arguments, key=lambda each: each.kind is Kind.RAW):
        value = typed.arguments.get(argument.name)
        usual = NO if argument.kind is Kind.SWITCH else argument.default
        if value is None or str(value) == usual:
            continue
        words.append(f"{argument.name}={in_one_word(argument, str(value))}")
    return " ".join(words)


def in_one_word(argument: Argument, value: str) -> str:
    """Return a value so that it is read as one: in quotes, unless it is raw text."""
    is_plain = argument.kind is Kind.RAW or (value and not any(letter.isspace() for letter in value))
    return value if is_plain else f'"{value}"'
