"""Every code that Discord may answer with, and what follows from it."""

from __future__ import annotations

import socket
from datetime import timedelta

import aiohttp
import pytest

from adapters.discord.errors import (
    BAN_WAIT,
    USUAL_WAIT,
    Code,
    Fault,
    Refused,
    Stopped,
    Unanswered,
    fault_of,
    find_result,
    send_result,
)
from bot.domain.deliveries import (
    Absent,
    DeliveryKind,
    Failed,
    Gone,
    Reach,
    Rejected,
    SendResult,
    Sent,
    Throttled,
)

POST, REPLY, EDIT = DeliveryKind.POST, DeliveryKind.REPLY, DeliveryKind.EDIT
REACT, PUBLISH = DeliveryKind.REACT, DeliveryKind.PUBLISH

HALF_A_MINUTE = timedelta(seconds=30)


@pytest.mark.parametrize(
    ("status", "code", "kind", "meaning"),
    [
        pytest.param(404, 10003, POST, Gone, id="unknown channel"),
        pytest.param(404, 10003, REPLY, Rejected, id="unknown thread of a reply"),
        pytest.param(404, 10003, EDIT, Sent, id="unknown thread of what is edited"),
        pytest.param(404, 10004, POST, Gone, id="unknown guild"),
        pytest.param(404, 10008, POST, Sent, id="a nonce whose message was deleted"),
        pytest.param(404, 10008, EDIT, Sent, id="an edit of a deleted message"),
        pytest.param(400, 10014, REACT, Rejected, id="unknown emoji"),
        pytest.param(404, 10015, POST, Rejected, id="unknown webhook"),
        pytest.param(404, 10062, POST, Rejected, id="unknown interaction"),
        pytest.param(400, 40060, POST, Rejected, id="acknowledged already"),
        pytest.param(429, 20016, POST, Throttled, id="slowmode"),
        pytest.param(429, 20028, POST, Throttled, id="channel writes"),
        pytest.param(429, 20022, EDIT, Rejected, id="too many edits of a published one"),
        pytest.param(429, 30046, EDIT, Rejected, id="too many edits of old ones"),
        pytest.param(400, 30010, REACT, Rejected, id="twenty reactions"),
        pytest.param(403, 90001, REACT, Rejected, id="blocked"),
        pytest.param(400, 30034, POST, Rejected, id="too many commands"),
        pytest.param(401, 0, POST, Throttled, id="bad token"),
        pytest.param(401, 40001, POST, Throttled, id="bad token, by its code"),
        pytest.param(413, 40005, POST, Rejected, id="too large"),
        pytest.param(400, 40058, POST, Rejected, id="a forum"),
        pytest.param(400, 40067, POST, Gone, id="a forum that wants a tag"),
        pytest.param(429, 40062, POST, Throttled, id="resource limited"),
        pytest.param(503, 40062, POST, Failed, id="resource limited, as a fault"),
        pytest.param(503, 130000, POST, Failed, id="overloaded"),
        pytest.param(403, 50001, POST, Gone, id="no access"),
        pytest.param(403, 50013, POST, Gone, id="no permission"),
        pytest.param(403, 50013, REPLY, Gone, id="no permission in threads"),
        pytest.param(403, 50013, REACT, Rejected, id="no permission to react"),
        pytest.param(403, 50013, PUBLISH, Rejected, id="no permission to publish"),
        pytest.param(403, 50005, EDIT, Rejected, id="not ours"),
        pytest.param(400, 50006, POST, Rejected, id="empty"),
        pytest.param(400, 50035, POST, Rejected, id="invalid form"),
        pytest.param(403, 50007, POST, Gone, id="closed to messages"),
        pytest.param(403, 50278, POST, Gone, id="closed to messages, newer code"),
        pytest.param(400, 50083, POST, Gone, id="archived"),
        pytest.param(400, 50083, EDIT, Rejected, id="an edit in an archived thread"),
        pytest.param(400, 160005, POST, Gone, id="locked"),
        pytest.param(400, 160005, REPLY, Rejected, id="its own thread is locked"),
        pytest.param(400, 200000, POST, Rejected, id="AutoMod"),
        pytest.param(400, 240000, POST, Rejected, id="link filter"),
        pytest.param(500, 0, POST, Failed, id="a fault"),
        pytest.param(502, 0, POST, Failed, id="a bad gateway"),
        pytest.param(403, 99999, POST, Gone, id="forbidden for a new reason"),
        pytest.param(400, 99999, POST, Rejected, id="refused for a new reason"),
    ],
)
def test_each_code_has_its_meaning(
    status: int, code: int, kind: DeliveryKind, meaning: type[SendResult]
) -> None:
    result = send_result(Refused(status, code, "told"), kind)
    assert type(result) is meaning
    if isinstance(result, Gone | Rejected | Failed):
        assert len(result.why) > 3
    if isinstance(result, Failed):
        assert not result.outcome_known


