"""What a topic is made of: words, and how they are joined (the grammar: `bot.domain.topics`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Words:
    """Words in a row: one word, the parts of a hyphenated one, or a phrase; in any text or in one field.

    `joined` is a single or hyphenated word as one: `self-play` and `selfplay` count as much.
    """

    text: str
    terms: tuple[str, ...]
    field: str = ""
    joined: str = ""
    is_phrase: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """What must not match."""

    node: Node
    text: str


@dataclass(frozen=True, slots=True)
class All:
    """Parts that must all match."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Alternatives, one of which must match."""

    nodes: tuple[Node, ...]


Node = Words | Not | All | Any


def positive_leaves(node: Node) -> Iterator[Words]:
    """Yield the words that speak for a paper: all but the excluded ones."""
    match node:
        case Words():
            yield node
        case Not():
            return
        case All(nodes) | Any(nodes):
            for inner in nodes:
                yield from positive_leaves(inner)


def restriction(node: Node) -> Node | None:
    """Return what a search is restricted to: phrases, exclusions and fields; None where it is to nothing.

    A plain word only ranks, so alternatives with a plain word among them restrict nothing.
    """
    match node:
        case Words():
            return node if node.is_phrase or node.field else None
        case Not():
            return node
        case All(nodes):
            kept = tuple(inner for inner in map(restriction, nodes) if inner is not None)
            return All(kept) if kept else None
        case Any(nodes):
            parts = [restriction(inner) for inner in nodes]
            kept = tuple(inner for inner in parts if inner is not None)
            return Any(kept) if len(kept) == len(parts) else None
