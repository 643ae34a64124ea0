"""What an export holds besides what the rest of the bot has types for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.deliveries import MessageRef
    from bot.domain.papers import PaperId
    from bot.domain.places import Identity, Place


@dataclass(frozen=True, slots=True)
class Member:
    """A server (`discord:<guild>`, `slack:<team>`) of a community; all with the same word vote together."""

    server: str
    community: str


@dataclass(frozen=True, slots=True)
class Hide:
    """A paper that somebody took out of a place; `identity` is empty where they were forgotten since."""

    place: Place
    paper: PaperId
    identity: Identity
    at: datetime


@dataclass(frozen=True, slots=True)
class BallotPaper:
    """A paper that a posted message shows, under its number there (0: the only one)."""

    message: MessageRef
    number: int
    place: Place
    paper: PaperId
    at: datetime


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Somebody who asked to be forgotten, by the keyed hash of their identity."""

    hashed: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Secret:
    """What only one store knows: the key of those hashes, without which they say nothing."""

    name: str
    value: str = field(repr=False)


MadeRecord = Member | Hide | BallotPaper | Forgotten | Secret
