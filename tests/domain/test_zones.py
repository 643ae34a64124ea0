from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.zones import (
    WINTER_ONLY,
    ZoneMistake,
    current_zones,
    folded,
    nearest_zones,
    parse_zone,
    winter_words,
    zone_names,
    zone_words,
)

FOLDER = Path(str(files("tzdata").joinpath("zoneinfo")))
TABLES = {
    file.relative_to(FOLDER).as_posix()
    for file in FOLDER.rglob("*")
    if file.is_file() and file.read_bytes().startswith(b"TZif")
}


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("europe/paris", "Europe/Paris"),
        ("Paris", "Europe/Paris"),
        (" PARIS ", "Europe/Paris"),
        ("New York", "America/New_York"),
        ("new_york", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("port au prince", "America/Port-au-Prince"),
        ("Kolkata", "Asia/Kolkata"),
        ("Calcutta", "Asia/Calcutta"),
        ("utc", "UTC"),
        ("Etc/GMT+2", "Etc/GMT+2"),
        pytest.param("Buenos Aires", "America/Argentina/Buenos_Aires", id="the current one of two names"),
        pytest.param("Nicosia", "Asia/Nicosia", id="the current one of two regions"),
        pytest.param("Singapore", "Singapore", id="a whole name goes before a city"),
    ],
)
def test_a_zone_is_its_name_or_its_city(text: str, zone: str) -> None:
    assert parse_zone(text) == zone


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Paaris", "Europe/Paris"),
        ("Europe/Pars", "Europe/Paris"),
        ("Evrope/Paris", "Europe/Paris"),
        ("Lodnon", "Europe/London"),
        ("Tokio", "Asia/Tokyo"),
        ("PST", "America/Los_Angeles"),
        ("San Francisco", "America/Los_Angeles"),
        ("München", "Europe/Berlin"),
        pytest.param("Eastern", "Canada/Eastern or US/Eastern", id="two of that name"),
    ],
)
def test_a_typing_mistake_is_answered_with_what_was_meant(text: str, meant: str) -> None:
    assert str(parse_zone(text)) == f"I don't know the zone “{text}”. Did you mean {meant}?"


@pytest.mark.parametrize("text", ["UTC+2", "gmt-5", "+02:00", "-0530"])
def test_an_offset_is_no_zone_and_never_read_with_its_sign_turned(text: str) -> None:
    assert str(parse_zone(text)) == (
        f"I don't know the zone “{text}”. An offset knows no summer time: name a city, such as Europe/Paris."
    )


@pytest.mark.parametrize("name", WINTER_ONLY)
def test_a_name_that_has_no_summer_time_is_taken_and_the_other_is_named(name: str) -> None:
    year = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 13)]
    usual, named = (
        [at.astimezone(ZoneInfo(zone)).utcoffset() for at in year] for zone in (WINTER_ONLY[name], name)
    )
    assert parse_zone(name.lower()) == name
    assert usual[0] == named[0]
    assert usual != named
    assert winter_words(name).endswith(f"own clocks name {WINTER_ONLY[name]}.")
    assert winter_words("America/New_York") == winter_words("HST") == ""


@pytest.mark.parametrize("name", ["HST", "EST5EDT", "CET", "MET", "WET", "EET", "US/Eastern"])
def test_other_old_names_are_taken_as_they_are(name: str) -> None:
    assert parse_zone(name) == name


@pytest.mark.parametrize("text", ["blub", "", "17:00", "Europe", "../etc/passwd", "/"])
def test_what_is_like_no_zone_is_answered_with_an_example(text: str) -> None:
    assert str(parse_zone(text)).endswith("Zones are named after cities, such as Europe/Paris.")


def test_what_is_repeated_is_short() -> None:
    assert len(str(parse_zone("x" * 5_000))) < 150


def test_every_zone_of_the_database_is_known_by_its_name_in_any_case() -> None:
    assert set(zone_names().values()) == TABLES
    assert all(parse_zone(name.swapcase()) == name for name in TABLES)


@pytest.mark.parametrize("zone", sorted(current_zones()))
def test_every_city_is_known_by_its_name_alone(zone: str) -> None:
    assert parse_zone(zone_words(zone)) in {zone, zone_words(zone)}


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=60)
def test_any_text_is_a_zone_or_one_sentence(text: str) -> None:
    found = parse_zone(text)
    if isinstance(found, ZoneMistake):
        assert str(found).startswith("I don't know the zone “")
    else:
        assert found in TABLES


@given(st.sampled_from(sorted(current_zones())), st.data())
@settings(deadline=None, max_examples=40)
def test_a_letter_that_is_doubled_does_not_hide_a_city(zone: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(zone) - 1))
    assert nearest_zones(folded(zone[:place] + zone[place] + zone[place:]))


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Paris", "Paris"),
        ("America/New_York", "New York"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("UTC", "UTC"),
        ("US/Eastern", "US/Eastern"),
        ("Etc/GMT+2", "Etc/GMT+2"),
    ],
)
def test_in_words_a_zone_is_its_city(zone: str, words: str) -> None:
    assert zone_words(zone) == words
