"""Planning over a database: what is due, and each plan written whole or not at all."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.domain.editions import EditionKind
from bot.domain.papers import PaperId
from bot.ports.delivery import SourceHealth
from bot.store import candidates, deliveries, lists
from bot.store.editions import KEEP_EDITION, edition_row
from bot.store.engine import PLANNING, Statement, Unit
from bot.store.rows import (
    batches,
    instant_or_none,
    listed_texts,
    marks,
    micros,
    micros_or_none,
    number,
    place,
    storable,
    text,
)
from bot.store.standings import MARKS, READ, WISH, comparable, compared, marks_row, standing, wish_row

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from bot.domain.editions import Candidate, Edition
    from bot.domain.places import Place
    from bot.domain.subscriptions import Standing
    from bot.ports import Scope
    from bot.ports.delivery import Broken, Planned, Window
    from bot.store.candidates import Voter
    from bot.store.engine import Engine, Row

MOST_PLANS = 500
"""Plans that are handed to the database at a time; between them others have their turn."""

MOST_SPANS = 100
"""Spans of places that votes are counted in by one statement: each makes it longer."""

END_OF_TIME = micros(datetime.max.replace(tzinfo=UTC))
"""What is looked at later than this has a row that cannot be read, and must be noticed."""


def _due(is_due: str) -> str:
    """Those who are neither paused nor set aside, and whose next look is due, oldest first."""
    return f"""
  SELECT {READ} FROM subscriptions
  WHERE (paused_at IS NULL OR paused_until IS NOT NULL) AND broken_why = ''
    AND {is_due} AND (paused_at IS NULL OR paused_until <= ?1)
  ORDER BY next_at, id LIMIT ?2"""


# Who is due at ?1, ?2 at most.
DUE = f"""
SELECT * FROM ({_due("next_at <= ?1")}) AS due
UNION ALL SELECT * FROM ({_due(f"next_at > {END_OF_TIME}")}) AS unreadable
ORDER BY next_at, id LIMIT ?2"""

# Leave a subscription out of planning.
SET_ASIDE = "UPDATE subscriptions SET broken_why = ?2 WHERE id = ?1"

_BEFORE = WISH | MARKS
_AFTER = (*MARKS, "paused_at", "paused_until", "pause_reason")

# Move a subscription on that is still as it was.
ADVANCE = f"""
UPDATE subscriptions
SET {", ".join(f"{name} = ?{index}" for index, name in enumerate(_AFTER, start=len(_BEFORE) + 1))}
WHERE broken_why = '' AND {compared(_BEFORE, 1)}"""

# Move it on where its edition is there already.
MOVE_ON = (
    f"{ADVANCE} AND EXISTS (SELECT 1 FROM editions WHERE editions.key = ?{len(_BEFORE) + len(_AFTER) + 1})"
)


# Keep an edition, and what its place has had by it, unless it is there.
KEEP_NEW_EDITION = f"{KEEP_EDITION} ON CONFLICT (key) DO NOTHING"
KEEP_HAD = """
INSERT INTO had (place, paper, at, edition, part) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (place, paper) DO NOTHING"""

# How a source answers.
HEALTH = "SELECT ok_at, failing_since, why FROM sources WHERE source = ?1"
KEEP_HEALTH = """
INSERT INTO sources (source, ok_at, failing_since, why) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (source) DO UPDATE SET
  ok_at = excluded.ok_at, failing_since = excluded.failing_since, why = excluded.why"""


class SqlPlans:
    """Satisfies `bot.ports.delivery.PlanStore` over any Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def due(self, now: datetime, limit: int) -> Sequence[Standing | Broken]:
        """Return subscriptions that are due, oldest first."""
        return [standing(row) for row in await self._engine.fetch(DUE, micros(now), limit)]

    async def candidates(self, window: Window) -> Sequence[Candidate]:
        """Return the papers of a window with figures as they stood then."""
        rows = await self._engine.fetch(candidates.IN_WINDOW, *candidates.asked(window))
        return [candidates.candidate(row) for row in rows]

    async def votes_then(
        self, scopes: Collection[Scope], papers: Collection[PaperId], as_of: datetime
    ) -> Mapping[Scope, Mapping[PaperId, int]]:
        """Return how many people of each scope had voted for each of the papers by a moment."""
        fixed = listed_texts(sorted(papers)), micros(as_of)
        wide = list(filter(lists.is_wide, scopes))
        votes = candidates.counted(await self._voters([each for each in scopes if each not in wide], fixed))
        for scope in wide:
            condition, values = lists.in_scope(scope, first=3)
            rows = await self._engine.fetch(candidates.votes_in(condition), *fixed, *values)
            if rows:
                votes[scope] = {PaperId(text(paper)): number(count) for paper, count in rows}
        return votes

    async def _voters(self, scopes: Sequence[Scope], fixed: Row) -> set[Voter]:
        """Return who had voted for which papers in each of some scopes of few servers."""
        spans = [(index, *span) for index, scope in enumerate(scopes) for span in candidates.spans_of(scope)]
        found: set[Voter] = set()
        for some in batches(spans, MOST_SPANS):
            values = [value for span in some for value in span]
            rows = await self._engine.fetch(candidates.voters(len(some)), *fixed, *values)
            found.update(
                (scopes[number(index)], PaperId(text(paper)), person) for index, paper, person in rows
            )
        return found

    async def had(
        self, places: Collection[Place], papers: Collection[PaperId]
    ) -> Mapping[Place, frozenset[PaperId]]:
        """Return which of the papers each place has had in editions."""
        found: dict[str, set[PaperId]] = defaultdict(set)
        for some_papers in batches(sorted(papers)):
            for some in batches(sorted(map(str, places))):
                sql = had_of(len(some), len(some_papers))
                for where, paper in await self._engine.fetch(sql, *some, *some_papers):
                    found[text(where)].add(PaperId(text(paper)))
        return {place(where): frozenset(had) for where, had in found.items()}

    async def plan(self, planned: Sequence[Planned]) -> Sequence[bool]:
        """Write each plan, or nothing of it; those of one place one after the other."""
        came_through = [False] * len(planned)
        for wave in _waves(planned):
            for start in range(0, len(wave), MOST_PLANS):
                some = wave[start : start + MOST_PLANS]
                done = await asyncio.gather(*(self._engine.write(_planning(planned[each])) for each in some))
                for index, each in zip(some, done, strict=True):
                    came_through[index] = each.failed is None
        await self._move_on([each for each, came in zip(planned, came_through, strict=True) if not came])
        return came_through

    async def set_aside(self, broken: Broken) -> None:
        """Leave a broken row out of planning until somebody mends it."""
        row = broken.id, storable(broken.why) or "It cannot be read."
        await self._engine.write(Unit((Statement(SET_ASIDE, [row]),)))

    async def source_health(self, source: str) -> SourceHealth:
        """Return how a source answers."""
        rows = await self._engine.fetch(HEALTH, source)
        known = [
            SourceHealth(instant_or_none(ok_at), instant_or_none(failing_since), text(why))
            for ok_at, failing_since, why in rows
        ]
        return known[0] if known else SourceHealth()

    async def record_health(self, source: str, health: SourceHealth) -> None:
        """Keep how a source answers."""
        why = storable(health.why)
        row = source, micros_or_none(health.ok_at), micros_or_none(health.failing_since), why
        await self._engine.write(Unit((Statement(KEEP_HEALTH, [row]),)))

    async def _move_on(self, planned: Sequence[Planned]) -> None:
        """Let those subscriptions move on whose edition was there already."""
        rows = [(*_advance_row(each), each.edition.key) for each in planned if each.edition is not None]
        if rows:
            await self._engine.write(Unit((Statement(MOVE_ON, rows),), alone=PLANNING))


