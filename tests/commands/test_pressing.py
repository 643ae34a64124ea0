"""Commands behind buttons: what is pressed later means what was seen."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.commands.pressing import pressed_words, settled
from bot.commands.table import COMMANDS
from bot.commands.text import Typed, parse_text
from bot.domain.answers import PaperList, Refusal
from bot.domain.papers import PaperId

if TYPE_CHECKING:
    from bot.domain.answers import Answer

ALIKE = PaperList("Like it", (), about=PaperId("2604.00003"))
OF_A_DAY = PaperList("Papers", (), date(2026, 4, 23))


@pytest.mark.parametrize(
    ("typed", "answer", "words"),
    [
        pytest.param("similar 1 count=3", ALIKE, "similar paper=2604.00003 count=3", id="a number"),
        pytest.param("on yesterday", OF_A_DAY, "on date=2026-04-23", id="a day"),
        pytest.param("today count=3", OF_A_DAY, "today count=3", id="nothing of the kind"),
        pytest.param("similar 1", Refusal("None."), "similar paper=1", id="no list"),
    ],
)
def test_a_button_means_later_what_it_meant_when_it_was_shown(typed: str, answer: Answer, words: str) -> None:
    read = parse_text(typed, COMMANDS)
    assert isinstance(read, Typed)
    assert pressed_words(settled(answer, read)) == words
