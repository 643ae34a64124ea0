"""Calls of the API: the buckets that answers tell of, and nothing that waits behind anybody's back."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest

from adapters.discord.client.known import KnownChannels
from adapters.discord.client.rest import Answered, Rest, faults_in, read_answer
from adapters.discord.errors import Code, Refused, Unanswered
from adapters.discord.messenger.permissions import Sight
from bot.domain.places import PlaceKind, PlaceProfile
from tests.adapters.discord.scene import HERE, POSTS, Scene, furnished, speaking
from tests.fakes.discord_standin import Mishap, Standin
from tests.fakes.memory_delivery import MemoryDelivery
from tests.fakes.memory_store import MemoryStore
from tests.fakes.socket_time import run_with_sockets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from typing import Any

    from tests.fakes.virtual_time import VirtualClock

    Story = Callable[[Rest, Standin, VirtualClock], Coroutine[Any, Any, None]]

MESSAGES = "/channels/{channel_id}/messages"


def in_virtual_time(story: Story) -> None:
    """Run a story over real sockets in virtual time."""

    async def told(clock: VirtualClock) -> None:
        async with AsyncExitStack() as stack:
            standin = furnished(Standin(clock, Random(1), is_strict=False))
            await stack.enter_async_context(standin.serving())
            await story(await stack.enter_async_context(speaking(standin, clock)), standin, clock)

    run_with_sockets(told)


async def say(rest: Rest) -> object:
    return await rest.call("POST", MESSAGES, channel_id="11", body={"content": "hello"})


@pytest.mark.parametrize("per_s", [5.0, 3_600.0])
def test_an_answer_is_there_at_once_though_it_emptied_its_bucket(per_s: float) -> None:
    async def story(rest: Rest, standin: Standin, clock: VirtualClock) -> None:
        standin.buckets = (("POST", "/channels/{channel}/messages", 2, per_s),)
        began = clock.monotonic()
        for _ in range(2):
            assert isinstance(await say(rest), Answered)
        assert clock.monotonic() - began < 1

    in_virtual_time(story)


def test_an_empty_bucket_that_is_soon_full_is_waited_for() -> None:
    async def story(rest: Rest, standin: Standin, clock: VirtualClock) -> None:
        standin.buckets = (("POST", "/channels/{channel}/messages", 1, 5.0),)
        began = clock.monotonic()
        for _ in range(2):
            assert isinstance(await say(rest), Answered)
        assert 5 <= clock.monotonic() - began < 6
        assert standin.too_soon == 0

    in_virtual_time(story)


def test_one_that_stays_empty_for_long_lets_others_have_the_room() -> None:
    async def story(rest: Rest, standin: Standin, clock: VirtualClock) -> None:
        standin.buckets = (("POST", "/channels/{channel}/messages", 1, 600.0),)
        assert isinstance(await say(rest), Answered)
        began = clock.monotonic()
        refused = await say(rest)
        assert isinstance(refused, Refused)
        assert refused.status == 429
        assert clock.monotonic() - began < 11
        assert standin.too_soon == 0
        assert len(standin.said("POST")) == 1

    in_virtual_time(story)


def test_what_is_left_in_a_bucket_can_be_used_however_long_it_lasts() -> None:
    async def story(rest: Rest, standin: Standin, clock: VirtualClock) -> None:
        standin.buckets = (("POST", "/channels/{channel}/messages", 10, 3_600.0),)
        began = clock.monotonic()
        assert [type(await say(rest)) for _ in range(10)] == [Answered] * 10
        assert clock.monotonic() - began < 1

    in_virtual_time(story)


def test_calls_aside_come_one_a_second() -> None:
    async def story(rest: Rest, standin: Standin, clock: VirtualClock) -> None:
        answers = await asyncio.gather(
            *(rest.aside("GET", "/channels/{channel_id}", channel_id="11") for _ in range(4))
        )
        assert [type(answer) for answer in answers] == [Answered] * 4
        moments = [call.at for call in standin.calls]
        assert all(later - sooner >= 1 for sooner, later in pairwise(moments))

    in_virtual_time(story)


def test_a_call_aside_that_nobody_answers_is_given_up() -> None:
    async def story(rest: Rest, standin: Standin, clock: VirtualClock) -> None:
        standin.plan(Mishap.HANGS, "GET", "/channels/11$")
        answer = await rest.aside("GET", "/channels/{channel_id}", channel_id="11")
        assert answer == Unanswered("gave no answer in time")

    in_virtual_time(story)


def test_turns_of_its_own_come_one_a_second_unless_this_process_delivers() -> None:
    async def story(rest: Rest, _standin: Standin, clock: VirtualClock) -> None:
        taken: list[float] = []

        @asynccontextmanager
        async def shared() -> AsyncIterator[None]:
            taken.append(clock.monotonic())
            yield

        async def take_five() -> float:
            began = clock.monotonic()
            for _ in range(5):
                async with rest.turn():
                    pass
            return clock.monotonic() - began

        assert await take_five() >= 4
        rest.shared = shared
        assert await take_five() == 0
        assert len(taken) == 5

    in_virtual_time(story)


async def test_a_login_that_failed_is_tried_again(scene: Scene) -> None:
    scene.standin.plan(Mishap.BROKEN, "GET", "/users/@me$")
    assert isinstance(await scene.rest.me(), Refused)
    assert isinstance(await scene.rest.me(), dict)


async def test_many_calls_at_once_log_in_once(scene: Scene) -> None:
    await asyncio.gather(*(scene.rest.me() for _ in range(10)))
    assert len(scene.standin.said("GET", "/users/@me$")) == 1


async def test_where_nobody_listens_the_call_has_not_left(scene: Scene) -> None:
    standin = Standin(scene.clock, Random(1))
    async with AsyncExitStack() as serving, AsyncExitStack() as stack:
        await serving.enter_async_context(standin.serving())
        rest = await stack.enter_async_context(speaking(standin, scene.clock))
        await rest.me()
        await serving.aclose()
        answer = await rest.call("GET", "/channels/{channel_id}", channel_id="11")
    assert answer == Unanswered("cannot be reached", may_be_done=False)


async def test_what_stands_in_an_address_is_quoted_and_the_rest_is_its_query(scene: Scene) -> None:
    scene.standin.add_channel("a/b?c", None)
    answer = await scene.rest.call("GET", MESSAGES, channel_id="a/b?c", limit=1)
    assert answer == Answered([])


@pytest.mark.parametrize(
    ("status", "text", "expected"),
    [
        pytest.param(200, '{"id": "1"}', Answered({"id": "1"}), id="an object"),
        pytest.param(204, "", Answered(None), id="nothing"),
        pytest.param(200, "<html>", Unanswered("gave an answer that cannot be read"), id="no JSON"),
        pytest.param(
            404, '{"code": 10003, "message": "Unknown"}', Refused(404, 10003, "Unknown"), id="a code"
        ),
        pytest.param(502, "<html>", Refused(502, is_wide=True), id="not Discord's own"),
        pytest.param(400, '{"code": "odd"}', Refused(400), id="an odd code"),
        pytest.param(400, "[]", Refused(400, is_wide=True), id="an odd body"),
    ],
)
def test_answers_are_read(status: int, text: str, expected: object) -> None:
    assert read_answer(status, {}, text) == expected


@pytest.mark.parametrize(
    ("headers", "body", "seconds", "is_wide"),
    [
        ({"Retry-After": "7"}, '{"retry_after": 6.5, "global": false}', 6.5, False),
        ({"retry-after": "7"}, '{"global": false}', 7, False),
        ({"X-RateLimit-Global": "true"}, '{"retry_after": 1}', 1, True),
        ({}, '{"retry_after": 1, "global": true}', 1, True),
        ({"Retry-After": "30"}, "error code: 1015", 30, True),
        ({"Retry-After": "soon"}, "", None, True),
    ],
)
def test_it_is_read_for_how_long_and_for_whom(
    headers: dict[str, str], body: str, seconds: float | None, is_wide: bool
) -> None:
    refused = read_answer(429, headers, body)
    assert isinstance(refused, Refused)
    assert refused.retry_after == (None if seconds is None else timedelta(seconds=seconds))
    assert refused.is_wide is is_wide


def test_what_is_wrong_with_a_form_is_told_by_field() -> None:
    tree = {"embeds": {"0": {"title": {"_errors": [{"code": "LONG", "message": "Too long."}]}}}}
    assert faults_in(tree) == ["embeds.0.title: Too long."]
    assert faults_in({"_errors": [{"message": "Empty."}]}) == ["form: Empty."]


def test_every_code_stands_for_one_thing() -> None:
    assert len(set(Code)) == len(Code.__members__)


# --- What is known of channels ---------------------------------------------------------------


async def test_a_kind_is_kept_beside_the_ways_of_its_place() -> None:
    delivery = MemoryDelivery(MemoryStore())
    known = KnownChannels(delivery)
    assert await known.kind(POSTS) is None
    await delivery.keep_profile(PlaceProfile(POSTS, settings={"notify": "on"}))
    await known.keep_kind(POSTS, PlaceKind.FORUM)
    assert await known.kind(POSTS) is PlaceKind.FORUM
    profile = await delivery.profile(POSTS)
    assert profile is not None
    assert profile.settings == {"notify": "on"}


async def test_what_the_gateway_tells_goes_first() -> None:
    sight = Sight("c11", PlaceKind.ANNOUNCEMENT, 0)
    known = KnownChannels(MemoryDelivery(MemoryStore()), lambda place: sight if place == HERE else None)
    assert await known.kind(HERE) is PlaceKind.ANNOUNCEMENT
    assert known.sight(HERE) == sight
    assert known.sight(POSTS) is None


async def test_a_zone_is_known_by_the_place_or_by_its_subscriptions() -> None:
    delivery = MemoryDelivery(MemoryStore())
    known = KnownChannels(delivery)
    assert not await known.has_zone(HERE)
    await delivery.keep_profile(PlaceProfile(HERE, settings={"tz": "Europe/Paris"}))
    assert await known.has_zone(HERE)


def test_what_can_wait_is_read_in_the_turns_that_are_left() -> None:
    async def story(rest: Rest, standin: Standin, clock: VirtualClock) -> None:
        begun: list[float] = []

        @asynccontextmanager
        async def left_over() -> AsyncIterator[None]:
            await clock.sleep(timedelta(seconds=0.1))
            begun.append(clock.monotonic())
            yield

        async def read_ten() -> float:
            began = clock.monotonic()
            for _ in range(10):
                assert isinstance(await rest.read(MESSAGES, channel_id="11", limit=100), Answered)
            return clock.monotonic() - began

        standin.buckets = ()
        assert await read_ten() >= 9, "one a second where nobody tells what is left"
        rest.left_over = left_over
        assert await read_ten() < 3
        assert len(begun) == 10

    in_virtual_time(story)
