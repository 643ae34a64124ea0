from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager, closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.domain.deliveries import MessageRef
from bot.domain.papers import Feed, FeedEntry, Paper, PaperId
from bot.domain.places import LOCAL_PERSON, LOCAL_PLACE
from bot.domain.votes import Act, Means
from bot.errors import StoreError
from bot.ports import EVERYBODY, KeepRecords, RecordFeed
from bot.store import open_store
from bot.store.backup import backup, restore
from bot.store.postgres_backup import dump
from bot.store.postgres_open import connected, migrate_postgres
from bot.store.running import service_lock
from bot.store.steps import LEDGER, Step, steps
from tests.contract.making import HOUR
from tests.contract.subscribing import (
    MINUTE,
    claimed,
    delivery_over,
    done,
    edition,
    kept,
    planned,
    posts,
    standing,
)
from tests.postgres import emptied_postgres_url, postgres_url
from tests.sqlite import empty_sqlite_url
from tests.store.opening import opened

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.domain.deliveries import Delivery
    from bot.domain.subscriptions import Standing
    from bot.ports import Store
    from bot.ports.delivery import Planned
    from tests.contract.subscribing import DeliveryStore

NOON = datetime(2026, 4, 24, 12, tzinfo=UTC)
DAY = date(2026, 4, 24)
FULL = Path("/dev/full")
BOTH = pytest.mark.parametrize("kind", ["sqlite", "postgres"])


@asynccontextmanager
async def database(kind: str, folder: Path, *, is_replaced: bool = False) -> AsyncIterator[str]:
    """Yield the URL of an empty database; one whose tables are to be replaced is used by nobody else."""
    if kind == "sqlite":
        yield empty_sqlite_url(folder)
        return
    async with postgres_url() if is_replaced else emptied_postgres_url() as url:
        yield url


async def fill(store: Store, count: int) -> None:
    """Keep papers with everything that a text may hold, and a vote for each."""
    papers = [
        Paper(PaperId(f"2604.{number:05}"), f'Title "{number}" — ünïcode\u2028', authors=("A, B", "Ç"))
        for number in range(count)
    ]
    entries = tuple(FeedEntry(paper, number) for number, paper in enumerate(papers))
    acts = [Act(paper.id, LOCAL_PERSON, LOCAL_PLACE, Means.COMMAND, NOON) for paper in papers]
    await store.write(RecordFeed(Feed(DAY, NOON, entries)), KeepRecords(tuple(acts)))


async def content(url: str) -> tuple[object, ...]:
    async with opened(url) as store:
        listed = await store.best(DAY, DAY, scope=EVERYBODY, limit=None)
        return list(listed), [record async for record in store.records()], await store.index_rows(0, 5000)


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def rewrite(path: Path, start: int, end: int | None) -> None:
    path.write_bytes(path.read_bytes()[start:end])


@BOTH
async def test_a_restored_backup_holds_what_was_backed_up(kind: str, tmp_path: Path) -> None:
    async with database(kind, tmp_path, is_replaced=True) as url:
        async with opened(url) as store:
            await fill(store, 1200)
            await backup(url, tmp_path / "saved")
            before = await content(url)
            await fill(store, 1300)
        later = await content(url)
        done = await restore(url, tmp_path / "saved")
        assert await content(url) == before
        assert done.kept is not None
        await restore(url, done.kept)
        assert await content(url) == later


