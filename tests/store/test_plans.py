"""The hot reads stay reads of indexes: none goes through a whole table, however large it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.domain.places import LOCAL_PLACE
from bot.ports import EVERYBODY, Scope
from bot.store import lists, sql_store
from bot.store.feeds import REPEAT_FIGURES_OF_DAY, SUPERSEDE
from bot.store.papers import SIGHT
from bot.store.records import KINDS
from tests.store.opening import opened_engine

if TYPE_CHECKING:
    from pathlib import Path

SCOPES = {"everybody": EVERYBODY, "server": Scope(server="discord:1"), "place": Scope(place=LOCAL_PLACE)}
TABLES = "papers|listings|sightings|feeds|digests|last_lists|identities|here|next"
WHOLE_TABLE = re.compile(rf"SCAN ({TABLES})\b(?! USING COVERING INDEX)")


def hot() -> dict[str, str]:
    """Name the statements that commands and the fetcher wait for."""
    ranked = {
        f"{name} {scope}": sql
        for scope, wanted in SCOPES.items()
        for name, sql in {
            "newest lists": lists.newest_lists(lists.in_scope(wanted, first=4)[0], is_limited=True),
            "whole lists": lists.newest_lists(lists.in_scope(wanted, first=4)[0], is_limited=False),
            "best": lists.best(lists.in_scope(wanted, first=4)[0]),
            "papers": lists.some_papers("?1, ?2", lists.in_scope(wanted, first=3)[0]),
            "leaderboard": lists.leaderboard(lists.in_scope(wanted, first=3)[0], "?2"),
        }.items()
    }
    others = {
        "last feed": sql_store.LAST_FEED,
        "listed days": sql_store.LISTED_DAYS,
        "remembered": sql_store.REMEMBERED,
        "index rows": sql_store.INDEX_ROWS,
        "supersede": SUPERSEDE,
        "repeat figures": REPEAT_FIGURES_OF_DAY,
        "sight": SIGHT,
    }
    return ranked | others | {f"export of {kind.table}": kind.next_page for kind in KINDS}


async def plan(sql: str, folder: Path) -> list[str]:
    async with opened_engine("sqlite", folder) as engine:
        values = [None] * max(map(int, re.findall(r"\?(\d+)", sql)))
        return [str(row[3]) for row in await engine.fetch(f"EXPLAIN QUERY PLAN {sql}", *values)]


@pytest.mark.parametrize("name", hot())
async def test_no_hot_statement_goes_through_a_whole_table(name: str, tmp_path: Path) -> None:
    steps = await plan(hot()[name], tmp_path)
    assert steps
    assert [step for step in steps if WHOLE_TABLE.search(step)] == []


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_month_is_ranked_inside_one_index(scope: str, tmp_path: Path) -> None:
    steps = await plan(hot()[f"best {scope}"], tmp_path)
    assert sum("listings USING COVERING INDEX listings_ranked" in step for step in steps) == 2


@pytest.mark.parametrize("scope", SCOPES)
async def test_votes_are_counted_inside_one_index(scope: str, tmp_path: Path) -> None:
    for name in ("newest lists", "best", "papers", "leaderboard"):
        steps = await plan(hot()[f"{name} {scope}"], tmp_path)
        assert any("acts USING COVERING INDEX" in step for step in steps), name


async def test_a_whole_table_would_be_noticed(tmp_path: Path) -> None:
    steps = await plan("SELECT title FROM papers WHERE abstract = ?1", tmp_path)
    assert [step for step in steps if WHOLE_TABLE.search(step)]
