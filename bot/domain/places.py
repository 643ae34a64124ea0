"""Where the bot speaks, and to whom."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, NewType

if TYPE_CHECKING:
    from collections.abc import Mapping

Identity = NewType("Identity", str)
"""Who somebody is on one platform: `discord:<user>`, `slack:<team>/<user>`, `terminal:local`."""


OWN_SERVER = "@me"
"""What stands for a server in somebody's own conversation with the bot, of no server (Discord)."""


class PlaceKind(StrEnum):
    """What sort of place it is; the later ones are named so that the schema need not change for them."""

    CHANNEL = "channel"
    ANNOUNCEMENT = "announcement"
    FORUM = "forum"
    THREAD = "thread"
    DM = "dm"
    EMAIL = "email"
    FEED = "feed"


class Place(NamedTuple):
    """Where the bot speaks: `discord:<guild>/<channel>`, `slack:<team>/<channel>`, `terminal:local/main`."""

    platform: str
    server: str
    channel: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.server}/{self.channel}"

    @property
    def is_own(self) -> bool:
        """Whether it is somebody's own conversation with the bot, of no server: `discord:@me/<channel>`."""
        return self.server == OWN_SERVER

    @property
    def server_key(self) -> str:
        """The server or workspace that the place belongs to: `discord:<guild>`."""
        return f"{self.platform}:{self.server}"


@dataclass(frozen=True, slots=True)
class PlaceProfile:
    """What is kept of a place: its kind, and its own ways (`settings`), by name."""

    place: Place
    kind: PlaceKind = PlaceKind.CHANNEL
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def keeps_lists_private(self) -> bool:
        """Whether lists are for the asker alone there."""
        return self.settings.get("answers") == "private"


# Half a surrogate pair is what a shell makes of broken UTF-8, and no database keeps it.
_NAME = r"[^\s/:\x00-\x1f\ud800-\udfff]{1,100}"
_PLACE = re.compile(rf"(discord|slack|terminal|email):({_NAME})/({_NAME})")
_IDENTITY = re.compile(rf"(?:discord|terminal|email):{_NAME}|slack:{_NAME}/{_NAME}")


def parse_place(text: str) -> Place | None:
    """Read a place as `str(place)` writes it (a person's own: `discord:@me/<channel>`), else None."""
    found = _PLACE.fullmatch(text)
    return Place(*found.groups()) if found else None


def parse_identity(text: str) -> Identity | None:
    """Read who somebody is on one platform; None if the text names nobody."""
    return Identity(text) if _IDENTITY.fullmatch(text) else None


LOCAL_PLACE = Place("terminal", "local", "main")
LOCAL_PERSON = Identity("terminal:local")
