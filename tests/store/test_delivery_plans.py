"""What a tick, a claim and a settlement cost does not grow with what is not due, or is done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.store import (
    acts,
    ballots,
    candidates,
    deliveries,
    dislikes,
    editions,
    outbox,
    plans,
    settling,
    subscriptions,
    withdrawals,
)
from bot.store.postgres_open import open_postgres
from tests.postgres import postgres_url
from tests.store.test_plans import plan

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store.engine import Value

SMALL = "CONSTANT ROW|acts$|due|unreadable|ready|fallen|newest|wanted|days|chosen|json_each|\\(subquery"
"""What may be gone through from end to end: a list that was given, or picked out by an index before."""
SCAN = re.compile(rf"SCAN (?!{SMALL})")

HOT = {
    "due": plans.DUE,
    "had": plans.had_of(10, 100),
    "advance": plans.ADVANCE,
    "move on": plans.MOVE_ON,
    "candidates": candidates.IN_WINDOW,
    "votes": candidates.votes_in(""),
    "voters": candidates.voters(10),
    "add": deliveries.ADD,
    "claim": outbox.CLAIM,
    "backlog": outbox.BACKLOG,
    "posted": outbox.POSTED,
    "recover": outbox.RECOVER,
    "recover all": outbox.RECOVER_ALL,
    "dropped": outbox.DROPPED,
    "last delivery": outbox.LAST_DELIVERY,
    "last edition": editions.LAST_EDITION,
    "editions": editions.some_editions(10),
    "settle": settling.SETTLE,
    "pause": settling.PAUSE,
    "clear place": settling.CLEAR_PLACE,
    "drop children": settling.DROP_CHILDREN,
    "give back": settling.GIVE_BACK,
    "of place": subscriptions.OF_PLACE,
    "of server": subscriptions.OF_SERVER,
    "page": subscriptions.PAGE_AFTER,
    "change": subscriptions.CHANGE,
    "remove": subscriptions.REMOVE,
    "within place": subscriptions.WITHIN_PLACE,
    "within server": subscriptions.WITHIN_SERVER,
    "forget editions": outbox.FORGET_EDITIONS,
    "cast late": acts.CAST_LATE,
    "withdraw": acts.WITHDRAW,
    "take back": acts.TAKE_BACK,
    "clear message": acts.CLEAR_MESSAGE,
    "clear one emoji": acts.CLEAR_NAME,
    "note cleared": acts.NOTE_CLEARED,
    "close ballots": acts.CLOSE,
    "close place": acts.CLOSE_PLACE,
    "settle missing": acts.SETTLE_MISSING,
    "settle extra": acts.SETTLE_EXTRA,
    "ballots": ballots.SOME,
    "standing": ballots.STANDING,
    "places of ballots": ballots.PLACES,
    "open ballots": ballots.OPEN,
    "reactions on": ballots.REACTIONS,
    "checked at": ballots.CHECKED_AT,
    "keep late dislike": dislikes.KEEP_LATE,
    "drop dislike": dislikes.DROP,
    "clear dislikes": dislikes.CLEAR_MESSAGE,
    "clear dislikes of one emoji": dislikes.CLEAR_NAME,
    "note cleared dislikes": dislikes.NOTE_CLEARED,
    "forget withdrawals": withdrawals.FORGET,
}


@pytest.mark.parametrize("name", HOT)
async def test_no_hot_statement_goes_through_a_whole_table(name: str, tmp_path: Path) -> None:
    steps = await plan(HOT[name], tmp_path)
    assert steps
    assert [step for step in steps if SCAN.search(step)] == []


async def test_who_is_due_comes_in_the_order_of_an_index(tmp_path: Path) -> None:
    steps = await plan(plans.DUE, tmp_path)
    assert sum("subscriptions USING INDEX subscriptions_due (next_at" in step for step in steps) == 2


async def test_a_claim_goes_along_open_deliveries_in_turn_and_stops(tmp_path: Path) -> None:
    steps = await plan(outbox.CLAIM, tmp_path)
    assert any("ready USING INDEX deliveries_in_turn" in step for step in steps)
    assert any("first USING INDEX deliveries_in_place (place=? AND" in step for step in steps)
    assert not any("TEMP B-TREE" in step for step in steps)


async def test_a_claim_finds_the_first_of_a_place_on_postgres_too_before_it_knows_the_table() -> None:
    steps = await plan_on_new_postgres(outbox.CLAIM, "discord", "a", 1, 2, 9)
    first = next(index for index, step in enumerate(steps) if "on deliveries first" in step)
    assert "Index Scan using deliveries_in_place" in steps[first]
    assert "place = ready" in steps[first + 1]


async def test_ballots_are_found_by_their_index_on_postgres_too_before_it_knows_the_table() -> None:
    steps = await plan_on_new_postgres(ballots.SOME, '["1/1", "1/2"]')
    assert any(
        re.search("Index Scan.* on ballots_pkey|using ballots_pkey on ballots", step) for step in steps
    )
    assert not any("Seq Scan on ballots" in step for step in steps)


async def plan_on_new_postgres(sql: str, *values: Value) -> list[str]:
    """Return how PostgreSQL would run a statement on tables that it knows nothing of.

    Those that were used and emptied it may have counted since: it goes through them from end to end.
    """
    async with postgres_url() as url:
        engine = await open_postgres(url)
        try:
            return [str(step) for (step,) in await engine.fetch(f"EXPLAIN {sql}", *values)]
        finally:
            await engine.close()


async def test_orphans_are_sought_among_open_children_alone(tmp_path: Path) -> None:
    steps = await plan(outbox.DROP_ORPHANS, tmp_path)
    assert "SCAN deliveries USING INDEX deliveries_of_parent" in steps


async def test_a_whole_table_would_be_noticed(tmp_path: Path) -> None:
    steps = await plan("SELECT text FROM deliveries WHERE outcome = ?1", tmp_path)
    assert [step for step in steps if SCAN.search(step)]
