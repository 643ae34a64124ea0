from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.domain.places import LOCAL_PLACE, Place
from bot.domain.subscriptions import EVERY_DAY, WEEKDAYS, Subscription
from bot.domain.wishes import (
    LONGEST_PAUSE,
    WishMistake,
    days_words,
    parse_days,
    parse_emoji,
    parse_notices,
    parse_time,
    parse_times,
    parse_until,
    schedule_words,
    times_words,
    topic_words,
)

PARIS = ZoneInfo("Europe/Paris")
FRIDAY = datetime(2026, 4, 24, 10, tzinfo=UTC)
HERE = Place("discord", "1", "2")


# --- Times ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("09:00", "09:00"),
        ("9", "09:00"),
        ("0", "00:00"),
        ("9:05", "09:05"),
        ("9.30", "09:30"),
        ("9h30", "09:30"),
        ("0930", "09:30"),
        ("9am", "09:00"),
        ("9 AM", "09:00"),
        ("9:00pm", "21:00"),
        ("9:00 p.m.", "21:00"),
        ("12am", "00:00"),
        ("12pm", "12:00"),
        ("noon", "12:00"),
        ("midnight", "00:00"),
        ("17:30,09:00", "09:00 and 17:30"),
        ("9, 9am , 18", "09:00 and 18:00"),
        ("7,8,9", "07:00, 08:00 and 09:00"),
    ],
)
def test_times_are_read_as_people_write_them(text: str, words: str) -> None:
    at = parse_times(text)
    assert isinstance(at, tuple)
    assert times_words(at) == words


@pytest.mark.parametrize(
    "text", ["25:00", "24:00", "9:60", "9:5", "13pm", "0am", "nine", "9:00:00", "-9", "٩"]
)
def test_what_is_no_time_is_told_with_how_one_is_written(text: str) -> None:
    assert parse_times(text) == WishMistake(
        f"“{text}” is no time of day. Times are written like 09:00, 9:30 or 5pm."
    )


def test_the_wrong_one_of_several_is_named() -> None:
    assert str(parse_times("09:00,25:00")).startswith("“25:00” is no time of day.")


@pytest.mark.parametrize("text", ["", "  ", ","])
def test_no_time_at_all_is_told(text: str) -> None:
    assert str(parse_times(text)).startswith("A time of day is missing: write it like 09:00")


def test_a_comma_too_much_is_told() -> None:
    told = "A time of day is missing in “09:00,”: several are written like 09:00,17:30."
    assert str(parse_times("09:00,")) == told


def test_a_day_has_room_for_so_many_times() -> None:
    assert len(tuple(parse_times(",".join(map(str, range(24)))))) == 24  # type: ignore[arg-type]  # shown to be times
    assert str(parse_times(",".join(f"9:{minute}" for minute in range(10, 40)))) == (
        "Those are 30 times a day; 24 are the most."
    )


@given(st.times())
@hypothesis_settings(deadline=None)
def test_a_time_in_words_is_read_back(at: time) -> None:
    at = at.replace(second=0, microsecond=0)
    assert parse_times(times_words((at,))) == (at,)
    assert parse_time(f"{at:%I:%M %p}") == at


@given(st.text(max_size=30))
@hypothesis_settings(deadline=None)
def test_any_text_is_times_or_one_sentence(text: str) -> None:
    found = parse_times(text)
    assert str(found).endswith(".") if isinstance(found, WishMistake) else found == tuple(sorted(set(found)))


# --- Days -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("weekdays", WEEKDAYS),
        ("Daily", EVERY_DAY),
        ("weekends", ("sat", "sun")),
        ("wed,mon", ("mon", "wed")),
        ("Monday, Fridays", ("mon", "fri")),
        ("tues thurs", ("tue", "thu")),
        ("mon-thu", ("mon", "tue", "wed", "thu")),
        ("sat–mon", ("mon", "sat", "sun")),
        ("weekends,mon", ("mon", "sat", "sun")),
    ],
)
def test_days_are_read_as_people_write_them(text: str, days: tuple[str, ...]) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize("text", ["", " ", ","])
def test_no_day_at_all_is_told(text: str) -> None:
    told = "The days are missing: write weekdays, daily, weekends, or days such as mon,wed."
    assert str(parse_days(text)) == told


@pytest.mark.parametrize("word", ["m", "t", "noday", "mon-", "-", "mon-tue-wed"])
def test_what_is_no_day_is_named(word: str) -> None:
    told = f"“{word}” is no day. Write weekdays, daily, weekends, or days such as mon,wed."
    assert str(parse_days(f"fri,{word}")) == told


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (WEEKDAYS, "weekdays"),
        (EVERY_DAY, "daily"),
        (("sat", "sun"), "weekends"),
        (("mon",), "Mon"),
        (("wed", "mon"), "Mon and Wed"),
        (("mon", "wed", "fri"), "Mon, Wed and Fri"),
    ],
)
def test_days_have_words(days: tuple[str, ...], words: str) -> None:
    assert days_words(days) == words


@given(st.sets(st.sampled_from(EVERY_DAY), min_size=1))
@hypothesis_settings(deadline=None)
def test_days_in_words_are_read_back(days: set[str]) -> None:
    assert set(parse_days(days_words(tuple(days)).replace(" and", ","))) == days  # type: ignore[arg-type]  # as above


@given(st.text(max_size=30))
@hypothesis_settings(deadline=None)
def test_any_text_is_days_or_one_sentence(text: str) -> None:
    found = parse_days(text)
    assert str(found).endswith(".") if isinstance(found, WishMistake) else set(found) <= set(EVERY_DAY)


