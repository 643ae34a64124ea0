"""Slack's parts, joined. Wiring loads this only where the bot has a token for it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from adapters.slack.client.tokens import Installed, InstalledFirst, OneWorkspace
from adapters.slack.client.web import Answered, Web
from adapters.slack.errors import REVOKED, Refused
from adapters.slack.messenger import SlackMessenger
from adapters.slack.messenger.refs import PLATFORM
from adapters.slack.messenger.turns import no_turn
from bot.errors import SettingsError, StoreError
from bot.log import logger
from bot.ports.delivery import Outbox, SubscriptionStore
from bot.ports.installations import SeenEvents
from bot.ports.servers import ServerStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractAsyncContextManager
    from typing import Any

    from aiohttp.web import RouteDef

    from adapters.slack.client.app import App
    from adapters.slack.client.oauth import Letters
    from adapters.slack.client.sockets import Sockets
    from adapters.slack.client.web import Answer, Tokens
    from adapters.slack.events import Interactions
    from adapters.slack.events.firsts import Firsts
    from adapters.slack.events.forms import Forms
    from adapters.slack.events.hearing import Hearers
    from adapters.slack.messenger.turns import TurnOf
    from bot.core import Core
    from bot.domain.places import Place
    from bot.ports import Clock
    from bot.ports.installations import InstallationStore
    from bot.ports.voting import VoteListener

log = logger("slack")

LONGEST_CHECK_S = 10.0
"""How long a start waits for Slack to take the token."""

HOLDER_LETTERS = 12

APPS = "https://api.slack.com/apps"

UNTAKEN = (
    f"SLACK_BOT_TOKEN is no token that Slack takes: copy it again at {APPS} (OAuth & Permissions); it begins "
    "with xoxb-."
)


class Kept(Outbox, SubscriptionStore, ServerStore, SeenEvents, Protocol):
    """What the store keeps for Slack."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How Slack is spoken with: under one workspace's token, under those of installations, or both."""

    api_url: str
    token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    authorize_url: str = ""
    managers: str = "members"

    @property
    def is_installed(self) -> bool:
        """Whether any workspace may install the bot."""
        return bool(self.client_id and self.client_secret)


