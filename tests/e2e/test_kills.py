"""SIGKILL at random moments: nothing is lost, nothing is doubled. benchmarks/kills.py does more."""

from __future__ import annotations

from random import Random, SystemRandom
from typing import TYPE_CHECKING

from tests.fakes.killing import Plan, kill_often

if TYPE_CHECKING:
    from pathlib import Path


async def test_fifty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    seed = SystemRandom().randrange(10**6)  # the moments are never the same
    toll = await kill_often(tmp_path, Plan(kills=50), Random(seed))
    told = f"seed {seed}: {toll}"
    assert (toll.lost, toll.doubled, toll.unexpected, toll.unfinished, toll.faults) == (0, 0, 0, 0, []), told
    assert toll.kills > 50, told
    assert toll.left_unknown >= 20, told
    assert toll.look_ups >= 20, told
