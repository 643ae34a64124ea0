"""What is asked of the service: over real stores in one order, with whatever is typed or pasted."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.topics import LONGEST_TOPIC, TopicMistake
from bot.domain.words import squeezed
from bot.store import open_store
from tests.contract.making import FRIDAY, HOUR, NOON, THURSDAY, entry, feed, paper_id
from tests.fakes.memory_store import MemoryStore
from tests.postgres import emptied_postgres_url
from tests.search.making import PASTED
from tests.search.test_origin import over

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from bot.domain.papers import PaperId
    from bot.ports import Hit, IndexRow, Store
    from bot.services.searching import Searching

# --- One order on both engines --------------------------------------------------------

LISTS = (
    feed(
        entry(4, title="Agents that use tools", authors=("Zoë Núñez",), categories=("cs.CL",)),
        entry(2, title="Agents", abstract="A tool is used by agents.", organization="Qwen"),
        entry(9, title="Agents", keywords=("tool use",)),
        day=THURSDAY,
    ),
    feed(entry(1, title="Agents"), entry(9, title="Agents"), entry(3, title="Self-play: “agents”?")),
    feed(entry(2, title="Agents", abstract="A tool is of use.", organization="Qwen"), at=NOON + HOUR),
)
QUERIES = (
    "agents", "tool use", '"tool use"', "agents -tool", "author:nunez", "org:qwen agents", "cat:cs", "-tools",
    "self-play agents", "agents | qwen", "zebras",
)  # fmt: skip


async def everything(store: Store) -> list[object]:
    """Ask a store all there is to ask."""
    searching = over(store, None)
    days: tuple[date | None, ...] = (None, FRIDAY)
    found = [await searching.search(text, since=day, limit=9) for text in QUERIES for day in days]
    return [*found, *[await searching.similar(paper_id(number), 9) for number in (1, 2, 3, 4, 5, 9)]]


async def test_both_engines_find_the_same_in_one_order(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(emptied_postgres_url())
        stores: list[Store] = [MemoryStore()]
        for each in (f"sqlite:///{tmp_path / 'papers.db'}", url):
            stores.append(await open_store(each))
            stack.push_async_callback(stores[-1].close)
        answers = []
        for store in stores:
            # Each list on its own, so that the engines may number the papers of one as they like.
            for record in LISTS:
                await store.write(record)
            answers.append(await everything(store))
    memory, sqlite, postgres = answers
    assert sqlite == postgres == memory
    assert papers_of(sqlite[0]) == list(map(paper_id, (1, 2, 9, 3, 4)))


def papers_of(answer: object) -> list[PaperId]:
    assert isinstance(answer, list | tuple)
    return [hit.paper for hit in answer]


# --- Whatever is typed ----------------------------------------------------------------


async def library(*titles: str) -> Searching:
    """Return a search over papers with these titles."""
    store = MemoryStore()
    await store.write(feed(*(entry(number, title=title) for number, title in enumerate(titles, 1))))
    return over(store, None)


STORABLE = PASTED.map(lambda text: text.replace("\0", "").encode(errors="ignore").decode())


@given(STORABLE, st.lists(STORABLE, max_size=3))
@example("Attention: Is It All You Need?", ["attention is all you need", "All: You"])
@example("Can (Small | Large) Models Reason?", ["Models that reason"])
@example('-Agents OR "NOT', ["Agents"])
@example("author:me, or: how to sign", [])
@example("Very " * 400 + "long", ["Very long"])
def test_a_text_that_is_a_stored_title_finds_that_paper_first(title: str, others: list[str]) -> None:
    async def found() -> Sequence[Hit] | TopicMistake:
        return await (await library(*others, title)).search(title, since=None, limit=9)

    hits = asyncio.run(found())
    if squeezed(title):
        assert not isinstance(hits, TopicMistake)
        titles = dict(zip(map(paper_id, range(1, 9)), (*others, title), strict=False))
        assert squeezed(titles[hits[0].paper]) == squeezed(title)
        assert len({hit.paper for hit in hits}) == len(hits)


@given(PASTED, st.integers(1, 3))
@example("x" * 10_000, 1)
@example("NEAR(", 3)
def test_a_text_is_answered_or_is_a_mistake_in_a_sentence(text: str, limit: int) -> None:
    async def found() -> Sequence[Hit] | TopicMistake:
        return await (await library("Agents", "Tool use", "Near(by)")).search(text, since=None, limit=limit)

    answer = asyncio.run(found())
    if isinstance(answer, TopicMistake):
        assert len(answer.before) <= min(len(text), LONGEST_TOPIC)
        assert str(answer).endswith(f", not {answer.found}.")
    else:
        assert len(answer) <= limit


@pytest.mark.parametrize("text", ["", "   ", '"', '""', "*", "-", "()", "|", "x" * 10_000])
async def test_a_text_that_asks_for_nothing_is_a_mistake(text: str) -> None:
    answer = await (await library("Agents", "***")).search(text, since=None, limit=9)
    assert isinstance(answer, TopicMistake)


@pytest.mark.parametrize("text", ["NEAR(", "NEAR(agents, 3)", "agents AND", "agents* ^2", "a:b:agents"])
async def test_what_means_something_elsewhere_is_words_here(text: str) -> None:
    answer = await (await library("Near agents")).search(text, since=None, limit=9)
    assert not isinstance(answer, TopicMistake)
    assert [hit.paper for hit in answer] == [paper_id(1)]


# --- New papers -------------------------------------------------------------------------


async def test_what_is_written_is_found_with_the_next_question() -> None:
    store = MemoryStore()
    searching = over(store, None)
    assert await searching.search("zebras", since=None, limit=9) == []
    await store.write(feed(entry(1, title="Zebras")))
    (hit,) = await hits_of(searching, "zebras")
    assert hit.paper == paper_id(1)
    await store.write(feed(entry(1, title="Robots"), at=NOON + HOUR))
    assert await hits_of(searching, "zebras") == []
    assert [hit.paper for hit in await hits_of(searching, "robots")] == [paper_id(1)]


async def test_questions_at_once_read_the_store_once() -> None:
    store = CountingStore()
    await store.write(feed(entry(1, title="Zebras")))
    searching = over(store, None)
    answers = await asyncio.gather(*(hits_of(searching, "zebras") for _ in range(5)))
    assert all(len(hits) == 1 for hits in answers)
    assert store.rows_read == 1


class CountingStore(MemoryStore):
    """Counts the rows that an index reads."""

    def __init__(self) -> None:
        super().__init__()
        self.rows_read = 0

    async def index_rows(self, after: int, limit: int) -> Sequence[IndexRow]:
        rows = await super().index_rows(after, limit)
        self.rows_read += len(rows)
        return rows


async def hits_of(searching: Searching, text: str) -> Sequence[Hit]:
    hits = await searching.search(text, since=None, limit=9)
    assert not isinstance(hits, TopicMistake)
    return hits
