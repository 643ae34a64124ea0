"""What `papers doctor` asks of a chat platform."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.places import Place


class Health(Enum):
    """How something is that was looked at."""

    WELL = "well"
    NOTED = "noted"
    """It works, and somebody may want to know."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing; where it is not well, `words` say what to do."""

    name: str
    health: Health
    words: str


class Checked(Protocol):
    """A chat platform that can be looked over."""

    def set_up(self) -> AsyncIterator[Finding]:
        """Yield what is found, the token first; if that is wrong, no place can be looked at."""

    async def lacking(self, place: Place) -> str:
        """Return what is wrong in a place, and what to do; empty where nothing is."""
