from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.deliveries import Delivery, DeliveryKind
from bot.domain.editions import EditionKind
from bot.domain.places import Place
from bot.domain.subscriptions import Standing
from bot.domain.votes import Had
from bot.ports import KeepRecords
from bot.ports.delivery import Broken, Change, Planned, Saved, SourceHealth
from tests.contract.making import ELSEWHERE, HERE, HOUR, NEXT_DOOR, NOON, paper_id
from tests.contract.subscribing import (
    CAPS,
    MINUTE,
    changed,
    claimed,
    digest,
    done,
    edition,
    had_here,
    kept,
    planned,
    post,
    posts,
    spoil,
    standing,
    thread,
)

if TYPE_CHECKING:
    from bot.ports import Store
    from tests.contract.subscribing import DeliveryStore


async def due(delivery: DeliveryStore, now: datetime = NOON, limit: int = 100) -> list[str]:
    found = await delivery.due(now, limit)
    return [each.id if isinstance(each, Broken) else each.subscription.id for each in found]


async def only(delivery: DeliveryStore) -> Standing:
    (found,) = await delivery.subscriptions(HERE)
    assert isinstance(found, Standing)
    return found


async def all_delivered(delivery: DeliveryStore) -> list[Delivery]:
    """Deliver everything that is owed on Discord, and return it in that order."""
    delivered = []
    while some := await claimed(delivery):
        for each in some:
            assert await delivery.settle(each, done(), NOON)
        delivered += some
    return delivered


# --- What is due ------------------------------------------------------------------


async def test_who_is_due_comes_oldest_first_then_by_id(delivery: DeliveryStore) -> None:
    await kept(
        delivery,
        standing("now", next_at=NOON),
        standing("z", next_at=NOON - HOUR),
        standing("a", next_at=NOON - HOUR),
        standing("at once", next_at=None),
        standing("later", next_at=NOON + timedelta(microseconds=1)),
    )
    assert await due(delivery) == ["at once", "a", "z", "now"]
    assert await due(delivery, limit=2) == ["at once", "a"]
    assert await due(delivery, NOON - HOUR) == ["at once", "a", "z"]


async def test_who_is_due_comes_as_it_stands(delivery: DeliveryStore) -> None:
    await kept(delivery, standing())
    assert list(await delivery.due(NOON, 10)) == [standing()]


async def test_who_is_paused_is_not_due_until_the_pause_is_over(delivery: DeliveryStore) -> None:
    await kept(
        delivery,
        standing("for ever", paused_at=NOON - HOUR),
        standing("for now", paused_at=NOON - HOUR, paused_until=NOON),
    )
    assert await due(delivery, NOON - MINUTE) == []
    assert await due(delivery, NOON) == ["for now"]


async def test_a_broken_row_is_due_once_and_then_left_out(store: Store, delivery: DeliveryStore) -> None:
    await kept(delivery, standing("bad"), standing("good"))
    await spoil(store, "bad", "days", "nonsense")
    (bad, good) = await delivery.due(NOON, 10)
    assert good == standing("good")
    assert isinstance(bad, Broken)
    await delivery.set_aside(Broken(bad.id, bad.place, "Its days \0 make no sense."))
    assert await due(delivery) == ["good"]
    here = await delivery.subscriptions(HERE)
    assert [each.id for each in here if isinstance(each, Broken)] == ["bad"]


async def test_a_row_whose_next_look_cannot_be_read_is_due(store: Store, delivery: DeliveryStore) -> None:
    await kept(delivery, standing("bad", next_at=None), standing("good", next_at=NOON + HOUR))
    await spoil(store, "bad", "next_at", 10**18)
    assert await due(delivery) == ["bad"]


async def test_setting_aside_what_is_not_there_does_nothing(delivery: DeliveryStore) -> None:
    await delivery.set_aside(Broken("gone", str(HERE), "It is gone."))
    await kept(delivery, standing("gone"))
    assert await due(delivery) == ["gone"]


# --- Plans --------------------------------------------------------------------------


