"""Votes are brought to what the platform shows, in few calls, and what changed meanwhile is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot.domain.answers import StatusReport
from bot.domain.deliveries import Absent, Failed, Gone, MessageRef, Throttled
from bot.domain.places import PlaceProfile
from bot.ports import KeepRecords
from bot.ports.voting import CastVote, ReactionEvent
from bot.services.reconciling import EVERY, PAGE, Reconciler
from bot.services.voting import Hashes
from tests.commands import desks as shops
from tests.commands.desks import Shop
from tests.contract.making import ANA, BEN, CLEO, ELSEWHERE, HERE, paper_id
from tests.contract.voting import posted, reaction
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_votes import MemoryVotes
from tests.fakes.reactions import FakeReactions
from tests.services.test_voting import DIGEST, POST, SLACK_POST, Booth

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.domain.deliveries import FindResult

HOUR = timedelta(hours=1)


def still() -> None:
    """Be alive."""


class Watch(Booth):
    """A booth with the platform's truth beside it, an hour after its messages were posted."""

    def __init__(self) -> None:
        super().__init__()
        self.discord = FakeReactions(shown={POST: {}, DIGEST: {}})
        self.reconciler = self.restarted()

    def restarted(self, reader: FakeReactions | None = None) -> Reconciler:
        return Reconciler(self.votes, reader or self.discord, self.clock, Hashes(self.votes, "x".__mul__))

    async def round(self) -> dict[int, int]:
        await self.reconciler.step(still)
        return await self.counts()


@pytest.fixture
async def watch() -> Watch:
    watch = Watch()
    await watch.open()
    await watch.clock.sleep(HOUR)
    return watch


async def test_what_was_missed_is_made_up_for(watch: Watch) -> None:
    await watch.voting.reacted(ReactionEvent(HERE, POST, ANA, "👍"))
    await watch.clock.sleep(HOUR)
    watch.discord.react(POST, BEN)
    watch.discord.react(DIGEST, CLEO, "2️⃣")
    watch.discord.react(DIGEST, CLEO, "👍")
    assert await watch.round() == {1: 1, 3: 1}
    assert [act.identity for act in await watch.votes.standing(paper_id(1), BEN)] == [BEN]


async def test_people_are_asked_for_only_where_counts_differ(watch: Watch) -> None:
    watch.discord.react(POST, ANA)
    await watch.round()
    assert watch.discord.asked == ["counts", POST, "counts"]
    watch.discord.asked.clear()
    await watch.round()
    assert watch.discord.asked == ["counts", "counts"]


async def test_one_person_in_the_place_of_another_is_noticed_after_a_lost_session(watch: Watch) -> None:
    watch.discord.react(POST, ANA)
    await watch.round()
    watch.discord.unreact(POST, ANA)
    watch.discord.react(POST, BEN)
    await watch.clock.sleep(HOUR)
    await watch.round()
    assert not await watch.votes.standing(paper_id(1), BEN)
    await watch.voting.session_lost("slack")
    await watch.round()
    assert not await watch.votes.standing(paper_id(1), BEN)
    await watch.voting.session_lost("discord")
    assert await watch.round() == {1: 1}
    assert await watch.votes.standing(paper_id(1), BEN)


async def test_a_restart_is_a_lost_session(watch: Watch) -> None:
    watch.discord.react(POST, ANA)
    await watch.round()
    watch.discord.unreact(POST, ANA)
    watch.discord.react(POST, BEN)
    await watch.clock.sleep(HOUR)
    watch.reconciler = watch.restarted()
    await watch.round()
    assert await watch.votes.standing(paper_id(1), BEN)


async def test_skin_tones_and_super_reactions_are_told_apart(watch: Watch) -> None:
    watch.discord.react(POST, ANA)
    watch.discord.react(POST, ANA, "👍🏽")
    watch.discord.react(POST, ANA, is_super=True)
    assert await watch.round() == {1: 1}
    for emoji, is_super in (("👍", False), ("👍", True)):
        await watch.voting.unreacted(ReactionEvent(HERE, POST, ANA, emoji, is_super=is_super))
    assert await watch.counts() == {1: 1}
    await watch.voting.unreacted(ReactionEvent(HERE, POST, ANA, "👍🏽"))
    assert await watch.counts() == {}


async def test_what_changes_while_the_platform_answers_is_left_alone(watch: Watch) -> None:
    watch.discord.react(POST, ANA)
    await watch.voting.reacted(ReactionEvent(HERE, POST, CLEO, "👍"))
    await watch.clock.sleep(HOUR)

    async def meanwhile() -> None:
        watch.discord.before_answer = None
        watch.discord.unreact(POST, ANA)
        await watch.voting.unreacted(ReactionEvent(HERE, POST, ANA, "👍"))
        watch.discord.react(POST, BEN)
        await watch.voting.reacted(ReactionEvent(HERE, POST, BEN, "👍"))

    watch.discord.before_answer = meanwhile
    await watch.round()
    assert [who for who in (ANA, BEN, CLEO) if await watch.votes.standing(paper_id(1), who)] == [BEN]