async def test_a_backup_restores_where_there_was_nothing(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/papers.db") as store:
        await fill(store, 3)
        await backup(f"sqlite:///{tmp_path}/papers.db", tmp_path / "saved")
    done = await restore(f"sqlite:///{tmp_path}/new.db", tmp_path / "saved")
    assert done.kept is None
    assert await content(f"sqlite:///{tmp_path}/new.db") == await content(f"sqlite:///{tmp_path}/papers.db")


async def test_a_postgres_backup_restores_into_an_empty_database(tmp_path: Path) -> None:
    async with emptied_postgres_url() as url, postgres_url(empty=True) as other:
        async with opened(url) as store:
            await fill(store, 3)
        await backup(url, tmp_path / "saved")
        done = await restore(other, tmp_path / "saved")
        assert done.kept is None
        assert await content(other) == await content(url)


@BOTH
async def test_a_backup_never_overwrites(kind: str, tmp_path: Path) -> None:
    target = tmp_path / "saved"
    target.write_text("precious", "utf-8")
    async with database(kind, tmp_path) as url, opened(url):
        with pytest.raises(StoreError, match="exists already"):
            await backup(url, target)
    assert target.read_text("utf-8") == "precious"


@BOTH
async def test_a_backup_that_cannot_be_written_leaves_nothing(kind: str, tmp_path: Path) -> None:
    async with database(kind, tmp_path) as url, opened(url):
        with pytest.raises(StoreError, match="cannot be written"):
            await backup(url, tmp_path / "nowhere" / "saved")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
async def test_a_full_disk_is_told_of_the_file_that_is_written() -> None:
    async with emptied_postgres_url() as url:
        with pytest.raises(StoreError, match="/dev/full cannot be written"):
            await dump(url, FULL)


async def test_no_backup_is_made_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database"):
        await backup(f"sqlite:///{tmp_path}/papers.db", tmp_path / "saved")
    async with postgres_url(empty=True) as url:
        with pytest.raises(StoreError, match="nothing to back up"):
            await backup(url, tmp_path / "saved")
    assert names(tmp_path) == set()


@BOTH
@pytest.mark.parametrize(
    ("start", "end"), [(0, -1), (0, -4096), (0, -9000), (0, 40), (0, 10), (40, None), (0, 0)]
)
async def test_a_cut_backup_is_refused_before_anything_is_touched(
    kind: str, start: int, end: int | None, tmp_path: Path
) -> None:
    async with database(kind, tmp_path) as url:
        async with opened(url) as store:
            await fill(store, 600)
        await backup(url, tmp_path / "saved")
        before = await content(url)
        rewrite(tmp_path / "saved", start, end)
        there = names(tmp_path)
        with pytest.raises(StoreError):
            await restore(url, tmp_path / "saved")
        assert await content(url) == before
        assert names(tmp_path) - {"papers.db.run"} == there


async def test_a_foreign_sqlite_is_no_backup(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "saved")) as other, other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StoreError, match="another program"):
        await restore(f"sqlite:///{tmp_path}/papers.db", tmp_path / "saved")


async def test_a_backup_of_the_other_kind_is_refused_with_the_way_to_go(tmp_path: Path) -> None:
    async with emptied_postgres_url() as url:
        await backup(url, tmp_path / "saved")
        with pytest.raises(StoreError, match="papers export"):
            await restore(f"sqlite:///{tmp_path}/papers.db", tmp_path / "saved")


async def test_a_backup_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    newer = Step(steps()[-1].version + 1, "newer", "CREATE TABLE extra (id TEXT);\n")
    async with postgres_url() as url, postgres_url() as other:
        await backup(url, tmp_path / "plain")
        await migrate_postgres(other, (*steps(), newer))
        async with connected(other) as connection:
            await connection.execute("DROP TABLE extra")
        with pytest.raises(StoreError, match="newer papers-bot"):
            await open_store(other)
        await restore(other, tmp_path / "plain")
        assert await content(other) == await content(url)
    path = tmp_path / "papers.db"
    async with opened(f"sqlite:///{path}") as store:
        await fill(store, 1)
    await backup(f"sqlite:///{path}", tmp_path / "saved")
    with closing(sqlite3.connect(tmp_path / "saved")) as saved, saved:
        saved.execute(f"INSERT INTO {LEDGER} VALUES (9999, 'later', 'x', 1)")
    with pytest.raises(StoreError, match="newer papers-bot"):
        await restore(f"sqlite:///{path}", tmp_path / "saved")


async def test_a_damaged_database_is_replaced_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "papers.db"
    async with opened(f"sqlite:///{path}") as store:
        await fill(store, 3)
        await backup(f"sqlite:///{path}", tmp_path / "saved")
    before = await content(f"sqlite:///{path}")
    path.write_bytes(b"not any more")
    done = await restore(f"sqlite:///{path}", tmp_path / "saved")
    assert await content(f"sqlite:///{path}") == before
    assert done.kept is not None
    assert done.kept.read_bytes() == b"not any more"


