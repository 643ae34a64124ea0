"""Two processes over one database, each with its own engine, at the same moment: no harm is done."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.deliveries import Delivery, MessageRef
from bot.domain.places import Place
from bot.domain.votes import Had
from bot.ports import KeepRecords
from bot.ports.delivery import Caps, Change, Saved, Undo
from bot.store import open_store
from tests.contract.making import HERE, HOUR, NOON, paper_id
from tests.contract.subscribing import (
    CAPS,
    LEASE,
    ballots,
    changed,
    claimed,
    digest,
    done,
    dropped,
    edition,
    had_here,
    kept,
    planned,
    post,
    standing,
    thread,
)
from tests.postgres import emptied_postgres_url
from tests.sqlite import empty_sqlite_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.sql_store import SqlStore

Both = tuple["SqlStore", "SqlStore"]

MANY = 40


@asynccontextmanager
async def opened_twice(kind: str, folder: Path) -> AsyncIterator[Both]:
    async with AsyncExitStack() as stack:
        if kind == "sqlite":
            url = empty_sqlite_url(folder)
        else:
            url = await stack.enter_async_context(emptied_postgres_url())
        stores = (await open_store(url), await open_store(url))
        for each in stores:
            stack.push_async_callback(each.close)
        yield stores


@pytest.fixture(params=["sqlite", "postgres"])
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Both]:
    async with opened_twice(request.param, tmp_path) as stores:
        yield stores


def places(count: int = MANY) -> list[Place]:
    return [Place("discord", str(number % 7), str(number)) for number in range(count)]


async def test_planning_the_same_twice_writes_one_edition_of_each(both: Both) -> None:
    one, other = (store.delivery for store in both)
    standings = [standing(f"{number:03}", place) for number, place in enumerate(places())]
    await kept(one, *standings)

    def plans(papers: tuple[int, ...]) -> list[object]:
        return [planned(each, edition(each, papers), digest(edition(each, papers))) for each in standings]

    first, second = await asyncio.gather(one.plan(plans((1, 2))), other.plan(plans((3, 4))[::-1]))  # type: ignore[arg-type]
    assert [mine != its for mine, its in zip(first, second[::-1], strict=True)] == [True] * MANY
    had = await one.had(places(), [paper_id(number) for number in range(9)])
    assert {len(papers) for papers in had.values()} == {2}
    assert len(await claimed(one)) == MANY
    assert await claimed(other) == []


async def test_two_subscriptions_of_a_place_never_bring_one_paper(both: Both) -> None:
    one, other = (store.delivery for store in both)
    pairs = [
        (standing(f"a{number:03}", place), standing(f"b{number:03}", place))
        for number, place in enumerate(places())
    ]
    await kept(one, *(each for pair in pairs for each in pair))
    morning = [planned(first, edition(first, (1, 2))) for first, _ in pairs]
    evening = [planned(second, edition(second, (2, 3))) for _, second in pairs]
    first, second = await asyncio.gather(one.plan(morning), other.plan(evening))
    assert [mine != its for mine, its in zip(first, second, strict=True)] == [True] * MANY


async def test_an_import_beside_planning_brings_no_paper_twice(both: Both) -> None:
    one, other = both
    standings = [standing(f"{number:03}", place) for number, place in enumerate(places())]
    await kept(one.delivery, *standings)
    had = KeepRecords(tuple(Had(place, paper_id(1), NOON) for place in places()))
    plans = [planned(each, edition(each, (1,))) for each in standings]
    written, new = await asyncio.gather(one.delivery.plan(plans), other.write(had))
    assert sum(written) + new == MANY


async def test_a_change_beside_planning_leaves_one_of_both(both: Both) -> None:
    one, other = (store.delivery for store in both)
    standings = [standing(f"{number:03}", place) for number, place in enumerate(places())]
    await kept(one, *standings)
    plans = [planned(each, edition(each), digest(edition(each))) for each in standings]
    changes = [changed(each, paused_at=NOON) for each in standings]
    written, saved = await asyncio.gather(
        one.plan(plans), asyncio.gather(*(other.change([each], CAPS, None) for each in changes))
    )
    assert saved == [Saved.DONE] * MANY
    assert len(await claimed(one)) == sum(written)


async def test_a_delivery_is_claimed_by_one_sender(both: Both) -> None:
    one, other = (store.delivery for store in both)
    await one.put([post(place, name=name) for place in places() for name in "ab"])
    found: list[Delivery] = []
    for _ in range(4):
        parts = await asyncio.gather(
            *(each.claim("discord", "x", NOON, NOON + LEASE, 7) for each in (one, other))
        )
        found += [each for part in parts for each in part if isinstance(each, Delivery)]
    found += await claimed(one)
    assert len(found) == len({each.key for each in found}) == MANY
    assert len({each.place for each in found}) == MANY
    assert {each.attempt for each in found} == {1}


async def test_a_settlement_beside_a_recovery_is_written_once_or_not_at_all(both: Both) -> None:
    one, other = (store.delivery for store in both)
    standings = [standing(f"{number:03}", place) for number, place in enumerate(places())]
    await kept(one, *standings)
    await one.plan([planned(each, edition(each), digest(edition(each))) for each in standings])
    found = await claimed(one)
    settled, lost = await asyncio.gather(
        asyncio.gather(*(one.settle(each, done(MessageRef(each.key)), NOON) for each in found)),
        other.recover("discord", None),
    )
    assert sum(settled) + lost == MANY
    assert len(await ballots(both[0])) == 3 * sum(settled)
    again = await claimed(other)
    assert {each.is_unknown for each in again} <= {True}
    assert len(again) == lost


async def test_two_senders_settle_one_attempt_once(both: Both) -> None:
    one, other = (store.delivery for store in both)
    standings = [standing(f"{number:03}", place) for number, place in enumerate(places())]
    await kept(one, *standings)
    await one.plan([planned(each, edition(each), digest(edition(each))) for each in standings])
    found = await claimed(one)
    results = await asyncio.gather(
        *(one.settle(each, done(MessageRef(each.key)), NOON) for each in found),
        *(other.settle(each, dropped(), NOON) for each in found[::-1]),
    )
    assert [mine != its for mine, its in zip(results[:MANY], results[MANY:][::-1], strict=True)] == [
        True
    ] * MANY
    delivered = sum(results[:MANY])
    assert len(await ballots(both[1])) == 3 * delivered
    had = await one.had(places(), [paper_id(1)])
    assert len(had) == delivered


async def test_a_child_put_while_its_parent_falls_falls_with_it(both: Both) -> None:
    one, other = (store.delivery for store in both)
    parents = [post(place) for place in places()]
    await one.put(parents)
    found = await claimed(one)
    assert len(found) == MANY
    children = [post(each.place, name="child", parent=each.key, due_at=NOON) for each in found]
    await asyncio.gather(
        asyncio.gather(*(one.settle(each, dropped(), NOON) for each in found)),
        *(other.put([each]) for each in children),
    )
    await one.recover("discord", NOON)
    assert (await one.backlog("discord", NOON)).waiting == 0
    assert sum((await one.dropped(NOON, NOON + HOUR)).values()) == 2 * MANY


@pytest.mark.parametrize(
    ("caps", "places_of", "answer"),
    [
        pytest.param(Caps(place=3, server=50), 1, Saved.TOO_MANY_HERE, id="place"),
        pytest.param(Caps(place=50, server=3), 20, Saved.TOO_MANY_ON_SERVER, id="server"),
    ],
)
async def test_caps_hold(caps: Caps, places_of: int, answer: Saved, both: Both) -> None:
    stores = [store.delivery for store in both]
    new = [
        Change(None, standing(f"{number:03}", Place("discord", "7", str(number % places_of))))
        for number in range(20)
    ]
    saved = await asyncio.gather(
        *(stores[number % 2].change([each], caps, None) for number, each in enumerate(new))
    )
    assert sorted(each.value for each in saved) == sorted([*[Saved.DONE.value] * 3, *[answer.value] * 17])
    assert len(await stores[0].server_subscriptions("discord:7")) == 3


async def test_of_two_changes_one_finds_what_it_expected(both: Both) -> None:
    stores = [store.delivery for store in both]
    await kept(stores[0], standing())
    saved = await asyncio.gather(
        *(
            stores[number % 2].change([changed(standing(), count=number + 6)], CAPS, None)
            for number in range(10)
        )
    )
    assert sorted(each.value for each in saved) == sorted(
        [Saved.DONE.value, *[Saved.CHANGED_MEANWHILE.value] * 9]
    )


async def test_changes_in_opposite_order_do_not_lock_each_other_out(both: Both) -> None:
    stores = [store.delivery for store in both]
    standings = [standing(f"{number:03}", place) for number, place in enumerate(places())]
    await kept(stores[0], *standings)
    pauses = [changed(each, paused_at=NOON) for each in standings]
    resumes = [changed(each, count=2) for each in standings[::-1]]
    saved = await asyncio.gather(
        *(delivery.change(some, CAPS, None) for delivery, some in zip(stores, (pauses, resumes), strict=True))
    )
    assert {each.value for each in saved} == {Saved.DONE.value, Saved.CHANGED_MEANWHILE.value}


async def test_an_undo_is_taken_by_one(both: Both) -> None:
    stores = [store.delivery for store in both]
    await stores[0].change([], CAPS, Undo("token", HERE, NOON + HOUR, ()))
    taken = await asyncio.gather(*(stores[number % 2].take_undo("token", HERE, NOON) for number in range(10)))
    assert sum(each is not None for each in taken) == 1


async def test_a_role_is_taken_by_one(both: Both) -> None:
    stores = [store.delivery for store in both]
    held = await asyncio.gather(
        *(stores[number % 2].hold("sender", str(number), timedelta(hours=1)) for number in range(10))
    )
    assert sum(held) == 1


async def test_a_place_that_closes_beside_planning_is_owed_nothing_that_nobody_knows_of(both: Both) -> None:
    """Whichever comes first: no paper counts as had whose delivery has fallen."""
    one, other = (store.delivery for store in both)
    for number, place in enumerate(places(10)):
        first, second = standing(f"a{number}", place), standing(f"b{number}", place)
        await kept(one, first, second)
        firing, later = edition(first, (1, 2)), edition(second, (3, 4), at=NOON + HOUR)
        await one.plan([planned(first, firing, digest(firing))])
        (tried,) = await claimed(one)
        owed = [each._replace(due_at=NOON) for each in thread(later)]
        (came,), _ = await asyncio.gather(
            one.plan([planned(second, later, owed)]),
            other.settle(tried, dropped("gone", closes_place=True), NOON),
        )
        open_still = (await one.backlog("discord", NOON)).waiting
        had = await had_here(one, place)
        assert had == ({3, 4} if came and open_still else set())
        while left := await claimed(one):
            for each in left:
                await one.settle(each, dropped("gone", closes_place=True), NOON)
        assert await had_here(one, place) == set()
