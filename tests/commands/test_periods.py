"""`on`, `week` and `month`: one day's list, and the best of a period."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.commands.house import because, shown
from tests.contract.making import ANA, BEN, FRIDAY, THURSDAY, WEDNESDAY, entry, vote, votes

if TYPE_CHECKING:
    from tests.commands.house import House

SATURDAY = date(2026, 4, 25)

ORDER = [1, 2, 3, 4, 5]


async def fetch_in_order(house: House, day: date) -> None:
    """Let a list be fetched that is ordered by each of the criteria once, told the wrong way round."""
    await house.fetch(day, entry(5, 7), entry(4, 7), entry(3, 7, 2), entry(2, 7), entry(1, 8))
    await house.store.write(votes(vote(2, ANA)))


# --- on -------------------------------------------------------------------------------


async def test_a_day_is_ordered_by_upvotes_votes_comments_and_id(house: House) -> None:
    await fetch_in_order(house, THURSDAY)
    answer = await house.list("on 2026-04-23")
    assert shown(answer) == ORDER
    assert (answer.title, answer.feed_date, answer.notes) == ("Papers · Thursday 23 April", THURSDAY, ())
    assert because(answer)[1] == ("7 upvotes", "1 vote here")


async def test_votes_only_part_ties_there(house: House) -> None:
    await house.fetch(THURSDAY, entry(1, 12), entry(2, 11))
    await house.store.write(votes(vote(2, ANA), vote(2, BEN)))
    assert shown(await house.list("on 2026-04-23")) == [1, 2]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("on today", "Papers · Friday 24 April"),
        ("on Yesterday", "Papers · Thursday 23 April"),
        ("on 2025-12-24", "Papers · Wednesday 24 December 2025"),
        ("on 2023-05-04", "Papers · Thursday 4 May 2023"),
    ],
)
async def test_a_day_is_named_in_the_title(house: House, text: str, title: str) -> None:
    assert (await house.list(text)).title == title


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param(
            "on 2026-04-25", "25 April 2026 is still ahead: today is 24 April 2026 (UTC).", id="a day ahead"
        ),
        pytest.param(
            "on 2031-01-01", "1 January 2031 is still ahead: today is 24 April 2026 (UTC).", id="years ahead"
        ),
        pytest.param(
            "on 2023-05-03",
            "There was no list on 3 May 2023: the first is of 4 May 2023.",
            id="before the archive",
        ),
        pytest.param(
            "on 2026-02-30", "“2026-02-30” is no date. Dates are written like 2026-04-23.", id="no date"
        ),
        pytest.param(
            "on tomorrow", "“tomorrow” is no date. Dates are written like 2026-04-23.", id="no word for one"
        ),
        pytest.param(
            "on 24.4.2026", "“24.4.2026” is no date. Dates are written like 2026-04-23.", id="another form"
        ),
        pytest.param(
            f"on {'x' * 10_000}",
            f"“{'x' * 58}…” is no date. Dates are written like 2026-04-23.",
            id="far too long",
        ),
    ],
)
async def test_a_day_that_cannot_be_is_refused(house: House, text: str, sentence: str) -> None:
    refusal = await house.refusal(text)
    assert refusal.sentence == sentence
    assert not refusal.wrong_usage


@pytest.mark.parametrize(
    ("day", "is_fetched", "note"),
    [
        (WEDNESDAY, False, "The list of that day has not been fetched."),
        (WEDNESDAY, True, "The list of that day stayed empty."),
        (FRIDAY, False, "The list of that day has not been fetched."),
        (FRIDAY, True, "The list is empty so far."),
        (date(2026, 4, 19), False, "There is no list of that day: lists come Monday to Friday."),
        (date(2026, 4, 19), True, "There is no list of that day: lists come Monday to Friday."),
    ],
)
async def test_a_day_without_a_list_says_why(house: House, day: date, is_fetched: bool, note: str) -> None:
    if is_fetched:
        await house.fetch(day)
    answer = await house.list(f"on {day}")
    assert (answer.papers, answer.feed_date, answer.notes) == ((), day, (note,))


async def test_a_topic_only_filters_a_day(house: House) -> None:
    await fetch_in_order(house, THURSDAY)
    answer = await house.list('on 2026-04-23 topic="paper 3" | "paper 5"')
    assert shown(answer) == [3, 5]
    assert answer.notes == ('2 of 5 papers match “"paper 3" | "paper 5"”.',)


async def test_a_topic_that_nothing_matches(house: House) -> None:
    await fetch_in_order(house, THURSDAY)
    answer = await house.list("on 2026-04-23 5 robots")
    assert (answer.papers, answer.notes) == ((), ("0 of 5 papers match “robots”.",))


async def test_a_topic_looks_beyond_the_count(house: House) -> None:
    await fetch_in_order(house, THURSDAY)
    answer = await house.list('on 2026-04-23 1 title:"paper 5"')
    assert (shown(answer), answer.notes) == ([5], ('1 of 5 papers matches “title:"paper 5"”.',))


# --- week and month -------------------------------------------------------------------


async def fetch_a_month(house: House) -> None:
    """Let a list be fetched on each of some days, whose upvotes fall from day to day."""
    for number, day in enumerate(["03-31", "04-01", "04-17", "04-20", "04-22", "04-24"], start=1):
        await house.fetch(date.fromisoformat(f"2026-{day}"), entry(number, 20 - number))


@pytest.mark.parametrize(
    ("text", "title", "papers"),
    [
        ("week", "The best of week 17 of 2026 (20–26 April) so far", [4, 5, 6]),
        ("week 2026-W17", "The best of week 17 of 2026 (20–26 April) so far", [4, 5, 6]),
        ("week 2026-w16 count=1", "The best of week 16 of 2026 (13–19 April)", [3]),
        ("week 2026-W14", "The best of week 14 of 2026 (30 March–5 April)", [1, 2]),
        ("month", "The best of April 2026 so far", [2, 3, 4, 5, 6]),
        ("month 2026-04 2", "The best of April 2026 so far", [2, 3]),
        ("month 2026-03", "The best of March 2026", [1]),
    ],
)
async def test_the_best_of_a_period(house: House, text: str, title: str, papers: list[int]) -> None:
    await fetch_a_month(house)
    answer = await house.list(text)
    assert (answer.title, shown(answer)) == (title, papers)
    assert answer.feed_date is None
    assert answer.notes == ()


@pytest.mark.parametrize("text", ["week", "month"])
async def test_a_period_is_ordered_as_a_day_is(house: House, text: str) -> None:
    await fetch_in_order(house, THURSDAY)
    assert shown(await house.list(text)) == ORDER


async def test_a_paper_of_two_days_is_once_in_their_week(house: House) -> None:
    await house.fetch(THURSDAY, entry(1, 3), entry(2, 2))
    await house.fetch(FRIDAY, entry(1, 4))
    assert shown(await house.list("week")) == [1, 2]


async def test_the_53rd_week_of_2026_reaches_into_the_next_year(house: House) -> None:
    house.set(datetime(2027, 1, 1, 12, tzinfo=UTC))
    await house.fetch(date(2026, 12, 28), entry(1, 9))
    await house.fetch(date(2027, 1, 1), entry(2, 5))
    answer = await house.list("week 2026-W53")
    assert answer.title == "The best of week 53 of 2026 (28 December–3 January) so far"
    assert shown(answer) == shown(await house.list("week")) == [1, 2]


async def test_a_period_is_so_far_until_it_is_over(house: House) -> None:
    house.set(datetime(2026, 4, 26, 23, 59, tzinfo=UTC))
    assert (await house.list("week 2026-W17")).title.endswith("so far")
    house.wait(timedelta(minutes=1))
    assert not (await house.list("week 2026-W17")).title.endswith("so far")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("week 2025-W54", "2025 has weeks W01 to W52, so 2025-W54 is none."),
        ("week 2025-W53", "2025 has weeks W01 to W52, so 2025-W53 is none."),
        ("week 2026-04", "“2026-04” names no week. Weeks are written like 2026-W17."),
        ("week 9999-W52", "“9999-W52” names no week. Weeks are written like 2026-W17."),
        ("week 2026-W18", "Week 18 of 2026 (27 April–3 May) is still ahead."),
        ("week 2023-W17", "There were no lists then: the first is of 4 May 2023."),
        ("month 2026-13", "A year has months 01 to 12, so 2026-13 is none."),
        ("month 2026-W17", "“2026-W17” names no month. Months are written like 2026-04."),
        ("month 2026-05", "May 2026 is still ahead."),
        ("month 2023-04", "There were no lists then: the first is of 4 May 2023."),
        (f"week which={'x' * 10_000}", f"“{'x' * 58}…” names no week. Weeks are written like 2026-W17."),
        (f"month which={'x' * 10_000}", f"“{'x' * 58}…” names no month. Months are written like 2026-04."),
    ],
)
async def test_a_period_that_cannot_be_is_refused(house: House, text: str, sentence: str) -> None:
    assert (await house.refusal(text)).sentence == sentence


@pytest.mark.parametrize("text", ["week 2023-W18", "month 2023-05"])
async def test_the_first_period_of_the_archive_is_no_mistake(house: House, text: str) -> None:
    assert (await house.list(text)).notes == ("No papers of that time have been fetched.",)


async def test_a_topic_only_filters_a_period(house: House) -> None:
    await fetch_a_month(house)
    answer = await house.list('month topic="paper 4"')
    assert (shown(answer), answer.notes) == ([4], ('1 of 5 papers matches “"paper 4"”.',))


@pytest.mark.parametrize("text", ["week topic=(a", "on today topic=(a", "month topic=(a"])
async def test_a_mistake_in_a_topic_is_told(house: House, text: str) -> None:
    sentence = "After “(a” I expected a closing bracket, not the end."
    assert (await house.refusal(text)).sentence == sentence
