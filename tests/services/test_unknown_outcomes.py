"""Each message is shown once, whatever a platform, the store or a stop in the middle does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.deliveries import (
    Absent,
    DeliveryState,
    Failed,
    MessageRef,
    Rate,
    Rates,
    Sent,
    Throttled,
)
from bot.errors import StoreError
from bot.services.delivering import Holds, Pace
from tests.fakes.clock import START
from tests.fakes.memory_store import MemoryStore
from tests.fakes.messenger import DISCORD, SLACK, Habits, Mishap
from tests.services.sending import ALONE, MINUTE, SECOND, How, World, a_notice, a_place
from tests.services.stories import (
    DONE,
    HERE,
    LEASE,
    Failing,
    Scripted,
    ends,
    gists,
    in_a_world,
    until,
)

if TYPE_CHECKING:
    from bot.domain.cards import Card
    from bot.domain.deliveries import Delivery, FindResult, SendResult


class LateReader(Scripted):
    """Its first call comes through without an answer; while the key is known it looks nothing up."""

    def __init__(self, world: World, answer: SendResult) -> None:
        super().__init__(world)
        self._answer = answer
        self._posts = 0

    async def send(self, delivery: Delivery, card: Card) -> SendResult:
        self._posts += 1
        if self._posts == 1:
            await super().send(delivery, card)
            return Failed("no answer", outcome_known=False)
        if self._posts == 2:
            self.server.remembered.clear()
            return self._answer
        return await super().send(delivery, card)

    async def find(self, delivery: Delivery) -> FindResult:
        found = await super().find(delivery)
        return Absent() if delivery.key in self.server.remembered else found


# --- Outcomes that nobody knows ---------------------------------------------------------


@pytest.mark.parametrize("habits", [DISCORD, SLACK, Habits()], ids=["nonce", "history", "no lag"])
@pytest.mark.parametrize("mishap", Mishap)
def test_whatever_goes_wrong_with_a_call_its_message_is_shown_once(mishap: Mishap, habits: Habits) -> None:
    async def story(world: World) -> None:
        process = world.start()
        await asyncio.sleep(2 * LEASE.total_seconds())
        world.platform.mishaps, world.platform.mishap_rate = [mishap], 1.0
        await world.put(a_notice(HERE, "told", world.clock.now()))
        await asyncio.sleep(11.5)  # the first call has ended, one way or the other
        world.platform.mishap_rate = 0.0
        await until(lambda: bool(world.heard))
        await asyncio.sleep(600)
        await process.kill()

    world = in_a_world(story, habits)
    assert gists(world) == ["told"]
    assert ends(world) == [DONE]


def test_nobody_looks_up_while_a_request_may_still_be_on_its_way() -> None:
    async def story(world: World) -> None:
        messenger = Scripted(world, Failed("no answer", outcome_known=False))
        process = world.start(how=How(messenger=messenger))
        await asyncio.sleep(2 * LEASE.total_seconds())
        await world.put(a_notice(HERE, "told", world.clock.now()))
        await until(lambda: bool(world.heard))
        await process.kill()
        (_, _, sent_at), (what, _, found_at), (again, _, _) = messenger.asked
        assert (what, again) == ("find", "send")
        assert found_at - sent_at >= (messenger.rates.longest_call + Pace().margin).total_seconds()

    assert gists(in_a_world(story)) == ["told"]


def test_a_look_up_that_fails_is_made_again_and_nothing_is_sent_before() -> None:
    async def story(world: World) -> None:
        messenger = Scripted(world, Failed("no answer", outcome_known=False))
        messenger.found = [Throttled(SECOND), Failed("busy"), KeyError("a bug"), Sent(MessageRef("there"))]
        await world.put(a_notice(HERE, "told", world.clock.now()))
        process = world.start(how=How(messenger=messenger))
        await until(lambda: bool(world.heard))
        await process.kill()
        assert [what for what, _, _ in messenger.asked] == ["send"] + ["find"] * 4

    world = in_a_world(story)
    assert ends(world) == [DONE]


class Noting(Scripted):
    """Notes since when each delivery that it looks up has only been looked up."""

    since: list[float]

    async def find(self, delivery: Delivery) -> FindResult:
        assert delivery.looked_up_since is not None
        self.since.append((self.clock.now() - delivery.looked_up_since).total_seconds())
        return await super().find(delivery)


def test_a_look_up_knows_since_when_nobody_sent_what_it_looks_for() -> None:
    async def story(world: World) -> None:
        lost = Failed("no answer", outcome_known=False)
        messenger = Noting(world, lost, lost)
        messenger.since = []
        messenger.found = [Throttled(MINUTE), Failed("busy"), Absent(), Throttled(MINUTE)]
        await world.put(a_notice(HERE, "told", world.clock.now()))
        process = world.start(how=How(messenger=messenger))
        await until(lambda: bool(world.heard))
        await process.kill()
        assert [what for what, *_ in messenger.asked] == [
            *("send", "find", "find", "find", "send", "find", "find", "send"),
        ]
        first, second, third, anew, then = messenger.since
        assert 0 <= first < 10
        assert 60 <= second < third
        assert 0 <= anew < 10
        assert then >= 60

    assert ends(in_a_world(story)) == [DONE]


def test_a_claim_that_is_missing_was_of_another_process_which_may_have_sent_it() -> None:
    holds, now = Holds(), START
    delivery = a_notice(HERE, "told", now)._replace(is_unknown=True)
    found = [
        holds.held(delivery._replace(attempt=attempt), now + minutes * MINUTE).looked_up_since
        for attempt, minutes in ((2, 0), (3, 1), (5, 2), (6, 3))
    ]
    assert found == [now, now, now + 2 * MINUTE, now + 2 * MINUTE]


@pytest.mark.parametrize("answer", [Throttled(10 * MINUTE), Failed("busy")])
def test_a_key_that_is_forgotten_while_we_wait_is_looked_up_again(answer: SendResult) -> None:
    """The first try came through; the look-up rests on the key, which is forgotten before the next try."""

    async def story(world: World) -> None:
        world.platform.habits = DISCORD
        messenger = LateReader(world, answer)
        process = world.start(how=How(messenger=messenger))
        await asyncio.sleep(2 * LEASE.total_seconds())
        await world.put(a_notice(HERE, "told", world.clock.now()))
        await until(lambda: bool(world.heard))
        await process.kill()
        assert [what for what, _, _ in messenger.asked].count("find") > 1

    world = in_a_world(story)
    assert gists(world) == ["told"]
    assert ends(world) == [DONE]


@pytest.mark.parametrize("leap", [timedelta(0), timedelta(hours=-1), timedelta(hours=1)], ids=str)
@pytest.mark.parametrize("how", [ALONE, How()], ids=["alone", "one of several"])
def test_after_a_crash_outcomes_are_looked_up_whatever_the_clock_says(how: How, leap: timedelta) -> None:
    async def story(world: World) -> None:
        world.platform.habits = replace(SLACK, latency=(2, 4))
        due_at = world.clock.now() - timedelta(hours=2)
        await world.put(*(a_notice(a_place(each), f"told {each}", due_at) for each in range(20)))
        killed = world.start(how=how)
        await asyncio.sleep(1.5)  # some requests have arrived, some are on their way
        await killed.kill()
        assert 0 < len(world.platform.messages) < 20
        assert not world.heard
        world.clock.leap(leap)
        process = world.start(how=how)
        await until(lambda: len(world.heard) == 20, at_most=timedelta(hours=2))
        if how.is_alone or leap > timedelta(0):
            assert world.clock.monotonic() < 3 * LEASE.total_seconds()
        await process.kill()

    world = in_a_world(story, SLACK)
    assert sorted(gists(world)) == sorted(f"told {each}" for each in range(20))


def test_a_second_sender_takes_over_what_the_first_had_claimed() -> None:
    async def story(world: World) -> None:
        first = world.start()
        second = world.start()
        await asyncio.sleep(2 * LEASE.total_seconds())
        world.platform.habits = replace(SLACK, latency=(5, 9))
        await world.put(*(a_notice(a_place(each), f"told {each}", world.clock.now()) for each in range(20)))
        await asyncio.sleep(4)
        await first.kill()
        await until(lambda: len(world.heard) == 20)
        await second.kill()

    world = in_a_world(story, SLACK)
    assert sorted(gists(world)) == sorted(f"told {each}" for each in range(20))


def test_a_clock_that_is_set_forwards_takes_no_lease_from_a_call_on_its_way() -> None:
    async def story(world: World) -> None:
        watchful = How(pace=Pace(recover_every=SECOND))
        processes = [world.start(how=watchful), world.start(how=watchful)]
        await asyncio.sleep(2 * LEASE.total_seconds())
        world.platform.habits = replace(SLACK, latency=(9, 9.5))
        await world.put(*(a_notice(a_place(each), f"told {each}", world.clock.now()) for each in range(20)))
        await asyncio.sleep(1.5)
        world.platform.habits = replace(SLACK, latency=(0.1, 0.1))
        world.clock.leap(timedelta(days=1))
        await until(lambda: len(world.heard) == 20)
        await asyncio.sleep(600)
        for process in processes:
            await process.kill()

    world = in_a_world(story, SLACK)
    assert sorted(gists(world)) == sorted(f"told {each}" for each in range(20))


def test_no_call_begins_that_may_outlast_its_lease() -> None:
    async def story(world: World) -> None:
        world.platform.habits = replace(SLACK, latency=(9, 9.9))
        now = world.clock.now()
        await world.put(*(a_notice(a_place(each), f"told {each}", now) for each in range(12)))
        rates = Rates(platform=Rate(1, SECOND), longest_call=10 * SECOND)
        slow = How(rates=rates, pace=Pace(most=5, poll=10 * MINUTE))
        watchful = How(pace=Pace(recover_every=SECOND))
        processes = [world.start(how=slow), world.start(how=watchful)]
        await asyncio.sleep(40.5)  # the slow one would begin its fifth call after the end of its lease
        world.platform.habits = replace(SLACK, latency=(0.1, 0.1))
        await until(lambda: len(world.heard) == 12)
        await asyncio.sleep(60)
        for process in processes:
            await process.kill()

    world = in_a_world(story)
    assert sorted(gists(world)) == sorted(f"told {each}" for each in range(12))


# --- Stopping, and a store that fails ---------------------------------------------------


def test_a_stop_lets_calls_end_puts_back_what_waits_and_takes_on_nothing() -> None:
    async def story(world: World) -> None:
        world.platform.habits = Habits(latency=(2, 2))
        now = world.clock.now()
        await world.put(*(a_notice(a_place(each), f"{each}", now) for each in range(30)))
        how = How(rates=Rates(platform=Rate(10, 30 * SECOND)), is_alone=True)
        process = world.start(how=how)
        await asyncio.sleep(31)
        before = world.clock.monotonic()
        await process.dispatcher.stop()
        assert world.clock.monotonic() - before < 3
        await process.task
        assert ends(world) == [DONE] * 10
        assert await world.delivery.recover("discord", None) == 0  # nothing is left claimed
        process = world.start(how=how)
        await until(lambda: len(world.heard) == 30)
        await process.kill()

    world = in_a_world(story)
    assert len(world.platform.messages) == 30


def test_a_stop_waits_for_a_few_seconds_only() -> None:
    async def story(world: World) -> None:
        world.platform.mishaps, world.platform.mishap_rate = [Mishap.REPLY_LOST], 1.0
        await world.put(a_notice(HERE, "told", world.clock.now()))
        process = world.start(how=ALONE)
        await asyncio.sleep(1)
        before = world.clock.monotonic()
        await process.dispatcher.stop()
        await process.task
        assert world.clock.monotonic() - before < 5
        world.platform.mishap_rate = 0.0
        process = world.start(how=ALONE)
        await until(lambda: bool(world.heard))
        await process.kill()

    assert gists(in_a_world(story)) == ["told"]


@pytest.mark.parametrize(
    "fails",
    [
        pytest.param({"settle": 5}, id="writing an outcome fails for a while"),
        pytest.param({"settle": 90}, id="it fails for longer than a lease"),
        pytest.param({"editions": 3}, id="reading an edition fails"),
        pytest.param({"claim": 2}, id="claiming fails"),
        pytest.param({"recover": 1}, id="recovering fails"),
    ],
)
def test_a_store_that_fails_for_a_while_loses_and_doubles_nothing(fails: dict[str, int]) -> None:
    async def story(world: World) -> None:
        await world.subscribe(HERE)
        await world.owe(HERE)
        world.delivery = Failing(world.delivery, fails)  # type: ignore[assignment] # it stands for one
        for _ in range(5):  # as the supervisor does
            process = world.start(how=ALONE)
            await asyncio.sleep(5 * LEASE.total_seconds())
            await process.kill()

    world = in_a_world(story)
    assert len(world.platform.messages) == 1
    assert ends(world) == [DONE]


def test_a_store_that_fails_ends_the_loop_once_calls_on_their_way_have_ended() -> None:
    async def story(world: World) -> None:
        world.platform.habits = Habits(latency=(2, 2))
        await world.put(a_notice(HERE, "told", world.clock.now()))
        fails: dict[str, int] = {}
        world.delivery = Failing(world.delivery, fails)  # type: ignore[assignment] # it stands for one
        process = world.start()
        await asyncio.sleep(0.5)
        fails["claim"] = 1
        with pytest.raises(StoreError):
            await process.task

    assert ends(in_a_world(story)) == [DONE]


@pytest.mark.parametrize("is_there", [True, False], ids=["it was posted", "it was not"])
def test_what_an_earlier_state_of_the_store_posted_is_not_posted_again_and_takes_no_votes(
    *, is_there: bool
) -> None:
    """A restored store plans a firing again; the message has the same key, and maybe other papers."""

    async def story(world: World) -> None:
        await world.subscribe(HERE)
        [owed] = await world.owe(HERE)
        if is_there:
            world.platform.post(owed, "of the earlier edition")
        store = world.store
        assert isinstance(store, MemoryStore)
        kept = store.tables.deliveries[owed.key]
        before = kept.delivery._replace(first_tried_at=world.clock.now() - SECOND)
        store.tables.deliveries[owed.key] = replace(kept, delivery=before, state=DeliveryState.UNKNOWN)
        process = world.start()
        await until(lambda: bool(world.heard))
        await process.kill()
        assert len(world.platform.shown(owed.key)) == 1
        assert bool(store.tables.ballots) is not is_there

    assert ends(in_a_world(story, SLACK)) == [DONE]