class Slack:
    """Everything that speaks with Slack."""

    def __init__(
        self, ways: Ways, kept: Kept, installations: InstallationStore, clock: Clock, letters: Letters
    ) -> None:
        """`letters` returns so many letters that nobody can guess."""
        self._ways = ways
        self._kept = kept
        self._clock = clock
        self._letters = letters
        self._own = OneWorkspace(ways.token)
        self._bot_user = ""
        self._app: App | None = None
        self._missed: Callable[[], Awaitable[None]] | None = None
        self.installed = Installed(installations, kept, self._refreshed, clock, letters(HOLDER_LETTERS))
        self._tokens = tokens_of(ways, self._own, self.installed)
        self.web = Web(ways.api_url, self._tokens, clock)
        self.messenger = SlackMessenger(self.web, clock)
        self.turn: TurnOf = no_turn
        """Returns what waits for a turn to say something in a place; None where others deliver."""

    @property
    def ways(self) -> Ways:
        """How Slack is spoken with."""
        return self._ways

    async def check_token(self) -> Answer | None:
        """Ask whose token it is. Where Slack cannot be reached that is left to whoever calls it next.

        Raises:
            SettingsError: Slack does not take the token.
        """
        answer = await self.who()
        if isinstance(answer, Refused) and answer.error in {*REVOKED, "not_authed", "not_allowed_token_type"}:
            raise SettingsError(UNTAKEN)
        return answer

    async def who(self) -> Answer | None:
        """Ask Slack whose token is set; None where none is, or it takes too long to answer."""
        answer = None
        if not self._ways.token:
            return answer
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_CHECK_S):
                answer = await self.web.post("auth.test", self._ways.token)
        if isinstance(answer, Answered):
            await self._met(answer.body)
        return answer

    async def _met(self, told: Mapping[str, Any]) -> None:
        """Note whose token it is, and that the bot is there: it may have been removed and installed again."""
        team = str(told.get("team_id") or "")
        self._own.is_of(team, str(told.get("enterprise_id") or ""))
        self._bot_user = str(told.get("user_id") or "")
        try:
            await self._kept.note_present([f"{PLATFORM}:{team}"])
        except StoreError as fault:
            log.warning("not noted that a workspace is there", team=team, why=str(fault))

    async def bot_user(self, team: str) -> str:
        """Return who the bot is in a workspace; empty where Slack has not said so yet.

        Raises:
            StoreError: the store cannot tell.
        """
        if self._ways.is_installed and (found := await self.installed.installation(team)):
            return found.bot_user
        if not self._bot_user:
            await self.who()
        return self._bot_user

    async def _refreshed(self, refresh_token: str) -> Answer:
        """Ask for the next token of an installation."""
        return await self._access(grant_type="refresh_token", refresh_token=refresh_token)

    async def _exchanged(self, code: str) -> Answer:
        """Ask for the first token of an installation."""
        return await self._access(code=code)

    async def _access(self, **asked: str) -> Answer:
        who = {"client_id": self._ways.client_id, "client_secret": self._ways.client_secret}
        return await self.web.post("oauth.v2.access", "", **who, **asked)

    def app(self, core: Core, votes: VoteListener) -> App:
        """Return what hears Slack, and answers; one serves a socket and HTTP."""
        if self._app is None:
            self._app = self._built(core, votes)
        return self._app

    def _built(self, core: Core, listener: VoteListener) -> App:
        from adapters.slack.client.app import App  # noqa: PLC0415 - slack_bolt is slow to load

        hearers = self._hearers(core, listener)
        self._missed = hearers.votes.lost
        return App(hearers.heard(), self._tokens)

    def _hearers(self, core: Core, listener: VoteListener) -> Hearers:
        """Return all that hear of what Slack tells."""
        from adapters.slack.events.firsts import Firsts  # noqa: PLC0415 - as above
        from adapters.slack.events.hearing import Hearers  # noqa: PLC0415 - as above
        from adapters.slack.events.home import Home  # noqa: PLC0415 - as above
        from adapters.slack.events.votes import Votes  # noqa: PLC0415 - as above
        from adapters.slack.events.workspaces import Workspaces  # noqa: PLC0415 - as above
        from bot.services.telling import Telling  # noqa: PLC0415 - as above

        people, kept, clock = self.messenger.people, self._kept, self._clock
        firsts = Firsts(kept, clock)
        interactions, forms = self._answerers(core, listener, firsts)
        votes = Votes(listener, people, self.bot_user, clock)
        telling = Telling(kept, self.messenger, None)
        workspaces = Workspaces(
            kept,
            clock,
            self.bot_user,
            self.installed.remove,
            describe=self.messenger.describe,
            tell_closed=telling.place_closed,
        )
        return Hearers(
            firsts, interactions, forms, votes, workspaces, Home(core, people, self.web, kept, clock)
        )

    def _answerers(self, core: Core, listener: VoteListener, firsts: Firsts) -> tuple[Interactions, Forms]:
        """Return what answers people."""
        from adapters.slack.events import Interactions  # noqa: PLC0415 - as above
        from adapters.slack.events.answering import Answering  # noqa: PLC0415 - as above
        from adapters.slack.events.forms import Forms  # noqa: PLC0415 - as above
        from adapters.slack.events.saying import Saying  # noqa: PLC0415 - as above

        people, web, clock = self.messenger.people, self.web, self._clock
        saying = Saying(web, clock, self._turn_in, core.posted)
        answering = Answering(core, people, web, clock, votes=listener, managers=self._ways.managers)
        forms = Forms(core, people, web, clock, firsts=firsts, answering=answering, saying=saying)
        return Interactions(
            core.commands, firsts=firsts, answering=answering, saying=saying, forms=forms
        ), forms

    def installing(self) -> list[RouteDef]:
        """Return the routes under which workspaces install the bot."""
        from adapters.slack.client.oauth import Installing, States  # noqa: PLC0415 - for this role alone
        from adapters.slack.commands.manifest import SCOPES  # noqa: PLC0415 - as above

        async def joined(server: str) -> None:
            await self._kept.note_present([server])

        ways = self._ways
        return Installing(
            ways.authorize_url,
            ways.client_id,
            SCOPES,
            states=States(ways.client_secret, self._kept, self._clock, self._letters),
            exchange=self._exchanged,
            installed=self.installed,
            joined=joined,
            clock=self._clock,
        ).routes()

    def sockets(self, app_token: str, app: App | None) -> Sockets:
        """Return what listens over Socket Mode; without an app, for its token to be checked."""
        from adapters.slack.client.sockets import Sockets  # noqa: PLC0415 - for this role alone

        return Sockets(app_token, self.web, app.over_socket if app else nothing, self._session_lost)

    def routes(self, signing_secret: str, app: App) -> list[RouteDef]:
        """Return the routes that listen over HTTP."""
        from adapters.slack.client.requests import Requests  # noqa: PLC0415 - as above

        return Requests(app, signing_secret, self._kept, self._clock).routes()

    def _turn_in(self, place: Place) -> AbstractAsyncContextManager[object] | None:
        """Return what waits for a turn, as it is known by then."""
        return self.turn(place)

    async def _session_lost(self) -> None:
        """Let votes be compared."""
        if self._missed is not None:
            await self._missed()

    async def close(self) -> None:
        """Let those be answered who have just asked, and close the connections."""
        if self._app is not None:
            await self._app.end()
        await self.web.close()


def tokens_of(ways: Ways, own: OneWorkspace, installed: Installed) -> Tokens:
    """Return whose token speaks in which workspace."""
    if not ways.is_installed:
        return own
    return InstalledFirst(own, installed) if ways.token else installed


async def nothing(_payload: dict[str, Any]) -> str:
    """Deal with nothing."""
    return ""
