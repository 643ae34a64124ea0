"""`top`: the leaderboard of both platforms together, in its scopes and periods, and nobody named."""

from __future__ import annotations

from dataclasses import astuple
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.cards import Heading
from bot.domain.votes import Link
from bot.ports import KeepRecords
from bot.views.papers import list_card
from tests.commands.house import because, shown
from tests.contract.making import (
    ANA,
    BEN,
    CLEO,
    ELSEWHERE,
    FRIDAY,
    HERE,
    NEXT_DOOR,
    NOON,
    THURSDAY,
    entry,
    vote,
    votes,
)

if TYPE_CHECKING:
    from tests.commands.house import House

DAY = timedelta(days=1)


async def test_most_votes_come_first(house: House) -> None:
    await house.fetch(FRIDAY, entry(1, 90), entry(2, 5), entry(3, 9), entry(4, 500))
    await house.store.write(votes(vote(2, ANA), vote(2, BEN), vote(1), vote(3)))
    answer = await house.list("top")
    assert shown(answer) == [2, 1, 3]
    assert answer.title == "Most votes in this community, the last 7 days"
    assert answer.notes == ()


async def test_the_hugging_face_rank_stands_beside(house: House) -> None:
    await house.fetch(THURSDAY, entry(5), entry(1))
    await house.store.write(votes(vote(1, ANA), vote(1, BEN), vote(9)))
    assert because(await house.list("top")) == [
        ("2 votes here", "number 2 on Hugging Face's list of 23 April 2026"),
        ("1 vote here",),
    ]


async def test_votes_of_both_platforms_count_together_and_each_person_once(house: House) -> None:
    await house.fetch(FRIDAY, entry(1), entry(2))
    await house.store.write(
        votes(vote(1, ANA), vote(1, ANA, NEXT_DOOR), vote(1, CLEO, ELSEWHERE), vote(2, ANA), vote(2, BEN)),
        KeepRecords((Link(CLEO, ANA, NOON),)),
    )
    assert because(await house.list("top"))[1] == (
        "1 vote here",
        "number 1 on Hugging Face's list of 24 April 2026",
    )
    assert shown(await house.list("top")) == [2, 1]


@pytest.mark.parametrize(
    ("scope", "title", "papers"),
    [
        ("community", "Most votes in this community, the last 7 days", [1, 2, 3]),
        ("server", "Most votes on this server, the last 7 days", [1, 2]),
        ("here", "Most votes in this place, the last 7 days", [1]),
    ],
)
async def test_a_scope_says_whose_votes_count(
    house: House, scope: str, title: str, papers: list[int]
) -> None:
    await house.fetch(FRIDAY, entry(1, 3), entry(2, 2), entry(3, 1))
    await house.store.write(votes(vote(1), vote(2, BEN, NEXT_DOOR), vote(3, CLEO, ELSEWHERE)))
    answer = await house.list(f"top scope={scope}")
    assert (answer.title, shown(answer)) == (title, papers)


async def test_a_slack_server_is_a_workspace(house: House) -> None:
    assert (await house.list("top scope=server", place=ELSEWHERE)).title == (
        "Most votes in this workspace, the last 7 days"
    )


@pytest.mark.parametrize(
    ("period", "when", "papers"),
    [
        ("week", "the last 7 days", [1]),
        ("month", "the last 30 days", [1, 2]),
        ("year", "the last 365 days", [1, 2, 3]),
        ("all", "all time", [1, 2, 3, 4]),
    ],
)
async def test_a_period_says_since_when(house: House, period: str, when: str, papers: list[int]) -> None:
    await house.fetch(FRIDAY, entry(1, 4), entry(2, 3), entry(3, 2), entry(4, 1))
    ages = {1: 7 * DAY, 2: 30 * DAY, 3: 365 * DAY, 4: 999 * DAY}
    await house.store.write(votes(*(vote(number, at=NOON - age) for number, age in ages.items())))
    answer = await house.list(f"top {period}")
    assert shown(answer) == papers
    assert answer.title == f"Most votes in this community, {when}"


async def test_ten_unless_another_number_is_asked_for(house: House) -> None:
    await house.fetch(FRIDAY, *(entry(number) for number in range(1, 13)))
    await house.store.write(votes(*(vote(number) for number in range(1, 13))))
    assert len(shown(await house.list("top"))) == 10
    assert shown(await house.list("top count=2")) == [1, 2]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("top", "Nobody has voted in this community in the last 7 days."),
        ("top all", "Nobody has voted in this community yet."),
        ("top month here", "Nobody has voted in this place in the last 30 days."),
    ],
)
async def test_an_empty_board_says_so(house: House, text: str, note: str) -> None:
    answer = await house.list(text)
    assert (answer.papers, answer.notes) == ((), (note,))


async def test_voters_are_never_named(house: House) -> None:
    await house.fetch(FRIDAY, entry(1))
    await house.store.write(votes(vote(1, ANA), vote(1, CLEO, ELSEWHERE)))
    told = str(astuple(await house.list("top all")))
    assert not [name for name in (ANA, CLEO, str(HERE)) if name in told]


async def test_where_the_community_disagrees_is_told(house: House) -> None:
    await house.fetch(FRIDAY, *(entry(number, 100 - number) for number in range(1, 10)))
    await house.store.write(votes(vote(9, ANA), vote(9, BEN)))
    answer = await house.list("top")
    assert (answer.notes, answer.disagreements) == ((), ("“Paper 9” is number 1 here, 9 on its list there.",))
    assert [part.text for part in list_card(answer).parts if isinstance(part, Heading)] == [
        "Most votes in this community, the last 7 days",
        "Where this community disagrees with Hugging Face",
    ]
    assert len(answer.papers) == 1
