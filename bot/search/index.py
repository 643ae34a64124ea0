"""The search index that the rest of the program sees: it satisfies `bot.ports.SearchIndex`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import numpy as np

from bot import log
from bot.domain.papers import PaperId
from bot.domain.topic_nodes import restriction
from bot.ports import Hit
from bot.search.asking import wanted
from bot.search.corpus import Corpus, News, grown
from bot.search.matching import Matcher
from bot.search.origin import is_made_of
from bot.search.ranking import best, ranked
from bot.search.saving import Contents, read, write
from bot.search.similarity import related
from bot.search.vocabulary import Batch, Vocabulary, day_of, digest_of, read_paper, title_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from bot.domain.topics import Topic
    from bot.ports import IndexRow
    from bot.search.postings import Bools

PAPERS_AT_ONCE = 500
"""Papers that are taken in as one batch."""

WORDS_IN_A_ROW = 5_000
"""Words that are read before other tasks get their turn: some milliseconds."""

_log = log.logger("search")


async def open_index(path: Path | None) -> Index:
    """Open the index as it was last saved in a file; an empty one where there is none that can be used."""
    if path is None:
        return Index(None)
    contents = await asyncio.to_thread(read, path)
    if isinstance(contents, str):
        _log.debug("the saved index is not used", why=contents)
        return Index(path)
    vocabulary = await asyncio.to_thread(
        Vocabulary, contents.terms, contents.spellings, contents.corpus.term_of.tolist()
    )
    return Index(path, contents.corpus, vocabulary)


class Index:
    """All papers of the store. Each question is answered from the corpus as it stands when it is asked."""

    def __init__(
        self, path: Path | None, corpus: Corpus | None = None, vocabulary: Vocabulary | None = None
    ) -> None:
        self._path = path
        self._corpus = corpus or Corpus()
        self._vocabulary = vocabulary or Vocabulary()
        self._growing = asyncio.Lock()

    @property
    def revision(self) -> int:
        """The revision up to which papers are in the index."""
        return self._corpus.revision

    def search(self, query: Topic, *, since: date | None, limit: int) -> Sequence[Hit]:
        """Return ranked hits, best first."""
        corpus = self._corpus
        asked = wanted(query.node)
        restricted = restriction(query.node)
        if restricted is None and not asked.terms:
            return ()
        allowed = self._listed_since(since)
        if restricted is not None:
            allowed &= Matcher(corpus, self._vocabulary).matching(restricted)
        if not asked.terms:
            newest = best(corpus, corpus.papers.days, allowed, limit)
            return [Hit(self._id(number), 0.0) for number in newest.tolist()]
        return ranked(corpus, self._vocabulary.terms, asked, allowed, limit)

    def titled(self, text: str, *, since: date | None) -> Hit | None:
        """Return the newest paper whose title is this text, case, spaces and punctuation aside."""
        key = title_key(text)
        if not key:
            return None
        papers = self._corpus.papers
        found = best(self._corpus, papers.days, self._listed_since(since) & (papers.titles == key), 1)
        return Hit(self._id(int(found[0])), 0.0) if len(found) else None

    def similar(self, paper: PaperId, limit: int) -> Sequence[Hit] | None:
        """Return related papers, best first, each with up to three shared terms; None if not in the index."""
        number = self._corpus.numbers.get(paper)
        if number is None:
            return None
        return related(self._corpus, self._vocabulary.spellings, number, limit)

    async def is_of(self, revisions: Mapping[PaperId, int], newest: Sequence[IndexRow]) -> bool:
        """Tell whether the index was made of a store with these papers, as far as it goes."""
        return await asyncio.to_thread(is_made_of, self._corpus, revisions, newest)

    async def clear(self) -> None:
        """Forget all papers: what is taken in next is another store's."""
        async with self._growing:
            self._corpus, self._vocabulary = Corpus(), Vocabulary()

    async def extend(self, rows: Sequence[IndexRow]) -> None:
        """Take in new and changed papers without holding the event loop for long."""
        async with self._growing:
            for start in range(0, len(rows), PAPERS_AT_ONCE):
                news = await self._news(rows[start : start + PAPERS_AT_ONCE])
                self._corpus = await asyncio.to_thread(grown, self._corpus, news)

    async def save(self) -> None:
        """Keep the index for the next start, where it can be kept."""
        if self._path is None:
            return
        corpus = self._corpus
        spellings = self._vocabulary.spellings[: len(corpus.spelled)]
        contents = Contents(corpus, list(self._vocabulary.terms), spellings)
        try:
            await asyncio.to_thread(write, self._path, contents)
        except OSError as fault:
            _log.debug("the index could not be saved", why=str(fault))

    async def _news(self, rows: Sequence[IndexRow]) -> News:
        """Read papers in small portions. Of a paper that comes twice the newer row counts."""
        corpus, batch, listed, read_words = self._corpus, Batch(), {}, 0
        for row in {row.paper.id: row for row in rows}.values():
            number = corpus.numbers.get(row.paper.id)
            if number is not None and corpus.papers.digests[number] == digest_of(row.paper):
                listed[number] = day_of(row), row.revision
                continue
            read_paper(batch, self._vocabulary, row)
            if len(batch.words) - read_words > WORDS_IN_A_ROW:
                read_words = len(batch.words)
                await asyncio.sleep(0)
        return News(batch, listed, np.array(self._vocabulary.term_of, np.int32), rows[-1].revision)

    def _id(self, number: int) -> PaperId:
        return PaperId(str(self._corpus.papers.ids[number]))

    def _listed_since(self, since: date | None) -> Bools:
        """Return the living papers of a day and later."""
        papers = self._corpus.papers
        return papers.alive.copy() if since is None else papers.alive & (papers.days >= since.toordinal())
