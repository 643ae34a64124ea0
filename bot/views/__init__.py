"""The wording of the whole bot: what a command found out becomes a semantic card.

Pure: the same answer at the same moment is the same card, on every platform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.domain.answers import (
    Citation,
    Confirmation,
    DataFile,
    Done,
    HelpPage,
    PaperList,
    PaperPage,
    PlaceWays,
    Preview,
    Refusal,
    StatusReport,
    SubscriptionList,
    SubscriptionSaved,
)
from bot.domain.cards import Action, Actions, Card, Code, Entry, Heading, Keep, Note, Prose
from bot.views.papers import SENTENCE_CHARS, citation_card, list_card, page_card

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.answers import Answer, PersonalAnswer, PlaceAnswer

__all__ = ["SENTENCE_CHARS", "card_of"]


def card_of(answer: Answer, now: datetime) -> Card:  # noqa: PLR0911 - one for each kind
    """Put an answer into words. `now` is for what is told in time, as `fetched 4 minutes ago`."""
    match answer:
        case PaperList():
            return list_card(answer)
        case PaperPage():
            return page_card(answer)
        case Citation():
            return citation_card(answer)
        case HelpPage():
            return help_card(answer)
        case DataFile() | Confirmation():
            return card_of_person(answer)
        case Refusal():
            return refusal_card(answer)
        case StatusReport() | SubscriptionSaved() | SubscriptionList() | Preview() | PlaceWays() | Done():
            return card_of_place(answer, now)
        case _:
            assert_never(answer)


def card_of_place(answer: PlaceAnswer, now: datetime) -> Card:
    """Put what concerns a place into words; that part of the wording is loaded where it is needed."""
    from bot.views.places import card_of_place as worded  # noqa: PLC0415 - as said

    return worded(answer, now)


def help_card(answer: HelpPage) -> Card:
    """Show help: what can be typed, and under it what that does."""
    lines = [Entry(title=words, url="", sentence=does) for words, does in answer.lines]
    return Card((Heading(answer.title), *lines, *(Note(note) for note in answer.notes)), answer.title)


def card_of_person(answer: PersonalAnswer) -> Card:
    """Show a file's text, for platforms that send none, or ask before what cannot be taken back."""
    if isinstance(answer, DataFile):
        return Card((Heading(answer.sentence), Code(answer.text, Keep.NEEDED)), answer.sentence)
    doing = Actions((Action(answer.label, answer.words),), Keep.ALWAYS)
    return Card((Prose(answer.sentence, Keep.ALWAYS), doing), answer.sentence)


def refusal_card(answer: Refusal) -> Card:
    """Show what was wrong, and how it is typed."""
    usage = [Code(answer.usage)] if answer.usage else []
    return Card((Prose(answer.sentence, Keep.ALWAYS), *usage), answer.sentence)
