"""The one table: all that is made from it can rely on its shape, and what it promises works."""

from __future__ import annotations

import shlex

import pytest

from bot.commands.about import help_on
from bot.commands.shell import parse_words
from bot.commands.spec import Argument, Command, Kind, Visibility
from bot.commands.table import COMMANDS
from bot.commands.text import Typed, parse_text, usage
from bot.domain.answers import HelpPage, Refusal

EVERY = [pytest.param(command, id=word) for word, command in COMMANDS.items()]
ARGUMENTS = [
    pytest.param(argument, id=f"{command.word}-{argument.name}")
    for command in COMMANDS.values()
    for argument in command.arguments
]


def page(word: str) -> HelpPage:
    found = help_on(COMMANDS, word)
    assert isinstance(found, HelpPage)
    return found


def test_the_words_are_the_contracts() -> None:
    assert list(COMMANDS) == [
        "today", "week", "month", "on", "show", "search", "similar", "top", "vote", "unvote", "cite",
        "submit", "status", "help",
        "for-me", "save", "unsave", "saved", "link", "unlink", "my-data", "forget-me",
        "subscribe", "subscriptions", "unsubscribe", "pause", "resume", "preview", "hide", "settings",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("today", "today [count] [topic]"),
        ("week", "week [which] [count] [topic]"),
        ("month", "month [which] [count] [topic]"),
        ("on", "on date [count] [topic]"),
        ("show", "show paper"),
        ("search", "search query [since] [count]"),
        ("similar", "similar paper [count]"),
        ("top", "top [period] [scope] [count]"),
        ("vote", "vote paper"),
        ("unvote", "unvote paper"),
        ("cite", "cite paper [format]"),
        ("submit", "submit paper [note]"),
        ("for-me", "for-me [count]"),
        ("save", "save paper"),
        ("unsave", "unsave paper"),
        ("saved", "saved [format]"),
        ("link", "link [code]"),
        ("unlink", "unlink"),
        ("my-data", "my-data"),
        ("forget-me", "forget-me [confirm]"),
        ("status", "status"),
        ("help", "help [command]"),
        (
            "subscribe",
            "subscribe [at] [tz] [days] [count] [topic] [min_upvotes] [layout] [empty] [add] [id]",
        ),
        ("subscriptions", "subscriptions [undo]"),
        ("unsubscribe", "unsubscribe [id]"),
        ("pause", "pause [id] [until] [scope]"),
        ("resume", "resume [id] [scope]"),
        ("hide", "hide paper [off]"),
        ("settings", "settings [emoji] [answers] [notices] [notify] [submit] [community]"),
    ],
)
def test_the_arguments_are_the_contracts(word: str, line: str) -> None:
    assert usage(COMMANDS[word]) == line


@pytest.mark.parametrize(
    ("word", "defaults"),
    [
        ("today", {"count": 5}),
        ("on", {"count": 5}),
        ("top", {"period": "week", "scope": "community", "count": 10}),
        ("cite", {"format": "bibtex"}),
    ],
)
def test_the_defaults_are_the_contracts(word: str, defaults: dict[str, str | int]) -> None:
    arguments = {each.name: each.default for each in COMMANDS[word].arguments if each.default}
    assert arguments == {name: str(value) for name, value in defaults.items()}


def test_everyone_sees_what_is_about_papers_and_the_asker_alone_the_rest() -> None:
    public = {word for word, command in COMMANDS.items() if command.visibility is Visibility.PUBLIC}
    assert public == {"today", "week", "month", "on", "show", "search", "similar", "top", "cite", "submit"}


@pytest.mark.parametrize("command", EVERY)
def test_a_command_fits_every_platform(command: Command) -> None:
    assert command.word.islower()
    assert len(command.word) <= 32
    assert command.help.endswith(".")
    assert len(command.help) <= 100
    names = [argument.name for argument in command.arguments]
    assert len(set(names)) == len(names)
    # A platform asks for what is required before what is not.
    required = [argument.required for argument in command.arguments]
    assert required == sorted(required, reverse=True)


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_an_argument_fits_every_platform(argument: Argument) -> None:
    assert argument.name.isidentifier()
    assert argument.name.islower()
    assert 0 < len(argument.help) <= 100
    assert not argument.help.endswith(".")
    assert (argument.kind is Kind.CHOICE) == bool(argument.choices)
    assert argument.default is None or not argument.required
    # What a managing command changes has no default: left out, it stays as it was.
    assert argument.default is None or not argument.choices or argument.default in argument.choices
    assert argument.default is None or argument.kind is not Kind.COUNT or argument.default.isdigit()
    assert argument.most is None or argument.least <= argument.most


@pytest.mark.parametrize("command", EVERY)
def test_the_examples_work_in_a_chat_and_in_a_shell(command: Command) -> None:
    for example in command.examples:
        typed = parse_text(f"{command.word} {example}", COMMANDS)
        assert isinstance(typed, Typed), typed
        shell = [f"--{word}" if "=" in word else word for word in shlex.split(example)]
        assert isinstance(parse_words([command.word, *shell], COMMANDS), Typed)


# --- Help -----------------------------------------------------------------------------


def test_help_shows_every_command_with_its_arguments() -> None:
    assert [words for words, _ in page("").lines] == [usage(command) for command in COMMANDS.values()]
    assert [does for _, does in page("").lines] == [command.help for command in COMMANDS.values()]
    assert page("").notes == ("“help search” tells more of one command.",)


def test_help_on_one_command() -> None:
    assert page("top") == HelpPage(
        "top [period] [scope] [count]",
        (
            ("top", "The leaderboard: the papers with most votes, Hugging Face's rank beside."),
            ("period", "How far back. One of week, month, year, all. Left out: week."),
            ("scope", "Whose votes. One of here, server, community. Left out: community."),
            ("count", "How many papers. Left out: 10."),
        ),
        ("For example: top", "For example: top month scope=here"),
    )


@pytest.mark.parametrize("word", COMMANDS)
def test_help_on_each_command_says_what_must_be_given(word: str) -> None:
    needed = [name for name, does in page(word).lines if does.endswith(" Needed.")]
    assert needed == [argument.name for argument in COMMANDS[word].arguments if argument.required]


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("serach", "There is no command “serach”. Did you mean “search”?"),
        ("xyzzy", "There is no command “xyzzy”."),
        ("x" * 10_000, f"There is no command “{'x' * 38}…”."),
    ],
)
def test_help_on_what_is_no_command(word: str, sentence: str) -> None:
    assert help_on(COMMANDS, word) == Refusal(sentence, wrong_usage=True)
