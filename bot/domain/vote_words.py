"""What a person is told of their own votes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.text import and_words, counted
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
    """Say which acts keep a vote standing, each with its message's address.

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


def voted_words(title: str, paper: PaperId, votes: int | None, *, is_new: bool) -> str:
    """Tell that a vote for a paper (its title in quotes) counts, and how many there are here."""
    here = "" if votes is None else f" {counted(votes, 'vote')} here."
    if not is_new:
        return f"You had voted for {title}; it counts once.{here}"
    return f"Your vote for {title} counts.{here} “unvote {paper}” takes it back."


def unvoted_words(title: str, still: str, *, is_taken: bool) -> str:
    """Tell what became of a vote that was to be taken back; `still` says what keeps it standing."""
    if is_taken:
        done = f"Taken back: your vote for {title}."
        return f"{done} {still}" if still else done
    if still:
        return f"{still} Take that reaction away, and your vote for {title} is gone."
    return f"You have not voted for {title}."
