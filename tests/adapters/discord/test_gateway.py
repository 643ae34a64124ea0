"""The loop that listens: over a real socket, with the real discord.py."""

from __future__ import annotations

import asyncio
from datetime import time
from typing import TYPE_CHECKING

import pytest

from adapters.discord.client import connection, gateway
from adapters.discord.client.rest import use_api
from adapters.discord.client.shards import Shards, parse_shards
from adapters.discord.client.spare import Spare
from adapters.discord.events.servers import REMOVED, Servers
from bot.domain.places import Place, PlaceKind
from bot.domain.subscriptions import Standing, Subscription
from bot.errors import PapersError, StoreError
from bot.ports.delivery import Caps, Change
from tests.adapters.discord.scene import ALONE, GUILD, HERE, POSTS
from tests.adapters.discord.service import Service, a_service
from tests.adapters.scenes import SceneClock
from tests.fakes.clock import START
from tests.fakes.discord_shapes import guild_create

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_service() as it:
        yield it


async def answers_help(service: Service) -> bool:
    """Tell whether somebody who asks for help gets it."""
    asked = await service.command("help")
    return bool((await asked.answered()).seen)


# --- Connecting --------------------------------------------------------------------------


async def test_it_asks_for_the_least_and_compresses(service: Service) -> None:
    service.start()
    await service.connected()
    [said] = service.standin.gateway.identified
    assert said["intents"] == (1 << 0) | (1 << 10) | (1 << 13)
    assert said["shard"] == [0, 1]
    assert await answers_help(service)
    assert service.beats >= 1


async def test_the_gateways_address_comes_from_one_call(service: Service) -> None:
    service.start()
    await service.connected()
    paths = [call.path for call in service.standin.calls if call.method == "GET"]
    assert paths.count("/gateway/bot") == 1
    assert "/gateway" not in paths


async def test_the_commands_are_sent_after_the_login_and_not_again(service: Service) -> None:
    service.start()
    await service.until(lambda: service.standin.commands is not None)
    await service.stop()
    service.start()
    await service.connected(2)
    await service.until(lambda: len(service.standin.said("GET", "/gateway/bot")) == 2)
    assert len(service.standin.said("PUT")) == 1


async def test_shards_are_as_they_are_told() -> None:
    async with a_service(shards=Shards(1, 2, 4)) as service:
        service.start()
        await service.connected(2)
        assert [said["shard"] for said in service.standin.gateway.identified] == [[1, 4], [2, 4]]


@pytest.mark.parametrize(
    ("text", "shards"),
    [
        ("0-3/8", Shards(0, 3, 8)),
        ("2/8", Shards(2, 2, 8)),
        ("8/8", None),
        ("3-1/8", None),
        ("0-3", None),
        ("", None),
    ],
)
def test_shards_are_read(text: str, shards: Shards | None) -> None:
    assert parse_shards(text) == shards


# --- Disconnects -----------------------------------------------------------------------


async def test_a_broken_connection_is_resumed_and_nothing_is_missed(service: Service) -> None:
    service.start()
    await service.connected()
    service.standin.gateway.drop()
    asked = await service.command("help")
    await service.connected(2)
    assert service.standin.gateway.resumed == ["session1"]
    assert (await asked.answered()).seen


@pytest.mark.parametrize("code", [4000, 4008, 4009, 1001])
async def test_a_passing_close_code_is_survived(service: Service, code: int) -> None:
    service.start()
    await service.connected()
    await service.standin.gateway.close(code)
    await service.connected(2)
    assert await answers_help(service)


async def test_asked_to_reconnect_it_does(service: Service) -> None:
    service.start()
    await service.connected()
    await service.standin.gateway.ask_to_reconnect()
    await service.connected(2)
    assert service.standin.gateway.resumed == ["session1"]
    assert await answers_help(service)


async def test_an_invalid_session_is_begun_anew(service: Service) -> None:
    service.start()
    await service.connected()
    await service.standin.gateway.invalidate()
    await service.connected(2)
    assert len(service.standin.gateway.identified) == 2
    assert await answers_help(service)


async def test_an_event_that_makes_no_sense_takes_no_other_along(service: Service) -> None:
    service.start()
    await service.connected()
    for event in ("GUILD_CREATE", "CHANNEL_CREATE", "MESSAGE_REACTION_ADD", "INTERACTION_CREATE", "NEW"):
        await service.standin.gateway.push(event, {"what": "is this"})
    assert await answers_help(service)
    assert service.standin.gateway.connections == 1


# --- What nothing helps against -----------------------------------------------------------


async def why_it_ended(service: Service) -> str:
    """Return the sentence that the loop ends with."""
    service.start()
    assert service.running is not None
    async with asyncio.timeout(10):
        with pytest.raises(PapersError) as ended:
            await service.running
    return str(ended.value)


