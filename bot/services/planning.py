"""The planner: looks each second at the subscriptions that are due, and writes what each of them posts.

All that it decides is decided by pure functions of the domain (`due`, `sources`, `choosing`, `postings`); it
reads, calls them and writes. Many subscriptions that are due together share what they choose from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol
from zoneinfo import ZoneInfoNotFoundError

from bot.domain.choosing import Pool, Sieve, choose_recap
from bot.domain.due import Fire, Wait, at_now, realigned, waited
from bot.domain.edition_words import RECAP_SPAN, SOURCE
from bot.domain.editions import window_of
from bot.domain.periods import feed_day
from bot.domain.places import PlaceKind
from bot.domain.postings import Making, news_of, posting_of
from bot.domain.sources import is_spoiled, source_wait
from bot.domain.subscriptions import Layout, Standing
from bot.domain.topics import TopicMistake, parse_topic
from bot.log import fault_words, logger
from bot.ports.delivery import Broken, Planned, PlanStore, SubscriptionStore
from bot.ports.submissions import SubmissionStore
from bot.services.communities import TOGETHER
from bot.services.offering import Offers
from bot.services.submitting import submitted_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date, datetime

    from bot.domain.choosing import Choice
    from bot.domain.editions import Window
    from bot.domain.papers import Listed, PaperId
    from bot.domain.places import Place
    from bot.domain.sources import SourceHealth
    from bot.domain.topics import Topic
    from bot.ports import Clock, Scope, Scopes, Store

    Leaders = Sequence[Listed]

log = logger("planner")

TICK = timedelta(seconds=1)

AT_ONCE = 200
"""Subscriptions that are planned in one go; more would hold the event loop for too long."""

FAULT_WAIT = timedelta(minutes=1)
"""How soon an edition is tried again that a fault of the bot prevented."""

LEADERS = 100
"""Papers of the leaderboard that a recap looks at; its filter may take most of them."""

NO_PAPERS: frozenset[PaperId] = frozenset()

NOTIFY = "notify"
"""The setting of a place by which scheduled posts notify."""


class Kept(PlanStore, SubscriptionStore, SubmissionStore, Protocol):
    """Subscriptions, and what is chosen for them."""


@dataclass(slots=True)
class Tick:
    """What the subscriptions of one tick share: the moment, the sources, and what they choose from.

    What is chosen from depends on whose votes count.
    """

    now: datetime
    health: SourceHealth
    newest_list: date | None
    offers: Offers
    scopes: dict[Place, Scope] = field(default_factory=dict)
    leaders: dict[Scope, Leaders] = field(default_factory=dict)
    stuck: set[str] = field(default_factory=set)
    """Subscriptions whose plan could not be written; they are tried again in the next tick."""
    editions: int = 0
    """How many editions were written."""


@dataclass(frozen=True, slots=True)
class Group:
    """What the subscriptions of one go need to know of their places."""

    notified: Collection[Place]
    """The places whose posts notify."""
    published: Collection[Place]
    """The announcement channels, whose posts go on to those that follow them."""
    hidden: Mapping[Place, frozenset[PaperId]]
    had: dict[Place, set[PaperId]]
    """What each place has had, what was chosen for it in this go included."""
    submitted: Mapping[Place, Sequence[Listed]]
    """What was put in front of each place lately."""


class Ready(NamedTuple):
    """A subscription that fires, and what it chooses from."""

    standing: Standing
    fire: Fire
    offered: Pool | Leaders


class Planner:
    """Plans what is due. At most one plans on a store at a time; were there two, the store's guards hold."""

    def __init__(
        self,
        store: Store,
        kept: Kept,
        clock: Clock,
        source_wait_limit: timedelta,
        scopes: Scopes = TOGETHER,
    ) -> None:
        self._store = store
        self._kept = kept
        self._clock = clock
        self._source_wait = source_wait_limit
        self._scopes = scopes
        self._topics: dict[str, Topic | TopicMistake] = {}
        self._faulty: dict[str, datetime] = {}
        """Subscriptions whose edition could not be made by a fault of ours, and when that is tried again."""

    async def run(self, beat: Callable[[], None]) -> None:
        """Plan until cancelled."""
        await self.realign(beat)
        while True:
            beat()
            await self.step()
            await self._clock.sleep(TICK)

    async def realign(self, beat: Callable[[], None]) -> None:
        """Look at subscriptions earlier whose firing has moved: the zone data may be newer than the store's.

        Done at each start, as a release of tzdata comes with one.
        """
        moved: list[Planned] = []
        async for each in self._kept.all_subscriptions():
            beat()
            if isinstance(each, Standing) and (after := self._realigned(each)) != each:
                moved.append(Planned(each, after))
        for start in range(0, len(moved), AT_ONCE):
            beat()
            await self._kept.plan(moved[start : start + AT_ONCE])
        if moved:
            log.info("firings moved with the zone data", subscriptions=len(moved))

    def _realigned(self, standing: Standing) -> Standing:
        try:
            return realigned(standing, self._clock.now())
        except (ZoneInfoNotFoundError, OverflowError):  # it is set aside when it is due
            return standing

    async def step(self) -> int:
        """Plan all that is due now; return how many editions were written."""
        now = self._clock.now()
        if not await self._kept.due(now, 1):
            return 0
        health, newest = await self._kept.source_health(SOURCE), await self._newest_list(now)
        tick = Tick(now, health, newest, Offers(self._kept, now))
        self._faulty = {name: at for name, at in self._faulty.items() if now < at <= now + FAULT_WAIT}
        tick.stuck |= self._faulty.keys()
        while True:
            # What could not be written stays due, and must not hide those behind it.
            due = await self._kept.due(now, AT_ONCE + len(tick.stuck))
            fresh = [each for each in due if name_of(each) not in tick.stuck]
            if not fresh:
                return tick.editions
            await self._plan(fresh, tick)

    async def _newest_list(self, now: datetime) -> date | None:
        """Return the newest day whose list was fetched, if empty."""
        today = feed_day(now)
        return max(await self._store.listed_days(today - timedelta(days=7), today), default=None)

    async def _plan(self, due: Sequence[Standing | Broken], tick: Tick) -> None:
        """Plan some subscriptions together."""
        firing: list[tuple[Standing, Fire]] = []
        planned: list[Planned] = []
        for each in due:
            match decision := self._decided(each, tick):
                case Broken():
                    await self._set_aside(decision, tick)
                case Wait(until):
                    assert not isinstance(each, Broken)
                    planned.append(Planned(each, waited(each, until)))
                case Fire():
                    assert not isinstance(each, Broken)
                    firing.append((each, decision))
        planned += await self._posted(firing, tick)
        for one, is_written in zip(planned, await self._kept.plan(planned), strict=True):
            if not is_written:
                tick.stuck.add(one.before.subscription.id)
            elif one.edition is not None:
                tick.editions += 1

    async def _set_aside(self, broken: Broken, tick: Tick) -> None:
        """Leave a subscription out that makes no sense, visibly; the others go on."""
        log.error("subscription cannot be read", subscription=broken.id, place=broken.place, why=broken.why)
        tick.stuck.add(broken.id)
        await self._kept.set_aside(broken)

    def _decided(self, standing: Standing | Broken, tick: Tick) -> Fire | Wait | Broken:
        """Decide whether a subscription fires or waits."""
        if isinstance(standing, Broken):
            return standing
        wish = standing.subscription
        topic = self._topic(wish.topic)
        if isinstance(topic, TopicMistake):
            return Broken(wish.id, str(wish.place), f"Its topic is not understood: {topic}")
        try:
            decision = at_now(standing, tick.now)
        except ZoneInfoNotFoundError:
            return Broken(wish.id, str(wish.place), f"There is no zone “{wish.tz}”.")
        except OverflowError:
            return Broken(wish.id, str(wish.place), "It is planned beyond the end of the calendar.")
        if isinstance(decision, Wait) or wish.layout is Layout.RECAP:
            return decision
        until = source_wait(decision, tick.now, tick.health, tick.newest_list, self._source_wait)
        return decision if until is None else Wait(until)

    async def _posted(self, firing: Sequence[tuple[Standing, Fire]], tick: Tick) -> list[Planned]:
        """Make the editions of subscriptions that fire, in their order."""
        if not firing:
            return []
        ready = await self._ready(firing, tick)
        group = await self._group(ready, tick)
        made = [self._made(each, tick, group) for each in ready]
        return [planned for planned in made if planned is not None]

    def _made(self, ready: Ready, tick: Tick, group: Group) -> Planned | None:
        """Make one edition; None where a fault of ours prevents it, which holds up no other.

        It stays due, so `status` says that it has not come.
        """
        try:
            return self._planned(ready, tick, group)
        except Exception as fault:  # noqa: BLE001 - as said
            name, place = ready.standing.subscription.id, str(ready.standing.subscription.place)
            why = fault_words(fault)
            log.error("edition cannot be made", subscription=name, place=place, why=why)  # noqa: TRY400 - our own log
            self._faulty[name] = tick.now + FAULT_WAIT
            tick.stuck.add(name)
            return None

    async def _ready(self, firing: Sequence[tuple[Standing, Fire]], tick: Tick) -> list[Ready]:
        """Read what subscriptions choose from."""
        asked: dict[str, tuple[Window, Scope]] = {}
        leaders: dict[str, Leaders] = {}
        for standing, _ in firing:
            wish = standing.subscription
            scope = tick.scopes[wish.place] = await self._scopes.scope_of(wish.place)
            if wish.layout is Layout.RECAP:
                leaders[wish.id] = await self._leaders(scope, tick)
            else:
                asked[wish.id] = window_of(standing, tick.now), scope
        pools = await tick.offers.pools(asked.values())
        offered = leaders | {name: pools[each] for name, each in asked.items()}
        return [Ready(standing, fire, offered[standing.subscription.id]) for standing, fire in firing]

    async def _leaders(self, scope: Scope, tick: Tick) -> Leaders:
        """Read the leaderboard, once for all of a community that are due together."""
        if scope not in tick.leaders:
            since = tick.now - RECAP_SPAN
            tick.leaders[scope] = await self._store.leaderboard(since, scope=scope, limit=LEADERS)
        return tick.leaders[scope]

    async def _group(self, ready: Sequence[Ready], tick: Tick) -> Group:
        """Read what is known of the places of subscriptions that fire."""
        places = {each.standing.subscription.place for each in ready}
        scopes = {place: tick.scopes[place] for place in places}
        submitted = await submitted_in(scopes, self._store, self._kept, tick.now)
        papers = tick.offers.papers.union(one.paper.id for some in submitted.values() for one in some)
        profiles = await self._kept.profiles(places)
        had = await self._kept.had(places, papers)
        return Group(
            {place for place, profile in profiles.items() if profile.settings.get(NOTIFY) == "on"},
            {place for place, profile in profiles.items() if profile.kind is PlaceKind.ANNOUNCEMENT},
            await self._kept.hidden(places),
            {place: set(had.get(place, ())) for place in places},
            submitted,
        )

    def _planned(self, ready: Ready, tick: Tick, group: Group) -> Planned:
        """Make one edition; of two of a place that are due together the second sees what the first chose."""
        standing, fire, _ = ready
        place = standing.subscription.place
        choice = self._choice(ready, tick, group)
        if standing.subscription.layout is not Layout.RECAP:
            group.had[place].update([chosen.paper for chosen in choice.papers])
        spoiled = is_spoiled(fire.firing, tick.health, tick.newest_list)
        news = news_of(standing, tick.health, is_spoiled=spoiled)
        making = Making(
            standing,
            fire,
            choice,
            tick.now,
            tick.health,
            news,
            notifies=place in group.notified,
            publishes=place in group.published,
        )
        posting = posting_of(making)
        return Planned(standing, posting.after, posting.edition, posting.deliveries)

    def _choice(self, ready: Ready, tick: Tick, group: Group) -> Choice:
        """Choose the papers of one edition."""
        wish, offered = ready.standing.subscription, ready.offered
        topic = self._topic(wish.topic)
        assert not isinstance(topic, TopicMistake)
        hidden = group.hidden.get(wish.place, NO_PAPERS)
        if not isinstance(offered, Pool):
            return choose_recap(offered, Sieve(wish, topic, hidden=hidden), tick.now)
        if submitted := group.submitted.get(wish.place):
            offered = offered.with_submitted(submitted)
        sieve = Sieve(wish, topic, group.had[wish.place], hidden)
        return offered.choice(sieve, ready.fire.firing.local_date)

    def _topic(self, text: str) -> Topic | TopicMistake | None:
        """Read a topic, each text once; None where there is none."""
        if not text:
            return None
        if text not in self._topics:
            self._topics[text] = parse_topic(text)
        return self._topics[text]


def name_of(due: Standing | Broken) -> str:
    """Return the id of a subscription, readable or not."""
    return due.id if isinstance(due, Broken) else due.subscription.id
