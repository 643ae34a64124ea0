"""What a store keeps of lists and papers: `RecordFeed`, `RecordPapers`, `ThinSightings`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.papers import Figure, Listed, Paper, PaperId
from bot.ports import EVERYBODY, RecordFeed, RecordPapers, ThinSightings
from tests.contract.making import (
    FRIDAY,
    HOUR,
    NOON,
    THURSDAY,
    WEDNESDAY,
    entry,
    feed,
    numbers,
    paper,
    paper_id,
)

if TYPE_CHECKING:
    from bot.ports import Store

FULL = Paper(
    id=paper_id(1),
    title="Robots that fold: “laundry” & more",
    abstract="They fold.\\ $x^2$ 'quotes' and \"more\"",
    authors=("Ana Ünal", "Ben Ó Súilleabháin", "李雷"),
    published_at=datetime(2026, 4, 20, 10, 24, 50, 123456, tzinfo=UTC),
    organization="Lab of Folding",
    tldr="A robot folds.",
    keywords=("robots", "folding"),
    categories=("cs.RO", "cs.LG"),
    code_url="https://github.com/fold/fold",
    code_stars=0,
    project_url="https://fold.example",
)
EMPTY_FIELDS = Paper(FULL.id, FULL.title)


async def only(store: Store, number: int = 1) -> Listed:
    (listed,) = await store.papers([paper_id(number)], scope=EVERYBODY)
    return listed


async def test_a_paper_comes_back_as_it_was_told(store: Store) -> None:
    await store.write(feed(replace(entry(1, 9, 2), paper=FULL)))
    assert await only(store) == Listed(FULL, FRIDAY, 1, upvotes=9, comments=2, seen_at=NOON)


async def test_a_list_keeps_its_order(store: Store) -> None:
    await store.write(feed(entry(3), entry(1), entry(2)))
    listed = await store.newest_lists(FRIDAY, 1, scope=EVERYBODY, limit=None)
    assert {each.paper.id: each.position for each in listed} == {
        paper_id(3): 1,
        paper_id(1): 2,
        paper_id(2): 3,
    }


@pytest.mark.parametrize("minutes", [-60, 0], ids=["older", "of the same instant"])
async def test_an_older_list_replaces_no_figure_and_no_text(store: Store, minutes: int) -> None:
    await store.write(feed(entry(1, 9, 2, abstract="new"), entry(2)))
    await store.write(feed(entry(2), entry(1, 5, 1, abstract="old"), at=NOON + timedelta(minutes=minutes)))
    listed = await only(store)
    assert (listed.upvotes, listed.comments, listed.seen_at) == (9, 2, NOON)
    assert (listed.paper.abstract, listed.position) == ("new", 1)


async def test_a_newer_list_replaces_figures_texts_and_positions(store: Store) -> None:
    await store.write(feed(entry(1, 9, 2, abstract="old", tldr="short"), entry(2)))
    await store.write(feed(entry(2), entry(1, 5, 1, abstract="new", tldr=""), at=NOON + HOUR))
    listed = await only(store)
    assert (listed.upvotes, listed.comments, listed.seen_at) == (5, 1, NOON + HOUR)
    assert (listed.paper.abstract, listed.paper.tldr, listed.position) == ("new", "short", 2)


async def test_an_unknown_field_never_erases_a_known_one(store: Store) -> None:
    await store.write(feed(replace(entry(1), paper=FULL)))
    await store.write(feed(replace(entry(1), paper=EMPTY_FIELDS), at=NOON + HOUR))
    assert (await only(store)).paper == FULL


async def test_an_older_telling_fills_the_gaps(store: Store) -> None:
    await store.write(feed(replace(entry(1), paper=EMPTY_FIELDS)))
    await store.write(feed(replace(entry(1), paper=FULL), at=NOON - HOUR))
    assert (await only(store)).paper == FULL


async def test_a_repeated_list_changes_no_row(store: Store) -> None:
    lists = [feed(entry(1, 9), entry(2, 3)), feed(entry(1, 4), day=THURSDAY, at=NOON - 24 * HOUR)]
    assert await store.write(*lists) > 0
    assert await store.write(*lists) == 0
    assert await store.write(*reversed(lists)) == 0


async def test_the_order_in_which_lists_come_in_does_not_matter(store: Store) -> None:
    await store.write(feed(entry(1, 9, 3)))
    await store.write(feed(entry(1, 4, 1), day=THURSDAY, at=NOON - 24 * HOUR))
    listed = await only(store)
    assert (listed.feed_day, listed.upvotes, listed.comments) == (FRIDAY, 9, 3)
    assert listed.earlier == Figure(4, NOON - 24 * HOUR)


async def test_a_paper_on_two_lists_is_one_paper(store: Store) -> None:
    await store.write(
        feed(entry(2), entry(1, 4), day=THURSDAY, at=NOON - 24 * HOUR), feed(entry(1, 9), day=FRIDAY)
    )
    listed = await store.newest_lists(FRIDAY, 2, scope=EVERYBODY, limit=None)
    assert [(each.feed_day, each.paper.id, each.position, each.upvotes) for each in listed] == [
        (FRIDAY, paper_id(1), 1, 9),
        (THURSDAY, paper_id(1), 2, 9),
        (THURSDAY, paper_id(2), 1, 0),
    ]
    assert numbers(await store.best(THURSDAY, FRIDAY, scope=EVERYBODY, limit=None)) == [1, 2]
    assert (await only(store)).feed_day == FRIDAY


async def test_what_a_later_answer_leaves_out_stays_on_the_list(store: Store) -> None:
    await store.write(feed(entry(1), entry(2)), feed(entry(3), entry(2), at=NOON + HOUR))
    listed = await store.newest_lists(FRIDAY, 1, scope=EVERYBODY, limit=None)
    assert numbers(listed) == [1, 2, 3]


async def test_an_empty_day_is_recorded_and_has_no_list(store: Store) -> None:
    assert await store.write(feed(day=FRIDAY)) > 0
    assert set(await store.listed_days(FRIDAY, FRIDAY)) == {FRIDAY}
    assert await store.last_feed(FRIDAY) is None
    assert not await store.newest_lists(FRIDAY, 1, scope=EVERYBODY, limit=None)


async def test_a_day_that_was_empty_can_get_its_list(store: Store) -> None:
    await store.write(feed(day=FRIDAY), feed(entry(1), day=FRIDAY, at=NOON + HOUR))
    assert numbers(await store.newest_lists(FRIDAY, 1, scope=EVERYBODY, limit=None)) == [1]


async def test_listed_days_include_both_ends(store: Store) -> None:
    await store.write(feed(entry(1), day=WEDNESDAY), feed(day=THURSDAY), feed(entry(2), day=FRIDAY))
    assert set(await store.listed_days(WEDNESDAY, FRIDAY)) == {WEDNESDAY, THURSDAY, FRIDAY}
    assert set(await store.listed_days(THURSDAY, THURSDAY)) == {THURSDAY}
    assert not await store.listed_days(date(2020, 1, 1), date(2020, 12, 31))


async def test_the_last_feed_is_the_newest_with_papers(store: Store) -> None:
    await store.write(feed(entry(1), entry(2), day=THURSDAY, at=NOON), feed(day=FRIDAY))
    found = await store.last_feed(FRIDAY)
    assert found is not None
    assert (found.day, found.papers, found.fetched_at) == (THURSDAY, 2, NOON)
    assert await store.last_feed(WEDNESDAY) is None


async def test_the_last_feed_tells_of_the_newest_fetch(store: Store) -> None:
    await store.write(feed(entry(1), at=NOON), feed(entry(1), entry(2), at=NOON + HOUR))
    await store.write(feed(entry(3), at=NOON - HOUR))
    found = await store.last_feed(FRIDAY)
    assert found is not None
    assert (found.papers, found.fetched_at) == (3, NOON + HOUR)


# --- Movement -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours_before", "figure"),
    [
        pytest.param([1, 2], None, id="known for less than three hours"),
        pytest.param([3], 3, id="just three hours"),
        pytest.param([1, 4, 7], 4, id="the figure that stood then"),
    ],
)
async def test_the_earlier_figure_stood_three_hours_ago(
    store: Store, hours_before: list[int], figure: int | None
) -> None:
    for hours in sorted(hours_before, reverse=True):
        await store.write(feed(entry(1, upvotes=hours), at=NOON - hours * HOUR))
    await store.write(feed(entry(1, upvotes=50)))
    earlier = (await only(store)).earlier
    assert earlier == (figure and Figure(figure, NOON - figure * HOUR))


async def test_a_sighting_is_kept_only_where_a_number_changed(store: Store) -> None:
    for hours in range(10):
        await store.write(feed(entry(1, 5, 1), at=NOON + hours * HOUR))
    assert (await only(store)).earlier == Figure(5, NOON)
    thinned = await store.write(ThinSightings(NOON + timedelta(days=400)))
    assert thinned == 0


async def test_old_sightings_are_thinned_to_the_newest_of_each_hour_and_day(store: Store) -> None:
    now = NOON + timedelta(days=60)
    of_a_day = [datetime(2026, 4, 24, hour, 30, tzinfo=UTC) for hour in (1, 9, 17)]
    of_an_hour = [now - timedelta(days=10, minutes=minutes) for minutes in (-5, -25, -45)]
    fresh = [now - timedelta(days=1, minutes=minutes) for minutes in (5, 25, 45)]
    instants = sorted([*of_a_day, *of_an_hour, *fresh])
    for upvotes, at in enumerate(instants):
        await store.write(feed(entry(1, upvotes), at=at))
    assert await store.write(ThinSightings(now)) == 4
    assert await store.write(ThinSightings(now)) == 0


async def test_thinning_keeps_what_is_shown(store: Store) -> None:
    for minutes, upvotes in [(0, 1), (20, 2), (40, 3), (225, 9)]:
        await store.write(feed(entry(1, upvotes), at=NOON + timedelta(minutes=minutes)))
    assert (await only(store)).earlier == Figure(3, NOON + timedelta(minutes=40))
    await store.write(ThinSightings(NOON + timedelta(days=3)))
    listed = await only(store)
    assert (listed.upvotes, listed.earlier) == (9, Figure(3, NOON + timedelta(minutes=40)))


async def test_thinning_one_paper_leaves_the_others(store: Store) -> None:
    for minutes in (0, 20):
        await store.write(feed(entry(1, minutes), entry(2, minutes), at=NOON + timedelta(minutes=minutes)))
    assert await store.write(ThinSightings(NOON + timedelta(days=3))) == 2


# --- Papers outside lists -----------------------------------------------------


async def test_papers_seen_outside_a_list_stand_on_none(store: Store) -> None:
    seen = RecordPapers((entry(1, 7, 2, abstract="text"),), NOON, has_figures=True)
    assert await store.write(seen) > 0
    assert await store.write(seen) == 0
    assert await only(store) == Listed(paper(1, abstract="text"), upvotes=7, comments=2, seen_at=NOON)
    assert await store.last_feed(FRIDAY) is None


async def test_papers_without_figures_leave_those_known(store: Store) -> None:
    await store.write(feed(entry(1, 9, 3)))
    later = RecordPapers((entry(1, 0, 0, categories=("cs.CL",)),), NOON + HOUR, has_figures=False)
    await store.write(later)
    listed = await only(store)
    assert (listed.upvotes, listed.comments, listed.seen_at) == (9, 3, NOON)
    assert listed.paper.categories == ("cs.CL",)


async def test_figures_count_even_if_the_texts_were_told_later(store: Store) -> None:
    await store.write(RecordPapers((entry(1, abstract="of arXiv"),), NOON + HOUR, has_figures=False))
    assert (await only(store)).seen_at is None
    await store.write(feed(entry(1, 9, 3, abstract="of the list"), at=NOON))
    listed = await only(store)
    assert (listed.upvotes, listed.comments, listed.seen_at) == (9, 3, NOON)
    assert listed.paper.abstract == "of arXiv"


async def test_bare_papers_lack_categories(store: Store) -> None:
    await store.write(feed(entry(1), entry(2, categories=("cs.CL",)), day=THURSDAY), feed(entry(3)))
    assert list(await store.bare_papers(5)) == [paper_id(3), paper_id(1)]
    assert list(await store.bare_papers(1)) == [paper_id(3)]


# --- What the search index reads ------------------------------------------------


async def test_index_rows_come_by_rising_revision(store: Store) -> None:
    await store.write(feed(entry(1), entry(2), day=THURSDAY), feed(entry(3)))
    rows = await store.index_rows(0, 100)
    assert {(row.paper.id, row.day) for row in rows} == {
        (paper_id(1), THURSDAY),
        (paper_id(2), THURSDAY),
        (paper_id(3), FRIDAY),
    }
    revisions = [row.revision for row in rows]
    assert revisions == sorted(set(revisions))
    assert min(revisions) > 0
    assert await store.index_rows(0, 2) == rows[:2]
    assert await store.index_rows(revisions[0], 100) == rows[1:]
    assert not await store.index_rows(revisions[-1], 100)
    assert list(await store.revisions(0, 100)) == [(row.paper.id, row.revision) for row in rows]
    assert list(await store.revisions(revisions[0], 1)) == [(rows[1].paper.id, revisions[1])]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(feed(entry(1, abstract="new"), day=THURSDAY, at=NOON + HOUR), id="a text"),
        pytest.param(feed(entry(1), day=FRIDAY, at=NOON + HOUR), id="the day"),
        pytest.param(RecordPapers((entry(1, keywords=("word",)),), NOON, has_figures=False), id="a gap"),
    ],
)
async def test_a_changed_paper_gets_a_new_revision(store: Store, change: RecordFeed | RecordPapers) -> None:
    await store.write(feed(entry(1), entry(2), day=THURSDAY))
    newest = (await store.index_rows(0, 100))[-1].revision
    await store.write(change)
    assert [row.paper.id for row in await store.index_rows(newest, 100)] == [paper_id(1)]
    assert len(await store.index_rows(0, 100)) == 2


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(feed(entry(1, 50, 4), day=THURSDAY, at=NOON + HOUR), id="figures"),
        pytest.param(feed(entry(1), day=WEDNESDAY, at=NOON + HOUR), id="an older day"),
        pytest.param(feed(entry(1, abstract=""), day=THURSDAY, at=NOON + HOUR), id="nothing"),
    ],
)
async def test_what_the_index_does_not_read_gives_no_revision(store: Store, change: RecordFeed) -> None:
    await store.write(feed(entry(1, abstract="known"), day=THURSDAY))
    rows = await store.index_rows(0, 100)
    await store.write(change)
    assert await store.index_rows(0, 100) == rows


async def test_old_style_ids_are_ids(store: Store) -> None:
    old = Paper(PaperId("hep-th/9901001"), "Old")
    await store.write(feed(replace(entry(1), paper=old)))
    (listed,) = await store.papers([old.id], scope=EVERYBODY)
    assert listed.paper == old
