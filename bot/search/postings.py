"""Which papers a word, or a pair of words, is in: sorted arrays that are built, joined and thinned as wholes.

A value tells in 16 bits how a word is in a paper (`counted_words`), or where a pair begins (`placed_pairs`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Ints = NDArray[np.int32]
    Longs = NDArray[np.int64]
    Shorts = NDArray[np.uint16]
    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

VALUE_BITS = 16

COUNT_BITS = 8
HIGHEST_COUNT = 2**COUNT_BITS - 1

PLACE_BITS = 14
LAST_PLACE = 2**PLACE_BITS - 2
"""One place before the end is free, so that the last of one part is not next to the first of another."""

TERM_BITS = 32

ENTRIES_AT_ONCE = 250_000
"""Entries that are moved at once: a few milliseconds, in which other threads may have to wait."""


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """For each key, rising, the papers with it, rising, each with a value; a paper may come several times.

    Those of `keys[i]` stand from `offsets[i]` up to `offsets[i + 1]`.
    """

    keys: Longs
    offsets: Longs
    papers: Ints
    values: Shorts

    def spans(self, keys: Longs) -> tuple[Longs, Longs]:
        """Return where the papers of each of some keys begin and end; at 0 both where there are none."""
        if not len(self.keys):
            return np.zeros_like(keys), np.zeros_like(keys)
        at = np.minimum(self.keys.searchsorted(keys), len(self.keys) - 1)
        is_there = self.keys[at] == keys
        return np.where(is_there, self.offsets[at], 0), np.where(is_there, self.offsets[at + 1], 0)

    def lengths(self) -> Longs:
        """Return how many papers stand under each key."""
        return np.diff(self.offsets)


def sorted_postings(keys: Longs, papers: Ints, values: Shorts) -> Postings:
    """Sort entries by their keys; those of one key keep their order, which must be that of the papers."""
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = run_starts(keys)
    offsets = np.append(starts, len(keys))
    return Postings(keys[starts], offsets, papers[order], values[order])


def run_starts(values: Longs) -> Longs:
    """Return where each run of equal values begins."""
    if not len(values):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))


def run_sums(values: Floats, starts: Longs) -> Floats:
    """Add up each run."""
    return np.add.reduceat(values, starts) if len(starts) else values[:0]


def merged(first: Postings, second: Postings) -> Postings:
    """Put postings together; the papers of the second must all come after those of the first."""
    # Two rising runs are sorted in one pass.
    keys = np.sort(np.concatenate((first.keys, second.keys)), kind="stable")
    keys = keys[run_starts(keys)]
    lengths = np.zeros(len(keys), np.int64)
    for part in (first, second):
        lengths[keys.searchsorted(part.keys)] += part.lengths()
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    papers = np.empty(offsets[-1], np.int32)
    values = np.empty(offsets[-1], np.uint16)
    starts = offsets[:-1][keys.searchsorted(first.keys)]
    ends = offsets[1:][keys.searchsorted(second.keys)]
    for part, places in ((first, starts), (second, ends - second.lengths())):
        for entries, target in targets(part, places):
            papers[target] = part.papers[entries]
            values[target] = part.values[entries]
    return Postings(keys, offsets, papers, values)


def targets(postings: Postings, places: Longs) -> Iterator[tuple[slice, Longs]]:
    """Yield, for some entries at a time, where they go if those of each key begin at its place."""
    marks = np.arange(0, len(postings.papers), ENTRIES_AT_ONCE)
    cuts = np.unique(np.append(postings.offsets.searchsorted(marks), len(postings.keys)))
    for first, last in pairwise(cuts.tolist()):
        offsets = postings.offsets[first : last + 1]
        shift = np.repeat(places[first:last] - offsets[:-1], np.diff(offsets))
        yield slice(offsets[0], offsets[-1]), shift + np.arange(offsets[0], offsets[-1])


def thinned(postings: Postings, stays: Bools, numbers: Ints) -> Postings:
    """Leave out the papers that do not stay, and give the others their new numbers."""
    keep = stays[postings.papers]
    before = np.concatenate(([0], np.cumsum(keep)))
    offsets = before[postings.offsets]
    used = np.diff(offsets) > 0
    return Postings(
        postings.keys[used],
        np.append(offsets[:-1][used], offsets[-1]),
        numbers[postings.papers[keep]],
        postings.values[keep],
    )