def test_every_code_that_closes_or_refuses_has_words_of_its_own() -> None:
    told = {code: send_result(Refused(400, code), POST) for code in Code}
    words = [result.why for result in told.values() if isinstance(result, Gone)]
    assert words
    assert not any("Discord answered" in why for why in words)


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        pytest.param(
            Refused(429, retry_after=HALF_A_MINUTE), Throttled(HALF_A_MINUTE, Reach.CALL), id="one bucket"
        ),
        pytest.param(
            Refused(429, retry_after=HALF_A_MINUTE, is_wide=True),
            Throttled(HALF_A_MINUTE, Reach.PLATFORM),
            id="the bot, or its address",
        ),
        pytest.param(Refused(429), Throttled(USUAL_WAIT, Reach.CALL), id="nobody says for how long"),
        pytest.param(Refused(401), Throttled(BAN_WAIT, Reach.PLATFORM), id="a bad token"),
        pytest.param(Refused(403, is_wide=True), Throttled(BAN_WAIT, Reach.PLATFORM), id="a banned address"),
    ],
)
def test_it_is_told_what_is_closed_and_for_how_long(refused: Refused, expected: Throttled) -> None:
    assert send_result(refused, POST) == expected


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(Refused(404, 10008), Absent(), id="unknown message"),
        pytest.param(Refused(404, 10003), Gone("the channel is not there any more"), id="unknown channel"),
        pytest.param(
            Refused(400, 50035, "wrong"), Failed("Discord answered 400, code 50035: wrong"), id="400"
        ),
        pytest.param(Refused(429), Throttled(USUAL_WAIT), id="429"),
        pytest.param(Unanswered("is away"), Failed("Discord is away", outcome_known=False), id="no answer"),
    ],
)
def test_a_look_up_has_its_own_values(fault: Fault, expected: object) -> None:
    assert find_result(fault) == expected


def refused_connection() -> aiohttp.ClientConnectorError:
    key = aiohttp.client_reqrep.ConnectionKey(
        host="localhost", port=1, is_ssl=False, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
    )
    return aiohttp.ClientConnectorError(key, OSError(111, "refused"))


@pytest.mark.parametrize(
    ("raised", "may_be_done"),
    [
        pytest.param(refused_connection(), False, id="nobody listens"),
        pytest.param(aiohttp.ConnectionTimeoutError(), False, id="no connection in time"),
        pytest.param(aiohttp.ServerDisconnectedError(), True, id="disconnected"),
        pytest.param(aiohttp.ClientOSError(104, "reset"), True, id="reset"),
        pytest.param(aiohttp.ClientPayloadError(), True, id="half an answer"),
        pytest.param(TimeoutError(), True, id="no answer in time"),
        pytest.param(socket.gaierror(), True, id="a fault of the system"),
        pytest.param(ValueError("no JSON"), True, id="no JSON"),
    ],
)
def test_what_the_network_does_is_known_or_not(raised: Exception, may_be_done: bool) -> None:
    fault = fault_of(raised)
    assert isinstance(fault, Unanswered)
    result = send_result(fault, POST)
    assert isinstance(result, Failed)
    assert result.outcome_known is not may_be_done


def test_what_was_stopped_is_a_refusal() -> None:
    assert fault_of(Stopped(Refused(500))) == Refused(500)


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(KeyError):
        fault_of(KeyError("a field"))
