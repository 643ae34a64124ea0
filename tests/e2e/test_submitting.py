"""A paper that no list has, submitted from the shell beside the service, which posts it in the terminal."""

from __future__ import annotations

import asyncio
import json
import signal
from typing import TYPE_CHECKING

from tests.e2e.processes import done, papers, started
from tests.fakes.upstream import Upstream, running

if TYPE_CHECKING:
    from pathlib import Path

UNLISTED = "2601.00042"
"""arXiv knows it; Hugging Face does not."""


async def until_delivered(folder: Path) -> None:
    """Return once the last post is there."""
    async with asyncio.timeout(30):
        while True:
            status = json.loads(await asyncio.to_thread(done, folder, "status", "--json"))
            if status.get("last_delivery", {}).get("outcome") == "delivered":
                return


async def test_what_is_submitted_is_fetched_and_posted_once(tmp_path: Path) -> None:
    async with running(Upstream()) as upstream:
        ways = {"HUGGINGFACE_URL": upstream.url, "ARXIV_URL": upstream.url}
        async with started(tmp_path, "run", ways=ways) as service:
            # With the third question, for a day of the history, the first two lists are stored.
            await upstream.requests(3)
            submitted = await asyncio.to_thread(
                done, tmp_path, "submit", UNLISTED, "Fold it yourself", ways=ways
            )
            assert "Submitted here" in submitted
            assert "Note: “Fold it yourself”" in submitted
            await asyncio.to_thread(done, tmp_path, "subscribe", "--count", "25")
            await asyncio.to_thread(done, tmp_path, "preview", "--post")
            await until_delivered(tmp_path)
            again = await asyncio.to_thread(papers, tmp_path, "preview", "--json")
            await service.end(signal.SIGTERM)
        assert service.out.count(UNLISTED) >= 1
        assert service.out.count("submitted here") == 2, "in the note above the papers, and beside the paper"
        assert UNLISTED not in again.stdout, "the place has had it by then"
