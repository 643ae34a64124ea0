"""What an edition may choose from, as it stood at one moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.papers import Figure
from bot.domain.places import Place
from bot.domain.votes import Link
from bot.ports import EVERYBODY, KeepRecords, RecordPapers, Scope
from bot.ports.delivery import Window
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
    paper_id,
    vote,
    votes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.editions import Candidate
    from bot.ports import Store
    from tests.contract.subscribing import DeliveryStore

DAY = timedelta(days=1)
MONDAY = date(2026, 4, 20)


def short(found: Sequence[Candidate]) -> list[tuple[int, int]]:
    """Return the number of each paper, and how many lists ago it was listed."""
    return [(int(each.listed.paper.id[-5:]), each.lists_ago) for each in found]


async def in_window(
    delivery: DeliveryStore,
    as_of: datetime = NOON,
    lists: int = 3,
    since: date | None = None,
) -> list[Candidate]:
    return list(await delivery.candidates(Window(as_of, lists, since)))


def large(*places: Place) -> Scope:
    """Return a community of a thousand servers and those of some places."""
    others = (f"discord:9{number}" for number in range(1_000))
    return Scope(servers=(*others, *(place.server_key for place in places)))


@pytest.fixture
async def week(store: Store) -> None:
    """Record lists of four days, each seen at noon of its day: the weekend before is empty."""
    for number, day in enumerate((WEDNESDAY, THURSDAY, FRIDAY), start=1):
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        await store.write(feed(entry(10 * number + 1, 5), entry(10 * number), day=day, at=at))
    await store.write(feed(entry(1), day=MONDAY, at=NOON - 4 * DAY))
    await store.write(feed(day=date(2026, 4, 21), at=NOON - 3 * DAY))


@pytest.mark.usefixtures("week")
async def test_the_newest_lists_are_counted_not_the_days(delivery: DeliveryStore) -> None:
    assert short(await in_window(delivery, lists=1)) == [(30, 0), (31, 0)]
    assert short(await in_window(delivery, lists=3)) == [(30, 0), (31, 0), (20, 1), (21, 1), (10, 2), (11, 2)]
    assert short(await in_window(delivery, lists=9))[-1] == (1, 3)


@pytest.mark.usefixtures("week")
@pytest.mark.parametrize(
    ("since", "oldest"),
    [
        (FRIDAY, (21, 1)),
        (WEDNESDAY, (11, 2)),
        (date(2026, 4, 21), (11, 2)),
        (MONDAY, (1, 3)),
        (date(2025, 1, 1), (1, 3)),
    ],
)
async def test_since_reaches_further_than_so_many_lists_or_not_at_all(
    since: date, oldest: tuple[int, int], delivery: DeliveryStore
) -> None:
    assert short(await in_window(delivery, lists=2, since=since))[-1] == oldest


@pytest.mark.usefixtures("week")
async def test_lists_that_came_later_do_not_exist(delivery: DeliveryStore) -> None:
    thursday_noon = NOON - DAY
    assert short(await in_window(delivery, thursday_noon, lists=1)) == [(20, 0), (21, 0)]
    just_before = thursday_noon - timedelta(microseconds=1)
    assert short(await in_window(delivery, just_before, lists=1)) == [(10, 0), (11, 0)]
    assert await in_window(delivery, NOON - 9 * DAY) == []


async def test_a_list_of_a_day_that_has_not_come_does_not_exist(
    store: Store, delivery: DeliveryStore
) -> None:
    await store.write(feed(entry(1), day=FRIDAY + DAY, at=NOON), feed(entry(2), day=FRIDAY, at=NOON))
    assert short(await in_window(delivery)) == [(2, 0)]
    assert short(await in_window(delivery, datetime(2026, 4, 25, tzinfo=UTC))) == [(1, 0), (2, 1)]


async def test_the_day_is_that_of_utc(store: Store, delivery: DeliveryStore) -> None:
    await store.write(feed(entry(1), day=FRIDAY + DAY, at=NOON))
    tokyo = datetime.fromisoformat("2026-04-25T08:59:00+09:00")
    assert await in_window(delivery, tokyo) == []
    assert short(await in_window(delivery, tokyo + timedelta(minutes=1))) == [(1, 0)]


async def test_papers_that_were_listed_later_do_not_exist(store: Store, delivery: DeliveryStore) -> None:
    await store.write(feed(entry(1), at=NOON), feed(entry(1), entry(2), at=NOON + HOUR))
    assert short(await in_window(delivery, NOON)) == [(1, 0)]
    assert short(await in_window(delivery, NOON + HOUR)) == [(1, 0), (2, 0)]


async def test_figures_are_those_of_the_moment(store: Store, delivery: DeliveryStore) -> None:
    for hours, upvotes, comments in [(0, 3, 0), (2, 9, 1), (5, 140, 7)]:
        await store.write(feed(entry(1, upvotes, comments, abstract="Text."), at=NOON + hours * HOUR))
    figures = []
    for hours in (0, 1, 2, 6):
        (found,) = await in_window(delivery, NOON + hours * HOUR)
        listed = found.listed
        figures.append((listed.upvotes, listed.comments, listed.seen_at, listed.earlier))
        assert listed.paper.abstract == "Text."
    first = Figure(3, NOON)
    assert figures == [
        (3, 0, NOON, first),
        (3, 0, NOON, first),
        (9, 1, NOON + 2 * HOUR, first),
        (140, 7, NOON + 5 * HOUR, first),
    ]


async def test_a_paper_on_several_lists_comes_once_with_its_newest_day(
    store: Store, delivery: DeliveryStore
) -> None:
    for days, day in [(2, WEDNESDAY), (1, THURSDAY), (0, FRIDAY)]:
        other = entry(10 + days)
        await store.write(feed(other, entry(1, 5 * (3 - days)), day=day, at=NOON - days * DAY))
    (found,) = [each for each in await in_window(delivery) if each.listed.paper.id.endswith("1")][:1]
    assert (found.listed.feed_day, found.lists_ago, found.first_listed) == (FRIDAY, 0, WEDNESDAY)
    assert (found.listed.position, found.listed.earlier) == (2, Figure(5, NOON - 2 * DAY))
    assert short(await in_window(delivery)) == [(1, 0), (10, 0), (11, 1), (12, 2)]
    (found,) = [each for each in await in_window(delivery, lists=1) if each.listed.paper.id.endswith("1")]
    assert found.first_listed == WEDNESDAY


async def test_votes_are_those_of_the_scope_and_the_moment(store: Store, delivery: DeliveryStore) -> None:
    await store.write(
        votes(
            vote(1, ANA, HERE, at=NOON - HOUR),
            vote(1, ANA, NEXT_DOOR, at=NOON - HOUR),
            vote(1, BEN, NEXT_DOOR, at=NOON),
            vote(1, CLEO, ELSEWHERE, at=NOON + HOUR),
        ),
    )

    async def counted(as_of: datetime, scope: Scope = EVERYBODY) -> int:
        found = await delivery.votes_then([scope], [paper_id(1)], as_of)
        return found[scope][paper_id(1)] if found else 0

    assert [await counted(NOON + hours * HOUR) for hours in (-2, -1, 0, 1)] == [0, 1, 2, 3]
    assert await counted(NOON + HOUR, Scope(servers=(HERE.server_key,))) == 2
    assert await counted(NOON + HOUR, Scope(place=HERE)) == 1
    await store.write(KeepRecords((Link(CLEO, ANA, NOON + 9 * HOUR),)))
    assert await counted(NOON + HOUR) == 2


async def test_votes_of_many_scopes_are_told_together(store: Store, delivery: DeliveryStore) -> None:
    there = Place("discord", f"{HERE.server}0", "1")
    await store.write(
        votes(
            vote(1, ANA, HERE),
            vote(1, ANA, ELSEWHERE),
            vote(1, BEN, ELSEWHERE),
            vote(2, BEN, HERE),
            vote(3, BEN, HERE),
            vote(2, CLEO, there),
        )
    )
    alone, other, longer = (Scope(servers=(place.server_key,)) for place in (HERE, ELSEWHERE, there))
    joined, nobody = Scope(servers=(HERE.server_key, ELSEWHERE.server_key)), Scope(servers=("slack:T9",))
    asked = [EVERYBODY, alone, other, longer, joined, nobody, Scope(place=HERE)]
    first, second = paper_id(1), paper_id(2)
    assert await delivery.votes_then(asked, [first, second, paper_id(4)], NOON) == {
        EVERYBODY: {first: 2, second: 2},
        alone: {first: 1, second: 1},
        other: {first: 2},
        longer: {second: 1},
        joined: {first: 2, second: 1},
        Scope(place=HERE): {first: 1, second: 1},
    }
    outside = Scope(servers=(ELSEWHERE.server_key,), place=HERE)
    assert await delivery.votes_then([outside, large(HERE, ELSEWHERE), large()], [first], NOON) == {
        large(HERE, ELSEWHERE): {first: 2}
    }
    assert await delivery.votes_then(asked, [paper_id(4)], NOON) == {}


async def test_a_paper_that_was_never_listed_is_no_candidate(store: Store, delivery: DeliveryStore) -> None:
    await store.write(RecordPapers((entry(1, 900),), NOON, has_figures=True), feed(entry(2)))
    assert short(await in_window(delivery)) == [(2, 0)]


async def test_there_may_be_none(delivery: DeliveryStore) -> None:
    assert await in_window(delivery) == []
