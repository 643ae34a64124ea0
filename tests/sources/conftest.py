from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import stamina

from bot.sources.http import Http
from tests.fakes.clock import FakeClock

PATIENCE = timedelta(seconds=60)
Answering = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def retries_do_not_wait() -> Any:
    with stamina.set_testing(testing=True, attempts=4, cap=True):
        yield


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


class Web:
    """A web of one host that answers as it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.answers: list[httpx.Response | Exception] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def asked(self, name: str) -> list[str | None]:
        """Return one parameter of each request."""
        return [request.url.params.get(name) for request in self.requests]


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
async def http(clock: FakeClock, web: Web) -> AsyncIterator[Http]:
    opened = Http(clock, patience=PATIENCE, transport=httpx.MockTransport(web))
    yield opened
    await opened.close()
