"""The answer to `submit` on Slack: a card on which all vote where the bot is a member, and which follows."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from adapters.slack.render.acts import Vote, value_of
from bot.domain.deliveries import MessageRef
from bot.domain.places import Identity
from bot.ports import EVERYBODY
from bot.services.dispatching import Dispatcher
from bot.services.freshening import AGES, EVERY, Freshener
from bot.services.hiding import hide, unhide
from bot.services.reconciling import Reconciler
from bot.services.seeding import Seeder
from bot.services.voting import Hashes
from tests.adapters.slack.scene import ANA, BEN, HERE, TEAM
from tests.adapters.slack.service import Service, a_service, event, letters, reaction, submitted
from tests.contract.making import paper_id
from tests.contract.voting import votes_over
from tests.fakes.slack_standin import Mishap

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Json = Any

FIRST = paper_id(1)
SUBMIT = "submit 2604.00001 Ours, out today"
NOTE = "Ours, out today"
WHO = Identity(f"slack:{TEAM}/U7")


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_service() as it:
        yield it


def ref(message: Json) -> MessageRef:
    return MessageRef(f"{HERE.channel}/{message['ts']}")


async def card(service: Service, text: str = SUBMIT) -> MessageRef:
    """Submit a paper, and return its card."""
    return ref((await submitted(service, text))[-1])


def shown(service: Service, message: MessageRef) -> str:
    """Return a message as it stands in its channel."""
    channel, ts = message.split("/")
    return str(service.standin.messages[channel][ts])


def ballots(service: Service) -> set[MessageRef]:
    return {message for message, _ in service.house.store.tables.ballots}


async def counts(service: Service) -> dict[int, int]:
    board = await service.house.store.leaderboard(None, scope=EVERYBODY, limit=100)
    return {int(each.paper.id[-5:]): each.votes for each in board}


async def happened(service: Service, *told: Json) -> dict[int, int]:
    for each in told:
        assert (await service.over_http("events_api", each))[0] == 200
        await service.slack.app(service.house.core, service.house.desk.office.voting).end()
    return await counts(service)


async def press(service: Service, message: MessageRef) -> str:
    channel, ts = message.split("/")
    container = {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False}
    told = await service.press(
        value_of(Vote(FIRST)), container=container, channel={"id": channel, "name": "papers"}
    )
    assert told["response_type"] == "ephemeral"
    return str(told["blocks"])


async def time_passes(service: Service, span: timedelta) -> None:
    """Let the loops of a service do what is due after a while, each once."""
    house, kept = service.house, service.delivery
    house.wait(span)
    await Seeder(kept, "slack", house.clock).step()
    await Freshener(kept, house.store, "slack", house.clock).step()
    sender = Dispatcher(
        kept,
        house.store,
        service.slack.messenger,
        house.clock,
        random=Random(1),
        holder="me",
        is_alone=True,
    )
    for _ in range(3):  # limits begin full
        await sender.deliver_due()
        house.wait(timedelta(minutes=1))
        await house.clock.sleep(timedelta(minutes=1))


# --- A ballot ---------------------------------------------------------------------------------


async def test_a_card_is_said_as_a_message_of_ours_and_reactions_to_it_are_votes(service: Service) -> None:
    message = await card(service)
    assert NOTE in shown(service, message)
    assert service.standin.responses == []
    assert ballots(service) == {message}
    assert await happened(service, reaction(1, message), reaction(2, message, BEN)) == {1: 2}
    assert await happened(service, reaction(3, message, is_taken=True, at=1_777_000_001)) == {1: 1}
    assert service.standin.faults == []


async def test_its_button_is_the_same_vote_and_takes_back_its_own_act(service: Service) -> None:
    message = await card(service)
    assert "Counted: 1 here" in await press(service, message)
    assert await happened(service, reaction(1, message)) == {1: 1}
    assert "Your vote still counts, by your reaction" in await press(service, message)


async def test_what_was_asked_for_by_the_bots_name_is_one_too(service: Service) -> None:
    told = event(9, type="app_mention", channel=HERE.channel, user=ANA, text=f"<@UBOT> {SUBMIT}", ts="1.5")
    await happened(service, told)
    [said] = service.standin.ever
    assert said["thread_ts"] == "1.5"
    assert await happened(service, reaction(1, ref(said))) == {1: 1}


async def test_the_same_paper_twice_are_two_cards_and_one_vote_of_a_person(service: Service) -> None:
    first, second = await card(service), await card(service)
    assert first != second
    assert "It was submitted here already" in shown(service, second)
    both = reaction(1, first), reaction(2, second)
    assert await happened(service, *both) == {1: 1}
    assert await happened(service, reaction(3, first, is_taken=True, at=1_777_000_001)) == {1: 1}


async def test_what_was_missed_on_the_card_is_made_up_for(service: Service) -> None:
    message = await card(service)
    service.standin.react_as(message.split("/")[1], "+1", BEN)
    votes = votes_over(service.house.store)
    service.house.wait(EVERY)
    reconciler = Reconciler(votes, service.slack.messenger, service.house.clock, Hashes(votes, letters))
    await reconciler.step(lambda: None)
    assert await counts(service) == {1: 1}


# --- Where it is none -------------------------------------------------------------------------


async def answered(service: Service, **more: str) -> Json:
    """Submit a paper where its card comes over the response URL, and is no ballot."""
    answer = await service.command(SUBMIT, **more)
    await service.slack.app(service.house.core, service.house.desk.office.voting).end()
    assert answer["response_type"] == "in_channel"
    assert NOTE in str(answer["blocks"])
    assert ballots(service) == set()
    assert service.standin.ever == []
    return answer


async def test_where_the_bot_is_no_member_the_button_works_all_the_same(service: Service) -> None:
    service.standin.channels[HERE.channel]["is_member"] = False
    await answered(service)
    assert await counts(service) == {}
    assert "Your vote" in await press(service, MessageRef(f"{HERE.channel}/1.000001"))
    assert await counts(service) == {1: 1}


async def test_what_is_said_to_somebody_alone_is_none(service: Service) -> None:
    await answered(service, channel_id=f"D{ANA}")
    assert service.standin.asked("chat.postMessage") == []


async def test_where_slack_is_busy_the_card_comes_all_the_same(service: Service) -> None:
    service.standin.refuse("ratelimited", status=429)
    await answered(service)


async def test_what_may_stand_is_not_said_again(service: Service) -> None:
    service.standin.plan(Mishap.REPLY_LOST)
    assert len(await submitted(service, SUBMIT)) == 1
    assert service.standin.responses == []
    assert ballots(service) == set()


async def test_a_refusal_is_told_to_the_asker_alone(service: Service) -> None:
    assert (await service.command("submit hello"))["response_type"] == "ephemeral"
    assert service.standin.ever == []
    assert ballots(service) == set()


# --- Messages that follow ----------------------------------------------------------------------


async def test_its_counts_follow_the_votes(service: Service) -> None:
    message = await card(service)
    assert "'Vote'" in shown(service, message)
    await happened(service, reaction(1, message))
    await time_passes(service, AGES[0] + EVERY)
    told = shown(service, message)
    assert "'Vote (1)'" in told
    assert "1 vote here" in told
    assert NOTE in told
    assert len(service.standin.ever) == 1
    assert service.standin.faults == []


async def test_what_is_hidden_goes_from_its_card_and_comes_back(service: Service) -> None:
    message = await card(service)
    await hide(service.delivery, HERE, FIRST, WHO, service.house.clock.now())
    await time_passes(service, timedelta(seconds=1))
    assert "Hidden by a moderator" in shown(service, message)
    assert NOTE not in shown(service, message)
    assert "p1:vote" not in shown(service, message)
    await unhide(service.delivery, HERE, FIRST, service.house.clock.now())
    await time_passes(service, timedelta(seconds=1))
    assert NOTE in shown(service, message)
    assert "p1:vote" in shown(service, message)
    assert len(service.standin.ever) == 1
