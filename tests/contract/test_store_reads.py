"""What a store answers: the order of lists, their limits, and whose votes count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.papers import FeedEntry, Listed, Paper, PaperId
from bot.domain.votes import Link, Means
from bot.ports import EVERYBODY, KeepRecords, Scope
from tests.contract.making import (
    ANA,
    BEN,
    CLEO,
    ELSEWHERE,
    FRIDAY,
    HERE,
    HOUR,
    NEXT_DOOR,
    NOON,
    THURSDAY,
    WEDNESDAY,
    entry,
    feed,
    numbers,
    paper_id,
    vote,
    votes,
)

if TYPE_CHECKING:
    from bot.domain.votes import Act
    from bot.ports import Store

SERVER = Scope(servers=(HERE.server_key,))
PLACE = Scope(place=HERE)
EMPTY = Scope(servers=("discord:none",))


# --- Lists ----------------------------------------------------------------------


async def test_a_list_is_ordered_by_upvotes_plus_five_times_the_votes(store: Store) -> None:
    await store.write(
        feed(
            entry(1, upvotes=10, comments=9),
            entry(2, upvotes=10, comments=1),
            entry(3, upvotes=10, comments=1),
            entry(4, upvotes=5),
            entry(5, upvotes=0),
            entry(6, upvotes=40),
        ),
        votes(vote(4), vote(5), vote(5, BEN)),
    )
    # 4 and 5 reach the 10 points of 1, 2 and 3 by votes; equal points go by upvotes, comments, id
    assert numbers(await store.newest_lists(FRIDAY, 1, scope=EVERYBODY, limit=None)) == [6, 1, 2, 3, 4, 5]
    assert numbers(await store.newest_lists(FRIDAY, 1, scope=EMPTY, limit=None)) == [6, 1, 2, 3, 4, 5]
    await store.write(votes(vote(5, CLEO, ELSEWHERE)))
    assert numbers(await store.newest_lists(FRIDAY, 1, scope=EVERYBODY, limit=None)) == [6, 5, 1, 2, 3, 4]
    assert numbers(await store.newest_lists(FRIDAY, 1, scope=SERVER, limit=None)) == [6, 1, 2, 3, 4, 5]


async def test_ids_are_ordered_as_bytes(store: Store) -> None:
    """PostgreSQL left to its locale would pass over the punctuation."""
    ids = ["2604.00002", "2604.00010", "cs.AI/0001001", "cs/0001001", "hep-th/9901001", "math.GT/0309136"]
    await store.write(feed(*(FeedEntry(Paper(PaperId(each), "Title")) for each in reversed(ids))))
    await store.write(votes(vote(2), vote(10)))
    best = await store.best(FRIDAY, FRIDAY, scope=EMPTY, limit=None)
    assert [each.paper.id for each in best] == ids
    listed = await store.newest_lists(FRIDAY, 1, scope=EMPTY, limit=None)
    assert [each.paper.id for each in listed] == ids
    assert numbers(await store.leaderboard(None, scope=EVERYBODY, limit=5)) == [2, 10]


async def test_only_lists_up_to_the_day_count(store: Store) -> None:
    await store.write(feed(entry(1), day=WEDNESDAY), feed(entry(2), day=THURSDAY), feed(entry(3), day=FRIDAY))
    assert numbers(await store.newest_lists(THURSDAY, 2, scope=EVERYBODY, limit=None)) == [2, 1]
    assert numbers(await store.newest_lists(FRIDAY, 2, scope=EVERYBODY, limit=None)) == [3, 2]
    assert numbers(await store.newest_lists(FRIDAY + timedelta(days=90), 9, scope=EVERYBODY, limit=None)) == [
        3,
        2,
        1,
    ]
    assert not await store.newest_lists(date(2024, 1, 1), 2, scope=EVERYBODY, limit=None)


async def test_days_without_papers_are_passed_over(store: Store) -> None:
    await store.write(feed(entry(1), day=WEDNESDAY), feed(day=THURSDAY), feed(entry(2), day=FRIDAY))
    assert numbers(await store.newest_lists(FRIDAY, 2, scope=EVERYBODY, limit=None)) == [2, 1]


@pytest.mark.parametrize(("limit", "expected"), [(1, [4, 2]), (2, [4, 3, 2, 1]), (None, [4, 3, 2, 1])])
async def test_the_limit_is_for_each_day(store: Store, limit: int | None, expected: list[int]) -> None:
    await store.write(
        feed(entry(1, 1), entry(2, 2), day=THURSDAY), feed(entry(3, 3), entry(4, 4), day=FRIDAY)
    )
    assert numbers(await store.newest_lists(FRIDAY, 2, scope=EVERYBODY, limit=limit)) == expected


async def test_the_best_are_ordered_by_upvotes_votes_comments_and_id(store: Store) -> None:
    await store.write(
        feed(
            entry(5, 10, 1),
            entry(4, 10, 1),
            entry(3, 10, 5),
            entry(2, 10, 0),
            entry(1, 30, 0),
            entry(6, 9, 99),
        ),
        votes(vote(2), vote(6), vote(6, BEN), vote(6, CLEO)),
    )
    assert numbers(await store.best(FRIDAY, FRIDAY, scope=EVERYBODY, limit=None)) == [1, 2, 3, 4, 5, 6]
    assert numbers(await store.best(FRIDAY, FRIDAY, scope=EVERYBODY, limit=2)) == [1, 2]
    assert numbers(await store.best(FRIDAY, FRIDAY, scope=EMPTY, limit=None)) == [1, 3, 4, 5, 2, 6]


async def test_the_limit_keeps_those_that_votes_lift(store: Store) -> None:
    """Among many with equal upvotes the limit may not cut before the votes are counted."""
    await store.write(feed(*(entry(number, 10) for number in range(1, 41))), votes(vote(40), vote(39)))
    assert numbers(await store.best(FRIDAY, FRIDAY, scope=EVERYBODY, limit=3)) == [39, 40, 1]
    assert numbers(await store.newest_lists(FRIDAY, 1, scope=EVERYBODY, limit=3)) == [39, 40, 1]


async def test_a_period_has_each_paper_once_with_its_newest_day_in_it(store: Store) -> None:
    await store.write(
        feed(entry(1, 5), day=WEDNESDAY, at=NOON - 48 * HOUR),
        feed(entry(2, 1), entry(1, 6), day=THURSDAY, at=NOON - 24 * HOUR),
        feed(entry(1, 7), day=FRIDAY, at=NOON),
    )
    in_period = await store.best(WEDNESDAY, THURSDAY, scope=EVERYBODY, limit=None)
    assert [(each.paper.id, each.feed_day, each.position, each.upvotes) for each in in_period] == [
        (paper_id(1), THURSDAY, 2, 7),
        (paper_id(2), THURSDAY, 1, 1),
    ]
    assert [each.feed_day for each in await store.best(WEDNESDAY, FRIDAY, scope=EVERYBODY, limit=None)] == [
        FRIDAY,
        THURSDAY,
    ]
    assert [each.feed_day for each in await store.best(FRIDAY, FRIDAY, scope=EVERYBODY, limit=None)] == [
        FRIDAY
    ]


async def test_a_limited_period_counts_a_paper_of_two_days_once(store: Store) -> None:
    await store.write(
        feed(entry(1, 9), entry(2, 8), entry(3, 7), day=THURSDAY, at=NOON),
        feed(entry(1, 9), entry(2, 8), day=FRIDAY, at=NOON),
    )
    assert numbers(await store.best(THURSDAY, FRIDAY, scope=EVERYBODY, limit=3)) == [1, 2, 3]


async def test_week_53_goes_over_the_end_of_the_year(store: Store) -> None:
    """ISO week 53 of 2026 runs from 28 December to 3 January; the ends are days, whatever the year."""
    first, last = date(2026, 12, 28), date(2027, 1, 3)
    for number, day in enumerate(
        [first - timedelta(days=1), first, date(2027, 1, 1), last + timedelta(days=1)]
    ):
        await store.write(feed(entry(number + 1, number), day=day))
    assert numbers(await store.best(first, last, scope=EVERYBODY, limit=None)) == [3, 2]


async def test_figures_of_a_period_are_those_of_now(store: Store) -> None:
    await store.write(feed(entry(1, 5), entry(2, 6), day=THURSDAY, at=NOON - 24 * HOUR))
    await store.write(feed(entry(1, 50), day=FRIDAY))
    assert numbers(await store.best(THURSDAY, THURSDAY, scope=EVERYBODY, limit=1)) == [1]
    (first, _) = await store.newest_lists(THURSDAY, 1, scope=EVERYBODY, limit=None)
    assert (first.paper.id, first.upvotes, first.feed_day) == (paper_id(1), 50, THURSDAY)


# --- Papers -----------------------------------------------------------------------


async def test_papers_come_in_the_order_asked_for(store: Store) -> None:
    await store.write(feed(entry(1), entry(2), entry(3)))
    wanted = [paper_id(number) for number in (3, 99, 1, 2)]
    assert numbers(await store.papers(wanted, scope=EVERYBODY)) == [3, 1, 2]
    assert not await store.papers([], scope=EVERYBODY)
    assert not await store.papers([PaperId("'; --")], scope=EVERYBODY)


async def test_many_papers_can_be_asked_for_at_once(store: Store) -> None:
    await store.write(feed(*(entry(number) for number in range(1, 1501))))
    wanted = [paper_id(number) for number in range(1500, 0, -1)]
    assert [each.paper.id for each in await store.papers(wanted, scope=EVERYBODY)] == wanted


async def test_acts_of_few_people_lift_no_paper(store: Store) -> None:
    """Nobody has more votes than acts, but one person may have many acts; the limit cuts after votes."""
    acts = [
        vote(1, place=place, means=means, message=message)
        for place in (HERE, NEXT_DOOR, ELSEWHERE)
        for means in Means
        for message in ("", "m1", "m2")
    ]
    await store.write(
        feed(entry(1, 1), entry(2, 2), entry(3, 3), entry(4, 4), entry(5, 10), day=FRIDAY),
        feed(entry(6, 1), entry(7, 6), day=THURSDAY),
        votes(*acts, vote(2), vote(2, BEN), vote(3), vote(3, BEN), vote(6)),
    )
    for limit, expected in ((1, [3]), (2, [3, 2]), (3, [3, 2, 1]), (4, [3, 2, 1, 6])):
        assert numbers(await store.leaderboard(None, scope=EVERYBODY, limit=limit)) == expected
        assert numbers(await store.leaderboard(NOON - HOUR, scope=EVERYBODY, limit=limit)) == expected
    for limit, expected in ((1, [3, 7]), (2, [3, 2, 7, 6]), (4, [3, 2, 5, 1, 7, 6])):
        assert numbers(await store.newest_lists(FRIDAY, 2, scope=EVERYBODY, limit=limit)) == expected


async def test_papers_bear_the_votes_of_the_scope(store: Store) -> None:
    await store.write(feed(entry(1)), votes(vote(1), vote(1, BEN, NEXT_DOOR), vote(1, CLEO, ELSEWHERE)))

    async def counted(scope: Scope) -> int:
        (listed,) = await store.papers([paper_id(1)], scope=scope)
        return listed.votes

    assert await counted(EVERYBODY) == 3
    assert await counted(SERVER) == 2
    assert await counted(PLACE) == 1
    assert await counted(Scope(servers=(ELSEWHERE.server_key,), place=HERE)) == 0
    assert await counted(EMPTY) == 0


# --- Votes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("acts", "counted"),
    [
        pytest.param([vote(1)], 1, id="one"),
        pytest.param([vote(1), vote(1)], 1, id="the same twice"),
        pytest.param(
            [vote(1, means=Means.REACTION, message="m1"), vote(1, means=Means.REACTION, message="m2")],
            1,
            id="two messages",
        ),
        pytest.param(
            [vote(1, means=Means.REACTION, message="m1"), vote(1, means=Means.BUTTON, message="m1"), vote(1)],
            1,
            id="three means",
        ),
        pytest.param([vote(1), vote(1, place=NEXT_DOOR), vote(1, place=ELSEWHERE)], 1, id="three places"),
        pytest.param([vote(1), vote(1, BEN)], 2, id="two people"),
    ],
)
async def test_a_person_counts_once(store: Store, acts: list[Act], counted: int) -> None:
    await store.write(feed(entry(1, 3)), votes(*acts))
    (top,) = await store.leaderboard(None, scope=EVERYBODY, limit=10)
    assert top.votes == counted
    (listed,) = await store.newest_lists(FRIDAY, 1, scope=EVERYBODY, limit=1)
    assert listed == top


async def test_linked_identities_are_one_person(store: Store) -> None:
    acts = [vote(1, ANA), vote(1, CLEO, ELSEWHERE), vote(1, BEN)]
    await store.write(feed(entry(1)), votes(*acts), KeepRecords((Link(CLEO, ANA, NOON),)))
    (top,) = await store.leaderboard(None, scope=EVERYBODY, limit=10)
    assert top.votes == 2
    (best,) = await store.best(FRIDAY, FRIDAY, scope=EVERYBODY, limit=10)
    assert best.votes == 2
    (there,) = await store.papers([paper_id(1)], scope=Scope(place=ELSEWHERE))
    assert there.votes == 1


async def test_two_identities_linked_to_a_third_are_one_person(store: Store) -> None:
    await store.write(
        feed(entry(1)),
        votes(vote(1, BEN), vote(1, CLEO)),
        KeepRecords((Link(CLEO, ANA, NOON), Link(BEN, ANA, NOON))),
    )
    (top,) = await store.leaderboard(None, scope=EVERYBODY, limit=10)
    assert top.votes == 1


async def test_the_leaderboard_is_ordered_by_votes_upvotes_and_id(store: Store) -> None:
    await store.write(
        feed(entry(1, 1), entry(2, 1), entry(3, 7), entry(4, 99), entry(5, 99)),
        votes(vote(1), vote(2), vote(3), vote(4), vote(4, BEN)),
    )
    assert numbers(await store.leaderboard(None, scope=EVERYBODY, limit=10)) == [4, 3, 1, 2]
    assert numbers(await store.leaderboard(None, scope=EVERYBODY, limit=2)) == [4, 3]
    assert not await store.leaderboard(None, scope=EMPTY, limit=10)


async def test_the_leaderboard_of_a_time_counts_votes_of_that_time_alone(store: Store) -> None:
    await store.write(
        feed(entry(1), entry(2)),
        votes(
            vote(1, ANA, at=NOON - 10 * HOUR),
            vote(1, BEN, at=NOON - 9 * HOUR),
            vote(2, ANA, at=NOON - HOUR),
            vote(1, CLEO, ELSEWHERE, at=NOON),
        ),
    )

    async def counts(since: object, scope: Scope = EVERYBODY) -> list[tuple[PaperId, int]]:
        found = await store.leaderboard(since, scope=scope, limit=10)  # type: ignore[arg-type]
        return [(each.paper.id, each.votes) for each in found]

    assert await counts(None) == [(paper_id(1), 3), (paper_id(2), 1)]
    assert await counts(NOON - HOUR) == [(paper_id(1), 1), (paper_id(2), 1)]
    assert await counts(NOON - HOUR, SERVER) == [(paper_id(2), 1)]
    assert await counts(NOON) == [(paper_id(1), 1)]
    assert await counts(NOON + HOUR) == []


async def test_a_voted_paper_without_details_comes_with_its_id_as_title(store: Store) -> None:
    await store.write(feed(entry(1)), votes(vote(2), vote(1), vote(2, BEN)))
    first, second = await store.leaderboard(None, scope=EVERYBODY, limit=10)
    assert first == Listed(Paper(paper_id(2), title=paper_id(2)), votes=2)
    assert second.paper.title == "Paper 1"
    assert not await store.papers([paper_id(2)], scope=EVERYBODY)
    assert paper_id(2) in await store.bare_papers(10)
    assert [row.paper.id for row in await store.index_rows(0, 10)] == [paper_id(1)]


async def test_an_answer_is_the_callers_own(store: Store) -> None:
    """What a caller does with an answer changes nothing in the store."""
    await store.write(feed(entry(1), entry(2)))
    answer = list(await store.newest_lists(FRIDAY, 1, scope=EVERYBODY, limit=None))
    answer.clear()
    assert numbers(await store.newest_lists(FRIDAY, 1, scope=EVERYBODY, limit=None)) == [1, 2]
