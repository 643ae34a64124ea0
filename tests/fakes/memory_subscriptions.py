"""Standing wishes of places, in plain dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.places import PlaceProfile
from bot.domain.subscriptions import Standing, Subscription
from bot.ports.delivery import Broken, Saved
from tests.fakes.memory_submissions import hide_submission
from tests.fakes.memory_tables import EPOCH, Marks, Tables, key_of, refuse_unstorable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.domain.papers import PaperId
    from bot.domain.places import Identity, Place
    from bot.ports.delivery import Caps, Change, Undo
    from tests.fakes.memory_store import MemoryStore


class MemorySubscriptions:
    """Satisfies `bot.ports.delivery.SubscriptionStore`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def subscriptions(self, place: Place) -> Sequence[Standing | Broken]:
        here = [each for each in wishes(self._store.tables) if each.place == place]
        here.sort(key=lambda wish: (wish.created_at or EPOCH, wish.id))
        return [told(self._store.tables, each) for each in here]

    async def server_subscriptions(self, server: str) -> Sequence[Standing | Broken]:
        here = [each for each in wishes(self._store.tables) if each.place.server_key == server]
        here.sort(key=lambda wish: (str(wish.place), wish.id))
        return [told(self._store.tables, each) for each in here]

    async def all_subscriptions(self) -> AsyncIterator[Standing | Broken]:
        for each in sorted(wishes(self._store.tables), key=lambda wish: wish.id):
            yield told(self._store.tables, each)

    async def change(self, changes: Sequence[Change], caps: Caps, undo: Undo | None) -> Saved:
        for each in changes:
            refuse_unstorable(each)
        draft = self._store.tables.copy()
        if not all(_apply(draft, each) for each in changes):
            return Saved.CHANGED_MEANWHILE
        new = [each.after.subscription.place for each in changes if each.after and not each.before]
        kept = list(wishes(draft))
        if any(sum(wish.place == place for wish in kept) > caps.place for place in new):
            return Saved.TOO_MANY_HERE
        servers = {place.server_key for place in new if not place.is_own}
        if any(sum(wish.place.server_key == server for wish in kept) > caps.server for server in servers):
            return Saved.TOO_MANY_ON_SERVER
        if undo is not None:
            draft.undos[undo.token] = undo
        self._store.tables = draft
        return Saved.DONE

    async def discard(self, broken: Broken) -> bool:
        found = kept(self._store.tables, broken.id)
        if not isinstance(found, Broken) or found.place != broken.place:
            return False
        tables = self._store.tables
        [wish] = [each for each in wishes(tables) if each.id == broken.id]
        del tables.records[key_of(wish)]
        for of_id in (tables.marks, tables.broken, tables.aside):
            of_id.pop(broken.id, None)
        return True

    async def take_undo(self, token: str, place: Place, now: datetime) -> Undo | None:
        found = self._store.tables.undos.get(token)
        if found is None or found.place != place or found.until <= now:
            return None
        return self._store.tables.undos.pop(token)

    async def profile(self, place: Place) -> PlaceProfile | None:
        found = self._store.tables.records.get(key_of(PlaceProfile(place)))
        return found if isinstance(found, PlaceProfile) else None

    async def profiles(self, places: Collection[Place]) -> Mapping[Place, PlaceProfile]:
        found = {place: await self.profile(place) for place in places}
        return {place: profile for place, profile in found.items() if profile is not None}

    async def keep_profile(self, profile: PlaceProfile) -> None:
        refuse_unstorable(profile)
        self._store.tables.records[key_of(profile)] = profile

    async def hide(self, place: Place, paper: PaperId, identity: Identity, at: datetime) -> bool:
        is_new = (place, paper) not in self._store.tables.hides
        self._store.tables.hides.setdefault((place, paper), (identity, at))
        return hide_submission(self._store.tables, place, paper, at) or is_new

    async def unhide(self, place: Place, paper: PaperId) -> bool:
        was_hidden = self._store.tables.hides.pop((place, paper), None) is not None
        return hide_submission(self._store.tables, place, paper, None) or was_hidden

    async def hidden(self, places: Collection[Place]) -> Mapping[Place, frozenset[PaperId]]:
        found: dict[Place, frozenset[PaperId]] = {}
        for place, paper in self._store.tables.hides:
            if place in places:
                found[place] = found.get(place, frozenset()) | {paper}
        return found


def wishes(tables: Tables) -> Iterator[Subscription]:
    """Yield all subscriptions that are kept, broken ones as they were."""
    return (record for record in tables.records.values() if isinstance(record, Subscription))


def told(tables: Tables, wish: Subscription) -> Standing | Broken:
    """Return what is told of a subscription that is kept."""
    broken = tables.aside.get(wish.id) or tables.broken.get(wish.id)
    return broken or standing_of(tables, wish)


def standing_of(tables: Tables, wish: Subscription) -> Standing:
    """Return a subscription with how far it has been planned."""
    marks = tables.marks.get(wish.id, Marks())
    return Standing(
        wish,
        marks.planned_until,
        marks.next_at,
        marks.last_fired_at,
        marks.empty_line,
        marks.told_fault_since,
    )


def marks_of(standing: Standing) -> Marks:
    return Marks(
        standing.planned_until,
        standing.next_at,
        standing.last_fired_at,
        standing.empty_line,
        standing.told_fault_since,
    )


def kept(tables: Tables, name: str) -> Standing | Broken | None:
    """Return what is told of the subscription of an id."""
    return next((told(tables, each) for each in wishes(tables) if each.id == name), None)


def put(tables: Tables, standing: Standing) -> None:
    """Keep a subscription in the place of what was kept under its id."""
    tables.records[key_of(standing.subscription)] = standing.subscription
    tables.marks[standing.subscription.id] = marks_of(standing)


def _apply(tables: Tables, change: Change) -> bool:
    """Make one change; False where what is kept is not as `before` says."""
    before, after = change.before, change.after
    one = before or after
    found = kept(tables, one.subscription.id) if one else None
    if before is None:
        if found is None and after is not None:
            put(tables, after)
        return found is None
    if not isinstance(found, Standing) or found.subscription != before.subscription:
        return False
    if after is None:
        del tables.records[key_of(found.subscription)]
        del tables.marks[found.subscription.id]
    else:
        put(tables, _moved(found, before, after))
    return True


def _moved(found: Standing, before: Standing, after: Standing) -> Standing:
    """Keep what planning in between came to, but for what the change itself moved; nothing moves back."""
    stood = {
        name: getattr(found, name)
        for name in ("next_at", "last_fired_at", "empty_line", "told_fault_since")
        if getattr(after, name) == getattr(before, name)
    }
    return after._replace(**stood, planned_until=max(found.planned_until, after.planned_until))