async def test_what_changed_just_before_a_gap_is_looked_at_again(watch: Watch) -> None:
    """Who votes, takes it back while nobody listens, and is looked at a moment later, is not counted."""
    watch.discord.react(POST, CLEO)
    for who in (ANA, CLEO):
        await watch.voting.reacted(ReactionEvent(HERE, POST, who, "👍"))
    watch.reconciler = watch.restarted()
    assert await watch.round() == {1: 1}
    assert await watch.votes.standing(paper_id(1), CLEO)
    assert watch.discord.asked.count(POST) == 2
    watch.discord.asked.clear()
    await watch.round()
    assert watch.discord.asked == ["counts", "counts"]


async def test_bots_are_counted_by_the_platform_and_not_by_us(watch: Watch) -> None:
    watch.discord.react(POST, ANA)
    watch.discord.bots[POST] = 2
    assert await watch.round() == {1: 1}
    assert await watch.round() == {1: 1}


async def test_a_deleted_message_keeps_its_votes_and_is_asked_for_no_more(watch: Watch) -> None:
    watch.discord.react(POST, ANA)
    await watch.round()
    del watch.discord.shown[POST]
    watch.reconciler = watch.restarted()
    watch.discord.asked.clear()
    await watch.round()
    assert watch.discord.asked == ["counts", "counts"]
    watch.discord.asked.clear()
    assert await watch.round() == {1: 1}
    assert watch.discord.asked == ["counts"]


async def test_where_one_call_tells_all_a_deleted_message_keeps_its_votes_too(watch: Watch) -> None:
    slack = FakeReactions("slack", counts=False)
    slack.react(SLACK_POST, CLEO, "+1")
    reconciler = watch.restarted(slack)
    await reconciler.step(still)
    del slack.shown[SLACK_POST]
    await watch.clock.sleep(HOUR)
    await reconciler.step(still)
    assert await watch.counts() == {1: 1}
    slack.asked.clear()
    await watch.restarted(slack).step(still)
    assert slack.asked == []


@pytest.mark.parametrize(
    "answer", [Gone("I may not read here."), Failed("500"), Absent()], ids=["gone", "failed", "absent"]
)
async def test_where_a_platform_does_not_say_nothing_changes(watch: Watch, answer: FindResult) -> None:
    await watch.votes.write(CastVote(reaction(POST, ANA)), CastVote(reaction(DIGEST, ANA, 2)))
    watch.discord.answers += [answer, answer]
    assert await watch.round() == {1: 1, 2: 1}
    assert await watch.votes.checked_at(HERE) is None


async def test_who_is_told_to_wait_waits(watch: Watch) -> None:
    watch.discord.react(POST, ANA)
    watch.discord.answers.append(Throttled(timedelta(seconds=7)))
    assert await watch.round() == {1: 1}
    assert timedelta(seconds=7) in watch.clock.sleeps


async def test_whoever_compares_for_long_is_seen_alive(watch: Watch) -> None:
    slack = FakeReactions("slack", counts=False)
    for number in range(200):
        message = MessageRef(f"C01/{number}.9")
        slack.react(message, CLEO, "+1")
        key = (message, 0)
        row = watch.store.tables.ballots[SLACK_POST, 0]
        watch.store.tables.ballots[key] = replace(row, message=message)
    reconciler = watch.restarted(slack)
    beats: list[datetime] = []
    await reconciler.step(lambda: beats.append(watch.clock.now()))
    await reconciler.step(lambda: beats.append(watch.clock.now()))
    assert beats[-1] - beats[0] > timedelta(minutes=5)
    assert max(later - sooner for sooner, later in pairwise(beats)) < timedelta(minutes=1)


async def test_of_many_messages_of_a_place_each_is_compared(watch: Watch) -> None:
    """Also those on which one page ends and the next one begins."""
    row = watch.store.tables.ballots[POST, 0]
    messages = [MessageRef(f"8001/{number}") for number in range(1_001, 1_001 + 2 * PAGE + 1)]
    for message in messages:
        watch.store.tables.ballots[message, 0] = replace(row, message=message)
        watch.discord.react(message, ANA)
    await watch.round()
    asked = [each for each in watch.discord.asked if each in messages]
    assert sorted(asked) == messages
    for message in messages:
        assert len(await watch.votes.reactions_on(message)) == 1


async def test_slack_tells_people_at_once(watch: Watch) -> None:
    slack = FakeReactions("slack", counts=False)
    slack.react(SLACK_POST, CLEO, "+1::skin-tone-2")
    await watch.restarted(slack).step(still)
    assert slack.asked == [SLACK_POST]
    assert await watch.counts() == {1: 1}
    assert await watch.votes.checked_at(ELSEWHERE) == watch.clock.now()


