from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.choosing import Choice
from bot.domain.deliveries import DeliveryKind, delivery_key, named_papers
from bot.domain.due import Fire, at_now
from bot.domain.edition_words import summary_of
from bot.domain.editions import Chosen, EditionKind
from bot.domain.postings import Making, Posting, SourceNews, news_of, posting_now, posting_of
from bot.domain.schedule import firing_now
from bot.domain.sources import SourceHealth
from bot.domain.subscriptions import Empty, Layout, Standing
from tests.domain.scheduling import HERE, paper_id, standing, utc, wish

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.subscriptions import Subscription

THREE = tuple(Chosen(paper_id(number), (f"{number} upvotes",)) for number in (1, 2, 3))
PAPERS = Choice("Papers · Friday 24 April", THREE, ("The top 3 of 15 listed so far",))
NOTHING = Choice("Papers · Friday 24 April", reason="Nothing new.")
WELL = SourceHealth(utc("2026-04-24 06:55"))
DOWN = SourceHealth(utc("2026-04-24 04:35"), utc("2026-04-24 04:40"), "did not answer within 10 seconds")
KEY = "s1@2026-04-24T09:00"
FRIDAY_NINE = utc("2026-04-24 07:00")


def before(subscription: Subscription | None = None, **more: object) -> Standing:
    return standing("2026-04-23 07:01", subscription, **more)


def post(
    choice: Choice,
    was: Standing,
    *,
    now: datetime = FRIDAY_NINE,
    health: SourceHealth = WELL,
    is_spoiled: bool = False,
    notifies: bool = False,
    publishes: bool = False,
) -> Posting:
    fire = at_now(was, now)
    assert isinstance(fire, Fire)
    news = news_of(was, health, is_spoiled=is_spoiled)
    return posting_of(Making(was, fire, choice, now, health, news, notifies, publishes))


def told(posting: Posting) -> list[str]:
    """Put messages into a few words: `notice: Nothing new.`"""
    return [f"{one.kind.value}: {one.text}" for one in posting.deliveries]


# --- Layouts --------------------------------------------------------------------


def test_an_edition_says_what_it_is() -> None:
    edition = post(PAPERS, before()).edition
    assert (edition.key, edition.kind, edition.layout) == (KEY, EditionKind.SCHEDULED, "digest")
    assert (edition.place, edition.subscription, edition.fires_at) == (HERE, "s1", FRIDAY_NINE)
    assert (edition.papers, edition.notes, edition.reason) == (THREE, PAPERS.notes, "")
    assert edition.footer == "Daily 09:00 Paris · why these? /papers status"
    assert summary_of(edition) == "3 papers for Friday 24 April, the top 3 of 15 listed so far"


@pytest.mark.parametrize(
    ("layout", "messages"),
    [
        (Layout.DIGEST, [("post", 0, THREE)]),
        (Layout.RECAP, [("post", 0, THREE)]),
        (Layout.POSTS, [("post", 1, THREE[:1]), ("post", 2, THREE[1:2]), ("post", 3, THREE[2:])]),
        (
            Layout.THREAD,
            [
                ("thread", 0, THREE),
                ("reply", 1, THREE[:1]),
                ("reply", 2, THREE[1:2]),
                ("reply", 3, THREE[2:]),
            ],
        ),
    ],
)
def test_the_messages_of_a_layout(
    layout: Layout, messages: Sequence[tuple[str, int, Sequence[Chosen]]]
) -> None:
    posting = post(PAPERS, before(wish(layout=layout)))
    found = [(one.kind.value, one.part, named_papers(one, posting.edition)) for one in posting.deliveries]
    assert found == [(kind, part, tuple(chosen.paper for chosen in shown)) for kind, part, shown in messages]
    assert len({one.key for one in posting.deliveries}) == len(messages)
    for one in posting.deliveries:
        assert one.key == delivery_key(HERE, KEY, one.kind, one.part)
        assert (one.edition, one.due_at) == (KEY, FRIDAY_NINE)
        assert one.expires_at == utc("2026-04-25 07:00")


