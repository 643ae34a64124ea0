from __future__ import annotations

import socket
import sys

import pytest

from bot.errors import StoreError
from bot.store import migrate, open_store
from tests.postgres import SERVER, connect, emptied_postgres_url, postgres_url

OPENERS = pytest.mark.parametrize("opener", [open_store, migrate], ids=["open", "migrate"])


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@OPENERS
async def test_a_server_that_is_down_is_a_sentence_without_the_password(opener: type) -> None:
    with pytest.raises(StoreError, match="does not answer") as told:
        await opener(f"postgresql://ana:hunter2@127.0.0.1:{free_port()}/papers")
    assert "hunter2" not in str(told.value)
    assert "127.0.0.1" in str(told.value)


@OPENERS
async def test_an_address_that_makes_no_sense_is_a_sentence_without_the_password(opener: type) -> None:
    with pytest.raises(StoreError, match="which PostgreSQL is meant") as told:
        await opener("postgresql://ana:hunter2@127.0.0.1:port/papers")
    assert "hunter2" not in str(told.value)


@OPENERS
async def test_an_unknown_database_is_a_sentence(opener: type) -> None:
    await (await connect()).close()
    address, _, _ = SERVER.rpartition("/")
    with pytest.raises(StoreError, match="no such database"):
        await opener(f"{address}/there_is_none_of_this_name")


@OPENERS
async def test_an_unknown_user_is_a_sentence_without_the_password(opener: type) -> None:
    await (await connect()).close()
    _, _, host = SERVER.rpartition("@")
    with pytest.raises(StoreError, match="refused the user or the password") as told:
        await opener(f"postgresql://there_is_nobody:hunter2@{host}")
    assert "hunter2" not in str(told.value)


@OPENERS
async def test_a_missing_driver_is_named(opener: type, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in sys.modules if each.startswith("bot.store.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(StoreError, match="pip install"):
        await opener("postgresql://ana@127.0.0.1/papers")


async def test_both_names_of_the_scheme_are_known() -> None:
    async with emptied_postgres_url() as url:
        await (await open_store(url.replace("postgresql://", "postgres://"))).close()


async def test_tables_of_another_program_are_left_alone() -> None:
    async with postgres_url(empty=True) as url:
        _, _, schema = url.partition("search_path=")
        connection = await connect()
        try:
            await connection.execute(f"CREATE TABLE {schema}.papers (isbn TEXT)")
            with pytest.raises(StoreError, match="of another program"):
                await migrate(url)
            tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", schema)
        finally:
            await connection.close()
    assert [row["tablename"] for row in tables] == ["papers"]
