"""Help in the terminal is made of the two tables, needs nothing, and every example in it works."""

from __future__ import annotations

import shlex
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import pytest

from bot.cli.operating import WORK
from bot.cli.operators import OPERATORS
from bot.commands.shell import parse_words
from bot.commands.table import COMMANDS
from bot.commands.text import Typed, usage
from tests.architecture.tree import imported, modules

if TYPE_CHECKING:
    from tests.cli.running import Papers


@pytest.mark.parametrize("words", [[], ["help"], ["--help"], ["-h"], ["HELP"], ["--json", "--help"]])
def test_help_names_every_command(papers: Papers, words: list[str]) -> None:
    out = papers.done(*words)
    for line in [*map(usage, COMMANDS.values()), *(operator.usage for operator in OPERATORS.values())]:
        assert line in out
    assert papers.names() == set()


@pytest.mark.parametrize("word", [*COMMANDS, *OPERATORS])
def test_each_command_has_a_page_of_its_own(papers: Papers, word: str) -> None:
    page = papers.done("help", word)
    assert word == "help" or page == papers.done(word, "--help")
    assert page == papers.done("help", word.upper())
    for line in lines_about(word):
        assert line in page.splitlines()


def lines_about(word: str) -> list[str]:
    """Return the lines that the help on a command must have."""
    if word in OPERATORS:
        operator = OPERATORS[word]
        return [operator.usage, f"  {operator.help}", *(words for words, _ in operator.takes)]
    command = COMMANDS[word]
    return [usage(command), f"  {command.help}", *(argument.name for argument in command.arguments)]


@pytest.mark.parametrize("word", COMMANDS)
def test_every_example_is_a_command_that_is_understood(papers: Papers, word: str) -> None:
    rows = papers.done("help", word).splitlines()
    examples = [row.removeprefix("For example: papers ") for row in rows if row.startswith("For example: ")]
    assert len(examples) == len(COMMANDS[word].examples)
    for example in examples:
        assert isinstance(parse_words(shlex.split(example), COMMANDS), Typed), example


def test_help_is_json_for_programs(papers: Papers) -> None:
    form = papers("help", "--json").form
    assert form["kind"] == "help"
    words = {line["words"].split()[0] for line in form["lines"]}
    assert {*COMMANDS, *OPERATORS, "--json"} <= words


def test_the_version_is_one_line(papers: Papers) -> None:
    out = papers.done("--version")
    assert out.startswith("papers-bot ")
    assert out.count("\n") == 1


def test_every_operator_has_its_work_and_no_word_of_the_table() -> None:
    assert OPERATORS.keys() == WORK.keys()
    assert not OPERATORS.keys() & COMMANDS.keys()


def test_help_reads_no_settings(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SILENCE_HOUR", "noon")
    (papers.folder / ".env").write_text("DATABASE_URL=nonsense\n", "utf-8")
    assert "SILENCE_HOUR" in papers.refused("status")
    assert papers.done("--help") == papers.done("help")
    assert papers.done("ingest", "--help")


def test_no_module_of_the_command_line_needs_one_that_needs_it() -> None:
    trees = {name: tree for name, tree in modules().items() if name.startswith("bot/cli/")}
    names = {path: path.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".") for path in trees}
    needs = {names[path]: set(names.values()) & set(imported(tree)) for path, tree in trees.items()}
    assert "bot.cli.operators" in needs["bot.cli.operating"]
    assert len([*TopologicalSorter(needs).static_order()]) == len(trees)


@pytest.mark.parametrize("word", OPERATORS)
def test_an_operators_usage_names_what_it_takes(word: str) -> None:
    operator = OPERATORS[word]
    assert operator.usage.split()[0] == word
    assert [name for name in operator.names if f"--{name}" not in operator.usage] == []
