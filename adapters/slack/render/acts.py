"""What a button or an option stands for, written into its value.

A value holds all that is needed, so that a button works after any restart: `p1:vote:1:2604.21686`. `p1` is
the version of this scheme: an old message keeps its values for ever, so a later scheme takes another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import assert_never

from bot.domain.papers import PaperId

PATTERN = re.compile(r"p1:(?:vote:(?P<number>\d{0,9}):(?P<paper>[^:]+)|do:(?P<words>.+))", re.DOTALL)
"""Every value of ours."""

ACTION = "p1."
"""What every action id of ours begins with; a number follows, as each is there once in a message."""


@dataclass(frozen=True, slots=True)
class Vote:
    """Vote for a paper, or take the vote back. `number` is the paper's in its message."""

    paper: PaperId
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Do:
    """The same as if the words had been typed behind `/papers`."""

    words: str


Act = Vote | Do


def value_of(act: Act) -> str:
    """Write an act. Only `Do` can be too long for Slack: its words are as long as they are."""
    match act:
        case Vote(paper, number):
            return f"p1:vote:{number or ''}:{paper}"
        case Do(words):
            return f"p1:do:{words}"
        case _:
            assert_never(act)


def act_of(value: str) -> Act | None:
    """Read an act; None where the value is not of this scheme."""
    found = PATTERN.fullmatch(value)
    if found is None:
        return None
    if paper := found["paper"]:
        return Vote(PaperId(paper), int(found["number"]) if found["number"] else None)
    return Do(found["words"])
