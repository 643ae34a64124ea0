"""One person on two platforms, their reading list, what is stored of them, and forgetting it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.people import data_text
from bot.domain.places import LOCAL_PLACE
from bot.domain.votes import Save
from bot.ports import EVERYBODY, KeepRecords
from bot.services.hiding import edit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.domain.papers import Listed, PaperId
    from bot.domain.people import PersonData
    from bot.domain.places import Identity
    from bot.ports import Clock, Scope, Store
    from bot.ports.delivery import Outbox
    from bot.ports.people import PeopleStore
    from bot.services.voting import Hashes

CODE_LASTS = timedelta(minutes=10)
CODE_CHARS = 8
"""40 bits, good once and for ten minutes: a thousand tries a second find one code in two million."""


COUNTED_FOR = timedelta(days=7)
"""How long after a vote the messages that count it are edited when its person is forgotten."""


class People:
    """Links identities, keeps reading lists, hands out what is stored, and forgets."""

    def __init__(
        self,
        store: PeopleStore,
        papers: Store,
        outbox: Outbox,
        clock: Clock,
        hashes: Hashes,
        *,
        letters: Callable[[int], str],
    ) -> None:
        """`letters` returns so many letters that nobody can guess."""
        self._store = store
        self._papers = papers
        self._outbox = outbox
        self._clock = clock
        self._hashes = hashes
        self._letters = letters

    async def code(self, identity: Identity) -> str:
        """Return a one-time code that links another identity to this one."""
        code = self._letters(CODE_CHARS)
        await self._store.keep_code(code, identity, self._clock.now() + CODE_LASTS)
        return code

    async def link(self, identity: Identity, code: str) -> Identity | None:
        """Link an identity to the one that a code was given to, and return that; None where there is none.

        An identity that enters its own code is linked to nobody, and gets its own name back.
        """
        now = self._clock.now()
        other = await self._store.take_code(code.strip().lower(), now)
        if other is not None and other != identity:
            await self._store.link(other, identity, now)
        return other

    async def unlink(self, identity: Identity) -> bool:
        """Make an identity a person of its own; False where it is that already."""
        return await self._store.unlink(identity)

    async def save(self, identity: Identity, paper: PaperId) -> bool:
        """Put a paper on a person's reading list; False where it is on it."""
        if any(each.paper == paper for each in await self._store.saved(identity)):
            return False
        await self._papers.write(KeepRecords((Save(identity, paper, self._clock.now()),)))
        return True

    async def unsave(self, identity: Identity, paper: PaperId) -> bool:
        """Take a paper off a person's reading list; False where it is not on it."""
        return await self._store.unsave(identity, paper)

    async def saved(self, identity: Identity, scope: Scope = EVERYBODY) -> Sequence[Listed]:
        """Return the papers of a person's reading list, the newest first."""
        saves = await self._store.saved(identity)
        return await self._papers.papers([each.paper for each in saves], scope=scope)

    async def about(self, identity: Identity) -> PersonData:
        """Return all that is stored of a person, under all identities."""
        return await self._store.about(await self._store.identities(identity))

    def text(self, data: PersonData) -> str:
        """Write all that is stored of a person, as JSON."""
        return data_text(data, self._clock.now())

    async def forget(self, identity: Identity) -> PersonData:
        """Delete all that is stored of a person, under all identities, and return what it was."""
        data = await self.about(identity)
        hashed = {each: await self._hashes.of(each) for each in data.identities}
        now = self._clock.now()
        await self._store.forget(hashed, now)
        await self._edit_posted(data, now)
        return data

    async def _edit_posted(self, data: PersonData, now: datetime) -> None:
        """Owe an edit to each message that told a count with a vote of the last days of who was forgotten.

        And to each card that has a note of theirs, as long as it is known.
        """
        told = {(act.place, act.paper) for act in data.acts if act.at >= now - COUNTED_FOR}
        told |= {(each.place, each.paper) for each in data.submissions if each.note}
        edits = [
            edit_of(shown, paper, now)
            for place, paper in sorted(told, key=str)
            if place.platform != LOCAL_PLACE.platform  # what a terminal has printed stays
            for shown in await self._outbox.showing(place, paper)
        ]
        await self._outbox.put(edits)