async def test_a_plan_is_written_whole(delivery: DeliveryStore) -> None:
    before = standing()
    await kept(delivery, before)
    firing = edition(before)
    plan = planned(before, firing, thread(firing))
    assert list(await delivery.plan([plan])) == [True]
    assert await only(delivery) == plan.after
    assert await delivery.editions([firing.key, "another"]) == {firing.key: firing}
    assert await had_here(delivery) == {1, 2, 3}
    owed = [each._replace(attempt=0, first_tried_at=None) for each in await all_delivered(delivery)]
    assert [each._replace(parent_message=None) for each in owed] == list(plan.deliveries)


async def test_all_of_standing_is_written(delivery: DeliveryStore) -> None:
    before = standing(paused_at=NOON - HOUR, paused_until=NOON, pause_reason="The channel was gone.")
    await kept(delivery, before)
    wished = replace(before.subscription, paused_at=None, paused_until=None, pause_reason="")
    after = Standing(wished, NOON + MINUTE, None, NOON, "line", NOON - HOUR)
    assert list(await delivery.plan([Planned(before, after)])) == [True]
    assert await only(delivery) == after
    assert list(await delivery.plan([Planned(after, after._replace(next_at=NOON))])) == [True]


async def test_without_an_edition_only_the_subscription_moves_on(delivery: DeliveryStore) -> None:
    before = standing()
    await kept(delivery, before)
    assert list(await delivery.plan([planned(before)])) == [True]
    assert await only(delivery) == planned(before).after
    assert await claimed(delivery) == []
    assert await due(delivery) == []


async def test_an_edition_without_papers_holds_its_reason(delivery: DeliveryStore) -> None:
    before = standing()
    await kept(delivery, before)
    empty = edition(before, (), reason="Nothing passed the filter.")
    line = post(empty, DeliveryKind.NOTICE, text="Nothing passed the filter.")
    assert list(await delivery.plan([planned(before, empty, [line])])) == [True]
    assert await delivery.last_edition(HERE) == empty
    assert (await claimed(delivery))[0].text == "Nothing passed the filter."


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(changed(standing(), count=3), id="changed"),
        pytest.param(changed(standing(), paused_at=NOON), id="paused"),
        pytest.param(Change(standing(), None), id="removed"),
        pytest.param(Change(standing(), standing(next_at=None)), id="to be looked at"),
        pytest.param(Change(standing(), standing(planned_until=NOON + MINUTE)), id="begun anew"),
    ],
)
async def test_nothing_is_written_for_who_has_changed_meanwhile(
    change: Change, delivery: DeliveryStore
) -> None:
    await kept(delivery, standing())
    firing = edition(standing())
    assert await delivery.change([change], CAPS, None) is Saved.DONE
    assert list(await delivery.plan([planned(standing(), firing, digest(firing))])) == [False]
    assert list(await delivery.subscriptions(HERE)) == ([change.after] if change.after else [])
    assert await delivery.last_edition(HERE) is None
    assert await had_here(delivery) == set()
    assert await claimed(delivery) == []


@pytest.mark.parametrize(
    "moved",
    [
        {"planned_until": NOON + MINUTE},
        {"next_at": NOON + HOUR},
        {"last_fired_at": NOON},
        {"empty_line": "line"},
        {"told_fault_since": NOON},
    ],
)
async def test_nothing_is_written_for_who_was_planned_meanwhile(
    moved: dict[str, object], delivery: DeliveryStore
) -> None:
    await kept(delivery, standing())
    after = standing()._replace(**moved)  # type: ignore[arg-type]
    assert list(await delivery.plan([Planned(standing(), after)])) == [True]
    firing = edition(standing())
    assert list(await delivery.plan([planned(standing(), firing, digest(firing))])) == [False]
    assert await only(delivery) == after
    assert await claimed(delivery) == []


async def test_the_same_plan_twice_is_one_edition(delivery: DeliveryStore) -> None:
    before = standing()
    await kept(delivery, before)
    firing = edition(before)
    plan = planned(before, firing, digest(firing))
    assert list(await delivery.plan([plan, plan])) == [True, False]
    assert len(await all_delivered(delivery)) == 1


