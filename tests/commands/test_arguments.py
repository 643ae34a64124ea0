"""How arguments are read that the managing commands brought: switches, bounds, and names without a value."""

from __future__ import annotations

import pytest

from bot.commands.shell import parse_words, shell_words
from bot.commands.table import COMMANDS
from bot.commands.text import Mistake, Typed, parse_text


def typed(text: str) -> dict[str, str | int]:
    found = parse_text(text, COMMANDS)
    assert isinstance(found, Typed), found
    return dict(found.arguments)


def shell(*words: str) -> dict[str, str | int]:
    found = parse_words(words, COMMANDS)
    assert isinstance(found, Typed), found
    return dict(found.arguments)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("subscribe", "no"),
        ("subscribe add=yes", "yes"),
        ("subscribe add=Y", "yes"),
        ("subscribe add=true", "yes"),
        ("subscribe add=no", "no"),
        ("subscribe add=false", "no"),
    ],
)
def test_a_switch_is_yes_or_no(text: str, value: str) -> None:
    assert typed(text)["add"] == value


@pytest.mark.parametrize("text", ["hide 2604.01234 off", "hide 2604.01234 off=yes", "hide 2604.01234 OFF"])
def test_a_switch_in_its_place_is_named_by_itself(text: str) -> None:
    assert typed(text)["off"] == "yes"


def test_in_a_shell_a_bare_name_is_a_yes() -> None:
    assert shell("subscribe", "--add", "--count", "3") == {"add": "yes", "count": 3}


def test_an_edition_has_25_papers_at_most_wherever_it_is_asked_for() -> None:
    assert shell("today", "--count", "100")["count"] == 100
    assert parse_words(["subscribe", "--count", "26"], COMMANDS) == Mistake(
        "count is a number from 1 to 25, not “26”. Nothing was changed.",
        "subscribe [at] [tz] [days] [count] [topic] [min_upvotes] [layout] [empty] [add] [id]",
    )


def test_a_number_has_the_bounds_of_its_argument() -> None:
    assert typed("subscribe min_upvotes=0")["min_upvotes"] == 0
    assert shell("subscribe", "--min-upvotes", "1000000")["min_upvotes"] == 1_000_000
    assert isinstance(parse_text("subscribe min_upvotes=1000001", COMMANDS), Mistake)


def test_what_was_named_without_a_value_is_told_from_what_was_left_out() -> None:
    assert typed("subscribe topic=") == {"topic": "", "add": "no"}
    assert shell("subscribe", "--topic", "") == {"topic": "", "add": "no"}
    assert typed("subscribe") == {"add": "no"}


def test_where_nothing_could_change_a_mistake_does_not_speak_of_it() -> None:
    found = parse_text("today count=0", COMMANDS)
    assert isinstance(found, Mistake)
    assert found.sentence == "count is a number from 1 to 25, not “0”."


@pytest.mark.parametrize(
    ("words", "in_shell"),
    [
        ("preview id=k3f9x post=yes", "preview --id k3f9x --post yes"),
        ("subscribe min_upvotes=3", "subscribe --min-upvotes 3"),
        ('pause until="2 weeks"', 'pause --until "2 weeks"'),
        ("show 1", "show 1"),
    ],
)
def test_words_of_a_chat_are_told_as_a_shell_takes_them(words: str, in_shell: str) -> None:
    assert shell_words(words) == in_shell
