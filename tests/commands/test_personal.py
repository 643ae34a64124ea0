"""`link`, `unlink`, `my-data` and `forget-me`: a person for themselves, and nobody else sees it."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.answers import Confirmation, DataFile, Done, PaperList, Refusal
from bot.domain.cards import Actions, Code
from bot.domain.papers import Listed, Paper
from bot.domain.places import Identity
from bot.domain.tables import table_text
from bot.domain.votes import Dislike, Save
from bot.ports import KeepRecords
from bot.views import card_of
from tests.commands.house import because
from tests.contract.making import (
    ANA,
    BEN,
    CLEO,
    ELSEWHERE,
    FRIDAY,
    NOON,
    entry,
    numbers,
    paper_id,
    vote,
    votes,
)

if TYPE_CHECKING:
    from bot.domain.answers import Answer
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


@pytest.mark.parametrize(
    ("identity", "other"),
    [(ANA, "Slack"), (Identity("slack:T1/U1"), "Discord"), (Identity("terminal:local"), "Slack")],
)
async def test_a_code_is_for_another_platform_than_the_askers(
    house: House, identity: Identity, other: str
) -> None:
    assert f"such as on {other}: then" in await sentence(house, "link", identity)


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
    down, tone = (
        Dislike(CLEO, paper_id(4), ELSEWHERE, NOON, f"C01/1.1 {name}") for name in ("down", "down+t")
    )
    await house.store.write(KeepRecords((down, tone, replace(down, identity=BEN))))
    answer = await told(house, "my-data")
    assert isinstance(answer, DataFile)
    assert answer.name.endswith(".json")
    assert answer.sentence == "Stored of you: 2 votes, 1 saved paper, 1 disliked paper and 1 link."
    data = json.loads(answer.text)
    assert data["identities"] == [ANA, CLEO]
    assert [each["paper"] for each in data["votes"]] == [paper_id(1), paper_id(2)]
    assert data["saved"] == [{"paper": paper_id(3), "at": "2026-04-24T12:00:00Z"}]
    where = {"paper": paper_id(4), "place": str(ELSEWHERE), "at": "2026-04-24T12:00:00Z"}
    assert data["disliked"] == [{**where, "message": each.message} for each in (down, tone)]
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
    await house.store.write(KeepRecords((Dislike(CLEO, paper_id(3), ELSEWHERE, NOON, "C01/1.1 down"),)))
    asked = await told(house, "forget-me")
    assert isinstance(asked, Confirmation)
    assert "2 votes, 1 disliked paper and 1 link" in asked.sentence
    (actions,) = (part for part in card_of(asked, NOON).parts if isinstance(part, Actions))
    assert len((await house.list("top")).papers) == 2
    done = await sentence(house, actions.actions[0].words)
    assert done.startswith(
        "Deleted: 2 votes, 1 disliked paper, 1 link and 1 list that you were shown. Reactions that you leave"
    )
    assert because(await house.list("top"))[0][0] == "1 vote here"
    assert len((await house.list("top")).papers) == 1
    again = await told(house, "my-data")
    assert isinstance(again, DataFile)
    assert "vote" not in again.sentence
    assert "disliked" not in again.sentence


# --- The reading list -----------------------------------------------------------------


async def test_a_reading_list_is_kept_and_shown_the_newest_first(house: House) -> None:
    await house.fetch(FRIDAY, entry(1, 90), entry(2, 95))
    empty = await told(house, "saved")
    assert isinstance(empty, PaperList)
    assert empty.notes == ("It is empty. “save” puts a paper on it.",)
    assert (await sentence(house, "save 2604.00001")).startswith("On your reading list: “Paper 1”.")
    house.wait(timedelta(minutes=1))
    await sentence(house, "save 2604.00002")
    assert await sentence(house, "save 2604.00001") == "It was on your reading list already: “Paper 1”."
    shown = await told(house, "saved")
    assert isinstance(shown, PaperList)
    assert numbers([each.listed for each in shown.papers]) == [2, 1]
    assert await sentence(house, "unsave 1") == "Off your reading list: “Paper 2”."
    assert await sentence(house, "unsave 2604.00002") == "It is not on your reading list: “Paper 2”."
    others = await told(house, "saved", BEN)
    assert isinstance(others, PaperList)
    assert not others.papers


async def test_a_saved_title_is_told_as_everywhere(house: House) -> None:
    await house.fetch(FRIDAY, entry(1, title=r"Attention in $O(n^2)$"))
    assert (await sentence(house, "save 2604.00001")).startswith(
        "On your reading list: “Attention in O(n²)”."
    )
    assert await sentence(house, "unsave 2604.00001") == "Off your reading list: “Attention in O(n²)”."


@pytest.mark.parametrize(
    ("style", "name", "has"),
    [
        ("bibtex", "papers.bib", ["@misc{", "title = {{Paper 1}}"]),
        ("ris", "papers.ris", ["TY  - GEN", "TI  - Paper 2"]),
        (
            "csv",
            "papers.csv",
            ["id,title,authors", "2604.00001,Paper 1,,,,90,0,https://arxiv.org/abs/2604.00001"],
        ),
    ],
)
async def test_a_reading_list_is_handed_out_as_a_file(
    house: House, style: str, name: str, has: list[str]
) -> None:
    await house.fetch(FRIDAY, entry(1, 90), entry(2, 95))
    await house.say("save 2604.00001")
    await house.say("save 2604.00002")
    answer = await told(house, f"saved {style}")
    assert isinstance(answer, DataFile)
    assert (answer.name, answer.sentence) == (name, "Your reading list: 2 papers.")
    for words in has:
        assert words in answer.text


async def test_of_a_long_reading_list_the_newest_are_shown(house: House) -> None:
    await house.fetch(FRIDAY, *(entry(number) for number in range(30)))
    await house.store.write(KeepRecords(tuple(Save(ANA, paper_id(number), NOON) for number in range(30))))
    shown = await told(house, "saved")
    assert isinstance(shown, PaperList)
    assert len(shown.papers) == 25
    assert shown.notes == ("The newest 25 of 30; “saved format=csv” gives all of them.",)


def test_no_spreadsheet_reads_a_title_as_a_formula() -> None:
    evil = Listed(Paper(paper_id(1), title='=HYPERLINK("http://x", "y")', authors=("A, B", "@c")))
    row = list(csv.reader(table_text([evil]).splitlines()))[1]
    assert row[1:3] == ['\'=HYPERLINK("http://x", "y")', "A, B; @c"]
