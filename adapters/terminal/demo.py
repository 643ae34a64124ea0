"""The story that `papers demo` tells: one day of the bot, on a clock of its own, with the bundled sample.

Everything it shows is answered by the real core from a real store; only the clock and the source are the
demo's. Wiring builds those and calls `tell`, then `talk` where somebody sits at a terminal.
"""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rich.text import Text

from adapters.terminal import output
from adapters.terminal.messenger import TerminalMessenger
from adapters.terminal.render import BETWEEN, Sheet, rows_of
from bot.commands.shell import TERMINAL_COUNT, parse_words
from bot.commands.text import parse_text
from bot.domain.cards import Actions, Card
from bot.domain.deliveries import DeliveryKind, MessageRef, Sent
from bot.domain.places import LOCAL_PERSON, LOCAL_PLACE, Identity
from bot.views import card_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from rich.console import Console

    from bot.commands.spec import Command
    from bot.commands.text import Mistake, Typed
    from bot.core import Core
    from bot.domain.deliveries import Delivery, SendResult

WIDTH = 92
"""How wide the story is at most: a comfortable line."""

MARGIN = "  "

PAUSE = timedelta(seconds=0.7)
"""Between two scenes, where somebody looks on."""

HEADLINE = "bold cyan"
TYPED = "bold"


class DemoClock:
    """Satisfies `bot.ports.Clock`: stands still until the story, or a sleeper, moves it."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._now = start

    def now(self) -> datetime:
        """Return the story's time."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds that have passed in the story."""
        return (self._now - self._start).total_seconds()

    async def sleep(self, delay: timedelta) -> None:
        """Let the time pass at once."""
        self._now += max(delay, timedelta(0))
        await asyncio.sleep(0)

    def move_to(self, instant: datetime) -> None:
        """Go on to an instant; never back."""
        self._now = max(self._now, instant)


class DemoMessenger(TerminalMessenger):
    """Keeps what is posted until the story shows it."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        self._posted: list[Card] = []

    async def send(self, delivery: Delivery, card: Card) -> SendResult:
        """Keep a card; an edit changes nothing that has been shown."""
        if delivery.kind is DeliveryKind.EDIT:
            return Sent(delivery.parent_message)
        self._posted.append(card)
        return Sent(MessageRef(delivery.key))

    def taken(self) -> Sequence[Card]:
        """Return what was posted since the last time."""
        posted, self._posted = self._posted, []
        return posted


@dataclass(frozen=True, slots=True)
class Stage:
    """What the story is played with.

    `fetch` takes in the lists as they stand at the clock's time; `moments` are when they change. `post` plans
    and sends what is due by the clock, and returns what came of it.
    """

    core: Core
    clock: DemoClock
    fetch: Callable[[], Awaitable[object]]
    post: Callable[[], Awaitable[Sequence[Card]]]
    moments: Sequence[datetime]


@dataclass(frozen=True, slots=True)
class Scene:
    """One moment: what is going on, what others have typed by then, and what is typed."""

    at: datetime
    title: str
    told: str
    typed: tuple[str, ...] = ()
    others: tuple[tuple[Identity, str], ...] = ()


def friday(hour: int, minute: int) -> datetime:
    """Return a time of the story's day, UTC."""
    return datetime(2026, 4, 24, hour, minute, tzinfo=UTC)


WORLDMARK, UNIT = "2604.21686", "2604.19734"
"""Two papers of Friday's list."""

START = datetime(2026, 4, 22, tzinfo=UTC)
"""Where the clock begins: by the first scene, Wednesday's and Thursday's lists are complete."""

SCENES = (
    Scene(
        friday(0, 55),
        "A new list has opened",
        "Not yet one in the morning: three papers so far, so Thursday's best fills the page.",
        ("today --count 4",),
    ),
    Scene(
        friday(6, 30),
        "Have it posted",
        "Say when, and whose clock that is. Half past six here is half past eight in Paris.",
        ("subscribe --at 09:00 --tz Europe/Paris --count 3",),
    ),
    Scene(
        friday(7, 0),
        "Nine o'clock in Paris",
        "Nobody typed anything: this is the post, and it comes once, whatever happens to the bot.",
    ),
    Scene(
        friday(9, 20),
        "It grew over the morning",
        "Fifteen papers now, and another one leads. What is rising says how fast.",
        ("today --count 2",),
    ),
    Scene(
        friday(9, 22),
        "One of them in full",
        "1 is its number on the list you just saw. An arXiv id or any link to the paper works too.",
        ("show 1",),
    ),
    Scene(
        friday(11, 5),
        "Looking for something",
        "A word, a phrase, and nothing on video. And what else is like it?",
        ("search 'agents \"long-horizon\" -video'", "similar 1 --count 1"),
    ),
    Scene(
        friday(11, 40),
        "For the paper you are writing",
        "BibTeX, RIS or APA. A file gets the citation alone: papers cite 2604.17397 >> refs.bib",
        ("cite 2604.17397",),
    ),
    Scene(
        friday(14, 30),
        "A vote moves the board",
        "Two colleagues have voted, one for each: then more upvotes go first. Yours decides.",
        ("top", f"vote {UNIT}", "top --count 1"),
        ((Identity("terminal:ana"), f"vote {WORLDMARK}"), (Identity("terminal:ben"), f"vote {UNIT}")),
    ),
    Scene(
        friday(17, 45),
        "The week on your topic",
        "Every list can be narrowed to a topic, and says how much of it that was.",
        ("week --topic 'code | coding' --count 2",),
    ),
    Scene(
        datetime(2026, 4, 25, 9, 0, tzinfo=UTC),
        "The morning after",
        "Saturdays have no list, and the bot says so. A vote weighs five upvotes: yours lead the page.",
        ("today --count 1", "status"),
    ),
)

