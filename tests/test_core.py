"""The core: a command in, an answer out, the numbers of lists remembered, faults told to the asker alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import core, log
from bot.commands.spec import Command, Invocation, Visibility
from bot.commands.text import Mistake, usage
from bot.core import UNREMEMBERED, Reply, is_private
from bot.domain.answers import HelpPage, PaperList, PaperPage, Ranked, Refusal, Section
from bot.domain.cards import Actions, Code
from bot.domain.papers import PaperId
from bot.errors import StoreError
from bot.ports import EVERYBODY, RememberedList, RememberList
from bot.views import card_of
from tests.commands.house import House
from tests.contract.making import ANA, BEN, ELSEWHERE, FRIDAY, HERE, HOUR, NOON, entry, numbers
from tests.fakes.memory_store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.commands.desk import Desk
    from bot.domain.answers import Answer
    from bot.domain.places import Identity
    from bot.ports import Write

FULL_DISK = "The database cannot be written: the disk is full."


class FullDisk(MemoryStore):
    """A store that can be read, and written as long as nobody is to remember a list."""

    async def write(self, *writes: Write) -> int:
        if any(isinstance(write, RememberList) for write in writes):
            raise StoreError(FULL_DISK)
        return await super().write(*writes)


async def remembered(house: House, identity: Identity = ANA) -> RememberedList | None:
    return await house.store.remembered(HERE, identity, NOON - HOUR)


async def answer(house: House, command: Command) -> Reply:
    """Let the core answer a command that is not in the table."""
    house.core.commands = {command.word: command}
    return await house.core.answer(Invocation(command.word, HERE, ANA))


async def private_list(ask: Invocation, desk: Desk) -> Answer:
    papers = await desk.store.newest_lists(FRIDAY, 1, scope=EVERYBODY, limit=None)
    return PaperList("Saved", (Section(tuple(Ranked(listed) for listed in papers)),))


@pytest.fixture(autouse=True)
def _log_as_it_was() -> Iterator[None]:
    core.log._bound = None
    yield
    log.configure("error", "text")
    core.log._bound = None


@pytest.fixture
def house() -> House:
    return House()


# --- Lists that are remembered --------------------------------------------------------


async def test_a_list_is_remembered_for_who_asked_and_for_all_others(house: House) -> None:
    await house.fetch(FRIDAY, entry(1, 1), entry(2, 2))
    await house.say("today")
    papers = (PaperId("2604.00002"), PaperId("2604.00001"))
    assert await remembered(house, ANA) == RememberedList(papers, NOON, own=True)
    assert await remembered(house, BEN) == RememberedList(papers, NOON, own=False)
    assert await house.store.remembered(ELSEWHERE, ANA, NOON - HOUR) is None


async def test_a_private_list_is_remembered_for_who_asked_alone(house: House) -> None:
    await house.fetch(FRIDAY, entry(1))
    command = Command("saved", "Saved.", private_list, visibility=Visibility.PRIVATE)
    assert (await answer(house, command)).private
    assert await remembered(house, ANA) == RememberedList((PaperId("2604.00001"),), NOON, own=True)
    assert await remembered(house, BEN) is None


@pytest.mark.parametrize("text", ["today topic=robots", "show 2604.00001", "status", "help", "on 2031-01-01"])
async def test_what_is_no_list_of_papers_is_not_remembered(house: House, text: str) -> None:
    await house.fetch(FRIDAY, entry(1))
    await house.say(text)
    assert await remembered(house) is None


# --- Who sees the answer --------------------------------------------------------------


@pytest.mark.parametrize("text", ["today", "week", "month", "on today", "show 2604.00001", "search paper",
                                  "similar 2604.00001", "top", "cite 2604.00001"])  # fmt: skip
async def test_everyone_sees_what_is_about_papers(house: House, text: str) -> None:
    await house.fetch(FRIDAY, entry(1))
    reply = await house.say(text)
    assert not isinstance(reply.answer, Refusal)
    assert not reply.private


@pytest.mark.parametrize(
    "text",
    ["status", "help", "tody", "today 99", "week 2025-W54", "on 2031-01-01", "show x", "search *", "show 1"],
)
async def test_the_asker_alone_sees_the_rest_and_every_error(house: House, text: str) -> None:
    assert (await house.say(text)).private


def test_an_answer_of_a_private_command_is_private_whatever_it_is(house: House) -> None:
    shown = HelpPage("Help", ())
    assert is_private(house.core.commands["help"], shown)
    assert not is_private(house.core.commands["today"], shown)
    assert is_private(house.core.commands["today"], Refusal("No."))


# --- What goes wrong ------------------------------------------------------------------


async def test_a_mistake_is_answered_with_what_was_wrong_and_how_it_is_typed(house: House) -> None:
    reply = await house.core.answer_typed(Mistake("That is wrong.", "today [count]"), HERE, ANA)
    assert reply == Reply(Refusal("That is wrong.", "today [count]", wrong_usage=True), private=True)


@pytest.mark.parametrize("text", ["today", "week", "show 1", "show 2604.00001", "search x", "top", "status"])
async def test_a_store_that_cannot_be_read_is_a_refusal(house: House, text: str) -> None:
    await house.store.close()
    reply = await house.say(text)
    assert reply == Reply(Refusal("The paper store has been closed."), private=True)


@pytest.mark.parametrize("text", ["today", "week", "on today"])
async def test_a_list_that_cannot_be_remembered_is_answered_and_says_so(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    house = House(FullDisk())
    await house.fetch(FRIDAY, entry(1))
    log.configure("warning", "text")
    shown = await house.list(text)
    assert numbers([ranked.listed for ranked in shown.papers]) == [1]
    assert shown.notes[-1] == UNREMEMBERED
    assert not any(isinstance(part, Actions) for part in card_of(shown, NOON).parts)
    [line] = capsys.readouterr().err.splitlines()
    assert "list not remembered" in line
    assert FULL_DISK in line
    assert isinstance((await house.say("show 2604.00001")).answer, PaperPage)


@pytest.mark.parametrize("words", ["today a |", "on today a |", "week topic=a |", "month a |", "search a |",
                                   "subscribe topic=a |", "preview topic=a |"])  # fmt: skip
async def test_a_mistake_in_a_topic_is_shown_at_its_place_with_the_usage_line(
    house: House, words: str
) -> None:
    refusal = (await house.say(words)).answer
    assert isinstance(refusal, Refusal)
    assert refusal.sentence.startswith("After “a |” I expected a word, not the end.")
    assert refusal.usage == usage(house.core.commands[words.split(maxsplit=1)[0]])
    assert Code(refusal.usage) in card_of(refusal, NOON).parts


async def test_a_bug_is_not_hidden_in_an_answer(house: House) -> None:
    async def broken(ask: Invocation, desk: Desk) -> Answer:
        raise LookupError(ask.command)

    with pytest.raises(LookupError, match="broken"):
        await answer(house, Command("broken", "Broken.", broken))
