"""The answer to `submit` on Discord: a card on which all vote, and which follows its figures."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from adapters.discord.messenger import DiscordMessenger
from adapters.discord.render.acts import Vote, act_of
from bot.domain.deliveries import MessageRef
from bot.domain.places import Identity
from bot.errors import StoreError
from bot.ports import EVERYBODY
from bot.services.dispatching import Dispatcher
from bot.services.freshening import AGES, EVERY, Freshener
from bot.services.hiding import hide, unhide
from bot.services.reconciling import Reconciler
from bot.services.seeding import Seeder
from bot.services.voting import Hashes
from tests.adapters.discord.scene import ALONE, GUILD, HERE, speaking
from tests.adapters.discord.service import ASKER, Service, a_member, a_person, a_service
from tests.adapters.scenes import SceneClock
from tests.contract.making import paper_id
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_votes import MemoryVotes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.commands.desk import Desk
    from bot.commands.spec import Invocation
    from bot.domain.answers import Answer
    from tests.fakes.discord_interactions import Interaction

Json = Any

FIRST = paper_id(1)
BEN = "43"
NOTE = "Ours, out today"
ORIGINAL = "@original$"


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """A service whose sleeps pass only as the clock is moved."""
    async with a_service(waits=True) as it:
        it.start()
        await it.connected()
        yield it


async def submitted(service: Service, **more: Json) -> Interaction:
    return await (await service.command("submit", paper=FIRST, **more)).answered()


async def card(service: Service, **more: Json) -> MessageRef:
    """Submit a paper, and return its card once it is a ballot."""
    asked = await submitted(service, **more)
    found = MessageRef(f"{HERE.channel}/{asked.message}")
    await service.until(lambda: (found, 0) in service.store.tables.ballots)
    return found


async def counts(service: Service) -> dict[int, int]:
    board = await service.store.leaderboard(None, scope=EVERYBODY, limit=100)
    return {int(each.paper.id[-5:]): each.votes for each in board}


async def reacted(service: Service, message: MessageRef, user: str = ASKER, what: str = "ADD") -> Json:
    """Let somebody react, and return the votes when that has been dealt with."""
    channel, number = message.split("/")
    told = {
        "user_id": user, "channel_id": channel, "message_id": number, "guild_id": GUILD, "burst": False,
        "type": 0, "emoji": {"id": None, "name": "👍"},
    }  # fmt: skip
    await service.standin.gateway.push(f"MESSAGE_REACTION_{what}", told)
    await (await service.command("help")).answered()
    return await counts(service)


def shown(service: Service, message: MessageRef) -> str:
    """Return a message as it stands in its channel."""
    channel, number = message.split("/")
    return str(service.standin.messages[channel][number])


def vote_in(service: Service, message: MessageRef) -> str:
    """Return the custom id of the Vote button below a message."""
    channel, number = message.split("/")
    rows = service.standin.messages[channel][number]["components"]
    ids = [each["custom_id"] for row in rows for each in row["components"]]
    return next(str(each) for each in ids if isinstance(act_of(each), Vote))


async def press(service: Service, message: MessageRef, user: str = ASKER) -> str:
    asker = a_member()
    asker["member"]["user"]["id"] = user
    pressed = await service.press(vote_in(service, message), below=message.split("/")[1], asker=asker)
    [seen] = (await pressed.answered()).seen
    assert seen.is_private
    return str(seen.body)


async def time_passes(service: Service, span: timedelta) -> None:
    """Let the loops of a service do what is due after a while, each once."""
    clock = SceneClock(service.clock.now() + span)
    async with speaking(service.standin, clock) as rest:
        messenger = DiscordMessenger(rest, service.channels, clock)
        await Seeder(service.delivery, "discord", clock).step()
        await Freshener(service.delivery, service.store, "discord", clock).step()
        dispatcher = Dispatcher(
            service.delivery, service.store, messenger, clock, random=Random(1), holder="me", is_alone=True
        )
        for _ in range(3):  # limits begin full
            await dispatcher.deliver_due()
            await clock.sleep(timedelta(minutes=1))


# --- A ballot ---------------------------------------------------------------------------------


async def test_reactions_on_the_card_are_votes_until_they_are_taken_back(service: Service) -> None:
    message = await card(service)
    assert await reacted(service, message) == {1: 1}
    assert await reacted(service, message, BEN) == {1: 2}
    assert await reacted(service, message, BEN, "REMOVE") == {1: 1}
    assert service.standin.faults == []


async def test_its_button_is_the_same_vote_and_takes_back_its_own_act(service: Service) -> None:
    message = await card(service)
    assert "Counted: 1 here" in await press(service, message)
    assert await reacted(service, message) == {1: 1}
    assert "Your vote still counts, by your reaction" in await press(service, message)
    assert await reacted(service, message, what="REMOVE") == {}


async def test_an_answer_that_was_promised_first_is_one_too(service: Service) -> None:
    async def slowly(ask: Invocation, desk: Desk) -> Answer:
        await desk.clock.sleep(timedelta(seconds=2))
        return await handler(ask, desk)

    handler = service.commands["submit"].handler
    service.answers("submit", slowly)
    asked = await service.command("submit", paper=FIRST)
    await service.until(lambda: len(service.clock._sleepers) == 2)
    await service.clock.advance(timedelta(seconds=1.5))
    await asked.until(lambda it: it.first is not None)
    await service.until(lambda: service.clock._sleepers)
    await service.clock.advance(timedelta(seconds=1))
    await asked.answered()
    message = MessageRef(f"{HERE.channel}/{asked.message}")
    await service.until(lambda: (message, 0) in service.store.tables.ballots)
    assert await reacted(service, message) == {1: 1}


async def test_the_same_paper_twice_are_two_cards_and_one_vote_of_a_person(service: Service) -> None:
    first, second = await card(service), await card(service)
    assert first != second
    assert "It was submitted here already" in shown(service, second)
    await reacted(service, first)
    assert await reacted(service, second) == {1: 1}
    assert await reacted(service, first, what="REMOVE") == {1: 1}
    assert await reacted(service, second, what="REMOVE") == {}


async def test_what_was_missed_on_the_card_is_made_up_for(service: Service) -> None:
    message = await card(service)
    channel, number = message.split("/")
    service.standin.react_as(channel, number, "👍", {"id": BEN})
    votes, clock = MemoryVotes(service.store), SceneClock(service.clock.now() + timedelta(hours=1))
    async with speaking(service.standin, clock) as rest:
        messenger = DiscordMessenger(rest, service.channels, clock)
        await Reconciler(votes, messenger, clock, Hashes(votes, "x".__mul__)).step(lambda: None)
    [stand] = await votes.reactions_on(message)
    assert (stand.paper, stand.identity) == (FIRST, Identity(f"discord:{BEN}"))


# --- Where it is none -------------------------------------------------------------------------


async def no_ballot(service: Service, asked: Interaction) -> None:
    """Expect that an answer was given and stands, and is no ballot."""
    await (await service.command("help")).answered()
    assert asked.original is not None
    assert not asked.original.is_private
    assert service.store.tables.ballots == {}


async def test_what_is_said_in_a_conversation_is_none(service: Service) -> None:
    await no_ballot(service, await submitted(service, asker=a_person(ALONE.channel)))
    assert service.standin.said("GET", ORIGINAL) == []


async def test_where_the_bot_sees_no_channel_it_is_none(service: Service) -> None:
    asker = {**a_member(), "app_permissions": str(1 << 11)}
    await no_ballot(service, await submitted(service, asker=asker))
    assert service.standin.said("GET", ORIGINAL) == []


async def test_a_refusal_and_another_answer_are_none(service: Service) -> None:
    for word in ("show", "submit"):
        await (await service.command(word, paper="2604.00001" if word == "show" else "hello")).answered()
    await (await service.command("help")).answered()
    assert service.store.tables.ballots == {}
    assert service.standin.said("GET", ORIGINAL) == []


async def test_where_nobody_tells_which_message_it_is_the_button_works_all_the_same(service: Service) -> None:
    service.standin.refuse(404, 10008, "GET", ORIGINAL)
    asked = await submitted(service)
    await service.until(lambda: service.standin.said("GET", ORIGINAL))
    await no_ballot(service, asked)
    message = MessageRef(f"{HERE.channel}/{asked.message}")
    assert "Your vote" in await press(service, message)
    assert await reacted(service, message, BEN) == {1: 1}
    assert len(asked.seen) == 1


async def test_where_the_store_fails_the_card_stands_and_others_are_ballots(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []

    async def broken(*values: object) -> bool:
        tried.append(values)
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(MemoryDelivery, "keep_posted", broken)
        asked = await submitted(service)
        await service.until(lambda: tried)
        await no_ballot(service, asked)
    await card(service)


# --- Messages that follow ----------------------------------------------------------------------


async def test_its_counts_follow_the_votes(service: Service) -> None:
    message = await card(service, note=NOTE)
    assert "'Vote · Paper 1'" in shown(service, message)
    await reacted(service, message)
    await time_passes(service, AGES[0] + EVERY)
    told = shown(service, message)
    assert "1 vote here" in told
    assert "'Vote · Paper 1 (1)'" in told
    assert "Submitted here" in told
    assert NOTE in told
    assert "Counted: 2 here" in await press(service, message, BEN)
    assert service.standin.ever == []
    assert service.standin.faults == []


async def test_our_own_reaction_makes_voting_one_tap(service: Service) -> None:
    message = await card(service)
    await time_passes(service, timedelta(seconds=1))
    channel, number = message.split("/")
    assert list(service.standin.reactions[channel, number]) == ["👍"]
    assert await counts(service) == {}


async def test_what_is_hidden_goes_from_each_of_its_cards_and_comes_back(service: Service) -> None:
    messages = [await card(service, note=NOTE), await card(service)]
    now, who = service.clock.now(), Identity("discord:7")
    await hide(service.delivery, HERE, FIRST, who, now)
    await time_passes(service, timedelta(seconds=1))
    for each in messages:
        assert "Hidden by a moderator" in shown(service, each)
        assert NOTE not in shown(service, each)
        assert "Paper 1" not in shown(service, each)
        assert "custom_id" not in shown(service, each)
    await unhide(service.delivery, HERE, FIRST, now + timedelta(seconds=2))
    await time_passes(service, timedelta(seconds=3))
    for each in messages:
        assert NOTE in shown(service, each)
        assert "'Vote · Paper 1'" in shown(service, each)
    assert service.standin.ever == []


async def test_the_note_goes_with_whoever_is_forgotten(service: Service) -> None:
    message = await card(service, note=NOTE)
    await (await service.command("forget-me", confirm=True)).answered()
    await time_passes(service, timedelta(seconds=1))
    assert NOTE not in shown(service, message)
    assert "Submitted here" in shown(service, message)


async def test_a_card_that_was_deleted_stays_deleted_and_is_no_fault(service: Service) -> None:
    message = await card(service)
    await reacted(service, message)
    service.standin.delete_message(*message.split("/"))
    await hide(service.delivery, HERE, FIRST, Identity("discord:7"), service.clock.now())
    await time_passes(service, timedelta(seconds=1))
    assert service.standin.ever == []
    assert await service.delivery.dropped(service.clock.now(), service.clock.now() + timedelta(days=1)) == {}
    assert await counts(service) == {1: 1}
