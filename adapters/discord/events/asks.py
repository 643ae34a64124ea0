"""An interaction as Discord sends it, read: who asks what, where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.discord.commands import EVERYONE, MANAGE_CHANNELS, MANAGERS, SUBCOMMAND
from adapters.discord.messenger.refs import kind_of
from bot.domain.places import OWN_SERVER, Identity, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.discord.client.rest import Json
    from bot.domain.places import PlaceKind

COMMAND, COMPONENT, SUGGESTIONS = 2, 3, 4
"""Types of interactions (Receiving and Responding, Interaction Type)."""

ADMINISTRATOR = 1 << 3
VIEW_CHANNEL = 1 << 10


@dataclass(frozen=True, slots=True)
class Ask:
    """One interaction. `token` answers it, for a quarter of an hour."""

    id: str
    token: str
    application: str
    type: int
    place: Place
    identity: Identity
    permissions: int = 0
    kind: PlaceKind | None = None
    language: str = ""
    details: Json = field(default_factory=dict)
    message: Json = field(default_factory=dict)
    """The message whose button was pressed."""
    sees: bool = True
    """Whether the bot itself sees the channel: commands work where it does not."""

    @property
    def may_be_voted_on(self) -> bool:
        """Whether the bot is told of reactions to what it answers: on a server, where it sees the channel."""
        return not self.place.is_own and self.sees

    @property
    def may_manage(self) -> bool:
        """Whether the asker manages this place: in a conversation with the bot everybody does."""
        return self.place.is_own or bool(self.permissions & (MANAGE_CHANNELS | ADMINISTRATOR))


def ask_of(raw: Mapping[str, object]) -> Ask:
    """Read an interaction.

    Raises:
        KeyError: it lacks what each has.
    """
    sent: Json = dict(raw)
    member, channel = sent.get("member") or {}, sent.get("channel") or {}
    user = member.get("user") or sent["user"]
    server = str(sent.get("guild_id") or OWN_SERVER)
    return Ask(
        str(sent["id"]),
        str(sent["token"]),
        str(sent["application_id"]),
        int(sent["type"]),
        Place("discord", server, str(sent.get("channel_id") or channel["id"])),
        Identity(f"discord:{user['id']}"),
        int(member.get("permissions") or 0),
        kind_of(channel) if "type" in channel else None,
        str(sent.get("locale", "")),
        dict(sent.get("data") or {}),
        dict(sent.get("message") or {}),
        sees=bool(int(sent.get("app_permissions") or VIEW_CHANNEL) & (VIEW_CHANNEL | ADMINISTRATOR)),
    )


@dataclass(frozen=True, slots=True)
class Given:
    """A command as somebody gave it: its word, empty for none, and its options."""

    word: str
    options: list[Json]

    @property
    def focused(self) -> Json:
        """The option that is being typed; empty where none is."""
        return next((option for option in self.options if option.get("focused")), {})


def given_in(ask: Ask) -> Given:
    """Return what stands in an interaction of a command; of a foreign one nothing."""
    if ask.details.get("name") not in {EVERYONE, MANAGERS}:
        return Given("", [])
    words = [option for option in ask.details.get("options") or () if option.get("type") == SUBCOMMAND]
    if not words:
        return Given("help", [])
    return Given(str(words[0]["name"]), list(words[0].get("options") or ()))
