"""Installing the bot in a workspace, from a link: OAuth v2 (docs.slack.dev, Installing with OAuth).

The state of an installation is signed, bound to the browser that began it by a cookie, good for ten minutes
and for one use, over all processes.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from hashlib import sha256
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from aiohttp import web

from adapters.slack.client.web import Answered
from adapters.slack.messenger.refs import PLATFORM, identity_of
from bot.errors import StoreError
from bot.log import logger
from bot.ports.installations import Installation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from adapters.slack.client.tokens import Installed
    from adapters.slack.client.web import Answer
    from bot.ports import Clock
    from bot.ports.installations import SeenEvents

    Exchange = Callable[[str], Awaitable[Answer]]
    """Asks Slack for a token, for the code of an installation."""
    Letters = Callable[[int], str]
    """Returns so many letters that nobody can guess."""

log = logger("slack")

INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"

COOKIE = "papers_install"

STATE_LASTS = timedelta(minutes=10)

NONCE_LETTERS = 24

LONGEST_CODE = 300

BEGIN_AGAIN = f'This link is over, or was used already. <a href="{INSTALL}">Begin again</a>.'


class States:
    """Makes states, and takes each of them once."""

    def __init__(self, secret: str, seen: SeenEvents, clock: Clock, letters: Letters) -> None:
        self._secret = secret
        self._seen = seen
        self._clock = clock
        self._letters = letters

    def new(self) -> str:
        """Return a state: a nonce, until when it is good, and a signature of both."""
        until = int((self._clock.now() + STATE_LASTS).timestamp())
        content = f"{self._letters(NONCE_LETTERS)}.{until}"
        return f"{content}.{self._signature(content)}"

    async def is_good(self, state: str, cookie: str) -> bool:
        """Tell whether a state is ours, of this browser, not over, and used for the first time.

        Raises:
            StoreError: the store cannot tell.
        """
        content, _, signature = state.rpartition(".")
        nonce, _, until = content.partition(".")
        is_ours = hmac.compare_digest(signature.encode(), self._signature(content).encode())
        # Broken UTF-8 in a header comes as half pairs.
        if not is_ours or not hmac.compare_digest(state.encode(), cookie.encode("utf-8", "surrogateescape")):
            return False
        now = self._clock.now()
        if now.timestamp() > int(until):
            return False
        return await self._seen.first_seen(f"slack state {nonce}", now + STATE_LASTS)

    def _signature(self, content: str) -> str:
        return hmac.new(self._secret.encode(), f"state {content}".encode(), sha256).hexdigest()


class Installing:
    """Serves the two pages of an installation."""

    def __init__(
        self,
        authorize_url: str,
        client_id: str,
        scopes: Collection[str],
        *,
        states: States,
        exchange: Exchange,
        installed: Installed,
        joined: Callable[[str], Awaitable[None]],
        clock: Clock,
    ) -> None:
        """`exchange` gets a token for a code; `joined` hears of a workspace (`slack:<team>`)."""
        self._query = {"client_id": client_id, "scope": ",".join(scopes)}
        self._authorize_url = authorize_url
        self._states = states
        self._exchange = exchange
        self._installed = installed
        self._joined = joined
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the one HTTP server."""
        return [web.get(INSTALL, self._begin), web.get(REDIRECT, self._end)]

    async def _begin(self, _request: web.Request) -> web.Response:
        """Send somebody to Slack, to say yes there."""
        state = self._states.new()
        address = f"{self._authorize_url}?{urlencode({**self._query, 'state': state})}"
        response = web.Response(status=HTTPStatus.FOUND, headers={"Location": address})
        lasts_s = int(STATE_LASTS.total_seconds())
        response.set_cookie(COOKIE, state, max_age=lasts_s, httponly=True, samesite="Lax", path="/slack")
        return response

    async def _end(self, request: web.Request) -> web.Response:
        """Take somebody back from Slack, and keep what they said yes to."""
        try:
            return await self._ended(request)
        except StoreError as fault:
            log.warning("installation not kept", why=str(fault))
            return page(HTTPStatus.SERVICE_UNAVAILABLE, f"{escape(str(fault))} {BEGIN_AGAIN}")

    async def _ended(self, request: web.Request) -> web.Response:
        state, code = request.query.get("state", ""), request.query.get("code", "")
        if not await self._states.is_good(state, request.cookies.get(COOKIE, "")):
            log.warning("installation refused: its state is not good")
            return page(HTTPStatus.BAD_REQUEST, BEGIN_AGAIN)
        if "error" in request.query or not 0 < len(code) <= LONGEST_CODE:
            return page(HTTPStatus.OK, f'Nothing was installed. <a href="{INSTALL}">Begin again</a>.')
        answer = await self._exchange(code)
        found = installation_of(answer, self._clock) if isinstance(answer, Answered) else None
        if found is None:
            log.warning("installation not given", why=str(answer) if not isinstance(answer, Answered) else "")
            return page(HTTPStatus.BAD_GATEWAY, f"Slack did not give me a token for that. {BEGIN_AGAIN}")
        await self._installed.keep(found)
        await self._joined(f"{PLATFORM}:{found.team}")
        log.info("installed", team=found.team)
        return page(HTTPStatus.OK, "Installed. Type <code>/papers today</code> in any channel.")


def installation_of(answer: Answered, clock: Clock) -> Installation | None:
    """Read what Slack gives for a code; None where it is for no one workspace, or no bot's token."""
    body: dict[str, Any] = answer.body
    team = str((body.get("team") or {}).get("id") or "")
    if not team or body.get("is_enterprise_install") or body.get("token_type") != "bot":
        return None
    lasts_s = int(body.get("expires_in") or 0)
    user = str((body.get("authed_user") or {}).get("id") or "")
    now = clock.now()
    return Installation(
        PLATFORM,
        team,
        str(body["access_token"]),
        now,
        identity_of(team, user) if user else None,
        str(body.get("bot_user_id") or ""),
        tuple(filter(None, str(body.get("scope") or "").split(","))),
        str(body.get("refresh_token") or ""),
        now + timedelta(seconds=lasts_s) if lasts_s else None,
    )


def page(status: HTTPStatus, sentence: str) -> web.Response:
    """Return a page of one sentence of HTML. Its cookie has served."""
    text = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>papers-bot</title>'
        f"<body><h1>papers-bot</h1><p>{sentence}</p></body></html>"
    )
    headers = {"Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer"}
    response = web.Response(status=status, text=text, content_type="text/html", headers=headers)
    response.del_cookie(COOKIE, path="/slack")
    return response
