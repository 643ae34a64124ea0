"""`show` and `cite`: one paper, by identifier, by link, or by its number on a list that was shown."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.answers import Citation, PaperPage
from bot.domain.papers import FeedEntry, PaperId
from tests.contract.making import ANA, BEN, ELSEWHERE, FRIDAY, HOUR, NOON, THURSDAY, entry, paper, vote, votes
from tests.fakes.sources import ARXIV_IS_DOWN, HUGGING_FACE_IS_DOWN, HUGGING_FACE_REFUSES

if TYPE_CHECKING:
    from bot.domain.places import Identity
    from tests.commands.house import House

MINUTE = timedelta(minutes=1)
UNKNOWN = PaperId("2604.99999")


async def page(house: House, text: str, identity: Identity = ANA) -> PaperPage:
    reply = await house.say(text, identity=identity)
    assert isinstance(reply.answer, PaperPage), reply.answer
    assert not reply.private
    return reply.answer


async def shown(house: House, text: str, identity: Identity = ANA) -> tuple[PaperId, tuple[str, ...]]:
    """Return the paper that is shown, and the notes on how it was found."""
    answer = await page(house, text, identity)
    return answer.ranked.listed.paper.id, answer.notes


# --- By identifier or link ------------------------------------------------------------


@pytest.mark.parametrize(
    "named",
    [
        "2604.00001",
        "arXiv:2604.00001v3",
        "https://arxiv.org/pdf/2604.00001v2.pdf#page=3",
        "<https://huggingface.co/papers/2604.00001|Paper 1>",
        "https://www.alphaxiv.org/abs/2604.00001?x=1",
        "paper=2604.00001",
    ],
)
async def test_a_paper_is_shown_in_full(house: House, named: str) -> None:
    await house.fetch(FRIDAY, entry(2), entry(1, 84, 7))
    await house.store.write(votes(vote(1), vote(1, BEN)))
    answer = await page(house, f"show {named}")
    listed = answer.ranked.listed
    assert (listed.paper, listed.feed_day, listed.position) == (paper(1), FRIDAY, 2)
    assert (listed.upvotes, listed.comments, listed.votes) == (84, 7, 2)
    assert answer.ranked.because == ("84 upvotes", "2 votes here")
    assert answer.notes == ()


async def test_a_paper_that_is_not_stored_is_fetched_and_kept(house: House) -> None:
    house.source.known[UNKNOWN] = entry(99_999, 12, 3)
    assert (await page(house, f"show {UNKNOWN}")).ranked.listed.upvotes == 12
    house.source.fault = HUGGING_FACE_IS_DOWN
    assert (await page(house, f"show {UNKNOWN}")).ranked.because == ("12 upvotes",)


async def test_a_paper_that_hugging_face_does_not_know_comes_from_arxiv(house: House) -> None:
    house.archive.known[UNKNOWN] = paper(99_999, abstract="From arXiv.")
    answer = await page(house, f"show {UNKNOWN}")
    assert answer.ranked.listed.paper.abstract == "From arXiv."
    assert answer.ranked.listed.feed_day is None


async def test_a_paper_that_nobody_knows_is_refused(house: House) -> None:
    refusal = await house.refusal("show 2604.99999")
    assert refusal.sentence == "Neither Hugging Face nor arXiv knows a paper 2604.99999."


@pytest.mark.parametrize("fault", [HUGGING_FACE_IS_DOWN, HUGGING_FACE_REFUSES])
async def test_a_paper_that_cannot_be_fetched_says_why(house: House, fault: object) -> None:
    house.source.fault = HUGGING_FACE_IS_DOWN
    house.archive.fault = ARXIV_IS_DOWN
    refusal = await house.refusal("show 2604.99999")
    assert refusal.sentence.startswith("I have no paper 2604.99999 yet, and could not fetch it: ")
    assert refusal.sentence.endswith("did not answer in time.")


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("show worlds", "worlds"),
        ("show 2613.01234", "2613.01234"),
        ("show https://example.org/abs/2604.00001", "https://example.org/abs/2604.00001"),
        ("show 1000", "1000"),
        ("show -1", "-1"),
        ("show ２", "２"),
        (f"show {'x' * 10_000}", f"{'x' * 58}…"),
        ("cite worlds", "worlds"),
        ("similar worlds", "worlds"),
    ],
)
async def test_what_names_no_paper_is_refused(house: House, text: str, quoted: str) -> None:
    assert (await house.refusal(text)).sentence == (
        f"“{quoted}” names no paper. "
        "Give an arXiv id such as 2604.01234, a link to the paper, or its number on your last list."
    )


# --- By its number --------------------------------------------------------------------


async def test_a_number_is_that_of_ones_own_last_list(house: House) -> None:
    await house.fetch(THURSDAY, entry(11, 9), entry(12, 8))
    await house.fetch(FRIDAY, entry(1, 9), entry(2, 8))
    await house.list("today 2")
    await house.list("on 2026-04-23")
    assert await shown(house, "show 2") == ("2604.00012", ("Number 2 of your list of 12:00 UTC.",))


async def test_numbers_run_through_all_sections_of_a_list(house: House) -> None:
    await house.fetch(THURSDAY, entry(11, 9), entry(12, 8))
    await house.fetch(FRIDAY, entry(1, 1))
    await house.list("today")
    assert (await shown(house, "show 3"))[0] == "2604.00012"


async def test_ones_own_list_counts_for_an_hour_before_a_newer_one_of_others(house: House) -> None:
    await house.fetch(THURSDAY, entry(11))
    await house.fetch(FRIDAY, entry(1))
    await house.list("today 1")
    house.wait(5 * MINUTE)
    await house.list("on 2026-04-23", identity=BEN)
    house.wait(55 * MINUTE)
    assert await shown(house, "show 1") == ("2604.00001", ("Number 1 of your list of 12:00 UTC.",))
    house.wait(MINUTE)
    assert await shown(house, "show 1") == ("2604.00011", ("Number 1 of the last list here of 12:05 UTC.",))


async def test_the_last_public_list_counts_for_who_has_none(house: House) -> None:
    await house.fetch(FRIDAY, entry(1))
    await house.list("today 1", identity=BEN)
    house.wait(26 * HOUR)
    assert await shown(house, "show 1") == (
        "2604.00001",
        ("Number 1 of the last list here of 24 April 2026, 12:00 UTC.",),
    )


async def test_a_list_without_papers_takes_no_numbers(house: House) -> None:
    await house.fetch(FRIDAY, entry(1))
    await house.list("today 1")
    await house.list("today topic=robots")
    assert (await shown(house, "show 1"))[0] == "2604.00001"


async def test_a_list_of_another_place_does_not_count(house: House) -> None:
    await house.fetch(FRIDAY, entry(1))
    await house.list("today 1", place=ELSEWHERE)
    assert (await house.refusal("show 1")).sentence == (
        "There is no list here yet that 1 could be a number of. Ask for one with “today”."
    )


@pytest.mark.parametrize("number", [0, 3, 999])
async def test_a_number_that_is_not_on_the_list(house: House, number: int) -> None:
    await house.fetch(FRIDAY, entry(1), entry(2))
    await house.list("today")
    assert (await house.refusal(f"show {number}")).sentence == (
        f"{number} is not on your list of 12:00 UTC: it has 2 papers."
    )


@pytest.mark.parametrize("text", ["search robots", "top", "week", "similar 2604.00001"])
async def test_every_list_has_numbers(house: House, text: str) -> None:
    about = "About robots that walk."
    await house.fetch(FRIDAY, entry(1, abstract=about), entry(2, abstract=about))
    await house.store.write(votes(vote(1)))
    answer = await house.list(text)
    assert (await shown(house, "show 1"))[0] == answer.papers[0].listed.paper.id


# --- cite -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "style", "beginning"),
    [
        ("cite 2604.00001", "bibtex", "@misc{unknown2026paper,"),
        ("cite 2604.00001 ris", "ris", "TY  - GEN"),
        ("cite https://arxiv.org/abs/2604.00001 format=APA", "apa", "(2026). Paper 1. arXiv:2604.00001."),
    ],
)
async def test_a_paper_is_cited_in_a_style(house: House, text: str, style: str, beginning: str) -> None:
    await house.fetch(FRIDAY, entry(1))
    reply = await house.say(text)
    assert isinstance(reply.answer, Citation)
    assert not reply.private
    assert (reply.answer.style, reply.answer.paper.paper.id) == (style, "2604.00001")
    assert reply.answer.text.startswith(beginning)


async def test_a_citation_has_what_the_source_told_of_the_paper(house: House) -> None:
    told = paper(1, authors=("Ana One", "Ben Two"), published_at=NOON, categories=("cs.CL",))
    house.source.known[told.id] = FeedEntry(told)
    reply = await house.say("cite 2604.00001")
    assert isinstance(reply.answer, Citation)
    assert "author = {{Ana One} and {Ben Two}}" in reply.answer.text
    assert "primaryClass = {cs.CL}" in reply.answer.text


async def test_a_number_of_a_list_is_cited(house: House) -> None:
    await house.fetch(FRIDAY, entry(1, 2), entry(2, 1))
    await house.list("today")
    reply = await house.say("cite 2")
    assert isinstance(reply.answer, Citation)
    assert "eprint = {2604.00002}" in reply.answer.text