def test_replies_wait_for_their_heading() -> None:
    heading, *replies = post(PAPERS, before(wish(layout=Layout.THREAD))).deliveries
    assert heading.parent == ""
    assert {one.parent for one in replies} == {heading.key}


@pytest.mark.parametrize("layout", list(Layout))
def test_at_most_the_first_message_notifies(layout: Layout) -> None:
    was = before(wish(layout=layout))
    assert all(one.silent for one in post(PAPERS, was).deliveries)
    first, *others = post(PAPERS, was, notifies=True).deliveries
    assert not first.silent
    assert all(one.silent for one in others)


@pytest.mark.parametrize(
    ("layout", "published"),
    [
        (Layout.DIGEST, [("post", 0)]),
        (Layout.RECAP, [("post", 0)]),
        (Layout.POSTS, [("post", part) for part in range(1, 11)]),
        (Layout.THREAD, [("thread", 0)]),
    ],
)
def test_in_an_announcement_channel_what_stands_there_is_published(
    layout: Layout, published: list[tuple[str, int]]
) -> None:
    twelve = replace(PAPERS, papers=tuple(Chosen(paper_id(number)) for number in range(1, 13)))
    posting = post(twelve, before(wish(layout=layout)), publishes=True)
    by_key = {one.key: one for one in posting.deliveries}
    publishing = [one for one in posting.deliveries if one.kind is DeliveryKind.PUBLISH]
    heads = [by_key[one.parent] for one in publishing]
    assert [(head.kind.value, head.part) for head in heads] == published
    assert len(by_key) == len(posting.deliveries)
    assert not any(named_papers(one, posting.edition) for one in publishing)


def test_an_empty_line_is_not_published() -> None:
    assert told(post(NOTHING, before(), publishes=True)) == told(post(NOTHING, before()))


def test_a_recap_is_one_by_kind() -> None:
    assert post(PAPERS, before(wish(layout=Layout.RECAP))).edition.kind is EditionKind.RECAP


def test_an_edition_moves_its_subscription_on() -> None:
    after = post(PAPERS, before(empty_line="line")).after
    assert (after.last_fired_at, after.next_at) == (FRIDAY_NINE, utc("2026-04-25 07:00"))
    assert after.planned_until > FRIDAY_NINE
    assert after.empty_line == ""


# --- Late -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "now", "notes"),
    [
        pytest.param("04-24 06:00", "04-24 07:09", [], id="nearly on time"),
        pytest.param(
            "04-24 06:00", "04-24 12:00", ["This was due 09:00 Paris; I was not running then."], id="away"
        ),
        pytest.param(
            "04-22 06:00",
            "04-24 12:00",
            ["This also covers 2 earlier editions, due since Wed 22 April, 09:00 Paris. I was not running."],
            id="for days",
        ),
        pytest.param(
            "04-23 06:00",
            "04-24 07:00",
            ["This also covers 1 earlier edition, due since Thu 23 April, 09:00 Paris."],
            id="joined",
        ),
    ],
)
def test_a_late_edition_says_so(until: str, now: str, notes: list[str]) -> None:
    edition = post(PAPERS, standing(f"2026-{until}"), now=utc(f"2026-{now}")).edition
    assert list(edition.notes[1:]) == notes


def test_an_edition_that_was_put_off_says_that_it_is_late() -> None:
    morning = utc("2026-04-24 05:00")
    noon = standing("2026-04-23 07:01", wish(utc("2026-04-23 12:00").time()), next_at=morning)
    assert post(PAPERS, noon, now=morning).edition.notes[1:] == (
        "This was due Thu 23 April, 12:00 Paris and comes late.",
    )


