"""From a batch of numbered words to sorted postings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.search.postings import (
    COUNT_BITS,
    HIGHEST_COUNT,
    LAST_PLACE,
    PLACE_BITS,
    TERM_BITS,
    Postings,
    run_starts,
    sorted_postings,
)
from bot.search.vocabulary import Part, weight_of

if TYPE_CHECKING:
    from array import array

    from bot.search.postings import Ints, Longs
    from bot.search.vocabulary import Batch, Loose

JOINED = 1 << len(Part)
MARK = JOINED << 1
PLAIN = JOINED - 1
"""Flags of a counted word: one for each part that it stands in as it is; as a hyphenated one; as a mark."""

CONTENT = 1 << Part.TITLE | 1 << Part.TEXT | JOINED
"""What a paper is about: not who wrote it."""

WEIGHTS = np.array([weight_of(part) for part in Part], np.int64)


def longs(numbers: array[int]) -> Longs:
    """Return a copy of numbers for numpy."""
    return np.array(numbers, np.int64)


def counted_words(batch: Batch, term_of: Ints, first_paper: int) -> Postings:
    """Return in which papers each term is: how often, and where.

    The key is the term, the value `count | flags << COUNT_BITS`. Papers are counted from `first_paper`.
    """
    lengths, parts = longs(batch.row_lengths), longs(batch.row_parts)
    in_rows = (
        longs(batch.words),
        np.repeat(longs(batch.row_papers), lengths),
        np.repeat(WEIGHTS[parts], lengths),
        np.repeat(1 << parts, lengths),
    )
    groups = (in_rows, loose_words(batch.joined, JOINED), loose_words(batch.marks, MARK))
    words, papers, weights, flags = (np.concatenate(column) for column in zip(*groups, strict=True))
    keys = term_of[words].astype(np.int64) << TERM_BITS | papers
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = run_starts(keys)
    if not len(starts):
        return sorted_postings(keys, keys.astype(np.int32), keys.astype(np.uint16))
    counts = np.minimum(np.add.reduceat(weights[order], starts), HIGHEST_COUNT)
    values = counts | np.bitwise_or.reduceat(flags[order], starts) << COUNT_BITS
    papers = (keys[starts] & (2**TERM_BITS - 1)) + first_paper
    return sorted_postings(keys[starts] >> TERM_BITS, papers.astype(np.int32), values.astype(np.uint16))


def loose_words(loose: Loose, flag: int) -> tuple[Longs, Longs, Longs, Longs]:
    """Return words that stand in no row: their numbers, papers, weights and flags."""
    words = longs(loose.words)
    return words, longs(loose.papers), longs(loose.weights), np.full(len(words), flag, np.int64)


def placed_pairs(batch: Batch, term_of: Ints, first_paper: int) -> Postings:
    """Return where each two terms stand next to one another in a row.

    The key is `pair_key` of them, the value the place of the first: `place in the part | part << PLACE_BITS`.
    """
    lengths, parts = longs(batch.row_lengths), longs(batch.row_parts)
    row_papers = longs(batch.row_papers)
    row_starts = np.cumsum(lengths) - lengths
    part_starts = run_starts(row_papers << 2 | parts)
    rows_of_part = np.diff(np.append(part_starts, len(lengths)))
    places = np.arange(len(batch.words)) - np.repeat(
        np.repeat(row_starts[part_starts], rows_of_part), lengths
    )
    rows = np.repeat(np.arange(len(lengths)), lengths)
    first = np.flatnonzero((rows[1:] == rows[:-1]) & (places[:-1] <= LAST_PLACE))
    terms = term_of[longs(batch.words)].astype(np.int64)
    row = rows[first]
    return sorted_postings(
        terms[first] << TERM_BITS | terms[first + 1],
        (row_papers[row] + first_paper).astype(np.int32),
        (places[first] | parts[row] << PLACE_BITS).astype(np.uint16),
    )


def pair_key(first: int, second: int) -> int:
    """Return the key of two terms next to one another."""
    return first << TERM_BITS | second


def content_words(batch: Batch) -> Longs:
    """Return the spellings of all that the papers are about, once for each time that they stand there."""
    parts = np.repeat(longs(batch.row_parts), longs(batch.row_lengths))
    about = longs(batch.words)[(parts == Part.TITLE) | (parts == Part.TEXT)]
    return np.concatenate((about, longs(batch.joined.words)))
