"""Acts and ballots: what a store keeps of them, and how it is brought to what a platform shows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.ballots import Stand
from bot.domain.deliveries import MessageRef
from bot.domain.emoji import THUMBS_UP
from bot.domain.places import PlaceProfile
from bot.domain.votes import Link, Means
from bot.ports import EVERYBODY, KeepRecords
from bot.ports.voting import (
    CastVote,
    ClearReactions,
    CloseBallots,
    ClosePlace,
    MarkChecked,
    Missing,
    NoteLost,
    Settle,
    TakeBack,
    VoteStore,
    WithdrawVote,
)
from tests.contract.making import ANA, BEN, CLEO, ELSEWHERE, HERE, HOUR, NEXT_DOOR, NOON, paper_id, vote
from tests.contract.subscribing import MINUTE
from tests.contract.voting import posted, reaction, votes_over

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.places import Identity, Place
    from bot.ports import Store
    from bot.ports.voting import VoteWrite
    from tests.contract.subscribing import DeliveryStore

M1, M2, M10 = MessageRef("8001/1"), MessageRef("8001/2"), MessageRef("8001/10")
DAY = timedelta(days=1)


@pytest.fixture
def votes(store: Store) -> VoteStore:
    return votes_over(store)


async def counted(store: Store, number: int = 1) -> int:
    board = await store.leaderboard(None, scope=EVERYBODY, limit=100)
    return next((each.votes for each in board if each.paper.id == paper_id(number)), 0)


# --- Casting and taking back --------------------------------------------------------


async def test_a_vote_is_a_set_of_acts(store: Store, votes: VoteStore) -> None:
    one, other = reaction(M1, ANA), reaction(M2, ANA)
    await votes.write(CastVote(one), CastVote(one), CastVote(other))
    assert await counted(store) == 1
    await votes.write(WithdrawVote(one))
    assert await counted(store) == 1
    await votes.write(WithdrawVote(other), WithdrawVote(other))
    assert await counted(store) == 0


async def test_reactions_of_one_person_that_differ_are_acts_of_their_own(
    store: Store, votes: VoteStore
) -> None:
    plain, dark = reaction(M1, ANA), reaction(f"{M1} tone6", ANA)
    await votes.write(CastVote(plain), CastVote(dark))
    await votes.write(WithdrawVote(plain))
    assert await counted(store) == 1
    await votes.write(WithdrawVote(dark))
    assert await counted(store) == 0


async def test_a_vote_that_is_cast_again_is_as_if_cast_now(store: Store, votes: VoteStore) -> None:
    await votes.write(CastVote(reaction(M1, ANA)))
    assert await votes.write(CastVote(reaction(M1, ANA, at=NOON + HOUR))) == 1
    assert await votes.write(CastVote(reaction(M1, ANA))) == 0
    board = await store.leaderboard(NOON + HOUR, scope=EVERYBODY, limit=10)
    assert [each.votes for each in board] == [1]


async def test_what_was_taken_back_tells_whether_it_was_there(votes: VoteStore) -> None:
    act = vote(1, means=Means.BUTTON, message=M1)
    assert await votes.write(WithdrawVote(act)) == 0
    await votes.write(CastVote(act))
    assert await votes.write(WithdrawVote(act._replace(at=NOON + HOUR))) == 1


@pytest.mark.parametrize(
    ("taken_at", "cast_at", "expected"),
    [
        pytest.param(NOON + HOUR, NOON, 0, id="an event that comes late"),
        pytest.param(NOON, NOON + HOUR, 1, id="a new reaction"),
    ],
)
@pytest.mark.parametrize("is_late", [False, True])
async def test_events_that_tell_their_time_come_in_any_order(
    *, taken_at: datetime, cast_at: datetime, expected: int, is_late: bool, store: Store, votes: VoteStore
) -> None:
    writes: list[VoteWrite] = [
        WithdrawVote(reaction(M1, CLEO, at=taken_at), told_at=taken_at),
        CastVote(reaction(M1, CLEO, at=cast_at), told_at=cast_at),
    ]
    for each in writes[::-1] if is_late else writes:
        await votes.write(each)
    assert await counted(store) == expected
    for each in [*writes, *writes[::-1]]:
        await votes.write(each)
        assert await counted(store) == expected


async def test_a_reaction_without_a_time_counts_after_one_that_was_taken_back(
    store: Store, votes: VoteStore
) -> None:
    await votes.write(WithdrawVote(reaction(M1, ANA, at=NOON + HOUR)))
    await votes.write(CastVote(reaction(M1, ANA)))
    assert await counted(store) == 1


async def test_a_person_takes_back_commands_and_buttons_of_every_identity(
    store: Store, votes: VoteStore
) -> None:
    await store.write(KeepRecords((Link(CLEO, ANA, NOON),)))
    await votes.write(
        CastVote(vote(1, ANA)),
        CastVote(vote(1, CLEO, ELSEWHERE, means=Means.BUTTON, message=M2)),
        CastVote(reaction(M1, ANA)),
        CastVote(vote(1, BEN)),
        CastVote(vote(2, ANA)),
    )
    assert await votes.write(TakeBack(paper_id(1), CLEO)) == 2
    assert [(act.identity, act.means) for act in await votes.standing(paper_id(1), CLEO)] == [
        (ANA, Means.REACTION)
    ]
    assert await counted(store, 1) == 2
    assert await counted(store, 2) == 1


async def test_what_stands_is_of_the_person_alone(store: Store, votes: VoteStore) -> None:
    await store.write(KeepRecords((Link(CLEO, ANA, NOON),)))
    first, second = reaction(M1, CLEO, place=ELSEWHERE), vote(1, ANA, at=NOON + HOUR)
    await votes.write(CastVote(second), CastVote(first), CastVote(vote(1, BEN)), CastVote(vote(2, ANA)))
    assert list(await votes.standing(paper_id(1), ANA)) == [first, second]
    assert list(await votes.standing(paper_id(1), CLEO)) == [first, second]
    assert list(await votes.standing(paper_id(3), ANA)) == []


# --- Moderators -----------------------------------------------------------------------


async def test_all_reactions_of_a_message_go_and_nothing_else(store: Store, votes: VoteStore) -> None:
    gone = [reaction(M1, ANA), reaction(f"{M1} tone3", BEN), reaction(M1, BEN, 2)]
    stay = [reaction(M10, CLEO), vote(1, CLEO, means=Means.BUTTON, message=M1)]
    await votes.write(*map(CastVote, [*gone, *stay]))
    await votes.write(ClearReactions(M1, NOON + HOUR))
    assert await counted(store, 1) == 1
    assert await counted(store, 2) == 0
    # Those who come late with what was there before come too late.
    await votes.write(CastVote(gone[0], told_at=NOON))
    assert not await votes.reactions_on(M1)
    assert len(await votes.reactions_on(M10)) == 1


async def test_one_emoji_of_a_message_goes(votes: VoteStore) -> None:
    plain, dark, second = reaction(M1, ANA), reaction(f"{M1} tone6", ANA), reaction(M1, BEN, 2)
    await votes.write(*map(CastVote, [plain, dark, second]))
    await votes.write(ClearReactions(M1, NOON + HOUR, M1, paper_id(1)))
    assert set(await votes.reactions_on(M1)) == {
        Stand(paper_id(1), ANA, f"{M1} tone6"),
        Stand(paper_id(2), BEN, M1),
    }


# --- Ballots --------------------------------------------------------------------------


async def test_a_posted_message_is_a_ballot(store: Store, delivery: DeliveryStore, votes: VoteStore) -> None:
    await posted(delivery, M1)
    await posted(delivery, M2, (4, 5), NEXT_DOOR)
    await store.write(KeepRecords((PlaceProfile(NEXT_DOOR, settings={"emoji": "🔥"}),)))
    one, two = (await votes.ballots([M1])).get(M1), (await votes.ballots([M2])).get(M2)
    assert one is not None
    assert (one.place, dict(one.papers), one.emoji) == (HERE, {0: paper_id(1)}, THUMBS_UP)
    assert two is not None
    assert (dict(two.papers), two.emoji, two.posted_at) == ({1: paper_id(4), 2: paper_id(5)}, "🔥", NOON)
    assert await votes.ballots([M10]) == {}
    assert await votes.ballots([]) == {}
    many = [MessageRef(f"8001/{number}") for number in range(1_200)]
    assert await votes.ballots([*many, M2]) == {M1: one, M2: two}


async def test_a_ballot_is_found_by_whatever_its_message_is_called(
    delivery: DeliveryStore, votes: VoteStore
) -> None:
    odd = MessageRef('8001/"\\u0041\\",[ü👍')
    await posted(delivery, odd)
    await posted(delivery, M1, (2,))
    assert list(await votes.ballots([odd, MessageRef('8001/"A\\",[ü👍')])) == [odd]


async def test_places_are_compared_the_newest_first(delivery: DeliveryStore, votes: VoteStore) -> None:
    await posted(delivery, M1, place=NEXT_DOOR, at=NOON - DAY)
    await posted(delivery, M2, (2,), at=NOON)
    await posted(delivery, M10, (3,), place=ELSEWHERE, at=NOON)
    assert list(await votes.ballot_places("discord", NOON - 7 * DAY)) == [HERE, NEXT_DOOR]
    assert list(await votes.ballot_places("discord", NOON - HOUR)) == [HERE]
    assert list(await votes.ballot_places("slack", NOON - HOUR)) == [ELSEWHERE]


async def test_ballots_come_with_what_is_stored_of_them(delivery: DeliveryStore, votes: VoteStore) -> None:
    await posted(delivery, M1, (1, 2))
    await posted(delivery, M10, (3,), at=NOON + HOUR)
    await votes.write(
        CastVote(reaction(M1, ANA)),
        CastVote(reaction(f"{M1} tone2", ANA)),
        CastVote(reaction(M10, ANA)),
        CastVote(reaction(M1, BEN, 2)),
        CastVote(vote(1, BEN, means=Means.BUTTON, message=M1)),
    )
    newest, older = await votes.open_ballots(HERE, NOON)
    assert (newest.ballot.message, dict(newest.stored)) == (M10, {})
    assert (older.ballot.message, dict(older.stored)) == (M1, {paper_id(1): 2, paper_id(2): 1})
    assert [each.ballot.message for each in await votes.open_ballots(HERE, NOON + MINUTE)] == [M10]


async def test_closed_ballots_are_compared_no_more_and_keep_their_votes(
    store: Store, delivery: DeliveryStore, votes: VoteStore
) -> None:
    await posted(delivery, M1)
    await posted(delivery, M2, (2,), NEXT_DOOR)
    await votes.write(CastVote(reaction(M1, ANA)))
    await votes.write(MarkChecked((M1, M2), NOON))
    assert await votes.write(CloseBallots((M1, M10))) == 1
    assert await votes.write(ClosePlace(NEXT_DOOR, NOON)) == 1
    assert list(await votes.ballot_places("discord", NOON - DAY)) == []
    assert list(await votes.open_ballots(HERE, NOON - DAY)) == []
    assert await votes.checked_at(HERE) is None
    assert await counted(store) == 1
    assert (await votes.ballots([M1])).get(M1) is not None


async def test_a_place_that_closes_leaves_older_messages_and_other_places_open(
    delivery: DeliveryStore, votes: VoteStore
) -> None:
    await posted(delivery, M1, at=NOON - HOUR)
    await posted(delivery, M2, (2,), at=NOON)
    await posted(delivery, M10, (3,), NEXT_DOOR, at=NOON + HOUR)
    assert await votes.write(ClosePlace(HERE, NOON)) == 1
    assert list(await votes.ballot_places("discord", NOON - DAY)) == [NEXT_DOOR, HERE]
    assert [each.ballot.message for each in await votes.open_ballots(HERE, NOON - DAY)] == [M1]


async def test_when_votes_were_checked_is_known(delivery: DeliveryStore, votes: VoteStore) -> None:
    await posted(delivery, M1)
    assert await votes.checked_at(HERE) is None
    await votes.write(MarkChecked((M1,), NOON + HOUR))
    await votes.write(MarkChecked((M1,), NOON))
    assert await votes.checked_at(HERE) == NOON + HOUR
    assert await votes.checked_at(ELSEWHERE) is None


async def test_until_when_events_were_missed_is_known(votes: VoteStore) -> None:
    assert await votes.lost_at("discord") is None
    await votes.write(NoteLost("discord", NOON + HOUR))
    await votes.write(NoteLost("discord", NOON), NoteLost("slack", NOON))
    assert (await votes.lost_at("discord"), await votes.lost_at("slack")) == (NOON + HOUR, NOON)
    await votes.write(NoteLost("discord", NOON + 2 * HOUR))
    assert (await votes.lost_at("discord"), await votes.lost_at("slack")) == (NOON + 2 * HOUR, NOON)


# --- Comparing ------------------------------------------------------------------------


async def settled(
    votes: VoteStore,
    *,
    missing: tuple[Identity, ...] = (),
    extra: tuple[Identity, ...] = (),
    asked_at: datetime = NOON,
) -> None:
    ballot = (await votes.ballots([M1])).get(M1)
    assert ballot is not None
    stands = [Stand(paper_id(1), who, M1) for who in missing]
    gone = tuple(Stand(paper_id(1), who, M1) for who in extra)
    found = tuple(Missing(stand, f"hash of {stand.identity}") for stand in stands)
    await votes.write(Settle(ballot, found, gone, asked_at, asked_at + MINUTE))


async def people(votes: VoteStore) -> set[Identity]:
    return {stand.identity for stand in await votes.reactions_on(M1)}


async def test_a_ballot_is_brought_to_what_the_platform_shows(
    delivery: DeliveryStore, votes: VoteStore
) -> None:
    await posted(delivery, M1)
    await votes.write(CastVote(reaction(M1, ANA)), CastVote(reaction(M1, BEN)))
    await settled(votes, missing=(CLEO,), extra=(ANA,), asked_at=NOON + HOUR)
    assert await people(votes) == {BEN, CLEO}
    assert await votes.checked_at(HERE) == NOON + HOUR + MINUTE


async def test_what_changed_since_the_platform_was_asked_is_left_alone(
    delivery: DeliveryStore, votes: VoteStore
) -> None:
    await posted(delivery, M1)
    await votes.write(
        CastVote(reaction(M1, ANA, at=NOON + HOUR)), CastVote(reaction(M1, BEN, at=NOON + HOUR))
    )
    await votes.write(WithdrawVote(reaction(M1, BEN, at=NOON + HOUR)))
    await settled(votes, missing=(BEN,), extra=(ANA,), asked_at=NOON + HOUR)
    assert await people(votes) == {ANA}
    await settled(votes, missing=(BEN,), extra=(ANA,), asked_at=NOON + HOUR + MINUTE)
    assert await people(votes) == {BEN}


async def test_an_event_from_before_a_comparison_counts_no_more(
    delivery: DeliveryStore, votes: VoteStore
) -> None:
    await posted(delivery, M1)
    await votes.write(CastVote(reaction(M1, CLEO)))
    await settled(votes, extra=(CLEO,), asked_at=NOON + HOUR)
    await votes.write(CastVote(reaction(M1, CLEO), told_at=NOON))
    assert await people(votes) == set()
    await votes.write(CastVote(reaction(M1, CLEO, at=NOON + HOUR), told_at=NOON + HOUR))
    assert await people(votes) == {CLEO}


async def test_withdrawals_are_forgotten_in_time(delivery: DeliveryStore, votes: VoteStore) -> None:
    await posted(delivery, M1)
    await votes.write(WithdrawVote(reaction(M1, BEN, at=NOON + HOUR)))
    assert await votes.forget_withdrawals(NOON + HOUR) == 0
    assert await votes.forget_withdrawals(NOON + HOUR + MINUTE) == 1
    await settled(votes, missing=(BEN,), asked_at=NOON)
    assert await people(votes) == {BEN}


async def test_a_secret_is_made_once(votes: VoteStore) -> None:
    assert await votes.secret("people", "first") == "first"
    assert await votes.secret("people", "second") == "first"
    assert await votes.secret("other", "third") == "third"


async def test_a_broken_text_writes_nothing(store: Store, votes: VoteStore) -> None:
    with pytest.raises(ValueError, match=r"NUL|surrogate"):
        await votes.write(CastVote(reaction(M1, ANA)), CastVote(reaction("\0", ANA)))
    assert await counted(store) == 0


async def test_places_are_told_apart(delivery: DeliveryStore, votes: VoteStore, store: Store) -> None:
    await posted(delivery, M1)
    await votes.write(CastVote(reaction(M1, ANA, place=HERE)))

    async def here(place: Place) -> int:
        return sum(each.stored.get(paper_id(1), 0) for each in await votes.open_ballots(place, NOON))

    assert (await here(HERE), await here(ELSEWHERE)) == (1, 0)
    assert await counted(store) == 1
