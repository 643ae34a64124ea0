"""What may stand anywhere on the command line, and what is left for the command."""

from __future__ import annotations

import pytest

from bot.cli.operators import OPERATORS, Given, read_words
from bot.cli.options import Options, read_options
from bot.domain.places import Identity, Place
from bot.errors import UsageError

INGEST = OPERATORS["ingest"]


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        pytest.param([], Options(), id="nothing"),
        pytest.param(["today"], Options(("today",)), id="a command"),
        pytest.param(["--json", "today"], Options(("today",), as_json=True), id="before it"),
        pytest.param(["today", "--json"], Options(("today",), as_json=True), id="after it"),
        pytest.param(
            ["top", "--place", "discord:1/2", "all"],
            Options(("top", "all"), place=Place("discord", "1", "2")),
            id="with a value",
        ),
        pytest.param(
            ["top", "--as=slack:T1/U1"], Options(("top",), identity=Identity("slack:T1/U1")), id="joined"
        ),
        pytest.param(["-h"], Options(wants_help=True), id="short"),
        pytest.param(["today", "--help"], Options(("today",), wants_help=True), id="help"),
        pytest.param(["--version"], Options(wants_version=True), id="version"),
        pytest.param(["--debug", "run"], Options(("run",), is_debugging=True), id="debug"),
        pytest.param(
            ["search", "--", "--json"], Options(("search", "--", "--json")), id="after -- nothing is one"
        ),
        pytest.param(
            ["search", "--json=yes"], Options(("search", "--json=yes")), id="a switch takes no value"
        ),
        pytest.param(["today", "--count", "3"], Options(("today", "--count", "3")), id="the command's own"),
    ],
)
def test_options_are_taken_out(arguments: list[str], options: Options) -> None:
    assert read_options(arguments) == options


@pytest.mark.parametrize("arguments", [["--place"], ["--place", ""], ["--place="], ["--as"], ["--as", "x y"]])
def test_an_option_without_its_value_is_a_mistake(arguments: list[str]) -> None:
    with pytest.raises(UsageError):
        read_options(arguments)


@pytest.mark.parametrize(
    ("words", "given"),
    [
        pytest.param([], Given((), {}), id="nothing"),
        pytest.param(["a", "b"], Given(("a", "b"), {}), id="alone"),
        pytest.param(["--date", "d"], Given((), {"date": ("d",)}), id="named"),
        pytest.param(["--date=d"], Given((), {"date": ("d",)}), id="joined"),
        pytest.param(["--date="], Given((), {"date": ("",)}), id="joined to nothing"),
        pytest.param(["--from", "a", "b"], Given((), {"from": ("a", "b")}), id="several"),
        pytest.param(["--from", "a", "--from=b"], Given((), {"from": ("a", "b")}), id="several, one by one"),
        pytest.param(["x", "--from", "-"], Given(("x",), {"from": ("-",)}), id="a single dash is a word"),
    ],
)
def test_an_operators_words_are_taken_apart(words: list[str], given: Given) -> None:
    assert read_words(INGEST, words) == given


@pytest.mark.parametrize("words", [["--date", "a", "--date", "b"], ["--"], ["--Date", "a"], ["--since-when"]])
def test_names_that_make_no_sense_are_mistakes(words: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        read_words(INGEST, words)
    assert caught.value.usage == INGEST.usage
