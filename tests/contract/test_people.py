"""People: links between identities, one-time codes, all that is stored of somebody, and forgetting it."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from bot.domain.ballots import Stand
from bot.domain.deliveries import MessageRef
from bot.domain.people import PersonData, ShownList
from bot.domain.places import Identity
from bot.domain.votes import Dislike, Link, Save, Submission
from bot.ports import EVERYBODY, KeepRecords, RememberList
from bot.ports.voting import CastVote, Missing, Settle, VoteStore, WithdrawVote
from tests.contract.making import ANA, BEN, CLEO, ELSEWHERE, HERE, HOUR, NOON, paper_id, vote
from tests.contract.making import votes as cast
from tests.contract.subscribing import MINUTE, kept, standing
from tests.contract.voting import people_over, posted, reaction, votes_over

if TYPE_CHECKING:
    from bot.ports import Store
    from bot.ports.people import PeopleStore
    from tests.contract.subscribing import DeliveryStore

M1 = MessageRef("8001/1")
DAN = Identity("discord:14")


@pytest.fixture
def people(store: Store) -> PeopleStore:
    return people_over(store)


async def voters(store: Store) -> int:
    board = await store.leaderboard(None, scope=EVERYBODY, limit=1)
    return board[0].votes if board else 0


# --- Codes ----------------------------------------------------------------------------


async def test_a_code_is_good_once_and_for_a_while(people: PeopleStore) -> None:
    await people.keep_code("abc", ANA, NOON + MINUTE)
    assert await people.take_code("abd", NOON) is None
    assert await people.take_code("abc", NOON) == ANA
    assert await people.take_code("abc", NOON) is None
    await people.keep_code("abc", ANA, NOON + MINUTE)
    assert await people.take_code("abc", NOON + MINUTE) is None


async def test_a_new_code_takes_the_place_of_the_old(people: PeopleStore) -> None:
    await people.keep_code("abc", ANA, NOON + HOUR)
    await people.keep_code("xyz", BEN, NOON + HOUR)
    await people.keep_code("def", ANA, NOON + HOUR)
    assert await people.take_code("abc", NOON) is None
    assert await people.take_code("def", NOON) == ANA
    assert await people.take_code("xyz", NOON) == BEN


# --- Links ----------------------------------------------------------------------------


async def test_linked_identities_are_one_person(store: Store, people: PeopleStore) -> None:
    await store.write(cast(vote(1, ANA), vote(1, CLEO, ELSEWHERE), vote(1, BEN)))
    assert await voters(store) == 3
    assert await people.link(ANA, CLEO, NOON)
    assert not await people.link(CLEO, ANA, NOON)
    assert not await people.link(ANA, ANA, NOON)
    assert await voters(store) == 2
    assert list(await people.identities(CLEO)) == list(await people.identities(ANA)) == [ANA, CLEO]
    assert list(await people.identities(BEN)) == [BEN]


@pytest.mark.parametrize("order", list(permutations([(ANA, BEN), (CLEO, DAN), (BEN, DAN)])))
async def test_however_people_are_linked_they_become_one(
    order: tuple[tuple[Identity, Identity], ...], store: Store, people: PeopleStore
) -> None:
    everybody = sorted([ANA, BEN, CLEO, DAN])
    await store.write(cast(*(vote(1, each) for each in everybody)))
    for one, other in order:
        assert await people.link(one, other, NOON)
    assert await voters(store) == 1
    for each in everybody:
        assert list(await people.identities(each)) == everybody


@pytest.mark.parametrize("leaving", [ANA, BEN, CLEO, DAN])
async def test_who_leaves_is_alone_and_the_others_stay_one(
    leaving: Identity, store: Store, people: PeopleStore
) -> None:
    everybody = [ANA, BEN, CLEO, DAN]
    await store.write(cast(*(vote(1, each) for each in everybody)))
    for each in everybody[1:]:
        await people.link(ANA, each, NOON)
    assert await people.unlink(leaving)
    assert not await people.unlink(leaving)
    assert await voters(store) == 2
    assert list(await people.identities(leaving)) == [leaving]
    others = sorted(each for each in everybody if each != leaving)
    assert list(await people.identities(others[0])) == others


async def test_of_two_who_part_each_is_alone(store: Store, people: PeopleStore) -> None:
    await people.link(ANA, CLEO, NOON)
    assert await people.unlink(ANA)
    assert not await people.unlink(CLEO)
    assert [record async for record in store.records()] == []


# --- Reading lists ----------------------------------------------------------------------


async def test_a_reading_list_is_a_persons(store: Store, people: PeopleStore) -> None:
    await people.link(ANA, CLEO, NOON)
    await store.write(
        KeepRecords(
            (
                Save(ANA, paper_id(1), NOON),
                Save(CLEO, paper_id(1), NOON + MINUTE),
                Save(CLEO, paper_id(2), NOON + HOUR),
                Save(BEN, paper_id(3), NOON),
            )
        )
    )
    both = [Save(CLEO, paper_id(2), NOON + HOUR), Save(ANA, paper_id(1), NOON)]
    assert list(await people.saved(ANA)) == list(await people.saved(CLEO)) == both
    assert await people.unsave(CLEO, paper_id(1))
    assert not await people.unsave(ANA, paper_id(1))
    assert not await people.unsave(ANA, paper_id(3))
    assert list(await people.saved(ANA)) == both[:1]
    assert list(await people.saved(BEN)) == [Save(BEN, paper_id(3), NOON)]


# --- All that is stored -----------------------------------------------------------------


async def full(store: Store, delivery: DeliveryStore, people: PeopleStore) -> PersonData:
    """Store something of every kind for Ana, and return what it should be told as."""
    await people.link(ANA, CLEO, NOON)
    acts = vote(1, ANA), vote(2, CLEO, ELSEWHERE)
    save, submission = Save(ANA, paper_id(3), NOON), Submission(paper_id(4), HERE, ANA, NOON, "Mine.")
    disliked = Dislike(CLEO, paper_id(7), ELSEWHERE, NOON, "C01/1.1 down")
    others = vote(1, BEN), Save(BEN, paper_id(3), NOON), replace(disliked, identity=BEN)
    await store.write(KeepRecords((*acts, save, submission, disliked, *others)))
    await store.write(RememberList(HERE, ANA, (paper_id(5),), NOON, public=True))
    await kept(delivery, standing("morning"))
    await delivery.hide(HERE, paper_id(6), ANA, NOON)
    await people.keep_code("abc", ANA, NOON + HOUR)
    return PersonData(
        (ANA, CLEO),
        acts,
        (save,),
        (submission,),
        (Link(CLEO, ANA, NOON),),
        ("morning",),
        ((HERE, paper_id(6)),),
        (ShownList(HERE, (paper_id(5),), NOON),),
        (disliked,),
    )


async def test_all_that_is_stored_is_told(store: Store, delivery: DeliveryStore, people: PeopleStore) -> None:
    expected = await full(store, delivery, people)
    assert await people.about(await people.identities(CLEO)) == expected
    assert (await people.about([DAN])) == PersonData((DAN,))


async def test_all_that_is_stored_is_forgotten(
    store: Store, delivery: DeliveryStore, people: PeopleStore
) -> None:
    await full(store, delivery, people)
    await people.forget({ANA: "hash of ana", CLEO: "hash of cleo"}, NOON)
    assert await people.about([ANA, CLEO]) == PersonData((ANA, CLEO))
    assert await people.take_code("abc", NOON) is None
    left = [record async for record in store.records()]
    assert Submission(paper_id(4), HERE, Identity(""), NOON) in left
    assert vote(1, BEN) in left
    assert Save(BEN, paper_id(3), NOON) in left
    assert [each.identity for each in left if isinstance(each, Dislike)] == [BEN]
    assert await delivery.hidden([HERE]) == {HERE: frozenset({paper_id(6)})}
    assert len(await delivery.subscriptions(HERE)) == 1


# --- Those who were forgotten -----------------------------------------------------------


async def compared(votes: VoteStore, who: Identity) -> bool:
    """Bring a ballot to a platform that still shows a reaction; tell whether it is counted then."""
    ballot = (await votes.ballots([M1])).get(M1)
    assert ballot is not None
    at = NOON + 3 * HOUR
    await votes.write(Settle(ballot, (Missing(Stand(paper_id(1), who, M1), f"hash of {who}"),), (), at, at))
    return bool(await votes.reactions_on(M1))


async def test_reactions_left_standing_are_not_counted_again(
    store: Store, delivery: DeliveryStore, people: PeopleStore
) -> None:
    votes = votes_over(store)
    await posted(delivery, M1)
    await votes.write(CastVote(reaction(M1, ANA)))
    await people.forget({ANA: f"hash of {ANA}"}, NOON + HOUR)
    assert not await compared(votes, ANA)
    assert await compared(votes, BEN)


async def test_an_event_from_before_counts_no_more_and_a_new_act_does(
    store: Store, delivery: DeliveryStore, people: PeopleStore
) -> None:
    votes = votes_over(store)
    await posted(delivery, M1)
    await votes.write(WithdrawVote(reaction(M1, CLEO)))
    await people.forget({CLEO: "hash"}, NOON + HOUR)
    await votes.write(CastVote(reaction(M1, CLEO), told_at=NOON, hashed="hash"))
    assert await voters(store) == 0
    later = NOON + HOUR + MINUTE
    await votes.write(CastVote(reaction(M1, CLEO, at=later), told_at=later, hashed="hash"))
    assert await voters(store) == 1


async def test_reactions_to_what_was_posted_later_count(
    store: Store, delivery: DeliveryStore, people: PeopleStore
) -> None:
    await people.forget({ANA: f"hash of {ANA}"}, NOON - HOUR)
    await posted(delivery, M1)
    assert await compared(votes_over(store), ANA)


async def test_hashes_go_when_nothing_reads_them_any_more(
    store: Store, delivery: DeliveryStore, people: PeopleStore
) -> None:
    await posted(delivery, M1)
    await people.forget({ANA: f"hash of {ANA}", BEN: "other"}, NOON + HOUR)
    await people.forget({BEN: "other"}, NOON + 2 * HOUR)
    assert await people.forget_hashes(NOON + HOUR) == 0
    assert await people.forget_hashes(NOON + HOUR + MINUTE) == 1
    assert await compared(votes_over(store), ANA)
