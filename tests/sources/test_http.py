from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.ports import SourceFault
from bot.sources.http import LARGEST_ANSWER, Http, HttpAnswer, TryAgainError, retry_after, wait_of

if TYPE_CHECKING:
    from tests.fakes.clock import FakeClock
    from tests.sources.conftest import Web

URL = "https://papers.example/api"


async def get(http: Http) -> HttpAnswer | SourceFault:
    return await http.get("The source", URL)


@pytest.mark.parametrize("failure", [httpx.Response(500), httpx.Response(503), httpx.Response(429)])
async def test_a_passing_failure_is_asked_again(http: Http, web: Web, failure: httpx.Response) -> None:
    web.answers = [failure, httpx.ConnectError("down"), httpx.Response(200, content=b"ok")]
    answer = await get(http)
    assert isinstance(answer, HttpAnswer)
    assert answer.body == b"ok"


@pytest.mark.parametrize(
    ("failure", "why", "answered"),
    [
        (httpx.ConnectError("x"), "could not be reached", False),
        (httpx.ReadTimeout("x"), "did not answer in time", False),
        (httpx.RemoteProtocolError("x"), "broke off its answer", False),
        (httpx.Response(502), "failed (HTTP 502)", True),
        (httpx.Response(429), "asks us to slow down", True),
    ],
)
async def test_a_lasting_failure_is_a_fault(
    http: Http, web: Web, failure: httpx.Response | Exception, why: str, answered: bool
) -> None:
    web.answers = [failure]
    assert await get(http) == SourceFault("The source", why, answered)
    assert len(web.requests) == 4


async def test_a_refusal_is_an_answer_and_is_not_asked_again(http: Http, web: Web) -> None:
    web.answers = [httpx.Response(404, content=b"{}")]
    assert await get(http) == HttpAnswer(404, b"{}", has_next=False)
    assert len(web.requests) == 1


async def test_an_endless_answer_is_cut_off(http: Http, web: Web) -> None:
    web.answers = [httpx.Response(200, content=b"x" * (LARGEST_ANSWER + 1))]
    assert await get(http) == SourceFault("The source", "answered with far too much", answered=True)


async def test_html_is_not_json(http: Http, web: Web) -> None:
    web.answers = [httpx.Response(200, html="<h1>Hello</h1>")]
    fault = await http.get_json("The source", URL)
    assert fault == SourceFault("The source", "answered with something that is not JSON", answered=True)


async def test_nested_beyond_reason_is_not_json(http: Http, web: Web) -> None:
    web.answers = [httpx.Response(200, content=b"[" * 200_000)]
    assert isinstance(await http.get_json("The source", URL), SourceFault)


async def test_an_empty_window_is_waited_out(http: Http, web: Web, clock: FakeClock) -> None:
    web.answers = [httpx.Response(200, headers={"RateLimit": '"api";r=0;t=42'}), httpx.Response(200)]
    await get(http)
    await get(http)
    assert clock.sleeps == [timedelta(seconds=42)]


async def test_a_window_beyond_patience_is_a_fault(http: Http, web: Web) -> None:
    web.answers = [httpx.Response(200, headers={"RateLimit": '"api";r=0;t=290'})]
    await get(http)
    assert await get(http) == SourceFault("The source", "asks us to wait 290 seconds", answered=True)
    assert len(web.requests) == 1


@pytest.mark.parametrize(
    ("error", "decision"),
    [
        pytest.param(TryAgainError("x"), True, id="no wait named"),
        pytest.param(TryAgainError("x", 7.0), 7.0, id="a wait named"),
        pytest.param(TryAgainError("x", 61.0), False, id="longer than patience"),
        pytest.param(KeyError("x"), False, id="a bug"),
    ],
)
def test_the_wait_that_a_source_names_is_kept(error: Exception, decision: bool | float) -> None:
    assert wait_of(error, 60.0) == decision


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("Fri, 24 Apr 2026 12:00:30 GMT", 30.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after(value, datetime(2026, 4, 24, 12, tzinfo=UTC)) == seconds
