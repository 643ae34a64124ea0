"""`papers run` as a real process, over a stand-in for both sources."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.e2e.processes import done, papers, started
from tests.fakes.upstream import Upstream, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PROMPTLY_S = 5.0
"""How long the service may take to stop."""


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with running(Upstream()) as stand_in:
        yield stand_in


def addresses(upstream: Upstream) -> dict[str, str]:
    return {"HUGGINGFACE_URL": upstream.url, "ARXIV_URL": upstream.url}


def lists_in(folder: Path) -> int:
    """Return how many lists with papers are stored."""
    with closing(sqlite3.connect(folder / "papers.db")) as database:
        [count] = database.execute("SELECT count(*) FROM feeds WHERE papers > 0").fetchone()
    return int(count)


async def test_the_service_fetches_beside_other_commands_and_stops_when_told(
    upstream: Upstream, tmp_path: Path
) -> None:
    ways = addresses(upstream)
    async with started(tmp_path, "run", ways=ways) as service:
        # With the third question, for a day of the history, the first two lists are stored.
        await upstream.requests(3)

        today = json.loads(await asyncio.to_thread(done, tmp_path, "today", "--json"))
        assert [len(today["papers"]), today["papers"][0]["upvotes"]] == [5, 14]
        assert await asyncio.to_thread(done, tmp_path, "backup", "copy.db") == "Everything is in copy.db.\n"

        second = await asyncio.to_thread(papers, tmp_path, "run", ways=ways)
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr == "A service runs over papers.db: stop it first.\n"
        restore = await asyncio.to_thread(papers, tmp_path, "restore", "copy.db")
        assert (restore.returncode, restore.stderr) == (1, second.stderr)

        status, err, took_s = await service.end(signal.SIGTERM)
    assert status == 0
    assert took_s < PROMPTLY_S
    assert "Running until stopped." in err
    assert err.endswith("Stopped.\n")
    assert "Traceback" not in err
    newest = sorted(set(upstream.asked_days))[-2:]
    assert upstream.asked_days[:2] == newest
    assert upstream.asked_days[2] < newest[0]

    await asyncio.to_thread(done, tmp_path, "restore", "copy.db")
    assert lists_in(tmp_path) >= 2


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_it_stops_promptly_while_a_source_keeps_it_waiting(
    stop: signal.Signals, upstream: Upstream, tmp_path: Path
) -> None:
    upstream.silent = True
    async with started(tmp_path, "run", ways=addresses(upstream)) as service:
        await upstream.requests(1)
        status, err, took_s = await service.end(stop)
    assert (status, "Traceback" in err) == (0, False)
    assert took_s < PROMPTLY_S


async def test_after_a_kill_it_starts_again_at_once(upstream: Upstream, tmp_path: Path) -> None:
    async with started(tmp_path, "run", ways=addresses(upstream)) as service:
        await upstream.requests(3)
        await service.end(signal.SIGKILL)
    upstream.asked.clear()
    async with started(tmp_path, "run", ways=addresses(upstream)) as service:
        await upstream.requests(2)
        status, _, _ = await service.end(signal.SIGTERM)
    assert status == 0


async def test_a_command_at_work_stops_when_told_and_can_be_done_again(
    upstream: Upstream, tmp_path: Path
) -> None:
    upstream.silent = True
    async with started(tmp_path, "ingest", ways=addresses(upstream)) as command:
        await upstream.requests(1)
        status, err, took_s = await command.end(signal.SIGTERM)
    assert (status, err) == (130, "Stopped.\n")
    assert took_s < PROMPTLY_S
    upstream.silent = False
    out = await asyncio.to_thread(done, tmp_path, "ingest", ways=addresses(upstream))
    assert "In all: 2 lists, 8 papers." in out


@pytest.mark.parametrize("words", [(), ("--role", "web")], ids=["all roles", "web alone"])
async def test_a_port_that_is_taken_is_told_in_one_sentence_at_the_start(
    words: tuple[str, ...], upstream: Upstream, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ways = addresses(upstream) | {"PORT": str(port)}
        ran = await asyncio.to_thread(papers, tmp_path, "run", *words, ways=ways)
    sentence = f"Port {port} cannot be listened on: another program has it. Set PORT to another.\n"
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", sentence)
    assert upstream.asked == []


async def test_the_web_role_alone_answers_and_fetches_nothing(upstream: Upstream, tmp_path: Path) -> None:
    async with started(tmp_path, "run", "--role", "web", ways=addresses(upstream)) as service:
        line = await service.says("listening")
        [port] = re.findall(r"port=(\d+)", line)
        await service.says("Running")
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                assert set((await answer.json())["loops"]) == {"watch", "alarm", "web"}
            async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                assert 'papers_loop_beat_age_seconds{loop="web"}' in await answer.text()
        status, err, _ = await service.end(signal.SIGTERM)
    assert (status, "Traceback" in err, upstream.asked) == (0, False, [])


async def test_a_source_that_refuses_is_told_and_waited_for(upstream: Upstream, tmp_path: Path) -> None:
    upstream.failing = 400
    async with started(tmp_path, "run", ways=addresses(upstream)) as service:
        await service.says("Hugging Face refused (HTTP 400)")
        status, err, _ = await service.end(signal.SIGTERM)
    assert status == 0
    assert err.count("refused") == 1
    assert len(upstream.asked) == 2
