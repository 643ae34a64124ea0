"""Two real `papers run` over one PostgreSQL: each edition comes once, and one follows the other."""

from __future__ import annotations

import asyncio
import re
import signal
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import asyncpg
import pytest

from bot.domain.places import Place
from bot.domain.subscriptions import EVERY_DAY, Subscription
from bot.ports import KeepRecords
from bot.store import open_store
from tests.e2e.processes import TIMEOUT_S, done, papers, started
from tests.fakes.upstream import Upstream, running
from tests.postgres import postgres_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.e2e.processes import Started

MINUTE = timedelta(minutes=1)
PLACES = 12

ROLES = {"fetcher", "scheduler", "housekeeping", "terminal sender"}

PASS_THE_LEASES = "UPDATE leases SET until = until - 120000000"
"""Two minutes, in microseconds: longer than any lease."""


class Base:
    """The database, as an operator looks at it."""

    def __init__(self, url: str, connection: asyncpg.Connection) -> None:
        self.url = url
        self.connection = connection

    async def owe(self, wave: str) -> None:
        """Subscribe places that were due a minute ago, and that nobody has planned for yet."""
        now = datetime.now(UTC)
        at = (now - MINUTE).time().replace(second=0, microsecond=0)
        wishes = [
            Subscription(
                f"{wave}-{number}", Place("terminal", "local", f"{wave}-{number}"), (at,), "UTC", EVERY_DAY
            )
            for number in range(PLACES)
        ]
        store = await open_store(self.url)
        try:
            await store.write(KeepRecords(tuple(wishes), now - 3 * MINUTE))
        finally:
            await store.close()

    async def is_posted(self, editions: int) -> None:
        """Return once so many messages are done."""
        question = "SELECT count(*) FROM deliveries WHERE state = 'done'"
        async with asyncio.timeout(TIMEOUT_S):
            while await self.connection.fetchval(question) < editions:  # noqa: ASYNC110 - another process posts
                await asyncio.sleep(0.05)

    async def leaders(self) -> dict[str, int]:
        """Return the number of the process that leads each role."""
        rows = await self.connection.fetch("SELECT role, holder FROM leases")
        return {row["role"]: int(row["holder"].split(":")[-2]) for row in rows}

    async def is_led(self, leaders: dict[str, int]) -> None:
        """Return once these processes lead these roles."""
        async with asyncio.timeout(TIMEOUT_S):
            while await self.leaders() != leaders:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)


@pytest.fixture
async def base() -> AsyncIterator[Base]:
    async with postgres_url() as url:
        connection = await asyncpg.connect(url)
        try:
            yield Base(url, connection)
        finally:
            await connection.close()


async def both(stack: AsyncExitStack, folder: Path, ways: dict[str, str]) -> dict[int, Started]:
    """Start two services at once, by the numbers of their processes."""
    services = [await stack.enter_async_context(started(folder, "run", ways=ways)) for _ in range(2)]
    for service in services:
        await service.says("Running")
    return {service.number: service for service in services}


async def test_each_edition_comes_once_and_who_is_left_takes_over(base: Base, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        upstream = await stack.enter_async_context(running(Upstream()))
        ways = {"DATABASE_URL": base.url, "HUGGINGFACE_URL": upstream.url, "ARXIV_URL": upstream.url}
        await asyncio.to_thread(done, tmp_path, "ingest", ways=ways)
        await base.owe("first")
        services = await both(stack, tmp_path, ways)
        await base.is_posted(PLACES)
        killed = services.pop((await base.leaders())["terminal sender"])
        [(number, left)] = services.items()
        await killed.end(signal.SIGKILL)
        # What the dead process holds is its own until its leases are over.
        await base.owe("second")
        await base.connection.execute(PASS_THE_LEASES)
        await base.is_posted(2 * PLACES)
        await base.is_led(dict.fromkeys(ROLES, number))
        assert (await left.end(signal.SIGTERM))[0] == 0
        assert await base.leaders() == {}, "who ends well lets go at once"
    shown = Counter(re.findall(r"^In (\S+):$", killed.out + left.out, re.MULTILINE))
    assert shown == Counter(f"{wave}-{number}" for wave in ("first", "second") for number in range(PLACES))
    assert set(re.findall(r"^In (second-\d+):$", left.out, re.MULTILINE)) == {
        f"second-{number}" for number in range(PLACES)
    }


async def test_over_a_file_a_second_service_says_so_and_stops_and_commands_go_on(tmp_path: Path) -> None:
    async with running(Upstream()) as upstream:
        ways = {"HUGGINGFACE_URL": upstream.url, "ARXIV_URL": upstream.url}
        async with started(tmp_path, "run", ways=ways) as service:
            await service.says("Running")
            second = await asyncio.to_thread(papers, tmp_path, "run", "--role", "sender", ways=ways)
            assert (second.returncode, second.stdout) == (1, "")
            assert second.stderr == "A service runs over papers.db: stop it first.\n"
            said = await asyncio.to_thread(
                done, tmp_path, "subscribe", "--at", "09:00", "--tz", "Europe/Paris", ways=ways
            )
            assert "09:00" in said
            assert "09:00" in await asyncio.to_thread(done, tmp_path, "subscriptions", ways=ways)
            assert (await service.end(signal.SIGTERM))[0] == 0
