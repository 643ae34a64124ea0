"""Votes on Slack: reactions as events tell them, buttons, and messages that follow them."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from adapters.slack.render.acts import Vote, value_of
from bot.domain.deliveries import MessageRef
from bot.errors import StoreError
from bot.ports import EVERYBODY
from bot.services.dispatching import Dispatcher
from bot.services.freshening import AGES, EVERY, Freshener
from bot.services.reconciling import Reconciler
from bot.services.voting import Hashes
from tests.adapters.slack.scene import ANA, BEN, HERE, ROBOT, TEAM, THERE
from tests.adapters.slack.service import Service, a_service, event, letters, press, reaction
from tests.contract.making import paper_id
from tests.contract.subscribing import edition, kept, planned, posts, standing
from tests.contract.voting import disliked, posted, votes_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.places import Place

Json = Any

POST = MessageRef("C1/1777000000.000100")
DIGEST = MessageRef("C2/1777000000.000200")


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """A service with a posted paper and a posted digest."""
    async with a_service() as it:
        await posted(it.delivery, POST, (1,), HERE, it.house.clock.now())
        await posted(it.delivery, DIGEST, (2, 3), THERE, it.house.clock.now())
        yield it


async def counts(service: Service) -> dict[int, int]:
    board = await service.house.store.leaderboard(None, scope=EVERYBODY, limit=100)
    return {int(each.paper.id[-5:]): each.votes for each in board}


async def happened(service: Service, *told: Json) -> dict[int, int]:
    """Let things happen one after another, and return the votes when they have been dealt with."""
    for each in told:
        assert (await service.over_http("events_api", each))[0] == 200
        await service.slack.app(service.house.core, service.house.desk.office.voting).end()
    return await counts(service)


# --- Reactions ------------------------------------------------------------------------------


async def test_a_reaction_is_a_vote_until_it_is_taken_back(service: Service) -> None:
    assert await happened(service, reaction(1, POST)) == {1: 1}
    assert await happened(service, reaction(2, POST, BEN)) == {1: 2}
    assert await happened(service, reaction(3, POST, is_taken=True, at=1_777_000_001)) == {1: 1}


async def test_events_that_come_twice_or_late_change_nothing(service: Service) -> None:
    taken = reaction(2, POST, is_taken=True, at=1_777_000_002)
    assert await happened(service, taken, reaction(1, POST, at=1_777_000_001)) == {}
    again = reaction(3, POST, at=1_777_000_003)
    assert await happened(service, again, {**again, "event_id": "Ev4"}, taken | {"event_id": "Ev5"}) == {1: 1}


async def test_aliases_and_skin_tones_are_one_vote_which_stands_as_long_as_one_of_them(
    service: Service,
) -> None:
    names = ("+1", "thumbsup", "+1::skin-tone-3", "thumbsup::skin-tone-6")
    given = [reaction(number, POST, name=name) for number, name in enumerate(names)]
    assert await happened(service, *given) == {1: 1}
    plain = reaction(9, POST, name="thumbsup", is_taken=True, at=1_777_000_009)
    assert await happened(service, plain) == {1: 1}


async def test_numbers_on_a_digest_are_votes_for_its_papers(service: Service) -> None:
    given = [reaction(1, DIGEST, name="two"), reaction(2, DIGEST, BEN, "one"), reaction(3, DIGEST, BEN, "+1")]
    assert await happened(service, *given) == {2: 1, 3: 1}


async def test_a_thumb_down_is_kept_as_a_dislike_until_it_is_taken_back(service: Service) -> None:
    names = ("-1", "thumbsdown", "-1::skin-tone-3", "thumbsdown::skin-tone-3")
    given = [reaction(number, POST, name=name) for number, name in enumerate(names)]
    given += [reaction(5, POST, ROBOT, "-1"), reaction(6, DIGEST, name="-1"), reaction(7, POST, BEN, "-1")]
    assert await happened(service, *given) == {}
    kept = await disliked(service.house.store)
    assert [number for _, number in kept] == [1, 1, 1]
    assert len(set(kept)) == 2
    taken = [reaction(8, POST, name="thumbsdown", is_taken=True, at=1_777_000_008)]
    taken += [reaction(9, POST, name="-1::skin-tone-3", is_taken=True, at=1_777_000_009)]
    assert await happened(service, *taken) == {}
    assert len(await disliked(service.house.store)) == 1


async def test_a_dislike_that_comes_late_or_twice_changes_nothing(service: Service) -> None:
    taken = reaction(2, POST, name="-1", is_taken=True, at=1_777_000_002)
    await happened(service, taken, reaction(1, POST, name="-1", at=1_777_000_001))
    assert await disliked(service.house.store) == []
    again = reaction(3, POST, name="-1", at=1_777_000_003)
    await happened(service, again, {**again, "event_id": "Ev4"}, taken | {"event_id": "Ev5"})
    assert len(await disliked(service.house.store)) == 1


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(reaction(1, POST, "UBOT"), id="the bot itself"),
        pytest.param(reaction(1, POST, ROBOT), id="another bot"),
        pytest.param(reaction(1, POST, name="fire"), id="another emoji"),
        pytest.param(reaction(1, "C1/1777000000.000900"), id="another message"),
        pytest.param(reaction(1, POST, item={"type": "file", "file": "F1"}), id="a file"),
    ],
)
async def test_what_is_no_vote_counts_for_nothing(service: Service, told: Json) -> None:
    assert await happened(service, told) == {}


async def test_of_messages_of_others_nobody_is_asked_for(service: Service) -> None:
    told = reaction(1, "C1/1777000000.000900", item_user=BEN)
    assert await happened(service, told) == {}
    assert service.standin.asked("users.info") == []


async def test_a_message_whose_author_is_not_told_may_be_ours(service: Service) -> None:
    told = reaction(1, POST)
    del told["event"]["item_user"]
    assert await happened(service, told) == {1: 1}


async def test_a_vote_is_that_of_a_persons_home(service: Service) -> None:
    service.standin.users[ANA]["team_id"] = "T9"
    await happened(service, reaction(1, POST))
    [stand] = await votes_over(service.house.store).reactions_on(POST)
    assert stand.identity == f"slack:T9/{ANA}"


async def test_a_fault_of_the_store_ends_nothing(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_values: object) -> None:
        raise StoreError("The database does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(service.house.desk.office.voting, "reacted", broken)
        assert await happened(service, reaction(1, POST)) == {}
    assert await happened(service, reaction(2, POST)) == {1: 1}


# --- What goes ------------------------------------------------------------------------------


async def open_ballots(service: Service, place: Place) -> int:
    now = service.house.clock.now()
    return len(await votes_over(service.house.store).open_ballots(place, now.replace(year=2020)))


@pytest.mark.parametrize("kind", ["channel_deleted", "channel_archive", "group_left"])
async def test_votes_of_a_channel_that_goes_stay(service: Service, kind: str) -> None:
    told = event(2, type=kind, channel=HERE.channel)
    assert await happened(service, reaction(1, POST), told) == {1: 1}
    assert await open_ballots(service, HERE) == 0
    assert await open_ballots(service, THERE) == 1


async def test_votes_of_a_message_that_is_deleted_stay(service: Service) -> None:
    alone = MessageRef("DUANA/1777000000.000300")
    place = HERE._replace(channel="DUANA")
    await posted(service.delivery, alone, (4,), place, service.house.clock.now())
    told = event(
        2,
        type="message",
        subtype="message_deleted",
        channel_type="im",
        channel="DUANA",
        deleted_ts="1777000000.000300",
    )
    assert await happened(service, reaction(1, alone), told) == {4: 1}
    assert await open_ballots(service, place) == 0


# --- Buttons --------------------------------------------------------------------------------


def below(message: str) -> Json:
    """Return what Slack sends of where a button stands."""
    channel, ts = message.split("/")
    container = {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False}
    return {"container": container, "channel": {"id": channel, "name": "papers"}}


async def test_a_button_votes_and_takes_it_back(service: Service) -> None:
    value = value_of(Vote(paper_id(1), 3))  # the third paper of its edition, alone in its message
    told = await service.press(value, **below(POST))
    assert (told["response_type"], told["replace_original"]) == ("ephemeral", False)
    assert "Counted: 1 here" in str(told["blocks"])
    assert await counts(service) == {1: 1}
    assert "Taken back" in str((await service.press(value, **below(POST)))["blocks"])
    assert await counts(service) == {}


async def test_a_choice_of_a_menu_votes_too(service: Service) -> None:
    before = len(service.standin.responses)
    told = press(
        value_of(Vote(paper_id(3), 2)),
        is_option=True,
        response_url=service.new_response(),
        **below(DIGEST),
    )
    assert await service.over_http("interactive", told) == (200, "")
    await service.standin.responded(before + 1)
    assert await counts(service) == {3: 1}


async def test_a_button_leaves_a_reaction_and_says_so(service: Service) -> None:
    await happened(service, reaction(1, POST))
    value = value_of(Vote(paper_id(1)))
    await service.press(value, **below(POST))
    told = await service.press(value, **below(POST))
    assert "Taken back. Your vote still counts, by your reaction" in str(told["blocks"])
    assert await counts(service) == {1: 1}


async def test_a_button_below_what_is_no_ballot_is_the_command(service: Service) -> None:
    value = value_of(Vote(paper_id(7), 1))
    for _ in range(2):
        assert (await service.press(value))["response_type"] == "ephemeral"
    assert await counts(service) == {7: 1}


# --- Messages that follow -------------------------------------------------------------------


def sender(service: Service) -> Dispatcher:
    kept, store = service.delivery, service.house.store
    how = {"random": Random(1), "holder": "me", "is_alone": True, "admin_place": None}
    return Dispatcher(kept, store, service.slack.messenger, service.house.clock, **how)  # type: ignore[arg-type]


async def really_posted(service: Service) -> MessageRef:
    """Post a paper in a message of its own, as the service does."""
    now = service.house.clock.now()
    before = standing("a post", HERE, planned_until=now, next_at=now)
    await kept(service.delivery, before)
    firing = edition(before, (5,), at=now)
    assert await service.delivery.plan([planned(before, firing, posts(firing))]) == [True]
    await sender(service).deliver_due()
    [message] = service.standin.messages[HERE.channel].values()
    return MessageRef(f"{HERE.channel}/{message['ts']}")


async def test_the_button_of_a_posted_message_tells_the_votes(service: Service) -> None:
    message = await really_posted(service)
    [shown] = service.standin.messages[HERE.channel].values()
    assert "'Vote'" in str(shown["blocks"])
    assert await happened(service, reaction(1, message)) == {5: 1}
    freshener = Freshener(service.delivery, service.house.store, "slack", service.house.clock)
    service.house.wait(AGES[0] + EVERY)
    await freshener.step()
    await sender(service).deliver_due()
    [shown] = service.standin.messages[HERE.channel].values()
    assert "'Vote (1)'" in str(shown["blocks"])
    assert len(service.standin.ever) == 1
    assert service.standin.faults == []


# --- Comparing ------------------------------------------------------------------------------


async def test_what_was_missed_is_made_up_for(service: Service) -> None:
    message = await really_posted(service)
    ts = message.split("/")[1]
    await happened(service, reaction(1, message, name="+1::skin-tone-2"))
    service.standin.react_as(ts, "+1", BEN)
    service.standin.react_as(ts, "+1", "UBOT")
    votes = votes_over(service.house.store)
    hashes = Hashes(votes, letters)
    reconciler = Reconciler(votes, service.slack.messenger, service.house.clock, hashes)
    service.house.wait(EVERY)
    await reconciler.step(lambda: None)
    assert await counts(service) == {5: 1}, "Ana took hers away, Ben gave one"
    [stand] = await votes.reactions_on(message)
    assert stand.identity == f"slack:{TEAM}/{BEN}"
    assert await votes.checked_at(HERE) is not None
    service.standin.unreact_as(ts, "+1", BEN)
    service.standin.most_users = 0
    service.standin.react_as(ts, "+1", ANA)
    service.house.wait(EVERY)
    await reconciler.step(lambda: None)
    assert await counts(service) == {5: 1}, "a list that lacks people takes nothing away"
