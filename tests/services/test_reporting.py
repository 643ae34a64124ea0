"""Why nothing came, and what is told of the last post and the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.answers import FeedState, LastPost, NextPost, StatusReport
from bot.domain.deliveries import DeliveryState
from bot.domain.edition_words import source_down_words
from bot.domain.editions import Chosen, Edition, EditionKind
from bot.domain.papers import PaperId
from bot.domain.places import Place
from bot.domain.sources import SourceHealth
from bot.domain.subscriptions import Standing, Subscription
from bot.ports.delivery import Broken, Fault, LastDelivery, PlaceReport
from bot.services.reporting import Picture, report_of
from bot.services.subscribing import Here
from tests.commands.desks import DAYS, FRIDAY, HERE, Shop

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime.fromisoformat("2026-04-24T08:00Z")
"""Ten o'clock in Paris, on a Friday."""
NINE = NOW - timedelta(hours=1)
MONDAY = NINE + timedelta(days=3)

WISH = Subscription("k3f9x", HERE, (time(9),), "Europe/Paris")
STANDING = Standing(WISH, planned_until=NOW, next_at=MONDAY, last_fired_at=NINE)
FEED = FeedState(FRIDAY, 15, NOW - timedelta(minutes=4))
EDITION = Edition(
    key="k3f9x@2026-04-24T09:00",
    kind=EditionKind.SCHEDULED,
    place=HERE,
    subscription="k3f9x",
    fires_at=NINE,
    local_date=FRIDAY,
    local_time=time(9),
    made_at=NINE,
    heading="Papers · Friday 24 April",
    papers=tuple(Chosen(PaperId(f"2604.0000{number}")) for number in range(5)),
)
EMPTY = EDITION._replace(
    papers=(), reason="Nothing on “teaching” since Mon 20 April: 0 of 84 papers matched."
)
MISSED = Standing(WISH, planned_until=NINE, next_at=MONDAY)
"""Nobody looked at nine; what is owed was put off."""
DELIVERED = LastDelivery(NINE, NINE, DeliveryState.DONE, "delivered", NINE + timedelta(seconds=2), papers=5)


def here(*standings: Standing, broken: Sequence[Broken] = ()) -> Here:
    return Here(standings, tuple(broken))


WELL = Picture(NOW, here(STANDING), FEED, DELIVERED, EDITION, SourceHealth())


def report(picture: Picture) -> StatusReport:
    return report_of(HERE, picture)


def paused(until: datetime | None = None, reason: str = "") -> Here:
    wish = replace(WISH, paused_at=NINE - timedelta(minutes=48), paused_until=until, pause_reason=reason)
    return here(STANDING._replace(subscription=wish))


def test_all_well() -> None:
    assert report(WELL) == StatusReport(
        HERE,
        FEED,
        silence="",
        last=LastPost(NINE, "Europe/Paris", "delivered", 5, NINE + timedelta(seconds=2)),
        next=NextPost(MONDAY, "Europe/Paris"),
    )


