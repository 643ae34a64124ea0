"""The commands of those who manage a place: its subscriptions, what is hidden there, and its ways."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bot.commands import communities
from bot.commands.reading import named_paper, quoted_title
from bot.domain.answers import Done, PlaceWays, Refusal
from bot.domain.community_words import ONE_AT_A_TIME
from bot.domain.places import PlaceProfile, parse_place
from bot.domain.schedule import zone_of
from bot.domain.subscriptions import Empty, Layout, is_paused
from bot.domain.wishes import (
    WAYS,
    Wish,
    WishMistake,
    parse_days,
    parse_emoji,
    parse_notices,
    parse_times,
    parse_topic_wish,
    parse_until,
)
from bot.domain.zones import ZoneMistake, is_zone, parse_zone
from bot.ports import EVERYBODY
from bot.services import hiding
from bot.services.subscribing import Asker, with_hint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bot.commands.desk import Desk
    from bot.commands.spec import Handler, Invocation
    from bot.domain.answers import Preview, SubscriptionList, SubscriptionSaved
    from bot.domain.papers import PaperId
    from bot.domain.subscriptions import Standing

Read = TypeVar("Read")

ALL_HERE, ON_SERVER = "here", "server"
"""Whose subscriptions are meant, where more than one is."""


def asker_of(ask: Invocation) -> Asker:
    """Return who asks, and where."""
    return Asker(ask.place, ask.identity, ask.zone)


def wrong(mistake: object) -> Refusal:
    """Refuse what cannot be meant; the mistake says in a sentence why."""
    return Refusal(str(mistake), wrong_usage=True)


# --- What is wished for -------------------------------------------------------------


def wish_of(ask: Invocation) -> Wish | Refusal:
    """Read what was named of a subscription; the first mistake is told."""
    at, tz = named(ask, "at", parse_times), named(ask, "tz", parse_zone)
    days, topic = named(ask, "days", parse_days), named(ask, "topic", parse_topic_wish)
    if isinstance(at, WishMistake):
        return wrong(at)
    if isinstance(tz, ZoneMistake):
        return wrong(tz)
    if isinstance(days, WishMistake):
        return wrong(days)
    if isinstance(topic, WishMistake):
        return wrong(topic)
    return Wish(
        at,
        tz,
        days,
        named(ask, "count", int),
        topic,
        named(ask, "min_upvotes", int),
        named(ask, "layout", Layout),
        named(ask, "empty", Empty),
    )


def named(ask: Invocation, name: str, read: Callable[[str], Read]) -> Read | None:
    """Return an argument as its reader reads it; None where it was not named."""
    return read(ask.text(name)) if ask.has(name) else None


def is_value(name: str, text: str) -> bool:
    """Tell whether a text of several words is one value: `9:00 pm`, `mon, wed`, `New York`."""
    match name:
        case "at":
            return not isinstance(parse_times(text), WishMistake)
        case "days":
            return not isinstance(parse_days(text), WishMistake)
        case _:
            return is_zone(text)


async def subscribe(ask: Invocation, desk: Desk) -> SubscriptionSaved | Refusal:
    """Make a subscription, or change what is named of the one that is meant."""
    wish, which = wish_of(ask), ask.text("id")
    if isinstance(wish, Refusal):
        return wish
    if which and ask.is_on("add"):
        return wrong("add makes another subscription, and id changes one that is there: give one of the two.")
    return await desk.office.subscribing.subscribe(asker_of(ask), wish, which=which, adds=ask.is_on("add"))


async def preview(ask: Invocation, desk: Desk) -> Preview | Refusal:
    """Answer with what the next firing would post now; with `post` it is posted."""
    wish = wish_of(ask)
    if isinstance(wish, Refusal):
        return wish
    draft = await desk.office.subscribing.draft(asker_of(ask), wish, ask.text("id"))
    if isinstance(draft, Refusal):
        return draft
    return await (
        desk.office.previewing.post(draft) if ask.is_on("post") else desk.office.previewing.preview(draft)
    )


# --- Those that are there -----------------------------------------------------------


async def subscriptions(ask: Invocation, desk: Desk) -> SubscriptionList | Done | Refusal:
    """Answer with the subscriptions of the place; with `undo` the last change is taken back."""
    if ask.has("undo"):
        return await desk.office.subscribing.undo(ask.place, ask.text("undo"))
    return await desk.office.subscribing.listed(ask.place)


async def unsubscribe(ask: Invocation, desk: Desk) -> Done | Refusal:
    """Remove one subscription."""
    return await desk.office.subscribing.unsubscribe(ask.place, ask.text("id"))


async def pause(ask: Invocation, desk: Desk) -> Done | Refusal:
    """Pause one subscription, or all here or on the server."""
    meant = await meant_by(ask, desk)
    if isinstance(meant, Refusal):
        return meant
    until = await until_of(ask, meant, desk)
    if isinstance(until, Refusal):
        return until
    return await desk.office.subscribing.pause(ask.place, meant, until)


async def until_of(ask: Invocation, meant: Sequence[Standing], desk: Desk) -> datetime | Refusal | None:
    """Return the moment until when, by the clocks of what is meant; None where none was named.

    Where subscriptions of several zones are meant, it is by the clocks of the place.
    """
    if not ask.has("until"):
        return None
    zones = {one.subscription.tz for one in meant}
    tz = zones.pop() if len(zones) == 1 else await desk.office.subscribing.zone_of(asker_of(ask))
    until = parse_until(ask.text("until"), desk.clock.now(), zone_of(tz))
    return wrong(until) if isinstance(until, WishMistake) else until


async def meant_by(ask: Invocation, desk: Desk) -> Sequence[Standing] | Refusal:
    """Return the subscriptions that a command means: by scope, by id, or the only one here."""
    scope = ask.text("scope")
    if scope and ask.text("id"):
        return wrong("id means one subscription, and scope several: give one of the two.")
    if scope == ON_SERVER:
        return (await desk.office.subscribing.server(ask.place)).standings or nobody("on this server")
    here = await desk.office.subscribing.here(ask.place)
    if scope == ALL_HERE:
        return here.standings or nobody("here")
    meant = here.named(ask.text("id"))
    if not isinstance(meant, Refusal):
        return [meant]
    is_unclear = not ask.text("id") and here.standings
    return with_hint(meant, "Or say scope here, for all of them.") if is_unclear else meant


def nobody(where: str) -> Refusal:
    """Say that there is no subscription."""
    return Refusal(f"There is no subscription {where}. “subscribe” makes one.")


async def resume(ask: Invocation, desk: Desk) -> Done | Refusal:
    """Go on with paused subscriptions; nothing named means the paused one, or all that I had to stop."""
    if not ask.text("scope") and not ask.text("id"):
        now = desk.clock.now()
        here = await desk.office.subscribing.here(ask.place)
        stopped = [one for one in here.standings if is_paused(one.subscription, now)]
        if len(stopped) == 1 or (stopped and all(one.subscription.pause_reason for one in stopped)):
            return await desk.office.subscribing.resume(ask.place, stopped)
    meant = await meant_by(ask, desk)
    return meant if isinstance(meant, Refusal) else await desk.office.subscribing.resume(ask.place, meant)


# --- Hiding -------------------------------------------------------------------------


async def hide(ask: Invocation, desk: Desk) -> Done | Refusal:
    """Take a paper out of lists and editions here, or bring it back."""
    found = await named_paper(ask, desk)
    if isinstance(found, Refusal):
        return found
    paper, title = found.paper, await title_of(found.paper, desk)
    if ask.is_on("off"):
        is_changed = await hiding.unhide(desk.delivery, ask.place, paper, desk.clock.now())
        return Done(f"Shown here again: {title}." if is_changed else f"It was not hidden here: {title}.")
    is_changed = await hiding.hide(desk.delivery, ask.place, paper, ask.identity, desk.clock.now())
    if not is_changed:
        return Done(f"It was hidden here already: {title}.")
    back = f"“hide {paper} off” brings it back."
    return Done(f"Hidden here: {title}. It stays out of lists and posts; {back}")


async def title_of(paper: PaperId, desk: Desk) -> str:
    """Return a paper's title in quotes, its identifier where it is not stored."""
    found = await desk.store.papers([paper], scope=EVERYBODY)
    return quoted_title(found[0].paper) if found else paper


