"""Structured logging: one line an event, with facts as key=value, never a token and never people's text."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from structlog.typing import FilteringBoundLogger, Processor

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
"""The levels by name, with the figures that the standard library gives them."""

SECRET_NAMES = frozenset({"token", "secret", "password", "authorization", "cookie"})
"""The words in the name of a fact that is never written."""

SECRET_TEXT = re.compile(
    r"(?<=://)[^/\s]+@"  # who logs in to a database, with the password
    r"|\bxox[a-z]-[\w-]+|\bxapp-[\w-]+"  # Slack's tokens
    r"|\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}\b"  # Discord's tokens
    r"|(?i:(?<=token=)|(?<=secret=)|(?<=password=))[^&\s]+"
)
"""What is cut out of a text, whatever its name."""


@dataclass(slots=True)
class Wish:
    """How to log, as it was wished last; it is carried out when the first line is written."""

    level: int = LEVELS["warning"]
    form: str = "text"


_wish = Wish()


def configure(level: str, form: str) -> None:
    """Set what is logged (debug, info, warning, error) and how (text, json), on standard error."""
    _wish.level, _wish.form = LEVELS[level], form


class Log:
    """A named log. structlog is loaded with the first line: commands that say nothing start without it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._bound: FilteringBoundLogger | None = None

    def _logger(self) -> FilteringBoundLogger:
        if self._bound is None:
            import structlog  # noqa: PLC0415 - 90 ms of start-up that most commands never need

            self._bound = structlog.wrap_logger(
                structlog.PrintLogger(sys.stderr), processors=processors(_wish.form), log=self._name
            )
        return self._bound

    def debug(self, event: str, **facts: object) -> None:
        """Tell what only somebody looking for a fault wants to read."""
        if _wish.level <= LEVELS["debug"]:
            self._logger().debug(event, **facts)

    def info(self, event: str, **facts: object) -> None:
        """Tell what happened in the ordinary way."""
        if _wish.level <= LEVELS["info"]:
            self._logger().info(event, **facts)

    def warning(self, event: str, **facts: object) -> None:
        """Tell what went wrong and was dealt with."""
        if _wish.level <= LEVELS["warning"]:
            self._logger().warning(event, **facts)

    def error(self, event: str, **facts: object) -> None:
        """Tell what went wrong and needs somebody."""
        self._logger().error(event, **facts)


def logger(name: str) -> Log:
    """Return the log of one part of the program, named as `sources.huggingface`."""
    return Log(name)


def processors(form: str) -> list[Processor]:
    """Return what each event goes through on its way to a line."""
    from structlog import dev, processors  # noqa: PLC0415 - as above

    last: Processor = processors.JSONRenderer(ensure_ascii=False)
    if form == "text":
        last = dev.ConsoleRenderer(colors=False, pad_event_to=0)
    return [
        processors.add_log_level,
        processors.TimeStamper(fmt="iso", utc=True),
        processors.format_exc_info,
        redact,
        last,
    ]


def redact(_logger: Any, _level: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out what is secret, by the name of the fact and by how its text looks."""
    for name, fact in event.items():
        if SECRET_NAMES & set(name.lower().split("_")):
            event[name] = "…"
        elif not isinstance(fact, int | float):
            event[name] = redacted(str(fact))
    return event


def redacted(text: str) -> str:
    """Return the text without tokens and passwords."""
    return SECRET_TEXT.sub(lambda found: "…@" if found[0].endswith("@") else "…", text)


def fault_words(fault: Exception) -> str:
    """Return what kind of fault it is and where it was raised. Its own text may hold people's, or a token."""
    from traceback import extract_tb  # noqa: PLC0415 - for faults alone

    frames = extract_tb(fault.__traceback__)
    where = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(fault).__name__}{where}"
