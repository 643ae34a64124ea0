"""A real sender process for the kill tests: store, dispatcher and a messenger over HTTP.

    python -m tests.fakes.sender_process DATABASE_URL ADDRESS

It imports everything once, and for each line on standard input forks a child that sends until it is killed:
so a start costs milliseconds. It writes the child's number, and a line when the child has ended.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta
from random import Random

from aiohttp import ClientSession, TCPConnector

from bot.domain.deliveries import Rate, Rates
from bot.services.delivering import Pace
from bot.services.dispatching import Dispatcher
from bot.store import open_store
from bot.wiring import SystemClock
from tests.fakes.http_messenger import HttpMessenger

RATES = Rates(platform=Rate(6, timedelta(seconds=0.05)), longest_call=timedelta(seconds=0.5))
PACE = Pace(
    room=timedelta(seconds=0.3),
    queue=timedelta(seconds=0.2),
    margin=timedelta(seconds=0.6),
    poll=timedelta(seconds=0.05),
    recover_every=timedelta(seconds=0.2),
)
LEASE_S = (PACE.room + RATES.longest_call + PACE.margin).total_seconds()


async def send(url: str, address: str) -> None:
    """Send until killed."""
    store = await open_store(url)
    async with ClientSession(connector=TCPConnector(limit=0)) as session:
        dispatcher = Dispatcher(
            store.delivery,
            store,
            HttpMessenger(session, address, RATES),
            SystemClock(),
            random=Random(),
            holder=f"process {os.getpid()}",
            pace=PACE,
            is_alone=True,
        )
        await dispatcher.run(lambda: None)


def main(url: str, address: str) -> None:
    """Fork a child for each line that comes, one at a time."""
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(send(url, address))
            os._exit(0)
        tell(child)
        _, status = os.waitpid(child, 0)
        tell("ended", status)


def tell(*words: object) -> None:
    """Write a line to whoever started this."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
