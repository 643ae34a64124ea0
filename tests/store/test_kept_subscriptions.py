"""Ids of imported subscriptions: made where they are missing, or another place has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING

import pytest

from bot.domain.places import LOCAL_PLACE, Place
from bot.domain.subscriptions import Subscription
from bot.ports import KeepRecords
from bot.store.records import made_id
from bot.store.sql_store import SqlStore
from tests.store.opening import opened_engine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

WISH = Subscription("mine", LOCAL_PLACE, (time(9), time(17, 30)), "Europe/Berlin", topic='"a phrase" -word')
ELSEWHERE = replace(WISH, place=Place("discord", "7", "8"))


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlStore]:
    async with opened_engine(request.param, tmp_path) as engine:
        yield SqlStore(engine)


async def kept(store: SqlStore, *wishes: Subscription) -> list[object]:
    await store.write(KeepRecords(wishes))
    return [record async for record in store.records()]


async def test_a_missing_id_is_made_once_however_often_it_is_imported(store: SqlStore) -> None:
    nameless = replace(WISH, id="")
    first = await kept(store, nameless)
    assert first == [replace(WISH, id=made_id(nameless))]
    assert await kept(store, nameless) == first


async def test_an_id_of_another_place_is_left_to_it(store: SqlStore) -> None:
    first = await kept(store, WISH, ELSEWHERE)
    assert sorted(first, key=repr) == sorted([WISH, replace(ELSEWHERE, id=made_id(ELSEWHERE))], key=repr)
    assert await kept(store, WISH, ELSEWHERE) == first


async def test_a_subscription_that_is_there_is_left_as_it_is(store: SqlStore) -> None:
    assert await kept(store, WISH, replace(WISH, count=9)) == [WISH]


def test_made_ids_differ_with_what_is_wished() -> None:
    wishes = [replace(WISH, id="", count=count) for count in range(1, 26)]
    assert len({made_id(wish) for wish in wishes}) == len(wishes)
