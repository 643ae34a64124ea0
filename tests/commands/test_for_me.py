"""`for-me`: papers like those that somebody voted for and saved, for them alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.answers import PaperList
from bot.domain.votes import Dislike, Link
from bot.ports import KeepRecords
from tests.commands.house import because, shown
from tests.contract.making import ANA, BEN, CLEO, ELSEWHERE, FRIDAY, HERE, NEXT_DOOR, NOON, entry, paper_id

if TYPE_CHECKING:
    from bot.domain.places import Identity, Place
    from tests.commands.house import House

TITLES = (
    "Diffusion policy for robots",
    "Robots with a diffusion policy",
    "Diffusion policy at scale",
    "Agents that browse the web",
    "Browsing the web with agents",
    "Sparse attention kernels",
)


@pytest.fixture
async def house(house: House) -> House:
    entries = (entry(number, number, title=title) for number, title in enumerate(TITLES, start=1))
    await house.fetch(FRIDAY, *entries)
    return house


async def told(
    house: House, text: str = "for-me", identity: Identity = ANA, place: Place = HERE
) -> PaperList:
    reply = await house.say(text, identity=identity, place=place)
    assert isinstance(reply.answer, PaperList), reply.answer
    assert reply.private
    return reply.answer


async def test_who_has_voted_for_nothing_is_told_what_to_do(house: House) -> None:
    answer = await told(house)
    assert answer.papers == ()
    assert answer.notes == (
        "I know nothing that you like yet: vote for papers, or save some, and ask again.",
    )


async def test_it_is_like_what_was_voted_for_and_saved_and_says_like_which(house: House) -> None:
    await house.say("vote 2604.00001")
    answer = await told(house)
    assert answer.notes == ("From 1 paper that you voted for or saved.",)
    assert set(shown(answer)) == {2, 3}
    assert because(answer)[0][0] == "like “Diffusion policy for robots”"
    assert because(answer)[0][1].startswith("shares ")
    await house.say("save 2604.00004")
    answer = await told(house)
    assert answer.notes == ("From 2 papers that you voted for or saved.",)
    assert set(shown(answer)) == {2, 3, 5}
    assert "like “Agents that browse the web”" in {reasons[0] for reasons in because(answer)}
    assert len((await told(house, "for-me count=1")).papers) == 1


async def test_what_somebody_knows_already_is_not_recommended(house: House) -> None:
    for word in ("vote 2604.00001", "vote 2604.00002", "save 2604.00003"):
        await house.say(word)
    answer = await told(house)
    assert answer.papers == ()
    assert answer.notes == ("I have no other paper like those that you voted for and saved.",)


async def test_what_is_hidden_here_is_not_recommended_here(house: House) -> None:
    await house.say("vote 2604.00001")
    await house.say("hide 2604.00002")
    assert shown(await told(house)) == [3]
    assert set(shown(await told(house, place=NEXT_DOOR))) == {2, 3}


async def test_it_is_made_of_ones_own_votes_on_all_platforms_and_of_nobody_elses(house: House) -> None:
    await house.say("vote 2604.00004", identity=CLEO)
    await house.say("vote 2604.00001", identity=BEN)
    assert (await told(house)).papers == ()
    await house.store.write(KeepRecords((Link(CLEO, ANA, NOON),)))
    assert shown(await told(house)) == [5]


async def test_its_numbers_mean_something_to_who_asked(house: House) -> None:
    await house.say("vote 2604.00004")
    await told(house)
    assert "Browsing the web" in str((await house.say("show 1")).answer)


async def test_a_vote_that_is_taken_back_counts_no_more(house: House) -> None:
    await house.say("vote 2604.00004")
    await house.say("unvote 2604.00004")
    assert (await told(house)).papers == ()


# --- What somebody dislikes -------------------------------------------------------------


async def dislikes(house: House, number: int, identity: Identity = ANA, place: Place = HERE) -> None:
    given = Dislike(identity, paper_id(number), place, NOON, f"{number} down")
    await house.store.write(KeepRecords((given,)))


async def test_what_somebody_dislikes_is_never_recommended_and_what_is_like_it_comes_later(
    house: House,
) -> None:
    for number in (1, 4):
        await house.say(f"vote {paper_id(number)}")
    assert set(shown(await told(house))) == {2, 3, 5}
    await dislikes(house, 2)
    answer = await told(house)
    assert set(shown(answer)) == {5}
    assert answer.notes == (
        "From 2 papers that you voted for or saved.",
        "What is like the one that you gave a thumbs down (👎) comes later, or not at all.",
    )


async def test_where_nothing_is_left_it_says_why(house: House) -> None:
    await house.say("vote 2604.00004")
    await dislikes(house, 5)
    await dislikes(house, 6)
    answer = await told(house)
    assert answer.papers == ()
    assert answer.notes == (
        "I have no other paper like those that you voted for and saved.",
        "What is like the 2 that you gave a thumbs down (👎) comes later, or not at all.",
    )


async def test_a_paper_that_is_liked_and_disliked_says_nothing(house: House) -> None:
    await house.say("vote 2604.00004")
    await dislikes(house, 4)
    assert (await told(house)).notes == (
        "I know nothing that you like yet: vote for papers, or save some, and ask again.",
    )


async def test_what_others_dislike_is_nothing_to_oneself_until_one_is_them(house: House) -> None:
    await house.say("vote 2604.00001")
    await dislikes(house, 3, BEN)
    await dislikes(house, 2, CLEO, ELSEWHERE)
    assert set(shown(await told(house))) == {2, 3}
    await house.store.write(KeepRecords((Link(CLEO, ANA, NOON),)))
    assert 2 not in shown(await told(house))
    assert 2 not in shown(await told(house, identity=CLEO, place=ELSEWHERE))
