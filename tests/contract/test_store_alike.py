"""Whatever is written, in whatever order: SQLite and PostgreSQL answer as the plain store in memory does."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.papers import Feed, FeedEntry
from bot.domain.votes import Dislike, Had, Link, Means, Save
from bot.ports import (
    EVERYBODY,
    KeepRecords,
    RecordDigest,
    RecordFeed,
    RecordPapers,
    RememberList,
    Scope,
    TallyActs,
    ThinSightings,
)
from tests.contract.conftest import opened
from tests.contract.making import (
    ANA,
    BEN,
    CLEO,
    ELSEWHERE,
    FRIDAY,
    HERE,
    HOUR,
    NEXT_DOOR,
    NOON,
    THURSDAY,
    WEDNESDAY,
    entry,
    paper_id,
    vote,
)
from tests.postgres import connect

if TYPE_CHECKING:
    from bot.ports import Store, Write

NUMBERS = range(1, 6)
DAYS = (WEDNESDAY, THURSDAY, FRIDAY)
SCOPES = (EVERYBODY, Scope(servers=(HERE.server_key,)), Scope(place=HERE), Scope(servers=("slack:none",)))
COUNTED = (RecordFeed, RecordPapers, RecordDigest, KeepRecords)
"""Writes that tell by their count whether anything was new; of the others the count is only roughly one."""

papers = st.sampled_from(NUMBERS).map(paper_id)
identities = st.sampled_from([ANA, BEN, CLEO])
places = st.sampled_from([HERE, NEXT_DOOR, ELSEWHERE])
instants = st.one_of(
    st.integers(0, 12).map(lambda hours: NOON + hours * HOUR / 2),
    st.integers(0, 60).map(lambda days: datetime(2026, 4, 1, 9, tzinfo=UTC) + timedelta(days=days)),
)
entries: st.SearchStrategy[FeedEntry] = st.builds(
    entry,
    st.sampled_from(NUMBERS),
    st.sampled_from([0, 5, 10, 15]),
    st.integers(0, 2),
    title=st.sampled_from(["Title", "Другое"]),
    abstract=st.sampled_from(["", "a", "b"]),
    authors=st.sampled_from([(), ("Ana",), ("Ana", "Ben")]),
    categories=st.sampled_from([(), ("cs.CL",)]),
    code_stars=st.sampled_from([None, 0, 7]),
    published_at=st.sampled_from([None, NOON]),
)
lists = st.lists(entries, max_size=6).map(tuple)
records = st.one_of(
    st.builds(
        vote,
        st.integers(1, 7),
        identities,
        places,
        means=st.sampled_from(Means),
        message=st.sampled_from(["", "m"]),
        at=instants,
    ),
    st.builds(Link, identities, identities, instants),
    st.builds(Had, places, papers, instants),
    st.builds(Save, identities, papers, instants),
    st.builds(Dislike, identities, papers, places, instants, st.sampled_from(["m", "m down"])),
)
writes: st.SearchStrategy[Write] = st.one_of(
    st.builds(Feed, st.sampled_from(DAYS), instants, lists).map(RecordFeed),
    st.builds(Feed, st.sampled_from(DAYS), instants, lists).map(RecordFeed),
    st.builds(RecordPapers, lists, instants, has_figures=st.booleans()),
    st.lists(records, max_size=6).map(tuple).map(KeepRecords),
    st.builds(
        RememberList,
        places,
        identities,
        st.lists(papers, max_size=3).map(tuple),
        instants,
        public=st.booleans(),
    ),
    st.builds(ThinSightings, instants),
    st.builds(TallyActs, st.integers(1, 5)),
    st.builds(RecordDigest, st.sampled_from(["one", "two"]), instants),
)
calls = st.lists(st.lists(writes, min_size=1, max_size=3), max_size=8)


async def answers(store: Store) -> list[object]:
    """Ask everything that a store can be asked."""
    told: list[object] = [
        await store.listed_days(WEDNESDAY, FRIDAY),
        await store.known_digests(["one", "two", "three"]),
        list(await store.bare_papers(3)),
        [(row.paper, row.day) for row in await store.index_rows(0, 100)],
        [record async for record in store.records()],
    ]
    for day in DAYS:
        told.append(await store.last_feed(day))
        told.append(list(await store.best(day, FRIDAY, scope=EVERYBODY, limit=2)))
    for scope in SCOPES:
        told += await answers_of_scope(store, scope)
    for place in (HERE, ELSEWHERE):
        told += [await store.remembered(place, identity, NOON) for identity in (ANA, BEN)]
    return told


async def answers_of_scope(store: Store, scope: Scope) -> list[object]:
    return [
        list(await store.newest_lists(FRIDAY, 2, scope=scope, limit=3)),
        list(await store.newest_lists(THURSDAY, 5, scope=scope, limit=None)),
        list(await store.best(WEDNESDAY, THURSDAY, scope=scope, limit=None)),
        list(await store.papers([paper_id(number) for number in NUMBERS], scope=scope)),
        list(await store.leaderboard(None, scope=scope, limit=3)),
        list(await store.leaderboard(NOON + HOUR, scope=scope, limit=10)),
    ]


async def compare(engine: str, calls_made: list[list[Write]]) -> None:
    with TemporaryDirectory() as folder:
        async with opened("memory", Path(folder)) as memory, opened(engine, Path(folder)) as store:
            for each in calls_made:
                changed = await memory.write(*each), await store.write(*each)
                assert not all(isinstance(write, COUNTED) for write in each) or bool(changed[0]) == bool(
                    changed[1]
                )
            assert await answers(store) == await answers(memory)
            # Whatever it was: done again, the last call changes nothing that can be asked for.
            for each in calls_made[-1:]:
                before = await answers(store)
                await store.write(*each)
                await memory.write(*each)
                assert await answers(memory) == await answers(store) == before


@settings(max_examples=80, deadline=None)
@given(calls)
def test_sqlite_answers_as_memory_does(calls_made: list[list[Write]]) -> None:
    asyncio.run(compare("sqlite", calls_made))


@settings(max_examples=15, deadline=None)
@given(calls)
@pytest.mark.usefixtures("postgres_answers")
def test_postgresql_answers_as_memory_does(calls_made: list[list[Write]]) -> None:
    asyncio.run(compare("postgres", calls_made))


@pytest.fixture(scope="module")
def postgres_answers() -> None:
    """Skip (or fail) once, before Hypothesis begins."""

    async def ask() -> None:
        await (await connect()).close()

    asyncio.run(ask())
