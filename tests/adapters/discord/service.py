"""The part of the bot that listens, over the stand-in's gateway: what tests of commands and events use."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any, cast

from adapters.discord.client.connection import Heard
from adapters.discord.client.gateway import Gateway
from adapters.discord.commands import CommandKeeper
from adapters.discord.commands.suggesting import Suggesting
from adapters.discord.events import Interactions
from adapters.discord.events.servers import Servers
from adapters.discord.events.votes import Votes
from bot.commands.desk import Desk, Office
from bot.commands.table import COMMANDS
from bot.core import Core
from bot.domain.papers import PaperId
from bot.ports import Hit
from bot.ports.delivery import Caps
from bot.services.voting import Hashes, Voting
from tests.adapters.discord.scene import GUILD, HERE, MemoryChannels, furnished, speaking
from tests.adapters.scenes import SceneClock
from tests.commands.desks import can_post, office_over
from tests.contract.making import entry, feed
from tests.fakes.clock import FakeClock
from tests.fakes.discord_standin import Standin
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_store import MemoryStore
from tests.fakes.memory_votes import MemoryVotes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from adapters.discord.client.shards import Shards
    from bot.commands.spec import Command, Handler
    from tests.fakes.discord_interactions import Interaction

Json = Any

COMMAND, COMPONENT, SUGGESTIONS = 2, 3, 4
MANAGE_CHANNELS = 1 << 4
ASKER = "4242"


class MemoryValues:
    """Satisfies `commands.Remembering`."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    async def remember(self, name: str, value: str) -> None:
        self.values[name] = value

    async def remembered_value(self, name: str) -> str | None:
        return self.values.get(name)


@dataclass
class TitleSearch:
    """Finds papers whose titles have the text; stands for `bot.services.searching.Searching`."""

    titles: dict[PaperId, str]

    async def search(self, text: str, *, since: None, limit: int) -> Sequence[Hit]:
        assert since is None
        found = (paper for paper, title in self.titles.items() if text.lower() in title.lower())
        return [Hit(paper, 1.0) for paper in found][:limit]


def a_desk(store: MemoryStore, delivery: MemoryDelivery, clock: FakeClock) -> Desk:
    """Return what handlers work with, as far as the tests here go."""
    titles = {PaperId(f"2604.{number:05}"): f"Paper {number}" for number in range(1, 40)}
    nothing = cast("Any", None)

    def office() -> Office:
        return office_over(desk, describe=can_post, letters="x".__mul__, caps=Caps())

    desk = Desk(store, clock, cast("Any", TitleSearch(titles)), nothing, lambda: delivery, office)
    return desk


