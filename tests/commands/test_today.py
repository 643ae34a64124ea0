"""`today`: the current list, filled from the day before while it is short, and a sentence that says so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.commands.house import because, sections, shown
from tests.contract.making import ANA, BEN, FRIDAY, NOON, THURSDAY, entry, vote, votes

if TYPE_CHECKING:
    from bot.domain.answers import PaperList
    from bot.domain.papers import FeedEntry
    from tests.commands.house import House

SATURDAY = date(2026, 4, 25)
SUNDAY = date(2026, 4, 26)
MONDAY = date(2026, 4, 27)


def papers(first: int, last: int, upvotes: int = 10) -> list[FeedEntry]:
    """Make the papers with these numbers, each with one upvote less than the one before."""
    return [entry(number, upvotes + first - number) for number in range(first, last + 1)]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


async def test_the_current_list_best_first(house: House) -> None:
    await house.fetch(FRIDAY, entry(1, 2), entry(2, 84), entry(3, 9), entry(4, 9, 1), entry(5), entry(6, 1))
    answer = await house.list("today")
    assert (answer.title, answer.feed_date, answer.notes) == ("Today's papers · Friday 24 April", FRIDAY, ())
    assert sections(answer) == {"": [2, 4, 3, 1, 6]}
    assert because(answer)[0] == ("84 upvotes",)


async def test_as_many_as_were_asked_for(house: House) -> None:
    await house.fetch(FRIDAY, *papers(1, 30, 40))
    assert len(shown(await house.list("today"))) == 5
    assert shown(await house.list("today 2")) == [1, 2]
    assert len(shown(await house.list("today count=25"))) == 25


async def test_order_is_by_the_sum_that_editions_use(house: House) -> None:
    await house.fetch(FRIDAY, entry(1, 12), entry(2, 11), entry(3, 1))
    await house.store.write(votes(vote(3, ANA), vote(3, BEN), vote(2, ANA)))
    answer = await house.list("today 3")
    # 11 + 5, 12, 1 + 2 × 5
    assert shown(answer) == [2, 1, 3]
    assert because(answer)[2] == ("1 upvote", "2 votes here")


async def test_movement_is_told_and_never_counted(house: House) -> None:
    await house.fetch(FRIDAY, entry(1, 90), entry(2, 3))
    house.wait(timedelta(hours=4))
    await house.fetch(FRIDAY, entry(1, 91), entry(2, 89))
    answer = await house.list("today 2")
    assert shown(answer) == [1, 2]
    assert because(answer)[1] == ("89 upvotes", "86 in the last 3 hours")


# --- A young list ---------------------------------------------------------------------


async def test_a_young_list_is_filled_from_the_day_before_and_says_so(house: House) -> None:
    await house.fetch(THURSDAY, *papers(11, 20, 99))
    await house.fetch(FRIDAY, *papers(1, 3))
    answer = await house.list("today")
    assert sections(answer) == {"": [1, 2, 3], "Thursday 23 April": [11, 12]}
    assert answer.notes == ("3 so far on Friday's list; the other 2 are Thursday's best.",)
    assert answer.feed_date == FRIDAY


@pytest.mark.parametrize(
    ("count", "notes"),
    [
        (3, ()),
        (4, ("3 so far on Friday's list; the other one is Thursday's best.",)),
        (25, ("3 so far on Friday's list; the other 10 are Thursday's best.",)),
    ],
)
async def test_it_is_filled_as_far_as_was_asked_for(house: House, count: int, notes: tuple[str, ...]) -> None:
    await house.fetch(THURSDAY, *papers(11, 20, 99))
    await house.fetch(FRIDAY, *papers(1, 3))
    answer = await house.list(f"today {count}")
    assert len(shown(answer)) == min(count, 13)
    assert answer.notes == notes


async def test_a_paper_on_both_lists_is_shown_once(house: House) -> None:
    await house.fetch(THURSDAY, entry(1, 50), *papers(11, 14, 40))
    await house.fetch(FRIDAY, entry(1, 60), entry(2, 1))
    assert sections(await house.list("today 4")) == {"": [1, 2], "Thursday 23 April": [11, 12]}


async def test_the_day_before_a_monday_is_a_friday(house: House) -> None:
    await house.fetch(FRIDAY, *papers(11, 20))
    await house.fetch(MONDAY, entry(1))
    house.set(noon(MONDAY))
    assert (await house.list("today 3")).notes == (
        "1 so far on Monday's list; the other 2 are Friday's best.",
    )


async def test_nothing_is_filled_from_further_back(house: House) -> None:
    await house.fetch(date(2026, 4, 22), *papers(21, 30))
    await house.fetch(THURSDAY, entry(11))
    await house.fetch(FRIDAY, entry(1))
    assert shown(await house.list("today")) == [1, 11]


# --- No list of today -----------------------------------------------------------------


@pytest.mark.parametrize("day", [SATURDAY, SUNDAY])
async def test_on_a_weekend_the_newest_day_with_papers(house: House, day: date) -> None:
    await house.fetch(FRIDAY, *papers(1, 9))
    await house.fetch(SATURDAY)
    house.set(noon(day))
    answer = await house.list("today")
    assert (answer.title, answer.feed_date) == ("The newest papers · Friday 24 April", FRIDAY)
    assert answer.notes == ("There are no lists on weekends; this is Friday's.",)
    assert shown(answer) == [1, 2, 3, 4, 5]


async def test_a_short_list_is_filled_on_a_weekend_too(house: House) -> None:
    await house.fetch(THURSDAY, *papers(11, 20))
    await house.fetch(FRIDAY, entry(1))
    house.set(noon(SATURDAY))
    assert (await house.list("today 2")).notes == (
        "There are no lists on weekends; this is Friday's.",
        "1 on Friday's list; the other one is Thursday's best.",
    )


async def test_a_list_that_is_still_to_come(house: House) -> None:
    await house.fetch(THURSDAY, *papers(1, 9))
    answer = await house.list("today")
    assert answer.title == "The newest papers · Thursday 23 April"
    assert answer.notes == ("Nothing is on Friday's list yet; this is Thursday's.",)


async def test_an_old_list_is_named_by_its_date(house: House) -> None:
    await house.fetch(FRIDAY, *papers(1, 9))
    house.set(NOON + timedelta(days=20))
    assert (await house.list("today")).notes == ("The newest list that I have is of Friday 24 April.",)


async def test_nothing_was_fetched_yet(house: House) -> None:
    answer = await house.list("today")
    assert answer.papers == ()
    assert answer.feed_date is None
    assert answer.notes == (
        "No list has been fetched yet. On the machine that runs me, “papers ingest” fetches the newest.",
    )


async def test_lists_later_than_now_do_not_exist(house: House) -> None:
    await house.fetch(FRIDAY, entry(1))
    await house.fetch(MONDAY, entry(2))
    assert shown(await house.list("today")) == [1]


# --- On a topic -----------------------------------------------------------------------


async def on_robots(house: House, text: str) -> PaperList:
    """Ask with two papers on robots on each list, among others."""
    about = "About robots."
    await house.fetch(
        THURSDAY, *papers(11, 20, 99), entry(21, 2, abstract=about), entry(22, 1, abstract=about)
    )
    await house.fetch(FRIDAY, *papers(1, 9, 99), entry(31, 2, abstract=about), entry(32, 1, abstract=about))
    return await house.list(text)


async def test_a_topic_only_filters(house: House) -> None:
    answer = await on_robots(house, "today 2 robot")
    assert shown(answer) == [31, 32]
    assert answer.notes == ("2 of 11 papers on Friday's list match “robot”.",)


@pytest.mark.parametrize(
    ("text", "expected", "notes"),
    [
        (
            "today 3 robot",
            {"": [31, 32], "Thursday 23 April": [21]},
            ("2 of 11 papers on Friday's list match “robot”.", "The other one is from Thursday's list."),
        ),
        (
            "today topic=robot",
            {"": [31, 32], "Thursday 23 April": [21, 22]},
            ("2 of 11 papers on Friday's list match “robot”.", "The others are from Thursday's list."),
        ),
        (
            'today 2 title:"paper 31"',
            {"": [31]},
            ('1 of 11 papers on Friday\'s list matches “title:"paper 31"”.',),
        ),
        (
            'today topic=title:"paper 21"',
            {"": [21]},
            (
                '0 of 11 papers on Friday\'s list match “title:"paper 21"”.',
                "This one is from Thursday's list.",
            ),
        ),
        ("today topic=drone", {}, ("0 of 11 papers on Friday's list match “drone”.",)),
    ],
)
async def test_the_share_of_a_topic_is_told(
    house: House, text: str, expected: dict[str, list[int]], notes: tuple[str, ...]
) -> None:
    answer = await on_robots(house, text)
    assert sections(answer) == expected
    assert answer.notes == notes


async def test_a_mistake_in_a_topic_is_refused_at_its_place(house: House) -> None:
    refusal = await house.refusal("today topic=agent OR")
    assert refusal.sentence == "After “agent OR” I expected a word, not the end."
    assert refusal.wrong_usage
