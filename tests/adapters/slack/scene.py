"""What the tests of the Slack adapter share: a stand-in with a workspace, and the adapter over it."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from adapters.slack.client.tokens import OneWorkspace
from adapters.slack.client.web import Web
from adapters.slack.messenger import SlackMessenger
from adapters.slack.messenger.refs import read_ref
from bot.domain.deliveries import Sent
from bot.domain.places import Place
from tests.adapters.scenes import Posting, SceneClock
from tests.fakes.slack_standin import Standin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.slack.messenger.refs import Ref
    from bot.domain.deliveries import Delivery, FindResult, SendResult
    from bot.ports import Clock
    from tests.fakes.clock import FakeClock

TEAM = "T1"
HERE = Place("slack", TEAM, "C1")
THERE = Place("slack", TEAM, "C2")
ANA, BEN, ROBOT = "UANA", "UBEN", "UROBOT"


@dataclass
class Scene(Posting):
    """A stand-in, and a messenger that speaks with it."""

    here = HERE
    clock: FakeClock
    standin: Standin
    web: Web
    messenger: SlackMessenger

    def chatter(self, messages: int) -> None:
        """Let people say something."""
        for _ in range(messages):
            self.standin.show(HERE.channel, {"text": "chatter"}, ANA)

    async def looked_up(self, delivery: Delivery) -> FindResult:
        """Look a delivery up a minute later, when history may be read again in any case."""
        await self.clock.sleep(timedelta(minutes=1))
        return await self.messenger.find(delivery)


def ref(result: SendResult | FindResult) -> Ref:
    """Return which message was sent."""
    assert isinstance(result, Sent), result
    assert result.message is not None
    return read_ref(result.message)


def furnished(standin: Standin) -> Standin:
    """Add a workspace with channels and people."""
    standin.add_team(TEAM, "xoxb-secret")
    for place in (HERE, THERE):
        standin.add_channel(place.channel, TEAM)
    standin.add_user("UBOT", TEAM, is_bot=True)
    standin.add_user(ROBOT, TEAM, is_bot=True)
    standin.add_user(ANA, TEAM)
    standin.add_user(BEN, TEAM, tz="Asia/Tokyo")
    return standin


@asynccontextmanager
async def speaking(standin: Standin, clock: Clock, token: str = "xoxb-secret") -> AsyncIterator[Web]:
    """Open the adapter's way to a stand-in that is serving."""
    web = Web(standin.api_url, OneWorkspace(token), clock)
    try:
        yield web
    finally:
        await web.close()


@asynccontextmanager
async def a_scene() -> AsyncIterator[Scene]:
    """Set the scene; time passes only where somebody sleeps."""
    async with AsyncExitStack() as stack:
        clock = SceneClock()
        standin = furnished(Standin(clock, Random(1)))
        await stack.enter_async_context(standin.serving())
        web = await stack.enter_async_context(speaking(standin, clock))
        yield Scene(clock, standin, web, SlackMessenger(web, clock))
