"""Which part of the servers a process listens to (`--shards A-B/N`)."""

from __future__ import annotations

import re
from dataclasses import dataclass

WRITTEN = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?/(\d{1,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards from `first` to `last`, both included, of `count` that there are."""

    first: int
    last: int
    count: int

    @property
    def numbers(self) -> list[int]:
        """The shards of this process."""
        return list(range(self.first, self.last + 1))


def parse_shards(text: str) -> Shards | None:
    """Read `0-3/8`, or `2/8` for one; None where that is no part of a whole."""
    found = WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    first, last, count = int(found[1]), int(found[2] or found[1]), int(found[3])
    return Shards(first, last, count) if first <= last < count else None
