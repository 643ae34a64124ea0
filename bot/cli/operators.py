"""The operator's commands: their words, their help, and how their arguments are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands.text import nearest
from bot.domain.text import cut
from bot.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.cli.options import Options

QUOTED_CHARS = 60
"""How much of what was typed is repeated in a complaint."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One command of the operator. `takes` are its `--name`s and its FILE, with what each means."""

    word: str
    usage: str
    help: str
    takes: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names that may be given, without their dashes."""
        return tuple(words.split()[0][2:] for words, _ in self.takes if words.startswith("--"))

    def takes_several(self, name: str) -> bool:
        """Tell whether a name takes more than one value, and so may stand more than once."""
        return any(words.split()[0] == f"--{name}" and words.endswith("…") for words, _ in self.takes)


OPERATORS: dict[str, Operator] = {
    operator.word: operator
    for operator in (
        Operator(
            "demo",
            "demo",
            "A day with the bot, told in the terminal: no account, no network, no set-up.",
        ),
        Operator(
            "ingest",
            "ingest [--date DAY | --since DAY | --from PATH … | --search QUERY]",
            "Fetch lists and keep them. It can be done again at no harm.",
            (
                ("--date DAY", "The list of one day, such as 2026-04-24."),
                ("--since DAY", "All lists from that day to today."),
                ("--from PATH …", "Saved answers of the daily papers API: files, or folders of them."),
                ("--search QUERY", "What Hugging Face finds for a text, whenever it was listed."),
                ("(nothing)", "Today's list; in a fresh store the newest two."),
            ),
        ),
        Operator(
            "run",
            "run [--role ROLE …] [--shards A-B/N]",
            "The service: fetches lists as they grow and posts on time, until it is stopped.",
            (
                (
                    "--role ROLE …",
                    "Only these: gateway, web, scheduler, sender, fetcher; apart, over PostgreSQL.",
                ),
                ("--shards A-B/N", "Listen to the part A to B of N of Discord's servers; else to all."),
            ),
        ),
        Operator(
            "plan",
            "plan --from TIME --to TIME",
            "When each subscription is due in that time, in UTC and local time. It does nothing.",
            (
                ("--from TIME", "An instant such as 2027-01-01T00:00Z, or a date; itself included."),
                ("--to TIME", "An instant or a date; itself not included."),
            ),
        ),
        Operator(
            "doctor",
            "doctor",
            "Whether settings, store, sources and clock are well, line by line, and what to do.",
        ),
        Operator(
            "slack-manifest",
            "slack-manifest [--url URL]",
            "What Slack is told of the bot, to be pasted at api.slack.com/apps.",
            (("--url URL", "Where the bot can be reached over HTTPS; without it, Socket Mode."),),
        ),
        Operator("migrate", "migrate", "Bring the database's schema up to date."),
        Operator(
            "backup",
            "backup FILE",
            "A consistent copy of the database, while others use it.",
            (("FILE", "Where the copy goes; a file that is there already is left alone."),),
        ),
        Operator(
            "restore",
            "restore FILE",
            "Put a copy back in the database's place.",
            (("FILE", "A copy that “papers backup” made."),),
        ),
        Operator(
            "export",
            "export FILE",
            "Subscriptions, votes and the like as JSON lines.",
            (("FILE", "Where they go; - is standard output."),),
        ),
        Operator(
            "import",
            "import FILE",
            "Take in what was exported, from this database or another.",
            (("FILE", "Where they are; - is standard input."),),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Given:
    """The words after a command: those that stand alone, then those behind each `--name`."""

    alone: tuple[str, ...]
    named: Mapping[str, tuple[str, ...]]


def read_words(operator: Operator, words: Sequence[str]) -> Given:
    """Take the words apart.

    Raises:
        UsageError: A name is unknown, or stands twice though it takes one value.
    """
    alone: list[str] = []
    named: dict[str, list[str]] = {}
    values = alone
    for word in words:
        if not word.startswith("--"):
            values.append(word)
            continue
        name, joined, value = word[2:].partition("=")
        values = named.setdefault(checked_name(operator, name, named), [])
        values += [value] if joined else []
    return Given(tuple(alone), {name: tuple(behind) for name, behind in named.items()})


def checked_name(operator: Operator, name: str, before: Mapping[str, list[str]]) -> str:
    """Return a name that the command has, and that did not stand before where it takes one value."""
    if name in before and not operator.takes_several(name):
        raise UsageError(f"--{name} stands twice.", operator.usage)
    if name not in operator.names:
        guess = nearest(name, operator.names)
        hint = f" Did you mean --{guess}?" if guess else ""
        raise UsageError(f"{operator.word} has no --{cut(name, QUOTED_CHARS)}.{hint}", operator.usage)
    return name


def nothing_more(operator: Operator, words: Sequence[str]) -> None:
    """Refuse words that the command has no use for."""
    if words:
        raise UsageError(f"I did not expect “{cut(' '.join(words), QUOTED_CHARS)}”.", operator.usage)


def one_value(operator: Operator, given: Given, name: str) -> str | None:
    """Return the one word behind a name; None where the name was left out."""
    values = given.named.get(name)
    if values is None:
        return None
    if not values or not values[0]:
        raise UsageError(f"--{name} needs a value.", operator.usage)
    nothing_more(operator, values[1:])
    return values[0]


def the_file(operator: Operator, options: Options) -> str:
    """Return the FILE of a command that takes one and nothing else."""
    given = read_words(operator, options.words[1:])
    if not given.alone or not given.alone[0]:
        raise UsageError(f"{operator.word} needs a file.", operator.usage)
    nothing_more(operator, given.alone[1:])
    return given.alone[0]
