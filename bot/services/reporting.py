"""Whether the bot is well in a place, and why nothing came where nothing came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.answers import NOTHING_FETCHED, LastPost, NextPost, StatusReport
from bot.domain.deliveries import DeliveryState
from bot.domain.due import LATE, NEAR
from bot.domain.edition_words import SOURCE, blames_source, clock_words, source_down_words
from bot.domain.periods import day_words, feed_day, is_list_day
from bot.domain.schedule import DAY, next_firing
from bot.domain.subscriptions import is_paused
from bot.services.subscribing import permissions, removal_words, sorted_out

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from bot.domain.answers import FeedState
    from bot.domain.editions import Edition
    from bot.domain.places import Place
    from bot.domain.sources import SourceHealth
    from bot.domain.subscriptions import Standing, Subscription
    from bot.ports import Clock, Store
    from bot.ports.delivery import Fault, LastDelivery
    from bot.ports.voting import VoteStore
    from bot.services.previewing import Kept
    from bot.services.subscribing import Describe, Here

OVERDUE = timedelta(minutes=2)
"""The planner looks every second, and the sender too: what is later than this does not come by itself."""

NOBODY_SENDS = (
    "has not been made: the service does not seem to run. “papers run” starts it; what was missed comes then."
)

LIST_FAULT = "list"
"""The fault that the newest list says better by itself."""

OUTCOMES = {
    DeliveryState.DONE: "delivered",
    DeliveryState.DROPPED: "dropped",
    DeliveryState.UNKNOWN: "unknown",
    DeliveryState.CLAIMED: "waiting",
    DeliveryState.WAITING: "waiting",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is known of a place at one moment."""

    now: datetime
    here: Here
    feed: FeedState | None
    delivery: LastDelivery | None
    edition: Edition | None
    health: SourceHealth
    missing: tuple[date, ...] = ()
    """The days since the newest list on which one was expected, and none has been fetched."""
    faults: tuple[Fault, ...] = ()
    lacks: tuple[str, ...] = ()
    default_zone: str = "UTC"

    @property
    def active(self) -> tuple[Standing, ...]:
        """The subscriptions that are not paused."""
        return tuple(one for one in self.here.standings if not is_paused(one.subscription, self.now))

    @property
    def tz(self) -> str:
        """The zone in which this place is told times."""
        standings = self.here.standings
        return standings[0].subscription.tz if standings else self.default_zone

    def clock(self, at: datetime) -> str:
        """Return an instant by the place's clock."""
        return clock_words(at, self.tz, self.now)


class Reporting:
    """Answers how a place is."""

    def __init__(
        self,
        store: Store,
        kept: Kept,
        votes: VoteStore,
        clock: Clock,
        *,
        describe: Describe,
        default_zone: str,
    ) -> None:
        self._store = store
        self._votes = votes
        self._kept = kept
        self._clock = clock
        self._describe = describe
        self._default_zone = default_zone

    async def status(self, place: Place) -> StatusReport:
        """Return how things stand in a place."""
        report = report_of(place, await self._picture(place))
        return replace(report, votes_checked=await self._votes.checked_at(place))

    async def _picture(self, place: Place) -> Picture:
        now = self._clock.now()
        feed = await self._store.last_feed(feed_day(now))
        here = sorted_out(await self._kept.subscriptions(place))
        lacks: tuple[str, ...] = ()
        if here.standings:
            _, lacks = permissions(await self._describe(place))
        return Picture(
            now,
            here,
            feed=feed,
            delivery=await self._kept.last_delivery(place),
            edition=await self._kept.last_edition(place),
            health=await self._kept.source_health(SOURCE),
            missing=await self._missing(feed, feed_day(now)),
            faults=tuple(await self._kept.faults()),
            lacks=lacks,
            default_zone=self._default_zone,
        )

    async def _missing(self, feed: FeedState | None, today: date) -> tuple[date, ...]:
        """Return the lists that are missing; one that was fetched and is empty, as of a holiday, is not."""
        if feed is None:
            return ()
        known = await self._store.listed_days(feed.day, today)
        return tuple(day for day in expected_between(feed.day, today) if day not in known)


