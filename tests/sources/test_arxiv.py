from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.domain.papers import PaperId
from bot.ports import SourceFault
from bot.sources.arxiv import Arxiv
from tests.fakes.memory_store import MemoryStore
from tests.sources.samples import ENTRY, ERROR, atom

if TYPE_CHECKING:
    from bot.sources.http import Http
    from tests.fakes.clock import FakeClock
    from tests.sources.conftest import Web

ONE, OLD, GONE = PaperId("2604.00001"), PaperId("hep-th/9901001"), PaperId("2604.99999")


@pytest.fixture
def arxiv(http: Http, clock: FakeClock) -> Arxiv:
    return Arxiv(http, "https://arxiv.example", MemoryStore(), clock)


def feed(*entries: str) -> httpx.Response:
    return httpx.Response(200, content=atom(*entries))


async def test_papers_are_read_and_the_missing_left_out(arxiv: Arxiv, web: Web) -> None:
    web.answers = [feed(ENTRY.format(id="2604.00001v3"), ENTRY.format(id="hep-th/9901001v1"))]
    papers = await arxiv.papers([ONE, OLD, GONE])
    assert not isinstance(papers, SourceFault)
    assert set(papers) == {ONE, OLD}
    paper = papers[ONE]
    assert paper.title == "Attention, again: a title that the API wraps"
    assert paper.abstract == "An abstract of two lines."
    assert paper.authors == ("Ana One", "Ben Two")
    assert paper.categories == ("cs.CL", "cs.LG")
    assert paper.published_at == datetime(2026, 3, 31, 18, 59, 34, tzinfo=UTC)


async def test_as_many_results_are_asked_for_as_papers(arxiv: Arxiv, web: Web) -> None:
    web.answers = [feed()]
    assert await arxiv.papers([ONE, GONE]) == {}
    assert (web.asked("id_list"), web.asked("max_results")) == (["2604.00001,2604.99999"], ["2"])


async def test_requests_come_in_batches_three_seconds_apart(arxiv: Arxiv, web: Web, clock: FakeClock) -> None:
    web.answers = [feed()]
    started = clock.monotonic()
    await arxiv.papers([PaperId(f"2604.{number:05}") for number in range(250)])
    assert web.asked("max_results") == ["100", "100", "50"]
    assert clock.monotonic() - started >= 6.0


@pytest.mark.parametrize("status", [200, 400])
async def test_an_identifier_that_is_refused_does_not_spoil_the_others(
    arxiv: Arxiv, web: Web, status: int
) -> None:
    web.answers = [
        httpx.Response(status, content=atom(ERROR)),
        httpx.Response(status, content=atom(ERROR)),
        feed(ENTRY.format(id="2604.00001v1")),
    ]
    papers = await arxiv.papers([GONE, ONE])
    assert not isinstance(papers, SourceFault)
    assert set(papers) == {ONE}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"Rate exceeded.", id="plain text"),
        pytest.param(b"<html><body>Busy</body></html>", id="HTML"),
        pytest.param(b"", id="nothing"),
        pytest.param(atom(ENTRY.format(id="2604.00001v1"))[:200], id="truncated"),
    ],
)
async def test_what_is_no_feed_is_a_fault(arxiv: Arxiv, web: Web, answer: bytes) -> None:
    web.answers = [httpx.Response(200, content=answer)]
    assert await arxiv.papers([ONE]) == SourceFault(
        "arXiv", "answered with something that is no feed", answered=True
    )


async def test_a_paper_that_was_not_asked_for_is_left_out(arxiv: Arxiv, web: Web) -> None:
    web.answers = [feed(ENTRY.format(id="2604.00001v1"), ENTRY.format(id="2604.00002v1"))]
    papers = await arxiv.papers([ONE])
    assert not isinstance(papers, SourceFault)
    assert set(papers) == {ONE}


async def test_turns_are_shared_with_every_other_process(http: Http, web: Web, clock: FakeClock) -> None:
    web.answers = [feed()]
    store = MemoryStore()
    await Arxiv(http, "https://arxiv.example", store, clock).papers([ONE])
    assert await store.take_turn("arxiv", timedelta(seconds=3), clock.now()) > timedelta(0)
