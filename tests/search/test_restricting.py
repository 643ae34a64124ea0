"""What a query restricts itself to: exactly what a topic of the same words matches."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.topics import PaperWords, Topic, has, parse_topic
from bot.search.index import open_index
from bot.search.matching import Matcher
from tests.search.making import (
    WORDS,
    paper,
    rows,
    some_papers,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.papers import Paper

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


def matched(papers: Sequence[Paper], text: str) -> tuple[list[bool], list[bool]] | None:
    """Return what the index and the topic say of each paper; None for a text that is no topic."""
    topic = parse_topic(text)
    if not isinstance(topic, Topic):
        return None

    async def by_index() -> list[bool]:
        index = await open_index(None)
        await index.extend(rows(*papers))
        return [bool(each) for each in Matcher(index._corpus, index._vocabulary).matching(topic.node)]

    return asyncio.run(by_index()), [has(PaperWords(each), topic.node) for each in papers]


@settings(deadline=None)
@given(some_papers(), topics())
@example([paper(0, "a the b", authors=("He",)), paper(1, "a b")], '"a the b"')
@example([paper(0, "self-play"), paper(1, "selfplay"), paper(2, "self play")], "-self-play")
@example([paper(0, "x", keywords=("tool", "use"))], '"tool use"')
@example([paper(0, "x", authors=("*",)), paper(1, "x")], 'author:"*"')
def test_index_and_topic_match_the_same(papers: Sequence[Paper], text: str) -> None:
    both = matched(papers, text)
    if both is not None:
        assert both[0] == both[1]
