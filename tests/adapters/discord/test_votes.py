"""Votes on Discord: reactions as the gateway tells them, buttons, and what is asked to compare them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from adapters.discord.events.votes import ref_in
from adapters.discord.links import DiscordLinks
from adapters.discord.render.acts import Vote, custom_id
from bot.domain.answers import HelpPage
from bot.domain.deliveries import Absent, DeliveryKind, Gone, MessageRef
from bot.domain.papers import PaperId
from bot.domain.places import Identity, Place
from bot.errors import StoreError
from bot.ports import EVERYBODY
from bot.ports.delivery import Reaction
from bot.ports.voting import Tallied, Tally
from bot.services.voting import Voting
from tests.adapters.discord.scene import ALONE, GUILD, HERE, POSTS, THERE, ref
from tests.adapters.discord.service import ASKER, Service, a_member, a_service
from tests.adapters.scenes import CARD
from tests.contract.making import paper_id
from tests.contract.voting import disliked, posted
from tests.fakes.discord_shapes import BOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.commands.desk import Desk
    from bot.commands.spec import Invocation
    from bot.domain.answers import Answer
    from tests.adapters.discord.scene import Scene

Json = Any

MESSAGE = "99"
POST = MessageRef(f"{HERE.channel}/{MESSAGE}")
DIGEST = MessageRef(f"{THERE.channel}/98")


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """A service with a posted paper and a posted digest."""
    async with a_service(waits=True) as it:
        await posted(it.delivery, POST, (1,), HERE, it.clock.now())
        await posted(it.delivery, DIGEST, (2, 3), THERE, it.clock.now())
        it.start()
        await it.connected()
        yield it


def given(user: str = ASKER, emoji: str = "👍", *, bot: bool = False, **more: Json) -> Json:
    """Describe a reaction on the posted paper as Discord does."""
    who = {"id": user, "username": "ana", "discriminator": "0", "avatar": None, "bot": bot}
    return {
        "user_id": user, "channel_id": HERE.channel, "message_id": MESSAGE, "guild_id": GUILD, "burst": False,
        "type": 0, "emoji": {"id": None, "name": emoji}, "member": {"user": who, "roles": []}, **more,
    }  # fmt: skip


async def counts(service: Service) -> dict[int, int]:
    board = await service.store.leaderboard(None, scope=EVERYBODY, limit=100)
    return {int(each.paper.id[-5:]): each.votes for each in board}


async def happened(service: Service, event: str, sent: Json) -> dict[int, int]:
    """Let something happen, and return the votes when it has been dealt with."""
    await service.standin.gateway.push(event, sent)
    await (await service.command("help")).answered()
    return await counts(service)


# --- Reactions ------------------------------------------------------------------------------


async def test_a_reaction_is_a_vote_until_it_is_taken_back(service: Service) -> None:
    assert await happened(service, "MESSAGE_REACTION_ADD", given()) == {1: 1}
    assert await happened(service, "MESSAGE_REACTION_ADD", given("43")) == {1: 2}
    taken = given()
    del taken["member"]  # which is not told then
    assert await happened(service, "MESSAGE_REACTION_REMOVE", taken) == {1: 1}


async def test_bots_never_vote(service: Service) -> None:
    assert await happened(service, "MESSAGE_REACTION_ADD", given(BOT, bot=True)) == {}


async def test_a_super_reaction_is_another_one_of_the_same_person(service: Service) -> None:
    await happened(service, "MESSAGE_REACTION_ADD", given())
    assert await happened(service, "MESSAGE_REACTION_ADD", given(burst=True, type=1)) == {1: 1}
    assert await happened(service, "MESSAGE_REACTION_REMOVE", given()) == {1: 1}
    assert await happened(service, "MESSAGE_REACTION_REMOVE", given(burst=True, type=1)) == {}


@pytest.mark.parametrize("event", ["MESSAGE_REACTION_REMOVE_ALL", "MESSAGE_REACTION_REMOVE_EMOJI"])
async def test_what_a_moderator_clears_is_taken_back(service: Service, event: str) -> None:
    await happened(service, "MESSAGE_REACTION_ADD", given())
    assert await happened(service, event, given()) == {}


async def test_a_thumb_down_is_kept_as_a_dislike_until_it_is_taken_back(service: Service) -> None:
    kinds: list[Json] = [{}, {}, {"burst": True, "type": 1}]
    for more in kinds:
        assert await happened(service, "MESSAGE_REACTION_ADD", given(emoji="👎", **more)) == {}
    await happened(service, "MESSAGE_REACTION_ADD", given("43", "👎🏽"))
    ana, ben = Identity(f"discord:{ASKER}"), Identity("discord:43")
    assert await disliked(service.store) == [(ana, 1), (ana, 1), (ben, 1)]
    taken = given(emoji="👎")
    del taken["member"]
    await happened(service, "MESSAGE_REACTION_REMOVE", taken)
    await happened(service, "MESSAGE_REACTION_REMOVE", given("43", "👎🏽"))
    assert await disliked(service.store) == [(ana, 1)]


async def test_a_thumb_down_of_a_bot_or_on_a_digest_is_nothing(service: Service) -> None:
    on_digest = {**given(emoji="👎"), "channel_id": THERE.channel, "message_id": "98"}
    for each in (given(BOT, "👎", bot=True), given("43", "👎", bot=True), on_digest):
        await happened(service, "MESSAGE_REACTION_ADD", each)
    assert await disliked(service.store) == []


@pytest.mark.parametrize("event", ["MESSAGE_REACTION_REMOVE_ALL", "MESSAGE_REACTION_REMOVE_EMOJI"])
async def test_a_dislike_that_a_moderator_clears_is_taken_back(service: Service, event: str) -> None:
    await happened(service, "MESSAGE_REACTION_ADD", given(emoji="👎"))
    await happened(service, "MESSAGE_REACTION_ADD", given("43", "👎", burst=True, type=1))
    assert len(await disliked(service.store)) == 2
    await happened(service, event, given(emoji="👎"))
    assert await disliked(service.store) == []


async def test_in_a_digest_the_number_says_which_paper(service: Service) -> None:
    on_it = {**given(emoji="2️⃣"), "channel_id": THERE.channel, "message_id": "98"}
    assert await happened(service, "MESSAGE_REACTION_ADD", on_it) == {3: 1}


async def test_in_a_conversation_with_the_bot_a_reaction_counts_and_its_own_does_not(
    service: Service,
) -> None:
    """What is told of a conversation names no server and describes nobody."""
    await posted(service.delivery, MessageRef(f"{ALONE.channel}/97"), (4,), ALONE, service.clock.now())
    alone = {"channel_id": ALONE.channel, "message_id": "97", "burst": False, "type": 0}
    own = {**alone, "user_id": BOT, "emoji": {"id": None, "name": "👍"}}
    assert await happened(service, "MESSAGE_REACTION_ADD", own) == {}
    assert await happened(service, "MESSAGE_REACTION_ADD", {**own, "user_id": ASKER}) == {4: 1}
    assert await happened(service, "MESSAGE_REACTION_REMOVE", {**own, "user_id": ASKER}) == {}


async def test_an_event_that_makes_no_sense_costs_no_other(service: Service) -> None:
    await happened(service, "MESSAGE_REACTION_ADD", {"channel_id": HERE.channel})
    assert await happened(service, "MESSAGE_REACTION_ADD", given()) == {1: 1}


async def test_a_store_that_fails_costs_no_other(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_self: Voting, _event: object) -> None:
        raise StoreError("Nothing can be written.")

    with monkeypatch.context() as patched:
        patched.setattr(Voting, "reacted", broken)
        assert await happened(service, "MESSAGE_REACTION_ADD", given()) == {}
    assert await happened(service, "MESSAGE_REACTION_ADD", given()) == {1: 1}


async def test_a_new_session_may_have_missed_something(service: Service) -> None:
    lost: list[str] = []

    async def session_lost(_self: Voting, platform: str) -> None:
        lost.append(platform)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Voting, "session_lost", session_lost)
        await service.standin.gateway.invalidate()
        await service.connected(2)
        await service.until(lambda: lost)
    assert lost == ["discord"]


@pytest.mark.parametrize("event", ["CHANNEL_DELETE", "THREAD_DELETE"])
async def test_a_place_that_goes_is_told(service: Service, event: str) -> None:
    gone: list[Place] = []

    async def place_gone(_self: Voting, place: Place) -> None:
        gone.append(place)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Voting, "place_gone", place_gone)
        sent = {
            "id": HERE.channel,
            "guild_id": GUILD,
            "type": 0,
            "parent_id": None,
            "name": "c",
            "position": 0,
        }
        await happened(service, event, sent)
    assert gone == [HERE]


# --- Buttons ----------------------------------------------------------------------------------


async def test_a_button_votes_and_takes_it_back(service: Service) -> None:
    button = custom_id(Vote(paper_id(1), 3, "key"))  # the third paper of its edition, alone in its message
    [seen] = (await (await service.press(button)).answered()).seen
    assert seen.is_private
    assert "Counted: 1 here" in str(seen.body)
    assert await counts(service) == {1: 1}
    [seen] = (await (await service.press(button)).answered()).seen
    assert "Taken back" in str(seen.body)
    assert await counts(service) == {}


async def test_a_button_below_what_is_no_ballot_is_the_command(service: Service) -> None:
    asked: list[str] = []

    async def handler(ask: Invocation, _desk: Desk) -> Answer:
        asked.append(ask.text("paper"))
        return HelpPage("Well", (("a", "b"),))

    service.answers("vote", handler)
    button = custom_id(Vote(PaperId("2604.00007"), 1, "key"))
    await (await service.press(button, asker=a_member(channel=THERE.channel))).answered()
    assert asked == ["2604.00007"]


# --- What is asked to compare -------------------------------------------------------------------


async def test_counts_of_a_channel_come_in_one_call(scene: Scene) -> None:
    first, second = await scene.posted(), None
    second = ref(await scene.messenger.send(scene.delivery(subject="second"), CARD)).kept()
    gone = ref(await scene.messenger.send(scene.delivery(subject="third"), CARD))
    scene.standin.delete_message(gone.channel, gone.message)
    elsewhere = await scene.posted(THERE)
    channel, message = first.split("/")[:2]
    for number in (1, 2):
        scene.standin.react_as(channel, message, "👍", {"id": str(number)})
    scene.standin.react_as(channel, message, "👍", {"id": "1"}, "burst")
    scene.standin.react_as(channel, message, "👍", {"id": BOT, "bot": True})
    scene.standin.calls.clear()
    told = await scene.messenger.tallies(HERE, [first, second, gone.kept(), elsewhere])
    assert told == Tallied(
        {first: (Tally("👍", 2), Tally("👍", 1, is_super=True)), second: ()}, frozenset({gone.kept()})
    )
    assert len(scene.standin.calls) == 1


async def test_where_nothing_is_shown_nothing_counts_as_gone(scene: Scene) -> None:
    message = await scene.posted()
    scene.standin.messages[HERE.channel].clear()
    assert await scene.messenger.tallies(HERE, [message]) == Tallied()


async def test_of_a_channel_that_is_gone_it_says_so(scene: Scene) -> None:
    message = await scene.posted()
    del scene.standin.channels[HERE.channel]
    assert isinstance(await scene.messenger.tallies(HERE, [message]), Gone)


async def test_people_are_told_by_their_sort_of_reaction(scene: Scene) -> None:
    message = await scene.posted()
    channel, number = message.split("/")[:2]
    scene.standin.react_as(channel, number, "👍", {"id": "1"})
    scene.standin.react_as(channel, number, "👍", {"id": "2"}, "burst")
    assert await scene.messenger.reactions(HERE, message) == [
        Reaction("👍", frozenset({Identity("discord:1")})),
        Reaction("👍", frozenset({Identity("discord:2")}), is_super=True),
    ]
    scene.standin.delete_message(channel, number)
    assert await scene.messenger.reactions(HERE, message) == Absent()


@pytest.mark.parametrize(("many", "pages"), [(99, 1), (152, 2), (200, 3)])
async def test_people_are_told_page_after_page(scene: Scene, many: int, pages: int) -> None:
    """Pages go by ids as numbers, and a full one may be the last; a bot on one hides nobody behind it."""
    message = await scene.posted()
    channel, number = message.split("/")[:2]
    people = {str(each) for each in range(50, 50 + many - 1)}
    for each in sorted(people):
        scene.standin.react_as(channel, number, "👍", {"id": each})
    scene.standin.react_as(channel, number, "👍", {"id": "7", "bot": True})
    scene.standin.calls.clear()
    everybody = frozenset(Identity(f"discord:{each}") for each in people)
    assert await scene.messenger.reactions(HERE, message) == [Reaction("👍", everybody)]
    assert len(scene.standin.calls) == 1 + pages


async def test_a_list_of_people_that_is_not_whole_is_none(scene: Scene) -> None:
    message = await scene.posted()
    channel, number = message.split("/")[:2]
    for emoji in ("👍", "🔥"):
        scene.standin.react_as(channel, number, emoji, {"id": "1"})
    scene.standin.refuse(403, 50001, "GET", "/reactions/(🔥|%F0%9F%94%A5)")
    assert isinstance(await scene.messenger.reactions(HERE, message), Gone)


async def test_a_message_has_one_reference_however_it_is_told(scene: Scene) -> None:
    for place, kind in ((HERE, DeliveryKind.POST), (POSTS, DeliveryKind.POST)):
        message = await scene.posted(place, kind)
        channel, number = message.split("/")[:2]
        assert ref_in(channel, number) == message


async def test_a_message_has_an_address() -> None:
    assert await DiscordLinks().link(HERE, POST) == f"https://discord.com/channels/{GUILD}/11/99"
    assert (
        await DiscordLinks().link(POSTS, MessageRef("7/7/7")) == f"https://discord.com/channels/{GUILD}/7/7"
    )
