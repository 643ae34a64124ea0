"""What follows on posted messages when somebody asks to be forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.answers import PaperPage, Ranked
from bot.domain.deliveries import DeliveryKind, MessageRef
from bot.domain.papers import Listed, Paper
from bot.domain.places import LOCAL_PLACE
from bot.domain.votes import Submission
from bot.ports.voting import CastVote, ReactionEvent
from bot.services.people import People
from bot.services.submitting import posted
from bot.services.voting import Hashes
from tests.contract.making import ANA, BEN, CLEO, ELSEWHERE, HERE, NEXT_DOOR, paper_id, vote
from tests.contract.subscribing import claimed
from tests.contract.voting import reaction
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_people import MemoryPeople
from tests.services.test_voting import DIGEST, POST, SLACK_POST, Booth

if TYPE_CHECKING:
    from bot.domain.places import Place

DAY = timedelta(days=1)


class Register(Booth):
    """A booth with a register of its people."""

    def __init__(self) -> None:
        super().__init__()
        self.delivery = MemoryDelivery(self.store)
        hashes = Hashes(self.votes, "x".__mul__)
        self.people = People(
            MemoryPeople(self.store), self.store, self.delivery, self.clock, hashes, letters="x".__mul__
        )

    async def edited(self) -> set[tuple[Place, str]]:
        """Return the messages that are owed an edit."""
        found = await claimed(self.delivery, self.clock.now())
        assert {each.kind for each in found} <= {DeliveryKind.EDIT}
        return {(each.place, str(each.parent_message)) for each in found}


@pytest.fixture
async def register() -> Register:
    register = Register()
    await register.open()
    return register


async def test_counts_on_messages_follow_when_somebody_is_forgotten(register: Register) -> None:
    await register.votes.write(
        CastVote(reaction(POST, ANA)),
        CastVote(reaction(DIGEST, BEN, 2, place=NEXT_DOOR)),
        CastVote(vote(1, ANA, LOCAL_PLACE)),
    )
    data = await register.people.forget(ANA)
    assert data.voted == {paper_id(1)}
    assert await register.edited() == {(HERE, POST)}
    assert await register.counts() == {2: 1}


async def test_messages_that_count_old_votes_are_left_as_they_are(register: Register) -> None:
    await register.votes.write(CastVote(reaction(POST, ANA)))
    await register.clock.sleep(7 * DAY + timedelta(seconds=1))
    await register.people.forget(ANA)
    assert await register.edited() == set()
    assert await register.counts() == {}


async def test_the_note_goes_from_the_card_of_who_is_forgotten(register: Register) -> None:
    for number, note in ((3, "Mine"), (4, "")):
        stands = Submission(paper_id(number), HERE, ANA, register.clock.now(), note)
        assert await register.delivery.submit(stands, 3, register.clock.now() - DAY)
        page = PaperPage(Ranked(Listed(Paper(paper_id(number), "A paper"))), ("Submitted here.",), stands)
        await posted(register.delivery, HERE, page, MessageRef(f"8001/{number}"), register.clock.now())
    await register.clock.sleep(8 * DAY)
    await register.people.forget(ANA)
    assert await register.edited() == {(HERE, "8001/3")}


async def test_an_event_from_before_brings_nobody_back_who_was_forgotten(register: Register) -> None:
    def now() -> ReactionEvent:
        return ReactionEvent(ELSEWHERE, SLACK_POST, CLEO, "+1", told_at=register.clock.now())

    before = now()
    await register.voting.reacted(before)
    await register.clock.sleep(timedelta(seconds=1))
    await register.people.forget(CLEO)
    await register.voting.reacted(before)
    assert await register.counts() == {}
    await register.clock.sleep(timedelta(seconds=1))
    await register.voting.reacted(now())
    assert await register.counts() == {1: 1}
