"""In which order papers are found, and what is said for them."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.topics import Topic, parse_query
from bot.domain.words import joined_words_of, words_of, words_of_name
from bot.ports import IndexRow
from bot.search import lookup
from tests.search.making import (
    FIRST_DAY,
    PASTED,
    WORDS,
    found,
    hits,
    index_of,
    paper,
    paper_id,
    rows,
    some_papers,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.papers import Paper

# --- The same, told plainly -----------------------------------------------------


def rows_of(each: Paper) -> list[list[str]]:
    """Return the words of a paper's texts, each text once for each time that it counts."""
    about = [each.title, each.title, each.abstract, *each.keywords]
    names = [*each.authors, each.organization]
    return [*map(words_of, about), *map(words_of_name, names)]


def counted(each: Paper) -> tuple[Counter[str], Counter[tuple[str, str]], int]:
    """Count the words and pairs of a paper, and all words of what it is about."""
    about = (each.title, each.title, each.abstract, *each.keywords)
    words = Counter(word for row in rows_of(each) for word in row)
    for text in (*about, *each.authors, each.organization):
        words.update(joined_words_of(text))
    pairs = Counter(pair for row in rows_of(each) for pair in pairwise(row))
    return words, pairs, sum(len(words_of(text)) for text in about)


def plain_scores(papers: Sequence[Paper], text: str) -> Mapping[int, float]:
    """Return the scores of the papers that have any of the words, by the textbook."""
    counts = [counted(each) for each in papers]
    average = sum(length for _, _, length in counts) / len(papers)
    asked = words_of(text)
    scores: dict[int, float] = dict.fromkeys(range(len(papers)), 0.0)

    def add(number: int, count: int, having: int, weight: float) -> None:
        if not count:
            return
        rarity = math.log(1 + (len(papers) - having + 0.5) / (having + 0.5))
        length = 1.2 * (1 - 0.75 + 0.75 * counts[number][2] / (average or 1))
        scores[number] += weight * rarity * count * 2.2 / (count + length)

    for word in [*asked, *joined_words_of(text)]:
        for number, (words, _, _) in enumerate(counts):
            add(number, words[word], sum(word in other for other, _, _ in counts), 1)
    for pair in pairwise(asked):
        having = sum(pair in pairs for _, pairs, _ in counts)
        for number, (_, pairs, _) in enumerate(counts):
            add(number, pairs[pair] if having > 1 else 0, having, 0.25)
    return {number: score for number, score in scores.items() if score > 0}


@given(
    some_papers(), st.lists(st.sampled_from([word for word in WORDS if word != "*"]), min_size=1, max_size=5)
)
def test_scores_are_bm25_of_words_and_a_quarter_of_that_of_pairs(
    papers: Sequence[Paper], asked: list[str]
) -> None:
    index = asyncio.run(index_of(*papers))
    scores = {int(hit.paper[-5:]): hit.score for hit in hits(index, " ".join(asked))}
    assert scores == pytest.approx(dict(plain_scores(papers, " ".join(asked))))


# --- Which comes first ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        pytest.param("diffusion", ("Diffusion", ""), ("Other", "diffusion"), id="title before abstract"),
        pytest.param("agent", ("Agents", ""), ("Agents", "of many more words besides"), id="the shorter one"),
        pytest.param("tool use", ("A", "Tool use now"), ("A", "Use now and tool"), id="side by side"),
        pytest.param("self-play", ("Selfplay", ""), ("Other", "Plays"), id="a hyphenated word as one"),
        pytest.param("NÚÑEZ", ("Nunez", ""), ("Other", ""), id="accents and case"),
        pytest.param("多模态", ("多模态 agents", ""), ("Agents", ""), id="another script"),
        pytest.param("the agent", ("Agent", ""), ("The of", ""), id="stop words do not count"),
        pytest.param("title:agent", ("Agents, agents", ""), ("Agents and two", ""), id="words of a title"),
        pytest.param('"tool use"', ("Tool use", ""), ("A", "One tool use"), id="words of a phrase"),
    ],
)  # fmt: skip
async def test_what_fits_better_comes_first(
    text: str, first: tuple[str, str], second: tuple[str, str]
) -> None:
    filler = [paper(number, "Tool use", "Agents of the other kind") for number in (7, 8)]
    index = await index_of(paper(2, *second), paper(3, *first), *filler)
    order = [number for number in found(index, text) if number in {2, 3}]
    assert order[0] == 3


async def test_a_rare_word_counts_for_more_than_a_common_one() -> None:
    common = [paper(number, "Agents") for number in range(5)]
    assert found(await index_of(*common, paper(9, "Diffusion")), "agents diffusion")[0] == 9


async def test_equal_papers_come_in_the_order_of_their_ids_whatever_came_first() -> None:
    papers = [paper(number, "Agents") for number in (4, 2, 9, 1, 3)]
    index = await index_of(*papers)
    assert found(index, "agent") == [1, 2, 3, 4, 9]
    assert found(index, "agent", limit=2) == [1, 2]
    assert found(index, "agent", limit=0) == []


async def test_excluded_words_and_names_in_fields_do_not_rank() -> None:
    papers = (paper(1, "Agents", authors=("Ana Tool",)), paper(2, "Agents that play", authors=("Tool Ana",)))
    index = await index_of(*papers)
    assert found(index, "author:tool agents") == [1, 2]
    assert found(index, "agents -play") == [1]