@pytest.mark.parametrize(
    ("picture", "silence"),
    [
        pytest.param(
            replace(WELL, here=paused(reason="I may not send messages here")),
            "Stopped since 08:12 Paris: I may not send messages here. When that is set right, "
            "“resume” goes on. No paper is lost: what was missed comes in the next post.",
            id="the platform closed the place",
        ),
        pytest.param(
            replace(WELL, lacks=("I may not embed: give me Embed Links here.",)),
            "I may not embed: give me Embed Links here.",
            id="a permission is missing",
        ),
        pytest.param(
            replace(WELL, here=here(STANDING, broken=[Broken("odd", str(HERE), "its zone is no zone.")])),
            "The subscription odd cannot be read and is left out: its zone is no zone. "
            "“unsubscribe odd” removes it, and “subscribe” makes another.",
            id="a row is corrupt",
        ),
        pytest.param(
            replace(WELL, here=here(STANDING._replace(next_at=NINE))),
            "The post due 09:00 Paris has not been made: the service does not seem to run. "
            "“papers run” starts it; what was missed comes then.",
            id="nobody plans",
        ),
        pytest.param(
            replace(WELL, here=here(STANDING._replace(next_at=None, planned_until=NINE))),
            "The post due 09:00 Paris has not been made: the service does not seem to run. "
            "“papers run” starts it; what was missed comes then.",
            id="nobody has ever planned",
        ),
        pytest.param(
            replace(WELL, delivery=LastDelivery(NINE, NINE, DeliveryState.WAITING, papers=5)),
            "The post due 09:00 Paris has not been made: the service does not seem to run. "
            "“papers run” starts it; what was missed comes then.",
            id="nobody sends",
        ),
        pytest.param(
            replace(
                WELL,
                delivery=LastDelivery(NINE, NINE, DeliveryState.UNKNOWN, "503 Service Unavailable", papers=5),
            ),
            "The post due 09:00 Paris has not come through yet: 503 Service Unavailable. I go on trying.",
            id="the platform does not take it",
        ),
        pytest.param(
            replace(
                WELL, delivery=LastDelivery(NINE, NINE, DeliveryState.DROPPED, "too late", NOW, papers=5)
            ),
            "The post due 09:00 Paris could not be made: too late. Its papers come in the next one.",
            id="it was dropped",
        ),
        pytest.param(
            replace(WELL, health=SourceHealth(failing_since=NINE - timedelta(hours=2, minutes=20))),
            "Hugging Face has not answered since 06:40 Paris. What it lists later comes in the next edition.",
            id="the source is down",
        ),
        pytest.param(
            replace(WELL, feed=None),
            "No list has been fetched yet. On the machine that runs me, “papers ingest” fetches the newest.",
            id="no list",
        ),
        pytest.param(
            replace(WELL, feed=FeedState(DAYS[2], 15, NOW), missing=DAYS[3:4]),
            "The newest list is of Wednesday 22 April; that of Thursday 23 April is missing. "
            "On the machine that runs me, “papers ingest --since 2026-04-22” fetches what came after.",
            id="a list is missing",
        ),
        pytest.param(
            replace(WELL, feed=FeedState(DAYS[1], 15, NOW), missing=DAYS[2:4]),
            "The newest list is of Tuesday 21 April; the lists of 2 weekdays are missing. "
            "On the machine that runs me, “papers ingest --since 2026-04-21” fetches what came after.",
            id="lists are missing",
        ),
        pytest.param(
            replace(
                WELL,
                faults=(Fault("loop:fetcher", NINE, "The fetcher hangs."), Fault("list", NINE, "No list.")),
            ),
            "The fetcher hangs.",
            id="a loop is dead",
        ),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(picture: Picture, silence: str) -> None:
    told = report(picture)
    assert (told.silence, told.is_meant) == (silence, False)


@pytest.mark.parametrize(
    ("picture", "silence"),
    [
        pytest.param(
            replace(WELL, here=paused()), "Paused since 08:12 Paris: “resume” goes on.", id="without end"
        ),
        pytest.param(
            replace(WELL, here=paused(MONDAY)),
            "Paused since 08:12 Paris, until Mon 27 April, 09:00 Paris.",
            id="with an end",
        ),
        pytest.param(replace(WELL, edition=EMPTY), EMPTY.reason, id="an empty edition"),
        pytest.param(
            replace(WELL, edition=EMPTY, delivery=None), EMPTY.reason, id="an empty edition that said nothing"
        ),
        pytest.param(
            replace(WELL, here=here(MISSED)),
            "The post due 09:00 Paris was missed while I was not running; "
            "it comes Mon 27 April, 09:00 Paris.",
            id="a missed post that joins a later one",
        ),
    ],
)
def test_what_was_asked_for_is_told_and_all_is_well(picture: Picture, silence: str) -> None:
    told = report(picture)
    assert (told.silence, told.is_meant) == (silence, True)


def spoiled(until: datetime) -> Picture:
    """Return how it is after an edition that a silent source left empty, as far as `until`."""
    since = NINE - timedelta(minutes=3)
    edition = EMPTY._replace(reason=source_down_words(since, WISH.tz, NOW))
    return replace(WELL, now=until, edition=edition, health=SourceHealth(failing_since=since))


def test_a_source_that_is_down_is_told_once_though_it_spoiled_the_last_edition_too() -> None:
    assert report(spoiled(NOW)).silence.count("Hugging Face has not answered") == 1
    next_morning = report(spoiled(NOW + timedelta(days=1))).silence
    assert next_morning.count("Hugging Face has not answered") == 1
    assert "since Fri 24 April, 08:57 Paris" in next_morning


def test_of_a_source_that_answers_again_nobody_says_that_it_does_not() -> None:
    told = report(replace(spoiled(NOW), health=SourceHealth(ok_at=NOW)))
    assert told.silence == (
        "Hugging Face did not answer when the last post was due. It does again: "
        "what it listed meanwhile comes in the next edition."
    )
    assert told.is_meant


def test_a_post_that_waits_for_its_lists_is_told_after_what_it_waits_for() -> None:
    waits = MISSED._replace(next_at=NOW + timedelta(seconds=30))
    down = SourceHealth(failing_since=NINE - timedelta(minutes=5))
    told = report(replace(WELL, here=here(waits), health=down))
    assert told.silence.endswith("The post due 09:00 Paris waits for Hugging Face.")
    assert not told.is_meant
    assert report(replace(WELL, here=here(waits))).silence == ""


def test_a_place_without_subscriptions_is_well_and_says_that_it_has_none() -> None:
    told = report(replace(WELL, here=here(), delivery=None, edition=None))
    assert (told.silence, told.has_subscriptions, told.next) == ("", False, None)


def test_a_pause_that_has_ended_is_none() -> None:
    assert report(replace(WELL, here=paused(until=NINE))).silence == ""


def test_an_edition_that_was_made_late_was_due_at_its_firing() -> None:
    made_at = NINE + timedelta(hours=6)
    late = replace(DELIVERED, due_at=made_at, done_at=made_at)
    assert report(replace(WELL, delivery=late)).last == LastPost(
        NINE, "Europe/Paris", "delivered", 5, made_at
    )


def test_an_edition_that_was_made_late_and_waits_a_moment_is_no_trouble() -> None:
    late = LastDelivery(NINE, NOW, DeliveryState.WAITING, papers=5)
    told = report(replace(WELL, delivery=late))
    assert (told.silence, told.last) == ("", LastPost(NINE, "Europe/Paris", "waiting", 5))


def test_a_young_post_that_waits_is_no_trouble() -> None:
    since = NOW - timedelta(seconds=30)
    young = LastDelivery(since, since, DeliveryState.WAITING, papers=5)
    told = report(replace(WELL, delivery=young))
    assert told.silence == ""
    assert told.last == LastPost(since, "Europe/Paris", "waiting", 5)


def test_an_edition_of_a_subscription_that_is_gone_explains_nothing() -> None:
    assert report(replace(WELL, edition=EMPTY._replace(subscription="gone"))).silence == ""


def test_several_that_were_stopped_for_one_reason_say_it_once() -> None:
    [standing] = paused(reason="The channel is gone").standings
    other = standing._replace(subscription=replace(standing.subscription, id="other"))
    assert report(replace(WELL, here=here(standing, other))).silence.count("The channel is gone") == 1


def test_an_edition_that_owed_nothing_is_the_last_post() -> None:
    later = EMPTY._replace(fires_at=NINE + timedelta(minutes=30))
    assert report(replace(WELL, edition=later)).last == LastPost(
        later.fires_at, "Europe/Paris", "nothing", why=EMPTY.reason
    )


def test_the_next_post_is_the_first_of_all_also_after_a_pause() -> None:
    [standing] = paused(until=MONDAY).standings
    tokyo = STANDING._replace(subscription=replace(WISH, id="other", tz="Asia/Tokyo", days=("wed",)))
    told = report(replace(WELL, here=here(tokyo, standing)))
    assert told.next == NextPost(MONDAY, "Europe/Paris")
    assert report(replace(WELL, here=paused())).next is None


async def test_status_looks_at_all_of_it() -> None:
    shop = Shop()
    await shop.list_days()
    await shop.ask("subscribe 9:00 Paris")
    shop.report = PlaceReport(("post",), ("I may not react here.",))
    await shop.ask("preview post=yes")
    answer = await shop.ask("status")
    assert isinstance(answer, StatusReport)
    assert (answer.silence, answer.is_meant) == ("I may not react here.", False)
    assert (answer.last and answer.last.papers, answer.next and answer.next.at) == (5, MONDAY)
    assert answer.feed is not None
    assert (answer.feed.day, answer.feed.papers) == (FRIDAY, 8)


async def test_a_platform_is_not_asked_about_a_place_without_subscriptions() -> None:
    shop = Shop(report=PlaceReport((), ("I may do nothing here.",)))
    await shop.list_days()
    answer = await shop.ask("status", Place("discord", "1", "9"))
    assert isinstance(answer, StatusReport)
    assert "I may do nothing here." not in answer.silence


async def test_a_list_that_was_fetched_and_is_empty_is_not_missing() -> None:
    shop = Shop()
    await shop.list_days(DAYS[:3])
    answer = await shop.ask("status")
    assert isinstance(answer, StatusReport)
    assert "that of Thursday 23 April is missing" in answer.silence
    await shop.list_days(DAYS[3:4], papers=0)
    answer = await shop.ask("status")
    assert isinstance(answer, StatusReport)
    assert "missing" not in answer.silence


@pytest.mark.parametrize(
    ("ahead", "next_at", "silence"),
    [
        pytest.param(timedelta(minutes=5), MONDAY, "", id="a step back of minutes is nothing"),
        pytest.param(
            timedelta(days=3, hours=1),
            MONDAY + timedelta(days=1),
            "The clock of this machine was ahead: what is due before {until} counts as posted. "
            "Starting “papers run” again mends that.",
            id="days",
        ),
    ],
)
def test_what_a_clock_ahead_has_planned_away_is_told(
    ahead: timedelta, next_at: datetime, silence: str
) -> None:
    until = max(MONDAY, NOW + ahead) + timedelta(seconds=1) if silence else NOW + ahead
    picture = replace(WELL, here=here(STANDING._replace(planned_until=until, next_at=next_at)))
    told = report(picture)
    assert told.silence == silence.format(until=picture.clock(until))
    assert told.next == NextPost(next_at, "Europe/Paris")
