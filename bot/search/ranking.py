"""How well papers answer a query: BM25 of its words, and a quarter of BM25 of its pairs of words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress, pairwise
from typing import TYPE_CHECKING

import numpy as np

from bot.domain.papers import PaperId
from bot.domain.words import HYPHEN
from bot.ports import Hit
from bot.search.batches import pair_key
from bot.search.corpus import K1
from bot.search.lookup import affordable, entries_of, rarities
from bot.search.postings import HIGHEST_COUNT, PLACE_BITS, TERM_BITS, run_starts, run_sums
from bot.search.vocabulary import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.search.asking import Wanted
    from bot.search.corpus import Corpus
    from bot.search.lookup import Entries
    from bot.search.postings import Bools, Floats, Ints, Longs

PAIR_SHARE = 0.25
"""What the pairs count beside the words."""

COMMON_PAIR = 2
"""Papers that a pair must be in to count."""

REASONS = 3
"""Words that a hit says it was found by."""

LOOKED_AT = 12
"""Terms of a hit that are put into words, of which some may be parts of others."""

NOWHERE = -1


def ranked(
    corpus: Corpus, numbers: Mapping[str, int], asked: Wanted, allowed: Bools, limit: int
) -> list[Hit]:
    """Return the best of the papers that are allowed and have any of the words; `numbers` are the terms'."""
    papers = len(allowed)
    terms, words = scored_words(corpus, numbers, asked)
    scores = totals(words, papers) + pair_scores(corpus, numbers, asked)
    found = best(corpus, scores, allowed & (scores > 0), limit)
    return [
        Hit(
            PaperId(str(corpus.papers.ids[number])),
            float(scores[number]),
            reasons(asked.typed[terms[owner]] for _, owner in each),
        )
        for number, each in zip(found.tolist(), strongest(words, found, papers), strict=True)
    ]


# --- What each paper gets for it ----------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What terms add to the scores of papers, entry by entry."""

    entries: Entries
    scores: Floats


def scored_words(corpus: Corpus, numbers: Mapping[str, int], asked: Wanted) -> tuple[list[str], Scored]:
    """Return the terms that a question may look at, and what they add."""
    known = [term for term in asked.terms if term in numbers]
    keys = np.array([numbers[term] for term in known], np.int64)
    used = affordable(corpus, keys)
    terms = list(compress(known, used))
    entries = entries_of(corpus, corpus.words, keys[used])
    counts = (entries.values & HIGHEST_COUNT).astype(np.float64)
    weights = (K1 + 1) * rarities(corpus, entries.living) * [asked.terms[term] for term in terms]
    each = np.repeat(weights, entries.lengths)
    return terms, Scored(entries, bm25(corpus, entries.papers, counts, each))


def pair_scores(corpus: Corpus, numbers: Mapping[str, int], asked: Wanted) -> Floats:
    """Return what pairs of terms add to each paper; one in a title counts twice."""
    known = [pair for pair in asked.pairs if pair[0] in numbers and pair[1] in numbers]
    if not known:
        return np.zeros(len(corpus.papers.ids))
    keys = np.array([pair_key(numbers[first], numbers[second]) for first, second in known], np.int64)
    entries = entries_of(corpus, corpus.pairs, keys)
    owners = np.repeat(np.arange(len(keys)), entries.lengths)
    starts = run_starts(owners << TERM_BITS | entries.papers)
    in_title = entries.values >> PLACE_BITS == Part.TITLE
    counts = run_sums(np.where(in_title, 2.0, 1.0), starts)
    papers, owners = entries.papers[starts], owners[starts]
    having = np.bincount(owners, weights=corpus.papers.alive[papers], minlength=len(keys))
    times = np.array([asked.pairs[pair] for pair in known], np.float64)
    weights = (K1 + 1) * rarities(corpus, having) * times * PAIR_SHARE * (having >= COMMON_PAIR)
    scores = bm25(corpus, papers, counts, weights[owners])
    return sums(papers, scores, len(corpus.papers.ids))


def bm25(corpus: Corpus, papers: Ints, counts: Floats, weights: Floats) -> Floats:
    """Return what each entry adds: a term of that weight stands in the paper that often."""
    scores = corpus.figures.damping.take(papers)
    scores += counts
    np.divide(counts, scores, out=scores)
    scores *= weights
    return scores


def totals(scored: Scored, papers: int) -> Floats:
    """Add up what each paper gets."""
    return sums(scored.entries.papers, scored.scores, papers)


def sums(papers: Ints, scores: Floats, count: int) -> Floats:
    """Add up the scores of each of so many papers, in the order in which they stand."""
    return np.asarray(np.bincount(papers, weights=scores, minlength=count), np.float64)


# --- The best -----------------------------------------------------------------


def best(corpus: Corpus, scores: Floats | Ints, allowed: Bools, limit: int) -> Longs:
    """Return the papers that are allowed with the highest scores, best first, ties by identifier."""
    papers = np.flatnonzero(allowed)
    if limit < 1 or not len(papers):
        return papers[:0]
    ranked = scores[papers]
    if len(papers) > limit:
        bound = np.partition(ranked, len(ranked) - limit)[len(ranked) - limit]
        above = ranked >= bound
        papers, ranked = papers[above], ranked[above]
    order = np.lexsort((corpus.figures.ranks[papers], -ranked))
    return np.asarray(papers[order[:limit]])


def strongest(scored: Scored, found: Longs, papers: int) -> list[list[tuple[float, int]]]:
    """Return for each of a few papers which terms added most to its score, the most first, and how much."""
    place = np.full(papers, NOWHERE, np.int32)
    place[found] = np.arange(len(found))
    entries = np.flatnonzero((place > NOWHERE).take(scored.entries.papers))
    places, scores = place[scored.entries.papers[entries]], scored.scores[entries]
    order = np.lexsort((-scores, places))
    scores, owners = scores[order], scored.entries.owners(entries[order])
    bounds = places[order].searchsorted(np.arange(len(found) + 1)).tolist()
    return [
        list(zip(scores[first:last].tolist(), owners[first:last].tolist(), strict=True))
        for first, last in ((start, min(stop, start + LOOKED_AT)) for start, stop in pairwise(bounds))
    ]


def reasons(words: Iterable[str]) -> tuple[str, ...]:
    """Return the first words, each once; a part of a hyphenated one is no word beside it."""
    each_once = list({word.lower(): word for word in words}.values())
    parts = {part for word in each_once for part in HYPHEN.split(word.lower()) if part != word.lower()}
    return tuple(word for word in each_once if word.lower() not in parts)[:REASONS]
