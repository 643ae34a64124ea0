"""Whose token speaks in which workspace: the one that is set, and those of workspaces that installed the bot.

A token that ends is renewed long before, by our own clock: a post on a schedule must not meet one that is
over. Its refresh token is good for one use, so one process at a time renews it, under a lock.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol
from weakref import WeakValueDictionary

from adapters.slack.client.web import Answered
from adapters.slack.errors import REVOKED, Refused
from bot.errors import StoreError
from bot.log import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from adapters.slack.client.web import Answer
    from bot.ports import Clock
    from bot.ports.installations import Installation, InstallationStore

    Refresh = Callable[[str], Awaitable[Answer]]
    """Asks Slack for the next token, for a refresh token."""

log = logger("slack")

PLATFORM = "slack"

KNOWN_FOR_S = 30.0
"""How long a token is taken from memory: so long another process may not have heard that it changed."""

RENEWED_BEFORE = timedelta(hours=2)
"""A token lasts for twelve hours (docs.slack.dev, Using token rotation)."""

LOOKED_AFTER_EVERY = timedelta(minutes=1)

A_SECOND = timedelta(seconds=1)

LOCKED_FOR = timedelta(minutes=1)
"""Longer than one call takes."""


class OneWorkspace:
    """The workspace whose token is set. Satisfies `client.web.Tokens`."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._known: frozenset[str] = frozenset()

    def is_of(self, *workspaces: str) -> None:
        """Note whose token it is: a workspace's, and its organisation's; others are strangers then."""
        self._known = frozenset(filter(None, workspaces))

    async def token(self, team: str) -> str | None:
        """Return the token; None for a workspace that is known to be another."""
        return self._token if not self._known or team in self._known else None

    async def renewed(self, _team: str, _token: str) -> str | None:
        """Return nothing: a token that is set is not rotated."""
        return None


class Locks(Protocol):
    """Roles that one of several processes holds."""

    async def hold(self, role: str, holder: str, ttl: timedelta) -> bool:
        """Take or keep a role; False where another holder has it."""

    async def release(self, role: str, holder: str) -> None:
        """Let a role go, where this holder has it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of a workspace, and when (monotonic seconds)."""

    at: float
    installation: Installation | None


class Installed:
    """Workspaces that installed the bot. Satisfies `client.web.Tokens`."""

    def __init__(
        self, store: InstallationStore, locks: Locks, refresh: Refresh, clock: Clock, holder: str
    ) -> None:
        """`holder` names this process among those that share the store."""
        self._store = store
        self._locks = locks
        self._refresh = refresh
        self._clock = clock
        self._holder = holder
        self._known: dict[str, Known] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def token(self, team: str) -> str | None:
        """Return the bot's token for a workspace; None where it is not installed there.

        Raises:
            StoreError: the store cannot tell.
        """
        found = await self.installation(team)
        return found.bot_token if found else None

    async def installation(self, team: str) -> Installation | None:
        """Return what is kept of a workspace.

        Raises:
            StoreError: the store cannot tell.
        """
        known, now = self._known.get(team), self._clock.monotonic()
        if known is None or now - known.at > KNOWN_FOR_S:
            known = self._known[team] = Known(now, await self._store.installation(PLATFORM, team))
        return known.installation

    async def count(self) -> int:
        """Return how many workspaces have installed the bot."""
        return len(await self._store.installed_teams(PLATFORM))

    async def keep(self, installation: Installation) -> None:
        """Keep a new installation, or a new token of one."""
        await self._store.keep_installation(installation)
        self._known.pop(installation.team, None)

    async def remove(self, team: str, removed_at: datetime) -> bool:
        """Forget the token of a workspace that removed the bot; False where it was installed again since.

        Raises:
            StoreError: the store cannot tell.
        """
        self._known.pop(team, None)
        if await self._is_installed_since(team, removed_at):
            return False
        await self._store.remove_installation(PLATFORM, team)
        self._known.pop(team, None)
        return True

    async def _is_installed_since(self, team: str, instant: datetime) -> bool:
        """Tell whether a workspace was installed after a second; not where its token cannot be opened."""
        with suppress(StoreError):
            found = await self.installation(team)
            return found is not None and found.installed_at >= instant + A_SECOND
        return False

    # --- Renewing -------------------------------------------------------------------------

    async def run(self, beat: Callable[[], None]) -> None:
        """Renew tokens until cancelled."""
        while True:
            beat()
            await self.renew_all()
            await self._clock.sleep(LOOKED_AFTER_EVERY)

    async def renew_all(self) -> None:
        """Renew all tokens that end soon."""
        for team in await self._store.installed_teams(PLATFORM):
            if self._ends_soon(await self._store.installation(PLATFORM, team)):
                await self._renew(team)

    def _ends_soon(self, found: Installation | None) -> bool:
        """Tell whether a token is to be renewed."""
        if found is None or found.expires_at is None or not found.refresh_token:
            return False
        return found.expires_at - self._clock.now() < RENEWED_BEFORE

    async def renewed(self, team: str, token: str) -> str | None:
        """Return the token that follows one that is over; None where there is none yet."""
        try:
            await self._renew(team, over=token)
            found = await self._store.installation(PLATFORM, team)
        except StoreError as fault:
            log.warning("token not renewed", team=team, why=str(fault))
            return None
        self._known.pop(team, None)
        return found.bot_token if found and found.bot_token != token else None

    async def _renew(self, team: str, over: str = "") -> None:
        """Renew one token, unless somebody else does so, or just has; `over` is one that has ended.

        The lock over processes lets this one in as often as it asks: here one call after another is let in.
        """
        async with self._turns.setdefault(team, asyncio.Lock()):
            await self._renew_alone(team, over)

    async def _renew_alone(self, team: str, over: str) -> None:
        role = f"slack token {team}"
        if not await self._locks.hold(role, self._holder, LOCKED_FOR):
            return
        try:
            found = await self._store.installation(PLATFORM, team)
            is_over = found is not None and bool(found.refresh_token) and found.bot_token == over
            if found is not None and (is_over or self._ends_soon(found)):
                await self._renewed(found)
        finally:
            await self._locks.release(role, self._holder)

    async def _renewed(self, found: Installation) -> None:
        """Ask for the next token, and keep it."""
        answer = await self._refresh(found.refresh_token)
        if isinstance(answer, Answered) and answer.body.get("access_token"):
            lasts = timedelta(seconds=int(answer.body.get("expires_in") or 0))
            await self.keep(
                replace(
                    found,
                    bot_token=str(answer.body["access_token"]),
                    refresh_token=str(answer.body.get("refresh_token") or ""),
                    expires_at=self._clock.now() + lasts if lasts else None,
                )
            )
            log.info("token renewed", team=found.team)
            return
        is_over = isinstance(answer, Refused) and answer.error in {*REVOKED, "invalid_refresh_token"}
        # The next try comes in a minute; the token that is there lasts for hours.
        log.warning("token not renewed", team=found.team, why=str(answer), has_to_be_installed_again=is_over)


class InstalledFirst:
    """The token of a workspace's installation; without one that which is set, in its own workspace."""

    def __init__(self, own: OneWorkspace, installed: Installed) -> None:
        self._own = own
        self._installed = installed

    async def token(self, team: str) -> str | None:
        """Return the bot's token for a workspace; None where it is not installed there."""
        found = await self._installed.token(team)
        return found if found is not None else await self._own.token(team)

    async def renewed(self, team: str, token: str) -> str | None:
        """Return the token that follows one that is over; None where there is none yet."""
        return await self._installed.renewed(team, token)
