"""How fast Slack is asked. The tiers of single methods are kept with the calls (`client.web`)."""

from __future__ import annotations

from datetime import timedelta

from adapters.slack.client.web import LONGEST_CALL
from bot.domain.deliveries import Rate, Rates

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
