"""The commands about the bot itself: status and help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands.text import nearest, usage
from bot.domain.answers import FeedState, HelpPage, Refusal, StatusReport
from bot.domain.periods import day_words, feed_day, is_list_day
from bot.domain.text import cut, listing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.commands.desk import Desk
    from bot.commands.spec import Argument, Command, Invocation


async def status(ask: Invocation, desk: Desk) -> StatusReport:
    """Answer whether all is well here, and what to do where it is not."""
    today = feed_day(desk.clock.now())
    feed = await desk.store.last_feed(today)
    return StatusReport(ask.place, feed, silence_of(feed, today))


def silence_of(feed: FeedState | None, today: date) -> str:
    """Say why there is nothing new to read, and what to do; empty where all is well."""
    if feed is None:
        return (
            "No list has been fetched yet. On the machine that runs me, “papers ingest” fetches the newest."
        )
    if missed := lists_between(feed.day, today):
        lists = "the list of one weekday is" if missed == 1 else f"the lists of {missed} weekdays are"
        newest = day_words(feed.day, today)
        mend = f"“papers ingest --since {feed.day}” fetches what came after."
        return f"The newest list is of {newest}; {lists} missing. {mend}"
    return ""


def lists_between(newest: date, today: date) -> int:
    """Count the days between the newest list and today, both left out, on which a list was expected."""
    days = range(newest.toordinal() + 1, today.toordinal())
    return sum(is_list_day(type(newest).fromordinal(day)) for day in days)


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
    examples = tuple(f"For example: {word} {example}" for example in command.examples)
    return HelpPage(usage(command), ((word, command.help), *arguments), examples)


def argument_help(argument: Argument) -> str:
    """Say what an argument is: what it means, its choices, what stands where it is left out."""
    choices = f" One of {listing(argument.choices, len(argument.choices))}." if argument.choices else ""
    left_out = f" Left out: {argument.default}." if argument.default else ""
    needed = " Needed." if argument.required else ""
    return f"{argument.help}.{choices}{left_out}{needed}"
