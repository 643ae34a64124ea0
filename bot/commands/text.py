"""Typed commands: what people write after `/papers` or at the demo's prompt, read by the table.

Positional arguments come first, then named ones: `name=value` (in a shell otherwise: `shell`). A RAW
argument is the text up to the next known name, quotes kept; it begins early where a word cannot be what
comes next, so `today agents` asks for a topic. Curly quotes, which phones type, are read as straight ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands.spec import NO, YES, Kind
from bot.domain.text import cut, listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.commands.spec import Argument, Command

CHAT_COUNT = 25
"""The most papers that one answer in a chat lists."""

UNCHANGED = "Nothing was changed."
"""What a mistake in a command that manages something ends with."""

QUOTED_CHARS = 40
"""How much of what somebody typed is repeated in an answer."""

STRAIGHT = str.maketrans("“”„‟«»‘’", '""""""\'\'')

TOKEN = re.compile(r'"(?P<quoted>[^"]*)"(?=\s|$)|(?P<plain><https?://[^\s>|]+\|[^>]*>|\S+)')
"""A quotation, one of Slack's links with its label (`<https://…|Some words>`), or a word."""

NUMBER = re.compile(
    r"[+-]?\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty", re.IGNORECASE
)
"""What is meant as a number, if not as one that can be taken."""

MOST_JOINED = 7
"""Words of one value: `arXiv : 2604.01234v1 [cs.CL]`, seven days of a week."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A command that was understood, with its arguments by name."""

    command: Command
    arguments: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A command that was not understood: what was wrong, and how it is typed where the command is known."""

    sentence: str
    usage: str = ""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The words of a command, taken apart: by position and by name, still as text."""

    positional: Mapping[str, str]
    named: Mapping[str, str]
    left_over: str = ""


def usage(command: Command) -> str:
    """Return how a command is typed: `search query [since] [count]`."""
    names = (argument.name if argument.required else f"[{argument.name}]" for argument in command.arguments)
    return " ".join((command.word, *names))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like one, if any is like it at all."""
    from difflib import get_close_matches  # noqa: PLC0415 - for mistakes alone

    return next(iter(get_close_matches(word[:QUOTED_CHARS].lower(), list(known), n=1, cutoff=0.6)), None)


# --- Text: `search "diffusion policy" since=2026-01-01` -----------------------


def parse_text(text: str, commands: Mapping[str, Command], max_count: int = CHAT_COUNT) -> Typed | Mistake:
    """Read a command from text. Nothing at all is a wish for help."""
    word, rest = [*text.translate(STRAIGHT).split(maxsplit=1), "", ""][:2]
    command = commands.get(word.lower() or "help")
    if command is None:
        return unknown_word(word, commands)
    return read(command, pieces_of_text(command, rest.strip()), max_count)


def unknown_word(word: str, commands: Iterable[str]) -> Mistake:
    """Say that there is no such command, and name the one that was probably meant."""
    guess = nearest(word, commands)
    hint = f"Did you mean “{guess}”?" if guess else "“help” shows all commands."
    return Mistake(f"I don't know “{cut(word, QUOTED_CHARS)}”. {hint}")


def pieces_of_text(command: Command, rest: str) -> Pieces | Mistake:
    """Take the text after the command's word apart at its known names."""
    marks = marks_of_names(command, rest)
    ends = [*(mark.start() for mark in marks), len(rest)][1:]
    named: dict[str, str] = {}
    for mark, end in zip(marks, ends, strict=True):
        name = mark["name"].lower()
        if name in named:
            return mistake(command, f"{name} stands twice.")
        value = taken(command, argument_of(command, name), rest[mark.end() : end].strip())
        if isinstance(value, Mistake):
            return value
        named[name] = value
    head = rest[: marks[0].start()] if marks else rest
    return with_positional(command, head.strip(), named)


def marks_of_names(command: Command, rest: str) -> list[re.Match[str]]:
    """Find each known `name=` that stands outside of quotes."""
    names = "|".join(re.escape(argument.name) for argument in command.arguments)
    if not names:
        return []
    pattern = re.compile(rf'"[^"]*"|(?<!\S)(?P<name>{names})=', re.IGNORECASE)
    return [mark for mark in pattern.finditer(rest) if mark["name"]]


def argument_of(command: Command, name: str) -> Argument:
    """Return an argument of a command by its name, which must be one."""
    return next(argument for argument in command.arguments if argument.name == name)


def taken(command: Command, argument: Argument, value: str) -> str | Mistake:
    """Return the value of a named argument: raw text whole, of any other just one word or quotation."""
    if argument.kind is Kind.RAW:
        return value
    if not value:
        return Mistake(f"{argument.name}= has no value.")
    word, left = first_value(argument, value)
    if not left:
        return word
    after = f"{argument.name}={cut(word, QUOTED_CHARS)}"
    unexpected = Mistake(f"I did not expect “{cut(left, QUOTED_CHARS)}” after {after}.")
    return unknown_name(command, left) or unexpected


def first_value(argument: Argument, text: str) -> tuple[str, str]:
    """Return the value that a text begins with, a word, a quotation or joined words, and what is left."""
    count = joined_count(argument, text.split())
    if count > 1:
        *words, left = [*text.split(maxsplit=count), ""][: count + 1]
        return " ".join(words), left
    token = TOKEN.match(text)
    assert token is not None, text
    word = token["plain"] if token["quoted"] is None else token["quoted"]
    return word, text[token.end() :].strip()


def joined_count(argument: Argument, words: Sequence[str]) -> int:
    """Return how many of the words are the argument's value: mostly one."""
    if argument.joins is None:
        return 1
    counts = range(min(len(words), MOST_JOINED), 1, -1)
    return next((count for count in counts if argument.joins(" ".join(words[:count]))), 1)


