from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.domain.papers import Feed, FeedEntry, PaperId
from bot.ports import SourceFault
from bot.sources.huggingface import HuggingFace
from tests.sources.samples import UNIT, WORLDMARK, daily, many

if TYPE_CHECKING:
    from bot.sources.http import Http
    from tests.fakes.clock import FakeClock
    from tests.sources.conftest import Web

DAY = date(2026, 4, 24)
UNIT_ID = PaperId("2604.19734")


@pytest.fixture
def hub(http: Http, clock: FakeClock) -> HuggingFace:
    return HuggingFace(http, "https://hub.example", clock)


async def fetched(hub: HuggingFace, day: date = DAY) -> Feed:
    feed = await hub.feed(day)
    assert isinstance(feed, Feed), feed
    return feed


async def test_a_list_is_asked_for_by_its_utc_date_in_pages_of_a_hundred(hub: HuggingFace, web: Web) -> None:
    web.answers = [httpx.Response(200, json=daily())]
    feed = await fetched(hub)
    assert [entry.paper.id for entry in feed.entries] == ["2604.21686", "2604.19734"]
    assert str(web.requests[0].url) == "https://hub.example/api/daily_papers?date=2026-04-24&limit=100&p=0"
    assert len(web.requests) == 1


async def test_full_pages_are_followed(hub: HuggingFace, web: Web) -> None:
    pages = [many(100), many(100, 100), many(7, 200)]
    web.answers = [httpx.Response(200, json=page) for page in pages]
    assert len((await fetched(hub)).entries) == 207
    assert web.asked("p") == ["0", "1", "2"]


async def test_a_next_page_that_is_named_is_followed(hub: HuggingFace, web: Web) -> None:
    named = {"Link": '<https://hub.example/api/daily_papers?p=1>; rel="next"'}
    web.answers = [httpx.Response(200, json=many(50), headers=named), httpx.Response(200, json=many(28, 50))]
    assert len((await fetched(hub)).entries) == 78


async def test_a_server_that_repeats_itself_is_not_followed_for_ever(hub: HuggingFace, web: Web) -> None:
    web.answers = [httpx.Response(200, json=many(100))]
    assert len((await fetched(hub)).entries) == 100
    assert len(web.requests) == 2


async def test_a_weekend_is_a_list_without_entries(hub: HuggingFace, web: Web) -> None:
    web.answers = [httpx.Response(200, json=[])]
    assert (await fetched(hub, date(2026, 4, 25))).entries == ()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param(httpx.Response(400, json={"error": "future"}), "refused (HTTP 400)", id="a date ahead"),
        pytest.param(
            httpx.Response(200, json={"error": "x"}), "answered with something that is no list", id="object"
        ),
        pytest.param(httpx.Response(200, json=None), "answered with something that is not JSON", id="empty"),
        pytest.param(
            httpx.Response(200, html="<html>"), "answered with something that is not JSON", id="HTML"
        ),
        pytest.param(
            httpx.Response(200, content=b'[{"paper": {"id": "26'),
            "answered with something that is not JSON",
            id="truncated",
        ),
    ],
)
async def test_what_is_no_list_is_a_fault(
    hub: HuggingFace, web: Web, answer: httpx.Response, why: str
) -> None:
    web.answers = [answer]
    assert await hub.feed(DAY) == SourceFault("Hugging Face", why, answered=True)


async def test_a_second_page_that_is_none_spoils_the_list(hub: HuggingFace, web: Web) -> None:
    web.answers = [httpx.Response(200, json=many(100)), httpx.Response(200, html="<html>")]
    assert isinstance(await hub.feed(DAY), SourceFault)


async def test_one_paper_is_fetched(hub: HuggingFace, web: Web) -> None:
    web.answers = [httpx.Response(200, json=UNIT["paper"])]
    entry = await hub.paper(UNIT_ID)
    assert isinstance(entry, FeedEntry)
    assert entry.paper.organization == "XPENG Robotics"
    assert web.requests[0].url.path == "/api/papers/2604.19734"


async def test_an_unknown_paper_is_none(hub: HuggingFace, web: Web) -> None:
    web.answers = [httpx.Response(404, json={"error": "Paper not found"})]
    assert await hub.paper(UNIT_ID) is None


@pytest.mark.parametrize("answer", [WORLDMARK["paper"], [], {"id": "2604.19734"}, "no"])
async def test_another_paper_is_a_fault(hub: HuggingFace, web: Web, answer: object) -> None:
    web.answers = [httpx.Response(200, json=answer)]
    fault = await hub.paper(UNIT_ID)
    assert isinstance(fault, SourceFault)
    assert fault.answered


async def test_hits_of_a_search_come_in_their_order_without_the_unreadable(
    hub: HuggingFace, web: Web
) -> None:
    web.answers = [httpx.Response(200, json=[UNIT, {"paper": {}}, WORLDMARK["paper"]])]
    hits = await hub.search("world models", 500)
    assert not isinstance(hits, SourceFault)
    assert [hit.paper.id for hit in hits] == ["2604.19734", "2604.21686"]
    assert (web.asked("q"), web.asked("limit")) == (["world models"], ["120"])
