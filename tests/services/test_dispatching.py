"""Deliveries reach their places in their order, within the limits, and none holds up another place."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot import log
from bot.domain.deliveries import (
    DeliveryKind,
    Failed,
    Rate,
    Rates,
    Reach,
    Sent,
    Throttled,
)
from bot.domain.places import Identity
from bot.ports.voting import CastVote
from bot.services import delivering, dispatching
from bot.services.delivering import CARDS_AT_ONCE, MOST_FAULTS
from tests.contract.voting import reaction, votes_over
from tests.fakes.messenger import DISCORD, Mishap
from tests.services.sending import MINUTE, POSTS, SECOND, THREAD, Fate, How, World, a_notice, a_place
from tests.services.stories import (
    DONE,
    DROPPED,
    HERE,
    THERE,
    Scripted,
    ends,
    gists,
    in_a_world,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from bot.domain.cards import Card
    from bot.domain.deliveries import Delivery, SendResult
    from bot.domain.editions import Edition


# --- In fair weather --------------------------------------------------------------------


def test_what_is_due_is_posted_and_what_is_not_waits() -> None:
    async def story(world: World) -> None:
        now = world.clock.now()
        await world.put(a_notice(HERE, "now", now), a_notice(THERE, "in an hour", now + 60 * MINUTE))
        process = world.start()
        await asyncio.sleep(5)
        assert gists(world) == ["now"]
        await until(lambda: len(world.heard) == 2)
        assert world.clock.now() - now < timedelta(hours=1, seconds=3)
        await process.kill()

    world = in_a_world(story)
    assert gists(world) == ["now", "in an hour"]
    assert ends(world) == [DONE, DONE]


def test_of_many_that_are_due_only_some_read_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What else asks the store waits behind these, and not behind all of them; a stop waits for no more."""
    reading, most, stop_took_s = 0, 0, 0.0

    async def story(world: World) -> None:
        nonlocal stop_took_s
        process = world.start()
        for number in range(60):
            await world.subscribe(a_place(number))
            await world.owe(a_place(number), POSTS, papers=1)
        read = world.delivery.editions

        async def counted(keys: Sequence[str]) -> Mapping[str, Edition]:
            nonlocal reading, most
            reading += 1
            most = max(most, reading)
            await asyncio.sleep(1)
            reading -= 1
            return await read(keys)

        monkeypatch.setattr(world.delivery, "editions", counted)
        await until(lambda: len(world.heard) >= CARDS_AT_ONCE)
        stopped_at = world.clock.monotonic()
        await process.dispatcher.stop()
        stop_took_s = world.clock.monotonic() - stopped_at
        await process.kill()

    in_a_world(story)
    assert most == CARDS_AT_ONCE
    assert stop_took_s < 2


def test_an_edition_comes_in_its_layout_and_order() -> None:
    async def story(world: World) -> None:
        for place, layout in ((HERE, POSTS), (THERE, THREAD)):
            await world.subscribe(place)
            await world.owe(place, layout, papers=4)
        process = world.start()
        await until(lambda: len(world.heard) == 9)
        await process.kill()

    world = in_a_world(story)
    posted = {place: [m.key for m in world.platform.messages if m.place == place] for place in (HERE, THERE)}
    owed = {place: [key for key, each in world.owed.items() if each.place == place] for place in posted}
    assert posted == owed


def test_what_belongs_to_a_message_follows_it() -> None:
    async def story(world: World) -> None:
        now = world.clock.now()
        heading = a_notice(HERE, "heading", now)
        kinds = (DeliveryKind.REACT, DeliveryKind.PUBLISH, DeliveryKind.EDIT)
        texts = ("👍", "", "edited")
        await world.put(
            heading,
            *(
                a_notice(HERE, text, now, parent=heading.key)._replace(key=kind.value, kind=kind)
                for kind, text in zip(kinds, texts, strict=True)
            ),
        )
        process = world.start()
        await until(lambda: len(world.heard) == 4)
        await process.kill()

    world = in_a_world(story)
    ref = world.platform.messages[0].ref
    assert set(world.platform.marks) == {(ref, "👍"), (ref, "")}
    assert world.platform.edits == [(ref, "edited")]


