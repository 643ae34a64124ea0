"""The gateway of the stand-in: sessions that are resumed, invalidated, and closed with any code."""

from __future__ import annotations

import asyncio
import json
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.fakes.discord_shapes import APPLICATION, bot_user, guild_create

if TYPE_CHECKING:
    from tests.fakes.discord_standin import Standin

Json = Any

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11

PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)
"""Members, presences and message content, which no application has here."""

HEARTBEAT_MS = 41_250


class Wire:
    """One connection, compressed where the client wants that."""

    def __init__(self, socket: web.WebSocketResponse, *, compressed: bool) -> None:
        self.socket = socket
        self._zlib = zlib.compressobj() if compressed else None

    async def send(self, op: int, data: Json, sequence: int | None = None, event: str | None = None) -> None:
        text = json.dumps({"op": op, "d": data, "s": sequence, "t": event})
        if self._zlib is None:
            await self.socket.send_str(text)
            return
        await self.socket.send_bytes(self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH))


@dataclass
class Session:
    """What a client may resume."""

    id: str
    shard: tuple[int, int]
    wire: Wire | None
    sent: list[tuple[int, str, Json]] = field(default_factory=list)
    is_valid: bool = True


class StandinGateway:
    """All gateway connections of the stand-in."""

    def __init__(self, standin: Standin) -> None:
        self._standin = standin
        self.sessions: dict[str, Session] = {}
        self.identified: list[Json] = []
        """What clients said when they identified."""
        self.resumed: list[str] = []
        """The sessions that were resumed."""
        self.connections = 0
        self.shards = 1
        """How many shards are advised."""
        self.least_shards = 1
        """How many are demanded."""
        self.starts_left = 1_000
        self._changed = asyncio.Event()

    def described(self) -> Json:
        limit = {
            "total": 1_000,
            "remaining": self.starts_left,
            "reset_after": 3_600_000,
            "max_concurrency": 1,
        }
        return {"url": self._standin.gateway_url, "shards": self.shards, "session_start_limit": limit}

    async def connected(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection to its end."""
        socket = web.WebSocketResponse(max_msg_size=4096)
        await socket.prepare(request)
        wire = Wire(socket, compressed=request.query.get("compress") == "zlib-stream")
        self.connections += 1
        await wire.send(HELLO, {"heartbeat_interval": HEARTBEAT_MS})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            sent = json.loads(message.data)
            await self._heard(wire, sent["op"], sent["d"])
        self._lost(wire)
        return socket

    async def _heard(self, wire: Wire, op: int, data: Json) -> None:
        match op:
            case 1:
                await wire.send(ACK, None)
            case 2:
                await self._identify(wire, data)
            case 6:
                await self._resume(wire, data)
            case _:
                await wire.socket.close(code=4001)

    async def _identify(self, wire: Wire, data: Json) -> None:
        self.identified.append(data)
        number, of = data.get("shard", [0, 1])
        if code := self._refusal(data, number, of):
            await wire.socket.close(code=code)
            return
        session = Session(f"session{len(self.identified)}", (number, of), wire)
        self.sessions[session.id] = session
        guilds = [guild for guild in self._standin.guilds if (int(guild) >> 22) % of == number]
        url = self._standin.gateway_url
        ready = {
            "v": 10, "user": bot_user(), "guilds": [{"id": each, "unavailable": True} for each in guilds],
            "session_id": session.id, "resume_gateway_url": url, "shard": [number, of],
            "application": {"id": APPLICATION, "flags": 0}, "private_channels": [],
        }  # fmt: skip
        await self._send(session, "READY", ready)
        for guild in guilds:
            await self._send(session, "GUILD_CREATE", self.guild_create(guild))
        self._changed.set()

    def _refusal(self, data: Json, number: int, of: int) -> int:
        if data["token"] != self._standin.token:
            return 4004
        if data["intents"] & PRIVILEGED:
            return 4014
        if of < self.least_shards:
            return 4011
        return 0 if number < of else 4010

    async def _resume(self, wire: Wire, data: Json) -> None:
        session = self.sessions.get(data["session_id"])
        if session is None or not session.is_valid:
            await wire.send(INVALID, data=False)
            return
        session.wire = wire
        self.resumed.append(session.id)
        for sequence, event, sent in session.sent:
            if sequence > data["seq"]:
                await wire.send(DISPATCH, sent, sequence, event)
        await self._send(session, "RESUMED", {})
        self._changed.set()

    def _lost(self, wire: Wire) -> None:
        for session in self.sessions.values():
            if session.wire is wire:
                session.wire = None
        self._changed.set()

    def guild_create(self, guild: str) -> Json:
        """Describe a server as GUILD_CREATE does."""
        own = [each for each in self._standin.channels.values() if each["guild_id"] == guild]
        return guild_create(self._standin.guilds[guild], own)

    # --- What happens to clients -------------------------------------------------------

    async def push(self, event: str, data: Json, shard: int = 0) -> None:
        """Tell something; a session without a connection gets it when it resumes."""
        for session in self.sessions.values():
            if session.shard[0] == shard and session.is_valid:
                await self._send(session, event, data)

    async def _send(self, session: Session, event: str, data: Json) -> None:
        session.sent.append((len(session.sent) + 1, event, data))
        if session.wire is not None and not session.wire.socket.closed:
            with suppress(ConnectionError):  # whoever has just gone gets it when they resume
                await session.wire.send(DISPATCH, data, len(session.sent), event)

    async def close(self, code: int) -> None:
        """Close all connections with a code."""
        for session in list(self.sessions.values()):
            if session.wire is not None:
                await session.wire.socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        """Tell all clients to connect again and resume."""
        for wire in self._open():
            await wire.send(RECONNECT, None)

    async def invalidate(self) -> None:
        """Tell all clients that their sessions are over."""
        for session in list(self.sessions.values()):
            session.is_valid = False
        for wire in self._open():
            await wire.send(INVALID, data=False)

    def drop(self) -> None:
        """Break all connections without a word."""
        for wire in self._open():
            request = wire.socket._req
            if request is not None and request.transport is not None:
                request.transport.abort()
            self._lost(wire)

    def _open(self) -> list[Wire]:
        return [session.wire for session in self.sessions.values() if session.wire is not None]

    async def close_all(self) -> None:
        for wire in self._open():
            await wire.socket.close(code=1001)

    async def until_connected(self, times: int = 1) -> None:
        """Return when so many sessions were begun or resumed, and the last is connected."""
        async with asyncio.timeout(20):
            while len(self.identified) + len(self.resumed) < times or not self._open():
                self._changed.clear()
                await self._changed.wait()
