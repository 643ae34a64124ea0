"""What can be pressed below a card: votes, abstracts, and what can be done next."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from adapters.discord.limits import MAX_LABEL, MAX_OPTION, MAX_OPTIONS, MAX_ROW_BUTTONS, MAX_ROWS
from adapters.discord.markup import clipped, plain
from adapters.discord.render.acts import Choose, Do, Read, Vote, custom_id
from adapters.discord.render.body import has_button
from adapters.discord.render.payload import BUTTON, GREY, ROW, SELECT, Button, Option, Row, Select
from bot.domain.pressable import NAME_ROOM, Votable, actions_of, label_of, page_of
from bot.domain.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.discord.render.acts import Act
    from bot.domain.cards import Card

MOST_VOTE_BUTTONS = 10
"""More papers are voted for with a select: three rows of buttons are no card any more."""


@lru_cache(maxsize=1_000)
def shown(text: str, room: int) -> str:
    """Return plain text as labels have it, cut to `room` units; the same stand below many messages."""
    return clipped(plain(text), room, str)


def name_of(ballot: Votable) -> str:
    """How a button calls a paper: by its number, else by its title up to the first colon."""
    return str(ballot.number) if ballot.number else shown(ballot.title.split(":")[0], NAME_ROOM)


def rows_of(card: Card, ballots: Sequence[Votable], key: str, more: str) -> tuple[Row, ...]:
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


def vote_rows(ballots: Sequence[Votable], key: str) -> list[Row]:
    """Return a button for each paper, or one select where they are many."""
    if len(ballots) <= MOST_VOTE_BUTTONS:
        return button_rows([vote_button(ballot, key) for ballot in ballots])
    return [select_row("Vote for a paper", Choose(key), [vote_option(ballot) for ballot in ballots])]


def vote_button(ballot: Votable, key: str) -> Button:
    """Return `Vote 1`, with the votes so far where there are any: `Vote 1 (3)`."""
    votes = f" ({ballot.votes:,})" if ballot.votes else ""
    words = f"Vote {name_of(ballot)}" if ballot.number else f"Vote · {name_of(ballot)}"
    return button(f"{words}{votes}", Vote(ballot.paper, ballot.number, key))


def vote_option(ballot: Votable) -> Option:
    """Return a paper to vote for, with its votes so far."""
    option = paper_option(ballot)
    if ballot.votes:
        option["description"] = f"{counted(ballot.votes, 'vote')} here"
    return option


def reading_row(ballots: Sequence[Votable], key: str) -> list[Row]:
    """Return the select of abstracts; a single paper has a button instead."""
    if len(ballots) < len(("one", "another")):
        return []
    return [select_row("Read an abstract", Read(key), [paper_option(ballot) for ballot in ballots])]


def read_button(ballot: Votable) -> Button:
    """Return the button that shows a paper in full."""
    words = f"Read abstract {name_of(ballot)}" if ballot.number else f"Read · {name_of(ballot)}"
    return button(words, Do(f"show {ballot.paper}"))


def paper_option(ballot: Votable) -> Option:
    """Return a paper as a choice: `1 · WorldMark: A Unified …`."""
    lead = f"{ballot.number} · " if ballot.number else ""
    return {"label": shown(f"{lead}{plain(ballot.title)}", MAX_OPTION) or ballot.paper, "value": ballot.paper}


# --- What can be done next ------------------------------------------------------------


def action_buttons(card: Card, page: Votable | None, *, has_list: bool) -> Iterator[Button]:
    """Yield a button for each action; the name of its paper stands on it where it is of one."""
    name = name_of(page) if page else ""
    for action in actions_of(card, has_button, has_list=has_list):
        yield button(label_of(action, page, name), Do(action.words))


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
