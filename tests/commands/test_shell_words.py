"""Typed commands of a shell: the same words, `--name value`, and what the shell has done to quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.shell import TERMINAL_COUNT, parse_words
from bot.commands.table import COMMANDS
from bot.commands.text import UNCHANGED, Mistake, Typed, parse_text
from tests.commands.test_text import TABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAIN = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Z"), exclude_characters="“”„‟«»‘’"), min_size=1
).filter(lambda word: not word.startswith("--"))


def given_arguments(*words: str) -> Mapping[str, str | int]:
    """Return the arguments that words give, without those that a default stands for."""
    typed = parse_words(words, TABLE)
    assert isinstance(typed, Typed), typed
    defaults = {argument.name: argument.default for argument in typed.command.arguments}
    return {name: value for name, value in typed.arguments.items() if str(value) != defaults[name]}


def sentence(*words: str) -> str:
    found = parse_words(words, TABLE)
    assert isinstance(found, Mistake), found
    return found.sentence


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        pytest.param(["today"], {}, id="nothing but the word"),
        pytest.param(["Today"], {}, id="in any case"),
        pytest.param(["today", "3"], {"count": 3}, id="by position"),
        pytest.param(["today", "--count", "3"], {"count": 3}, id="by name"),
        pytest.param(["today", "--count=3"], {"count": 3}, id="by name and sign"),
        pytest.param(["today", "--COUNT", "3"], {"count": 3}, id="in any case too"),
        pytest.param(["today", "3", "tool", "use"], {"count": 3, "topic": "tool use"}, id="words are joined"),
        pytest.param(
            ["today", "--topic", "tool", "use", "--count", "3"],
            {"count": 3, "topic": "tool use"},
            id="named ones as well",
        ),
        pytest.param(
            ["today", "--topic", '"tool use" | agent'],
            {"topic": '"tool use" | agent'},
            id="quotes that came through",
        ),
        pytest.param(
            ["today", "--topic", "“tool use”"], {"topic": '"tool use"'}, id="curly ones made straight"
        ),
        pytest.param(
            ["today", "--topic", "agent", "-survey"],
            {"topic": "agent -survey"},
            id="a single dash is no name",
        ),
        pytest.param(["today", "--topic", ""], {}, id="an empty value, as of an unset variable"),
        pytest.param(["subscribe", "--min-upvotes", "7"], {"min_upvotes": 7}, id="a name of two words"),
        pytest.param(["subscribe", "--min_upvotes=7"], {"min_upvotes": 7}, id="as it is in a chat"),
        pytest.param(["search", "diffusion", "policy"], {"query": "diffusion policy"}, id="a query"),
        pytest.param(
            ["search", "diffusion policy"], {"query": "diffusion policy"}, id="in the shell's quotes"
        ),
        pytest.param(
            ["search", "a", "--since", "2026-01-01"],
            {"query": "a", "since": "2026-01-01"},
            id="query, then name",
        ),
        pytest.param(
            ["search", "--since", "2026-01-01", "--query", "a b"],
            {"query": "a b", "since": "2026-01-01"},
            id="all by name",
        ),
        pytest.param(["search", "x=1", "since=2"], {"query": "x=1 since=2"}, id="a chat's names are text"),
        pytest.param(["search", "--", "--count", "sort"], {"query": "--count sort"}, id="no names after --"),
        pytest.param(
            ["search", "--since", "2026-01-01", "--", "--x"],
            {"query": "--x", "since": "2026-01-01"},
            id="names before it",
        ),
        pytest.param(["search", "a", "--", "b", "--"], {"query": "a b --"}, id="a second -- is text"),
        pytest.param(["today", "--"], {}, id="nothing after --"),
        pytest.param(["cite", "2", "apa"], {"paper": "2", "format": "apa"}, id="two by position"),
        pytest.param(["today", "agents"], {"topic": "agents"}, id="a topic where a number could stand"),
        pytest.param(
            ["today", "tool", "use", "--count", "3"], {"topic": "tool use", "count": 3}, id="then a name"
        ),
        pytest.param(["today", "agents", "3"], {"topic": "agents 3"}, id="all from there is the topic"),
        pytest.param(["week", "robots"], {"topic": "robots"}, id="a topic where a week could stand"),
        pytest.param(["show", "arXiv:", "2604.01234"], {"paper": "arXiv: 2604.01234"}, id="an id of two"),
        pytest.param(
            ["show", "--paper", "arXiv:", "2604.01234"], {"paper": "arXiv: 2604.01234"}, id="by name too"
        ),
        pytest.param(
            ["cite", "doi:", "10.48550/arXiv.2604.01234", "apa"],
            {"paper": "doi: 10.48550/arXiv.2604.01234", "format": "apa"},
            id="a DOI of two words",
        ),
        pytest.param(
            ["show", "https://arxiv.org/abs/2604.01234?v=1"],
            {"paper": "https://arxiv.org/abs/2604.01234?v=1"},
            id="a link is no name",
        ),
        pytest.param([], {}, id="nothing at all"),
    ],
)
def test_words_are_understood(words: list[str], arguments: dict[str, str | int]) -> None:
    assert given_arguments(*words) == arguments


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["tody"], "I don't know “tody”. Did you mean “today”?"),
        ([""], "I don't know “”. “help” shows all commands."),
        (["today", "--cuont", "3"], "today has no --cuont. Did you mean --count?"),
        (
            ["subscribe", "--min-upvoets", "3"],
            "subscribe has no --min-upvoets. Did you mean --min-upvotes? Nothing was changed.",
        ),
        (["status", "--now"], "status has no --now."),
        (["today", "--count", "3", "--count=4"], "--count stands twice."),
        (["today", "--count"], "--count has no value."),
        (["today", "--topic"], "--topic has no value."),
        (["today", "--count", "--topic", "x"], "--count has no value."),
        (["today", "--count", "3", "4"], "I did not expect “4” after --count."),
        (["today", "3", "--count", "4"], "I did not expect “3”."),
        (["cite", "2", "apa", "now"], "I did not expect “now”."),
        (["show", "--paper", "2604.01234", "now"], "I did not expect “now” after --paper."),
        (["today", "agents", "--topic", "x"], "count is a number from 1 to 100, not “agents”."),
        (["today", "count=3"], "In a terminal “count=3” is written “--count 3”."),
        (["today", "cuont=3"], "today has no cuont. Did you mean count?"),
        (
            ["subscribe", "min_upvotes=3"],
            f"In a terminal “min_upvotes=3” is written “--min-upvotes 3”. {UNCHANGED}",
        ),
        (["show", "paper="], "In a terminal “paper=” is written “--paper”."),
        (["today", "101"], "count is a number from 1 to 100, not “101”."),
        (["search"], 'query is missing: words; "a phrase", -word, author:name and org:name narrow it.'),
        (["search", ""], 'query is missing: words; "a phrase", -word, author:name and org:name narrow it.'),
        (["today", f"--{'x' * 10_000}", "1"], f"today has no --{'x' * 36}…."),
    ],
)
def test_a_mistake_is_one_clear_sentence(words: list[str], told: str) -> None:
    assert sentence(*words) == told


def test_a_mistake_comes_with_the_usage_line_of_its_command() -> None:
    for words in (["today", "--cuont", "3"], ["today", "--count"], ["today", "three"]):
        assert parse_words(words, TABLE) == Mistake(sentence(*words), "today [count] [topic]")


@pytest.mark.parametrize(
    ("count", "is_right"), [(0, False), (1, True), (26, True), (100, True), (101, False)]
)
def test_a_terminal_lists_up_to_100(count: int, is_right: bool) -> None:
    assert TERMINAL_COUNT == 100
    assert isinstance(parse_words(["today", str(count)], TABLE), Typed) == is_right


@given(
    st.lists(st.one_of(st.text(max_size=9), st.sampled_from(["--", "--count", "--topic=x", "3"])), max_size=9)
)
def test_any_words_are_a_command_or_a_mistake(words: list[str]) -> None:
    for word in ("today", "search", "status", "subscribe"):
        found = parse_words([word, *words], TABLE)
        assert isinstance(found, Typed | Mistake)
        if isinstance(found, Mistake):
            assert found.sentence.endswith((".", "?"))
            assert found.usage.startswith(word)


@given(st.lists(PLAIN, min_size=1, max_size=6), st.integers(1, 100), st.dates())
def test_what_is_written_is_read_back(words: list[str], count: int, day: object) -> None:
    arguments: dict[str, str | int] = {"query": " ".join(words), "since": str(day), "count": count}
    expected = Typed(COMMANDS["search"], arguments)
    assert parse_words(["search", *words, "--since", str(day), "--count", str(count)], TABLE) == expected
    assert parse_words(["search", f"--count={count}", f"--since={day}", "--query", *words], TABLE) == expected
    assert parse_words(["search", f"--count={count}", f"--since={day}", "--", *words], TABLE) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("today count=3 topic=agent", ["today", "--count", "3", "--topic", "agent"]),
        ("week 2026-W17", ["week", "2026-W17"]),
        ("search diffusion policy since=2026-01-01", ["search", "diffusion policy", "--since", "2026-01-01"]),
        ("help search", ["help", "search"]),
    ],
)
def test_a_shell_and_a_chat_mean_the_same(text: str, words: list[str]) -> None:
    assert parse_words(words, TABLE) == parse_text(text, TABLE)
