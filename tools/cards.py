"""Look at the adapters' cards: the very JSON they would send, in a page of the platform's look, as pictures.

Type `make cards`; it needs Chromium (`apt-get install chromium fonts-noto-core fonts-noto-color-emoji`), or
CHROMIUM=path of any browser of its kind. Everything shown is answered by the real core from the bundled
sample, as in `make demo`; votes and permissions are made up, as the sample has no voters and no platform.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from adapters.discord import render as discord_render
from adapters.slack import render as slack_render
from adapters.terminal.demo import friday, pass_time
from bot.commands.text import parse_text
from bot.domain.answers import LastPost, Preview, StatusReport, SubscriptionSaved
from bot.domain.deliveries import DeliveryKind
from bot.domain.edition_words import source_down_words
from bot.domain.places import Identity, Place
from bot.domain.subscriptions import Layout
from bot.views import card_of
from bot.views.editions import edition_card, line_card, place_closed_words
from bot.wiring import staged
from tools import discord_look, slack_look
from tools.png import smaller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from adapters.terminal.demo import Stage
    from bot.domain.answers import Answer
    from bot.domain.cards import Card

    Messages = list[tuple[str, Sequence[Any]]]

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
WIDTHS = {"phone": 390, "desktop": 660}
"""In CSS pixels."""

SHOTS = {
    "digest": [("phone", "dark", 2), ("phone", "light", 2), ("desktop", "dark", 1), ("desktop", "light", 1)],
    "cards": [("phone", "dark", 1), ("desktop", "light", 1)],
    "answers": [("phone", "light", 1), ("desktop", "dark", 1)],
}
"""The pictures of each sheet: width, theme, and the picture's pixels for each of CSS."""

KEY = "k3f9x20260424090"


@dataclass(frozen=True, slots=True)
class Look:
    """One platform: where and by whom it is asked there, and how it shows a card."""

    here: Place
    ada: Identity
    posted: Callable[[Card], Any]
    """Returns a card as the JSON of a post."""
    answers: Callable[[Card, str], Sequence[Any]]
    """Returns it as the JSON of an answer, with the words of the button for more."""
    page: Callable[[str, Messages, datetime], str]
    managing: str
    """What managing commands are typed behind."""
    can: tuple[str, ...]
    """What the bot may do there; made up."""


LOOKS = {
    "discord": Look(
        Place("discord", "1201201201201201201", "1301301301301301301"),
        Identity("discord:1401401401401401401"),
        lambda card: discord_render.render(card, key=KEY).body(),
        lambda card, more: [each.body() for each in discord_render.render_all(card, more=more)],
        discord_look.page,
        "/papers-admin",
        ("post", "embed", "react"),
    ),
    "slack": Look(
        Place("slack", "T0PAPERS1", "C0PAPERS1"),
        Identity("slack:T0PAPERS1/U0ADA"),
        lambda card: slack_render.render(card).body(),
        lambda card, more: [each.body() for each in slack_render.render_all(card, more=more)],
        slack_look.page,
        "/papers",
        ("post", "count reactions", "react"),
    ),
}
VOTES = (6, 2, 0, 1, 0)
"""Made up."""

LARGEST_KB = 120


async def answered(stage: Stage, look: Look, words: str) -> Answer:
    """Return what the core answers."""
    typed = parse_text(words, stage.core.commands)
    return (await stage.core.answer_typed(typed, look.here, look.ada)).answer


async def sheets(look: Look) -> dict[str, Messages]:
    """Return the digest of a morning, cards of papers, and answers and notices without any."""
    async with staged() as stage:
        await pass_time(friday(9, 20), stage)

        async def shown(words: str, more: str = "") -> Sequence[Any]:
            answer = permitted(await answered(stage, look, words), look)
            return look.answers(card_of(answer, stage.clock.now()), more)

        saved = await shown("subscribe at=09:30 tz=Europe/Paris")
        preview = await answered(stage, look, "preview")
        assert isinstance(preview, Preview)
        digest, *others = map(look.posted, editions(preview))
        return {
            "digest": [("", [digest])],
            "cards": [
                ("One of layout=posts, then the heading of layout=thread", others),
                ("/papers today", await shown("today count=3", "on 2026-04-24 25")),
                ("/papers show", await shown("show 1")),
            ],
            "answers": [
                (f"{look.managing} subscribe", saved),
                ("/papers status", await shown("status")),
                (f"{look.managing} settings", await shown("settings notify=on")),
                ("/papers cite", await shown("cite 2604.21686")),
                ("A mistake", await shown("subscribe 9:00 Paaris")),
                ("An empty edition, a fault of the source, a place that is closed", await lines(stage, look)),
            ],
        }