def report_of(place: Place, picture: Picture) -> StatusReport:
    """Judge a picture: what is wrong goes first, then what was asked for."""
    wrong = list(dict.fromkeys(troubles(picture)))
    meant = list(dict.fromkeys(wishes_for_silence(picture)))
    return StatusReport(
        place,
        picture.feed,
        " ".join((*wrong, *meant)),
        is_meant=bool(meant) and not wrong,
        last=last_post(picture),
        next=next_post(picture),
        has_subscriptions=bool(picture.here.standings or picture.here.broken),
    )


# --- What is wrong ----------------------------------------------------------------


def troubles(picture: Picture) -> Iterator[str]:
    """Yield what is wrong, each with what to do, the nearest cause first."""
    yield from closed_words(picture)
    for broken in picture.here.broken:
        yield (
            f"The subscription {broken.id} cannot be read and is left out: {broken.why.rstrip('.')}. "
            f"{removal_words(broken.id)}"
        )
    yield from overdue_words(picture)
    yield from ahead_words(picture)
    yield from undelivered_words(picture)
    if picture.health.failing_since is not None:
        yield source_down_words(picture.health.failing_since, picture.tz, picture.now)
        yield from waiting_words(picture)
    else:
        yield from list_words(picture)
    yield from (fault.why for fault in picture.faults if fault.name != LIST_FAULT)


def closed_words(picture: Picture) -> Iterator[str]:
    """Yield why the bot paused subscriptions itself, or will have to."""
    closed = [one.subscription for one in picture.here.standings if one.subscription.pause_reason]
    for subscription in closed:
        since = f" since {picture.clock(subscription.paused_at)}" if subscription.paused_at else ""
        why = subscription.pause_reason.rstrip(".")
        yield (
            f"Stopped{since}: {why}. When that is set right, “resume” goes on. "
            "No paper is lost: what was missed comes in the next post."
        )
    if not closed:
        yield from picture.lacks


def overdue_words(picture: Picture) -> Iterator[str]:
    """Yield that a post is overdue, where nobody plans."""
    due = [at for standing in picture.active if (at := looked_at(standing)) is not None]
    if due and picture.now - min(due) > OVERDUE:
        yield f"The post due {picture.clock(min(due))} {NOBODY_SENDS}"


def ahead_words(picture: Picture) -> Iterator[str]:
    """Yield until when nothing comes, where a clock that was ahead has planned what is still to come."""
    until = max((one.planned_until for one in picture.active), default=picture.now)
    if until - picture.now <= LATE:
        return
    mend = " Starting “papers run” again mends that." if until - picture.now > DAY else ""
    before = f"what is due before {picture.clock(until)} counts as posted"
    yield f"The clock of this machine was ahead: {before}.{mend}"


def looked_at(standing: Standing) -> datetime | None:
    """Return when a subscription should be looked at next; None where it never is."""
    if standing.next_at is not None:
        return standing.next_at
    firing = next_firing(standing.subscription, standing.planned_until)
    return firing.at if firing else None


def put_off(picture: Picture) -> Iterator[tuple[datetime, datetime]]:
    """Yield each firing that is past without its edition, and when it is looked at again, which is ahead."""
    for one in picture.active:
        if one.next_at is not None and one.next_at > picture.now:
            firing = next_firing(one.subscription, one.planned_until)
            if firing is not None and firing.at <= picture.now:
                yield firing.at, one.next_at


def waiting_words(picture: Picture) -> Iterator[str]:
    """Yield which post waits for a source; it is looked at again and again."""
    for due_at, next_at in put_off(picture):
        if next_at - picture.now <= NEAR:
            yield f"The post due {picture.clock(due_at)} waits for {SOURCE}."


