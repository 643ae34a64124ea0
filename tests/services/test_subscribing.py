"""What several people do at once, and what an undo finds then."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING

import pytest

from bot.domain.answers import Done, Refusal, SubscriptionSaved
from bot.domain.subscriptions import Standing, Subscription
from bot.domain.wishes import NOTHING_NAMED, Wish
from bot.ports.delivery import Caps, Change
from bot.services.subscribing import Asker, Subscribing
from tests.commands.desks import ANA, HERE, NEXT_DOOR, Shop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.places import Place
    from bot.ports.delivery import Broken

ASKER = Asker(HERE, ANA)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def subscribing(shop: Shop) -> Subscribing:
    return shop.desk.office.subscribing


async def made(shop: Shop, wish: Wish = NOTHING_NAMED) -> Subscription:
    answer = await subscribing(shop).subscribe(ASKER, wish, adds=True)
    assert isinstance(answer, SubscriptionSaved)
    return answer.state.subscription


async def test_a_change_on_top_of_another_is_refused_and_loses_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = await made(shop)
    stale = await shop.delivery.subscriptions(HERE)
    await subscribing(shop).subscribe(ASKER, Wish(count=9))

    async def as_it_was(_place: Place) -> Sequence[Standing | Broken]:
        return stale

    monkeypatch.setattr(shop.delivery, "subscriptions", as_it_was)
    answer = await subscribing(shop).subscribe(ASKER, Wish(topic="agent"))
    assert answer == Refusal("Somebody else changed that just now. Look at it with “subscriptions”.")
    monkeypatch.undo()
    [standing] = await shop.delivery.subscriptions(HERE)
    assert isinstance(standing, Standing)
    assert standing.subscription == replace(wish, count=9)


async def test_an_undo_keeps_what_was_planned_meanwhile(shop: Shop) -> None:
    await made(shop, Wish(at=(time(9),)))
    changed = await subscribing(shop).subscribe(ASKER, Wish(count=9))
    assert isinstance(changed, SubscriptionSaved)
    [standing] = await shop.delivery.subscriptions(HERE)
    assert isinstance(standing, Standing)
    assert standing.next_at is not None
    fired = standing._replace(planned_until=standing.next_at, last_fired_at=standing.next_at)
    await shop.delivery.change([Change(standing, fired)], Caps(), None)
    assert isinstance(await subscribing(shop).undo(HERE, changed.undo), Done)
    [after] = await shop.delivery.subscriptions(HERE)
    assert isinstance(after, Standing)
    assert after.subscription.count == 5
    assert (after.planned_until, after.last_fired_at) == (fired.planned_until, fired.last_fired_at)


async def test_a_removed_one_does_not_come_back_into_a_full_place() -> None:
    shop = Shop(caps=Caps(place=1, server=9))
    await made(shop)
    gone = await subscribing(shop).unsubscribe(HERE, "")
    assert isinstance(gone, Done)
    await made(shop)
    answer = await subscribing(shop).undo(HERE, gone.undo)
    assert isinstance(answer, Refusal)
    assert answer.sentence.startswith("There is 1 subscription here, which is the most.")


async def test_a_subscription_of_another_place_is_not_reached_by_its_id(shop: Shop) -> None:
    wish = await made(shop)
    answer = await subscribing(shop).unsubscribe(NEXT_DOOR, wish.id)
    assert isinstance(answer, Refusal)
    assert len(await shop.delivery.subscriptions(HERE)) == 1


async def test_no_id_that_is_free_is_a_refusal_and_not_an_endless_search(shop: Shop) -> None:
    shop.taken = ["same", "t"]
    await made(shop)
    shop.taken = ["same", "t"] * 9
    answer = await subscribing(shop).subscribe(ASKER, NOTHING_NAMED, adds=True)
    assert isinstance(answer, Refusal)
