"""How an answer gets to whoever asked: over a response URL, or as a message of its own."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from adapters.slack.client.web import Answered
from adapters.slack.errors import Refused, may_be_done
from adapters.slack.messenger.refs import Ref
from bot.log import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.slack.client.web import Json, Web
    from adapters.slack.errors import Fault
    from adapters.slack.events.asks import Ask
    from adapters.slack.events.shown import Shown
    from adapters.slack.messenger.turns import TurnOf
    from bot.domain.answers import PaperPage
    from bot.domain.deliveries import MessageRef
    from bot.domain.places import Place
    from bot.ports import Clock

    Posted = Callable[[Place, PaperPage, MessageRef], Awaitable[None]]
    """Lets all vote on a page from then on, as it stands as a message."""

log = logger("slack")

SAID_TRIES = 3
A_TURN = timedelta(seconds=1)
"""An answer that meets a post in its channel is said again after what Slack tells, or after that."""


class Saying:
    """Says answers; what Slack does not take is logged."""

    def __init__(self, web: Web, clock: Clock, turn: TurnOf, posted: Posted) -> None:
        self._web = web
        self._clock = clock
        self._turn = turn
        self._posted = posted

    async def respond(self, ask: Ask, answer: Shown) -> bool:
        """Bring an answer over its response URL, unless all may vote on it and it can be said.

        False where Slack takes nothing there any more.
        """
        if await self._is_said(ask, answer):
            return True
        for taken, body in enumerate(answer.bodies()):
            told = await self._web.respond(ask.response_url, body)
            if not isinstance(told, Answered):
                log.warning("answer not taken", place=str(ask.place), why=str(told))
                return not isinstance(told, Refused) or taken > 0
        return True

    async def own_page(self, ask: Ask) -> Ask | None:
        """Return a question as if it had been asked where the bot and its asker are alone.

        None where Slack does not open that conversation.
        """
        opened = await self._web.call(ask.team, "conversations.open", users=ask.user)
        if not isinstance(opened, Answered):
            log.warning("answer not taken", team=ask.team, why=str(opened))
            return None
        return replace(ask, channel=str(opened.body["channel"]["id"]), is_direct=True)

    async def say(self, ask: Ask, answer: Shown, thread: str | None = None) -> None:
        """Say an answer that has no response URL; what is the asker's own, to them alone."""
        for body in answer.bodies():
            told = await self._say(ask, body, thread, is_private=answer.is_private and not ask.is_direct)
            await self._open(ask, answer, told)

    async def _is_said(self, ask: Ask, answer: Shown) -> bool:
        """Say an answer on which all may vote; False where it is none, or was refused: then nothing was said.

        Of what comes over a response URL Slack tells no timestamp, and it comes to channels that the bot is
        no member of, where nobody tells it of reactions.
        """
        if answer.ballot is None or ask.is_direct:
            return False
        [body] = answer.bodies()
        told = await self._say(ask, body, None, is_private=False)
        await self._open(ask, answer, told)
        return isinstance(told, Answered) or may_be_done(told)

    async def _open(self, ask: Ask, answer: Shown, told: Answered | Fault) -> None:
        """Let all vote on an answer that was said, where Slack says which message it is."""
        ts = str(told.body.get("ts") or "") if isinstance(told, Answered) else ""
        if ts and answer.ballot is not None and not ask.is_direct:
            await self._posted(ask.place, answer.ballot, Ref(ask.channel, ts).kept())

    async def _say(self, ask: Ask, body: Json, thread: str | None, *, is_private: bool) -> Answered | Fault:
        """Say one message, in its turn with what is posted there.

        Where another process posts, it may meet a post, and comes a moment later.
        """
        told = await self._said_in_turn(ask, body, thread, is_private=is_private)
        for _ in range(SAID_TRIES - 1):
            if not isinstance(told, Refused) or told.status != HTTPStatus.TOO_MANY_REQUESTS:
                break
            await self._clock.sleep(told.retry_after or A_TURN)
            told = await self._said_in_turn(ask, body, thread, is_private=is_private)
        return told

    async def _said_in_turn(
        self, ask: Ask, body: Json, thread: str | None, *, is_private: bool
    ) -> Answered | Fault:
        async with (None if is_private else self._turn(ask.place)) or nullcontext():
            told = await self._said(ask, body, thread, is_private=is_private)
        if not isinstance(told, Answered):
            log.warning("answer not taken", place=str(ask.place), why=str(told))
        return told

    async def _said(self, ask: Ask, body: Json, thread: str | None, *, is_private: bool) -> Answered | Fault:
        """Make the call that says an answer."""
        return await self._web.call(
            ask.team,
            "chat.postEphemeral" if is_private else "chat.postMessage",
            channel=ask.channel,
            user=ask.user if is_private else None,
            thread_ts=thread,
            text=body["text"],
            blocks=body["blocks"],
            unfurl_links=None if is_private else False,
            unfurl_media=None if is_private else False,
        )
