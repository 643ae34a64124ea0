"""Socket Mode: what comes over a connection, and connections that end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.slack.client import sockets as client
from adapters.slack.client.sockets import UNTAKEN, Sockets
from bot.errors import PapersError, SettingsError
from tests.adapters.slack.scene import ANA
from tests.adapters.slack.service import Service, a_service, event, press, slash
from tests.contract.voting import votes_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_service() as it:
        it.start()
        await it.standin.sockets.connections()
        yield it


async def lost_at(service: Service) -> datetime | None:
    """Return until when events were last missed."""
    return await votes_over(service.house.store).lost_at("slack")


async def asked(service: Service, text: str = "today") -> str:
    before = len(service.standin.responses)
    ack = await service.standin.sockets.send(
        "slash_commands", slash(text, response_url=service.new_response())
    )
    assert ack == {}
    return str((await service.standin.responded(before + 1))[before])


async def test_a_command_is_acknowledged_and_answered(service: Service) -> None:
    assert "Paper 1: Long" in await asked(service)


async def test_events_and_buttons_are_acknowledged(service: Service) -> None:
    told = event(1, type="app_mention", user=ANA, text="<@UBOT> help", ts="5.000001", channel="C1")
    assert await service.standin.sockets.send("events_api", told) == {}
    assert await service.standin.sockets.send("interactive", press("x")) == {}


async def test_what_nothing_listens_to_is_acknowledged_too(service: Service) -> None:
    assert await service.standin.sockets.send("interactive", {"type": "view_closed", "view": {}}) == {}
    assert await service.standin.sockets.send("events_api", event(2, type="team_rename")) == {}
    assert await service.standin.sockets.send("something_new", {}) == {}


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
async def test_a_new_connection_comes_before_the_old_one_goes(service: Service, reason: str) -> None:
    began = await lost_at(service)
    service.house.wait(timedelta(minutes=1))
    await service.standin.sockets.disconnect(reason)
    await service.standin.sockets.connections(2)
    assert "Paper 1: Long" in await asked(service)
    assert await lost_at(service) == began, "nothing can have been missed"


async def test_where_no_new_connection_is_given_the_old_one_serves_on(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "RETRY_S", 0.01)
    service.standin.sockets.refusing = 3
    await service.standin.sockets.disconnect("warning")
    assert "Paper 1: Long" in await asked(service)
    await service.standin.sockets.connections(2)
    assert service.standin.sockets.opens == 5


async def test_a_connection_that_is_cut_is_opened_again(service: Service) -> None:
    began = await lost_at(service)
    assert began is not None, "before the start everything may have been missed"
    service.house.wait(timedelta(minutes=1))
    await service.standin.sockets.cut()
    async with asyncio.timeout(10):
        while service.standin.sockets.opens < 2:  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
    await service.standin.sockets.connections()
    assert "Paper 1: Long" in await asked(service)
    assert await lost_at(service) == began + timedelta(minutes=1)


async def test_a_message_that_makes_no_sense_ends_nothing(service: Service) -> None:
    for text in ("{", "[]", "null", '{"type": 5}', "x" * 1_000):
        await service.standin.sockets._sockets[-1].send_str(text)
    assert "Paper 1: Long" in await asked(service)


async def test_an_event_that_comes_over_two_connections_is_answered_once(service: Service) -> None:
    told = event(3, type="app_mention", user=ANA, text="<@UBOT> today", ts="5.000001", channel="C1")
    await service.standin.sockets.send("events_api", told)
    await service.standin.sockets.disconnect("warning")
    await service.standin.sockets.connections(2)
    await service.standin.sockets.send("events_api", told)
    await service.until_said()
    await service.slack.close()
    assert len(service.standin.ever) == 1


@pytest.mark.parametrize("token", ["xoxb-secret", "nonsense"])
async def test_a_wrong_app_token_is_one_sentence(service: Service, token: str) -> None:
    async def take(_payload: object) -> str:
        raise AssertionError

    async def lost() -> None:
        raise AssertionError

    sockets = Sockets(token, service.slack.web, take, lost)
    with pytest.raises(SettingsError, match="SLACK_APP_TOKEN"):
        await sockets.check_token()
    with pytest.raises(PapersError) as raised:
        await sockets.run(lambda: None)
    assert str(raised.value) == UNTAKEN
    assert token not in str(raised.value)
