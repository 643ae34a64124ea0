"""What scheduling and delivering ask of the world: the store's side of them, and a chat platform.

A row that cannot be read (`Broken`) takes only itself out, visibly: whoever reads rows deals with both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.domain.editions import Window
from bot.domain.sources import SourceHealth
from bot.domain.subscriptions import Standing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from bot.domain.cards import Card
    from bot.domain.deliveries import (
        Delivery,
        DeliveryState,
        FindResult,
        Gone,
        MessageRef,
        Rates,
        SendResult,
        Settled,
    )
    from bot.domain.editions import Candidate, Edition
    from bot.domain.papers import PaperId
    from bot.domain.places import Identity, Place, PlaceProfile
    from bot.ports import Scope

__all__ = ["SourceHealth", "Standing", "Window"]
"""What the domain decides by, and is asked for here beside the ports that return it."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A stored row that makes no sense: which one, of which place, and why."""

    id: str
    place: str
    why: str


# --- Subscriptions ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Caps:
    """How many subscriptions there may be."""

    place: int = 5
    server: int = 50


class Saved(Enum):
    """How saving a subscription ended."""

    DONE = "done"
    TOO_MANY_HERE = "too many here"
    TOO_MANY_ON_SERVER = "too many on the server"
    CHANGED_MEANWHILE = "changed meanwhile"


@dataclass(frozen=True, slots=True)
class Change:
    """A subscription before and after a change; None where it was not there, or is not any more."""

    before: Standing | None
    after: Standing | None


@dataclass(frozen=True, slots=True)
class Undo:
    """What takes a change back, for ten minutes."""

    token: str
    place: Place
    until: datetime
    changes: tuple[Change, ...]


class SubscriptionStore(Protocol):
    """Standing wishes, and the ways of places."""

    async def subscriptions(self, place: Place) -> Sequence[Standing | Broken]:
        """Return the subscriptions of a place, by when they were made, then id."""

    async def server_subscriptions(self, server: str) -> Sequence[Standing | Broken]:
        """Return the subscriptions of all places of a server (`discord:<guild>`), by place, then id."""

    def all_subscriptions(self) -> AsyncIterator[Standing | Broken]:
        """Yield every subscription, by id, a page at a time."""

    async def change(self, changes: Sequence[Change], caps: Caps, undo: Undo | None) -> Saved:
        """Make changes, all or none, and keep how to undo them.

        None is made where one would break a cap (new subscriptions alone are counted), or where one is not
        as `before` says any more (planning in between does not count).
        """

    async def discard(self, broken: Broken) -> bool:
        """Remove a row that cannot be read; False where none of its id and place is there, or it can be."""

    async def take_undo(self, token: str, place: Place, now: datetime) -> Undo | None:
        """Take an undo out, once; None where there is none here, or its time is over."""

    async def profile(self, place: Place) -> PlaceProfile | None:
        """Return a place's kind and settings; None where nothing is kept of it."""

    async def profiles(self, places: Collection[Place]) -> Mapping[Place, PlaceProfile]:
        """Return the profiles of places; one of which nothing is kept is left out."""

    async def keep_profile(self, profile: PlaceProfile) -> None:
        """Keep a place's kind and settings, in the place of what was kept before."""

    async def hide(self, place: Place, paper: PaperId, identity: Identity, at: datetime) -> bool:
        """Take a paper out of lists and editions of a place; False where it was out already."""

    async def unhide(self, place: Place, paper: PaperId) -> bool:
        """Take that back; False where it was not hidden."""

    async def hidden(self, places: Collection[Place]) -> Mapping[Place, frozenset[PaperId]]:
        """Return what is hidden in each of the places; a place without any is left out."""


# --- Planning -----------------------------------------------------------------


