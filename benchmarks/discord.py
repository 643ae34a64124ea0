"""Discord: a fan-out to many channels at its limits, commands meanwhile, and what a process costs.

    python -m benchmarks.discord [--channels 1000] [--latency 0.05 0.15] [--commands 20]

The stand-in (tests/fakes) is a process of its own: 50 calls a second to a strict window, a bucket for each
channel, answers after 50 to 150 ms. The bot is all of its Discord half, with the real discord.py, over
SQLite: claim, edition and papers from the store, card, call, outcome; and the gateway, for commands.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import multiprocessing
import os
import subprocess
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.fanout import GOAL, WARM_S
from benchmarks.listening import TOKEN, listening
from benchmarks.measuring import MS, percentile, show_table, verdict
from benchmarks.owing import TO_OWE_ONE, deliver, opened, owe
from bot.cli.loops import all_loaded
from bot.domain.places import Place
from bot.wiring import SystemClock

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


PER_SECOND = 50
MOST_ACK_S = 0.150
MOST_RSS, MOST_CPU = 1.5, 1.3
"""How many times the floor's memory and processor time a process may take that has connected."""

LIBRARIES = "import aiosqlite, discord, pydantic_settings, structlog"
"""What the measured process cannot do without."""
RUNS = 7


def place(number: int) -> Place:
    """Return a channel of a server of its own."""
    return Place("discord", str((number + 1) << 22), str(((number + 1) << 22) + 7))


# --- Discord, in a process of its own -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """What the stand-in has seen."""

    shown: int
    doubled: int
    too_soon: int
    faults: list[str]
    acks_s: list[float]
    unanswered: int


def serve(pipe: Connection, channels: int, latency_s: tuple[float, float], commands: int) -> None:
    """Be Discord until told to stop; then tell what was seen."""
    asyncio.run(be_discord(pipe, channels, latency_s, commands))


async def be_discord(pipe: Connection, channels: int, latency_s: tuple[float, float], commands: int) -> None:
    """Serve, and let people use commands while the messages come."""
    from tests.fakes.discord_standin import Standin  # noqa: PLC0415 - not in the bot's process

    standin = Standin(SystemClock(), Random(1), latency_s=latency_s, token=TOKEN, is_strict=False)
    for number in range(channels):
        standin.add_guild(place(number).server)
        standin.add_channel(place(number).channel, place(number).server)
    async with standin.serving():
        gc.freeze()  # looking for garbage among so many servers would hold up answers, as if the bot did
        pipe.send(standin.url)
        asking = asyncio.create_task(ask(standin, channels, commands))
        while not await asyncio.to_thread(pipe.poll, 0.2):
            pass
        asking.cancel()
        await asyncio.sleep(1)
        pipe.send(seen_by(standin))


async def ask(standin: Any, channels: int, commands: int) -> None:
    """Let so many commands come each second, once the first message is there."""
    random = Random(2)
    while not standin.ever:  # noqa: ASYNC110 - the stand-in has no event for it
        await asyncio.sleep(0.1)
    while commands:
        where = place(random.randrange(channels))
        user = {"id": str(random.randrange(10**6)), "username": "ana", "discriminator": "0", "avatar": None}
        member = {"user": user, "roles": [], "permissions": "0"}
        word: dict[str, Any] = {"name": random.choice(("today", "help", "week")), "type": 1, "options": []}
        await standin.interactions.ask(
            2,
            {"id": "1", "name": "papers", "type": 1, "options": [word]},
            guild_id=where.server,
            channel_id=where.channel,
            channel={"id": where.channel, "type": 0},
            member=member,
        )
        await asyncio.sleep(1 / commands)


def seen_by(standin: Any) -> Seen:
    """Count what the stand-in has seen; each channel was owed one message, beside answers to commands."""
    asked = list(standin.interactions.by_token.values())
    answers = {each.message for each in asked}
    shown = [len(messages.keys() - answers) for messages in standin.messages.values()]
    answered = [each.took_s for each in asked if each.first is not None]
    doubled = sum(count - 1 for count in shown if count > 1)
    return Seen(
        sum(map(bool, shown)),
        doubled,
        standin.too_soon,
        standin.faults[:3],
        answered,
        len(asked) - len(answered),
    )


# --- The bot --------------------------------------------------------------------------


async def run(channels: int, latency_s: tuple[float, float], commands: int) -> None:
    """Measure the fan-out, and commands meanwhile."""
    async with AsyncExitStack() as stack:
        here, there = multiprocessing.get_context("spawn").Pipe()
        discord = multiprocessing.get_context("spawn").Process(
            target=serve, args=(there, channels, latency_s, commands), daemon=True
        )
        discord.start()
        stack.callback(discord.join, 5)
        store = await stack.enter_async_context(opened(""))
        url = await asyncio.to_thread(here.recv)
        messenger = await stack.enter_async_context(listening(store, url))
        all_loaded()  # as `papers run` does
        due_at = datetime.now(UTC) + timedelta(seconds=2 * WARM_S) + channels * TO_OWE_ONE
        await owe(store, [place(number) for number in range(channels)], due_at)
        took_s, cpu_s = await deliver(store, messenger, channels, due_at)
        here.send("enough")
        seen = await asyncio.to_thread(here.recv)
    show(channels, seen, took_s, cpu_s)


