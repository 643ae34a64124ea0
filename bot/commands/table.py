"""The one table of commands. Parsers, help and the reference page are made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands import about, lists, reading
from bot.commands.spec import Argument, Command, Kind, Visibility

if TYPE_CHECKING:
    from bot.commands.desk import Desk
    from bot.commands.spec import Invocation
    from bot.domain.answers import HelpPage, Refusal


async def help_(ask: Invocation, desk: Desk) -> HelpPage | Refusal:  # noqa: ARG001 - every handler has a desk
    """Answer with help, made from this table."""
    return about.help_on(COMMANDS, ask.text("command").strip().lower())


def count(default: int = 5) -> Argument:
    """Return the argument that says how many papers to list."""
    return Argument("count", Kind.COUNT, "How many papers", default=str(default))


TOPIC = Argument("topic", Kind.RAW, 'Only papers on this, such as agent | "tool use" -survey')
PAPER = Argument(
    "paper",
    Kind.WORD,
    "An arXiv id, a link to the paper, or its number on your last list",
    required=True,
)

COMMANDS: dict[str, Command] = {
    command.word: command
    for command in (
        Command(
            "today",
            "The papers of the current list, best first.",
            lists.today,
            (count(), TOPIC),
            examples=("", "count=3", 'topic="diffusion policy"'),
        ),
        Command(
            "week",
            "The best papers of a week.",
            lists.week,
            (
                Argument("which", Kind.WORD, "The week, such as 2026-W17; left out, the current one"),
                count(),
                TOPIC,
            ),
            examples=("", "2026-W17 count=10"),
        ),
        Command(
            "month",
            "The best papers of a month.",
            lists.month,
            (
                Argument("which", Kind.WORD, "The month, such as 2026-04; left out, the current one"),
                count(),
                TOPIC,
            ),
            examples=("", "2026-04 topic=robot"),
        ),
        Command(
            "on",
            "The papers of one day's list.",
            lists.on,
            (
                Argument("date", Kind.WORD, "The day, such as 2026-04-24, or yesterday", required=True),
                count(),
                TOPIC,
            ),
            examples=("2026-04-24", "yesterday count=3"),
        ),
        Command("show", "One paper in full.", reading.show, (PAPER,), examples=("2604.01234", "2")),
        Command(
            "search",
            "Find papers by title, abstract, keywords, authors and organisation.",
            reading.search,
            (
                Argument(
                    "query",
                    Kind.RAW,
                    'Words; "a phrase", -word, author:name and org:name narrow it',
                    required=True,
                ),
                Argument("since", Kind.WORD, "Only papers from this day on, such as 2026-01-01"),
                count(),
            ),
            examples=("diffusion policy", '"chain of thought" author:wei since=2026-01-01'),
        ),
        Command(
            "similar",
            "Papers like one, each with the words that they share.",
            reading.similar,
            (PAPER, count()),
            examples=("2604.01234", "1 count=3"),
        ),
        Command(
            "top",
            "The leaderboard: the papers with most votes, Hugging Face's rank beside.",
            lists.top,
            (
                Argument(
                    "period",
                    Kind.CHOICE,
                    "How far back",
                    default="week",
                    choices=("week", "month", "year", "all"),
                ),
                Argument(
                    "scope",
                    Kind.CHOICE,
                    "Whose votes",
                    default="community",
                    choices=("here", "server", "community"),
                ),
                count(10),
            ),
            examples=("", "month scope=here"),
        ),
        Command(
            "cite",
            "A citation of a paper.",
            reading.cite,
            (
                PAPER,
                Argument(
                    "format", Kind.CHOICE, "The style", default="bibtex", choices=("bibtex", "ris", "apa")
                ),
            ),
            examples=("2604.01234", "1 apa"),
        ),
        Command(
            "status",
            "Whether the bot is well here, and why nothing came where nothing came.",
            about.status,
            visibility=Visibility.PRIVATE,
        ),
        Command(
            "help",
            "This help, or more on one command.",
            help_,
            (Argument("command", Kind.WORD, "A command, such as search"),),
            visibility=Visibility.PRIVATE,
            examples=("", "search"),
        ),
    )
}