class Planned(NamedTuple):
    """What planning one subscription came to, to be written all or not at all.

    `edition` is None where nothing is posted yet and the planner only looks again at `after.next_at`.
    """

    before: Standing
    after: Standing
    edition: Edition | None = None
    deliveries: tuple[Delivery, ...] = ()


class PlanStore(Protocol):
    """What the planner reads and writes."""

    async def due(self, now: datetime, limit: int) -> Sequence[Standing | Broken]:
        """Return subscriptions that are due (`next_at` None or past), not paused, oldest first."""

    async def candidates(self, window: Window) -> Sequence[Candidate]:
        """Return the papers of a window with figures as they stood then, and without votes: see `votes_then`.

        `listed.feed_day` is a paper's newest day in the window; `listed.earlier` is the first figure ever
        seen of it. Ordered by newest day, then id.
        """

    async def votes_then(
        self, scopes: Collection[Scope], papers: Collection[PaperId], as_of: datetime
    ) -> Mapping[Scope, Mapping[PaperId, int]]:
        """Return how many people of each scope had voted for each of the papers by a moment.

        A paper that nobody voted for is left out, and so is a scope without any.
        """

    async def had(
        self, places: Collection[Place], papers: Collection[PaperId]
    ) -> Mapping[Place, frozenset[PaperId]]:
        """Return which of the papers each place has had in editions; a place without any is left out."""

    async def plan(self, planned: Sequence[Planned]) -> Sequence[bool]:
        """Write each: its edition, deliveries and had rows, and how far its subscription is planned.

        False, and nothing of it written, where the subscription was changed, paused or planned meanwhile, the
        edition is there already (then only the subscription moves on), or the place has had one of its
        papers by now.
        """

    async def set_aside(self, broken: Broken) -> None:
        """Leave a broken row out of planning until somebody mends it."""

    async def source_health(self, source: str) -> SourceHealth:
        """Return how a source answers."""

    async def record_health(self, source: str, health: SourceHealth) -> None:
        """Keep how a source answers."""