def show(channels: int, seen: Seen, took_s: float, cpu_s: float) -> None:
    """Print what came of it."""
    share = seen.shown / took_s / PER_SECOND
    is_whole = (seen.shown, seen.doubled, seen.too_soon) == (channels, 0, 0)
    p99_s = percentile(seen.acks_s, 99) if seen.acks_s else 0.0
    is_prompt = p99_s <= MOST_ACK_S and not seen.unanswered
    rows = [
        ("delivered", f"{seen.shown:,} of {channels:,}"),
        ("doubled", f"{seen.doubled:,}"),
        ("429", f"{seen.too_soon:,}"),
        ("seconds", f"{took_s:,.1f}"),
        ("of the limit", f"{share:.1%}"),
        ("processor ms each", f"{cpu_s / channels * MS:.2f}"),
        ("commands meanwhile", f"{len(seen.acks_s):,} (unanswered {seen.unanswered})"),
        ("acknowledged p50 / p99 ms", f"{percentile(seen.acks_s or [0], 50) * MS:.0f} / {p99_s * MS:.0f}"),
    ]
    show_table(("50/s to a strict window", ""), rows)
    kept = verdict(is_kept=is_whole and share >= GOAL)
    print(f"all delivered once, zero 429, {GOAL:.0%} of the limit: {kept}")
    print(f"commands acknowledged in {MOST_ACK_S * MS:.0f} ms (p99): {verdict(is_kept=is_prompt)}\n")
    assert not seen.faults, seen.faults


# --- What a process costs ----------------------------------------------------------------


FLOOR = (
    f"{LIBRARIES}; import time; spent = time.process_time(); from benchmarks.measuring import peak_mib; "
    "print(spent, peak_mib(), False)"
)


CONNECTED = "connected, the first servers told"
LISTENING = "import gc; gc.disable(); from benchmarks.listening import main; main()"
"""As `bot.__main__` does it: no garbage is looked for among what is being loaded."""


def costs(programs: dict[str, list[str]]) -> dict[str, tuple[float, float, str]]:
    """Run programs by turns; return the least processor time and memory of each, and whether it loaded Slack.

    The first turn writes the byte code, as an installation does, and is not counted.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    told: dict[str, list[list[str]]] = {name: [] for name in programs}
    with TemporaryDirectory(prefix="papers-code-") as folder:
        environment["PYTHONPYCACHEPREFIX"] = folder
        for run in range(RUNS + 1):
            for name, program in programs.items():
                command = [sys.executable, *program]
                ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
                told[name] += [ran.stdout.split()] if run else []
    return {
        name: (min(float(each[0]) for each in runs), min(float(each[1]) for each in runs), runs[0][2])
        for name, runs in told.items()
    }


def start() -> None:
    """Measure a process that has connected beside one that has loaded what it needs."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    discord = context.Process(target=serve, args=(there, 10, (0.0, 0.0), 0), daemon=True)
    discord.start()
    url = here.recv()
    alone = ["-c", FLOOR.replace(LIBRARIES, "import discord")]
    taken = costs({"import discord": alone, LIBRARIES: ["-c", FLOOR], CONNECTED: ["-c", LISTENING, url]})
    here.send("enough")
    discord.join(5)
    floor, bot = taken[LIBRARIES], taken[CONNECTED]
    rows = [
        (name, f"{cpu_s:.2f}", f"{mib:.1f}", f"{cpu_s / floor[0]:.2f}", f"{mib / floor[1]:.2f}")
        for name, (cpu_s, mib, _) in taken.items()
    ]
    show_table(("a process", "CPU s", "MiB", "x CPU", "x MiB"), rows)
    is_kept = bot[0] <= MOST_CPU * floor[0] and bot[1] <= MOST_RSS * floor[1] and bot[2] == "False"
    print(f"{MOST_CPU} x CPU, {MOST_RSS} x memory of the libraries, no Slack: {verdict(is_kept=is_kept)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--channels", type=int, default=1_000)
    parser.add_argument("--latency", type=float, nargs=2, default=(0.05, 0.15), help="least and most seconds")
    parser.add_argument("--commands", type=int, default=20, help="commands a second meanwhile")
    asked = parser.parse_args()
    start()
    asyncio.run(run(asked.channels, tuple(asked.latency), asked.commands))


if __name__ == "__main__":
    main()
