"""`papers run` as a Slack app: the real process and the real libraries, over a stand-in of Slack."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from aiohttp import ClientSession, CookieJar

from bot.wiring import SystemClock
from tests.adapters.slack.scene import ANA, BEN, HERE, furnished
from tests.adapters.slack.service import SECRET, event, press, reaction, signature, slash
from tests.e2e.processes import HASTY, papers, started
from tests.e2e.test_discord import let_be_due
from tests.fakes.slack_checks import elements_of
from tests.fakes.slack_oauth import CLIENT_ID, CLIENT_SECRET
from tests.fakes.slack_standin import APP_TOKEN, Standin
from tests.fakes.upstream import Upstream, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

Json = Any

TOKEN = "xoxb-secret"


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with running(Upstream()) as stand_in:
        yield stand_in


@pytest.fixture
async def slack() -> AsyncIterator[Standin]:
    standin = furnished(Standin(SystemClock(), Random(1)))
    async with standin.serving():
        yield standin


def ways(slack: Standin, upstream: Upstream, **other: str) -> dict[str, str]:
    usual = {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": slack.api_url,
        "HUGGINGFACE_URL": upstream.url,
        "ARXIV_URL": upstream.url,
        "PORT": "0",
    }
    return usual | other


@asynccontextmanager
async def connected(slack: Standin, upstream: Upstream, folder: Path) -> AsyncIterator[None]:
    """Run the service until it is connected and has fetched, and stop it at the end."""
    async with started(folder, "run", ways=ways(slack, upstream), program=HASTY) as service:
        await slack.sockets.connections()
        await upstream.requests(3)
        yield
        status, err, _ = await service.end(signal.SIGTERM)
    assert (status, "Traceback" in err) == (0, False), err
    assert TOKEN not in err
    assert APP_TOKEN not in err


async def used(slack: Standin, text: str) -> Json:
    """Let somebody type a command, and return the answer."""
    before = len(slack.responses)
    url = slack.response_url(f"r{before}")
    assert await slack.sockets.send("slash_commands", slash(text, response_url=url)) == {}
    return (await slack.responded(before + 1))[before]


async def until_posted(slack: Standin, messages: int = 1) -> None:
    async with asyncio.timeout(20):
        while len(slack.ever) < messages:  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.05)


async def test_it_answers_and_posts_what_is_due_once(
    slack: Standin, upstream: Upstream, tmp_path: Path
) -> None:
    async with connected(slack, upstream, tmp_path):
        today = await used(slack, "today count=3")
        assert "Robots that Fold" in str(today["blocks"])
        assert today["response_type"] == "in_channel"

        made = await used(slack, "subscribe at=09:00 tz=UTC days=daily")
        assert made["response_type"] == "ephemeral"
        assert "09:00" in str(made["blocks"])

        await asyncio.to_thread(let_be_due, tmp_path)
        await until_posted(slack)
    [posted] = slack.messages[HERE.channel].values()
    assert "Robots that Fold" in str(posted["blocks"])
    assert posted["metadata"]["event_type"] == "paper_post"

    told = event(1, type="app_mention", user=ANA, text="<@UBOT> today", ts="5.000001", channel="C1")
    async with connected(slack, upstream, tmp_path):
        await slack.sockets.send("events_api", told)
        await used(slack, "today")
        await until_posted(slack, 2)
    assert len(slack.ever) == 2, "a start posts nothing again"
    async with connected(slack, upstream, tmp_path):
        await slack.sockets.send("events_api", told)
        await used(slack, "today")
    assert len(slack.ever) == 2, "an event that was dealt with is known after a restart"
    assert slack.faults == []


async def until_top(slack: Standin, words: str) -> Json:
    """Return the leaderboard once it tells something."""
    async with asyncio.timeout(20):
        while words not in str((told := await used(slack, "top"))["blocks"]):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.05)
    return told


async def test_reactions_and_buttons_on_a_posted_message_count(
    slack: Standin, upstream: Upstream, tmp_path: Path
) -> None:
    async with connected(slack, upstream, tmp_path):
        await used(slack, "subscribe at=09:00 tz=UTC days=daily count=1")
        await asyncio.to_thread(let_be_due, tmp_path)
        await until_posted(slack)
        [posted] = slack.messages[HERE.channel].values()
        message = f"{HERE.channel}/{posted['ts']}"
        # What came in the last seconds is compared later.
        a_while_ago = SystemClock().now().timestamp() - 60
        told = reaction(1, message, name="one", at=a_while_ago)
        assert await slack.sockets.send("events_api", told) == {}
        slack.react_as(posted["ts"], "one", ANA)
        await until_top(slack, "1 vote")

        vote = next(each for block in posted["blocks"] for each in elements_of(block) if "value" in each)
        pressed: Json = {
            "user": {"id": BEN, "team_id": HERE.server},
            "container": {"type": "message", "message_ts": posted["ts"], "channel_id": HERE.channel},
            "response_url": slack.response_url("vote"),
        }
        before = len(slack.responses)
        assert await slack.sockets.send("interactive", press(vote["value"], **pressed)) == {}
        answer = (await slack.responded(before + 1))[before]
        assert (answer["response_type"], answer["to"]) == ("ephemeral", "vote")
        await until_top(slack, "2 votes")

    slack.unreact_as(posted["ts"], "one", ANA)
    async with connected(slack, upstream, tmp_path):
        await until_top(slack, "1 vote")
    assert slack.faults == []


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def until_listening(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


def browser() -> ClientSession:
    return ClientSession(cookie_jar=CookieJar(unsafe=True))


def signed(body: str) -> dict[str, str]:
    """Return the headers of a request that Slack signs now."""
    now = SystemClock().now().timestamp()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": str(int(now)),
        "X-Slack-Signature": signature(body, now),
    }


async def test_over_http_signed_requests_are_answered(
    slack: Standin, upstream: Upstream, tmp_path: Path
) -> None:
    port = a_free_port()
    over_http = ways(slack, upstream, SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET=SECRET, PORT=str(port))
    async with started(tmp_path, "run", ways=over_http) as service, ClientSession() as session:
        await upstream.requests(3)
        await until_listening(port)
        body = urlencode(slash("today", response_url=slack.response_url("r")))
        headers = signed(body)
        for status in (200, 401):
            told = await session.post(f"http://127.0.0.1:{port}/slack/events", data=body, headers=headers)
            assert told.status == status
        [answer] = await slack.responded(1)
        assert "Robots that Fold" in str(answer["blocks"])
        status, err, _ = await service.end(signal.SIGTERM)
    assert (status, "Traceback" in err) == (0, False), err


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
async def test_a_wrong_token_is_one_line_without_the_token(
    slack: Standin, upstream: Upstream, tmp_path: Path, name: str
) -> None:
    wrong = ways(slack, upstream, **{name: "nonsense-xyz"})
    ran = await asyncio.to_thread(papers, tmp_path, "run", ways=wrong)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith(f"{name} is no ")
    assert ran.stderr.count("\n") == 1
    assert "nonsense-xyz" not in ran.stderr


async def test_half_of_the_settings_is_told(slack: Standin, upstream: Upstream, tmp_path: Path) -> None:
    half = ways(slack, upstream, SLACK_BOT_TOKEN="")
    ran = await asyncio.to_thread(papers, tmp_path, "run", ways=half)
    assert ran.returncode == 1
    assert ran.stderr == "Slack needs SLACK_BOT_TOKEN too: without it nothing can be answered there.\n"


async def test_the_doctor_looks_at_tokens_and_scopes(
    slack: Standin, upstream: Upstream, tmp_path: Path
) -> None:
    async def doctor(name: str, **other: str) -> tuple[int, str]:
        # Each has a store of its own: who shares one waits for arXiv's turn.
        (folder := tmp_path / name).mkdir()
        ran = await asyncio.to_thread(papers, folder, "doctor", ways=ways(slack, upstream, **other))
        return ran.returncode, ran.stdout

    _, well = await doctor("well")
    assert "ok    Slack: in the workspace Lab" in well
    assert "ok    Slack scopes: all that the manifest asks for" in well
    assert "ok    Slack commands: over Socket Mode" in well

    slack.scopes = "chat:write,commands"
    status, ill = await doctor("ill", SLACK_APP_TOKEN="")
    assert "wrong Slack scopes: missing are app_mentions:read (to answer who calls it by its name)" in ill
    assert "note  Slack commands: are not heard" in ill
    assert status == 1

    _, wrong = await doctor("wrong", SLACK_BOT_TOKEN="xoxb-wrong")
    assert "wrong Slack: SLACK_BOT_TOKEN is no token" in wrong


def test_the_manifest_is_printed(tmp_path: Path) -> None:
    told = json.loads(papers(tmp_path, "slack-manifest").stdout)
    assert told["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in told["settings"]["event_subscriptions"]
    over_http = json.loads(papers(tmp_path, "slack-manifest", "--url", "https://papers.example/").stdout)
    assert over_http["settings"]["socket_mode_enabled"] is False
    assert over_http["features"]["slash_commands"][0]["url"] == "https://papers.example/slack/events"


@pytest.mark.parametrize("url", ["http://papers.example", "papers.example", "https://"])
def test_an_address_that_slack_cannot_reach_is_refused(tmp_path: Path, url: str) -> None:
    ran = papers(tmp_path, "slack-manifest", "--url", url)
    assert ran.returncode == 2
    assert "https://" in ran.stderr


@pytest.mark.parametrize(
    ("other", "why"),
    [
        pytest.param({"SLACK_CLIENT_ID": "1.2"}, "go together", id="no client secret"),
        pytest.param(
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s"}, "SLACK_SIGNING_SECRET too", id="not heard"
        ),
        pytest.param({"ENCRYPTION_KEY": "short"}, "ENCRYPTION_KEY is not right", id="a short key"),
    ],
)
async def test_settings_that_do_not_go_together_are_told(
    slack: Standin, upstream: Upstream, tmp_path: Path, other: dict[str, str], why: str
) -> None:
    ran = await asyncio.to_thread(papers, tmp_path, "run", ways=ways(slack, upstream, **other))
    assert ran.returncode == 1
    assert why in ran.stderr
    assert ran.stderr.count("\n") == 1


async def test_any_workspace_installs_it_and_is_answered_after_a_restart(
    slack: Standin, upstream: Upstream, tmp_path: Path
) -> None:
    port = a_free_port()
    hosted = ways(
        slack,
        upstream,
        SLACK_BOT_TOKEN="",
        SLACK_APP_TOKEN="",
        SLACK_SIGNING_SECRET=SECRET,
        SLACK_CLIENT_ID=CLIENT_ID,
        SLACK_CLIENT_SECRET=CLIENT_SECRET,
        SLACK_AUTHORIZE_URL=f"{slack.url}/authorize",
        ENCRYPTION_KEY="k" * 32,
        PORT=str(port),
    )
    base = f"http://127.0.0.1:{port}"
    async with started(tmp_path, "run", ways=hosted) as service, browser() as session:
        await until_listening(port)
        got = await session.get(f"{base}/slack/install", allow_redirects=False)
        state = parse_qs(urlsplit(got.headers["Location"]).query)["state"][0]
        asked = {"state": state, "code": slack.oauth.grant("T1")}
        got = await session.get(f"{base}/slack/oauth_redirect", params=asked)
        assert got.status == 200
        status, err, _ = await service.end(signal.SIGTERM)
    assert (status, "Traceback" in err) == (0, False), err
    assert slack.teams["T1"].token not in err
    assert slack.teams["T1"].token.encode() not in (tmp_path / "papers.db").read_bytes()

    async with started(tmp_path, "run", ways=hosted) as service, browser() as session:
        await until_listening(port)
        body = urlencode(slash("status", response_url=slack.response_url("r")))
        assert (await session.post(f"{base}/slack/events", data=body, headers=signed(body))).status == 200
        await slack.responded(1)
        await service.end(signal.SIGTERM)
