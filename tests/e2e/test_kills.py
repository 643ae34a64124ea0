"""SIGKILL at random moments: nothing is lost, nothing is doubled. benchmarks/kills.py does more."""

from __future__ import annotations

from contextlib import AsyncExitStack, suppress
from random import Random, SystemRandom
from typing import TYPE_CHECKING

import pytest

from tests.fakes.killing import Plan, kill_often
from tests.postgres import postgres_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def postgres() -> AsyncIterator[str | None]:
    """Return the address of an empty store; None where no server answers."""
    async with AsyncExitStack() as stack:
        url = None
        with suppress(pytest.skip.Exception):
            url = await stack.enter_async_context(postgres_url())
        yield url


async def test_fifty_kills_lose_and_double_nothing(tmp_path: Path, postgres: str | None) -> None:
    seed = SystemRandom().randrange(10**6)  # the moments are never the same
    toll = await kill_often(tmp_path, Plan(kills=50), Random(seed), postgres)
    told = f"seed {seed}: {toll}"
    assert (toll.lost, toll.doubled, toll.unexpected, toll.unfinished, toll.faults) == (0, 0, 0, 0, []), told
    assert toll.kills > 50, told
    assert toll.left_unknown >= 20, told
    assert toll.look_ups >= 20, told
