"""Short words for what the contract tests put into a store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.papers import Feed, FeedEntry, Listed, Paper, PaperId
from bot.domain.places import Identity, Place
from bot.domain.votes import Act, Means
from bot.ports import KeepRecords, RecordFeed

if TYPE_CHECKING:
    from collections.abc import Sequence

FRIDAY = date(2026, 4, 24)
THURSDAY = date(2026, 4, 23)
WEDNESDAY = date(2026, 4, 22)
NOON = datetime(2026, 4, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

HERE = Place("discord", "7001", "8001")
NEXT_DOOR = Place("discord", "7001", "8002")
ELSEWHERE = Place("slack", "T01", "C01")

ANA = Identity("discord:11")
BEN = Identity("discord:12")
CLEO = Identity("slack:T01/U13")


def paper_id(number: int) -> PaperId:
    return PaperId(f"2604.{number:05}")


def paper(number: int, **known: object) -> Paper:
    """Make a paper of which only the named fields are known."""
    return Paper(**{"id": paper_id(number), "title": f"Paper {number}", **known})  # type: ignore[arg-type]


def entry(number: int, upvotes: int = 0, comments: int = 0, **known: object) -> FeedEntry:
    return FeedEntry(paper(number, **known), upvotes, comments)


def feed(*entries: FeedEntry, day: date = FRIDAY, at: datetime = NOON) -> RecordFeed:
    return RecordFeed(Feed(day, at, entries))


def vote(
    number: int,
    identity: Identity = ANA,
    place: Place = HERE,
    *,
    means: Means = Means.COMMAND,
    message: str = "",
    at: datetime = NOON,
) -> Act:
    return Act(paper_id(number), identity, place, means, at, message)


def votes(*acts: Act) -> KeepRecords:
    return KeepRecords(acts)


def numbers(listed: Sequence[Listed]) -> list[int]:
    """Return the papers of an answer as the numbers that they were made from."""
    return [int(each.paper.id[-5:]) for each in listed]
