"""Deliveries as rows: how they are added, and read for the next try."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bot.domain.deliveries import PRIORITY, Delivery, DeliveryKind, MessageRef
from bot.domain.places import parse_place
from bot.ports.delivery import Broken
from bot.store.restored import RESTORED
from bot.store.rows import given, instant, instant_or_none, micros, micros_or_none, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.store.engine import Row

DELIVERY = {
    "key": "TEXT",
    "edition": "TEXT",
    "platform": "TEXT",
    "server": "TEXT",
    "place": "TEXT",
    "kind": "TEXT",
    "parent": "TEXT",
    "part": "BIGINT",
    "priority": "BIGINT",
    "due_at": "BIGINT",
    "ready_at": "BIGINT",
    "expires_at": "BIGINT",
    "text": "TEXT",
    "silent": "BIGINT",
}
"""The columns that a new delivery is given, with their types."""

_NUMBER = {name: f"?{number}" for number, name in enumerate(DELIVERY, start=1)}

# A delivery's number behind all that is open of its server; a server without begins where the others are.
_TURN = f"""coalesce(
  (SELECT own.turn FROM deliveries AS own WHERE own.done_at IS NULL
    AND own.server = {_NUMBER["server"]} AND own.priority = {_NUMBER["priority"]}
    ORDER BY own.turn DESC LIMIT 1) + 1,
  (SELECT others.turn FROM deliveries AS others WHERE others.done_at IS NULL
    AND others.platform = {_NUMBER["platform"]} AND others.priority = {_NUMBER["priority"]}
    ORDER BY others.turn LIMIT 1),
  1)"""

PARENT_FELL = "The message that it belongs to was not delivered."

_WILL_BE_READY = f"""{_NUMBER["parent"]} = '' OR EXISTS (
    SELECT 1 FROM deliveries AS parent WHERE parent.key = {_NUMBER["parent"]} AND parent.state <> 'dropped'
  )"""

# When it should have been posted: with its firing, or when it is due.
_MEANT_FOR = f"""coalesce(
    (SELECT editions.fires_at FROM editions WHERE editions.key = {_NUMBER["edition"]}),
    CAST({_NUMBER["due_at"]} AS BIGINT))"""
# That, where the store was restored since. Where it never was, nothing else is looked at.
_DOUBTED = f"SELECT {_MEANT_FOR} FROM moments WHERE moments.name = '{RESTORED}' AND {_MEANT_FOR} < moments.at"

# Add a delivery, unless its key is there. One whose parent has fallen, or is nowhere, has fallen with it; one
# of before the store was restored may have been posted then.
ADD = f"""
INSERT INTO deliveries ({", ".join(DELIVERY)}, turn, state, first_tried_at, outcome, done_at)
VALUES ({given(DELIVERY.values())}, {_TURN},
  CASE WHEN NOT ({_WILL_BE_READY}) THEN 'dropped' WHEN EXISTS ({_DOUBTED}) THEN 'unknown' ELSE 'waiting' END,
  ({_DOUBTED}),
  CASE WHEN {_WILL_BE_READY} THEN '' ELSE '{PARENT_FELL}' END,
  CASE WHEN {_WILL_BE_READY} THEN NULL ELSE CAST({_NUMBER["due_at"]} AS BIGINT) END)
ON CONFLICT (key) DO NOTHING"""

# Keep a delivery that was posted already, as the message ?15 at ?16.
KEEP_POSTED = f"""
INSERT INTO deliveries ({", ".join(DELIVERY)}, turn, state, attempt, outcome, message, done_at)
VALUES ({given(DELIVERY.values())}, 0, 'done', 1, 'delivered', CAST(?15 AS TEXT), CAST(?16 AS BIGINT))
ON CONFLICT (key) DO NOTHING"""


def parents_first(owed: Sequence[Delivery]) -> Sequence[Delivery]:
    """Return deliveries in an order in which each comes after its parent, where that is among them."""
    ordered: list[Delivery] = []
    left = list(owed)
    while len(left) > 1 and any(each.parent for each in left):
        keys = {each.key for each in left}
        ready = [each for each in left if each.parent not in keys]
        if not ready:
            break
        ordered += ready
        left = [each for each in left if each.parent in keys]
    return [*ordered, *left]


def delivery_row(delivery: Delivery) -> Row:
    """Return the columns DELIVERY."""
    due_at = micros(delivery.due_at)
    return (
        delivery.key,
        delivery.edition,
        delivery.place.platform,
        delivery.place.server_key,
        str(delivery.place),
        delivery.kind.value,
        delivery.parent,
        delivery.part,
        PRIORITY[delivery.kind],
        due_at,
        due_at,
        micros_or_none(delivery.expires_at),
        delivery.text,
        int(delivery.silent),
    )


# --- Reading --------------------------------------------------------------------

READ = """deliveries.key, deliveries.place, deliveries.kind, deliveries.due_at, deliveries.edition,
  deliveries.parent, deliveries.part, deliveries.text, deliveries.silent, deliveries.expires_at,
  deliveries.attempt, deliveries.first_tried_at, deliveries.is_unknown, deliveries.turn,
  (SELECT parent.message FROM deliveries AS parent WHERE parent.key = deliveries.parent),
  (SELECT editions.papers FROM editions WHERE editions.key = deliveries.edition)"""
"""What `delivery` reads; behind it stand the papers of its edition."""

KEY, PLACE, KIND, DUE_AT, PART, TURN, PAPERS = 0, 1, 2, 3, 6, 13, 15
"""Where some of them stand."""


def delivery(row: Row) -> Delivery | Broken:
    """Read a delivery for a try."""
    key, where, kind, due_at, edition, parent, part, words, silent, expires_at, *tried = row
    attempt, first_tried_at, is_unknown, _turn, message, _papers = tried
    place = parse_place(str(where))
    if place is None:
        return Broken(str(key), str(where), f"Its place cannot be read: “{where}”.")
    try:
        return Delivery(
            key=text(key),
            place=place,
            kind=DeliveryKind(text(kind)),
            due_at=instant(due_at),
            edition=text(edition),
            parent=text(parent),
            part=int(part or 0),
            text=text(words),
            silent=bool(silent),
            expires_at=instant_or_none(expires_at),
            attempt=int(attempt or 0),
            first_tried_at=instant_or_none(first_tried_at),
            parent_message=MessageRef(text(message)) if message else None,
            is_unknown=bool(is_unknown),
        )
    except (ValueError, TypeError, OverflowError) as error:
        return Broken(str(key), str(where), f"It cannot be read: {error}.")


def in_turn(row: Row) -> tuple[object, ...]:
    """Return what orders rows of READ as they were claimed; one that makes no sense comes early."""
    priority = PRIORITY.get(cast("DeliveryKind", row[KIND]), 0)
    numbers = (value if isinstance(value, int) else 0 for value in (row[TURN], row[DUE_AT], row[PART]))
    return (priority, *numbers, str(row[PLACE]))