async def test_another_emoji_is_compared_from_then_on(watch: Watch) -> None:
    watch.discord.react(POST, ANA)
    watch.discord.react(POST, BEN, "gem:5")
    await watch.round()
    await watch.store.write(KeepRecords((PlaceProfile(HERE, settings={"emoji": "<:gem:5>"}),)))
    watch.discord.unreact(POST, ANA)
    await watch.clock.sleep(HOUR)
    watch.reconciler = watch.restarted()
    await watch.round()
    assert await watch.votes.standing(paper_id(1), BEN)
    assert not await watch.votes.standing(paper_id(1), ANA)


async def test_old_ballots_are_left_alone(watch: Watch) -> None:
    watch.discord.react(POST, ANA)
    await watch.clock.sleep(timedelta(days=7))
    assert await watch.round() == {}
    assert watch.discord.asked == []


async def test_young_ballots_are_looked_at_soon(watch: Watch) -> None:
    new = MessageRef("8001/99")
    await posted(MemoryDelivery(watch.store), new, (9,), HERE, watch.clock.now())
    watch.discord.react(new, ANA)
    watch.discord.react(POST, ANA)
    await watch.clock.sleep(timedelta(minutes=2))
    await watch.reconciler.look_at_young(still)
    assert await watch.counts() == {9: 1}


async def test_status_says_when_votes_were_checked() -> None:
    shop = Shop()
    votes = MemoryVotes(shop.store)
    before = await shop.ask("status")
    await posted(shop.delivery, POST, (1,), shops.HERE, shop.clock.now())
    await Reconciler(votes, FakeReactions(shown={POST: {}}), shop.clock, Hashes(votes, "x".__mul__)).step(
        still
    )
    after = await shop.ask("status")
    assert isinstance(before, StatusReport)
    assert isinstance(after, StatusReport)
    assert (before.votes_checked, after.votes_checked) == (None, shop.clock.now())


class Stopped(Exception):  # noqa: N818 - no error
    """A test has seen enough."""


async def asked_at(watch: Watch, *, lost_after: timedelta | None = None) -> list[timedelta]:
    """Let rounds go for an hour; return when the platform was asked for counts, from their start."""
    start, times = watch.clock.now(), list[timedelta]()

    def beat() -> None:
        nonlocal lost_after
        span = watch.clock.now() - start
        times.extend([span] * (len(watch.discord.asked) - len(times)))
        if lost_after is not None and span >= lost_after:
            watch.store.tables.lost["discord"] = watch.clock.now()
            lost_after = None
        if span >= HOUR:
            raise Stopped

    with pytest.raises(Stopped):
        await watch.reconciler.run(beat)
    return times


async def test_rounds_come_now_and_then(watch: Watch) -> None:
    times = await asked_at(watch)
    rounds = [one for one, before in zip(times, [-HOUR, *times], strict=False) if one - before > EVERY / 2]
    assert len(rounds) == 4
    assert all(later - sooner >= EVERY for sooner, later in pairwise(rounds))


async def test_a_lost_session_begins_a_round_at_once(watch: Watch) -> None:
    lost_after = timedelta(minutes=5)
    times = await asked_at(watch, lost_after=lost_after)
    assert any(lost_after < each < lost_after + timedelta(minutes=1) for each in times)


class LostAt:
    """Whoever is told that we are alive; at one of these signs a session is lost, and something happens."""

    def __init__(self, watch: Watch, sign: int, happens: Callable[[], None] = still) -> None:
        self._watch = watch
        self._signs = sign
        self._happens = happens

    def __call__(self) -> None:
        self._signs -= 1
        if self._signs == 0:
            self._watch.store.tables.lost["discord"] = self._watch.clock.now()
            self._happens()


async def test_a_session_that_is_lost_during_a_round_needs_another_round(watch: Watch) -> None:
    """One takes the place of another when all people of their message have been asked for."""

    def swap() -> None:
        watch.discord.unreact(POST, ANA)
        watch.discord.react(POST, BEN)

    watch.discord.react(POST, ANA)
    watch.discord.react(DIGEST, ANA, "1️⃣")
    await watch.round()
    watch.reconciler = watch.restarted()
    watch.discord.asked.clear()
    await watch.reconciler.step(LostAt(watch, 4, swap))
    assert watch.discord.asked == ["counts", "counts", POST, DIGEST]
    await watch.clock.sleep(HOUR)
    await watch.round()
    assert await watch.votes.standing(paper_id(1), BEN)


async def test_a_slow_round_ends_where_a_session_is_lost(watch: Watch) -> None:
    await watch.round()
    watch.discord.asked.clear()
    await watch.reconciler.step(LostAt(watch, 1))
    assert watch.discord.asked == ["counts"]
    await watch.round()
    assert watch.discord.asked == ["counts"] * 3
