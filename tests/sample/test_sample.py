"""The bundled sample: whole, in the API's shape, and true to itself over time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot.domain.papers import Feed
from bot.sample.moments import DAYS, MOMENTS
from bot.sample.source import NoArchive, SampleSource, items_at, items_of
from bot.sources.daily import feed_of
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from datetime import date

    from bot.sample.moments import Moment

MIDNIGHT = datetime(2026, 4, 24, tzinfo=UTC)


async def feed_at(now: datetime, day: date) -> Feed:
    feed = await SampleSource(FakeClock(now), feed_of).feed(day)
    assert isinstance(feed, Feed)
    return feed


def test_there_are_enough_papers_and_each_is_there_once() -> None:
    ids = [item["paper"]["id"] for day in DAYS for item in items_of(day)]
    assert len(ids) == len(set(ids)) == 42


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_item_can_be_read_and_says_what_a_card_shows(day: date) -> None:
    feed = feed_of(items_of(day), day, MIDNIGHT)
    assert feed.skipped == ()
    assert all(entry.listed_on == day for entry in feed.entries)
    papers = [entry.paper for entry in feed.entries]
    assert all(paper.title and paper.abstract and paper.authors and paper.published_at for paper in papers)
    assert not any(paper.tldr for paper in papers)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_file_has_one_item_a_line_by_falling_upvotes(day: date) -> None:
    lines = files("bot.sample").joinpath(f"{day}.json").read_text("utf-8").splitlines()
    items = [json.loads(line.rstrip(",")) for line in lines[1:-1]]
    assert items == items_of(day)
    upvotes = [item["paper"]["upvotes"] for item in items]
    assert upvotes == sorted(upvotes, reverse=True)


def test_summaries_are_short() -> None:
    summaries = [json.loads(json.dumps(item))["paper"]["summary"] for day in DAYS for item in items_of(day)]
    assert max(map(len, summaries)) < 250


FRIDAY = [moment for moment in MOMENTS if moment.day == DAYS[2]]


@pytest.mark.parametrize(("before", "after"), list(pairwise(FRIDAY)), ids=lambda moment: f"{moment.at:%H:%M}")
def test_the_list_only_grows(before: Moment, after: Moment) -> None:
    earlier = {item["paper"]["id"]: item["paper"]["upvotes"] for item in items_at(before)}
    later = {item["paper"]["id"]: item["paper"]["upvotes"] for item in items_at(after)}
    assert all(later[paper] >= upvotes for paper, upvotes in earlier.items())


@pytest.mark.parametrize("moment", FRIDAY, ids=lambda moment: f"{moment.at:%H:%M}")
def test_a_paper_is_on_the_list_from_when_it_was_put_there(moment: Moment) -> None:
    put = {entry["paper"]["id"]: entry["paper"] for entry in json.loads(json.dumps(items_of(moment.day)))}
    on_list = {item["paper"]["id"] for item in items_at(moment)}
    due = {
        paper
        for paper, fields in put.items()
        if datetime.fromisoformat(fields["submittedOnDailyAt"]) <= moment.at
    }
    assert on_list == due


@pytest.mark.parametrize(
    ("now", "papers"),
    [
        pytest.param(MIDNIGHT + timedelta(minutes=54), 0, id="not open"),
        pytest.param(MIDNIGHT + timedelta(minutes=55), 3, id="just opened"),
        pytest.param(MIDNIGHT + timedelta(hours=7), 15, id="grown"),
        pytest.param(MIDNIGHT + timedelta(days=400), 15, id="long ago"),
    ],
)
async def test_the_source_shows_the_list_as_it_stood(now: datetime, papers: int) -> None:
    feed = await feed_at(now, DAYS[2])
    assert len(feed.entries) == papers
    assert feed.seen_at <= now


async def test_a_day_that_is_not_in_the_sample_has_no_list() -> None:
    assert (await feed_at(MIDNIGHT, DAYS[0] - timedelta(days=1))).entries == ()


async def test_nothing_else_is_known() -> None:
    source = SampleSource(FakeClock(MIDNIGHT), feed_of)
    feed = await feed_at(MIDNIGHT, DAYS[0])
    paper = feed.entries[0].paper.id
    assert await source.paper(paper) is None
    assert await source.search("agent", 5) == ()
    assert "arXiv" in str(await NoArchive().papers([paper]))