async def test_an_edition_that_is_there_lets_only_the_subscription_move_on(delivery: DeliveryStore) -> None:
    before = standing()
    await kept(delivery, before)
    first = edition(before, (1, 2))
    assert list(await delivery.plan([Planned(before, before, first, digest(first))])) == [True]
    again = first._replace(papers=edition(before, (3, 4)).papers)
    plan = planned(before, again, posts(again))
    assert list(await delivery.plan([plan])) == [False]
    assert await only(delivery) == plan.after
    assert await delivery.editions([first.key]) == {first.key: first}
    assert await had_here(delivery) == {1, 2}
    assert [each.part for each in await all_delivered(delivery)] == [0]


async def test_an_edition_that_is_there_moves_nobody_who_has_changed(delivery: DeliveryStore) -> None:
    before = standing()
    await kept(delivery, before)
    firing = edition(before)
    assert list(await delivery.plan([planned(before, firing)])) == [True]
    assert list(await delivery.plan([planned(before, firing)])) == [False]
    assert await only(delivery) == planned(before, firing).after


async def test_no_place_gets_a_paper_twice(delivery: DeliveryStore) -> None:
    morning, evening, elsewhere = standing("morning"), standing("evening"), standing("else", ELSEWHERE)
    await kept(delivery, morning, evening, elsewhere)
    first, second, third = (
        edition(each, papers) for each, papers in [(morning, (1, 2)), (evening, (2, 3)), (elsewhere, (1, 2))]
    )
    plans = [planned(morning, first), planned(evening, second, posts(second)), planned(elsewhere, third)]
    assert list(await delivery.plan(plans)) == [True, False, True]
    assert await had_here(delivery) == {1, 2}
    assert await had_here(delivery, ELSEWHERE) == {1, 2}
    assert evening in await delivery.subscriptions(HERE)
    assert await delivery.editions([second.key]) == {}
    again = edition(evening, (3, 4))
    assert list(await delivery.plan([planned(evening, again)])) == [True]
    assert await had_here(delivery) == {1, 2, 3, 4}


async def test_a_paper_that_was_imported_as_had_is_not_brought(store: Store, delivery: DeliveryStore) -> None:
    before = standing()
    await kept(delivery, before)
    await store.write(KeepRecords((Had(HERE, paper_id(2), NOON - HOUR),)))
    assert list(await delivery.plan([planned(before, edition(before))])) == [False]
    assert list(await delivery.plan([planned(before, edition(before, (1, 3)))])) == [True]


@pytest.mark.parametrize("kind", [kind for kind in EditionKind if kind is not EditionKind.SCHEDULED])
async def test_only_scheduled_editions_read_and_write_what_was_had(
    kind: EditionKind, delivery: DeliveryStore
) -> None:
    before = standing()
    await kept(delivery, before)
    recap = edition(before, kind=kind)
    plan = planned(before, recap)
    assert list(await delivery.plan([plan])) == [True]
    assert await had_here(delivery) == set()
    scheduled = edition(before, at=NOON + HOUR)
    next_plan = planned(plan.after, scheduled)
    assert list(await delivery.plan([next_plan])) == [True]
    later = edition(before, kind=kind, at=NOON + 2 * HOUR)
    assert list(await delivery.plan([planned(next_plan.after, later)])) == [True]


async def test_one_that_fails_takes_no_other_along(delivery: DeliveryStore) -> None:
    standings = [standing(f"{number:03}", Place("discord", str(number), "1")) for number in range(7)]
    await kept(delivery, *standings)
    plans = [planned(each, edition(each)) for each in standings]
    plans[3] = plans[3]._replace(before=standings[3]._replace(next_at=None))
    assert list(await delivery.plan(plans)) == [True, True, True, False, True, True, True]


