"""Slack's requests over HTTP: verified, not too large, and none of them twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier

from bot.errors import StoreError
from bot.log import logger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.slack.client.app import App
    from bot.ports import Clock
    from bot.ports.installations import SeenEvents

log = logger("slack")

PATH = "/slack/events"
"""Where commands, events and interactions come in."""

LARGEST_BODY = 256 << 10
"""Bytes; the largest that Slack sends are messages with all their blocks."""

SIGNATURE, TIMESTAMP = "X-Slack-Signature", "X-Slack-Request-Timestamp"
RETRY = "X-Slack-Retry-Num"

LONGEST_LOOK_S = 1.0
"""How long the store may take to tell: Slack waits three seconds to hear that a request has arrived."""

REPLAYED_FOR = timedelta(minutes=11)
"""A request is refused for its age alone once its time is five minutes away, to either side."""


class Seconds(SlackClock):
    """Our clock, as slack_sdk reads one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        """Return seconds since 1970."""
        return self._clock.now().timestamp()


class Requests:
    """Serves `POST /slack/events`."""

    def __init__(self, app: App, signing_secret: str, seen: SeenEvents, clock: Clock) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret, Seconds(clock))
        self._seen = seen
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the one HTTP server."""
        return [web.post(PATH, self._answer)]

    async def _answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        if (request.content_length or 0) > LARGEST_BODY:
            return self._refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large")
        content = await request.content.read(LARGEST_BODY + 1)
        while not request.content.at_eof() and len(content) <= LARGEST_BODY:
            content += await request.content.read(LARGEST_BODY + 1 - len(content))
        if len(content) > LARGEST_BODY:
            return self._refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large")
        return await self._verified(content, request.headers)

    async def _verified(self, content: bytes, headers: Mapping[str, str]) -> web.Response:
        """Answer a request that Slack has signed, within five minutes, and that has not been there before."""
        if not self._is_signed(content, headers):
            return self._refused(HTTPStatus.UNAUTHORIZED, "not signed by Slack, or too old")
        if not await self._is_new(headers[SIGNATURE]):
            # Slack sends a request again that it takes for lost, at first within the same second.
            is_retry = RETRY in headers
            return self._refused(HTTPStatus.OK if is_retry else HTTPStatus.UNAUTHORIZED, "sent again")
        try:
            taken = await self._app.over_http(content.decode(), headers)
        except (ValueError, TypeError, AttributeError, KeyError):
            return self._refused(HTTPStatus.BAD_REQUEST, "cannot be read")
        return web.Response(status=taken.status, text=taken.body, content_type=taken.content_type)

    def _is_signed(self, content: bytes, headers: Mapping[str, str]) -> bool:
        try:
            return self._verifier.is_valid(content, headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, ""))
        except (ValueError, TypeError):  # a time that is no number, a body that is no text
            return False

    async def _is_new(self, signature: str) -> bool:
        """Tell whether a signature comes for the first time; where the store cannot tell, it does."""
        digest = sha256(signature.encode()).hexdigest()
        try:
            async with asyncio.timeout(LONGEST_LOOK_S):
                return await self._seen.first_seen(
                    f"slack request {digest}", self._clock.now() + REPLAYED_FOR
                )
        except (StoreError, TimeoutError) as fault:
            log.warning("request not compared", why=str(fault) or "the store took too long")
            return True

    def _refused(self, status: HTTPStatus, why: str) -> web.Response:
        log.warning("request refused", why=why)
        return web.Response(status=status)