def test_whoever_keeps_no_sender_running_delivers_what_is_due() -> None:
    async def story(world: World) -> None:
        await world.subscribe(HERE)
        await world.owe(HERE, POSTS, papers=7)
        dispatcher = world.dispatcher()
        await dispatcher.begin()
        await dispatcher.deliver_due()

    assert ends(in_a_world(story)) == [DONE] * 7


# --- One delivery and the others --------------------------------------------------------


def test_a_delivery_that_fails_by_a_bug_is_given_up_and_holds_up_no_other_place() -> None:
    async def story(world: World) -> None:
        class Poisoned(Scripted):
            async def send(self, delivery: Delivery, card: Card) -> SendResult:
                if card.gist == "poison":
                    raise UnicodeError("secret text of a card")
                return await super().send(delivery, card)

        now = world.clock.now()
        await world.put(a_notice(HERE, "poison", now), a_notice(HERE, "behind it", now + SECOND))
        await world.put(*(a_notice(a_place(each), f"told {each}", now) for each in range(2, 30)))
        process = world.start(how=How(messenger=Poisoned(world)))
        await asyncio.sleep(3)
        assert ends(world) == [DONE] * 28
        await until(lambda: len(world.heard) == 30)
        await process.kill()

    world = in_a_world(story)
    assert ends(world)[-2:] == [DROPPED, DONE]
    assert gists(world)[-1] == "behind it"
    assert "poison" not in gists(world)


def test_a_bug_after_the_work_was_done_is_found_out() -> None:
    async def story(world: World) -> None:
        world.platform.mishaps, world.platform.mishap_rate = [Mishap.BUG_AFTER], 1.0
        messenger = Scripted(world)
        messenger.found = [KeyError("a bug")] * (MOST_FAULTS + 2)
        await world.put(a_notice(HERE, "told", world.clock.now()))
        process = world.start(how=How(messenger=messenger))
        await until(lambda: not messenger.found)
        world.platform.mishap_rate = 0.0
        await until(lambda: bool(world.heard))
        await process.kill()

    world = in_a_world(story)
    assert (gists(world), ends(world)) == (["told"], [DONE])


def test_where_nobody_can_ever_tell_it_is_dropped_with_that_word() -> None:
    async def story(world: World) -> None:
        messenger = Scripted(world, *[KeyError("a bug")] * 50)
        messenger.found = [KeyError("a bug")] * 50
        await world.subscribe(HERE)
        await world.owe(HERE)
        process = world.start(how=How(messenger=messenger))
        await until(lambda: bool(world.heard))
        await process.kill()
        last = await world.delivery.last_delivery(HERE)
        assert last is not None
        assert last.outcome == "a fault of the bot; nobody knows whether it was posted"

    assert ends(in_a_world(story)) == [DROPPED]


def test_an_edition_that_is_not_stored_any_more_is_dropped() -> None:
    async def story(world: World) -> None:
        await world.put(a_notice(HERE, "", world.clock.now())._replace(edition="of another store"))
        process = world.start()
        await until(lambda: bool(world.heard))
        await process.kill()

    world = in_a_world(story)
    assert (gists(world), ends(world)) == ([], [DROPPED])


def test_what_nothing_was_done_for_is_tried_again_later_each_time() -> None:
    async def story(world: World) -> None:
        messenger = Scripted(world, *[Failed("503")] * 6)
        await world.put(a_notice(HERE, "told", world.clock.now()))
        process = world.start(how=How(messenger=messenger))
        await until(lambda: bool(world.heard))
        await process.kill()
        at = [moment for _, _, moment in messenger.asked]
        waits = [later - earlier for earlier, later in pairwise(at)]
        assert len(waits) == 6
        assert all(
            least <= wait <= 2 * least + 1.2 for wait, least in zip(waits, (1, 2, 4, 8, 16, 32), strict=True)
        )

    assert gists(in_a_world(story)) == ["told"]


def test_waiting_for_a_turn_makes_no_later_wait_longer() -> None:
    async def story(world: World) -> None:
        await world.put(a_notice(HERE, "told", world.clock.now()))
        messenger = Scripted(world, *[Throttled(10 * SECOND)] * 12, Failed("503"))
        process = world.start(how=How(messenger=messenger))
        await until(lambda: bool(world.heard))
        await process.kill()
        at = [moment for _, _, moment in messenger.asked]
        assert at[-1] - at[-2] < 4

    assert gists(in_a_world(story)) == ["told"]


