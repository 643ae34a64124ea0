"""Papers that a manager takes out of a place: of its lists and editions, and of what was posted already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.domain.deliveries import Delivery, DeliveryKind, delivery_key
from bot.ports.delivery import Outbox, SubscriptionStore

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.papers import PaperId
    from bot.domain.places import Identity, Place


class Kept(Outbox, SubscriptionStore, Protocol):
    """What is hidden, and what was posted."""


async def hide(kept: Kept, place: Place, paper: PaperId, identity: Identity, now: datetime) -> bool:
    """Take a paper out of a place; False where it was out already."""
    is_new = await kept.hide(place, paper, identity, now)
    await _edit_posted(kept, place, paper, now)
    return is_new


async def unhide(kept: Kept, place: Place, paper: PaperId, now: datetime) -> bool:
    """Bring a paper back; False where it was not hidden."""
    was_hidden = await kept.unhide(place, paper)
    await _edit_posted(kept, place, paper, now)
    return was_hidden


async def _edit_posted(kept: Kept, place: Place, paper: PaperId, now: datetime) -> None:
    """Owe each message with the paper an edit, which shows what is hidden by then.

    Also where nothing changed now: who hides it again mends what a stop in between left undone.
    """
    await kept.put([edit_of(each, paper, now) for each in await kept.showing(place, paper)])


def edit_of(shown: Delivery, paper: PaperId, now: datetime) -> Delivery:
    """Return what brings a message up to date. It is never too late for that."""
    subject = f"{shown.key} without or with {paper} at {now.isoformat()}"
    return Delivery(
        delivery_key(shown.place, subject, DeliveryKind.EDIT, shown.part),
        shown.place,
        DeliveryKind.EDIT,
        now,
        edition=shown.edition,
        parent=shown.key,
        part=shown.part,
    )
