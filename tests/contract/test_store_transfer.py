"""An export of any store goes into any other, and comes out the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.subscriptions import Standing, Subscription
from bot.domain.votes import Had
from bot.ports import KeepRecords
from bot.services.planning import Planner
from bot.services.transfer import export_lines, import_lines
from bot.services.transfer_lines import line_of
from tests.contract.conftest import opened
from tests.contract.making import (
    ANA,
    ELSEWHERE,
    FRIDAY,
    HERE,
    HOUR,
    NEXT_DOOR,
    NOON,
    THURSDAY,
    WEDNESDAY,
    entry,
    feed,
    paper_id,
    vote,
)
from tests.contract.records import FULL
from tests.contract.subscribing import delivery_over, kept, standing
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from pathlib import Path

    from bot.ports import Store


@pytest.mark.parametrize("target", ["memory", "sqlite", "postgres"])
async def test_an_export_goes_into_any_other_store(store: Store, target: str, tmp_path: Path) -> None:
    await store.write(KeepRecords((*FULL, *(vote(number, ANA, HERE) for number in range(10, 1210)))))
    lines = [line async for line in export_lines(store, delivery_over(store))]
    (tmp_path / "other").mkdir()
    async with opened(target, tmp_path / "other") as other:
        result = await import_lines(other, lines, NOON)
        assert sum(result.new.values()) == len(lines) == len(FULL) + 1200
        assert not result.already_there
        assert [line async for line in export_lines(other, delivery_over(other))] == lines
        assert [each async for each in other.records()] == [each async for each in store.records()]
        again = await import_lines(other, lines, NOON)
        assert (sum(again.new.values()), sum(again.already_there.values())) == (0, len(lines))


async def test_imported_subscriptions_begin_with_the_import(store: Store) -> None:
    """Every firing before it has had its edition where the export comes from, or is missed on purpose."""
    wished = [record for record in FULL if isinstance(record, Subscription)]
    await import_lines(store, [line_of(record) for record in wished], NOON)
    standings = [each async for each in delivery_over(store).all_subscriptions()]
    assert standings == [
        Standing(each, planned_until=NOON) for each in sorted(wished, key=lambda one: one.id)
    ]
    await import_lines(store, [line_of(record) for record in wished], NOON + HOUR)
    assert [each async for each in delivery_over(store).all_subscriptions()] == standings


async def test_what_places_had_before_an_import_is_not_brought_again(store: Store) -> None:
    had = [record for record in FULL if isinstance(record, Had)]
    await import_lines(store, [line_of(record) for record in had], NOON)
    found = await delivery_over(store).had([each.place for each in had], [each.paper for each in had])
    assert found == {each.place: frozenset({each.paper}) for each in had}


@pytest.mark.parametrize("target", ["memory", "sqlite", "postgres"])
async def test_the_first_edition_after_an_import_covers_what_came_since_the_last(
    store: Store, target: str, tmp_path: Path
) -> None:
    """The last firing was on Wednesday; the import is on Friday, whose own firing was before it."""
    kept_there = delivery_over(store)
    before = replace(standing(count=2), last_fired_at=NOON - 49 * HOUR)
    twin = replace(standing("twin", NEXT_DOOR, count=2), last_fired_at=NOON - HOUR)
    await kept(kept_there, before, twin, standing("new", ELSEWHERE, count=2))
    await store.write(KeepRecords((Had(HERE, paper_id(3), NOON),)))
    lines = [line async for line in export_lines(store, kept_there)]
    (tmp_path / "other").mkdir()
    async with opened(target, tmp_path / "other") as other:
        for day, number in ((WEDNESDAY, 1), (THURSDAY, 2), (FRIDAY, 3)):
            await other.write(feed(entry(number, upvotes=number), day=day, at=NOON - HOUR))
        assert not (await import_lines(other, lines, NOON)).faults
        kept_here = delivery_over(other)
        found = [each async for each in kept_here.all_subscriptions() if isinstance(each, Standing)]
        assert {each.subscription.id: each.last_fired_at for each in found} == {
            "morning": before.last_fired_at,
            "twin": twin.last_fired_at,
            "new": None,
        }
        clock = FakeClock(NOON)
        assert await Planner(other, kept_here, clock, HOUR).step() == 0
        clock.set(NOON + 67 * HOUR)  # nine o'clock in Paris, on Monday
        assert await Planner(other, kept_here, clock, HOUR).step() == 3
        editions = [await kept_here.last_edition(place) for place in (HERE, ELSEWHERE)]
        assert [[each.paper for each in edition.papers] for edition in editions if edition] == [
            [paper_id(2), paper_id(1)],
            [paper_id(3)],
        ]


async def test_a_subscription_that_gets_another_id_keeps_its_last_firing(store: Store) -> None:
    kept_here = delivery_over(store)
    await kept(kept_here, standing(place=NEXT_DOOR))
    line = line_of(standing().subscription, NOON - HOUR)
    await import_lines(store, [line], NOON)
    [imported] = [each for each in await kept_here.subscriptions(HERE) if isinstance(each, Standing)]
    assert imported.subscription.id != "morning"
    assert imported.last_fired_at == NOON - HOUR