def test_what_is_days_late_does_not_expire_at_once() -> None:
    weekly = wish(days=("fri",))
    now = utc("2026-04-26 12:00")
    posting = post(PAPERS, standing("2026-04-23 07:01", weekly), now=now)
    (delivery,) = posting.deliveries
    assert (posting.edition.key, posting.edition.fires_at) == (KEY, FRIDAY_NINE)
    assert (delivery.due_at, delivery.expires_at) == (now, now + timedelta(hours=24))


# --- Empty ------------------------------------------------------------------------

NEXT_SATURDAY = " Next look Sat 25 April, 09:00 Paris."


@pytest.mark.parametrize(
    ("empty", "line", "messages"),
    [
        (Empty.ONCE, "", ["notice"]),
        (Empty.ONCE, "line", ["edit"]),
        (Empty.ALWAYS, "", ["notice"]),
        (Empty.ALWAYS, "line", ["notice"]),
        (Empty.QUIET, "", []),
    ],
)
def test_what_an_empty_edition_says(empty: Empty, line: str, messages: list[str]) -> None:
    posting = post(NOTHING, before(wish(empty=empty), empty_line=line))
    assert posting.edition.reason == f"Nothing new.{NEXT_SATURDAY}"
    assert told(posting) == [f"{kind}: Nothing new.{NEXT_SATURDAY}" for kind in messages]
    assert all(one.silent for one in posting.deliveries)


def test_later_lines_in_a_row_edit_the_first() -> None:
    first = post(NOTHING, before())
    (line,) = first.deliveries
    assert (line.kind, first.after.empty_line) == (DeliveryKind.NOTICE, line.key)
    monday = first.after._replace(planned_until=utc("2026-04-27 06:00"))
    second = post(NOTHING, monday, now=utc("2026-04-27 07:00"))
    (edit,) = second.deliveries
    assert (edit.kind, edit.parent, second.after.empty_line) == (DeliveryKind.EDIT, line.key, line.key)
    assert edit.key != line.key


def test_an_edition_with_papers_ends_the_row() -> None:
    assert post(PAPERS, before(empty_line="line")).after.empty_line == ""


@pytest.mark.parametrize("empty", [Empty.ALWAYS, Empty.QUIET])
def test_who_wants_no_row_has_none(empty: Empty) -> None:
    assert post(NOTHING, before(wish(empty=empty), empty_line="line")).after.empty_line == ""


SATURDAY = utc("2026-04-25 07:00")


@pytest.mark.parametrize("empty", list(Empty))
def test_on_a_day_without_a_list_an_empty_edition_says_nothing(empty: Empty) -> None:
    was = standing("2026-04-24 07:01", wish(empty=empty), empty_line="line")
    posting = post(NOTHING, was, now=SATURDAY)
    assert posting.deliveries == ()
    assert posting.edition.reason == "Nothing new. Next look Sun 26 April, 09:00 Paris."
    assert posting.after.empty_line == ("line" if empty is Empty.ONCE else "")


def test_on_a_day_without_a_list_papers_are_posted_as_always() -> None:
    assert told(post(PAPERS, standing("2026-04-24 07:01"), now=SATURDAY)) == ["post: "]


@pytest.mark.parametrize(
    ("zone", "now", "says"),
    [
        pytest.param("Asia/Tokyo", "04-27 00:00", 1, id="Monday in Tokyo and in UTC"),
        pytest.param("Asia/Tokyo", "04-25 00:00", 0, id="Saturday in both"),
        pytest.param("Pacific/Auckland", "04-26 21:00", 1, id="Monday there, Sunday in UTC"),
        pytest.param("Pacific/Auckland", "04-24 21:00", 1, id="Saturday there, Friday's list in UTC"),
        pytest.param("Pacific/Auckland", "04-25 21:00", 0, id="Sunday there, Saturday in UTC"),
    ],
)
def test_a_list_is_expected_by_either_calendar(zone: str, now: str, says: int) -> None:
    moment = utc(f"2026-{now}")
    was = Standing(wish(tz=zone), moment - timedelta(hours=12))
    assert len(post(NOTHING, was, now=moment).deliveries) == says