# --- A place's ways -----------------------------------------------------------------


async def settings(ask: Invocation, desk: Desk) -> PlaceWays | Done | Refusal:
    """Answer with the ways of the place, those that are named changed before."""
    if ask.has(communities.NAME):
        is_alone = not any(map(ask.has, WAYS))
        return await communities.change(ask, desk) if is_alone else wrong(ONE_AT_A_TIME)
    wanted: dict[str, str] = {}
    for name in filter(ask.has, WAYS):
        value = way_of(name, ask)
        if isinstance(value, WishMistake):
            return wrong(value)
        wanted[name] = value
    profile = await desk.delivery.profile(ask.place) or PlaceProfile(ask.place)
    old = {name: profile.settings.get(name, default) for name, default in WAYS.items()}
    new = {**old, **wanted}
    before = {name: old[name] for name in WAYS if old[name] != new[name]}
    if before:
        changed = {name: new[name] for name in before}
        await desk.delivery.keep_profile(replace(profile, settings={**profile.settings, **changed}))
    notices = parse_place(new["notices"]) if "notices" in before else None
    lacks = await desk.office.subscribing.closed(notices) if notices else ()
    return PlaceWays(ask.place, {**new, **await communities.told(ask, desk)}, before, lacks)


def way_of(name: str, ask: Invocation) -> str | WishMistake:
    """Read one of the ways; the table has seen to those with choices."""
    match name:
        case "emoji":
            return parse_emoji(ask.text(name))
        case "notices":
            return parse_notices(ask.text(name), ask.place)
        case _:
            return ask.text(name)


HANDLERS: Mapping[str, Handler] = {
    "subscribe": subscribe,
    "subscriptions": subscriptions,
    "unsubscribe": unsubscribe,
    "pause": pause,
    "resume": resume,
    "preview": preview,
    "hide": hide,
    "settings": settings,
}
