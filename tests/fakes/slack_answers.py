"""How the stand-in of Slack answers on HTTP, and what can go wrong with that."""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable

Json = Any


class Refusal(Exception):  # noqa: N818 - it is an answer
    """An error string, as Slack gives it with status 200."""

    def __init__(self, error: str, **more: Json) -> None:
        super().__init__(error)
        self.body = {"ok": False, "error": error, **more}


class Mishap(Enum):
    """What can go wrong with a call, and whether it was done all the same."""

    DROPPED = "not done, no answer"
    REPLY_LOST = "done, no answer"
    HANGS = "done, and the answer never ends"
    LATE = "done after the caller has gone"
    BROKEN = "500, not done"
    BROKEN_AFTER = "500, done"
    INTERNAL = "internal_error, done"
    FATAL = "fatal_error, not done"
    BAD_GATEWAY = "502, not done, by what stands before Slack"
    BUSY = "service_unavailable, not done"
    LIMITED = "429"
    GARBLED = "done, and half an answer"


AFTER = {Mishap.REPLY_LOST, Mishap.HANGS, Mishap.BROKEN_AFTER, Mishap.INTERNAL, Mishap.GARBLED}


def answer(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Answer as Slack does."""
    return web.Response(
        body=json.dumps(body).encode(), status=status, headers=headers, content_type="application/json"
    )


def cut_off(request: web.Request) -> web.Response:
    """Break the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)


def limited(wait_s: int) -> web.Response:
    """Refuse a call that came too soon, with whole seconds as Slack does."""
    return answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(max(1, wait_s))})


def broken() -> web.Response:
    return web.Response(text="<html>500</html>", status=500, content_type="text/html")


AT_ONCE: dict[Mishap, Callable[[], web.Response]] = {
    Mishap.BROKEN: broken,
    Mishap.BAD_GATEWAY: lambda: web.Response(text="upstream error", status=502, content_type="text/plain"),
    Mishap.BUSY: lambda: answer({"ok": False, "error": "service_unavailable"}, 503),
    Mishap.FATAL: lambda: answer({"ok": False, "error": "fatal_error"}),
}