def permitted(answer: Answer, look: Look) -> Answer:
    """Return an answer as it is where the bot may speak; the stage has no platform to ask."""
    match answer:
        case SubscriptionSaved():
            return replace(answer, lacks=(), can=look.can)
        case StatusReport():
            last = LastPost(friday(7, 30), "Europe/Paris", "delivered", 5, friday(7, 30))
            return replace(answer, silence="", last=last)
        case _:
            return answer


def editions(preview: Preview) -> Iterator[Card]:
    """Yield an edition as each layout posts it, with votes."""
    edition, voted = preview.edition, list(preview.papers.values())
    order = {chosen.paper: at for at, chosen in enumerate(edition.papers)}
    papers = {
        each.paper.id: replace(each, votes=VOTES[order[each.paper.id] % len(VOTES)])
        for each in voted
        if each.paper.id in order
    }
    yield edition_card(edition, papers, 0)
    yield edition_card(replace(edition, layout=Layout.POSTS), papers, 2)
    yield edition_card(edition, papers, 0, DeliveryKind.THREAD)


async def lines(stage: Stage, look: Look) -> list[Any]:
    """Return notices of one line."""
    now = stage.clock.now()
    empty = await answered(stage, look, "preview topic=crochet")
    assert isinstance(empty, Preview)
    texts = (
        empty.edition.reason,
        source_down_words(friday(4, 40), "Europe/Paris", now),
        place_closed_words(look.here, "I may not send messages there."),
    )
    return [look.answers(line_card(text), "")[0] for text in texts]


# --- Pictures -------------------------------------------------------------------------


def browser() -> str:
    """Return the path of a Chromium.

    Raises:
        SystemExit: there is none.
    """
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "chrome")
    found = next(filter(None, map(shutil.which, filter(None, names))), None)
    if found is None:
        sys.exit(
            "make cards needs Chromium: apt-get install chromium fonts-noto-core fonts-noto-color-emoji, "
            "or set CHROMIUM to a browser of its kind."
        )
    return found


def photographed(chromium: str, html: str, width: int, density: int) -> bytes:
    """Return a page as a picture of its whole height."""
    with TemporaryDirectory(prefix="papers-cards-", ignore_cleanup_errors=True) as folder:
        source, picture = Path(folder) / "page.html", Path(folder) / "page.png"
        source.write_text(html, "utf-8")
        options = [
            *(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *("--disable-lcd-text", f"--force-device-scale-factor={density}"),
            f"--user-data-dir={folder}/profile",
        ]
        first = run([*options, f"--window-size={width},600", "--dump-dom", source.as_uri()])
        found = re.search(r'data-height="(\d+)"', first)
        height = int(found[1]) if found else sys.exit("Chromium did not show the page.")
        run([*options, f"--window-size={width},{height}", f"--screenshot={picture}", source.as_uri()])
        return picture.read_bytes()


def run(command: list[str]) -> str:
    """Run the browser; return what it printed."""
    return subprocess.run(  # noqa: S603 - nothing of it comes from outside
        command, check=True, capture_output=True, text=True, timeout=120
    ).stdout


def main() -> None:
    """Write the pictures."""
    chromium = browser()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for platform in sys.argv[1:] or LOOKS:
        look = LOOKS[platform]
        shown = asyncio.run(sheets(look))
        for name, width, theme, density in pictures_of():
            html = look.page(theme, shown[name], friday(7, 30))
            path = PICTURES / f"{platform}-{name}-{width}-{theme}.png"
            path.write_bytes(smaller(photographed(chromium, html, WIDTHS[width], density)))
            size_kb = path.stat().st_size / 1000
            too_large = "  too large" if size_kb > LARGEST_KB else ""
            sys.stdout.write(f"{path.name}  {size_kb:.0f} kB{too_large}\n")


def pictures_of() -> Iterator[tuple[str, str, str, int]]:
    """Yield sheet, width, theme and density of each picture."""
    for name, shots in SHOTS.items():
        yield from ((name, *shot) for shot in shots)


if __name__ == "__main__":
    main()
