"""Short words for what the contract tests of scheduling and delivering put into a store."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol

from bot.domain.deliveries import (
    Delivery,
    DeliveryKind,
    DeliveryState,
    MessageRef,
    Settled,
    delivery_key,
)
from bot.domain.editions import Chosen, Edition, EditionKind
from bot.domain.places import Place
from bot.domain.subscriptions import Standing, Subscription
from bot.ports.delivery import (
    Broken,
    Caps,
    Change,
    Outbox,
    Planned,
    PlanStore,
    Saved,
    SubscriptionStore,
)
from bot.ports.installations import SeenEvents
from bot.ports.servers import Remembering, ServerStore
from bot.ports.submissions import SubmissionStore
from bot.store.engine import Statement, Unit
from bot.store.rows import instant
from bot.store.sql_store import SqlStore
from tests.contract.making import ANA, HERE, NOON, paper_id
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ports import Store
    from bot.store.engine import Value

CAPS = Caps(place=5, server=50)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=2)
MESSAGE = MessageRef("8001/99")


class DeliveryStore(
    SubscriptionStore, PlanStore, SubmissionStore, Outbox, ServerStore, Remembering, SeenEvents, Protocol
):
    """All these ports."""


def delivery_over(store: Store) -> DeliveryStore:
    if isinstance(store, MemoryStore):
        return MemoryDelivery(store)
    assert isinstance(store, SqlStore)
    return store.delivery


# --- Subscriptions --------------------------------------------------------------


def wish(name: str = "morning", place: Place = HERE, **wished: object) -> Subscription:
    usual = {"at": (time(9),), "tz": "Europe/Paris", "created_by": ANA, "created_at": NOON}
    return Subscription(name, place, **(usual | wished))  # type: ignore[arg-type]


def standing(
    name: str = "morning",
    place: Place = HERE,
    *,
    planned_until: datetime = NOON,
    next_at: datetime | None = NOON,
    **wished: object,
) -> Standing:
    return Standing(wish(name, place, **wished), planned_until, next_at)


def changed(before: Standing, **wished: object) -> Change:
    """Return a change of what is wished."""
    after = replace(before.subscription, **wished)  # type: ignore[arg-type]
    return Change(before, before._replace(subscription=after))


async def kept(delivery: DeliveryStore, *standings: Standing) -> None:
    """Keep new subscriptions."""
    changes = [Change(None, each) for each in standings]
    assert await delivery.change(changes, Caps(1_000, 10_000), None) is Saved.DONE


async def spoil(store: Store, name: str, column: str, value: Value) -> None:
    """Put something into a subscription's row that makes no sense there."""
    if isinstance(store, MemoryStore):
        wished = store.tables.records[2, (name,)]
        assert isinstance(wished, Subscription)
        store.tables.broken[name] = Broken(name, str(wished.place), f"Its {column} cannot be read.")
        return
    assert isinstance(store, SqlStore)
    sql = f"UPDATE subscriptions SET {column} = ?1 WHERE id = ?2"
    assert (await store._engine.write(Unit((Statement(sql, [(value, name)]),)))).changed == 1


# --- Editions and deliveries ----------------------------------------------------


def edition(
    before: Standing,
    papers: Sequence[int] = (1, 2, 3),
    *,
    at: datetime = NOON,
    kind: EditionKind = EditionKind.SCHEDULED,
    layout: str = "digest",
    reason: str = "",
) -> Edition:
    wished = before.subscription
    return Edition(
        key=f"{wished.id}@{at.date()}T{at:%H:%M}",
        kind=kind,
        place=wished.place,
        subscription=wished.id,
        fires_at=at,
        local_date=at.date(),
        local_time=at.time(),
        made_at=at,
        heading="Papers · Friday 24 April",
        papers=tuple(Chosen(paper_id(number), ("412 upvotes", "“new”")) for number in papers),
        notes=("The top 3 of 15 listed so far.",),
        footer="Weekdays 09:00 Paris",
        reason=reason,
        layout=layout,
    )


def post(
    owner: Edition | Place,
    kind: DeliveryKind = DeliveryKind.POST,
    part: int = 0,
    *,
    name: str = "",
    due_at: datetime = NOON,
    **known: object,
) -> Delivery:
    """Make a delivery of an edition, or one that belongs to none."""
    if isinstance(owner, Place):
        return Delivery(delivery_key(owner, name, kind, part), owner, kind, due_at, part=part, **known)  # type: ignore[arg-type]
    key = delivery_key(owner.place, owner.key + name, kind, part)
    return Delivery(key, owner.place, kind, due_at, owner.key, part=part, **known)  # type: ignore[arg-type]


def digest(owner: Edition) -> tuple[Delivery, ...]:
    return (post(owner),)


def posts(owner: Edition) -> tuple[Delivery, ...]:
    return tuple(post(owner, part=part) for part in range(1, len(owner.papers) + 1))


def thread(owner: Edition) -> tuple[Delivery, ...]:
    heading = post(owner, DeliveryKind.THREAD)
    replies = [
        post(owner, DeliveryKind.REPLY, part, parent=heading.key) for part in range(1, len(owner.papers) + 1)
    ]
    return (heading, *replies)


def planned(before: Standing, edition: Edition | None = None, deliveries: Sequence[Delivery] = ()) -> Planned:
    """Plan a firing; the subscription is looked at again an hour later."""
    fired = edition.fires_at if edition else before.last_fired_at
    at = (before.next_at or NOON) + timedelta(hours=1)
    after = before._replace(planned_until=before.planned_until + MINUTE, next_at=at, last_fired_at=fired)
    return Planned(before, after, edition, tuple(deliveries))


async def claimed(
    delivery: DeliveryStore, now: datetime = NOON, *, limit: int = 100, platform: str = "discord"
) -> list[Delivery]:
    """Claim what may be tried; nothing of it is broken."""
    found = await delivery.claim(platform, "sender", now, now + LEASE, limit)
    deliveries = [each for each in found if isinstance(each, Delivery)]
    assert len(deliveries) == len(found)
    return deliveries


def done(message: MessageRef | None = MESSAGE) -> Settled:
    return Settled(DeliveryState.DONE, "delivered" if message else "deleted since", message)


def dropped(why: str = "refused", *, closes_place: bool = False) -> Settled:
    return Settled(DeliveryState.DROPPED, why, closes_place=closes_place)


def waiting(until: datetime) -> Settled:
    return Settled(DeliveryState.WAITING, "told to wait", ready_at=until)


def unknown(until: datetime) -> Settled:
    return Settled(DeliveryState.UNKNOWN, "no answer", ready_at=until)


async def had_here(delivery: DeliveryStore, place: Place = HERE, most: int = 30) -> set[int]:
    """Return the numbers of the papers that a place has had."""
    found = await delivery.had([place], [paper_id(number) for number in range(most)])
    return {int(paper[-5:]) for paper in found.get(place, ())}


async def ballots(store: Store) -> list[tuple[object, ...]]:
    """Return all ballots: message, number, place, paper, and when they were posted."""
    if isinstance(store, MemoryStore):
        found = store.tables.ballots.values()
        return sorted((one.message, one.number, str(one.place), one.paper, one.posted_at) for one in found)
    assert isinstance(store, SqlStore)
    rows = await store._engine.fetch(
        "SELECT message, number, place, paper, posted_at FROM ballots ORDER BY message, number"
    )
    return [(*row[:4], instant(row[4])) for row in rows]
