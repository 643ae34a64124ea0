"""What a query restricts itself to: exactly what a topic of the same words matches."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.topic_matching import PaperWords, has
from bot.domain.topic_nodes import restriction
from bot.domain.topics import Topic, parse_query, parse_topic
from bot.ports import IndexRow
from bot.search.index import Index
from bot.search.matching import Matcher
from tests.search.making import FIRST_DAY, WORDS, found, hits, index_of, paper, rows, some_papers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.papers import Paper
    from bot.domain.topic_nodes import Node

ATOMS = st.sampled_from(
    [
        *WORDS, '"diffusion policy"', '"policy diffusion policy"', '"the"', '"of the"', '"tool use x"', "@he",
        "author:an", 'author:"kaiming he"', 'author:"*"', "org:agent", 'org:"tool use"', "org:*", "cat:cs",
        "cat:cs.CL", "cat:hep-th", 'cat:"cs CL"', "title:policy", 'title:"diffusion policy"',
        'title:"self-play"', "title:self-play", '"*"', "foo:bar",
    ]
)  # fmt: skip


@st.composite
def topics(draw: st.DrawFn, depth: int = 2) -> str:
    """Draw a topic: words, phrases and fields, some excluded, some alternatives, some in brackets."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        atom = draw(topics(depth - 1)) if depth and draw(st.booleans()) else draw(ATOMS)
        grouped = f"({atom})" if " " in atom and not atom.endswith('"') else atom
        parts.append(draw(st.sampled_from(("", "", "-", "NOT "))) + grouped)
    return draw(st.sampled_from((" ", " ", " | ", " OR "))).join(parts)


def by_index(papers: Sequence[Paper], node: Node) -> list[int]:
    """Return the papers that the index matches."""

    async def matching() -> list[int]:
        index = Index(None)
        # Two layers, so that both are looked at.
        await index.extend(rows(*papers[:-1]))
        await index.extend(rows(*papers[-1:], after=len(papers) - 1))
        flags = Matcher(index._corpus, index._vocabulary).matching(node)
        return [number for number, is_matched in enumerate(flags.tolist()) if is_matched]

    return asyncio.run(matching())


def by_topic(papers: Sequence[Paper], node: Node) -> list[int]:
    """Return the papers that the topic matches."""
    return [number for number, each in enumerate(papers) if has(PaperWords(each), node)]


@given(some_papers(), topics())
@example([paper(0, "a the b", authors=("He",)), paper(1, "a b")], '"a the b"')
@example([paper(0, "self-play"), paper(1, "selfplay"), paper(2, "self play")], "-self-play")
@example([paper(0, "x", keywords=("tool", "use"))], '"tool use"')
@example([paper(0, "x", authors=("*",)), paper(1, "x")], 'author:"*"')
@example([paper(0, "x", authors=("Kaiming", "He")), paper(1, "x", authors=("Kaiming He",))], '@"kaiming he"')
@example([paper(0, "x y", "y z", organization="z x")], '"y y"')
def test_index_and_topic_match_the_same(papers: Sequence[Paper], text: str) -> None:
    topic = parse_topic(text)
    if isinstance(topic, Topic):
        assert by_index(papers, topic.node) == by_topic(papers, topic.node)


@given(some_papers(), topics())
def test_a_search_finds_nothing_outside_of_its_restriction(papers: Sequence[Paper], text: str) -> None:
    topic = parse_query(text)
    restricted = restriction(topic.node) if isinstance(topic, Topic) else None
    if restricted is not None:
        index = asyncio.run(index_of(*papers))
        assert set(found(index, text)) <= set(by_topic(papers, restricted))


FIELDS = (
    paper(0, "Planning with agents", "By Kaiming.", authors=("Ana Wei",), categories=("cs.CL", "cs.AI")),
    paper(1, "A survey", "Agents that plan, by Ana Wei.", authors=("Kaiming He",), organization="Qwen Team"),
    paper(2, "Qwen", "Some agents.", keywords=("tool use",), authors=("Wei Ana",), categories=("stat.ML",)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("author:kaiming", [1]),
        ("@he", [1]),
        ('author:"ana wei"', [0]),
        ("org:qwen", [1]),
        ("title:agent", [0]),
        ('title:"agents"', [0]),
        ("cat:cs", [0]),
        ("cat:cs.AI", [0]),
        ("cat:ml", []),
        ('"tool use"', [2]),
        ('"use tool"', []),
        ('"agents a survey"', []),
        ("agents -survey", [0, 2]),
        ("agents NOT (survey | qwen)", [0]),
        ('"ana wei"', [0, 1]),
        ("author:wei (org:qwen | cat:stat.ML)", [2]),
    ],
)
async def test_phrases_exclusions_and_fields_restrict(text: str, papers: list[int]) -> None:
    assert sorted(found(await index_of(*FIELDS), text)) == papers


async def test_a_plain_word_only_ranks() -> None:
    index = await index_of(*FIELDS)
    assert set(found(index, "author:wei planning survey")) == {0}
    assert found(index, "planning tool survey")[0] in {0, 1, 2}
    assert set(found(index, "planning tool survey")) == {0, 1, 2}


async def test_where_nothing_ranks_the_newest_come_first_and_have_no_reason() -> None:
    papers = [paper(number, authors=("Ana Wei",)) for number in (5, 4, 3, 9)]
    days = (FIRST_DAY, FIRST_DAY, FIRST_DAY, FIRST_DAY + timedelta(days=1))
    index = await index_of()
    await index.extend(
        [IndexRow(at, each, day) for at, (each, day) in enumerate(zip(papers, days, strict=True), 1)]
    )
    assert found(index, "author:wei") == [9, 3, 4, 5]
    assert found(index, "-survey", limit=2) == [9, 3]
    assert {hit.because for hit in hits(index, "author:wei")} == {()}
