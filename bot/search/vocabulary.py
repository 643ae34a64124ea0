"""From papers to numbers: every word gets one, and each paper becomes rows of them."""

from __future__ import annotations

import hashlib
from array import array
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from bot.domain.topic_matching import terms_of
from bot.domain.words import HYPHEN, joined, kept, squeezed, stem, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.domain.papers import Paper
    from bot.ports import IndexRow

NEVER = 0
"""The day of a paper of which none is known: before all others."""

AUTHORED = "author:"
"""The mark of a paper with authors. No word has a colon, so marks and words share one vocabulary."""

CATEGORY = "cat:"
"""What the mark of a category begins with."""


class Part(IntEnum):
    """Where a word stands in a paper, in the order in which the parts are read; a keyword is text."""

    TITLE = 0
    TEXT = 1
    AUTHORS = 2
    ORGANIZATION = 3


NAMES = frozenset((Part.AUTHORS, Part.ORGANIZATION))
"""The parts that tell who wrote a paper. Names keep all their words, as `words_of_name` reads them."""


class Vocabulary:
    """Numbers for terms, and for the spellings of which they are the stems. It only grows.

    Each spelling is stemmed once. A spelling with a hyphen belongs to the term that joins it.
    """

    def __init__(
        self, terms: Sequence[str] = (), spellings: Sequence[str] = (), term_of: Sequence[int] = ()
    ) -> None:
        self.terms = dict(zip(terms, range(len(terms)), strict=True))
        self.spellings = list(spellings)
        self.term_of = array("i", term_of)
        self.numbers = Numbers(self)
        self.numbers.update(zip(spellings, range(len(spellings)), strict=True))

    def add(self, spelling: str) -> int:
        """Take in a spelling, and return its number."""
        number = len(self.spellings)
        self.spellings.append(spelling)
        self.term_of.append(self.term(term_of_spelling(spelling)))
        return number

    def term(self, text: str) -> int:
        """Return the number of a term, a new one where it has none."""
        return self.terms.setdefault(text, len(self.terms))


class Numbers(dict[str, int]):
    """The number of each spelling; one that is not known yet is taken into the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._add: Callable[[str], int] = vocabulary.add

    def __missing__(self, spelling: str) -> int:
        number = self[spelling] = self._add(spelling)
        return number


def term_of_spelling(spelling: str) -> str:
    """Return the term that a spelling counts for; a mark is its own."""
    if ":" in spelling:
        return spelling
    return joined(spelling) if HYPHEN.search(spelling) else stem(spelling)


@dataclass(slots=True)
class Loose:
    """Words that stand in no row: which, in which paper, how often they count."""

    words: array[int] = field(default_factory=lambda: array("i"))
    papers: array[int] = field(default_factory=lambda: array("i"))
    weights: array[int] = field(default_factory=lambda: array("b"))

    def add(self, word: int, paper: int, weight: int = 1) -> None:
        """Add a word."""
        self.words.append(word)
        self.papers.append(paper)
        self.weights.append(weight)


@dataclass(slots=True)
class Batch:
    """Papers as numbers, in the order in which they were read; `paper` counts them from 0.

    Rows are texts: their words in a row in `words`, how many and whose they are in the lists beside. What
    stands nowhere in a row (hyphenated words as one, marks) is in `loose`.
    """

    words: array[int] = field(default_factory=lambda: array("i"))
    row_lengths: array[int] = field(default_factory=lambda: array("i"))
    row_papers: array[int] = field(default_factory=lambda: array("i"))
    row_parts: array[int] = field(default_factory=lambda: array("b"))
    joined: Loose = field(default_factory=Loose)
    marks: Loose = field(default_factory=Loose)
    ids: list[str] = field(default_factory=list)
    revisions: array[int] = field(default_factory=lambda: array("q"))
    days: array[int] = field(default_factory=lambda: array("i"))
    titles: array[int] = field(default_factory=lambda: array("q"))
    digests: array[int] = field(default_factory=lambda: array("q"))


def read_paper(batch: Batch, vocabulary: Vocabulary, row: IndexRow) -> None:
    """Add a paper to a batch."""
    paper = row.paper
    number = len(batch.ids)
    batch.ids.append(paper.id)
    batch.revisions.append(row.revision)
    batch.days.append(day_of(row))
    batch.titles.append(title_key(paper.title))
    batch.digests.append(digest_of(paper))
    for part, text in texts_of(paper):
        read_text(batch, vocabulary, number, part, text)
    if paper.authors:
        batch.marks.add(vocabulary.numbers[AUTHORED], number)
    for category in {term for text in paper.categories for term in terms_of("cat", text)}:
        batch.marks.add(vocabulary.numbers[f"{CATEGORY}{category}"], number)


def read_text(batch: Batch, vocabulary: Vocabulary, paper: int, part: Part, text: str) -> None:
    """Add one text of a paper: a row of words, and the hyphenated ones as one. Names keep all their words."""
    tokens = tokens_of(text)
    words = tokens
    if not text.isascii() or "-" in text:
        words = [word for token in tokens for word in HYPHEN.split(token)]
        weight = weight_of(part)
        for token in tokens:
            if HYPHEN.search(token):
                batch.joined.add(vocabulary.numbers[token], paper, weight)
    if part not in NAMES:
        words = kept(words)
    batch.words.extend(map(vocabulary.numbers.__getitem__, words))
    batch.row_lengths.append(len(words))
    batch.row_papers.append(paper)
    batch.row_parts.append(part)


def texts_of(paper: Paper) -> Iterator[tuple[Part, str]]:
    """Yield the texts that a search looks at, in the order of their parts."""
    yield Part.TITLE, paper.title
    yield Part.TEXT, paper.abstract
    for keyword in paper.keywords:
        yield Part.TEXT, keyword
    for author in paper.authors:
        yield Part.AUTHORS, author
    yield Part.ORGANIZATION, paper.organization


def weight_of(part: int) -> int:
    """Return how often a word of a part counts: in a title twice."""
    return 2 if part == Part.TITLE else 1


def day_of(row: IndexRow) -> int:
    """Return the day that a paper was listed on, else the one it was published on, as an ordinal."""
    if row.day is not None:
        return row.day.toordinal()
    published_at = row.paper.published_at
    return published_at.date().toordinal() if published_at else NEVER


def title_key(text: str) -> int:
    """Return what is the same for titles that differ in case, spaces and punctuation alone; 0 for none."""
    plain = squeezed(text)
    return digest((plain,)) or 1 if plain else 0


def digest_of(paper: Paper) -> int:
    """Return what changes with each text of a paper that a search looks at."""
    counts = (str(len(paper.keywords)), str(len(paper.authors)))
    return digest((*counts, *(text for _, text in texts_of(paper)), *paper.categories))


def digest(texts: Sequence[str]) -> int:
    """Return 64 bits of a digest, as a signed number."""
    whole = "\0".join(texts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(whole, digest_size=8).digest(), "big", signed=True)
