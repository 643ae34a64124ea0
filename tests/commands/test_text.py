"""Typed commands of a chat: positional arguments, `name=value`, raw text, and what a mistake says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.spec import Argument, Command, Kind
from bot.commands.table import COMMANDS
from bot.commands.text import CHAT_COUNT, Mistake, Typed, nearest, parse_text, usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.commands.desk import Desk
    from bot.commands.spec import Invocation
    from bot.domain.answers import Answer


async def nothing(ask: Invocation, desk: Desk) -> Answer:
    raise NotImplementedError


SUBSCRIBE = Command(
    "subscribe",
    "A standing wish.",
    nothing,
    (
        Argument("at", Kind.WORD, "When", default="09:00"),
        Argument("count", Kind.COUNT, "How many", default="5"),
        Argument("topic", Kind.RAW, "On what"),
        Argument("min_upvotes", Kind.COUNT, "At least"),
        Argument("layout", Kind.CHOICE, "How", default="digest", choices=("digest", "posts", "thread")),
    ),
    managing=True,
)
TABLE = COMMANDS | {"subscribe": SUBSCRIBE}
"""The table, and a command with every kind of argument."""

NO_QUERY = 'query is missing: words; "a phrase", -word, author:name and org:name narrow it.'
NO_PAPER = "paper is missing: an arXiv id, a link to the paper, or its number on your last list."

QUERIES = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Z"), exclude_characters="=“”„‟«»‘’"), min_size=1
)


def given_arguments(text: str) -> Mapping[str, str | int]:
    """Return the arguments that a text gives, without those that a default stands for."""
    typed = parse_text(text, TABLE)
    assert isinstance(typed, Typed), typed
    defaults = {argument.name: argument.default for argument in typed.command.arguments}
    return {name: value for name, value in typed.arguments.items() if str(value) != defaults[name]}


def mistake(text: str) -> Mistake:
    found = parse_text(text, TABLE)
    assert isinstance(found, Mistake), found
    return found


# --- What is understood ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        pytest.param("today", {}, id="nothing but the word"),
        pytest.param("TODAY", {}, id="in any case"),
        pytest.param("  today\n", {}, id="with blanks around"),
        pytest.param("today 3", {"count": 3}, id="by position"),
        pytest.param("today count=3", {"count": 3}, id="by name"),
        pytest.param("today COUNT=3", {"count": 3}, id="by name, in any case"),
        pytest.param('today count="3"', {"count": 3}, id="in quotes"),
        pytest.param("today\tcount=3\ntopic=agent", {"count": 3, "topic": "agent"}, id="on several lines"),
        pytest.param("today 3 agent", {"count": 3, "topic": "agent"}, id="raw text by position"),
        pytest.param("today topic=tool use", {"topic": "tool use"}, id="raw text is several words"),
        pytest.param("today topic=agent count=3", {"topic": "agent", "count": 3}, id="up to the next name"),
        pytest.param("today 3 topic=agent", {"count": 3, "topic": "agent"}, id="position first, then name"),
        pytest.param("today topic=a foo=b", {"topic": "a foo=b"}, id="a name that is none is text"),
        pytest.param('today topic="tool use" -x', {"topic": '"tool use" -x'}, id="raw text keeps its quotes"),
        pytest.param("today topic=“tool use”", {"topic": '"tool use"'}, id="curly ones made straight"),
        pytest.param('today topic="a count=3"', {"topic": '"a count=3"'}, id="a name in quotes is text"),
        pytest.param("today topic=", {}, id="raw text may be empty"),
        pytest.param(
            "week 2026-W17 3 agent", {"which": "2026-W17", "count": 3, "topic": "agent"}, id="three"
        ),
        pytest.param('on "2026-04-24"', {"date": "2026-04-24"}, id="a word in quotes"),
        pytest.param(
            "show https://arxiv.org/abs/2604.01234?a=b",
            {"paper": "https://arxiv.org/abs/2604.01234?a=b"},
            id="a link",
        ),
        pytest.param(
            "show <https://arxiv.org/abs/2604.01234|it>",
            {"paper": "<https://arxiv.org/abs/2604.01234|it>"},
            id="Slack's link",
        ),
        pytest.param("top month here", {"period": "month", "scope": "here"}, id="choices"),
        pytest.param("top Month scope=HERE", {"period": "month", "scope": "here"}, id="choices in any case"),
        pytest.param("cite 2 ris", {"paper": "2", "format": "ris"}, id="a number of a list"),
        pytest.param("subscribe min_upvotes=7", {"min_upvotes": 7}, id="a name of two words"),
        pytest.param(
            "subscribe 9:30 3 robots layout=posts",
            {"at": "9:30", "count": 3, "topic": "robots", "layout": "posts"},
            id="names after raw text",
        ),
        pytest.param("help search", {"command": "search"}, id="help on a command"),
        pytest.param("today agents", {"topic": "agents"}, id="a topic where a number could stand"),
        pytest.param("today agents 3", {"topic": "agents 3"}, id="all from there is the topic"),
        pytest.param("today 3d agents", {"topic": "3d agents"}, id="a digit is no number yet"),
        pytest.param(
            'today "tool use" -x', {"topic": '"tool use" -x'}, id="a phrase where a number could be"
        ),
        pytest.param("today agents count=3", {"topic": "agents", "count": 3}, id="a topic, then a name"),
        pytest.param("today agents tool=x", {"topic": "agents tool=x"}, id="a topic, then no name"),
        pytest.param('today ""', {}, id="nothing in quotes"),
        pytest.param("week robots", {"topic": "robots"}, id="a topic where a week could stand"),
        pytest.param("week 3", {"which": "3"}, id="what has a digit is a week, if no good one"),
        pytest.param("month April", {"which": "April"}, id="and so is a word of the calendar"),
        pytest.param("month 2026-04 robots", {"which": "2026-04", "topic": "robots"}, id="a count left out"),
        pytest.param("on 2026-04-24 tool use", {"date": "2026-04-24", "topic": "tool use"}, id="after a day"),
        pytest.param("on agents", {"date": "agents"}, id="what is needed comes first"),
        pytest.param("show arXiv: 2604.01234", {"paper": "arXiv: 2604.01234"}, id="an id of two words"),
        pytest.param("show paper=arXiv: 2604.01234", {"paper": "arXiv: 2604.01234"}, id="by name"),
        pytest.param(
            "cite arXiv:2604.01234v1 [cs.CL] ris",
            {"paper": "arXiv:2604.01234v1 [cs.CL]", "format": "ris"},
            id="an id as it stands in the margin",
        ),
        pytest.param(
            "cite <https://arxiv.org/abs/2604.01234|the paper> apa",
            {"paper": "<https://arxiv.org/abs/2604.01234|the paper>", "format": "apa"},
            id="a label joins nothing",
        ),
        pytest.param("similar 2604.01234 3", {"paper": "2604.01234", "count": 3}, id="an id alone"),
    ],
)
def test_a_command_is_understood(text: str, arguments: dict[str, str | int]) -> None:
    assert given_arguments(text) == arguments


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("diffusion policy", "diffusion policy"),
        ('"diffusion policy"', '"diffusion policy"'),
        ('"diffusion policy" robots', '"diffusion policy" robots'),
        ("“diffusion policy”", '"diffusion policy"'),
        ("FIPO: Eliciting Deep Reasoning", "FIPO: Eliciting Deep Reasoning"),
        ("author:wei | org:qwen -survey", "author:wei | org:qwen -survey"),
        ("x=y and count", "x=y and count"),
        ("a = b", "a = b"),
        ("it’s", "it's"),
        ('"', '"'),
        ("-", "-"),
        ("*", "*"),
        ("NEAR(", "NEAR("),
        ('an "open quote', 'an "open quote'),
        ("x" * 10_000, "x" * 10_000),
    ],
)
def test_a_query_is_raw_text(text: str, query: str) -> None:
    assert given_arguments(f"search {text}") == {"query": query}
    assert given_arguments(f"search query={text}") == {"query": query}
    assert given_arguments(f"search {text} since=2026-01-01 count=3") == {
        "query": query,
        "since": "2026-01-01",
        "count": 3,
    }


def test_defaults_stand_where_nothing_is_given() -> None:
    typed = parse_text("top", TABLE)
    assert isinstance(typed, Typed)
    assert typed.arguments == {"period": "week", "scope": "community", "count": 10}


@pytest.mark.parametrize("text", ["", "  ", "\n", "help", "HELP"])
def test_nothing_is_a_wish_for_help(text: str) -> None:
    typed = parse_text(text, TABLE)
    assert isinstance(typed, Typed)
    assert (typed.command.word, typed.arguments) == ("help", {})


@pytest.mark.parametrize(
    ("count", "is_right"), [(0, False), (1, True), (25, True), (26, False), (100, False)]
)
def test_a_chat_lists_up_to_25(count: int, is_right: bool) -> None:
    assert CHAT_COUNT == 25
    assert isinstance(parse_text(f"today {count}", TABLE), Typed) == is_right
    assert isinstance(parse_text(f"today count={count}", TABLE), Typed) == is_right


# --- Mistakes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tody", "I don't know “tody”. Did you mean “today”?"),
        ("SEARHC diffusion", "I don't know “SEARHC”. Did you mean “search”?"),
        ("frobnicate", "I don't know “frobnicate”. “help” shows all commands."),
        ("2604.01234", "I don't know “2604.01234”. “help” shows all commands."),
        (f"{'x' * 10_000}", f"I don't know “{'x' * 38}…”. “help” shows all commands."),
        ("today cuont=3", "today has no cuont. Did you mean count?"),
        ("today zzz=3", "today has no zzz."),
        ("week 2026-W17 cuont=3", "week has no cuont. Did you mean count?"),
        ("week which=2026-W17 tpoic=agent", "week has no tpoic. Did you mean topic?"),
        ("status now=yes", "status has no now."),
        ("today count=3 count=4", "count stands twice."),
        ("today topic=a topic=b", "topic stands twice."),
        ("today 3 count=4", "I did not expect “3”."),
        ("today count=3 agent", "I did not expect “agent” after count=3."),
        ("show 2604.01234 please", "I did not expect “please”."),
        ("show arXiv: please", "I did not expect “please”."),
        ("cite paper=arXiv: 2604.01234 apa", "I did not expect “apa” after paper=arXiv: 2604.01234."),
        ("similar 1 agents", "count is a number from 1 to 25, not “agents”."),
        ("status please", "I did not expect “please”."),
        ("today count=", "count= has no value."),
        ("top period= scope=here", "period= has no value."),
        ("today 0", "count is a number from 1 to 25, not “0”."),
        ("today count=26", "count is a number from 1 to 25, not “26”."),
        ("today -3", "count is a number from 1 to 25, not “-3”."),
        ("today 3.5", "count is a number from 1 to 25, not “3.5”."),
        ("today three", "count is a number from 1 to 25, not “three”."),
        ("today ３", "count is a number from 1 to 25, not “３”."),
        ("today agents topic=robots", "count is a number from 1 to 25, not “agents”."),
        ("today 5 count=3", "I did not expect “5”."),
        (f"today {'9' * 10_000}", f"count is a number from 1 to 25, not “{'9' * 38}…”."),
        ("top weak", "period is one of week, month, year, all, not “weak”. Did you mean week?"),
        ("cite 1 mla", "format is one of bibtex, ris, apa, not “mla”."),
        ("search", NO_QUERY),
        ("search query=", NO_QUERY),
        ("search since=2026-01-01", NO_QUERY),
        ("show", NO_PAPER),
        ('show ""', NO_PAPER),
        ("on", "date is missing: the day, such as 2026-04-24, or yesterday."),
    ],
)
def test_a_mistake_is_one_clear_sentence(text: str, sentence: str) -> None:
    assert mistake(text).sentence == sentence


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("today three", "today [count] [topic]"),
        ("today cuont=3", "today [count] [topic]"),
        ("search", "search query [since] [count]"),
        ("show 1 2", "show paper"),
        ("status please", "status"),
        ("tody", ""),
    ],
)
def test_a_mistake_comes_with_the_usage_line_of_its_command(text: str, line: str) -> None:
    assert mistake(text).usage == line


def test_usage_tells_what_may_be_left_out() -> None:
    assert usage(SUBSCRIBE) == "subscribe [at] [count] [topic] [min_upvotes] [layout]"


@pytest.mark.parametrize(
    ("word", "known"),
    [("serach", "search"), ("SHOW", "show"), ("weeks", "week"), ("xyzzy", None), ("", None)],
)
def test_the_nearest_right_word(word: str, known: str | None) -> None:
    assert nearest(word, COMMANDS) == known


# --- Any text -------------------------------------------------------------------------


@given(st.text(max_size=80), st.sampled_from([*TABLE, ""]))
def test_any_text_is_a_command_or_a_mistake(text: str, word: str) -> None:
    found = parse_text(f"{word} {text}", TABLE)
    if isinstance(found, Mistake):
        assert found.sentence.endswith((".", "?"))
    else:
        assert set(found.arguments) <= {argument.name for argument in found.command.arguments}


@given(
    st.sampled_from(["count", "topic", "which", "since", "query", "zzz"]).flatmap(
        lambda name: st.lists(
            st.sampled_from([f"{name}=", "count=3", '"', '"a b"', "x", "=", "”"]), max_size=9
        )
    ),
    st.sampled_from(list(TABLE)),
)
def test_any_pieces_are_a_command_or_a_mistake(pieces: list[str], word: str) -> None:
    assert isinstance(parse_text(" ".join((word, *pieces)), TABLE), Typed | Mistake)


@given(st.lists(QUERIES, min_size=1, max_size=6), st.integers(1, 25), st.dates())
def test_what_is_written_is_read_back(words: list[str], count: int, day: object) -> None:
    query = " ".join(words)
    assert parse_text(f"search {query} since={day} count={count}", TABLE) == Typed(
        COMMANDS["search"], {"query": query, "since": str(day), "count": count}
    )
    assert parse_text(f"search count={count} query={query}", TABLE) == Typed(
        COMMANDS["search"], {"query": query, "count": count}
    )
