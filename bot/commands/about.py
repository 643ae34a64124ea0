"""The commands about the bot itself: status and help."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.commands.text import nearest, usage
from bot.domain.answers import HelpPage, Refusal, StatusReport
from bot.domain.periods import day_words, feed_day, is_list_day
from bot.domain.text import cut, listing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bot.commands.desk import Desk
    from bot.commands.spec import Argument, Command, Invocation
    from bot.domain.answers import FeedState


NOTHING_FETCHED = (
    "No list has been fetched yet. On the machine that runs me, “papers ingest” fetches the newest."
)


async def status(ask: Invocation, desk: Desk) -> StatusReport:
    """Answer whether all is well here, and what to do where it is not."""
    today = feed_day(desk.clock.now())
    feed = await desk.store.last_feed(today)
    if feed is None:
        return StatusReport(ask.place, None, NOTHING_FETCHED)
    # A list that was fetched and is empty is not missing: so are those of holidays.
    known = await desk.store.listed_days(feed.day, today)
    missing = [day for day in expected_between(feed.day, today) if day not in known]
    return StatusReport(ask.place, feed, silence_of(feed, missing, today))


def silence_of(feed: FeedState, missing: Sequence[date], today: date) -> str:
    """Say which lists since the newest are missing, and what to do; empty where none is."""
    if not missing:
        return ""
    lists = f"that of {day_words(missing[0], today)} is"
    if len(missing) > 1:
        lists = f"the lists of {len(missing)} weekdays are"
    mend = f"On the machine that runs me, “papers ingest --since {feed.day}” fetches what came after."
    return f"The newest list is of {day_words(feed.day, today)}; {lists} missing. {mend}"


def expected_between(newest: date, today: date) -> list[date]:
    """Return the days between the newest list and today, both left out, on which a list was expected."""
    days = (newest + timedelta(days=number) for number in range(1, (today - newest).days))
    return [day for day in days if is_list_day(day)]


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
