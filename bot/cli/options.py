"""What may stand anywhere on the command line, and what is left of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.places import LOCAL_PERSON, LOCAL_PLACE, Identity, Place, parse_identity, parse_place
from bot.domain.text import cut
from bot.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

QUOTED_CHARS = 60
"""How much of what was typed is repeated in a complaint."""

HELP = (
    ("--json", "The answer as JSON, for programs."),
    ("--place PLACE", f"Speak as in that place, such as discord:1/2. Left out: {LOCAL_PLACE}."),
    ("--as PERSON", f"Speak as that person, such as discord:3. Left out: {LOCAL_PERSON}."),
    ("--debug", "Log everything on standard error, and show where a fault came from."),
    ("--version", "The version, and nothing else."),
)


@dataclass(frozen=True, slots=True)
class Options:
    """The command line, read as far as all commands share it. `words` begin with the command."""

    words: tuple[str, ...] = ()
    as_json: bool = False
    place: Place = LOCAL_PLACE
    identity: Identity = LOCAL_PERSON
    is_debugging: bool = False
    wants_help: bool = False
    wants_version: bool = False

    @property
    def whose(self) -> str:
        """What must be typed with a command for the same place and person; empty for the usual ones."""
        place = "" if self.place == LOCAL_PLACE else f" --place {self.place}"
        return place if self.identity == LOCAL_PERSON else f"{place} --as {self.identity}"


def read_options(arguments: Sequence[str]) -> Options:
    """Take out the options that all commands share. After `--` nothing is an option.

    Raises:
        UsageError: An option lacks its value, or it names no place or person.
    """
    words: list[str] = []
    options = Options()
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            words += [argument, *rest]
        elif (with_option := read_one(argument, rest, options)) is not None:
            options = with_option
        else:
            words.append(argument)
    return replace(options, words=tuple(words))


def read_one(argument: str, rest: Iterator[str], options: Options) -> Options | None:
    """Return the options with this one set, taking its value from the rest; None if it is another word."""
    name, joined, value = argument.partition("=")
    if name in SWITCHES and not joined:
        return SWITCHES[name](options)
    if name == "--place":
        return replace(options, place=place_of(value if joined else next(rest, "")))
    if name == "--as":
        return replace(options, identity=identity_of(value if joined else next(rest, "")))
    return None


SWITCHES: dict[str, Callable[[Options], Options]] = {
    "--json": lambda options: replace(options, as_json=True),
    "--debug": lambda options: replace(options, is_debugging=True),
    "--help": lambda options: replace(options, wants_help=True),
    "-h": lambda options: replace(options, wants_help=True),
    "--version": lambda options: replace(options, wants_version=True),
}
"""The options without a value."""


def place_of(text: str) -> Place:
    """Read the value of `--place`."""
    place = parse_place(text)
    if place is None:
        raise UsageError(f"“{cut(text, QUOTED_CHARS)}” is no place. A place is written like {LOCAL_PLACE}.")
    return place


def identity_of(text: str) -> Identity:
    """Read the value of `--as`."""
    identity = parse_identity(text)
    if identity is None:
        raise UsageError(f"“{cut(text, QUOTED_CHARS)}” is no person. One is written like {LOCAL_PERSON}.")
    return identity
