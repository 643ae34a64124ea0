"""The program `papers`, less patient: what it waits out of regard for real platforms and networks is short.

A stand-in on the same machine needs no such regard: its clock is the bot's, nobody else uses the bot's token
or did before, and a network that is not there comes back for no other attempt.
"""

from __future__ import annotations

import sys
from datetime import timedelta

import stamina

from adapters.discord.client import spare
from bot.__main__ import main
from bot.domain.deliveries import Rate
from bot.services import rates, reconciling
from bot.sources import http

SHORT = timedelta(seconds=0.02)


def hurry() -> None:
    """Shorten what is waited."""
    stamina.set_testing(testing=True, attempts=http.ATTEMPTS)
    spare.SPARE, spare.SECOND, spare.LOOKED_EVERY = Rate(1, SHORT), SHORT, SHORT
    rates.UNKNOWN_SPAN = SHORT
    reconciling.MARGIN = timedelta(seconds=0.5)


if __name__ == "__main__":
    hurry()
    sys.exit(main())