async def test_a_query_of_stop_words_alone_finds_texts_of_stop_words_alone() -> None:
    assert found(await index_of(paper(1, "The Who"), paper(2, "The agents")), "the who") == [1]


async def test_names_are_found_as_words() -> None:
    index = await index_of(paper(1, authors=("Yann Lecun", "Other")), paper(2, authors=("Yann Other",)))
    assert found(index, "yann lecun") == [1, 2]


# --- Since ------------------------------------------------------------------------


async def test_since_counts_the_day_of_the_list_and_else_of_the_submission() -> None:
    published_at = datetime(2026, 4, 10, 23, tzinfo=UTC)
    index = await index_of()
    listed = IndexRow(1, paper(1, "Agents", published_at=published_at), FIRST_DAY)
    submitted = IndexRow(2, paper(2, "Agents", published_at=published_at), None)
    unknown = IndexRow(3, paper(3, "Agents"), None)
    await index.extend([listed, submitted, unknown])
    assert found(index, "agents", since=None) == [1, 2, 3]
    assert found(index, "agents", since=FIRST_DAY) == [1, 2]
    assert found(index, "agents", since=published_at.date()) == [2]
    assert found(index, "agents", since=published_at.date() + timedelta(days=1)) == []


# --- Because ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("diffusion", ("diffusion",)),
        ("Diffusions", ("Diffusions",)),
        ("agents diffusion", ("diffusion", "agents")),
        ("missing agents", ("agents",)),
        ("agents agents Agent", ("agents",)),
        ("self-play", ("self-play",)),
        ("núñez", ("núñez",)),
        ("agent's", ("agent",)),
        ("diffusion tool zebra agents", ("diffusion", "zebra", "agents")),
        ("the agents", ("agents",)),
        ('"tool zebra"', ("zebra", "tool")),
        ("title:agents -policy author:ana", ("agents",)),
    ],
)
async def test_a_hit_says_which_of_the_words_it_has_the_strongest_first(
    text: str, because: tuple[str, ...]
) -> None:
    best = paper(1, "Agents: diffusion", "Self-play by Nunez, a tool, zebra.", authors=("Ana Wei",))
    others = [paper(number, "Agents", "Tools") for number in (2, 3)]
    found_hits = hits(await index_of(best, *others, paper(4, "Play tools")), text)
    assert {hit.paper: hit.because for hit in found_hits}[paper_id(1)] == because


async def test_a_part_is_named_where_the_whole_is_not_there() -> None:
    (hit,) = hits(await index_of(paper(1, "Play")), "self-play")
    assert hit.because == ("play",)


# --- Odd ones ---------------------------------------------------------------------


@given(some_papers(least=0), PASTED, st.integers(0, 4))
def test_no_query_raises_and_none_finds_too_much(papers: Sequence[Paper], text: str, limit: int) -> None:
    index = asyncio.run(index_of(*papers))
    index.titled(text, since=FIRST_DAY)
    topic = parse_query(text)
    if isinstance(topic, Topic):
        answer = index.search(topic, since=None, limit=limit)
        assert len(answer) <= min(limit, len(papers))
        assert len({hit.paper for hit in answer}) == len(answer)


@given(PASTED)
def test_no_paper_is_too_odd_to_be_taken_in(text: str) -> None:
    index = asyncio.run(
        index_of(paper(1, text, text, authors=(text,), keywords=(text, ""), categories=(text,)))
    )
    assert index.revision == 1
    assert index.similar(paper_id(1), 3) == []


@pytest.mark.parametrize("text", ["*", '"', "the"])
async def test_a_query_without_anything_to_look_for_finds_nothing(text: str) -> None:
    topic = parse_query(text)
    index = await index_of(paper(1, "Agents"), paper(2, "The Agent"))
    assert not isinstance(topic, Topic) or not index.search(topic, since=None, limit=9)


async def test_the_commonest_words_of_a_very_long_query_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "MOST_ENTRIES", 3)
    monkeypatch.setattr(lookup, "MOST_COMMON_WORDS", 0)
    index = await index_of(*(paper(number, "Agents") for number in range(3)), paper(9, "Diffusion"))
    assert found(index, "agents diffusion") == [9]
    assert found(index, "agents") == [0, 1, 2]


# --- Titles -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["Self-Play: agents!", "self play AGENTS", "“Self‑play”  (agents)", "selfplayagents"]
)
async def test_a_title_is_found_whatever_case_spaces_and_punctuation(text: str) -> None:
    hit = (await index_of(paper(1, "Self-Play Agents"), paper(2, "Self-play"))).titled(text, since=None)
    assert hit is not None
    assert hit.paper == paper_id(1)


@pytest.mark.parametrize("text", ["", "?!", "agents", "Self-Play Agent"])
async def test_a_text_that_is_no_title_is_found_as_none(text: str) -> None:
    assert (await index_of(paper(1, "Self-Play Agents"), paper(2, "???"))).titled(text, since=None) is None


async def test_of_equal_titles_the_newest_counts() -> None:
    index = await index_of(*(paper(number, "Agents") for number in (2, 3, 1)))
    newest = index.titled("agents", since=None)
    assert newest is not None
    assert newest.paper == paper_id(3)
    assert index.titled("agents", since=FIRST_DAY + timedelta(days=4)) is None
    await index.extend(rows(paper(3, "Others"), after=3))
    again = index.titled("agents", since=None)
    assert again is not None
    assert again.paper == paper_id(2)
