"""The planner over fakes: what it writes for whom, and that nobody is written to twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.deliveries import Delivery, DeliveryKind
from bot.domain.edition_words import SOURCE
from bot.domain.places import Identity, Place, PlaceKind, PlaceProfile
from bot.domain.postings import posting_of
from bot.domain.sources import SourceHealth
from bot.domain.subscriptions import Layout
from bot.domain.votes import Submission
from bot.ports import KeepRecords, RecordPapers
from bot.ports.delivery import Broken, Caps, Change, Planned, Saved, Standing
from bot.services import planning
from bot.services.communities import Communities
from bot.services.planning import AT_ONCE, FAULT_WAIT, Planner
from tests.contract.making import (
    ANA,
    BEN,
    CLEO,
    ELSEWHERE,
    FRIDAY,
    HERE,
    NEXT_DOOR,
    THURSDAY,
    entry,
    feed,
    vote,
    votes,
)
from tests.contract.subscribing import wish
from tests.fakes.clock import FakeClock
from tests.fakes.memory_communities import MemoryCommunities
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.editions import Edition
    from bot.domain.postings import Making, Posting

NINE_IN_PARIS = datetime(2026, 4, 24, 7, tzinfo=UTC)
"""Of Friday."""
EARLY = NINE_IN_PARIS - timedelta(hours=6)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
WAIT = timedelta(hours=2)


class House:
    """A store with Friday's list of seven papers and Thursday's of three, and a planner."""

    def __init__(self) -> None:
        self.clock = FakeClock(NINE_IN_PARIS)
        self.store = MemoryStore()
        self.kept = MemoryDelivery(self.store)
        self.planner = Planner(self.store, self.kept, self.clock, WAIT)

    def vote_apart(self) -> None:
        """Let each server vote alone."""
        scopes = Communities(MemoryCommunities(self.store), self.clock, "x".__mul__)
        self.planner = Planner(self.store, self.kept, self.clock, WAIT, scopes)

    async def listed(self) -> None:
        thursday = (entry(number, upvotes=number) for number in range(11, 14))
        friday = (entry(number, upvotes=number * 10) for number in range(1, 8))
        await self.store.write(feed(*thursday, day=THURSDAY, at=EARLY - 20 * HOUR))
        await self.store.write(feed(*friday, day=FRIDAY, at=EARLY))

    async def subscribed(self, name: str = "morning", place: Place = HERE, **wished: object) -> None:
        standing = Standing(wish(name, place, **wished), EARLY)
        saved = await self.kept.change([Change(None, standing)], Caps(server=1_000), None)
        assert saved is Saved.DONE

    async def health(self, ok_at: datetime, failing_since: datetime | None = None) -> None:
        await self.kept.record_health(SOURCE, SourceHealth(ok_at, failing_since))

    def edition(self, name: str = "morning") -> Edition:
        """Return the one edition of a subscription."""
        (edition,) = (each for each in self.store.tables.editions.values() if each.subscription == name)
        return edition

    def owed(self) -> Sequence[Delivery]:
        return [each.delivery for each in self.store.tables.deliveries.values()]


@pytest.fixture
async def house() -> House:
    made = House()
    await made.listed()
    return made


def numbers(edition: Edition) -> list[int]:
    return [int(chosen.paper[-5:]) for chosen in edition.papers]


async def test_what_is_due_is_posted_once(house: House) -> None:
    await house.subscribed()
    assert await house.planner.step() == 1
    assert numbers(house.edition()) == [7, 6, 5, 4, 3]
    assert house.edition().heading == "Papers · Friday 24 April"
    assert [each.kind for each in house.owed()] == [DeliveryKind.POST]
    house.clock.set(NINE_IN_PARIS + HOUR)
    assert await house.planner.step() == 0
    assert len(house.owed()) == 1


async def test_before_its_time_nothing_is_posted(house: House) -> None:
    house.clock.set(NINE_IN_PARIS - timedelta(seconds=1))
    await house.subscribed()
    assert await house.planner.step() == 0
    assert not house.owed()


async def test_a_clock_that_steps_back_posts_nothing_again(house: House) -> None:
    await house.subscribed()
    await house.planner.step()
    for minutes in (-30, -1, 0, 5):
        house.clock.set(NINE_IN_PARIS + timedelta(minutes=minutes))
        assert await house.planner.step() == 0


async def test_of_two_due_together_the_lower_id_chooses_first(house: House) -> None:
    await house.subscribed("b")
    await house.subscribed("a", count=3)
    await house.subscribed("a-elsewhere", NEXT_DOOR, count=3)
    assert await house.planner.step() == 3
    assert numbers(house.edition("a")) == [7, 6, 5]
    assert numbers(house.edition("b")) == [4, 3, 2, 1], "a first edition looks at the newest list alone"
    assert numbers(house.edition("a-elsewhere")) == [7, 6, 5]


async def test_votes_here_move_a_paper_up(house: House) -> None:
    await house.store.write(votes(vote(1, at=EARLY), vote(1, ANA, NEXT_DOOR, at=EARLY)))
    await house.subscribed(count=1)
    await house.planner.step()
    assert numbers(house.edition()) == [7], "one vote weighs five upvotes"
    assert house.edition().papers[0].because == ("70 upvotes",)


async def test_a_late_start_posts_one_edition_for_all_that_was_missed(house: House) -> None:
    await house.subscribed(days=("mon", "tue", "wed", "thu", "fri"))
    house.clock.set(NINE_IN_PARIS + timedelta(days=4, hours=1))
    assert await house.planner.step() == 1
    assert house.edition().local_date.isoformat() == "2026-04-28"


async def test_a_hidden_paper_is_left_out(house: House) -> None:
    await house.kept.hide(HERE, entry(7).paper.id, ANA, EARLY)
    await house.subscribed(count=1)
    await house.planner.step()
    assert numbers(house.edition()) == [6]


async def submit(house: House, number: int, place: Place = HERE, at: datetime = EARLY) -> None:
    await house.store.write(RecordPapers((entry(number, upvotes=100 - number),), EARLY, has_figures=True))
    assert await house.kept.submit(Submission(entry(number).paper.id, place, ANA, at), 100, EARLY - 99 * HOUR)


async def test_what_was_submitted_is_chosen_in_its_place_alone_and_once(house: House) -> None:
    await submit(house, 21)
    for name, place in (("a", HERE), ("b", HERE), ("next-door", NEXT_DOOR)):
        await house.subscribed(name, place, count=2)
    await house.planner.step()
    assert numbers(house.edition("a")) == [21, 7]
    assert house.edition("a").papers[0].because == ("79 upvotes", "submitted here")
    assert numbers(house.edition("b")) == [6, 5], "the place has had it by then"
    assert numbers(house.edition("next-door")) == [7, 6]
    paper = entry(21).paper.id
    assert await house.kept.had([HERE, NEXT_DOOR], [paper]) == {HERE: frozenset({paper})}


async def test_what_was_submitted_is_chosen_until_it_is_a_week_old_or_hidden(house: House) -> None:
    week = timedelta(days=7)
    await submit(house, 21, at=NINE_IN_PARIS - week)
    await submit(house, 22, at=NINE_IN_PARIS - week + timedelta(seconds=1))
    await submit(house, 23)
    await house.kept.hide(HERE, entry(23).paper.id, ANA, EARLY)
    await house.subscribed(count=25)
    await house.planner.step()
    assert numbers(house.edition()) == [22, 7, 6, 5, 4, 3, 2, 1]


async def test_a_submission_whose_paper_is_not_stored_is_passed_over(house: House) -> None:
    await house.store.write(KeepRecords((Submission(entry(21).paper.id, HERE, ANA, EARLY),)))
    await house.subscribed(count=1)
    await house.planner.step()
    assert numbers(house.edition()) == [7]


async def test_a_recap_tells_of_votes_alone(house: House) -> None:
    await submit(house, 21)
    await house.store.write(votes(vote(1, at=EARLY)))
    await house.subscribed(layout=Layout.RECAP)
    await house.planner.step()
    assert numbers(house.edition()) == [1]


async def test_only_the_place_that_wants_it_is_notified(house: House) -> None:
    await house.kept.keep_profile(PlaceProfile(HERE, settings={"notify": "on"}))
    await house.subscribed("loud")
    await house.subscribed("quiet", NEXT_DOOR)
    await house.planner.step()
    assert {each.place: each.silent for each in house.owed()} == {HERE: False, NEXT_DOOR: True}


async def test_what_is_posted_in_an_announcement_channel_is_published(house: House) -> None:
    await house.kept.keep_profile(PlaceProfile(HERE, PlaceKind.ANNOUNCEMENT))
    await house.subscribed("news")
    await house.subscribed("plain", NEXT_DOOR)
    await house.planner.step()
    assert [(each.place, each.kind.value) for each in house.owed()] == [
        (HERE, "post"),
        (HERE, "publish"),
        (NEXT_DOOR, "post"),
    ]


async def test_a_recap_is_the_leaderboard_and_no_paper_counts_as_had(house: House) -> None:
    await house.store.write(votes(vote(2, at=EARLY)))
    await house.subscribed("week", layout=Layout.RECAP)
    await house.subscribed("morning")
    assert await house.planner.step() == 2
    assert numbers(house.edition("week")) == [2]
    assert numbers(house.edition("morning")) == [7, 6, 5, 4, 3]


async def test_a_recap_posts_once_and_takes_papers_that_the_place_has_had(house: House) -> None:
    await house.store.write(votes(vote(7, at=EARLY), vote(2, BEN, at=EARLY), vote(2, at=EARLY)))
    await house.subscribed("morning")
    await house.planner.step()
    await house.subscribed("week", layout=Layout.RECAP)
    had = dict(house.store.tables.shown_by)
    assert await house.planner.step() == 1
    assert await house.planner.step() == 0
    assert numbers(house.edition("week")) == [2, 7]
    assert house.store.tables.shown_by == had


async def test_servers_that_vote_apart_have_editions_and_recaps_of_their_own(house: House) -> None:
    house.vote_apart()
    await house.store.write(
        votes(
            *(vote(1, who, at=EARLY) for who in (ANA, BEN, CLEO)),
            *(vote(3, Identity(f"slack:T01/U{each}"), ELSEWHERE, at=EARLY) for each in range(9)),
        )
    )
    for name, place in {"here": HERE, "next door": NEXT_DOOR, "elsewhere": ELSEWHERE}.items():
        await house.subscribed(name, place, count=1, min_upvotes=0)
        await house.subscribed(f"week {name}", place, layout=Layout.RECAP)
    assert await house.planner.step() == 6
    assert numbers(house.edition("here")) == numbers(house.edition("next door")) == [7]
    assert numbers(house.edition("elsewhere")) == [3]
    assert numbers(house.edition("week here")) == numbers(house.edition("week next door")) == [1]
    assert numbers(house.edition("week elsewhere")) == [3]


# --- Sources that are down --------------------------------------------------------


async def test_an_edition_waits_for_a_source_that_is_down_then_says_so_once(house: House) -> None:
    since = NINE_IN_PARIS - 3 * HOUR
    await house.health(ok_at=since, failing_since=since)
    await house.subscribed()
    for minutes in (0, 30, 119):
        house.clock.set(NINE_IN_PARIS + timedelta(minutes=minutes))
        assert await house.planner.step() == 0
    house.clock.set(NINE_IN_PARIS + WAIT)
    assert await house.planner.step() == 1
    assert any("has not answered since" in note for note in house.edition().notes)


async def test_a_source_that_is_back_in_time_spoils_nothing(house: House) -> None:
    since = NINE_IN_PARIS - 3 * HOUR
    await house.health(ok_at=since, failing_since=since)
    await house.subscribed()
    await house.planner.step()
    house.clock.set(NINE_IN_PARIS + timedelta(minutes=20))
    await house.health(ok_at=house.clock.now())
    assert await house.planner.step() == 1
    assert not any("has not answered" in note for note in house.edition().notes)


async def test_a_source_that_failed_a_moment_ago_holds_nothing_up(house: House) -> None:
    await house.health(ok_at=NINE_IN_PARIS - HOUR / 2, failing_since=NINE_IN_PARIS - HOUR / 4)
    await house.subscribed()
    assert await house.planner.step() == 1


# --- Other zone data than the store's --------------------------------------------------


async def started(house: House) -> int:
    """Start the planner, and end it when it waits for the next second; return how often it was alive."""
    beats: list[None] = []
    house.clock = house.planner._clock = FakeClock(house.clock.now(), waits=True)
    running = asyncio.create_task(house.planner.run(lambda: beats.append(None)))
    while not house.clock.sleeps:  # noqa: ASYNC110 - the clock has no events
        await asyncio.sleep(0)
    running.cancel()
    return len(beats)


async def test_a_start_finds_the_firings_that_newer_zone_data_moved(house: House) -> None:
    places = [Place("discord", "7001", f"{number:04}") for number in range(AT_ONCE + 1)]
    for number, place in enumerate(places):
        an_hour_late = Standing(wish(f"s{number:04}", place), EARLY, next_at=NINE_IN_PARIS + HOUR)
        await house.kept.change([Change(None, an_hour_late)], Caps(server=1_000), None)
    assert await house.planner.step() == 0
    assert await started(house) > len(places)
    assert len(house.store.tables.editions) == len(places)


async def test_a_start_leaves_what_is_well_and_what_makes_no_sense(house: House) -> None:
    await house.subscribed("zone", tz="Europe/Nowhere")
    odd = Standing(wish("odd", NEXT_DOOR, tz="Europe/Nowhere"), EARLY, next_at=NINE_IN_PARIS + HOUR)
    well = Standing(wish("well", NEXT_DOOR), NINE_IN_PARIS + MINUTE, next_at=NINE_IN_PARIS + 24 * HOUR)
    await house.kept.change([Change(None, odd), Change(None, well)], Caps(), None)
    await started(house)
    found = [each async for each in house.kept.all_subscriptions()]
    assert [each for each in found if isinstance(each, Standing)] == [odd, well]


# --- Rows that make no sense --------------------------------------------------------


async def test_a_broken_subscription_takes_only_itself_out_visibly(house: House) -> None:
    await house.subscribed("zone", tz="Europe/Nowhere")
    await house.subscribed("topic", NEXT_DOOR, topic='"open')
    await house.subscribed("well", count=1)
    assert await house.planner.step() == 1
    assert numbers(house.edition("well")) == [7]
    broken = [each async for each in house.kept.all_subscriptions() if isinstance(each, Broken)]
    assert {each.id: each.why.split(":")[0] for each in broken} == {
        "topic": "Its topic is not understood",
        "zone": "There is no zone “Europe/Nowhere”.",
    }
    assert await house.planner.step() == 0, "nor are they looked at again"


async def test_an_edition_that_a_bug_prevents_holds_up_no_other_and_is_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlucky(making: Making) -> Posting:
        if making.standing.subscription.id == "unlucky":
            raise KeyError("a bug")
        return posting_of(making)

    for name, place in (("unlucky", HERE), ("well", NEXT_DOOR)):
        await house.subscribed(name, place, count=1)
    monkeypatch.setattr(planning, "posting_of", unlucky)
    assert await house.planner.step() == 1
    assert numbers(house.edition("well")) == [7]
    monkeypatch.undo()
    assert await house.planner.step() == 0, "not every second"
    [odd] = await house.kept.subscriptions(HERE)
    assert isinstance(odd, Standing)
    assert odd.next_at is None, "it is due still, and seen to be late"
    house.clock.set(NINE_IN_PARIS + FAULT_WAIT)
    assert await house.planner.step() == 1
    assert numbers(house.edition("unlucky")) == [7]


async def test_one_that_is_planned_to_the_end_of_time_takes_only_itself_out(house: House) -> None:
    endless = Standing(wish("endless", NEXT_DOOR), datetime.max.replace(tzinfo=UTC), next_at=EARLY)
    await house.kept.change([Change(None, endless)], Caps(), None)
    await house.subscribed(count=1)
    assert await house.planner.step() == 1
    [broken] = await house.kept.subscriptions(NEXT_DOOR)
    assert isinstance(broken, Broken)


async def test_what_cannot_be_written_hides_nothing_behind_it(house: House) -> None:
    """More subscriptions than are planned at once are changed while they are planned."""
    places = [Place("discord", "7001", f"{number:04}") for number in range(AT_ONCE + 1)]
    for number, place in enumerate(places):
        await house.subscribed(f"s{number:04}", place, count=1)
    await house.subscribed("z", NEXT_DOOR, count=1)

    plan = house.kept.plan

    async def overtaken(planned: Sequence[Planned]) -> Sequence[bool]:
        return await plan([stale(each) if each.before.subscription.id != "z" else each for each in planned])

    house.kept.plan = overtaken  # type: ignore[method-assign]
    assert await house.planner.step() == 1
    assert numbers(house.edition("z")) == [7]


def stale(planned: Planned) -> Planned:
    """Return a plan that was made before another one."""
    return planned._replace(before=planned.before._replace(planned_until=EARLY - HOUR))