# --- Until when -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("2026-05-01", "2026-04-30T22:00Z"),
        ("2026-05-01 09:00", "2026-05-01T07:00Z"),
        ("2026-05-01T09:00Z", "2026-05-01T09:00Z"),
        ("2026-05-01T09:00:00+05:30", "2026-05-01T03:30Z"),
        ("tomorrow", "2026-04-24T22:00Z"),
        ("Saturday", "2026-04-24T22:00Z"),
        pytest.param("fri", "2026-04-30T22:00Z", id="the next one, not today"),
        ("2 weeks", "2026-05-08T10:00Z"),
        ("a day", "2026-04-25T10:00Z"),
        ('"2 weeks"', "2026-05-08T10:00Z"),
        ("3h", "2026-04-24T13:00Z"),
        ("until Saturday", "2026-04-24T22:00Z"),
        ("for 2 weeks", "2026-05-08T10:00Z"),
        ("in 3 hours", "2026-04-24T13:00Z"),
    ],
)
def test_a_moment_ahead_is_read_in_the_zone_of_the_place(text: str, until: str) -> None:
    assert parse_until(text, FRIDAY, PARIS) == datetime.fromisoformat(until)


def test_a_day_that_begins_in_a_gap_begins_after_it() -> None:
    # In Santiago the 6th of September 2026 begins at 01:00: the clock skips the hour before.
    until = parse_until("2026-09-06", FRIDAY, ZoneInfo("America/Santiago"))
    assert until == datetime(2026, 9, 6, 4, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "today", "2026-04-23", "2026-04-24T09:59Z", "0 days"])
def test_what_is_past_is_refused(text: str) -> None:
    told = f"“{text}” is past: until is a moment still ahead."
    assert str(parse_until(text, FRIDAY, PARIS)) == told


@pytest.mark.parametrize("text", ["2026-02-30", "soon", "3 fortnights", "", "0001-01-01T00:00+14:00", "12"])
def test_what_names_no_moment_is_told_with_how_one_is_written(text: str) -> None:
    assert str(parse_until(text, FRIDAY, PARIS)).startswith(f"“{text}” names no moment. Write a date such as")


@pytest.mark.parametrize("text", ["9999-12-31", "9999 weeks"])
def test_nobody_pauses_for_ever_by_a_date(text: str) -> None:
    assert "too far ahead" in str(parse_until(text, FRIDAY, PARIS))


@given(st.text(alphabet="0123456789-:TZ+ .dayshournwek", max_size=30), st.sampled_from(["UTC", "Asia/Tokyo"]))
@hypothesis_settings(deadline=None)
def test_any_text_is_a_moment_ahead_or_one_sentence(text: str, zone: str) -> None:
    found = parse_until(text, FRIDAY, ZoneInfo(zone))
    if isinstance(found, WishMistake):
        assert str(found).endswith(".")
    else:
        assert timedelta(0) < found - FRIDAY <= LONGEST_PAUSE


# --- A place's ways -------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["👍", "❤️", "👨‍👩‍👧", "🇫🇷", "1️⃣", "👍🏽", "☆", ":eyes:", ":+1:", "<:blob:123>", "<a:blob:1>"]
)
def test_an_emoji_is_one(text: str) -> None:
    assert parse_emoji(f" {text} ") == text


@pytest.mark.parametrize("text", ["", "x", "1", ":)", "a👍", "@everyone", "👍" * 17, "<@1>", "#"])
def test_no_other_text_is_an_emoji(text: str) -> None:
    assert str(parse_emoji(text)).endswith("is no emoji. Give one, such as 👍 or :eyes:.")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("here", "discord:1/2"),
        ("none", ""),
        ("", ""),
        ("<#44>", "discord:1/44"),
        ("<#C1|general>", "discord:1/C1"),
        ("discord:1/9", "discord:1/9"),
        ("https://discord.com/channels/1/44", "discord:1/44"),
    ],
)
def test_notices_go_to_a_place(text: str, place: str) -> None:
    assert parse_notices(text, HERE) == place


@pytest.mark.parametrize(
    "text",
    [
        "https://lab.slack.com/archives/C0B",
        "https://lab.enterprise.slack.com/archives/C0B/p1777000000000100",
        "https://app.slack.com/client/T1/C0B",
    ],
)
def test_a_channel_of_slack_is_named_by_its_link(text: str) -> None:
    assert parse_notices(text, Place("slack", "T1", "C1")) == "slack:T1/C0B"


@pytest.mark.parametrize(
    "text", ["https://discord.com/channels/7/44", "https://app.slack.com/client/T9/C0B", "https://slack.com/"]
)
def test_a_link_to_elsewhere_names_no_place_for_notices(text: str) -> None:
    for here in (HERE, Place("slack", "T1", "C1")):
        assert isinstance(parse_notices(text, here), WishMistake)


def test_notices_stay_on_their_server() -> None:
    assert str(parse_notices("discord:2/9", HERE)) == (
        "discord:2/9 is on another server; notices stay on this one."
    )
    assert parse_notices("discord:2/9", LOCAL_PLACE) == "discord:2/9"


def test_what_is_no_place_is_told() -> None:
    told = "“#general” is no place. Write here, none, or the channel's link."
    assert str(parse_notices("#general", HERE)) == told
    told = "“#general” is no place. Write here, none, or a place such as terminal:local/main."
    assert str(parse_notices("#general", LOCAL_PLACE)) == told


# --- In words -------------------------------------------------------------------


def test_a_wish_in_words() -> None:
    wish = Subscription(
        "a", HERE, (time(17, 30), time(9)), "Europe/Paris", topic="agent -survey", min_upvotes=1
    )
    assert schedule_words(wish) == "weekdays at 09:00 and 17:30 Paris"
    assert topic_words(wish) == "on “agent -survey”, from 1 upvote on"
    assert topic_words(Subscription("a", HERE, (time(9),), "UTC")) == "all topics"
