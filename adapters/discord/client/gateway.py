"""The loop that listens to Discord: a new connection each time, ended in a sentence where nothing helps."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import discord

from adapters.discord.client.connection import Connection
from adapters.discord.errors import BAD_TOKEN, PORTAL
from bot.errors import PapersError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from types import SimpleNamespace

    from adapters.discord.client.connection import Heard
    from adapters.discord.client.shards import Shards
    from adapters.discord.messenger.permissions import Sight
    from bot.domain.places import Place
    from bot.ports import Clock

    OwnTurn = Callable[[], AbstractAsyncContextManager[None]]
    """Returns what waits for the turn of a call that is no delivery."""

BEAT_S = 1.0

LONGEST_SILENCE_S = 300.0
"""discord.py waits longer and longer between its tries; after so long without any connection begin anew."""

GRACE_S = 2.0
"""How long answers on their way may still take when it ends."""

UNREACHABLE = "Discord has not let me connect for five minutes."
UNREACHABLE_NOW = "Discord cannot be reached, or does not say where to connect."
OVER = "The connection to Discord has ended."

CLOSED = {
    4004: BAD_TOKEN,
    4010: "Discord has no such shard: --shards is A-B/N, with A and B from 0 to N - 1.",
    4011: "Discord wants more shards for so many servers: raise N of --shards A-B/N, or leave --shards out.",
    4012: "Discord does not speak this version of its gateway any more: a newer papers-bot is needed.",
    4013: "Discord knows no such intents: a newer papers-bot is needed.",
    4014: f"Discord does not allow this bot the intents that it asks for: look at {PORTAL} (Bot).",
}
"""The close codes after which connecting again does not help (Opcodes and Status Codes)."""


class Gateway:
    """Listens until it is cancelled. `run` is a loop for the supervisor."""

    def __init__(
        self,
        token: str,
        heard: Heard,
        clock: Clock,
        *,
        turn: OwnTurn,
        shards: Shards | None = None,
    ) -> None:
        self._token = token
        self._heard = heard
        self._clock = clock
        self._turn = turn
        self._shards = shards
        self._connection: Connection | None = None

    def sight(self, place: Place) -> Sight | None:
        """Return what the bot may do in a channel; None where that has not been told."""
        return self._connection.sight(place) if self._connection else None

    async def run(self, beat: Callable[[], None]) -> None:
        """Connect, and stay connected.

        Raises:
            PapersError: Discord does not let it connect, and says why.
            Exception: the connection ended in another way; another try may help.
        """
        connection = self._connection = Connection(self._heard, self._clock, paced(self._turn))
        task = asyncio.create_task(connection.run_until_closed(self._token, self._shards))
        try:
            await self._watch(connection, task, beat)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as fault:
            if sentence := sentence_of(fault):
                raise PapersError(sentence) from None
            raise
        finally:
            await ended(task)
            await connection.end()
            await answered(connection)

    async def _watch(
        self, connection: Connection, task: asyncio.Task[None], beat: Callable[[], None]
    ) -> None:
        """Beat while it runs; give it up where it has had no connection for long."""
        open_at = self._clock.monotonic()
        while not task.done():
            beat()
            now = self._clock.monotonic()
            open_at = now if connection.is_open else open_at
            if now - open_at > LONGEST_SILENCE_S:
                raise PapersError(UNREACHABLE)
            await asyncio.wait({task}, timeout=BEAT_S)
        await task
        raise PapersError(OVER)


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel a task until it has ended: discord.py's Shard.reidentify swallows a cancellation."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=BEAT_S)


async def answered(connection: Connection) -> None:
    """Let those be answered who have just asked, and end what takes longer."""
    if left := set(connection.under_way):
        await asyncio.wait(left, timeout=GRACE_S)
    for task in connection.under_way:
        task.cancel()


def sentence_of(fault: Exception) -> str:
    """Return what to do about the end of a connection; empty where connecting again is all."""
    match fault:
        case discord.LoginFailure():
            return BAD_TOKEN
        case discord.PrivilegedIntentsRequired():
            return CLOSED[4014]
        case discord.ConnectionClosed():
            return CLOSED.get(fault.code, "")
        case discord.GatewayNotFound() | discord.HTTPException() | aiohttp.ClientError() | OSError():
            return f"{UNREACHABLE_NOW} I try again."
        case _:
            return ""


def paced(turn: OwnTurn) -> aiohttp.TraceConfig:
    """Return what lets each call of discord.py's own wait for a turn."""
    trace = aiohttp.TraceConfig()

    async def begin(_session: object, context: SimpleNamespace, _start: object) -> None:
        context.turn = turn()
        await context.turn.__aenter__()

    async def end(_session: object, context: SimpleNamespace, _end: object) -> None:
        await context.turn.__aexit__(None, None, None)

    trace.on_request_start.append(begin)
    trace.on_request_end.append(end)
    trace.on_request_exception.append(end)
    return trace
