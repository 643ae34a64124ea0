"""What `papers doctor` finds of Discord, and what it says to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.discord import checking
from adapters.discord.checking import Checking
from adapters.discord.errors import BAD_TOKEN
from bot.domain.places import Place
from bot.ports.checking import Health
from tests.adapters.discord.scene import ALONE, GUILD, HERE, NEWS, POSTS, speaking
from tests.fakes.discord_shapes import APPLICATION

if TYPE_CHECKING:
    import pytest

    from tests.adapters.discord.scene import Scene

PAGE = "https://discord.com/oauth2/authorize"
WELL, NOTED, WRONG = Health.WELL, Health.NOTED, Health.WRONG


async def found(scene: Scene, *places: Place) -> list[tuple[str, Health, str]]:
    findings = Checking(scene.rest).findings(places)
    return [(each.name, each.health, each.words) async for each in findings]


async def test_where_all_is_well_the_invite_link_is_told(scene: Scene) -> None:
    assert await found(scene, HERE, NEWS, POSTS, ALONE) == [
        ("Discord", WELL, "takes the token; I am Papers"),
        ("gateway", WELL, "1 shard, 1,000 of 1,000 starts left today; no privileged intent is needed"),
        (
            "invite link",
            WELL,
            f"{PAGE}?client_id={APPLICATION}&scope=bot+applications.commands&permissions=309237730368",
        ),
        ("places", WELL, "4 of 4 have all permissions"),
    ]
    # Each server is asked for once, whatever the number of its places.
    assert len(scene.standin.said("GET", "^/guilds/[0-9]+$")) == 1


async def test_what_a_place_lacks_is_told_with_what_to_do(scene: Scene) -> None:
    deny = {"id": GUILD, "type": 0, "allow": "0", "deny": str(1 << 11)}
    scene.standin.channels[HERE.channel]["permission_overwrites"] = [deny]
    gone = Place("discord", GUILD, "404")
    *_, first, second, last = await found(scene, HERE, gone, NEWS)
    assert first == (
        str(HERE),
        WRONG,
        "I may not send messages in #c11: give me the permission Send Messages there.",
    )
    assert second == (str(gone), WRONG, "the channel is not there any more")
    assert last == ("places", WRONG, "1 of 3 have all permissions")


async def test_of_many_places_some_are_looked_at(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MOST_PLACES", 2)
    assert (await found(scene, HERE, NEWS, POSTS))[-1] == (
        "places",
        WELL,
        "2 of 2 have all permissions; 1 more place not looked at",
    )


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
        findings = [each async for each in Checking(rest).findings([HERE])]
    assert [(each.health, each.words) for each in findings] == [(WRONG, BAD_TOKEN)]
