"""How fast Discord is asked."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.deliveries import DeliveryKind, Rate, Rates

SECOND = timedelta(seconds=1)

BETWEEN_CALLS = SECOND
"""A second call in one turn waits so long: to the limit it is as if a new turn had been taken."""

RATES = Rates(
    # 50 a second for each bot (Rate Limits, Global Rate Limit); one is left to calls that are no delivery, of
    # all processes together (client.spare).
    platform=Rate(49, SECOND),
    # Slots that are free at one moment would be used at one moment, and again a second later: a command
    # would wait behind all of them. Half of a call's share of the second spreads them at hardly any cost.
    apart=SECOND / 100,
    # No number is published; this is what `X-RateLimit-*` says of posting. Other buckets are read from there.
    place=Rate(5, 5 * SECOND),
    kinds={
        # Users' reports alone: discordjs/discord.js #4956, discord/discord-api-docs #2258.
        DeliveryKind.PUBLISH: Rate(10, timedelta(hours=1)),
        # No number is published for messages older than an hour (code 30046): a careful guess.
        DeliveryKind.EDIT: Rate(5, 20 * SECOND),
        # Users' reports: one in a quarter of a second in a channel; two at once are one too many.
        DeliveryKind.REACT: Rate(1, SECOND / 2),
    },
    finds=Rate(5, 5 * SECOND),
    longest_call=timedelta(seconds=30),
)
"""Discord's limits."""
