"""What `papers doctor` says of a chat platform, whatever the platform is."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.cli import doctoring
from bot.domain.places import Place
from bot.ports import SourceFault
from bot.ports.checking import Finding, Health
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.cli.running import Papers

PLACES = [Place("discord", "1", str(number)) for number in range(11, 14)]


class Looked:
    """A platform whose token is well or not, and of whose places one lacks something."""

    def __init__(self, token: Health) -> None:
        self._token = token
        self.asked: list[Place] = []

    async def set_up(self) -> AsyncIterator[Finding]:
        yield Finding("Discord", self._token, "looked at")

    async def lacking(self, place: Place) -> str:
        self.asked.append(place)
        return "let me write there" if place == PLACES[1] else ""


async def lines(looked: Looked, places: list[Place]) -> list[str]:
    return [str(check) async for check in doctoring.checks_of("Discord", looked, places)]


async def test_places_are_told_by_what_they_lack() -> None:
    assert await lines(Looked(Health.WELL), PLACES) == [
        "ok    Discord: looked at",
        "wrong discord:1/12: let me write there",
        "wrong Discord places: 2 of 3 have all permissions",
    ]


async def test_of_many_places_some_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctoring, "MOST_PLACES", 1)
    looked = Looked(Health.NOTED)
    assert await lines(looked, PLACES) == [
        "note  Discord: looked at",
        "ok    Discord places: 1 of 1 have all permissions; 2 more places not looked at",
    ]
    assert looked.asked == PLACES[:1]


@pytest.mark.parametrize(("token", "places"), [(Health.WRONG, PLACES), (Health.WELL, [])])
async def test_no_place_is_asked_for_where_none_can_be(token: Health, places: list[Place]) -> None:
    looked = Looked(token)
    assert len(await lines(looked, places)) == 1
    assert not looked.asked


NOW = datetime(2026, 4, 24, 7, tzinfo=UTC)


class Probed:
    """A source that answers once all are asked."""

    def __init__(self, asked: asyncio.Barrier, answer: datetime | SourceFault) -> None:
        self._asked = asked
        self._answer = answer

    async def probe(self) -> datetime | SourceFault:
        await self._asked.wait()
        return self._answer


async def test_sources_are_waited_for_together() -> None:
    asked = asyncio.Barrier(2)
    down = Probed(asked, SourceFault("Hugging Face", "could not be reached"))
    found = await doctoring.source_checks({"Hugging Face": down, "arXiv": Probed(asked, NOW)}, FakeClock(NOW))
    assert [str(check) for check in found] == [
        "wrong Hugging Face: could not be reached; its address is set by HUGGINGFACE_URL",
        "ok    arXiv: answers",
        "ok    clock: agrees with the sources': 07:00 UTC",
    ]


def test_a_platform_without_a_token_is_wrong_where_something_is_owed_to_it(
    papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers("subscribe", "--place", "discord:1/2", "--tz", "Paris")
    monkeypatch.setenv("ADMIN_PLACE", "slack:T1/C1")
    out = papers("doctor").out
    assert (
        "wrong Discord: not set up, so nothing reaches 1 place there: DISCORD_TOKEN is its bot's token" in out
    )
    assert "wrong Slack: not set up, so nothing reaches 1 place there: SLACK_BOT_TOKEN is its" in out


def test_a_subscription_that_cannot_be_read_is_something_to_mend(papers: Papers) -> None:
    papers("subscribe")
    with closing(sqlite3.connect("papers.db")) as database, database:
        database.execute("UPDATE subscriptions SET id = 'k3f9x', tz = 'Mars/Base'")
    out = papers("doctor").out
    assert (
        "wrong subscription k3f9x of terminal:local/main: is left out. Its time zone cannot be read: "
        "“Mars/Base”. “papers unsubscribe k3f9x --place terminal:local/main” removes it\n"
    ) in out
