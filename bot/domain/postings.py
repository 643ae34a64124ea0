"""An edition and its messages, made of what was chosen, and what becomes of its subscription. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from bot.domain.deliveries import Delivery, DeliveryKind, delivery_key
from bot.domain.due import LATE, fired
from bot.domain.edition_words import (
    footer_of,
    late_words,
    next_look,
    not_made_words,
    source_back_words,
    source_down_words,
)
from bot.domain.editions import Edition, EditionKind
from bot.domain.periods import feed_day, is_list_day
from bot.domain.subscriptions import Empty, Layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.domain.choosing import Choice
    from bot.domain.due import Fire
    from bot.domain.sources import SourceHealth
    from bot.domain.subscriptions import Standing

EXPIRES_AFTER = timedelta(hours=24)
"""How long a message of an edition is worth posting after it was due."""

MOST_PUBLISHED = 10
"""Messages of one edition that go on to the channels which follow a place; the others stay where they are.

Discord publishes as many of one channel in an hour (users' reports: discord/discord-api-docs #2258)."""


class SourceNews(Enum):
    """What a place is to be told of the source: a fault is told once, and once when it is over."""

    NONE = "none"
    BEGUN = "begun"
    GOES_ON = "goes on"
    OVER = "over"


class Making(NamedTuple):
    """All that an edition is made of.

    `notifies` is the place's `notify=on`; `publishes`: others follow the place, an announcement channel.
    """

    standing: Standing
    fire: Fire
    choice: Choice
    now: datetime
    health: SourceHealth
    news: SourceNews = SourceNews.NONE
    notifies: bool = False
    publishes: bool = False


class Posting(NamedTuple):
    """What one firing comes to, to be written all or not at all."""

    after: Standing
    edition: Edition
    deliveries: tuple[Delivery, ...] = ()


def news_of(standing: Standing, health: SourceHealth, *, is_spoiled: bool) -> SourceNews:
    """Return what to tell of the source at a firing; `is_spoiled` as `bot.domain.sources` has it.

    A recap needs no source.
    """
    if standing.subscription.layout is Layout.RECAP:
        return SourceNews.NONE
    if is_spoiled:
        is_told = standing.told_fault_since == health.failing_since
        return SourceNews.GOES_ON if is_told else SourceNews.BEGUN
    is_over = standing.told_fault_since is not None and health.failing_since is None
    return SourceNews.OVER if is_over else SourceNews.NONE


def posting_of(making: Making) -> Posting:
    """Make an edition, its messages, and the standing that its subscription has afterwards."""
    edition = edition_of(making)
    deliveries = tuple(deliveries_of(edition, making))
    return Posting(standing_after(making, edition, deliveries), edition, deliveries)


def posting_now(making: Making) -> Posting:
    """Make the edition that somebody asks for (`bot.domain.schedule.firing_now`).

    What is scheduled stays as it is. Where there is nothing to post nothing is posted: the asker is told.
    """
    edition = edition_of(making)
    if not edition.papers:
        return Posting(making.standing, edition)
    after = making.standing._replace(last_fired_at=edition.fires_at, empty_line="")
    return Posting(after, edition, tuple(deliveries_of(edition, making)))


# --- The edition --------------------------------------------------------------------


def edition_of(making: Making) -> Edition:
    """Make the edition of a firing, under the firing's key."""
    subscription, firing, choice = making.standing.subscription, making.fire.firing, making.choice
    is_recap = subscription.layout is Layout.RECAP
    return Edition(
        key=firing.key,
        kind=EditionKind.RECAP if is_recap else EditionKind.SCHEDULED,
        place=firing.place,
        subscription=subscription.id,
        fires_at=firing.at,
        local_date=firing.local_date,
        local_time=firing.local_time,
        made_at=making.now,
        heading=choice.heading,
        papers=choice.papers,
        notes=(*choice.notes, *fault_words(making)) if choice.papers else (),
        footer=footer_of(subscription.at, subscription.days, subscription.tz),
        reason="" if choice.papers else reason_of(making),
        layout=subscription.layout.value,
    )


def fault_words(making: Making) -> Iterator[str]:
    """Yield what is to be said of faults: of the source, where it has news, else of ours."""
    tz, health = making.standing.subscription.tz, making.health
    told_since = making.standing.told_fault_since
    if making.news is SourceNews.BEGUN and health.failing_since is not None:
        yield source_down_words(health.failing_since, tz, making.now)
        return
    if making.news is SourceNews.OVER and told_since is not None:
        yield source_back_words(told_since, tz, making.now)
    say = late_words if making.choice.papers else not_made_words
    if making.news is not SourceNews.GOES_ON and (late := say(making.fire, tz, making.now)):
        yield late


def reason_of(making: Making) -> str:
    """Return why there are no papers, and when the next edition is looked for."""
    subscription, since = making.standing.subscription, making.health.failing_since
    if making.news in {SourceNews.BEGUN, SourceNews.GOES_ON} and since is not None:
        return source_down_words(since, subscription.tz, making.now)
    return making.choice.reason + next_look(making.fire.upcoming, subscription.tz)


# --- Its messages ---------------------------------------------------------------------


def deliveries_of(edition: Edition, making: Making) -> Iterator[Delivery]:
    """Yield the messages of an edition, the first one first, then what is done to them."""
    if not edition.papers:
        yield from empty_line(edition, making)
        return
    messages = list(messages_of(edition, making))
    yield from messages
    if making.publishes:
        # What stands in a thread cannot be published, so of a thread the heading is.
        heads = [each for each in messages if each.kind is not DeliveryKind.REPLY]
        for head in heads[:MOST_PUBLISHED]:
            publish = message(edition, making, DeliveryKind.PUBLISH, head.part)
            yield publish._replace(parent=head.key)


def messages_of(edition: Edition, making: Making) -> Iterator[Delivery]:
    """Yield the messages of an edition with papers in its layout."""
    match making.standing.subscription.layout:
        case Layout.DIGEST | Layout.RECAP:
            yield message(edition, making, DeliveryKind.POST)
        case Layout.POSTS:
            for part in range(1, len(edition.papers) + 1):
                yield message(edition, making, DeliveryKind.POST, part)
        case Layout.THREAD:
            heading = message(edition, making, DeliveryKind.THREAD)
            yield heading
            for part in range(1, len(edition.papers) + 1):
                yield message(edition, making, DeliveryKind.REPLY, part)._replace(parent=heading.key)


def message(edition: Edition, making: Making, kind: DeliveryKind, part: int = 0) -> Delivery:
    """Return one message of an edition: the whole (part 0), or its n-th paper (part n).

    Only the first may notify. What is late counts as due when it was made, else it might expire at once.
    """
    due_at = edition.made_at if edition.made_at - edition.fires_at > LATE else edition.fires_at
    is_first = kind is DeliveryKind.THREAD or (kind is DeliveryKind.POST and part <= 1)
    return Delivery(
        key=delivery_key(edition.place, edition.key, kind, part),
        place=edition.place,
        kind=kind,
        due_at=due_at,
        edition=edition.key,
        part=part,
        silent=not (making.notifies and is_first),
        expires_at=due_at + EXPIRES_AFTER,
    )


def empty_line(edition: Edition, making: Making) -> Iterator[Delivery]:
    """Yield the line of an empty edition, where it has one: a new one, or the first in a row edited.

    A fault always speaks, in a line of its own; else nothing is said where no list was expected.
    """
    mode, line = making.standing.subscription.empty, making.standing.empty_line
    text = spoken(edition, making)
    is_expected = expects_list(making.fire)
    if text or (is_expected and (mode is Empty.ALWAYS or (mode is Empty.ONCE and not line))):
        yield message(edition, making, DeliveryKind.NOTICE)._replace(text=text or edition.reason)
    elif is_expected and mode is Empty.ONCE:
        yield message(edition, making, DeliveryKind.EDIT)._replace(parent=line, text=edition.reason)


def spoken(edition: Edition, making: Making) -> str:
    """Return what an empty edition must say, whatever its subscription wants of empty ones: of faults."""
    faults = " ".join(fault_words(making))
    is_expected = expects_list(making.fire)
    if making.news is SourceNews.BEGUN:
        return edition.reason
    if not faults or (making.news is not SourceNews.OVER and not is_expected):
        return ""
    tells_reason = is_expected and making.standing.subscription.empty is not Empty.QUIET
    return f"{faults} {edition.reason}" if tells_reason else faults


def expects_list(fire: Fire) -> bool:
    """Tell whether a list was expected on a day of the firing, by its own calendar or the lists'."""
    days = fire.firing.local_date, feed_day(fire.firing.at), feed_day(fire.oldest.at)
    return any(map(is_list_day, days))


# --- What becomes of the subscription ---------------------------------------------------


def standing_after(making: Making, edition: Edition, deliveries: tuple[Delivery, ...]) -> Standing:
    """Return how far the subscription is planned then, and what its place was told."""
    told_since = making.standing.told_fault_since
    match making.news:
        case SourceNews.BEGUN:
            told_since = making.health.failing_since
        case SourceNews.OVER:
            told_since = None
    return fired(making.standing, making.fire, line_after(making, edition, deliveries), told_since)


def line_after(making: Making, edition: Edition, deliveries: tuple[Delivery, ...]) -> str:
    """Return the key of the line that later empty editions edit; empty after an edition with papers."""
    if edition.papers or making.standing.subscription.empty is not Empty.ONCE:
        return ""
    lines = (one for one in deliveries if one.kind is DeliveryKind.NOTICE and edition.reason in one.text)
    return next((one.key for one in lines), making.standing.empty_line)
