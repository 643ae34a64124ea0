from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreError
from bot.store.engine import NOW, Done, Statement, Unit
from bot.store.grouping import GroupCommit
from bot.store.postgres import PostgresEngine, dialect, lock_key
from tests.postgres import connect
from tests.store.opening import opened_engine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from bot.store.engine import Engine, Value

PUT = "INSERT INTO digests (digest, at) VALUES (?1, ?2) ON CONFLICT (digest) DO NOTHING"
READ = "SELECT digest FROM digests ORDER BY digest"


def put(*digests: str, at: Value = 1) -> Unit:
    return Unit((Statement(PUT, [(digest, at) for digest in digests]),))


@pytest.fixture(params=["sqlite", "postgres"])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    async with opened_engine(request.param, tmp_path) as each:
        yield each


async def digests(engine: Engine) -> list[object]:
    return [digest for (digest,) in await engine.fetch(READ)]


async def test_each_of_many_waiting_units_learns_its_own_rows(engine: Engine) -> None:
    await engine.write(put("b"))
    done = await asyncio.gather(*(engine.write(unit) for unit in (put("a"), put("b"), put("c", "d", "a"))))
    assert [each.changed for each in done] == [1, 0, 2]
    assert await digests(engine) == ["a", "b", "c", "d"]


RAISE = f"{PUT.replace('DO NOTHING', '')}DO UPDATE SET at = excluded.at WHERE digests.at < excluded.at"


@pytest.mark.parametrize("names", [("a", "b", "new"), ("a", "a", "new")], ids=["apart", "one row twice"])
async def test_units_that_raise_rows_learn_which_of_them_did(engine: Engine, names: Sequence[str]) -> None:
    await engine.write(put("a", "b", at=5))
    units = [Unit((Statement(RAISE, [(name, at)]),)) for name, at in zip(names, (6, 4, 1), strict=True)]
    done = await asyncio.gather(*(engine.write(unit) for unit in units))
    assert [each.changed for each in done] == [1, 0, 1]
    rows = await engine.fetch("SELECT digest, at FROM digests")
    assert sorted(map(tuple, rows)) == [("a", 6), ("b", 5), ("new", 1)]


async def test_texts_of_many_rows_are_kept_as_they_are(engine: Engine) -> None:
    texts = ['"', "\\", '\\"', "{a,b}", "NULL", "", " a ", "it's", "two\nlines", "👍🏽 é"]
    await engine.write(put(*texts))
    assert sorted(map(str, await digests(engine))) == sorted(texts)


async def test_a_faulty_unit_fails_alone(engine: Engine) -> None:
    half = Unit((*put("half").statements, *put("whole", at=None).statements))
    results = await asyncio.gather(
        *(engine.write(unit) for unit in (put("a"), half, put("b"))), return_exceptions=True
    )
    assert [isinstance(each, Exception) for each in results] == [False, True, False]
    assert not isinstance(results[1], StoreError)
    assert await digests(engine) == ["a", "b"]


async def test_writing_goes_on_after_a_fault(engine: Engine) -> None:
    with pytest.raises(Exception, match=r"(?i)null"):
        await engine.write(put("a", at=None))
    assert (await engine.write(put("b"))).changed == 1


async def test_a_cancelled_caller_breaks_nothing(engine: Engine) -> None:
    waiting = [asyncio.ensure_future(engine.write(put(digest))) for digest in "abc"]
    await asyncio.sleep(0)
    waiting[1].cancel()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(results[1], asyncio.CancelledError)
    assert [isinstance(results[index], Done) for index in (0, 2)] == [True, True]
    assert await digests(engine) == ["a", "b", "c"]


async def test_a_returning_statement_tells_its_rows(engine: Engine) -> None:
    statement = Statement(PUT, [("a", 7)], returns="digests.at")
    done = await engine.write(Unit((statement,)))
    assert (done.changed, [tuple(row) for row in done.rows]) == (1, [(7,)])


async def test_a_unit_that_returns_is_not_done_twice_where_its_neighbour_fails(engine: Engine) -> None:
    again = PUT.replace("NOTHING", "UPDATE SET at = digests.at + 1")
    await engine.write(put("a", at=7))
    units = [Unit((Statement(again, [row], returns="digests.at"),)) for row in (("a", 1), ("b", None))]
    done = await asyncio.gather(*(engine.write(unit) for unit in units), return_exceptions=True)
    assert [isinstance(each, Exception) for each in done] == [False, True]
    assert [tuple(row) for row in await engine.fetch("SELECT digest, at FROM digests")] == [("a", 8)]


