"""Addresses of messages on Slack."""

from __future__ import annotations

import pytest

from adapters.slack.links import SlackLinks
from adapters.slack.messenger.refs import Ref
from bot.domain.places import Place


@pytest.mark.parametrize(
    ("ref", "address"),
    [
        pytest.param(
            Ref("C1", "1700000000.000100"), "https://slack.com/archives/C1/p1700000000000100", id="post"
        ),
        pytest.param(
            Ref("C1", "1700000001.000200", "1700000000.000100"),
            "https://slack.com/archives/C1/p1700000001000200?thread_ts=1700000000.000100&cid=C1",
            id="reply",
        ),
    ],
)
async def test_a_message_has_an_address(ref: Ref, address: str) -> None:
    assert await SlackLinks().link(Place("slack", "T1", "C1"), ref.kept()) == address
