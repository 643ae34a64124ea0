"""Deliveries: messages owed to places, and what becomes of each after a try.

A delivery is kept until its outcome is known. Its key never moves: it is derived from what is delivered, and
never from the attempt, so that a platform that has seen it can be asked for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, NewType, assert_never

if TYPE_CHECKING:
    from bot.domain.editions import Edition
    from bot.domain.papers import PaperId
    from bot.domain.places import Place

MessageRef = NewType("MessageRef", str)
"""A platform's own reference to a posted message; for the platform's adapter alone to read."""

KEY_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LETTER_PAIRS = [first + second for second in KEY_LETTERS for first in KEY_LETTERS]
"""Each number below 62² in base 62, its lowest digit first."""
KEY_LENGTH = 25
"""Discord's nonce holds 25 characters; in base 62 they are 148 bits."""
FIVE = len(KEY_LETTERS) ** 5
"""Five letters at once fit into 30 bits, with which Python reckons quickly."""


class DeliveryKind(StrEnum):
    """What sort of message it is."""

    POST = "post"
    THREAD = "thread"
    """The heading that a thread hangs from."""
    REPLY = "reply"
    """A message in the thread of its parent."""
    NOTICE = "notice"
    EDIT = "edit"
    """Its parent's message, brought up to date."""
    REACT = "react"
    PUBLISH = "publish"


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    """A try was made whose outcome nobody knows: it is looked up before another."""
    DONE = "done"
    DROPPED = "dropped"


PRIORITY = {
    DeliveryKind.POST: 0,
    DeliveryKind.THREAD: 0,
    DeliveryKind.REPLY: 0,
    DeliveryKind.NOTICE: 1,
    DeliveryKind.PUBLISH: 1,
    DeliveryKind.EDIT: 2,
    DeliveryKind.REACT: 3,
}
"""What goes first within a place; a delivery never waits for one of a lower priority."""


NAMING = {DeliveryKind.POST, DeliveryKind.THREAD, DeliveryKind.REPLY, DeliveryKind.EDIT}
"""What names papers, a thread's heading in its one-line form alone; an edit does where it has no text."""


ON_MESSAGES = {DeliveryKind.EDIT, DeliveryKind.REACT, DeliveryKind.PUBLISH}
"""What is done to a message that stands already, its parent's: doing it again changes nothing."""


class Delivery(NamedTuple):
    """One message owed to one place."""

    key: str
    place: Place
    kind: DeliveryKind
    due_at: datetime
    edition: str = ""
    """The key of the edition that it carries a part of."""
    parent: str = ""
    """The key of the delivery whose message it needs; it waits for it, and falls with it."""
    part: int = 0
    """0 for the whole edition (a digest, a thread's heading, an empty one's line), n for its n-th paper."""
    text: str = ""
    """What a notice says, or what an edited line says now; an edition's words come from the edition."""
    silent: bool = True
    """Posted without a notification, where the platform can."""
    expires_at: datetime | None = None
    attempt: int = 0
    """How often it was tried, this try included: the fence of a lease."""
    first_tried_at: datetime | None = None
    parent_message: MessageRef | None = None
    is_unknown: bool = False
    """An earlier try's outcome is not known."""
    looked_up_since: datetime | None = None
    """Where that is so: since when it has only been looked up, by the process that has it now."""


def delivery_key(place: Place, subject: str, kind: DeliveryKind, part: int = 0) -> str:
    """Return the key of a delivery. `subject` names what it is: a firing's key, or a notice's cause."""
    digest = sha256(f"{place}\n{subject}\n{kind.value}\n{part}".encode()).digest()
    rest, first_ten = divmod(int.from_bytes(digest), FIVE**2)
    rest, second_ten = divmod(rest, FIVE**2)
    fives = (first_ten % FIVE, first_ten // FIVE, second_ten % FIVE, second_ten // FIVE, rest % FIVE)
    return "".join(map(five_letters, fives))


def five_letters(number: int) -> str:
    """Write a number below 62⁵ in base 62, its lowest digit first."""
    rest, first = divmod(number, len(LETTER_PAIRS))
    last, second = divmod(rest, len(LETTER_PAIRS))
    return LETTER_PAIRS[first] + LETTER_PAIRS[second] + KEY_LETTERS[last]


def named_papers(delivery: Delivery, edition: Edition | None) -> tuple[PaperId, ...]:
    """Return the papers that a delivery names: all of its edition, one of them, or none."""
    if edition is None or delivery.text or delivery.kind not in NAMING:
        return ()
    chosen = edition.papers[delivery.part - 1 : delivery.part] if delivery.part else edition.papers
    return tuple(one.paper for one in chosen)


# --- What a platform answered -------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """It is there. `message` is None where it was delivered and has been deleted since.

    Of what is done to its parent's message (`ON_MESSAGES`) None says that somebody has deleted that one.
    """

    message: MessageRef | None


class Reach(StrEnum):
    """What a platform closes when it wants us to wait."""

    CALL = "call"
    """This kind of call, in this place alone (a look-up: in this server)."""
    SERVER = "server"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Throttled:
    """The platform wants us to wait, and has done nothing."""

    retry_after: timedelta
    reach: Reach = Reach.CALL


@dataclass(frozen=True, slots=True)
class Gone:
    """The place is gone, or closed to us: nothing can be posted there until somebody changes that."""

    why: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The platform will never take this message."""

    why: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It went wrong. Where `outcome_known` is False the message may be there all the same."""

    why: str
    outcome_known: bool = True


SendResult = Sent | Throttled | Gone | Rejected | Failed


@dataclass(frozen=True, slots=True)
class Absent:
    """The platform was asked and has no message with this key."""


FindResult = Sent | Absent | Throttled | Gone | Failed


# --- What follows from it -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a delivery after a try; `ready_at` is when it may be tried again."""

    state: DeliveryState
    outcome: str = ""
    message: MessageRef | None = None
    ready_at: datetime | None = None
    shows_edition: bool = True
    """Whether its message shows what its edition says, so that people can vote on it."""
    deleted: MessageRef | None = None
    """The parent's message, where it turned out that somebody has deleted it: its votes stay as they are."""
    closes_place: bool = False
    """The place takes no messages any more: its subscriptions pause, and somebody is told."""


FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=5)