async def test_closing_finishes_what_waits_and_takes_nothing_more(tmp_path: Path) -> None:
    async with opened_engine("sqlite", tmp_path) as engine:
        waiting = [asyncio.ensure_future(engine.write(put(digest))) for digest in "ab"]
        await asyncio.sleep(0)
        await engine.close()
        assert [each.changed for each in await asyncio.gather(*waiting)] == [1, 1]
        with pytest.raises(StoreError, match="closed"):
            await engine.write(put("c"))
        with pytest.raises(StoreError, match="closed"):
            await engine.fetch(READ)


async def test_a_fault_of_the_whole_database_is_told_to_all_who_wait() -> None:
    calls = 0

    async def run(_units: Sequence[Unit]) -> Sequence[Done]:
        nonlocal calls
        calls += 1
        raise StoreError("full")

    group = GroupCommit(run)
    results = await asyncio.gather(*(group.write(put(each)) for each in "abc"), return_exceptions=True)
    assert [str(each) for each in results] == ["full"] * 3
    assert calls == 1


async def test_units_that_wait_share_a_commit() -> None:
    sizes: list[int] = []

    async def run(units: Sequence[Unit]) -> Sequence[Done]:
        sizes.append(len(units))
        await asyncio.sleep(0)
        return [Done(1) for _ in units]

    group = GroupCommit(run)
    await asyncio.gather(*(group.write(put(str(each))) for each in range(1200)))
    assert sizes == [500, 500, 200]


@pytest.mark.parametrize(("in_turns", "expected"), [(False, [4, 4, 4]), (True, [4, 2, 2, 2, 2])])
async def test_callers_that_go_in_step_are_parted(in_turns: bool, expected: Sequence[int]) -> None:
    sizes: list[int] = []

    async def run(units: Sequence[Unit]) -> Sequence[Done]:
        sizes.append(len(units))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return [Done(1) for _ in units]

    async def write_thrice() -> None:
        for digest in "abc":
            await group.write(put(digest))

    group = GroupCommit(run, in_turns=in_turns)
    await asyncio.gather(*(write_thrice() for _ in range(4)))
    assert sizes == expected


async def test_writers_of_papers_wait_for_each_other_on_postgres(tmp_path: Path) -> None:
    other = await connect()
    try:
        async with opened_engine("postgres", tmp_path) as engine:
            assert isinstance(engine, PostgresEngine)
            held = other.transaction()
            await held.start()
            await other.execute("SELECT pg_advisory_xact_lock($1)", lock_key("tests of papers-bot"))
            waiting = asyncio.ensure_future(
                engine.write(Unit(put("a").statements, alone="tests of papers-bot"))
            )
            # The row is not there while the lock is held, however often one looks.
            for _ in range(5):
                assert await digests(engine) == []
            await held.rollback()
            assert (await waiting).changed == 1
    finally:
        await other.close()


@pytest.mark.parametrize(
    ("sql", "translated"),
    [
        ("SELECT ?1, ?2, ?1", "SELECT $1, $2, $1"),
        ("SELECT ?12, ?1", "SELECT $12, $1"),
        ("SELECT '?'", "SELECT '?'"),
    ],
)
def test_placeholders_keep_their_numbers(sql: str, translated: str) -> None:
    assert dialect(sql) == translated


COUNT = "UPDATE digests SET at = at + 1 WHERE digest = ?1"


def counted(digest: str, *others: str, mixes: bool = True) -> Unit:
    """Count a digest up that must be there, and keep others."""
    return Unit((Statement(COUNT, [(digest,)], needs=1), *put(*others).statements), mixes=mixes)


@pytest.mark.parametrize("mixes", [True, False])
async def test_a_unit_ends_where_its_first_statement_does_not_find_what_it_needs(
    mixes: bool, engine: Engine
) -> None:
    await engine.write(put("a", "b"))
    units = [counted(name, f"{name}1", f"{name}2", mixes=mixes) for name in ("a", "none", "b", "nothing")]
    done = await asyncio.gather(*(engine.write(unit) for unit in units))
    assert [(each.changed, each.failed) for each in done] == [(3, None), (0, 0), (3, None), (0, 0)]
    assert await digests(engine) == ["a", "a1", "a2", "b", "b1", "b2"]


