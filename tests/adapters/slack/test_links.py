"""Addresses of messages on Slack."""

from __future__ import annotations

from adapters.slack.links import SlackLinks
from adapters.slack.messenger.refs import Ref
from bot.domain.places import Place


async def test_a_message_has_an_address() -> None:
    address = await SlackLinks().link(Place("slack", "T1", "C1"), Ref("C1", "1700000000.000100").kept())
    assert address == "https://slack.com/archives/C1/p1700000000000100"
