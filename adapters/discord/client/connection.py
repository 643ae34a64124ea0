"""The connection to Discord's gateway: discord.py's client, made to our needs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
import yarl
from discord.gateway import DiscordWebSocket

from adapters.discord.messenger.permissions import Sight
from adapters.discord.messenger.refs import KINDS, PLATFORM
from bot.domain.places import Place, PlaceKind
from bot.domain.text import counted
from bot.errors import PapersError
from bot.log import fault_words, logger

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine

    import aiohttp

    from adapters.discord.client.rest import Json
    from adapters.discord.client.shards import Shards
    from bot.ports import Clock

    Parse = Callable[[Any], None]
    Told = Coroutine[Any, Any, None]
    IsTold = Callable[[str], bool]

log = logger("gateway")

BETWEEN_IDENTIFIES = timedelta(seconds=5)
"""So often one connection may identify (Gateway, Identify Concurrency)."""

GOODBYE_S = 1.0

ALL_TOLD_S = 2.0
"""So long after the last server that was told discord.py takes it that there are no more."""

INTENTS = discord.Intents(guilds=True, guild_reactions=True, dm_reactions=True)
"""The least that is needed; none of them is privileged."""


REACTIONS = (
    "MESSAGE_REACTION_ADD",
    "MESSAGE_REACTION_REMOVE",
    "MESSAGE_REACTION_REMOVE_ALL",
    "MESSAGE_REACTION_REMOVE_EMOJI",
)
"""Passed on; discord.py keeps nothing of them."""

READ_TOO = ("READY", "CHANNEL_DELETE", "THREAD_DELETE")
"""Passed on when discord.py has read them."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Who is told what the gateway tells."""

    ready: Callable[[str], Told]
    """The bot has logged in; the id of its application."""
    interaction: Callable[[Json], Told]
    """Somebody used a command, a button or a select; as Discord sent it."""
    joined: Callable[[str, Place | None], Told]
    """The bot came to a server (`discord:<guild>`), whose moderators' own channel for news is that place."""
    left: Callable[[str], Told]
    """The bot was removed from a server."""
    told: Callable[[str, Json], Told]
    """A reaction came or went, a channel went, or a new session began; as Discord sent it, in their order."""
    present: Callable[[Collection[str], IsTold], Told]
    """The bot is on these servers, and on no other of those that this connection would be told of."""


