"""The answer to `submit` as it stands later: with the figures and the note of then, or hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.answers import PaperPage, Ranked
from bot.domain.deliveries import Delivery, DeliveryKind, MessageRef
from bot.domain.papers import Listed, Paper, PaperId
from bot.domain.places import Identity, Place
from bot.domain.submission_cards import delivery_of_card, edition_of_card
from bot.domain.votes import Submission
from bot.services.hiding import edit_of
from bot.views import card_of
from bot.views.editions import delivery_card
from bot.views.papers import page_notes

PLACE = Place("discord", "guild", "channel")
AT = datetime(2026, 4, 24, 12, tzinfo=UTC)
PAPER = PaperId("2604.00051")
LISTED = Listed(Paper(PAPER, "Worlds: A Benchmark", abstract="We build worlds."), upvotes=12)
STANDS = Submission(PAPER, PLACE, Identity("discord:11"), AT, "Ours, out today")
PAGE = PaperPage(Ranked(LISTED, ("12 upvotes",)), ("Submitted here.",), STANDS)
EDITION = edition_of_card(PAGE, PLACE, MessageRef("1/2"), AT)


def edit(after: timedelta = timedelta(hours=1)) -> Delivery:
    return edit_of(delivery_of_card(EDITION), PAPER, AT + after)


def test_what_is_kept_of_a_card_has_neither_its_note_nor_its_submitter() -> None:
    kept = f"{EDITION} {delivery_of_card(EDITION)}"
    assert STANDS.note not in kept
    assert STANDS.identity not in kept


def test_an_edit_shows_what_the_answer_showed() -> None:
    assert delivery_card(edit(), EDITION, {PAPER: LISTED}, (), STANDS) == card_of(PAGE, AT)


@pytest.mark.parametrize("stands", [replace(STANDS, note=""), None])
def test_without_its_note_it_says_the_rest(stands: Submission | None) -> None:
    shown = delivery_card(edit(), EDITION, {PAPER: LISTED}, (), stands)
    assert shown == card_of(replace(PAGE, submission=None), AT)


def test_figures_are_those_of_the_edit_and_the_day_after_tells_what_came() -> None:
    later = replace(LISTED, upvotes=40, votes=3)
    for after, told in ((timedelta(hours=3), False), (timedelta(days=1), True)):
        shown = str(delivery_card(edit(after), EDITION, {PAPER: later}, (), STANDS))
        assert "40 upvotes" in shown
        assert "3 votes here" in shown
        assert "12 upvotes" not in shown
        assert ("28 more upvotes since posted" in shown) is told


def test_what_is_hidden_says_that_alone() -> None:
    shown = delivery_card(edit(), EDITION, {PAPER: LISTED}, {PAPER}, STANDS)
    assert shown.gist == "Hidden by a moderator"
    for hidden in ("Worlds", STANDS.note, PAPER):
        assert hidden not in str(shown)


def test_a_paper_that_is_stored_no_more_is_named() -> None:
    assert PAPER in str(delivery_card(edit(), EDITION, {}, (), STANDS))


def test_a_page_has_a_note_only_where_there_is_one() -> None:
    assert page_notes(PAGE) == ("Submitted here.", "Note: “Ours, out today”")
    assert page_notes(replace(PAGE, submission=replace(STANDS, note=""))) == PAGE.notes
    assert page_notes(replace(PAGE, submission=None)) == PAGE.notes


def test_the_delivery_of_a_card_is_that_of_its_one_paper() -> None:
    card = delivery_of_card(EDITION)
    assert (card.kind, card.part, card.edition) == (DeliveryKind.POST, 1, EDITION.key)
    other = edition_of_card(PAGE, PLACE, MessageRef("1/3"), AT)
    assert delivery_of_card(other).key != card.key
