"""What managers are told of servers that vote together."""

from __future__ import annotations

from bot.domain.text import counted

ASK, LEAVE = "code", "leave"
"""What is typed for a code, and to vote alone again; anything else is a code."""

ALL_TOGETHER = (
    "All servers of this bot vote together: there is nothing to join. Its operator can change that"
    " (COMMUNITIES=separate)."
)
OWN_PLACE = "This is a place of your own, and votes alone. Type this on a server."
ONE_AT_A_TIME = "community goes alone: change other ways in a command of their own."
NO_CODE = (
    "There is no such code, or it was used, or its day is over, or it is of your own community. A manager of"
    " the other server gets one by “settings community=code”."
)
NOT_JOINED = "This server votes alone already."
LEFT = (
    "This server votes alone again. Votes stay: those given here count here, and no more in the community"
    " that you left."
)


def code_words(code: str) -> str:
    """Tell a manager the code of their community."""
    return (
        f"The code is {code}, good once and for a day. A manager of another server types"
        f" “settings community={code}” there: then both servers vote together. Votes stay where they were"
        " given; they are counted together."
    )


def joined_words(servers: int) -> str:
    """Tell that a server votes together with others now; `servers` counts it too."""
    return (
        f"Joined: this server votes together with {others(servers)}, with all votes given so far."
        " “settings community=leave” parts it."
    )


def community_words(servers: int) -> str:
    """Return who votes together, for the list of a place's ways; `servers` counts its own server too."""
    return "this server alone" if servers == 1 else f"with {others(servers)}"


def others(servers: int) -> str:
    """Return how many other servers there are: `2 other servers`."""
    return counted(servers - 1, "other server")
