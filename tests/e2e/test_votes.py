"""Votes are what Discord shows, whatever happens to the bot: the real process, killed and cut off."""

from __future__ import annotations

import signal
from random import Random
from typing import TYPE_CHECKING

from tests.e2e.processes import HASTY
from tests.fakes.reacting import Plan, react_often

if TYPE_CHECKING:
    from pathlib import Path

ENDINGS = signal.SIGKILL, signal.SIGTERM, signal.SIGKILL


async def test_every_paper_has_the_votes_that_discord_shows(tmp_path: Path) -> None:
    plan = Plan(
        people=40, papers=(3, 3, 2), endings=ENDINGS, cuts=("drop", "reconnect"), acts=120, program=HASTY
    )
    toll = await react_often(tmp_path, plan, Random(7))
    assert toll.wrong == {}
    assert (toll.starts, toll.cuts, toll.messages, toll.papers) == (4, 2, 6, 3)
    assert toll.votes > 3 * 20
    assert toll.presses > 100
    assert (toll.faults, toll.too_soon) == ([], 0)
