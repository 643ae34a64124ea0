"""The answer to `submit`, kept as a posted message: a ballot that is edited like others, and no edition."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.answers import PaperPage, Ranked
from bot.domain.deliveries import DeliveryKind, MessageRef
from bot.domain.papers import Listed, Paper
from bot.domain.submission_cards import delivery_of_card, edition_of_card
from bot.ports.voting import CastVote
from bot.services.hiding import edit_of, hide
from tests.contract.making import ANA, BEN, HERE, HOUR, NEXT_DOOR, NOON, paper_id
from tests.contract.subscribing import (
    ballots,
    claimed,
    digest,
    done,
    edition,
    had_here,
    kept,
    planned,
    standing,
)
from tests.contract.voting import posted, reaction, votes_over

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.places import Place
    from bot.ports import Store
    from tests.contract.subscribing import DeliveryStore

CARD, AGAIN = MessageRef("8001/501"), MessageRef("8001/502")
LONG = timedelta(days=40)


def page(number: int = 1) -> PaperPage:
    listed = Listed(Paper(paper_id(number), title=f"Paper {number}"), upvotes=12)
    return PaperPage(Ranked(listed, ("12 upvotes",)), ("Submitted here.",))


async def shown(
    delivery: DeliveryStore, message: MessageRef, number: int = 1, place: Place = HERE, at: datetime = NOON
) -> bool:
    """Keep a card that stands as a message."""
    card = edition_of_card(page(number), place, message, at)
    return await delivery.keep_posted(card, delivery_of_card(card), message, at)


async def test_a_card_is_a_ballot_for_its_one_paper_and_kept_once(
    store: Store, delivery: DeliveryStore
) -> None:
    assert await shown(delivery, CARD) is True
    assert await shown(delivery, CARD, at=NOON + HOUR) is False
    assert await ballots(store) == [(CARD, 0, str(HERE), paper_id(1), NOON)]
    [ballot] = (await votes_over(store).ballots([CARD])).values()
    assert (ballot.place, dict(ballot.papers)) == (HERE, {0: paper_id(1)})
    [still_open] = await votes_over(store).open_ballots(HERE, NOON - HOUR)
    assert still_open.ballot.message == CARD


async def test_two_cards_of_one_paper_are_two_ballots_for_it(store: Store, delivery: DeliveryStore) -> None:
    await shown(delivery, CARD)
    await shown(delivery, AGAIN, at=NOON + HOUR)
    votes = votes_over(store)
    await votes.write(CastVote(reaction(CARD, ANA)), CastVote(reaction(AGAIN, ANA)))
    assert len(await votes.standing(paper_id(1), ANA)) == 2
    assert [each.edition for each in await delivery.showing(HERE, paper_id(1))] == [
        edition_of_card(page(), HERE, message, NOON).key for message in (AGAIN, CARD)
    ]


async def test_a_card_is_found_where_messages_are_brought_up_to_date(delivery: DeliveryStore) -> None:
    await shown(delivery, CARD)
    [found] = await delivery.posted("discord", NOON, NOON + HOUR)
    assert (found.kind, found.place, found.part) == (DeliveryKind.POST, HERE, 1)
    [kept_there] = (await delivery.editions([found.edition])).values()
    assert kept_there == edition_of_card(page(), HERE, CARD, NOON)
    assert await delivery.posted("slack", NOON, NOON + HOUR) == []


async def test_nothing_is_owed_for_a_card_that_stands(delivery: DeliveryStore) -> None:
    await shown(delivery, CARD)
    assert await claimed(delivery, NOON + HOUR) == []
    assert (await delivery.backlog("discord", NOON + HOUR)).waiting == 0


async def test_what_is_hidden_is_edited_on_its_cards_in_that_place_alone(delivery: DeliveryStore) -> None:
    await shown(delivery, CARD)
    await shown(delivery, AGAIN, at=NOON + HOUR)
    await shown(delivery, MessageRef("8002/1"), place=NEXT_DOOR)
    await shown(delivery, MessageRef("8001/503"), number=2)
    await hide(delivery, HERE, paper_id(1), BEN, NOON + 2 * HOUR)
    found: list[MessageRef | None] = []
    while owed := await claimed(delivery, NOON + 2 * HOUR):
        for each in owed:
            assert (each.kind, each.place) == (DeliveryKind.EDIT, HERE)
            found.append(each.parent_message)
            await delivery.settle(each, done(each.parent_message), NOON + 2 * HOUR)
    assert sorted(filter(None, found)) == [CARD, AGAIN]


async def test_the_place_has_not_had_its_paper_and_fares_as_its_editions_do(delivery: DeliveryStore) -> None:
    await shown(delivery, CARD, at=NOON - HOUR)
    assert await delivery.last_edition(HERE) is None
    assert await delivery.last_delivery(HERE) is None
    await posted(delivery, MessageRef("8001/99"), (2, 3))
    await shown(delivery, AGAIN, at=NOON + HOUR)
    last = await delivery.last_edition(HERE)
    assert last is not None
    assert [each.paper for each in last.papers] == [paper_id(2), paper_id(3)]
    told = await delivery.last_delivery(HERE)
    assert told is not None
    assert (told.done_at, told.papers) == (NOON, 2)
    assert await had_here(delivery) == {2, 3}


async def test_cards_are_forgotten_when_they_are_old_and_never_in_the_stead_of_an_edition(
    delivery: DeliveryStore,
) -> None:
    before = standing()
    await kept(delivery, before)
    firing = edition(before, (2,))
    await delivery.plan([planned(before, firing, digest(firing))])
    [tried] = await claimed(delivery)
    await delivery.settle(tried, done(), NOON)
    await shown(delivery, CARD, at=NOON + HOUR)
    await shown(delivery, MessageRef("8002/1"), place=NEXT_DOOR, at=NOON + HOUR)
    [card] = await delivery.showing(HERE, paper_id(1))
    await delivery.put([edit_of(card, paper_id(1), NOON + HOUR)])
    assert await delivery.forget(NOON + HOUR) == 0
    [edit] = await claimed(delivery, NOON + HOUR)
    await delivery.settle(edit, done(CARD), NOON + HOUR)
    while await delivery.forget(NOON + LONG):
        pass
    assert await delivery.showing(HERE, paper_id(1)) == []
    assert await delivery.showing(NEXT_DOOR, paper_id(1)) == []
    assert await delivery.editions([card.edition]) == {}
    assert await delivery.last_edition(HERE) == firing
    assert len(await delivery.showing(HERE, paper_id(2))) == 1
