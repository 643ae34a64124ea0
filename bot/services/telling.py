"""Telling people about deliveries that could not be made: the community at once, the operator once a day."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol

from bot.domain.deliveries import Delivery, DeliveryKind, delivery_key
from bot.domain.places import parse_place
from bot.domain.subscriptions import is_paused
from bot.log import logger
from bot.ports.delivery import Outbox, Standing, SubscriptionStore
from bot.views.editions import place_closed_words, yesterday_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.domain.places import Identity, Place
    from bot.domain.subscriptions import Subscription
    from bot.ports.delivery import Messenger

log = logger("sender")

NOTICES = "notices"
"""The setting of a place that names where its faults are told."""

LATE_BY = timedelta(minutes=1)
"""How long after a day its deliveries are counted: the last outcomes are being written."""

DAYS_COUNTED = 3
"""How many days before today are counted after a start."""

KEPT_FOR = timedelta(days=3)
"""After so long a notice is no news any more."""


class Owing(Outbox, SubscriptionStore, Protocol):
    """The outbox, and the subscriptions and ways of places."""


class Telling:
    """Puts notices into the outbox; each has a key of its own, so that it is told once whoever notices."""

    def __init__(self, outbox: Owing, messenger: Messenger, admin_place: Place | None) -> None:
        self._outbox = outbox
        self._messenger = messenger
        self._admin_place = admin_place
        self._counted: date | None = None

    async def place_closed(self, place: Place, by: str, why: str, now: datetime) -> None:
        """Tell that a place takes no messages, before its subscriptions are paused for that.

        Where none is left to pause, it has been told, or nobody waits for anything there. `by` names what
        told it: a delivery's key, or an event's.
        """
        standings = await self._outbox.subscriptions(place)
        paused = [
            standing.subscription
            for standing in standings
            if isinstance(standing, Standing) and not is_paused(standing.subscription, now)
        ]
        if not paused:
            return
        subject, text = f"closed {by}", place_closed_words(place, why)
        listeners = await self._listeners(place, paused)
        if not listeners:
            log.warning("nobody can be told that a place is closed", place=str(place))
        await self._outbox.put([notice(listener, subject, text, now) for listener in listeners])

    async def count_yesterday(self, now: datetime) -> None:
        """Tell the operator how many deliveries were dropped on the UTC day before, if any.

        And on the days before that, where nobody ran who could have told it: each is told once.
        """
        yesterday = (now - LATE_BY).date() - timedelta(days=1)
        if self._admin_place is None or self._counted == yesterday:
            return
        for ago in reversed(range(DAYS_COUNTED)):
            await self._count(yesterday - timedelta(days=ago), self._admin_place, now)
        self._counted = yesterday

    async def _count(self, day: date, admin_place: Place, now: datetime) -> None:
        first = datetime.combine(day, time(0), UTC)
        if dropped := await self._outbox.dropped(first, first + timedelta(days=1)):
            text = yesterday_words(day, dropped)
            await self._outbox.put([notice(admin_place, f"dropped on {day}", text, now)])

    async def _listeners(self, closed: Place, paused: Sequence[Subscription]) -> list[Place]:
        """Return where to tell it: the place set for notices, else alone with each who set one up."""
        profile = await self._outbox.profile(closed)
        named = parse_place(profile.settings.get(NOTICES, "")) if profile else None
        if named is not None and named != closed:
            return [named]
        makers = dict.fromkeys(each.created_by for each in paused if each.created_by is not None)
        directs = [await self._direct(identity) for identity in makers]
        return [place for place in directs if place is not None and place != closed]

    async def _direct(self, identity: Identity) -> Place | None:
        """Return where one person is told something alone; None where that fails: it is worth one try."""
        try:
            async with asyncio.timeout(self._messenger.rates.longest_call.total_seconds()):
                return await self._messenger.direct(identity)
        except Exception as fault:  # noqa: BLE001 - a messenger's fault must not keep the place from closing
            log.warning("no private place", why=type(fault).__name__)
            return None


def notice(place: Place, subject: str, text: str, now: datetime) -> Delivery:
    """Return the delivery of a notice. Its key is that of its subject in that place."""
    return Delivery(
        delivery_key(place, subject, DeliveryKind.NOTICE),
        place,
        DeliveryKind.NOTICE,
        now,
        text=text,
        silent=False,
        expires_at=now + KEPT_FOR,
    )
