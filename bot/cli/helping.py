"""Help in the terminal: the table's, in the words of a shell, and the operator's commands beside it."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cli.operators import OPERATORS
from bot.cli.options import HELP
from bot.commands.about import help_on
from bot.commands.table import COMMANDS
from bot.commands.text import Pieces, pieces_of_text, unknown_word
from bot.domain.answers import HelpPage, Refusal

if TYPE_CHECKING:
    from bot.cli.operators import Operator
    from bot.commands.spec import Command

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
    return shell_form(page, COMMANDS[word]) if word else whole_page(page)


def whole_page(page: HelpPage) -> HelpPage:
    """Return help on everything: the table's commands, then the operator's, then what all take."""
    operators = tuple((operator.usage, operator.help) for operator in OPERATORS.values())
    return HelpPage(page.title, (*page.lines, *operators, *HELP), (HOW, "More on one: papers help search"))


def shell_form(page: HelpPage, command: Command) -> HelpPage:
    """Return help on one command with its examples as a shell takes them."""
    examples = (f"For example: {shell_example(command, example)}" for example in command.examples)
    return replace(page, notes=tuple(examples))


def shell_example(command: Command, example: str) -> str:
    """Return an example of a chat (`count=3`) as it is typed in a shell (`--count 3`)."""
    pieces = pieces_of_text(command, example)
    assert isinstance(pieces, Pieces), example
    positional = (shell_quoted(value) for value in pieces.positional.values())
    named = (f"--{name.replace('_', '-')} {shell_quoted(value)}" for name, value in pieces.named.items())
    return " ".join(("papers", command.word, *positional, *named))


def shell_quoted(value: str) -> str:
    """Return a value as a shell must be given it: plain words as they are, quotes inside of quotes."""
    words = value.split()
    return value if words and all(word == shlex.quote(word) for word in words) else shlex.quote(value)


def operator_page(operator: Operator) -> HelpPage:
    """Return help on one of the operator's commands."""
    return HelpPage(operator.usage, ((operator.word, operator.help), *operator.takes))
