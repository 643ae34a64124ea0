"""Submissions: of each paper one in a place, so many of a person, and out of sight once they are hidden."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.places import Identity, Place
from bot.domain.votes import Link, Submission
from bot.ports import KeepRecords
from tests.contract.making import ANA, BEN, CLEO, ELSEWHERE, HERE, HOUR, NEXT_DOOR, NOON, paper_id

if TYPE_CHECKING:
    from datetime import datetime

    from bot.ports import Store
    from tests.contract.subscribing import DeliveryStore

DAY = timedelta(days=1)
MOST = 3


def submission(
    number: int, identity: Identity = ANA, place: Place = HERE, at: datetime = NOON, note: str = ""
) -> Submission:
    return Submission(paper_id(number), place, identity, at, note)


async def kept(delivery: DeliveryStore, each: Submission) -> bool:
    return await delivery.submit(each, MOST, each.at - DAY)


async def test_a_paper_is_submitted_to_a_place_once(delivery: DeliveryStore) -> None:
    first = submission(1, note="Mine, “first”.")
    assert await kept(delivery, first) is True
    assert await kept(delivery, submission(1, BEN, at=NOON + HOUR)) is False
    assert await kept(delivery, submission(1, BEN, NEXT_DOOR)) is True
    assert await delivery.submission(HERE, paper_id(1)) == first
    assert await delivery.submission(ELSEWHERE, paper_id(1)) is None
    assert await delivery.submission(HERE, paper_id(2)) is None


async def test_nobody_submits_more_than_so_many_in_all_places_together(delivery: DeliveryStore) -> None:
    for number, place in enumerate((HERE, NEXT_DOOR, ELSEWHERE), start=1):
        assert await kept(delivery, submission(number, place=place, at=NOON + number * HOUR)) is True
    assert await kept(delivery, submission(4, at=NOON + 4 * HOUR)) is False
    assert await kept(delivery, submission(4, BEN, at=NOON + 4 * HOUR)) is True
    assert await delivery.submitted_by(ANA, NOON) == [NOON + number * HOUR for number in (3, 2, 1)]
    assert await delivery.submitted_by(ANA, NOON + HOUR) == [NOON + number * HOUR for number in (3, 2)]
    later = submission(5, at=NOON + HOUR + DAY)
    assert await kept(delivery, later) is True, "the first of the three is a day old by then"


async def test_all_identities_of_a_person_share_what_they_may_submit(
    store: Store, delivery: DeliveryStore
) -> None:
    await store.write(KeepRecords((Link(CLEO, ANA, NOON),)))
    for number, identity in enumerate((ANA, CLEO, CLEO), start=1):
        assert await kept(delivery, submission(number, identity)) is True
    assert await kept(delivery, submission(4)) is False
    assert await kept(delivery, submission(4, CLEO)) is False
    assert len(await delivery.submitted_by(CLEO, NOON - HOUR)) == MOST


async def test_many_at_once_are_not_one_too_many(delivery: DeliveryStore) -> None:
    done = await asyncio.gather(*(kept(delivery, submission(number)) for number in range(1, 9)))
    assert sum(done) == MOST


async def test_what_was_submitted_lately_is_told_for_places_that_have_any(delivery: DeliveryStore) -> None:
    assert await delivery.submitted([HERE], NOON - DAY) == {}
    for number, identity, place in [(1, ANA, HERE), (2, BEN, HERE), (1, BEN, ELSEWHERE), (3, ANA, NEXT_DOOR)]:
        assert await kept(delivery, submission(number, identity, place))
    assert await kept(delivery, submission(4, BEN, at=NOON + HOUR))
    many = [Place("discord", "1", str(number)) for number in range(1_200)]
    assert await delivery.submitted([*many, HERE, ELSEWHERE], NOON - HOUR) == {
        HERE: frozenset({paper_id(1), paper_id(2), paper_id(4)}),
        ELSEWHERE: frozenset({paper_id(1)}),
    }
    assert await delivery.submitted([HERE], NOON) == {HERE: frozenset({paper_id(4)})}
    assert await delivery.submitted([], NOON) == {}


async def test_a_hidden_one_is_out_of_sight_until_it_is_shown_again(delivery: DeliveryStore) -> None:
    assert await kept(delivery, submission(1))
    assert await kept(delivery, submission(1, place=NEXT_DOOR))
    assert await delivery.hide(HERE, paper_id(1), BEN, NOON + HOUR) is True
    assert await delivery.hide(HERE, paper_id(1), BEN, NOON + 2 * HOUR) is False
    both = [HERE, NEXT_DOOR]
    assert await delivery.submitted(both, NOON - HOUR) == {NEXT_DOOR: frozenset({paper_id(1)})}
    hidden = await delivery.submission(HERE, paper_id(1))
    assert hidden is not None
    assert hidden.hidden_at == NOON + HOUR
    assert await kept(delivery, submission(1, BEN)) is False, "who submits it again does not bring it back"
    assert await delivery.unhide(HERE, paper_id(1)) is True
    assert await delivery.unhide(HERE, paper_id(1)) is False
    assert set(await delivery.submitted(both, NOON - HOUR)) == set(both)
    assert await delivery.submission(HERE, paper_id(1)) == submission(1)


async def test_one_that_came_hidden_with_an_import_is_shown_again_too(
    store: Store, delivery: DeliveryStore
) -> None:
    hidden = Submission(paper_id(1), HERE, ANA, NOON, hidden_at=NOON + HOUR)
    await store.write(KeepRecords((hidden,)))
    assert await delivery.submitted([HERE], NOON - HOUR) == {}
    assert await delivery.unhide(HERE, paper_id(1)) is True
    assert await delivery.submitted([HERE], NOON - HOUR) == {HERE: frozenset({paper_id(1)})}


async def test_what_no_database_keeps_is_refused(delivery: DeliveryStore) -> None:
    with pytest.raises(ValueError, match=r"NUL|surrogate"):
        await kept(delivery, submission(1, note="a\0b"))
    assert await delivery.submission(HERE, paper_id(1)) is None
