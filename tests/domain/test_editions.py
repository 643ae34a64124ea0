from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.choosing import Choice, Pool, Sieve, choose_recap, filter_shares, rank
from bot.domain.edition_words import footer_of, would_have_given
from bot.domain.editions import Candidate, Window, window_of
from bot.domain.papers import Figure, Listed, Paper, PaperId
from bot.domain.ranking import score
from bot.domain.shares import FilterShares, Shares
from tests.domain.scheduling import (
    FRIDAY,
    MONDAY,
    NINE,
    THURSDAY,
    WEDNESDAY,
    candidate,
    paper_id,
    read_topic,
    standing,
    utc,
    wish,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = utc("2026-04-24 07:00")

# --- Windows --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_fired", "now", "window"),
    [
        pytest.param(None, "04-24 07:00", (1, None), id="a first edition"),
        pytest.param("04-23 07:00", "04-24 07:00", (3, None), id="since yesterday"),
        pytest.param("04-22 07:00", "04-24 07:00", (3, None), id="three lists reach as far"),
        pytest.param("04-24 07:00", "04-27 07:00", (3, FRIDAY), id="over a weekend"),
        pytest.param("04-20 07:00", "04-27 07:00", (3, MONDAY), id="a week"),
        pytest.param("03-20 07:00", "04-27 07:00", (3, MONDAY), id="seven days at most"),
        pytest.param("04-26 07:00", "04-24 07:00", (3, None), id="the clock stepped back"),
    ],
)
def test_which_lists_an_edition_may_choose_from(
    last_fired: str | None, now: str, window: tuple[int, date | None]
) -> None:
    last = utc(f"2026-{last_fired}") if last_fired else None
    moment = utc(f"2026-{now}")
    assert window_of(standing("2026-04-20 00:00", last_fired_at=last), moment) == Window(moment, *window)


# --- Choosing -------------------------------------------------------------------

OLDER = {
    1: {"ago": 1, "day": THURSDAY},
    2: {"ago": 2, "day": WEDNESDAY},
}


def older(number: int, upvotes: int, ago: int = 1, **more: object) -> Candidate:
    return candidate(number, upvotes, **OLDER[ago], **more)  # type: ignore[arg-type]


def chosen(
    candidates: Sequence[Candidate] | Pool,
    *,
    count: int = 5,
    topic: str = "",
    min_upvotes: int = 0,
    had: Sequence[int] = (),
    hidden: Sequence[int] = (),
    day: date = FRIDAY,
    now: datetime = NOW,
) -> Choice:
    subscription = wish(count=count, topic=topic, min_upvotes=min_upvotes)
    sieve = Sieve(
        subscription,
        read_topic(topic) if topic else None,
        frozenset(map(paper_id, had)),
        frozenset(map(paper_id, hidden)),
    )
    pool = candidates if isinstance(candidates, Pool) else rank(candidates, now)
    return pool.choice(sieve, day)


def numbers(choice: Choice) -> list[int]:
    return [int(one.paper.partition(".")[2]) for one in choice.papers]


def test_papers_are_ranked_together_by_upvotes_and_votes_and_the_age_of_their_list() -> None:
    candidates = [
        older(1, 100, ago=2),  # 70
        older(2, 74),  # 74
        candidate(3, 50),  # 75
        candidate(4, 20, votes=7),  # 82.5
        older(5, 20, votes=11),  # 75, fewer upvotes than 3
    ]
    assert numbers(chosen(candidates)) == [4, 3, 5, 2, 1]


def test_equals_are_ordered_by_upvotes_then_comments_then_id() -> None:
    candidates = [candidate(4, 5), candidate(3, 5), candidate(2, 5, comments=1), candidate(1, 0, votes=1)]
    assert numbers(chosen(candidates)) == [2, 3, 4, 1]


def test_what_the_place_has_had_or_hides_stays_out() -> None:
    candidates = [candidate(number, 10 - number) for number in range(1, 6)]
    assert numbers(chosen(candidates, had=[1, 3], hidden=[2])) == [4, 5]


def test_a_topic_and_a_least_number_of_upvotes_choose() -> None:
    candidates = [
        candidate(1, 30, title="Teaching agents"),
        candidate(2, 20, title="Painting agents"),
        candidate(3, 9, title="Teachers of agents"),
    ]
    assert numbers(chosen(candidates, topic="teaching", min_upvotes=10)) == [1]


