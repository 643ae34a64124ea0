"""How the papers of an edition are chosen: ranked once, then filtered for each place. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from bot.domain.edition_words import (
    because_of,
    heading_of,
    list_note,
    list_words,
    manner_of,
    nobody_voted,
    nothing_words,
    recap_heading,
)
from bot.domain.editions import Chosen, with_submitted
from bot.domain.ranking import leader_reasons, score
from bot.domain.shares import FilterShares, Shares
from bot.domain.topic_matching import PaperWords, has

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date, datetime

    from bot.domain.editions import Candidate
    from bot.domain.papers import Listed, Paper, PaperId
    from bot.domain.subscriptions import Subscription
    from bot.domain.topics import Topic

    Matches = Callable[[Topic, Listed], bool]


class Filter(Enum):
    """What keeps a paper out of an edition. Each paper is counted by the first that does."""

    TOPIC = "topic"
    HIDDEN = "hidden"
    HAD = "had already"
    UPVOTES = "too few upvotes"


@dataclass(frozen=True, slots=True)
class Choice:
    """The papers of an edition, or the reason that there are none, in words."""

    heading: str
    papers: tuple[Chosen, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""


# --- Ranking, once for all -------------------------------------------------------


class Matching:
    """Tells which papers match which topics, each found out once."""

    def __init__(self) -> None:
        self._words: dict[PaperId, PaperWords] = {}
        self._verdicts: dict[tuple[str, PaperId], bool] = {}

    def matches(self, topic: Topic, paper: Paper) -> bool:
        """Tell whether a paper matches; its texts are those that it came with first."""
        key = topic.text, paper.id
        if key not in self._verdicts:
            if paper.id not in self._words:
                self._words[paper.id] = PaperWords(paper)
            self._verdicts[key] = has(self._words[paper.id], topic.node)
        return self._verdicts[key]


class Pool:
    """The candidates of a window, best first. Many subscriptions choose from one.

    What is the same for all of them is worked out once: whether a paper matches a topic, why it would be
    chosen, how the newest list is called, what subscriptions that let the same through are given.
    """

    def __init__(
        self, candidates: Iterable[Candidate], now: datetime, matching: Matching | None = None
    ) -> None:
        """`matching` knows what was found out of papers before."""
        self.now = now
        self.ranked = tuple(sorted(candidates, key=rank_key))
        self.newest_list = tuple(one for one in self.ranked if is_newest(one))
        self.newest_papers = frozenset(one.listed.paper.id for one in self.newest_list)
        on_lists = (one.listed for one in self.ranked if one.is_listed)
        days = [listed.feed_day for listed in on_lists if listed.feed_day is not None]
        self.newest = max(days, default=None)
        self.oldest = min(days, default=None)
        self._matching = matching or Matching()
        self._chosen: dict[PaperId, Chosen] = {}
        self._headings: dict[date, tuple[str, str]] = {}
        self._choices: dict[tuple[date, Hashable], Choice] = {}

    def with_submitted(self, submitted: Iterable[Listed]) -> Pool:
        """Return what a place chooses from in which papers were submitted."""
        return Pool(with_submitted(self.ranked, submitted), self.now, self._matching)

    def choice(self, sieve: Sieve, day: date) -> Choice:
        """Choose the papers of an edition of the local date `day`, best first, or say why there are none.

        Most subscriptions of a pool have the same wish and have had the same: they share one choice.
        """
        asked = day, sieve.lets_through
        if asked not in self._choices:
            self._choices[asked] = choice_of(self, sieve, day)
        return self._choices[asked]

    def matches(self, topic: Topic, listed: Listed) -> bool:
        """Tell whether a paper of this pool matches."""
        return self._matching.matches(topic, listed.paper)

    def chosen(self, candidate: Candidate) -> Chosen:
        """Return a paper with the reasons to choose it."""
        paper = candidate.listed.paper.id
        if paper not in self._chosen:
            self._chosen[paper] = Chosen(paper, because_of(candidate, self.newest, self.now))
        return self._chosen[paper]

    def headings(self, day: date) -> tuple[str, str]:
        """Return the heading of an edition of a local date, and what papers of the newest list are called."""
        if day not in self._headings:
            listed = list_words(self.newest, day, self.now) if self.newest else ""
            self._headings[day] = heading_of(day, self.now), listed
        return self._headings[day]


def rank(candidates: Iterable[Candidate], now: datetime, matching: Matching | None = None) -> Pool:
    """Rank candidates as they stood at `now`: by score, then upvotes, comments (each falling), then id."""
    return Pool(candidates, now, matching)


def rank_key(candidate: Candidate) -> tuple[float, int, int, str]:
    """Return what candidates are sorted by. One that was submitted weighs as one of the newest list."""
    listed = candidate.listed
    lists_ago = 0 if candidate.is_submitted else candidate.lists_ago
    worth = score(listed.upvotes, listed.votes, lists_ago)
    return -worth, -listed.upvotes, -listed.comments, listed.paper.id


def is_newest(candidate: Candidate) -> bool:
    """Tell whether a paper is on the newest list."""
    return candidate.is_listed and candidate.lists_ago == 0


# --- Choosing, for each place ------------------------------------------------------


class Sieve(NamedTuple):
    """What one subscription lets through in its place. `topic` is the subscription's own, read."""

    subscription: Subscription
    topic: Topic | None = None
    had: AbstractSet[PaperId] = frozenset()
    hidden: AbstractSet[PaperId] = frozenset()

    @property
    def lets_through(self) -> Hashable:
        """What decides which papers it gives: two that are equal in it give the same."""
        wish = self.subscription
        return wish.topic, wish.min_upvotes, wish.count, frozenset(self.had), frozenset(self.hidden)

    def passes(self, listed: Listed, matches: Matches) -> bool:
        """Tell whether a paper may be posted; its words are looked at last, as they cost most."""
        paper = listed.paper.id
        return (
            paper not in self.had
            and paper not in self.hidden
            and listed.upvotes >= self.subscription.min_upvotes
            and (self.topic is None or matches(self.topic, listed))
        )

    def stopped_by(self, listed: Listed, matches: Matches) -> Filter | None:
        """Return the first filter that keeps a paper out; None where none does."""
        paper = listed.paper.id
        if self.topic is not None and not matches(self.topic, listed):
            return Filter.TOPIC
        if paper in self.hidden:
            return Filter.HIDDEN
        if paper in self.had:
            return Filter.HAD
        return Filter.UPVOTES if listed.upvotes < self.subscription.min_upvotes else None


