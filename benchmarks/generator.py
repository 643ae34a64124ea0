"""An archive of papers and votes made from a seed: the same seed makes the same archive on any machine.

Its figures are like the real ones (of two years of lists): abstracts of some 1,400 characters, titles of 75,
seven authors and now and then hundreds, six upvotes and now and then hundreds, weekdays only, ids that rise
with the days. Each list is seen twice, in the morning and at night, so that movement can be told.

Lists reach back ten years at most. A large archive so has long lists: a million papers make lists of some
380, ten times as long as real ones.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, islice
from random import Random
from typing import TYPE_CHECKING

from bot.domain.papers import Feed, FeedEntry, Paper, PaperId
from bot.domain.places import Identity, Place
from bot.domain.votes import Act, Link, Means

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NEWEST = date(2026, 4, 24)
"""The day of the newest list, a Friday."""

MORNING, NIGHT = time(6, tzinfo=UTC), time(23, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
FRIDAY = 4

REAL_LIST = 30
"""Papers of a list, as long as ten years are not filled with lists of so many."""
MOST_LISTS = 2_600
"""The weekdays of ten years."""

STARTS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "st", "tr", "ch")
SYLLABLES = [start + end for start in STARTS for end in "aeiou"]
WORDS, PHRASES, NAMES, KEYWORDS, ORGANIZATIONS = 20_000, 20_000, 8_000, 3_000, 300
CATEGORIES = (("cs.CL",), ("cs.CV",), ("cs.LG",), ("cs.CL", "cs.AI"), ("cs.CV", "cs.LG"), ("cs.RO",))

SERVERS, CHANNELS, PEOPLE, LINKED = 20, 3, 2_000, 100


@dataclass(frozen=True, slots=True)
class Shape:
    """How large an archive is, and how much is voted in it."""

    papers: int
    seed: int = 1
    acts_each: float = 0.1
    """Votes (acts) for a paper of the past."""
    acts_of_week: int = 10_000
    """Votes of the newest week, for the papers of its lists: the heavy case."""

    @property
    def days(self) -> tuple[date, ...]:
        """The days that have a list, oldest first."""
        lists = max(1, min(MOST_LISTS, self.papers // REAL_LIST))
        weekdays = (day for day in (NEWEST - DAY * back for back in range(2 * lists + 7)) if is_weekday(day))
        return tuple(reversed(list(islice(weekdays, lists))))


def is_weekday(day: date) -> bool:
    """Tell whether lists come on that day."""
    return day.weekday() <= FRIDAY


# --- Papers -------------------------------------------------------------------


class Words:
    """What texts are made of: words, few of them frequent, and phrases of them."""

    def __init__(self, random: Random) -> None:
        made = {"".join(random.choices(SYLLABLES, k=random.choice((2, 2, 3, 3, 4)))) for _ in range(WORDS)}
        self._words = random.sample(sorted(made), len(made))
        # Zipf's law: a word's frequency falls with its rank.
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(made))))
        self.phrases = [self.phrase(random, 8, 24) for _ in range(PHRASES)]
        self.names = [self.phrase(random, 2, 3).title() for _ in range(NAMES)]
        self.keywords = [self.phrase(random, 1, 3) for _ in range(KEYWORDS)]
        self.organizations = [self.phrase(random, 1, 3).title() for _ in range(ORGANIZATIONS)]

    def phrase(self, random: Random, least: int, most: int) -> str:
        """Return some words."""
        return " ".join(
            random.choices(self._words, cum_weights=self._weights, k=random.randint(least, most))
        ).capitalize()


def feeds(shape: Shape) -> Iterator[Feed]:
    """Yield every list as it stands at night, oldest first."""
    random = Random(shape.seed)
    words = Words(random)
    ends = list(accumulate(random.uniform(0.5, 1.5) for _ in shape.days))
    made = 0
    numbers: Counter[str] = Counter()
    for day, end in zip(shape.days, ends, strict=True):
        size = round(shape.papers * end / ends[-1]) - made
        month = f"{day:%y%m}"
        entries = tuple(
            entry(random, words, PaperId(f"{month}.{numbers[month] + place:05}"), day)
            for place in range(1, size + 1)
        )
        made += size
        numbers[month] += size
        yield Feed(day, datetime.combine(day, NIGHT), entries)


def morning(feed: Feed) -> Feed:
    """Return the list as it stood in the morning, when fewer had voted."""
    entries = tuple(replace(each, upvotes=each.upvotes // 3, comments=0) for each in feed.entries)
    return Feed(feed.day, datetime.combine(feed.day, MORNING), entries)


def entry(random: Random, words: Words, identifier: PaperId, day: date) -> FeedEntry:
    """Make one paper of a list."""
    first, *others = random.choices(words.phrases, k=random.randint(9, 15))
    paper = Paper(
        id=identifier,
        title=first[: random.randint(40, 110)].rstrip(),
        abstract=". ".join(others),
        authors=tuple(random.choices(words.names, k=1 + int(random.lognormvariate(1.8, 0.7)))),
        published_at=datetime.combine(day, MORNING) - DAY,
        organization=random.choice(words.organizations) if random.random() < 0.2 else "",
        tldr=others[0] if random.random() < 0.5 else "",
        keywords=tuple(dict.fromkeys(random.choices(words.keywords, k=random.randrange(14)))),
        categories=random.choice(CATEGORIES),
        code_url=f"https://github.com/lab/{identifier}" if random.random() < 0.3 else "",
    )
    return FeedEntry(paper, int(random.lognormvariate(1.8, 1.1)), random.randrange(3), day)


# --- Votes --------------------------------------------------------------------


def places() -> list[Place]:
    """Return where people vote."""
    return [
        Place("discord", f"{100 + server}", f"{channel}")
        for server in range(SERVERS)
        for channel in range(CHANNELS)
    ]


def person(number: int) -> Identity:
    """Return one of the people."""
    return Identity(f"discord:{10_000 + number}")


def links() -> list[Link]:
    """Return people who are known by two identities."""
    at = datetime.combine(NEWEST, MORNING)
    return [Link(person(PEOPLE - 1 - number), person(number), at) for number in range(LINKED)]


def acts(shape: Shape, days_and_papers: Sequence[tuple[date, PaperId]]) -> Iterator[Act]:
    """Yield votes, each act once: first those of the past, then those of the newest week.

    Few papers get many votes, and some people vote for a paper twice, on two messages.
    """
    random = Random(shape.seed + 1)
    past = random.choices(days_and_papers, k=int(shape.acts_each * shape.papers))
    newest = [each for each in days_and_papers if each[0] > NEWEST - WEEK]
    popular = [1 / (rank + 10) for rank in range(len(newest))]
    random.shuffle(popular)
    week = random.choices(newest, popular, k=shape.acts_of_week)
    made = {
        (one.paper, one.identity, one.place, one.message, one.means): one
        for one in (act(random, paper, day) for day, paper in (*past, *week))
    }
    yield from made.values()


def act(random: Random, paper: PaperId, day: date) -> Act:
    """Make one act, on the day of the list or the day after."""
    at = datetime.combine(day, MORNING) + random.random() * DAY
    place = random.choice(places())
    means = random.choice((Means.REACTION, Means.REACTION, Means.BUTTON, Means.COMMAND))
    message = "" if means is Means.COMMAND else f"{paper}/{random.randrange(2)}"
    return Act(paper, person(random.randrange(PEOPLE)), place, means, at, message)
