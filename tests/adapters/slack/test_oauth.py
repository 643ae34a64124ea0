"""Workspaces that install the bot from a link, and the tokens that they give."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.slack.assembled import Ways
from adapters.slack.client.tokens import RENEWED_BEFORE, Installed
from adapters.slack.client.web import Answered
from adapters.slack.commands.manifest import SCOPES
from bot.domain.deliveries import Delivery, DeliveryKind, Reach, Sent, Throttled
from bot.domain.places import Identity, Place
from bot.errors import StoreError
from tests.adapters.scenes import CARD
from tests.adapters.slack.scene import ANA
from tests.adapters.slack.service import Service, a_service, event, slash
from tests.fakes.slack_oauth import CLIENT_ID, CLIENT_SECRET

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientResponse

Json = Any

NEW = "T7"
THERE = Place("slack", NEW, "C7")
AUTHORIZE = "https://slack.example/oauth/v2/authorize"


@asynccontextmanager
async def a_hosted_service() -> AsyncIterator[Service]:
    """Set up a service that any workspace may install."""
    async with a_service(ways=Ways("", "", CLIENT_ID, CLIENT_SECRET, AUTHORIZE)) as it:
        it.standin.add_user(ANA, NEW)
        it.standin.add_channel(THERE.channel, NEW)
        yield it


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_hosted_service() as it:
        yield it


async def begun(service: Service) -> str:
    """Begin an installation in this browser; return its state."""
    got = await service.session.get(f"{service.url}/slack/install", allow_redirects=False)
    assert got.status == 302
    asked = parse_qs(urlsplit(got.headers["Location"]).query)
    assert got.headers["Location"].startswith(AUTHORIZE)
    assert asked["client_id"] == [CLIENT_ID]
    assert asked["scope"] == [",".join(SCOPES)]
    assert "HttpOnly" in got.headers["Set-Cookie"]
    return asked["state"][0]


async def ended(service: Service, **query: str) -> ClientResponse:
    return await service.session.get(f"{service.url}/slack/oauth_redirect", params=query)


async def installed(service: Service) -> None:
    state = await begun(service)
    got = await ended(service, state=state, code=service.standin.oauth.grant(NEW))
    assert got.status == 200
    assert "Installed" in await got.text()


def seconds(service: Service) -> int:
    """Return now as Slack tells the time of an event."""
    return int(service.house.clock.now().timestamp())


def there(**more: str) -> Json:
    return slash("today", team_id=NEW, channel_id=THERE.channel, **more)


async def test_a_workspace_installs_the_bot_and_uses_it(service: Service) -> None:
    unknown = there(response_url=service.new_response())
    assert (await service.over_http("slash_commands", unknown))[0] == 200
    service.house.wait(timedelta(seconds=1))
    await service.house.clock.sleep(timedelta(minutes=1))
    await installed(service)
    kept = await service.slack.installed.installation(NEW)
    assert kept is not None
    assert kept.installed_by == Identity(f"slack:{NEW}/{ANA}")
    assert kept.bot_user == "UBOT"
    known = there(response_url=service.new_response())
    assert (await service.over_http("slash_commands", known))[0] == 200
    [answer] = await service.standin.responded(1)
    assert "Paper 1" in str(answer["blocks"])


async def test_a_state_is_good_once(service: Service) -> None:
    state = await begun(service)
    jar = {each.key: each.value for each in service.session.cookie_jar}
    await ended(service, state=state, code=service.standin.oauth.grant(NEW))
    service.session.cookie_jar.update_cookies(jar)
    again = await ended(service, state=state, code=service.standin.oauth.grant(NEW))
    assert again.status == 400


async def test_a_state_is_good_for_ten_minutes(service: Service) -> None:
    state = await begun(service)
    service.house.wait(timedelta(minutes=10, seconds=1))
    assert (await ended(service, state=state, code=service.standin.oauth.grant(NEW))).status == 400


async def test_a_state_is_good_in_its_own_browser_alone(service: Service) -> None:
    state = await begun(service)
    service.session.cookie_jar.clear()
    assert (await ended(service, state=state, code=service.standin.oauth.grant(NEW))).status == 400
    assert await service.slack.installed.installation(NEW) is None


async def test_a_cookie_that_is_no_utf8_is_of_no_browser(service: Service) -> None:
    state = await begun(service)
    address = urlsplit(service.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    asked = f"GET /slack/oauth_redirect?state={state}&code=x HTTP/1.0\r\nHost: x\r\nCookie: papers_install="
    writer.write(asked.encode() + b"\xff\r\n\r\n")
    assert b" 400 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("state", ["", "x", "a.b.c", "..", "0.9999999999.ünal", "\u0000"])
async def test_a_state_that_is_none_is_refused(service: Service, state: str) -> None:
    service.session.cookie_jar.update_cookies({"papers_install": "x"})
    got = await ended(service, state=state, code=service.standin.oauth.grant(NEW))
    assert got.status == 400
    assert "<script" not in await got.text()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param({"error": "access_denied"}, 200, id="said no"),
        pytest.param({"code": "made-up"}, 502, id="a wrong code"),
        pytest.param({"code": "x" * 10_000}, 200, id="a long code"),
        pytest.param({}, 200, id="no code"),
    ],
)
async def test_what_is_no_installation_keeps_nothing(
    service: Service, query: dict[str, str], status: int
) -> None:
    state = await begun(service)
    if len(query.get("code", "")) > 5_000:
        query = {"code": "x" * 500}
    assert (await ended(service, state=state, **query)).status == status
    assert await service.slack.installed.installation(NEW) is None


async def test_a_store_that_does_not_answer_is_told(service: Service) -> None:
    async def broken(*_values: object) -> bool:
        raise StoreError("The database does not answer.")

    state = await begun(service)
    service.delivery.first_seen = broken  # type: ignore[method-assign, assignment]
    got = await ended(service, state=state, code=service.standin.oauth.grant(NEW))
    assert got.status == 503
    assert "The database does not answer." in await got.text()


async def test_a_workspace_that_comes_back_is_left_no_more(service: Service) -> None:
    await installed(service)
    told = event(1, type="app_uninstalled") | {"team_id": NEW, "event_time": seconds(service)}
    await service.over_http("events", told)
    async with asyncio.timeout(10):
        while NEW not in str(service.delivery.store.tables.left):  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.01)
    assert await service.slack.installed.installation(NEW) is None
    await installed(service)
    assert service.delivery.store.tables.left == {}


async def test_that_the_bot_was_removed_is_old_news_where_it_was_installed_again(service: Service) -> None:
    await installed(service)
    removed_at = seconds(service)
    service.house.wait(timedelta(minutes=5))
    await installed(service)
    told = event(1, type="app_uninstalled") | {"team_id": NEW, "event_time": removed_at}
    await service.over_http("events", told)
    await service.slack.close()
    assert service.delivery.store.tables.left == {}
    assert await service.slack.installed.installation(NEW) is not None


# --- Tokens that end -----------------------------------------------------------------------


def a_delivery(service: Service) -> Delivery:
    now = service.house.clock.now()
    return Delivery(f"k{now.timestamp()}", THERE, DeliveryKind.POST, now, attempt=1, first_tried_at=now)


async def test_a_token_is_renewed_before_it_ends(service: Service) -> None:
    service.standin.oauth.rotates = True
    await installed(service)
    first = await service.slack.installed.token(NEW)
    await service.slack.installed.renew_all()
    assert await service.slack.installed.token(NEW) == first

    service.house.wait(timedelta(hours=12) - RENEWED_BEFORE + timedelta(minutes=1))
    await service.slack.installed.renew_all()
    second = await service.slack.installed.token(NEW)
    assert second != first
    assert isinstance(await service.slack.messenger.send(a_delivery(service), CARD), Sent)

    await service.slack.installed.renew_all()
    assert await service.slack.installed.token(NEW) == second


async def test_of_several_processes_one_renews_a_token(service: Service) -> None:
    service.standin.oauth.rotates = True
    await installed(service)
    service.house.wait(timedelta(hours=11))
    one, slack = service.slack.installed, service.slack
    processes = [
        Installed(one._store, service.delivery, slack._refreshed, service.house.clock, f"process {number}")
        for number in range(5)
    ]
    await asyncio.gather(*(process.renew_all() for process in processes))
    asked = service.standin.asked("oauth.v2.access")
    assert [call.error for call in asked] == ["", ""]


async def test_a_token_that_cannot_be_renewed_stays_until_it_can(service: Service) -> None:
    service.standin.oauth.rotates = True
    await installed(service)
    first = await service.slack.installed.token(NEW)
    service.house.wait(timedelta(hours=11))
    good, service.slack.web.url = service.slack.web.url, "http://127.0.0.1:9/api/"
    await service.slack.installed.renew_all()
    assert await service.slack.installed.token(NEW) == first
    service.slack.web.url = good
    await service.slack.installed.renew_all()
    assert await service.slack.installed.token(NEW) != first


async def test_a_token_that_slack_says_is_over_is_renewed_and_the_call_made_once_more(
    service: Service,
) -> None:
    service.standin.oauth.rotates = True
    await installed(service)
    first = await service.slack.installed.token(NEW)
    assert first is not None
    service.standin.oauth.over.add(first)
    assert isinstance(await service.slack.messenger.send(a_delivery(service), CARD), Sent)
    assert len(service.standin.ever) == 1
    assert await service.slack.installed.token(NEW) != first


async def test_many_calls_that_find_a_token_over_renew_it_once(service: Service) -> None:
    service.standin.oauth.rotates = True
    await installed(service)
    first = await service.slack.installed.token(NEW)
    assert first is not None
    service.standin.oauth.over.add(first)
    asked = (service.slack.web.call(NEW, "auth.test") for _ in range(5))
    answers = await asyncio.gather(*asked)
    assert all(isinstance(answer, Answered) for answer in answers), answers
    renewals = service.standin.asked("oauth.v2.access")
    assert [call.error for call in renewals] == ["", ""], "the first is the installation's own"


async def test_a_token_that_is_over_and_cannot_be_renewed_lets_its_workspace_wait(service: Service) -> None:
    await installed(service)
    first = await service.slack.installed.token(NEW)
    assert first is not None
    service.standin.oauth.over.add(first)
    result = await service.slack.messenger.send(a_delivery(service), CARD)
    assert isinstance(result, Throttled)
    assert result.reach is Reach.SERVER


async def test_a_token_that_lasts_is_left_alone(service: Service) -> None:
    await installed(service)
    service.house.wait(timedelta(days=400))
    await service.slack.installed.renew_all()
    assert len(service.standin.asked("oauth.v2.access")) == 1


async def test_a_store_that_cannot_tell_the_token_loses_no_delivery(service: Service) -> None:
    async def broken(*_values: object) -> None:
        raise StoreError("The database does not answer.")

    service.slack.installed._store.installation = broken  # type: ignore[method-assign, assignment]
    result = await service.slack.messenger.send(a_delivery(service), CARD)
    assert "token could not be read" in str(result)
    assert getattr(result, "outcome_known", None) is True
