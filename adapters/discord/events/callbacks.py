"""Answering an interaction: within three seconds, and once.

Discord takes one first answer; what comes later changes it, or follows it. These calls do not count against
the bot's 50 a second (Rate Limits), so they wait for no turn.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from adapters.discord.client.rest import Answered, WithFile
from adapters.discord.errors import Code, Fault, Refused, Unanswered
from bot.log import logger

if TYPE_CHECKING:
    from adapters.discord.client.rest import Answer, Attached, Json, Rest
    from adapters.discord.events.asks import Ask
    from bot.ports import Clock

    Sent = Json | WithFile | None

log = logger("discord")

MESSAGE, DEFERRED, CHOICES = 4, 5, 8
"""Types of first answers (Receiving and Responding, Interaction Callback Type)."""

FIRST_TRIES = 3
TRY_LASTS_S = 0.8
"""How long one try for the first answer waits: all of them have to come before Discord's three seconds."""

LATER_TRIES = 5
LATER_LASTS_S = 10.0
FIRST_PAUSE = timedelta(seconds=0.5)

NOT_ASKED = Unanswered("was not asked", may_be_done=False)

FIRST = "/interactions/{webhook_id}/{webhook_token}/callback"
LATER = "/webhooks/{webhook_id}/{webhook_token}"
ORIGINAL = f"{LATER}/messages/@original"


class Callbacks:
    """Makes the calls that answer interactions."""

    def __init__(self, rest: Rest, clock: Clock) -> None:
        self._rest = rest
        self._clock = clock

    async def first(self, ask: Ask, kind: int, content: Json, file: Attached | None = None) -> Refused | None:
        """Give the first answer; return why Discord did not take it, None where it did or nobody knows.

        Giving it again is safe: a second one is refused as such.
        """
        body = with_file({"type": kind, "data": content}, file)
        named = {"webhook_id": ask.id, "webhook_token": ask.token}
        answer: Answer = NOT_ASKED
        for _ in range(FIRST_TRIES):
            answer = await self._tried(TRY_LASTS_S, "POST", FIRST, body, named)
            if isinstance(answer, Answered):
                return None
            if isinstance(answer, Refused) and not is_passing(answer):
                if answer.code == Code.ALREADY_ACKNOWLEDGED:
                    return None
                log.warning("interaction not answered", why=str(answer), type=ask.type)
                return answer
        log.warning("interaction perhaps not answered", why=str(answer), type=ask.type)
        return None

    async def original(self, ask: Ask) -> Json | None:
        """Return the first answer as the message that it is; None where Discord does not tell."""
        told = await self._persistently("GET", ORIGINAL, None, ask)
        return told.body if told is not None and isinstance(told.body, dict) else None

    async def change(self, ask: Ask, content: Json, file: Attached | None = None) -> bool:
        """Put a message in the place of the first answer."""
        return await self._persistently("PATCH", ORIGINAL, with_file(content, file), ask) is not None

    async def remove(self, ask: Ask) -> bool:
        """Take the first answer away."""
        return await self._persistently("DELETE", ORIGINAL, None, ask) is not None

    async def follow(self, ask: Ask, content: Json, file: Attached | None = None) -> None:
        """Add a message. It has no key, so where its outcome is not known it is left at that."""
        named = {"webhook_id": ask.application, "webhook_token": ask.token}
        answer: Answer = NOT_ASKED
        for attempt in range(LATER_TRIES):
            answer = await self._tried(LATER_LASTS_S, "POST", LATER, with_file(content, file), named)
            if isinstance(answer, Answered) or not is_surely_undone(answer):
                break
            await self._clock.sleep(pause_after(answer, attempt))
        if not isinstance(answer, Answered):
            log.warning("follow-up not sent", why=str(answer))

    async def _persistently(self, method: str, path: str, content: Sent, ask: Ask) -> Answered | None:
        """Do what may be done twice until it is done; None where it is not."""
        named = {"webhook_id": ask.application, "webhook_token": ask.token}
        answer: Answer = NOT_ASKED
        for attempt in range(LATER_TRIES):
            answer = await self._tried(LATER_LASTS_S, method, path, content, named)
            if isinstance(answer, Answered):
                return answer
            if isinstance(answer, Refused) and not is_passing(answer):
                break
            await self._clock.sleep(pause_after(answer, attempt))
        log.warning("answer not changed", why=str(answer), method=method)
        return None

    async def _tried(
        self, lasts_s: float, method: str, path: str, content: Sent, named: dict[str, str]
    ) -> Answer:
        """Make one call, and wait only so long for its answer."""
        try:
            async with asyncio.timeout(lasts_s):
                return await self._rest.call(method, path, body=content, **named)
        except TimeoutError:
            return Unanswered("gave no answer in time")


def with_file(content: Json, file: Attached | None) -> Json | WithFile:
    """Return what is sent, with its file where it has one."""
    return content if file is None else WithFile(content, file)


def is_passing(refused: Refused) -> bool:
    """Tell whether the same may be taken a moment later."""
    is_busy = refused.status == HTTPStatus.TOO_MANY_REQUESTS
    return is_busy or refused.status >= HTTPStatus.INTERNAL_SERVER_ERROR


def is_surely_undone(fault: Fault) -> bool:
    """Tell whether something was surely not done, and may be done when asked for again."""
    if isinstance(fault, Unanswered):
        return not fault.may_be_done
    return fault.status == HTTPStatus.TOO_MANY_REQUESTS


def pause_after(fault: Fault, attempt: int) -> timedelta:
    """Return how long to wait before the next try."""
    told = fault.retry_after if isinstance(fault, Refused) else None
    return told or FIRST_PAUSE * 2**attempt
