"""Whose token speaks in which workspace, where there is one workspace alone."""

from __future__ import annotations


class OneWorkspace:
    """The workspace whose token is set. Satisfies `client.web.Tokens`."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._known: frozenset[str] = frozenset()

    def is_of(self, *workspaces: str) -> None:
        """Note whose token it is: a workspace's, and its organisation's; others are strangers then."""
        self._known = frozenset(filter(None, workspaces))

    async def token(self, team: str) -> str | None:
        """Return the token; None for a workspace that is known to be another."""
        return self._token if not self._known or team in self._known else None
