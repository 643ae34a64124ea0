"""The part of the bot that listens, over the stand-in: the real core, Bolt, sockets and signed requests."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from aiohttp import ClientSession, CookieJar, web

from adapters.slack.assembled import Slack, Ways
from bot.domain.papers import FeedEntry, Paper, PaperId
from tests.adapters.slack.scene import ANA, HERE, TEAM, furnished
from tests.commands.house import House
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_installations import MemoryInstallations
from tests.fakes.slack_standin import APP_TOKEN, Standin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from adapters.slack.client.sockets import Sockets

Json = Any

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


def signature(body: str, at: float, secret: str = SECRET) -> str:
    """Sign a body as Slack does (docs.slack.dev, Verifying requests from Slack)."""
    base = f"v0:{int(at)}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def slash(text: str, **more: str) -> Json:
    """Return what Slack sends of a command."""
    usual = {
        "token": "x",
        "team_id": TEAM,
        "team_domain": "lab",
        "channel_id": HERE.channel,
        "channel_name": "papers",
        "user_id": ANA,
        "user_name": "ana",
        "command": "/papers",
        "api_app_id": "A1",
        "is_enterprise_install": "false",
        "trigger_id": "13345224609.738474920.8088930838d88f008e0",
    }
    return {**usual, "text": text, **more}


def press(value: str, *, is_option: bool = False, **more: Json) -> Json:
    """Return what Slack sends of a button, or of a choice."""
    act: Json = {"type": "button", "action_id": "p1.1", "block_id": "b", "value": value}
    if is_option:
        act = {"type": "overflow", "action_id": "p1.1", "block_id": "b", "selected_option": {"value": value}}
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "lab"},
        "user": {"id": ANA, "username": "ana", "team_id": TEAM},
        "api_app_id": "A1",
        "container": {"type": "message", "message_ts": "1.000001", "channel_id": HERE.channel},
        "trigger_id": "1.2.3",
        "channel": {"id": HERE.channel, "name": "papers"},
        "message": {"type": "message", "ts": "1.000001"},
        "actions": [act],
        **more,
    }


def event(number: int, **told: Json) -> Json:
    """Return what Slack sends of an event."""
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": "A1",
        "event_id": f"Ev{number}",
        "event_time": 1,
        "event": told,
    }


def reaction(
    number: int,
    message: str,
    user: str = ANA,
    name: str = "+1",
    *,
    is_taken: bool = False,
    at: float = 1_777_000_000,
    **more: Json,
) -> Json:
    """Return what Slack sends of a reaction; `message` is as it was kept."""
    channel, ts = message.split("/")
    told = {
        "type": "reaction_removed" if is_taken else "reaction_added",
        "user": user,
        "reaction": name,
        "item_user": "UBOT",
        "item": {"type": "message", "channel": channel, "ts": ts},
        "event_ts": f"{at:.6f}",
    }
    return event(number, **{**told, **more})


def letters(count: int) -> str:
    """Return letters that are others each time."""
    return f"{next(_numbers):0{count}d}"


_numbers = iter(range(10**9))


@dataclass
class Service:
    """A stand-in, and the listening half of the bot."""

    house: House
    standin: Standin
    slack: Slack
    sockets: Sockets
    session: ClientSession
    url: str
    running: asyncio.Task[None] | None = None
    names: int = field(default=0)

    @property
    def delivery(self) -> MemoryDelivery:
        assert isinstance(self.house.desk.delivery, MemoryDelivery)
        return self.house.desk.delivery

    def start(self) -> None:
        """Connect over Socket Mode."""
        self.running = asyncio.create_task(self.sockets.run(lambda: None))

    def new_response(self) -> str:
        """Return a response URL that was not there before."""
        self.names += 1
        return self.standin.response_url(f"r{self.names}")

    async def post(self, body: str, *, kind: str = "json", **headers: str) -> tuple[int, str]:
        """Send a signed request, and return how it was answered."""
        now = self.house.clock.now().timestamp()
        form = "application/x-www-form-urlencoded"
        usual = {
            "Content-Type": "application/json" if kind == "json" else form,
            "X-Slack-Request-Timestamp": str(int(now)),
            "X-Slack-Signature": signature(body, now),
        }
        usual |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.post(
            f"{self.url}/slack/events", data=BytesIO(body.encode()), headers=usual
        ) as told:
            return told.status, await told.text()

    async def over_http(self, kind: str, payload: Json) -> tuple[int, str]:
        """Tell something over HTTP."""
        if kind == "slash_commands":
            return await self.post(urlencode(payload), kind="form")
        if kind == "interactive":
            return await self.post(urlencode({"payload": json.dumps(payload)}), kind="form")
        return await self.post(json.dumps(payload))

    async def command(self, text: str, **more: str) -> Json:
        """Let somebody type a command; return the answer."""
        return await self._answered("slash_commands", slash(text, response_url=self.new_response(), **more))

    async def press(self, value: str, **more: Json) -> Json:
        """Let somebody press a button; return the answer."""
        return await self._answered("interactive", press(value, response_url=self.new_response(), **more))

    async def _answered(self, kind: str, payload: Mapping[str, Json]) -> Json:
        before = len(self.standin.responses)
        assert await self.over_http(kind, payload) == (200, "")
        return (await self.standin.responded(before + 1))[before]

    async def until_said(self, count: int = 1) -> list[Json]:
        """Return what was posted, once it is so much."""
        async with asyncio.timeout(10):
            while len(self.standin.ever) < count:  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.01)
        return self.standin.ever


async def submitted(service: Service, text: str, **more: str) -> list[Json]:
    """Let somebody submit a paper; return the cards that stand in channels when that has been dealt with."""
    payload = slash(text, response_url=service.new_response(), **more)
    assert await service.over_http("slash_commands", payload) == (200, "")
    await service.slack.app(service.house.core, service.house.desk.office.voting).end()
    return service.standin.ever


def a_paper(number: int) -> FeedEntry:
    return FeedEntry(Paper(PaperId(f"2604.{number:05}"), f"Paper {number}: Long"), 100 - number)


@asynccontextmanager
async def a_service(managers: str = "members", ways: Ways | None = None) -> AsyncIterator[Service]:
    """Set up everything."""
    async with AsyncExitStack() as stack:
        house = House(letters=letters)
        await house.fetch(house.clock.now().date(), *(a_paper(number) for number in range(1, 31)))
        standin = furnished(Standin(house.clock, Random(1)))
        await stack.enter_async_context(standin.serving())
        assert isinstance(house.desk.delivery, MemoryDelivery)
        ways = ways or Ways(standin.api_url, "xoxb-secret", managers=managers)
        ways = replace(ways, api_url=standin.api_url)
        installations = MemoryInstallations(house.store)
        slack = Slack(ways, house.desk.delivery, installations, house.clock, letters)
        stack.push_async_callback(slack.close)
        app = slack.app(house.core, house.desk.office.voting)
        application = web.Application(client_max_size=1 << 20)
        application.add_routes([*slack.routes(SECRET, app), *slack.installing()])
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        session = await stack.enter_async_context(ClientSession(cookie_jar=CookieJar(unsafe=True)))
        sockets = slack.sockets(APP_TOKEN, app)
        service = Service(house, standin, slack, sockets, session, f"http://{host}:{port}")
        try:
            yield service
        finally:
            if service.running is not None:
                service.running.cancel()
                await asyncio.gather(service.running, return_exceptions=True)
