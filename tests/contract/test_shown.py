"""What a place is shown: without what is hidden there, with its own ways, and all in one read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.commands.desk import Desk
from bot.commands.table import COMMANDS
from bot.commands.text import Typed, parse_text
from bot.core import Core
from bot.domain.answers import PaperList, PaperPage
from bot.domain.places import PlaceKind, PlaceProfile
from bot.ports import EVERYBODY, Best, ById, Hit, MostVoted, NewestLists, Scope
from bot.store.sql_store import SqlStore
from tests.contract.making import (
    ANA,
    BEN,
    ELSEWHERE,
    FRIDAY,
    HERE,
    HOUR,
    NEXT_DOOR,
    NOON,
    THURSDAY,
    entry,
    feed,
    numbers,
    paper_id,
    vote,
    votes,
)
from tests.fakes.clock import FakeClock
from tests.fakes.counting import Counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ports import Asked, Store
    from tests.contract.subscribing import DeliveryStore

NEWEST = NewestLists(FRIDAY, 2)
BOTH_DAYS = Best(THURSDAY, FRIDAY)
EVER, LATELY = MostVoted(None), MostVoted(NOON - HOUR)
ASKED: dict[str, Asked] = {
    "newest lists": NEWEST,
    "best": BOTH_DAYS,
    "ever": EVER,
    "lately": LATELY,
    "by id": ById((paper_id(3), paper_id(99), paper_id(1))),
}
PRIVATE = PlaceProfile(HERE, PlaceKind.FORUM, {"answers": "private"})


@pytest.fixture
async def filled(store: Store) -> Store:
    """Fill a store: 3, 2 and 1 on Friday's list, 5 and 4 on Thursday's, and votes in that order."""
    await store.write(
        feed(entry(1, 1), entry(2, 2), entry(3, 3)),
        feed(entry(4, 4), entry(5, 5), day=THURSDAY),
        votes(*(vote(number, who) for number in (5, 4, 3) for who in (ANA, BEN)), vote(2, place=ELSEWHERE)),
    )
    return store


async def shown(store: Store, asked: Asked, limit: int | None = None, scope: Scope = EVERYBODY) -> list[int]:
    return numbers((await store.shown(HERE, asked, scope=scope, limit=limit or 100)).papers)


async def hide(delivery: DeliveryStore, *papers: int) -> None:
    for number in papers:
        await delivery.hide(HERE, paper_id(number), ANA, NOON)


async def test_where_nothing_is_hidden_it_is_the_plain_answer(filled: Store) -> None:
    for scope in (EVERYBODY, Scope(servers=(HERE.server_key,)), Scope(place=ELSEWHERE)):
        plain = [
            await filled.newest_lists(FRIDAY, 2, scope=scope, limit=2),
            await filled.best(THURSDAY, FRIDAY, scope=scope, limit=2),
            await filled.leaderboard(None, scope=scope, limit=2),
            await filled.leaderboard(NOON - HOUR, scope=scope, limit=2),
            await filled.papers([paper_id(3), paper_id(99), paper_id(1)], scope=scope),
        ]
        for asked, expected in zip(ASKED.values(), plain, strict=True):
            found = await filled.shown(HERE, asked, scope=scope, limit=2)
            assert list(found.papers) == list(expected)
            assert found.profile is None


@pytest.mark.parametrize(
    ("asked", "limit", "expected"),
    [
        pytest.param(NEWEST, 2, [2, 1, 4], id="of each list the next ones follow"),
        pytest.param(NEWEST, None, [2, 1, 4], id="whole lists"),
        pytest.param(BOTH_DAYS, 2, [4, 2], id="best"),
        pytest.param(BOTH_DAYS, None, [4, 2, 1], id="all of the best"),
        pytest.param(EVER, 2, [4, 2], id="most voted"),
        pytest.param(LATELY, 1, [4], id="most voted of a time"),
        pytest.param(ById((paper_id(3), paper_id(1))), 1, [3, 1], id="whoever names a paper is shown it"),
    ],
)
async def test_what_is_hidden_takes_no_place(
    filled: Store, delivery: DeliveryStore, asked: Asked, limit: int | None, expected: list[int]
) -> None:
    await hide(delivery, 3, 5)
    assert await shown(filled, asked, limit) == expected


async def test_what_is_hidden_here_is_shown_next_door(filled: Store, delivery: DeliveryStore) -> None:
    await hide(delivery, 1, 2, 3, 4, 5)
    for asked in (NEWEST, BOTH_DAYS, EVER, LATELY):
        assert await shown(filled, asked) == []
        assert (await filled.shown(NEXT_DOOR, asked, scope=EVERYBODY, limit=9)).papers
    await delivery.unhide(HERE, paper_id(2))
    assert await shown(filled, NEWEST) == [2]


@pytest.mark.parametrize("asked", [*ASKED.values(), Best(FRIDAY, THURSDAY), ById(())], ids=str)
async def test_the_ways_of_the_place_come_along_also_with_no_papers(
    filled: Store, delivery: DeliveryStore, asked: Asked
) -> None:
    await delivery.keep_profile(PRIVATE)
    found = await filled.shown(HERE, asked, scope=EVERYBODY, limit=3)
    assert found.profile == PRIVATE
    assert PRIVATE.keeps_lists_private
    assert (await filled.shown(NEXT_DOOR, asked, scope=EVERYBODY, limit=3)).profile is None
    nothing = await filled.shown(HERE, MostVoted(NOON + HOUR), scope=EVERYBODY, limit=3)
    assert (nothing.papers, nothing.profile) == ([], PRIVATE)


# --- One read -----------------------------------------------------------------------


class OneReader:
    """A store that counts the reads that it is asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads = 0

    def __getattr__(self, name: str) -> Any:
        self.reads += name != "write"
        return getattr(self._store, name)


class Found:
    """Finds the same papers, whatever is searched for."""

    async def is_ready(self) -> bool:
        return True

    async def search(self, *_: object, **__: object) -> Sequence[Hit]:
        return (Hit(paper_id(1), 1.0),)


@pytest.mark.parametrize("answers", ["public", "private"])
@pytest.mark.parametrize(
    "words",
    ["today", "today topic=paper", "week", "month", "on 2026-04-24", "top", "top all", "top scope=server",
     "top year scope=here", "search paper", "show 2604.00001"],
)  # fmt: skip
async def test_an_answer_takes_one_read(
    filled: Store, delivery: DeliveryStore, words: str, answers: str
) -> None:
    await delivery.keep_profile(PlaceProfile(HERE, settings={"answers": answers}))
    await hide(delivery, 3)
    below = Counted(filled._engine) if isinstance(filled, SqlStore) else None
    above = OneReader(SqlStore(below) if below else filled)
    typed = parse_text(words, COMMANDS)
    assert isinstance(typed, Typed)
    nobody: Any = None
    store: Any = above
    finding: Any = Found()
    core = Core(COMMANDS, Desk(store, FakeClock(NOON), finding, nobody, lambda: nobody, nobody))
    reply = await core.answer_typed(typed, HERE, ANA)
    assert isinstance(reply.answer, PaperList | PaperPage)
    assert reply.private == (answers == "private" and isinstance(reply.answer, PaperList))
    assert above.reads == 1
    assert below is None or below.reads == 1
