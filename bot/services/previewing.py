"""What a subscription would post: now, of the last lists, and, where somebody asks for it, posted at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.domain.answers import Preview, Refusal, SubscriptionState
from bot.domain.choosing import Sieve, choose_recap, filter_shares, shares_of
from bot.domain.due import Fire
from bot.domain.edition_words import RECAP_SPAN, SOURCE, filter_parts, would_have_given
from bot.domain.editions import window_of
from bot.domain.periods import feed_day
from bot.domain.places import PlaceKind
from bot.domain.postings import Making, edition_of, posting_now
from bot.domain.schedule import firing_now, next_firing, next_firings
from bot.domain.subscriptions import Layout, is_paused
from bot.domain.text import counted
from bot.domain.topics import TopicMistake, parse_topic
from bot.ports import EVERYBODY
from bot.ports.delivery import Outbox, Planned, PlanStore, SubscriptionStore
from bot.ports.submissions import SubmissionStore
from bot.services.communities import TOGETHER
from bot.services.offering import Offers
from bot.services.planning import LEADERS, NOTIFY
from bot.services.submitting import submitted_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.domain.choosing import Choice
    from bot.domain.papers import Listed, PaperId
    from bot.domain.schedule import Firing
    from bot.domain.shares import Shares
    from bot.domain.subscriptions import Standing, Subscription
    from bot.domain.topics import Topic
    from bot.ports import Clock, Scopes, Store

LISTS_TRIED = 5
"""How many of the last lists a filter is tried on."""

FIRINGS_TOLD = 3


class Kept(SubscriptionStore, PlanStore, SubmissionStore, Outbox, Protocol):
    """Subscriptions, what is chosen for them, and what is owed to their places."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A subscription as somebody wishes it; `kept` is how it is kept, None where it is not."""

    wished: Standing
    kept: Standing | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen for one moment, with the papers' figures then."""

    choice: Choice
    papers: Mapping[PaperId, Listed]
    shares: Shares | None = None
    """What the filter took; None for a recap, which looks at votes alone."""


class Previewing:
    """Chooses papers as the planner does."""

    def __init__(self, store: Store, kept: Kept, clock: Clock, scopes: Scopes = TOGETHER) -> None:
        self._store = store
        self._kept = kept
        self._clock = clock
        self._scopes = scopes

    async def tried(self, subscription: Subscription) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """Return how many papers each of the last lists would have given, and that in sentences."""
        if subscription.layout is Layout.RECAP:
            return (), ()
        day = feed_day(self._clock.now())
        lists = await self._store.newest_lists(day, LISTS_TRIED, scope=EVERYBODY, limit=None)
        hidden = (await self._kept.hidden([subscription.place])).get(subscription.place, frozenset())
        shares = filter_shares(lists, Sieve(subscription, topic_of(subscription), hidden=hidden))
        return shares.given, would_have_given(shares, subscription.topic, subscription.min_upvotes)

    async def preview(self, draft: Draft) -> Preview:
        """Answer with what the next firing would post if it were now."""
        now, wished = self._clock.now(), draft.wished
        firing = firing_now(wished.subscription, now)
        chosen = await self._chosen(wished, firing, now)
        edition = edition_of(await self._making(wished, firing, chosen.choice, now))
        state = state_of(wished.subscription, now)
        notes = filter_words(chosen, wished.subscription)
        is_kept = draft.kept is not None and draft.kept.subscription == wished.subscription
        return Preview(state, edition, chosen.papers, notes, is_kept=is_kept)

    async def post(self, draft: Draft) -> Preview | Refusal:
        """Post that now. Twice within one minute of the place's clock is once; its papers count as had."""
        if draft.kept is None:
            return Refusal("There is no subscription here to post for. “subscribe” makes one.")
        now, wished = self._clock.now(), draft.wished
        firing = firing_now(wished.subscription, now)
        if await self._kept.editions([firing.key]):
            return Refusal("There is a post of this very minute already. “status” tells what became of it.")
        chosen = await self._chosen(wished, firing, now)
        posting = posting_now(await self._making(wished, firing, chosen.choice, now))
        if not posting.edition.papers:
            return Refusal(f"Nothing was posted. {posting.edition.reason}")
        after = posting.after._replace(subscription=draft.kept.subscription)
        [is_done] = await self._kept.plan([Planned(draft.kept, after, posting.edition, posting.deliveries)])
        if not is_done:
            return Refusal("Something else was posted or changed here just now. Ask again.")
        state = state_of(draft.kept.subscription, now)
        return Preview(state, posting.edition, chosen.papers, is_posted=True)

    async def _making(self, standing: Standing, firing: Firing, choice: Choice, now: datetime) -> Making:
        """Return what an edition is made of; what the source is at matters to scheduled ones alone."""
        profile = await self._kept.profile(standing.subscription.place)
        notifies = profile is not None and profile.settings.get(NOTIFY) == "on"
        publishes = profile is not None and profile.kind is PlaceKind.ANNOUNCEMENT
        upcoming = next_firing(standing.subscription, now)
        health = await self._kept.source_health(SOURCE)
        fire = Fire(firing, firing, upcoming)
        return Making(standing, fire, choice, now, health, notifies=notifies, publishes=publishes)

    async def _chosen(self, standing: Standing, firing: Firing, now: datetime) -> Chosen:
        """Choose papers for one moment."""
        wish, place = standing.subscription, standing.subscription.place
        hidden = (await self._kept.hidden([place])).get(place, frozenset())
        sieve = Sieve(wish, topic_of(wish), hidden=hidden)
        scope = await self._scopes.scope_of(place)
        if wish.layout is Layout.RECAP:
            leaders = await self._store.leaderboard(now - RECAP_SPAN, scope=scope, limit=LEADERS)
            return Chosen(choose_recap(leaders, sieve, now), {one.paper.id: one for one in leaders})
        submitted = (await submitted_in({place: scope}, self._store, self._kept, now)).get(place, ())
        asked = window_of(standing, now), scope
        pool = (await Offers(self._kept, now).pools([asked]))[asked].with_submitted(submitted)
        papers = {one.listed.paper.id: one.listed for one in pool.ranked}
        sieve = sieve._replace(had=(await self._kept.had([place], list(papers))).get(place, frozenset()))
        return Chosen(pool.choice(sieve, firing.local_date), papers, shares_of(pool, sieve))


def topic_of(subscription: Subscription) -> Topic | None:
    """Return a subscription's topic, read; None where it has none, or one that cannot be read any more."""
    topic = parse_topic(subscription.topic) if subscription.topic else None
    return None if isinstance(topic, TopicMistake) else topic


def state_of(subscription: Subscription, now: datetime) -> SubscriptionState:
    """Return a subscription with its next firings."""
    upcoming = tuple(firing.at for firing in next_firings(subscription, now, FIRINGS_TOLD))
    return SubscriptionState(subscription, upcoming, is_paused(subscription, now))


def filter_words(chosen: Chosen, subscription: Subscription) -> tuple[str, ...]:
    """Say what the filter took of the papers that were looked at, and how many were left."""
    shares = chosen.shares
    if shares is None or not chosen.choice.papers:
        return ()  # the reason for nothing says it already
    parts = filter_parts(shares, subscription.topic, subscription.min_upvotes)
    left = shares.looked_at - shares.off_topic - shares.hidden - shares.had - shares.under
    whose = f"Of {counted(shares.looked_at, 'paper')}, {', '.join(parts)}." if parts else ""
    best = f"These are the best {subscription.count} of the {left:,} papers left."
    return tuple(filter(None, (whose, best if left > subscription.count and parts else "")))
