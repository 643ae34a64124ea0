"""What ranks in a query: its words, and which of them stand next to one another."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.domain.topic_nodes import positive_leaves
from bot.domain.words import HYPHEN, STOP_WORDS, TOKEN, joined, stem, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.topic_nodes import Node, Words


@dataclass(slots=True)
class Wanted:
    """What ranks in a query: terms, as they were typed first, and pairs, and how often each is asked for."""

    typed: dict[str, str] = field(default_factory=dict)
    terms: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, term: str, typed: str) -> None:
        """Ask for a term once more."""
        self.typed.setdefault(term, typed)
        self.terms[term] += 1


def wanted(node: Node) -> Wanted:
    """Return what ranks: plain words, and those of phrases and titles. Stop words count where all are."""
    asked = Wanted()
    runs = [list(spelled(run)) for run in runs_of(node)]
    words = [word for run in runs for token, _ in run for word in HYPHEN.split(token)]
    dropped = STOP_WORDS if any(word not in STOP_WORDS for word in words) else frozenset()
    for run in runs:
        ask_for_run(asked, run, dropped)
    return asked


def runs_of(node: Node) -> Iterator[list[str]]:
    """Yield the texts that rank; words are next to one another within a run, and not across two."""
    run: list[str] = []
    for leaf in positive_leaves(node):
        if leaf.field or leaf.is_phrase:
            yield run
            run = []
            yield ranking_text(leaf)
        else:
            run.append(leaf.text)
    yield run


def ranking_text(leaf: Words) -> list[str]:
    """Return the text of a phrase or a field that ranks: who wrote it and where does not."""
    if leaf.field == "title":
        return [leaf.text.partition(":")[2].strip('"')]
    return [] if leaf.field else [leaf.text]


def spelled(run: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the words of a run: folded, and as they were typed where that can be told."""
    for text in run:
        tokens, typed = tokens_of(text), TOKEN.findall(text)
        yield from zip(tokens, typed if len(typed) == len(tokens) else tokens, strict=True)


def ask_for_run(asked: Wanted, run: Sequence[tuple[str, str]], dropped: frozenset[str]) -> None:
    """Ask for the words of a run, their pairs, and hyphenated words as one."""
    terms = []
    for token, typed in run:
        words, shown = HYPHEN.split(token), HYPHEN.split(typed)
        for word, part in zip(words, shown if len(shown) == len(words) else words, strict=True):
            if word not in dropped:
                terms.append(stem(word))
                asked.add(terms[-1], part)
        if len(words) > 1:
            asked.add(joined(token), typed)
    asked.pairs.update(pairwise(terms))
