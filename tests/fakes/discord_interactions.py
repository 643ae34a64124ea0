"""Interactions of the stand-in: pushed over its gateway, and what is answered to them kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.discord_answers import Refusal
from tests.fakes.discord_checks import EPHEMERAL, message_faults
from tests.fakes.discord_openapi import faults_of
from tests.fakes.discord_shapes import BOT, interaction, message

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from tests.fakes.discord_standin import Standin

Json = Any

MESSAGE, DEFERRED, CHOICES = 4, 5, 8

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
TOKEN_LASTS_S = 900.0
FIRST_WITHIN_S = 3.0


@dataclass(frozen=True, slots=True)
class Visible:
    """A message that somebody sees, everybody or the asker alone."""

    body: Json
    is_private: bool


@dataclass
class Interaction:
    """One interaction and its answers."""

    id: str
    token: str
    asked_at: float
    channel: str = ""
    first: Json = None
    """The first answer: its type and data."""
    took_s: float = 0.0
    original: Visible | None = None
    message: str = ""
    """The id of the original, a message of the bot's in its channel where everybody sees it."""
    others: list[Visible] = field(default_factory=list)
    is_deleted: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def seen(self) -> list[Visible]:
        """All messages that are there in the end."""
        return ([self.original] if self.original else []) + self.others

    async def until(self, condition: Callable[[Interaction], bool]) -> Interaction:
        """Wait for an answer."""
        async with asyncio.timeout(10):
            while not condition(self):
                self.changed.clear()
                await self.changed.wait()
        return self

    async def answered(self) -> Interaction:
        """Wait for the first answer that is none of a mere promise."""
        return await self.until(lambda it: bool(it.seen) or (it.first or {}).get("type") == CHOICES)


class StandinInteractions:
    """Makes interactions, and takes their answers."""

    def __init__(self, standin: Standin) -> None:
        self._standin = standin
        self.by_token: dict[str, Interaction] = {}

    def routes(self) -> dict[tuple[str, str], Callable[[web.Request, Json], Json]]:
        own = "/webhooks/{application}/{token}"
        return {
            ("POST", "/interactions/{id}/{token}/callback"): self._first,
            ("POST", own): self._follow,
            ("GET", f"{own}/messages/@original"): self._original,
            ("PATCH", f"{own}/messages/@original"): self._change,
            ("DELETE", f"{own}/messages/@original"): self._remove,
        }

    def a_raw(self, kind: int, data: Json, **more: Json) -> tuple[Interaction, Json]:
        """Make an interaction; `more` is put into it as Discord sends it."""
        number = self._standin.new_id()
        channel = str(more.get("channel_id", ""))
        asked = Interaction(number, f"token{number}", self._standin.clock.monotonic(), channel)
        self.by_token[asked.token] = asked
        raw = {**interaction(asked.id, asked.token, kind, data), **more}
        return asked, raw

    async def ask(self, kind: int, data: Json, **more: Json) -> Interaction:
        """Push an interaction over the gateway."""
        asked, raw = self.a_raw(kind, data, **more)
        await self._standin.gateway.push("INTERACTION_CREATE", raw)
        return asked

    def _asked(self, request: web.Request) -> Interaction:
        asked = self.by_token.get(request.match_info["token"])
        late_s = self._standin.clock.monotonic() - asked.asked_at if asked else 0.0
        if asked is None or late_s > TOKEN_LASTS_S:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        return asked

    def _first(self, request: web.Request, body: Json) -> None:
        asked = self._asked(request)
        took_s = self._standin.clock.monotonic() - asked.asked_at
        if took_s > FIRST_WITHIN_S or request.match_info["id"] != asked.id:
            raise Refusal(404, 10062, "Unknown interaction")
        if asked.first is not None:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        faults = faults_of("POST", CALLBACK, body)
        if body["type"] == MESSAGE:
            faults += message_faults(body["data"], is_interaction=True)
        self._standin.check(faults)
        asked.first, asked.took_s = body, took_s
        if body["type"] == MESSAGE:
            self._put(asked, self._visible(body["data"]))
        asked.changed.set()

    def _follow(self, request: web.Request, body: Json) -> Json:
        asked = self._acknowledged(request)
        self._check(body)
        if self._is_waiting(asked):
            # The first message after a promise takes its place, and is seen by whom that was for.
            self._put(asked, Visible(body, bool((asked.first["data"].get("flags") or 0) & EPHEMERAL)))
        else:
            asked.others.append(self._visible(body))
        asked.changed.set()
        return {"id": self._standin.new_id()}

    def _change(self, request: web.Request, body: Json) -> Json:
        asked = self._acknowledged(request)
        self._check(body)
        if (body.get("flags") or 0) & EPHEMERAL:
            raise Refusal(400, 50035, "flags cannot be changed")
        flags = (asked.first.get("data") or {}).get("flags") or 0
        self._put(asked, Visible(body, bool(flags & EPHEMERAL)))
        asked.changed.set()
        return {"id": asked.message, "channel_id": asked.channel}

    def _remove(self, request: web.Request, _body: Json) -> None:
        asked = self._acknowledged(request)
        asked.original, asked.is_deleted = None, True
        self._standin.messages.get(asked.channel, {}).pop(asked.message, None)
        asked.changed.set()

    def _original(self, request: web.Request, _body: Json) -> Json:
        asked = self._acknowledged(request)
        if asked.original is None:
            raise Refusal(404, 10008, "Unknown Message")
        return {"id": asked.message, "channel_id": asked.channel, **asked.original.body}

    def _put(self, asked: Interaction, seen: Visible) -> None:
        """Let an interaction have its answer, among the messages of its channel if everybody sees it."""
        asked.original, asked.message = seen, asked.message or self._standin.new_id()
        if not seen.is_private and asked.channel in self._standin.messages:
            at = self._standin.clock.now().isoformat()
            shown = {**message(asked.message, asked.channel, BOT, at), **seen.body}
            self._standin.messages[asked.channel][asked.message] = shown

    def _acknowledged(self, request: web.Request) -> Interaction:
        asked = self._asked(request)
        if asked.first is None:
            raise Refusal(404, 10015, "Unknown Webhook")
        return asked

    def _is_waiting(self, asked: Interaction) -> bool:
        return asked.first["type"] == DEFERRED and asked.original is None and not asked.is_deleted

    def _check(self, body: Json) -> None:
        self._standin.check([*message_faults(body, is_interaction=True)])

    @staticmethod
    def _visible(body: Json) -> Visible:
        return Visible(body, bool((body.get("flags") or 0) & EPHEMERAL))
