"""The manifest asks for what is used, and for nothing else."""

from __future__ import annotations

from random import Random

from adapters.slack.assembled import Slack, Ways
from adapters.slack.commands.manifest import EVENTS, SCOPES, manifest
from adapters.slack.messenger.seeing import NEEDED
from bot.commands.table import COMMANDS
from tests.commands.house import House
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_installations import MemoryInstallations
from tests.fakes.slack_standin import SCOPES as GIVEN
from tests.fakes.slack_standin import Standin


def test_every_word_of_the_table_stands_in_the_hint() -> None:
    [slash] = manifest(COMMANDS)["features"]["slash_commands"]
    assert slash["command"] == "/papers"
    assert slash["usage_hint"].split(" | ") == list(COMMANDS)


def test_the_scopes_are_those_that_the_stand_in_gives_and_each_has_its_reason() -> None:
    assert set(SCOPES) == set(GIVEN.split(","))
    assert set(NEEDED) <= set(SCOPES)
    assert all(SCOPES.values())


async def test_all_that_is_listened_to_is_subscribed_to_and_nothing_else() -> None:
    house = House()
    assert isinstance(house.desk.delivery, MemoryDelivery)
    async with Standin(house.clock, Random(1)).serving() as standin:
        ways = Ways(standin.api_url, "xoxb-secret")
        installations = MemoryInstallations(house.store)
        slack = Slack(ways, house.desk.delivery, installations, house.clock, "x".__mul__)
        heard = slack.app(house.core, house.desk.office.voting).events
        await slack.close()
    assert {event.partition(".")[0] for event in EVENTS} == set(heard)