def undelivered_words(picture: Picture) -> Iterator[str]:
    """Yield what became of the last post, where it did not arrive."""
    last = picture.delivery
    if last is None or last.state is DeliveryState.DONE:
        return
    post, why = f"The post due {picture.clock(last.fires_at)}", last.outcome.rstrip(".")
    if last.state is DeliveryState.DROPPED:
        yield f"{post} could not be made: {why}. Its papers come in the next one."
    elif picture.now - last.due_at > OVERDUE:
        yield f"{post} has not come through yet: {why}. I go on trying." if why else f"{post} {NOBODY_SENDS}"


def list_words(picture: Picture) -> Iterator[str]:
    """Yield why there is nothing new to read, and what to do."""
    feed, missing, today = picture.feed, picture.missing, feed_day(picture.now)
    if feed is None:
        yield NOTHING_FETCHED
    elif missing:
        lists = f"that of {day_words(missing[0], today)} is"
        if len(missing) > 1:
            lists = f"the lists of {len(missing)} weekdays are"
        mend = f"On the machine that runs me, “papers ingest --since {feed.day}” fetches what came after."
        yield f"The newest list is of {day_words(feed.day, today)}; {lists} missing. {mend}"


def expected_between(newest: date, today: date) -> list[date]:
    """Return the days between the newest list and today, both left out, on which a list was expected."""
    days = (newest + timedelta(days=number) for number in range(1, (today - newest).days))
    return [day for day in days if is_list_day(day)]


# --- What was asked for -------------------------------------------------------------


def wishes_for_silence(picture: Picture) -> Iterator[str]:
    """Yield why nothing comes though nothing is wrong."""
    standings = picture.here.standings
    for standing in standings:
        if is_paused(standing.subscription, picture.now) and not standing.subscription.pause_reason:
            yield paused_words(standing.subscription, picture)
    yield from missed_words(picture)
    edition = picture.edition
    if edition is not None and not edition.papers and is_of_one(edition, standings):
        yield from empty_words(edition.reason, picture.health)


def empty_words(reason: str, health: SourceHealth) -> Iterator[str]:
    """Yield why the last edition was empty; how the source is now is not told by what was said then."""
    if not blames_source(reason):
        yield reason
    elif health.failing_since is None:
        yield (
            f"{SOURCE} did not answer when the last post was due. It does again: "
            "what it listed meanwhile comes in the next edition."
        )


def missed_words(picture: Picture) -> Iterator[str]:
    """Yield when a post comes that was missed: after the quiet hours, or with one that is soon."""
    for due_at, next_at in put_off(picture):
        if next_at - picture.now > NEAR:
            missed = f"The post due {picture.clock(due_at)} was missed while I was not running"
            yield f"{missed}; it comes {picture.clock(next_at)}."


def is_of_one(edition: Edition, standings: tuple[Standing, ...]) -> bool:
    """Tell whether an edition is of a subscription that is still there."""
    return any(one.subscription.id == edition.subscription for one in standings)


def paused_words(subscription: Subscription, picture: Picture) -> str:
    """Say since when a subscription is paused, and how it goes on."""
    since = f" since {picture.clock(subscription.paused_at)}" if subscription.paused_at else ""
    if subscription.paused_until is None:
        return f"Paused{since}: “resume” goes on."
    return f"Paused{since}, until {picture.clock(subscription.paused_until)}."


# --- The last post and the next ---------------------------------------------------------


def last_post(picture: Picture) -> LastPost | None:
    """Return what became of the newest edition; one that owed nothing to anybody says why it was empty."""
    last, edition = picture.delivery, picture.edition
    if edition is not None and (last is None or edition.fires_at > last.fires_at):
        return LastPost(edition.fires_at, picture.tz, "nothing", why=edition.reason)
    if last is None:
        return None
    why = "" if last.state is DeliveryState.DONE else last.outcome
    return LastPost(last.fires_at, picture.tz, OUTCOMES[last.state], last.papers, last.done_at, why)


def next_post(picture: Picture) -> NextPost | None:
    """Return when this place is due next."""
    upcoming = [
        (firing.at, one.subscription.tz)
        for one in picture.here.standings
        if (firing := next_firing(one.subscription, max(picture.now, one.planned_until))) is not None
    ]
    return NextPost(*min(upcoming)) if upcoming else None
