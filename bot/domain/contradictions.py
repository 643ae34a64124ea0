"""Topics that can match nothing: each of their alternatives wants what it excludes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, product
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from bot.domain.topic_matching import in_row
from bot.domain.topic_nodes import All, Any, Not, Words

if TYPE_CHECKING:
    from bot.domain.topic_nodes import Node
    from bot.domain.topics import Topic

MOST_ALTERNATIVES = 256
"""Alternatives that are looked at; a topic with more of them is taken as possible."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Words that an alternative wants, and those of them that it excludes."""

    wanted: str
    excluded: str


@dataclass(frozen=True, slots=True)
class Wish:
    """Words that must be there, or must not."""

    words: Words
    is_wanted: bool


Alternative: TypeAlias = tuple[Wish, ...]


def contradiction(topic: Topic) -> Clash | None:
    """Return what makes a topic impossible; None where some paper may match it."""
    clashes = [clash_in(alternative) for alternative in alternatives(topic.node, is_wanted=True)]
    return None if not clashes or None in clashes else clashes[0]


def alternatives(node: Node, *, is_wanted: bool) -> list[Alternative]:
    """Return each way to fulfil a node, or not to fulfil it. Past the most, one that asks for nothing."""
    match node:
        case Words():
            return [(Wish(node, is_wanted),)]
        case Not(inner):
            return alternatives(inner, is_wanted=not is_wanted)
        case All(nodes) | Any(nodes):
            ways = [alternatives(inner, is_wanted=is_wanted) for inner in nodes]
            # Not to fulfil all of them is to miss one of them, and the other way round.
            return together(ways) if isinstance(node, All) is is_wanted else one_of(ways)


def one_of(ways: list[list[Alternative]]) -> list[Alternative]:
    """Return the alternatives of one node or another."""
    return [way for each in ways for way in each] if sum(map(len, ways)) <= MOST_ALTERNATIVES else [()]


def together(ways: list[list[Alternative]]) -> list[Alternative]:
    """Return the alternatives of all nodes at once."""
    if prod(map(len, ways)) > MOST_ALTERNATIVES:
        return [()]
    return [tuple(chain(*each)) for each in product(*ways)]


def clash_in(alternative: Alternative) -> Clash | None:
    """Return what an alternative both wants and excludes."""
    return next(
        (
            Clash(wanted.words.text, excluded.words.text)
            for wanted, excluded in product(alternative, alternative)
            if wanted.is_wanted and not excluded.is_wanted and brings(wanted.words, excluded.words)
        ),
        None,
    )


def brings(wanted: Words, excluded: Words) -> bool:
    """Tell whether every paper with the wanted words has the excluded ones.

    Every field but the categories is among the texts that words without a field are looked for in. A
    hyphenated word may stand joined (`selfplay`), and so without its parts.
    """
    if replace(wanted, text="") == replace(excluded, text=""):
        return True
    is_same_text = wanted.field == excluded.field or (not excluded.field and wanted.field != "cat")
    has_parts = wanted.is_phrase or bool(wanted.field) or not wanted.joined
    return is_same_text and has_parts and in_row(excluded.terms, wanted.terms)
