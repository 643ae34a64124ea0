"""The terminal as a place to post to."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from io import StringIO

import pytest

from adapters.terminal.messenger import TerminalMessenger
from bot.domain.cards import Card, Entry, Heading, Note, Prose
from bot.domain.deliveries import (
    Absent,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Failed,
    MessageRef,
    SendResult,
    Sent,
)
from bot.domain.places import LOCAL_PERSON, LOCAL_PLACE, Identity, Place
from tests.fakes.virtual_time import VirtualClock, virtually
from tests.services.sending import Fate, How, World, a_notice, a_world

NOW = datetime(2026, 4, 24, 7, tzinfo=UTC)
POST = Delivery("key", LOCAL_PLACE, DeliveryKind.POST, NOW, parent_message=MessageRef("its parent"))
HEADED = Card((Heading("Papers · Friday 24 April"), Note("The top 5 of 15")), "5 papers")


def posted(delivery: Delivery, card: Card) -> tuple[SendResult, str]:
    stream = StringIO()
    answer = asyncio.run(TerminalMessenger(stream).send(delivery, card))
    return answer, stream.getvalue()


def test_a_card_is_printed_with_an_empty_row_after_it() -> None:
    assert posted(POST, HEADED) == (Sent(MessageRef("key")), "Papers · Friday 24 April\nThe top 5 of 15\n\n")


@pytest.mark.parametrize(
    ("parts", "first_row"),
    [
        pytest.param(HEADED.parts, "Shown again: Papers · Friday 24 April", id="heading"),
        pytest.param((Prose("Nothing new."),), "Shown again: Nothing new.", id="prose"),
        pytest.param((Entry("A title", "", number=2),), "Shown again:", id="entry"),
    ],
)
def test_what_may_have_been_shown_before_says_so(parts: tuple[Heading, ...], first_row: str) -> None:
    _, shown = posted(POST._replace(is_unknown=True), Card(parts, "gist"))
    assert shown.splitlines()[0] == first_row


def test_another_place_is_named() -> None:
    _, shown = posted(POST._replace(place=Place("terminal", "local", "reading-group")), HEADED)
    assert shown.startswith("In reading-group:\n\nPapers · Friday 24 April\n")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        pytest.param(LOCAL_PLACE, "why these? papers status", id="the terminal's own"),
        pytest.param(
            Place("terminal", "local", "group"),
            "why these? papers status --place terminal:local/group",
            id="another place",
        ),
    ],
)
def test_commands_are_named_as_a_shell_takes_them(place: Place, words: str) -> None:
    card = Card((*HEADED.parts, Note("Weekdays 09:00 Paris · why these? /papers status")), "5 papers")
    _, shown = posted(POST._replace(place=place), card)
    assert shown.rstrip().endswith(f" · {words}")


def test_what_stands_there_is_left_alone() -> None:
    stream = StringIO()
    messenger = TerminalMessenger(stream)

    async def answers() -> list[SendResult]:
        edit = POST._replace(kind=DeliveryKind.EDIT)
        return [
            await messenger.send(edit, HEADED),
            await messenger.publish(POST),
            await messenger.react(POST),
        ]

    assert asyncio.run(answers()) == [Sent(MessageRef("its parent"))] * 3
    assert stream.getvalue() == ""


def test_it_cannot_be_asked_and_knows_one_person() -> None:
    messenger = TerminalMessenger(StringIO())

    async def check() -> None:
        assert await messenger.find(POST) == Absent()
        assert await messenger.reactions(LOCAL_PLACE, MessageRef("key")) == ()
        assert (await messenger.describe(LOCAL_PLACE)).can == ("post",)
        assert await messenger.direct(LOCAL_PERSON) == LOCAL_PLACE
        assert await messenger.direct(Identity("discord:1")) is None

    asyncio.run(check())


class Broken(StringIO):
    """A stream that nobody reads any more."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_stream_that_takes_nothing_is_a_failure_whose_outcome_nobody_knows(is_closed: bool) -> None:
    stream = StringIO() if is_closed else Broken()
    if is_closed:
        stream.close()
    answer = asyncio.run(TerminalMessenger(stream).send(POST, HEADED))
    assert isinstance(answer, Failed)
    assert not answer.outcome_known


@pytest.mark.parametrize("dies_at", range(1, 14))
def test_after_a_crash_the_last_message_alone_may_appear_again_marked(dies_at: int) -> None:
    stream = StringIO()

    async def story(clock: VirtualClock) -> World:
        world = a_world(clock)
        how = How(messenger=TerminalMessenger(stream), is_alone=True)
        for number in range(3):
            await world.put(a_notice(LOCAL_PLACE, f"number {number}", clock.now()))
            await asyncio.sleep(0.001)
        killed = world.start(Fate(world.random, dies_at), how)
        await asyncio.sleep(2)
        await killed.kill()
        process = world.start(how=how)
        await asyncio.sleep(120)
        await process.kill()
        return world

    world = virtually(story)
    rows = [row for row in stream.getvalue().splitlines() if row]
    unmarked = [row for row in rows if not row.startswith("Shown again: ")]
    assert {row.removeprefix("Shown again: ") for row in rows} == {f"number {each}" for each in range(3)}
    assert len(unmarked) == len(set(unmarked))
    assert len(rows) - len(unmarked) <= 1
    assert all(state is DeliveryState.DONE for _, state in world.heard)
