"""SIGKILL at random moments: nothing is lost, nothing is doubled. benchmarks/kills.py does more."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from tests.fakes.killing import Plan, kill_often

if TYPE_CHECKING:
    from pathlib import Path


async def test_fifty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    toll = await kill_often(tmp_path, Plan(kills=50), Random())  # unseeded: the moments are never the same
    assert (toll.lost, toll.doubled, toll.unfinished) == (0, 0, 0), toll
    assert toll.left_unknown >= 20, toll
    assert toll.look_ups >= 20, toll
