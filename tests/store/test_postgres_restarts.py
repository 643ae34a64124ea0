"""The server ends connections, as it does when it is restarted: the bot goes on with new ones."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.errors import StoreError
from bot.store.engine import Statement, Unit
from tests.postgres import connect
from tests.store.opening import opened_engine

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store.engine import Engine

AT_ONCE = 4
READ = "SELECT digest FROM digests ORDER BY digest"


def put(digest: str) -> Unit:
    row = (digest, 1)
    return Unit(
        (Statement("INSERT INTO digests (digest, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING", [row]),)
    )


async def end_connections(engine: Engine) -> None:
    """End all connections that the engine holds, as an administrator would."""
    held = await asyncio.gather(
        *(engine.fetch("SELECT pg_backend_pid() FROM pg_sleep(0.05)") for _ in range(AT_ONCE))
    )
    administrator = await connect()
    try:
        for ((process,),) in held:
            await administrator.execute("SELECT pg_terminate_backend($1)", process)
    finally:
        await administrator.close()


async def test_reads_go_on(tmp_path: Path) -> None:
    async with opened_engine("postgres", tmp_path) as engine:
        await engine.write(put("a"))
        for _ in range(3):
            await end_connections(engine)
            for _ in range(2 * AT_ONCE):
                assert [digest for (digest,) in await engine.fetch(READ)] == ["a"]


async def test_a_read_under_way_is_done_again(tmp_path: Path) -> None:
    async with opened_engine("postgres", tmp_path) as engine:
        (((first,),), administrator) = await asyncio.gather(
            engine.fetch("SELECT pg_backend_pid()"), connect()
        )
        try:
            # It waits for long on that connection, and not at all on any other.
            waits = f"pg_sleep(CASE WHEN pg_backend_pid() = {first} THEN 60 ELSE 0 END)"
            reading = asyncio.create_task(engine.fetch(f"SELECT pg_backend_pid() FROM {waits}"))
            is_asleep = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'"
            while not await administrator.fetchval(is_asleep, first):
                assert not reading.done()
            await administrator.execute("SELECT pg_terminate_backend($1)", first)
            assert [process for (process,) in await reading] != [first]
        finally:
            await administrator.close()


async def test_a_write_says_so_at_most_once(tmp_path: Path) -> None:
    """What became of it is not known, so it is not done again; the next one goes well."""
    async with opened_engine("postgres", tmp_path) as engine:
        for number in range(3):
            await end_connections(engine)
            try:
                await engine.write(put(f"first {number}"))
            except StoreError as error:
                assert "PostgreSQL" in str(error)  # noqa: PT017 - whether it was noticed in time is chance
            assert (await engine.write(put(f"second {number}"))).changed == 1
