"""Draw docs/pictures/demo.svg, the picture of the README, from what the demo really prints.

Type `.venv/bin/python -m tools.pictures`. The picture fetches no font: it uses the reader's own.
"""

from __future__ import annotations

import asyncio
import io
import re
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from adapters.terminal.demo import SCENES, play
from bot.wiring import staged

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "pictures" / "demo.svg"
COLUMNS = 94

SHOWN = slice(1, 4)
"""The scenes of the story that are drawn: subscribing, the post, and the list some hours later."""

DARK, LIGHT, CYAN = (24, 26, 31), (222, 225, 230), (86, 182, 194)
THEME = TerminalTheme(DARK, LIGHT, [DARK, LIGHT, LIGHT, LIGHT, LIGHT, LIGHT, CYAN, LIGHT])
"""The demo uses one colour; what else would be coloured is as light as the text."""
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def svg_format() -> str:
    """Return rich's template without its fonts of the network."""
    without_faces = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return without_faces.replace("Fira Code, monospace", FONTS).replace("arial", "sans-serif")


async def drawn() -> str:
    """Play the scenes to a console that remembers, and return them as a picture."""
    console = Console(
        record=True,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        width=COLUMNS,
        highlight=False,
    )
    async with staged() as stage:
        for scene in SCENES[SHOWN]:
            await play(scene, stage, console)
    return console.export_svg(title="make demo", theme=THEME, code_format=svg_format(), unique_id="demo")


def main() -> None:
    """Write the picture."""
    picture = asyncio.run(drawn())
    assert "http" not in re.sub(r"http://www\.w3\.org/\S+|https://www\.textualize\.io", "", picture)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture, "utf-8")


if __name__ == "__main__":
    main()
