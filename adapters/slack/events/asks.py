"""What somebody asks, read from what Slack sends: who, where, in which words, and how it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.slack.messenger.refs import place_of
from adapters.slack.render.acts import Do, Vote, act_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.slack.render.acts import Act
    from bot.domain.places import Place

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. `response_url` answers it, five times within half an hour."""

    team: str
    channel: str
    user: str
    words: str
    """What was typed, as Slack sends it; of a button, what it stands for; empty for one of another time."""
    response_url: str = ""
    trigger: str = ""
    """Opens a modal, within three seconds."""
    is_pressed: bool = False
    is_direct: bool = False
    """Whether it was asked where the bot and one person are alone."""
    vote: Vote | None = None
    """The vote that was pressed."""
    message: str = ""
    """The timestamp of the message with what was pressed."""

    @property
    def place(self) -> Place:
        """Where it was asked."""
        return place_of(self.team, self.channel)


def command_ask(body: Mapping[str, Any]) -> Ask:
    """Read a slash command.

    Raises:
        KeyError: it lacks what each has.
    """
    return Ask(
        str(body["team_id"]),
        str(body["channel_id"]),
        str(body["user_id"]),
        str(body.get("text") or ""),
        str(body.get("response_url") or ""),
        str(body.get("trigger_id") or ""),
        is_direct=str(body["channel_id"]).startswith("D"),
    )


def pressed_ask(body: Mapping[str, Any]) -> Ask:
    """Read a button, or a choice of a menu.

    Raises:
        KeyError: it lacks what each has.
    """
    action: Json = (body.get("actions") or [{}])[0]
    channel = body.get("channel") or {}
    container = body.get("container") or {}
    channel_id = str(channel.get("id") or container.get("channel_id") or "")
    return Ask(
        team_of(body),
        channel_id,
        str(body["user"]["id"]),
        words_of(action),
        str(body.get("response_url") or ""),
        str(body.get("trigger_id") or ""),
        is_pressed=True,
        is_direct=channel_id.startswith("D"),
        vote=vote_in(action),
        message=str(container.get("message_ts") or ""),
    )


def team_of(body: Mapping[str, Any]) -> str:
    """Return the workspace of an interaction; where the whole organisation installed the bot, the user's."""
    return str((body.get("team") or {}).get("id") or body["user"]["team_id"])


def act_in(action: Mapping[str, Any]) -> Act | None:
    """Return what a press stands for; None where it is of no kind that is known."""
    return act_of(str((action.get("selected_option") or action).get("value") or ""))


def vote_in(action: Mapping[str, Any]) -> Vote | None:
    """Return the vote that a press is; None where it is another."""
    act = act_in(action)
    return act if isinstance(act, Vote) else None


def words_of(action: Mapping[str, Any]) -> str:
    """Return the words that a press stands for; empty where it is of no kind that is known."""
    match act_in(action):
        case Do(words):
            return words
        case Vote(paper):
            return f"vote {paper}"
        case None:
            return ""
