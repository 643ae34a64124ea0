"""Look at the Discord adapter's cards: the very JSON it would send, in a page of Discord's look, as pictures.

Type `make cards`; it needs Chromium (`apt-get install chromium fonts-noto-core fonts-noto-color-emoji`), or
CHROMIUM=path of any browser of its kind. Everything shown is answered by the real core from the bundled
sample, as in `make demo`; votes and permissions are made up, as the sample has no voters and no Discord.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from adapters.discord.render import render, render_all
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
from tools.discord_look import page
from tools.png import smaller

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.discord.render.payload import Body
    from adapters.terminal.demo import Stage
    from bot.domain.answers import Answer

    Messages = list[tuple[str, Sequence[Body]]]

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
WIDTHS = {"phone": 390, "desktop": 660}
"""In CSS pixels."""

SHOTS = {
    "digest": [("phone", "dark", 2), ("phone", "light", 2), ("desktop", "dark", 1), ("desktop", "light", 1)],
    "cards": [("phone", "dark", 1), ("desktop", "light", 1)],
    "answers": [("phone", "light", 1), ("desktop", "dark", 1)],
}
"""The pictures of each sheet: width, theme, and the picture's pixels for each of CSS."""

HERE = Place("discord", "1201201201201201201", "1301301301301301301")
ADA = Identity("discord:1401401401401401401")
KEY = "k3f9x20260424090"
VOTES = (6, 2, 0, 1, 0)
"""Made up."""

LARGEST_KB = 200


async def answered(stage: Stage, words: str) -> Answer:
    """Return what the core answers."""
    return (await stage.core.answer_typed(parse_text(words, stage.core.commands), HERE, ADA)).answer


async def sheets() -> dict[str, Messages]:
    """Return the digest of a morning, cards of papers, and answers and notices without any."""
    async with staged() as stage:
        await pass_time(friday(9, 20), stage)

        async def shown(words: str, more: str = "") -> list[Body]:
            return bodies(permitted(await answered(stage, words)), stage, more)

        saved = await shown("subscribe at=09:30 tz=Europe/Paris")
        preview = await answered(stage, "preview")
        assert isinstance(preview, Preview)
        digest, *others = editions(preview)
        return {
            "digest": [("", [digest])],
            "cards": [
                ("One of layout=posts, then the heading of layout=thread", others),
                ("/papers today", await shown("today count=3", "on 2026-04-24 25")),
                ("/papers show", await shown("show 1")),
            ],
            "answers": [
                ("/papers-admin subscribe", saved),
                ("/papers status", await shown("status")),
                ("/papers-admin settings", await shown("settings notify=on")),
                ("/papers cite", await shown("cite 2604.21686")),
                ("A mistake", await shown("subscribe 9:00 Paaris")),
                ("An empty edition, a fault of the source, a place that is closed", await lines(stage)),
            ],
        }


def bodies(answer: Answer, stage: Stage, more: str = "") -> list[Body]:
    """Return an answer as it is sent."""
    return [payload.body() for payload in render_all(card_of(answer, stage.clock.now()), more=more)]


def permitted(answer: Answer) -> Answer:
    """Return an answer as it is where the bot may speak; the stage has no Discord to ask."""
    match answer:
        case SubscriptionSaved():
            return replace(answer, lacks=(), can=("post", "embed", "react"))
        case StatusReport():
            last = LastPost(friday(7, 30), "Europe/Paris", "delivered", 5, friday(7, 30))
            return replace(answer, silence="", last=last)
        case _:
            return answer


def editions(preview: Preview) -> Iterator[Body]:
    """Yield an edition as each layout posts it, with votes."""
    edition, voted = preview.edition, list(preview.papers.values())
    order = {chosen.paper: at for at, chosen in enumerate(edition.papers)}
    papers = {
        each.paper.id: replace(each, votes=VOTES[order[each.paper.id] % len(VOTES)])
        for each in voted
        if each.paper.id in order
    }
    yield render(edition_card(edition, papers, 0), key=KEY).body()
    yield render(edition_card(replace(edition, layout=Layout.POSTS), papers, 2), key=KEY).body()
    yield render(edition_card(edition, papers, 0, DeliveryKind.THREAD), key=KEY).body()


async def lines(stage: Stage) -> list[Body]:
    """Return notices of one line."""
    now = stage.clock.now()
    empty = await answered(stage, "preview topic=crochet")
    assert isinstance(empty, Preview)
    texts = (
        empty.edition.reason,
        source_down_words(friday(4, 40), "Europe/Paris", now),
        place_closed_words(HERE, "I may not send messages there."),
    )
    return [render(line_card(text)).body() for text in texts]


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
    shown = asyncio.run(sheets())
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, shots in SHOTS.items():
        for width, theme, density in shots:
            html = page(theme, shown[name], friday(7, 30))
            path = PICTURES / f"discord-{name}-{width}-{theme}.png"
            picture = photographed(chromium, html, WIDTHS[width], density)
            path.write_bytes(smaller(picture))
            size_kb = path.stat().st_size / 1000
            too_large = "  too large" if size_kb > LARGEST_KB else ""
            sys.stdout.write(f"{path.name}  {size_kb:.0f} kB{too_large}\n")


if __name__ == "__main__":
    main()