async def test_more_plans_than_one_transaction_holds_are_all_written(delivery: DeliveryStore) -> None:
    places = [Place("discord", str(number), "1") for number in range(600)]
    standings = [
        standing(f"{name}{number:04}", place) for number, place in enumerate(places) for name in "ab"
    ]
    await kept(delivery, *standings)
    plans = [
        planned(each, edition(each, (1,) if each.subscription.id[0] == "a" else (2,))) for each in standings
    ]
    assert list(await delivery.plan(plans)) == [True] * 1_200
    had = await delivery.had(places, [paper_id(number) for number in range(4)])
    assert had == dict.fromkeys(places, frozenset({paper_id(1), paper_id(2)}))


async def test_no_plan_is_no_work(delivery: DeliveryStore) -> None:
    assert list(await delivery.plan([])) == []


async def test_a_line_that_is_edited_later_needs_the_message_of_an_earlier_edition(
    delivery: DeliveryStore,
) -> None:
    before = standing()
    await kept(delivery, before)
    empty = edition(before, (), reason="Nothing came.")
    line = post(empty, DeliveryKind.NOTICE, text="Nothing came.")
    plan = planned(before, empty, [line])
    await delivery.plan([plan])
    await all_delivered(delivery)
    later = edition(before, (), at=NOON + HOUR, reason="Nothing came again.")
    edit = post(later, DeliveryKind.EDIT, parent=line.key, text="Nothing came again.")
    assert list(await delivery.plan([planned(plan.after, later, [edit])])) == [True]
    (tried,) = await claimed(delivery)
    assert (tried.key, tried.parent_message) == (edit.key, done().message)


async def test_children_may_stand_before_their_parents(delivery: DeliveryStore) -> None:
    before = standing()
    await kept(delivery, before)
    firing = edition(before)
    assert list(await delivery.plan([planned(before, firing, thread(firing)[::-1])])) == [True]
    delivered = [(each.kind, each.part) for each in await all_delivered(delivery)]
    assert delivered == [
        (DeliveryKind.THREAD, 0),
        (DeliveryKind.REPLY, 1),
        (DeliveryKind.REPLY, 2),
        (DeliveryKind.REPLY, 3),
    ]


# --- What places have had -------------------------------------------------------------


async def test_what_was_had_is_told_for_what_is_asked(store: Store, delivery: DeliveryStore) -> None:
    had = [Had(HERE, paper_id(1), NOON), Had(HERE, paper_id(2), NOON), Had(ELSEWHERE, paper_id(1), NOON)]
    await store.write(KeepRecords(tuple(had)))
    many = [Place("discord", "1", str(number)) for number in range(1_200)]
    assert await delivery.had([*many, HERE, ELSEWHERE, NEXT_DOOR], [paper_id(1), paper_id(9)]) == {
        HERE: frozenset({paper_id(1)}),
        ELSEWHERE: frozenset({paper_id(1)}),
    }
    assert await delivery.had([], [paper_id(1)]) == {}
    assert await delivery.had([HERE], []) == {}


async def test_more_papers_than_one_question_takes(store: Store, delivery: DeliveryStore) -> None:
    await store.write(KeepRecords((Had(HERE, paper_id(1_100), NOON),)))
    asked = [paper_id(number) for number in range(1_200)]
    assert await delivery.had([HERE], asked) == {HERE: frozenset({paper_id(1_100)})}


# --- Sources ------------------------------------------------------------------------


async def test_how_a_source_answers_is_kept(delivery: DeliveryStore) -> None:
    assert await delivery.source_health("Hugging Face") == SourceHealth()
    down = SourceHealth(NOON - HOUR, NOON, "did not answer within 10 seconds")
    await delivery.record_health("Hugging Face", down)
    await delivery.record_health("arXiv", SourceHealth(NOON))
    assert await delivery.source_health("Hugging Face") == down
    await delivery.record_health("Hugging Face", SourceHealth(NOON + HOUR))
    assert await delivery.source_health("Hugging Face") == SourceHealth(NOON + HOUR)
    assert await delivery.source_health("arXiv") == SourceHealth(NOON)
