"""An export of any store goes into any other, and comes out the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.subscriptions import Standing, Subscription
from bot.domain.votes import Had
from bot.ports import KeepRecords
from bot.services.transfer import export_lines, import_lines
from bot.services.transfer_lines import line_of
from tests.contract.conftest import opened
from tests.contract.making import ANA, HERE, HOUR, NOON, vote
from tests.contract.records import FULL
from tests.contract.subscribing import delivery_over

if TYPE_CHECKING:
    from pathlib import Path

    from bot.ports import Store


@pytest.mark.parametrize("target", ["memory", "sqlite", "postgres"])
async def test_an_export_goes_into_any_other_store(store: Store, target: str, tmp_path: Path) -> None:
    await store.write(KeepRecords((*FULL, *(vote(number, ANA, HERE) for number in range(10, 1210)))))
    lines = [line async for line in export_lines(store)]
    (tmp_path / "other").mkdir()
    async with opened(target, tmp_path / "other") as other:
        result = await import_lines(other, lines, NOON)
        assert sum(result.new.values()) == len(lines) == len(FULL) + 1200
        assert not result.already_there
        assert [line async for line in export_lines(other)] == lines
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