@pytest.mark.parametrize(
    ("candidates", "more", "note"),
    [
        pytest.param(
            [candidate(n, 9 - n) for n in range(9)], {}, "The top 5 of 9 listed so far", id="the usual"
        ),
        pytest.param([candidate(n) for n in range(3)], {}, "All 3 listed so far", id="all"),
        pytest.param(
            [candidate(n) for n in range(3)], {"count": 1}, "The top one of 3 listed so far", id="one"
        ),
        pytest.param(
            [candidate(n, 9 - n) for n in range(9)], {"had": [0, 1]}, "5 more of 9 listed so far", id="again"
        ),
        pytest.param(
            [candidate(n, 9 - n) for n in range(9)], {"hidden": [0]}, "5 of 9 listed so far", id="not the top"
        ),
        pytest.param(
            [candidate(1, 9), candidate(2, 8), older(3, 100), older(4, 90)],
            {"count": 3},
            "The top one of 2 listed so far, and 2 papers of earlier lists",
            id="with risers",
        ),
        pytest.param(
            [candidate(1), older(2, 5)], {"had": [1]}, "1 paper of earlier lists", id="risers alone"
        ),
        pytest.param(
            [candidate(1, 3, title="Agents"), candidate(2, 9)],
            {"topic": "agent"},
            "One on “agent” of 2 listed so far",
            id="a topic",
        ),
        pytest.param(
            [candidate(1, 3, title="Agents"), candidate(2, 9)],
            {"topic": "agent {0}|agent"},
            "One on “agent {0}|agent” of 2 listed so far",
            id="a topic with braces",
        ),
        pytest.param(
            [candidate(1, 3)],
            {"now": utc("2026-04-25 07:00"), "day": date(2026, 4, 25)},
            "The only one on Friday's list",
            id="on Saturday",
        ),
        pytest.param(
            [candidate(1, 3)],
            {"now": utc("2026-04-24 00:30"), "day": THURSDAY},
            "The only one so far on Friday's list",
            id="in the West, where it is still Thursday",
        ),
        pytest.param(
            [candidate(1, 3)],
            {"now": utc("2026-05-04 07:00"), "day": date(2026, 5, 4)},
            "The only one on Friday 24 April's list",
            id="long after",
        ),
    ],
)
def test_what_part_of_the_newest_list_was_chosen(
    candidates: list[Candidate], more: dict[str, object], note: str
) -> None:
    assert chosen(candidates, **more).notes == (note,)  # type: ignore[arg-type]


def test_an_edition_is_headed_by_its_own_day() -> None:
    assert chosen([candidate(1)]).heading == "Papers · Friday 24 April"
    assert chosen([candidate(1)], day=date(2025, 4, 25)).heading == "Papers · Friday 25 April 2025"


# --- Because --------------------------------------------------------------------

SEEN = utc("2026-04-24 06:50")
WAS_NINE = Figure(9, utc("2026-04-23 00:10"))


@pytest.mark.parametrize(
    ("paper", "because"),
    [
        pytest.param(candidate(1, 84), ("84 upvotes",), id="upvotes"),
        pytest.param(candidate(1, 1, votes=3), ("1 upvote", "3 votes here"), id="votes"),
        pytest.param(
            candidate(1, 14, votes=1, seen_at=SEEN, first=Figure(2, utc("2026-04-24 03:50"))),
            ("14 upvotes", "12 in the last 3 hours", "1 vote here"),
            id="first seen three hours ago",
        ),
        pytest.param(
            candidate(1, 14, seen_at=SEEN, first=Figure(2, utc("2026-04-24 03:49"))),
            ("14 upvotes",),
            id="first seen earlier",
        ),
        pytest.param(
            candidate(1, 14, seen_at=utc("2026-04-24 00:50"), first=Figure(2, utc("2026-04-24 00:10"))),
            ("14 upvotes",),
            id="figures that are old",
        ),
        pytest.param(
            candidate(1, 2, seen_at=SEEN, first=Figure(2, SEEN)), ("2 upvotes",), id="nothing has moved"
        ),
        pytest.param(
            older(1, 140, first=WAS_NINE, seen_at=SEEN),
            ("140 upvotes", "listed Thursday, 9 → 140 upvotes since"),
            id="a late riser",
        ),
        pytest.param(older(1, 9, first=WAS_NINE), ("9 upvotes", "listed Thursday"), id="a late arrival"),
        pytest.param(
            candidate(1, 1204, first_listed=date(2026, 4, 10), first=Figure(3, SEEN)),
            ("1,204 upvotes", "listed Friday 10 April, 3 → 1,204 upvotes since"),
            id="listed again after weeks",
        ),
    ],
)
def test_why_a_paper_was_chosen(paper: Candidate, because: tuple[str, ...]) -> None:
    choice = chosen([paper, candidate(9)], count=1)
    assert choice.papers[0].because == because


