"""Writes are all or none, alone or among many at once, and none is lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.domain.places import Identity
from bot.domain.votes import Submission
from bot.errors import StoreError
from bot.ports import EVERYBODY, KeepRecords, RecordDigest
from tests.contract.making import ANA, FRIDAY, HERE, NOON, entry, feed, numbers, paper_id, vote, votes
from tests.contract.records import ODD

if TYPE_CHECKING:
    from bot.ports import Store

REFUSED = (ValueError, StoreError)
HALF_A_PAIR = "half an emoji: \ud83e"
NUL = "a text with \0 in it"


def faulty(text: str = HALF_A_PAIR) -> KeepRecords:
    """Make a write that no database can do."""
    return KeepRecords((Submission(paper_id(9), HERE, ANA, NOON, note=text),))


@pytest.mark.parametrize("text", [HALF_A_PAIR, NUL], ids=["half a surrogate pair", "NUL"])
async def test_a_text_that_only_one_database_could_keep_is_refused_by_all(store: Store, text: str) -> None:
    with pytest.raises(REFUSED):
        await store.write(faulty(text))
    assert [record async for record in store.records()] == []


@pytest.mark.parametrize("last", [False, True], ids=["faulty first", "faulty last"])
async def test_writes_of_one_call_are_done_all_or_none(store: Store, *, last: bool) -> None:
    good = (feed(entry(1)), votes(vote(1)), RecordDigest("d", NOON))
    with pytest.raises(REFUSED):
        await store.write(*((*good, faulty()) if last else (faulty(), *good)))
    assert not await store.papers([paper_id(1)], scope=EVERYBODY)
    assert not await store.listed_days(FRIDAY, FRIDAY)
    assert not await store.leaderboard(None, scope=EVERYBODY, limit=1)
    assert not await store.known_digests(["d"])
    assert await store.write(*good) > 0


async def test_writes_of_one_call_are_done_in_their_order(store: Store) -> None:
    await store.write(feed(entry(1, 3)), feed(entry(1, 9)), votes(vote(1)))
    (listed,) = await store.papers([paper_id(1)], scope=EVERYBODY)
    assert (listed.upvotes, listed.votes) == (3, 1)


async def test_no_write_changes_nothing(store: Store) -> None:
    assert await store.write() == 0


async def test_one_that_fails_among_many_takes_none_along(store: Store) -> None:
    writes = [faulty() if number == 20 else votes(vote(number)) for number in range(40)]
    results = await asyncio.gather(*(store.write(each) for each in writes), return_exceptions=True)
    failed = [number for number, result in enumerate(results) if isinstance(result, BaseException)]
    assert failed == [20]
    assert isinstance(results[20], REFUSED)
    top = await store.leaderboard(None, scope=EVERYBODY, limit=100)
    assert sorted(numbers(top)) == [number for number in range(40) if number != 20]


async def test_a_write_is_there_once_it_is_answered(store: Store) -> None:
    for number in range(20):
        await store.write(feed(entry(number)))
        assert await store.papers([paper_id(number)], scope=EVERYBODY)


async def test_a_writer_who_is_cancelled_disturbs_nobody(store: Store) -> None:
    writers = [asyncio.create_task(store.write(votes(vote(number)))) for number in range(30)]
    await asyncio.sleep(0)
    for writer in writers[::3]:
        writer.cancel()
    await asyncio.gather(*writers, return_exceptions=True)
    await store.write(votes(vote(99)))
    found = set(numbers(await store.leaderboard(None, scope=EVERYBODY, limit=100)))
    # What a cancelled caller asked for may be done or not; the rest is done.
    assert found >= {99, *(number for number in range(30) if number % 3)}


async def test_votes_equal_tallies_under_many_writers(store: Store) -> None:
    await store.write(feed(*(entry(number) for number in range(10))))

    async def vote_often(person: int) -> None:
        for number in range(0, 10, 1 + person % 3):
            await store.write(votes(vote(number, Identity(f"discord:{person}"))))

    await asyncio.gather(*(vote_often(person) for person in range(100)))
    tallies = {each.paper.id: each.votes for each in await store.leaderboard(None, scope=EVERYBODY, limit=10)}
    acts = [record async for record in store.records()]
    assert (
        len(acts) == sum(tallies.values()) == sum(len(range(0, 10, 1 + person % 3)) for person in range(100))
    )
    listed = await store.newest_lists(FRIDAY, 1, scope=EVERYBODY, limit=None)
    assert {each.paper.id: each.votes for each in listed} == tallies


async def test_lists_and_reads_at_once_never_show_half_a_list(store: Store) -> None:
    async def record(times: int) -> None:
        for number in range(times):
            await store.write(feed(*(entry(number * 10 + each) for each in range(10)), day=FRIDAY))

    async def look(times: int) -> None:
        for _ in range(times):
            seen = await store.newest_lists(FRIDAY, 1, scope=EVERYBODY, limit=None)
            assert len(seen) % 10 == 0

    await asyncio.gather(record(10), look(30), look(30))


async def test_odd_texts_survive(store: Store) -> None:
    await store.write(
        feed(entry(1, title=ODD, abstract=ODD, authors=(ODD, "x"), keywords=(ODD,))), votes(vote(1))
    )
    (listed,) = await store.papers([paper_id(1)], scope=EVERYBODY)
    assert listed.paper == entry(1, title=ODD, abstract=ODD, authors=(ODD, "x"), keywords=(ODD,)).paper


async def test_nul_as_json_writes_it_is_a_text_like_any(store: Store) -> None:
    """A paper on prompts may well name it; and one bad paper never loses the others."""
    odd = entry(1, title=r"What \u0000 does", authors=(r"\u0000", r"\\u0000"), keywords=(r"a\\\u0000",))
    await store.write(feed(odd, entry(2)))
    (listed, _) = await store.papers([paper_id(1), paper_id(2)], scope=EVERYBODY)
    assert listed.paper == odd.paper


async def test_nul_in_a_list_of_texts_is_refused(store: Store) -> None:
    with pytest.raises(REFUSED):
        await store.write(feed(entry(1, authors=("Ana", "Ben\0"))))


async def test_a_long_text_survives(store: Store) -> None:
    authors = tuple(f"Author {number} Ünal" for number in range(3000))
    await store.write(feed(entry(1, abstract="word " * 100_000, authors=authors)))
    (listed,) = await store.papers([paper_id(1)], scope=EVERYBODY)
    assert (listed.paper.authors, len(listed.paper.abstract)) == (authors, 500_000)


async def test_closing_finishes_the_writes_that_wait(store: Store) -> None:
    writers = [asyncio.create_task(store.write(votes(vote(number)))) for number in range(10)]
    await asyncio.sleep(0)
    await store.close()
    assert [await writer for writer in writers] == [1] * 10


async def test_a_closed_store_says_so(store: Store) -> None:
    await store.close()
    with pytest.raises(StoreError):
        await store.write(votes(vote(1)))
    await store.close()
