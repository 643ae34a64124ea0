from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.papers import FeedEntry
from bot.sources.daily import entry_of, feed_of
from tests.sources.samples import UNIT, WORLDMARK, daily

DAY = date(2026, 4, 24)
SEEN = datetime(2026, 4, 24, 9, tzinfo=UTC)


def read(item: object) -> FeedEntry:
    entry = entry_of(item)
    assert isinstance(entry, FeedEntry), entry
    return entry


def test_an_item_is_read_from_its_paper() -> None:
    entry = read(WORLDMARK)
    paper = entry.paper
    assert paper.title == "WorldMark: A Unified Benchmark Suite for Interactive Video World Models"
    assert (
        paper.abstract == "One benchmark with the same scenes and controls for every interactive video model."
    )
    assert paper.tldr == "A benchmark for interactive video models."
    assert paper.authors == ("Xiaojie Xu", "Zhengyuan Lin")
    assert paper.published_at == datetime(2026, 4, 23, 13, 50, 58, tzinfo=UTC)
    assert paper.keywords == ("world models", "interactive video generation")
    assert (entry.upvotes, entry.comments, entry.listed_on) == (27, 2, DAY)


def test_an_organisation_is_called_as_it_calls_itself() -> None:
    assert read(UNIT).paper.organization == "XPENG Robotics"


def test_a_flat_paper_is_read_too() -> None:
    assert read(UNIT["paper"] | {"numComments": 4}).comments == 4
    assert read(UNIT["paper"]).paper == read(UNIT).paper


@pytest.mark.parametrize(
    ("link", "stars"),
    [
        pytest.param("https://github.com/owner/name", 12, id="a repository"),
        pytest.param("https://github.com/owner/name.git/", 12, id="with its ending"),
        pytest.param("https://github.com/owner/name/tree/main/part", None, id="a folder in one"),
        pytest.param("https://github.com/owner", None, id="an owner"),
    ],
)
def test_stars_belong_to_a_repository_alone(link: str, stars: int | None) -> None:
    paper = read({"paper": UNIT["paper"] | {"githubRepo": link}}).paper
    assert (paper.code_url, paper.code_stars) == (link, stars)


@pytest.mark.parametrize(
    ("field", "value", "name", "expected"),
    [
        ("upvotes", "27", "upvotes", 0),
        ("upvotes", True, "upvotes", 0),
        ("upvotes", -3, "upvotes", 0),
        ("upvotes", 10**30, "upvotes", 0),
        ("upvotes", None, "upvotes", 0),
        ("submittedOnDailyAt", "yesterday", "listed_on", None),
        ("submittedOnDailyAt", "2026-04-24T23:30:00-05:00", "listed_on", date(2026, 4, 25)),
        ("submittedOnDailyAt", "9999-12-31T23:59:59-05:00", "listed_on", None),
    ],
)
def test_a_number_or_moment_of_the_wrong_kind_is_unknown(
    field: str, value: object, name: str, expected: object
) -> None:
    assert getattr(read({"paper": UNIT["paper"] | {field: value}}), name) == expected


@pytest.mark.parametrize("field", sorted(set(UNIT["paper"]) - {"id", "title"}))
def test_every_other_field_may_be_missing(field: str) -> None:
    paper = {name: value for name, value in UNIT["paper"].items() if name != field}
    assert read({"paper": paper}).paper.id == "2604.19734"


def test_a_paper_of_664_authors_keeps_them_all() -> None:
    crowd = [{"name": f"Author {number}"} for number in range(664)]
    assert len(read({"paper": UNIT["paper"] | {"authors": crowd}}).paper.authors) == 664


def test_one_bad_item_is_skipped_and_named_and_the_others_go_in() -> None:
    items: list[Any] = [
        *daily(),
        "text",
        {"paper": {"id": "2604.00001"}},
        {"paper": {"title": "No id"}},
        None,
    ]
    feed = feed_of(items, DAY, SEEN)
    assert [entry.paper.id for entry in feed.entries] == ["2604.21686", "2604.19734"]
    assert [(skipped.item, skipped.why) for skipped in feed.skipped] == [
        ("item 3", "is no object"),
        ("2604.00001", "has no title"),
        ("item 5", "has no arXiv identifier"),
        ("item 6", "is no object"),
    ]


def test_a_paper_that_is_listed_twice_counts_once() -> None:
    twice = daily()
    twice[1]["paper"]["id"] = "2604.21686v2"
    assert [entry.paper.id for entry in feed_of(twice, DAY, SEEN).entries] == ["2604.21686"]


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def mutated(draw: st.DrawFn) -> object:
    """A real item with some of its values replaced or dropped, at either level."""
    item = draw(st.sampled_from(daily()))
    for holder in (item, item["paper"]):
        for name in draw(st.lists(st.sampled_from(sorted(holder)), max_size=4, unique=True)):
            if draw(st.booleans()):
                holder[name] = draw(junk)
            else:
                del holder[name]
    return item


@given(st.lists(mutated() | junk, max_size=6))
def test_no_answer_breaks_the_reader(items: list[object]) -> None:
    feed = feed_of(items, DAY, SEEN)
    ids = [entry.paper.id for entry in feed.entries]
    assert len(ids) == len(set(ids))
    assert len(feed.entries) + len(feed.skipped) <= len(items)
    readable = sum(isinstance(entry_of(item), FeedEntry) for item in items)
    assert len(feed.skipped) == len(items) - readable
