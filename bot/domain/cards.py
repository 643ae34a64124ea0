"""What a message says, before any platform decides how.

Every part has a keep-priority. Where a message is too long for a platform, its adapter leaves out the
parts with the lowest `keep` first, later ones before earlier ones, and cuts text at sentence ends only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Keep(IntEnum):
    """How long a part is kept when room gets short."""

    SPARE = 1
    NICE = 2
    NEEDED = 3
    ALWAYS = 4


@dataclass(frozen=True, slots=True)
class Fact:
    """A few words that say one thing, such as `84 upvotes`; linked where `url` is set."""

    text: str
    url: str = ""
    keep: Keep = Keep.NEEDED
    at: datetime | None = None
    """The instant that it tells; a platform that can shows it in each reader's own zone too."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of the card (level 1) or of a group of entries (level 2)."""

    text: str
    level: int = 1
    keep: Keep = Keep.ALWAYS
    votes: int = 0
    """This bot's own votes for the paper whose page it heads, for a button that counts them."""


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph of plain text."""

    text: str
    keep: Keep = Keep.NEEDED


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper on a list: its number there, its title and link, one sentence, one line of facts."""

    title: str
    url: str
    number: int | None = None
    sentence: str = ""
    facts: tuple[Fact, ...] = ()
    keep: Keep = Keep.ALWAYS
    votes: int = 0
    """This bot's own votes for it, for a button that counts them."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A line of facts about the whole card, or a labelled one: `Authors  A. One, B. Two`."""

    facts: tuple[Fact, ...]
    label: str = ""
    keep: Keep = Keep.NEEDED


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be copied as it stands, line breaks included."""

    text: str
    keep: Keep = Keep.ALWAYS


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done next: a button where there are buttons, else the words to type, as `show 1`."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Actions:
    """What can be done next with this card."""

    actions: tuple[Action, ...]
    keep: Keep = Keep.SPARE


@dataclass(frozen=True, slots=True)
class Note:
    """A remark about the card: where it comes from, what is missing, what to do."""

    text: str
    keep: Keep = Keep.NICE


Part = Heading | Prose | Entry | Facts | Code | Actions | Note


@dataclass(frozen=True, slots=True)
class Card:
    """One message. `gist` is its one-line form, for notifications and logs of what was said."""

    parts: tuple[Part, ...]
    gist: str
