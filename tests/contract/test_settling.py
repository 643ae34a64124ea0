"""What becomes of deliveries that were claimed, and of what hangs on them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.deliveries import Delivery, DeliveryKind, DeliveryState, MessageRef, Settled
from bot.domain.subscriptions import Standing
from bot.ports import RememberList
from bot.ports.delivery import OutboxState
from tests.contract.making import ANA, BEN, ELSEWHERE, HERE, HOUR, NEXT_DOOR, NOON, paper_id
from tests.contract.subscribing import (
    LEASE,
    MESSAGE,
    MINUTE,
    ballots,
    claimed,
    digest,
    done,
    dropped,
    edition,
    had_here,
    kept,
    planned,
    post,
    posts,
    standing,
    thread,
    unknown,
    waiting,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.editions import Edition
    from bot.domain.papers import PaperId
    from bot.domain.places import Identity
    from bot.ports import Store
    from tests.contract.subscribing import DeliveryStore

FELL = "The message that it belongs to was not delivered."


async def owed(
    delivery: DeliveryStore, layout: Callable[[Edition], tuple[Delivery, ...]], *more: Delivery
) -> Edition:
    """Plan an edition of papers 1 to 3 in a layout, and put more deliveries beside it."""
    before = standing()
    await kept(delivery, before)
    firing = edition(before)
    assert list(await delivery.plan([planned(before, firing, layout(firing))])) == [True]
    await delivery.put(more)
    return firing


async def settled_first(delivery: DeliveryStore, settled: Settled) -> Delivery:
    """Claim what is first, and settle it."""
    (first, *_) = await claimed(delivery)
    assert await delivery.settle(first, settled, NOON)
    return first


ALL = [
    pytest.param(done(), id="done"),
    pytest.param(dropped(), id="dropped"),
    pytest.param(dropped(closes_place=True), id="closed"),
    pytest.param(waiting(NOON + HOUR), id="waiting"),
    pytest.param(unknown(NOON + HOUR), id="unknown"),
]


# --- The fence ----------------------------------------------------------------------


@pytest.mark.parametrize("settled", ALL)
async def test_nothing_is_written_where_the_lease_was_lost(
    settled: Settled, store: Store, delivery: DeliveryStore
) -> None:
    await owed(delivery, digest)
    (first,) = await claimed(delivery)
    assert await delivery.recover("discord", NOON + LEASE) == 1
    for _ in range(2):
        assert await delivery.settle(first, settled, NOON) is False
    (again,) = await claimed(delivery, NOON + LEASE)
    assert await delivery.settle(first, settled, NOON) is False
    assert (again.attempt, again.is_unknown) == (2, True)
    assert await had_here(delivery) == {1, 2, 3}
    assert await ballots(store) == []
    (unharmed,) = await delivery.subscriptions(HERE)
    assert isinstance(unharmed, Standing)
    assert unharmed.subscription.paused_at is None
    assert await delivery.settle(again, settled, NOON + LEASE) is True


@pytest.mark.parametrize("settled", ALL)
async def test_a_claim_is_settled_once(settled: Settled, delivery: DeliveryStore) -> None:
    await owed(delivery, digest)
    (first,) = await claimed(delivery)
    assert await delivery.settle(first, settled, NOON) is True
    assert await delivery.settle(first, settled, NOON) is False
    assert await delivery.settle(first, done(), NOON) is False


async def test_what_was_never_claimed_is_not_settled(store: Store, delivery: DeliveryStore) -> None:
    firing = await owed(delivery, digest)
    assert await delivery.settle(digest(firing)[0], done(), NOON) is False
    assert await delivery.settle(digest(firing)[0]._replace(key="unknown"), done(), NOON) is False
    assert await ballots(store) == []


async def test_a_lease_that_is_over_holds_until_somebody_takes_it(delivery: DeliveryStore) -> None:
    await delivery.put([post(HERE)])
    (first,) = await claimed(delivery)
    assert await delivery.settle(first, done(), NOON + 9 * HOUR) is True


# --- Done ---------------------------------------------------------------------------


async def test_a_digest_has_a_ballot_for_each_paper_by_its_number(
    store: Store, delivery: DeliveryStore
) -> None:
    await owed(delivery, digest)
    await settled_first(delivery, done())
    assert await ballots(store) == [
        (MESSAGE, number, str(HERE), paper_id(number), NOON) for number in (1, 2, 3)
    ]


@pytest.mark.parametrize("layout", [posts, thread])
async def test_a_message_of_one_paper_has_one_ballot_without_a_number(
    layout: Callable[[Edition], tuple[Delivery, ...]], store: Store, delivery: DeliveryStore
) -> None:
    await owed(delivery, layout)
    while tried := await claimed(delivery):
        message = MessageRef(f"{tried[0].kind}{tried[0].part}")
        await delivery.settle(tried[0], done(message), NOON + MINUTE)
    kind = "post" if layout is posts else "reply"
    assert await ballots(store) == [
        (f"{kind}{number}", 0, str(HERE), paper_id(number), NOON + MINUTE) for number in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    "kind", [DeliveryKind.NOTICE, DeliveryKind.EDIT, DeliveryKind.REACT, DeliveryKind.PUBLISH]
)
async def test_other_messages_have_no_ballots(
    kind: DeliveryKind, store: Store, delivery: DeliveryStore
) -> None:
    firing = await owed(delivery, lambda firing: (post(firing, kind),))
    assert (await settled_first(delivery, done())).edition == firing.key
    assert await ballots(store) == []


async def test_a_message_without_an_edition_has_no_ballots(store: Store, delivery: DeliveryStore) -> None:
    await delivery.put([post(HERE), post(NEXT_DOOR)._replace(edition="forgotten")])
    for each in await claimed(delivery):
        assert await delivery.settle(each, done(MessageRef(each.key)), NOON)
    assert await ballots(store) == []


async def test_a_part_that_no_paper_has_shows_none(store: Store, delivery: DeliveryStore) -> None:
    await owed(delivery, lambda firing: (post(firing, part=4),))
    await settled_first(delivery, done())
    assert await ballots(store) == []


async def test_a_message_that_was_deleted_since_is_done_and_its_papers_were_had(
    store: Store, delivery: DeliveryStore
) -> None:
    await owed(delivery, digest)
    await settled_first(delivery, done(None))
    assert await ballots(store) == []
    assert await had_here(delivery) == {1, 2, 3}
    assert await delivery.backlog("discord", NOON) == OutboxState(0)
    last = await delivery.last_delivery(HERE)
    assert last is not None
    assert (last.state, last.outcome) == (DeliveryState.DONE, "deleted since")


async def test_nobody_votes_on_a_message_that_may_show_another_edition(
    store: Store, delivery: DeliveryStore
) -> None:
    await owed(delivery, digest)
    await settled_first(delivery, replace(done(), shows_edition=False))
    assert await ballots(store) == []
    assert await had_here(delivery) == {1, 2, 3}


async def test_a_claim_of_another_sender_knows_the_papers_too(store: Store, delivery: DeliveryStore) -> None:
    """A sender may settle what it holds by an outbox that has not claimed it."""
    await owed(delivery, digest)
    (tried,) = await claimed(delivery)
    getattr(delivery, "_papers", {}).clear()
    assert await delivery.settle(tried, done(), NOON)
    assert len(await ballots(store)) == 3


# --- Dropped ------------------------------------------------------------------------


async def test_a_digest_that_is_dropped_gives_all_its_papers_back(delivery: DeliveryStore) -> None:
    await owed(delivery, digest)
    await settled_first(delivery, dropped())
    assert await had_here(delivery) == set()


async def test_of_several_posts_only_that_which_is_dropped_gives_its_paper_back(
    delivery: DeliveryStore,
) -> None:
    await owed(delivery, posts)
    await settled_first(delivery, done(MessageRef("1")))
    await settled_first(delivery, dropped())
    assert await had_here(delivery) == {1, 3}
    await settled_first(delivery, done(MessageRef("3")))
    assert await had_here(delivery) == {1, 3}


async def test_a_reply_that_is_dropped_leaves_the_rest_of_its_thread(delivery: DeliveryStore) -> None:
    await owed(delivery, thread)
    await settled_first(delivery, done(MessageRef("0")))
    assert (await settled_first(delivery, dropped())).part == 1
    assert await had_here(delivery) == {2, 3}
    assert [each.part for each in await claimed(delivery)] == [2]


async def test_a_thread_falls_with_its_heading(delivery: DeliveryStore) -> None:
    firing = await owed(delivery, thread)
    reply = thread(firing)[1]
    await delivery.put([post(HERE, DeliveryKind.REACT, parent=reply.key)])
    await settled_first(delivery, dropped("refused"))
    assert await had_here(delivery) == set()
    assert await claimed(delivery) == []
    assert await delivery.backlog("discord", NOON) == OutboxState(0)
    assert await delivery.dropped(NOON, NOON + MINUTE) == {"refused": 1, FELL: 4}


async def test_what_hangs_on_a_dropped_post_falls_with_it_and_nothing_else(delivery: DeliveryStore) -> None:
    firing = await owed(delivery, posts)
    first, second, _ = posts(firing)
    hanging = post(HERE, DeliveryKind.REACT, name="1", parent=first.key)
    other = post(HERE, DeliveryKind.REACT, name="2", parent=second.key)
    await delivery.put([hanging, other])
    await settled_first(delivery, dropped())
    await settled_first(delivery, done(MessageRef("2")))
    await settled_first(delivery, done(MessageRef("3")))
    assert [each.key for each in await claimed(delivery)] == [other.key]


@pytest.mark.parametrize(
    "kind", [DeliveryKind.NOTICE, DeliveryKind.EDIT, DeliveryKind.REACT, DeliveryKind.PUBLISH]
)
async def test_what_shows_no_papers_gives_none_back(kind: DeliveryKind, delivery: DeliveryStore) -> None:
    await owed(delivery, lambda firing: (post(firing, kind),))
    await settled_first(delivery, dropped())
    assert await had_here(delivery) == {1, 2, 3}


async def test_papers_given_back_may_come_again_and_are_not_given_back_twice(delivery: DeliveryStore) -> None:
    await owed(delivery, posts)
    await settled_first(delivery, dropped())
    (before,) = await delivery.subscriptions(HERE)
    assert isinstance(before, Standing)
    again = edition(before, (1,), at=NOON + HOUR)
    later = post(again, due_at=NOON + HOUR)
    assert list(await delivery.plan([planned(before, again, [later])])) == [True]
    (other,) = [each for each in await claimed(delivery) if each.edition != again.key]
    assert await delivery.settle(other, dropped(), NOON)
    assert 1 in await had_here(delivery)


async def test_other_places_keep_what_they_had(delivery: DeliveryStore) -> None:
    await owed(delivery, digest)
    elsewhere = standing("else", NEXT_DOOR)
    await kept(delivery, elsewhere)
    await delivery.plan([planned(elsewhere, edition(elsewhere), digest(edition(elsewhere)))])
    (here,) = [each for each in await claimed(delivery) if each.place == HERE]
    assert await delivery.settle(here, dropped(closes_place=True), NOON)
    assert await had_here(delivery, NEXT_DOOR) == {1, 2, 3}
    (unharmed,) = await delivery.subscriptions(NEXT_DOOR)
    assert isinstance(unharmed, Standing)
    assert unharmed.subscription.paused_at is None


# --- Closed places --------------------------------------------------------------------


async def test_a_place_that_closes_pauses_its_subscriptions_with_the_reason(delivery: DeliveryStore) -> None:
    paused = standing("paused", paused_at=NOON - HOUR, paused_until=NOON + HOUR)
    rested = standing("rested", paused_at=NOON - 2 * HOUR, paused_until=NOON)
    await kept(delivery, paused, standing("second"), rested)
    await owed(delivery, digest)
    await settled_first(delivery, dropped("The channel is gone. \0", closes_place=True))
    found = {
        each.subscription.id: each.subscription
        for each in await delivery.subscriptions(HERE)
        if isinstance(each, Standing)
    }
    assert found["paused"] == paused.subscription
    for name in ("morning", "second", "rested"):
        assert (found[name].paused_at, found[name].paused_until) == (NOON, None)
        assert found[name].pause_reason.strip(" \0") == "The channel is gone."
    due = await delivery.due(NOON + 9 * HOUR, 10)
    assert list(due) == [paused]


async def test_a_place_that_closes_is_owed_nothing_any_more(delivery: DeliveryStore) -> None:
    firing = await owed(delivery, posts)
    child = post(NEXT_DOOR, DeliveryKind.REPLY, parent=posts(firing)[2].key)
    await delivery.put(
        [child, post(HERE, DeliveryKind.NOTICE), post(HERE, due_at=NOON + HOUR), post(ELSEWHERE)]
    )
    await settled_first(delivery, done(MessageRef("1")))
    await settled_first(delivery, dropped("gone", closes_place=True))
    assert await had_here(delivery) == {1}
    assert await claimed(delivery, NOON + 9 * HOUR) == []
    assert await delivery.dropped(NOON, NOON + MINUTE) == {"gone": 4, FELL: 1}
    assert [each.place for each in await claimed(delivery, platform="slack")] == [ELSEWHERE]


async def test_what_is_being_sent_to_a_place_that_closes_settles_by_itself(delivery: DeliveryStore) -> None:
    await delivery.put([post(HERE, DeliveryKind.NOTICE)])
    (notice,) = await claimed(delivery)
    await owed(delivery, digest)
    await settled_first(delivery, dropped("gone", closes_place=True))
    assert await delivery.settle(notice, done(), NOON) is True


async def test_an_unknown_outcome_falls_when_its_place_closes(delivery: DeliveryStore) -> None:
    await owed(delivery, digest)
    await settled_first(delivery, unknown(NOON + HOUR))
    await delivery.put([post(HERE, DeliveryKind.THREAD, due_at=NOON - HOUR)])
    await settled_first(delivery, dropped("gone", closes_place=True))
    assert await had_here(delivery) == set()
    assert await claimed(delivery, NOON + 9 * HOUR) == []


async def test_an_outcome_may_hold_any_text(delivery: DeliveryStore) -> None:
    await owed(delivery, digest)
    await settled_first(delivery, dropped("What it said: \0 \ud800 “ünal”"))
    last = await delivery.last_delivery(HERE)
    assert last is not None
    assert last.outcome.startswith("What it said:")
    assert last.outcome.endswith("“ünal”")


# --- Whose numbers are meant --------------------------------------------------------


async def numbered(store: Store) -> tuple[list[PaperId], bool] | None:
    """Return what Ana means by a number, and whether it is her own list."""
    shown = await store.remembered(HERE, ANA, NOON - HOUR)
    return (list(shown.papers), shown.own) if shown else None


async def test_what_was_posted_is_a_public_list_whose_numbers_count(
    store: Store, delivery: DeliveryStore
) -> None:
    await store.write(RememberList(HERE, BEN, (paper_id(9),), NOON - 24 * HOUR, public=True))
    await owed(delivery, digest)
    assert await numbered(store) == ([paper_id(9)], False), "nobody has seen it yet"
    await settled_first(delivery, done())
    assert await numbered(store) == ([paper_id(1), paper_id(2), paper_id(3)], False)
    assert await store.remembered(NEXT_DOOR, ANA, NOON) is None

    await store.write(RememberList(HERE, ANA, (paper_id(8),), NOON - 9 * MINUTE, public=False))
    assert await numbered(store) == ([paper_id(8)], True)


async def test_what_could_not_be_posted_has_no_numbers(store: Store, delivery: DeliveryStore) -> None:
    await owed(delivery, digest)
    await settled_first(delivery, dropped())
    assert await numbered(store) is None


@pytest.mark.parametrize("first", [ANA, BEN])
async def test_of_two_public_lists_of_one_moment_always_the_same_counts(
    store: Store, first: Identity
) -> None:
    numbers = {ANA: (paper_id(1),), BEN: (paper_id(2),)}
    for who in (first, *(numbers.keys() - {first})):
        await store.write(RememberList(HERE, who, numbers[who], NOON - 24 * HOUR, public=True))
    assert await numbered(store) == ([paper_id(2)], False)
