"""The commands that Discord is told, and how what somebody gave is read."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.discord.commands import (
    EVERYONE,
    MANAGERS,
    CommandKeeper,
    command_tree,
    read_options,
)
from adapters.discord.commands.suggesting import COMMON_ZONES, OF_LANGUAGES, common_zones, zones_like
from bot.commands.pressing import typed_words
from bot.commands.table import COMMANDS
from bot.commands.text import Mistake, Typed, parse_text
from bot.domain.zones import zone_names
from tests.adapters.discord.service import MemoryValues
from tests.fakes.clock import START
from tests.fakes.discord_checks import characters_of, command_faults
from tests.fakes.discord_openapi import faults_of
from tests.fakes.discord_shapes import APPLICATION

if TYPE_CHECKING:
    from tests.adapters.discord.scene import Scene

Json = Any

TREE = {root["name"]: root for root in command_tree(COMMANDS)}


def words(root: str) -> dict[str, Json]:
    return {word["name"]: word for word in TREE[root]["options"]}


def options(root: str, word: str) -> dict[str, Json]:
    return {option["name"]: option for option in words(root)[word]["options"]}


def test_every_command_is_there_once_and_managing_is_apart() -> None:
    assert list(words(EVERYONE)) == [word for word, command in COMMANDS.items() if not command.managing]
    assert list(words(MANAGERS)) == [word for word, command in COMMANDS.items() if command.managing]


def test_discord_takes_them() -> None:
    tree = command_tree(COMMANDS)
    assert list(command_faults(tree)) == []
    assert faults_of("PUT", "/applications/{application_id}/commands", tree) == []
    assert max(len(root["options"]) for root in tree) <= 25
    assert max(characters_of(root) for root in tree) <= 8_000


def test_members_do_not_see_what_manages() -> None:
    assert TREE[MANAGERS]["default_member_permissions"] == 1 << 4
    assert "default_member_permissions" not in TREE[EVERYONE]
    assert all(root["contexts"] == [0, 1] for root in TREE.values())


def test_options_are_typed_as_the_table_has_them() -> None:
    assert options(EVERYONE, "today")["count"] | {"description": ""} == {
        "type": 4, "name": "count", "description": "", "required": False, "min_value": 1, "max_value": 25,
    }  # fmt: skip
    assert options(MANAGERS, "subscribe")["min_upvotes"]["min_value"] == 0
    assert [each["value"] for each in options(EVERYONE, "top")["period"]["choices"]] == [
        "week", "month", "year", "all",
    ]  # fmt: skip
    assert options(MANAGERS, "subscribe")["add"]["type"] == 5
    assert options(EVERYONE, "show")["paper"]["required"] is True
    assert options(EVERYONE, "show")["paper"]["autocomplete"] is True
    assert options(EVERYONE, "search")["query"]["autocomplete"] is False


def test_no_description_is_cut() -> None:
    told = [
        option["description"]
        for root in TREE
        for word in words(root)
        for option in options(root, word).values()
    ]
    assert [text for text in told if text.endswith("…")] == []


@pytest.mark.parametrize(
    ("word", "given", "typed"),
    [
        pytest.param("today", {}, "today", id="nothing"),
        pytest.param("today", {"count": 3}, "today count=3", id="a number"),
        pytest.param("subscribe", {"add": True}, "subscribe add=yes", id="a switch"),
        pytest.param("hide", {"paper": "2604.01234", "off": False}, "hide 2604.01234", id="a switch, off"),
        pytest.param("top", {"period": "year"}, "top year", id="a choice"),
        pytest.param("search", {"query": "“a b”"}, 'search "a b"', id="curly quotes"),
        pytest.param("week", {"topic": "a -b", "count": 4}, "week count=4 topic=a -b", id="raw text"),
    ],
)
def test_options_are_read_as_if_they_had_been_typed(word: str, given: dict[str, Json], typed: str) -> None:
    options = [{"name": name, "value": value} for name, value in given.items()]
    assert read_options(COMMANDS[word], options) == parse_text(typed, COMMANDS)


@pytest.mark.parametrize(
    ("word", "given", "typed"),
    [
        pytest.param("today", {"count": 99}, "today count=99", id="too many"),
        pytest.param("top", {"period": "decade"}, "top period=decade", id="no choice"),
        pytest.param("show", {}, "show", id="missing"),
        pytest.param("today", {"cuont": 3}, "today cuont=3", id="an older table's option"),
    ],
)
def test_mistakes_have_the_same_sentences(word: str, given: dict[str, Json], typed: str) -> None:
    options = [{"name": name, "value": value} for name, value in given.items()]
    mistake = read_options(COMMANDS[word], options)
    assert isinstance(mistake, Mistake)
    assert mistake == parse_text(typed, COMMANDS)


@pytest.mark.parametrize(
    "text",
    [
        "today",
        "today count=25 topic=agent | tool use -survey",
        'search query="chain of thought" author:wei since=2026-01-01',
        'subscribe at=09:00,17:30 days=mon,wed tz="New York" add=yes topic="diffusion policy"',
        "preview post=yes",
        "subscribe topic=",
    ],
)
def test_a_command_is_written_so_that_it_is_read_again(text: str) -> None:
    typed = parse_text(text, COMMANDS)
    assert isinstance(typed, Typed)
    assert parse_text(typed_words(typed), COMMANDS) == typed


# --- Telling Discord -------------------------------------------------------------------


async def test_discord_is_told_once_and_again_when_they_change(scene: Scene) -> None:
    memory = MemoryValues()
    for _ in range(2):
        await CommandKeeper(scene.rest, COMMANDS, memory, scene.clock).keep(APPLICATION)
    assert len(scene.standin.said("PUT")) == 1
    assert scene.standin.commands == command_tree(COMMANDS)
    fewer = {word: command for word, command in COMMANDS.items() if word != "cite"}
    await CommandKeeper(scene.rest, fewer, memory, scene.clock).keep(APPLICATION)
    assert len(scene.standin.said("PUT")) == 2


async def test_where_discord_does_not_take_them_it_is_asked_again_later(scene: Scene) -> None:
    scene.standin.refuse(400, 30034, "PUT", "/commands$")
    keeper = CommandKeeper(scene.rest, COMMANDS, MemoryValues(), scene.clock)
    task = asyncio.create_task(keeper.keep(APPLICATION))
    async with asyncio.timeout(5):
        while len(scene.standin.said("PUT")) < 3:  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
        scene.standin.refusals.clear()
        await task
    assert scene.standin.commands == command_tree(COMMANDS)
    waits = [wait for wait in scene.clock.sleeps if wait >= timedelta(minutes=1)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]


# --- Zones -------------------------------------------------------------------------------


def test_the_zones_that_are_offered_exist_and_fill_a_select() -> None:
    known = set(zone_names().values())
    assert {*COMMON_ZONES, *OF_LANGUAGES.values()} <= known
    assert len(COMMON_ZONES) == len(set(COMMON_ZONES)) == 25


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("par", "Europe/Paris"),
        ("new y", "America/New_York"),
        ("europe/be", "Europe/Berlin"),
        ("Zürich", "Europe/Zurich"),
    ],
)
def test_zones_are_found_by_their_city(text: str, first: str) -> None:
    found = zones_like(text, START)
    assert found[0]["value"] == first
    assert len(found) <= 25


def test_a_zone_is_shown_with_its_time() -> None:
    assert zones_like("tokyo", START)[0]["name"] == "Asia/Tokyo · now 21:00"


def test_the_likeliest_zone_comes_first() -> None:
    assert common_zones("fr", START)[0]["value"] == "Europe/Paris"
    assert common_zones("en-US", START)[0]["value"] == "UTC"
    assert len(common_zones("fi", START)) == 25
