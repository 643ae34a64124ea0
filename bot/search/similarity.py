"""Related papers: the cosine of tf-idf over all that a paper is about, but for one thing.

The length of the text stands for the length of its vector, which would change with every paper that comes.
Both find the same (benchmarks/quality.py: .189 against .190 with the vector's own).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from bot.domain.papers import PaperId
from bot.ports import Hit
from bot.search.batches import CONTENT
from bot.search.lookup import affordable, entries_of, rarities
from bot.search.postings import COUNT_BITS, HIGHEST_COUNT, VALUE_BITS
from bot.search.ranking import Scored, best, reasons, strongest, totals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.search.corpus import Corpus
    from bot.search.postings import Floats, Longs

EXACT = 2.0**8
"""What is multiplied is cut to so many parts of one: sums are then exact, and the same in whatever order an
index numbers its terms.
"""

VALUES = np.arange(2**VALUE_BITS)
LOGARITHMS = np.rint((1 + np.log(np.maximum(VALUES & HIGHEST_COUNT, 1))) * EXACT) / EXACT
EMPHASIS = np.where(VALUES & CONTENT << COUNT_BITS, LOGARITHMS, 0.0)
"""What a word counts by its value: by how often it is there, and nothing where it is but in a name."""


def related(corpus: Corpus, spellings: Sequence[str], paper: int, limit: int) -> list[Hit]:
    """Return the papers most like one, each with the terms of the largest products."""
    terms, weights = terms_of_paper(corpus, paper)
    scored = shared_terms(corpus, terms, weights)
    lengths = np.sqrt(np.maximum(corpus.papers.lengths, 1))
    scores = totals(scored, len(lengths)) / lengths
    allowed = corpus.papers.alive & (scores > 0)
    allowed[paper] = False
    found = best(corpus, scores, allowed, limit)
    strong = strongest(scored, found, len(lengths))
    readable = readable_in(corpus, spellings)
    return [
        Hit(
            PaperId(str(corpus.papers.ids[number])),
            float(scores[number] / (EXACT * lengths[paper])),
            reasons(
                word for _, word in sorted((-score, readable(int(terms[owner]))) for score, owner in each)
            ),
        )
        for number, each in zip(found.tolist(), strong, strict=True)
    ]


def terms_of_paper(corpus: Corpus, paper: int) -> tuple[Longs, Floats]:
    """Return what a paper is about: terms, as many as a question may look at, and how much each counts."""
    ends = np.cumsum([layer.papers for layer in corpus.layers])
    part = corpus.layers[int(ends.searchsorted(paper, side="right"))].words
    entries = np.flatnonzero(part.papers == paper)
    terms = part.keys[part.offsets.searchsorted(entries, side="right") - 1]
    weights = EMPHASIS[part.values[entries]]
    used = (weights > 0) & affordable(corpus, terms)
    return terms[used], weights[used]


def shared_terms(corpus: Corpus, terms: Longs, weights: Floats) -> Scored:
    """Return what each term of a paper adds to the likeness of others."""
    entries = entries_of(corpus, corpus.words, terms)
    exact = np.rint(weights * rarities(corpus, entries.living) ** 2 * EXACT)
    scores = EMPHASIS[entries.values]
    scores *= np.repeat(exact, entries.lengths)
    return Scored(entries, scores)


def readable_in(corpus: Corpus, spellings: Sequence[str]) -> Callable[[int], str]:
    """Return what gives the commonest spelling of a term, the first in the alphabet of equal ones."""

    @cache
    def readable(term: int) -> str:
        own = np.flatnonzero(corpus.term_of == term).tolist()
        return min((-int(corpus.spelled[number]), spellings[number]) for number in own)[1]

    return readable
