"""The one table of commands as Slack has it: all words behind `/papers`, typed.

Slack knows no options and no menus of its own for them; what is typed is read by the same parser as in the
terminal's prompt.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.slack.markup import unescaped
from bot.commands.text import parse_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.commands.spec import Command
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
