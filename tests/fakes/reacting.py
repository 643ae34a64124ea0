"""A crowd that reacts on Discord while the bot is stopped, killed and cut off, and what the bot made of it.

`papers run` is the real process, over the stand-in of Discord. The truth is the stand-in's: whoever stands
under a message with a reaction that is a vote, or was told last by a button that their vote counts.
"""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import asyncpg

from bot.store.open import is_postgres, sqlite_path
from bot.wiring import SystemClock
from tests.adapters.discord.scene import GUILD, HERE, NEWS, POSTS, THERE, furnished
from tests.adapters.discord.service import COMMAND, COMPONENT, MANAGE_CHANNELS, a_member, option
from tests.e2e.processes import PROGRAM, started
from tests.fakes.discord_shapes import BOT
from tests.fakes.discord_standin import Standin
from tests.fakes.upstream import Upstream, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from pathlib import Path
    from random import Random

    from bot.domain.places import Place
    from tests.e2e.processes import Started
    from tests.fakes.discord_interactions import Interaction

    Event = Callable[[], Awaitable[None]]

Json = Any

THUMBS = ("👍", "👍🏽")
OTHERS = ("👎", "🎉")

POSTED_WITHIN_S = 60.0
RIGHT_WITHIN_S = 90.0
"""How long the last comparison may take; what changed in the last seconds before it is looked at again."""

