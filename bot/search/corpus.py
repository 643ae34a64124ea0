"""All papers of the index, as they are at one moment. A corpus never changes: `grown` makes the next one.

What comes new is a layer of its own, and joins the one below where that is not much larger: so a paper is
rewritten a few times at most. One that changed comes again under a new number; its old self is dead until the
layers are rewritten.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from bot.search.batches import content_words, counted_words, longs, placed_pairs
from bot.search.postings import merged, thinned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bot.search.postings import Bools, Floats, Ints, Longs, Postings
    from bot.search.vocabulary import Batch

MOST_PAPERS = 200_000
"""Beyond that the oldest are left out: an index is in memory, some 3 kB a paper."""

LAYER_RATIO = 6
"""A layer is more than so many times as large as the one above it."""

FEW_DEAD = 1_000
MOST_DEAD_SHARE = 0.2
"""Dead papers that are put up with, whichever is more: so many, or such a share of all."""

K1, B = 1.2, 0.75
"""How soon a word that is repeated stops counting, and how much a long text is held against a paper."""


@dataclass(frozen=True, slots=True, eq=False)
class Papers:
    """Papers by their numbers. Days are ordinals; `titles` and `digests` as in `bot.search.vocabulary`."""

    ids: NDArray[np.str_] = field(default_factory=lambda: np.zeros(0, "U1"))
    revisions: Longs = field(default_factory=lambda: np.zeros(0, np.int64))
    days: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    lengths: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    titles: Longs = field(default_factory=lambda: np.zeros(0, np.int64))
    digests: Longs = field(default_factory=lambda: np.zeros(0, np.int64))
    alive: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """What follows from all papers together, by their numbers where it is an array."""

    count: int = 0
    """Papers that are alive."""
    all_alive: bool = True
    damping: Floats = field(default_factory=lambda: np.zeros(0))
    """What stands beside a word's count in BM25: more for longer papers."""
    ranks: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    """The place of each paper in the order of identifiers."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Papers with numbers in a row, how many, and where their words and pairs are."""

    papers: int
    words: Postings
    pairs: Postings


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Papers, where their words are, and what follows from it. The oldest layer comes first."""

    revision: int = 0
    papers: Papers = field(default_factory=Papers)
    layers: tuple[Layer, ...] = ()
    spelled: Longs = field(default_factory=lambda: np.zeros(0, np.int64))
    """How often each spelling was met in what papers are about."""
    term_of: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    """The term of each spelling."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """The numbers of the living papers."""
    figures: Figures = field(default_factory=Figures)

    @property
    def words(self) -> list[Postings]:
        """Where the words are, layer by layer."""
        return [layer.words for layer in self.layers]

    @property
    def pairs(self) -> list[Postings]:
        """Where the pairs are, layer by layer."""
        return [layer.pairs for layer in self.layers]


# --- The next corpus ----------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """What a corpus takes in: papers with new texts, others by number, and the revision after them."""

    batch: Batch
    listed: Mapping[int, tuple[int, int]]
    """New days and revisions of papers whose texts are as they were."""
    term_of: Ints
    revision: int


def grown(corpus: Corpus, news: News) -> Corpus:
    """Return the corpus with the news: all that takes long is done here, in numpy."""
    larger = corpus_with(corpus, news)
    dead = int(np.count_nonzero(~larger.papers.alive))
    is_due = dead > max(FEW_DEAD, MOST_DEAD_SHARE * len(larger.papers.ids))
    return with_figures(rewritten(larger) if is_due else larger)


def corpus_with(corpus: Corpus, news: News) -> Corpus:
    """Add the papers of a batch; their older selves, and the oldest of too many, die."""
    batch, first = news.batch, len(corpus.papers.ids)
    papers = papers_with(corpus.papers, news)
    numbers = dict(corpus.numbers)
    for number, paper in enumerate(batch.ids, first):
        older = numbers.pop(paper, None)
        if older is not None:
            papers.alive[older] = False
        numbers[paper] = number
    for number in oldest_of_too_many(papers):
        papers.alive[number] = False
        del numbers[str(papers.ids[number])]
    return replace(
        corpus,
        revision=news.revision,
        papers=papers,
        layers=layers_with(corpus.layers, layer_of(news, first)),
        spelled=spelled_with(corpus.spelled, batch, len(news.term_of)),
        term_of=news.term_of,
        numbers=numbers,
    )


def papers_with(papers: Papers, news: News) -> Papers:
    """Return a copy with the papers of a batch at the end, and with new days."""
    batch = news.batch
    days, revisions = papers.days.copy(), papers.revisions.copy()
    for number, (day, revision) in news.listed.items():
        days[number], revisions[number] = day, revision
    return Papers(
        ids=np.concatenate((papers.ids, np.array(batch.ids, np.str_))) if batch.ids else papers.ids,
        revisions=np.concatenate((revisions, longs(batch.revisions))),
        days=np.concatenate((days, longs(batch.days).astype(np.int32))),
        lengths=np.concatenate((papers.lengths, lengths_of(batch))),
        titles=np.concatenate((papers.titles, longs(batch.titles))),
        digests=np.concatenate((papers.digests, longs(batch.digests))),
        alive=np.concatenate((papers.alive, np.ones(len(batch.ids), np.bool_))),
    )


def lengths_of(batch: Batch) -> Ints:
    """Count the words of each paper as BM25 weighs them: the title twice, names not at all."""
    parts = longs(batch.row_parts)
    times = np.array([2, 1, 0, 0])[parts]
    lengths = np.bincount(
        longs(batch.row_papers), weights=longs(batch.row_lengths) * times, minlength=len(batch.ids)
    )
    return lengths.astype(np.int32)


def spelled_with(spelled: Longs, batch: Batch, spellings: int) -> Longs:
    """Add the spellings of a batch to the counts."""
    counts = np.bincount(content_words(batch), minlength=spellings)
    counts[: len(spelled)] += spelled
    return counts


def oldest_of_too_many(papers: Papers) -> list[int]:
    """Return the papers beyond those that an index holds: of the oldest days, and there of lower ids."""
    living = np.flatnonzero(papers.alive)
    if len(living) <= MOST_PAPERS:
        return []
    order = np.lexsort((papers.ids[living], papers.days[living]))
    return [int(number) for number in living[order[: len(living) - MOST_PAPERS]]]


def layer_of(news: News, first: int) -> Layer:
    """Return the layer of a batch, whose papers are numbered from `first`."""
    batch = news.batch
    return Layer(
        len(batch.ids),
        counted_words(batch, news.term_of, first),
        placed_pairs(batch, news.term_of, first),
    )


def layers_with(layers: tuple[Layer, ...], newest: Layer) -> tuple[Layer, ...]:
    """Put a layer on top, joined with those below it that are not much larger."""
    if not newest.papers:
        return layers
    while layers and layers[-1].papers <= LAYER_RATIO * newest.papers:
        *below, last = layers
        layers, newest = tuple(below), joined_layers(last, newest)
    return (*layers, newest)


def joined_layers(lower: Layer, upper: Layer) -> Layer:
    """Make one layer of two that are next to one another."""
    return Layer(
        lower.papers + upper.papers, merged(lower.words, upper.words), merged(lower.pairs, upper.pairs)
    )


def rewritten(corpus: Corpus) -> Corpus:
    """Make one layer of all, without the dead."""
    papers, alive = corpus.papers, corpus.papers.alive
    if not len(papers.ids):
        return corpus
    whole = reduce(joined_layers, corpus.layers)
    if alive.all():
        return replace(corpus, layers=(whole,))
    renumbered = (np.cumsum(alive) - 1).astype(np.int32)
    living = Papers(
        ids=papers.ids[alive],
        revisions=papers.revisions[alive],
        days=papers.days[alive],
        lengths=papers.lengths[alive],
        titles=papers.titles[alive],
        digests=papers.digests[alive],
        alive=papers.alive[alive],
    )
    words, pairs = (thinned(part, alive, renumbered) for part in (whole.words, whole.pairs))
    return replace(
        corpus,
        papers=living,
        layers=(Layer(len(living.ids), words, pairs),),
        numbers=dict(zip(living.ids.tolist(), range(len(living.ids)), strict=True)),
    )


# --- What follows from all papers ---------------------------------------------


def with_figures(corpus: Corpus) -> Corpus:
    """Return the corpus with what follows from all its papers together."""
    papers = corpus.papers
    count = int(np.count_nonzero(papers.alive))
    ranks = np.empty(len(papers.ids), np.int32)
    ranks[np.argsort(papers.ids, kind="stable")] = np.arange(len(papers.ids))
    figures = Figures(
        count=count,
        all_alive=count == len(papers.ids),
        damping=damping(papers, count),
        ranks=ranks,
    )
    return replace(corpus, figures=figures)


def damping(papers: Papers, count: int) -> Floats:
    """Return k1 × (1 - b + b × length / average length) of each paper."""
    total = int(papers.lengths[papers.alive].sum())
    average = total / count if total else 1.0
    return np.asarray(K1 * (1 - B + B * papers.lengths / average))
