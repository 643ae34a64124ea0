"""How the service is, for whoever watches it: /healthz and /metrics."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from bot.services.supervising import Pulse

DEAD_AFTER = timedelta(minutes=5)
"""A loop that has not been seen alive for so long hangs."""

READY, NOT_READY = 200, 503


def health_form(pulses: Mapping[str, Pulse], now: datetime) -> dict[str, object]:
    """Return the health of the service: live while no loop hangs, ready while none fails either."""
    loops = {name: loop_form(pulse) for name, pulse in pulses.items()}
    is_live = all(now - pulse.beat_at < DEAD_AFTER for pulse in pulses.values())
    is_ready = is_live and bool(pulses) and all(pulse.failing_since is None for pulse in pulses.values())
    return {"live": is_live, "ready": is_ready, "loops": loops}


def loop_form(pulse: Pulse) -> dict[str, object]:
    """Return how one loop is."""
    well: dict[str, object] = {"beat": f"{pulse.beat_at:%Y-%m-%dT%H:%M:%SZ}"}
    if pulse.failing_since is None:
        return well
    since = f"{pulse.failing_since:%Y-%m-%dT%H:%M:%SZ}"
    return well | {"failing_since": since, "why": pulse.why, "failures": pulse.failures}


def health_routes(
    health: Callable[[], dict[str, object]], metrics: Callable[[], Awaitable[bytes]], content_type: str
) -> list[web.RouteDef]:
    """Return the routes of /healthz and /metrics."""

    async def answer_health(_request: web.Request) -> web.Response:
        form = health()
        return web.json_response(form, status=READY if form["ready"] else NOT_READY)

    async def answer_metrics(_request: web.Request) -> web.Response:
        return web.Response(body=await metrics(), headers={"Content-Type": content_type})

    return [web.get("/healthz", answer_health), web.get("/metrics", answer_metrics)]