# --- Nothing --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("candidates", "more", "reason"),
    [
        pytest.param([], {}, "No list has come that I could choose from.", id="no list"),
        pytest.param(
            [candidate(number) for number in range(83)] + [older(99, 1, ago=2)],
            {"topic": "teaching"},
            "Nothing on “teaching” since Wed 22 April: 0 of 84 papers matched.",
            id="a topic",
        ),
        pytest.param(
            [candidate(1, title="Teaching"), candidate(2, title="Teachers"), candidate(3)],
            {"topic": "teaching", "had": [1, 3], "min_upvotes": 20},
            "Nothing on “teaching” since Fri 24 April: "
            "2 of 3 papers matched; 1 was here already, 1 has under 20 upvotes.",
            id="a topic and more",
        ),
        pytest.param(
            [candidate(number, number) for number in range(1, 7)],
            {"had": [1, 2], "hidden": [3, 1], "min_upvotes": 9},
            "Nothing new since Fri 24 April: of 6 papers, "
            "1 was here already, 3 have under 9 upvotes, 2 are hidden.",
            id="no topic; each paper is counted once",
        ),
        pytest.param(
            [older(1, 5)],
            {"had": [1]},
            "Nothing new since Thu 23 April: of 1 paper, 1 was here already.",
            id="one",
        ),
        pytest.param(
            [candidate(1)],
            {"topic": f"teaching {'x' * 90}"},
            f"Nothing on “teaching {'x' * 49}…” since Fri 24 April: 0 of 1 paper matched.",
            id="a long topic",
        ),
    ],
)
def test_why_there_is_nothing(candidates: list[Candidate], more: dict[str, object], reason: str) -> None:
    choice = chosen(candidates, **more)  # type: ignore[arg-type]
    assert (choice.papers, choice.notes, choice.reason) == ((), (), reason)


# --- Whatever there is ------------------------------------------------------------

CANDIDATES = st.lists(
    st.builds(
        candidate,
        st.integers(1, 30),
        st.integers(0, 40),
        votes=st.integers(0, 4),
        ago=st.integers(0, 4),
        title=st.sampled_from(["Agents", "Agents that teach", "Painting", ""]),
    ),
    unique_by=lambda one: one.listed.paper.id,
)
SOME = st.lists(st.integers(1, 30))


@dataclass(frozen=True, slots=True)
class Ways:
    """What a subscription and its place ask for."""

    had: list[int]
    hidden: list[int]
    count: int
    topic: str
    least: int

    def chosen(self, candidates: Sequence[Candidate] | Pool) -> Choice:
        return chosen(
            candidates,
            had=self.had,
            hidden=self.hidden,
            count=self.count,
            topic=self.topic,
            min_upvotes=self.least,
        )


WAYS = st.builds(
    Ways, SOME, SOME, st.integers(1, 25), st.sampled_from(["", "agent", "-agent"]), st.integers(0, 9)
)


@given(CANDIDATES, WAYS)
def test_what_is_chosen_is_the_best_that_passes(candidates: list[Candidate], ways: Ways) -> None:
    choice = ways.chosen(candidates)
    papers = [one.paper for one in choice.papers]
    worth = {
        one.listed.paper.id: score(one.listed.upvotes, one.listed.votes, one.lists_ago) for one in candidates
    }
    barred = {*map(paper_id, ways.had), *map(paper_id, ways.hidden)}
    wanted = read_topic(ways.topic) if ways.topic else None
    passing = [
        one.listed.paper.id
        for one in candidates
        if one.listed.paper.id not in barred
        and one.listed.upvotes >= ways.least
        and (wanted is None or wanted.matches(one.listed.paper))
    ]
    assert len(papers) == len(set(papers)) == min(ways.count, len(passing))
    assert set(papers) <= set(passing)
    assert sorted((worth[one] for one in passing), reverse=True)[: len(papers)] == [
        worth[one] for one in papers
    ]
    assert bool(choice.reason) == (not papers)
    assert ways.chosen(candidates[::-1]) == choice


@given(CANDIDATES, WAYS, WAYS)
def test_who_chooses_from_one_pool_gets_what_a_pool_of_its_own_would_give(
    candidates: list[Candidate], one: Ways, other: Ways
) -> None:
    pool = rank(candidates, NOW)
    # Some that differ in one thing alone, and some that do not differ.
    mixed = [Ways(*each) for each in product(*zip(astuple(one), astuple(other), strict=True))]
    assert [ways.chosen(pool) for ways in mixed] == [ways.chosen(candidates) for ways in mixed]


