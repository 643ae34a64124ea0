"""Rows of the outbox and around it that make no sense: each takes only itself out, and says so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.domain.deliveries import Delivery, DeliveryKind, DeliveryState, MessageRef
from bot.domain.places import PlaceProfile
from bot.log import logger
from bot.ports.delivery import Broken, Undo
from bot.store import records
from bot.store.engine import Statement, Unit
from bot.store.sql_store import SqlStore
from tests.contract.making import HERE, HOUR, NEXT_DOOR, NOON, paper_id
from tests.contract.subscribing import (
    CAPS,
    LEASE,
    MINUTE,
    changed,
    claimed,
    digest,
    done,
    edition,
    had_here,
    kept,
    planned,
    post,
    standing,
)
from tests.store.opening import opened_engine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.engine import Value

SQLITE_ONLY = [
    ("part", "x"),
    ("attempt", "x"),
    ("expires_at", "soon"),
    ("turn", "first"),
    ("first_tried_at", b"\0"),
]


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlStore]:
    async with opened_engine(request.param, tmp_path) as engine:
        yield SqlStore(engine)


async def set_column(store: SqlStore, table: str, column: str, value: Value, condition: str) -> None:
    statement = Statement(f"UPDATE {table} SET {column} = ?1 WHERE {condition}", [(value,)])
    assert (await store._engine.write(Unit((statement,)))).changed == 1


async def claim_all(store: SqlStore) -> list[Delivery | Broken]:
    return list(await store.delivery.claim("discord", "sender", NOON, NOON + LEASE, 9))


async def spoiled_claim(store: SqlStore, column: str, value: Value) -> None:
    """Claim a delivery that makes no sense beside one that does, and look at what becomes of it."""
    delivery, before = store.delivery, standing()
    await kept(delivery, before)
    firing = edition(before)
    await delivery.plan([planned(before, firing, digest(firing))])
    bad = digest(firing)[0]
    await delivery.put([post(NEXT_DOOR), post(NEXT_DOOR, DeliveryKind.REACT, parent=bad.key)])
    await set_column(store, "deliveries", column, value, f"key = '{bad.key}'")
    found = await claim_all(store)
    (broken,) = [each for each in found if isinstance(each, Broken)]
    assert broken.id == bad.key
    assert broken.why
    assert [each.place for each in found if isinstance(each, Delivery)] == [NEXT_DOOR]
    assert await claim_all(store) == []
    assert (await delivery.dropped(NOON, NOON + MINUTE))[broken.why] == 1
    last = await delivery.last_delivery(HERE)
    assert last is not None
    assert (last.state, last.outcome) == (DeliveryState.DROPPED, broken.why)
    assert await delivery.recover("discord", NOON + 9 * HOUR) == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "poem"),
        ("place", "nowhere"),
        ("place", ""),
        ("expires_at", 10**18),
        ("first_tried_at", -(10**18)),
    ],
)
async def test_a_delivery_that_cannot_be_read_is_dropped_with_the_reason(
    column: str, value: Value, store: SqlStore
) -> None:
    await spoiled_claim(store, column, value)
    assert await had_here(store.delivery) == ({1, 2, 3} if column == "kind" else set())


@pytest.mark.parametrize(("column", "value"), SQLITE_ONLY)
async def test_a_text_where_a_number_belongs_is_dropped_too(
    column: str, value: Value, tmp_path: Path
) -> None:
    async with opened_engine("sqlite", tmp_path) as engine:
        if column in {"attempt", "turn"}:
            await kept_going(SqlStore(engine), column, value)
        else:
            await spoiled_claim(SqlStore(engine), column, value)


async def kept_going(store: SqlStore, column: str, value: Value) -> None:
    """Claim a delivery whose number makes no sense, but is counted up or only orders."""
    await store.delivery.put([post(HERE), post(NEXT_DOOR)])
    await set_column(store, "deliveries", column, value, f"place = '{HERE}'")
    assert len(await claimed(store.delivery)) == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("papers", "["),
        ("papers", "[1]"),
        ("papers", '{"a": 1}'),
        ("kind", "poem"),
        ("local_date", "someday"),
        ("fires_at", 10**18),
    ],
)
async def test_an_edition_that_cannot_be_read_is_left_out(column: str, value: Value, store: SqlStore) -> None:
    delivery, before = store.delivery, standing()
    other = standing("other", NEXT_DOOR)
    await kept(delivery, before, other)
    bad, good = edition(before), edition(other)
    await delivery.plan([planned(each, of, digest(of)) for each, of in ((before, bad), (other, good))])
    await set_column(store, "editions", column, value, f"key = '{bad.key}'")
    assert await delivery.editions([bad.key, good.key]) == {good.key: good}
    assert await delivery.last_edition(HERE) is None
    for each in await claimed(delivery):
        assert await delivery.settle(each, done(MessageRef(each.key)), NOON)


async def test_how_an_edition_without_readable_papers_went_is_told(store: SqlStore) -> None:
    delivery, before = store.delivery, standing()
    await kept(delivery, before)
    await delivery.plan([planned(before, edition(before), digest(edition(before)))])
    await set_column(store, "editions", "papers", "[", "TRUE")
    last = await delivery.last_delivery(HERE)
    assert last is not None
    assert (last.state, last.papers) == (DeliveryState.WAITING, 0)


@pytest.mark.parametrize(("column", "value"), [("settings", "{"), ("kind", "moon"), ("settings", "[1]")])
async def test_a_profile_that_cannot_be_read_counts_as_none(
    column: str, value: Value, store: SqlStore
) -> None:
    await store.delivery.keep_profile(PlaceProfile(HERE))
    await set_column(store, "places", column, value, "TRUE")
    assert await store.delivery.profile(HERE) is None
    await store.delivery.keep_profile(PlaceProfile(HERE))
    assert await store.delivery.profile(HERE) == PlaceProfile(HERE)


@pytest.mark.parametrize("value", ["[", "[[1, 2]]", "[[null]]", '[[null, ["a"]]]', "7"])
async def test_an_undo_that_cannot_be_read_counts_as_none(value: str, store: SqlStore) -> None:
    before = standing()
    await kept(store.delivery, before)
    undo = Undo("token", HERE, NOON + HOUR, (changed(before, count=3),))
    await store.delivery.change(undo.changes, CAPS, undo)
    await set_column(store, "undos", "changes", value, "TRUE")
    assert await store.delivery.take_undo("token", HERE, NOON) is None


async def test_a_row_that_was_mended_is_planned_again(store: SqlStore) -> None:
    await kept(store.delivery, standing())
    await set_column(store, "subscriptions", "at", json.dumps(["25:00"]), "TRUE")
    (broken,) = await store.delivery.due(NOON, 9)
    assert isinstance(broken, Broken)
    assert "25:00" in broken.why
    await store.delivery.set_aside(broken)
    await set_column(store, "subscriptions", "at", json.dumps(["09:00"]), "TRUE")
    assert await store.delivery.due(NOON, 9) == []
    await set_column(store, "subscriptions", "broken_why", "", "TRUE")
    assert await store.delivery.due(NOON, 9) == [standing()]


async def test_an_orphan_falls_with_the_next_recovery(store: SqlStore) -> None:
    """A parent may fall in the moment in which its child is put by another process."""
    delivery, before = store.delivery, standing()
    await kept(delivery, before)
    firing = edition(before, (1,))
    parent = post(NEXT_DOOR)
    child = post(firing, part=1, parent=parent.key)
    await delivery.put([parent])
    await delivery.plan([planned(before, firing, [child])])
    await set_column(store, "deliveries", "state", "dropped", f"key = '{parent.key}'")
    assert await claim_all(store) == []
    assert await delivery.recover("discord", NOON) == 0
    assert (await delivery.had([HERE], [paper_id(1)])) == {}
    assert sum((await delivery.dropped(NOON, NOON + MINUTE)).values()) == 1


async def test_an_export_leaves_a_broken_subscription_out_and_says_so(
    store: SqlStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "log", logger("store"))
    await kept(store.delivery, standing("bad"), standing("good"))
    await set_column(store, "subscriptions", "tz", "Mars/Olympus", "id = 'bad'")
    assert [record async for record in store.records()] == [standing("good").subscription]
    assert "Mars/Olympus" in capsys.readouterr().err