async def test_nothing_is_restored_over_a_running_service(tmp_path: Path) -> None:
    path = tmp_path / "papers.db"
    async with opened(f"sqlite:///{path}") as store:
        await fill(store, 3)
    await backup(f"sqlite:///{path}", tmp_path / "saved")
    with service_lock(path), pytest.raises(StoreError, match="stop it first"):
        await restore(f"sqlite:///{path}", tmp_path / "saved")
    await restore(f"sqlite:///{path}", tmp_path / "saved")


async def test_nothing_is_restored_while_a_process_holds_a_role(tmp_path: Path) -> None:
    async with postgres_url() as url:
        await backup(url, tmp_path / "saved")
        async with connected(url) as connection:
            await connection.execute("INSERT INTO leases VALUES ('sender', 'host:1', $1)", 1 << 60)
            with pytest.raises(StoreError, match="as sender"):
                await restore(url, tmp_path / "saved")
            await connection.execute("UPDATE leases SET until = 1")
        await restore(url, tmp_path / "saved")
    assert "saved.replaced-1" in names(tmp_path)


async def test_nothing_is_restored_under_a_command_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.sqlite_backup.LOCK_TIMEOUT_S", 0.01)
    path = tmp_path / "papers.db"
    async with opened(f"sqlite:///{path}") as store:
        await fill(store, 1)
        await backup(f"sqlite:///{path}", tmp_path / "saved")
        with pytest.raises(StoreError, match="Another command"):
            await restore(f"sqlite:///{path}", tmp_path / "saved")
        await fill(store, 2)
    async with opened(f"sqlite:///{path}") as store:
        assert len(await store.index_rows(0, 10)) == 2


# --- What was posted since the backup ---------------------------------------------------


async def posted(store: DeliveryStore, before: Standing, at: datetime, papers: Sequence[int]) -> Planned:
    """Plan a firing, and post it."""
    plan = await owed(store, before, at, papers)
    while tried := await claimed(store, at + MINUTE):
        await store.settle(tried[0], done(MessageRef(f"{at} {tried[0].part}")), at)
    return plan


async def owed(store: DeliveryStore, before: Standing, at: datetime, papers: Sequence[int]) -> Planned:
    """Plan a firing."""
    made = edition(before, papers, at=at)._replace(made_at=at + MINUTE)
    plan = planned(before, made, posts(made))
    assert list(await store.plan([plan])) == [True]
    return plan


@BOTH
async def test_after_a_restore_what_was_due_before_is_looked_up_before_it_is_sent(
    kind: str, tmp_path: Path
) -> None:
    async with database(kind, tmp_path, is_replaced=True) as url:
        async with opened(url) as store:
            kept_there = delivery_over(store)
            await kept(kept_there, standing())
            first = await posted(kept_there, standing(), NOON, (1, 2))
            waiting = await owed(kept_there, first.after, NOON + HOUR, (3,))
            await backup(url, tmp_path / "saved")
            await posted(kept_there, waiting.after, NOON + 3 * HOUR, (4, 5))
        await restore(url, tmp_path / "saved")
        async with opened(url) as store:
            kept_there = delivery_over(store)
            again = await owed(kept_there, waiting.after, NOON + 3 * HOUR, (6, 5))
            far_ahead = datetime.now(UTC) + timedelta(days=400)
            later = await owed(kept_there, again.after, far_ahead, (7,))
            found: dict[str, Delivery] = {}
            for _ in range(4):
                (tried,) = await claimed(kept_there, far_ahead + HOUR)
                found[tried.key] = tried
                assert await kept_there.settle(tried, done(MessageRef(tried.key)), far_ahead)
        keys = [each.key for plan in (waiting, again, later) for each in plan.deliveries]
        assert [(found[key].is_unknown, found[key].first_tried_at) for key in keys] == [
            (True, NOON + HOUR + MINUTE),  # made before the backup, so it shows its edition
            (True, NOON + 3 * HOUR),  # made after, so it may show another
            (True, NOON + 3 * HOUR),
            (False, far_ahead + HOUR),
        ]
        assert len(found) == 4


@BOTH
async def test_a_store_that_was_never_restored_doubts_nothing(kind: str, tmp_path: Path) -> None:
    async with database(kind, tmp_path) as url, opened(url) as store:
        kept_there = delivery_over(store)
        await kept(kept_there, standing())
        await owed(kept_there, standing(), NOON, (1,))
        assert [each.is_unknown for each in await claimed(kept_there, NOON + HOUR)] == [False]
