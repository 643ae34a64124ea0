"""What the messenger tells of places and of messages, over real HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.discord.messenger.turns import RATES
from bot.domain.cards import Card, Prose
from bot.domain.deliveries import Absent, Gone
from bot.domain.places import Identity, Place
from bot.ports.delivery import Reaction
from tests.adapters.discord.scene import GUILD, HERE, Scene, ref

if TYPE_CHECKING:
    from bot.domain.deliveries import MessageRef

NOTE = Card((Prose("Nothing today."),), "Nothing today.")


# --- Who reacted -----------------------------------------------------------------------


async def test_people_are_told_once_by_sort_and_bots_never(scene: Scene) -> None:
    message = await scene.posted()
    where = ("11", message.split("/")[1])
    for number in range(1, 206):
        scene.standin.react_as(*where, "👍", {"id": str(number)})
    scene.standin.react_as(*where, "👍", {"id": "7"}, "burst")
    scene.standin.react_as(*where, "👍", {"id": "500"}, "burst")
    scene.standin.react_as(*where, "👍", {"id": "900", "bot": True})
    scene.standin.react_as(*where, "vote:123", {"id": "3"})
    thumbs, supers, own = await reactions(scene, message)
    assert thumbs.identities == {Identity(f"discord:{number}") for number in range(1, 206)}
    assert supers.identities == {Identity("discord:7"), Identity("discord:500")}
    assert supers.is_super
    assert own == Reaction("<:vote:123>", frozenset({Identity("discord:3")}))


async def reactions(scene: Scene, message: MessageRef) -> list[Reaction]:
    found = await scene.messenger.reactions(HERE, message)
    assert isinstance(found, list)
    return found


async def test_of_a_deleted_message_nobody_knows_who_reacted(scene: Scene) -> None:
    message = await scene.posted()
    scene.standin.messages["11"].clear()
    assert await scene.messenger.reactions(HERE, message) == Absent()


# --- Places -----------------------------------------------------------------------------


async def test_a_conversation_is_opened_with_one_person(scene: Scene) -> None:
    place = await scene.messenger.direct(Identity("discord:42"))
    assert place is not None
    assert (place.platform, place.server) == ("discord", "@me")
    assert await scene.messenger.direct(Identity("slack:T1/U1")) is None
    ref(await scene.messenger.send(scene.delivery(place), NOTE))


async def test_a_conversation_that_cannot_be_opened_is_none(scene: Scene) -> None:
    scene.standin.refuse(403, 50007, path="/users/@me/channels")
    assert await scene.messenger.direct(Identity("discord:42")) is None


async def test_it_says_what_it_may_do(scene: Scene) -> None:
    report = await scene.messenger.describe(HERE)
    assert not isinstance(report, Gone)
    assert report.can == ("post", "embed", "react")
    assert report.lacks == ()


async def test_it_says_what_it_may_not_do_and_what_to_do(scene: Scene) -> None:
    deny = {"id": GUILD, "type": 0, "allow": "0", "deny": str((1 << 11) | (1 << 6))}
    scene.standin.channels["11"]["permission_overwrites"] = [deny]
    report = await scene.messenger.describe(HERE)
    assert not isinstance(report, Gone)
    assert report.can == ()
    assert report.lacks == (
        "I may not send messages in #c11: give me the permission Send Messages there.",
        "I may not react in #c11: give me the permission Add Reactions there.",
    )


async def test_what_it_may_not_do_at_all_is_one_sentence(scene: Scene) -> None:
    scene.standin.add_guild(GUILD, permissions=1 << 10)
    report = await scene.messenger.describe(HERE)
    assert not isinstance(report, Gone)
    [told] = report.lacks
    assert told == (
        "I may not send messages in #c11, and more: give me the permissions Send Messages, "
        "Send Messages in Threads, Embed Links, Read Message History, Add Reactions and "
        "Create Public Threads there."
    )


async def test_a_thread_has_the_permissions_of_its_channel(scene: Scene) -> None:
    scene.standin.add_thread("21", HERE.channel, "Papers")
    scene.standin.channels["11"]["permission_overwrites"] = [
        {"id": GUILD, "type": 0, "allow": "0", "deny": str(1 << 38)}
    ]
    report = await scene.messenger.describe(Place("discord", GUILD, "21"))
    assert not isinstance(report, Gone)
    assert len(report.lacks) == 1
    assert "Send Messages in Threads" in report.lacks[0]


async def test_of_a_place_that_is_gone_it_says_so(scene: Scene) -> None:
    assert isinstance(await scene.messenger.describe(Place("discord", GUILD, "404")), Gone)
    assert isinstance(await scene.messenger.describe(Place("discord", "1", "11")), Gone)


def test_a_slot_is_left_for_what_is_no_delivery() -> None:
    assert RATES.platform is not None
    assert RATES.platform.calls == 49
