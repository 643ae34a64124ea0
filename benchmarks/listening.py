"""The Discord half of the bot as a process: it connects to a stand-in, and tells what that cost.

    python -m benchmarks.listening URL        (started by benchmarks.discord)

It loads what such a process needs, and nothing else: what it prints is its processor time in seconds, its
memory in MiB, and whether Slack's library was loaded.
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from adapters.discord.client.connection import Heard
from adapters.discord.client.gateway import Gateway
from adapters.discord.client.known import KnownChannels
from adapters.discord.client.rest import Rest, use_api
from adapters.discord.client.spare import Spare
from adapters.discord.commands.suggesting import Suggesting
from adapters.discord.events import Interactions
from adapters.discord.events.servers import Servers
from adapters.discord.messenger import DiscordMessenger
from benchmarks.measuring import peak_mib
from bot.cli.loops import all_loaded, run_to_end
from bot.commands.desk import Desk
from bot.commands.table import COMMANDS
from bot.core import Core
from bot.store import migrate, open_store
from bot.wiring import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.discord.messenger.permissions import Sight
    from bot.domain.places import Place
    from bot.store.sql_store import SqlStore

TOKEN = "a.token.of.the.stand-in"


@asynccontextmanager
async def listening(store: SqlStore, url: str) -> AsyncIterator[DiscordMessenger]:
    """Open the Discord half of the bot, connected."""
    use_api(url)
    clock, nothing = SystemClock(), cast("Any", None)
    rest = Rest(TOKEN, Spare(clock))
    core_desk = Desk(store, clock, nothing, nothing, lambda: store.delivery, nothing)

    def see(where: Place) -> Sight | None:
        return gateway.sight(where)  # which is made last

    known = KnownChannels(store.delivery, see)
    interactions = Interactions(
        Core(COMMANDS, core_desk), Suggesting(COMMANDS, core_desk), known, rest, clock, votes=nothing
    )
    servers = Servers(store.delivery, clock)

    async def ready(_application: str) -> None:
        is_ready.set()

    async def told(_event: str, _sent: object) -> None:
        """Nobody votes here."""

    is_ready = asyncio.Event()
    heard = Heard(ready, interactions.answer, servers.joined, servers.left, told, servers.present)
    gateway = Gateway(TOKEN, heard, clock, turn=rest.turn)
    running = asyncio.create_task(gateway.run(lambda: None))
    try:
        await rest.me()
        await is_ready.wait()
        yield DiscordMessenger(rest, known, clock)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await rest.close()


async def idle(url: str) -> None:
    """Connect, and print what that took."""
    with TemporaryDirectory(prefix="papers-discord-") as folder:
        address = f"sqlite:///{folder}/papers.db"
        await migrate(address)
        store = await open_store(address)
        async with listening(store, url):
            all_loaded()
            is_slack = any(name.startswith(("slack_sdk", "slack_bolt")) for name in sys.modules)
            print(time.process_time(), peak_mib(), is_slack)
        await store.close()


def main() -> None:
    run_to_end(idle(sys.argv[1]), is_loaded=False)


if __name__ == "__main__":
    main()
