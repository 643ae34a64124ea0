"""What the tests of both chat adapters share: a card, a clock, and deliveries that are posted."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from bot.domain.cards import Card, Entry, Heading, Note
from bot.domain.deliveries import Delivery, DeliveryKind, MessageRef, Sent, delivery_key
from tests.fakes.clock import FakeClock
from tests.fakes.socket_time import LEAST

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.domain.places import Place
    from bot.ports.delivery import Messenger

CARD = Card(
    (
        Heading("Papers · Friday 24 April"),
        Entry("WorldMark: A Benchmark", "https://arxiv.org/abs/2604.21686", 1, "Same scenes, same controls."),
        Entry("UniT", "https://arxiv.org/abs/2604.21687", 2, "Teaches humanoids."),
        Note("Weekdays 09:00 Paris"),
    ),
    "2 papers",
)


class SceneClock(FakeClock):
    """A clock that moves with each sleep, if only by the least that it can tell."""

    async def sleep(self, delay: timedelta) -> None:
        await super().sleep(max(delay, LEAST))


class Posting:
    """Posts in a scene."""

    here: ClassVar[Place]
    """Where things are posted, unless another place is named."""
    clock: FakeClock
    messenger: Messenger

    def delivery(
        self, place: Place | None = None, kind: DeliveryKind = DeliveryKind.POST, subject: str = "firing"
    ) -> Delivery:
        """Return a delivery that is tried for the first time now."""
        place, now = place or self.here, self.clock.now()
        key = delivery_key(place, subject, kind)
        return Delivery(key, place, kind, now, attempt=1, first_tried_at=now)

    async def posted(self, place: Place | None = None, kind: DeliveryKind = DeliveryKind.POST) -> MessageRef:
        """Post the card, which must work, and return its message."""
        result = await self.messenger.send(self.delivery(place, kind), CARD)
        assert isinstance(result, Sent), result
        assert result.message is not None
        return result.message

    def on(self, message: MessageRef, kind: DeliveryKind, text: str = "") -> Delivery:
        """Return a delivery for a message that stands."""
        parent = self.delivery().key
        return self.delivery(kind=kind)._replace(parent=parent, parent_message=message, text=text)
