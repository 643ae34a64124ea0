"""Commands in a shell: `search diffusion policy --since 2026-01-01`. What is as in a chat is in `text`."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.commands.spec import Kind
from bot.commands.text import (
    QUOTED_CHARS,
    STRAIGHT,
    Mistake,
    Pieces,
    argument_of,
    joined_count,
    mistake,
    nearest,
    raw_instead,
    read,
    unknown_argument,
    unknown_word,
)
from bot.domain.text import cut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.commands.spec import Command
    from bot.commands.text import Typed

TERMINAL_COUNT = 100
"""The most papers that one answer in a terminal lists."""


def parse_words(
    words: Sequence[str], commands: Mapping[str, Command], max_count: int = TERMINAL_COUNT
) -> Typed | Mistake:
    """Read a command from the words of a shell. Nothing at all is a wish for help."""
    word = words[0] if words else "help"
    command = commands.get(word.lower())
    if command is None:
        return unknown_word(word, commands)
    return read(command, pieces_of_words(command, list(words[1:])), max_count)


def pieces_of_words(command: Command, words: list[str]) -> Pieces | Mistake:
    """Take the words apart: those before the first `--name` by position, the rest by name.

    After a bare `--` nothing is a name, so a word may begin with dashes.
    """
    end = words.index("--") if "--" in words else len(words)
    names = [index for index, word in enumerate(words[:end]) if word.startswith("--")]
    head = words[: names[0] if names else end] + words[end + 1 :]
    named: dict[str, str] = {}
    for start, stop in pairwise([*names, end]):
        option, is_joined, first = words[start].partition("=")
        name = option.lower().removeprefix("--").replace("-", "_")
        values = ([first] if is_joined else []) + words[start + 1 : stop]
        if wrong := wrong_option(command, option, name, values, named):
            return wrong
        named[name] = " ".join(values).translate(STRAIGHT)
    return positional_words(command, head, named)


def wrong_option(
    command: Command, option: str, name: str, values: Sequence[str], named: Mapping[str, str]
) -> Mistake | None:
    """Find what is wrong with an option: unknown, given before, without a value, or with several."""
    shown = cut(option, QUOTED_CHARS)
    if name not in {argument.name for argument in command.arguments}:
        guess = nearest(name, [argument.name for argument in command.arguments])
        hint = f" Did you mean --{guess.replace('_', '-')}?" if guess else ""
        return mistake(command, f"{command.word} has no {shown}.{hint}")
    if name in named:
        return mistake(command, f"{shown} stands twice.")
    argument = argument_of(command, name)
    if not values and argument.kind is not Kind.SWITCH:
        return mistake(command, f"{shown} has no value.")
    left = values[joined_count(argument, values) :]
    if argument.kind is not Kind.RAW and left:
        return mistake(command, f"I did not expect “{cut(left[0], QUOTED_CHARS)}” after {shown}.")
    return None


def positional_words(command: Command, head: list[str], named: Mapping[str, str]) -> Pieces | Mistake:
    """Give the words before the first name to the arguments in order; a RAW one takes all that are left."""
    positional: dict[str, str] = {}
    for argument in command.arguments:
        if not head:
            break
        if argument.kind is not Kind.RAW and (wrong := chat_name(command, head[0])):
            return wrong
        if (raw := raw_instead(command, argument, head[0], named)) is not None:
            return Pieces({**positional, raw.name: " ".join(head).translate(STRAIGHT)}, named)
        if argument.name in named:
            break
        count = joined_count(argument, head)
        positional[argument.name] = " ".join(head[:count]).translate(STRAIGHT)
        head = head[count:]
    return Pieces(positional, named, " ".join(head))


def chat_name(command: Command, word: str) -> Mistake | None:
    """Find a `name=value` of a chat among the words of a shell, and say how it is given there."""
    found = re.match(r"([A-Za-z_]+)=(.*)", word)
    if found is None:
        return None
    name, value = found[1].lower(), found[2]
    known = [argument.name for argument in command.arguments]
    if name not in known:
        return unknown_argument(command, found[1])
    option = f"--{name.replace('_', '-')} {cut(value, QUOTED_CHARS)}".rstrip()
    return mistake(command, f"In a terminal “{cut(word, QUOTED_CHARS)}” is written “{option}”.")


NAMED = re.compile(r"(?<=\s)([a-z_]+)=")


def shell_words(words: str) -> str:
    """Return the words of a text as a shell takes them: `--min-upvotes 3` for `min_upvotes=3`."""
    return NAMED.sub(lambda found: f"--{found[1].replace('_', '-')} ", words)
