"""Calls of Slack's Web API, one HTTP request each: whether to ask again is for the sender to decide.

slack_sdk's own client posts a second time after a connection that broke (its default retry handler), waits by
itself where it is told to, and stumbles over answers that are not JSON; here each answer is a value.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp

from adapters.slack.errors import Fault, Refused, Unanswered, fault_of, refusal_of
from bot.domain.deliveries import Rate
from bot.errors import StoreError
from bot.log import logger
from bot.services.rates import Bucket, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ports import Clock

log = logger("slack")

Json = dict[str, Any]
"""An object as Slack sends it, or takes it."""

LONGEST_CALL = timedelta(seconds=30)
"""After so long without an answer a call's outcome is not known."""

LONGEST_QUEUE = timedelta(seconds=5)
"""What has to wait longer for its turn comes back as told to wait, so that others can have its room."""

AS_JSON = ("chat.", "views.")
"""The methods that are asked in JSON; those that read take forms alone (docs.slack.dev, Web API)."""

LOOKED_AGAIN = timedelta(seconds=0.2)
"""How often a call that can wait looks whether it may be made."""

TOKEN_EXPIRED = "token_expired"  # noqa: S105 - an error string

MINUTE = timedelta(minutes=1)

TIER_3 = Rate(4, timedelta(seconds=5))
"""50 calls a minute and more, for each method and workspace, short of that (docs.slack.dev, Rate limits)."""
TIER_4 = Rate(8, timedelta(seconds=5))
"""100 calls a minute and more."""

TIERS = {
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.join": TIER_3,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "reactions.add": TIER_3,
    "reactions.get": TIER_3,
    "users.info": TIER_4,
    "users.conversations": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.update": TIER_4,
}
"""What is not here has limits of its own: `chat.postMessage` those of the sender."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Slack did what it was asked; `scopes` are those of the token."""

    body: Json
    scopes: frozenset[str] = field(default=frozenset())


Answer = Answered | Fault


class Tokens(Protocol):
    """Whose token speaks in which workspace."""

    async def token(self, team: str) -> str | None:
        """Return the bot's token for a workspace; None where it is not installed there."""

    async def renewed(self, team: str, token: str) -> str | None:
        """Return the token that follows one that is over; None where there is none yet."""


class Web:
    """Slack's Web API. One HTTP session serves all workspaces."""

    def __init__(self, url: str, tokens: Tokens, clock: Clock) -> None:
        """`url` is the API's address, as `https://slack.com/api`."""
        self.url = url.rstrip("/") + "/"
        self._tokens = tokens
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._buckets: dict[tuple[str, str], Bucket] = {}

    async def call(self, team: str, method: str, **asked: object) -> Answer:
        """Make one call in a workspace, in the turn of its method there."""
        try:
            token = await self._tokens.token(team)
        except StoreError as fault:
            log.warning("token not read", team=team, why=str(fault))
            return Unanswered("was not asked, as its token could not be read", may_be_done=False)
        if token is None:
            return Refused("not_authed")
        answer = await self._in_turn(team, method, token, asked)
        if not isinstance(answer, Refused) or answer.error != TOKEN_EXPIRED:
            return answer
        # Our clock and Slack's do not agree: nothing was done, so it is asked once more.
        renewed = await self._tokens.renewed(team, token)
        return await self._in_turn(team, method, renewed, asked) if renewed else answer

    async def spare(self, team: str, method: str, **asked: object) -> Answer:
        """Make a call that can wait: once nobody else wants the turns of its method there."""
        bucket = self._bucket(team, method)
        while bucket is not None and not bucket.is_half_free:
            await self._clock.sleep(LOOKED_AGAIN)
        return await self.call(team, method, **asked)

    async def _in_turn(self, team: str, method: str, token: str, asked: Mapping[str, object]) -> Answer:
        """Make one call in the turn of its method in a workspace."""
        bucket = self._bucket(team, method)
        if bucket is None:
            return await self.post(method, token, **asked)
        if (wait_s := bucket.wait_s()) > LONGEST_QUEUE.total_seconds():
            return Refused("ratelimited", HTTPStatus.TOO_MANY_REQUESTS, timedelta(seconds=wait_s))
        async with bucket.slot(Turn()):
            answer = await self.post(method, token, **asked)
            if isinstance(answer, Refused) and answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                bucket.close((answer.retry_after or MINUTE).total_seconds())
            return answer

    def _bucket(self, team: str, method: str) -> Bucket | None:
        """Return the limit of a method in a workspace."""
        if method not in TIERS:
            return None
        key = (team, method)
        if key not in self._buckets:
            self._buckets[key] = Bucket(TIERS[method], self._clock, self._clock.monotonic())
        return self._buckets[key]

    async def post(self, method: str, token: str, **asked: object) -> Answer:
        """Make one call with a token, at once."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        given = {name: value for name, value in asked.items() if value is not None}
        body: Json = {"data": {name: form_value(value) for name, value in given.items()}}
        if method.startswith(AS_JSON):
            headers["Content-Type"] = "application/json; charset=utf-8"
            body = {"data": json.dumps(given, ensure_ascii=False).encode()}
        try:
            async with self.session().post(self.url + method, headers=headers, **body) as response:
                return read_answer(response.status, response.headers, await response.read())
        except Exception as raised:  # noqa: BLE001 - a bug is raised again
            return fault_of(raised)

    async def respond(self, url: str, body: Json) -> Answer:
        """Answer on a response URL, which takes five answers within half an hour."""
        try:
            async with self.session().post(url, json=body) as response:
                text = await response.text(errors="replace")
                is_done = response.status == HTTPStatus.OK
                return Answered({}) if is_done else Refused(text[:40], response.status)
        except Exception as raised:  # noqa: BLE001 - as above
            return fault_of(raised)

    def session(self) -> aiohttp.ClientSession:
        """Return the one session; it is opened with the first call."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=LONGEST_CALL.total_seconds(), sock_connect=10)
            self._session = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=200))
        return self._session

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


def form_value(value: object) -> str:
    """Return a value as a form has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def read_answer(status: int, headers: Mapping[str, str], content: bytes) -> Answer:
    """Read an answer: `ok` says whether it is one, whatever its status."""
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        is_refusal = status >= HTTPStatus.BAD_REQUEST
        return refusal_of(status, headers, {}) if is_refusal else Unanswered("gave half an answer")
    if body.get("ok") is not True:
        return refusal_of(status, headers, body)
    scopes = headers.get("x-oauth-scopes", "")
    return Answered(body, frozenset(filter(None, (scope.strip() for scope in scopes.split(",")))))
