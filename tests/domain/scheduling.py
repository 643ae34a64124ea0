"""Short words for what the tests of schedules, of what is due, and of editions are about."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from bot.domain.editions import Candidate
from bot.domain.papers import Figure, Listed, Paper, PaperId
from bot.domain.places import Place
from bot.domain.subscriptions import EVERY_DAY, Standing, Subscription
from bot.domain.topics import Topic, parse_topic

HERE = Place("discord", "7001", "8001")

NINE = time(9)
FRIDAY = date(2026, 4, 24)
THURSDAY = date(2026, 4, 23)
WEDNESDAY = date(2026, 4, 22)
MONDAY = date(2026, 4, 20)


def wish(
    *walls: time, tz: str = "Europe/Paris", days: tuple[str, ...] = EVERY_DAY, **more: object
) -> Subscription:
    """Make a subscription, at 09:00 where no time is named."""
    return Subscription("s1", HERE, walls or (NINE,), tz, days, **more)  # type: ignore[arg-type]


def utc(text: str) -> datetime:
    """Read an instant such as `2026-04-24 07:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def standing(until: str, subscription: Subscription | None = None, **more: object) -> Standing:
    """Make the standing of a subscription that is planned until an instant."""
    return Standing(subscription or wish(), utc(until), **more)  # type: ignore[arg-type]


def paper_id(number: int) -> PaperId:
    return PaperId(f"2604.{number:05}")


def candidate(
    number: int,
    upvotes: int = 0,
    *,
    votes: int = 0,
    comments: int = 0,
    ago: int = 0,
    day: date = FRIDAY,
    first_listed: date | None = None,
    first: Figure | None = None,
    title: str = "",
    seen_at: datetime | None = None,
) -> Candidate:
    """Make a candidate; on the newest list, Friday's, where nothing else is said."""
    paper = Paper(paper_id(number), title or f"Paper {number}")
    listed = Listed(paper, day, None, upvotes, comments, votes, seen_at, first)
    return Candidate(listed, ago, first_listed or day)


def read_topic(text: str) -> Topic:
    """Read a topic that makes sense."""
    topic = parse_topic(text)
    assert isinstance(topic, Topic)
    return topic