@pytest.mark.parametrize("empty", list(Empty))
@pytest.mark.parametrize(
    ("until", "now", "says"),
    [
        pytest.param(
            "04-23 07:01",
            "04-24 12:00",
            "The post due 09:00 Paris was not made in time: I was not running.",
            id="away",
        ),
        pytest.param(
            "04-22 06:00",
            "04-24 12:00",
            "3 posts due since Wed 22 April, 09:00 Paris were not made in time: I was not running.",
            id="for days",
        ),
        pytest.param(
            "04-22 06:00",
            "04-24 07:00",
            "2 posts due since Wed 22 April, 09:00 Paris were not made in time.",
            id="joined",
        ),
        pytest.param(
            "04-23 06:00",
            "04-24 07:00",
            "The post due Thu 23 April, 09:00 Paris was not made in time.",
            id="one, joined",
        ),
    ],
)
def test_an_empty_edition_that_is_late_says_so_in_words_that_stand_alone(
    empty: Empty, until: str, now: str, says: str
) -> None:
    was = standing(f"2026-{until}", wish(empty=empty), empty_line="line")
    reason = "" if empty is Empty.QUIET else f" Nothing new.{NEXT_SATURDAY}"
    assert told(post(NOTHING, was, now=utc(f"2026-{now}"))) == [f"notice: {says}{reason}"]


# --- The source -------------------------------------------------------------------

IS_DOWN = "Hugging Face has not answered since 06:40 Paris. What it lists later comes in the next edition."
IS_BACK = "Hugging Face answers again; it had not since 06:40 Paris."
SPOKEN_AT = utc("2026-04-24 09:00")


def waited(subscription: Subscription | None = None, **more: object) -> Standing:
    """Return a subscription whose firing has waited for the source."""
    return before(subscription, next_at=SPOKEN_AT, **more)


@pytest.mark.parametrize("empty", list(Empty))
@pytest.mark.parametrize("line", ["", "line"])
def test_a_fault_that_spoils_an_empty_edition_always_speaks(empty: Empty, line: str) -> None:
    was = waited(wish(empty=empty), empty_line=line)
    posting = post(NOTHING, was, now=SPOKEN_AT, health=DOWN, is_spoiled=True)
    assert told(posting) == [f"notice: {IS_DOWN}"]
    assert posting.edition.reason == IS_DOWN
    assert posting.after.told_fault_since == DOWN.failing_since


def test_it_speaks_on_a_weekend_too() -> None:
    was = standing("2026-04-25 06:00", wish(empty=Empty.QUIET))
    posting = post(NOTHING, was, now=SATURDAY, health=DOWN, is_spoiled=True)
    since = "Fri 24 April, 06:40 Paris"
    assert told(posting) == [f"notice: {IS_DOWN.replace('06:40 Paris', since)}"]


def test_a_fault_is_a_note_where_there_are_papers_all_the_same() -> None:
    posting = post(PAPERS, waited(), now=SPOKEN_AT, health=DOWN, is_spoiled=True)
    assert posting.edition.notes == (*PAPERS.notes, IS_DOWN)
    assert told(posting) == ["post: "]
    assert posting.after.told_fault_since == DOWN.failing_since


def test_a_fault_is_told_once() -> None:
    was = waited(told_fault_since=DOWN.failing_since, empty_line="line")
    posting = post(PAPERS, was, now=SPOKEN_AT, health=DOWN, is_spoiled=True)
    assert posting.edition.notes == PAPERS.notes
    again = post(NOTHING, was, now=SPOKEN_AT, health=DOWN, is_spoiled=True)
    assert told(again) == [f"edit: {IS_DOWN}"]
    quiet = was._replace(subscription=wish(empty=Empty.QUIET))
    assert post(NOTHING, quiet, now=SPOKEN_AT, health=DOWN, is_spoiled=True).deliveries == ()
    assert again.after.told_fault_since == DOWN.failing_since


