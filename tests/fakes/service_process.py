"""A life of the whole service in a process of its own, as `papers run` is, posting to a stand-in over HTTP.

All its time passes `FASTER` times as fast, so that leases and waits of minutes cost a test seconds.
"""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import ClientSession, TCPConnector
from pydantic import SecretStr

from bot import wiring
from bot.cli.loops import run_to_end
from bot.cli.serving import SERVICE_PATIENCE, the_only_service
from bot.config import Settings
from bot.domain.deliveries import Rate, Rates
from bot.metrics import Metrics
from bot.service import Service
from bot.services.dispatching import USUAL_PACE
from bot.store.open import is_postgres
from tests.fakes.http_messenger import HttpMessenger

if TYPE_CHECKING:
    from pathlib import Path

FASTER = 20

OPERATORS = "discord:guild/operators"

PATIENCE = timedelta(seconds=0.5)
"""How long the messenger really waits for an answer."""

RATES = Rates(platform=Rate(8, timedelta(seconds=1)), longest_call=PATIENCE * FASTER)

LEASE_S = (USUAL_PACE.room + RATES.longest_call + USUAL_PACE.margin).total_seconds() / FASTER
"""Real seconds of a claim."""


@dataclass(frozen=True, slots=True)
class Life:
    """What one process is given."""

    folder: Path
    url: str
    """The database."""
    begins_at: datetime
    chat: str
    """Where the stand-in for the chat platform answers."""
    papers: str
    """Where the stand-in for both sources answers."""


class FastClock:
    """Satisfies `bot.ports.Clock`: all of its time passes faster, the elapsed time too."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._began) * FASTER

    async def sleep(self, delay: timedelta) -> None:
        await asyncio.sleep(delay.total_seconds() / FASTER)


def settings_of(life: Life) -> Settings:
    """Return what the environment would set."""
    return Settings(
        database_url=SecretStr(life.url),
        port=0,
        huggingface_url=life.papers,
        arxiv_url=life.papers,
        admin_place=OPERATORS,
    )


def live(life: Life) -> None:
    """Do what `papers run` does, until killed; the log is a file in the folder."""
    log = os.open(life.folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 2)
    settings = settings_of(life)
    wiring.configure_log(settings, is_service=True)
    with suppress(KeyboardInterrupt), the_only_service(settings):
        run_to_end(serve(life, settings))


async def serve(life: Life, settings: Settings) -> None:
    """Run all loops."""
    clock = FastClock(life.begins_at)
    async with (
        wiring.opened(settings, patience=SERVICE_PATIENCE, clock=clock) as app,
        ClientSession(connector=TCPConnector(limit=0)) as session,
    ):
        messenger = HttpMessenger(session, life.chat, RATES, patience=PATIENCE)
        service = Service(app, settings, Metrics(), [messenger], is_alone=not is_postgres(life.url))
        await service.open()
        await service.run()
