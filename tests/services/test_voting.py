"""Reactions and buttons become acts; bots never do, and what is no ballot is left alone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.answers import Done, Refusal
from bot.domain.deliveries import MessageRef
from bot.domain.places import Place, PlaceProfile
from bot.errors import StoreError
from bot.ports import EVERYBODY, KeepRecords
from bot.ports.voting import NoteLost, Press, ReactionEvent
from bot.services.voting import Hashes, Voting
from tests.contract.making import ANA, BEN, CLEO, ELSEWHERE, HERE, NEXT_DOOR, NOON, entry, feed, paper_id
from tests.contract.voting import posted
from tests.fakes.clock import FakeClock
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_store import MemoryStore
from tests.fakes.memory_votes import MemoryVotes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.ballots import Ballot
    from bot.ports.voting import VoteWrite

POST, DIGEST, SLACK_POST = MessageRef("8001/1"), MessageRef("8001/2"), MessageRef("C01/3.1")
MINUTE = timedelta(minutes=1)


class Links:
    """Satisfies MessageLinks."""

    platform = "discord"

    async def link(self, place: Place, message: MessageRef) -> str:
        return f"https://discord.example/{place.server}/{message}"


class Booth:
    """Voting over a store in memory, with a message of one paper, a digest and a message in Slack."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOON)
        self.store = MemoryStore()
        self.votes = MemoryVotes(self.store)
        self.voting = self.started()

    def started(self) -> Voting:
        hashes = Hashes(self.votes, "x".__mul__)
        return Voting(self.votes, self.store, self.clock, hashes, {"discord": Links()})

    async def open(self) -> Booth:
        delivery = MemoryDelivery(self.store)
        await self.store.write(feed(*(entry(number) for number in range(1, 5))))
        await posted(delivery, POST, (1,))
        await posted(delivery, DIGEST, (2, 3, 4), NEXT_DOOR)
        await posted(delivery, SLACK_POST, (1,), ELSEWHERE)
        return self

    async def counts(self) -> dict[int, int]:
        board = await self.store.leaderboard(None, scope=EVERYBODY, limit=100)
        return {int(each.paper.id[-5:]): each.votes for each in board}


@pytest.fixture
async def booth() -> Booth:
    return await Booth().open()


def on_post(emoji: str = "👍", identity: object = ANA, **known: object) -> ReactionEvent:
    return ReactionEvent(HERE, POST, ANA, emoji)._replace(identity=identity, **known)  # type: ignore[arg-type]


async def test_a_thumb_is_a_vote_until_it_is_taken_back(booth: Booth) -> None:
    await booth.voting.reacted(on_post())
    await booth.voting.reacted(on_post())
    await booth.voting.reacted(on_post(identity=BEN))
    assert await booth.counts() == {1: 2}
    await booth.voting.unreacted(on_post())
    await booth.voting.unreacted(on_post())
    assert await booth.counts() == {1: 1}


async def test_numbers_of_a_digest_are_votes_for_their_papers(booth: Booth) -> None:
    for emoji in ("1️⃣", "3️⃣", "👍", "9️⃣"):
        await booth.voting.reacted(ReactionEvent(NEXT_DOOR, DIGEST, ANA, emoji))
    assert await booth.counts() == {2: 1, 4: 1}


async def test_an_event_of_a_thread_names_the_thread(booth: Booth) -> None:
    await booth.voting.reacted(ReactionEvent(Place("discord", "7001", "9999"), POST, ANA, "👍"))
    assert await booth.counts() == {1: 1}
    assert (await booth.votes.standing(paper_id(1), ANA))[0].place == HERE


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(on_post(is_bot=True), id="a bot's"),
        pytest.param(on_post("👎"), id="another emoji"),
        pytest.param(on_post(message=MessageRef("8001/77")), id="no ballot"),
        pytest.param(on_post(place=ELSEWHERE), id="a message of another platform"),
    ],
)
async def test_what_is_no_vote_counts_nowhere(booth: Booth, event: ReactionEvent) -> None:
    await booth.voting.reacted(event)
    assert await booth.counts() == {}


async def test_skin_tones_and_super_reactions_of_one_person_are_one_vote(booth: Booth) -> None:
    events = [on_post(), on_post("👍🏽"), on_post(is_super=True)]
    for each in events:
        await booth.voting.reacted(each)
    assert await booth.counts() == {1: 1}
    for each in events[:2]:
        await booth.voting.unreacted(each)
    assert await booth.counts() == {1: 1}
    await booth.voting.unreacted(events[2])
    assert await booth.counts() == {}


async def test_a_place_may_have_an_emoji_of_its_own(booth: Booth) -> None:
    await booth.voting.reacted(on_post())
    await booth.store.write(KeepRecords((PlaceProfile(HERE, settings={"emoji": "<:gem:5>"}),)))
    await booth.clock.sleep(MINUTE)
    await booth.voting.reacted(on_post("gem:5", BEN))
    await booth.voting.reacted(on_post("👍", CLEO))
    assert {act.identity for act in await booth.votes.standing(paper_id(1), BEN)} == {BEN}
    assert await booth.counts() == {1: 2}


