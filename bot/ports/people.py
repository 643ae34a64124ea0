"""What the store keeps of people: which identities are one person, and all that is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.domain.papers import PaperId
    from bot.domain.people import PersonData
    from bot.domain.places import Identity
    from bot.domain.votes import Save


class PeopleStore(Protocol):
    """People. Every identity is a person of its own until it is linked to another."""

    async def keep_code(self, code: str, identity: Identity, until: datetime) -> None:
        """Keep a one-time code of an identity, in the place of the one that it had."""

    async def take_code(self, code: str, now: datetime) -> Identity | None:
        """Take a code out, once, and return whose it is; None where there is none, or its time is over."""

    async def identities(self, identity: Identity) -> Sequence[Identity]:
        """Return all identities of a person, in their order; the asked one is among them."""

    async def link(self, identity: Identity, other: Identity, at: datetime) -> bool:
        """Make the persons of two identities one; False where they are one already."""

    async def unlink(self, identity: Identity) -> bool:
        """Make an identity a person of its own; the others stay one. False where it is that already."""

    async def saved(self, identity: Identity) -> Sequence[Save]:
        """Return the reading list of a person, under all identities, the newest first, each paper once."""

    async def unsave(self, identity: Identity, paper: PaperId) -> bool:
        """Take a paper off a person's reading list; False where it is not on it."""

    async def about(self, identities: Sequence[Identity]) -> PersonData:
        """Return all that is stored of identities."""

    async def forget(self, hashed: Mapping[Identity, str], at: datetime) -> None:
        """Delete all that is stored of identities, and keep their keyed hashes.

        Papers that they submitted stay, without their name and note; so does what they hid, and the
        subscriptions that they made, without their name.
        """

    async def forget_hashes(self, before: datetime) -> int:
        """Delete the hashes of people who were forgotten before an instant; return how many went."""
