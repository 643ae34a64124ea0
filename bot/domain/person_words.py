"""What a person is told of themselves: links, and what is stored or was deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.text import and_words, counted

if TYPE_CHECKING:
    from bot.domain.papers import PaperId
    from bot.domain.people import PersonData
    from bot.domain.places import Identity

NO_CODE = "There is no such code, or its ten minutes are over. “link” without a code gives a new one."
OWN_CODE = "That is your own code: enter it as the person that you are elsewhere. It is used up now."
NOT_LINKED = "You are linked to nobody."
UNLINKED = "Unlinked: what you do here counts for you here alone from now on."
NOTHING_STORED = "Nothing is stored of you."
DATA_NAME = "papers-bot-my-data.json"
REALLY = "This deletes your votes, links, saved and disliked papers everywhere, for good."


FOR_YOU = "For you"
NOTHING_LIKED = "I know nothing that you like yet: vote for papers, or save some, and ask again."
NOTHING_LIKE = "I have no other paper like those that you voted for and saved."


def from_liked(looked_at: int, liked: int) -> str:
    """Say what a recommendation is made of."""
    newest = f"the newest {looked_at} of " if looked_at < liked else ""
    return f"From {newest}{counted(liked, 'paper')} that you voted for or saved."


def against(disliked: int) -> str:
    """Say what was taken off a recommendation."""
    others = "one" if disliked == 1 else f"{disliked:,}"
    return f"What is like the {others} that you gave a thumbs down (👎) comes later, or not at all."


def code_words(code: str, identity: Identity) -> str:
    """Tell somebody their one-time code."""
    other = "Discord" if identity.startswith("slack:") else "Slack"
    return (
        f"Your code is {code}. Within ten minutes type “link {code}” where you are the same person, such as"
        f" on {other}: then your votes are one person's. Give it to nobody else."
    )


def linked_words(identity: Identity) -> str:
    """Tell that somebody is linked to who they are elsewhere."""
    return f"Linked: you are one person with {identity} now, and your votes count once. “unlink” parts you."


def data_words(data: PersonData) -> str:
    """Tell in a sentence what is stored of somebody."""
    parts = stored_parts(data)
    return f"Stored of you: {and_words(parts)}." if parts else NOTHING_STORED


def forgotten_words(data: PersonData) -> str:
    """Tell what was deleted, and what that means for reactions that stay."""
    parts = stored_parts(data)
    if not parts:
        return NOTHING_STORED
    return (
        f"Deleted: {and_words(parts)}. Reactions that you leave on messages are not counted again; what you"
        " do from now on counts anew."
    )


def stored_parts(data: PersonData) -> list[str]:
    """Return what is stored of somebody, kind by kind, with numbers: `3 votes`, `1 link`."""
    numbers = (
        (len(data.voted), "vote", ""),
        (len(data.saves), "saved paper", ""),
        (len(data.disliked), "disliked paper", ""),
        (len(data.submissions), "submission", ""),
        (len(data.links), "link", ""),
        (len(data.subscriptions), "subscription that you made", "subscriptions that you made"),
        (len(data.hidden), "paper that you hid", "papers that you hid"),
        (len(data.lists), "list that you were shown", "lists that you were shown"),
    )
    return [counted(number, one, many) for number, one, many in numbers if number]


def saved_words(title: str, paper: PaperId, *, is_new: bool) -> str:
    """Tell that a paper (its title in quotes) is on somebody's reading list."""
    if not is_new:
        return f"It was on your reading list already: {title}."
    return f"On your reading list: {title}. “unsave {paper}” takes it off; “saved” shows all."
