from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING

import pytest

from bot.domain.places import Identity, Place, PlaceKind, PlaceProfile
from bot.domain.subscriptions import EVERY_DAY, Empty, Layout, Standing
from bot.ports.delivery import Broken, Caps, Change, Saved, Undo
from tests.contract.making import ANA, BEN, ELSEWHERE, HERE, HOUR, NEXT_DOOR, NOON, paper_id
from tests.contract.records import ODD
from tests.contract.subscribing import (
    CAPS,
    MINUTE,
    changed,
    edition,
    kept,
    planned,
    spoil,
    standing,
)

if TYPE_CHECKING:
    from bot.ports import Store
    from bot.store.engine import Value
    from tests.contract.subscribing import DeliveryStore

OTHER_SERVER = Place("discord", "70012", "8001")
"""A server whose name begins with that of another."""


def names(found: object) -> list[str]:
    assert isinstance(found, (list, tuple))
    return [each.id if isinstance(each, Broken) else each.subscription.id for each in found]


async def all_of(delivery: DeliveryStore) -> list[Standing | Broken]:
    return [each async for each in delivery.all_subscriptions()]


# --- Reading --------------------------------------------------------------------


async def test_nothing_is_there_at_first(delivery: DeliveryStore) -> None:
    assert list(await delivery.subscriptions(HERE)) == []
    assert list(await delivery.server_subscriptions(HERE.server_key)) == []
    assert await all_of(delivery) == []


async def test_a_subscription_comes_back_as_it_was_kept(delivery: DeliveryStore) -> None:
    full = Standing(
        replace(
            standing().subscription,
            at=(time(9), time(18, 30)),
            tz="America/Argentina/Buenos_Aires",
            days=EVERY_DAY,
            count=25,
            topic=ODD.replace("\n", " "),
            min_upvotes=12,
            layout=Layout.THREAD,
            empty=Empty.QUIET,
            created_by=Identity("slack:T1/U2"),
            paused_at=NOON,
            paused_until=NOON + HOUR,
            pause_reason="The channel is gone.",
        ),
        planned_until=NOON.replace(microsecond=1),
        next_at=NOON + HOUR,
        last_fired_at=NOON - HOUR,
        empty_line="line",
        told_fault_since=NOON - 2 * HOUR,
    )
    bare = Standing(replace(standing("bare").subscription, created_by=None, created_at=None), NOON)
    await kept(delivery, full, bare)
    assert list(await delivery.subscriptions(HERE)) == [bare, full]


async def test_those_of_a_place_come_by_when_they_were_made(delivery: DeliveryStore) -> None:
    await kept(
        delivery,
        standing("b", created_at=NOON),
        standing("a", created_at=NOON),
        standing("z", created_at=NOON - MINUTE),
        standing("next door", NEXT_DOOR),
    )
    assert names(await delivery.subscriptions(HERE)) == ["z", "a", "b"]


async def test_those_of_a_server_come_by_place(delivery: DeliveryStore) -> None:
    await kept(
        delivery,
        standing("3", HERE),
        standing("1", NEXT_DOOR),
        standing("2", HERE),
        standing("4", ELSEWHERE),
        standing("5", OTHER_SERVER),
    )
    assert names(await delivery.server_subscriptions(HERE.server_key)) == ["2", "3", "1"]
    assert names(await delivery.server_subscriptions(OTHER_SERVER.server_key)) == ["5"]


async def test_all_come_by_id_over_several_pages(delivery: DeliveryStore) -> None:
    many = [standing(f"{number:04}", Place("discord", str(number), "1")) for number in range(1_201)]
    await kept(delivery, *many)
    assert await all_of(delivery) == many


BAD_VALUES: list[tuple[str, Value]] = [
    ("at", "[]"),
    ("at", "09:00"),
    ("at", '["25:00"]'),
    ("at", '["09:00"'),
    ("at", "[9]"),
    ("at", "[" * 100_000),
    ("at", '["9:00"]'),
    ("at", '["09:00","10:00"]'),
    ("days", "mon"),
    ("days", '["someday"]'),
    ("days", "[1]"),
    ("days", "null"),
    ("tz", "Mars/Olympus"),
    ("tz", ""),
    ("tz", "../etc/passwd"),
    ("layout", "poster"),
    ("empty", "maybe"),
    ("place", "nowhere"),
    ("place", ""),
    ("count", 0),
    ("planned_until", 10**18),
    ("next_at", 10**18),
    ("created_at", -(10**18)),
    ("paused_until", 10**18),
    ("told_fault_since", 10**18),
]


