"""Who hears of what Slack tells, some together, some not at all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.slack.client.app import Heard
from adapters.slack.commands import SUBMIT
from adapters.slack.events.votes import DELETED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from adapters.slack.client.app import Told
    from adapters.slack.events import Interactions
    from adapters.slack.events.firsts import Firsts
    from adapters.slack.events.forms import Forms
    from adapters.slack.events.home import Home
    from adapters.slack.events.votes import Votes
    from adapters.slack.events.workspaces import Workspaces

CLOSINGS = [f"{kind}_{what}" for kind in ("channel", "group") for what in ("archive", "deleted", "left")]
"""What Slack tells of channels that close; `group`: of private ones."""

OPENINGS = ["channel_unarchive", "group_unarchive"]


@dataclass(frozen=True, slots=True)
class Hearers:
    """All that hear of what Slack tells."""

    firsts: Firsts
    interactions: Interactions
    forms: Forms
    votes: Votes
    workspaces: Workspaces
    home: Home

    def heard(self) -> Heard:
        """Return who hears of what."""
        return Heard(
            self.interactions.command,
            self.interactions.pressed,
            self.forms.filled,
            self.forms.wrong,
            self.forms.offers,
            self.events(),
            {SUBMIT: self.interactions.submitted},
        )

    def events(self) -> Mapping[str, Told]:
        """Return who hears of which events."""
        once, votes, workspaces = self.firsts.once, self.votes, self.workspaces
        return {
            "app_home_opened": once(self.home.opened),
            "app_mention": self.interactions.said,
            "message": alone(self.interactions.said, {DELETED: votes.deleted}),
            "app_uninstalled": once(workspaces.uninstalled),
            "tokens_revoked": once(workspaces.revoked),
            **dict.fromkeys(CLOSINGS, together(once(workspaces.closed), votes.closed)),
            **dict.fromkeys(OPENINGS, once(workspaces.reopened)),
            "member_joined_channel": once(workspaces.joined),
            # Those who count them need not be told once: a vote is a set.
            "reaction_added": votes.reacted,
            "reaction_removed": votes.unreacted,
        }


def alone(told: Told, others: Mapping[str, Told]) -> Told:
    """Return what hears of messages where the bot and one person are alone, and of no other.

    `others` hear of what is no message but tells of one, by its subtype.
    """

    async def hear(body: dict[str, Any]) -> None:
        event = body.get("event") or {}
        if event.get("channel_type") == "im":
            await others.get(str(event.get("subtype") or ""), told)(body)

    return hear


def together(*hearers: Told) -> Told:
    """Return what lets several hear of the same, whatever becomes of one of them."""

    async def hear(body: dict[str, Any]) -> None:
        results = await asyncio.gather(*(hearer(body) for hearer in hearers), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    return hear
