"""Every command answers the same papers in the same order on Discord, on Slack and in the terminal."""

from __future__ import annotations

import json
import re
import shlex
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.discord.commands import read_options
from adapters.discord.events.shown import shown as shown_on_discord
from adapters.slack.commands import read_text
from adapters.slack.events.shown import shown as shown_on_slack
from adapters.terminal.json_form import json_of
from bot.commands.shell import TERMINAL_COUNT, parse_words, shell_words
from bot.commands.table import COMMANDS
from bot.commands.text import Typed, parse_text
from bot.domain.papers import FeedEntry, Paper, PaperId
from bot.domain.places import Identity, Place
from tests.commands.house import House

if TYPE_CHECKING:
    from bot.core import Reply

PAPER = re.compile(r"\b2604\.\d{5}\b")

EXAMPLES = [(word, example) for word, command in COMMANDS.items() for example in command.examples]

ON_DISCORD = Place("discord", "1", "2"), Identity("discord:11")
ON_SLACK = Place("slack", "T1", "C1"), Identity("slack:T1/U1")
IN_TERMINAL = Place("terminal", "local", "main"), Identity("terminal:local")


async def a_house() -> House:
    """Return a house with five days' lists."""
    it = House()
    today = it.clock.now().date()
    for back in range(5):
        day = today - timedelta(days=back)
        await it.fetch(day, *(an_entry(back * 20 + number) for number in range(1, 16)))
    return it


def an_entry(number: int) -> FeedEntry:
    words = ("robot policy", "diffusion policy", "chain of thought", "language agents")[number % 4]
    paper = Paper(
        PaperId(f"2604.{1200 + number:05}"),
        f"On {words} {number}",
        abstract=f"We study {words}. It helps.",
        authors=("Wei One", "Ann Two"),
    )
    return FeedEntry(paper, upvotes=(number * 37) % 101, comments=number % 3)


def options_of(typed: Typed) -> list[dict[str, Any]]:
    """Return what somebody gives Discord's app for the same command."""
    return [{"name": name, "value": value} for name, value in typed.arguments.items()]


def order_in(text: str) -> list[str]:
    """Return the papers that a text names, in order."""
    return list(dict.fromkeys(PAPER.findall(text)))


def on_discord(reply: Reply, house: House) -> str:
    it = shown_on_discord(reply, None, house.clock.now())
    file = it.file.content.decode() if it.file else ""
    return json.dumps([*([*payload.embeds, payload.content] for payload in it.payloads), file])


def on_slack(reply: Reply, house: House) -> str:
    payloads = shown_on_slack(reply, None, house.clock.now()).payloads
    blocks = (block for payload in payloads for block in payload.blocks if block["type"] != "actions")
    return json.dumps([{**block, "accessory": None} for block in blocks])


@pytest.mark.parametrize(("word", "example"), EXAMPLES)
async def test_each_example_means_and_answers_the_same(word: str, example: str) -> None:
    text = f"{word} {example}".strip()
    slack = read_text(text.replace("&", "&amp;"), COMMANDS)
    assert isinstance(slack, Typed), slack
    assert slack == parse_text(text, COMMANDS)
    discord = read_options(COMMANDS[word], options_of(slack))
    terminal = parse_words(shlex.split(shell_words(text)), COMMANDS, TERMINAL_COUNT)
    assert isinstance(discord, Typed), discord
    assert isinstance(terminal, Typed), terminal
    assert plain(discord) == plain(slack) == plain(terminal)

    houses, replies = {}, {}
    for name, typed, (place, identity) in (
        ("discord", discord, ON_DISCORD),
        ("slack", slack, ON_SLACK),
        ("terminal", terminal, IN_TERMINAL),
    ):
        house = houses[name] = await a_house()
        replies[name] = await house.core.answer_typed(typed, place, identity)
    kinds = {type(reply.answer) for reply in replies.values()}
    assert len(kinds) == 1
    assert len({reply.private for reply in replies.values()}) == 1

    expected = order_in(json.dumps(json_of(replies["terminal"].answer)))
    assert order_in(on_discord(replies["discord"], houses["discord"])) == expected
    assert order_in(on_slack(replies["slack"], houses["slack"])) == expected


def plain(typed: Typed) -> dict[str, str | int]:
    """Return a command's arguments; a shell takes the quotes off a raw text."""
    return {name: str(value).replace('"', "") for name, value in typed.arguments.items()}


async def test_lists_are_not_empty_in_this_test() -> None:
    """The test above would pass over a store without papers."""
    house = await a_house()
    assert len(order_in(on_slack(await house.say("today"), house))) == 5
