"""An export of any store goes into any other, and comes out the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.ports import KeepRecords
from bot.services.transfer import export_lines, import_lines
from tests.contract.conftest import opened
from tests.contract.making import ANA, HERE, NOON, vote
from tests.contract.records import FULL

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
