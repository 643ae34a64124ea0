"""The one HTTP server: /healthz, /metrics, and the routes that wiring gives it."""

from __future__ import annotations

import asyncio
import errno
from typing import TYPE_CHECKING, TypeAlias

from aiohttp import web

from bot.errors import PapersError
from bot.log import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Routes: TypeAlias = "Sequence[web.RouteDef]"
"""What other parts are told over HTTP."""

log = logger("web")

LARGEST_BODY = 1 << 20
"""Bytes of a request; Slack's are a few KiB."""

GRACE_S = 3.0
"""How long requests on their way may still take when the service stops."""


class WebServer:
    """Serves until it is cancelled."""

    def __init__(self, port: int, routes: Routes, host: str | None = None) -> None:
        """`host` None: every address of the machine."""
        self._port = port
        self._host = host
        self._routes = routes
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Listen, before anything else of the service begins: a port that is taken stays so.

        Raises:
            PapersError: the port cannot be had.
        """
        application = web.Application(client_max_size=LARGEST_BODY)
        application.add_routes(self._routes)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=GRACE_S)
        await runner.setup()
        # Were any port free, each family of addresses would be given another one.
        host = self._host if self._port else self._host or "0.0.0.0"  # noqa: S104 - as with a port that is set
        try:
            await listen(web.TCPSite(runner, host, self._port), self._port)
        except PapersError:
            await runner.cleanup()
            raise
        self._runner = runner
        log.info("listening", port=runner.addresses[0][1])

    async def run(self, beat: Callable[[], None]) -> None:
        """Serve.

        Raises:
            PapersError: the port cannot be had.
        """
        if self._runner is None:
            await self.open()
        try:
            while True:
                beat()
                await asyncio.sleep(1)
        finally:
            await self.close()

    async def close(self) -> None:
        """Let requests on their way end, and the port go."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()


async def listen(site: web.TCPSite, port: int) -> None:
    """Open the port, or say in a sentence why it cannot be had."""
    try:
        await site.start()
    except OSError as fault:
        taken = fault.errno == errno.EADDRINUSE
        why = "another program has it" if taken else (fault.strerror or "it is refused").lower()
        raise PapersError(f"Port {port} cannot be listened on: {why}. Set PORT to another.") from fault
