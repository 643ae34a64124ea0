"""OAuth of the stand-in: codes, tokens that end, and refresh tokens that are good for one use."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.fakes.slack_answers import Refusal

if TYPE_CHECKING:
    from tests.fakes.slack_standin import Standin

Json = Any

CLIENT_ID, CLIENT_SECRET = "1.2", "client-secret"

LASTS_S = 43_200


@dataclass
class OAuth:
    """What `oauth.v2.access` gives."""

    standin: Standin
    rotates: bool = False
    """Whether tokens end after twelve hours."""
    codes: dict[str, str] = field(default_factory=dict)
    """Workspaces by the codes that somebody was given there."""
    refreshes: dict[str, str] = field(default_factory=dict)
    """Workspaces by the refresh tokens that are good."""

    over: set[str] = field(default_factory=set)
    """Tokens that are over."""

    def __post_init__(self) -> None:
        self._numbers = count(1)

    def grant(self, team: str) -> str:
        """Let somebody say yes; return the code."""
        code = f"code{next(self._numbers)}"
        self.codes[code] = team
        return code

    def access(self, asked: Json) -> Json:
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise Refusal("bad_client_secret")
        if asked.get("grant_type") == "refresh_token":
            team = self.refreshes.pop(asked.get("refresh_token", ""), None)
            if team is None:
                raise Refusal("invalid_refresh_token")
        else:
            team = self.codes.pop(asked.get("code", ""), None)
            if team is None:
                raise Refusal("invalid_code")
        return self._given(team)

    def _given(self, team: str) -> Json:
        number = next(self._numbers)
        token = f"xoxb-{team}-{number}"
        self.standin.add_team(team, token)
        given: Json = {
            "ok": True,
            "access_token": token,
            "token_type": "bot",
            "scope": self.standin.scopes,
            "bot_user_id": "UBOT",
            "app_id": "A1",
            "team": {"id": team, "name": "Lab"},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": "UANA"},
        }
        if self.rotates:
            refresh = f"xoxe-{team}-{number}"
            self.refreshes[refresh] = team
            given |= {"refresh_token": refresh, "expires_in": LASTS_S}
        return given