class Leases:
    """A store that knows whose turn it is, as long as it answers."""

    is_silent = False

    async def hold(self, *_asked: object) -> bool:
        if self.is_silent:
            raise StoreError("The store does not answer.")
        return True


@pytest.mark.parametrize("has_connected", [False, True])
async def test_where_the_store_does_not_say_whose_turn_it_is_it_ends_and_says_so(
    service: Service, *, has_connected: bool
) -> None:
    leases = Leases()
    service.gateway._turn = Spare(SceneClock(), leases).turn
    service.start()
    if has_connected:
        await service.connected()
        service.standin.gateway.drop()
    leases.is_silent = True
    assert service.running is not None
    async with asyncio.timeout(20):
        with pytest.raises(PapersError, match="does not answer"):
            await service.running
    assert service.standin.gateway.connections == has_connected


async def test_a_bad_token_is_one_sentence_without_the_token() -> None:
    async with a_service(token="MTIz.wrong.token") as service:
        sentence = await why_it_ended(service)
        assert sentence.startswith("DISCORD_TOKEN is no token that Discord takes")
        assert "wrong" not in sentence


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (4004, "DISCORD_TOKEN"),
        (4010, "--shards"),
        (4011, "--shards"),
        (4012, "newer papers-bot"),
        (4013, "newer papers-bot"),
        (4014, "intents"),
    ],
)
async def test_a_fatal_close_code_says_what_to_do(service: Service, code: int, word: str) -> None:
    service.start()
    await service.connected()
    assert service.running is not None
    await service.standin.gateway.close(code)
    async with asyncio.timeout(10):
        with pytest.raises(PapersError, match=word):
            await service.running


async def test_where_sharding_is_demanded_it_says_so(service: Service) -> None:
    service.standin.gateway.least_shards = 2
    assert "more shards" in await why_it_ended(service)


async def test_it_does_not_use_up_the_days_last_connections(service: Service) -> None:
    service.standin.gateway.starts_left = 0
    assert "again in 60 minutes" in await why_it_ended(service)
    assert service.standin.gateway.connections == 0


async def test_after_a_failure_the_next_run_connects_anew(service: Service) -> None:
    service.standin.gateway.least_shards = 2
    await why_it_ended(service)
    service.standin.gateway.least_shards = 1
    service.start()
    await service.connected(2)
    assert await answers_help(service)


async def test_any_other_end_is_told_to_the_supervisor(service: Service) -> None:
    service.standin.refuse(503, 0, "GET", "/gateway/bot")
    assert await why_it_ended(service) == f"{gateway.UNREACHABLE_NOW} I try again."


async def test_where_nobody_listens_it_is_a_sentence_too(service: Service) -> None:
    use_api("http://127.0.0.1:9/api/v10")
    assert await why_it_ended(service) == f"{gateway.UNREACHABLE_NOW} I try again."


# --- Servers and channels --------------------------------------------------------------------


async def test_what_the_gateway_tells_of_channels_need_not_be_asked(service: Service) -> None:
    service.start()
    await service.until(lambda: service.gateway.sight(HERE) is not None)
    sight, forum = service.gateway.sight(HERE), service.gateway.sight(POSTS)
    assert sight is not None
    assert forum is not None
    assert (sight.kind, sight.name) == (PlaceKind.CHANNEL, "c11")
    assert sight.permissions & 309237730368 == 309237730368
    assert forum.kind is PlaceKind.FORUM
    for unknown in (
        ALONE,
        Place("discord", "1", "11"),
        Place("discord", GUILD, "404"),
        Place("slack", "T1", "C1"),
    ):
        assert service.gateway.sight(unknown) is None


