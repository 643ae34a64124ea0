"""Which papers a query restricts itself to: what `bot.domain.topics.has` says, for all papers at once."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, assert_never

import numpy as np

from bot.domain.topic_nodes import All, Any, Not, Words
from bot.search.batches import JOINED, MARK, PLAIN, pair_key
from bot.search.lookup import entries_of
from bot.search.postings import COUNT_BITS, PLACE_BITS, VALUE_BITS
from bot.search.vocabulary import AUTHORED, CATEGORY, Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.topic_nodes import Node
    from bot.search.corpus import Corpus
    from bot.search.postings import Bools, Ints, Longs
    from bot.search.vocabulary import Vocabulary

PARTS = {"title": Part.TITLE, "author": Part.AUTHORS, "org": Part.ORGANIZATION}
"""The fields that are parts of a paper's text."""

NONE = -1
"""The number of a term that no paper has."""


class Matcher:
    """Finds the papers that match."""

    def __init__(self, corpus: Corpus, vocabulary: Vocabulary) -> None:
        self._corpus = corpus
        self._terms = vocabulary.terms

    def matching(self, node: Node) -> Bools:
        """Tell of each paper whether it matches."""
        match node:
            case Words():
                return self._any((node,))
            case Not(inner):
                return ~self.matching(inner)
            case All(nodes):
                return self._all(nodes)
            case Any(nodes):
                return self._any(nodes)
            case _:
                assert_never(node)

    def _all(self, nodes: Sequence[Node]) -> Bools:
        """Tell which papers match all. What is excluded is looked up together."""
        excluded = [node.node for node in nodes if isinstance(node, Not)]
        flags = ~self._any(excluded) if excluded else np.ones(len(self._corpus.papers.ids), np.bool_)
        for node in dict.fromkeys(node for node in nodes if not isinstance(node, Not)):
            if not flags.any():
                break
            flags &= self.matching(node)
        return flags

    def _any(self, nodes: Sequence[Node]) -> Bools:
        """Tell which papers match any. Words are looked up together."""
        flags = np.zeros(len(self._corpus.papers.ids), np.bool_)
        words = [node for node in dict.fromkeys(nodes) if isinstance(node, Words)]
        flags[self._signed([sign for each in words for sign in signs_of(each)])] = True
        for node in dict.fromkeys(nodes):
            if not isinstance(node, Words):
                flags |= self.matching(node)
            elif len(node.terms) > 1:
                flags[self._in_a_row(node)] = True
            elif not node.terms and node.field != "author":
                flags[:] = True
        return flags

    def _signed(self, signs: Sequence[tuple[str, int]]) -> Ints:
        """Return the papers in which one of the words stands in one of the ways told beside it."""
        known = [(self._terms[term], flags) for term, flags in signs if term in self._terms]
        keys, flags = np.array(known, np.int64).reshape(-1, 2).T
        found = entries_of(self._corpus, self._corpus.words, keys)
        ways = np.repeat(flags.astype(np.uint16) << COUNT_BITS, found.lengths)
        return found.papers[(found.values & ways) > 0]

    def _in_a_row(self, words: Words) -> Ints:
        """Return the papers in which words stand next to one another in one row."""
        numbers = [self._terms.get(term, NONE) for term in words.terms]
        if NONE in numbers:
            return np.zeros(0, np.int32)
        pairs = list(pairwise(numbers))
        places = {pair: self._places(pair) for pair in set(pairs)}
        starts = common([places[pair] - index for index, pair in enumerate(pairs)])
        if words.field:
            starts = starts[(starts >> PLACE_BITS & (len(Part) - 1)) == PARTS[words.field]]
        return (starts >> VALUE_BITS).astype(np.int32)

    def _places(self, pair: tuple[int, int]) -> Longs:
        """Return where a pair begins: the paper and the place in it, in one number, rising."""
        found = entries_of(self._corpus, self._corpus.pairs, np.array([pair_key(*pair)]))
        return found.papers.astype(np.int64) << VALUE_BITS | found.values


def signs_of(words: Words) -> Iterator[tuple[str, int]]:
    """Yield single terms of which each tells that a paper has the words, and how they must stand there."""
    match words.terms, words.field:
        case (), "author":
            yield AUTHORED, MARK
        case (term,), "cat":
            yield f"{CATEGORY}{term}", MARK
        case (term,), "":
            yield term, PLAIN | JOINED if term == words.joined else PLAIN
        case (term,), field:
            yield term, 1 << PARTS[field]
    if words.joined and not words.field and words.terms != (words.joined,):
        yield words.joined, PLAIN | JOINED


def common(sets: Sequence[Longs]) -> Longs:
    """Return the numbers that are in all of some sorted sets."""
    smallest, *others = sorted(sets, key=len)
    for other in others:
        if not len(smallest):
            break
        at = np.minimum(other.searchsorted(smallest), len(other) - 1)
        smallest = smallest[other[at] == smallest]
    return smallest
