"""Deliveries from planned to done, in plain dicts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from bot.domain.deliveries import PRIORITY, Delivery, DeliveryKind, DeliveryState, Settled
from bot.domain.editions import EditionKind
from bot.domain.subscriptions import is_paused
from bot.domain.votes import Had
from bot.ports.delivery import LastDelivery, OutboxState
from tests.fakes.memory_subscriptions import wishes
from tests.fakes.memory_tables import EPOCH, Ballot, Owed, Tables, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from bot.domain.deliveries import MessageRef
    from bot.domain.editions import Edition
    from bot.domain.papers import PaperId
    from bot.domain.places import Place
    from bot.ports.delivery import Broken, Fault
    from tests.fakes.memory_store import MemoryStore

OPEN = (DeliveryState.WAITING, DeliveryState.CLAIMED, DeliveryState.UNKNOWN)
READY = (DeliveryState.WAITING, DeliveryState.UNKNOWN)
SHOWING = (DeliveryKind.POST, DeliveryKind.REPLY)
"""Kinds of delivery that show papers: part 0 all of its edition, part n the n-th."""
CARRYING = (*SHOWING, DeliveryKind.THREAD)
"""Kinds without which papers are not shown."""
BESIDE = (DeliveryKind.REACT, DeliveryKind.PUBLISH)
"""Kinds that tell nothing of whether an edition was delivered."""

FAR_AHEAD = timedelta(days=1)

PARENT_FELL = "The message that it belongs to was not delivered."


def utc_now() -> datetime:
    return datetime.now(UTC)


class MemoryOutbox:
    """Satisfies `bot.ports.delivery.Outbox`. `database_now` is the time that roles are held by."""

    def __init__(self, store: MemoryStore, database_now: Callable[[], datetime] = utc_now) -> None:
        self._store = store
        self._database_now = database_now

    async def put(self, deliveries: Sequence[Delivery]) -> int:
        return put_deliveries(self._store.tables, deliveries)

    async def claim(
        self, platform: str, holder: str, now: datetime, lease_until: datetime, limit: int
    ) -> Sequence[Delivery | Broken]:
        tables = self._store.tables
        in_turn = sorted(_open(tables, platform), key=_turn)
        chosen = list(islice((owed for owed in in_turn if _may_be_tried(tables, owed, now)), limit))
        for owed in chosen:
            tables.deliveries[owed.delivery.key] = replace(
                owed,
                delivery=_tried(tables, owed, now),
                state=DeliveryState.CLAIMED,
                lease_until=lease_until,
                lease_holder=holder,
            )
        return [tables.deliveries[owed.delivery.key].delivery for owed in chosen]

    async def settle(self, delivery: Delivery, settled: Settled, now: datetime) -> bool:
        tables = self._store.tables
        owed = tables.deliveries.get(delivery.key)
        if owed is None or owed.state is not DeliveryState.CLAIMED:
            return False
        if owed.delivery.attempt != delivery.attempt:
            return False
        match settled.state:
            case DeliveryState.DONE:
                _finish(tables, owed, settled, now)
            case DeliveryState.DROPPED:
                place = owed.delivery.place
                others = _owed_to(tables, place) if settled.closes_place else []
                _drop(tables, [owed, *others], settled.outcome, now)
                if settled.closes_place:
                    _pause(tables, place, settled.outcome, now)
            case _:
                ready_at = settled.ready_at or now
                tables.deliveries[delivery.key] = replace(
                    owed, state=settled.state, outcome=settled.outcome, ready_at=ready_at
                )
        return True

    async def keep_posted(
        self, edition: Edition, delivery: Delivery, message: MessageRef, at: datetime
    ) -> bool:
        tables = self._store.tables
        if edition.key in tables.editions:
            return False
        tables.editions[edition.key] = edition
        owed = Owed(delivery._replace(attempt=1), DeliveryState.CLAIMED, at, 0)
        _finish(tables, owed, Settled(DeliveryState.DONE, "delivered", message), at)
        return True

    async def recover(self, platform: str, now: datetime | None) -> int:
        tables = self._store.tables
        lost = [
            owed
            for owed in _open(tables, platform)
            if owed.state is DeliveryState.CLAIMED and (now is None or _is_over(owed.lease_until, now))
        ]
        if now is not None:
            _hurry(tables, platform, now)
        for owed in lost:
            tables.deliveries[owed.delivery.key] = replace(owed, state=DeliveryState.UNKNOWN)
        return len(lost)

    async def editions(self, keys: Collection[str]) -> Mapping[str, Edition]:
        return {key: self._store.tables.editions[key] for key in keys if key in self._store.tables.editions}

    async def showing(self, place: Place, paper: PaperId) -> Sequence[Delivery]:
        tables = self._store.tables
        return [
            owed.delivery
            for edition in self._editions_of(place)
            for owed in sorted(tables.deliveries.values(), key=_order)
            if owed.delivery.edition == edition.key
            and owed.delivery.kind in SHOWING
            and owed.state is not DeliveryState.DROPPED
            and paper in {shown for _, shown in _papers_of(tables, owed.delivery)}
        ]

    async def posted(self, platform: str, first: datetime, until: datetime) -> Sequence[Delivery]:
        found = [
            (owed.done_at, owed.delivery.key, owed.delivery)
            for owed in self._store.tables.deliveries.values()
            if owed.delivery.place.platform == platform
            and owed.delivery.kind in SHOWING
            and owed.delivery.edition
            and owed.message
            and owed.done_at is not None
            and first <= owed.done_at < until
        ]
        return [delivery for _, _, delivery in sorted(found, key=lambda each: each[:2])]

    async def backlog(self, platform: str, now: datetime) -> OutboxState:
        due = [owed.delivery.due_at for owed in _open(self._store.tables, platform)]
        due = [each for each in due if each <= now]
        return OutboxState(len(due), min(due, default=None))

    async def dropped(self, first: datetime, until: datetime) -> Mapping[str, int]:
        return Counter(
            owed.outcome
            for owed in self._store.tables.deliveries.values()
            if owed.state is DeliveryState.DROPPED and owed.done_at and first <= owed.done_at < until
        )

    async def last_delivery(self, place: Place) -> LastDelivery | None:
        editions = filter(_is_fired, self._editions_of(place))
        return next((told for edition in editions if (told := self._last_of(edition))), None)

    async def last_edition(self, place: Place) -> Edition | None:
        return next(filter(_is_fired, self._editions_of(place)), None)

    async def forget(self, before: datetime) -> int:
        tables = self._store.tables
        old = [owed for owed in tables.deliveries.values() if owed.done_at and owed.done_at < before]
        over = [owed.delivery.key for owed in old if not self._is_needed(owed.delivery)]
        for key in over:
            del tables.deliveries[key]
        editions = [each.key for each in tables.editions.values() if self._is_over(each, before)]
        for key in editions:
            del tables.editions[key]
        return len(over) + len(editions)

    async def hold(self, role: str, holder: str, ttl: timedelta) -> bool:
        held_by, until = self._store.tables.leases.get(role, (holder, EPOCH))
        now = self._database_now()
        if held_by != holder and now < until <= now + 10 * ttl:
            return False
        self._store.tables.leases[role] = holder, self._database_now() + ttl
        return True

    async def release(self, role: str, holder: str) -> None:
        if self._store.tables.leases.get(role, ("", EPOCH))[0] == holder:
            del self._store.tables.leases[role]

    async def faults(self) -> Sequence[Fault]:
        return sorted(self._store.tables.faults.values(), key=lambda fault: fault.name)

    async def open_fault(self, fault: Fault) -> bool:
        is_new = fault.name not in self._store.tables.faults
        self._store.tables.faults.setdefault(fault.name, fault)
        return is_new

    async def close_fault(self, name: str) -> bool:
        return self._store.tables.faults.pop(name, None) is not None

    def _editions_of(self, place: Place) -> list[Edition]:
        """Return the editions of a place, newest first."""
        here = [each for each in self._store.tables.editions.values() if each.place == place]
        return sorted(here, key=lambda each: (each.fires_at, each.made_at, each.key), reverse=True)

    def _is_needed(self, delivery: Delivery) -> bool:
        """Tell whether an open delivery, a subscription or `status` may still ask for one that is over."""
        tables = self._store.tables
        has_child = any(
            owed.delivery.parent == delivery.key and owed.state in OPEN for owed in tables.deliveries.values()
        )
        is_line = any(marks.empty_line == delivery.key for marks in tables.marks.values())
        edition = tables.editions.get(delivery.edition)
        newer = [] if edition is None else self._newer_than(edition)
        is_last = edition is not None and _is_fired(edition) and not any(map(self._last_of, newer))
        return has_child or is_line or is_last

    def _is_over(self, edition: Edition, before: datetime) -> bool:
        tables = self._store.tables
        has_deliveries = any(owed.delivery.edition == edition.key for owed in tables.deliveries.values())
        is_last = _is_fired(edition) and not self._newer_than(edition)
        return edition.made_at < before and not has_deliveries and not is_last

    def _newer_than(self, edition: Edition) -> list[Edition]:
        fired = filter(_is_fired, self._editions_of(edition.place))
        return [each for each in fired if each.fires_at > edition.fires_at]

    def _last_of(self, edition: Edition) -> LastDelivery | None:
        """Sum up the deliveries of an edition: an open one speaks for all, else one that was dropped."""
        owed = [
            each
            for each in self._store.tables.deliveries.values()
            if each.delivery.edition == edition.key and _tells(each.delivery)
        ]
        if not owed:
            return None
        speaker = min(owed, key=lambda each: (_rank(each.state), *_order(each)))
        done_at = None if speaker.state in OPEN else max(each.done_at or EPOCH for each in owed)
        due_at = min(each.delivery.due_at for each in owed)
        papers = len(edition.papers)
        return LastDelivery(edition.fires_at, due_at, speaker.state, speaker.outcome, done_at, papers)


def _hurry(tables: Tables, platform: str, now: datetime) -> None:
    """Let what was put off by a clock that was ahead be tried now."""
    for owed in list(_open(tables, platform)):
        if owed.state in READY and owed.delivery.due_at <= now and owed.ready_at > now + FAR_AHEAD:
            tables.deliveries[owed.delivery.key] = replace(owed, ready_at=now)


def _is_over(lease_until: datetime, now: datetime) -> bool:
    """Tell whether a lease is over, or of a clock that was ahead."""
    return not now < lease_until <= now + FAR_AHEAD


def _is_fired(edition: Edition) -> bool:
    """Tell whether an edition was posted for itself, and is not the answer to a command."""
    return edition.kind is not EditionKind.SUBMISSION


def _tells(delivery: Delivery) -> bool:
    """Tell whether a delivery tells how its edition fared."""
    is_change = delivery.kind is DeliveryKind.EDIT and not delivery.text
    return delivery.kind not in BESIDE and not is_change


def put_deliveries(tables: Tables, deliveries: Sequence[Delivery]) -> int:
    """Keep those deliveries whose key is not there; return how many."""
    new = {each.key: each for each in reversed(deliveries) if each.key not in tables.deliveries}
    for each in [each for each in deliveries if new.get(each.key) is each]:
        turn = _next_turn(tables, each)
        tables.deliveries[each.key] = Owed(each, DeliveryState.WAITING, each.due_at, turn)
    for each in new.values():
        parent = tables.deliveries.get(each.parent)
        if each.parent and (parent is None or parent.state is DeliveryState.DROPPED):
            _drop(tables, [tables.deliveries[each.key]], PARENT_FELL, each.due_at)
    return len(new)


def _next_turn(tables: Tables, delivery: Delivery) -> int:
    """Return a number behind all that is open of the server; a server without begins where others are."""
    waiting = [
        owed for owed in _open(tables, delivery.place.platform) if _priority(owed) == PRIORITY[delivery.kind]
    ]
    own = [owed.turn for owed in waiting if owed.delivery.place.server_key == delivery.place.server_key]
    return max(own) + 1 if own else min((owed.turn for owed in waiting), default=1)


def _rank(state: DeliveryState) -> int:
    if state in OPEN:
        return 0
    return 1 if state is DeliveryState.DROPPED else 2


def _priority(owed: Owed) -> int:
    return PRIORITY[owed.delivery.kind]


def _order(owed: Owed) -> tuple[datetime, int, str]:
    return owed.delivery.due_at, owed.delivery.part, owed.delivery.key


def _turn(owed: Owed) -> tuple[int, int, datetime, int, str]:
    """Return what orders those of which each is the first of its place."""
    delivery = owed.delivery
    return _priority(owed), owed.turn, delivery.due_at, delivery.part, str(delivery.place)


def _open(tables: Tables, platform: str) -> Iterator[Owed]:
    return (
        owed
        for owed in tables.deliveries.values()
        if owed.state in OPEN and owed.delivery.place.platform == platform
    )


# --- Claiming -----------------------------------------------------------------


def _may_be_tried(tables: Tables, owed: Owed, now: datetime) -> bool:
    """Tell whether a delivery is ready, and the first of its place."""
    if owed.state not in READY or owed.ready_at > now or not _is_due(tables, owed, now):
        return False
    return not any(
        (_priority(other), *_order(other)) < (_priority(owed), *_order(owed))
        for other in _open(tables, owed.delivery.place.platform)
        if other.delivery.place == owed.delivery.place and _is_due(tables, other, now)
    )


def _is_due(tables: Tables, owed: Owed, now: datetime) -> bool:
    """Tell whether its time has come, and its parent is done."""
    parent = tables.deliveries.get(owed.delivery.parent)
    is_ready = not owed.delivery.parent or (parent is not None and parent.state is DeliveryState.DONE)
    return is_ready and owed.delivery.due_at <= now


def _tried(tables: Tables, owed: Owed, now: datetime) -> Delivery:
    """Return a delivery as it is for the try that begins now."""
    parent = tables.deliveries.get(owed.delivery.parent)
    return owed.delivery._replace(
        attempt=owed.delivery.attempt + 1,
        first_tried_at=owed.delivery.first_tried_at or now,
        parent_message=parent.message if parent else None,
        is_unknown=owed.state is DeliveryState.UNKNOWN,
    )


# --- Settling -----------------------------------------------------------------


def _finish(tables: Tables, owed: Owed, settled: Settled, now: datetime) -> None:
    delivery, message = owed.delivery, settled.message
    tables.deliveries[delivery.key] = replace(
        owed, state=DeliveryState.DONE, outcome=settled.outcome, message=message, done_at=now
    )
    if settled.deleted is not None and (parent := tables.deliveries.get(delivery.parent)):
        tables.deliveries[delivery.parent] = replace(parent, message=None)
    if message is None or not settled.shows_edition or delivery.kind not in SHOWING:
        return
    for position, paper in _papers_of(tables, delivery):
        number = position if delivery.part == 0 else 0
        tables.ballots[message, number] = Ballot(message, number, delivery.place, paper, now)


def _papers_of(tables: Tables, delivery: Delivery) -> list[tuple[int, PaperId]]:
    """Return the papers that a delivery shows, by their position in its edition."""
    edition = tables.editions.get(delivery.edition)
    positions = enumerate(edition.papers if edition else (), start=1)
    return [(position, each.paper) for position, each in positions if delivery.part in {0, position}]


def _drop(tables: Tables, fallen: Sequence[Owed], why: str, now: datetime) -> None:
    """Drop deliveries and all that hangs on them, and give their papers back."""
    for owed in fallen:
        delivery = owed.delivery
        tables.deliveries[delivery.key] = replace(owed, state=DeliveryState.DROPPED, outcome=why, done_at=now)
        if delivery.kind in CARRYING:
            _give_back(tables, delivery)
    keys = {owed.delivery.key for owed in fallen}
    owed_still = [each for each in tables.deliveries.values() if each.state in OPEN]
    if children := [each for each in owed_still if each.delivery.parent in keys]:
        _drop(tables, children, PARENT_FELL, now)


def _give_back(tables: Tables, delivery: Delivery) -> None:
    for place, paper in [where for where, by in tables.shown_by.items() if by[0] == delivery.edition]:
        if delivery.part in {0, tables.shown_by[place, paper][1]}:
            del tables.shown_by[place, paper]
            del tables.records[key_of(Had(place, paper, EPOCH))]


def _owed_to(tables: Tables, place: Place) -> list[Owed]:
    """Return what a place is owed, but for what is being sent."""
    owed = tables.deliveries.values()
    return [each for each in owed if each.delivery.place == place and each.state in READY]


def _pause(tables: Tables, place: Place, why: str, now: datetime) -> None:
    """Pause the subscriptions of a place."""
    for wish in list(wishes(tables)):
        if wish.place == place and not is_paused(wish, now):
            tables.records[key_of(wish)] = replace(wish, paused_at=now, paused_until=None, pause_reason=why)
