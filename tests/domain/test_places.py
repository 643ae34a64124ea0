"""Places and people are written one way, and read back from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.places import LOCAL_PERSON, LOCAL_PLACE, Place, parse_identity, parse_place

NAMES = st.text(st.characters(exclude_categories=("Cs", "Z", "Cc"), exclude_characters="/:"), min_size=1)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("discord:7001/8001", Place("discord", "7001", "8001")),
        ("discord:@me/8001", Place("discord", "@me", "8001")),
        ("slack:T01/C01", Place("slack", "T01", "C01")),
        ("terminal:local/main", LOCAL_PLACE),
        ("email:lists/ana@example.org", Place("email", "lists", "ana@example.org")),
    ],
)
def test_a_place_is_read(text: str, place: Place) -> None:
    assert parse_place(text) == place
    assert str(place) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "discord", "discord:", "discord:1", "discord:1/", "discord:/2", "discord:1/2/3", "discord:1:2/3",
        "matrix:1/2", "Discord:1/2", " discord:1/2", "discord:1/2\n", "discord:1 1/2", "discord:1/\x002",
        "discord:1/\udcff", "discord:" + "1" * 101 + "/2",
    ],
)  # fmt: skip
def test_what_names_no_place_is_none(text: str) -> None:
    assert parse_place(text) is None


@given(st.sampled_from(["discord", "slack", "terminal", "email"]), NAMES, NAMES)
def test_every_place_is_read_as_it_is_written(platform: str, server: str, channel: str) -> None:
    place = Place(platform, server[:100], channel[:100])
    assert parse_place(str(place)) == place


def test_a_place_belongs_to_its_server() -> None:
    assert Place("slack", "T01", "C01").server_key == "slack:T01"
    assert LOCAL_PLACE.server_key == "terminal:local"


@pytest.mark.parametrize("text", ["discord:42", "slack:T01/U01", "slack:E01/U01", "terminal:local"])
def test_an_identity_is_read(text: str) -> None:
    assert parse_identity(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "42", "discord:", "discord:1/2", "slack:U01", "slack:T01/", "slack:T01/U01/x", "terminal:a b",
        "discord:42\n", "discord:\udcff", "DISCORD:42", "discord:" + "4" * 101,
    ],
)  # fmt: skip
def test_what_names_nobody_is_none(text: str) -> None:
    assert parse_identity(text) is None


def test_the_terminal_speaks_as_one_person() -> None:
    assert parse_identity(LOCAL_PERSON) == LOCAL_PERSON == "terminal:local"