@given(CANDIDATES, st.integers(1, 5))
def test_one_edition_after_the_other_brings_every_paper_once(candidates: list[Candidate], count: int) -> None:
    had: list[int] = []
    while papers := numbers(chosen(candidates, count=count, had=had)):
        assert not set(papers) & set(had)
        had += papers
    assert sorted(map(paper_id, had)) == sorted(one.listed.paper.id for one in candidates)


# --- Recap ------------------------------------------------------------------------


def leader(number: int, votes: int, title: str = "") -> Listed:
    paper = Paper(paper_id(number), title or f"Paper {number}")
    return Listed(paper, FRIDAY, number, 40, 0, votes)


def test_a_recap_is_the_leaderboard_whatever_the_place_has_had() -> None:
    sieve = Sieve(wish(count=2), had=frozenset([paper_id(1)]), hidden=frozenset([paper_id(2)]))
    choice = choose_recap([leader(1, 6), leader(2, 5), leader(3, 1), leader(4, 1)], sieve, NOW)
    assert choice.heading == "Most votes · 18–24 April"
    assert [(one.paper, one.because) for one in choice.papers] == [
        (paper_id(1), ("6 votes here", "number 1 on Hugging Face's list of 24 April 2026")),
        (paper_id(3), ("1 vote here", "number 3 on Hugging Face's list of 24 April 2026")),
    ]


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("", "Nobody has voted in the last 7 days."),
        ("agent", "Nobody has voted for a paper on “agent” in the last 7 days."),
    ],
)
def test_a_week_without_votes(topic: str, reason: str) -> None:
    sieve = Sieve(wish(topic=topic), read_topic(topic) if topic else None)
    assert choose_recap([], sieve, NOW).reason == reason
    assert bool(choose_recap([leader(1, 2)], sieve, NOW).reason) is bool(topic)


# --- What a filter would have taken -------------------------------------------------


def listed(number: int, day: date, upvotes: int, title: str = "") -> Listed:
    return Listed(Paper(PaperId(f"2604.{number:05}"), title or f"Paper {number}"), day, None, upvotes)


LISTS = [
    listed(1, FRIDAY, 30, "Agents"),
    listed(2, FRIDAY, 3, "Agents"),
    listed(3, THURSDAY, 50),
    listed(4, WEDNESDAY, 20, "Agents"),
    listed(5, WEDNESDAY, 21, "Agents"),
    listed(6, WEDNESDAY, 22, "Agents"),
]


def test_what_a_filter_would_have_given_of_past_lists() -> None:
    sieve = Sieve(
        wish(count=2, topic="agent", min_upvotes=10),
        read_topic("agent"),
        had=frozenset([paper_id(1)]),
        hidden=frozenset([paper_id(4)]),
    )
    found = filter_shares(LISTS, sieve)
    assert found == FilterShares((2, 0, 1), Shares(6, off_topic=1, hidden=1, had=0, under=1))
    assert would_have_given(found, "agent", 10) == (
        "The last three lists would have given 2, 0, 1 papers.",
        "Of their 6 papers, 1 is not on “agent”, 1 has under 10 upvotes, 1 is hidden.",
    )


@pytest.mark.parametrize(
    ("lists", "words"),
    [
        ([], ("No list has come yet that a filter could be tried on.",)),
        (LISTS[2:3], ("The last list would have given 1 paper.",)),
        (LISTS, ("The last three lists would have given 3, 1, 2 papers.",)),
        (
            [listed(number, FRIDAY - timedelta(days=number), 1) for number in range(7)],
            ("The last 7 lists would have given 1, 1, 1, 1, 1, 1, 1 papers.",),
        ),
    ],
)
def test_a_filter_that_takes_nothing_is_told_in_one_sentence(
    lists: list[Listed], words: tuple[str, ...]
) -> None:
    assert would_have_given(filter_shares(lists, Sieve(wish())), "", 0) == words


# --- Footer -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subscription", "footer"),
    [
        (wish(days=("mon", "tue", "wed", "thu", "fri")), "Weekdays 09:00 Paris"),
        (wish(days=("mon", "wed"), tz="UTC"), "Mon and Wed 09:00 UTC"),
        (wish(NINE, NINE.replace(hour=17), tz="America/New_York"), "Daily 09:00 and 17:00 New York"),
    ],
)
def test_whose_wish_an_edition_is(subscription: object, footer: str) -> None:
    found = footer_of(subscription.at, subscription.days, subscription.tz)  # type: ignore[attr-defined]
    assert found == f"{footer} · why these? /papers status"
