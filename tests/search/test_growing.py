"""An index that grew, changed, was rewritten, saved and loaded answers as one that was made in one go."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ports import IndexRow
from bot.search import corpus, index, open_index
from tests.search.making import FIRST_DAY, WORDS, found, index_of, paper, paper_id, query, rows, some_papers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.papers import Paper
    from bot.ports import SearchIndex

QUERIES = (
    *(word for word in WORDS if word != "*"),
    "agents policy",
    '"tool use"',
    "-agent",
    "author:he",
    "self-play x",
)
MANY = 40
LONG = " ".join(f"word{number}" for number in range(500))


def answers(index: SearchIndex) -> list[object]:
    """Ask an index everything that tells these papers apart, but for how a shared term was mostly spelled."""
    asked = [index.search(query(text), since=day, limit=5) for text in QUERIES for day in (None, FIRST_DAY)]
    kin = [index.similar(paper_id(number), 5) for number in range(4)]
    scores = [[(hit.paper, hit.score) for hit in each or ()] for each in kin]
    return [asked, scores, [index.titled(text, since=None) for text in QUERIES]]


# --- Growing ------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(st.lists(some_papers(most=4), max_size=5), st.integers(0, 3))
def test_whatever_way_it_grew_an_index_answers_as_a_new_one(
    parts: Sequence[Sequence[Paper]], dead: int
) -> None:
    """Papers with the numbers of earlier ones replace them."""

    async def grown(path: Path) -> SearchIndex:
        growing, after = await open_index(path), 0
        for number, part in enumerate(parts):
            await growing.extend(rows(*part, after=after))
            after += len(part)
            if number % 2:
                await growing.save()
                growing = await open_index(path)
        return growing

    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(corpus, "FEW_DEAD", dead)
        patched.setattr(corpus, "MOST_DEAD_SHARE", 0)
        kept = asyncio.run(grown(Path(folder) / "kept.search"))
    last = {each.id: each for part in parts for each in part}
    assert answers(kept) == answers(asyncio.run(index_of(*last.values())))


async def test_a_day_that_changes_alone_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "papers.db.search"
    growing = await index_of(paper(1, "Agents"), path=path)
    later = FIRST_DAY + timedelta(days=30)
    await growing.extend([IndexRow(2, paper(1, "Agents"), later)])
    assert (found(growing, "agents", since=later), growing.revision) == ([1], 2)
    await growing.save()
    assert found(await open_index(path), "agents", since=later) == [1]


async def test_the_oldest_of_too_many_papers_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "MOST_PAPERS", 3)
    growing = await index_of(*(paper(number, "Agents") for number in (4, 2, 5, 1, 3)))
    assert found(growing, "agents") == [3, 4, 5]
    assert growing.similar(paper_id(2), 3) is None


# --- Without holding the event loop -------------------------------------------------


async def turns_while_growing(papers: Sequence[Paper]) -> int:
    """Count how often another task gets its turn while papers are taken in."""
    growing, turns = await open_index(None), 0
    task = asyncio.create_task(growing.extend(rows(*papers)))
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
    return turns


async def test_others_get_their_turn_while_papers_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the arrays need is done at once here: each turn is one between two papers."""

    async def at_once(work: object, *given: object) -> object:
        assert callable(work)
        return work(*given)

    monkeypatch.setattr(asyncio, "to_thread", at_once)
    papers = [paper(number, abstract=LONG) for number in range(MANY)]
    few = await turns_while_growing(papers[:1])
    words = MANY * (len(LONG.split()) + 1)
    assert await turns_while_growing(papers) >= few + words // (index.WORDS_IN_A_ROW + len(LONG.split()) + 1)


async def test_arrays_are_made_in_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []

    def noted(*given: object) -> object:
        threads.append(threading.current_thread())
        return corpus.grown(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(index, "grown", noted)
    await index_of(paper(1), paper(2))
    assert threads
    assert threading.current_thread() not in threads


async def test_questions_are_answered_while_papers_are_taken_in() -> None:
    growing = await index_of(paper(1, "Agents"))
    task = asyncio.create_task(
        growing.extend(rows(*(paper(n, "Agents", LONG) for n in range(2, MANY)), after=1))
    )
    seen = set()
    while not task.done():
        await asyncio.sleep(0)
        seen.add(tuple(found(growing, "agents")))
    assert (1,) in seen
    assert seen <= {(1,), tuple(range(1, MANY))}
    assert found(growing, "agents") == list(range(1, MANY))


# --- The file -----------------------------------------------------------------------


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_a_file_with_any_damage_is_not_used(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "papers.db.search"
        asyncio.run(saved(path, paper(1, "Agents"), paper(2, "Robots")))
        whole = path.read_bytes()
        at = data.draw(st.integers(0, len(whole) - 1))
        damaged = data.draw(
            st.sampled_from(
                (whole[:at], whole[:at] + bytes((whole[at] ^ 0x10,)) + whole[at + 1 :], whole + b"\0")
            )
        )
        path.write_bytes(damaged)
        assert asyncio.run(open_index(path)).revision == 0


async def test_a_file_of_another_version_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "papers.db.search"
    await saved(path, paper(1, "Agents"))
    assert (await open_index(path)).revision == 1
    monkeypatch.setattr("bot.search.saving.ANALYSIS_VERSION", 0)
    assert (await open_index(path)).revision == 0


async def test_a_file_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    growing = await index_of(paper(1, "Agents"), path=tmp_path / "file" / "papers.search")
    await growing.save()
    assert found(growing, "agents") == [1]


async def test_a_draft_is_not_left_behind(tmp_path: Path) -> None:
    (tmp_path / "papers.search").mkdir()
    growing = await index_of(paper(1, "Agents"), path=tmp_path / "papers.search")
    await growing.save()
    assert names_in(tmp_path) == ["papers.search"]


async def saved(path: Path, *papers: Paper) -> None:
    """Keep an index of papers in a file."""
    await (await index_of(*papers, path=path)).save()


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]
