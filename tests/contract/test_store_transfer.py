"""An export of any store goes into any other, and comes out the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.ballots import Stand
from bot.domain.deliveries import MessageRef
from bot.domain.places import Identity
from bot.domain.subscriptions import Standing, Subscription
from bot.domain.votes import Had, Submission
from bot.ports import KeepRecords
from bot.ports.voting import CastVote, Missing, Settle, WithdrawVote
from bot.services.planning import Planner
from bot.services.transfer import export_lines, import_lines
from bot.services.transfer_lines import line_of
from bot.services.voting import Hashes
from tests.contract.conftest import opened
from tests.contract.making import (
    ANA,
    BEN,
    ELSEWHERE,
    FRIDAY,
    HERE,
    HOUR,
    NEXT_DOOR,
    NOON,
    THURSDAY,
    WEDNESDAY,
    entry,
    feed,
    paper_id,
    vote,
)
from tests.contract.records import FULL
from tests.contract.subscribing import delivery_over, kept, standing
from tests.contract.voting import communities_over, people_over, posted, reaction, votes_over
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.ports import Store


@pytest.mark.parametrize("target", ["memory", "sqlite", "postgres"])
async def test_an_export_goes_into_any_other_store(store: Store, target: str, tmp_path: Path) -> None:
    await store.write(KeepRecords((*FULL, *(vote(number, ANA, HERE) for number in range(10, 1210)))))
    lines = [line async for line in export_lines(store, delivery_over(store))]
    (tmp_path / "other").mkdir()
    async with opened(target, tmp_path / "other") as other:
        result = await import_lines(other, lines, NOON)
        assert sum(result.new.values()) == len(lines) == len(FULL) + 1200
        assert not result.already_there
        assert [line async for line in export_lines(other, delivery_over(other))] == lines
        assert [each async for each in other.records()] == [each async for each in store.records()]
        again = await import_lines(other, lines, NOON)
        assert (sum(again.new.values()), sum(again.already_there.values())) == (0, len(lines))


async def test_imported_subscriptions_begin_with_the_import(store: Store) -> None:
    """Every firing before it has had its edition where the export comes from, or is missed on purpose."""
    wished = [record for record in FULL if isinstance(record, Subscription)]
    await import_lines(store, [line_of(record) for record in wished], NOON)
    standings = [each async for each in delivery_over(store).all_subscriptions()]
    assert standings == [
        Standing(each, planned_until=NOON) for each in sorted(wished, key=lambda one: one.id)
    ]
    await import_lines(store, [line_of(record) for record in wished], NOON + HOUR)
    assert [each async for each in delivery_over(store).all_subscriptions()] == standings


async def test_what_places_had_before_an_import_is_not_brought_again(store: Store) -> None:
    had = [record for record in FULL if isinstance(record, Had)]
    await import_lines(store, [line_of(record) for record in had], NOON)
    found = await delivery_over(store).had([each.place for each in had], [each.paper for each in had])
    assert found == {each.place: frozenset({each.paper}) for each in had}


@pytest.mark.parametrize("target", ["memory", "sqlite", "postgres"])
async def test_the_first_edition_after_an_import_covers_what_came_since_the_last(
    store: Store, target: str, tmp_path: Path
) -> None:
    """The last firing was on Wednesday; the import is on Friday, whose own firing was before it."""
    kept_there = delivery_over(store)
    before = standing(count=2)._replace(last_fired_at=NOON - 49 * HOUR)
    twin = standing("twin", NEXT_DOOR, count=2)._replace(last_fired_at=NOON - HOUR)
    await kept(kept_there, before, twin, standing("new", ELSEWHERE, count=2))
    await store.write(KeepRecords((Had(HERE, paper_id(3), NOON),)))
    lines = [line async for line in export_lines(store, kept_there)]
    (tmp_path / "other").mkdir()
    async with opened(target, tmp_path / "other") as other:
        for day, number in ((WEDNESDAY, 1), (THURSDAY, 2), (FRIDAY, 3)):
            await other.write(feed(entry(number, upvotes=number), day=day, at=NOON - HOUR))
        assert not (await import_lines(other, lines, NOON)).faults
        kept_here = delivery_over(other)
        found = [each async for each in kept_here.all_subscriptions() if isinstance(each, Standing)]
        assert {each.subscription.id: each.last_fired_at for each in found} == {
            "morning": before.last_fired_at,
            "twin": twin.last_fired_at,
            "new": None,
        }
        clock = FakeClock(NOON)
        assert await Planner(other, kept_here, clock, HOUR).step() == 0
        clock.set(NOON + 67 * HOUR)  # nine o'clock in Paris, on Monday
        assert await Planner(other, kept_here, clock, HOUR).step() == 3
        editions = [await kept_here.last_edition(place) for place in (HERE, ELSEWHERE)]
        assert [[each.paper for each in edition.papers] for edition in editions if edition] == [
            [paper_id(2), paper_id(1)],
            [paper_id(3)],
        ]


async def test_a_subscription_that_gets_another_id_keeps_its_last_firing(store: Store) -> None:
    kept_here = delivery_over(store)
    await kept(kept_here, standing(place=NEXT_DOOR))
    line = line_of(standing().subscription, NOON - HOUR)
    await import_lines(store, [line], NOON)
    [imported] = [each for each in await kept_here.subscriptions(HERE) if isinstance(each, Standing)]
    assert imported.subscription.id != "morning"
    assert imported.last_fired_at == NOON - HOUR


# --- What is done with what came ------------------------------------------------------------


async def moved(store: Store, other: Store) -> None:
    """Take everything from one store to another."""
    lines = [line async for line in export_lines(store, delivery_over(store))]
    assert not (await import_lines(other, lines, NOON)).faults


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def other(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Where everything goes."""
    (tmp_path / "other").mkdir()
    async with opened(request.param, tmp_path / "other") as each:
        yield each


