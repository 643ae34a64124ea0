from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.contradictions import Clash, contradiction
from bot.domain.papers import Paper, PaperId
from bot.domain.topics import Topic, parse_topic


def topic(text: str) -> Topic:
    found = parse_topic(text)
    assert isinstance(found, Topic)
    return found


@pytest.mark.parametrize(
    ("text", "clash"),
    [
        ("agent -agent", Clash("agent", "agent")),
        ("agents -agent", Clash("agents", "agent")),
        ("(robot | arm) -robot -arm", Clash("robot", "robot")),
        ('"large language model" -language', Clash("large language model", "language")),
        ("title:agent -agent", Clash("title:agent", "agent")),
        ("cat:cs.CL NOT cat:cs.CL", Clash("cat:cs.CL", "cat:cs.CL")),
        ("self-play -self-play", Clash("self-play", "self-play")),
        ("robot arm -(robot arm)", Clash("robot", "robot")),
    ],
)
def test_what_wants_what_it_excludes_matches_nothing(text: str, clash: Clash) -> None:
    assert contradiction(topic(text)) == clash


@pytest.mark.parametrize(
    "text",
    [
        "agent",
        "-agent",
        "(robot | arm) -robot",
        'language -"language model"',
        "agent -title:agent",
        "self-play -play",
        "robot -(robot -arm)",
        "cat:cs.CL -cs",
        pytest.param(" ".join(f"(a{number} | b{number})" for number in range(60)), id="too many to look at"),
        pytest.param("(" * 20 + "deep" + ")" * 20, id="deep"),
    ],
)
def test_what_some_paper_may_match_is_left_alone(text: str) -> None:
    assert contradiction(topic(text)) is None


WORDS = st.lists(st.sampled_from(["robot", "arm", "agent"]), max_size=4)
TOPICS = st.recursive(
    st.sampled_from(["robot", "arm", "agent", '"robot arm"', "title:agent"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' | '.join(parts)})"),
        inner.map(lambda part: f"x -({part})"),
    ),
    max_leaves=6,
)


@given(TOPICS, WORDS, WORDS)
@settings(deadline=None)
def test_no_paper_matches_a_topic_that_is_called_impossible(
    text: str, title: list[str], abstract: list[str]
) -> None:
    wish = topic(text)
    paper = Paper(PaperId("2604.00001"), f"x {' '.join(title)}", abstract=" ".join(abstract))
    assert not (contradiction(wish) and wish.matches(paper))
