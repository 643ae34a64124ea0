from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreError
from bot.store.engine import Done, Statement, Unit
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