async def test_events_that_come_late_or_twice_change_nothing(booth: Booth) -> None:
    def event(minute: int) -> ReactionEvent:
        return ReactionEvent(ELSEWHERE, SLACK_POST, CLEO, "+1", told_at=NOON + minute * MINUTE)

    await booth.voting.unreacted(event(2))
    await booth.voting.reacted(event(1))
    assert await booth.counts() == {}
    await booth.voting.reacted(event(3))
    await booth.voting.unreacted(event(2))
    assert await booth.counts() == {1: 1}


class SlowVotes(MemoryVotes):
    """A store whose first read of ballots ends when a test lets it; later ones end at once."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self.may_read = asyncio.Event()
        self.reads: list[Sequence[MessageRef]] = []

    async def ballots(self, messages: Sequence[MessageRef]) -> Mapping[MessageRef, Ballot]:
        self.reads.append(messages)
        if len(self.reads) == 1:
            await self.may_read.wait()
        return await super().ballots(messages)


async def test_no_event_overtakes_one_before_it(booth: Booth) -> None:
    slow = SlowVotes(booth.store)
    voting = Voting(slow, booth.store, booth.clock, Hashes(slow, "x".__mul__))
    first = asyncio.create_task(voting.reacted(on_post()))
    await asyncio.sleep(0)
    second = asyncio.create_task(voting.unreacted(on_post()))
    for _ in range(5):
        await asyncio.sleep(0)
    slow.may_read.set()
    await asyncio.gather(first, second)
    assert await booth.counts() == {}


async def test_no_event_overtakes_one_that_waits_when_the_ballot_becomes_known(booth: Booth) -> None:
    class Busy(SlowVotes):
        """When the first act is written, and the second event has its turn next, a third one comes."""

        has_written = False

        async def write(self, *writes: VoteWrite) -> int:
            if not self.has_written:
                self.has_written = True
                await voting.unreacted(on_post())
            return await super().write(*writes)

    busy = Busy(booth.store)
    voting = Voting(busy, booth.store, booth.clock, Hashes(busy, "x".__mul__))
    waiting = [asyncio.create_task(voting.reacted(on_post(identity=who))) for who in (BEN, ANA)]
    for _ in range(5):
        await asyncio.sleep(0)
    busy.may_read.set()
    await asyncio.gather(*waiting)
    assert await booth.counts() == {1: 1}
    assert not await booth.votes.standing(paper_id(1), ANA)


@pytest.mark.parametrize("turns", range(7))
async def test_no_event_overtakes_one_that_was_just_told_its_ballot(booth: Booth, turns: int) -> None:
    slow = SlowVotes(booth.store)
    voting = Voting(slow, booth.store, booth.clock, Hashes(slow, "x".__mul__))
    first = asyncio.create_task(voting.reacted(on_post()))
    await asyncio.sleep(0)
    slow.may_read.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    # What is awaited at once takes no turn of its own to begin.
    await voting.unreacted(on_post())
    await first
    assert await booth.counts() == {}
    assert len(slow.reads) == 1


async def test_one_who_gives_up_leaves_the_others_their_ballot(booth: Booth) -> None:
    slow = SlowVotes(booth.store)
    voting = Voting(slow, booth.store, booth.clock, Hashes(slow, "x".__mul__))
    waiting = [asyncio.create_task(voting.reacted(on_post(identity=who))) for who in (ANA, BEN, CLEO)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    slow.may_read.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert await booth.counts() == {1: 2}


async def test_ballots_that_are_wanted_at_once_are_read_together(booth: Booth) -> None:
    slow = SlowVotes(booth.store)
    voting = Voting(slow, booth.store, booth.clock, Hashes(slow, "x".__mul__))
    events = [on_post(message=MessageRef(f"8001/{number}")) for number in range(1, 51)]
    tasks = [asyncio.create_task(voting.reacted(each)) for each in events]
    await asyncio.sleep(0)
    slow.may_read.set()
    await asyncio.gather(*tasks)
    assert len(slow.reads) <= 2
    assert await booth.counts() == {1: 1}


async def test_whoever_waits_for_a_ballot_hears_of_a_broken_store(booth: Booth) -> None:
    class Broken(MemoryVotes):
        async def ballots(self, messages: Sequence[MessageRef]) -> Mapping[MessageRef, Ballot]:
            raise StoreError(str(messages))

    broken = Broken(booth.store)
    voting = Voting(broken, booth.store, booth.clock, Hashes(broken, "x".__mul__))
    calls = [voting.reacted(on_post()), voting.reacted(on_post(message=DIGEST))]
    told = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(each) for each in told] == [StoreError, StoreError]


# --- Moderators -----------------------------------------------------------------------


async def test_cleared_reactions_count_no_more(booth: Booth) -> None:
    for each in (
        on_post(),
        on_post(identity=BEN),
        on_post("👍🏿", CLEO),
        on_post(identity=CLEO, is_super=True),
    ):
        await booth.voting.reacted(each)
    await booth.voting.cleared_emoji(HERE, POST, "👎")
    assert await booth.counts() == {1: 3}
    await booth.voting.cleared_emoji(HERE, POST, "👍")
    assert [act.message for act in await booth.votes.standing(paper_id(1), CLEO)] == [f"{POST} tone6"]
    await booth.voting.cleared(HERE, POST)
    assert await booth.counts() == {}


async def test_what_is_cleared_elsewhere_is_none_of_ours(booth: Booth) -> None:
    await booth.voting.reacted(on_post())
    await booth.voting.cleared(HERE, MessageRef("8001/77"))
    await booth.voting.cleared_emoji(HERE, MessageRef("8001/77"), "👍")
    assert await booth.counts() == {1: 1}


async def test_a_deleted_message_keeps_its_votes(booth: Booth) -> None:
    await booth.voting.reacted(on_post())
    await booth.voting.messages_deleted([POST, MessageRef("8001/77")])
    await booth.voting.place_gone(NEXT_DOOR)
    assert await booth.counts() == {1: 1}
    assert list(await booth.votes.ballot_places("discord", NOON - MINUTE)) == []


async def test_a_lost_session_is_noted(booth: Booth) -> None:
    await booth.voting.session_lost("discord")
    assert await booth.votes.lost_at("discord") == NOON
    await booth.votes.write(NoteLost("discord", NOON - MINUTE))
    assert await booth.votes.lost_at("discord") == NOON


# --- Buttons --------------------------------------------------------------------------


async def test_a_button_casts_and_takes_back_its_own_act(booth: Booth) -> None:
    press = Press(NEXT_DOOR, DIGEST, 2, ANA)
    await booth.voting.pressed(Press(NEXT_DOOR, DIGEST, 2, BEN))
    assert await booth.voting.pressed(press) == Done("Counted: 2 here. Press again to take it back.")
    assert await booth.counts() == {3: 2}
    assert await booth.voting.pressed(press) == Done("Taken back.")
    assert await booth.counts() == {3: 1}


async def test_what_still_stands_is_named_with_its_address(booth: Booth) -> None:
    await booth.voting.reacted(on_post())
    await booth.voting.vote(paper_id(1), ANA, NEXT_DOOR)
    press = Press(HERE, POST, 0, ANA)
    await booth.voting.pressed(press)
    assert await booth.voting.pressed(press) == Done(
        "Taken back. Your vote still counts, by your reaction on https://discord.example/7001/8001/1 and"
        f" “vote”, which you typed. “unvote {paper_id(1)}” takes back all but reactions."
    )


async def test_reaction_and_button_of_one_message_are_told_both_and_tones_once(booth: Booth) -> None:
    for emoji in ("👍", "👍🏽"):
        await booth.voting.reacted(on_post(emoji))
    await booth.voting.pressed(Press(HERE, POST, 0, ANA))
    there = Press(ELSEWHERE, SLACK_POST, 0, ANA)
    await booth.voting.pressed(there)
    answer = await booth.voting.pressed(there)
    assert isinstance(answer, Done)
    assert answer.sentence == (
        "Taken back. Your vote still counts, by the button that you pressed on"
        " https://discord.example/7001/8001/1 and your reaction on https://discord.example/7001/8001/1."
        f" “unvote {paper_id(1)}” takes back all but reactions."
    )


@pytest.mark.parametrize("press", [Press(HERE, MessageRef("8001/77"), 0, ANA), Press(HERE, POST, 3, ANA)])
async def test_a_button_of_a_message_that_is_no_ballot_says_so(booth: Booth, press: Press) -> None:
    answer = await booth.voting.pressed(press)
    assert isinstance(answer, Refusal)
    assert await booth.counts() == {}


async def test_unvote_leaves_reactions_and_says_so(booth: Booth) -> None:
    await booth.voting.pressed(Press(HERE, POST, 0, ANA))
    await booth.voting.vote(paper_id(1), ANA, HERE)
    await booth.voting.reacted(ReactionEvent(ELSEWHERE, SLACK_POST, ANA, "+1"))
    is_taken, still = await booth.voting.unvote(paper_id(1), ANA)
    assert is_taken
    assert still == "Your vote still counts, by your reaction on another message."
    assert await booth.voting.unvote(paper_id(1), ANA) == (False, still)
    assert await booth.voting.unvote(paper_id(2), ANA) == (False, "")


async def test_people_are_hashed_alike_by_all_processes(booth: Booth) -> None:
    one, other = Hashes(booth.votes, "a".__mul__), Hashes(booth.votes, "b".__mul__)
    assert await one.of(ANA) == await other.of(ANA) != await one.of(BEN)
    assert ANA not in await one.of(ANA)
