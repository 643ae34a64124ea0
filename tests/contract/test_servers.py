"""Servers that the bot is on, and what goes of those that it was removed from; small texts over restarts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.deliveries import MessageRef
from bot.domain.places import Place, PlaceKind, PlaceProfile
from bot.domain.votes import Dislike, Had, Submission
from bot.ports import EVERYBODY, KeepRecords, RememberList, Scope
from bot.ports.delivery import Change, Undo
from tests.contract.making import ANA, ELSEWHERE, HERE, HOUR, NEXT_DOOR, NOON, feed, paper_id, vote
from tests.contract.making import entry as an_entry
from tests.contract.subscribing import CAPS, MINUTE, changed, claimed, digest, done, edition, kept, planned
from tests.contract.subscribing import standing as a_standing

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.ports import Store
    from tests.contract.subscribing import DeliveryStore

NEIGHBOUR = Place("discord", "70012", "8001")
"""A server whose name begins with that of another."""

SERVER = HERE.server_key
MONTH = timedelta(days=30)


async def test_a_small_text_is_kept_by_its_name(delivery: DeliveryStore) -> None:
    assert await delivery.remembered_value("tree") is None
    await delivery.remember("tree", "abc")
    await delivery.remember("other", "xyz")
    await delivery.remember("tree", "abc")
    assert await delivery.remembered_value("tree") == "abc"
    await delivery.remember("tree", "“ünal” 李雷")
    assert await delivery.remembered_value("tree") == "“ünal” 李雷"


async def test_servers_are_known_by_what_is_kept_of_their_places(delivery: DeliveryStore) -> None:
    assert await known(delivery) == set()
    await kept(delivery, a_standing("one"), a_standing("two", NEXT_DOOR), a_standing("three", ELSEWHERE))
    await delivery.keep_profile(PlaceProfile(NEIGHBOUR, PlaceKind.FORUM))
    assert await known(delivery) == {SERVER, NEIGHBOUR.server_key}
    await delivery.note_left(SERVER, NOON)
    assert await known(delivery) == {NEIGHBOUR.server_key}
    await delivery.note_present({SERVER, "discord:unheard of"})
    assert await known(delivery) == {SERVER, NEIGHBOUR.server_key}


async def known(delivery: DeliveryStore) -> Collection[str]:
    return set(await delivery.known_servers("discord"))


async def test_all_of_a_server_goes_a_while_after_it_was_left_and_nothing_of_others(
    store: Store, delivery: DeliveryStore
) -> None:
    for place in (HERE, NEIGHBOUR):
        await furnish(store, delivery, place)
    await delivery.note_left(SERVER, NOON)
    await delivery.note_left(SERVER, NOON + HOUR)  # since when stays
    assert await delivery.forget_left(NOON) == 0
    assert await traces(store, delivery, HERE) == FURNISHED
    rounds = 0
    while await delivery.forget_left(NOON + MINUTE):
        rounds += 1
        assert rounds < 10
    assert rounds > 0
    assert await traces(store, delivery, HERE) == dict.fromkeys(FURNISHED, 0)
    assert await traces(store, delivery, NEIGHBOUR) == FURNISHED
    # It is forgotten that it was left, too: whoever adds the bot again begins anew.
    await furnish(store, delivery, HERE)
    assert await delivery.forget_left(NOON + 2 * MONTH) == 0


async def test_who_comes_back_in_time_keeps_everything(store: Store, delivery: DeliveryStore) -> None:
    await furnish(store, delivery, HERE)
    await delivery.note_left(SERVER, NOON)
    await delivery.note_present({SERVER})
    assert await delivery.forget_left(NOON + 2 * MONTH) == 0
    assert await traces(store, delivery, HERE) == FURNISHED


# --- What there is of a place ---------------------------------------------------------


FURNISHED = {
    "subscriptions": 1,
    "profiles": 1,
    "undos": 1,
    "had": 3,
    "hidden": 1,
    "deliveries": 1,
    "editions": 1,
    "votes": 1,
    "shown": 1,
    "records": 12,
}


async def furnish(store: Store, delivery: DeliveryStore, place: Place) -> None:
    """Leave something of a place in every table."""
    standing = a_standing(place.server, place)
    await kept(delivery, standing)
    await delivery.keep_profile(PlaceProfile(place, PlaceKind.FORUM))
    undo = Undo(f"undo {place}", place, NOON + HOUR, (Change(None, standing),))
    await delivery.change([changed(standing, count=7)], CAPS, undo)
    now = a_standing(place.server, place, count=7)
    posted = edition(now)
    assert list(await delivery.plan([planned(now, posted, digest(posted))])) == [True]
    for each in await claimed(delivery):
        await delivery.settle(each, done(MessageRef(f"{place.server}/99")), NOON)
    await delivery.hide(place, paper_id(9), ANA, NOON)
    records = (
        vote(1, ANA, place),
        Submission(paper_id(3), place, ANA, NOON),
        Had(place, paper_id(1), NOON),
        Dislike(ANA, paper_id(2), place, NOON, f"{place} down"),
    )
    await store.write(
        feed(an_entry(1)), KeepRecords(records), RememberList(place, ANA, (paper_id(1),), NOON, public=True)
    )


async def traces(store: Store, delivery: DeliveryStore, place: Place) -> dict[str, int]:
    """Count what there is of a place, wherever it can be asked for."""
    undo = await delivery.take_undo(f"undo {place}", place, NOON)
    if undo is not None:  # it was taken out, so it is put back
        await delivery.change([], CAPS, undo)
    had = await delivery.had([place], [paper_id(number) for number in range(1, 10)])
    last = await delivery.last_edition(place)
    voted = await store.leaderboard(None, scope=Scope(place=place), limit=10)
    everywhere = await store.leaderboard(None, scope=EVERYBODY, limit=10)
    assert len(everywhere) >= len(voted)
    return {
        "subscriptions": len(await delivery.subscriptions(place)),
        "profiles": int(await delivery.profile(place) is not None),
        "undos": int(undo is not None),
        "had": len(had.get(place, ())),
        "hidden": len((await delivery.hidden([place])).get(place, ())),
        "deliveries": int(await delivery.last_delivery(place) is not None),
        "editions": int(last is not None),
        "votes": len(voted),
        "shown": int(await store.remembered(place, ANA, NOON) is not None),
        "records": len([each async for each in store.records() if getattr(each, "place", None) == place]),
    }
