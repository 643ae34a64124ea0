"""Looking keys up in a corpus: which papers have them, in all layers together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bot.search.corpus import Corpus
    from bot.search.postings import Bools, Floats, Ints, Longs, Postings, Shorts

Item = TypeVar("Item", bound=np.generic)

MOST_ENTRIES = 150_000
MOST_COMMON_WORDS = 5
"""Entries that one question may look at, the larger of both: so many, or those of so many words that all
papers have. Beyond, the commonest words are left out, which tell least.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """The papers with some keys, each with a value: key after key, the papers of each rising.

    Dead ones are among them: to take them out costs more than to let them be.
    """

    papers: Ints
    values: Shorts
    lengths: Longs
    """How many belong to each key."""
    living: Longs
    """How many of those are alive."""

    def owners(self, entries: Longs) -> Longs:
        """Return which of the keys each of some entries belongs to, counted from 0."""
        return np.cumsum(self.lengths).searchsorted(entries, side="right")


def entries_of(corpus: Corpus, layers: Sequence[Postings], keys: Longs) -> Entries:
    """Return the entries of keys in `words` or `pairs`, in the order of the keys."""
    if not len(keys) or not layers:
        none = np.zeros(len(keys), np.int64)
        return Entries(np.zeros(0, np.int32), np.zeros(0, np.uint16), none, none)
    spans = [part.spans(keys) for part in layers]
    starts = np.stack([start for start, _ in spans], axis=1)
    stops = np.stack([stop for _, stop in spans], axis=1)
    papers = joined_spans([part.papers for part in layers], starts, stops)
    values = joined_spans([part.values for part in layers], starts, stops)
    lengths = (stops - starts).sum(axis=1)
    entries = Entries(papers, values, lengths, lengths)
    if corpus.figures.all_alive:
        return entries
    dead = np.flatnonzero(~corpus.papers.alive.take(papers))
    return replace(entries, living=lengths - np.bincount(entries.owners(dead), minlength=len(keys)))


def joined_spans(arrays: Sequence[NDArray[Item]], starts: Longs, stops: Longs) -> NDArray[Item]:
    """Put spans of arrays together: row by row, in each row a span of each array."""
    rows, columns = np.nonzero(stops > starts)
    spans = zip(columns.tolist(), starts[rows, columns].tolist(), stops[rows, columns].tolist(), strict=True)
    found = [arrays[column][start:stop] for column, start, stop in spans]
    if len(found) == 1:
        return found[0]
    return np.concatenate(found or [arrays[0][:0]])


def affordable(corpus: Corpus, keys: Longs) -> Bools:
    """Tell which words may be looked at in one question: the rarest, whatever the order that they come in.

    Of words in equally many papers all are, or none.
    """
    papers = len(corpus.papers.ids)
    most = max(MOST_ENTRIES, MOST_COMMON_WORDS * papers)
    if len(keys) * papers <= most:
        return np.ones(len(keys), np.bool_)
    lengths = np.zeros(len(keys), np.int64)
    for part in corpus.words:
        starts, stops = part.spans(keys)
        lengths += stops - starts
    rising = np.sort(lengths)
    entries = np.cumsum(rising)[rising.searchsorted(rising, side="right") - 1]
    within = rising[entries <= most]
    bound = within[-1] if len(within) else rising[0]
    return np.asarray(lengths <= bound)


def rarities(corpus: Corpus, papers: Longs) -> Floats:
    """Return the weight of things that so many papers have (idf), always above 0."""
    return np.asarray(np.log(1 + (corpus.figures.count - papers + 0.5) / (papers + 0.5)))
