"""Standing wishes: made, changed, paused and taken back; what a change would bring is told with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

from bot.domain.answers import BrokenSubscription, Done, Refusal, SubscriptionList, SubscriptionSaved
from bot.domain.deliveries import Gone
from bot.domain.due import awaiting, begun, changed
from bot.domain.edition_words import clock_words
from bot.domain.places import PlaceProfile
from bot.domain.subscriptions import Standing, Subscription, is_paused
from bot.domain.text import counted
from bot.domain.wishes import schedule_words, wish_words
from bot.domain.zones import winter_words
from bot.ports.delivery import Broken, Caps, Change, PlaceReport, Saved, Undo
from bot.services.previewing import Draft, state_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import datetime

    from bot.domain.answers import SubscriptionState
    from bot.domain.places import Identity, Place
    from bot.domain.wishes import Wish
    from bot.ports import Clock
    from bot.services.previewing import Kept, Previewing

    Describe = Callable[[Place], Awaitable[PlaceReport | Gone]]
    """Tells what the bot may do in a place."""
    Letters = Callable[[int], str]
    """Returns so many random letters and digits, easy to read and to type."""

UNDO_LASTS = timedelta(minutes=10)

FIRST_TIMES = (time(9),)
"""When a subscription is due that names no time."""

ID_LETTERS = 5
TOKEN_LETTERS = 8
MOST_TRIES = 5
"""How often another id is made where one is taken."""

ZONE = "tz"
"""The setting of a place that keeps its last zone."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants something, where; `zone` is their own time zone, where the platform tells it."""

    place: Place
    identity: Identity
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Here:
    """The subscriptions of a place: those that can be read, and those that cannot."""

    standings: tuple[Standing, ...]
    broken: tuple[Broken, ...]

    def named(self, which: str) -> Standing | Refusal:
        """Return the subscription of an id; without one, the only one."""
        if which:
            return self._of_id(which.strip().lower())
        if not self.standings and self.broken:
            return unreadable_words(self.broken[0])
        if not self.standings:
            return Refusal("There is no subscription here. “subscribe” makes one.")
        if len(self.standings) > 1:
            number = counted(len(self.standings), "subscription")
            return Refusal(f"There are {number} here, so say which by its id: {ids_of(self.standings)}.")
        return self.standings[0]

    def _of_id(self, which: str) -> Standing | Refusal:
        for standing in self.standings:
            if standing.subscription.id.lower() == which:
                return standing
        for broken in self.broken:
            if broken.id.lower() == which:
                return unreadable_words(broken)
        verb = "is" if len(self.standings) == 1 else "are"
        there = f"here {verb} {ids_of(self.standings)}" if self.standings else "there is none at all"
        return Refusal(f"There is no subscription {which[:40]} here; {there}.")

    def unreadable(self, which: str) -> Broken | None:
        """Return the row of an id that cannot be read; without one, the only one, where all else is gone."""
        if not which:
            return self.broken[0] if len(self.broken) == 1 and not self.standings else None
        meant = which.strip().lower()
        return next((broken for broken in self.broken if broken.id.lower() == meant), None)


def unreadable_words(broken: Broken) -> Refusal:
    """Refuse what is wanted of a subscription that cannot be read, and say what helps."""
    return Refusal(
        f"The subscription {broken.id} cannot be read: {broken.why.rstrip('.')}. {removal_words(broken.id)}"
    )


def removal_words(which: str) -> str:
    """Say how a subscription that cannot be read goes away."""
    return f"“unsubscribe {which}” removes it, and “subscribe” makes another."


def ids_of(standings: Iterable[Standing]) -> str:
    """Return subscriptions by id, each with when it is due: `k3f9x (weekdays at 09:00 Paris)`."""
    each = (standing.subscription for standing in standings)
    return ", ".join(f"{one.id} ({schedule_words(one)})" for one in each)


