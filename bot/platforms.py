"""The chat platforms, built from settings: each is loaded when it is needed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.config import secret_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.discord.assembled import Discord
    from adapters.slack.assembled import Slack
    from bot.config import Settings
    from bot.domain.deliveries import Gone
    from bot.domain.places import Place
    from bot.ports import Clock
    from bot.ports.checking import Checked
    from bot.ports.delivery import Messenger, PlaceReport
    from bot.store.sql_store import SqlStore

    Describe = Callable[[Place], Awaitable[PlaceReport | Gone]]
    Letters = Callable[[int], str]


class Platforms:
    """The chat platforms that the bot has a token for, and the terminal; each is loaded when it is needed."""

    def __init__(self, settings: Settings, store: SqlStore, clock: Clock, letters: Letters) -> None:
        """`letters` returns so many letters that nobody can guess."""
        self._settings = settings
        self._store = store
        self._clock = clock
        self._letters = letters
        self._discord: Discord | None = None
        self._slack: Slack | None = None

    @property
    def discord(self) -> Discord | None:
        """Discord, where there is a token for it."""
        token = self._settings.discord_token
        if self._discord is None and token is not None:
            from adapters.discord.assembled import Discord  # noqa: PLC0415 - discord.py is slow to load

            url = self._settings.discord_api_url
            self._discord = Discord(token.get_secret_value(), url, self._store.delivery, self._clock)
        return self._discord

    @property
    def slack(self) -> Slack | None:
        """Slack, where there is a token for it, or workspaces may install the bot."""
        settings = self._settings
        if self._slack is None and (settings.slack_bot_token or settings.slack_client_id):
            from adapters.slack.assembled import Slack, Ways  # noqa: PLC0415 - aiohttp is slow to load

            ways = Ways(
                settings.slack_api_url,
                secret_of(settings.slack_bot_token),
                settings.slack_client_id,
                secret_of(settings.slack_client_secret),
                settings.slack_authorize_url,
                settings.slack_managers,
            )
            installations = self._store.installations(secret_of(settings.encryption_key))
            self._slack = Slack(ways, self._store.delivery, installations, self._clock, self._letters)
        return self._slack

    def checked(self) -> dict[str, Checked | None]:
        """Return what looks each chat platform over; None for one that is not set up."""
        return {"Discord": self.discord.checking() if self.discord else None, "Slack": self._slack_checking()}

    def _slack_checking(self) -> Checked | None:
        """Return what looks Slack over."""
        if self.slack is None:
            return None
        from adapters.slack.checking import Checking  # noqa: PLC0415 - for the doctor alone

        settings = self._settings
        return Checking(
            self.slack,
            secret_of(settings.slack_app_token),
            is_reached_over_http=settings.slack_signing_secret is not None,
            is_sealed=settings.encryption_key is not None,
        )

    @property
    def messengers(self) -> list[Messenger]:
        """What posts, on each platform."""
        from adapters.terminal.messenger import TerminalMessenger  # noqa: PLC0415 - rich is slow to load

        chats = (each.messenger for each in (self.discord, self.slack) if each is not None)
        return [TerminalMessenger(sys.stdout), *chats]

    async def describe(self, place: Place) -> PlaceReport | Gone:
        """Tell what the bot may do in a place."""
        if place.platform == "discord" and self.discord:
            return await self.discord.messenger.describe(place)
        if place.platform == "slack" and self.slack:
            return await self.slack.messenger.describe(place)
        return await described(place)

    async def close(self) -> None:
        """Close the connections."""
        if self._discord is not None:
            await self._discord.close()
        if self._slack is not None:
            await self._slack.close()


async def described(place: Place) -> PlaceReport | Gone:
    """Tell what the bot may do in a place of the terminal; others are not connected."""
    from adapters.terminal.messenger import TerminalMessenger  # noqa: PLC0415 - rich is slow to load
    from bot.domain.deliveries import Gone  # noqa: PLC0415 - reading commands go without

    messenger = TerminalMessenger(sys.stdout)
    if place.platform != messenger.platform:
        return Gone(f"{place.platform.capitalize()} is not connected to this papers-bot")
    return await messenger.describe(place)