async def ready(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect, and wait until all servers were told: one that comes later was joined."""
    monkeypatch.setattr(connection, "ALL_TOLD_S", 0.05)
    service.start()
    await service.until(lambda: service.gateway._connection and service.gateway._connection.is_ready())


async def test_on_joining_a_word_goes_to_the_moderators_alone(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready(service, monkeypatch)
    service.standin.add_guild(str(7 << 22), public_updates_channel_id="71")
    service.standin.add_channel("71", str(7 << 22))
    service.standin.add_channel("72", str(7 << 22))
    whole = guild_create(
        service.standin.guilds[str(7 << 22)],
        [each for each in service.standin.channels.values() if each["guild_id"] == str(7 << 22)],
    )
    del whole["unavailable"]  # so discord.py tells a server that was joined from one that is there again
    await service.standin.gateway.push("GUILD_CREATE", whole)
    await service.until(lambda: service.store.tables.deliveries)
    places = [str(row.delivery.place) for row in service.store.tables.deliveries.values()]
    assert places == [f"discord:{7 << 22}/71"]


@pytest.mark.parametrize("more", [{}, {"public_updates_channel_id": "73"}])
async def test_where_moderators_cannot_be_told_nobody_is(
    service: Service, monkeypatch: pytest.MonkeyPatch, more: dict[str, str]
) -> None:
    await ready(service, monkeypatch)
    service.standin.add_guild(str(7 << 22), permissions=1 << 10, **more)
    service.standin.add_channel("73", str(7 << 22))
    whole = service.standin.gateway.guild_create(str(7 << 22))
    del whole["unavailable"]
    await service.standin.gateway.push("GUILD_CREATE", whole)
    assert await answers_help(service)
    assert not service.store.tables.deliveries


async def test_removed_from_a_server_its_subscriptions_pause_at_once(service: Service) -> None:
    elsewhere = Place("discord", "9", "91")
    for place in (HERE, elsewhere):
        wish = Subscription(f"sub-{place.channel}", place, (time(9),), "UTC", created_at=START)
        await service.delivery.change([Change(None, Standing(wish, START))], Caps(), None)
    service.start()
    await service.until(lambda: service.gateway.sight(HERE) is not None)
    await service.standin.gateway.push("GUILD_DELETE", {"id": GUILD, "unavailable": True})
    assert await answers_help(service)
    assert (await reasons(service, HERE)) == [""]
    await service.standin.gateway.push("GUILD_DELETE", {"id": GUILD})
    assert await answers_help(service)
    assert (await reasons(service, HERE)) == [REMOVED]
    assert (await reasons(service, elsewhere)) == [""]
    assert list(service.store.tables.left) == [HERE.server_key], "its data goes later"


async def test_a_server_that_is_joined_again_keeps_its_data(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = f"discord:{7 << 22}"
    await ready(service, monkeypatch)
    place = Place("discord", str(7 << 22), "71")
    wish = Subscription("sub", place, (time(9),), "UTC", paused_at=START, pause_reason=REMOVED)
    await service.delivery.change([Change(None, Standing(wish, START))], Caps(), None)
    await service.delivery.note_left(again, START)
    service.standin.add_guild(str(7 << 22), public_updates_channel_id="71")
    service.standin.add_channel("71", str(7 << 22))
    whole = service.standin.gateway.guild_create(str(7 << 22))
    del whole["unavailable"]
    await service.standin.gateway.push("GUILD_CREATE", whole)
    await service.until(lambda: service.store.tables.deliveries)
    assert again not in service.store.tables.left
    [told] = [row.delivery for row in service.store.tables.deliveries.values()]
    assert told.place == place
    assert "resume scope:server" in told.text, "moderators are told how to go on"


async def test_joined_again_on_the_same_day_it_says_how_to_go_on(service: Service) -> None:
    servers, place = Servers(service.delivery, service.clock), Place("discord", str(7 << 22), "71")
    for _ in range(2):
        await servers.joined(place.server_key, place)
    wish = Subscription("sub", place, (time(9),), "UTC", created_at=START)
    await service.delivery.change([Change(None, Standing(wish, START))], Caps(), None)
    await servers.left(place.server_key)
    await servers.joined(place.server_key, place)
    told = [row.delivery.text for row in service.store.tables.deliveries.values()]
    assert ["resume scope:server" in text for text in told] == [False, True]


async def test_what_happened_to_servers_while_nobody_listened_is_noticed(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Place("discord", str(6 << 22), "61")
    for place in (HERE, gone, Place("slack", "T1", "C1")):
        wish = Subscription(f"sub-{place.channel}", place, (time(9),), "UTC", created_at=START)
        await service.delivery.change([Change(None, Standing(wish, START))], Caps(), None)
    await service.delivery.note_left(HERE.server_key, START)
    await ready(service, monkeypatch)
    await service.until(lambda: gone.server_key in service.store.tables.left)
    assert list(service.store.tables.left) == [gone.server_key]
    assert (await reasons(service, gone)) == [REMOVED]
    assert (await reasons(service, HERE)) == [""]


def test_of_which_servers_a_shard_is_told() -> None:
    assert connection.shard_of(f"discord:{7 << 22}", 4) == 3
    assert connection.shard_of("discord:@me", 4) is None


async def reasons(service: Service, place: Place) -> list[str]:
    """Return why the subscriptions of a place are paused; empty for one that is not."""
    found = await service.delivery.subscriptions(place)
    return [one.subscription.pause_reason for one in found if isinstance(one, Standing)]


async def test_without_any_connection_for_long_it_begins_anew(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "BEAT_S", 0.01)
    monkeypatch.setattr(gateway, "LONGEST_SILENCE_S", -1.0)
    assert await why_it_ended(service) == gateway.UNREACHABLE


async def test_it_ends_though_the_library_lets_one_cancellation_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "BEAT_S", 0.01)
    passed = asyncio.Event()

    async def connect() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if passed.is_set():
                    raise
                passed.set()

    task = asyncio.create_task(connect())
    await asyncio.sleep(0)
    await asyncio.wait_for(gateway.ended(task), timeout=5)
    assert task.cancelled()
    assert passed.is_set()
