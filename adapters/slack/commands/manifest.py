"""The manifest of the Slack app: what Slack is told of the bot, made from the table of commands.

Each scope has its reason; none is asked for that nothing needs (docs.slack.dev, App manifests, Scopes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.slack.commands import SLASH, SUBMIT
from bot.domain.text import cut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.commands.spec import Command

NAME = "papers"
ABOUT = "The day's trending machine-learning papers"
LONG_ABOUT = (
    "papers-bot brings the day's trending machine-learning papers into this workspace's channels, at the "
    "hour that each channel wishes, and answers /papers: today's list, search, similar papers, citations. It "
    "pings nobody, reads no message that is not said to it, and stores of people an id and what they did "
    "with it."
)

SUBMIT_LABEL = "Submit to papers"
SUBMIT_HINT = "Puts the paper that this message links to in front of the channel"

SCOPES = {
    "app_mentions:read": "to answer who calls it by its name",
    "channels:history": "to look up whether a post came through when Slack's answer was lost",
    "channels:join": "to be in a public channel where somebody subscribes",
    "channels:read": "to tell what it may do in a channel, and to hear that it was invited",
    "chat:write": "to post",
    "commands": "for /papers",
    "groups:history": "as channels:history, in private channels that it was invited to",
    "groups:read": "as channels:read, in private channels that it was invited to",
    "im:history": "to answer what is said to it alone, and to look up its own posts there",
    "im:write": "to tell a fault to whoever set a subscription up",
    "reactions:read": "to count reactions to its posts as votes",
    "reactions:write": "to put the first reaction under a post",
    "users:read": "to know bots, guests and administrators, and people's time zones",
}
"""Why each permission is asked for."""

EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_deleted",
    "channel_left",
    "channel_unarchive",
    "group_archive",
    "group_deleted",
    "group_left",
    "group_unarchive",
    "member_joined_channel",
    "message.im",
    "reaction_added",
    "reaction_removed",
    "tokens_revoked",
)
"""What Slack tells of."""

LONGEST_HINT = 1_000
"""Characters of the hint behind the command; Slack shows one line of it."""


def manifest(commands: Mapping[str, Command], url: str = "") -> dict[str, Any]:
    """Return the manifest. `url` is where Slack reaches the bot over HTTP; without one, Socket Mode is on."""
    return {
        "display_information": {"name": NAME, "description": ABOUT, "long_description": LONG_ABOUT},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": [
                {"name": SUBMIT_LABEL, "type": "message", "callback_id": SUBMIT, "description": SUBMIT_HINT}
            ],
            "slash_commands": [slash_command(commands, url)],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}, **redirected_to(url)},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS), **reached_at(url)},
            "interactivity": {"is_enabled": True, **reached_at(url)},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def slash_command(commands: Mapping[str, Command], url: str) -> dict[str, Any]:
    """Return the one command, with all its words as a hint."""
    told = {"url": events_url(url)} if url else {}
    hint = cut(" | ".join(commands), LONGEST_HINT)
    return {"command": SLASH, "description": ABOUT, "usage_hint": hint, "should_escape": False, **told}


def reached_at(url: str) -> dict[str, str]:
    """Return where Slack sends what happens, over HTTP."""
    return {"request_url": events_url(url)} if url else {}


def redirected_to(url: str) -> dict[str, list[str]]:
    """Return where somebody comes back to who has installed the bot from a link."""
    return {"redirect_urls": [f"{url.rstrip('/')}/slack/oauth_redirect"]} if url else {}


def events_url(url: str) -> str:
    """Return the address that takes commands, events and interactions."""
    return f"{url.rstrip('/')}/slack/events"
