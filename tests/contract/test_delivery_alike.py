"""Whatever is planned, claimed and settled, in whatever order: the databases answer as plain dicts do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.deliveries import Delivery, DeliveryKind, DeliveryState, MessageRef, Settled
from bot.domain.subscriptions import Standing
from bot.ports.delivery import Caps, Change, Undo
from tests.contract.conftest import opened
from tests.contract.making import HERE, HOUR, NEXT_DOOR, NOON, paper_id
from tests.contract.subscribing import (
    LEASE,
    MINUTE,
    ballots,
    changed,
    delivery_over,
    digest,
    edition,
    planned,
    post,
    posts,
    standing,
    thread,
)
from tests.contract.test_outbox import on
from tests.contract.test_store_alike import postgres_answers

if TYPE_CHECKING:
    from bot.domain.places import Place
    from bot.ports import Store
    from tests.contract.subscribing import DeliveryStore

__all__ = ["postgres_answers"]

PLACES = (HERE, NEXT_DOOR, on(3), on(3, 2))
NAMES = ("a", "b", "c")
LAYOUTS = (digest, posts, thread)


@dataclass(slots=True)
class Run:
    """One store, and what has been claimed in it so far."""

    store: Store
    delivery: DeliveryStore
    claimed: tuple[Delivery, ...] = ()
    planned: int = 0

    async def standings(self) -> list[Standing]:
        return [each async for each in self.delivery.all_subscriptions() if isinstance(each, Standing)]


Step = Callable[[Run], Awaitable[object]]


def subscribe(name: str, place: Place, cap: int) -> Step:
    async def step(run: Run) -> object:
        new = Change(None, standing(name, place, next_at=None))
        return await run.delivery.change(
            [new], Caps(cap, cap + 1), Undo(f"{name}{cap}", place, NOON + HOUR, (new,))
        )

    return step


def change(which: int, count: int, *, is_paused: bool, removes: bool) -> Step:
    async def step(run: Run) -> object:
        standings = await run.standings()
        if not standings:
            return None
        before = standings[which % len(standings)]
        until = NOON + HOUR if count % 2 else None
        wished = changed(
            before,
            count=count,
            paused_at=NOON if is_paused else None,
            paused_until=until if is_paused else None,
        )
        made = Change(before, None) if removes else wished
        return await run.delivery.change([made, made] if count == 9 else [made], Caps(), None)

    return step


def plan(which: int, papers: list[int], layout: int, *, is_stale: bool, is_repeated: bool) -> Step:
    async def step(run: Run) -> object:
        standings = await run.standings()
        if not standings:
            return None
        plans = []
        for before in standings[which % len(standings) :]:
            at = NOON + (run.planned - is_repeated) * MINUTE
            firing = edition(before, papers, at=at)
            stale = before._replace(planned_until=before.planned_until - HOUR) if is_stale else before
            owed = [each._replace(due_at=at) for each in LAYOUTS[layout](firing)] if papers else []
            plans.append(planned(stale, firing, owed))
        run.planned += 1
        return list(await run.delivery.plan(plans))

    return step


def put(place: Place, kind: DeliveryKind, name: str, minutes: int, parent: int) -> Step:
    async def step(run: Run) -> object:
        known = sorted(each.key for each in run.claimed)
        above = known[parent % len(known)] if known and parent else "nowhere" if parent == 1 else ""
        return await run.delivery.put(
            [post(place, kind, name=name, due_at=NOON + minutes * MINUTE, parent=above)]
        )

    return step


def claim(limit: int, minutes: int) -> Step:
    async def step(run: Run) -> object:
        now = NOON + minutes * MINUTE
        found = await run.delivery.claim("discord", "sender", now, now + LEASE, limit)
        run.claimed = (*run.claimed, *(each for each in found if isinstance(each, Delivery)))
        return list(found)

    return step


def settle(which: int, state: DeliveryState, minutes: int, *, closes_place: bool, is_deleted: bool) -> Step:
    async def step(run: Run) -> object:
        if not run.claimed:
            return None
        one = run.claimed[-1 - which % len(run.claimed)]
        is_done = state is DeliveryState.DONE and not is_deleted
        message = MessageRef(f"m{one.key}{one.attempt}") if is_done else None
        at = NOON + minutes * MINUTE
        settled = Settled(
            state, f"{state}", message, at + MINUTE, closes_place and state is DeliveryState.DROPPED
        )
        return await run.delivery.settle(one, settled, at)

    return step


def recover(minutes: int | None) -> Step:
    async def step(run: Run) -> object:
        return await run.delivery.recover("discord", None if minutes is None else NOON + minutes * MINUTE)

    return step


def forget(minutes: int) -> Step:
    async def step(run: Run) -> object:
        return await run.delivery.forget(NOON + minutes * MINUTE)

    return step


minutes = st.integers(0, 9)
steps: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        st.builds(subscribe, st.sampled_from(NAMES), st.sampled_from(PLACES), st.integers(1, 3)),
        st.builds(
            change, st.integers(0, 2), st.integers(1, 9), is_paused=st.booleans(), removes=st.booleans()
        ),
        st.builds(
            plan,
            st.integers(0, 2),
            st.lists(st.integers(1, 9), max_size=3, unique=True),
            st.integers(0, 2),
            is_stale=st.booleans(),
            is_repeated=st.booleans(),
        ),
        st.builds(
            put,
            st.sampled_from(PLACES),
            st.sampled_from(DeliveryKind),
            st.sampled_from(NAMES),
            minutes,
            st.integers(0, 4),
        ),
        st.builds(claim, st.integers(1, 4), minutes),
        st.builds(claim, st.just(9), st.just(9)),
        st.builds(
            settle,
            st.integers(0, 4),
            st.sampled_from([each for each in DeliveryState if each is not DeliveryState.CLAIMED]),
            minutes,
            closes_place=st.booleans(),
            is_deleted=st.booleans(),
        ),
        st.builds(recover, st.one_of(st.none(), minutes)),
        st.builds(forget, minutes),
    ),
    max_size=25,
)


async def answers(run: Run) -> list[object]:
    """Ask everything that can be asked."""
    delivery, papers = run.delivery, [paper_id(number) for number in range(10)]
    told: list[object] = [
        await run.standings(),
        list(await delivery.due(NOON + 9 * HOUR, 2)),
        await delivery.had(PLACES, papers),
        await ballots(run.store),
        await delivery.backlog("discord", NOON + 5 * MINUTE),
        dict(await delivery.dropped(NOON, NOON + HOUR)),
    ]
    for place in PLACES:
        told += [await delivery.last_delivery(place), await delivery.last_edition(place)]
        told.append(list(await delivery.subscriptions(place)))
    return told


async def compare(engine: str, made: list[Step]) -> None:
    with TemporaryDirectory() as folder:
        async with opened("memory", Path(folder)) as memory, opened(engine, Path(folder)) as store:
            runs = [Run(each, delivery_over(each)) for each in (memory, store)]
            for step in made:
                expected, got = [await step(run) for run in runs]
                assert got == expected
            expected, got = [await answers(run) for run in runs]
            assert got == expected
            await emptied(runs)


async def emptied(runs: list[Run]) -> None:
    """Deliver all that is owed: it comes out alike, to the end."""
    for run in runs:
        run.claimed = ()
        await run.delivery.recover("discord", None)
    done = settle(0, DeliveryState.DONE, 99, closes_place=False, is_deleted=False)
    while True:
        expected, got = [await claim(1, 99)(run) for run in runs]
        assert got == expected
        if not got:
            return
        assert [await done(run) for run in runs] == [True, True]


@settings(max_examples=60, deadline=None)
@given(steps)
def test_sqlite_delivers_as_memory_does(made: list[Step]) -> None:
    asyncio.run(compare("sqlite", made))


@settings(max_examples=15, deadline=None)
@given(steps)
@pytest.mark.usefixtures("postgres_answers")
def test_postgresql_delivers_as_memory_does(made: list[Step]) -> None:
    asyncio.run(compare("postgres", made))