def test_another_fault_is_told_again() -> None:
    was = waited(told_fault_since=utc("2026-04-20 04:00"))
    assert told(post(NOTHING, was, now=SPOKEN_AT, health=DOWN, is_spoiled=True)) == [f"notice: {IS_DOWN}"]


def test_that_a_fault_is_over_is_told_once() -> None:
    was = before(told_fault_since=DOWN.failing_since)
    posting = post(PAPERS, was)
    assert posting.edition.notes == (*PAPERS.notes, IS_BACK)
    assert posting.after.told_fault_since is None


@pytest.mark.parametrize(
    ("empty", "reason"),
    [
        (Empty.ONCE, f" Nothing new.{NEXT_SATURDAY}"),
        (Empty.ALWAYS, f" Nothing new.{NEXT_SATURDAY}"),
        (Empty.QUIET, ""),
    ],
)
def test_that_a_fault_is_over_is_told_where_there_are_no_papers(empty: Empty, reason: str) -> None:
    was = before(wish(empty=empty), told_fault_since=DOWN.failing_since, empty_line="line")
    posting = post(NOTHING, was)
    assert told(posting) == [f"notice: {IS_BACK}{reason}"]
    assert posting.after.told_fault_since is None
    (line,) = posting.deliveries
    assert posting.after.empty_line == (line.key if empty is Empty.ONCE else "")


def test_that_a_fault_is_over_is_told_on_a_weekend_without_a_reason() -> None:
    was = standing("2026-04-25 06:00", told_fault_since=DOWN.failing_since, empty_line="line")
    posting = post(NOTHING, was, now=SATURDAY)
    assert told(posting) == [f"notice: {IS_BACK.replace('06:40', 'Fri 24 April, 06:40')}"]
    assert posting.after.empty_line == "line"


@pytest.mark.parametrize(
    ("told_since", "failing_since", "is_spoiled", "news"),
    [
        (None, None, False, SourceNews.NONE),
        (None, DOWN.failing_since, False, SourceNews.NONE),
        (None, DOWN.failing_since, True, SourceNews.BEGUN),
        (DOWN.failing_since, DOWN.failing_since, True, SourceNews.GOES_ON),
        (utc("2026-04-20 04:00"), DOWN.failing_since, True, SourceNews.BEGUN),
        (utc("2026-04-20 04:00"), DOWN.failing_since, False, SourceNews.NONE),
        (DOWN.failing_since, None, False, SourceNews.OVER),
    ],
)
def test_what_there_is_to_tell_of_the_source(
    told_since: datetime | None, failing_since: datetime | None, *, is_spoiled: bool, news: SourceNews
) -> None:
    health = SourceHealth(None, failing_since)
    assert news_of(before(told_fault_since=told_since), health, is_spoiled=is_spoiled) is news
    recap = before(wish(layout=Layout.RECAP), told_fault_since=told_since)
    assert news_of(recap, health, is_spoiled=is_spoiled) is SourceNews.NONE


# --- Asked for ----------------------------------------------------------------------


def post_now(choice: Choice, was: Standing) -> Posting:
    now = utc("2026-04-24 12:05")
    firing = firing_now(was.subscription, now)
    return posting_now(Making(was, Fire(firing, firing), choice, now, WELL))


def test_what_somebody_asks_for_is_posted_and_what_is_scheduled_stays() -> None:
    was = before(next_at=FRIDAY_NINE, empty_line="line")
    posting = post_now(PAPERS, was)
    assert posting.edition.key == "s1@2026-04-24T14:05"
    assert told(posting) == ["post: "]
    expected = was._replace(last_fired_at=utc("2026-04-24 12:05"), empty_line="")
    assert posting.after == expected


def test_nothing_is_posted_where_somebody_asks_and_there_is_nothing() -> None:
    was = before(empty_line="line")
    posting = post_now(NOTHING, was)
    assert (posting.deliveries, posting.after, posting.edition.reason) == ((), was, "Nothing new.")
