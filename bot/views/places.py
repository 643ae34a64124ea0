"""What concerns a place, in words: how it is, its subscriptions, what they would post, its ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from bot.domain.answers import (
    Done,
    PlaceWays,
    Preview,
    StatusReport,
    SubscriptionList,
    SubscriptionSaved,
    SubscriptionState,
)
from bot.domain.cards import Action, Actions, Card, Entry, Fact, Facts, Heading, Keep, Note, Part, Prose
from bot.domain.edition_words import short_day
from bot.domain.places import LOCAL_PLACE
from bot.domain.schedule import zone_of
from bot.domain.subscriptions import Layout
from bot.domain.text import ago, and_words, counted, full_day, span_of_time
from bot.domain.wishes import changes_words, wish_words
from bot.domain.zones import zone_words
from bot.views.editions import edition_card
from bot.views.papers import line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.domain.answers import FeedState, LastPost, NextPost, PlaceAnswer
    from bot.domain.places import Place

ON_TIME = timedelta(seconds=1)
"""What is delivered within this of its moment is on time."""


def card_of_place(answer: PlaceAnswer, now: datetime) -> Card:
    """Put an answer into words."""
    match answer:
        case StatusReport():
            return status_card(answer, now)
        case SubscriptionSaved():
            return saved_card(answer, now)
        case SubscriptionList():
            return subscriptions_card(answer, now)
        case Preview():
            return preview_card(answer, now)
        case PlaceWays():
            return ways_card(answer)
        case Done():
            return done_card(answer, now)
        case _:
            assert_never(answer)


def place_name(place: Place) -> str:
    """Return how a place is called in a sentence."""
    return "the terminal" if place == LOCAL_PLACE else str(place)


def told(words: str, keep: Keep = Keep.NEEDED) -> Facts:
    """Return a sentence on a line of its own, close to its neighbours."""
    return Facts((Fact(words, keep=keep),), keep=keep)


# --- Status -----------------------------------------------------------------------


def status_card(answer: StatusReport, now: datetime) -> Card:
    """Show whether the bot is well in a place. What is wrong comes first, what was asked for last."""
    where = place_name(answer.place)
    is_wrong = bool(answer.silence) and not answer.is_meant
    head = f"Not all is well in {where}" if is_wrong else f"All well in {where}"
    trouble = [Prose(answer.silence, Keep.ALWAYS)] if is_wrong else []
    meant = [Note(answer.silence, Keep.ALWAYS)] if answer.silence and not is_wrong else []
    gist = f"{head}. {answer.silence}".strip()
    return Card((Heading(head), *trouble, *status_lines(answer, now), *meant), gist)


def status_lines(answer: StatusReport, now: datetime) -> Iterator[Facts]:
    """Yield the newest list, the last post and the next one, and when votes were checked."""
    yield line("Last list", feed_words(answer.feed, now))
    if answer.last is not None:
        yield line("Last post", last_words(answer.last, now), at=answer.last.due_at)
    if answer.next is not None:
        yield line("Next post", next_words(answer.next, now), at=answer.next.at)
    elif not answer.has_subscriptions:
        yield line("Next post", "none; “subscribe” sets posts up")
    if answer.votes_checked is not None:
        platform = answer.place.platform.capitalize()
        yield line("Votes", f"checked against {platform} {ago(now - answer.votes_checked)}")


def feed_words(feed: FeedState | None, now: datetime) -> str:
    """Return what is known of the newest list: `24 April, 15 papers, fetched 4 minutes ago`."""
    if feed is None:
        return "none yet"
    day = f"{feed.day.day} {feed.day:%B}" if feed.day.year == now.year else full_day(feed.day)
    return f"{day}, {counted(feed.papers, 'paper')}, fetched {ago(now - feed.fetched_at)}"


def last_words(last: LastPost, now: datetime) -> str:
    """Return what became of the last post: `today 09:00 Paris, 5 papers, delivered 2 seconds after …`."""
    papers = counted(last.papers, "paper") if last.papers else "no papers"
    when = near_moment(last.due_at, last.tz, now)
    if last.outcome == "nothing":
        return f"{when}, {papers}"
    return ", ".join((when, papers, outcome_words(last)))


def outcome_words(last: LastPost) -> str:
    """Return how a delivery went."""
    if last.outcome != "delivered" or last.done_at is None:
        words = {"dropped": "could not be made"}.get(last.outcome, "still on its way")
        return f"{words}: {last.why.rstrip('.')}" if last.why else words
    late = last.done_at - last.due_at
    return "delivered on time" if late < ON_TIME else f"delivered {span_of_time(late)} after it was due"


def next_words(upcoming: NextPost, now: datetime) -> str:
    """Return when the next post is due: `Monday 27 April 09:00 Paris (in 3 days)`."""
    local = upcoming.at.astimezone(zone_of(upcoming.tz))
    day = f"{local:%A} {local.day} {local:%B}" + ("" if local.year == now.year else f" {local.year}")
    nights = (local.date() - now.astimezone(local.tzinfo).date()).days
    ahead = {0: f"in {span_of_time(upcoming.at - now)}", 1: "tomorrow"}.get(nights, f"in {nights} days")
    return f"{day} {local:%H:%M} {zone_words(upcoming.tz)} ({ahead})"


def near_moment(at: datetime, tz: str, now: datetime) -> str:
    """Return a moment lately by a zone's clock: `today 09:00 Paris`, `Thu 23 April 09:00 Paris`."""
    local, today = at.astimezone(zone_of(tz)), now.astimezone(zone_of(tz)).date()
    names = {today: "today", today - timedelta(days=1): "yesterday"}
    return f"{names.get(local.date(), short_day(local.date()))} {local:%H:%M} {zone_words(tz)}"


