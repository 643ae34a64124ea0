"""`link`, `unlink`, `my-data` and `forget-me`: a person for themselves, and nobody else sees it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.answers import Confirmation, DataFile, Done, Refusal
from bot.domain.cards import Actions, Code
from bot.domain.votes import Save
from bot.ports import KeepRecords
from bot.views import card_of
from tests.commands.house import because
from tests.contract.making import ANA, BEN, CLEO, ELSEWHERE, FRIDAY, NOON, entry, paper_id, vote, votes

if TYPE_CHECKING:
    from bot.domain.answers import Answer
    from bot.domain.places import Identity
    from tests.commands.house import House


async def told(house: House, text: str, identity: Identity = ANA) -> Answer:
    reply = await house.say(text, identity=identity)
    assert reply.private
    return reply.answer


async def sentence(house: House, text: str, identity: Identity = ANA) -> str:
    answer = await told(house, text, identity)
    assert isinstance(answer, Done | Refusal), answer
    return answer.sentence


async def code_of(house: House, identity: Identity = ANA) -> str:
    words = (await sentence(house, "link", identity)).split()
    return words[words.index("is") + 1].rstrip(".")


# --- Links ----------------------------------------------------------------------------


async def test_two_identities_become_one_person_by_a_code(house: House) -> None:
    await house.fetch(FRIDAY, entry(1))
    await house.store.write(votes(vote(1, ANA), vote(1, CLEO, ELSEWHERE)))
    assert because(await house.list("top"))[0][0] == "2 votes here"
    linked = await sentence(house, f"link {await code_of(house)}", CLEO)
    assert linked.startswith(f"Linked: you are one person with {ANA} now")
    assert because(await house.list("top"))[0][0] == "1 vote here"
    assert (await sentence(house, "unlink", CLEO)).startswith("Unlinked")
    assert because(await house.list("top"))[0][0] == "2 votes here"
    assert await sentence(house, "unlink", CLEO) == "You are linked to nobody."


async def test_a_code_is_read_as_people_write_it(house: House) -> None:
    code = await code_of(house)
    assert (await sentence(house, f'link " {code.upper()} "', CLEO)).startswith("Linked")


async def test_a_code_works_once_and_for_ten_minutes(house: House) -> None:
    code = await code_of(house)
    await sentence(house, f"link {code}", CLEO)
    assert (await sentence(house, f"link {code}", BEN)).startswith("There is no such code")
    code = await code_of(house, BEN)
    house.wait(timedelta(minutes=10))
    assert (await sentence(house, f"link {code}", CLEO)).startswith("There is no such code")


async def test_nobody_is_linked_to_themselves(house: House) -> None:
    code = await code_of(house)
    assert (await sentence(house, f"link {code}")).startswith("That is your own code")
    assert (await sentence(house, "unlink")) == "You are linked to nobody."


# --- What is stored -------------------------------------------------------------------


async def test_my_data_is_all_of_it_as_a_file(house: House) -> None:
    await sentence(house, f"link {await code_of(house)}", CLEO)
    await house.store.write(
        KeepRecords((vote(1, ANA), vote(2, CLEO, ELSEWHERE), vote(1, BEN), Save(ANA, paper_id(3), NOON)))
    )
    answer = await told(house, "my-data")
    assert isinstance(answer, DataFile)
    assert answer.name.endswith(".json")
    assert answer.sentence == "Stored of you: 2 votes, 1 saved paper and 1 link."
    data = json.loads(answer.text)
    assert data["identities"] == [ANA, CLEO]
    assert [each["paper"] for each in data["votes"]] == [paper_id(1), paper_id(2)]
    assert data["saved"] == [{"paper": paper_id(3), "at": "2026-04-24T12:00:00Z"}]
    assert BEN not in answer.text
    assert [part.text for part in card_of(answer, NOON).parts if isinstance(part, Code)] == [answer.text]


@pytest.mark.parametrize("text", ["my-data", "forget-me confirm=yes"])
async def test_of_who_did_nothing_nothing_is_stored(house: House, text: str) -> None:
    answer = await told(house, text)
    assert isinstance(answer, DataFile | Done)
    assert answer.sentence == "Nothing is stored of you."


async def test_forget_me_asks_once_and_then_deletes_everywhere(house: House) -> None:
    await house.fetch(FRIDAY, entry(1), entry(2))
    await sentence(house, f"link {await code_of(house)}", CLEO)
    await house.store.write(votes(vote(1, ANA), vote(2, CLEO, ELSEWHERE), vote(1, BEN)))
    asked = await told(house, "forget-me")
    assert isinstance(asked, Confirmation)
    assert "2 votes and 1 link" in asked.sentence
    (actions,) = (part for part in card_of(asked, NOON).parts if isinstance(part, Actions))
    assert len((await house.list("top")).papers) == 2
    done = await sentence(house, actions.actions[0].words)
    assert done.startswith(
        "Deleted: 2 votes, 1 link and 1 list that you were shown. Reactions that you leave"
    )
    assert because(await house.list("top"))[0][0] == "1 vote here"
    assert len((await house.list("top")).papers) == 1
    again = await told(house, "my-data")
    assert isinstance(again, DataFile)
    assert "vote" not in again.sentence
