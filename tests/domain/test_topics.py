"""The topic grammar: what it means, what a mistake says, and what a search reads differently."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.papers import Paper, PaperId
from bot.domain.topic_nodes import restriction
from bot.domain.topics import (
    DEEPEST_GROUP,
    LONGEST_TOPIC,
    QUOTED_CHARS,
    Topic,
    TopicMistake,
    parse_query,
    parse_topic,
    pieces_of,
)
from tests.shared import shared_folder

if TYPE_CHECKING:
    from collections.abc import Callable

PAPER = Paper(
    PaperId("2604.00001"),
    "Self-Play Agents: Learning to Plan with World Models",
    abstract="Two agents teach LLMs on-policy. José's café bench measures state of the art planners.",
    authors=("Kaiming He", "Zoë Núñez", "An Yang"),
    organization="Qwen Team",
    keywords=("tool use", "multi-agent"),
    categories=("cs.CL", "stat.ML"),
)

PIECES = st.lists(
    st.sampled_from(
        ["agent", "the", '"', '"tool use"', "|", "OR", "NOT", "-", "-x", "(", ")", "author:", "author:he",
         "@", "@he", "cat:cs.CL", 'org:"Qwen Team"', "foo:bar", "*", "—", "a-b", "“", "”", "ﬁ", "  ", "\n"]
    ),
    max_size=30,
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=120), PIECES.map(" ".join), PIECES.map("".join))


def topic(text: str) -> Topic:
    read = parse_topic(text)
    assert isinstance(read, Topic), str(read)
    return read


def query(text: str) -> Topic:
    read = parse_query(text)
    assert isinstance(read, Topic), str(read)
    return read


def is_allowed(text: str, paper: Paper = PAPER) -> bool:
    """Tell whether a search restricts itself to papers such as this."""
    restricted = restriction(query(text).node)
    return restricted is None or Topic(text, restricted).matches(paper)


# --- What a topic means ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        # words: all of them, whatever their case, accents and plural forms
        ("agent", True),
        ("AGENTS", True),
        ("planner", True),
        ("LLM", True),
        ("cafe", True),
        ("cafés", True),
        ("jose", True),
        ("agents planning", True),
        ("agents robots", False),
        ("agen", False),
        # words that papers are read without
        ("state of the art", True),
        ("agents AND planners", True),
        ("agents or robots", False),
        ("not agents", True),
        ("to be", False),
        # hyphens: in parts, and as one
        ("self-play", True),
        ("selfplay", True),
        ("self play", True),
        ("play-self", False),
        ("multiagent", True),
        ("on-policy", True),
        ("onpolicy", True),
        ("off-policy", False),
        ("state-of-the-art", True),
        ("llm/self-play", False),
        # phrases
        ('"world models"', True),
        ('"World  model"', True),
        ('"models world"', False),
        ('"tool use"', True),
        ('"models two"', False),
        ('"teach llm"', True),
        ('"use multi-agent"', False),
        ("“world models”", True),
        ("«world models»", True),
        # alternatives
        ("robot | agent", True),
        ("robot OR agent", True),
        ("robot|agent", True),
        ("robot | drone", False),
        ("agents robot | planners", True),
        ("agents robot | drone", False),
        # groups
        ("agents (robot | planners)", True),
        ("robot (agents | planners)", False),
        ("((agents))", True),
        ("(agents)(planners)", True),
        # exclusions
        ("agents -survey", True),
        ("agents -planner", False),
        ("agents NOT planner", False),
        ("-survey", True),
        ('agents -"world models"', False),
        ('agents NOT"world models"', False),
        ("agents -(survey | robot)", True),
        ("agents -(survey | planner)", False),
        ("agents NOT (survey | planner)", False),
        ("(-survey | robot)", True),
        ("agents -author:he", False),
        ("agents - planner", True),
        ("agents not planner", True),
        ("agents —planner", True),
        ("agents NOT the", True),
        ("agents -*", True),
        # fields
        ("author:he", True),
        ("author:an", True),
        ("author:nunez", True),
        ('author:"kaiming he"', True),
        ('author:"he kaiming"', False),
        ("author:agent", False),
        ("@zoe", True),
        ('@"An Yang"', True),
        ("@smith", False),
        ("org:qwen", True),
        ("org:team", True),
        ("org:he", False),
        ("cat:cs.CL", True),
        ("cat:CS.cl", True),
        ("cat:cs", True),
        ("cat:stat", True),
        ("cat:cs.CV", False),
        ("cat:cl", False),
        ("title:plan", True),
        ('title:"world models"', True),
        ("title:café", False),
        # what is no field
        ("Agents:", True),
        ("agents: planners", True),
        ("foo:agents", False),
        ("author: he", False),
        ("Author:he", False),
        ("agents @ world", True),
        ("agents* plan!", True),
    ],
)
def test_a_topic_matches(text: str, matches: bool) -> None:
    assert topic(text).matches(PAPER) == matches


@pytest.mark.parametrize(
    "text", ["author:", 'author:""', "author:he", "@he", "org:x", "cat:x", '"a b"', "-x"]
)
def test_a_paper_of_which_nothing_is_known_is_judged_too(text: str) -> None:
    bare = Paper(PaperId("2604.00002"), "")
    assert topic(text).matches(bare) == (text == "-x")


def test_a_phrase_does_not_reach_from_one_text_into_the_next() -> None:
    joined = replace(PAPER, title="About tool", abstract="use of it", keywords=(), authors=("One", "Two"))
    assert not topic('"tool use"').matches(joined)
    assert not topic('author:"one two"').matches(joined)
    assert topic('"tool use"').matches(replace(joined, title="About tool use"))


def test_a_topic_keeps_what_was_written_with_straight_quotes() -> None:
    assert topic("  “tool use”\n agent ").text == '"tool use" agent'


# --- Verdicts -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("agents", "yes: has “agents”"),
        ('agents "tool use" -survey', "yes: has “agents”, “tool use”"),
        ("robot | agents | planner", "yes: has “agents”, “planner”"),
        ("-survey", "yes"),
        ("@he cat:cs.CL", "yes: has “@he”, “cat:cs.CL”"),
        ("robot -planner", "no: lacks “robot”; excluded by “-planner”"),
        ("robot agents drone", "no: lacks “robot”; lacks “drone”"),
        ("robot robot", "no: lacks “robot”"),
        ("robot | drone", "no: lacks any of “robot”, “drone”"),
        ("agents (robot | drone)", "no: lacks any of “robot”, “drone”"),
        ("(agents -planner) | robot", "no: excluded by “-planner”; lacks “robot”"),
        ("-agents | -planner", "no: excluded by “-agents”; excluded by “-planner”"),
        ("NOT agents", "no: excluded by “NOT agents”"),
        ("-(survey | agents) plan", "no: excluded by “-(survey | agents)”"),
        ('author:"Jane Doe"', 'no: lacks “author:"Jane Doe"”'),
    ],
)
def test_a_verdict_is_a_sentence(text: str, sentence: str) -> None:
    verdict = topic(text).judge(PAPER)
    assert verdict.sentence == sentence
    assert verdict.matches == topic(text).matches(PAPER) == sentence.startswith("yes")


# --- Mistakes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "I expected a word, not the end."),
        ("   ", "I expected a word, not the end."),
        ("*", "I expected a word, not “*”."),
        ("-", "I expected a word, not “-”."),
        ("@", "I expected a word, not “@”."),
        ('""', 'I expected a word, not “""”.'),
        ("— ? !", "I expected a word, not “—”."),
        ("agent OR", "After “agent OR” I expected a word, not the end."),
        ("agent |", "After “agent |” I expected a word, not the end."),
        ("OR agent", "I expected a word, not “OR”."),
        ("agent || robot", "After “agent |” I expected a word, not “|”."),
        ("agent | * | robot", "After “agent |” I expected a word, not “*”."),
        ("agent NOT", "After “agent NOT” I expected a word, not the end."),
        ("agent NOT NOT robot", "After “agent NOT” I expected a word, not “NOT”."),
        ("agent (robot", "After “agent (robot” I expected a closing bracket, not the end."),
        ("agent ()", "After “agent (” I expected a word, not “)”."),
        ("(", "After “(” I expected a word, not the end."),
        (")", "I expected a word, not “)”."),
        ("agent) robot", "After “agent” I expected a word or the end, not “)”."),
        ("NEAR(", "After “NEAR” I expected a word, not “(”."),
        ('agent "tool use', 'After “agent "tool use” I expected a closing quote, not the end.'),
        ('agent -"tool', 'After “agent -"tool” I expected a closing quote, not the end.'),
        ("x" * 10_000, "I expected at most 1,000 characters, not 10,000."),
        (f"{'word ' * 50}(", f"After “…{('word ' * 50 + '(')[-40:]}” I expected a word, not the end."),
    ],
)
def test_a_mistake_is_shown_at_its_place(text: str, sentence: str) -> None:
    assert str(parse_topic(text)) == sentence


def test_brackets_go_only_so_deep() -> None:
    deepest = "(" * DEEPEST_GROUP + "agent" + ")" * DEEPEST_GROUP
    assert topic(deepest).matches(PAPER)
    assert "no more brackets within brackets" in str(parse_topic(f"({deepest})"))


def test_the_longest_topic_is_read() -> None:
    words = ("agents " * LONGEST_TOPIC)[:LONGEST_TOPIC]
    assert topic(words.strip()).matches(PAPER)
    assert isinstance(parse_topic(words + "agents"), TopicMistake)


@given(TEXTS)
@example("(" * 900)
@example("-" * 900)
@example('"' * 901)
def test_any_text_is_a_topic_or_one_sentence(text: str) -> None:
    for read in (parse_topic(text), parse_query(text)):
        if isinstance(read, TopicMistake):
            assert str(read).endswith(".")
            assert "\n" not in str(read)
            assert len(str(read)) < 3 * QUOTED_CHARS + 60
        else:
            assert read.judge(PAPER).matches == read.matches(PAPER)
            assert read.judge(PAPER).sentence.startswith(("yes", "no: "))


@given(TEXTS)
def test_what_was_read_is_read_the_same_again(text: str) -> None:
    for parse in (parse_topic, parse_query):
        read = parse(text)
        if isinstance(read, Topic):
            assert parse(read.text) == read


@given(PIECES)
def test_a_topic_does_not_look_at_the_case_of_its_words(pieces: list[str]) -> None:
    small = [piece if piece in {"OR", "NOT"} else piece.lower() for piece in pieces]
    read, read_small = parse_topic(" ".join(pieces)), parse_topic(" ".join(small))
    assert isinstance(read, Topic) == isinstance(read_small, Topic)
    if isinstance(read, Topic) and isinstance(read_small, Topic):
        assert read.matches(PAPER) == read_small.matches(PAPER)


ODD_PIECES = ["x", "(", "-", '"', "| ", "a-", "author:", "NOT ", '"a" ']


@pytest.mark.parametrize("parse", [parse_topic, parse_query])
@pytest.mark.parametrize("piece", ODD_PIECES)
def test_a_text_that_is_too_long_is_refused_for_its_length_whatever_it_holds(
    piece: str, parse: Callable[[str], Topic | TopicMistake]
) -> None:
    text = (piece * 10_000).strip()[:10_000].strip()
    assert parse(text) == TopicMistake("", "at most 1,000 characters", f"{len(text):,}")


@pytest.mark.parametrize("piece", ODD_PIECES)
def test_the_longest_text_is_taken_apart_without_losing_a_character(piece: str) -> None:
    text = (piece * LONGEST_TOPIC)[:LONGEST_TOPIC].strip()
    gaps = text
    for token in reversed(pieces_of(text)):
        assert text.startswith(token.text, token.start)
        gaps = gaps[: token.start] + gaps[token.start + len(token.text) :]
    assert not gaps.strip()
    assert isinstance(parse_topic(text), Topic | TopicMistake)


# --- A search -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        pytest.param("robots", True, id="words only rank"),
        pytest.param("robots agents", True, id="all of them"),
        pytest.param('"world models" robots', True, id="a phrase restricts"),
        pytest.param('"models world" agents', False, id="to papers that have it"),
        pytest.param("robots -survey", True, id="an exclusion restricts"),
        pytest.param("robots -planner", False, id="to papers without it"),
        pytest.param("robots NOT planner", False, id="NOT too"),
        pytest.param("robots author:he", True, id="a field restricts"),
        pytest.param("robots author:smith", False, id="to papers that have that"),
        pytest.param("author:smith OR @he", True, id="fields of which one will do"),
        pytest.param("author:smith OR @lee", False, id="or none does"),
        pytest.param("author:smith | robots", True, id="a word among alternatives frees them all"),
        pytest.param("(author:smith | @lee) agents", False, id="a group with an alternative"),
        pytest.param("(agents | robots) author:smith", False, id="and what stands beside it"),
        pytest.param("author:smith (agents)", False, id="a group of one is none"),
        pytest.param("(author:smith agents)", False, id="brackets without one are punctuation"),
        pytest.param("Agents (-planner)", False, id="an exclusion within them"),
        pytest.param("LLM(-Planner) agents", True, id="a dash within a word excludes nothing"),
        pytest.param("agents - planner", True, id="nor does one that stands alone"),
    ],
)
def test_what_a_search_restricts_itself_to(text: str, allowed: bool) -> None:
    assert is_allowed(text) == allowed


def test_a_search_for_words_alone_is_not_restricted() -> None:
    assert restriction(query("robots (agents) and: planners").node) is None


@pytest.mark.parametrize(
    "text",
    [
        "Agents: A Survey (and More)",
        "From f(x) and g(x) to f(g(x)): LLMs Learn",
        "Quantifying \"Learning'' in Context",
        "Free(): Learning to Forget",
        "a) first b) second",
        "NEAR(",
        "agent (",
        ":-) agents",
        "Self-Play | World Models",
        "What's *new*? [Part 1] {draft}",
    ],
)
def test_titles_can_be_pasted_into_a_search(text: str) -> None:
    assert is_allowed(text)


def test_titles_of_real_papers_can_be_pasted_into_a_search() -> None:
    file = shared_folder() / "data/daily_papers/2025-06.jsonl.gz"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        titles = [item["paper"]["title"] for line in lines for item in json.loads(line)["items"]]
    papers = [Paper(PaperId("2506.00001"), " ".join(title.split())) for title in titles]
    assert len(papers) > 300
    assert [paper.title for paper in papers if not is_allowed(paper.title, paper)] == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "I expected a word, not the end."),
        ('"', 'I expected a word, not “"”.'),
        ("*", "I expected a word, not “*”."),
        ("-", "I expected a word, not “-”."),
        ("()", "I expected a word, not “()”."),
        ("agent OR", "After “agent OR” I expected a word, not the end."),
        ("agent NOT", "After “agent NOT” I expected a word, not the end."),
        ("agent -(", "After “agent -(” I expected a word, not the end."),
        ("x" * 10_000, "I expected at most 1,000 characters, not 10,000."),
    ],
)
def test_a_search_for_nothing_is_a_mistake(text: str, sentence: str) -> None:
    assert str(parse_query(text)) == sentence