@pytest.mark.parametrize(("column", "value"), BAD_VALUES)
async def test_a_row_that_cannot_be_read_takes_only_itself_out(
    column: str, value: Value, store: Store, delivery: DeliveryStore
) -> None:
    await kept(delivery, standing("good"), standing("bad"))
    await spoil(store, "bad", column, value)
    found = [each for each in await all_of(delivery) if isinstance(each, Broken)]
    assert [each.id for each in found] == ["bad"]
    assert found[0].why
    assert standing("good") in await delivery.subscriptions(HERE)
    if column != "place":
        assert sorted(names(list(await delivery.subscriptions(HERE)))) == ["bad", "good"]
        assert found[0].place == str(HERE)


@pytest.mark.parametrize("place", [HERE, ELSEWHERE])
async def test_what_cannot_be_read_is_removed_and_nothing_else(
    place: Place, store: Store, delivery: DeliveryStore
) -> None:
    await kept(delivery, standing("good"), standing("bad", place))
    good = Broken("good", str(HERE), "somebody took it for broken")
    assert await delivery.discard(good) is False
    await spoil(store, "bad", "days", "someday")
    [bad] = [each for each in await all_of(delivery) if isinstance(each, Broken)]
    assert await delivery.discard(replace(bad, place=str(NEXT_DOOR))) is False
    assert await delivery.discard(bad) is True
    assert await delivery.discard(bad) is False
    assert await all_of(delivery) == [standing("good")]


async def test_what_the_planner_set_aside_can_be_removed(delivery: DeliveryStore) -> None:
    await kept(delivery, standing("odd"))
    await delivery.set_aside(Broken("odd", str(HERE), "its topic is not understood"))
    [odd] = await delivery.subscriptions(HERE)
    assert isinstance(odd, Broken)
    assert await delivery.discard(odd) is True
    assert await all_of(delivery) == []


# --- Changing -------------------------------------------------------------------


async def test_what_is_wished_is_changed_and_the_rest_is_kept(delivery: DeliveryStore) -> None:
    before = standing(topic="agents")
    await kept(delivery, before, standing("other"))
    change = changed(before, count=3, tz="Asia/Tokyo", layout=Layout.POSTS, paused_at=NOON)
    assert await delivery.change([change], CAPS, None) is Saved.DONE
    assert change.after
    assert change.after.subscription.topic == "agents"
    assert list(await delivery.subscriptions(HERE)) == [change.after, standing("other")]


async def test_a_subscription_is_removed(delivery: DeliveryStore) -> None:
    await kept(delivery, standing(), standing("other"))
    assert await delivery.change([Change(standing(), None)], CAPS, None) is Saved.DONE
    assert names(await delivery.subscriptions(HERE)) == ["other"]


@pytest.mark.parametrize(
    "stale",
    [
        pytest.param(changed(standing(count=4), count=3), id="changed"),
        pytest.param(Change(standing(paused_at=NOON), None), id="resumed"),
        pytest.param(changed(standing("gone"), count=3), id="removed"),
        pytest.param(Change(standing("gone"), None), id="removed twice"),
        pytest.param(Change(None, standing()), id="id taken"),
        pytest.param(changed(standing(created_by=BEN), count=3), id="made by another"),
    ],
)
async def test_nothing_is_changed_where_one_is_not_as_it_was(stale: Change, delivery: DeliveryStore) -> None:
    other, new = standing("other"), standing("new")
    await kept(delivery, standing(), other)
    changes = [changed(other, count=1), Change(None, new), stale]
    undo = Undo("token", HERE, NOON + HOUR, ())
    assert await delivery.change(changes, CAPS, undo) is Saved.CHANGED_MEANWHILE
    assert await all_of(delivery) == [standing(), other]
    assert await delivery.take_undo("token", HERE, NOON) is None


