"""The same program over PostgreSQL, and everything moved from one database into the other and back."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from bot.ports import KeepRecords
from bot.store import open_store
from bot.store.steps import steps
from tests.contract.records import FULL
from tests.e2e.processes import SAMPLE, done, papers
from tests.postgres import SERVER, postgres_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

SECRET = "hunter2"


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """Return the address of an empty schema."""
    async with postgres_url(empty=True) as address:
        yield address


async def said(folder: Path, *words: str, url: str = "sqlite:///papers.db") -> str:
    """Run a command that must succeed over a database, and return what it says."""
    return await asyncio.to_thread(done, folder, *words, ways={"DATABASE_URL": url})


async def complained(folder: Path, *words: str, url: str) -> str:
    """Run a command that must fail with one line, and return that line."""
    ran = await asyncio.to_thread(papers, folder, *words, ways={"DATABASE_URL": url})
    assert (ran.returncode, ran.stdout) == (1, ""), ran
    [line] = ran.stderr.splitlines()
    return line


async def test_a_schema_that_is_not_there_is_made_when_that_is_typed(url: str, tmp_path: Path) -> None:
    line = await complained(tmp_path, "today", url=url)
    assert "papers migrate" in line
    told = await said(tmp_path, "migrate", url=url)
    assert told.startswith(f"The schema is up to date (version {len(steps())};")
    assert "papers ingest" in await said(tmp_path, "today", url=url)


async def test_both_databases_answer_alike(url: str, tmp_path: Path) -> None:
    await said(tmp_path, "migrate", url=url)
    answers: list[list[str]] = []
    for address in (url, "sqlite:///papers.db"):
        await said(tmp_path, "ingest", "--from", str(SAMPLE), url=address)
        answers.append(
            [
                await said(tmp_path, *words, "--json", url=address)
                for words in (["week", "2026-W17", "100"], ["search", "robot | human", "--count", "20"])
            ]
        )
    assert answers[0] == answers[1]
    assert json.loads(answers[0][1])["papers"]


async def test_everything_moves_from_one_to_the_other_and_back(url: str, tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/papers.db")
    await store.write(KeepRecords(FULL))
    await store.close()
    await said(tmp_path, "migrate", url=url)
    await said(tmp_path, "export", "one.jsonl")
    out = await said(tmp_path, "import", "one.jsonl", url=url)
    assert "2 subscriptions" in out
    assert (await said(tmp_path, "import", "one.jsonl", url=url)).startswith("Imported nothing.")
    await said(tmp_path, "export", "two.jsonl", url=url)
    await said(tmp_path, "import", "two.jsonl", url="sqlite:///third.db")
    await said(tmp_path, "export", "three.jsonl", url="sqlite:///third.db")
    texts = [(tmp_path / f"{name}.jsonl").read_text("utf-8") for name in ("one", "two", "three")]
    assert texts[0] == texts[1] == texts[2]
    assert texts[0].count("\n") == len(FULL)


async def test_a_backup_brings_back_what_was_there(url: str, tmp_path: Path) -> None:
    await said(tmp_path, "migrate", url=url)
    await said(tmp_path, "ingest", "--from", str(SAMPLE), url=url)
    before = await said(tmp_path, "week", "2026-W17", "100", "--json", url=url)
    await said(tmp_path, "backup", "copy.gz", url=url)
    lines = json.dumps([{"paper": {"id": "2604.99999", "title": "Zebras that yodel", "upvotes": 999}}])
    (tmp_path / "2026-04-20.json").write_text(lines, "utf-8")
    await said(tmp_path, "ingest", "--from", "2026-04-20.json", url=url)
    assert json.loads(await said(tmp_path, "search", "yodel", "--json", url=url))["papers"]
    out = await said(tmp_path, "restore", "copy.gz", url=url)
    assert out.splitlines()[1] == "What was there before is in copy.gz.replaced-1."
    assert await said(tmp_path, "week", "2026-W17", "100", "--json", url=url) == before
    assert json.loads(await said(tmp_path, "search", "yodel", "--json", url=url))["papers"] == []
    line = await complained(tmp_path, "restore", "copy.gz", url="sqlite:///papers.db")
    assert "papers export" in line


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        pytest.param(
            lambda url: url.replace("/test?", "/no_such_database?"), "has no such database", id="database"
        ),
        pytest.param(
            lambda url: url.replace("//postgres@", f"//nobody:{SECRET}@"), "refused the user", id="user"
        ),
    ],
)
async def test_a_wrong_address_is_one_sentence_without_a_secret(
    url: str, spoil: Callable[[str], str], sentence: str, tmp_path: Path
) -> None:
    if "//postgres@" not in SERVER or "/test" not in SERVER:
        pytest.skip("needs the usual server of the tests")
    wrong = spoil(url)
    assert wrong != url
    assert sentence in await complained(tmp_path, "today", url=wrong)
    ran = await asyncio.to_thread(papers, tmp_path, "today", "--debug", ways={"DATABASE_URL": wrong})
    assert ran.returncode == 1
    assert "Traceback" in ran.stderr
    assert SECRET not in ran.stderr + ran.stdout
