"""Whether an index was made of a store: a database can be replaced by hand, and the index beside it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.search.corpus import MOST_PAPERS
from bot.search.vocabulary import day_of, digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.papers import PaperId
    from bot.ports import IndexRow
    from bot.search.corpus import Corpus


def is_made_of(corpus: Corpus, revisions: Mapping[PaperId, int], newest: Sequence[IndexRow]) -> bool:
    """Tell whether a store with these papers has what a corpus has, up to the corpus's own revision.

    A change gives a paper a revision that none had before: where two pasts part, revisions soon belong to
    other papers. Where they do not, as where one list was fetched twice, the newest papers tell.
    """
    known = corpus.papers.revisions.tolist()
    held = {paper: known[number] for paper, number in corpus.numbers.items()}
    # A full index left out the oldest.
    is_full = len(held) >= MOST_PAPERS
    as_held = all(
        held.get(paper, revision if is_full else None) == revision
        for paper, revision in revisions.items()
        if revision <= corpus.revision
    )
    return as_held and held.keys() <= revisions.keys() and all(has_row(corpus, row) for row in newest)


def has_row(corpus: Corpus, row: IndexRow) -> bool:
    """Tell whether a corpus has a paper, if at all, with these texts and this day."""
    number = corpus.numbers.get(row.paper.id)
    if number is None:
        return True
    papers = corpus.papers
    return bool(papers.digests[number] == digest_of(row.paper) and papers.days[number] == day_of(row))
