"""Writing to standard output and standard error, whatever they are: a terminal, a pipe, an odd encoding."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from bot.domain.answers import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from io import TextIOWrapper

    from rich.console import Console

    from adapters.terminal.json_form import Json
    from bot.domain.answers import Answer

DONE, COULD_NOT, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses. The last is the shell's own for an interrupt (128 + SIGINT)."""


def prepare_streams() -> None:
    """Let characters that the encoding does not have come out as `?`, instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")


def show_answer(answer: Answer, now: datetime, *, as_json: bool) -> int:
    """Write an answer, and return the exit status. A refusal goes to standard error, as JSON to both."""
    if as_json:
        write_json_answer(answer)
    if isinstance(answer, Refusal):
        complain(answer.sentence, answer.usage if answer.wrong_usage else "")
        return WRONG_USAGE if answer.wrong_usage else COULD_NOT
    if not as_json:
        write_card(answer, now)
    return DONE


def write_card(answer: Answer, now: datetime) -> None:
    """Write an answer for people."""
    from adapters.terminal.render import print_card  # noqa: PLC0415 - rich is a third of the start
    from bot.views import card_of  # noqa: PLC0415 - as above

    console = console_for_people()
    with console.capture() as captured:
        print_card(card_of(answer, now), console)
    write(captured.get())


def console_for_people() -> Console:
    """Return what writes to standard output: in colour and with links on a terminal, plain anywhere else."""
    from rich.console import Console  # noqa: PLC0415 - JSON and complaints go without

    return Console(highlight=False)


def write_json_answer(answer: Answer) -> None:
    """Write an answer for programs."""
    from adapters.terminal.json_form import json_of  # noqa: PLC0415 - nobody else needs it

    write_json(json_of(answer))


def write_json(form: Mapping[str, Json]) -> None:
    """Write an object as readable JSON, in ASCII where the encoding has no more."""
    import json  # noqa: PLC0415 - most answers are for people

    is_unicode = sys.stdout.encoding.lower().replace("-", "").startswith("utf")
    write(json.dumps(form, indent=2, ensure_ascii=not is_unicode) + "\n")


def write(text: str) -> None:
    """Write to standard output at once, so that what goes wrong goes wrong here."""
    sys.stdout.write(text)
    sys.stdout.flush()


def complain(sentence: str, usage: str = "") -> None:
    """Write on standard error what went wrong, and how the command is typed where that helps."""
    lines = [sentence, *([f"Usage: papers {usage}"] if usage else [])]
    with contextlib.suppress(OSError):
        sys.stderr.write("\n".join(lines) + "\n")
        sys.stderr.flush()


def abandon_output() -> None:
    """Forget what standard output has not taken: its reader is gone, and Python would complain at exit."""
    stream: TextIOWrapper | None = getattr(sys, "stdout", None)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        assert stream is not None
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
