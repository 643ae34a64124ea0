"""Looking up a delivery whose outcome is not known: by its key, in the metadata that history shows."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.slack.client.web import Answered
from adapters.slack.errors import Refused, find_result
from adapters.slack.messenger.refs import EVENT_TYPE, Ref, read_ref, timestamp
from bot.domain.deliveries import ON_MESSAGES, Absent, Failed, Gone, Sent

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.slack.client.web import Json, Web
    from bot.domain.deliveries import Delivery, FindResult
    from bot.ports import Clock

PAGE = 200
"""Messages of a page; an app that is sold outside the Marketplace gets 15 (conversations.history)."""

MOST_PAGES = 20
"""Pages that are read in one go; where there are more, the next try goes on."""

MOST_REMEMBERED = 1_000
"""Look-ups that have not come to their end."""

SKEW = timedelta(minutes=5)
"""How far Slack's clock, by which messages are named, may be from ours."""

LATE = timedelta(minutes=5)
"""How long after a look-up has begun Slack may still post what it was asked for before."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a history was read: the pages up to `cursor`, of what was said between two moments."""

    oldest: str
    latest: str | None = None
    """It ends here, and began when all that it reads had been said. What ends where we say may end before
    the message where our clock is slow, so it begins behind what was read without an end."""
    cursor: str | None = None
    newest: str = ""
    """The newest message that was seen."""

    def asked(self) -> Json:
        """Return what is asked of Slack for the next page."""
        return {"oldest": self.oldest, "latest": self.latest, "cursor": self.cursor}

    def after(self, page: Json) -> Reading:
        """Return how far it was read with one page more; without a cursor it has come to its end."""
        further = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        seen = [self.newest or self.oldest, *(str(message["ts"]) for message in page.get("messages") or ())]
        return replace(self, cursor=further or None, newest=max(seen, key=float))


class Finding:
    """Looks messages up. Where a page has to wait for its turn, what was read is kept until the next try.

    Pages go from new to old, so what appears between two tries stands before those that are read. Therefore
    a message is only absent where one whole reading, be it of what is new since the last, took one try; or,
    as that may never be where much is said, where it began after all that could be the message: some minutes
    after the last moment at which anybody may have sent it (`Delivery.looked_up_since`).
    """

    def __init__(self, web: Web, clock: Clock) -> None:
        self._web = web
        self._clock = clock
        self._readings: OrderedDict[str, Reading] = OrderedDict()

    async def find(self, delivery: Delivery) -> FindResult:
        """Look a message up; Absent where it is certain that it is not there."""
        if delivery.kind in ON_MESSAGES:
            return Absent()
        found = await self._read_on(delivery)
        if isinstance(found, Sent | Absent | Gone):
            self._readings.pop(delivery.key, None)
        return found

    async def _read_on(self, delivery: Delivery) -> FindResult:
        """Read from where the last try stopped, as far as it gets."""
        method, asked = question(delivery)
        ends_at = (delivery.looked_up_since or self._clock.now()) + LATE + SKEW
        reading = self._readings.get(delivery.key) or Reading(since(delivery))
        is_of_this_try = reading.cursor is None
        for _ in range(MOST_PAGES):
            answer = await self._web.call(delivery.place.server, method, **asked, **reading.asked())
            if not isinstance(answer, Answered):
                if isinstance(answer, Refused) and answer.error == "invalid_cursor":
                    self._readings.pop(delivery.key, None)
                return find_result(answer)
            if ref := found_in(answer.body, delivery):
                return Sent(ref.kept())
            reading = reading.after(answer.body)
            if reading.cursor is None:
                if reading.latest == timestamp(ends_at) or (is_of_this_try and not reading.latest):
                    return Absent()
                reading, is_of_this_try = self._newer(reading, ends_at), True
            self._remember(delivery.key, reading)
        return Failed("Slack has not shown me all that was said there yet")

    def _newer(self, reading: Reading, ends_at: datetime) -> Reading:
        """Begin to read what is newer than what was read; up to its end, once that has come for Slack too."""
        is_over = self._clock.now() >= ends_at + SKEW
        return Reading(reading.newest, timestamp(ends_at) if is_over else None)

    def _remember(self, key: str, reading: Reading) -> None:
        """Note how far a history was read."""
        self._readings[key] = reading
        self._readings.move_to_end(key)
        if len(self._readings) > MOST_REMEMBERED:
            self._readings.popitem(last=False)


def since(delivery: Delivery) -> str:
    """Return the moment from which on a delivery may have been posted, as Slack names messages."""
    return timestamp((delivery.first_tried_at or delivery.due_at) - SKEW)


def question(delivery: Delivery) -> tuple[str, Json]:
    """Return what is asked: the history of the channel, or the replies of the thread."""
    asked: Json = {"channel": delivery.place.channel, "limit": PAGE, "include_all_metadata": True}
    if delivery.parent_message is None:
        return "conversations.history", asked
    parent = read_ref(delivery.parent_message)
    return "conversations.replies", asked | {"channel": parent.channel, "ts": parent.ts}


def found_in(page: Json, delivery: Delivery) -> Ref | None:
    """Return the message of a page that bears the delivery's key."""
    for message in page.get("messages") or ():
        if key_of(message) == delivery.key:
            return Ref(delivery.place.channel, str(message["ts"]))
    return None


def key_of(message: Json) -> str:
    """Return the key that a message bears; empty where it has none."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return ""
    return str((metadata.get("event_payload") or {}).get("key") or "")
