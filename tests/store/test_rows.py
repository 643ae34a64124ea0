"""Values as columns, and back."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from bot.store.rows import listed_texts, texts

STORABLE = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(st.lists(STORABLE).map(tuple))
@example(('", "',))
@example((", ", ",", "", '"', "\\", "\\u0000", "[", '"]'))
@example(("",))
@example(("", ""))
def test_a_list_of_texts_is_read_as_it_was_written(written: tuple[str, ...]) -> None:
    column = listed_texts(written)
    assert json.loads(column) == list(written)
    assert texts(column) == written
