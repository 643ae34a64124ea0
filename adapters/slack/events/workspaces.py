"""Workspaces that remove the bot, and channels that close to it, or let it in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from adapters.slack.errors import GONE
from adapters.slack.messenger.refs import PLATFORM, moment_of, place_of
from adapters.slack.messenger.seeing import POST
from bot.domain.due import changed
from bot.errors import StoreError
from bot.log import logger
from bot.ports.delivery import Caps, Change, PlaceReport, Saved, Standing, SubscriptionStore
from bot.ports.servers import ServerStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from bot.domain.deliveries import Gone
    from bot.domain.places import Place
    from bot.ports import Clock
    from bot.ports.delivery import Broken

    Body = Mapping[str, Any]

log = logger("slack")

REMOVED = "I was removed from this workspace"
CLOSED = "the channel is archived, or I was removed from it"

FOR_WANT_OF_ENTRY = {
    CLOSED,
    *(GONE[error] for error in ("not_in_channel", "channel_not_found", "is_archived")),
}
"""Why a place was paused that goes on when the bot is invited, or the channel is archived no more."""

ASKED_AGAIN = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
"""After which times it is asked again what may be done in a channel that opened."""

MOST_TRIES = 3
"""How often subscriptions are changed again that somebody else changed at the same moment."""


class Kept(SubscriptionStore, ServerStore, Protocol):
    """The subscriptions of a workspace, and on which the bot is."""


class Workspaces:
    """Stops what is posted where the bot is not any more, and goes on where it is again."""

    def __init__(
        self,
        kept: Kept,
        clock: Clock,
        bot_user: Callable[[str], Awaitable[str]],
        forget_token: Callable[[str, datetime], Awaitable[bool]],
        *,
        describe: Callable[[Place], Awaitable[PlaceReport | Gone]],
        tell_closed: Callable[[Place, str, str, datetime], Awaitable[None]],
    ) -> None:
        """`bot_user` returns who the bot is in a workspace; `describe` what it may do in a channel.

        `forget_token` forgets its token there; False where it was installed again since an instant.
        `tell_closed` tells whoever waits for posts in a channel that it is closed: by which event, and why.
        """
        self._kept = kept
        self._clock = clock
        self._bot_user = bot_user
        self._forget_token = forget_token
        self._describe = describe
        self._tell_closed = tell_closed

    async def uninstalled(self, body: Body) -> None:
        """Pause all of a workspace at once, and note that its data goes later."""
        await self._gone(body)

    async def revoked(self, body: Body) -> None:
        """Do so too where the bot's own token was taken back; those of people are none of ours."""
        if ((body.get("event") or {}).get("tokens") or {}).get("bot"):
            await self._gone(body)

    async def _gone(self, body: Body) -> None:
        """Pause all of a workspace, whose data goes after a while.

        Slack tries for hours to tell of it, so what it tells may be over.
        """
        team = str(body["team_id"])
        server = f"{PLATFORM}:{team}"
        try:
            if not await self._forget_token(team, moment_of(str(body["event_time"]))):
                log.info("removed from a workspace, and installed again since", server=server)
                return
            log.info("removed from a workspace", server=server)
            await self._kept.note_left(server, self._clock.now())
            await self._pause(lambda: self._kept.server_subscriptions(server), REMOVED)
        except StoreError as fault:
            # The next post finds the workspace closed, and pauses then.
            log.warning("subscriptions not paused", server=server, why=str(fault))

    async def closed(self, body: Body) -> None:
        """Pause what is posted in a channel that was archived, or that has put the bot out; tell it first."""
        place = place_of(str(body["team_id"]), str(body["event"]["channel"]))
        await self._tell_closed(place, str(body["event_id"]), CLOSED, self._clock.now())
        await self._pause(lambda: self._kept.subscriptions(place), CLOSED)

    async def joined(self, body: Body) -> None:
        """Go on in a channel that the bot was invited to, where it stopped for want of that."""
        event, team = body["event"], str(body["team_id"])
        if str(event["user"]) == await self._bot_user(team):
            await self._resume(place_of(team, str(event["channel"])))

    async def reopened(self, body: Body) -> None:
        """Go on in a channel that is archived no more, where the bot is still in it."""
        place = place_of(str(body["team_id"]), str(body["event"]["channel"]))
        report = await self._describe(place)
        for wait in ASKED_AGAIN:
            if isinstance(report, PlaceReport):
                break
            # Slack tells of an opening once, so one question without an answer must not be the last.
            await self._clock.sleep(wait)
            report = await self._describe(place)
        if isinstance(report, PlaceReport) and POST in report.can:
            await self._resume(place)

    async def _resume(self, place: Place) -> None:
        """Go on with what stopped for want of entry; what a person has paused stays so."""

        def resumed(one: Standing) -> Standing | None:
            wish = one.subscription
            if wish.paused_at is None or wish.pause_reason not in FOR_WANT_OF_ENTRY:
                return None
            unpaused = replace(wish, paused_at=None, paused_until=None, pause_reason="")
            return changed(one, unpaused, self._clock.now())

        await self._change(lambda: self._kept.subscriptions(place), resumed)

    async def _pause(self, read: Read, reason: str) -> None:
        def paused(one: Standing) -> Standing | None:
            if one.subscription.paused_at is not None:
                return None
            now = self._clock.now()
            return changed(one, replace(one.subscription, paused_at=now, pause_reason=reason), now)

        await self._change(read, paused)

    async def _change(self, read: Read, after: Callable[[Standing], Standing | None]) -> None:
        """Change subscriptions, again where somebody else did so meanwhile."""
        for _ in range(MOST_TRIES):
            found = [one for one in await read() if isinstance(one, Standing)]
            changes = [Change(one, then) for one in found if (then := after(one)) is not None]
            if not changes or await self._kept.change(changes, Caps(), None) is not Saved.CHANGED_MEANWHILE:
                return


if TYPE_CHECKING:
    Read = Callable[[], Awaitable[Sequence[Standing | Broken]]]
