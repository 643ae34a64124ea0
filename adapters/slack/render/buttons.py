"""What can be pressed: votes, abstracts, and what can be done next.

A short list has its buttons beside each paper, a longer one a menu for all of them below: each button takes
200 characters of the 12,000 that a message has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
from bot.domain.cards import Actions, Card, Entry, Facts, Heading
from bot.domain.paper_ids import parse_paper_id
from bot.domain.plain import one_line, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from adapters.slack.render.acts import Act
    from adapters.slack.render.payload import Json
    from bot.domain.papers import PaperId

NAME_ROOM = 30
"""How much of a paper's name stands on a button."""

CHOICE_ROOM = 50
"""How much of it stands in a menu of many."""

MOST_BUTTONS = 10
"""Buttons below a card; more are no help."""

MOST_CHOICES = 25

BY_NUMBER = re.compile(r"\w+ \d{1,3}")
"""Words such as `cite 1`: they mean whichever list was shown last, and a button is pressed much later."""


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


@dataclass(frozen=True, slots=True)
class Ballot:
    """A paper that can be voted for in a message; `number` is its number there."""

    paper: PaperId
    title: str
    number: int | None = None
    votes: int = 0

    @property
    def name(self) -> str:
        """How a button calls the paper: its title up to the first colon."""
        return shown(self.title.split(":")[0], NAME_ROOM) or self.paper


def ballot_of(entry: Entry) -> Ballot | None:
    """Return the paper of an entry: it is a paper's if it links to its page."""
    paper = parse_paper_id(entry.url) if entry.url else None
    return Ballot(paper, entry.title, entry.number, entry.votes) if paper else None


def ballots_of(entries: Iterable[Entry]) -> list[Ballot]:
    """Return the papers among entries, each once."""
    return list({each.paper: each for entry in entries if (each := ballot_of(entry))}.values())


def page_of(card: Card) -> Ballot | None:
    """Return the paper whose page a card is: it has no entries, a title, and links to that paper."""
    first = card.parts[0] if card.parts else None
    if not isinstance(first, Heading) or any(isinstance(part, Entry) for part in card.parts):
        return None
    facts = (fact for part in card.parts if isinstance(part, Facts) for fact in part.facts)
    papers = (parse_paper_id(fact.url) for fact in facts if fact.url)
    paper = next(filter(None, papers), None)
    return Ballot(paper, first.text, votes=first.votes) if paper else None


def elements_below(card: Card, ballots: Sequence[Ballot], form: Form, more: str) -> list[Json]:
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


def vote_for(ballot: Ballot) -> Vote:
    """Return the act of voting for a paper."""
    return Vote(ballot.paper, ballot.number)


def read_of(ballot: Ballot) -> Do:
    """Return the act of reading its abstract."""
    return Do(f"show {ballot.paper}")


def vote_button(ballot: Ballot) -> Json:
    """Return `Vote`, with the votes so far: `Vote (3)`. A screen reader says the paper's title too."""
    votes = f" ({ballot.votes:,})" if ballot.votes else ""
    number = f"{ballot.number}, " if ballot.number else ""
    spoken = f"Vote for {number}{one_line(ballot.title)}"
    return {**button(f"Vote{votes}", vote_for(ballot)), "accessibility_label": shown(spoken, MAX_SPOKEN)}


def paper_menu(ballot: Ballot) -> Json:
    """Return the menu beside a paper."""
    acts = (("Abstract", read_of(ballot)), ("Similar papers", Do(f"similar {ballot.paper}")))
    cite = ("Cite", Do(f"cite {ballot.paper}"))
    return {"type": "overflow", "options": [option(label, act) for label, act in (*acts, cite)]}


def choice(ballot: Ballot) -> str:
    """Return a paper as a choice: `1 · WorldMark: A Unified …`."""
    lead = f"{ballot.number} · " if ballot.number else ""
    return shown(f"{lead}{one_line(ballot.title)}", CHOICE_ROOM) or ballot.paper


# --- What can be done next -------------------------------------------------------------------


def action_buttons(card: Card, page: Ballot | None, *, has_list: bool) -> Iterator[Json]:
    """Yield a button for each action, each once; the name of its paper stands on it where it is of one.

    On a list the papers have a menu already, which leads to a page with these actions for each of them.
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
