"""Posted messages follow votes and upvotes: edited a few times in their first day, where figures changed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.deliveries import Delivery, DeliveryKind, delivery_key, named_papers
from bot.domain.ranking import figures
from bot.log import logger
from bot.services.communities import TOGETHER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bot.domain.editions import Edition
    from bot.domain.papers import Listed, PaperId
    from bot.domain.places import Place
    from bot.ports import Clock, Scope, Scopes, Store
    from bot.ports.delivery import Outbox

log = logger("freshening")

AGES = (timedelta(minutes=20), timedelta(hours=3), timedelta(hours=24))
"""How old a message is when it is looked at. Discord limits edits of what is older than an hour, by a number
that it does not publish (code 30046), so there are few."""

EVERY = timedelta(minutes=5)
TICK = timedelta(seconds=15)

LATEST = timedelta(hours=1)
"""How far a stop of ours is made up for, and how long an edit may wait: after that it is left out."""


class Freshener:
    """Owes edits to the messages of one platform. It may look twice: an edit has one key for each age."""

    def __init__(
        self, outbox: Outbox, store: Store, platform: str, clock: Clock, scopes: Scopes = TOGETHER
    ) -> None:
        self._outbox = outbox
        self._store = store
        self._platform = platform
        self._clock = clock
        self._scopes = scopes
        self._looked_at: datetime | None = None

    async def run(self, beat: Callable[[], None]) -> None:
        """Look at messages until cancelled."""
        while True:
            beat()
            await self.step()
            for _ in range(EVERY // TICK):
                beat()
                await self._clock.sleep(TICK)

    async def step(self) -> None:
        """Owe an edit to each message that has come to one of the ages since the last look."""
        now = self._clock.now()
        since = max(self._looked_at or now - LATEST, now - LATEST)
        owed: list[Delivery] = []
        for age in AGES:
            posted = await self._outbox.posted(self._platform, since - age, now - age)
            owed += [edit_at(each, age, now) for each in await self._changed(posted)]
        if owed:
            log.info(
                "messages brought up to date", platform=self._platform, messages=await self._outbox.put(owed)
            )
        self._looked_at = now

    async def _changed(self, posted: Sequence[Delivery]) -> Sequence[Delivery]:
        """Return the messages whose papers have other figures than they were chosen with."""
        if not posted:
            return ()
        editions = await self._outbox.editions({each.edition for each in posted})
        changed: list[Delivery] = []
        for scope, some in (await self._by_scope(posted)).items():
            papers = {paper for each in some for paper in named_papers(each, editions.get(each.edition))}
            stored = await self._store.papers(sorted(papers), scope=scope)
            listed = {each.paper.id: each for each in stored}
            changed += [each for each in some if has_changed(each, editions.get(each.edition), listed)]
        return changed

    async def _by_scope(self, posted: Sequence[Delivery]) -> dict[Scope, list[Delivery]]:
        """Put messages together whose places count the same votes."""
        places: dict[Place, Scope] = {
            place: await self._scopes.scope_of(place) for place in {each.place for each in posted}
        }
        found: dict[Scope, list[Delivery]] = {}
        for each in posted:
            found.setdefault(places[each.place], []).append(each)
        return found


def has_changed(posted: Delivery, edition: Edition | None, listed: Mapping[PaperId, Listed]) -> bool:
    """Tell whether a figure of a message's papers is another one than when they were chosen."""
    named = set(named_papers(posted, edition))
    chosen = [each for each in (edition.papers if edition else ()) if each.paper in named]
    return any(
        each.paper in listed and not set(figures(listed[each.paper])) <= set(each.because) for each in chosen
    )


def edit_at(posted: Delivery, age: timedelta, now: datetime) -> Delivery:
    """Return what brings a message of an age up to date; its key is the same however often it is made."""
    subject = f"{posted.key} after {age}"
    return Delivery(
        delivery_key(posted.place, subject, DeliveryKind.EDIT, posted.part),
        posted.place,
        DeliveryKind.EDIT,
        now,
        edition=posted.edition,
        parent=posted.key,
        part=posted.part,
        expires_at=now + LATEST,
    )
