"""What a command's handler works with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bot.services.communities import TOGETHER

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.places import Place
    from bot.ports import Asked, Clock, Scopes, Shown, Store
    from bot.services.communities import Communities
    from bot.services.ingest import Ingesting
    from bot.services.people import People
    from bot.services.previewing import Kept, Previewing
    from bot.services.reporting import Reporting
    from bot.services.searching import Searching
    from bot.services.subscribing import Subscribing
    from bot.services.voting import Voting


@dataclass(frozen=True, slots=True)
class Office:
    """What manages places (subscriptions, what is chosen, how they are), and what is people's own."""

    subscribing: Subscribing
    previewing: Previewing
    reporting: Reporting
    voting: Voting
    people: People
    communities: Communities | None = None
    """None: all servers vote together."""


@dataclass(frozen=True)
class Desk:
    """The services that handlers may use; built once by wiring, shared by all platforms."""

    store: Store
    clock: Clock
    searching: Searching
    ingesting: Ingesting
    open_delivery: Callable[[], Kept]
    open_office: Callable[[], Office]
    scopes: Scopes = TOGETHER

    async def shown(self, place: Place, asked: Asked, *, limit: int | None) -> Shown:
        """Return what is asked for as a place is shown it, with the votes of its community."""
        return await self.store.shown(place, asked, scope=await self.scopes.scope_of(place), limit=limit)

    @cached_property
    def delivery(self) -> Kept:
        """Subscriptions, plans and places; slow to load, so opened with the first that needs it."""
        return self.open_delivery()

    @cached_property
    def office(self) -> Office:
        """What manages places and keeps votes; slow to load, so opened with the first that needs it."""
        return self.open_office()
