"""Answers that are files: given to whoever asked, and to nobody else."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.answers import Citation, DataFile
from bot.domain.papers import Listed, Paper, PaperId
from tests.adapters.discord.service import Service, a_service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.commands.desk import Desk
    from bot.commands.spec import Invocation

TEXT = '{"who": "Ana", "said": "`@everyone` → π"}\n' * 500


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_service(waits=True) as it:
        it.start()
        await it.connected()
        yield it


@pytest.mark.parametrize("is_late", [False, True])
async def test_a_file_is_given_to_the_asker_alone(service: Service, is_late: bool) -> None:
    may_go, is_asked = asyncio.Event(), asyncio.Event()

    async def handler(_ask: Invocation, _desk: Desk) -> DataFile:
        is_asked.set()
        await may_go.wait()
        return DataFile("All that is stored of you.", "data.json", TEXT)

    service.answers("my-data", handler)
    asked = await service.command("my-data")
    await is_asked.wait()
    if is_late:
        await service.clock.advance(timedelta(seconds=1.6))
        await asked.until(lambda it: it.first is not None)
    may_go.set()
    [seen] = (await asked.answered()).seen
    assert seen.is_private
    assert "All that is stored of you." in str(seen.body["embeds"])
    assert seen.body["attachments"] == [{"id": 0, "filename": "data.json", "shown": TEXT}]
    assert service.standin.faults == []


async def test_a_citation_of_very_many_authors_floods_no_channel(service: Service) -> None:
    text = (
        "@misc{many,\n  author = {" + " and ".join(f"{{Author {number}}}" for number in range(600)) + "}\n}\n"
    )

    async def handler(_ask: Invocation, _desk: Desk) -> Citation:
        return Citation(Listed(Paper(PaperId("hep-th/9901001"), "The Work of Many")), "bibtex", text)

    service.answers("cite", handler)
    [seen] = (await (await service.command("cite", paper="hep-th/9901001")).answered()).seen
    assert seen.is_private
    assert "hep-th/9901001" in str(seen.body["embeds"])
    assert seen.body["attachments"] == [{"id": 0, "filename": "hep-th-9901001.bib", "shown": text}]
    assert service.standin.faults == []