SUBSCRIBED: tuple[tuple[Place, str], ...] = (
    (HERE, "posts"),
    (NEWS, "digest"),
    (THERE, "thread"),
    (POSTS, "posts"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much happens. `papers` is how many each subscription posts, in the order of SUBSCRIBED."""

    people: int
    papers: Sequence[int]
    endings: Sequence[signal.Signals]
    """How the process ends, time after time; a new one is started each time."""
    cuts: Sequence[str]
    """How its connection ends: `drop`, `close`, `reconnect`, `invalidate`."""
    acts: int
    """How much people do before, in and after each of these."""
    program: Sequence[str] = PROGRAM


@dataclass
class Toll:
    """What happened, and which papers have a wrong count: the store's and the true one."""

    messages: int = 0
    reactions: int = 0
    presses: int = 0
    starts: int = 0
    cuts: int = 0
    connected_s: list[float] = field(default_factory=list)
    """From the start of a process until Discord has heard of it."""
    right_after_s: float = 0.0
    votes: int = 0
    wrong: dict[str, tuple[int, int]] = field(default_factory=dict)
    papers: int = 0
    faults: list[str] = field(default_factory=list)
    too_soon: int = 0


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that is a ballot: its papers by number, and its vote buttons' custom ids by number."""

    channel: str
    message: str
    papers: Mapping[int, str]
    buttons: Mapping[int, str]


class Crowd:
    """People who react, take it back, and press buttons."""

    def __init__(self, discord: Standin, random: Random, people: int, posted: Sequence[Posted]) -> None:
        self._discord = discord
        self._random = random
        self._people = [str(1_000 + number) for number in range(people)]
        self._posted = posted
        self._pressed: dict[tuple[str, Posted, int], Interaction] = {}
        self.reactions = 0
        self.presses = 0

    async def act(self, times: int) -> None:
        """Let somebody do something, so many times."""
        for _ in range(times):
            user, where = self._random.choice(self._people), self._random.choice(self._posted)
            if where.buttons and self._random.random() < 0.15:
                await self._press(user, where, self._random.choice(list(where.buttons)))
            elif self._random.random() < 0.005:
                await self._clear(where)
            else:
                await self._toggle(user, where)

    async def _toggle(self, user: str, where: Posted) -> None:
        """React, or take the reaction back; some use other emoji, some super reactions."""
        numbers = [
            f"{number}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}" for number in range(1, 10)
        ]
        marks = THUMBS if 0 in where.papers else numbers[: len(where.papers)]
        emoji = self._random.choice((*marks, *OTHERS) if self._random.random() < 0.2 else marks)
        sort = "burst" if self._random.random() < 0.1 else "normal"
        users = self._discord.reactions.get((where.channel, where.message), {}).get(emoji, {})
        event = "MESSAGE_REACTION_REMOVE"
        if users.pop(f"{user}/{sort}", None) is None:
            event = "MESSAGE_REACTION_ADD"
            shown = {"id": user, "username": f"u{user}", "discriminator": "0", "avatar": None}
            self._discord.react_as(where.channel, where.message, emoji, shown, sort)
        self.reactions += 1
        await self._tell(event, where, user, emoji, is_super=sort == "burst")

    async def _tell(self, event: str, where: Posted, user: str, emoji: str, *, is_super: bool) -> None:
        sent: Json = {
            "user_id": user, "channel_id": where.channel, "message_id": where.message, "guild_id": GUILD,
            "burst": is_super, "type": int(is_super), "emoji": {"id": None, "name": emoji},
        }  # fmt: skip
        if event == "MESSAGE_REACTION_ADD":
            sent["member"] = {"user": {"id": user, "username": f"u{user}", "bot": False}, "roles": []}
        await self._discord.gateway.push(event, sent)

    async def _clear(self, where: Posted) -> None:
        """Let a moderator take all reactions of a message away."""
        self._discord.reactions.pop((where.channel, where.message), None)
        self.reactions += 1
        sent = {"channel_id": where.channel, "message_id": where.message, "guild_id": GUILD}
        await self._discord.gateway.push("MESSAGE_REACTION_REMOVE_ALL", sent)

    # --- Buttons ------------------------------------------------------------------------

    async def _press(self, user: str, where: Posted, number: int) -> None:
        """Press a button, unless it still owes that person an answer."""
        last = self._pressed.get((user, where, number))
        if last is None or last.seen:
            await self._press_now(user, where, number)

    async def _press_now(self, user: str, where: Posted, number: int) -> Interaction:
        details = {"custom_id": where.buttons[number], "component_type": 2}
        asker = a_member(channel=where.channel)
        asker["member"]["user"] = {"id": user, "username": f"u{user}", "discriminator": "0", "avatar": None}
        message = {"id": where.message, "content": ""}
        asked = await self._discord.interactions.ask(COMPONENT, details, message=message, **asker)
        self._pressed[user, where, number] = asked
        self.presses += 1
        return asked

    async def press_again(self) -> None:
        """Press what was never answered until it is: whether it was done is known to nobody else."""
        for (user, where, number), asked in list(self._pressed.items()):
            again = asked
            while not again.seen:
                again = await self._press_now(user, where, number)
                with suppress(TimeoutError):
                    await again.answered()

    # --- The truth ----------------------------------------------------------------------

    def votes(self) -> dict[str, set[str]]:
        """Return who votes for each paper, as Discord and the answers of buttons show it."""
        found: dict[str, set[str]] = {}
        for where in self._posted:
            for number, paper in where.papers.items():
                found.setdefault(paper, set()).update(self._reacted(where, number))
        for (user, where, number), asked in self._pressed.items():
            if "Counted" in str(asked.seen):
                found[where.papers.get(number, where.papers.get(0, ""))].add(user)
        return found

    def _reacted(self, where: Posted, number: int) -> set[str]:
        given = self._discord.reactions.get((where.channel, where.message), {})
        marks = (
            THUMBS if number == 0 else (f"{number}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",)
        )
        people = (name.partition("/")[0] for emoji in marks for name in given.get(emoji, {}))
        return {user for user in people if user != BOT}


@dataclass
class Story:
    """The stand-ins, the folder of the bot, and the one process of it that runs."""

    folder: Path
    discord: Standin
    upstream: Upstream
    toll: Toll
    url: str
    """The address of the bot's database."""
    program: Sequence[str]
    service: Started | None = None
    life: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def ways(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.url,
            "DISCORD_TOKEN": self.discord.token,
            "DISCORD_API_URL": self.discord.url,
            "HUGGINGFACE_URL": self.upstream.url,
            "ARXIV_URL": self.upstream.url,
        }

    async def start(self) -> None:
        """Start the bot, and return when it is connected."""
        before, began = self.sessions, time.monotonic()
        life = started(self.folder, "run", ways=self.ways, program=self.program)
        self.service = await self.life.enter_async_context(life)
        await self.discord.gateway.until_connected(before + 1)
        self.toll.connected_s.append(time.monotonic() - began)
        self.toll.starts += 1

    async def end(self, how: signal.Signals) -> None:
        """End the bot."""
        assert self.service is not None
        status, err, _ = await self.service.end(how)
        await self.life.aclose()
        if how == signal.SIGKILL and is_postgres(self.url):
            # Leases outlast whoever was killed by 90 s, which are not waited for here.
            await self.rows("DELETE FROM leases")
        assert status in {0, -how}, err
        self.toll.faults += [line for line in err.splitlines() if "Traceback" in line or "makes no" in line]

    async def cut(self, how: str) -> None:
        """Cut the connection off, and return when the bot is connected again."""
        before, gateway = self.sessions, self.discord.gateway
        match how:
            case "drop":
                gateway.drop()
            case "close":
                await gateway.close(4000)
            case "reconnect":
                await gateway.ask_to_reconnect()
            case "invalidate":
                await gateway.invalidate()
        await gateway.until_connected(before + 1)
        self.toll.cuts += 1

    @property
    def sessions(self) -> int:
        return len(self.discord.gateway.identified) + len(self.discord.gateway.resumed)

    async def rows(self, question: str, *values: str | int) -> Sequence[Sequence[Any]]:
        """Ask the bot's own database, or change it; placeholders are written `$1`."""
        if is_postgres(self.url):
            server = await asyncpg.connect(self.url)
            try:
                found: Sequence[Sequence[Any]] = await server.fetch(question, *values)
            finally:
                await server.close()
            return found
        with closing(sqlite3.connect(sqlite_path(self.url), timeout=10)) as database, database:
            return database.execute(question.replace("$", "?"), values).fetchall()

    async def let_be_due(self) -> None:
        """Make the subscriptions ones whose firing has just come."""
        before = SystemClock().now() - timedelta(minutes=2)
        until = int((before - timedelta(minutes=1)).timestamp() * 1_000_000)
        await self.rows(
            "UPDATE subscriptions SET at = $1, planned_until = $2, next_at = 0", f'["{before:%H:%M}"]', until
        )


async def react_often(folder: Path, plan: Plan, random: Random, url: str = "") -> Toll:
    """Let an edition be posted and a crowd react to it while the bot ends, begins and is cut off.

    `url` is an empty database that is up to date; without one it is a SQLite file in the folder.
    """
    url = url or f"sqlite:///{folder}/papers.db"
    async with a_story(folder, random, plan, url) as story:
        await story.start()
        posted = await an_edition(story, plan.papers)
        crowd = Crowd(story.discord, random, plan.people, posted)
        await crowd.act(plan.acts)
        cuts = [partial(story.cut, how) for how in plan.cuts]
        restarts = [partial(restart, story, crowd, how, plan.acts) for how in plan.endings]
        for event in mixed(cuts, restarts):
            await asyncio.gather(crowd.act(plan.acts), event())
            await crowd.act(plan.acts)
        await crowd.press_again()
        await compare(story, crowd)
        story.toll.messages, story.toll.papers = len(posted), len(crowd.votes())
        story.toll.reactions, story.toll.presses = crowd.reactions, crowd.presses
        await story.end(signal.SIGTERM)
        story.toll.faults += story.discord.faults
        story.toll.too_soon = story.discord.too_soon
        return story.toll


@asynccontextmanager
async def a_story(folder: Path, random: Random, plan: Plan, url: str) -> AsyncIterator[Story]:
    """Set the stage; whatever happens no process is left."""
    async with AsyncExitStack() as stack:
        upstream = await stack.enter_async_context(running(Upstream(per_list=max(plan.papers))))
        discord = furnished(Standin(SystemClock(), random))
        await stack.enter_async_context(discord.serving())
        story = Story(folder, discord, upstream, Toll(), url, plan.program)
        stack.push_async_callback(story.life.aclose)
        yield story


async def restart(story: Story, crowd: Crowd, how: signal.Signals, acts: int) -> None:
    """End the bot and start it again, while people go on."""
    await story.end(how)
    await crowd.act(acts)
    await story.start()


def mixed(cuts: Sequence[Event], restarts: Sequence[Event]) -> Sequence[Event]:
    """Return both in turns, a restart last."""
    left = list(cuts)
    found: list[Event] = []
    for number, each in enumerate(restarts):
        share = len(left) // (len(restarts) - number)
        found += [*left[:share], each]
        del left[:share]
    return found


async def an_edition(story: Story, papers: Sequence[int]) -> Sequence[Posted]:
    """Subscribe, let the hour come, and return what was posted for it."""
    wanted = list(zip(SUBSCRIBED, papers, strict=False))
    for (place, layout), count in wanted:
        given = {"at": "09:00", "tz": "UTC", "days": "daily", "layout": layout, "count": count}
        options = [option(name, value) for name, value in given.items()]
        words = [{"name": "subscribe", "type": 1, "options": options}]
        details = {"id": "1", "name": "papers-admin", "type": 1, "options": words}
        asker = a_member(MANAGE_CHANNELS, place.channel, story.discord.channels[place.channel]["type"])
        await (await story.discord.interactions.ask(COMMAND, details, **asker)).answered()
    await story.let_be_due()
    ballots = sum(count for _, count in wanted)
    async with asyncio.timeout(POSTED_WITHIN_S):
        while len(await story.rows("SELECT number FROM ballots")) < ballots:  # noqa: ASYNC110 - as in other processes
            await asyncio.sleep(0.05)
    return await posted_in(story)


async def posted_in(story: Story) -> Sequence[Posted]:
    """Return the ballots with the buttons that people see."""
    papers: dict[str, dict[int, str]] = {}
    for message, number, paper in await story.rows(
        "SELECT message, number, paper FROM ballots ORDER BY number"
    ):
        papers.setdefault(message, {})[number] = paper
    found = []
    for ref, of in papers.items():
        channel, message = ref.split("/")[:2]
        shown = story.discord.messages[channel][message]
        found.append(Posted(channel, message, Frozen(of), Frozen(buttons_on(shown, of))))
    return found


class Frozen(dict[int, str]):
    """A dict that may stand in a key."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))


def buttons_on(message: Json, papers: Mapping[int, str]) -> dict[int, str]:
    """Return the custom ids of the vote buttons, by the number of their paper in the message."""
    found: dict[int, str] = {}
    for row in message["components"]:
        for each in row.get("components", ()):
            name = str(each.get("custom_id", ""))
            if name.startswith("p1:vote:"):
                number = name.split(":")[2]
                found[0 if 0 in papers else int(number or 0)] = name
    return found


async def compare(story: Story, crowd: Crowd) -> None:
    """Wait until the store has the truth, or for so long as it may take; note what is wrong then."""
    began = time.monotonic()
    while time.monotonic() - began < RIGHT_WITHIN_S:
        story.toll.wrong = await wrong_counts(story, crowd)
        if not story.toll.wrong:
            break
        await asyncio.sleep(0.1)
    story.toll.right_after_s = time.monotonic() - began
    story.toll.votes = sum(map(len, crowd.votes().values()))


async def wrong_counts(story: Story, crowd: Crowd) -> dict[str, tuple[int, int]]:
    """Return the papers whose stored count is not the true one."""
    rows = await story.rows("SELECT paper, count(DISTINCT identity) FROM acts GROUP BY paper")
    stored = {str(paper): int(count) for paper, count in rows}
    true = {paper: len(people) for paper, people in crowd.votes().items()}
    both = {paper: (stored.get(paper, 0), true.get(paper, 0)) for paper in stored.keys() | true.keys()}
    return {paper: pair for paper, pair in both.items() if pair[0] != pair[1]}
