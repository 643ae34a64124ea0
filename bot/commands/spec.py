"""How a command is described. The table is made of these, and everything else is made from the table."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.commands.desk import Desk
    from bot.domain.answers import Answer
    from bot.domain.places import Identity, Place

    Handler: TypeAlias = Callable[["Invocation", Desk], Awaitable[Answer]]
    """Answers one command."""


YES, NO = "yes", "no"
"""The values of a SWITCH."""


class Kind(Enum):
    """What an argument is, and so how its text is read. Dates and papers are read by the handlers."""

    COUNT = "a number"
    CHOICE = "one of the choices"
    SWITCH = "yes or no"
    WORD = "one word, or several in quotes"
    RAW = "raw text, up to the next known name"


class Visibility(StrEnum):
    """Who sees the answer."""

    PUBLIC = "everyone"
    PRIVATE = "the asker alone"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument. `default` is the text that stands where it is left out; None where nothing does."""

    name: str
    kind: Kind
    help: str
    required: bool = False
    default: str | None = None
    choices: tuple[str, ...] = ()
    least: int = 1
    """The smallest number of a COUNT."""
    most: int | None = None
    """The largest number of a COUNT; None: as many papers as an answer lists."""
    keeps_empty: bool = False
    """Named without a value it is an empty text, not as if left out: `topic=` takes a topic away."""
    fits: Callable[[str], bool] | None = None
    """Tells whether a WORD can be meant as it, if wrongly; None: any can."""
    joins: Callable[[str], bool] | None = None
    """Tells whether several words are one value of a WORD, as `arXiv: 2604.01234`; None: never."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One command as somebody gave it, with its arguments read and checked against the table.

    `arguments` holds what was given or has a default: int for COUNT, str for all others.
    """

    command: str
    place: Place
    identity: Identity
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    zone: str = ""
    """The asker's own time zone, where the platform tells it."""
    manages: bool = False
    """Whether the asker manages the place, as its platform has it."""

    def text(self, name: str) -> str:
        """Return a text argument, empty where it was left out."""
        return str(self.arguments.get(name, ""))

    def has(self, name: str) -> bool:
        """Tell whether an argument was given, if empty, or has a default."""
        return name in self.arguments

    def is_on(self, name: str) -> bool:
        """Tell whether a SWITCH is on."""
        return self.text(name) == YES

    def number(self, name: str) -> int:
        """Return a COUNT argument; the table gives it a default or makes it required."""
        return int(self.arguments[name])


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its word, what it does in one sentence, its arguments in positional order."""

    word: str
    help: str
    handler: Handler
    arguments: tuple[Argument, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    managing: bool = False
    examples: tuple[str, ...] = ()
    """What follows the word in the examples of the help page, as `count=3 topic="agent"`."""
