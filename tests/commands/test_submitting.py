"""`submit`: a paper in front of a place, once, by whoever may, and not too many."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.answers import Done, PaperPage, PlaceWays, Preview, SubscriptionList
from bot.domain.deliveries import DeliveryKind, MessageRef
from bot.domain.places import Place, PlaceProfile
from bot.ports.delivery import Caps, Change, Saved, Standing
from bot.views import card_of
from bot.views.papers import page_notes
from tests.contract.making import ANA, BEN, FRIDAY, HERE, HOUR, NEXT_DOOR, NOON, entry, paper, paper_id
from tests.contract.subscribing import claimed, wish
from tests.fakes.sources import ARXIV_IS_DOWN, HUGGING_FACE_IS_DOWN

if TYPE_CHECKING:
    from bot.domain.places import Identity
    from bot.ports import SourceFault
    from tests.commands.house import House

TAKEN = "Submitted here: the next posts here may bring it. Votes help it up."
MY_OWN, SOMEBODYS_OWN = Place("discord", "@me", "1"), Place("discord", "@me", "2")


async def submitted(
    house: House, text: str, identity: Identity = ANA, place: Place = HERE, *, manages: bool = False
) -> PaperPage:
    reply = await house.say(f"submit {text}", identity=identity, place=place, manages=manages)
    assert isinstance(reply.answer, PaperPage), reply.answer
    assert not reply.private
    return reply.answer


async def refused(house: House, text: str, place: Place = HERE) -> str:
    return (await house.refusal(f"submit {text}", place=place)).sentence


@pytest.fixture
async def house(house: House) -> House:
    await house.fetch(FRIDAY, *(entry(number, 10 * number) for number in range(1, 8)))
    return house


async def test_a_paper_is_shown_to_everybody_with_its_note_and_without_a_name(house: House) -> None:
    answer = await submitted(house, 'https://arxiv.org/abs/2604.00001v2 Ours, "out" today')
    assert page_notes(answer) == (TAKEN, 'Note: “Ours, "out" today”')
    assert answer.ranked.listed.paper.id == paper_id(1)
    assert ANA not in str(card_of(answer, NOON))
    stands = await house.desk.delivery.submission(HERE, paper_id(1))
    assert stands is not None
    assert (stands.identity, stands.at, stands.note) == (ANA, NOON, 'Ours, "out" today')


async def test_a_note_is_cut_and_cleaned(house: House) -> None:
    answer = await submitted(house, f"2604.00001 note=<@12> @everyone\u202e {'long ' * 100}")
    _, note = page_notes(answer)
    assert note.startswith("Note: “<@12> @everyone long")
    assert note.endswith("…”")
    assert len(note) <= len("Note: “”") + 300


async def test_a_number_of_the_last_list_is_submitted(house: House) -> None:
    await house.say("today")
    answer = await submitted(house, "2 Read this")
    assert answer.ranked.listed.paper.id == paper_id(6)
    assert page_notes(answer) == ("Number 2 of your list of 12:00 UTC.", TAKEN, "Note: “Read this”")


async def test_a_paper_that_is_not_stored_is_fetched(house: House) -> None:
    house.source.known[paper_id(50)] = entry(50, 7)
    house.archive.known[paper_id(51)] = paper(51)
    assert (await submitted(house, "2604.00050")).ranked.because == ("7 upvotes",)
    assert (await submitted(house, "2604.00051")).ranked.listed.paper == paper(51)


@pytest.mark.parametrize(
    ("text", "fault", "sentence"),
    [
        ("2604.00050", None, "Neither Hugging Face nor arXiv knows a paper 2604.00050."),
        (
            "2604.00050",
            ARXIV_IS_DOWN,
            "I have no paper 2604.00050 yet, and could not fetch it: arXiv did not",
        ),
        ("hello", None, "“hello” names no paper."),
    ],
)
async def test_what_is_no_paper_is_not_submitted(
    house: House, text: str, fault: SourceFault | None, sentence: str
) -> None:
    if fault:
        house.source.fault, house.archive.fault = HUGGING_FACE_IS_DOWN, fault
    assert (await refused(house, text)).startswith(sentence)
    assert await house.desk.delivery.submitted([HERE], NOON - HOUR) == {}


async def test_the_same_paper_twice_shows_the_first(house: House) -> None:
    await submitted(house, "2604.00001 The first note")
    house.wait(timedelta(days=2))
    again = await submitted(house, "2604.00001 Another note", BEN)
    assert page_notes(again) == (
        "It was submitted here already, on Friday 24 April.",
        "Note: “The first note”",
    )
    assert page_notes(await submitted(house, "2604.00001", BEN, NEXT_DOOR)) == (TAKEN,)


async def test_two_who_submit_one_paper_at_once_are_told_of_one_submission(house: House) -> None:
    first, second = await asyncio.gather(
        submitted(house, "2604.00001 Ana's"), submitted(house, "2604.00001 Ben's", BEN)
    )
    assert sorted(answer.notes[0] == TAKEN for answer in (first, second)) == [False, True]
    assert first.submission == second.submission
    assert first.submission is not None


async def test_three_a_day_and_a_fourth_when_the_first_is_a_day_old(house: House) -> None:
    for number in (1, 2, 3):
        await submitted(house, f"2604.0000{number}", place=NEXT_DOOR if number == 2 else HERE)
        house.wait(HOUR)
    await house.desk.delivery.keep_profile(PlaceProfile(HERE, settings={"tz": "Europe/Paris"}))
    assert await refused(house, "2604.00004") == (
        "You have submitted 3 papers within 24 hours, and more are not taken. "
        "The next one can be on Sat 25 April, 14:00 Paris."
    )
    assert (await submitted(house, "2604.00001")).notes[0].startswith("It was submitted here already")
    await submitted(house, "2604.00004", BEN)
    house.set(NOON + timedelta(days=1) - timedelta(seconds=1))
    await refused(house, "2604.00005")
    house.set(NOON + timedelta(days=1))
    await submitted(house, "2604.00005")
    await refused(house, "2604.00006")


# --- Who may --------------------------------------------------------------------------


async def test_the_place_says_who_may(house: House) -> None:
    reply = await house.say("settings submit=managers")
    assert isinstance(reply.answer, PlaceWays)
    assert (await refused(house, "2604.00001")).startswith("Only those who manage this place")
    await submitted(house, "2604.00001", manages=True)
    await submitted(house, "2604.00001", place=NEXT_DOOR)
    await house.say("settings submit=off")
    sentence = (await house.refusal("submit 2604.00002")).sentence
    assert sentence.startswith("No papers are submitted here")
    reply = await house.say("submit 2604.00002", manages=True)
    assert "No papers are submitted here" in str(reply.answer)
    await house.say("settings submit=everyone")
    await submitted(house, "2604.00002")


async def subscribed(house: House, *places: Place) -> None:
    changes = [Change(None, Standing(wish(f"at-{each.channel}", each), NOON)) for each in places]
    assert await house.desk.delivery.change(changes, Caps(), None) is Saved.DONE


async def test_where_all_of_a_server_is_paused_nothing_is_submitted(house: House) -> None:
    await subscribed(house, HERE, NEXT_DOOR)
    assert isinstance((await house.say("pause")).answer, Done)
    await submitted(house, "2604.00001")
    assert isinstance((await house.say("pause scope=server")).answer, Done)
    for place in (HERE, NEXT_DOOR, Place("discord", HERE.server, "9")):
        assert (await refused(house, "2604.00002", place)).startswith("All posts of this server are paused")
    await submitted(house, "2604.00002", place=Place("discord", "9", "9"))
    await house.say("resume scope=server")
    await submitted(house, "2604.00003")


async def test_somebodys_own_conversation_is_no_server_of_everybodys(house: House) -> None:
    await subscribed(house, MY_OWN, SOMEBODYS_OWN)
    await house.say("pause scope=server", place=MY_OWN)
    await refused(house, "2604.00001", MY_OWN)
    await submitted(house, "2604.00001", place=SOMEBODYS_OWN)
    theirs = (await house.say("subscriptions", place=SOMEBODYS_OWN)).answer
    assert isinstance(theirs, SubscriptionList)
    assert [state.is_paused for state in theirs.states] == [False]


# --- Taken back -------------------------------------------------------------------------


async def test_who_manages_takes_a_submission_back_and_returns_it(house: House) -> None:
    await house.say("subscribe 09:00 tz=UTC count=25")
    house.archive.known[paper_id(51)] = paper(51)
    await submitted(house, "2604.00051")
    assert await reasons(house) == ("0 upvotes", "submitted here")
    await house.say("hide 2604.00051")
    assert await reasons(house) is None
    assert (await refused(house, "2604.00051")).startswith("It is hidden here.")
    await house.say("hide 2604.00051 off")
    assert await reasons(house) == ("0 upvotes", "submitted here")
    assert (await submitted(house, "2604.00051")).notes[0].startswith("It was submitted here already")


async def test_what_was_hidden_before_is_not_submitted(house: House) -> None:
    await house.say("hide 2604.00001")
    assert (await refused(house, "2604.00001")).startswith("It is hidden here.")
    await submitted(house, "2604.00001", place=NEXT_DOOR)


async def reasons(house: House, number: int = 51) -> tuple[str, ...] | None:
    """Return why a paper is in the preview; None where it is not."""
    answer = (await house.say("preview")).answer
    assert isinstance(answer, Preview), answer
    return next((each.because for each in answer.edition.papers if each.paper == paper_id(number)), None)


async def test_a_preview_counts_it_and_says_whence_it_is(house: House) -> None:
    await house.say("subscribe 09:00 tz=UTC count=25 min_upvotes=20")
    house.archive.known[paper_id(51)] = paper(51)
    house.source.known[paper_id(52)] = entry(52, 25)
    for text in ("2604.00051", "2604.00052", "2604.00007"):
        await submitted(house, text)
    answer = (await house.say("preview")).answer
    assert isinstance(answer, Preview)
    chosen = {each.paper: each.because for each in answer.edition.papers}
    assert paper_id(51) not in chosen, "a subscription's own wish holds for it too"
    assert chosen[paper_id(52)] == ("25 upvotes", "submitted here")
    assert chosen[paper_id(7)] == ("70 upvotes", "submitted here")
    assert answer.edition.notes == ("The top 6 of 7 listed so far, and 1 paper submitted here",)
    assert answer.notes == ("Of 9 papers, 2 have under 20 upvotes.",)


# --- Its card -----------------------------------------------------------------------------


async def test_the_answer_to_a_submission_alone_is_a_ballot(house: House) -> None:
    first, again = await house.say("submit 2604.00001"), await house.say("submit 2604.00001", identity=BEN)
    assert first.ballot == first.answer
    assert again.ballot == again.answer
    assert again.ballot is not None
    assert again.ballot.submission == await house.desk.delivery.submission(HERE, paper_id(1))
    for text in ("show 2604.00001", "submit hello", "today", "vote 2604.00001"):
        assert (await house.say(text)).ballot is None
    assert replace(first, private=True).ballot is None


async def test_who_hid_it_in_the_moment_before_it_was_posted_sees_it_go(house: House) -> None:
    shown, hidden = await house.say("submit 2604.00001"), await house.say("submit 2604.00002")
    assert shown.ballot is not None
    assert hidden.ballot is not None
    await house.say("hide 2604.00002")
    await house.core.posted(HERE, shown.ballot, MessageRef("8001/501"))
    await house.core.posted(HERE, hidden.ballot, MessageRef("8001/502"))
    await house.core.posted(HERE, hidden.ballot, MessageRef("8001/502"))
    [edit] = await claimed(house.desk.delivery, NOON)  # type: ignore[arg-type]
    assert (edit.kind, edit.parent_message) == (DeliveryKind.EDIT, MessageRef("8001/502"))
