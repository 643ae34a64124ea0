"""Help in the terminal: the table's, in the words of a shell, and the operator's commands beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cli.operators import OPERATORS
from bot.cli.options import HELP
from bot.commands.about import help_on
from bot.commands.table import COMMANDS
from bot.commands.text import unknown_word
from bot.domain.answers import HelpPage, Refusal

if TYPE_CHECKING:
    from bot.cli.operators import Operator

NAMED = re.compile(r"(?<=\s)([a-z_]+)=")
"""A `name=value` of a chat, which a shell writes `--name value`."""

HOW = "Arguments come in this order, or by name: papers today --count 3 --topic agent"


def help_page(word: str) -> HelpPage | Refusal:
    """Return help on one command, or on all where the word is empty."""
    if word in OPERATORS:
        return operator_page(OPERATORS[word])
    if word and word not in COMMANDS:
        mistake = unknown_word(word, [*COMMANDS, *OPERATORS])
        return Refusal(mistake.sentence, "help [command]", wrong_usage=True)
    page = help_on(COMMANDS, word)
    if isinstance(page, Refusal):
        return page
    return shell_form(page) if word else whole_page(page)


def whole_page(page: HelpPage) -> HelpPage:
    """Return help on everything: the table's commands, then the operator's, then what all take."""
    operators = tuple((operator.usage, operator.help) for operator in OPERATORS.values())
    return HelpPage(page.title, (*page.lines, *operators, *HELP), (HOW, "More on one: papers help search"))


def shell_form(page: HelpPage) -> HelpPage:
    """Return help on one command with its examples as a shell takes them."""
    return replace(page, notes=tuple(shell_words(note) for note in page.notes))


def shell_words(note: str) -> str:
    """Return an example as it is typed in a shell."""
    return NAMED.sub(r"--\1 ", note.replace("For example: ", "For example: papers "))


def operator_page(operator: Operator) -> HelpPage:
    """Return help on one of the operator's commands."""
    return HelpPage(operator.usage, ((operator.word, operator.help), *operator.takes))
