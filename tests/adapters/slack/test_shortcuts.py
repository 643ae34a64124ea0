"""“Submit to papers” on a message, from Slack's request to the answer that people see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.commands import SUBMIT
from adapters.slack.events.shortcuts import papers_in
from bot.domain.papers import PaperId
from bot.domain.places import Identity
from tests.adapters.slack.scene import ANA, HERE, TEAM
from tests.adapters.slack.service import Service, a_service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Json = Any

SEVENTH = PaperId("2604.00007")
LINK = "<https://arxiv.org/abs/2604.00007v2|arxiv.org/abs/2604.00007v2>"


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_service() as it:
        yield it


def message_action(service: Service, message: Json) -> Json:
    """Return what Slack sends when somebody chooses it (Shortcuts, Handling message shortcuts)."""
    return {
        "type": "message_action",
        "callback_id": SUBMIT,
        "token": "t",
        "action_ts": "1.5",
        "team": {"id": TEAM, "domain": "lab"},
        "user": {"id": ANA, "username": "ana", "team_id": TEAM, "name": "ana"},
        "channel": {"id": HERE.channel, "name": "papers"},
        "is_enterprise_install": False,
        "enterprise": None,
        "trigger_id": "1.2.3",
        "response_url": service.new_response(),
        "message_ts": "1.000001",
        "message": {"type": "message", "user": "U5", "ts": "1.000001", **message},
    }


async def chosen(service: Service, **message: Json) -> Json:
    assert (await service.over_http("interactive", message_action(service, message)))[0] == 200
    [answer] = await service.standin.responded(1)
    return answer


async def test_the_paper_of_a_message_is_submitted_for_everyone_to_see(service: Service) -> None:
    text = f"Have you seen {LINK}? See also <https://example.org>."
    told = await service.over_http("interactive", message_action(service, {"text": text}))
    assert told[0] == 200
    [card] = await service.until_said()
    assert "Submitted here" in str(card["blocks"])
    assert "Paper 7" in str(card["blocks"])
    stands = await service.delivery.submission(HERE, SEVENTH)
    assert stands is not None
    assert stands.identity == Identity(f"slack:{TEAM}/{ANA}")
    assert service.standin.faults == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("No link at all: 2604.00007", "I see no link to a paper in that message."),
        (f"{LINK} <https://huggingface.co/papers/2604.00008>", "That message links to several papers."),
    ],
)
async def test_what_paper_is_meant_must_be_plain(service: Service, text: str, told: str) -> None:
    answer = await chosen(service, text=text)
    assert answer["response_type"] == "ephemeral"
    assert told in str(answer["blocks"]).replace("’", "'")
    assert await service.delivery.submission(HERE, SEVENTH) is None


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"text": LINK}, id="text"),
        pytest.param({"text": "see https://arxiv.org/pdf/2604.00007."}, id="bare, before a full stop"),
        pytest.param(
            {"text": LINK, "attachments": [{"title_link": "https://arxiv.org/abs/2604.00007"}]}, id="unfolded"
        ),
        pytest.param(
            {
                "text": "",
                "blocks": [{"elements": [{"type": "link", "url": "https://hf.co/papers/2604.00007"}]}],
            },
            id="blocks",
        ),
    ],
)
def test_links_are_found_wherever_they_stand(message: Json) -> None:
    assert papers_in(message) == [SEVENTH]


PIECES = st.text(max_size=3) | st.sampled_from(
    [
        "https://arxiv.org/abs/2604.00007",
        "https://hf.co/papers/2604.00008",
        "http://",
        "<",
        "|",
        ">",
        ".",
        "&amp;",
    ]
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


@given(JSON, JSON)
def test_any_message_can_be_looked_at(text: Json, blocks: Json) -> None:
    papers = papers_in({"text": text, "blocks": blocks})
    assert len(papers) == len(set(papers))
