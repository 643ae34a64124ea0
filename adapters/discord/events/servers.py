"""Coming to a server, and being removed from one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from adapters.discord.messenger.refs import PLATFORM
from bot.domain.due import changed
from bot.errors import StoreError
from bot.log import logger
from bot.ports.delivery import Caps, Change, Outbox, Saved, Standing, SubscriptionStore
from bot.ports.servers import ServerStore
from bot.services.telling import notice

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bot.domain.places import Place
    from bot.ports import Clock

log = logger("discord")

WELCOME = (
    "Thank you for having me. “/papers today” shows the papers of the day, “/papers-admin subscribe” in a "
    "channel has them posted there. Only moderators read this here."
)

WELCOME_BACK = (
    "What was set up here before is there again, and paused: "
    "“/papers-admin resume scope:server” goes on with it."
)

REMOVED = "I was removed from this server"

MOST_TRIES = 3
"""How often subscriptions are paused again that somebody changed at the same moment."""


class Deliveries(Outbox, SubscriptionStore, ServerStore, Protocol):
    """The outbox, the subscriptions of a server, and on which the bot is."""


class Servers:
    """Says a word where moderators read, and stops what is posted where the bot is not any more."""

    def __init__(self, deliveries: Deliveries, clock: Clock) -> None:
        self._deliveries = deliveries
        self._clock = clock

    async def joined(self, server: str, news: Place | None) -> None:
        """Owe a word to the channel of a server in which its moderators are told news, where there is one."""
        now = self._clock.now()
        try:
            await self._deliveries.note_present([server])
            if news is not None:
                # Removed and added again on one day, it has two words to say.
                is_back = await self._is_paused(server)
                words = f"{WELCOME} {WELCOME_BACK}" if is_back else WELCOME
                subject = f"joined {server}{' again' if is_back else ''} on {now.date()}"
                await self._deliveries.put([notice(news, subject, words, now)])
        except StoreError as fault:
            # The next connection notes that it is there; a word of welcome is worth no second try.
            log.warning("not noted that a server was joined", server=server, why=str(fault))

    async def _is_paused(self, server: str) -> bool:
        """Tell whether subscriptions are there that stopped when the bot was removed."""
        found = await self._deliveries.server_subscriptions(server)
        return any(isinstance(one, Standing) and one.subscription.pause_reason == REMOVED for one in found)

    async def left(self, server: str) -> None:
        """Pause all that is posted on a server at once, and note that its data goes later."""
        try:
            await self._deliveries.note_left(server, self._clock.now())
            for _ in range(MOST_TRIES):
                if await self._paused(server) is not Saved.CHANGED_MEANWHILE:
                    return
        except StoreError as fault:
            # The next post finds the server closed, and pauses then.
            log.warning("subscriptions not paused", server=server, why=str(fault))

    async def present(self, servers: Collection[str], is_told: Callable[[str], bool]) -> None:
        """Note on which servers the bot is, and leave those that it was removed from while nobody listened.

        `is_told` tells of a server whether it would be among them.
        """
        try:
            await self._deliveries.note_present(servers)
            known = await self._deliveries.known_servers(PLATFORM)
        except StoreError as fault:
            log.warning("servers not compared", why=str(fault))
            return
        for server in sorted(known):
            if server not in servers and is_told(server):
                log.info("left a server while nobody listened", server=server)
                await self.left(server)

    async def _paused(self, server: str) -> Saved:
        now = self._clock.now()
        found = await self._deliveries.server_subscriptions(server)
        changes = [
            Change(one, changed(one, replace(one.subscription, paused_at=now, pause_reason=REMOVED), now))
            for one in found
            if isinstance(one, Standing) and one.subscription.paused_at is None
        ]
        return await self._deliveries.change(changes, Caps(), None) if changes else Saved.DONE
