"""Which papers are related to one, and by which terms."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from bot.domain.words import joined_words_of, words_of
from bot.search import lookup, open_index
from tests.search.making import index_of, kin, numbers, paper, paper_id, rows, some_papers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.papers import Paper

ROBOTS = (
    paper(1, "Diffusion policies for robots", "A robot learns to act."),
    paper(2, "A survey of agents", "Diffusion is named here once, as is a robot."),
    paper(3, "Language models", "Nothing of that kind.", authors=("Diffusion Robot",)),
    paper(4, "Robots"),
)


def texts_of(each: Paper) -> tuple[str, ...]:
    """Return what a paper is about, the title twice."""
    return each.title, each.title, each.abstract, *each.keywords


def counts_of(each: Paper) -> Counter[str]:
    """Count the words of what a paper is about."""
    return Counter(word for text in texts_of(each) for word in (*words_of(text), *joined_words_of(text)))


def plain_scores(papers: Sequence[Paper]) -> Mapping[int, float]:
    """Return how like each paper is to the first, by the textbook."""
    counts = [counts_of(each) for each in papers]
    words = [sum(len(words_of(text)) for text in texts_of(each)) for each in papers]
    lengths = [math.sqrt(max(1, count)) for count in words]
    scores = {}
    for number, other in enumerate(counts[1:], 1):
        score = 0.0
        for word in counts[0].keys() & other.keys():
            having = sum(word in each for each in counts)
            rarity = math.log(1 + (len(papers) - having + 0.5) / (having + 0.5))
            score += (1 + math.log(counts[0][word])) * (1 + math.log(other[word])) * rarity**2
        if score:
            scores[number] = score / lengths[0] / lengths[number]
    return scores


@given(some_papers())
def test_scores_are_the_cosine_of_tf_idf(papers: Sequence[Paper]) -> None:
    nameless = [replace(each, authors=(), organization="") for each in papers]
    hits = kin(asyncio.run(index_of(*nameless)), 0)
    scores = {int(hit.paper[-5:]): hit.score for hit in hits}
    assert scores == pytest.approx(dict(plain_scores(nameless)), rel=0.05, abs=0.005)
    assert sorted(hits, key=lambda hit: (-hit.score, hit.paper)) == hits


async def test_kin_share_words_and_say_which_the_strongest_first() -> None:
    hits = kin(await index_of(*ROBOTS), 1)
    assert numbers(hits) == [2, 4]
    assert [hit.because for hit in hits] == [("diffusion", "robot"), ("robot",)]


async def test_at_most_three_terms_are_told() -> None:
    (hit,) = kin(await index_of(paper(1, "Agents plan tool use"), paper(2, "Tool use that agents plan")), 1)
    assert len(hit.because) == 3
    assert set(hit.because) < {"agents", "plan", "tool", "use"}


async def test_a_term_is_told_as_it_is_mostly_spelled() -> None:
    index = await index_of(paper(1, "Robot"), paper(2, "Robots"), paper(3, "Robots"))
    assert {hit.because for hit in kin(index, 1)} == {("robots",)}


async def test_names_make_no_kin() -> None:
    assert kin(await index_of(*ROBOTS), 3) == []


async def test_equal_kin_come_in_the_order_of_their_ids() -> None:
    index = await index_of(*(paper(number, "Agents") for number in (5, 2, 9, 1)))
    assert numbers(kin(index, 2)) == [1, 5, 9]
    assert numbers(kin(index, 2, limit=2)) == [1, 5]
    assert kin(index, 2, limit=0) == []


async def test_kin_are_those_of_the_texts_as_they_are_now() -> None:
    index = await index_of(paper(1, "Agents"), paper(2, "Agents"), paper(3, "Robots"))
    assert numbers(kin(index, 1)) == [2]
    await index.extend(rows(paper(2, "Robots"), after=3))
    assert kin(index, 1) == []
    assert numbers(kin(index, 3)) == [2]


async def test_a_paper_that_is_not_there_has_no_kin_to_tell() -> None:
    assert (await index_of(*ROBOTS)).similar(paper_id(99), 2) is None
    assert (await open_index(None)).similar(paper_id(1), 2) is None


async def test_of_a_very_long_paper_the_commonest_words_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "MOST_ENTRIES", 2)
    monkeypatch.setattr(lookup, "MOST_COMMON_WORDS", 0)
    index = await index_of(paper(1, "Agents plan"), paper(2, "Agents"), paper(3, "Plan"), paper(4, "Agents"))
    assert numbers(kin(index, 1)) == [3]
