"""What can be pressed below a card, whatever the platform: papers to vote for, and what to do next. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.cards import Actions, Card, Entry, Facts, Heading
from bot.domain.paper_ids import parse_paper_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bot.domain.cards import Action
    from bot.domain.papers import PaperId

NAME_ROOM = 30
"""How much of a paper's name stands on a button."""

BY_NUMBER = re.compile(r"\w+ \d{1,3}")
"""Words such as `cite 1`: they mean whichever list was shown last, and a button is pressed much later."""


@dataclass(frozen=True, slots=True)
class Votable:
    """A paper that can be voted for in a message; `number` is its number there."""

    paper: PaperId
    title: str
    number: int | None = None
    votes: int = 0


def votable_of(entry: Entry) -> Votable | None:
    """Return the paper of an entry: it is a paper's if it links to its page."""
    paper = parse_paper_id(entry.url) if entry.url else None
    return Votable(paper, entry.title, entry.number, entry.votes) if paper else None


def votables_of(entries: Iterable[Entry]) -> list[Votable]:
    """Return the papers among entries, each once."""
    return list({each.paper: each for entry in entries if (each := votable_of(entry))}.values())


def page_of(card: Card) -> Votable | None:
    """Return the paper whose page a card is: it has no entries, a title, and links to that paper."""
    first = card.parts[0] if card.parts else None
    if not isinstance(first, Heading) or any(isinstance(part, Entry) for part in card.parts):
        return None
    facts = (fact for part in card.parts if isinstance(part, Facts) for fact in part.facts)
    papers = (parse_paper_id(fact.url) for fact in facts if fact.url)
    paper = next(filter(None, papers), None)
    return Votable(paper, first.text, votes=first.votes) if paper else None


def shows_papers(card: Card) -> bool:
    """Tell whether a card has text of papers in it."""
    return page_of(card) is not None or any(isinstance(part, Entry) and part.url for part in card.parts)


def actions_of(card: Card, fits: Callable[[str], bool], *, has_list: bool) -> Iterator[Action]:
    """Yield the actions that have a button, each once; `fits` tells whether their words fit into one.

    On a list (`has_list`) the papers have a menu already, which leads to a page with these for each of them.
    """
    words_seen: set[str] = set()
    for action in (action for part in card.parts if isinstance(part, Actions) for action in part.actions):
        is_for_typing = has_list and BY_NUMBER.fullmatch(action.words)
        if action.words not in words_seen and not is_for_typing and fits(action.words):
            words_seen.add(action.words)
            yield action


def label_of(action: Action, page: Votable | None, name: str) -> str:
    """Return what stands on an action's button: the name of the paper too, where it is of a page's own."""
    is_of_paper = page is not None and page.paper in action.words.split()
    return f"{action.label} · {name}" if is_of_paper else action.label
