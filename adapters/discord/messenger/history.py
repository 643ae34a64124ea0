"""Finding a message by the mark of its key, once Discord may have forgotten the key itself.

A mark is the key inside something that history shows: a button's custom id, or the fragment of a link. Nobody
else can know it, and only the bot's own messages are looked at.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.discord.client.rest import Answered
from adapters.discord.errors import Code, Refused
from adapters.discord.messenger.refs import snowflake_at
from adapters.discord.messenger.turns import BETWEEN_CALLS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import datetime

    from adapters.discord.client.rest import Json, Rest
    from adapters.discord.errors import Fault
    from bot.domain.places import Place
    from bot.ports import Clock

SKEW = timedelta(minutes=2)
"""How far our clock may be ahead of Discord's."""

PAGE = 100
"""Messages of a page, the most (Get Channel Messages); threads too (List Public Archived Threads)."""

MOST_PAGES = 20
"""Pages that one look-up reads; the next one goes on from there."""

MOST_REMEMBERED = 1_000
"""Look-ups that have not come to their end."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """So much was said in the channel since that another look-up must go on."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """It is not there. `is_blank`: nothing at all was shown, as where history may not be read."""

    is_blank: bool = False


class History:
    """Reads what stands in channels, some pages at a time."""

    def __init__(self, rest: Rest, clock: Clock) -> None:
        self._rest = rest
        self._clock = clock
        self._read_until: OrderedDict[str, int] = OrderedDict()

    async def message(self, channel: str, key: str, since: datetime) -> Json | Nothing | Unfinished | Fault:
        """Return the message of a key that was posted in a channel since a moment."""
        me = await self._rest.me()
        if not isinstance(me, dict):
            return me
        after, is_blank = self._read_until.pop(key, snowflake_at(since - SKEW)), True
        for _ in range(MOST_PAGES):
            page = await self._rest.call(
                "GET", "/channels/{channel_id}/messages", channel_id=channel, limit=PAGE, after=after
            )
            if not isinstance(page, Answered):
                return page
            if found := marked(page.body, key, str(me["id"])):
                return found
            is_blank = is_blank and not page.body
            if len(page.body) < PAGE:
                return Nothing(is_blank)
            after = max(int(message["id"]) for message in page.body)
            await self._clock.sleep(BETWEEN_CALLS)
        self._remember(key, after)
        return Unfinished()

    async def forum_post(self, place: Place, key: str, since: datetime) -> Json | Nothing | Fault:
        """Return the first message of the forum post of a key that was begun since a moment.

        Sending a forum post takes no nonce, so this is what keeps it from being doubled.
        """
        me = await self._rest.me()
        if not isinstance(me, dict):
            return me
        since_id = snowflake_at(since - SKEW)
        async for threads in self._threads(place):
            if not isinstance(threads, list):
                return threads
            for thread in own_threads(threads, place.channel, str(me["id"]), since_id):
                first = await self._first_message(thread)
                if not isinstance(first, dict | None):
                    return first
                if first and marked([first], key, str(me["id"])):
                    return {**first, "thread": {"id": thread}}
        return Nothing()

    async def _threads(self, place: Place) -> AsyncIterator[list[Json] | Fault]:
        """Yield the threads of the server that are open, then those of the forum that are not any more."""
        paths = (
            ("/guilds/{guild_id}/threads/active", {"guild_id": place.server}),
            ("/channels/{channel_id}/threads/archived/public", {"channel_id": place.channel, "limit": PAGE}),
        )
        for path, named in paths:
            answer = await self._rest.call("GET", path, **named)
            yield list(answer.body["threads"]) if isinstance(answer, Answered) else answer
            await self._clock.sleep(BETWEEN_CALLS)

    async def _first_message(self, thread: str) -> Json | Fault | None:
        """Return the message that a forum post begins with, None where it was deleted."""
        first = await self._rest.call(
            "GET", "/channels/{channel_id}/messages/{message}", channel_id=thread, message=thread
        )
        await self._clock.sleep(BETWEEN_CALLS)
        if isinstance(first, Answered):
            return dict(first.body)
        is_gone = isinstance(first, Refused) and first.code in {Code.UNKNOWN_MESSAGE, Code.UNKNOWN_CHANNEL}
        return None if is_gone else first

    def _remember(self, key: str, after: int) -> None:
        """Note how far a history was read."""
        self._read_until[key] = after
        if len(self._read_until) > MOST_REMEMBERED:
            self._read_until.popitem(last=False)


def marked(messages: list[Json], key: str, me: str) -> Json | None:
    """Return the message of ours that bears the mark of a key."""
    ours = (message for message in messages if str(message["author"]["id"]) == me)
    return next((message for message in ours if bears(message, key)), None)


def bears(message: Json, key: str) -> bool:
    """Tell whether the key stands in a component or an embed of a message."""
    return any(key in text for text in texts([message.get("components"), message.get("embeds")]))


def texts(value: object) -> Iterator[str]:
    """Yield all texts inside of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts(list(value.values()))
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def own_threads(threads: list[Json], forum: str, me: str, since_id: int) -> list[str]:
    """Return the ids of the threads that we began in a forum, the oldest first."""
    ours = (
        int(thread["id"])
        for thread in threads
        if str(thread.get("parent_id")) == forum and str(thread.get("owner_id")) == me
    )
    return [str(thread) for thread in sorted(ours) if thread >= since_id]
