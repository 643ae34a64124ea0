"""Slack: a fan-out to many channels of some workspaces at their limits, and commands meanwhile.

    python -m benchmarks.slack [--channels 3000] [--workspaces 5] [--latency 0.05 0.15] [--commands 20]

The stand-in (tests/fakes) is a process of its own: 300 messages a minute for each workspace and one a second
for each channel, to strict windows, answers after 50 to 150 ms. The bot is all of its Slack half, with the
real slack_bolt, over SQLite: claim, edition and papers from the store, card, call, outcome; and Socket Mode,
for commands.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, cast

from adapters.slack.assembled import Slack, Ways
from adapters.slack.messenger.turns import RATES
from benchmarks.measuring import MS, percentile, show_table, verdict
from benchmarks.owing import TO_OWE_ONE, deliver, opened, owe
from bot.commands.desk import Desk
from bot.commands.table import COMMANDS
from bot.core import Core
from bot.domain.places import Place
from bot.ports.installations import Installation
from bot.services.voting import Hashes, Voting
from bot.wiring import SystemClock, random_letters

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from multiprocessing.connection import Connection

    from bot.store.sql_store import SqlStore

GOAL = 0.90
MOST_ACK_S = 0.150

WARM_S = RATES.server.per.total_seconds() + 1 if RATES.server else 0.0
"""Limits begin full: what was asked in the last minute is not known."""

APP_TOKEN = "xapp-1-A1-1-secret"


def team(number: int, workspaces: int) -> str:
    return f"T{number % workspaces}"


def token(of: str) -> str:
    return f"xoxb-{of}"


def place(number: int, workspaces: int) -> Place:
    """Return a channel; workspaces take turns."""
    return Place("slack", team(number, workspaces), f"C{number}")


# --- Slack, in a process of its own -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """What the stand-in has seen."""

    shown: int
    doubled: int
    too_soon: int
    faults: list[str]
    acks_s: list[float]
    unacknowledged: int
    answered: int


@dataclass(frozen=True, slots=True)
class Size:
    """How much is asked for."""

    channels: int
    workspaces: int
    latency_s: tuple[float, float]
    commands: int
    """Commands a second."""


def serve(pipe: Connection, size: Size) -> None:
    """Be Slack until told to stop; then tell what was seen."""
    asyncio.run(be_slack(pipe, size))


async def be_slack(pipe: Connection, size: Size) -> None:
    """Serve, and let people use commands while the messages come."""
    from tests.fakes.slack_standin import Standin  # noqa: PLC0415 - not in the bot's process

    standin = Standin(SystemClock(), Random(1), latency_s=size.latency_s, is_strict=False)
    for number in range(size.workspaces):
        standin.add_team(f"T{number}", token(f"T{number}"))
        standin.add_user(f"U{number}", f"T{number}")
    for number in range(size.channels):
        standin.add_channel(f"C{number}", team(number, size.workspaces))
    acks_s: list[float] = []
    lost: list[str] = []
    async with standin.serving():
        pipe.send(standin.api_url)
        asking = asyncio.create_task(ask(standin, size, acks_s, lost))
        while not await asyncio.to_thread(pipe.poll, 0.2):
            pass
        asking.cancel()
        await asyncio.sleep(2)
        shown = [len(messages) for messages in standin.messages.values()]
        doubled = sum(count - 1 for count in shown if count > 1)
        answered = len({each["to"] for each in standin.responses})
        told = Seen(
            sum(map(bool, shown)), doubled, standin.too_soon, standin.faults[:3], acks_s, len(lost), answered
        )
        pipe.send(told)


async def ask(standin: Any, size: Size, acks_s: list[float], lost: list[str]) -> None:
    """Let so many commands come each second, once the first message is there."""
    random = Random(2)
    asked: set[asyncio.Task[None]] = set()
    while not standin.ever:  # noqa: ASYNC110 - the stand-in has no event for it
        await asyncio.sleep(0.1)
    while size.commands:
        number = random.randrange(size.channels)
        of = team(number, size.workspaces)
        told = {
            "command": "/papers",
            "text": random.choice(("today", "help", "week")),
            "team_id": of,
            "channel_id": f"C{number}",
            "user_id": f"U{of[1:]}",
            "response_url": standin.response_url(f"r{len(acks_s) + len(asked)}-{number}"),
        }
        task = asyncio.create_task(acknowledged(standin, told, acks_s, lost))
        asked.add(task)
        task.add_done_callback(asked.discard)
        await asyncio.sleep(1 / size.commands)


async def acknowledged(standin: Any, told: dict[str, Any], acks_s: list[float], lost: list[str]) -> None:
    """Send one command, and note how long its acknowledgement takes."""
    begun = time.monotonic()
    try:
        await standin.sockets.send("slash_commands", told)
        acks_s.append(time.monotonic() - begun)
    except TimeoutError:
        lost.append(told["text"])


# --- The bot --------------------------------------------------------------------------


@asynccontextmanager
async def listening(store: SqlStore, url: str, workspaces: int) -> AsyncIterator[Slack]:
    """Open the Slack half of the bot, connected, installed in all workspaces."""
    clock, nothing = SystemClock(), cast("Any", None)
    installations = store.installations("k" * 32)
    for number in range(workspaces):
        one = Installation("slack", f"T{number}", token(f"T{number}"), clock.now(), bot_user="UBOT")
        await installations.keep_installation(one)
    ways = Ways(url, client_id="1.2", client_secret="client-secret")
    slack = Slack(ways, store.delivery, installations, clock, random_letters)
    desk = Desk(store, clock, nothing, nothing, lambda: store.delivery, nothing)
    voting = Voting(store.votes, store, clock, Hashes(store.votes, random_letters))
    sockets = slack.sockets(APP_TOKEN, slack.app(Core(COMMANDS, desk), voting))
    running = asyncio.create_task(sockets.run(lambda: None))
    try:
        yield slack
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await slack.close()


async def run(size: Size) -> None:
    """Measure the fan-out, and commands meanwhile."""
    async with AsyncExitStack() as stack:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=serve, args=(there, size), daemon=True)
        process.start()
        stack.callback(process.join, 5)
        store = await stack.enter_async_context(opened(""))
        url = await asyncio.to_thread(here.recv)
        slack = await stack.enter_async_context(listening(store, url, size.workspaces))
        due_at = datetime.now(UTC) + timedelta(seconds=2 * WARM_S) + size.channels * TO_OWE_ONE
        await owe(store, [place(number, size.workspaces) for number in range(size.channels)], due_at)
        took_s, cpu_s = await deliver(store, slack.messenger, size.channels, due_at)
        here.send("enough")
        seen = await asyncio.to_thread(here.recv)
    show(size, seen, took_s, cpu_s)


def show(size: Size, seen: Seen, took_s: float, cpu_s: float) -> None:
    """Print what came of it."""
    assert RATES.server is not None
    ideal_s = size.channels / size.workspaces / (RATES.server.calls / RATES.server.per.total_seconds())
    share = ideal_s / took_s
    is_whole = (seen.shown, seen.doubled, seen.too_soon) == (size.channels, 0, 0)
    p99_s = percentile(seen.acks_s, 99) if seen.acks_s else 0.0
    rows = [
        ("delivered", f"{seen.shown:,} of {size.channels:,}, {size.workspaces} workspaces"),
        ("doubled", f"{seen.doubled:,}"),
        ("429", f"{seen.too_soon:,}"),
        ("seconds (ideal)", f"{took_s:,.1f} ({ideal_s:,.1f})"),
        ("of the limit", f"{share:.1%}"),
        ("processor ms each", f"{cpu_s / size.channels * MS:.2f}"),
        (
            "commands meanwhile",
            f"{len(seen.acks_s):,} (late {seen.unacknowledged}, answered {seen.answered:,})",
        ),
        ("acknowledged p50 / p99 ms", f"{percentile(seen.acks_s or [0], 50) * MS:.0f} / {p99_s * MS:.0f}"),
    ]
    show_table(("300 a minute for each workspace", ""), rows)
    print(
        f"all delivered once, zero 429, {GOAL:.0%} of the limit: "
        f"{verdict(is_kept=is_whole and share >= GOAL)}"
    )
    is_prompt = p99_s <= MOST_ACK_S and not seen.unacknowledged
    print(f"commands acknowledged in {MOST_ACK_S * MS:.0f} ms (p99): {verdict(is_kept=is_prompt)}")
    is_alone = not any(name == "discord" or name.startswith("discord.") for name in sys.modules)
    print(f"discord.py is not loaded: {verdict(is_kept=is_alone)}")
    assert not seen.faults, seen.faults


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--channels", type=int, default=3_000)
    parser.add_argument("--workspaces", type=int, default=5)
    parser.add_argument("--latency", type=float, nargs=2, default=(0.05, 0.15), help="least and most seconds")
    parser.add_argument("--commands", type=int, default=20, help="commands a second meanwhile")
    asked = parser.parse_args()
    size = Size(asked.channels, asked.workspaces, tuple(asked.latency), asked.commands)
    asyncio.run(run(size))


if __name__ == "__main__":
    main()
