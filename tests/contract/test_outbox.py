"""Deliveries from planned to claimed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.deliveries import ON_MESSAGES, Delivery, DeliveryKind, DeliveryState, MessageRef, Settled
from bot.domain.editions import EditionKind
from bot.domain.places import Place
from bot.ports.delivery import LastDelivery, OutboxState
from tests.contract.making import ELSEWHERE, HERE, HOUR, NEXT_DOOR, NOON, paper_id
from tests.contract.records import ODD
from tests.contract.subscribing import (
    LEASE,
    MESSAGE,
    MINUTE,
    claimed,
    digest,
    done,
    dropped,
    edition,
    kept,
    planned,
    post,
    posts,
    standing,
    thread,
    unknown,
    waiting,
)
from tests.contract.voting import posted

DAY = timedelta(days=1)

if TYPE_CHECKING:
    from datetime import datetime

    from tests.contract.subscribing import DeliveryStore


def on(server: int, channel: int = 1) -> Place:
    return Place("discord", str(server), str(channel))


def places(found: list[Delivery]) -> list[tuple[int, int]]:
    return [(int(each.place.server), int(each.place.channel)) for each in found]


# --- Adding ---------------------------------------------------------------------


async def test_a_delivery_comes_back_as_it_was_put(delivery: DeliveryStore) -> None:
    full = post(HERE, DeliveryKind.NOTICE, 7, text=ODD, silent=False, expires_at=NOON + HOUR, edition="none")
    assert await delivery.put([full]) == 1
    assert await claimed(delivery, NOON + MINUTE) == [full._replace(attempt=1, first_tried_at=NOON + MINUTE)]


async def test_a_key_that_is_there_is_left_alone(delivery: DeliveryStore) -> None:
    first = post(HERE, text="first")
    assert await delivery.put([first, first._replace(text="twice")]) == 1
    assert await delivery.put([first._replace(text="again"), post(NEXT_DOOR)]) == 1
    assert sorted(each.text for each in await claimed(delivery)) == ["", "first"]
    assert await delivery.put([]) == 0


async def test_what_is_done_is_not_owed_again(delivery: DeliveryStore) -> None:
    await delivery.put([post(HERE)])
    (tried,) = await claimed(delivery)
    await delivery.settle(tried, done(), NOON)
    assert await delivery.put([post(HERE)]) == 0
    assert await claimed(delivery) == []


# --- Which may be tried -----------------------------------------------------------


async def test_nothing_is_claimed_before_it_is_due_or_on_another_platform(delivery: DeliveryStore) -> None:
    await delivery.put([post(HERE, due_at=NOON), post(ELSEWHERE, due_at=NOON)])
    assert await claimed(delivery, NOON - timedelta(microseconds=1)) == []
    assert [each.place for each in await claimed(delivery)] == [HERE]
    assert [each.place for each in await claimed(delivery, platform="slack")] == [ELSEWHERE]
    assert await claimed(delivery, platform="disc") == []


async def test_one_delivery_of_a_place_at_a_time(delivery: DeliveryStore) -> None:
    first, second = post(HERE, name="1", due_at=NOON - MINUTE), post(HERE, name="2")
    await delivery.put([second, first])
    (tried,) = await claimed(delivery)
    assert tried.key == first.key
    assert await claimed(delivery) == []
    assert await delivery.settle(tried, done(), NOON)
    assert [each.key for each in await claimed(delivery)] == [second.key]


ORDERED = [
    post(HERE, name="b", due_at=NOON - HOUR, part=2),
    post(HERE, DeliveryKind.REPLY, name="a", due_at=NOON - MINUTE, part=1),
    post(HERE, name="c", due_at=NOON - MINUTE, part=2),
    *sorted((post(HERE, name=name, part=3) for name in "xyz"), key=lambda each: each.key),
    post(HERE, DeliveryKind.NOTICE, due_at=NOON - 3 * HOUR),
    post(HERE, DeliveryKind.EDIT, due_at=NOON - 4 * HOUR),
    post(HERE, DeliveryKind.REACT, due_at=NOON - 5 * HOUR),
]


async def test_a_place_is_served_by_priority_due_time_part_and_key(delivery: DeliveryStore) -> None:
    await delivery.put(ORDERED[::-1])
    served = []
    while some := await claimed(delivery):
        served += some
        for each in some:
            await delivery.settle(each, done(), NOON)
    assert [each.key for each in served] == [each.key for each in ORDERED]


@pytest.mark.parametrize("state", [waiting(NOON + MINUTE), unknown(NOON + MINUTE), None])
async def test_one_that_waits_or_is_tried_holds_back_those_behind_it(
    state: Settled | None, delivery: DeliveryStore
) -> None:
    first = post(HERE, name="1", due_at=NOON - MINUTE)
    await delivery.put([first, post(HERE, name="2"), post(HERE, DeliveryKind.NOTICE), post(NEXT_DOOR)])
    tried = next(each for each in await claimed(delivery) if each.key == first.key)
    if state is not None:
        assert await delivery.settle(tried, state, NOON)
    assert await claimed(delivery) == []
    if state is not None:
        assert [each.key for each in await claimed(delivery, NOON + MINUTE)] == [first.key]


async def test_a_post_never_waits_for_a_notice(delivery: DeliveryStore) -> None:
    notice, own = post(HERE, DeliveryKind.NOTICE), post(HERE)
    await delivery.put([notice])
    assert [each.key for each in await claimed(delivery)] == [notice.key]
    await delivery.put([own])
    assert [each.key for each in await claimed(delivery)] == [own.key]
    assert await claimed(delivery) == []


async def test_one_that_is_not_due_yet_holds_nobody_back(delivery: DeliveryStore) -> None:
    await delivery.put([post(HERE, due_at=NOON + HOUR), post(HERE, DeliveryKind.NOTICE)])
    assert [each.kind for each in await claimed(delivery)] == [DeliveryKind.NOTICE]


# --- In turn ----------------------------------------------------------------------


async def test_servers_take_turns(delivery: DeliveryStore) -> None:
    for server, channels in [(1, 4), (2, 1), (3, 2)]:
        await delivery.put([post(on(server, channel)) for channel in range(1, channels + 1)])
    found = places(await claimed(delivery, limit=4))
    assert {server for server, _ in found[:3]} == {1, 2, 3}
    assert found[3][0] in {1, 3}
    rest = places(await claimed(delivery))
    assert sorted(server for server, _ in (*found[3:], *rest[:1])) == [1, 3]
    assert [server for server, _ in rest[1:]] == [1, 1]


async def test_a_server_that_comes_later_does_not_wait_for_all_of_another(delivery: DeliveryStore) -> None:
    await delivery.put([post(on(1, channel)) for channel in range(30)])
    assert len(await claimed(delivery, limit=10)) == 10
    await delivery.put([post(on(2, channel)) for channel in range(5)])
    servers = [server for server, _ in places(await claimed(delivery, limit=10))]
    assert sorted(servers) == [1] * 5 + [2] * 5


async def test_a_server_that_was_quiet_is_not_owed_the_turns_it_did_not_need(delivery: DeliveryStore) -> None:
    await delivery.put([post(on(1, channel)) for channel in range(40)])
    for number, each in enumerate(await claimed(delivery, limit=20)):
        await delivery.settle(each, done(MessageRef(str(number))), NOON)
    for channel in range(20):
        await delivery.put([post(on(2, channel))])
    servers = [server for server, _ in places(await claimed(delivery, limit=10))]
    assert servers.count(1) >= 4


async def test_what_is_owed_at_one_moment_goes_in_the_order_of_places(delivery: DeliveryStore) -> None:
    await delivery.put([post(on(server)) for server in (3, 7, 1, 5, 2, 6, 4)])
    found = [places(await claimed(delivery, limit=limit)) for limit in (3, 9)]
    assert found == [[(1, 1), (2, 1), (3, 1)], [(4, 1), (5, 1), (6, 1), (7, 1)]]


async def test_posts_go_before_the_notices_of_any_server(delivery: DeliveryStore) -> None:
    await delivery.put([post(on(1), DeliveryKind.NOTICE), post(on(2, 1)), post(on(2, 2))])
    assert [server for server, _ in places(await claimed(delivery))] == [2, 2, 1]


async def test_no_more_are_claimed_than_there_is_room_for(delivery: DeliveryStore) -> None:
    await delivery.put([post(on(server)) for server in range(5)])
    assert [len(await claimed(delivery, limit=limit)) for limit in (0, 2, 9, 9)] == [0, 2, 3, 0]


# --- Tries ------------------------------------------------------------------------


async def test_each_try_is_counted_and_the_first_is_remembered(delivery: DeliveryStore) -> None:
    await delivery.put([post(HERE)])
    tries = []
    for minutes in range(3):
        now = NOON + minutes * MINUTE
        (tried,) = await claimed(delivery, now)
        tries.append((tried.attempt, tried.first_tried_at))
        assert await delivery.settle(tried, waiting(now + MINUTE), now)
    assert tries == [(1, NOON), (2, NOON), (3, NOON)]


async def test_an_unknown_outcome_comes_back_as_unknown(delivery: DeliveryStore) -> None:
    await delivery.put([post(HERE)])
    known = []
    for state in (waiting(NOON), unknown(NOON), unknown(NOON), waiting(NOON), done()):
        (tried,) = await claimed(delivery)
        known.append(tried.is_unknown)
        assert await delivery.settle(tried, state, NOON)
    assert known == [False, False, True, True, False]


# --- Children -----------------------------------------------------------------------


async def test_a_child_waits_for_its_parent_and_bears_its_message(delivery: DeliveryStore) -> None:
    parent = post(HERE)
    child = post(NEXT_DOOR, DeliveryKind.REPLY, parent=parent.key)
    await delivery.put([parent, child])
    (tried,) = await claimed(delivery)
    assert (tried.key, tried.parent_message) == (parent.key, None)
    assert await claimed(delivery) == []
    await delivery.settle(tried, unknown(NOON), NOON)
    (tried,) = await claimed(delivery)
    await delivery.settle(tried, done(MessageRef("8001/7")), NOON)
    (tried,) = await claimed(delivery)
    assert (tried.key, tried.parent_message) == (child.key, "8001/7")


async def test_a_child_of_a_message_that_was_deleted_bears_none(delivery: DeliveryStore) -> None:
    parent = post(HERE)
    await delivery.put([parent, post(HERE, DeliveryKind.REACT, parent=parent.key)])
    (tried,) = await claimed(delivery)
    await delivery.settle(tried, done(None), NOON)
    (tried,) = await claimed(delivery)
    assert (tried.parent, tried.parent_message) == (parent.key, None)


async def test_a_child_that_is_not_ready_holds_nobody_back(delivery: DeliveryStore) -> None:
    parent = post(NEXT_DOOR, name="parent")
    child = post(HERE, DeliveryKind.REPLY, parent=parent.key, due_at=NOON - HOUR)
    await delivery.put([parent, child, post(HERE, name="own")])
    assert {each.place for each in await claimed(delivery)} == {HERE, NEXT_DOOR}


@pytest.mark.parametrize("is_there", [True, False])
async def test_a_child_falls_at_once_where_its_parent_has_or_is_nowhere(
    is_there: bool, delivery: DeliveryStore
) -> None:
    parent = post(HERE)
    if is_there:
        await delivery.put([parent])
        (tried,) = await claimed(delivery)
        await delivery.settle(tried, dropped("refused"), NOON - HOUR)
    child = post(HERE, DeliveryKind.EDIT, parent=parent.key)
    assert await delivery.put([child]) == 1
    assert await claimed(delivery) == []
    assert await delivery.dropped(NOON, NOON + MINUTE) == {
        "The message that it belongs to was not delivered.": 1
    }


# --- Recovering -----------------------------------------------------------------------


async def test_a_lease_that_is_over_makes_its_claim_unknown(delivery: DeliveryStore) -> None:
    await delivery.put([post(HERE)])
    (first,) = await claimed(delivery)
    assert await delivery.recover("discord", NOON + LEASE - MINUTE) == 0
    assert await claimed(delivery, NOON + LEASE - MINUTE) == []
    assert await delivery.recover("slack", NOON + LEASE) == 0
    assert await delivery.recover("discord", NOON + LEASE) == 1
    assert await delivery.settle(first, done(), NOON + LEASE) is False
    (again,) = await claimed(delivery, NOON + LEASE)
    assert (again.attempt, again.is_unknown, again.first_tried_at) == (2, True, NOON)


async def test_all_claims_become_unknown_at_a_start(delivery: DeliveryStore) -> None:
    await delivery.put([post(on(server)) for server in range(3)])
    assert len(await claimed(delivery, limit=2)) == 2
    assert await delivery.recover("discord", None) == 2
    assert await delivery.recover("discord", None) == 0
    assert sorted(each.is_unknown for each in await claimed(delivery)) == [False, True, True]


# --- What is told of it -----------------------------------------------------------------


async def test_the_backlog_is_what_is_due_and_not_done(delivery: DeliveryStore) -> None:
    assert await delivery.backlog("discord", NOON) == OutboxState(0, None)
    await delivery.put(
        [post(HERE, due_at=NOON - HOUR), post(NEXT_DOOR, due_at=NOON), post(on(1), due_at=NOON + HOUR)]
    )
    assert await delivery.backlog("discord", NOON) == OutboxState(2, NOON - HOUR)
    assert await delivery.backlog("slack", NOON) == OutboxState(0, None)
    for each in await claimed(delivery):
        assert await delivery.settle(each, done() if each.place == HERE else waiting(NOON), NOON)
    assert await delivery.backlog("discord", NOON) == OutboxState(1, NOON)


async def test_what_was_dropped_is_counted_by_its_outcome(delivery: DeliveryStore) -> None:
    await delivery.put([post(on(server)) for server in range(4)])
    outcomes = ["gone", "refused", "gone", "gone"]
    for each, why, minutes in zip(await claimed(delivery), outcomes, range(4), strict=True):
        await delivery.settle(each, dropped(why), NOON + minutes * MINUTE)
    assert await delivery.dropped(NOON, NOON + 3 * MINUTE) == {"gone": 2, "refused": 1}
    assert await delivery.dropped(NOON + 3 * MINUTE, NOON + HOUR) == {"gone": 1}
    assert await delivery.dropped(NOON + HOUR, NOON + 2 * HOUR) == {}


async def test_the_last_edition_is_the_newest_firing_of_the_place(delivery: DeliveryStore) -> None:
    assert await delivery.last_edition(HERE) is None
    before, other = standing(), standing("other", NEXT_DOOR)
    await kept(delivery, before, other)
    first, second = edition(before, (1,), at=NOON), edition(before, (), at=NOON - HOUR, reason="Nothing.")
    later = edition(other, (1,), at=NOON + HOUR)
    plan = planned(before, second)
    await delivery.plan([plan, planned(other, later)])
    await delivery.plan([planned(plan.after, first)])
    assert await delivery.last_edition(HERE) == first
    assert await delivery.last_edition(NEXT_DOOR) == later


async def test_the_last_delivery_is_that_of_the_newest_edition_with_any(delivery: DeliveryStore) -> None:
    assert await delivery.last_delivery(HERE) is None
    before = standing()
    await kept(delivery, before)
    first, second, third = (
        edition(before, papers, at=NOON + hours * HOUR)
        for hours, papers in enumerate([(1, 2), (3, 4, 5), ()])
    )
    older = planned(before, first, digest(first))
    newer = planned(older.after, second, digest(second))
    quiet = planned(newer.after, third)
    for plan in (older, newer, quiet):
        assert list(await delivery.plan([plan])) == [True]
    waits = LastDelivery(second.fires_at, NOON, DeliveryState.WAITING, papers=3)
    assert await delivery.last_delivery(HERE) == waits
    assert await delivery.last_delivery(NEXT_DOOR) is None
    for message in ("8001/1", "8001/2"):
        (tried,) = await claimed(delivery)
        await delivery.settle(tried, done(MessageRef(message)), NOON + MINUTE)
    told = LastDelivery(second.fires_at, NOON, DeliveryState.DONE, "delivered", NOON + MINUTE, 3)
    assert await delivery.last_delivery(HERE) == told


async def test_what_shows_a_paper_in_a_place_is_found_the_newest_first(delivery: DeliveryStore) -> None:
    here, there = standing(), standing("there", NEXT_DOOR)
    await kept(delivery, here, there)
    first, second = edition(here, (1, 2)), edition(here, (1, 3), at=NOON + HOUR, kind=EditionKind.RECAP)
    away = edition(there, (1,))
    older = planned(here, first, posts(first))
    for plan in (older, planned(older.after, second, digest(second)), planned(there, away, thread(away))):
        assert list(await delivery.plan([plan])) == [True]
    await delivery.put(
        [post(HERE, text=paper_id(1)), post(first, DeliveryKind.EDIT, 1, parent=post(first).key)]
    )
    found = [(each.edition, each.part) for each in await delivery.showing(HERE, paper_id(1))]
    assert found == [(second.key, 0), (first.key, 1)]
    found = [(each.edition, each.part) for each in await delivery.showing(HERE, paper_id(2))]
    assert found == [(first.key, 2)]
    assert [each.kind for each in await delivery.showing(NEXT_DOOR, paper_id(1))] == [DeliveryKind.REPLY]
    assert list(await delivery.showing(HERE, paper_id(4))) == []


async def test_what_was_dropped_shows_nothing(delivery: DeliveryStore) -> None:
    before = standing()
    await kept(delivery, before)
    owed = edition(before, (1,))
    await delivery.plan([planned(before, owed, digest(owed))])
    (tried,) = await claimed(delivery)
    assert [each.key for each in await delivery.showing(HERE, paper_id(1))] == [tried.key]
    await delivery.settle(tried, dropped(), NOON)
    assert list(await delivery.showing(HERE, paper_id(1))) == []


async def test_a_message_that_is_brought_up_to_date_was_delivered_all_the_same(
    delivery: DeliveryStore,
) -> None:
    before = standing()
    await kept(delivery, before)
    owed = edition(before, (1,))
    await delivery.plan([planned(before, owed, digest(owed))])
    (tried,) = await claimed(delivery)
    await delivery.settle(tried, done(), NOON)
    await delivery.put([post(owed, DeliveryKind.EDIT, parent=tried.key, due_at=NOON + HOUR)])
    told = LastDelivery(NOON, NOON, DeliveryState.DONE, "delivered", NOON, 1)
    assert await delivery.last_delivery(HERE) == told


@pytest.mark.parametrize(
    ("outcomes", "state", "outcome"),
    [
        ([done(), done(), done()], DeliveryState.DONE, "delivered"),
        ([done(), dropped("refused"), done()], DeliveryState.DROPPED, "refused"),
        ([dropped("refused"), done()], DeliveryState.WAITING, ""),
        ([done(), waiting(NOON + HOUR)], DeliveryState.WAITING, "told to wait"),
        ([unknown(NOON + HOUR)], DeliveryState.UNKNOWN, "no answer"),
        ([], DeliveryState.WAITING, ""),
    ],
)
async def test_of_several_deliveries_an_open_one_speaks_then_a_dropped_one(
    outcomes: list[Settled], state: DeliveryState, outcome: str, delivery: DeliveryStore
) -> None:
    before = standing()
    await kept(delivery, before)
    firing = edition(before)
    parts = posts(firing)
    seed = post(firing, DeliveryKind.REACT, parent=parts[0].key)
    await delivery.plan([planned(before, firing, [*parts, seed])])
    for number, settled in enumerate(outcomes):
        (tried,) = await claimed(delivery)
        message = MessageRef(f"{number}") if settled.message else None
        await delivery.settle(tried, replace(settled, message=message), NOON + number * MINUTE)
    is_over = state in {DeliveryState.DONE, DeliveryState.DROPPED}
    done_at = NOON + (len(outcomes) - 1) * MINUTE if is_over else None
    assert await delivery.last_delivery(HERE) == LastDelivery(NOON, NOON, state, outcome, done_at, 3)


# --- Forgetting ---------------------------------------------------------------------------


async def test_what_was_over_long_ago_is_forgotten(delivery: DeliveryStore) -> None:
    await delivery.put([post(on(server)) for server in range(4)])
    for each, hours in zip(await claimed(delivery, limit=3), (0, 1, 2), strict=True):
        await delivery.settle(each, done(MessageRef(f"m{hours}")), NOON + hours * HOUR)
    assert await delivery.forget(NOON) == 0
    assert await delivery.forget(NOON + 2 * HOUR) == 2
    assert await delivery.forget(NOON + 2 * HOUR) == 0
    assert await delivery.forget(NOON + 9 * HOUR) == 1
    assert len(await claimed(delivery)) == 1


async def test_the_newest_edition_of_a_place_is_never_forgotten(delivery: DeliveryStore) -> None:
    before = standing()
    await kept(delivery, before)
    editions = [edition(before, (number,), at=NOON + number * HOUR) for number in range(3)]
    last = before
    for each in editions:
        plan = planned(last, each, digest(each))
        await delivery.plan([plan])
        last = plan.after
        (tried,) = await claimed(delivery, each.fires_at)
        await delivery.settle(tried, done(MessageRef(each.key)), each.fires_at)
    quiet = edition(before, (), at=NOON + 3 * HOUR, reason="Nothing.")
    await delivery.plan([planned(last, quiet)])
    assert await delivery.forget(NOON + 99 * HOUR) == 4
    assert await delivery.forget(NOON + 99 * HOUR) == 0
    assert set(await delivery.editions([each.key for each in (*editions, quiet)])) == {
        editions[2].key,
        quiet.key,
    }
    last_told = await delivery.last_delivery(HERE)
    assert last_told is not None
    assert last_told.done_at == NOON + 2 * HOUR


async def test_what_is_still_needed_is_not_forgotten(delivery: DeliveryStore) -> None:
    line, parent = post(HERE, DeliveryKind.NOTICE), post(NEXT_DOOR)
    child = post(NEXT_DOOR, DeliveryKind.EDIT, parent=parent.key, due_at=NOON + HOUR)
    await kept(delivery, standing()._replace(empty_line=line.key))
    await delivery.put([line, parent, child])
    for each in await claimed(delivery):
        await delivery.settle(each, done(MessageRef(each.key)), NOON)
    assert await delivery.forget(NOON + HOUR) == 0
    (tried,) = await claimed(delivery, NOON + HOUR)
    assert tried.parent_message == MessageRef(parent.key)
    await delivery.settle(tried, done(MESSAGE), NOON + HOUR)
    assert await delivery.forget(NOON + 2 * HOUR) == 2


# --- A clock that was ahead -------------------------------------------------------------


async def test_a_lease_of_a_clock_that_was_ahead_ends(delivery: DeliveryStore) -> None:
    await delivery.put([post(HERE), post(NEXT_DOOR)])
    await delivery.claim("discord", "one", NOON, NOON + 400 * DAY, 1)
    await delivery.claim("discord", "two", NOON, NOON + DAY, 1)
    assert await delivery.recover("discord", NOON) == 1
    assert [each.is_unknown for each in await claimed(delivery)] == [True]


async def test_what_a_clock_that_was_ahead_put_off_holds_its_place_up_no_more(
    delivery: DeliveryStore,
) -> None:
    await delivery.put([post(HERE, name="first"), post(NEXT_DOOR)])
    for settled in (waiting(NOON + 400 * DAY), unknown(NOON + DAY)):
        (tried,) = await delivery.claim("discord", "one", NOON, NOON + LEASE, 1)
        assert isinstance(tried, Delivery)
        await delivery.settle(tried, settled, NOON)
    await delivery.put([post(HERE, name="second", due_at=NOON + HOUR)])
    assert await claimed(delivery, NOON + HOUR) == []
    assert await delivery.recover("discord", NOON + HOUR) == 0
    assert len(await claimed(delivery, NOON + HOUR)) == 1


# --- What was posted --------------------------------------------------------------------


async def test_what_was_posted_in_a_span_is_known(delivery: DeliveryStore) -> None:
    await posted(delivery, MessageRef("8001/1"), (1,))
    await posted(delivery, MessageRef("8002/2"), (2, 3), NEXT_DOOR, NOON + HOUR)
    await posted(delivery, MessageRef("C01/3"), (1,), ELSEWHERE)

    async def found(first: datetime, until: datetime, platform: str = "discord") -> list[Place]:
        return [each.place for each in await delivery.posted(platform, first, until)]

    assert await found(NOON, NOON + HOUR) == [HERE]
    assert await found(NOON, NOON + 2 * HOUR) == [HERE, NEXT_DOOR]
    assert await found(NOON + HOUR, NOON + 2 * HOUR) == [NEXT_DOOR]
    assert await found(NOON, NOON + HOUR, "slack") == [ELSEWHERE]
    await delivery.put([post(HERE, DeliveryKind.NOTICE, name="n", text="Hello.")])
    for each in await claimed(delivery):
        await delivery.settle(each, done(), NOON)
    assert await found(NOON, NOON + HOUR) == [HERE]


async def test_what_was_deleted_by_then_was_not_posted(delivery: DeliveryStore) -> None:
    before = standing()
    await kept(delivery, before)
    firing = edition(before)
    await delivery.plan([planned(before, firing, digest(firing))])
    (one,) = await claimed(delivery)
    await delivery.settle(one, done(None), NOON)
    assert list(await delivery.posted("discord", NOON, NOON + HOUR)) == []


@pytest.mark.parametrize("kind", sorted(ON_MESSAGES))
async def test_what_turns_out_to_be_deleted_was_not_posted_and_nothing_more_is_done_to_it(
    delivery: DeliveryStore, kind: DeliveryKind
) -> None:
    await posted(delivery, MESSAGE, (1,))
    [there] = await delivery.posted("discord", NOON, NOON + HOUR)
    first, second = (
        post(HERE, kind, name=name, text="👍")._replace(parent=there.key) for name in ("first", "second")
    )
    await delivery.put([first])
    [tried] = await claimed(delivery)
    settled = replace(done(None), deleted=MESSAGE)
    assert await delivery.settle(tried, settled, NOON)
    assert list(await delivery.posted("discord", NOON, NOON + HOUR)) == []
    await delivery.put([second])
    assert [each.parent_message for each in await claimed(delivery)] == [None]


async def test_who_lost_the_lease_says_of_no_message_that_it_was_deleted(delivery: DeliveryStore) -> None:
    await posted(delivery, MESSAGE, (1,))
    [there] = await delivery.posted("discord", NOON, NOON + HOUR)
    await delivery.put([post(HERE, DeliveryKind.EDIT, name="edit", text="Hello.")._replace(parent=there.key)])
    [tried] = await claimed(delivery)
    late = tried._replace(attempt=tried.attempt - 1)
    assert not await delivery.settle(late, replace(done(None), deleted=MESSAGE), NOON)
    assert list(await delivery.posted("discord", NOON, NOON + HOUR)) == [there]
