"""`COMMUNITIES=separate`: servers vote alone until their managers join them by a code."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from bot.domain import community_words as words
from bot.domain.answers import Done, PaperList, PlaceWays, Refusal
from bot.domain.places import Place
from bot.services.communities import CODE_LASTS
from tests.commands.house import House, because, shown
from tests.contract.making import (
    ANA,
    BEN,
    CLEO,
    ELSEWHERE,
    FRIDAY,
    HERE,
    NEXT_DOOR,
    entry,
    vote,
    votes,
)

THIRD = Place("discord", "9", "90")
OWN = Place("discord", "@me", "70")
SHORT = timedelta(seconds=1)


@pytest.fixture
async def apart() -> House:
    numbers = count(1)
    house = House(letters=lambda length: f"{next(numbers):0{length}}", apart=True)
    await house.fetch(FRIDAY, entry(1, 3), entry(2, 2), entry(3, 1))
    await house.store.write(
        votes(
            vote(1),
            vote(2, BEN, NEXT_DOOR),
            vote(3, CLEO, ELSEWHERE),
            vote(2, CLEO, THIRD),
            vote(1, ANA, OWN),
        )
    )
    return house


async def said(house: House, text: str, place: Place = HERE) -> str:
    answer = (await house.say(f"settings {text}", place=place)).answer
    assert isinstance(answer, Done), answer
    return answer.sentence


async def refused(house: House, text: str, place: Place = HERE) -> str:
    answer = (await house.say(f"settings {text}", place=place)).answer
    assert isinstance(answer, Refusal), answer
    return answer.sentence.removesuffix(" Nothing was changed.")


async def told(house: House, place: Place = HERE) -> str:
    answer = (await house.say("settings", place=place)).answer
    assert isinstance(answer, PlaceWays), answer
    return answer.ways.get("community", "")


async def code_of(house: House, place: Place = HERE) -> str:
    return (await said(house, "community=code", place)).split(",")[0].removeprefix("The code is ")


async def board(house: House, place: Place = HERE) -> list[int]:
    return shown(await house.list("top", place=place))


async def test_each_server_votes_alone(apart: House) -> None:
    assert await board(apart) == [1, 2]
    assert await board(apart, ELSEWHERE) == [3]
    assert await board(apart, THIRD) == [2]
    assert await told(apart) == "this server alone"


async def test_votes_of_other_communities_are_told_nowhere(apart: House) -> None:
    assert because(await apart.list("today", place=ELSEWHERE)) == [
        ("1 upvote", "1 vote here"),
        ("3 upvotes",),
        ("2 upvotes",),
    ]
    answer = (await apart.say("vote 2604.00002", place=ELSEWHERE)).answer
    assert isinstance(answer, Done)
    assert "1 vote here" in answer.sentence


async def test_what_somebody_may_like_shows_the_votes_of_their_community(apart: House) -> None:
    titles = ("Robots that fold", "Robots that fold towels", "Robots that fold shirts")
    await apart.fetch(FRIDAY, *(entry(number, title=title) for number, title in enumerate(titles, start=1)))
    asked = {}
    for place in (HERE, ELSEWHERE):
        answer = (await apart.say("for-me", place=place)).answer
        assert isinstance(answer, PaperList)
        asked[place] = {ranked.listed.paper.id[-1]: ranked.listed.votes for ranked in answer.papers}
    assert asked == {HERE: {"2": 1, "3": 0}, ELSEWHERE: {"2": 0, "3": 1}}


async def test_a_persons_own_place_is_a_community_by_itself(apart: House) -> None:
    assert await board(apart, OWN) == [1]
    assert await refused(apart, "community=code", OWN) == words.OWN_PLACE
    assert await told(apart, OWN) == ""


async def test_a_code_joins_servers_of_both_platforms_with_their_votes(apart: House) -> None:
    code = await code_of(apart)
    assert await board(apart) == [1, 2]
    assert "together with 1 other server" in await said(apart, f"community={code.upper()}", ELSEWHERE)
    assert await board(apart) == await board(apart, ELSEWHERE) == [1, 2, 3]
    assert await board(apart, THIRD) == [2]
    assert await told(apart, ELSEWHERE) == "with 1 other server"
    assert shown(await apart.list("top scope=server", place=ELSEWHERE)) == [3]


async def test_a_code_is_good_once_for_a_day_and_not_at_home(apart: House) -> None:
    code = await code_of(apart)
    assert await refused(apart, f"community={code}") == words.NO_CODE
    await said(apart, f"community={code}", ELSEWHERE)
    assert await refused(apart, f"community={code}", THIRD) == words.NO_CODE
    late = await code_of(apart, ELSEWHERE)
    apart.wait(CODE_LASTS)
    assert await refused(apart, f"community={late}", THIRD) == words.NO_CODE
    assert await told(apart, THIRD) == "this server alone"


async def test_a_new_code_takes_the_place_of_the_one_before(apart: House) -> None:
    first, second = await code_of(apart), await code_of(apart)
    assert await refused(apart, f"community={first}", ELSEWHERE) == words.NO_CODE
    await said(apart, f"community={second}", ELSEWHERE)


async def test_who_joins_another_community_leaves_its_own(apart: House) -> None:
    await said(apart, f"community={await code_of(apart)}", ELSEWHERE)
    await said(apart, f"community={await code_of(apart, THIRD)}", ELSEWHERE)
    assert (await told(apart), await told(apart, THIRD)) == ("this server alone", "with 1 other server")


async def test_who_leaves_votes_alone_and_takes_its_votes_along(apart: House) -> None:
    assert await refused(apart, "community=leave") == words.NOT_JOINED
    await said(apart, f"community={await code_of(apart)}", ELSEWHERE)
    await said(apart, f"community={await code_of(apart)}", THIRD)
    assert await told(apart) == "with 2 other servers"
    assert await said(apart, "community=leave", ELSEWHERE) == words.LEFT
    assert await board(apart) == [2, 1]
    assert await board(apart, ELSEWHERE) == [3]


async def test_what_another_process_joined_is_known_soon(apart: House) -> None:
    code = await code_of(apart)
    assert await board(apart) == [1, 2]
    other = House(apart.store, apart=True)
    await said(other, f"community={code}", ELSEWHERE)
    assert await board(apart) == [1, 2]
    await apart.clock.sleep(timedelta(seconds=30))
    assert await board(apart) == [1, 2, 3]


async def test_community_goes_alone(apart: House) -> None:
    assert await refused(apart, "community=code notify=on") == words.ONE_AT_A_TIME


async def test_where_all_vote_together_there_is_nothing_to_join(house: House) -> None:
    assert await refused(house, "community=code") == words.ALL_TOGETHER
    assert await told(house) == ""
