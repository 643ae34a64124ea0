"""The commands about the bot itself: status and help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands.text import nearest, usage
from bot.domain.answers import HelpPage, Refusal
from bot.domain.text import cut, listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.commands.desk import Desk
    from bot.commands.spec import Argument, Command, Invocation
    from bot.domain.answers import StatusReport


async def status(ask: Invocation, desk: Desk) -> StatusReport:
    """Answer whether all is well here, and what to do where it is not."""
    return await desk.office.reporting.status(ask.place)


def help_on(commands: Mapping[str, Command], word: str) -> HelpPage | Refusal:
    """Return help on one command, or on all where the word is empty."""
    if not word:
        lines = tuple((usage(command), command.help) for command in commands.values())
        return HelpPage(
            "papers-bot: the day's machine-learning papers",
            lines,
            ("“help search” tells more of one command.",),
        )
    if word not in commands:
        guess = nearest(word, commands)
        hint = f" Did you mean “{guess}”?" if guess else ""
        return Refusal(f"There is no command “{cut(word, 40)}”.{hint}", wrong_usage=True)
    command = commands[word]
    arguments = tuple((argument.name, argument_help(argument)) for argument in command.arguments)
    examples = tuple(f"For example: {word} {example}".rstrip() for example in command.examples)
    return HelpPage(usage(command), ((word, command.help), *arguments), examples)


def argument_help(argument: Argument) -> str:
    """Say what an argument is: what it means, its choices, what stands where it is left out."""
    choices = f" One of {listing(argument.choices, len(argument.choices))}." if argument.choices else ""
    left_out = f" Left out: {argument.default}." if argument.default else ""
    needed = " Needed." if argument.required else ""
    return f"{argument.help}.{choices}{left_out}{needed}"
