"""Saved answers of the daily papers API: `.json`, `.jsonl`, and `.gz` of either.

A record is a list of items, or `{"date", "items"}`. Its day is the record's own date, else the one in the
file's name, else that of each item's `submittedOnDailyAt`. A saved answer bears 00:00 UTC of its day.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from bot.domain.papers import Feed, FeedEntry, Skipped
from bot.ports import SourceFault
from bot.sources.daily import entry_of, feed_of, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import TextIO

ENDINGS = (".json", ".jsonl", ".json.gz", ".jsonl.gz")

READER = b"1"
"""Rises when this reader comes to understand more, so that files are read anew."""

DAY_IN_NAME = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file of saved answers."""

    path: Path

    @property
    def name(self) -> str:
        """The file's name, as progress shows it."""
        return self.path.name

    def digest(self) -> str:
        """Return what tells this content from any other. Raises OSError where it cannot be read."""
        return hashlib.sha256(READER + self.path.read_bytes()).hexdigest()

    def feeds(self) -> Iterator[Feed | Skipped | SourceFault]:
        """Yield the lists in the file, one record at a time; a record that makes no sense is a fault."""
        named = day_in(self.path.name)
        try:
            for number, record in enumerate(self._records(), 1):
                yield from self._read(record, f"{self.name}, record {number}", named)
        except (OSError, EOFError, UnicodeDecodeError) as error:
            yield SourceFault(self.name, f"cannot be read to its end ({type(error).__name__})", answered=True)

    def _records(self) -> Iterator[str]:
        """Yield each record as text: each line of a `.jsonl`, the whole of a `.json`."""
        with self._opened() as lines:
            if ".jsonl" in self.path.name.lower():
                yield from (line for line in lines if not line.isspace())
            else:
                yield lines.read()

    def _opened(self) -> TextIO:
        if self.path.name.lower().endswith(".gz"):
            return gzip.open(self.path, "rt", encoding="utf-8")
        return self.path.open(encoding="utf-8")

    def _read(self, text: str, place: str, named: date | None) -> Iterator[Feed | Skipped | SourceFault]:
        """Yield the lists of one record."""
        try:
            record = json.loads(text)
        except (ValueError, RecursionError):
            yield SourceFault(place, "is not JSON", answered=True)
            return
        items = record.get("items") if isinstance(record, dict) else record
        if not isinstance(items, list):
            yield SourceFault(place, "is no list of papers", answered=True)
            return
        own = day_in(str(record.get("date", ""))) if isinstance(record, dict) else None
        day = own or named
        yield from [feed_of(items, day, midnight(day))] if day else feeds_by_item(items)


def feeds_by_item(items: Sequence[object]) -> Iterator[Feed | Skipped]:
    """Yield the lists of items that name their own day, and the items that do not."""
    days: defaultdict[date, list[object]] = defaultdict(list)
    for position, item in enumerate(items, 1):
        entry = entry_of(item)
        if isinstance(entry, FeedEntry) and entry.listed_on:
            days[entry.listed_on].append(item)
        else:
            why = entry if isinstance(entry, str) else "names no day, and neither does the file"
            yield Skipped(name_of(item, position), why)
    for day, listed in sorted(days.items()):
        yield feed_of(listed, day, midnight(day))


def day_in(text: str) -> date | None:
    """Return the first day that is written in a text as 2026-04-24."""
    for found in DAY_IN_NAME.findall(text):
        try:
            return date.fromisoformat(found)
        except ValueError:
            continue
    return None


def midnight(day: date) -> datetime:
    """Return 00:00 UTC of a day."""
    return datetime.combine(day, time(), UTC)


def saved_files(path: Path) -> list[SavedFile]:
    """Return the saved answers at a path: the file itself, or those below a folder by name.

    Raises FileNotFoundError where there is nothing at the path.
    """
    if path.is_file():
        return [SavedFile(path)]
    if not path.is_dir():
        raise FileNotFoundError(path)
    below = sorted(path.rglob("*"))
    return [SavedFile(found) for found in below if found.name.lower().endswith(ENDINGS) and found.is_file()]
