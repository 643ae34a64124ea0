"""Our own reaction under a message that shows one paper, so that voting is one tap. It is never counted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.deliveries import Delivery, DeliveryKind, delivery_key, named_papers
from bot.domain.emoji import THUMBS_UP

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.ports import Clock
    from bot.services.previewing import Kept

EVERY = timedelta(seconds=15)

LATEST = timedelta(minutes=5)
"""How far a stop of ours is made up for."""

EXPIRES_AFTER = timedelta(minutes=10)
"""How long a reaction may wait for left-over rate: with LATEST, 15 minutes after its message at most."""


class Seeder:
    """Owes reactions to the messages of one platform; buttons are the ballot that everyone gets anyway."""

    def __init__(self, kept: Kept, platform: str, clock: Clock) -> None:
        self._kept = kept
        self._platform = platform
        self._clock = clock
        self._looked_at: datetime | None = None

    async def run(self, beat: Callable[[], None]) -> None:
        """Look at new messages until cancelled."""
        while True:
            beat()
            await self.step()
            await self._clock.sleep(EVERY)

    async def step(self) -> None:
        """Owe a reaction to each message with one paper that was posted since the last look."""
        now = self._clock.now()
        since = max(self._looked_at or now - LATEST, now - LATEST)
        posted = await self._kept.posted(self._platform, since, now)
        editions = await self._kept.editions({each.edition for each in posted}) if posted else {}
        single = [each for each in posted if len(named_papers(each, editions.get(each.edition))) == 1]
        profiles = await self._kept.profiles({each.place for each in single}) if single else {}
        ways = {place: profile.settings.get("emoji") for place, profile in profiles.items()}
        await self._kept.put([seed_of(each, ways.get(each.place) or THUMBS_UP, now) for each in single])
        self._looked_at = now


def seed_of(posted: Delivery, emoji: str, now: datetime) -> Delivery:
    """Return our reaction to a message; its key is the same however often it is made."""
    return Delivery(
        delivery_key(posted.place, f"{posted.key} seeded", DeliveryKind.REACT, posted.part),
        posted.place,
        DeliveryKind.REACT,
        now,
        edition=posted.edition,
        parent=posted.key,
        part=posted.part,
        text=emoji,
        expires_at=now + EXPIRES_AFTER,
    )