def had_of(places: int, papers: int) -> str:
    """Which of the papers of a list each place of another list has had."""
    return (
        f"SELECT place, paper FROM had WHERE place IN ({marks(places)})"
        f" AND paper IN ({marks(papers, first=places + 1)})"
    )


# --- Plans ----------------------------------------------------------------------


def _waves(planned: Sequence[Planned]) -> Iterator[list[int]]:
    """Yield the numbers of plans of which no two are of one place, in their order."""
    waves: list[list[int]] = []
    counts: dict[Place, int] = defaultdict(int)
    for index, each in enumerate(planned):
        where = each.before.subscription.place
        if counts[where] == len(waves):
            waves.append([])
        waves[counts[where]].append(index)
        counts[where] += 1
    yield from waves


def _planning(planned: Planned) -> Unit:
    """Put a plan into statements, which find all as it was, its edition new and its papers too, or end it."""
    editions = [edition_row(planned.edition)] if planned.edition else []
    had = _had_rows(planned.edition) if planned.edition else []
    owed = deliveries.parents_first(planned.deliveries)
    statements = (
        Statement(ADVANCE, [_advance_row(planned)], needs=1),
        Statement(KEEP_NEW_EDITION, editions, needs=len(editions)),
        Statement(KEEP_HAD, had, needs=len(had)),
        Statement(deliveries.ADD, [deliveries.delivery_row(each) for each in owed]),
    )
    return Unit(statements, alone=PLANNING, mixes=True)


def _advance_row(planned: Planned) -> Row:
    before, after = planned.before, planned.after
    stood = (*wish_row(before.subscription), *marks_row(before))
    pause = (
        micros_or_none(after.subscription.paused_at),
        micros_or_none(after.subscription.paused_until),
        after.subscription.pause_reason,
    )
    return (*comparable(stood, _BEFORE), *marks_row(after), *pause)


def _had_rows(edition: Edition) -> Sequence[Row]:
    """Return what the place will have had; papers of recaps and the like do not count."""
    if edition.kind is not EditionKind.SCHEDULED:
        return []
    key, where, at = edition.key, str(edition.place), micros(edition.made_at)
    return [(where, each.paper, at, key, part) for part, each in enumerate(edition.papers, start=1)]
