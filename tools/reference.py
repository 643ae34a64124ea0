"""Write docs/commands.md, the reference page of all commands, from the program's own tables.

Type `.venv/bin/python -m tools.reference`. A test holds the page equal to the tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.helping import shell_example
from bot.cli.operators import OPERATORS
from bot.cli.options import HELP
from bot.commands.about import argument_help
from bot.commands.shell import TERMINAL_COUNT
from bot.commands.spec import Visibility
from bot.commands.table import COMMANDS
from bot.commands.text import CHAT_COUNT, usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.cli.operators import Operator
    from bot.commands.spec import Command

PAGE = Path(__file__).resolve().parents[1] / "docs" / "commands.md"

HEAD = """# Commands

<!-- Made by `python -m tools.reference` from the program's own tables: change those, not this page. -->

Type `papers` and a command; in a checkout the program is `.venv/bin/papers`. What stands in brackets may
be left out. Help is at hand: `papers help`, `papers help search`. Where a chat shows an answer to the
asker alone, it is said."""

TYPING = f"""## How it is typed

Arguments come in the order in which they stand here, or by name, in any order. Lists have up to
{TERMINAL_COUNT} papers in the terminal and up to {CHAT_COUNT} in a chat. A shell takes quotes, brackets
and `|` for itself: what has any goes into single quotes."""

TYPED = (
    ("today", "3 agent"),
    ("today", "topic=agent count=3"),
    ("search", '"chain of thought" -survey'),
    ("week", "topic=robot | humanoid"),
)

TOPICS = r"""## Topics and searches

| write | for papers |
|---|---|
| `robot arm` | with both words, in whatever form: “robots” and “robot” are one |
| `"robot arm"` | with the phrase |
| `robot \| humanoid`, `robot OR humanoid` | with either |
| `(robot \| humanoid) policy` | with the word, and either of those in brackets |
| `-survey`, `NOT survey` | without it |
| `author:name`, `@name` | by an author |
| `org:name` | of an organisation |
| `cat:cs.CL` | of a category of arXiv |
| `title:word` | with the word in the title |

OR and NOT are written in capitals. A topic wants all its words. `search` ranks papers with any of them;
phrases, fields and what is excluded restrict it, and a pasted title finds its paper first."""

ENDING = """## How it ends

| exit status | means |
|---|---|
| 0 | done |
| 1 | it could not be done; one line on standard error says why |
| 2 | it was typed wrongly; the line says how, with the nearest right word |
| 130 | it was stopped (Ctrl-C, SIGTERM); the service ends with 0 then |

With `--json` the answer is one JSON object on standard output: `{"kind": "list", "papers": […]}` and the
like. A key without a value is left out; 0 is a value. What went wrong is of the kind `error`, with the
sentence under `error` and, where it was typed wrongly, how it is typed under `usage`."""


def page() -> str:
    """Return the whole page."""
    return "\n\n".join(sections()) + "\n"


def sections() -> Iterator[str]:
    """Yield the page part by part."""
    yield HEAD
    yield "## Reading"
    for command in COMMANDS.values():
        yield from command_parts(command)
    yield "## Operating"
    for operator in OPERATORS.values():
        yield from operator_parts(operator)
    yield "## Options of every command"
    yield rows("option", "does", HELP)
    yield TYPING
    yield code(*(shell_example(COMMANDS[word], example) for word, example in TYPED))
    yield TOPICS
    yield ENDING


def command_parts(command: Command) -> Iterator[str]:
    """Yield what is told of one command of the table."""
    yield f"### `{usage(command)}`"
    is_private = command.visibility is Visibility.PRIVATE
    yield command.help + (f" A chat shows it to {command.visibility}." if is_private else "")
    if command.arguments:
        yield rows("argument", "is", ((each.name, argument_help(each)) for each in command.arguments))
    yield code(*(shell_example(command, example) for example in command.examples or ("",)))


def operator_parts(operator: Operator) -> Iterator[str]:
    """Yield what is told of one of the operator's commands."""
    yield f"### `{operator.usage}`"
    yield operator.help
    if operator.takes:
        yield rows("give", "for", operator.takes)


def rows(left: str, right: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return a table with two columns."""
    lines = (f"| `{escaped(words)}` | {escaped(does)} |" for words, does in pairs)
    return "\n".join((f"| {left} | {right} |", "|---|---|", *lines))


def escaped(text: str) -> str:
    """Return a text as a cell of a table takes it."""
    return text.replace("|", "\\|")


def code(*lines: str) -> str:
    """Return lines to be typed."""
    return "\n".join(("```sh", *lines, "```"))


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
