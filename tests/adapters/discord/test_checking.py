"""What `papers doctor` finds of Discord, and what it says to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.discord.checking import Checking
from adapters.discord.client.rest import Rest
from adapters.discord.client.spare import Spare
from adapters.discord.errors import BAD_TOKEN
from bot.domain.places import Place
from bot.errors import StoreError
from bot.ports.checking import Health
from tests.adapters.discord.scene import ALONE, GUILD, HERE, NEWS, POSTS, speaking
from tests.fakes.discord_shapes import APPLICATION

if TYPE_CHECKING:
    import pytest

    from tests.adapters.discord.scene import Scene

PAGE = "https://discord.com/oauth2/authorize"
WELL, NOTED, WRONG = Health.WELL, Health.NOTED, Health.WRONG


async def found(scene: Scene) -> list[tuple[str, Health, str]]:
    return [(each.name, each.health, each.words) async for each in Checking(scene.rest).set_up()]


async def test_where_all_is_well_the_invite_link_is_told(scene: Scene) -> None:
    assert await found(scene) == [
        ("Discord", WELL, "takes the token; I am Papers"),
        ("gateway", WELL, "1 shard, 1,000 of 1,000 starts left today; no privileged intent is needed"),
        (
            "invite link",
            WELL,
            f"{PAGE}?client_id={APPLICATION}&scope=bot+applications.commands&permissions=309237730368",
        ),
    ]


async def test_where_nothing_is_lacking_nothing_is_said(scene: Scene) -> None:
    checking = Checking(scene.rest)
    assert [await checking.lacking(place) for place in (HERE, NEWS, POSTS, ALONE)] == [""] * 4
    # Each server is asked for once, whatever the number of its places.
    assert len(scene.standin.said("GET", "^/guilds/[0-9]+$")) == 1


async def test_what_a_place_lacks_is_told_with_what_to_do(scene: Scene) -> None:
    deny = {"id": GUILD, "type": 0, "allow": "0", "deny": str(1 << 11)}
    scene.standin.channels[HERE.channel]["permission_overwrites"] = [deny]
    gone = Place("discord", GUILD, "404")
    checking = Checking(scene.rest)
    assert [await checking.lacking(place) for place in (HERE, gone, NEWS)] == [
        "I may not send messages in #c11: give me the permission Send Messages there.",
        "the channel is not there any more",
        "",
    ]


async def test_a_bot_that_others_cannot_invite_is_noted(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = {"id": APPLICATION, "name": "Papers", "bot_public": False}
    monkeypatch.setattr("tests.fakes.discord_shapes.application", lambda: private)
    assert ("invite link", NOTED) in [(name, health) for name, health, _ in await found(scene)]


async def test_a_gateway_that_lets_nobody_in_any_more_is_wrong(scene: Scene) -> None:
    scene.standin.gateway.starts_left = 0
    assert (await found(scene))[1][1] is WRONG


async def test_without_a_good_token_there_is_nothing_more(scene: Scene) -> None:
    async with speaking(scene.standin, scene.clock, token="wrong") as rest:
        findings = [each async for each in Checking(rest).set_up()]
    assert [(each.health, each.words) for each in findings] == [(WRONG, BAD_TOKEN)]


class Silent:
    """A store that has stopped answering since the doctor read it."""

    async def hold(self, *_asked: object) -> bool:
        raise StoreError("no answer")


async def test_where_the_store_has_stopped_answering_that_is_said_and_discord_is_left_alone(
    scene: Scene,
) -> None:
    rest = Rest(scene.standin.token, Spare(scene.clock, Silent()))
    findings = [each async for each in Checking(rest).set_up()]
    assert [(each.health, each.words) for each in findings] == [
        (WRONG, "Discord was not asked: the store does not say whose turn it is")
    ]
    assert not scene.standin.calls
    await rest.close()