def test_what_is_too_late_is_dropped_and_never_sent() -> None:
    async def story(world: World) -> None:
        now = world.clock.now()
        await world.put(a_notice(HERE, "stale", now - 60 * MINUTE, expires_at=now - MINUTE))
        await world.put(a_notice(THERE, "busy", now, expires_at=now + MINUTE))
        process = world.start(how=How(messenger=Scripted(world, *[Failed("503")] * 50)))
        await until(lambda: len(world.heard) == 2)
        await process.kill()

    world = in_a_world(story)
    assert (gists(world), ends(world)) == ([], [DROPPED, DROPPED])


def test_a_reply_to_a_message_that_somebody_deleted_is_dropped() -> None:
    async def story(world: World) -> None:
        await world.subscribe(HERE)
        await world.owe(HERE, THREAD, papers=1)
        process = world.start(how=How(messenger=Scripted(world, Sent(None))))
        await until(lambda: len(world.heard) == 2)
        await process.kill()

    world = in_a_world(story)
    assert (gists(world), ends(world)) == ([], [DONE, DROPPED])


# --- Limits -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [DeliveryKind.EDIT, DeliveryKind.REACT, DeliveryKind.PUBLISH])
def test_a_deleted_message_is_noticed_by_what_was_to_be_done_to_it_and_its_votes_stay(
    kind: DeliveryKind,
) -> None:
    async def story(world: World) -> None:
        votes = votes_over(world.store)
        for place in (HERE, THERE):
            await world.subscribe(place)
        [post], _ = await world.owe(HERE), await world.owe(THERE)
        process = world.start()
        await until(lambda: len(world.heard) == 2)
        [opened] = await votes.open_ballots(HERE, world.clock.now() - MINUTE)
        vote = reaction(opened.ballot.message, Identity("discord:ana"), place=HERE, at=world.clock.now())
        await votes.write(CastVote(vote))
        world.platform.deleted.add(opened.ballot.message)
        change = a_notice(HERE, "brought up to date", world.clock.now(), parent=post.key)
        await world.put(change._replace(kind=kind))
        await until(lambda: len(world.heard) == 3)
        await process.kill()
        assert await votes.open_ballots(HERE, world.clock.now() - MINUTE) == []
        assert len(await votes.open_ballots(THERE, world.clock.now() - MINUTE)) == 1
        assert await votes.standing(vote.paper, vote.identity) == [vote]

    world = in_a_world(story)
    assert ends(world) == [DONE] * 3
    assert len(gists(world)) == 2, "what was deleted stays deleted"


@pytest.mark.parametrize(
    ("reach", "in_time"),
    [
        pytest.param(Reach.CALL, {"neighbour", "stranger"}, id="call"),
        pytest.param(Reach.SERVER, {"stranger"}, id="server"),
        pytest.param(Reach.PLATFORM, set(), id="platform"),
    ],
)
def test_being_told_to_wait_is_obeyed_and_stops_nothing_else(reach: Reach, in_time: set[str]) -> None:
    async def story(world: World) -> None:
        now = world.clock.now()
        await world.put(a_notice(HERE, "first", now))
        process = world.start(how=How(messenger=Scripted(world, Throttled(MINUTE, reach))))
        await asyncio.sleep(2)
        await world.put(a_notice(THERE, "neighbour", now), a_notice(a_place(3, "other"), "stranger", now))
        await asyncio.sleep(50)
        assert set(gists(world)) == in_time
        await asyncio.sleep(20)
        await process.kill()

    assert set(gists(in_a_world(story))) == {"first", "neighbour", "stranger"}


def test_six_hundred_places_at_once_take_no_429_and_little_of_the_limit_is_lost() -> None:
    limit = Rate(50, SECOND)
    took_s = 0.0

    async def story(world: World) -> None:
        nonlocal took_s
        world.platform.habits = replace(DISCORD, window=limit)
        now = world.clock.now()
        await world.put(*(a_notice(a_place(each, f"guild-{each}"), f"{each}", now) for each in range(600)))
        process = world.start(how=How(rates=Rates(platform=limit, place=Rate(1, SECOND))))
        await until(lambda: len(world.heard) == 600)
        took_s = world.clock.monotonic()
        await process.kill()

    world = in_a_world(story)
    assert world.platform.refusals == 0
    assert len(set(gists(world))) == len(gists(world)) == 600
    assert 600 / (took_s - 1) >= 0.85 * 50  # limits begin full: the first second is not its own


