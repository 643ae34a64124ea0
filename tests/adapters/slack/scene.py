"""What the tests of the Slack adapter share: a stand-in with a workspace, and the adapter over it."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from adapters.slack.client.tokens import OneWorkspace
from adapters.slack.client.web import Web
from adapters.slack.messenger import SlackMessenger
from adapters.slack.messenger.refs import read_ref
from bot.domain.deliveries import Delivery, DeliveryKind, MessageRef, Sent, delivery_key
from bot.domain.places import Place
from tests.adapters.discord.scene import CARD, SceneClock
from tests.fakes.slack_standin import Standin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.slack.messenger.refs import Ref
    from bot.domain.deliveries import FindResult, SendResult
    from bot.ports import Clock
    from tests.fakes.clock import FakeClock

__all__ = ["CARD"]

TEAM = "T1"
HERE = Place("slack", TEAM, "C1")
THERE = Place("slack", TEAM, "C2")
ANA, BEN, ROBOT = "UANA", "UBEN", "UROBOT"


@dataclass
class Scene:
    """A stand-in, and a messenger that speaks with it."""

    clock: FakeClock
    standin: Standin
    web: Web
    messenger: SlackMessenger

    def delivery(
        self, place: Place = HERE, kind: DeliveryKind = DeliveryKind.POST, subject: str = "firing"
    ) -> Delivery:
        """Return a delivery that is tried for the first time now."""
        now = self.clock.now()
        key = delivery_key(place, subject, kind)
        return Delivery(key, place, kind, now, attempt=1, first_tried_at=now)

    async def posted(self, place: Place = HERE, kind: DeliveryKind = DeliveryKind.POST) -> MessageRef:
        """Post the card, which must work, and return its message."""
        result = await self.messenger.send(self.delivery(place, kind), CARD)
        assert isinstance(result, Sent), result
        assert result.message is not None
        return result.message

    def on(self, message: MessageRef, kind: DeliveryKind, text: str = "") -> Delivery:
        """Return a delivery for a message that stands."""
        parent = self.delivery().key
        return replace(self.delivery(kind=kind), parent=parent, parent_message=message, text=text)


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