def with_positional(command: Command, head: str, named: Mapping[str, str]) -> Pieces | Mistake:
    """Add what stands before the first name, argument by argument."""
    positional: dict[str, str] = {}
    for argument in command.arguments:
        if not head:
            break
        raw = raw_instead(command, argument, first_word(head), named)
        if raw is not None:
            unknown = None if raw is argument else unknown_name(command, head)
            return unknown or Pieces({**positional, raw.name: head}, named)
        if argument.name in named:
            break
        if unknown := unknown_name(command, head):
            return unknown
        positional[argument.name], head = first_value(argument, head)
    return unknown_name(command, head) or Pieces(positional, named, head)


def raw_instead(command: Command, argument: Argument, word: str, named: Mapping[str, str]) -> Argument | None:
    """Return the RAW argument that all from a word on belongs to, where it cannot be the argument's own."""
    if argument.kind is not Kind.RAW and can_be(argument, word):
        return None
    raws = (one for one in command.arguments if one.kind is Kind.RAW and one.name not in named)
    return next(raws, None)


def can_be(argument: Argument, word: str) -> bool:
    """Tell whether a word can be meant as an argument, if wrongly."""
    if not word:
        return True
    match argument.kind:
        case Kind.COUNT:
            return NUMBER.fullmatch(word) is not None
        case Kind.CHOICE:
            return word.lower() in argument.choices
        case Kind.SWITCH:
            return not isinstance(switch_of(argument, word), Mistake)
        case _:
            return argument.fits is None or argument.fits(word)


def first_word(text: str) -> str:
    """Return the word or quotation that a text begins with, without its quotes."""
    token = TOKEN.match(text)
    return token["quoted"] or token["plain"] or "" if token else ""


def unknown_name(command: Command, text: str) -> Mistake | None:
    """Find a `name=` that the command does not have."""
    found = re.match(r"([A-Za-z_]+)=", text)
    return unknown_argument(command, found[1]) if found else None


def unknown_argument(command: Command, name: str) -> Mistake:
    """Say that the command has no such argument, and name the one that was probably meant."""
    guess = nearest(name, [argument.name for argument in command.arguments])
    hint = f" Did you mean {guess}?" if guess else ""
    return mistake(command, f"{command.word} has no {cut(name, QUOTED_CHARS)}.{hint}")


# --- Text and shell alike -----------------------------------------------------


def read(command: Command, pieces: Pieces | Mistake, max_count: int) -> Typed | Mistake:
    """Check the pieces against the table and turn them into arguments."""
    if isinstance(pieces, Mistake):
        return pieces if pieces.usage else mistake(command, pieces.sentence)
    if pieces.left_over:
        return mistake(command, f"I did not expect “{cut(pieces.left_over, QUOTED_CHARS)}”.")
    given = {**pieces.positional, **pieces.named}
    arguments: dict[str, str | int] = {}
    for argument in command.arguments:
        value = value_of(argument, given.get(argument.name), max_count)
        if isinstance(value, Mistake):
            return mistake(command, value.sentence)
        if value is not None:
            arguments[argument.name] = value
    return Typed(command, arguments)


def mistake(command: Command, sentence: str) -> Mistake:
    """Return a mistake with its usage line; where something could have changed, it says that nothing did."""
    return Mistake(f"{sentence} {UNCHANGED}" if command.managing else sentence, usage(command))


def value_of(argument: Argument, given: str | None, max_count: int) -> str | int | Mistake | None:
    """Return an argument's value: read from what was given, else its default; None where there is neither."""
    if argument.kind is Kind.SWITCH:
        return switch_of(argument, given)
    text = (given or "").strip() or argument.default
    if text is None:
        return no_value(argument, is_named=given is not None)
    match argument.kind:
        case Kind.COUNT:
            return number_of(argument, text, max_count)
        case Kind.CHOICE:
            return choice_of(argument, text)
        case _:
            return text


def no_value(argument: Argument, *, is_named: bool) -> str | Mistake | None:
    """Return what an argument is that has no value and no default."""
    if argument.required:
        return Mistake(f"{argument.name} is missing: {lowered(argument.help)}.")
    return "" if is_named and argument.keeps_empty else None


def number_of(argument: Argument, text: str, max_count: int) -> int | Mistake:
    """Read a number from the argument's least to its most, or to `max_count`."""
    most = max_count if argument.most is None else argument.most
    is_short = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    if is_short and argument.least <= int(text) <= most:
        return int(text)
    span = f"from {argument.least} to {most:,}"
    return Mistake(f"{argument.name} is a number {span}, not “{cut(text, QUOTED_CHARS)}”.")


YES_WORDS, NO_WORDS = {"yes", "y", "true", "1", ""}, {"no", "n", "false", "0"}


def switch_of(argument: Argument, given: str | None) -> str | Mistake:
    """Read yes or no; the bare name (`--add`, or `off` in its place) is a yes."""
    word = NO if given is None else given.strip().lower()
    if word in YES_WORDS or word == argument.name:
        return YES
    if word in NO_WORDS:
        return NO
    return Mistake(f"{argument.name} is yes or no, not “{cut(word, QUOTED_CHARS)}”.")


def choice_of(argument: Argument, text: str) -> str | Mistake:
    """Read one of the choices, in whatever case."""
    if text.lower() in argument.choices:
        return text.lower()
    guess = nearest(text, argument.choices)
    choices = listing(argument.choices, len(argument.choices))
    hint = f" Did you mean {guess}?" if guess else ""
    return Mistake(f"{argument.name} is one of {choices}, not “{cut(text, QUOTED_CHARS)}”.{hint}")


def lowered(sentence: str) -> str:
    """Return a phrase with a small first letter, for the middle of a sentence."""
    return sentence[0].lower() + sentence[1:]
