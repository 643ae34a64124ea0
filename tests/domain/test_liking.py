"""What somebody may like: made of all that they like, with the reason that weighs most."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.liking import Likeness, Recommended, Taste, liking_reasons, recommended, taste_of
from bot.domain.people import PersonData
from bot.domain.votes import Dislike, Means, Save
from tests.contract.making import ANA, CLEO, ELSEWHERE, HERE, HOUR, NOON, paper_id, vote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


def like(number: int, liked: int, score: float, *words: str) -> Likeness:
    return Likeness(paper_id(number), paper_id(liked), score, words)


def numbers(found: Sequence[Recommended]) -> list[int]:
    return [int(each.paper[-5:]) for each in found]


def test_what_is_liked_is_what_was_voted_for_or_saved_the_newest_first() -> None:
    data = PersonData(
        (ANA, CLEO),
        (
            vote(1, at=NOON),
            vote(1, CLEO, means=Means.REACTION, message="m", at=NOON + 5 * HOUR),
            vote(2, at=NOON + HOUR),
            vote(4, at=NOON + HOUR),
        ),
        (Save(ANA, paper_id(2), NOON - HOUR), Save(ANA, paper_id(3), NOON + timedelta(hours=2))),
    )
    assert taste_of(data).liked == tuple(paper_id(number) for number in (1, 3, 2, 4))
    assert taste_of(PersonData((ANA,))) == Taste((), (), frozenset())


def test_what_is_liked_and_disliked_is_known_and_says_nothing() -> None:
    papers = [paper_id(number) for number in range(5)]
    data = PersonData(
        (ANA, CLEO),
        (vote(1), vote(2)),
        (Save(CLEO, papers[3], NOON),),
        dislikes=(
            Dislike(ANA, papers[2], HERE, NOON, "a down"),
            Dislike(ANA, papers[4], HERE, NOON, "b down"),
            Dislike(ANA, papers[0], HERE, NOON + HOUR, "c down"),
            Dislike(CLEO, papers[3], ELSEWHERE, NOON, "d down"),
        ),
    )
    assert taste_of(data) == Taste((papers[1],), (papers[0], papers[4]), frozenset(papers))


def test_what_is_like_what_is_disliked_comes_later_or_not_at_all() -> None:
    likenesses = [like(11, 1, 0.5), like(12, 1, 0.6), like(13, 1, 0.3), like(14, 1, 0.4), like(14, 2, 0.4)]
    against = [like(12, 7, 0.2), like(13, 7, 0.3), like(14, 7, 0.3), like(14, 8, 0.6), like(15, 8, 0.1)]
    found = recommended(likenesses, (), 10, against)
    assert numbers(found) == [11, 12]
    assert found[1] == Recommended(paper_id(12), like(12, 1, 0.6))


def test_what_is_like_several_comes_before_what_is_like_one() -> None:
    likenesses = [like(11, 1, 0.3), like(11, 2, 0.4), like(12, 1, 0.6), like(13, 2, 0.7), like(14, 2, 0.7)]
    found = recommended(likenesses, (), 10)
    assert numbers(found) == [11, 13, 14, 12]
    assert found[0] == Recommended(paper_id(11), like(11, 2, 0.4), others=1)
    assert numbers(recommended(likenesses, {paper_id(13)}, 2)) == [11, 14]


def test_the_reasons_name_the_liked_paper_that_speaks_for_it_most() -> None:
    titles = {paper_id(1): "WorldMark: A Unified Benchmark Suite for Interactive Video World Models"}
    alone = Recommended(paper_id(9), like(9, 1, 0.5, "video", "world"))
    assert liking_reasons(alone, titles) == (
        "like “WorldMark: A Unified Benchmark Suite for Interactive Video …”",
        "shares video, world",
    )
    two, many = (Recommended(paper_id(9), like(9, 2, 0.5), others=count) for count in (1, 3))
    assert liking_reasons(two, titles) == ("like “2604.00002” and 1 other of yours",)
    assert liking_reasons(many, titles) == ("like “2604.00002” and 3 others of yours",)


LIKENESSES = st.lists(
    st.builds(like, st.integers(1, 9), st.integers(1, 9), st.floats(0.001, 1)),
    unique_by=lambda each: (each.paper, each.liked),
)


@given(LIKENESSES, st.sets(st.integers(1, 9)), st.integers(1, 25), st.randoms())
def test_the_order_they_are_found_in_changes_nothing(
    likenesses: list[Likeness], some: set[int], limit: int, random: Random
) -> None:
    left_out = {paper_id(each) for each in some}
    found = recommended(likenesses, left_out, limit)
    assert len(found) <= limit
    assert not left_out & {each.paper for each in found}
    assert len({each.paper for each in found}) == len(found)
    for each in found:
        of_it = [one for one in likenesses if one.paper == each.paper]
        assert each.others == len(of_it) - 1
        assert each.strongest.score == max(one.score for one in of_it)
    shuffled = list(likenesses)
    random.shuffle(shuffled)
    assert recommended(shuffled, left_out, limit) == found
    against = shuffled[: limit % 7]
    less = recommended(shuffled, left_out, limit, against)
    assert recommended(likenesses, left_out, limit, sorted(against, key=str)) == less