async def test_a_unit_is_undone_where_a_later_statement_does_not_find_what_it_needs(engine: Engine) -> None:
    await engine.write(put("a"))
    missing = Unit(
        (*put("lost").statements, Statement(COUNT, [("none",)], needs=1), *put("never").statements)
    )
    too_few = Unit((Statement(COUNT, [("a",), ("none",)], needs=2), *put("never").statements))
    whole = Unit((*put("kept").statements, Statement(COUNT, [("a",)], needs=1)))
    done = await asyncio.gather(*(engine.write(unit) for unit in (put("b"), missing, whole, too_few)))
    assert [(each.changed, each.failed) for each in done] == [(1, None), (0, 1), (2, None), (0, 0)]
    assert await digests(engine) == ["a", "b", "kept"]
    assert list(await engine.fetch("SELECT at FROM digests WHERE digest = 'a'")) == [(2,)]


async def test_units_that_mix_are_done_again_alone_where_a_later_statement_finds_too_little(
    engine: Engine,
) -> None:
    await engine.write(put("a", "b", "c"))
    units = [
        Unit((Statement(COUNT, [(counted,)], needs=1), Statement(PUT, [(new, 0)], needs=1)), mixes=True)
        for counted, new in (("a", "new"), ("b", "c"), ("none", "lost"), ("c", "newer"))
    ]
    done = await asyncio.gather(*(engine.write(unit) for unit in units))
    assert [(each.changed, each.failed) for each in done] == [(2, None), (0, 1), (0, 0), (2, None)]
    assert await digests(engine) == ["a", "b", "c", "new", "newer"]
    assert list(await engine.fetch("SELECT at FROM digests WHERE digest IN ('a', 'b') ORDER BY digest")) == [
        (2,),
        (1,),
    ]


async def test_a_unit_with_needs_tells_the_rows_it_returns(engine: Engine) -> None:
    await engine.write(put("a", at=7))
    counting = Statement(COUNT, [("a",)], returns="digests.at", needs=1)
    done = await engine.write(Unit((*put("b").statements, counting, *put("c").statements)))
    assert (done.changed, [tuple(row) for row in done.rows]) == (3, [(8,)])


async def test_units_that_mix_are_done_beside_others(engine: Engine) -> None:
    await engine.write(put("a"))
    units = [counted("a", "1"), put("2"), counted("none", "3"), counted("2", "4"), counted("1"), counted("a")]
    done = await asyncio.gather(*(engine.write(unit) for unit in units))
    assert [each.failed for each in done] == [None, None, 0, None, None, None]
    assert await digests(engine) == ["1", "2", "4", "a"]


async def test_each_of_many_units_that_mix_learns_its_own_rows(engine: Engine) -> None:
    await engine.write(put("a", "b", "c"))
    units = [counted("a", "1", "2"), counted("b", "2", "3", "4"), counted("c"), counted("a", "1", "2")]
    done = await asyncio.gather(*(engine.write(unit) for unit in units))
    assert [each.changed for each in done] == [3, 3, 1, 1]


async def test_a_faulty_unit_that_mixes_fails_alone(engine: Engine) -> None:
    await engine.write(put("a", "b"))
    faulty = Unit((Statement(COUNT, [("a",)], needs=1), *put("lost", at=None).statements), mixes=True)
    results = await asyncio.gather(
        *(engine.write(unit) for unit in (counted("a", "1"), faulty, counted("b", "2"))),
        return_exceptions=True,
    )
    assert [isinstance(each, Done) for each in results] == [True, False, True]
    assert await digests(engine) == ["1", "2", "a", "b"]
    assert list(await engine.fetch("SELECT at FROM digests WHERE digest = 'a'")) == [(2,)]


async def test_the_databases_own_time_is_that_of_now(engine: Engine) -> None:
    before = time.time() - 1
    ((now,),) = await engine.fetch(f"SELECT {NOW}")
    assert isinstance(now, int)
    assert before < now / 1_000_000 < time.time() + 1