async def test_planning_in_between_does_not_count_and_is_not_undone(delivery: DeliveryStore) -> None:
    before = standing()
    await kept(delivery, before)
    assert await delivery.plan([planned(before, edition(before))]) == [True]
    (since,) = await delivery.subscriptions(HERE)
    assert isinstance(since, Standing)
    assert await delivery.change([changed(before, count=3)], CAPS, None) is Saved.DONE
    wished = replace(since.subscription, count=3)
    assert list(await delivery.subscriptions(HERE)) == [since._replace(subscription=wished)]


async def test_a_change_moves_planning_on_but_never_back(delivery: DeliveryStore) -> None:
    before = standing()
    await kept(delivery, before)
    later = before._replace(
        planned_until=NOON + HOUR,
        next_at=None,
        last_fired_at=NOON,
        empty_line="line",
        told_fault_since=NOON,
    )
    assert await delivery.change([Change(before, later)], CAPS, None) is Saved.DONE
    assert list(await delivery.subscriptions(HERE)) == [later]
    assert await delivery.change([Change(later, before)], CAPS, None) is Saved.DONE
    assert list(await delivery.subscriptions(HERE)) == [before._replace(planned_until=NOON + HOUR)]


async def test_several_are_changed_together(delivery: DeliveryStore) -> None:
    first, second, third = standing("1"), standing("2", NEXT_DOOR), standing("3")
    await kept(delivery, first, second)
    changes = [changed(first, paused_at=NOON), Change(second, None), Change(None, third)]
    assert await delivery.change(changes, CAPS, None) is Saved.DONE
    assert await all_of(delivery) == [changes[0].after, third]


async def test_no_change_is_a_change_that_is_made(delivery: DeliveryStore) -> None:
    assert await delivery.change([], CAPS, None) is Saved.DONE
    assert await delivery.change([Change(None, None)], CAPS, None) is Saved.DONE


async def test_a_text_that_no_database_keeps_alike_is_a_bug(delivery: DeliveryStore) -> None:
    with pytest.raises(ValueError, match=r"."):
        await delivery.change([Change(None, standing(topic="a\0b"))], CAPS, None)
    assert await all_of(delivery) == []


# --- Caps -----------------------------------------------------------------------


async def test_a_place_has_no_more_than_its_cap(delivery: DeliveryStore) -> None:
    caps = Caps(place=2, server=10)
    for name in "ab":
        assert await delivery.change([Change(None, standing(name))], caps, None) is Saved.DONE
    undo = Undo("token", HERE, NOON + HOUR, ())
    third = [changed(standing("a"), count=3), Change(None, standing("c"))]
    assert await delivery.change(third, caps, undo) is Saved.TOO_MANY_HERE
    assert await all_of(delivery) == [standing("a"), standing("b")]
    assert await delivery.take_undo("token", HERE, NOON) is None
    assert await delivery.change([Change(None, standing("c", NEXT_DOOR))], caps, None) is Saved.DONE


async def test_a_server_has_no_more_than_its_cap(delivery: DeliveryStore) -> None:
    caps = Caps(place=5, server=2)
    await kept(delivery, standing("a"), standing("b", NEXT_DOOR))
    further = [Change(None, standing("c", Place("discord", "7001", "8003")))]
    assert await delivery.change(further, caps, None) is Saved.TOO_MANY_ON_SERVER
    assert await delivery.change([Change(None, standing("c", OTHER_SERVER))], caps, None) is Saved.DONE
    assert names(await all_of(delivery)) == ["a", "b", "c"]


async def test_conversations_of_different_people_are_of_no_server_together(delivery: DeliveryStore) -> None:
    caps = Caps(place=1, server=2)
    for number in range(1, 5):
        own = standing(f"s{number}", Place("discord", "@me", str(number)))
        assert await delivery.change([Change(None, own)], caps, None) is Saved.DONE
    further = standing("further", Place("discord", "@me", "1"))
    assert await delivery.change([Change(None, further)], caps, None) is Saved.TOO_MANY_HERE


async def test_the_place_is_named_before_the_server(delivery: DeliveryStore) -> None:
    await kept(delivery, standing("a"))
    assert await delivery.change([Change(None, standing("b"))], Caps(1, 1), None) is Saved.TOO_MANY_HERE


async def test_where_there_are_too_many_already_they_may_still_be_changed(delivery: DeliveryStore) -> None:
    await kept(delivery, standing("a"), standing("b"))
    changes = [changed(standing("a"), count=3), Change(standing("b"), None)]
    assert await delivery.change(changes, Caps(0, 0), None) is Saved.DONE


