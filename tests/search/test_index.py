"""The index as whoever searches meets it: what is found, in which order, and that it outlasts a restart."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.search import open_index
from tests.search.making import FIRST_DAY, found, index_of, numbers, paper, paper_id, query, rows

if TYPE_CHECKING:
    from pathlib import Path

PAPERS = (
    paper(0, "Diffusion policies for robots", "A robot learns to act."),
    paper(1, "A survey of agents", "Diffusion is named here once, as is a robot."),
    paper(2, "Language models that plan", "Nothing of the other kind.", authors=("Ana Wei",)),
)


async def test_a_word_in_the_title_counts_for_more() -> None:
    assert found(await index_of(*PAPERS), "diffusion") == [0, 1]


async def test_any_of_the_words_will_do() -> None:
    assert set(found(await index_of(*PAPERS), "robot language")) == {0, 1, 2}


async def test_phrases_exclusions_and_fields_restrict() -> None:
    index = await index_of(*PAPERS)
    assert found(index, '"language models"') == [2]
    assert found(index, "diffusion -survey") == [0]
    assert found(index, "author:wei") == [2]


@pytest.mark.parametrize("text", ["*", '"', "-", "NEAR(", "()", "the of"])
async def test_odd_queries_raise_nothing(text: str) -> None:
    index = await index_of(*PAPERS)
    assert index.titled(text, since=None) is None


async def test_a_title_is_found_whatever_case_and_punctuation() -> None:
    hit = (await index_of(*PAPERS)).titled("a SURVEY, of: agents!", since=None)
    assert hit is not None
    assert hit.paper == paper_id(1)


async def test_since_leaves_out_what_was_listed_before() -> None:
    index = await index_of(*PAPERS)
    everything = found(index, "diffusion")
    assert found(index, "diffusion", since=FIRST_DAY + timedelta(days=10_000)) == []
    assert found(index, "diffusion", since=FIRST_DAY - timedelta(days=10_000)) == everything


async def test_new_papers_are_found_at_once_and_changed_ones_replace_themselves() -> None:
    index = await index_of(*PAPERS)
    await index.extend(rows(paper(3, "Quantum chemistry"), after=3))
    assert found(index, "quantum") == [3]
    await index.extend(rows(paper(3, "Protein folding"), after=4))
    assert found(index, "quantum") == []
    assert found(index, "protein") == [3]


async def test_kin_share_words_and_say_which() -> None:
    index = await index_of(*PAPERS)
    hits = index.similar(paper_id(0), 2)
    assert hits is not None
    assert numbers(hits)[0] == 1
    assert any(word.startswith("diffusion") for word in hits[0].because)
    assert index.similar(paper_id(99), 2) is None


async def test_a_saved_index_answers_as_before(tmp_path: Path) -> None:
    path = tmp_path / "papers.db.search"
    index = await index_of(*PAPERS, path=path)
    await index.save()
    again = await open_index(path)
    assert again.revision == index.revision
    assert again.search(query("robot diffusion"), since=None, limit=9) == index.search(
        query("robot diffusion"), since=None, limit=9
    )


@pytest.mark.parametrize("damage", [b"", b"not an index", b"\x00" * 400])
async def test_a_damaged_file_is_made_again(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "papers.db.search"
    path.write_bytes(damage)
    assert (await open_index(path)).revision == 0
