"""Socket Mode of the stand-in: connections, what is sent over them, and how that is acknowledged."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.fakes.slack_answers import Refusal

if TYPE_CHECKING:
    from tests.fakes.slack_standin import Standin

Json = Any


class Sockets:
    """The connections of one app."""

    def __init__(self, standin: Standin) -> None:
        self._standin = standin
        self._tickets: set[str] = set()
        self._sockets: list[web.WebSocketResponse] = []
        self._acks: dict[str, asyncio.Future[Json]] = {}
        self._changed = asyncio.Condition()
        self.opens = 0
        self.refusing = 0
        """So many times no connection is given."""

    def opened(self, token: str) -> Json:
        """Answer apps.connections.open."""
        if not token.startswith("xapp-"):
            raise Refusal("not_allowed_token_type" if token.startswith("xoxb-") else "invalid_auth")
        self.opens += 1
        if self.refusing:
            self.refusing -= 1
            raise Refusal("internal_error")
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        url = self._standin.url.replace("http://", "ws://")
        return {"ok": True, "url": f"{url}/link/{ticket}"}

    async def connected(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection; each ticket is good for one."""
        if request.match_info["ticket"] not in self._tickets:
            raise web.HTTPForbidden
        self._tickets.discard(request.match_info["ticket"])
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(
            json.dumps(
                {
                    "type": "hello",
                    "num_connections": len(self._sockets) + 1,
                    "connection_info": {"app_id": "A1"},
                    "debug_info": {"approximate_connection_time": 3_600},
                }
            )
        )
        await self._add(socket)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._heard(json.loads(message.data))
        finally:
            await self._remove(socket)
        return socket

    async def _add(self, socket: web.WebSocketResponse) -> None:
        async with self._changed:
            self._sockets.append(socket)
            self._changed.notify_all()

    async def _remove(self, socket: web.WebSocketResponse) -> None:
        async with self._changed:
            self._sockets.remove(socket)
            self._changed.notify_all()

    def _heard(self, said: Json) -> None:
        waiting = self._acks.get(said.get("envelope_id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(said.get("payload") or {})

    async def connections(self, count: int = 1) -> None:
        """Return once there are so many connections."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: len(self._sockets) >= count), 20)

    async def send(self, kind: str, payload: Json, envelope: str = "") -> Json:
        """Send something over the newest connection; return what it was acknowledged with, in 3 seconds."""
        await self.connections()
        envelope = envelope or secrets.token_hex(8)
        waiting = self._acks[envelope] = asyncio.get_running_loop().create_future()
        told = {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": True}
        await self._sockets[-1].send_str(json.dumps(told))
        return await asyncio.wait_for(waiting, 3)

    async def disconnect(self, reason: str) -> None:
        """Say that a connection ends, as Slack does before it closes it."""
        await self._sockets[-1].send_str(json.dumps({"type": "disconnect", "reason": reason}))

    async def cut(self) -> None:
        """Close the newest connection without a word."""
        await self._sockets[-1].close()

    async def close_all(self) -> None:
        for socket in list(self._sockets):
            await socket.close()
