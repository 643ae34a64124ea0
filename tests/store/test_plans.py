"""The hot reads stay reads of indexes: none goes through a whole table, however large it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.domain.places import LOCAL_PLACE
from bot.ports import EVERYBODY, Best, ById, MostVoted, NewestLists, Scope
from bot.store import lists, sql_store
from bot.store.feeds import REPEAT_FIGURES_OF_DAY, SUPERSEDE
from bot.store.papers import SIGHT
from bot.store.records import KINDS
from tests.contract.making import FRIDAY, NOON, THURSDAY, paper_id
from tests.store.opening import opened_engine

if TYPE_CHECKING:
    from pathlib import Path

    from bot.ports import Asked

SCOPES = {"everybody": EVERYBODY, "server": Scope(servers=("discord:1",)), "place": Scope(place=LOCAL_PLACE)}
TABLES = "papers|listings|sightings|feeds|digests|last_lists|identities|here|next|hides|places|ways|tallies"
WHOLE_TABLE = re.compile(rf"SCAN ({TABLES})\b(?! USING COVERING INDEX)")


def hot() -> dict[str, str]:
    """Name the statements that commands and the fetcher wait for."""
    asked: dict[str, tuple[Asked, int | None]] = {
        "newest lists": (NewestLists(FRIDAY, 2), 5),
        "whole lists": (NewestLists(FRIDAY, 2), None),
        "best": (Best(THURSDAY, FRIDAY), 5),
        "papers": (ById((paper_id(1), paper_id(2))), None),
        "leaderboard": (MostVoted(NOON), 10),
        "leaderboard ever": (MostVoted(None), 10),
    }
    ranked = {
        f"{name} {scope}{where}": lists.question(wanted, SCOPES[scope], limit, place)[0]
        for scope in SCOPES
        for name, (wanted, limit) in asked.items()
        for where, place in {"": None, ", shown in a place": LOCAL_PLACE}.items()
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
    steps = await plan(hot()[f"best {scope}, shown in a place"], tmp_path)
    assert sum("listings USING COVERING INDEX listings_ranked" in step for step in steps) == 2


@pytest.mark.parametrize("scope", SCOPES)
async def test_votes_are_counted_inside_one_index(scope: str, tmp_path: Path) -> None:
    for name in ("newest lists", "best", "papers", "leaderboard"):
        steps = await plan(hot()[f"{name} {scope}, shown in a place"], tmp_path)
        assert any("acts USING COVERING INDEX" in step for step in steps), name


@pytest.mark.parametrize("scope", ["server", "place"])
async def test_the_board_of_a_server_reads_its_own_acts_alone(scope: str, tmp_path: Path) -> None:
    for name in ("leaderboard", "leaderboard ever"):
        steps = await plan(hot()[f"{name} {scope}, shown in a place"], tmp_path)
        assert any(re.search(r"SEARCH acts USING .*\((place|at)", step) for step in steps), name
        assert not any("SCAN acts" in step for step in steps), name


async def test_a_whole_table_would_be_noticed(tmp_path: Path) -> None:
    steps = await plan("SELECT title FROM papers WHERE abstract = ?1", tmp_path)
    assert [step for step in steps if WHOLE_TABLE.search(step)]
