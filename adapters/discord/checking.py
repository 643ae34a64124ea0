"""Looking Discord over for `papers doctor`: the token, the invite link, what the bot may where it posts."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from adapters.discord.client.rest import NO_TURN
from adapters.discord.errors import BAD_TOKEN, Refused, find_result
from adapters.discord.messenger.permissions import NEEDED, Sight, asked, report_of
from bot.domain.deliveries import Gone
from bot.domain.text import counted
from bot.ports.checking import Finding, Health

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from adapters.discord.client.rest import Json, Rest
    from adapters.discord.errors import Fault
    from bot.domain.places import Place

NAME = "Discord"
INVITE = (
    "https://discord.com/oauth2/authorize?client_id={id}&scope=bot+applications.commands&permissions={bits}"
)


class Looking:
    """Satisfies `adapters.discord.messenger.permissions.Asking`: asks for each thing once."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._known: dict[str, Json | Fault] = {}

    async def me(self) -> Json | Fault:
        """Return the bot's own user."""
        return await self._rest.me()

    async def fetched(self, path: str, **named: str | int) -> Json | Fault:
        """Return an object that Discord has."""
        filled = path.format(**named)
        if filled not in self._known:
            self._known[filled] = await self._rest.fetched(path, **named)
        return self._known[filled]


class Checking:
    """Satisfies `bot.ports.checking.Checked`."""

    def __init__(self, rest: Rest) -> None:
        self._asking = Looking(rest)

    async def set_up(self) -> AsyncIterator[Finding]:
        """Yield what is found of the token, how the gateway is, and how the bot is invited."""
        me = await self._asking.me()
        if not isinstance(me, dict):
            yield Finding(NAME, Health.WRONG, why_not(me))
            return
        yield Finding(NAME, Health.WELL, f"takes the token; I am {me.get('username', 'there')}")
        gateway = await self._asking.fetched("/gateway/bot")
        for finding in gateway_findings(gateway):
            yield finding
        application = await self._asking.fetched("/oauth2/applications/@me")
        # Older applications have another id than their bot.
        number = str((application if isinstance(application, dict) else me)["id"])
        yield Finding("invite link", Health.WELL, INVITE.format(id=number, bits=int(NEEDED)))
        for finding in owner(application):
            yield finding

    async def lacking(self, place: Place) -> str:
        """Return what is wrong in a place, and what to do; empty where nothing is."""
        if place.is_own:
            return ""
        sight = await asked(self._asking, place)
        if isinstance(sight, Sight):
            return " ".join(report_of(sight).lacks)
        result = find_result(sight)
        return result.why if isinstance(result, Gone) else str(sight)


def why_not(fault: Fault) -> str:
    """Say why nothing can be asked."""
    if isinstance(fault, Refused) and fault.status == HTTPStatus.UNAUTHORIZED:
        return BAD_TOKEN
    return str(fault) if fault == NO_TURN else f"{fault}; its address is set by DISCORD_API_URL"


def gateway_findings(described: Json | Fault) -> Iterator[Finding]:
    """Say whether the bot may connect. It asks for no privileged intent, so none can be missing."""
    if not isinstance(described, dict):
        yield Finding("gateway", Health.WRONG, str(described))
        return
    limit = described.get("session_start_limit") or {}
    shards, left = int(described.get("shards", 1)), int(limit.get("remaining", 1))
    starts = f"{left:,} of {int(limit.get('total', left)):,} starts left today"
    words = f"{counted(shards, 'shard')}, {starts}; no privileged intent is needed"
    yield Finding("gateway", Health.WELL if left >= shards else Health.WRONG, words)


def owner(application: Json | Fault) -> Iterator[Finding]:
    """Note where only the owner can invite the bot."""
    if isinstance(application, dict) and application.get("bot_public") is False:
        yield Finding(
            "invite link", Health.NOTED, "works for the owner of the application alone (Public Bot is off)"
        )
