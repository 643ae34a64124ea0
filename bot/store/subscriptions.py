"""Standing wishes over a database: read row by row, changed all or none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.domain.papers import PaperId
from bot.ports.delivery import Broken, Change, Saved, Undo
from bot.store import standings
from bot.store.engine import Statement, Unit
from bot.store.lists import AFTER_SLASH
from bot.store.rows import (
    batches,
    instant,
    marks,
    micros,
    place,
    profile_of,
    refuse_unstorable,
    storable,
    text,
)
from bot.store.standings import COLUMNS, MARKS, READ, WISH, comparable, compared, marks_row, wish_row

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.domain.places import Identity, Place, PlaceProfile
    from bot.domain.subscriptions import Standing
    from bot.ports.delivery import Caps
    from bot.store.engine import Engine, Row, Value

PAGE = 500
"""Subscriptions that are read at a time."""

CHANGING = "subscriptions"
"""Who changes subscriptions does so alone, so that caps hold."""

# The subscriptions of a place, of a server (whose places' texts begin with it), and of all a page.
OF_PLACE = f"SELECT {READ} FROM subscriptions WHERE place = ?1 ORDER BY coalesce(created_at, 0), id"
OF_SERVER = f"SELECT {READ} FROM subscriptions WHERE place > ?1 AND place < ?2 ORDER BY place, id"
PAGE_AFTER = f"SELECT {READ} FROM subscriptions WHERE id > ?1 ORDER BY id LIMIT ?2"

# Add a subscription, unless its id is taken.
ADD = f"""
INSERT INTO subscriptions ({", ".join(COLUMNS)}) VALUES ({marks(len(COLUMNS))})
ON CONFLICT (id) DO NOTHING"""

_WISHED = [name for name in WISH if name not in {"id", "place", "created_by", "created_at"}]
_MOVED = [name for name in MARKS if name != "planned_until"]


def _changed(first: int) -> str:
    """Set what is wished, and how far it is planned: never back, its other marks where they moved."""
    wished = [f"{name} = ?{index}" for index, name in enumerate(_WISHED, start=first)]
    until = first + len(_WISHED)
    moved = [
        f"{name} = CASE WHEN ?{index} = 1 THEN ?{index + 1} ELSE {name} END"
        for name, index in zip(_MOVED, range(until + 1, until + 9, 2), strict=True)
    ]
    latest = f"planned_until = CASE WHEN planned_until < ?{until} THEN ?{until} ELSE planned_until END"
    return ", ".join([*wished, latest, *moved, "broken_why = ''"])


# Change or remove the subscription that is still as the first placeholders say.
CHANGE = (
    f"UPDATE subscriptions SET {_changed(first=len(WISH) + 1)} WHERE broken_why = '' AND {compared(WISH, 1)}"
)
REMOVE = f"DELETE FROM subscriptions WHERE broken_why = '' AND {compared(WISH, 1)}"

# Find a row by its own words, and remove it.
OF_ID = f"SELECT {READ} FROM subscriptions WHERE id = ?1 AND place = ?2"
DISCARD = "DELETE FROM subscriptions WHERE id = ?1 AND place = ?2"

# Find a new subscription again, if there are no more than ?3 in its place, or on its server.
WITHIN_PLACE = """
UPDATE subscriptions SET place = place WHERE id = ?1
  AND (SELECT count(*) FROM subscriptions AS here WHERE here.place = ?2) <= ?3"""
WITHIN_SERVER = """
UPDATE subscriptions SET place = place WHERE id = ?1
  AND (SELECT count(*) FROM subscriptions AS here WHERE here.place > ?2 AND here.place < ?3) <= ?4"""

# Keep how to take changes back; take it out, and forget what is too old.
KEEP_UNDO = """
INSERT INTO undos (token, place, until, changes) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (token) DO UPDATE SET
  place = excluded.place, until = excluded.until, changes = excluded.changes"""
TAKE_UNDO = "DELETE FROM undos WHERE token = ?1 AND place = ?2 AND until > ?3"
FORGET_UNDOS = "DELETE FROM undos WHERE until <= ?1"

# What is kept of a place; keep it in the place of what was kept before.
PROFILES = "SELECT place, kind, settings FROM places WHERE place IN"
KEEP_PROFILE = """
INSERT INTO places (place, server, kind, settings) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (place) DO UPDATE SET kind = excluded.kind, settings = excluded.settings"""

# Papers out of lists and editions of a place.
HIDE = """
INSERT INTO hides (place, paper, identity, at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (place, paper) DO NOTHING"""
UNHIDE = "DELETE FROM hides WHERE place = ?1 AND paper = ?2"
# A submission says so itself too.
HIDE_SUBMISSION = """
UPDATE submissions SET hidden_at = ?3 WHERE place = ?1 AND paper = ?2 AND hidden_at IS NULL"""
UNHIDE_SUBMISSION = """
UPDATE submissions SET hidden_at = NULL WHERE place = ?1 AND paper = ?2 AND hidden_at IS NOT NULL"""


class SqlSubscriptions:
    """Satisfies `bot.ports.delivery.SubscriptionStore` over any Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def subscriptions(self, where: Place) -> Sequence[Standing | Broken]:
        """Return the subscriptions of a place, by when they were made, then id."""
        return [standings.standing(row) for row in await self._engine.fetch(OF_PLACE, str(where))]

    async def server_subscriptions(self, server: str) -> Sequence[Standing | Broken]:
        """Return the subscriptions of all places of a server, by place, then id."""
        return [
            standings.standing(row) for row in await self._engine.fetch(OF_SERVER, *_span_of_server(server))
        ]

    async def all_subscriptions(self) -> AsyncIterator[Standing | Broken]:
        """Yield every subscription, by id, a page at a time."""
        rows = await self._engine.fetch(PAGE_AFTER, "", PAGE)
        while rows:
            for row in rows:
                yield standings.standing(row)
            rows = await self._engine.fetch(PAGE_AFTER, rows[-1][0], PAGE)

    async def change(self, changes: Sequence[Change], caps: Caps, undo: Undo | None) -> Saved:
        """Make changes, all or none, and keep how to undo them."""
        steps = [*_changing(changes), *_capping(changes, caps), *_undoing(undo)]
        if not steps:
            return Saved.DONE
        refuse_unstorable([statement for statement, _ in steps])
        unit = Unit(tuple(statement for statement, _ in steps), alone=CHANGING)
        failed = (await self._engine.write(unit)).failed
        return Saved.DONE if failed is None else steps[failed][1]

    async def discard(self, broken: Broken) -> bool:
        """Remove a row that cannot be read."""
        name = storable(broken.id), storable(broken.place)
        rows = await self._engine.fetch(OF_ID, *name)
        if not any(isinstance(standings.standing(row), Broken) for row in rows):
            return False
        return await self._write(Statement(DISCARD, [name])) > 0

    async def take_undo(self, token: str, where: Place, now: datetime) -> Undo | None:
        """Take an undo out, once."""
        taken = Statement(TAKE_UNDO, [(token, str(where), micros(now))], returns="until, changes")
        unit = Unit((taken, Statement(FORGET_UNDOS, [(micros(now),)])))
        rows = (await self._engine.write(unit)).rows
        return _undo(token, where, rows[0]) if rows else None

    async def profile(self, where: Place) -> PlaceProfile | None:
        """Return a place's kind and settings; None where nothing is kept, or nothing that can be read."""
        return (await self.profiles([where])).get(where)

    async def profiles(self, places: Collection[Place]) -> Mapping[Place, PlaceProfile]:
        """Return the profiles of places; one that cannot be read is left out."""
        found: dict[Place, PlaceProfile] = {}
        for some in batches(sorted(map(str, places))):
            rows = await self._engine.fetch(f"{PROFILES} ({marks(len(some))})", *some)
            found |= {each.place: each for row in rows if (each := profile_of(row))}
        return found

    async def keep_profile(self, profile: PlaceProfile) -> None:
        """Keep a place's kind and settings, in the place of what was kept before."""
        settings = json.dumps(dict(profile.settings), ensure_ascii=False, sort_keys=True)
        row = str(profile.place), profile.place.server_key, profile.kind.value, settings
        await self._write(Statement(KEEP_PROFILE, [row]))

    async def hide(self, where: Place, paper: PaperId, identity: Identity, at: datetime) -> bool:
        """Take a paper out of lists and editions of a place."""
        hidden = Statement(HIDE, [(str(where), paper, identity, micros(at))])
        return await self._write(hidden, Statement(HIDE_SUBMISSION, [(str(where), paper, micros(at))])) > 0

    async def unhide(self, where: Place, paper: PaperId) -> bool:
        """Take that back."""
        row = str(where), paper
        return await self._write(Statement(UNHIDE, [row]), Statement(UNHIDE_SUBMISSION, [row])) > 0

    async def hidden(self, places: Collection[Place]) -> Mapping[Place, frozenset[PaperId]]:
        """Return what is hidden in each of the places."""
        found: dict[Place, set[PaperId]] = {}
        for some in batches(sorted(map(str, places))):
            sql = f"SELECT place, paper FROM hides WHERE place IN ({marks(len(some))})"
            for where, paper in await self._engine.fetch(sql, *some):
                found.setdefault(place(where), set()).add(PaperId(text(paper)))
        return {where: frozenset(papers) for where, papers in found.items()}

    async def _write(self, *statements: Statement) -> int:
        refuse_unstorable(statements)
        return (await self._engine.write(Unit(statements))).changed


def _span_of_server(server: str) -> tuple[str, str]:
    """Return what the texts of a server's places lie between."""
    return f"{server}/", f"{server}{AFTER_SLASH}"


# --- Changing -------------------------------------------------------------------

Step = tuple[Statement, Saved]
"""A statement, and how saving ends where it does not find what it needs."""


def _changing(changes: Sequence[Change]) -> Iterator[Step]:
    """Make each change, where all is as it was."""
    for change in changes:
        if change.before is not None:
            yield _changing_one(change.before, change.after), Saved.CHANGED_MEANWHILE
        elif change.after is not None:
            row = (*wish_row(change.after.subscription), *marks_row(change.after))
            yield Statement(ADD, [row], needs=1), Saved.CHANGED_MEANWHILE


def _changing_one(before: Standing, after: Standing | None) -> Statement:
    there = comparable(wish_row(before.subscription), WISH)
    if after is None:
        return Statement(REMOVE, [there], needs=1)
    wished = dict(zip(WISH, wish_row(after.subscription), strict=True))
    stood, moved = marks_row(before), marks_row(after)
    flags = [value for was, now in zip(stood[1:], moved[1:], strict=True) for value in (int(was != now), now)]
    return Statement(CHANGE, [(*there, *(wished[name] for name in _WISHED), moved[0], *flags)], needs=1)


def _capping(changes: Sequence[Change], caps: Caps) -> Iterator[Step]:
    """Look whether there are too many now, where there are new ones."""
    new = [each.after.subscription for each in changes if each.after is not None and each.before is None]
    for wish in new:
        row: Row = (wish.id, str(wish.place), caps.place)
        yield Statement(WITHIN_PLACE, [row], needs=1), Saved.TOO_MANY_HERE
    # Conversations with the bot are of no server.
    for wish in (each for each in new if not each.place.is_own):
        row = (wish.id, *_span_of_server(wish.place.server_key), caps.server)
        yield Statement(WITHIN_SERVER, [row], needs=1), Saved.TOO_MANY_ON_SERVER


def _undoing(undo: Undo | None) -> Iterator[Step]:
    if undo is not None:
        changes = [[_sides(change.before), _sides(change.after)] for change in undo.changes]
        row = undo.token, str(undo.place), micros(undo.until), json.dumps(changes, ensure_ascii=False)
        yield Statement(KEEP_UNDO, [row]), Saved.DONE


def _sides(each: Standing | None) -> Row | None:
    return None if each is None else (*wish_row(each.subscription), *marks_row(each))


def _undo(token: str, where: Place, row: Row) -> Undo | None:
    """Read an undo; None where it cannot be read any more."""
    until, changes = row
    try:
        made = [Change(_side(before), _side(after)) for before, after in json.loads(text(changes))]
    except (ValueError, TypeError):
        return None
    return Undo(token, where, instant(until), tuple(made))


def _side(kept: list[Value] | None) -> Standing | None:
    """Read a side of a change; ValueError or TypeError where it cannot be read any more."""
    found = None if kept is None else standings.standing((*kept, ""))
    if isinstance(found, Broken):
        raise TypeError(found.why)
    return found
