"""What can be pressed below a card: votes, abstracts, and what can be done next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.discord.limits import MAX_LABEL, MAX_OPTION, MAX_OPTIONS, MAX_ROW_BUTTONS, MAX_ROWS
from adapters.discord.markup import clipped, plain
from adapters.discord.render.acts import Choose, Do, Read, Vote, custom_id
from adapters.discord.render.body import has_button
from adapters.discord.render.payload import BUTTON, GREY, ROW, SELECT, Button, Option, Row, Select
from bot.domain.cards import Actions, Card, Entry, Facts, Heading
from bot.domain.paper_ids import parse_paper_id
from bot.domain.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from adapters.discord.render.acts import Act
    from bot.domain.papers import PaperId

MOST_VOTE_BUTTONS = 10
"""More papers are voted for with a select: three rows of buttons are no card any more."""

NAME_ROOM = 30
"""How much of a paper's name stands on a button."""

BY_NUMBER = re.compile(r"\w+ \d{1,3}")
"""Words such as `cite 1`: they mean whichever list was shown last, and a button is pressed much later."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """A paper that can be voted for in a message; `number` is its number there."""

    paper: PaperId
    title: str
    number: int | None = None
    votes: int = 0

    @property
    def name(self) -> str:
        """How a button calls the paper: by its number, else by its title up to the first colon."""
        return str(self.number) if self.number else shown(self.title.split(":")[0], NAME_ROOM)


def shown(text: str, room: int) -> str:
    """Return plain text as labels have it, cut to `room` units."""
    return clipped(plain(text), room, str)


def ballots_of(entries: Iterable[Entry]) -> list[Ballot]:
    """Return the papers among entries, each once: an entry is a paper's if it links to its page."""
    ballots = {
        paper: Ballot(paper, entry.title, entry.number, entry.votes)
        for entry in entries
        if entry.url and (paper := parse_paper_id(entry.url))
    }
    return list(ballots.values())


def page_of(card: Card) -> Ballot | None:
    """Return the paper whose page a card is: it has no entries, a title, and links to that paper."""
    first = card.parts[0] if card.parts else None
    if not isinstance(first, Heading) or any(isinstance(part, Entry) for part in card.parts):
        return None
    facts = (fact for part in card.parts if isinstance(part, Facts) for fact in part.facts)
    papers = (parse_paper_id(fact.url) for fact in facts if fact.url)
    paper = next(filter(None, papers), None)
    return Ballot(paper, first.text, votes=first.votes) if paper else None


def rows_of(card: Card, ballots: Sequence[Ballot], key: str, more: str) -> tuple[Row, ...]:
    """Return all that can be pressed, in at most five rows: votes first, then abstracts, then actions."""
    page = page_of(card)
    actions = [
        *([vote_button(page, key)] if page else []),
        *action_buttons(card, page, has_list=bool(ballots)),
    ]
    if more and custom_id(Do(more)) not in {each["custom_id"] for each in actions}:
        actions.append(button("More papers", Do(more)))
    if len(ballots) == 1:
        rows = button_rows([vote_button(ballots[0], key), read_button(ballots[0]), *actions])
    else:
        rows = [*vote_rows(ballots, key), *reading_row(ballots, key), *button_rows(actions)]
    return tuple(rows[:MAX_ROWS])


# --- Votes and abstracts ------------------------------------------------------------


def vote_rows(ballots: Sequence[Ballot], key: str) -> list[Row]:
    """Return a button for each paper, or one select where they are many."""
    if len(ballots) <= MOST_VOTE_BUTTONS:
        return button_rows([vote_button(ballot, key) for ballot in ballots])
    return [select_row("Vote for a paper", Choose(key), [vote_option(ballot) for ballot in ballots])]


def vote_button(ballot: Ballot, key: str) -> Button:
    """Return `Vote 1`, with the votes so far where there are any: `Vote 1 (3)`."""
    votes = f" ({ballot.votes:,})" if ballot.votes else ""
    words = f"Vote {ballot.name}" if ballot.number else f"Vote · {ballot.name}"
    return button(f"{words}{votes}", Vote(ballot.paper, ballot.number, key))


def vote_option(ballot: Ballot) -> Option:
    """Return a paper to vote for, with its votes so far."""
    option = paper_option(ballot)
    if ballot.votes:
        option["description"] = f"{counted(ballot.votes, 'vote')} here"
    return option


def reading_row(ballots: Sequence[Ballot], key: str) -> list[Row]:
    """Return the select of abstracts; a single paper has a button instead."""
    if len(ballots) < len(("one", "another")):
        return []
    return [select_row("Read an abstract", Read(key), [paper_option(ballot) for ballot in ballots])]


def read_button(ballot: Ballot) -> Button:
    """Return the button that shows a paper in full."""
    words = f"Read abstract {ballot.name}" if ballot.number else f"Read · {ballot.name}"
    return button(words, Do(f"show {ballot.paper}"))


def paper_option(ballot: Ballot) -> Option:
    """Return a paper as a choice: `1 · WorldMark: A Unified …`."""
    lead = f"{ballot.number} · " if ballot.number else ""
    return {"label": shown(f"{lead}{plain(ballot.title)}", MAX_OPTION) or ballot.paper, "value": ballot.paper}


# --- What can be done next ------------------------------------------------------------


def action_buttons(card: Card, page: Ballot | None, *, has_list: bool) -> Iterator[Button]:
    """Yield a button for each action, each once; the name of its paper stands on it where it is of one.

    On a list the papers have a select already, which leads to a page with these actions for each of them.
    """
    words_seen: set[str] = set()
    actions = (action for part in card.parts if isinstance(part, Actions) for action in part.actions)
    for action in actions:
        is_for_typing = has_list and BY_NUMBER.fullmatch(action.words)
        if action.words in words_seen or is_for_typing or not has_button(action.words):
            continue
        words_seen.add(action.words)
        of_paper = page is not None and page.paper in action.words.split()
        yield button(f"{action.label} · {page.name}" if page and of_paper else action.label, Do(action.words))


# --- Components -----------------------------------------------------------------------


def button(label: str, act: Act) -> Button:
    """Return a button."""
    words = shown(label, MAX_LABEL)
    return {"type": BUTTON, "style": GREY, "label": words, "custom_id": custom_id(act)}


def button_rows(buttons: Sequence[Button]) -> list[Row]:
    """Return buttons in rows of five."""
    starts = range(0, len(buttons), MAX_ROW_BUTTONS)
    return [{"type": ROW, "components": list(buttons[at : at + MAX_ROW_BUTTONS])} for at in starts]


def select_row(placeholder: str, act: Act, options: list[Option]) -> Row:
    """Return a select in a row of its own."""
    select: Select = {
        "type": SELECT,
        "custom_id": custom_id(act),
        "placeholder": placeholder,
        "options": options[:MAX_OPTIONS],
    }
    return {"type": ROW, "components": [select]}
