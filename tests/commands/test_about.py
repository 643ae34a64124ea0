"""`status` and `help`, which the asker alone sees."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.answers import FeedState, HelpPage, StatusReport
from tests.contract.making import ANA, ELSEWHERE, FRIDAY, HERE, NOON, THURSDAY, WEDNESDAY, entry

if TYPE_CHECKING:
    from bot.domain.places import Place
    from tests.commands.house import House

MEND = "On the machine that runs me, “papers ingest --since {}” fetches what came after."


async def status(house: House, place: Place = HERE) -> StatusReport:
    reply = await house.say("status", place=place)
    assert isinstance(reply.answer, StatusReport)
    assert reply.private
    return reply.answer


async def test_all_is_well(house: House) -> None:
    await house.fetch(THURSDAY, entry(9))
    await house.fetch(FRIDAY, entry(1), entry(2))
    house.wait(timedelta(minutes=4))
    assert await status(house) == StatusReport(HERE, FeedState(FRIDAY, 2, NOON), has_subscriptions=False)


async def test_status_is_of_the_place_where_it_is_asked(house: House) -> None:
    assert (await status(house, ELSEWHERE)).place == ELSEWHERE


async def test_nothing_was_fetched_yet(house: House) -> None:
    report = await status(house)
    assert report.feed is None
    assert report.silence == (
        "No list has been fetched yet. On the machine that runs me, “papers ingest” fetches the newest."
    )


@pytest.mark.parametrize(
    ("fetched", "now", "silence"),
    [
        pytest.param([THURSDAY], FRIDAY, "", id="today's may still come"),
        pytest.param([FRIDAY], date(2026, 4, 26), "", id="none is missing on a weekend"),
        pytest.param([FRIDAY], date(2026, 4, 27), "", id="nor on the Monday after it"),
        pytest.param(
            [WEDNESDAY],
            FRIDAY,
            f"The newest list is of Wednesday 22 April; that of Thursday 23 April is missing. "
            f"{MEND.format('2026-04-22')}",
            id="one is missing",
        ),
        pytest.param(
            [THURSDAY],
            date(2026, 4, 28),
            f"The newest list is of Thursday 23 April; the lists of 2 weekdays are missing. "
            f"{MEND.format('2026-04-23')}",
            id="some are missing, but for the weekend",
        ),
        pytest.param(
            [date(2025, 12, 30)],
            date(2026, 1, 1),
            f"The newest list is of Tuesday 30 December 2025; that of Wednesday 31 December 2025 is missing. "
            f"{MEND.format('2025-12-30')}",
            id="in another year",
        ),
    ],
)
async def test_a_missing_list_is_told_with_what_to_do(
    house: House, fetched: list[date], now: date, silence: str
) -> None:
    for day in fetched:
        await house.fetch(day, entry(day.day))
    house.set(datetime(now.year, now.month, now.day, 9, tzinfo=UTC))
    assert (await status(house)).silence == silence


async def test_a_list_that_stayed_empty_is_not_missing(house: House) -> None:
    await house.fetch(WEDNESDAY, entry(1))
    await house.fetch(THURSDAY)
    report = await status(house)
    assert report.silence == ""
    assert report.feed is not None
    assert report.feed.day == WEDNESDAY


async def test_a_list_later_than_now_is_not_the_last(house: House) -> None:
    await house.fetch(FRIDAY, entry(1))
    house.set(NOON - timedelta(days=1))
    assert (await status(house)).feed is None


# --- help -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "help", "HELP"])
async def test_help_is_for_the_asker_alone(house: House, text: str) -> None:
    reply = await house.say(text, identity=ANA)
    assert isinstance(reply.answer, HelpPage)
    assert reply.private
    assert reply.answer.title == "papers-bot: the day's machine-learning papers"


@pytest.mark.parametrize("word", ["search", "Search", '"search"'])
async def test_help_on_one_command(house: House, word: str) -> None:
    reply = await house.say(f"help {word}")
    assert isinstance(reply.answer, HelpPage)
    assert reply.answer.title == "search query [since] [count]"


async def test_help_on_what_is_no_command(house: House) -> None:
    refusal = await house.refusal("help serach")
    assert refusal.sentence == "There is no command “serach”. Did you mean “search”?"
    assert refusal.wrong_usage
