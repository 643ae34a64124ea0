"""The answer to `submit` as a posted message: it is kept, voted on and edited like others. Pure."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from bot.domain.deliveries import Delivery, DeliveryKind, delivery_key
from bot.domain.editions import Chosen, Edition, EditionKind

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.answers import PaperPage
    from bot.domain.deliveries import MessageRef
    from bot.domain.places import Place


def edition_of_card(page: PaperPage, place: Place, message: MessageRef, now: datetime) -> Edition:
    """Return what a card brought, named by its message, so that it is kept once.

    What the submitter wrote is no part of it: it stands with the submission alone, and goes with that.
    """
    at = now.astimezone(UTC)
    return Edition(
        key=f"submitted@{place}@{message}",
        kind=EditionKind.SUBMISSION,
        place=place,
        subscription="",
        fires_at=now,
        local_date=at.date(),
        local_time=at.time().replace(second=0, microsecond=0),
        made_at=now,
        heading="",
        papers=(Chosen(page.ranked.listed.paper.id, page.ranked.because),),
        notes=page.notes,
        layout="posts",
    )


def delivery_of_card(edition: Edition) -> Delivery:
    """Return the delivery that a card would have been: it shows its one paper."""
    key = delivery_key(edition.place, edition.key, DeliveryKind.POST, 1)
    return Delivery(key, edition.place, DeliveryKind.POST, edition.made_at, edition=edition.key, part=1)