def choice_of(pool: Pool, sieve: Sieve, day: date) -> Choice:
    """Choose as `Pool.choice` does, anew."""
    passing = (one for one in pool.ranked if sieve.passes(one.listed, pool.matches))
    best = list(islice(passing, sieve.subscription.count))
    heading, listed = pool.headings(day)
    if not best:
        wish = sieve.subscription
        why = nothing_words(shares_of(pool, sieve), wish.topic, wish.min_upvotes, pool.oldest)
        return Choice(heading, reason=why)
    return Choice(heading, tuple(map(pool.chosen, best)), (list_note_of(pool, best, sieve, listed),))


def list_note_of(pool: Pool, best: Sequence[Candidate], sieve: Sieve, listed: str) -> str:
    """Say what part of the newest list was chosen."""
    fresh = tuple(filter(is_newest, best))
    manner = manner_of(
        sieve.subscription.topic,
        is_top=fresh == pool.newest_list[: len(fresh)],
        is_more=not pool.newest_papers.isdisjoint(sieve.had),
    )
    submitted = sum(not one.is_listed for one in best)
    older = len(best) - len(fresh) - submitted
    return list_note(len(fresh), len(pool.newest_list), older, listed, manner, submitted=submitted)


def shares_of(pool: Pool, sieve: Sieve) -> Shares:
    """Return what each filter takes of a pool."""
    return counted_shares(sieve.stopped_by(one.listed, pool.matches) for one in pool.ranked)


def counted_shares(stopped: Iterable[Filter | None]) -> Shares:
    """Count what each filter took."""
    counts = Counter(stopped)
    return Shares(
        looked_at=counts.total(),
        off_topic=counts[Filter.TOPIC],
        hidden=counts[Filter.HIDDEN],
        had=counts[Filter.HAD],
        under=counts[Filter.UPVOTES],
    )


# --- The week's leaderboard ---------------------------------------------------------


def choose_recap(leaders: Iterable[Listed], sieve: Sieve, now: datetime) -> Choice:
    """Choose the week's leaderboard, in the order that it comes in. What a place has had does not matter."""
    free = sieve._replace(had=frozenset())
    best = islice((one for one in leaders if free.passes(one, matches_alone)), sieve.subscription.count)
    papers = tuple(Chosen(one.paper.id, leader_reasons(one)) for one in best)
    return Choice(recap_heading(now), papers, reason="" if papers else nobody_voted(sieve.subscription.topic))


def matches_alone(topic: Topic, listed: Listed) -> bool:
    """Tell whether a paper matches that is looked at this once."""
    return topic.matches(listed.paper)


# --- What a filter would have taken ---------------------------------------------------


def filter_shares(lists: Iterable[Listed], sieve: Sieve) -> FilterShares:
    """Return what a subscription takes of the papers of lists, each by its `feed_day`.

    What the place has had is left aside: the lists are of the past.
    """
    free = sieve._replace(had=frozenset())
    stopped = [(one.feed_day, free.stopped_by(one, matches_alone)) for one in lists if one.feed_day]
    passed = Counter(day for day, filtered in stopped if filtered is None)
    days = sorted({day for day, _ in stopped})
    given = tuple(min(passed[day], sieve.subscription.count) for day in days)
    return FilterShares(given, counted_shares(filtered for _, filtered in stopped))
