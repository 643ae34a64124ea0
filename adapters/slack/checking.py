"""What `papers doctor` says of Slack: tokens, scopes, how commands come in, and what is open to the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack.client.web import Answered
from adapters.slack.commands.manifest import SCOPES
from bot.domain.deliveries import Gone
from bot.domain.text import and_words, counted
from bot.errors import SettingsError
from bot.ports.checking import Finding, Health

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.slack.assembled import Slack
    from bot.domain.places import Place


class Checking:
    """Satisfies `bot.ports.checking.Checked`."""

    def __init__(self, slack: Slack, app_token: str, *, is_reached_over_http: bool, is_sealed: bool) -> None:
        """`is_sealed` tells whether the tokens of installations are kept under a key."""
        self._slack = slack
        self._app_token = app_token
        self._is_reached_over_http = is_reached_over_http
        self._is_sealed = is_sealed

    async def set_up(self) -> AsyncIterator[Finding]:
        """Yield what is found of the token, of those who have installed it, and of how commands come in."""
        if self._slack.ways.token:
            for found in await self._token():
                yield found
        if self._slack.ways.is_installed:
            yield await self._installations()
        yield await self._listening()

    async def _token(self) -> list[Finding]:
        """Ask Slack whose token it is, and what it may do."""
        try:
            answer = await self._slack.check_token()
        except SettingsError as fault:
            return [Finding("Slack", Health.WRONG, str(fault))]
        if not isinstance(answer, Answered):
            why = answer or "Slack gave no answer in time"
            return [Finding("Slack", Health.WRONG, f"{why}; its address is set by SLACK_API_URL")]
        team = answer.body.get("team") or answer.body.get("team_id")
        return [Finding("Slack", Health.WELL, f"in the workspace {team}"), scopes_finding(answer.scopes)]

    async def _installations(self) -> Finding:
        """Say how many workspaces have installed the bot, and whether their tokens are at rest."""
        name = "Slack installations"
        count = counted(await self._slack.installed.count(), "workspace")
        if self._is_sealed:
            return Finding(name, Health.WELL, f"{count}, their tokens kept under ENCRYPTION_KEY")
        why = "whose tokens anybody reads who has the database: set ENCRYPTION_KEY"
        return Finding(name, Health.NOTED, f"{count}, {why}")

    async def _listening(self) -> Finding:
        """Say how commands come in."""
        name = "Slack commands"
        if self._app_token:
            try:
                await self._slack.sockets(self._app_token, None).check_token()
            except SettingsError as fault:
                return Finding(name, Health.WRONG, str(fault))
            return Finding(name, Health.WELL, "over Socket Mode")
        if self._is_reached_over_http:
            return Finding(name, Health.WELL, "over HTTP: POST /slack/events on PORT")
        why = "are not heard: set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)"
        return Finding(name, Health.NOTED, why)

    async def lacking(self, place: Place) -> str:
        """Return what is wrong in a place, and what to do; empty where nothing is."""
        report = await self._slack.messenger.describe(place)
        return report.why if isinstance(report, Gone) else " ".join(report.lacks)


def scopes_finding(scopes: frozenset[str]) -> Finding:
    """Compare the token's scopes with those that the manifest asks for."""
    name = "Slack scopes"
    missing = sorted(set(SCOPES) - scopes) if scopes else []
    if not missing:
        return Finding(name, Health.WELL, "all that the manifest asks for")
    reasons = [f"{scope} ({SCOPES[scope]})" for scope in missing]
    return Finding(
        name, Health.WRONG, f"missing are {and_words(reasons)}: add them, and install the app again"
    )