class Connection(discord.AutoShardedClient):
    """One connection, over all reconnects that need no new one."""

    def __init__(self, heard: Heard, clock: Clock, trace: aiohttp.TraceConfig) -> None:
        super().__init__(
            intents=INTENTS,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=ALL_TOLD_S,
            http_trace=trace,
        )
        self._heard = heard
        self._clock = clock
        self._has_begun = False
        self.under_way: set[asyncio.Task[None]] = set()
        """What is being dealt with, by tasks that let nothing out that goes wrong."""
        parsers = self._connection.parsers
        for event, parse in parsers.items():
            parsers[event] = guarded(event, parse)
        parsers["INTERACTION_CREATE"] = self._interaction
        parsers |= {event: self._told(event) for event in REACTIONS}
        parsers |= {event: self._told(event, parsers[event]) for event in READ_TOO}

    async def run_until_closed(self, token: str, shards: Shards | None) -> None:
        """Log in, connect, and stay connected.

        Raises:
            PapersError: Discord does not let it connect, and says why.
            Exception: the connection ended in another way.
        """
        self._has_begun = True
        await self.login(token)
        advised, gateway, limit = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        self.shard_count = shards.count if shards else advised
        self.shard_ids = shards.numbers if shards else list(range(advised))
        if limit["remaining"] < len(self.shard_ids):
            raise PapersError(too_often(timedelta(milliseconds=limit["reset_after"])))
        await self.connect()

    async def end(self) -> None:
        """Close everything; a server that does not answer a goodbye is not waited for."""
        if not self._has_begun:
            return
        closing = asyncio.create_task(self.close())
        await asyncio.wait({closing}, timeout=GOODBYE_S)
        closing.cancel()

    @property
    def is_open(self) -> bool:
        """Whether any part of it is connected."""
        return any(not shard.is_closed() for shard in self.shards.values())

    def sight(self, place: Place) -> Sight | None:
        """Return what the bot may do in a channel of a server; None where that has not been told."""
        if place.platform != PLATFORM or not (place.server.isdecimal() and place.channel.isdecimal()):
            return None
        guild = self.get_guild(int(place.server))
        channel = guild.get_channel_or_thread(int(place.channel)) if guild else None
        me: discord.Member | None = guild.me if guild else None
        if me is None or channel is None:
            return None
        try:
            permissions = channel.permissions_for(me).value
        except discord.ClientException:  # a thread whose channel is not known
            return None
        is_locked = isinstance(channel, discord.Thread) and channel.locked
        return Sight(channel.name, KINDS.get(channel.type.value, PlaceKind.CHANNEL), permissions, is_locked)

    # --- What discord.py calls ----------------------------------------------------------

    def _interaction(self, sent: Json) -> None:
        """Pass an interaction on as it is: discord.py's own reading of one wants fields that nobody needs."""
        self._begin(self._heard.interaction(sent))

    def _told(self, event: str, parse: Parse | None = None) -> Parse:
        """Return what passes an event on, after discord.py has read it where it has to."""

        def passed(sent: Any) -> None:
            if parse is not None:
                parse(sent)
            self._begin(self._heard.told(event, sent))

        return passed

    def _begin(self, told: Told) -> None:
        """Let something be dealt with meanwhile."""
        task = self.loop.create_task(told)
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def setup_hook(self) -> None:
        """Pass on that the bot has logged in."""
        self._begin(self._heard.ready(str(self.application_id)))

    async def before_identify_hook(self, _shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for the turn to identify, by our own clock."""
        if not initial:
            await self._clock.sleep(BETWEEN_IDENTIFIES)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Hear that the bot was added to a server."""
        log.info("joined a server", server=guild.id)
        await self._heard.joined(f"{PLATFORM}:{guild.id}", news_place(guild))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Hear that the bot was removed from a server."""
        log.info("left a server", server=guild.id)
        await self._heard.left(f"{PLATFORM}:{guild.id}")

    async def on_shard_ready(self, shard_id: int) -> None:
        """Pass on which servers of a shard there are: some may have come or gone while nobody listened."""
        log.info("connected", shard=shard_id)
        count = self.shard_count or 1
        present = {f"{PLATFORM}:{guild.id}" for guild in self.guilds if guild.shard_id == shard_id}
        await self._heard.present(present, lambda server: shard_of(server, count) == shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note that nothing was missed."""
        log.info("connected again", shard=shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Note that a connection was lost; another is on its way."""
        log.warning("connection lost", shard=shard_id)

    async def on_error(self, event_method: str, /, *_values: object, **_named: object) -> None:
        """Note a fault of ours, without what anybody wrote."""
        log.error("not dealt with", what=event_method)


def shard_of(server: str, count: int) -> int | None:
    """Return the shard that is told of a server (Gateway, Sharding Formula); None where the id is none."""
    guild = server.partition(":")[2]
    return (int(guild) >> 22) % count if guild.isdecimal() else None


def guarded(event: str, parse: Parse) -> Parse:
    """Return what reads an event and lets one that makes no sense pass: the others come all the same."""

    def parsed(sent: Any) -> None:
        try:
            parse(sent)
        except Exception as fault:  # noqa: BLE001 - discord.py would end the connection
            log.error("event makes no sense", what=event, why=fault_words(fault))  # noqa: TRY400 - our own log

    return parsed


def news_place(guild: discord.Guild) -> Place | None:
    """Return the channel in which Discord tells a server's moderators news, where the bot may write there."""
    channel = guild.public_updates_channel
    me: discord.Member | None = guild.me
    if channel is None or me is None or not channel.permissions_for(me).send_messages:
        return None
    return Place(PLATFORM, str(guild.id), str(channel.id))


def too_often(wait: timedelta) -> str:
    """Say when Discord lets the bot connect again."""
    minutes = counted(max(1, round(wait.total_seconds() / 60)), "minute")
    return f"Discord lets me connect again in {minutes}: I have connected too often since yesterday."