async def test_servers_that_vote_together_do_so_afterwards(store: Store, other: Store) -> None:
    there, here = communities_over(store), communities_over(other)
    for server, code in (("discord:1", "abc"), ("discord:2", "def"), ("discord:3", "ghi")):
        await there.keep_code(server, f"of {server}", code, NOON + HOUR)
    assert await there.join("slack:T1", "abc", NOON)
    await there.leave("discord:3")
    await delivery_over(other).note_present(["discord:1"])
    await delivery_over(other).note_left("discord:2", NOON)
    await here.keep_code("discord:4", "another", "xyz", NOON + HOUR)
    await moved(store, other)
    joined = {"discord:1": "of discord:1", "slack:T1": "of discord:1", "discord:2": "of discord:2"}
    assert await here.members() == {**joined, "discord:4": "another"}
    assert not await here.join("discord:9", "def", NOON), "codes do not come along"
    await here.keep_code("slack:T1", "new", "new", NOON + HOUR)
    assert await here.join("discord:9", "new", NOON)
    assert (await here.members())["discord:9"] == "of discord:1"


async def test_a_server_stays_in_the_community_that_it_is_in(store: Store, other: Store) -> None:
    there, here = communities_over(store), communities_over(other)
    await there.keep_code("discord:1", "first", "abc", NOON + HOUR)
    await here.keep_code("discord:1", "second", "def", NOON + HOUR)
    await moved(store, other)
    assert await here.members() == {"discord:1": "second"}


async def test_what_is_hidden_stays_hidden(store: Store, other: Store) -> None:
    await delivery_over(store).hide(HERE, paper_id(1), ANA, NOON)
    await moved(store, other)
    assert await delivery_over(other).hidden([HERE, NEXT_DOOR]) == {HERE: frozenset({paper_id(1)})}
    assert await delivery_over(other).unhide(HERE, paper_id(1)) is True
    assert await delivery_over(other).hidden([HERE]) == {}


async def test_messages_that_were_posted_before_are_ballots_afterwards(store: Store, other: Store) -> None:
    message = MessageRef("8001/99")
    await posted(delivery_over(store), message, (1, 2, 3))
    await votes_over(store).write(CastVote(reaction(message, ANA)))
    await moved(store, other)
    votes = votes_over(other)
    assert await votes.ballots([message]) == await votes_over(store).ballots([message])
    [still_open] = await votes.open_ballots(HERE, NOON)
    assert still_open.stored == {paper_id(1): 1}
    await votes.write(WithdrawVote(reaction(message, ANA, at=NOON + HOUR)))
    assert await votes.reactions_on(message) == set()


async def test_who_was_forgotten_is_not_brought_back(store: Store, other: Store) -> None:
    message = MessageRef("8001/99")
    await posted(delivery_over(store), message)
    hashed = await Hashes(votes_over(store), "x".__mul__).of(ANA)
    await people_over(store).forget({ANA: hashed}, NOON + HOUR)
    await moved(store, other)
    votes = votes_over(other)
    assert await Hashes(votes, "y".__mul__).of(ANA) == hashed
    ballot = (await votes.ballots([message]))[message]
    shown = [
        Missing(Stand(paper_id(1), each, message), await Hashes(votes, "y".__mul__).of(each))
        for each in (ANA, BEN)
    ]
    asked_at = NOON + 2 * HOUR
    await votes.write(Settle(ballot, tuple(shown), (), asked_at, asked_at))
    assert {stand.identity for stand in await votes.reactions_on(message)} == {BEN}


async def test_what_forgotten_people_submitted_goes_along(store: Store, other: Store) -> None:
    stands = Submission(paper_id(1), HERE, ANA, NOON, "Mine")
    assert await delivery_over(store).submit(stands, 3, NOON - HOUR)
    await delivery_over(store).hide(HERE, paper_id(2), ANA, NOON)
    await people_over(store).forget({ANA: "hash"}, NOON + HOUR)
    await moved(store, other)
    kept_there = await delivery_over(other).submission(HERE, paper_id(1))
    assert kept_there == replace(stands, identity=Identity(""), note="")
    assert await delivery_over(other).hidden([HERE]) == {HERE: frozenset({paper_id(2)})}