OPENING = (
    "This is papers-bot, playing one day in your terminal: Friday 24 April 2026.",
    "The papers are real, and so is the store, in a temporary folder; only the clock is made up.",
)

NEXT = (
    ("papers ingest", "fetch the newest lists (this one needs the network)"),
    ("papers today", "read today's list"),
    ("papers help", "all commands; each takes --json"),
)


async def tell(stage: Stage, console: Console) -> None:
    """Tell the story. It waits between scenes only where somebody looks on."""
    for sentence in OPENING:
        say(console, sentence)
    for scene in SCENES:
        await play(scene, stage, console)
        if console.is_terminal:
            # Real time, not the story's: a person is reading.
            await asyncio.sleep(PAUSE.total_seconds())
    headline(console, "Now yours", "")
    for words, does in NEXT:
        say(console, f"  .venv/bin/{words}{BETWEEN}{does}")


async def play(scene: Scene, stage: Stage, console: Console) -> None:
    """Show one scene: the time, what happens, what is posted and typed, and what the bot answers."""
    await pass_time(scene.at, stage)
    headline(console, f"{scene.at:%a %H:%M} UTC", scene.title)
    say(console, scene.told, "dim")
    for identity, typed in scene.others:
        await stage.core.answer_typed(
            parse_words(shlex.split(typed), stage.core.commands), LOCAL_PLACE, identity
        )
    for card in await stage.post():
        console.print()
        show(card, console)
    for typed in scene.typed:
        say(console, f"\n$ papers {typed}", TYPED)
        await answer(parse_words(shlex.split(typed), stage.core.commands), stage, console, without=Actions)


async def pass_time(until: datetime, stage: Stage) -> None:
    """Let the time pass, and take in each list whenever it changed on the way."""
    for moment in stage.moments:
        if stage.clock.now() < moment <= until:
            stage.clock.move_to(moment)
            await stage.fetch()
    stage.clock.move_to(until)


async def answer(
    typed: Typed | Mistake, stage: Stage, console: Console, without: type[Actions] | tuple[()] = ()
) -> None:
    """Answer one command as the terminal does, without one kind of part."""
    reply = await stage.core.answer_typed(typed, LOCAL_PLACE, LOCAL_PERSON, manages=True)
    card = card_of(reply.answer, stage.clock.now())
    kept = tuple(part for part in card.parts if not isinstance(part, without))
    show(Card(kept, card.gist), console)


def understood(typed: str, commands: Mapping[str, Command]) -> Typed | Mistake:
    """Read what was typed as a shell would (`--count 3`, `'…'`), else as a chat would (`count=3`)."""
    if " --" in typed or " '" in typed:
        with contextlib.suppress(ValueError):  # a quotation that does not end
            return parse_words(shlex.split(typed), commands)
    return parse_text(typed, commands, TERMINAL_COUNT)


async def talk(stage: Stage, console: Console, ask: Callable[[], Awaitable[str]]) -> None:
    """Answer what is typed, at the story's last moment, until `quit`, the end of input, or a signal."""
    say(console, "\nOr stay here: type a command of the day you have just seen, help, or quit.")
    while True:
        try:
            typed = (await ask()).strip().removeprefix("/").removeprefix("papers ").strip()
        except (EOFError, asyncio.CancelledError):
            console.print()
            return
        if typed in {"quit", "exit", "q"}:
            return
        if typed:
            await answer(understood(typed, stage.core.commands), stage, console)


async def typed_line(prompt: str) -> str:
    """Return the next line that is typed. Unlike `input`, it lets the loop act on signals while it waits.

    Raises:
        EOFError: There will be none.
    """
    output.write(prompt)
    loop, is_there = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sys.stdin, is_there.set)
    try:
        await is_there.wait()
    finally:
        loop.remove_reader(sys.stdin)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def show(card: Card, console: Console) -> None:
    """Show a card, set in under the command that it answers."""
    # Addresses of whole lists would be half of the story; a terminal has them behind the titles.
    sheet = Sheet(width_of(console) - len(MARGIN), links=True, prefix="")
    for row in rows_of(card, sheet, console):
        console.print(Text(MARGIN) + row if row.plain else row, soft_wrap=True)


def width_of(console: Console) -> int:
    """Return how wide the story is told: a pipe and a file have no width of their own."""
    return min(WIDTH, console.width) if console.is_terminal else WIDTH


def headline(console: Console, when: str, title: str) -> None:
    """Begin a scene."""
    words = BETWEEN.join(part for part in (when, title) if part)
    rule = "─" * max(0, width_of(console) - len(words) - 4)
    console.print(Text(f"\n── {words} {rule}", HEADLINE), soft_wrap=True)


def say(console: Console, sentence: str, style: str = "") -> None:
    """Write one line of the story."""
    console.print(Text(sentence, style), soft_wrap=True)
