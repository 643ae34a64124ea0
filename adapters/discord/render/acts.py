"""What a button or a select stands for, written into its custom id.

A custom id holds all that is needed, so that a button works after any restart: `p1:vote:1:2604.21686:<key>`.
`p1` is the version of this scheme: an old message keeps its ids for ever, so a later scheme takes another.
The key of a delivery stands in the ids of its message: history shows them, and so a message is found by it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from bot.domain.papers import PaperId

if TYPE_CHECKING:
    from collections.abc import Iterable

PATTERN = re.compile(
    r"p1:(?:vote:(?P<number>\d{0,9}):(?P<paper>[^:]+):(?P<vote>\w*)|choose:(?P<choose>\w*)"
    r"|read:(?P<read>\w*)|do:(?P<words>.+))",
    re.DOTALL,
)
"""Every custom id of ours."""

MARK_PAGE = "https://huggingface.co/papers"
"""What the heading of a message links to that has no buttons to hold its key."""
MARK = re.compile(r"#p1-(\w+)\Z")


@dataclass(frozen=True, slots=True)
class Vote:
    """A button: vote for a paper, or take the vote back. `number` is the paper's in its message."""

    paper: PaperId
    number: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Choose:
    """A select: vote for the chosen paper; its values are identifiers of papers."""

    key: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A select: show the chosen paper to whoever asks; its values are identifiers of papers."""

    key: str = ""


@dataclass(frozen=True, slots=True)
class Do:
    """A button: the same as if the words had been typed behind `/papers`."""

    words: str


Act = Vote | Choose | Read | Do


def custom_id(act: Act) -> str:
    """Write an act. Only `Do` can be too long for Discord: its words are as long as they are."""
    match act:
        case Vote(paper, number, key):
            return f"p1:vote:{number or ''}:{paper}:{key}"
        case Choose(key):
            return f"p1:choose:{key}"
        case Read(key):
            return f"p1:read:{key}"
        case Do(words):
            return f"p1:do:{words}"
        case _:
            assert_never(act)


def act_of(custom_id: str) -> Act | None:
    """Read an act; None where the id is not of this scheme."""
    found = PATTERN.fullmatch(custom_id)
    if found is None:
        return None
    if paper := found["paper"]:
        number = int(found["number"]) if found["number"] else None
        return Vote(PaperId(paper), number, found["vote"])
    if found["choose"] is not None:
        return Choose(found["choose"])
    return Do(found["words"]) if found["read"] is None else Read(found["read"])


# --- The mark of a delivery ---------------------------------------------------------


def mark_url(key: str) -> str:
    """Return an address that bears a key and leads to Hugging Face's papers."""
    return f"{MARK_PAGE}#p1-{key}"


def marked_key(custom_ids: Iterable[str], urls: Iterable[str]) -> str:
    """Return the key that a message bears in its custom ids or its embeds' links; empty where it has none."""
    for act in map(act_of, custom_ids):
        if isinstance(act, Vote | Choose | Read) and act.key:
            return act.key
    for url in urls:
        if found := MARK.search(url):
            return found[1]
    return ""
