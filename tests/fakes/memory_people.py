"""People in plain dicts, over the tables of the paper store in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bot.domain.people import PersonData, ShownList
from bot.domain.places import Identity
from bot.domain.subscriptions import Subscription
from bot.domain.votes import Act, Dislike, Link, Save, Submission
from tests.fakes.memory_tables import EPOCH, key_of
from tests.fakes.memory_votes import person_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.domain.papers import PaperId
    from tests.fakes.memory_store import MemoryStore
    from tests.fakes.memory_tables import Tables

Kept = TypeVar("Kept", Act, Save, Submission, Link, Dislike)


class MemoryPeople:
    """Satisfies `bot.ports.people.PeopleStore`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    @property
    def _tables(self) -> Tables:
        return self._store.tables

    async def keep_code(self, code: str, identity: Identity, until: datetime) -> None:
        codes = self._tables.codes
        for each in [each for each, (whose, _) in codes.items() if whose == identity]:
            del codes[each]
        codes[code] = identity, until

    async def take_code(self, code: str, now: datetime) -> Identity | None:
        identity, until = self._tables.codes.get(code, (Identity(""), now))
        if until <= now:
            return None
        del self._tables.codes[code]
        return identity

    async def identities(self, identity: Identity) -> Sequence[Identity]:
        person = person_of(self._tables, identity)
        linked = {each.identity for each in self._links() if each.person == person}
        return sorted({identity, person, *linked})

    async def link(self, identity: Identity, other: Identity, at: datetime) -> bool:
        person, joining = person_of(self._tables, identity), person_of(self._tables, other)
        if person == joining:
            return False
        for each in [Link(joining, person, at), *self._links()]:
            if each.person in {joining, person}:
                self._tables.records[key_of(each)] = replace(each, person=person)
        return True

    async def unlink(self, identity: Identity) -> bool:
        if self._tables.records.pop(key_of(Link(identity, identity, EPOCH)), None):
            return True
        heirs = sorted(
            (each for each in self._links() if each.person == identity), key=lambda one: one.identity
        )
        for each in heirs:
            self._tables.records[key_of(each)] = replace(each, person=heirs[0].identity)
        if heirs:
            del self._tables.records[key_of(heirs[0])]
        return bool(heirs)

    async def saved(self, identity: Identity) -> Sequence[Save]:
        first: dict[PaperId, Save] = {}
        for each in self._of(Save, await self.identities(identity)):
            known = first.setdefault(each.paper, each)
            who, at = min(each.identity, known.identity), min(each.at, known.at)
            first[each.paper] = Save(who, each.paper, at)
        return sorted(first.values(), key=lambda each: (each.at, each.paper), reverse=True)

    async def unsave(self, identity: Identity, paper: PaperId) -> bool:
        mine = [each for each in self._of(Save, await self.identities(identity)) if each.paper == paper]
        for each in mine:
            del self._tables.records[key_of(each)]
        return bool(mine)

    async def about(self, identities: Sequence[Identity]) -> PersonData:
        tables = self._tables
        wishes = [each for each in tables.records.values() if isinstance(each, Subscription)]
        shown = [each for each in tables.shown.values() if each.identity in identities]
        return PersonData(
            tuple(identities),
            self._of(Act, identities),
            self._of(Save, identities),
            self._of(Submission, identities),
            self._of(Link, identities),
            tuple(sorted(each.id for each in wishes if each.created_by in identities)),
            tuple(sorted((key for key, (who, _) in tables.hides.items() if who in identities), key=str)),
            tuple(
                ShownList(each.place, each.papers, each.at)
                for each in sorted(shown, key=lambda one: (str(one.place), one.at, str(one.papers)))
            ),
            self._of(Dislike, identities),
        )

    async def forget(self, hashed: Mapping[Identity, str], at: datetime) -> None:
        tables = self._tables
        for key, each in list(tables.records.items()):
            if isinstance(each, Act | Save | Dislike) and each.identity in hashed:
                del tables.records[key]
            if isinstance(each, Link) and {each.identity, each.person} & hashed.keys():
                del tables.records[key]
            if isinstance(each, Submission) and each.identity in hashed:
                tables.records[key] = replace(each, identity=Identity(""), note="")
            if isinstance(each, Subscription) and each.created_by in hashed:
                tables.records[key] = replace(each, created_by=None)
        tables.withdrawals = {key: at for key, at in tables.withdrawals.items() if key[0] not in hashed}
        tables.codes = {code: each for code, each in tables.codes.items() if each[0] not in hashed}
        tables.shown = {key: each for key, each in tables.shown.items() if each.identity not in hashed}
        tables.hides = {
            key: (Identity("") if who in hashed else who, when) for key, (who, when) in tables.hides.items()
        }
        for digest in hashed.values():
            tables.forgotten[digest] = max(at, tables.forgotten.get(digest, at))

    async def forget_hashes(self, before: datetime) -> int:
        old = [hashed for hashed, at in self._tables.forgotten.items() if at < before]
        for hashed in old:
            del self._tables.forgotten[hashed]
        return len(old)

    def _links(self) -> list[Link]:
        return [each for each in self._tables.records.values() if isinstance(each, Link)]

    def _of(self, kind: type[Kept], identities: Sequence[Identity]) -> tuple[Kept, ...]:
        found = [each for each in self._tables.records.values() if isinstance(each, kind)]
        return tuple(sorted((each for each in found if each.identity in identities), key=key_of))
