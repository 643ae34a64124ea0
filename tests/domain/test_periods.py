"""Days, ISO weeks and months, as people name them and as titles tell them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.periods import (
    Period,
    day_words,
    feed_day,
    is_list_day,
    may_name_moment,
    may_name_period,
    month_of,
    parse_day,
    parse_month,
    parse_week,
    span_words,
    week_of,
    weeks_in,
)

FRIDAY = date(2026, 4, 24)
DAYS = st.dates(date(1000, 1, 4), date(9998, 12, 31))


# --- Days -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-04-24", FRIDAY),
        ("today", FRIDAY),
        ("Yesterday", date(2026, 4, 23)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_a_day_is_named(text: str, day: date) -> None:
    assert parse_day(text, FRIDAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "", "tomorrow", "2026-4-24", "24.4.2026", "20260424", "2026-W17-5", "2026-02-29", "2026-13-01",
        "0000-01-01", "2026-04-24 ", "2026-04-24T00:00", "２０２６-04-24", "x" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_day_is_none(text: str) -> None:
    assert parse_day(text, FRIDAY) is None


@given(DAYS)
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    assert parse_day(day.isoformat(), FRIDAY) == day


def test_the_feed_day_is_the_date_in_utc() -> None:
    west = timezone(timedelta(hours=-8))
    assert feed_day(datetime(2026, 4, 23, 23, 59, 59, tzinfo=UTC)) == date(2026, 4, 23)
    assert feed_day(datetime(2026, 4, 24, tzinfo=UTC)) == FRIDAY
    assert feed_day(datetime(2026, 4, 23, 16, 0, tzinfo=west)) == FRIDAY


def test_lists_are_expected_from_monday_to_friday() -> None:
    monday = date(2026, 4, 20)
    assert [is_list_day(monday + timedelta(days=number)) for number in range(7)] == [True] * 5 + [False] * 2


# --- Weeks ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "label"),
    [
        ("2026-W17", date(2026, 4, 20), "week 17 of 2026 (20–26 April)"),
        ("2026-w18", date(2026, 4, 27), "week 18 of 2026 (27 April–3 May)"),
        ("2026W17", date(2026, 4, 20), "week 17 of 2026 (20–26 April)"),
        ("2026-W53", date(2026, 12, 28), "week 53 of 2026 (28 December–3 January)"),
        ("2026-W01", date(2025, 12, 29), "week 1 of 2026 (29 December–4 January)"),
        ("2020-W53", date(2020, 12, 28), "week 53 of 2020 (28 December–3 January)"),
    ],
)
def test_a_week_is_named(text: str, first: date, label: str) -> None:
    assert parse_week(text) == Period(first, first + timedelta(days=6), label)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2025-W54", "2025 has weeks W01 to W52, so 2025-W54 is none."),
        ("2025-W53", "2025 has weeks W01 to W52, so 2025-W53 is none."),
        ("2026-W54", "2026 has weeks W01 to W53, so 2026-W54 is none."),
        ("2026-W00", "2026 has weeks W01 to W53, so 2026-W00 is none."),
        ("2026-04", "“2026-04” names no week. Weeks are written like 2026-W17."),
        ("2026-W1", "“2026-W1” names no week. Weeks are written like 2026-W17."),
        ("17", "“17” names no week. Weeks are written like 2026-W17."),
        ("0000-W01", "“0000-W01” names no week. Weeks are written like 2026-W17."),
        ("9999-W52", "“9999-W52” names no week. Weeks are written like 2026-W17."),
    ],
)
def test_what_is_no_week_is_told_why(text: str, sentence: str) -> None:
    assert parse_week(text) == sentence


@pytest.mark.parametrize(("year", "weeks"), [(2020, 53), (2024, 52), (2025, 52), (2026, 53), (2032, 53)])
def test_some_years_have_53_weeks(year: int, weeks: int) -> None:
    assert weeks_in(year) == weeks


@given(DAYS)
def test_every_day_is_in_the_week_that_is_named_after_it(day: date) -> None:
    week = week_of(day)
    assert week.first <= day <= week.last
    assert (week.first.weekday(), week.last - week.first) == (0, timedelta(days=6))
    year, number, _ = day.isocalendar()
    assert parse_week(f"{year}-W{number:02}") == week


@given(DAYS)
def test_weeks_lose_no_day(day: date) -> None:
    week = week_of(day)
    assert week_of(week.last + timedelta(days=1)).first == week.last + timedelta(days=1)


# --- Months -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "last", "label"),
    [
        ("2026-04", date(2026, 4, 30), "April 2026"),
        ("2024-02", date(2024, 2, 29), "February 2024"),
        ("2026-02", date(2026, 2, 28), "February 2026"),
        ("9999-12", date(9999, 12, 31), "December 9999"),
    ],
)
def test_a_month_is_named(text: str, last: date, label: str) -> None:
    assert parse_month(text) == Period(last.replace(day=1), last, label)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-13", "A year has months 01 to 12, so 2026-13 is none."),
        ("2026-00", "A year has months 01 to 12, so 2026-00 is none."),
        ("2026-W17", "“2026-W17” names no month. Months are written like 2026-04."),
        ("April", "“April” names no month. Months are written like 2026-04."),
        ("0000-01", "“0000-01” names no month. Months are written like 2026-04."),
    ],
)
def test_what_is_no_month_is_told_why(text: str, sentence: str) -> None:
    assert parse_month(text) == sentence


@given(DAYS)
def test_every_day_is_in_the_month_that_is_named_after_it(day: date) -> None:
    month = month_of(day)
    assert month.first <= day <= month.last
    assert (month.first.day, (month.last + timedelta(days=1)).day) == (1, 1)
    assert parse_month(f"{day:%Y-%m}") == month


@given(st.text(max_size=12))
def test_any_text_is_a_period_or_a_sentence(text: str) -> None:
    for parse in (parse_week, parse_month):
        found = parse(text)
        assert isinstance(found, Period) or found.endswith(".")


# --- Words ------------------------------------------------------------------------


def test_a_day_is_told_with_its_year_where_that_is_another() -> None:
    assert day_words(FRIDAY, date(2026, 12, 31)) == "Friday 24 April"
    assert day_words(FRIDAY, date(2027, 1, 1)) == "Friday 24 April 2026"


@pytest.mark.parametrize(
    ("last", "words"), [(date(2026, 4, 26), "24–26 April"), (date(2026, 5, 3), "24 April–3 May")]
)
def test_a_span_names_a_month_once(last: date, words: str) -> None:
    assert span_words(FRIDAY, last) == words


@pytest.mark.parametrize(
    ("word", "is_meant"),
    [("2026-W17", True), ("W17", True), ("3", True), ("last", True), ("April", True), ("Weeks", True),
     ("robots", False), ("marching", False), ("agents", False), ('"tool use"', False)],
)  # fmt: skip
def test_a_word_of_the_calendar_is_meant_as_a_period(word: str, is_meant: bool) -> None:
    assert may_name_period(word) == is_meant


@pytest.mark.parametrize(
    ("word", "is_meant"),
    [("friday", True), ("Fri", True), ("2", True), ("2weeks", True), ("until", True), ("2026-05-01", True),
     ("k3f9x", False), ("23456", False), ("sunny", False), ("paris", False)],
)  # fmt: skip
def test_a_word_that_begins_a_moment_is_told_from_an_id(word: str, is_meant: bool) -> None:
    assert may_name_moment(word) == is_meant