def backoff(attempt: int, chance: float) -> timedelta:
    """Return the wait after a failed try: doubling from 2 seconds to 5 minutes; `chance` (0 to 1) spreads it.

    At least half of the wait always passes ("equal jitter").
    """
    whole = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(attempt - 1, 10)))
    half = whole / 2
    return half + half * chance


def after_send(delivery: Delivery, result: SendResult, now: datetime, chance: float) -> Settled:
    """Decide what follows from the answer to a try."""
    match result:
        case Sent(message):
            return arrived(delivery, message)
        case Throttled(retry_after):
            return retried(delivery, now + retry_after, "told to wait", now)
        case Failed(why, outcome_known=True):
            return retried(delivery, now + backoff(delivery.attempt, chance), why, now)
        case Failed(why):
            return Settled(DeliveryState.UNKNOWN, why, ready_at=now + backoff(delivery.attempt, chance))
        case Gone(why):
            return Settled(DeliveryState.DROPPED, why, closes_place=True)
        case Rejected(why):
            return Settled(DeliveryState.DROPPED, why)
        case _:
            assert_never(result)


def arrived(delivery: Delivery, message: MessageRef | None) -> Settled:
    """Note that it is there, or that somebody has deleted it; or the message that it was to change."""
    if message is not None:
        return Settled(DeliveryState.DONE, "delivered", message)
    deleted = delivery.parent_message if delivery.kind in ON_MESSAGES else None
    return Settled(DeliveryState.DONE, "deleted since", deleted=deleted)


def retried(delivery: Delivery, at: datetime, why: str, now: datetime) -> Settled:
    """Wait for another try, or give up where the delivery would be too late by then.

    This try did nothing, but one before it may have come through after all: a look-up finds nothing also
    where the platform still knew the key (`Messenger.find`), and it may forget it while we wait. So what was
    unknown stays it, and is looked up again before it is sent, or given up.
    """
    if delivery.is_unknown:
        return Settled(DeliveryState.UNKNOWN, why, ready_at=max(at, now))
    if has_expired(delivery, at):
        return expired(why)
    return Settled(DeliveryState.WAITING, why, ready_at=max(at, now))


def has_expired(delivery: Delivery, now: datetime) -> bool:
    """Tell whether it is too late for a delivery."""
    return delivery.expires_at is not None and now >= delivery.expires_at


def expired(why: str) -> Settled:
    """Give up a delivery that is too late; the last fault says why it is."""
    return Settled(DeliveryState.DROPPED, f"too late: {why}" if why else "too late")


def after_find(delivery: Delivery, result: FindResult, now: datetime, chance: float) -> Settled | None:
    """Decide what follows from a look-up; None where the message is not there and is to be sent now."""
    match result:
        case Sent(message):
            return Settled(DeliveryState.DONE, "delivered", message)
        case Absent():
            return expired("its outcome was not known for long") if has_expired(delivery, now) else None
        case Throttled(retry_after):
            return Settled(DeliveryState.UNKNOWN, "told to wait", ready_at=now + retry_after)
        case Gone(why):
            return Settled(DeliveryState.DROPPED, why, closes_place=True)
        case Failed(why):
            return Settled(DeliveryState.UNKNOWN, why, ready_at=now + backoff(delivery.attempt, chance))
        case _:
            assert_never(result)


def is_older(delivery: Delivery, edition: Edition) -> bool:
    """Tell whether a message that was found may be of another edition of the same firing.

    It was posted before this one was made, and before the store was restored to an earlier state.
    """
    return delivery.first_tried_at is not None and delivery.first_tried_at < edition.made_at


# --- How fast a platform may be asked -----------------------------------------


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls in any window of that length."""

    calls: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Rates:
    """The limits of a platform, taken before it says no. None: there is no such limit."""

    platform: Rate | None = None
    apart: timedelta = timedelta(0)
    """How far apart calls to the platform begin at least."""
    server: Rate | None = None
    place: Rate | None = None
    kinds: dict[DeliveryKind, Rate] = field(default_factory=dict)
    """Limits of one kind of call, for each place."""
    finds: Rate | None = None
    """The limit of look-ups, for each server."""
    longest_call: timedelta = timedelta(seconds=30)
    """After so long without an answer a call's outcome counts as unknown."""
