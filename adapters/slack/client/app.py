"""What Slack tells, taken apart by Bolt: acknowledged at once, and dealt with meanwhile.

Bolt answers what it has no listener for with 404, and over Socket Mode not at all, so that Slack tries again;
here whatever is signed is acknowledged. Its own log would hold what people wrote, so it is silent.
"""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack.commands import SLASH
from bot.errors import StoreError
from bot.log import fault_words, logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence

    from slack_bolt.context.ack.async_ack import AsyncAck

    from adapters.slack.client.web import Tokens

    Json = dict[str, Any]
    Told = Callable[[Json], Coroutine[Any, Any, None]]
    """Hears of one thing that somebody did."""
    Check = Callable[[Json], dict[str, str]]
    Offer = Callable[[Json], list[Json]]

log = logger("slack")

GRACE_S = 2.0
"""How long answers on their way may still take when it ends."""

ANYTHING = re.compile(r".*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Heard:
    """What hears of what Slack tells."""

    command: Told
    pressed: Told
    filled: Told
    """Of a form that was filled in."""
    wrong: Check
    """Returns what is wrong with it, by field."""
    offers: Offer
    """Returns what fits what somebody types into a field."""
    events: Mapping[str, Told]
    """By the type of the event."""
    shortcuts: Mapping[str, Told]
    """What can be done with a message, by its name in the manifest."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What Slack is answered at once."""

    status: int
    body: str = ""
    content_type: str = "text/plain"


class App:
    """Takes what Slack sends, over HTTP or a socket."""

    def __init__(self, heard: Heard, tokens: Tokens) -> None:
        self._heard = heard
        self._tokens = tokens
        self._under_way: set[asyncio.Task[None]] = set()
        self._bolt = AsyncApp(
            name="papers",
            logger=silent_logger(),
            # Bolt asks for a secret, if it verifies nothing: `client.requests` does, by our clock.
            signing_secret="",
            request_verification_enabled=False,
            authorize=authorized,
            ignoring_self_events_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        self._listen()

    @property
    def events(self) -> Collection[str]:
        """The types of events that are listened to."""
        return self._heard.events.keys()

    def _listen(self) -> None:
        """Tell Bolt what there is to be heard."""

        def passing_on(told: Told) -> Callable[[AsyncAck, Json], Awaitable[None]]:
            async def pass_on(ack: AsyncAck, body: Json) -> None:
                await ack()
                body = installed_in(body)
                if await self._is_known(body):
                    self._begin(told(body))

            return pass_on

        self._bolt.command(SLASH)(passing_on(self._heard.command))
        self._bolt.action(ANYTHING)(passing_on(self._heard.pressed))
        self._bolt.view(ANYTHING)(self._filled())
        self._bolt.options(ANYTHING)(self._offering())
        for name, told in self._heard.shortcuts.items():
            self._bolt.message_shortcut(name)(passing_on(told))
        for event, told in self._heard.events.items():
            self._bolt.event(event)(passing_on(told))

    def _filled(self) -> Callable[[AsyncAck, Json], Awaitable[None]]:
        """Return what takes a form: one that is wrong stays open, and says so at its fields."""

        async def take(ack: AsyncAck, body: Json) -> None:
            if wrong := self._heard.wrong(body):
                await ack(response_action="errors", errors=wrong)
                return
            await ack()
            if await self._is_known(body):
                self._begin(self._heard.filled(dict(body)))

        return take

    def _offering(self) -> Callable[[AsyncAck, Json], Awaitable[None]]:
        """Return what offers choices while somebody types."""

        async def offer(ack: AsyncAck, body: Json) -> None:
            await ack(options=self._heard.offers(body))

        return offer

    async def _is_known(self, body: Json) -> bool:
        """Tell whether the bot is installed where something comes from."""
        team = body.get("team_id") or (body.get("team") or {}).get("id") or body.get("enterprise_id")
        try:
            is_known = await self._tokens.token(str(team or "")) is not None
        except StoreError:
            return True  # whoever asked is told that the store does not answer
        if not is_known:
            log.warning("passed over: I am not installed there", team=str(team)[:40])
        return is_known

    async def over_http(self, body: str, headers: Mapping[str, str]) -> Acknowledged:
        """Take a request that was verified.

        Raises:
            ValueError: it cannot be read.
        """
        request = AsyncBoltRequest(
            body=body, headers={name.lower(): [value] for name, value in headers.items()}
        )
        return await self._taken(request)

    async def over_socket(self, payload: Json) -> str:
        """Take a payload of Socket Mode; return what it is acknowledged with, empty for nothing."""
        return (await self._taken(AsyncBoltRequest(mode="socket_mode", body=payload, headers={}))).body

    async def _taken(self, request: AsyncBoltRequest) -> Acknowledged:
        response = await self._bolt.async_dispatch(request)
        content_type = first_of(response.headers, "content-type", "text/plain")
        if response.status == HTTPStatus.NOT_FOUND:
            kind = str(request.body.get("type") or "")
            log.info("nothing listens to that", type=kind[:40])
            return Acknowledged(HTTPStatus.OK)
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            # No listener of ours raises: Bolt could not read it.
            log.warning("cannot be read")
            return Acknowledged(HTTPStatus.BAD_REQUEST)
        return Acknowledged(response.status, response.body or "", content_type.split(";")[0])

    def _begin(self, told: Coroutine[Any, Any, None]) -> None:
        """Let something be dealt with meanwhile."""
        task = asyncio.create_task(guarded(told))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def end(self) -> None:
        """Let those be answered who have just asked, and end what takes longer."""
        if left := set(self._under_way):
            await asyncio.wait(left, timeout=GRACE_S)
        for task in self._under_way:
            task.cancel()


def installed_in(body: Json) -> Json:
    """Return what Slack tells with the workspace that the bot is installed in.

    In a channel that is shared with other workspaces an event's `team_id` may be that of another one
    (slackapi/java-slack-sdk #629, slackapi/bolt-js #935).
    """
    team = next((each.get("team_id") for each in body.get("authorizations") or ()), None)
    return {**body, "team_id": team} if team else dict(body)


async def authorized(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult:
    """Let Bolt hear every workspace: to one that it may not hear it would write a message of its own."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


async def guarded(told: Coroutine[Any, Any, None]) -> None:
    """Deal with something; what cannot be is logged, and disturbs nothing else."""
    try:
        await told
    except Exception as fault:  # noqa: BLE001 - the outermost of a task
        log.error("not dealt with", why=fault_words(fault))  # noqa: TRY400 - our own log


def first_of(headers: Mapping[str, Sequence[str]], name: str, usual: str) -> str:
    """Return a header of Bolt's answer."""
    return next(iter(headers.get(name) or ()), usual)


def silent_logger() -> logging.Logger:
    """Return a logger that keeps nothing: Bolt and slack_sdk log what people wrote."""
    silent = logging.getLogger("papers.slack_bolt")
    silent.propagate = False
    silent.setLevel(logging.CRITICAL + 1)
    return silent