# --- Subscriptions ------------------------------------------------------------------


def saved_card(answer: SubscriptionSaved, now: datetime) -> Card:
    """Show what was made or changed, when it is due next, and what it would bring."""
    words = wish_words(answer.state.subscription, place_name(answer.state.subscription.place))
    head, *more = saved_words(answer, words)
    parts: tuple[Part, ...] = (
        Heading(head),
        *map(told, more),
        *next_lines(answer.state, now),
        *(told(lack, Keep.ALWAYS) for lack in answer.lacks),
        *([told(f"I can {and_words(answer.can)} here.")] if answer.can and not answer.lacks else []),
        *map(told, answer.notes),
        saved_actions(answer),
    )
    return Card(parts, " ".join((head, *more, *answer.lacks)))


def saved_words(answer: SubscriptionSaved, words: str) -> list[str]:
    """Return what was done, and how it is now."""
    if answer.before is None:
        return [f"Saved: {words}."]
    changes = changes_words(answer.before, answer.state.subscription)
    if not changes:
        return [f"As it was: {words}."]
    return [f"Changed: {'; '.join(changes)}.", f"Now: {words}."]


def next_lines(state: SubscriptionState, now: datetime) -> Iterator[Facts]:
    """Yield when a subscription is due next, or that it is paused."""
    if state.is_paused:
        yield told(paused_words(state, now))
    if state.next_at:
        tz = state.subscription.tz
        firings = tuple(Fact(day_and_clock(at, tz, now), at=at) for at in state.next_at)
        yield Facts(firings, label="Next posts" if len(firings) > 1 else "Next post")


def paused_words(state: SubscriptionState, now: datetime) -> str:
    """Say that a subscription is paused, and how it goes on."""
    until, reason = state.subscription.paused_until, state.subscription.pause_reason.rstrip(".")
    if until is not None:
        return f"Paused until {day_and_clock(until, state.subscription.tz, now)}."
    return f"Stopped: {reason}. “resume” goes on." if reason else "Paused: “resume” goes on."


def day_and_clock(at: datetime, tz: str, now: datetime) -> str:
    """Return a moment by a zone's clock: `Mon 27 April 09:00`, with the year where it is another."""
    local = at.astimezone(zone_of(tz))
    year = "" if local.year == now.year else f" {local.year}"
    return f"{short_day(local.date())}{year} {local:%H:%M}"


def saved_actions(answer: SubscriptionSaved) -> Actions:
    """Return what can be done next with a subscription."""
    which = answer.state.subscription.id
    actions = [
        Action("Post one now", f"preview id={which} post=yes"),
        Action("Preview", f"preview id={which}"),
        Action("Change", "help subscribe"),
    ]
    return Actions((*actions, *undo_action(answer.undo)))


def undo_action(token: str) -> tuple[Action, ...]:
    """Return what takes a change back, where something does."""
    return (Action("Undo", f"subscriptions undo={token}"),) if token else ()


def subscriptions_card(answer: SubscriptionList, now: datetime) -> Card:
    """Show the subscriptions of a place, each by its id."""
    number = len(answer.states) + len(answer.broken)
    where = place_name(answer.place)
    head = f"{counted(number, 'subscription')} in {where}" if number else f"No subscription in {where}"
    entries = [subscription_entry(state, now) for state in answer.states]
    broken = [Entry(f"{one.id} · cannot be read", "", sentence=one.why) for one in answer.broken]
    hint = [] if number else [Note("“subscribe” makes one.", Keep.NEEDED)]
    return Card((Heading(head), *hint, *entries, *broken, *list_actions(answer)), head)


