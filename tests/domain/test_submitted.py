"""What a place chooses from in which papers were submitted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.choosing import Choice, Pool, Sieve, rank, shares_of
from bot.domain.editions import Candidate, with_submitted
from bot.domain.papers import Listed, Paper, PaperId
from tests.domain.scheduling import (
    FRIDAY,
    THURSDAY,
    WEDNESDAY,
    candidate,
    paper_id,
    read_topic,
    utc,
    wish,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

NOW = utc("2026-04-24 07:00")


def submitted(number: int, upvotes: int = 0, votes: int = 0, title: str = "") -> Listed:
    return Listed(Paper(paper_id(number), title or f"Paper {number}"), upvotes=upvotes, votes=votes)


def chosen(pool: Pool, *, had: Collection[PaperId] = (), topic: str = "", min_upvotes: int = 0) -> Choice:
    subscription = wish(topic=topic, min_upvotes=min_upvotes)
    sieve = Sieve(subscription, read_topic(topic) if topic else None, frozenset(had))
    return pool.choice(sieve, FRIDAY)


def numbers(choice: Choice) -> list[int]:
    return [int(one.paper.partition(".")[2]) for one in choice.papers]


def test_it_is_ranked_as_one_of_the_newest_list_with_the_votes_that_it_has() -> None:
    pool = rank([candidate(1, 20), candidate(2, 25, ago=1, day=THURSDAY)], NOW)
    choice = chosen(pool.with_submitted([submitted(3, votes=5), submitted(4, votes=4)]))
    assert numbers(choice) == [3, 1, 4, 2]  # 37.5, 30, 30 with fewer upvotes, 25
    assert choice.papers[0].because == ("0 upvotes", "5 votes here", "submitted here")
    assert choice.notes == (
        "The only one listed so far, 1 paper of earlier lists, and 2 papers submitted here",
    )


def test_one_that_is_listed_too_comes_once_and_weighs_as_one_of_the_newest_list() -> None:
    old = {"ago": 2, "day": WEDNESDAY}
    pool = rank([candidate(1, 20), candidate(2, 25, **old), candidate(3, 24, **old)], NOW)  # type: ignore[arg-type]
    assert numbers(chosen(pool)) == [1, 2, 3]
    choice = chosen(pool.with_submitted([submitted(3, 99)]))
    assert numbers(choice) == [3, 1, 2]
    assert choice.papers[0].because == ("24 upvotes", "listed Wednesday", "submitted here")
    assert choice.notes == ("The only one listed so far, and 2 papers of earlier lists",)


def test_what_other_places_choose_from_stays_as_it_is() -> None:
    pool = rank([candidate(1, 20)], NOW)
    before = chosen(pool)
    pool.with_submitted([submitted(1), submitted(2, 99)])
    assert chosen(pool) == before
    assert before.papers[0].because == ("20 upvotes",)


def test_a_subscriptions_filter_holds_for_it_too() -> None:
    pool = rank([candidate(1, 20)], NOW).with_submitted(
        [submitted(2, 30, title="On agents"), submitted(3, 30), submitted(4, 5, title="Agents")]
    )
    assert numbers(chosen(pool, topic="agent", min_upvotes=10)) == [2]
    assert numbers(chosen(pool, topic="agent", had=[paper_id(2)])) == [4]
    shares = shares_of(pool, Sieve(wish(topic="agent", min_upvotes=10), read_topic("agent")))
    assert (shares.looked_at, shares.off_topic, shares.under) == (4, 2, 1)


@pytest.mark.parametrize("count", [1, 2])
def test_where_it_is_all_that_there_is_the_note_says_so(count: int) -> None:
    pool = rank([candidate(9, 50)], NOW).with_submitted([submitted(each) for each in range(1, count + 1)])
    choice = chosen(pool, had=[paper_id(9)])
    assert len(choice.papers) == count
    assert choice.notes == (f"{count} paper{'s' if count > 1 else ''} submitted here",)


def test_it_is_posted_though_no_list_has_come() -> None:
    choice = chosen(rank([], NOW).with_submitted([submitted(1)]))
    assert numbers(choice) == [1]
    assert choice.heading == "Papers · Friday 24 April"
    assert choice.notes == ("1 paper submitted here",)


@st.composite
def listed(draw: st.DrawFn) -> Sequence[Candidate]:
    upvotes = draw(st.lists(st.integers(0, 100), max_size=8))
    days = (FRIDAY, THURSDAY, WEDNESDAY)
    agos = draw(st.lists(st.integers(0, 2), min_size=len(upvotes), max_size=len(upvotes)))
    return [
        candidate(number, count, ago=ago, day=days[ago])
        for number, (count, ago) in enumerate(zip(upvotes, agos, strict=True), start=1)
    ]


@given(listed(), st.sets(st.integers(1, 12)))
def test_each_paper_comes_once_and_no_other_changes(candidates: Sequence[Candidate], some: set[int]) -> None:
    together = list(with_submitted(candidates, [submitted(each) for each in sorted(some)]))
    by_id = {each.listed.paper.id: each for each in together}
    assert len(by_id) == len(together)
    assert by_id.keys() == {each.listed.paper.id for each in candidates} | {paper_id(each) for each in some}
    assert {paper for paper, each in by_id.items() if each.is_submitted} == {paper_id(each) for each in some}
    for each in candidates:
        assert replace(by_id[each.listed.paper.id], is_submitted=False) == each
    pool = rank(candidates, NOW)
    assert pool.with_submitted([]).ranked == pool.ranked
    assert pool.with_submitted([submitted(each) for each in some]).newest == pool.newest
