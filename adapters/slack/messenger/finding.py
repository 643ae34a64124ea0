"""Looking up a delivery whose outcome is not known: by its key, in the metadata that history shows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.slack.client.web import Answered
from adapters.slack.errors import Refused, find_result
from adapters.slack.messenger.refs import EVENT_TYPE, Ref, read_ref, timestamp
from bot.domain.deliveries import ON_MESSAGES, Absent, Failed, Sent

if TYPE_CHECKING:
    from adapters.slack.client.web import Json, Web
    from bot.domain.deliveries import Delivery, FindResult

PAGE = 200
"""Messages of a page; an app that is sold outside the Marketplace gets 15 (conversations.history)."""

MOST_PAGES = 20
"""Pages that are read in one go; where there are more, the next try goes on."""

EARLIER = timedelta(minutes=5)
"""How far Slack's clock, by which messages are named, may be behind ours."""


class Finding:
    """Looks messages up. Where a page has to wait for its turn, what was read is kept until the next try."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._cursors: dict[str, str] = {}

    async def find(self, delivery: Delivery) -> FindResult:
        """Look a message up; Absent where it is certain that it is not there."""
        if delivery.kind in ON_MESSAGES:
            return Absent()
        method, asked = question(delivery)
        for _ in range(MOST_PAGES):
            cursor = self._cursors.get(delivery.key)
            answer = await self._web.call(delivery.place.server, method, **asked, cursor=cursor)
            if not isinstance(answer, Answered):
                if isinstance(answer, Refused) and answer.error == "invalid_cursor":
                    del self._cursors[delivery.key]
                return find_result(answer)
            if ref := found_in(answer.body, delivery):
                self._cursors.pop(delivery.key, None)
                return Sent(ref.kept())
            further = str((answer.body.get("response_metadata") or {}).get("next_cursor") or "")
            if not further:
                self._cursors.pop(delivery.key, None)
                return Absent()
            self._cursors[delivery.key] = further
        return Failed("Slack has not shown me all that was said there yet")


def question(delivery: Delivery) -> tuple[str, Json]:
    """Return what is asked: the history of the channel, or the replies of the thread."""
    since = (delivery.first_tried_at or delivery.due_at) - EARLIER
    asked: Json = {
        "channel": delivery.place.channel,
        "oldest": timestamp(since),
        "limit": PAGE,
        "include_all_metadata": True,
    }
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
