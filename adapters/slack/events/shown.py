"""Answers as messages: what is shown to whom, and what can be pressed below it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.slack.limits import MAX_BLOCKS, MAX_TOTAL, MAX_VALUE
from adapters.slack.render import Payload, render_all
from adapters.slack.render.acts import ACTION, Do, value_of
from adapters.slack.render.buttons import button
from adapters.slack.render.payload import context, total
from bot.commands.pressing import HERE, longer, may_be_shown_to_all, pressed_words, settled
from bot.domain.answers import Refusal
from bot.views import card_of

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.slack.client.web import Json
    from bot.commands.text import Typed
    from bot.core import Reply
    from bot.domain.answers import PaperPage

MOST_ANSWERS = 5
"""Uses of a response URL (docs.slack.dev, Handling user interaction)."""

GUEST = Refusal("Guests can read here, and not manage what is posted. Nothing was changed.")
NOT_ADMIN = Refusal("Only administrators of this workspace manage what is posted here. Nothing was changed.")
WHO = Refusal("I could not ask Slack who you are. Try again in a moment. Nothing was changed.")


REST_MISSING = "The rest has no room here. Whoever runs me can give you all of it."
"""Below a text that is longer than all answers to one command."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer in one message, or more where a text to be copied is long; beyond five it says so."""

    payloads: tuple[Payload, ...]
    is_private: bool
    ballot: PaperPage | None = None
    """The page on whose message, the only one, all may vote once it stands."""

    def bodies(self) -> list[Json]:
        """Return the messages as a response URL takes them: five at most."""
        kind = "ephemeral" if self.is_private else "in_channel"
        payloads = self.payloads[:MOST_ANSWERS]
        if len(self.payloads) > MOST_ANSWERS:
            payloads = (*payloads[:-1], with_rest_missing(payloads[-1]))
        return [{**payload.body(), "response_type": kind, "replace_original": False} for payload in payloads]


def with_rest_missing(payload: Payload) -> Payload:
    """Return the last part of a text that ends before its end, which it says."""
    return replace(payload, blocks=(*payload.blocks, context(REST_MISSING)))


def refused(refusal: Refusal, now: datetime) -> Shown:
    """Tell the asker alone why something was not done."""
    return Shown(render_all(card_of(refusal, now)), is_private=True)


def shown(reply: Reply, typed: Typed | None, now: datetime) -> Shown:
    """Show a reply; below a list that could be longer there is a button for more of it."""
    typed = settled(reply.answer, typed) if typed else None
    further = longer(reply.answer, typed) if typed else None
    more = button_words(further) if further else ""
    payloads = render_all(card_of(reply.answer, now), more=more)
    if typed and may_be_shown_to_all(reply.answer, typed, is_private=reply.private):
        payloads = (*payloads[:-1], with_here(payloads[-1], typed))
    return Shown(payloads, reply.private, reply.ballot)


def button_words(typed: Typed, before: str = "") -> str:
    """Return a command as the words of a button; empty where none has room for it, or it would be misread."""
    words = pressed_words(typed, before)
    has_room = len(value_of(Do(words))) <= MAX_VALUE
    return words if has_room else ""


def with_here(payload: Payload, typed: Typed) -> Payload:
    """Return a list that the asker alone sees with the button that shows it to everyone."""
    words = button_words(typed, f"{HERE} ")
    act = {**button("Show here", Do(words)), "action_id": f"{ACTION}here"}
    blocks = (*payload.blocks, {"type": "actions", "elements": [act]})
    has_room = len(blocks) <= MAX_BLOCKS and total(blocks) <= MAX_TOTAL + SPARE_ROOM
    return replace(payload, blocks=blocks) if words and has_room else payload


SPARE_ROOM = 600
"""What a card leaves free of what Slack takes, for the one button that is added to it."""
