"""What the bot may do in a channel: reckoned as Discord does (its page Permissions), and in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from adapters.discord.errors import Code, Refused
from adapters.discord.messenger.refs import kind_of
from bot.domain.places import PlaceKind
from bot.domain.text import and_words
from bot.ports.delivery import PlaceReport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.discord.client.rest import Json
    from adapters.discord.errors import Fault
    from bot.domain.places import Place


class May(IntFlag):
    """The permissions that matter here, by their bits."""

    ADMINISTRATE = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    REACT = 1 << 6
    VIEW = 1 << 10
    SEND = 1 << 11
    EMBED = 1 << 14
    READ_HISTORY = 1 << 16
    START_THREADS = 1 << 35
    SEND_IN_THREADS = 1 << 38


EVERYTHING = (1 << 64) - 1

NEEDED = (
    May.VIEW | May.SEND | May.EMBED | May.REACT | May.READ_HISTORY | May.START_THREADS | May.SEND_IN_THREADS
)
"""What the invite link asks for."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A channel as the bot sees it."""

    name: str
    kind: PlaceKind
    permissions: int
    is_locked: bool = False
    """It is a thread that members cannot write in any more."""

    def may(self, needed: May) -> bool:
        """Tell whether all that is needed is given."""
        return self.permissions & needed == needed


# --- In words -----------------------------------------------------------------------


NAMES = {
    May.VIEW: ("see", "View Channel"),
    May.SEND: ("send messages in", "Send Messages"),
    May.SEND_IN_THREADS: ("send messages in threads of", "Send Messages in Threads"),
    May.EMBED: ("embed cards in", "Embed Links"),
    May.READ_HISTORY: ("read the history of", "Read Message History"),
    May.REACT: ("react in", "Add Reactions"),
    May.START_THREADS: ("start threads in", "Create Public Threads"),
}
"""What cannot be done without a permission, and how Discord calls it."""

WANTED = {
    PlaceKind.THREAD: May.VIEW | May.SEND_IN_THREADS | May.EMBED | May.READ_HISTORY | May.REACT,
    PlaceKind.FORUM: May.VIEW | May.SEND | May.SEND_IN_THREADS | May.EMBED | May.READ_HISTORY | May.REACT,
}
"""What is wanted of a kind of place; of the others all that there is (Threads, Permissions)."""


MOST_SENTENCES = 2
"""Missing permissions that are told one by one; six sentences of the same form are read by nobody."""


def report_of(sight: Sight) -> PlaceReport:
    """Say what the bot may do in a place, and what it may not, with what to do."""
    return PlaceReport(tuple(can(sight)), tuple(lacks(sight)))


def can(sight: Sight) -> Iterator[str]:
    """Yield what the bot may do."""
    if sight.kind is PlaceKind.DM:
        yield from ("post", "react")
        return
    posts = May.SEND_IN_THREADS if sight.kind is PlaceKind.THREAD else May.SEND
    if sight.may(May.VIEW | posts) and not sight.is_locked:
        yield "post"
        if sight.may(May.EMBED):
            yield "embed"
    if sight.may(May.VIEW | May.REACT | May.READ_HISTORY):
        yield "react"


def lacks(sight: Sight) -> Iterator[str]:
    """Yield what is missing and what to do: a sentence for each of two permissions, one for more of them.

    Without the first one, to see the place, the others say nothing.
    """
    if sight.kind is PlaceKind.DM:
        return
    where = f"#{sight.name}"
    if sight.is_locked:
        yield f"{where} is locked: unlock the thread, or give me Manage Threads."
    wanted = WANTED.get(sight.kind, NEEDED)
    missing = [each for each in NAMES if each & wanted and not sight.may(each)]
    if May.VIEW in missing:
        missing = [May.VIEW]
    if len(missing) > MOST_SENTENCES:
        names = and_words([NAMES[each][1] for each in missing])
        yield f"I may not {NAMES[missing[0]][0]} {where}, and more: give me the permissions {names} there."
        return
    for act, name in map(NAMES.__getitem__, missing):
        yield f"I may not {act} {where}: give me the permission {name} there."


# --- As Discord reckons it ------------------------------------------------------------


def permissions_in(channel: Json, guild: Json, member: Json) -> int:
    """Return what a member may do in a channel of a server."""
    granted = base_permissions(guild, member)
    if granted & May.ADMINISTRATE or guild.get("owner_id") == member["user"]["id"]:
        return EVERYTHING
    overwrites = {str(each["id"]): each for each in channel.get("permission_overwrites") or ()}
    roles = [overwrites[role] for role in member["roles"] if role in overwrites]
    layers = [[overwrites.get(guild["id"])], roles, [overwrites.get(member["user"]["id"])]]
    for layer in layers:
        granted = overwritten(granted, [each for each in layer if each])
    # Who cannot see a channel can do nothing in it.
    return granted if granted & May.VIEW else 0


def base_permissions(guild: Json, member: Json) -> int:
    """Return what a member may do on the whole server: what everyone may, and each of their roles."""
    own = {guild["id"], *member["roles"]}
    granted = 0
    for role in guild["roles"]:
        granted |= int(role["permissions"]) if role["id"] in own else 0
    return granted


def overwritten(granted: int, overwrites: list[Json]) -> int:
    """Take away what any of the overwrites denies, then give what any of them allows."""
    for each in overwrites:
        granted &= ~int(each["deny"])
    for each in overwrites:
        granted |= int(each["allow"])
    return granted


class Asking(Protocol):
    """Who can be asked for what Discord has."""

    async def me(self) -> Json | Fault:
        """Return the bot's own user."""

    async def fetched(self, path: str, **named: str | int) -> Json | Fault:
        """Return an object that Discord has."""


async def asked(rest: Asking, place: Place) -> Sight | Fault:
    """Ask Discord for all that makes up a sight: up to four calls, none of them a delivery."""
    me, channel = await rest.me(), await rest.fetched("/channels/{channel_id}", channel_id=place.channel)
    if not isinstance(me, dict):
        return me
    if not isinstance(channel, dict):
        return channel
    if str(channel.get("guild_id", "")) != place.server:
        return Refused(HTTPStatus.NOT_FOUND, Code.UNKNOWN_CHANNEL)
    permissions = await asked_permissions(rest, channel, str(me["id"]))
    if not isinstance(permissions, int):
        return permissions
    is_locked = bool((channel.get("thread_metadata") or {}).get("locked"))
    return Sight(str(channel.get("name", "")), kind_of(channel), permissions, is_locked)


async def asked_permissions(rest: Asking, channel: Json, me: str) -> int | Fault:
    """Ask what the bot may do in a channel; in a thread its parent's permissions hold."""
    server = str(channel["guild_id"])
    ruled: Json | Fault = channel
    if kind_of(channel) is PlaceKind.THREAD:
        ruled = await rest.fetched("/channels/{channel_id}", channel_id=str(channel["parent_id"]))
    guild = await rest.fetched("/guilds/{guild_id}", guild_id=server)
    member = await rest.fetched("/guilds/{guild_id}/members/{user}", guild_id=server, user=me)
    if isinstance(ruled, dict) and isinstance(guild, dict) and isinstance(member, dict):
        return permissions_in(ruled, guild, member)
    return next(part for part in (ruled, guild, member) if not isinstance(part, dict))
