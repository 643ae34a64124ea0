"""`search` and `similar`, over the real index: what is found, why, and what a query cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.answers import PaperList
from tests.commands.house import because, shown
from tests.contract.making import FRIDAY, NOON, THURSDAY, entry, paper
from tests.fakes.sources import HUGGING_FACE_IS_DOWN

if TYPE_CHECKING:
    from tests.commands.house import House


@pytest.fixture
async def library(house: House) -> House:
    """Let five papers be fetched on two days."""
    await house.fetch(
        THURSDAY,
        entry(
            1,
            90,
            title="Diffusion Policy: Robots That Learn",
            authors=("Cheng Chi",),
            organization="Columbia",
        ),
        entry(
            2, 5, title="A Survey of Robots", abstract="Robots, robots and diffusion.", authors=("Ann Lee",)
        ),
    )
    await house.fetch(
        FRIDAY,
        entry(3, 7, title="Language Agents", abstract="Agents use tools.", authors=("Kaiming He",)),
        entry(
            4,
            1,
            title="Tool Use: Agents at Work (and Play)",
            abstract="Agents that use tools.",
            keywords=("tools",),
        ),
        entry(5, 3, title='-Survey OR "Not"', abstract="An odd title."),
    )
    return house


@pytest.mark.parametrize(
    ("query", "papers"),
    [
        pytest.param("robots", {1, 2}, id="a word"),
        pytest.param("ROBOT", {1, 2}, id="in another form"),
        pytest.param("agents robots", {1, 2, 3, 4}, id="any of the words"),
        pytest.param('"diffusion policy"', {1}, id="a phrase"),
        pytest.param("robots -survey", {1}, id="an exclusion"),
        pytest.param("robots NOT survey", {1}, id="with a word"),
        pytest.param("robots author:lee", {2}, id="an author"),
        pytest.param("@he", {3}, id="an author who is called as a stop word"),
        pytest.param("org:columbia", {1}, id="an organisation"),
        pytest.param("title:agents", {3, 4}, id="a title"),
        pytest.param("columbia", {1}, id="an organisation as a word"),
        pytest.param("(author:chi | author:lee) robots", {1, 2}, id="alternatives"),
        pytest.param("robots since=2026-04-24", set(), id="since a day"),
        pytest.param("agents since=today", {3, 4}, id="since today"),
    ],
)  # fmt: skip
async def test_what_is_found(library: House, query: str, papers: set[int]) -> None:
    assert set(shown(await library.list(f"search {query}"))) == papers


async def test_hits_are_ranked_and_say_why(library: House) -> None:
    answer = await library.list("search diffusion policy")
    assert answer.title == "Found for “diffusion policy”"
    assert shown(answer) == [1, 2]
    assert because(answer) == [("has policy, diffusion",), ("has diffusion",)]
    assert (answer.notes, answer.feed_date) == ((), None)


async def test_as_many_as_were_asked_for(library: House) -> None:
    assert len(shown(await library.list("search agents robots count=3"))) == 3


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Tool Use: Agents at Work (and Play)", 4),
        ("tool use agents at work and play", 4),
        ("Diffusion Policy: Robots That Learn", 1),
        ('-Survey OR "Not"', 5),
        ("-survey or not", 5),
    ],
)
async def test_a_stored_title_finds_its_paper_first(library: House, text: str, number: int) -> None:
    assert shown(await library.list(f"search {text}"))[0] == number


async def test_a_paper_found_by_its_title_comes_once(library: House) -> None:
    found = shown(await library.list("search Tool Use: Agents at Work (and Play)"))
    assert len(found) == len(set(found)) > 1


async def test_nothing_found_says_so(library: House) -> None:
    answer = await library.list("search zebras")
    assert (answer.papers, answer.notes) == ((), ("Nothing that I have stored matches “zebras”.",))


async def test_a_search_finds_what_was_fetched_since_the_last(library: House) -> None:
    assert shown(await library.list("search zebras")) == []
    await library.fetch(FRIDAY, entry(6, title="Zebras"))
    assert shown(await library.list("search zebras")) == [6]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ('"', 'I expected a word, not “"”.'),
        ('""', 'I expected a word, not “""”.'),
        ("*", "I expected a word, not “*”."),
        ("-", "I expected a word, not “-”."),
        ("()", "I expected a word, not “()”."),
        ("robots OR", "After “robots OR” I expected a word, not the end."),
        ("robots -(", "After “robots -(” I expected a word, not the end."),
        ("x" * 10_000, "I expected at most 1,000 characters, not 10,000."),
    ],
)
async def test_a_query_that_asks_for_nothing_is_refused(library: House, query: str, sentence: str) -> None:
    refusal = await library.refusal(f"search {query}")
    assert refusal.sentence == sentence
    assert refusal.wrong_usage


@pytest.mark.parametrize("query", ["NEAR(", "zebras* ^2", "a:b:c", "zebras AND", "'; DROP TABLE papers; --"])
async def test_operators_of_other_searches_are_words(library: House, query: str) -> None:
    assert isinstance((await library.say(f"search {query}")).answer, PaperList)


@pytest.mark.parametrize(
    ("since", "sentence"),
    [
        ("2026", "since is a date such as 2026-01-31, not “2026”."),
        ("2026-02-30", "since is a date such as 2026-01-31, not “2026-02-30”."),
        ("x" * 10_000, f"since is a date such as 2026-01-31, not “{'x' * 58}…”."),
    ],
)
async def test_a_day_that_is_none_is_refused(library: House, since: str, sentence: str) -> None:
    assert (await library.refusal(f"search robots since={since}")).sentence == sentence


# --- similar --------------------------------------------------------------------------


async def test_similar_papers_say_what_they_share(library: House) -> None:
    answer = await library.list("similar 2604.00003")
    assert answer.title == "Like “Language Agents”"
    assert shown(answer)[0] == 4
    assert set(because(answer)[0][0].removeprefix("shares ").split(", ")) >= {"agents", "tools"}
    assert 3 not in shown(answer)


async def test_similar_to_a_number_of_a_list(library: House) -> None:
    await library.list("on 2026-04-23")
    answer = await library.list("similar 1 count=1")
    assert (answer.title, shown(answer)) == ("Like “Diffusion Policy: Robots That Learn”", [2])
    assert answer.notes == ("Number 1 of your list of 12:00 UTC.",)
    assert answer.about == "2604.00001"


async def test_a_paper_unlike_all_others_says_so(house: House) -> None:
    await house.fetch(FRIDAY, entry(1, title="Zebras"), entry(2, title="Agents"))
    assert (await house.list("similar 2604.00001")).notes == ("I have no other paper like it.",)


async def test_similar_to_a_paper_that_was_not_stored(library: House) -> None:
    told = paper(9, title="Robots and Diffusion Again", published_at=NOON)
    library.archive.known[told.id] = told
    assert set(shown(await library.list("similar 2604.00009"))) >= {1, 2}


async def test_similar_to_a_paper_that_cannot_be_fetched(library: House) -> None:
    library.source.fault = HUGGING_FACE_IS_DOWN
    assert "could not fetch it" in (await library.refusal("similar 2604.00009")).sentence
