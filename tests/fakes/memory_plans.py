"""What the planner reads and writes, in plain dicts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bot.domain.editions import Candidate, EditionKind
from bot.domain.papers import Figure, Listed
from bot.domain.votes import Act, Had, Link
from bot.ports.delivery import SourceHealth
from tests.fakes.memory_outbox import put_deliveries
from tests.fakes.memory_store import is_in_scope
from tests.fakes.memory_subscriptions import kept, put, standing_of, wishes
from tests.fakes.memory_tables import EPOCH, Tables, key_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.domain.editions import Edition
    from bot.domain.papers import PaperId
    from bot.domain.places import Place
    from bot.domain.subscriptions import Standing
    from bot.ports import Scope
    from bot.ports.delivery import Broken, Planned, Window
    from tests.fakes.memory_store import MemoryStore


class MemoryPlans:
    """Satisfies `bot.ports.delivery.PlanStore`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def due(self, now: datetime, limit: int) -> Sequence[Standing | Broken]:
        tables = self._store.tables
        standings = [standing_of(tables, wish) for wish in wishes(tables) if wish.id not in tables.aside]
        found = [each for each in standings if _is_due(each, now)]
        found.sort(key=lambda each: (each.next_at or EPOCH, each.subscription.id))
        return [tables.broken.get(each.subscription.id, each) for each in found[:limit]]

    async def candidates(self, window: Window) -> Sequence[Candidate]:
        tables = self._store.tables
        days = _days_of(tables, window)
        newest = {day: ago for ago, day in enumerate(days)}
        found = [
            Candidate(_listed(tables, paper, max(on), window.as_of), newest[max(on)], min(listings))
            for paper, listings in tables.listings.items()
            if (on := listings.keys() & newest.keys()) and _first_seen(tables, paper) <= window.as_of
        ]
        return sorted(found, key=lambda each: (each.lists_ago, each.listed.paper.id))

    async def votes_then(
        self, scopes: Collection[Scope], papers: Collection[PaperId], as_of: datetime
    ) -> Mapping[Scope, Mapping[PaperId, int]]:
        tables = self._store.tables
        voted = {
            scope: {paper: count for paper in papers if (count := len(_voters(tables, paper, as_of, scope)))}
            for scope in scopes
        }
        return {scope: votes for scope, votes in voted.items() if votes}

    async def had(
        self, places: Collection[Place], papers: Collection[PaperId]
    ) -> Mapping[Place, frozenset[PaperId]]:
        found: dict[Place, frozenset[PaperId]] = {}
        for record in self._store.tables.records.values():
            if isinstance(record, Had) and record.place in places and record.paper in papers:
                found[record.place] = found.get(record.place, frozenset()) | {record.paper}
        return found

    async def plan(self, planned: Sequence[Planned]) -> Sequence[bool]:
        return [self._plan(each) for each in planned]

    async def set_aside(self, broken: Broken) -> None:
        if any(wish.id == broken.id for wish in wishes(self._store.tables)):
            self._store.tables.aside[broken.id] = broken

    async def source_health(self, source: str) -> SourceHealth:
        return self._store.tables.sources.get(source, SourceHealth())

    async def record_health(self, source: str, health: SourceHealth) -> None:
        self._store.tables.sources[source] = health

    def _plan(self, planned: Planned) -> bool:
        tables, edition = self._store.tables, planned.edition
        if kept(tables, planned.before.subscription.id) != planned.before:
            return False
        if edition is not None and edition.key in tables.editions:
            put(tables, planned.after)
            return False
        if edition is not None and not _write_edition(tables, edition):
            return False
        put(tables, planned.after)
        put_deliveries(tables, planned.deliveries)
        return True


def _is_due(standing: Standing, now: datetime) -> bool:
    wish = standing.subscription
    is_paused = wish.paused_at is not None and (wish.paused_until is None or wish.paused_until > now)
    return not is_paused and (standing.next_at is None or standing.next_at <= now)


def _write_edition(tables: Tables, edition: Edition) -> bool:
    """Keep an edition, and that its place has had the papers; False where it had one of them before."""
    had = [Had(edition.place, each.paper, edition.made_at) for each in edition.papers]
    if edition.kind is EditionKind.SCHEDULED:
        if any(key_of(each) in tables.records for each in had):
            return False
        for position, each in enumerate(had, start=1):
            tables.records[key_of(each)] = each
            tables.shown_by[each.place, each.paper] = edition.key, position
    tables.editions[edition.key] = edition
    return True


# --- Lists as they stood --------------------------------------------------------


def _days_of(tables: Tables, window: Window) -> list[date]:
    """Return the days of a window, newest first."""
    today = window.as_of.astimezone(UTC).date()
    days = sorted(
        {
            day
            for paper, listings in tables.listings.items()
            for day in listings
            if day <= today and _first_seen(tables, paper) <= window.as_of
        },
        reverse=True,
    )
    return [
        day
        for ago, day in enumerate(days)
        if ago < window.lists or (window.since is not None and day >= window.since)
    ]


def _first_seen(tables: Tables, paper: PaperId) -> datetime:
    return min(tables.sightings.get(paper, ()), default=datetime.max.replace(tzinfo=UTC))


def _listed(tables: Tables, paper: PaperId, day: date, as_of: datetime) -> Listed:
    sightings = tables.sightings[paper]
    first, newest = min(sightings), max(at for at in sightings if at <= as_of)
    return Listed(
        tables.papers[paper].paper,
        feed_day=day,
        position=tables.listings[paper][day],
        upvotes=sightings[newest].upvotes,
        comments=sightings[newest].comments,
        seen_at=newest,
        earlier=Figure(sightings[first].upvotes, first),
    )


def _voters(tables: Tables, paper: PaperId, as_of: datetime, scope: Scope) -> set[str]:
    records = tables.records.values()
    person = {link.identity: link.person for link in records if isinstance(link, Link)}
    return {
        person.get(act.identity, act.identity)
        for act in records
        if isinstance(act, Act) and act.paper == paper and act.at <= as_of and is_in_scope(act, scope)
    }
