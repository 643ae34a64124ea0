"""Who people are in a workspace: bots, guests, administrators, and in which zone they live."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from adapters.slack.client.web import Answered
from adapters.slack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.slack.client.web import Answer, Json, Web
    from adapters.slack.errors import Fault
    from bot.ports import Clock

KNOWN_FOR = timedelta(minutes=10)
"""How long what was told of somebody is taken for true: who becomes a guest manages no longer than that."""

MOST = 10_000
"""People who are remembered, in no file: only an id and votes are stored of anybody."""

MOST_MET = 40
"""People who are asked for one after another: about a minute's."""
A_MOMENT = timedelta(seconds=1)

UNSEEN = {"user_not_found", "user_not_visible"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a workspace. `home` is the workspace, or the enterprise, that they belong to."""

    user: str
    home: str
    is_bot: bool = False
    is_guest: bool = False
    is_admin: bool = False
    zone: str = ""


class People:
    """Asks who somebody is, and remembers it for a while."""

    def __init__(self, web: Web, clock: Clock) -> None:
        self._web = web
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[float, Person]] = OrderedDict()

    async def person(self, team: str, user: str) -> Person | Fault:
        """Return somebody whom the bot meets in a workspace."""
        now = self._clock.monotonic()
        at, known = self._known.get((team, user), (0.0, None))
        if known is not None and now - at < KNOWN_FOR.total_seconds():
            return known
        answer = await self._web.call(team, "users.info", user=user)
        return self._met(team, user, answer) if isinstance(answer, Answered) else answer

    async def people(self, team: str, users: Sequence[str]) -> set[Person] | Fault:
        """Return those of the users who are people, not bots. It can wait, and takes no turn of a command's.

        Of many who were never met it asks for some; who comes again after that meets the next of them.
        """
        met = 0
        found: set[Person] = set()
        for user in users:
            _, person = self._known.get((team, user), (0.0, None))
            if person is None:
                if met == MOST_MET:
                    return Refused("ratelimited", HTTPStatus.TOO_MANY_REQUESTS, A_MOMENT)
                met += 1
                asked = self._met(team, user, await self._web.spare(team, "users.info", user=user))
                if not isinstance(asked, Person):
                    return asked
                person = asked
            if not person.is_bot:
                found.add(person)
        return found

    def _met(self, team: str, user: str, answer: Answer) -> Person | Fault:
        """Remember somebody. Who cannot be seen any more is taken for somebody of that workspace."""
        if isinstance(answer, Refused) and answer.error in UNSEEN:
            person = Person(user, team)
        elif isinstance(answer, Answered):
            person = person_of(answer.body["user"], team)
        else:
            return answer
        self._known[team, user] = (self._clock.monotonic(), person)
        self._known.move_to_end((team, user))
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        return person


def person_of(user: Json, team: str) -> Person:
    """Read a user as Slack describes one. Guests are so here, or are of elsewhere (Slack Connect)."""
    home = str(user.get("team_id") or (user.get("enterprise_user") or {}).get("enterprise_id") or team)
    is_guest = any(user.get(name) for name in ("is_restricted", "is_ultra_restricted", "is_stranger"))
    return Person(
        str(user["id"]),
        home,
        is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
        is_guest=is_guest or (home != team and not user.get("enterprise_user")),
        is_admin=any(user.get(name) for name in ("is_admin", "is_owner", "is_primary_owner")),
        zone=str(user.get("tz") or ""),
    )
