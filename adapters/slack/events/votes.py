"""Reactions, messages and channels that go, as Slack tells them: passed on to whoever counts votes.

That a message was deleted is told of direct messages alone: of channels it would be told with everything that
is written there. Those are found gone when votes are compared.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from adapters.slack.errors import Refused
from adapters.slack.messenger.people import Person
from adapters.slack.messenger.refs import PLATFORM, Ref, identity_of, moment_of, place_of
from bot.errors import StoreError
from bot.log import logger
from bot.ports.voting import ReactionEvent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Any

    from adapters.slack.errors import Fault
    from adapters.slack.messenger.people import People
    from bot.ports import Clock
    from bot.ports.voting import VoteListener

    Body = Mapping[str, Any]

log = logger("slack")

TRIES = 5
LONGEST_WAIT = timedelta(minutes=1)
A_WHILE = timedelta(seconds=5)
"""Who reacted is asked for again after what Slack tells, or after that."""

DELETED = "message_deleted"


class Votes:
    """Passes on what happens. Events may come late, twice and in any order: each tells when it was done."""

    def __init__(
        self,
        listener: VoteListener,
        people: People,
        bot_user: Callable[[str], Awaitable[str]],
        clock: Clock,
    ) -> None:
        """`bot_user` returns who the bot is in a workspace."""
        self._listener = listener
        self._people = people
        self._bot_user = bot_user
        self._clock = clock

    async def reacted(self, body: Body) -> None:
        """Pass on that somebody reacted."""
        await self._pass_on(body, self._listener.reacted)

    async def unreacted(self, body: Body) -> None:
        """Pass on that somebody took a reaction away."""
        await self._pass_on(body, self._listener.unreacted)

    async def deleted(self, body: Body) -> None:
        """Pass on that a message was deleted."""
        event = body["event"]
        ref = Ref(str(event["channel"]), str(event["deleted_ts"]))
        await self._kept(self._listener.messages_deleted([ref.kept()]))

    async def closed(self, body: Body) -> None:
        """Pass on that a channel was deleted or archived, or that the bot was put out of it."""
        place = place_of(str(body["team_id"]), str(body["event"]["channel"]))
        await self._kept(self._listener.place_gone(place))

    async def lost(self) -> None:
        """Pass on that events may have been missed until now."""
        await self._kept(self._listener.session_lost(PLATFORM))

    async def _pass_on(self, body: Body, told: Callable[[ReactionEvent], Awaitable[None]]) -> None:
        event, team = body["event"], str(body["team_id"])
        item = event.get("item") or {}
        if item.get("type") != "message" or not await self._is_of_ours(team, event):
            return
        person = await self._person(team, str(event["user"]))
        if not isinstance(person, Person):
            # It is found when votes are compared.
            log.warning("vote not counted yet", team=team, why=str(person))
            return
        reaction = ReactionEvent(
            place_of(team, str(item["channel"])),
            Ref(str(item["channel"]), str(item["ts"])).kept(),
            identity_of(person.home, person.user),
            str(event["reaction"]),
            told_at=moment_of(str(event["event_ts"])),
            is_bot=person.is_bot,
        )
        await self._kept(told(reaction))

    async def _is_of_ours(self, team: str, event: Body) -> bool:
        """Tell whether a message may be ours, and somebody else reacted; Slack may not say whose it is."""
        author = event.get("item_user")
        try:
            ours = await self._bot_user(team)
        except StoreError:
            ours = ""
        return event["user"] != ours and (not author or not ours or author == ours)

    async def _person(self, team: str, user: str) -> Person | Fault:
        """Return who reacted; where many do at once that waits for its turn."""
        for _ in range(TRIES - 1):
            person = await self._people.person(team, user)
            if not isinstance(person, Refused) or person.status != HTTPStatus.TOO_MANY_REQUESTS:
                return person
            await self._clock.sleep(min(person.retry_after or A_WHILE, LONGEST_WAIT))
        return await self._people.person(team, user)

    async def _kept(self, told: Awaitable[None]) -> None:
        """Wait until something is kept; what is lost by a fault is found when votes are compared."""
        try:
            await told
        except StoreError as fault:
            log.warning("votes not counted", why=str(fault))
