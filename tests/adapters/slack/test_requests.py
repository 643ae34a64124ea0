"""Requests over HTTP that are not what they should be: refused or passed over, and nothing else disturbed."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from adapters.slack.client import requests
from tests.adapters.slack.service import Service, a_service, event, press, signature, slash

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

Json = Any


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_service() as it:
        yield it


async def still_answers(service: Service) -> None:
    assert "Paper 1" in str(await service.command("today"))


async def test_slack_is_told_its_challenge(service: Service) -> None:
    status, text = await service.post(json.dumps({"type": "url_verification", "challenge": "abc"}))
    assert (status, json.loads(text)) == (200, {"challenge": "abc"})


@pytest.mark.parametrize("headers", [{"X_Slack_Signature": "v0=abc"}, {"X_Slack_Signature": ""}])
async def test_a_wrong_signature_is_refused(service: Service, headers: dict[str, str]) -> None:
    assert (await service.post(json.dumps(event(1, type="app_mention")), **headers))[0] == 401
    await still_answers(service)


@pytest.mark.parametrize(("off_s", "status"), [(-299, 200), (-301, 401), (301, 401)])
async def test_a_request_is_good_for_five_minutes(service: Service, off_s: int, status: int) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"})
    at = service.house.clock.now().timestamp() + off_s
    headers = {
        "X_Slack_Request_Timestamp": str(int(at)),
        "X_Slack_Signature": signature(body, at),
    }
    assert (await service.post(body, **headers))[0] == status


@pytest.mark.parametrize("at", ["", "soon", "1e400", "-1"])
async def test_a_time_that_is_none_is_refused(service: Service, at: str) -> None:
    assert (await service.post("{}", X_Slack_Request_Timestamp=at))[0] == 401


async def test_a_replayed_request_does_nothing(service: Service) -> None:
    body = urlencode(slash("today", response_url=service.new_response()))
    assert (await service.post(body, kind="form"))[0] == 200
    await service.standin.responded(1)
    assert (await service.post(body, kind="form"))[0] == 401
    # Slack itself sends again what it takes for lost, and says so.
    assert (await service.post(body, kind="form", X_Slack_Retry_Num="1"))[0] == 200
    await still_answers(service)
    assert len(service.standin.responses) == 2


async def test_a_store_that_hangs_holds_up_no_acknowledgement(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_values: object) -> bool:
        await asyncio.Event().wait()
        return True

    monkeypatch.setattr(requests, "LONGEST_LOOK_S", 0.01)
    monkeypatch.setattr(service.delivery, "first_seen", hang)
    await still_answers(service)


async def test_a_body_of_ten_megabytes_is_not_read(service: Service) -> None:
    assert (await service.post("x" * (10 << 20)))[0] == 413
    await still_answers(service)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("{", "json"),
        ("[]", "json"),
        ("null", "json"),
        ("payload=%7B", "form"),
        ("payload=[]", "form"),
        ("a=b&&&=", "form"),
        ("", "form"),
        ('{"type": "event_callback"}', "json"),
        ('{"type": "event_callback", "team_id": "T1", "event": {"type": "app_mention"}}', "json"),
        ('{"type": "block_actions"}', "json"),
    ],
)
async def test_what_makes_no_sense_is_passed_over(service: Service, body: str, kind: str) -> None:
    status, _ = await service.post(body, kind=kind)
    assert status in {200, 400}
    await still_answers(service)


async def test_an_unknown_workspace_is_not_answered(service: Service) -> None:
    await service.slack.check_token()
    payload = slash("today", team_id="T666", response_url=service.new_response())
    assert (await service.over_http("slash_commands", payload))[0] == 200
    await still_answers(service)
    assert len(service.standin.responses) == 1


async def test_a_button_without_an_action_is_answered_as_an_old_one(service: Service) -> None:
    payload = press("x", response_url=service.new_response())
    payload["actions"][0].pop("value")
    assert (await service.over_http("interactive", payload))[0] == 200
    [answer] = await service.standin.responded(1)
    assert "from another time" in str(answer["blocks"])


@pytest.mark.parametrize("kind", ["view_submission", "view_closed", "message_action", "block_suggestion"])
async def test_what_nothing_listens_to_is_acknowledged(service: Service, kind: str) -> None:
    payload = press("x") | {"type": kind, "callback_id": "c", "view": {"type": "modal"}}
    assert (await service.over_http("interactive", payload))[0] == 200


async def test_nothing_that_people_wrote_is_logged(
    service: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    payload = press("x") | {"type": "view_submission", "callback_id": "my secret", "view": {}}
    await service.over_http("interactive", payload)
    await service.command("today my secret")
    out, err = capfd.readouterr()
    assert "my secret" not in out + err


async def test_bolt_keeps_no_files_of_its_own_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It reads these by itself, and would keep installations in the home folder."""
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.setenv(name, "from-the-environment")
    monkeypatch.setenv("HOME", str(tmp_path))
    async with a_service() as service:
        await still_answers(service)
        told = event(1, type="app_uninstalled")
        assert (await service.over_http("events", told))[0] == 200
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240 - nothing else runs
