"""`papers run` as a Discord bot: the real process and the real library, over a stand-in of Discord."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from bot.wiring import SystemClock
from tests.adapters.discord.scene import HERE, furnished
from tests.adapters.discord.service import COMMAND, MANAGE_CHANNELS, a_member, option
from tests.e2e.processes import HASTY, papers, started
from tests.fakes.discord_standin import Standin
from tests.fakes.upstream import Upstream, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from tests.fakes.discord_interactions import Visible

Json = Any


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with running(Upstream()) as stand_in:
        yield stand_in


@pytest.fixture
async def discord() -> AsyncIterator[Standin]:
    standin = furnished(Standin(SystemClock(), Random(1)))
    async with standin.serving():
        yield standin


def ways(discord: Standin, upstream: Upstream, token: str = "") -> Mapping[str, str]:
    return {
        "DISCORD_TOKEN": token or discord.token,
        "DISCORD_API_URL": discord.url,
        "HUGGINGFACE_URL": upstream.url,
        "ARXIV_URL": upstream.url,
        "PORT": "0",
    }


async def used(discord: Standin, root: str, word: str, **given: Json) -> Visible:
    """Let a manager use a command in the channel, and return the one message that comes of it."""
    options = [option(name, value) for name, value in given.items()]
    details = {
        "id": "1",
        "name": root,
        "type": 1,
        "options": [{"name": word, "type": 1, "options": options}],
    }
    asked = await discord.interactions.ask(COMMAND, details, **a_member(MANAGE_CHANNELS))
    [seen] = (await asked.answered()).seen
    return seen


@asynccontextmanager
async def connected(discord: Standin, upstream: Upstream, folder: Path) -> AsyncIterator[None]:
    """Run the service until it is connected and has fetched, and stop it at the end."""
    before = len(discord.gateway.identified)
    async with started(folder, "run", ways=ways(discord, upstream), program=HASTY) as service:
        await discord.gateway.until_connected(before + 1)
        await upstream.requests(3)
        yield
        status, err, _ = await service.end(signal.SIGTERM)
    assert (status, "Traceback" in err) == (0, False), err
    assert discord.token not in err


def let_be_due(folder: Path) -> None:
    """Make the subscription one whose firing has just come."""
    before = SystemClock().now() - timedelta(minutes=2)
    with closing(sqlite3.connect(folder / "papers.db", timeout=10)) as database:
        database.execute(
            "UPDATE subscriptions SET at = ?, planned_until = ?, next_at = 0",
            (f'["{before:%H:%M}"]', int((before - timedelta(minutes=1)).timestamp() * 1_000_000)),
        )
        database.commit()


async def test_it_answers_and_posts_what_is_due_once(
    discord: Standin, upstream: Upstream, tmp_path: Path
) -> None:
    async with connected(discord, upstream, tmp_path):
        today = await used(discord, "papers", "today", count=3)
        assert "Robots that Fold" in str(today.body)
        assert not today.is_private

        made = await used(discord, "papers-admin", "subscribe", at="09:00", tz="UTC", days="daily")
        assert made.is_private
        assert "09:00" in str(made.body)

        await asyncio.to_thread(let_be_due, tmp_path)
        await discord.until(lambda: discord.ever)
        commands = [call for call in discord.said("PUT") if call.path.endswith("/commands")]
        assert len(commands) == 1
    assert len(discord.ever) == 1
    assert "Robots that Fold" in str(discord.ever)

    async with connected(discord, upstream, tmp_path):
        await used(discord, "papers", "today")
    assert len(discord.ever) == 1, "a start posts nothing again"
    commands = [call for call in discord.said("PUT") if call.path.endswith("/commands")]
    assert len(commands) == 1, "Discord has the commands already"
    assert discord.faults == []


async def test_a_wrong_token_is_one_line_without_the_token(
    discord: Standin, upstream: Upstream, tmp_path: Path
) -> None:
    token = discord.token[:-3] + "xyz"
    ran = await asyncio.to_thread(papers, tmp_path, "run", ways=ways(discord, upstream, token))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("DISCORD_TOKEN is no token that Discord takes")
    assert ran.stderr.count("\n") == 1
    assert token not in ran.stderr


@pytest.mark.parametrize(
    ("words", "why"),
    [
        pytest.param(["--role", "gateway"], "set DISCORD_TOKEN", id="no token"),
        pytest.param(["--shards", "3-1/8"], "no part of a whole", id="no shards"),
        pytest.param(["--shards", "0/8", "--role", "web"], "for the role gateway", id="no gateway"),
    ],
)
def test_what_cannot_listen_is_told(words: list[str], why: str, tmp_path: Path) -> None:
    ran = papers(tmp_path, "run", *words)
    assert ran.returncode != 0
    assert why in ran.stderr


async def test_doctor_prints_the_invite_link_and_what_a_channel_lacks(
    discord: Standin, upstream: Upstream, tmp_path: Path
) -> None:
    settings, hasty = ways(discord, upstream), partial(papers, program=HASTY)
    done_words = await asyncio.to_thread(
        hasty, tmp_path, "subscribe", "--at", "09:00", "--tz", "UTC", "--place", str(HERE), ways=settings
    )
    assert done_words.returncode == 0, done_words
    discord.add_guild(HERE.server, permissions=1 << 10)
    ran = await asyncio.to_thread(hasty, tmp_path, "doctor", ways=settings)
    assert ran.returncode == 1
    assert "permissions=309237730368" in ran.stdout
    assert "give me the permissions Send Messages, " in ran.stdout
    assert discord.token not in ran.stdout + ran.stderr