class Subscribing:
    """Manages the subscriptions of places. Whatever changes can be undone for ten minutes."""

    def __init__(
        self,
        kept: Kept,
        previewing: Previewing,
        clock: Clock,
        *,
        describe: Describe,
        letters: Letters,
        caps: Caps,
        default_zone: str,
    ) -> None:
        self._kept = kept
        self._previewing = previewing
        self._clock = clock
        self._describe = describe
        self._letters = letters
        self._caps = caps
        self._default_zone = default_zone

    async def here(self, place: Place) -> Here:
        """Return the subscriptions of a place."""
        return sorted_out(await self._kept.subscriptions(place))

    async def listed(self, place: Place) -> SubscriptionList:
        """Answer with all subscriptions of a place."""
        here, now = await self.here(place), self._clock.now()
        states = tuple(state_of(standing.subscription, now) for standing in here.standings)
        return SubscriptionList(
            place, states, tuple(BrokenSubscription(one.id, one.why) for one in here.broken)
        )

    # --- Making and changing -------------------------------------------------------

    async def subscribe(
        self, asker: Asker, wish: Wish, *, which: str = "", adds: bool = False
    ) -> SubscriptionSaved | Refusal:
        """Make a subscription, or change the one that is meant: what is not named stays as it is."""
        here = await self.here(asker.place)
        if adds or not (here.standings or which):
            return await self._make(asker, wish)
        meant = here.named(which)
        if isinstance(meant, Refusal):
            return meant if which else with_hint(meant, "With add it makes another.")
        return await self._change(meant, wish)

    async def draft(self, asker: Asker, wish: Wish, which: str = "") -> Draft | Refusal:
        """Return what `subscribe` would make of a wish; nothing is kept."""
        here = await self.here(asker.place)
        if not (here.standings or which):
            return Draft(begun(await self._new(asker, wish, ""), self._clock.now()))
        meant = here.named(which)
        if isinstance(meant, Refusal):
            return meant
        return Draft(meant._replace(subscription=wish.of(meant.subscription)), meant)

    async def _make(self, asker: Asker, wish: Wish) -> SubscriptionSaved | Refusal:
        saved = Saved.CHANGED_MEANWHILE
        for _ in range(MOST_TRIES):
            made = begun(await self._new(asker, wish, self._letters(ID_LETTERS)), self._clock.now())
            undo = self._undo(asker.place, Change(None, made))
            saved = await self._kept.change(undo.changes, self._caps, undo)
            if saved is Saved.DONE:
                await self._keep_zone(made.subscription)
                note = self._zone_note(wish, made.subscription)
                return await self._told(made.subscription, None, undo.token, note)
            if saved is not Saved.CHANGED_MEANWHILE:
                break
        return self._refused(saved)

    async def _new(self, asker: Asker, wish: Wish, made_id: str) -> Subscription:
        """Return a new subscription; what is not named has its default."""
        zone = wish.tz or await self.zone_of(asker)
        blank = Subscription(made_id, asker.place, FIRST_TIMES, zone)
        return replace(wish.of(blank), created_by=asker.identity, created_at=self._clock.now())

    async def _change(self, before: Standing, wish: Wish) -> SubscriptionSaved | Refusal:
        wanted = wish.of(before.subscription)
        if wanted == before.subscription:
            return await self._told(wanted, wanted)
        after = changed(before, wanted, self._clock.now())
        undo = self._undo(wanted.place, Change(before, after))
        saved = await self._kept.change(undo.changes, self._caps, undo)
        if saved is not Saved.DONE:
            return self._refused(saved)
        await self._keep_zone(wanted)
        return await self._told(wanted, before.subscription, undo.token)

    async def zone_of(self, asker: Asker) -> str:
        """Return the zone where none is named: the place's last, the asker's own, else the default."""
        profile = await self._kept.profile(asker.place)
        last = profile.settings.get(ZONE, "") if profile else ""
        if not last:
            here = await self.here(asker.place)
            last = here.standings[-1].subscription.tz if here.standings else ""
        return last or asker.zone or self._default_zone

    async def _keep_zone(self, subscription: Subscription) -> None:
        """Keep the zone of a place for the next time that none is named."""
        profile = await self._kept.profile(subscription.place) or PlaceProfile(subscription.place)
        if profile.settings.get(ZONE) != subscription.tz:
            ways = {**profile.settings, ZONE: subscription.tz}
            await self._kept.keep_profile(replace(profile, settings=ways))

    def _zone_note(self, wish: Wish, made: Subscription) -> str:
        """Say which zone was taken where nobody named one and nothing told it."""
        if wish.tz or made.tz != self._default_zone:
            return ""
        return f"No zone was named, so these are times of {made.tz}; another is named by tz."

    async def _told(
        self, subscription: Subscription, before: Subscription | None, undo: str = "", note: str = ""
    ) -> SubscriptionSaved:
        """Answer with a subscription as it is kept now, and what it will bring."""
        report = await self._describe(subscription.place)
        given, taken = await self._previewing.tried(subscription)
        state = state_of(subscription, self._clock.now())
        notes = (*taken, *filter(None, (note, winter_words(subscription.tz))))
        can, lacks = permissions(report)
        return SubscriptionSaved(state, before, can, lacks, given, notes, undo)

    # --- Removing, pausing ------------------------------------------------------------

    async def unsubscribe(self, place: Place, which: str) -> Done | Refusal:
        """Remove a subscription."""
        here = await self.here(place)
        if broken := here.unreadable(which):
            return await self._discard(broken)
        meant = here.named(which)
        if isinstance(meant, Refusal):
            return meant
        removed = f"Removed: {wish_words(meant.subscription)}. What was posted stays."
        return await self._done(place, removed, [Change(meant, None)])

    async def _discard(self, broken: Broken) -> Done | Refusal:
        """Remove a row that cannot be read. Nobody could put it back, so there is no Undo."""
        if not await self._kept.discard(broken):
            return self._refused(Saved.CHANGED_MEANWHILE)
        return Done(f"Removed: the subscription {broken.id}, which could not be read. What was posted stays.")

    async def pause(
        self, place: Place, standings: Sequence[Standing], until: datetime | None
    ) -> Done | Refusal:
        """Pause subscriptions until a moment, or until somebody resumes them.

        Those that the bot had to stop, too: they would go on once it may post there again.
        """
        now = self._clock.now()
        changes = [
            Change(standing, changed(standing, paused(standing.subscription, now, until), now))
            for standing in standings
            if not is_paused(standing.subscription, now)
            or standing.subscription.paused_until != until
            or standing.subscription.pause_reason
        ]
        if not changes:
            return Done("That is paused already: “resume” goes on.", self._states(standings))
        return await self._done(place, self._paused_words(changes, until), changes)

    def _paused_words(self, changes: Sequence[Change], until: datetime | None) -> str:
        """Say what is paused, and how it goes on."""
        [first, *others] = (one.after.subscription for one in changes if one.after)
        what = counted(len(changes), "subscription") if others else wish_words(first)
        if until is None:
            return f"Paused until you resume: {what}."
        return f"Paused until {clock_words(until, first.tz, self._clock.now())}: {what}."

    async def resume(self, place: Place, standings: Sequence[Standing]) -> Done | Refusal:
        """Go on with paused subscriptions. What was missed is not made up."""
        now = self._clock.now()
        changes = [
            Change(standing, changed(standing, going_on(standing.subscription), now))
            for standing in standings
            if is_paused(standing.subscription, now)
        ]
        if not changes:
            return Done("That is not paused.", self._states(standings))
        words = [wish_words(one.after.subscription) for one in changes if one.after]
        what = words[0] if len(words) == 1 else counted(len(words), "subscription")
        _, lacks = permissions(await self._describe(place))
        told = " ".join((f"Going on: {what}.", *lacks))
        return await self._done(place, told, changes)

    async def closed(self, place: Place) -> tuple[str, ...]:
        """Return why the bot cannot post in a place, each a sentence; nothing where it can."""
        report = await self._describe(place)
        if isinstance(report, Gone):
            return (f"I cannot post in {place} now: {report.why.rstrip('.')}.",)
        return () if "post" in report.can else report.lacks

    async def server(self, place: Place) -> Here:
        """Return the subscriptions of all places of a server; of a conversation, which has none, its own."""
        if place.is_own:
            return await self.here(place)
        return sorted_out(await self._kept.server_subscriptions(place.server_key))

    async def _done(self, place: Place, sentence: str, changes: Sequence[Change]) -> Done | Refusal:
        """Make changes that can be undone, and say so."""
        undo = self._undo(place, *changes)
        saved = await self._kept.change(changes, self._caps, undo)
        if saved is not Saved.DONE:
            return self._refused(saved)
        return Done(sentence, self._states(one.after for one in changes if one.after), undo.token)

    # --- Taking back --------------------------------------------------------------------

    async def undo(self, place: Place, token: str) -> Done | Refusal:
        """Take the last change back, as if it had not been made: what it kept from firing fires."""
        now = self._clock.now()
        undo = await self._kept.take_undo(token.strip().lower(), place, now)
        if undo is None:
            return Refusal("There is nothing to undo by that word: it was used, or ten minutes have passed.")
        changes = [await self._reverse(change) for change in undo.changes]
        whole = [change for change in changes if change is not None]
        if len(whole) < len(changes):
            return Refusal("That was changed again since, so it cannot be undone.")
        saved = await self._kept.change(whole, self._caps, None)
        if saved is not Saved.DONE:
            return self._refused(saved)
        states = self._states(change.after for change in whole if change.after)
        words = [wish_words(state.subscription) for state in states]
        return Done(f"Undone: {'; '.join(words) or 'the subscription is gone again'}.", states)

    async def _reverse(self, change: Change) -> Change | None:
        """Return a change the other way round; None where what it made is not there as it made it."""
        one = change.after or change.before
        assert one is not None
        now = self._clock.now()
        standings = (await self.here(one.subscription.place)).standings
        current = next((each for each in standings if each.subscription.id == one.subscription.id), None)
        made = change.after.subscription if change.after else None
        if (current.subscription if current else None) != made:
            return None
        if change.before is None:
            return Change(current, None)
        before = (current or change.before)._replace(subscription=change.before.subscription)
        return Change(current, awaiting(before, now))

    # --- What all of them need -----------------------------------------------------------

    def _undo(self, place: Place, *changes: Change) -> Undo:
        return Undo(self._letters(TOKEN_LETTERS), place, self._clock.now() + UNDO_LASTS, changes)

    def _states(self, standings: Iterable[Standing]) -> tuple[SubscriptionState, ...]:
        now = self._clock.now()
        return tuple(state_of(standing.subscription, now) for standing in standings)

    def _refused(self, saved: Saved) -> Refusal:
        """Say why nothing was changed."""
        match saved:
            case Saved.TOO_MANY_HERE:
                most = there_are(self._caps.place)
                return Refusal(f"{most} here, which is the most. Change one by its id, or remove one.")
            case Saved.TOO_MANY_ON_SERVER:
                return Refusal(
                    f"{there_are(self._caps.server)} on this server, which is the most. Remove one."
                )
            case _:
                return Refusal("Somebody else changed that just now. Look at it with “subscriptions”.")


def sorted_out(found: Iterable[Standing | Broken]) -> Here:
    """Tell what can be read from what cannot."""
    together = tuple(found)
    standings = tuple(one for one in together if isinstance(one, Standing))
    return Here(standings, tuple(one for one in together if isinstance(one, Broken)))


def there_are(number: int) -> str:
    """Return `There are 5 subscriptions`."""
    return f"There {'is' if number == 1 else 'are'} {counted(number, 'subscription')}"


def paused(subscription: Subscription, now: datetime, until: datetime | None) -> Subscription:
    """Return a subscription that a person paused."""
    return replace(subscription, paused_at=now, paused_until=until, pause_reason="")


def going_on(subscription: Subscription) -> Subscription:
    """Return a subscription without its pause."""
    return replace(subscription, paused_at=None, paused_until=None, pause_reason="")


def permissions(report: PlaceReport | Gone) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what the bot may do in a place, and what it may not, each a sentence."""
    if isinstance(report, Gone):
        return (), (f"I cannot post here now: {report.why.rstrip('.')}.",)
    return report.can, report.lacks


def with_hint(refusal: Refusal, hint: str) -> Refusal:
    """Return a refusal with one more sentence."""
    return replace(refusal, sentence=f"{refusal.sentence} {hint}")
