"""The HTTP server over a real socket."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest

from adapters.web.health import DEAD_AFTER, health_form, health_routes
from adapters.web.server import WebServer
from bot.errors import PapersError
from bot.metrics import CONTENT_TYPE, Metrics
from bot.services.supervising import Pulse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOW = datetime(2026, 4, 24, 12, tzinfo=UTC)
WELL = Pulse(NOW, NOW - timedelta(hours=1))
FAILING = Pulse(NOW, NOW, failures=2, failing_since=NOW - timedelta(minutes=3), why="The disk is full.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("pulses", "live", "ready"),
    [
        pytest.param({"sender": WELL}, True, True, id="well"),
        pytest.param({"sender": WELL, "fetcher": FAILING}, True, False, id="one fails"),
        pytest.param({"sender": Pulse(NOW - DEAD_AFTER, NOW)}, False, False, id="one hangs"),
        pytest.param({}, True, False, id="nothing runs yet"),
    ],
)
def test_health_is_told_of_each_loop(pulses: dict[str, Pulse], *, live: bool, ready: bool) -> None:
    form = health_form(pulses, NOW)
    assert (form["live"], form["ready"]) == (live, ready)


def test_a_failing_loop_says_since_when_and_why() -> None:
    assert health_form({"fetcher": FAILING}, NOW)["loops"] == {
        "fetcher": {
            "beat": "2026-04-24T12:00:00Z",
            "failing_since": "2026-04-24T11:57:00Z",
            "why": "The disk is full.",
            "failures": 2,
        }
    }


@pytest.fixture
async def address() -> AsyncIterator[str]:
    metrics = Metrics()
    metrics.delivered("discord", "done", 1.5)

    async def exposed() -> bytes:
        return metrics.exposed()

    port, listening = free_port(), asyncio.Event()
    routes = health_routes(lambda: health_form({"sender": WELL}, NOW), exposed, CONTENT_TYPE)
    serving = asyncio.create_task(WebServer(port, routes, "127.0.0.1").run(listening.set))
    await listening.wait()
    yield f"http://127.0.0.1:{port}"
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


async def test_health_and_metrics_are_served(address: str) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{address}/healthz") as answer:
            assert answer.status == 200
            assert (await answer.json())["ready"] is True
        async with session.get(f"{address}/metrics") as answer:
            text = await answer.text()
            assert 'papers_deliveries_total{outcome="done",platform="discord"} 1.0' in text
            assert "_created" not in text
        async with session.get(f"{address}/anything") as answer:
            assert answer.status == 404


async def test_a_taken_port_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PapersError, match=f"Port {port} cannot be listened on: another program has it"):
            await WebServer(port, [], "127.0.0.1").run(lambda: None)
