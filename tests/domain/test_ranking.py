"""In which order papers stand, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from bot.domain.papers import Figure, Listed, Paper, PaperId
from bot.domain.ranking import because, by_upvotes, disagreements, movement, score

NOW = datetime(2026, 4, 24, 10, tzinfo=UTC)
RISING = Listed(
    Paper(PaperId("2604.00001"), "Rising"),
    upvotes=84,
    votes=3,
    seen_at=NOW - timedelta(minutes=4),
    earlier=Figure(72, NOW - timedelta(hours=3, minutes=4)),
)


def listed(number: int, upvotes: int, votes: int = 0, comments: int = 0) -> Listed:
    paper = Paper(PaperId(f"2604.{number:05}"), f"Paper {number}")
    return Listed(paper, upvotes=upvotes, votes=votes, comments=comments)


@pytest.mark.parametrize(
    ("upvotes", "votes", "lists_ago", "expected"),
    [
        pytest.param(10, 0, 0, 15.0, id="the newest list weighs 1.5"),
        pytest.param(10, 0, 1, 10.0, id="the one before it 1"),
        pytest.param(10, 0, 2, 7.0, id="an older one .7"),
        pytest.param(10, 0, 9, 7.0, id="however old"),
        pytest.param(0, 1, 1, 5.0, id="a vote weighs five upvotes"),
        pytest.param(10, 2, 0, 30.0, id="all of it together"),
        pytest.param(0, 0, 0, 0.0, id="nothing"),
    ],
)
def test_the_score_of_editions(upvotes: int, votes: int, lists_ago: int, expected: float) -> None:
    assert score(upvotes, votes, lists_ago) == pytest.approx(expected)


def test_a_late_riser_overtakes_the_newest_list() -> None:
    assert score(140, 0, lists_ago=1) > score(84, 0, lists_ago=0) > score(84, 0, lists_ago=1)


def test_lists_are_ordered_by_upvotes_then_votes_then_comments_then_id() -> None:
    order = [
        listed(9, upvotes=9),
        listed(8, upvotes=5, votes=2),
        listed(7, upvotes=5, votes=1, comments=3),
        listed(6, upvotes=5, votes=1, comments=1),
        listed(4, upvotes=5, votes=1),
        listed(5, upvotes=5, votes=1),
    ]
    assert all(by_upvotes(mixed) == order for mixed in permutations(order))


def test_why_a_paper_stands_where_it_does_is_told_in_plain_words() -> None:
    assert ", ".join(because(RISING, NOW)) == "84 upvotes, 12 in the last 3 hours, 3 votes here"


@pytest.mark.parametrize(
    ("upvotes", "votes", "words"),
    [
        (0, 0, ("0 upvotes",)),
        (1, 1, ("1 upvote", "1 vote here")),
        (1204, 0, ("1,204 upvotes",)),
    ],
)
def test_figures_have_their_words(upvotes: int, votes: int, words: tuple[str, ...]) -> None:
    assert because(listed(1, upvotes, votes), NOW) == words


@pytest.mark.parametrize(
    "still",
    [
        pytest.param(replace(RISING, earlier=None), id="nothing known of before"),
        pytest.param(replace(RISING, seen_at=None), id="never seen"),
        pytest.param(replace(RISING, upvotes=72), id="no rise"),
        pytest.param(replace(RISING, upvotes=70), id="a fall"),
        pytest.param(replace(RISING, seen_at=NOW - timedelta(hours=6, seconds=1)), id="no news any more"),
    ],
)
def test_movement_is_told_only_where_it_is_known_and_news(still: Listed) -> None:
    assert movement(still, NOW) == ()


def test_movement_is_news_for_a_while() -> None:
    assert movement(replace(RISING, seen_at=NOW - timedelta(hours=6)), NOW) == ("12 in the last 3 hours",)
    assert movement(replace(RISING, upvotes=73), NOW) == ("1 in the last 3 hours",)


# --- Where a community disagrees --------------------------------------------------------


def led(number: int, votes: int, position: int | None) -> Listed:
    return Listed(
        Paper(PaperId(f"2604.{number:05}"), title=f"Paper {number}"), votes=votes, position=position
    )


def test_wide_gaps_are_told_the_widest_first() -> None:
    leaders = [
        led(1, 9, 7),
        led(2, 8, 1),
        led(3, 7, 30),
        led(4, 6, None),
        led(5, 5, 9),
        *map(few, range(6, 12)),
    ]
    assert disagreements(leaders) == (
        "“Paper 3” is number 3 here, 30 on its list there.",
        "“Paper 1” is number 1 here, 7 on its list there.",
    )


def few(number: int) -> Listed:
    """Return a paper with one vote, which tells nothing of a community."""
    return led(number, 1, 1)


def test_a_paper_may_stand_lower_here_and_three_are_enough() -> None:
    leaders = [led(number, 20 - number, 13 - number) for number in range(1, 13)]
    assert disagreements(leaders) == (
        "“Paper 1” is number 1 here, 12 on its list there.",
        "“Paper 12” is number 12 here, 1 on its list there.",
        "“Paper 2” is number 2 here, 11 on its list there.",
    )


def test_where_they_agree_nothing_is_told() -> None:
    assert disagreements([led(1, 9, 5), led(2, 8, 6), led(3, 7, 1)]) == ()
    assert disagreements([]) == ()
