"""Search and `similar`: the index of this process, opened when it is first asked and kept up to date."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import date

    from bot.domain.liking import Likeness
    from bot.domain.papers import PaperId
    from bot.domain.topics import TopicMistake
    from bot.ports import Hit, SearchIndex, Store

    OpenIndex = Callable[[], Awaitable[SearchIndex]]
    """Opens the index as it was last saved; one that cannot be used comes empty."""

ROWS_AT_ONCE = 2_000
"""Papers that are read from the store in one go: some 4 MB of text."""

REVISIONS_AT_ONCE = 10_000

PATIENCE = timedelta(seconds=5)
"""How long a question waits while the index is read for the first time."""

COMPARED = 500
"""Papers of which the texts are compared when a saved index is opened: some days' lists."""


class Searching:
    """Answers from the index. Before each question it takes in what the store has had since the last."""

    def __init__(self, store: Store, open_index: OpenIndex, *, patience: timedelta = PATIENCE) -> None:
        self._store = store
        self._open_index = open_index
        self._patience = patience
        self._warmed: asyncio.Event | None = None
        self._index: SearchIndex | None = None
        self._updating = asyncio.Lock()

    async def warm(self) -> None:
        """Take in what the store has before anybody asks.

        Raises:
            StoreError: the store failed; then whoever asks next tries again.
        """
        warmed = self._warmed = self._warmed or asyncio.Event()
        try:
            await self._current()
        finally:
            warmed.set()

    async def is_ready(self) -> bool:
        """Tell whether questions can be answered; not while the index is still read for the first time.

        Where nobody reads it ahead the question itself does, however long that takes.
        """
        if self._warmed is None:
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience.total_seconds()):
                await self._warmed.wait()
        return self._warmed.is_set()

    async def search(self, text: str, *, since: date | None, limit: int) -> Sequence[Hit] | TopicMistake:
        """Return ranked hits, best first. A text that is a stored title finds its paper first."""
        from bot.domain.topics import TopicMistake, parse_query  # noqa: PLC0415 - most commands search nothing

        index = await self._current()
        query = parse_query(text)
        titled = index.titled(text, since=since)
        if isinstance(query, TopicMistake):
            return (titled,) if titled else query
        hits = index.search(query, since=since, limit=limit)
        if titled is None:
            return hits
        return (titled, *(hit for hit in hits if hit.paper != titled.paper))[:limit]

    async def similar(self, paper: PaperId, limit: int) -> Sequence[Hit] | None:
        """Return related papers, best first; None where the paper is not in the index."""
        return (await self._current()).similar(paper, limit)

    async def like_each(self, papers: Sequence[PaperId], limit: int) -> Sequence[Likeness]:
        """Return papers that are related to each of some papers, for each the best so many."""
        from bot.domain.liking import Likeness  # noqa: PLC0415 - for one command alone

        found: list[Likeness] = []
        for liked in papers:
            hits = await self.similar(liked, limit)
            found += [Likeness(hit.paper, liked, hit.score, tuple(hit.because)) for hit in hits or ()]
            await asyncio.sleep(0)  # each takes a moment, and others have their turn between them
        return found

    async def _current(self) -> SearchIndex:
        async with self._updating:
            index = self._index or await self._opened()
            before = index.revision
            while rows := await self._store.index_rows(index.revision, ROWS_AT_ONCE):
                await index.extend(rows)
            if index.revision != before:
                await index.save()
            self._index = index
            return index

    async def _opened(self) -> SearchIndex:
        """Open the index; one that was made of another store, as where the file was replaced, is emptied."""
        index = await self._open_index()
        if index.revision and not await self._is_of_store(index):
            await index.clear()
        return index

    async def _is_of_store(self, index: SearchIndex) -> bool:
        revisions: dict[PaperId, int] = {}
        newest = 0
        while page := await self._store.revisions(newest, REVISIONS_AT_ONCE):
            revisions.update(page)
            newest = page[-1][1]
        taken_in = [revision for revision in revisions.values() if revision <= index.revision]
        compared = taken_in[-COMPARED:]
        rows = await self._store.index_rows(compared[0] - 1, len(compared)) if compared else ()
        return await index.is_of(revisions, rows)
