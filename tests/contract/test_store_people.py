"""What a store keeps of people and places: records, lists that were shown, digests, turns."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, cast

import pytest

from bot.domain.places import PlaceKind, PlaceProfile
from bot.domain.votes import Dislike, Had, Link, Save
from bot.ports import EVERYBODY, KeepRecords, RecordDigest, RememberedList, RememberList
from tests.contract.making import ANA, BEN, CLEO, ELSEWHERE, HERE, HOUR, NOON, paper_id, vote
from tests.contract.records import FULL, KINDS

if TYPE_CHECKING:
    from bot.domain.places import Identity, Place
    from bot.domain.subscriptions import Subscription
    from bot.domain.votes import Submission
    from bot.ports import Record, Store


async def kept(store: Store) -> list[Record]:
    return [record async for record in store.records()]


# --- Records ----------------------------------------------------------------------


async def test_records_come_back_as_they_were_kept(store: Store) -> None:
    assert await store.write(KeepRecords(FULL)) >= len(FULL)
    found = await kept(store)
    assert len(found) == len(FULL)
    assert all(record in found for record in FULL)


async def test_places_and_links_come_first_and_kinds_together(store: Store) -> None:
    await store.write(KeepRecords(tuple(reversed(FULL))))
    kinds = [kind for kind, _ in groupby(type(record) for record in await kept(store))]
    assert kinds[:2] == [PlaceProfile, Link]
    assert sorted(kinds, key=str) == sorted(KINDS, key=str)


async def test_the_order_of_records_does_not_depend_on_how_they_came(store: Store) -> None:
    await store.write(KeepRecords(FULL))
    before = await kept(store)
    await store.write(KeepRecords(FULL[::-1]))
    assert await kept(store) == before


async def test_an_empty_store_has_no_records(store: Store) -> None:
    assert await kept(store) == []


async def test_kept_again_changes_nothing(store: Store) -> None:
    await store.write(KeepRecords(FULL))
    assert await store.write(KeepRecords(FULL)) == 0
    assert await store.write(KeepRecords(())) == 0


@pytest.mark.parametrize(
    ("there", "again"),
    [
        (PlaceProfile(HERE), PlaceProfile(HERE, PlaceKind.FORUM, {"emoji": "x"})),
        (Link(CLEO, ANA, NOON), Link(CLEO, BEN, NOON + HOUR)),
        (FULL[3], replace(cast("Subscription", FULL[3]), count=3, topic="other", paused_at=None)),
        (vote(1), vote(1, at=NOON + HOUR)),
        (Had(HERE, paper_id(1), NOON), Had(HERE, paper_id(1), NOON + HOUR)),
        (FULL[12], replace(cast("Submission", FULL[12]), note="other", at=NOON + HOUR)),
        (Save(ANA, paper_id(1), NOON), Save(ANA, paper_id(1), NOON + HOUR)),
        (
            Dislike(ANA, paper_id(1), HERE, NOON, "8001/1 down"),
            Dislike(ANA, paper_id(1), ELSEWHERE, NOON + HOUR, "8001/1 down"),
        ),
    ],
    ids=["place", "link", "subscription", "act", "had", "submission", "save", "dislike"],
)
async def test_a_record_that_is_there_is_left_as_it_is(store: Store, there: Record, again: Record) -> None:
    await store.write(KeepRecords((there,)))
    assert await store.write(KeepRecords((again,))) == 0
    await store.write(KeepRecords((again, again)))
    assert there in await kept(store)
    assert again not in await kept(store)


async def test_the_first_of_two_with_one_key_is_kept(store: Store) -> None:
    await store.write(KeepRecords((vote(1), vote(1, at=NOON + HOUR))))
    assert await kept(store) == [vote(1)]


async def test_a_place_that_is_only_spoken_of_is_no_record(store: Store) -> None:
    await store.write(KeepRecords((vote(1), Had(ELSEWHERE, paper_id(1), NOON))))
    assert len(await kept(store)) == 2
    await store.write(KeepRecords((PlaceProfile(HERE, PlaceKind.DM, {"emoji": "x"}),)))
    assert PlaceProfile(HERE, PlaceKind.DM, {"emoji": "x"}) in await kept(store)


async def test_records_can_be_written_while_they_are_read(store: Store) -> None:
    await store.write(KeepRecords(FULL))
    found: list[Record] = []
    async for record in store.records():
        if isinstance(record, PlaceProfile | Save):
            await store.write(KeepRecords((vote(50 + len(found)),)))
        found.append(record)
    assert all(record in found for record in FULL)
    assert len(await kept(store)) == len(FULL) + 4


# --- Lists that were shown ------------------------------------------------------------


def shown(
    *papers: int, identity: Identity = ANA, place: Place = HERE, hours: float = 0, public: bool = True
) -> RememberList:
    return RememberList(
        place, identity, tuple(paper_id(each) for each in papers), NOON + hours * HOUR, public=public
    )


def remembered(*papers: int, hours: float = 0, own: bool) -> RememberedList:
    return RememberedList(tuple(paper_id(each) for each in papers), NOON + hours * HOUR, own=own)


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param([shown(2, 1)], remembered(2, 1, own=True), id="one's own, in its order"),
        pytest.param([shown(1), shown(2, hours=1)], remembered(2, hours=1, own=True), id="the newer"),
        pytest.param(
            [shown(2, hours=1), shown(1)], remembered(2, hours=1, own=True), id="whatever came last"
        ),
        pytest.param([shown(1, identity=BEN)], remembered(1, own=False), id="another's public one"),
        pytest.param([shown(1, identity=BEN, public=False)], None, id="never another's private one"),
        pytest.param(
            [shown(1), shown(2, identity=BEN, hours=1)],
            remembered(1, own=True),
            id="one's own before a newer",
        ),
        pytest.param(
            [shown(1, identity=BEN), shown(2, identity=CLEO, hours=1)],
            remembered(2, hours=1, own=False),
            id="the newest public one",
        ),
        pytest.param(
            [shown(1, identity=BEN), shown(2, identity=BEN, hours=1, public=False)],
            remembered(1, own=False),
            id="a public one stays when its asker asks in private",
        ),
        pytest.param(
            [shown(1, public=False), shown(2, hours=1)],
            remembered(2, hours=1, own=True),
            id="own, public, newer",
        ),
        pytest.param([shown(1, place=ELSEWHERE)], None, id="not in another place"),
        pytest.param([shown(1, hours=-1)], remembered(1, hours=-1, own=True), id="an hour ago"),
        pytest.param([shown(1, hours=-1.01, public=False)], None, id="more than an hour ago"),
        pytest.param(
            [shown(1, hours=-1.01)], remembered(1, hours=-1.01, own=False), id="a public one however old"
        ),
        pytest.param(
            [shown(1, hours=-2), shown(2, identity=BEN)], remembered(2, own=False), id="own one too old"
        ),
        pytest.param([shown()], remembered(own=True), id="an empty list"),
    ],
)
async def test_a_list_is_remembered(
    store: Store, lists: list[RememberList], expected: RememberedList | None
) -> None:
    for each in lists:
        await store.write(each)
    assert await store.remembered(HERE, ANA, NOON - HOUR) == expected


# --- Digests ----------------------------------------------------------------------------


async def test_digests_are_known_once_recorded(store: Store) -> None:
    wanted = [f"{number:064x}" for number in range(1200)]
    assert not await store.known_digests(wanted)
    assert await store.write(*(RecordDigest(each, NOON) for each in wanted[:700])) == 700
    assert set(await store.known_digests(wanted)) == set(wanted[:700])
    assert await store.write(RecordDigest(wanted[0], NOON + HOUR)) == 0
    assert not await store.known_digests([])
    # More than a statement may have parameters.
    assert set(await store.known_digests([*map(str, range(40_000)), wanted[0]])) == {wanted[0]}


# --- Turns ------------------------------------------------------------------------------

EVERY = timedelta(seconds=3)


async def test_turns_are_a_while_apart(store: Store) -> None:
    waits = [await store.take_turn("arxiv", EVERY, NOON) for _ in range(3)]
    assert waits == [0 * EVERY, EVERY, 2 * EVERY]
    assert await store.take_turn("arxiv", EVERY, NOON + EVERY) == 2 * EVERY
    assert await store.take_turn("arxiv", EVERY, NOON + HOUR) == timedelta()
    assert await store.take_turn("other", EVERY, NOON) == timedelta()


async def test_turns_taken_at_once_differ(store: Store) -> None:
    waits = await asyncio.gather(*(store.take_turn("arxiv", EVERY, NOON) for _ in range(20)))
    assert sorted(waits) == [number * EVERY for number in range(20)]


async def test_records_name_papers_and_make_none_known(store: Store) -> None:
    await store.write(KeepRecords(FULL))
    assert not await store.papers([paper_id(1)], scope=EVERYBODY)
    assert not await store.index_rows(0, 10)
