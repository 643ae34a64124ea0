"""What can be pressed: votes, abstracts, and what can be done next.

A short list has its buttons beside each paper, a longer one a menu for all of them below: each button takes
200 characters of the 12,000 that a message has.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from adapters.slack.limits import (
    MAX_LABEL,
    MAX_OPTION,
    MAX_OPTION_VALUE,
    MAX_SPOKEN,
)
from adapters.slack.markup import shown
from adapters.slack.render.acts import ACTION, Do, Vote, value_of
from adapters.slack.render.body import has_button
from adapters.slack.render.payload import plain_text
from bot.domain.plain import one_line, size
from bot.domain.pressable import NAME_ROOM, Votable, actions_of, label_of, page_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.slack.render.acts import Act
    from adapters.slack.render.payload import Json
    from bot.domain.cards import Card

CHOICE_ROOM = 50
"""How much of it stands in a menu of many."""

MOST_BUTTONS = 10
"""Buttons below a card; more are no help."""

MOST_CHOICES = 25


class Form(Enum):
    """How papers of a list are pressed, by how many papers it may have."""

    WIDE = 5
    """A Vote button beside each title, a menu beside its facts."""
    NARROW = 10
    """A Vote button beside each paper, one menu of abstracts below."""
    MENUS = 1_000
    """Two menus below."""


def form_for(papers: int) -> Form:
    """Return the richest form for a list."""
    return next(form for form in Form if papers <= form.value)


def name_of(ballot: Votable) -> str:
    """How a button calls a paper: its title up to the first colon."""
    return shown(ballot.title.split(":")[0], NAME_ROOM) or ballot.paper


def elements_below(card: Card, ballots: Sequence[Votable], form: Form, more: str) -> list[Json]:
    """Return what can be pressed below a card: menus of papers first, then actions."""
    page = page_of(card)
    menus: list[Json] = []
    if form is Form.MENUS:
        menus.append(menu("Vote for a paper", [(choice(each), vote_for(each)) for each in ballots]))
    if form is not Form.WIDE:
        menus.append(menu("Read an abstract", [(choice(each), read_of(each)) for each in ballots]))
    actions = [
        *([vote_button(page)] if page else []),
        *action_buttons(card, page, has_list=bool(ballots)),
        *([button("More papers", Do(more))] if more else []),
    ]
    return [*menus, *actions[:MOST_BUTTONS]]


# --- Papers -------------------------------------------------------------------------------


def vote_for(ballot: Votable) -> Vote:
    """Return the act of voting for a paper."""
    return Vote(ballot.paper, ballot.number)


def read_of(ballot: Votable) -> Do:
    """Return the act of reading its abstract."""
    return Do(f"show {ballot.paper}")


def vote_button(ballot: Votable) -> Json:
    """Return `Vote`, with the votes so far: `Vote (3)`. A screen reader says the paper's title too."""
    votes = f" ({ballot.votes:,})" if ballot.votes else ""
    number = f"{ballot.number}, " if ballot.number else ""
    spoken = f"Vote for {number}{one_line(ballot.title)}"
    return {**button(f"Vote{votes}", vote_for(ballot)), "accessibility_label": shown(spoken, MAX_SPOKEN)}


def paper_menu(ballot: Votable) -> Json:
    """Return the menu beside a paper."""
    acts = (("Abstract", read_of(ballot)), ("Similar papers", Do(f"similar {ballot.paper}")))
    cite = ("Cite", Do(f"cite {ballot.paper}"))
    return {"type": "overflow", "options": [option(label, act) for label, act in (*acts, cite)]}


def choice(ballot: Votable) -> str:
    """Return a paper as a choice: `1 · WorldMark: A Unified …`."""
    lead = f"{ballot.number} · " if ballot.number else ""
    return shown(f"{lead}{one_line(ballot.title)}", CHOICE_ROOM) or ballot.paper


# --- What can be done next -------------------------------------------------------------------


def action_buttons(card: Card, page: Votable | None, *, has_list: bool) -> Iterator[Json]:
    """Yield a button for each action; the name of its paper stands on it where it is of one."""
    name = name_of(page) if page else ""
    for action in actions_of(card, has_button, has_list=has_list):
        yield button(label_of(action, page, name), Do(action.words))


# --- Elements ---------------------------------------------------------------------------------


def button(label: str, act: Act) -> Json:
    """Return a button."""
    return {"type": "button", "text": plain_text(shown(label, MAX_LABEL) or "…"), "value": value_of(act)}


def option(label: str, act: Act) -> Json:
    """Return one choice of a menu."""
    return {"text": plain_text(shown(label, MAX_OPTION) or "…"), "value": value_of(act)}


def menu(placeholder: str, choices: Sequence[tuple[str, Act]]) -> Json:
    """Return a list to choose one from; what is too long for a choice is left out of it."""
    options = [option(label, act) for label, act in choices]
    fitting = [each for each in options if size(each["value"]) <= MAX_OPTION_VALUE]
    return {
        "type": "static_select",
        "placeholder": plain_text(placeholder),
        "options": fitting[:MOST_CHOICES],
    }


def numbered(blocks: Sequence[Json]) -> tuple[Json, ...]:
    """Return blocks whose elements have an action id each, no two the same."""
    count = 0

    def named(element: Json) -> Json:
        nonlocal count
        count += 1
        return {**element, "action_id": f"{ACTION}{count}"}

    found = []
    for block in blocks:
        if block["type"] == "actions":
            found.append({**block, "elements": [named(each) for each in block["elements"]]})
        elif "accessory" in block:
            found.append({**block, "accessory": named(block["accessory"])})
        else:
            found.append(block)
    return tuple(found)