def test_a_sender_that_takes_over_counts_what_the_one_before_it_has_sent() -> None:
    rates = Rates(platform=Rate(10, SECOND))

    async def story(world: World) -> None:
        now = world.clock.now()
        senders = [world.dispatcher(how=How(rates=rates)) for _ in range(2)]
        await asyncio.sleep(10)
        for round_, sender in enumerate(senders):
            await world.put(*(a_notice(a_place(each), f"{round_}", now) for each in range(30)))
            running = asyncio.create_task(sender.run(lambda: None))
            while len(world.heard) < 30 * (round_ + 1):  # noqa: ASYNC110 - time is virtual
                await asyncio.sleep(0.01)
            await sender.stop()
            await running

    world = in_a_world(story, replace(DISCORD, window=Rate(10, SECOND)))
    assert len(gists(world)) == 60
    assert world.platform.refusals == 0


def test_a_crowded_server_waits_for_its_own_limit_and_the_others_go_on() -> None:
    async def story(world: World) -> None:
        now = world.clock.now()
        crowd = [a_notice(a_place(each, "crowded"), f"crowd {each}", now) for each in range(150)]
        await world.put(*crowd)
        process = world.start(how=How(rates=Rates(server=Rate(1, SECOND))))
        await asyncio.sleep(60)
        before = world.clock.monotonic()
        await world.put(a_notice(a_place(1, "quiet"), "quiet", world.clock.now()))
        await until(lambda: "quiet" in gists(world))
        assert world.clock.monotonic() - before < 15
        await until(lambda: len(world.heard) == 151)
        await process.kill()

    assert len(in_a_world(story).platform.messages) == 151


def test_many_outcomes_to_look_up_in_one_server_do_not_crowd_out_the_sending() -> None:
    async def story(world: World) -> None:
        now = world.clock.now()
        await world.put(*(a_notice(a_place(each), f"{each}", now) for each in range(100)))
        slow = How(rates=Rates(server=Rate(2, SECOND), longest_call=10 * SECOND), is_alone=True)
        killed = world.start(Fate(world.random, dies_at=5), how=slow)  # all are claimed, and few are sent
        await asyncio.sleep(5)
        await killed.kill()
        process = world.start(how=slow)
        await until(lambda: len(world.heard) == 100, at_most=10 * MINUTE)
        await process.kill()

    assert len(set(gists(in_a_world(story)))) == 100


# --- What is logged ---------------------------------------------------------------------


@pytest.fixture
def _written_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    log.configure("debug", "json")
    for module in (delivering, dispatching):
        monkeypatch.setattr(module, "log", log.logger("sender"))
    yield
    log.configure("warning", "text")


@pytest.mark.usefixtures("_written_log")
def test_no_text_of_a_card_and_no_message_of_a_fault_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    async def story(world: World) -> None:
        messenger = Scripted(world, KeyError("secret"), Failed("503"), Throttled(SECOND))
        await world.put(a_notice(HERE, "secret", world.clock.now()))
        process = world.start(how=How(messenger=messenger))
        await until(lambda: bool(world.heard))
        await process.kill()

    in_a_world(story)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {line["event"] for line in lines} >= {"delivered", "told to wait", "put back"}
    assert not [line for line in lines if "secret" in json.dumps(line)]
    [fault] = [line for line in lines if "fault of the bot" in line["event"]]
    assert fault["why"].startswith("KeyError at stories.py:")


# --- What deliveries leave ----------------------------------------------------------


def test_turns_are_left_to_others_only_while_it_knows_which_are_wanted() -> None:
    async def story(world: World) -> None:
        process = world.start()
        sender = process.dispatcher

        def turns() -> list[AbstractAsyncContextManager[object] | None]:
            return [sender.left_over(), sender.aside(), sender.turn(HERE)]

        assert turns() == [None] * 3, "another process may have the turns"
        await until(lambda: sender.left_over() is not None)
        for turn in turns():
            assert turn is not None
            async with turn:
                pass
        await process.kill()
        assert turns() == [None] * 3

    in_a_world(story)
