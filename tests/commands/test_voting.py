"""`vote` and `unvote`: the same vote that a reaction gives, told to whoever gave it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.answers import Done
from bot.domain.votes import Link
from bot.ports import KeepRecords
from bot.ports.voting import CastVote
from tests.commands.house import because
from tests.contract.making import ANA, BEN, CLEO, ELSEWHERE, FRIDAY, NEXT_DOOR, NOON, entry
from tests.contract.voting import reaction, votes_over

if TYPE_CHECKING:
    from bot.domain.places import Identity
    from tests.commands.house import House


async def told(house: House, text: str, identity: Identity = ANA) -> str:
    reply = await house.say(text, identity=identity)
    assert isinstance(reply.answer, Done), reply.answer
    assert reply.private
    return reply.answer.sentence


async def test_a_vote_counts_once_and_is_taken_back(house: House) -> None:
    await house.fetch(FRIDAY, entry(1, 90))
    await told(house, "vote 2604.00001", BEN)
    assert await told(house, "vote 2604.00001") == (
        "Your vote for “Paper 1” counts. 2 votes here. “unvote 2604.00001” takes it back."
    )
    assert await told(house, "vote https://arxiv.org/abs/2604.00001v2") == (
        "You had voted for “Paper 1”; it counts once. 2 votes here."
    )
    assert because(await house.list("top"))[0][0] == "2 votes here"
    assert await told(house, "unvote 2604.00001") == "Taken back: your vote for “Paper 1”."
    assert await told(house, "unvote 2604.00001") == "You have not voted for “Paper 1”."
    assert because(await house.list("top"))[0][0] == "1 vote here"


async def test_a_number_of_the_last_list_is_voted_for(house: House) -> None:
    await house.fetch(FRIDAY, entry(1, 90), entry(2, 95))
    await house.say("today")
    assert (await told(house, "vote 2")).startswith("Your vote for “Paper 1” counts.")
    assert (await told(house, "unvote 2")) == "Taken back: your vote for “Paper 1”."


async def test_a_paper_that_is_not_stored_is_fetched_first(house: House) -> None:
    house.source.known[entry(9).paper.id] = entry(9, 7)
    assert await told(house, "vote 2604.00009") == (
        "Your vote for “Paper 9” counts. 1 vote here. “unvote 2604.00009” takes it back."
    )


async def test_nobody_votes_for_what_is_none(house: House) -> None:
    await house.refusal("vote 2604.00009")
    await house.refusal("vote hello")
    await house.refusal("unvote hello")
    assert (await house.list("top")).papers == ()


async def test_unvote_says_what_still_stands(house: House) -> None:
    await house.fetch(FRIDAY, entry(1))
    votes = votes_over(house.store)
    await votes.write(CastVote(reaction("8001/1", ANA, place=NEXT_DOOR)))
    still = "Your vote still counts, by your reaction on another message."
    assert await told(house, "vote 2604.00001") == (
        "You had voted for “Paper 1”; it counts once. 1 vote here."
    )
    assert await told(house, "unvote 2604.00001") == f"Taken back: your vote for “Paper 1”. {still}"
    assert await told(house, "unvote 2604.00001") == (
        f"{still} Take that reaction away, and your vote for “Paper 1” is gone."
    )


async def test_a_linked_person_takes_back_what_they_gave_elsewhere(house: House) -> None:
    await house.fetch(FRIDAY, entry(1))
    await house.store.write(KeepRecords((Link(CLEO, ANA, NOON),)))
    await house.say("vote 2604.00001", place=ELSEWHERE, identity=CLEO)
    assert await told(house, "unvote 2604.00001") == "Taken back: your vote for “Paper 1”."
    assert (await house.list("top")).papers == ()
