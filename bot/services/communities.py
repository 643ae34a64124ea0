"""Who votes together: all servers of this bot, or each alone until their managers join them by a code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.ports import EVERYBODY, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.domain.places import Place
    from bot.ports import Clock
    from bot.ports.communities import CommunityStore

CODE_LASTS = timedelta(hours=24)
"""How long a code is good: it goes from one manager to another, who may be asleep."""
CODE_CHARS = 10
"""50 bits, good once and for a day: a thousand tries a second find one code in ten million."""

KNOWN_FOR = timedelta(seconds=30)
"""How long it takes at most until a process knows what was joined by another one."""


@dataclass(frozen=True, slots=True)
class Together:
    """Satisfies `bot.ports.Scopes`: all servers are one community."""

    async def scope_of(self, _place: Place) -> Scope:
        """Return everybody's votes."""
        return EVERYBODY


TOGETHER = Together()


class Communities:
    """Satisfies `bot.ports.Scopes`: each server votes alone, until it is joined with others."""

    def __init__(self, store: CommunityStore, clock: Clock, letters: Callable[[int], str]) -> None:
        """`letters` returns so many letters that nobody can guess."""
        self._store = store
        self._clock = clock
        self._letters = letters
        self._known: Mapping[str, tuple[str, ...]] = {}
        self._known_until: float | None = None

    async def scope_of(self, place: Place) -> Scope:
        """Return the votes of a place's community; a person's own place on Discord is one by itself."""
        if place.is_own:
            return Scope(place=place)
        return Scope(servers=await self.servers_of(place))

    async def servers_of(self, place: Place) -> tuple[str, ...]:
        """Return the servers that vote together with a place's own, which is one of them."""
        now = self._clock.monotonic()
        if self._known_until is None or now >= self._known_until:
            self._known = joined(await self._store.members())
            self._known_until = now + KNOWN_FOR.total_seconds()
        return self._known.get(place.server_key, (place.server_key,))

    async def code(self, place: Place) -> str:
        """Return a code with which another server joins the community of this one.

        It takes the place of the one before it.
        """
        code, until = self._letters(CODE_CHARS), self._clock.now() + CODE_LASTS
        await self._store.keep_code(place.server_key, self._letters(CODE_CHARS), code, until)
        self._forget()
        return code

    async def join(self, place: Place, code: str) -> tuple[str, ...] | None:
        """Join the community that a code is of, and return its servers; None where there is no such code.

        The server leaves the one that it was in. A community's own code changes nothing, and stays good.
        """
        is_done = await self._store.join(place.server_key, code.strip().lower(), self._clock.now())
        self._forget()
        return await self.servers_of(place) if is_done else None

    async def leave(self, place: Place) -> bool:
        """Let a server vote alone; False where it does already."""
        self._forget()
        is_alone = len(await self.servers_of(place)) == 1
        await self._store.leave(place.server_key)
        self._forget()
        return not is_alone

    def _forget(self) -> None:
        """Read anew what is joined, with the next question."""
        self._known_until = None


def joined(members: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return of each server that is joined the servers of its community, in order."""
    communities: dict[str, list[str]] = {}
    for server, community in sorted(members.items()):
        communities.setdefault(community, []).append(server)
    return {server: tuple(communities[community]) for server, community in members.items()}