# --- The outbox ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How much waits to be delivered, and since when the oldest has been due."""

    waiting: int
    oldest_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class LastDelivery:
    """The newest delivery of an edition in a place, and what became of it."""

    fires_at: datetime
    """When the edition was due; what is made late is owed from then on (`due_at`) alone."""
    due_at: datetime
    state: DeliveryState
    outcome: str = ""
    done_at: datetime | None = None
    papers: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with the service: `list`, `deliveries:discord`, `loop:fetcher`."""

    name: str
    since: datetime
    why: str
    """A sentence for whoever runs the service."""


class Outbox(Protocol):
    """Deliveries, from planned to done."""

    async def put(self, deliveries: Sequence[Delivery]) -> int:
        """Add deliveries that belong to no edition's plan; one whose key is there already is left alone."""

    async def claim(
        self, platform: str, holder: str, now: datetime, lease_until: datetime, limit: int
    ) -> Sequence[Delivery | Broken]:
        """Lease deliveries that may be tried now, at most one of a place, round-robin over servers.

        Of a place the first open one by priority, due time, part and key is meant; one that waits for
        another try holds back those behind it. A child is ready once its parent is done, and bears its
        parent's message. Each comes with its attempt counted up.
        """

    async def keep_posted(
        self, edition: Edition, delivery: Delivery, message: MessageRef, at: datetime
    ) -> bool:
        """Keep an edition that was posted already as one message, on which people vote from then on.

        False, and nothing kept, where the edition is there already.
        """

    async def settle(self, delivery: Delivery, settled: Settled, now: datetime) -> bool:
        """Write what became of a claimed delivery; False, and nothing, where its lease was lost (the fence).

        Done: its message is kept, with a ballot for each paper that it shows; where its parent's message was
        `deleted`, that is forgotten, so that nothing more is done to it. Dropped: its children fall
        with it, the papers that were to be shown are given back (had); `closes_place` pauses the place's
        subscriptions with the outcome as reason.
        """

    async def recover(self, platform: str, now: datetime | None) -> int:
        """Make claims unknown whose lease is over at `now` (None: all); return how many.

        What is leased or put off for more than a day was so by a clock that was ahead: it waits no longer.
        """

    async def editions(self, keys: Collection[str]) -> Mapping[str, Edition]:
        """Return editions by key."""

    async def showing(self, place: Place, paper: PaperId) -> Sequence[Delivery]:
        """Return the deliveries of editions that show a paper in a place, or will; the newest first.

        Those that were dropped are left out; those whose message was deleted since are not.
        """

    async def posted(self, platform: str, first: datetime, until: datetime) -> Sequence[Delivery]:
        """Return the deliveries that show papers on a platform, done from `first` on and before `until`.

        By when they were done, then key; those whose message was deleted by then are left out.
        """

    async def backlog(self, platform: str, now: datetime) -> OutboxState:
        """Return what is due and not done yet."""

    async def dropped(self, first: datetime, until: datetime) -> Mapping[str, int]:
        """Count the deliveries that were dropped from `first` on and before `until`, by their outcome."""

    async def last_delivery(self, place: Place) -> LastDelivery | None:
        """Return what became of the newest edition with deliveries of a place."""

    async def last_edition(self, place: Place) -> Edition | None:
        """Return the newest edition of a place, with deliveries or without."""

    async def forget(self, before: datetime) -> int:
        """Forget deliveries that were over before an instant, and editions all of whose are forgotten.

        What an open delivery or a subscription needs stays, and the newest edition of each place. It goes
        piece by piece; return how many rows went, 0 when all is done.
        """

    async def hold(self, role: str, holder: str, ttl: timedelta) -> bool:
        """Take or keep a role, in the database's own time; False where another holder has it.

        A hold that would last for more than ten times `ttl` is of a clock that was ahead, and is over.
        """

    async def release(self, role: str, holder: str) -> None:
        """Let a role go, where this holder has it."""

    async def faults(self) -> Sequence[Fault]:
        """Return the faults of the service that are noted, by name."""

    async def open_fault(self, fault: Fault) -> bool:
        """Note a fault; False where one of its name is noted already."""

    async def close_fault(self, name: str) -> bool:
        """Note that a fault is over; False where it was not noted."""


# --- A chat platform ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """What the bot may do in a place, in words (`post`, `embed`, `react`), and what it may not."""

    can: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    """Each a sentence: which permission is missing, and where to give it."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """People who reacted to a message with an emoji; bots are left out."""

    emoji: str
    identities: frozenset[Identity] = field(default=frozenset())
    is_super: bool = False
    """Discord's super reactions are listed apart from the plain ones with the same emoji."""


class Messenger(Protocol):
    """What the core asks of a chat platform. Every answer of the platform is a value; only a bug raises."""

    @property
    def platform(self) -> str:
        """The platform's word in places: `discord`."""

    @property
    def rates(self) -> Rates:
        """The limits that are kept."""

    async def send(self, delivery: Delivery, card: Card) -> SendResult:
        """Post a card (post, thread, reply, notice), or put it in the place of the parent's (edit)."""

    async def publish(self, delivery: Delivery) -> SendResult:
        """Publish the parent's message to the channels that follow an announcement channel."""

    async def react(self, delivery: Delivery) -> SendResult:
        """React to the parent's message with the emoji in the delivery's text."""

    async def reactions(self, place: Place, message: MessageRef) -> Sequence[Reaction] | FindResult:
        """Return who reacted to a message; where that cannot be told, why."""

    async def find(self, delivery: Delivery) -> FindResult:
        """Look a message up by its key. Absent also where sending the key again cannot double it."""

    async def describe(self, place: Place) -> PlaceReport | Gone:
        """Tell what the bot may do in a place."""

    async def direct(self, identity: Identity) -> Place | None:
        """Return the place where the bot speaks with one person alone; None where it cannot."""
