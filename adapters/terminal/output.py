"""Writing to standard output and standard error, whatever they are: a terminal, a pipe, an odd encoding."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.answers import Citation, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import TextIO

    from rich.console import Console

    from adapters.terminal.json_form import Json
    from bot.domain.answers import Answer

DONE, COULD_NOT, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses. The last is the shell's own for an interrupt (128 + SIGINT)."""


def prepare_streams() -> None:
    """Let characters that the encoding does not have come out as `?`, instead of ending the program."""
    if sys.stderr is None:
        # Closed before the start: what would be written there has no reader.
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - lasts as long as we do
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")


def show_answer(answer: Answer, now: datetime, *, as_json: bool, suffix: str = "") -> int:
    """Write an answer, and return the exit status. A refusal goes to standard error, as JSON to both.

    `suffix` goes behind each command that can be typed next.
    """
    if isinstance(answer, Refusal):
        return show_refusal(answer, as_json=as_json)
    if as_json:
        write_json_answer(answer)
    elif isinstance(answer, Citation) and not standard_output().isatty():
        # So that `papers cite 1 >> refs.bib` adds the citation and nothing else.
        write(f"{answer.text}\n")
    else:
        write_card(answer, now, suffix)
    return DONE


def show_refusal(refusal: Refusal, *, as_json: bool) -> int:
    """Tell why something was not done, and return the exit status."""
    if as_json:
        # The complaint must come through even where the answer cannot.
        with contextlib.suppress(OSError):
            write_json_answer(refusal)
    complain(refusal.sentence, refusal.usage if refusal.wrong_usage else "")
    return WRONG_USAGE if refusal.wrong_usage else COULD_NOT


def write_card(answer: Answer, now: datetime, suffix: str = "") -> None:
    """Write an answer for people."""
    from adapters.terminal.render import print_card  # noqa: PLC0415 - rich is a third of the start
    from bot.views import card_of  # noqa: PLC0415 - as above

    console = console_for_people()
    with console.capture() as captured:
        print_card(card_of(answer, now), console, suffix)
    write(captured.get())


def console_for_people() -> Console:
    """Return what writes to standard output: in colour and with links on a terminal, plain anywhere else."""
    from adapters.terminal.render import Screen  # noqa: PLC0415 - JSON and complaints go without

    return Screen(file=standard_output(), highlight=False)


def write_json_answer(answer: Answer) -> None:
    """Write an answer for programs."""
    from adapters.terminal.json_form import json_of  # noqa: PLC0415 - nobody else needs it

    write_json(json_of(answer))


def write_json(form: Mapping[str, Json]) -> None:
    """Write an object as readable JSON, in ASCII where the encoding has no more."""
    import json  # noqa: PLC0415 - most answers are for people

    is_unicode = standard_output().encoding.lower().replace("-", "").startswith("utf")
    write(json.dumps(form, indent=2, ensure_ascii=not is_unicode) + "\n")


def write(text: str) -> None:
    """Write to standard output at once, so that what goes wrong goes wrong here."""
    stream = standard_output()
    stream.write(text)
    stream.flush()


def standard_output() -> TextIO:
    """Return standard output.

    Raises:
        OSError: It was closed before the start.
    """
    if sys.stdout is None:
        raise OSError(errno.EBADF, "standard output is closed")
    return sys.stdout


def complain(sentence: str, usage: str = "") -> None:
    """Write on standard error what went wrong, and how the command is typed where that helps."""
    lines = [sentence, *([f"Usage: papers {usage}"] if usage else [])]
    with contextlib.suppress(OSError):
        sys.stderr.write("\n".join(lines) + "\n")
        sys.stderr.flush()


def abandon_output() -> None:
    """Forget what standard output has not taken: its reader is gone, and Python would complain at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), standard_output().fileno())
