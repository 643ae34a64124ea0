"""An index that is kept beside a store whose papers were replaced behind its back."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search import corpus, open_index, origin
from bot.search.index import Index
from bot.services.searching import Searching
from bot.store.backup import backup, restore
from tests.contract.making import FRIDAY, HOUR, NOON, THURSDAY, entry, feed, paper_id
from tests.fakes.memory_store import MemoryStore
from tests.postgres import emptied_postgres_url
from tests.store.opening import opened

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import date

    from bot.domain.topics import TopicMistake
    from bot.ports import Hit, RecordFeed, SearchIndex, Store

TITLES = ("Agents", "Robots", "Zebras")
AGENTS, ROBOTS, ZEBRAS = (entry(number, title=title) for number, title in enumerate(TITLES, 1))
LATER = NOON + HOUR
DAYS = (None, FRIDAY)

Answers = list[tuple["Sequence[Hit] | TopicMistake | None", ...]]


def over(store: Store, path: Path | None) -> Searching:
    """Return a search as after a start."""

    async def opened_index() -> SearchIndex:
        return await open_index(path)

    return Searching(store, opened_index)


async def keep_index(store: Store, path: Path) -> None:
    """Ask something, so that the index of a store is made and kept."""
    await over(store, path).similar(paper_id(1), 1)
    assert await asyncio.to_thread(path.exists) == bool(await store.index_rows(0, 1))


async def answers(searching: Searching, days: Sequence[date | None] = DAYS) -> Answers:
    """Ask everything that tells these papers apart."""
    kin = tuple([await searching.similar(paper_id(number), 9) for number in (1, 2, 3)])
    return [
        kin,
        *[
            tuple([await searching.search(title, since=day, limit=9) for title in TITLES])
            for day in days
        ],
    ]  # fmt: skip


@asynccontextmanager
async def database(kind: str, folder: Path) -> AsyncIterator[str]:
    """Yield the URL of an empty database, `sqlite` or `postgres`."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'papers.db'}"
        return
    async with emptied_postgres_url() as url:
        yield url


def remove_all_but(kept: Path) -> None:
    """Remove what is beside a file, which must be there."""
    beside = set(kept.parent.iterdir())
    beside.remove(kept)
    for path in beside:
        path.unlink()


# --- Replaced -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param([feed(AGENTS)], [], id="no papers"),
        pytest.param([feed(AGENTS, ROBOTS, ZEBRAS)], [feed(AGENTS)], id="fewer papers"),
        pytest.param([feed(AGENTS, ROBOTS)], [feed(ZEBRAS, entry(4))], id="as many others"),
        pytest.param([feed(AGENTS)], [feed(ROBOTS, ZEBRAS, entry(4))], id="more others"),
        pytest.param([feed(AGENTS)], [feed(entry(1, title="Zebras"))], id="other texts"),
        pytest.param([feed(AGENTS)], [feed(AGENTS, day=THURSDAY)], id="another day"),
        pytest.param(
            [feed(AGENTS, ROBOTS), feed(entry(1, title="Zebras"), at=LATER)],
            [feed(AGENTS, ROBOTS), feed(entry(2, title="Zebras"), at=LATER)],
            id="a backup after which another paper changed",
        ),
        pytest.param(
            [feed(AGENTS, day=THURSDAY), feed(ROBOTS)],
            [feed(AGENTS, day=THURSDAY), feed(ZEBRAS, entry(4), entry(5))],
            id="a backup after which more papers came",
        ),
    ],
)
async def test_a_file_that_was_replaced_by_hand_answers_for_itself(
    tmp_path: Path, before: Sequence[RecordFeed], after: Sequence[RecordFeed]
) -> None:
    database_file, kept = tmp_path / "papers.db", tmp_path / "papers.db.search"
    async with opened(f"sqlite:///{database_file}") as store:
        await store.write(*before)
        await keep_index(store, kept)
    remove_all_but(kept)
    async with opened(f"sqlite:///{database_file}") as store:
        await store.write(*after)
        right = await answers(over(store, None))
        assert await answers(over(store, kept)) == right
        assert await answers(over(store, kept)) == right


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_a_restored_store_finds_what_it_had(kind: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept.search"
    async with database(kind, tmp_path) as url:
        async with opened(url) as store:
            await store.write(feed(AGENTS))
            await backup(url, tmp_path / "saved")
            await store.write(feed(entry(1, title="Zebras"), ROBOTS, at=LATER))
            await keep_index(store, kept)
        await restore(url, tmp_path / "saved")
        async with opened(url) as store:
            searching = over(store, kept)
            assert await searching.search("zebras robots", since=None, limit=9) == []
            assert await answers(searching) == await answers(over(store, None))


FEEDS = st.builds(
    lambda numbers, title, day, hours: feed(
        *(entry(number, title=title) for number in numbers), day=day, at=NOON + timedelta(hours=hours)
    ),
    st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True),
    st.sampled_from(TITLES),
    st.sampled_from((THURSDAY, FRIDAY)),
    st.integers(0, 3),
)
PASTS = st.lists(FEEDS, max_size=4)


@given(PASTS, PASTS, PASTS)
def test_whatever_two_stores_have_in_common_each_answers_for_itself(
    shared: Sequence[RecordFeed], before: Sequence[RecordFeed], after: Sequence[RecordFeed]
) -> None:
    async def both(kept: Path) -> tuple[Answers, Answers]:
        first, second = MemoryStore(), MemoryStore()
        await first.write(*shared, *before)
        await second.write(*shared, *after)
        await keep_index(first, kept)
        return await answers(over(second, kept)), await answers(over(second, None))

    with TemporaryDirectory() as folder:
        kept, anew = asyncio.run(both(Path(folder) / "kept.search"))
        assert kept == anew


# --- Not replaced -------------------------------------------------------------------


@pytest.mark.parametrize(
    "later",
    [
        pytest.param([], id="nothing new"),
        pytest.param([feed(ZEBRAS, entry(1, title="Robots"), at=LATER)], id="new and changed papers"),
        pytest.param([feed(entry(1, 90, title="Agents"), at=LATER)], id="new figures"),
    ],
)
@pytest.mark.parametrize("most", [1, corpus.MOST_PAPERS], ids=["full", "not full"])
async def test_the_index_of_the_store_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, later: Sequence[RecordFeed], most: int
) -> None:
    monkeypatch.setattr(corpus, "MOST_PAPERS", most)
    monkeypatch.setattr(origin, "MOST_PAPERS", most)
    monkeypatch.setattr(Index, "clear", lambda _: pytest.fail("it was taken for another store's"))
    kept = tmp_path / "papers.db.search"
    async with opened(f"sqlite:///{tmp_path / 'papers.db'}") as store:
        await store.write(feed(AGENTS, day=THURSDAY), feed(AGENTS, ROBOTS))
        await keep_index(store, kept)
        await store.write(*later)
        assert await answers(over(store, kept)) == await answers(over(store, None))
