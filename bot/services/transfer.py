"""Export and import: what people made, as JSON lines that either database takes from the other.

A file is checked whole before any of it is kept: half an import would be worse than none.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING

from bot.domain.subscriptions import Standing, Subscription
from bot.domain.text import CODE_LETTERS
from bot.ports import KeepRecords
from bot.services.transfer_lines import Line, LineFault, line_of, parse_line, type_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.ports import Record, Store
    from bot.ports.delivery import SubscriptionStore

BATCH = 500
"""Records of one write: a few milliseconds in which other writers wait."""

ORDER = (
    *("place", "community", "link", "hide", "had", "secret", "forgotten"),
    *("ballot", "vote", "submission", "save", "dislike", "subscription"),
)
"""Who was forgotten comes before ballots, as those are compared from then on. Subscriptions come last: once
one stands, a service beside may post, and must know what a place has had."""

ID_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Imported:
    """How an import ended. Where there are faults nothing was kept."""

    new: Mapping[str, int] = field(default_factory=dict)
    """How many records were kept, by the `type` of their lines."""
    already_there: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[LineFault, ...] = ()


async def export_lines(store: Store, kept: SubscriptionStore) -> AsyncIterator[str]:
    """Yield every record as a line without its end mark, in the store's order."""
    standings = kept.all_subscriptions()
    fired_at = {
        each.subscription.id: each.last_fired_at async for each in standings if isinstance(each, Standing)
    }
    async for record in store.records():
        yield line_of(record, fired_at.get(record.id) if isinstance(record, Subscription) else None)


async def import_lines(store: Store, lines: Iterable[str], now: datetime) -> Imported:
    """Keep the records of an export. Those that are there stay as they are, so it can be done again."""
    found = tuple(_parsed(lines, now))
    faults = tuple(each for each in found if isinstance(each, LineFault))
    if faults:
        return Imported(faults=faults)
    return await _keep(store, [each for each in found if not isinstance(each, LineFault)], now)


def _parsed(lines: Iterable[str], now: datetime) -> Iterator[Line | LineFault]:
    for number, line in enumerate(lines, start=1):
        # Some editors put a byte order mark before the first line.
        if text := line.removeprefix("\ufeff").strip():
            yield parse_line(text, number, now)


async def _keep(store: Store, lines: Sequence[Line], now: datetime) -> Imported:
    records = [line.record for line in lines]
    asked = Counter(type_of(record) for record in records)
    wishes = [record for record in records if isinstance(record, Subscription)]
    named = with_ids(wishes, await _subscriptions(store))
    others = [record for record in records if not isinstance(record, Subscription)]
    fired_at = _fired(lines, named)
    new: Counter[str] = Counter()
    for kind in ORDER:
        for batch in _batches([record for record in (*others, *named) if type_of(record) == kind]):
            new[kind] += await store.write(KeepRecords(batch, now, fired_at))
    return Imported(new=+new, already_there=asked - new)


def _fired(lines: Sequence[Line], named: Sequence[Subscription]) -> Mapping[str, datetime]:
    """Return the last firings by the ids that subscriptions got, which may be others than in their lines."""
    fired_at = {
        replace(line.record, id=""): line.fired_at
        for line in lines
        if isinstance(line.record, Subscription) and line.fired_at is not None
    }
    found = ((each.id, fired_at.get(replace(each, id=""))) for each in named)
    return {name: at for name, at in found if at is not None}


def _batches(records: Sequence[Record]) -> Iterator[tuple[Record, ...]]:
    return (tuple(records[start : start + BATCH]) for start in range(0, len(records), BATCH))


async def _subscriptions(store: Store) -> Sequence[Subscription]:
    return [record async for record in store.records() if isinstance(record, Subscription)]


def with_ids(wishes: Iterable[Subscription], there: Sequence[Subscription]) -> Sequence[Subscription]:
    """Return the subscriptions that are not there yet, each with an id that is free.

    An id is made where a line has none, or one that stands for another wish. The wish itself may be there
    already (the same file imported twice): then there is nothing to keep.
    """
    known = {wish_of(each) for each in there}
    taken = {each.id: wish_of(each) for each in there}
    kept: list[Subscription] = []
    for each in wishes:
        if taken.get(each.id) == wish_of(each) or (_needs_id(each, taken) and wish_of(each) in known):
            continue
        named = replace(each, id=free_id(each, taken)) if _needs_id(each, taken) else each
        taken[named.id] = wish_of(each)
        kept.append(named)
    return kept


def _needs_id(wish: Subscription, taken: Mapping[str, Subscription]) -> bool:
    return not wish.id or wish.id in taken


def wish_of(subscription: Subscription) -> Subscription:
    """Return what a subscription wants, without its name and its history."""
    unnamed = replace(subscription, id="", created_by=None, created_at=None)
    return replace(unnamed, paused_at=None, paused_until=None, pause_reason="")


def free_id(wish: Subscription, taken: Mapping[str, object]) -> str:
    """Make an id from the wish itself, so that an import needs no chance and can be repeated."""
    ids = (_id(f"{line_of(wish_of(wish))} {attempt}") for attempt in count())
    return next(each for each in ids if each not in taken)


def _id(text: str) -> str:
    return "".join(
        CODE_LETTERS[byte % len(CODE_LETTERS)] for byte in sha256(text.encode()).digest()[:ID_LENGTH]
    )
