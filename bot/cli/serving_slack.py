"""Slack's part of `papers run`: whether its settings make sense, what listens, and what is told over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Collection

    from adapters.slack.assembled import Slack
    from adapters.slack.client.app import App as Hearer
    from adapters.web.server import Routes
    from bot.config import Settings
    from bot.services.supervising import Loop
    from bot.wiring import App


def check_slack_settings(settings: Settings) -> None:
    """Refuse half of what Slack needs.

    Raises:
        SettingsError: a token or a secret is missing.
    """
    is_heard = settings.slack_app_token is not None or settings.slack_signing_secret is not None
    if bool(settings.slack_client_id) != (settings.slack_client_secret is not None):
        raise SettingsError("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET go together: set both, or neither.")
    if settings.slack_client_id and settings.slack_signing_secret is None:
        raise SettingsError(
            "SLACK_CLIENT_ID lets any workspace install the bot, which is told of commands over HTTP: set"
            " SLACK_SIGNING_SECRET too."
        )
    if is_heard and settings.slack_bot_token is None and not settings.slack_client_id:
        raise SettingsError("Slack needs SLACK_BOT_TOKEN too: without it nothing can be answered there.")


def has_socket(settings: Settings) -> bool:
    """Tell whether Slack is listened to over Socket Mode."""
    return settings.slack_bot_token is not None and settings.slack_app_token is not None


async def check_slack(slack: Slack, settings: Settings, roles: Collection[str]) -> None:
    """Ask whether Slack takes the tokens.

    Raises:
        SettingsError: it does not.
    """
    if not {"gateway", "web", "sender"} & set(roles):
        return
    await slack.check_token()
    if settings.slack_app_token is not None and "gateway" in roles:
        await slack.sockets(settings.slack_app_token.get_secret_value(), None).check_token()


def slack_loops(slack: Slack, app: App, settings: Settings, roles: Collection[str]) -> dict[str, Loop]:
    """Return what listens over Socket Mode, and what renews the tokens of installations, by their names."""
    loops: dict[str, Loop] = {}
    if "gateway" in roles and settings.slack_app_token is not None:
        token = settings.slack_app_token.get_secret_value()
        loops["slack gateway"] = slack.sockets(token, heard_by(slack, app)).run
    if "sender" in roles and slack.ways.is_installed:
        loops["slack tokens"] = slack.installed.run
    return loops


def heard_by(slack: Slack, app: App) -> Hearer:
    """Return what hears Slack, and answers."""
    return slack.app(app.core, app.desk.office.voting)


def slack_routes(slack: Slack, app: App, settings: Settings) -> Routes:
    """Return what Slack tells over HTTP, and where workspaces install the bot."""
    if settings.slack_signing_secret is None:
        return ()
    told = slack.routes(settings.slack_signing_secret.get_secret_value(), heard_by(slack, app))
    return [*told, *(slack.installing() if slack.ways.is_installed else ())]
