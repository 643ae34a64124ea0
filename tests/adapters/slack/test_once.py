"""The dispatcher over the stand-in: whatever goes wrong, each delivery is shown once, and none is lost."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from adapters.slack.client.web import Web
from adapters.slack.events.workspaces import FOR_WANT_OF_ENTRY
from adapters.slack.messenger import SlackMessenger
from adapters.slack.messenger.turns import RATES
from bot.domain.deliveries import DeliveryState, Rate
from bot.domain.places import Place
from tests.adapters import towns
from tests.adapters.slack.scene import ANA, TEAM, furnished, speaking
from tests.adapters.towns import check, delivered, kept, owed, processes_die, replies_are_lost, until_done
from tests.fakes.slack_methods import STRICT_PAGE
from tests.fakes.slack_standin import Mishap, Standin
from tests.fakes.socket_time import run_with_sockets
from tests.services.sending import How, a_notice, a_world

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from tests.fakes.virtual_time import VirtualClock


SURELY_NOT_DONE = (Mishap.DROPPED, Mishap.BROKEN, Mishap.BUSY, Mishap.BAD_GATEWAY, Mishap.LIMITED)


@dataclass
class Town(towns.Town):
    """A world whose platform is the stand-in."""

    standin: Standin

    async def messenger(self) -> SlackMessenger:
        """Return the messenger of a new process."""
        web = await self.stack.enter_async_context(speaking(self.standin, self.world.clock))
        return SlackMessenger(web, self.world.clock)


def place(number: int) -> Place:
    return Place("slack", TEAM, f"C{100 + number}")


PLACES = [place(number) for number in range(6)]

BUSY = 4
"""So many of them are busy, where that is what a story is about: they share what Slack lets one read."""


def in_town(story: Callable[[Town], Coroutine[Any, Any, None]], seed: int) -> None:
    """Run a story in virtual time, with real sockets."""

    async def told(clock: VirtualClock) -> None:
        standin = furnished(Standin(clock, Random(seed), latency_s=(0.05, 0.15)))
        for each in PLACES:
            standin.add_channel(each.channel, TEAM)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(standin.serving())
            await story(Town(a_world(clock, seed), standin, stack, PLACES))

    run_with_sockets(told)


@pytest.mark.parametrize("seed", range(4))
def test_each_is_shown_once_though_replies_are_lost(seed: int) -> None:
    in_town(lambda town: replies_are_lost(town, tuple(Mishap)), seed)


@pytest.mark.parametrize("seed", range(3))
def test_each_is_shown_once_though_processes_die(seed: int) -> None:
    mishaps = (Mishap.REPLY_LOST, Mishap.LATE, *SURELY_NOT_DONE)
    in_town(lambda town: processes_die(town, mishaps), seed)


def test_where_history_is_limited_the_look_up_waits_and_nothing_else() -> None:
    async def story(town: Town) -> None:
        town.standin.is_commercial = True
        town.standin.plan(Mishap.REPLY_LOST)
        town.standin.plan(Mishap.REPLY_LOST)
        deliveries = await owed(town)
        await delivered(town)
        assert [town.count(delivery) for delivery in deliveries] == [1] * len(deliveries)
        posts = [call.at for call in town.standin.asked("chat.postMessage")]
        assert sum(at - posts[0] < 40 for at in posts) >= len(deliveries) - 8

    in_town(story, 1)


def test_look_ups_that_share_what_may_be_read_end_in_busy_channels() -> None:
    async def story(town: Town) -> None:
        town.standin.is_commercial = True
        for each in PLACES[:BUSY]:
            town.standin.plan(Mishap.DROPPED)
            await town.world.put(a_notice(each, "news", town.world.clock.now()))
        talk = asyncio.create_task(talking(town))
        await delivered(town)
        talk.cancel()
        assert [town.count(delivery) for delivery in town.world.owed.values()] == [1] * BUSY

    in_town(story, 1)


async def talking(town: Town) -> None:
    """Let more be said in each channel, each minute, than may be read."""
    while True:
        for each in PLACES[:BUSY]:
            for _ in range(STRICT_PAGE + 1):
                town.standin.show(each.channel, {"text": "chatter"}, ANA)
        await asyncio.sleep(60)


def test_one_place_that_is_closed_holds_up_no_other() -> None:
    async def story(town: Town) -> None:
        deliveries = await owed(town)
        town.standin.refuse("not_in_channel", channel=place(0).channel)
        await delivered(town)
        elsewhere = [delivery for delivery in deliveries if delivery.place != place(0)]
        assert [town.count(delivery) for delivery in elsewhere] == [1] * len(elsewhere)
        paused = (await town.world.standing(place(0))).subscription
        assert paused.pause_reason in FOR_WANT_OF_ENTRY, "so it goes on when the bot is invited"
        assert "/invite" in paused.pause_reason

    in_town(story, 1)


def test_a_workspace_that_removes_the_bot_in_the_middle_holds_up_no_other() -> None:
    async def story(town: Town) -> None:
        town.standin.add_team("T2", "xoxb-two")
        world, there = town.world, [Place("slack", "T2", f"C{number}") for number in range(200, 230)]
        for each in there:
            town.standin.add_channel(each.channel, "T2")
            await world.put(a_notice(each, "news", world.clock.now()))
        here = await owed(town)
        tokens = TwoWorkspaces()
        web = Web(town.standin.api_url, tokens, world.clock)
        process = world.start(how=How(messenger=SlackMessenger(web, world.clock)))
        while sum(map(len, town.standin.messages.values())) < 15:  # noqa: ASYNC110 - time is virtual
            await asyncio.sleep(0.1)
        del town.standin.teams["T2"]
        await until_done(world)
        await process.kill()
        await web.close()
        ours = [delivery for delivery in here if delivery.place.server == TEAM]
        assert [town.count(delivery) for delivery in ours] == [1] * len(ours)
        theirs = [row for row in kept(world) if row.delivery.place.server == "T2"]
        ends = {row.state for row in theirs}
        assert ends == {DeliveryState.DONE, DeliveryState.DROPPED}
        assert all(town.count(row.delivery) <= 1 for row in theirs)
        assert town.standin.too_soon == 0

    in_town(story, 1)


class TwoWorkspaces:
    """Satisfies `client.web.Tokens`."""

    async def token(self, team: str) -> str | None:
        return {TEAM: "xoxb-secret", "T2": "xoxb-two"}.get(team)

    async def renewed(self, _team: str, _token: str) -> str | None:
        return None


def test_many_places_at_once_break_no_limit() -> None:
    async def story(town: Town) -> None:
        for number in range(300):
            town.standin.add_channel(f"C{1_000 + number}", TEAM)
            here = Place("slack", TEAM, f"C{1_000 + number}")
            await town.world.put(a_notice(here, "news", town.world.clock.now()))
        deliveries = list(town.world.owed.values())
        await delivered(town)
        check(town, deliveries)
        moments = [call.at for call in town.standin.asked("chat.postMessage")]
        # Ten leave at once; each slot is free two seconds after its answer, and no time is lost besides.
        assert moments[-1] - moments[0] <= (300 // 10) * (2 + 0.15) + 0.15

    in_town(story, 1)


def test_the_stand_in_is_strict_enough_to_notice() -> None:
    """With more than Slack allows the same story is refused calls."""

    async def story(town: Town) -> None:
        for number in range(340):
            town.standin.add_channel(f"C{1_000 + number}", TEAM)
            here = Place("slack", TEAM, f"C{1_000 + number}")
            await town.world.put(a_notice(here, "news", town.world.clock.now()))
        messenger = await town.messenger()
        hasty = replace(RATES, server=Rate(50, timedelta(seconds=5)))
        hasty_one = SlackMessenger(messenger._web, town.world.clock, hasty)
        process = town.world.start(how=How(messenger=hasty_one))
        await until_done(town.world)
        await process.kill()
        assert town.standin.too_soon > 0

    in_town(story, 1)