@dataclass
class Service:
    """A stand-in, and the listening half of the bot."""

    clock: FakeClock
    standin: Standin
    store: MemoryStore
    delivery: MemoryDelivery
    channels: MemoryChannels
    memory: MemoryValues
    commands: dict[str, Command]
    gateway: Gateway
    running: asyncio.Task[None] | None = None
    beats: int = 0

    def answers(self, word: str, handler: Handler) -> None:
        """Let a command be answered so from now on."""
        self.commands[word] = replace(self.commands[word], handler=handler)

    def start(self) -> None:
        """Connect."""
        self.running = asyncio.create_task(self.gateway.run(self._beat))

    def _beat(self) -> None:
        self.beats += 1

    async def stop(self) -> None:
        """End as the service does."""
        if self.running is not None:
            self.running.cancel()
            await asyncio.gather(self.running, return_exceptions=True)

    async def connected(self, times: int = 1) -> None:
        """Return when the gateway has connected so often."""
        await self.standin.gateway.until_connected(times)

    async def until(self, condition: Any) -> None:
        """Wait for what comes over a real socket."""
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.01)

    # --- What people do ---------------------------------------------------------------

    async def command(
        self, word: str, *, admin: bool = False, asker: Json = None, **options: Json
    ) -> Interaction:
        """Let somebody use a command in the usual channel."""
        given = [option(name, value) for name, value in options.items()]
        root = "papers-admin" if admin else "papers"
        details = {
            "id": "1",
            "name": root,
            "type": 1,
            "options": [{"name": word, "type": 1, "options": given}],
        }
        return await self.standin.interactions.ask(COMMAND, details, **(asker or a_member()))

    async def press(
        self, custom_id: str, *values: str, content: str = "", below: str = "99", asker: Json = None
    ) -> Interaction:
        """Let somebody press a button below a message, or choose from a select."""
        details: Json = {"custom_id": custom_id, "component_type": 3 if values else 2}
        if values:
            details["values"] = list(values)
        message = {"id": below, "content": content}
        return await self.standin.interactions.ask(
            COMPONENT, details, message=message, **(asker or a_member())
        )

    async def type(self, word: str, name: str, text: str, *, admin: bool = False) -> list[Json]:
        """Let somebody type into an option, and return what is offered."""
        focused = {"name": name, "type": 3, "value": text, "focused": True}
        root = "papers-admin" if admin else "papers"
        details = {
            "id": "1",
            "name": root,
            "type": 1,
            "options": [{"name": word, "type": 1, "options": [focused]}],
        }
        asked = await self.standin.interactions.ask(SUGGESTIONS, details, **a_member())
        return list((await asked.answered()).first["data"]["choices"])


def option(name: str, value: Json) -> Json:
    kinds = {bool: 5, int: 4, str: 3}
    return {"name": name, "type": kinds[type(value)], "value": value}


def a_member(permissions: int = 0, channel: str = HERE.channel, kind: int = 0) -> Json:
    """Return who uses a command in a channel of the server, as Discord tells it."""
    user = {"id": ASKER, "username": "ana", "discriminator": "0", "avatar": None}
    member: Json = {"user": user, "roles": [], "permissions": str(permissions), "joined_at": None}
    return {
        "guild_id": GUILD,
        "channel_id": channel,
        "channel": {"id": channel, "type": kind},
        "member": member,
    }


def a_person(channel: str) -> Json:
    """Return who uses a command in a conversation with the bot."""
    user = {"id": ASKER, "username": "ana", "discriminator": "0", "avatar": None}
    return {"channel_id": channel, "channel": {"id": channel, "type": 1}, "user": user, "context": 1}


@asynccontextmanager
async def a_service(
    *, token: str = "", shards: Shards | None = None, waits: bool = False
) -> AsyncIterator[Service]:
    """Set the service up; it connects when it is started. With `waits` sleeps end as the clock is moved."""
    async with AsyncExitStack() as stack:
        clock = FakeClock(waits=True) if waits else SceneClock()
        standin = furnished(Standin(SceneClock(), Random(1)))
        await stack.enter_async_context(standin.serving())
        rest = await stack.enter_async_context(speaking(standin, SceneClock()))
        store = MemoryStore()
        await store.write(feed(*(entry(number, upvotes=100 - number) for number in range(1, 31))))
        delivery, channels, memory = MemoryDelivery(store), MemoryChannels(), MemoryValues()
        commands, desk = dict(COMMANDS), a_desk(store, delivery, clock)
        voting = Voting(MemoryVotes(store), store, clock, Hashes(MemoryVotes(store), "x".__mul__))
        interactions = Interactions(
            Core(commands, desk),
            Suggesting(commands, desk),
            channels,
            rest,
            clock,
            votes=voting,
        )
        keeper, servers = CommandKeeper(rest, commands, memory, SceneClock()), Servers(delivery, clock)
        listening = Heard(
            keeper.keep,
            interactions.answer,
            servers.joined,
            servers.left,
            Votes(voting).told,
            servers.present,
        )
        gateway = Gateway(token or standin.token, listening, SceneClock(), turn=rest.turn, shards=shards)
        service = Service(clock, standin, store, delivery, channels, memory, commands, gateway)
        stack.push_async_callback(service.stop)
        yield service
