"""How fast Slack is asked, and in which turn. The tiers of methods are kept with the calls (`client.web`)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.slack.client.web import LONGEST_CALL
from bot.domain.deliveries import Rate, Rates

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.domain.places import Place

    TurnOf = Callable[[Place], AbstractAsyncContextManager[object] | None]
    """Returns what waits for a turn to say something in a place; None where others deliver."""

SECOND = timedelta(seconds=1)

RATES = Rates(
    # "Several hundred messages per minute" for each workspace: 300, of which short bursts may be cut
    # (docs.slack.dev, Rate limits), so they are spread over the minute. Where many workspaces are due at once
    # small bursts let commands through between them, too.
    server=Rate(10, 2 * SECOND),
    # One message a second for each channel (chat.postMessage).
    place=Rate(1, SECOND),
    # Tier 3, over pages of one look-up.
    finds=Rate(4, 5 * SECOND),
    longest_call=LONGEST_CALL,
)
"""Slack's limits."""


def no_turn(_place: Place) -> None:
    """Know nothing of what is delivered to a place."""