async def test_one_may_take_the_place_of_another_at_the_cap(delivery: DeliveryStore) -> None:
    await kept(delivery, standing("a"))
    changes = [Change(standing("a"), None), Change(None, standing("b"))]
    assert await delivery.change(changes, Caps(1, 1), None) is Saved.DONE
    assert names(await all_of(delivery)) == ["b"]


# --- Undo -----------------------------------------------------------------------


async def test_an_undo_is_taken_once_and_in_its_place(delivery: DeliveryStore) -> None:
    before = standing(topic=ODD.replace("\n", " "))
    change = changed(before, count=3)
    undo = Undo("token", HERE, NOON + 10 * MINUTE, (change, Change(None, before), Change(before, None)))
    await kept(delivery, before)
    assert await delivery.change([change], CAPS, undo) is Saved.DONE
    assert await delivery.take_undo("another", HERE, NOON) is None
    assert await delivery.take_undo("token", NEXT_DOOR, NOON) is None
    assert await delivery.take_undo("token", HERE, NOON + 9 * MINUTE) == undo
    assert await delivery.take_undo("token", HERE, NOON) is None


async def test_an_undo_is_over_when_its_time_is(delivery: DeliveryStore) -> None:
    undo = Undo("token", HERE, NOON + 10 * MINUTE, ())
    assert await delivery.change([], CAPS, undo) is Saved.DONE
    assert await delivery.take_undo("token", HERE, undo.until) is None


async def test_what_was_removed_can_be_put_back_as_it_was(delivery: DeliveryStore) -> None:
    before = standing(paused_at=NOON, pause_reason="The channel is gone.")
    removal = Change(before, None)
    await kept(delivery, before)
    await delivery.change([removal], CAPS, Undo("token", HERE, NOON + HOUR, (removal,)))
    undo = await delivery.take_undo("token", HERE, NOON)
    assert undo
    back = [Change(each.after, each.before) for each in undo.changes]
    assert await delivery.change(back, CAPS, None) is Saved.DONE
    assert await all_of(delivery) == [before]


# --- Places and hidden papers -----------------------------------------------------


async def test_a_profile_takes_the_place_of_the_one_before(delivery: DeliveryStore) -> None:
    assert await delivery.profile(HERE) is None
    first = PlaceProfile(HERE, PlaceKind.FORUM, {"emoji": ODD, "answers": "private"})
    await delivery.keep_profile(first)
    await delivery.keep_profile(PlaceProfile(NEXT_DOOR))
    assert await delivery.profile(HERE) == first
    second = PlaceProfile(HERE, PlaceKind.CHANNEL, {"notify": "on"})
    await delivery.keep_profile(second)
    assert await delivery.profile(HERE) == second
    assert await delivery.profile(NEXT_DOOR) == PlaceProfile(NEXT_DOOR)
    many = [Place("discord", "1", str(number)) for number in range(1_200)]
    assert await delivery.profiles([*many, HERE, ELSEWHERE]) == {HERE: second}
    assert await delivery.profiles([]) == {}


async def test_a_paper_is_hidden_once_and_shown_again_once(delivery: DeliveryStore) -> None:
    assert await delivery.hide(HERE, paper_id(1), ANA, NOON) is True
    assert await delivery.hide(HERE, paper_id(1), BEN, NOON) is False
    assert await delivery.unhide(HERE, paper_id(1)) is True
    assert await delivery.unhide(HERE, paper_id(1)) is False
    assert await delivery.hide(HERE, paper_id(1), BEN, NOON) is True


async def test_hidden_papers_are_told_for_places_that_have_any(delivery: DeliveryStore) -> None:
    assert await delivery.hidden([HERE]) == {}
    for place, number in [(HERE, 1), (HERE, 2), (ELSEWHERE, 1), (OTHER_SERVER, 3)]:
        await delivery.hide(place, paper_id(number), ANA, NOON)
    many = [Place("discord", "1", str(number)) for number in range(1_200)]
    assert await delivery.hidden([*many, HERE, ELSEWHERE, NEXT_DOOR]) == {
        HERE: frozenset({paper_id(1), paper_id(2)}),
        ELSEWHERE: frozenset({paper_id(1)}),
    }
    assert await delivery.hidden([]) == {}
