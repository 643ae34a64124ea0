"""What a person is told of their own votes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.text import and_words
from bot.domain.votes import Means

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.papers import PaperId

AGAIN = "Press again to take it back."
UNKNOWN_BALLOT = "I do not know this message any more. Type “vote” with the paper's id instead."


def counted_words(votes: int | None) -> str:
    """Tell how many votes a paper has here: `Counted: 4 here.`; None where that is not known."""
    return "Counted." if votes is None else f"Counted: {votes:,} here."


def still_words(stands: Sequence[tuple[Means, str]], paper: PaperId) -> str:
    """Say which acts keep a vote standing, each with its message's address, and how it is taken back.

    Empty where none does.
    """
    reasons = [_reason(means, link) for means, link in stands]
    shown = list(dict.fromkeys(reasons))
    if not shown:
        return ""
    undo = f" “unvote {paper}” takes back all but reactions." if _has_others(stands) else ""
    return f"Your vote still counts, by {and_words(shown)}.{undo}"


def _reason(means: Means, link: str) -> str:
    at = f" on {link}" if link else " on another message"
    match means:
        case Means.REACTION:
            return f"your reaction{at}"
        case Means.BUTTON:
            return f"the button that you pressed{at}"
        case Means.COMMAND:
            return "“vote”, which you typed"


def _has_others(stands: Sequence[tuple[Means, str]]) -> bool:
    return any(means is not Means.REACTION for means, _ in stands)
