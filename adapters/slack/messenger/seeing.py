"""What the bot may do in a channel, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ports.delivery import PlaceReport

if TYPE_CHECKING:
    from collections.abc import Collection

    from adapters.slack.client.web import Json

POST = "post"

NEEDED = {
    "chat:write": POST,
    "reactions:read": "count reactions",
    "reactions:write": "react",
}
"""What each scope is for, as a report says it."""


def report_of(channel: Json, scopes: Collection[str]) -> PlaceReport:
    """Return what may be done in a channel, and what not."""
    lacks = [
        f"I lack the scope {scope}: install me again, so that I can {act}."
        for scope, act in NEEDED.items()
        if scopes and scope not in scopes
    ]
    name = str(channel.get("name") or "")
    here = f"#{name}" if name else "this channel"
    if channel.get("is_archived"):
        lacks.append(f"{here} is archived.")
    elif not channel.get("is_im") and not channel.get("is_member"):
        lacks.append(f"I am not in {here}: type /invite there and choose me.")
        return PlaceReport((), tuple(lacks))
    can = [act for scope, act in NEEDED.items() if not scopes or scope in scopes]
    return PlaceReport(tuple(can) if not channel.get("is_archived") else (), tuple(lacks))