def subscription_entry(state: SubscriptionState, now: datetime) -> Entry:
    """Show one subscription: its id, what it is, when it is due."""
    sentence = paused_words(state, now) if state.is_paused else ""
    if state.next_at and not state.is_paused:
        sentence = f"Next post {day_and_clock(state.next_at[0], state.subscription.tz, now)}."
    return Entry(f"{state.subscription.id} · {wish_words(state.subscription)}", "", sentence=sentence)


def list_actions(answer: SubscriptionList) -> tuple[Actions, ...]:
    """Return what can be done with each of the subscriptions; where there are several it says with which."""
    if len(answer.states) == 1 and not answer.broken:
        [state] = answer.states
        which = state.subscription.id
        acts = (
            Action("Preview", f"preview {which}"),
            stop_action(state),
            Action("Remove", f"unsubscribe {which}"),
        )
        return (Actions(acts),)
    several: list[Action] = []
    for state in answer.states:
        which, stop = state.subscription.id, stop_action(state)
        several += [
            Action(f"{stop.label} {which}", stop.words),
            Action(f"Remove {which}", f"unsubscribe {which}"),
        ]
    several += [Action(f"Remove {one.id}", f"unsubscribe {one.id}") for one in answer.broken]
    return (Actions(tuple(several)),) if several else ()


def stop_action(state: SubscriptionState) -> Action:
    """Return what stops a subscription, or lets it go on."""
    which = state.subscription.id
    return Action("Resume", f"resume {which}") if state.is_paused else Action("Pause", f"pause {which}")


def done_card(answer: Done, now: datetime) -> Card:
    """Show what was done, and when the next post is due where that is of one subscription."""
    lines = list(next_lines(answer.states[0], now)) if len(answer.states) == 1 else []
    shown = [each for each in lines if each.label]
    actions = undo_action(answer.undo)
    return Card((Heading(answer.sentence), *shown, *([Actions(actions)] if actions else [])), answer.sentence)


# --- What would be posted -------------------------------------------------------------

AS_POSTED = {
    Layout.POSTS: "Each paper comes in a message of its own.",
    Layout.THREAD: "The papers come in a thread under the heading.",
}


def preview_card(answer: Preview, now: datetime) -> Card:
    """Show an edition as it would be posted, then what its filter took."""
    subscription = answer.state.subscription
    shown = edition_card(answer.edition, answer.papers, 0)
    beginning = preview_words(answer)
    layout = AS_POSTED.get(subscription.layout) if answer.edition.papers else None
    upcoming = [] if answer.is_posted else list(next_lines(replace_next(answer.state), now))
    parts: tuple[Part, ...] = (
        Note(beginning, Keep.ALWAYS),
        *(part for part in shown.parts if not isinstance(part, Actions)),
        *map(told, answer.notes),
        *([told(layout)] if layout else []),
        *upcoming,
        *preview_end(answer),
    )
    return Card(parts, f"{beginning} {shown.gist}")


def replace_next(state: SubscriptionState) -> SubscriptionState:
    """Return a subscription with its very next firing alone."""
    return replace(state, next_at=state.next_at[:1])


def preview_words(answer: Preview) -> str:
    """Say what this is: a look ahead, or a post on its way."""
    if answer.is_posted:
        return "On its way here:"
    if not answer.edition.papers:
        return "A post here would have no papers now:"
    return "This would be posted here now; nothing has been."


def preview_end(answer: Preview) -> tuple[Part, ...]:
    """Return what can be done next with a preview."""
    if answer.is_posted:
        return ()
    if not answer.is_kept:
        return (Note("To have it so, give the same words to “subscribe”.", Keep.NEEDED),)
    if not answer.edition.papers:
        return ()
    return (Actions((Action("Post it now", f"preview id={answer.state.subscription.id} post=yes"),)),)


# --- Ways -------------------------------------------------------------------------------


def ways_card(answer: PlaceWays) -> Card:
    """Show the ways of a place; what was changed first, with what takes it back."""
    where = place_name(answer.place)
    changes = [
        f"{name} {way_words(name, old)} → {way_words(name, answer.ways[name])}"
        for name, old in answer.before.items()
    ]
    head = f"Changed: {'; '.join(changes)}." if changes else f"The ways of {where}"
    lines = [told(why) for why in answer.lacks]
    lines += [line(name, way_words(name, value)) for name, value in answer.ways.items()]
    back = " ".join(f"{name}={old or 'none'}" for name, old in answer.before.items())
    undo = [Actions((Action("Undo", f"settings {back}"),))] if back else []
    return Card((Heading(head), *lines, *undo), head)


def way_words(name: str, value: str) -> str:
    """Return one of the ways in words."""
    return value or {"notices": "whoever set it up, privately"}.get(name, "none")
