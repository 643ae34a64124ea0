"""Every error string that is known means what the table of Slack's pages says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.slack.client.web import Answered, read_answer
from adapters.slack.errors import (
    GONE,
    REJECTED,
    Refused,
    Unanswered,
    fault_of,
    find_result,
    refusal_of,
    seconds_of,
    send_result,
)
from bot.domain.deliveries import Absent, DeliveryKind, Failed, Gone, Reach, Rejected, Sent, Throttled

POST, EDIT, REACT = DeliveryKind.POST, DeliveryKind.EDIT, DeliveryKind.REACT


@pytest.mark.parametrize("error", GONE)
def test_a_place_that_takes_nothing_is_gone_in_a_sentence(error: str) -> None:
    result = send_result(Refused(error), POST)
    assert isinstance(result, Gone)
    assert error not in result.why


@pytest.mark.parametrize("error", REJECTED)
def test_a_message_that_is_never_taken_is_rejected(error: str) -> None:
    assert isinstance(send_result(Refused(error), POST), Rejected)


@pytest.mark.parametrize("error", ["invalid_blocks", "no_text", "metadata_too_large", "a_new_error"])
def test_what_is_our_bug_is_rejected_with_what_slack_says(error: str) -> None:
    refused = Refused(error, told=("[ERROR] too long [json-pointer:/blocks/0]",))
    assert send_result(refused, POST) == Rejected(
        f"Slack answered {error} ([ERROR] too long [json-pointer:/blocks/0])"
    )


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        (Refused("ratelimited", 429, timedelta(seconds=7)), Throttled(timedelta(seconds=7), Reach.CALL)),
        (Refused("rate_limited"), Throttled(timedelta(seconds=5), Reach.CALL)),
        (Refused("", 429), Throttled(timedelta(seconds=5), Reach.CALL)),
        (Refused("message_limit_exceeded"), Throttled(timedelta(minutes=5), Reach.SERVER)),
        (Refused("token_expired"), Throttled(timedelta(seconds=5), Reach.SERVER)),
        (Refused("team_added_to_org"), Throttled(timedelta(hours=1), Reach.SERVER)),
        (Refused("service_unavailable", 503), Failed("Slack answered service_unavailable")),
        (Refused("request_timeout"), Failed("Slack answered request_timeout")),
        (Refused("internal_error"), Failed("Slack answered internal_error", outcome_known=False)),
        (Refused("", 502), Failed("Slack answered 502", outcome_known=False)),
        (Refused("", 404), Failed("Slack answered 404", outcome_known=False)),
    ],
)
def test_what_passes_is_tried_again(refused: Refused, expected: object) -> None:
    assert send_result(refused, POST) == expected


@pytest.mark.parametrize("kind", [EDIT, REACT])
def test_a_message_that_is_gone_ends_what_was_to_be_done_to_it(kind: DeliveryKind) -> None:
    assert send_result(Refused("message_not_found"), kind) == Sent(None)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("message_not_found", Absent()),
        ("thread_not_found", Absent()),
        ("invalid_arguments", Failed("Slack answered invalid_arguments")),
    ],
)
def test_a_look_up_is_certain_or_it_is_not(error: str, expected: object) -> None:
    assert find_result(Refused(error)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"ok": true, "ts": "1"}', Answered({"ok": True, "ts": "1"})),
        (b'{"ok": false, "error": "no_text"}', Refused("no_text")),
        (b'{"ts": "1"}', Refused()),
        (b"[]", Unanswered("gave half an answer")),
        (b'{"ok": tr', Unanswered("gave half an answer")),
        (b"\xff\xfe", Unanswered("gave half an answer")),
    ],
)
def test_an_answer_is_read(body: bytes, expected: object) -> None:
    assert read_answer(200, {}, body) == expected


def test_the_scopes_of_a_token_are_told_with_each_answer() -> None:
    answer = read_answer(200, {"x-oauth-scopes": "chat:write, commands"}, b'{"ok": true}')
    assert isinstance(answer, Answered)
    assert answer.scopes == {"chat:write", "commands"}


def test_what_slack_says_besides_is_kept() -> None:
    refused = refusal_of(200, {}, {"error": "missing_scope", "needed": "chat:write"})
    assert refused.told == ("needed: chat:write",)


@pytest.mark.parametrize(("value", "seconds"), [("30", 30), ("0.5", 0.5), ("-4", 0)])
def test_a_wait_is_read(value: str, seconds: float) -> None:
    assert seconds_of(value) == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", None, "soon", "1e400"])
def test_what_is_no_wait_is_none(value: str | None) -> None:
    assert seconds_of(value) is None


def test_a_bug_is_no_fault_of_slack() -> None:
    with pytest.raises(KeyError):
        fault_of(KeyError("x"))
