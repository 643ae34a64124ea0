"""Looking up a delivery whose outcome is not known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.discord.errors import Fault, find_result
from adapters.discord.messenger.bodies import MAX_THREAD_NAME
from adapters.discord.messenger.history import History, Nothing, Unfinished
from adapters.discord.messenger.permissions import May, Sight
from adapters.discord.messenger.refs import read_ref, ref_of
from bot.domain.deliveries import ON_MESSAGES, Absent, DeliveryKind, Failed, Gone, Rejected, Sent
from bot.domain.places import PlaceKind

if TYPE_CHECKING:
    from adapters.discord.client.rest import Json, Rest
    from adapters.discord.messenger.channels import Kinds
    from adapters.discord.messenger.posting import Posting
    from bot.domain.deliveries import Delivery, FindResult
    from bot.domain.places import Place
    from bot.ports import Clock

NONCE_LASTS = timedelta(minutes=2)
"""For so long a nonce is surely known again: "the past few minutes" (Message, Create Message)."""


class Finding:
    """Looks messages up by the marks of their keys."""

    def __init__(self, rest: Rest, kinds: Kinds, posting: Posting, clock: Clock) -> None:
        self._kinds = kinds
        self._posting = posting
        self._clock = clock
        self._history = History(rest, clock)

    async def find(self, delivery: Delivery) -> FindResult:
        """Look a message up; Absent also where sending it again cannot double it."""
        if delivery.kind in ON_MESSAGES:
            return Absent()
        if delivery.kind is DeliveryKind.REPLY:
            return await self._find_message(delivery)
        match await self._kinds.certain(delivery.place):
            case PlaceKind.FORUM:
                return await self._find_post(delivery)
            case PlaceKind():
                return await self._find_message(delivery)
            case fault:
                return find_result(fault)

    def may_be_forgotten(self, delivery: Delivery) -> bool:
        """Tell whether Discord may not know the key of the first try any more."""
        first = delivery.first_tried_at
        return first is not None and self._clock.now() - first >= NONCE_LASTS

    async def _find_message(self, delivery: Delivery) -> FindResult:
        """Look into the history of the channel, or of the thread; as long as the key is known no need."""
        if not self.may_be_forgotten(delivery):
            return Absent()
        channel = delivery.place.channel
        if delivery.parent_message is not None:
            channel = read_ref(delivery.parent_message).replies_in
        since = delivery.first_tried_at or delivery.due_at
        return await self._found(delivery, await self._history.message(channel, delivery.key, since))

    async def _find_post(self, delivery: Delivery) -> FindResult:
        """Look through the posts of a forum: they take no key."""
        since = delivery.first_tried_at or delivery.due_at
        return await self._found(
            delivery, await self._history.forum_post(delivery.place, delivery.key, since)
        )

    async def _found(self, delivery: Delivery, found: Json | Nothing | Unfinished | Fault) -> FindResult:
        """Return what was found as the core has it."""
        match found:
            case dict():
                return await self._whole(delivery, found)
            case Nothing(is_blank=True):
                return await self._blank(delivery.place)
            case Nothing():
                return Absent()
            case Unfinished():
                return Failed("much was said there since: the look-up goes on")
            case fault:
                return find_result(fault)

    async def _whole(self, delivery: Delivery, message: Json) -> FindResult:
        """Return a message that is there; a heading whose thread was not started gets it now."""
        ref = ref_of(message)
        if delivery.kind is not DeliveryKind.THREAD or ref.thread:
            return Sent(ref.kept())
        started = await self._posting.start_thread(delivery.place, ref, name_of(message))
        return Failed(started.why) if isinstance(started, Rejected) else started

    async def _blank(self, place: Place) -> FindResult:
        """Return Absent where history may be read: else a blank one says nothing (Get Channel Messages)."""
        if place.is_own:
            return Absent()
        sight = await self._kinds.sight(place)
        if not isinstance(sight, Sight):
            return find_result(sight)
        if sight.may(May.READ_HISTORY):
            return Absent()
        return Gone("I may not read what I posted there: give me the permission Read Message History")


def name_of(message: Json) -> str:
    """Return what the thread of a heading is called: as its embed is."""
    titles = (str(embed.get("title", "")) for embed in message.get("embeds") or ())
    return next(filter(None, titles), "Papers").replace("\\", "")[:MAX_THREAD_NAME]
