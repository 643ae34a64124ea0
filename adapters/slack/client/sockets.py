"""Socket Mode: a connection that Slack tells everything over, for a bot that no one can reach.

A new connection is opened before the old one is let go, as soon as Slack says that it will close it. What is
told over it meanwhile comes over either; each is acknowledged where it came.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiohttp

from adapters.slack.client.web import Answered
from adapters.slack.errors import Refused
from bot.errors import PapersError, SettingsError
from bot.log import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.slack.client.web import Web

log = logger("slack")

BEAT_S = 1.0

HEARTBEAT_S = 20.0
"""How often aiohttp pings; half as long without an answer is the end of a connection."""

RETRY_S = 5.0
"""How soon a new connection is tried again while the old one is still there."""

LARGEST_MESSAGE = 4 << 20

UNTAKEN = (
    "SLACK_APP_TOKEN is no app-level token that Slack takes: make one with the scope connections:write at "
    "https://api.slack.com/apps (Basic Information, App-Level Tokens)."
)
SWITCHED_OFF = "Socket Mode is switched off for this Slack app: switch it on at https://api.slack.com/apps."

BAD_TOKEN = {"invalid_auth", "not_authed", "not_allowed_token_type", "token_revoked", "account_inactive"}


class Sockets:
    """Listens until it is cancelled. `run` is a loop for the supervisor."""

    def __init__(
        self,
        app_token: str,
        web: Web,
        take: Callable[[dict[str, Any]], Awaitable[str]],
        lost: Callable[[], Awaitable[None]],
    ) -> None:
        """`take` deals with a payload, and returns what it is acknowledged with.

        `lost` is told of each connection before which there was none: what happened meanwhile may be missed.
        """
        self._lost = lost
        self._app_token = app_token
        self._web = web
        self._take = take
        self._readers: set[asyncio.Task[None]] = set()
        self._wanted = asyncio.Event()

    async def run(self, beat: Callable[[], None]) -> None:
        """Connect, and stay connected.

        Raises:
            PapersError: Slack does not let it connect, and says why.
        """
        self._wanted = asyncio.Event()
        self._wanted.set()
        try:
            while True:
                beat()
                if self._wanted.is_set():
                    self._wanted.clear()
                    await self._connect_beside()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wanted.wait(), BEAT_S)
        finally:
            readers = set(self._readers)
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)

    async def check_token(self) -> None:
        """Ask whether the app's token is one.

        Raises:
            SettingsError: Slack does not take it.
        """
        answer = await self._web.post("apps.connections.open", self._app_token)
        if isinstance(answer, Refused) and answer.error in BAD_TOKEN:
            raise SettingsError(UNTAKEN)

    async def _connect_beside(self) -> None:
        """Open one more connection; where that fails, keep those that there are, and try again.

        Raises:
            PapersError: it cannot be opened, and there is no other.
        """
        try:
            await self._connect()
        except PapersError as fault:
            if not self._readers:
                raise
            log.warning("no new connection yet", why=str(fault))
            await asyncio.sleep(RETRY_S)
            self._wanted.set()

    async def _connect(self) -> None:
        """Open one more connection.

        Raises:
            PapersError: it cannot be opened; the supervisor tries again.
        """
        answer = await self._web.post("apps.connections.open", self._app_token)
        if not isinstance(answer, Answered):
            raise PapersError(sentence_of(answer))
        try:
            socket = await self._web.session().ws_connect(
                str(answer.body["url"]), heartbeat=HEARTBEAT_S, max_msg_size=LARGEST_MESSAGE
            )
        except (aiohttp.ClientError, OSError, TimeoutError) as fault:
            raise PapersError(f"Slack's socket cannot be reached ({type(fault).__name__}).") from None
        log.info("connected")
        if not self._readers:
            await self._lost()
        reader = asyncio.create_task(self._read(socket))
        self._readers.add(reader)
        reader.add_done_callback(self._ended)

    def _ended(self, reader: asyncio.Task[None]) -> None:
        self._readers.discard(reader)
        if not self._readers:
            self._wanted.set()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Read a connection to its end."""
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    await self._told(socket, message.data)
        finally:
            await socket.close()
            log.info("connection ended", code=int(socket.close_code or 0))

    async def _told(self, socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
        """Deal with one message; one that makes no sense is passed over."""
        try:
            told = json.loads(text)
            kind, envelope = str(told["type"]), told.get("envelope_id")
        except (ValueError, KeyError, TypeError, AttributeError):
            log.warning("message makes no sense", characters=len(text))
            return
        if kind == "disconnect":
            log.info("told to connect again", why=str(told.get("reason"))[:40])
            self._wanted.set()
        if envelope:
            content = await self._take(told.get("payload") or {})
            answer: dict[str, Any] = {"envelope_id": envelope}
            if content:
                answer["payload"] = json.loads(content)
            with suppress(ConnectionError, aiohttp.ClientError):
                await socket.send_str(json.dumps(answer))


def sentence_of(fault: object) -> str:
    """Say why there is no connection, and what to do."""
    if isinstance(fault, Refused) and fault.error in BAD_TOKEN:
        return UNTAKEN
    if isinstance(fault, Refused) and fault.error == "link_disabled":
        return SWITCHED_OFF
    return f"Slack has not let me connect: {fault}."
