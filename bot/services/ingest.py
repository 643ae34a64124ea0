"""Taking papers in: daily lists, saved answers, single papers that somebody names."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from bot.domain.papers import Feed, FeedEntry, Skipped
from bot.ports import EVERYBODY, RecordDigest, RecordFeed, RecordPapers, SourceFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from bot.domain.papers import PaperId
    from bot.ports import Clock, PaperArchive, PaperSource, Store

AT_ONCE = 32
"""Lists that are stored together, in one commit: a month's, of which the loop is held for some 10 ms."""

ENRICH_AT_ONCE = 100
"""Papers that are completed from arXiv in one go: one request of its API."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A list that was taken in. `changed` is 0 where nothing on it was new."""

    day: date
    papers: int
    changed: int
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file of saved answers that was taken in; `known` where it had been before and was not read again."""

    name: str
    lists: int = 0
    papers: int = 0
    changed: int = 0
    skipped: tuple[Skipped, ...] = ()
    faults: tuple[SourceFault, ...] = ()
    known: bool = False


class Saved(Protocol):
    """A file of saved answers, as `bot.sources.files` reads it."""

    @property
    def name(self) -> str:
        """The file's name."""

    def digest(self) -> str:
        """Return what tells this content from any other."""

    def feeds(self) -> Iterator[Feed | Skipped | SourceFault]:
        """Yield the lists in the file, one record at a time."""


class Ingesting:
    """Brings papers from their sources into the store."""

    def __init__(self, store: Store, source: PaperSource, archive: PaperArchive, clock: Clock) -> None:
        self._store = store
        self._source = source
        self._archive = archive
        self._clock = clock
        self._asked: set[PaperId] = set()

    async def fetch_day(self, day: date) -> Taken | SourceFault:
        """Fetch one list and take it in. A fault leaves the store as it was."""
        feed = await self._source.feed(day)
        if isinstance(feed, SourceFault):
            return feed
        before = await self._standing(day)
        taken = await self.take_in(feed)
        after = await self._standing(day)
        # The store counts what was merely seen again as well: each paper notes when that was.
        return replace(taken, changed=sum(before.get(paper) != stands for paper, stands in after.items()))

    async def _standing(self, day: date) -> Mapping[PaperId, tuple[object, ...]]:
        """Return what is known of each paper of a day's list."""
        listed = await self._store.best(day, day, scope=EVERYBODY, limit=None)
        return {one.paper.id: (one.paper, one.position, one.upvotes, one.comments) for one in listed}

    async def take_in(self, feed: Feed) -> Taken:
        """Take one list in."""
        changed = await self._store.write(RecordFeed(feed))
        return Taken(feed.day, len(feed.entries), changed, feed.skipped)

    async def take_files(
        self, files: Sequence[Saved], on_progress: Callable[[int, int, str], None]
    ) -> list[TakenFile]:
        """Take saved answers in, file by file; one whose content was taken in before is not read again.

        `on_progress` hears how many files are done, of how many, and which is next. Raises OSError where a
        file cannot be opened at all.
        """
        digests = [file.digest() for file in files]
        known = set(await self._store.known_digests(digests))
        taken = []
        for done, (file, digest) in enumerate(zip(files, digests, strict=True)):
            on_progress(done, len(files), file.name)
            taken.append(
                TakenFile(file.name, known=True) if digest in known else await self._take_file(file, digest)
            )
        on_progress(len(files), len(files), "")
        return taken

    async def _take_file(self, file: Saved, digest: str) -> TakenFile:
        """Take one file in, its lists a few at a time; it is remembered once all of it is read and stored."""
        whole = TakenFile(file.name)
        waiting: list[Feed] = []
        for found in file.feeds():
            match found:
                case Feed():
                    waiting.append(found)
                case Skipped():
                    whole = replace(whole, skipped=(*whole.skipped, found))
                case SourceFault():
                    whole = replace(whole, faults=(*whole.faults, found))
            # Reading holds the loop: for one list at a time.
            await asyncio.sleep(0)
            if len(waiting) >= AT_ONCE:
                whole, waiting = await self._take_waiting(whole, waiting), []
        # A fault may be the disk's, and passes; one that stays is told each time.
        marks = () if whole.faults else (RecordDigest(digest, self._clock.now()),)
        return await self._take_waiting(whole, waiting, *marks)

    async def _take_waiting(
        self, whole: TakenFile, waiting: Sequence[Feed], *marks: RecordDigest
    ) -> TakenFile:
        """Store the lists that wait, and the mark that the file is known; the mark is no change."""
        changed = await self._store.write(*map(RecordFeed, waiting), *marks)
        return replace(
            whole,
            lists=whole.lists + len(waiting),
            papers=whole.papers + sum(len(feed.entries) for feed in waiting),
            changed=whole.changed + max(0, changed - len(marks)),
            skipped=(*whole.skipped, *(skipped for feed in waiting for skipped in feed.skipped)),
        )

    async def search(self, query: str, limit: int) -> Sequence[FeedEntry] | SourceFault:
        """Take in what Hugging Face itself finds for a text, and return it."""
        found = await self._source.search(query, limit)
        if not isinstance(found, SourceFault) and found:
            await self._store.write(RecordPapers(tuple(found), self._clock.now(), has_figures=True))
        return found

    async def enrich(self) -> int | SourceFault:
        """Complete papers that lack arXiv's categories or all details; return how many were asked for.

        What arXiv does not know stays bare, and is asked for once in a process.
        """
        known = await self._store.bare_papers(ENRICH_AT_ONCE + len(self._asked))
        bare = [paper for paper in known if paper not in self._asked][:ENRICH_AT_ONCE]
        if not bare:
            return 0
        found = await self._archive.papers(bare)
        if isinstance(found, SourceFault):
            return found
        self._asked.update(bare)
        entries = tuple(FeedEntry(paper) for paper in found.values())
        await self._store.write(RecordPapers(entries, self._clock.now(), has_figures=False))
        return len(bare)

    async def look_up(self, paper: PaperId) -> FeedEntry | SourceFault | None:
        """Fetch one paper, from Hugging Face, else from arXiv; None where neither knows it."""
        entry = await self._source.paper(paper)
        if isinstance(entry, FeedEntry):
            await self._store.write(RecordPapers((entry,), self._clock.now(), has_figures=True))
            return entry
        found = await self._archive.papers([paper])
        if isinstance(found, SourceFault):
            return found
        if paper not in found:
            return entry
        described = FeedEntry(found[paper])
        await self._store.write(RecordPapers((described,), self._clock.now(), has_figures=False))
        return described
