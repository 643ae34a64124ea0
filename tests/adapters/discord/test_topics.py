"""Topics that are offered while somebody types."""

from __future__ import annotations

import pytest

from adapters.discord.commands.topics import terms_of, topics_like
from bot.domain.topics import TopicMistake, parse_topic
from tests.contract.making import paper

KEPT = ["robot -survey", "agents"]
TERMS = ['"robot learning"', "agents", 'org:"Robot Lab"', '"embodied robots"', '"théorie"', "diffusion"]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("", [*KEPT, *TERMS]),
        ("rob", ["robot -survey", '"robot learning"', 'org:"Robot Lab"', '"embodied robots"']),
        ("agents -rob", ['agents -"robot learning"', 'agents -org:"Robot Lab"', 'agents -"embodied robots"']),
        ('agents | "robot l', ['agents | "robot learning"', 'agents | org:"Robot Lab"']),
        ("(theo", ['("théorie"']),
        ("org:r", ['org:"Robot Lab"']),
        ("fusi", ["diffusion"]),
        ("zzz", []),
    ],
)
def test_the_last_word_is_completed(text: str, offered: list[str]) -> None:
    found = topics_like(text, KEPT, TERMS)
    assert [topic for topic in found if topic in offered] == found
    assert set(found) == set(offered)


def test_what_is_too_long_for_a_choice_is_left_out() -> None:
    assert topics_like("x" * 95 + " agen", [], TERMS) == []
    assert topics_like("x" * 90 + " agen", [], TERMS) == ["x" * 90 + " agents"]


def test_what_is_offered_is_understood() -> None:
    papers = [
        paper(1, keywords=("LLM agents", "3D", 'so-called "AGI"'), organization="Max Planck & Co (NL)"),
        paper(2, keywords=("llm agents", " "), organization='"'),
    ]
    terms = terms_of(papers)
    assert terms[0] == '"llm agents"'
    assert len(terms) == 4
    assert not [term for term in terms if isinstance(parse_topic(term), TopicMistake)]
