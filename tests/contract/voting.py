"""Short words for what the tests of votes put into a store."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain.votes import Act, Dislike, Means
from bot.store.sql_store import SqlStore
from tests.contract.making import HERE, NOON, paper_id
from tests.contract.subscribing import claimed, digest, done, edition, kept, planned, posts, standing
from tests.fakes.memory_communities import MemoryCommunities
from tests.fakes.memory_people import MemoryPeople
from tests.fakes.memory_store import MemoryStore
from tests.fakes.memory_votes import MemoryVotes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.deliveries import MessageRef
    from bot.domain.places import Identity, Place
    from bot.ports import Store
    from bot.ports.communities import CommunityStore
    from bot.ports.people import PeopleStore
    from bot.ports.voting import VoteStore
    from tests.contract.subscribing import DeliveryStore


def votes_over(store: Store) -> VoteStore:
    if isinstance(store, MemoryStore):
        return MemoryVotes(store)
    assert isinstance(store, SqlStore)
    return store.votes


def people_over(store: Store) -> PeopleStore:
    if isinstance(store, MemoryStore):
        return MemoryPeople(store)
    assert isinstance(store, SqlStore)
    return store.people


def communities_over(store: Store) -> CommunityStore:
    if isinstance(store, MemoryStore):
        return MemoryCommunities(store)
    assert isinstance(store, SqlStore)
    return store.communities


async def posted(
    delivery: DeliveryStore,
    message: MessageRef,
    papers: Sequence[int] = (1,),
    place: Place = HERE,
    at: datetime = NOON,
) -> None:
    """Post an edition: one paper in a message of its own, several in a digest."""
    name = re.sub(r"\W", "-", f"of {message}")
    before = standing(name, place, planned_until=at, next_at=at)
    await kept(delivery, before)
    firing = edition(before, papers, at=at)
    layout = posts if len(papers) == 1 else digest
    owed = [each._replace(due_at=at) for each in layout(firing)]
    assert list(await delivery.plan([planned(before, firing, owed)])) == [True]
    (one,) = [each for each in await claimed(delivery, at, platform=place.platform) if each.place == place]
    assert await delivery.settle(one, done(message), at)


def reaction(
    message: str, identity: Identity, number: int = 1, *, place: Place = HERE, at: datetime = NOON
) -> Act:
    return Act(paper_id(number), identity, place, Means.REACTION, at, message)


def dislike(
    message: str, identity: Identity, number: int = 1, *, place: Place = HERE, at: datetime = NOON
) -> Dislike:
    return Dislike(identity, paper_id(number), place, at, f"{message} down")


async def disliked(store: Store) -> list[tuple[Identity, int]]:
    """Return who dislikes which paper, once for each reaction."""
    found = [each async for each in store.records() if isinstance(each, Dislike)]
    return [(each.identity, int(each.paper[-5:])) for each in found]
