"""Commands, buttons and selects, from the gateway to the answer that people see."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.discord.client import gateway
from adapters.discord.render.acts import Choose, Do, Read, Vote, custom_id
from bot.domain.answers import Citation, HelpPage, PaperList, Ranked, Refusal, Section
from bot.domain.papers import Listed, Paper, PaperId
from bot.domain.places import Identity, Place, PlaceKind, PlaceProfile
from bot.errors import StoreError
from tests.adapters.discord.scene import ALONE, HERE, POSTS
from tests.adapters.discord.service import (
    ASKER,
    MANAGE_CHANNELS,
    Service,
    a_member,
    a_person,
    a_service,
)
from tests.contract.making import entry, feed
from tests.fakes.discord_standin import Mishap

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.commands.desk import Desk
    from bot.commands.spec import Invocation
    from bot.domain.answers import Answer
    from tests.fakes.discord_interactions import Interaction, Visible

Json = Any

MESSAGE, DEFERRED = 4, 5
CALLBACK = "/callback$"


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """A service whose sleeps pass only as the clock is moved: what is asked for is ready at once."""
    async with a_service(waits=True) as it:
        it.start()
        await it.connected()
        yield it


def said(seen: Visible) -> str:
    """Return all that a message says."""
    return str(seen.body)


async def only(asked: Interaction) -> Visible:
    """Return the one message that an answer is."""
    [seen] = (await asked.answered()).seen
    return seen


def buttons(seen: Visible) -> dict[str, str]:
    """Return the custom id of each button by its label."""
    components = [each for row in seen.body["components"] for each in row["components"]]
    return {each["label"]: each["custom_id"] for each in components if each["type"] == 2}


# --- Commands --------------------------------------------------------------------------------


async def test_a_list_is_answered_to_everyone_and_pings_nobody(service: Service) -> None:
    seen = await only(await service.command("today", count=3))
    assert not seen.is_private
    assert "Paper 1" in said(seen)
    assert seen.body["allowed_mentions"] == {"parse": []}
    assert service.standin.faults == []


@pytest.mark.parametrize("word", ["help", "status"])
async def test_what_is_for_the_asker_is_seen_by_the_asker_alone(service: Service, word: str) -> None:
    async def handler(_ask: Invocation, _desk: Desk) -> Answer:
        return HelpPage("Well", (("a", "b"),))

    service.answers(word, handler)
    assert (await only(await service.command(word))).is_private


async def test_a_mistake_is_told_to_the_asker_alone(service: Service) -> None:
    seen = await only(await service.command("on", date="yesteryear"))
    assert seen.is_private
    assert "yesteryear" in said(seen)


async def test_a_long_text_to_be_copied_comes_in_several_messages(service: Service) -> None:
    async def handler(_ask: Invocation, _desk: Desk) -> Answer:
        paper = Paper(PaperId("2604.00001"), "Long")
        return Citation(Listed(paper), "bibtex", "\n".join(f"line {number:04}" for number in range(300)))

    service.answers("cite", handler)
    asked = await service.command("cite", paper="2604.00001")
    await asked.until(lambda it: "line 0299" in str(it.seen))
    assert len(asked.seen) > 1
    assert not any(seen.is_private for seen in asked.seen)


async def test_in_a_conversation_it_works_too(service: Service) -> None:
    place: list[Place] = []

    async def handler(ask: Invocation, _desk: Desk) -> Answer:
        place.append(ask.place)
        assert ask.identity == Identity(f"discord:{ASKER}")
        return HelpPage("Well", (("a", "b"),))

    service.answers("subscriptions", handler)
    await only(await service.command("subscriptions", admin=True, asker=a_person(ALONE.channel)))
    assert place == [ALONE]


# --- Managing ----------------------------------------------------------------------------------


async def test_managing_is_checked_again(service: Service) -> None:
    asked: list[Invocation] = []

    async def handler(ask: Invocation, _desk: Desk) -> Answer:
        asked.append(ask)
        return HelpPage("Well", (("a", "b"),))

    service.answers("subscriptions", handler)
    seen = await only(await service.command("subscriptions", admin=True))
    assert seen.is_private
    assert "Manage Channels" in said(seen)
    assert "Nothing was changed" in said(seen)
    seen = await only(await service.press(custom_id(Do("subscriptions undo=abc"))))
    assert "Manage Channels" in said(seen)
    assert asked == []
    manager = a_member(MANAGE_CHANNELS)
    assert "Well" in said(await only(await service.command("subscriptions", admin=True, asker=manager)))
    administrator = a_member(1 << 3)
    assert "Well" in said(await only(await service.command("subscriptions", admin=True, asker=administrator)))
    assert len(asked) == 2


async def test_where_managers_alone_submit_papers_discord_says_who_is_one(service: Service) -> None:
    await service.delivery.keep_profile(PlaceProfile(HERE, settings={"submit": "managers"}))
    seen = await only(await service.command("submit", paper="2604.00001"))
    assert seen.is_private
    assert "Only those who manage this place" in said(seen)
    manager = a_member(MANAGE_CHANNELS)
    seen = await only(await service.command("submit", asker=manager, paper="2604.00001"))
    assert not seen.is_private
    assert "Submitted here" in said(seen)


async def test_a_note_pings_nobody_and_the_paper_can_be_voted_for_at_once(service: Service) -> None:
    note = "<@11> @everyone **read** [this](https://example.org)"
    seen = await only(await service.command("submit", paper="2604.00001", note=note))
    assert seen.body["allowed_mentions"] == {"parse": []}
    assert "<@11>" not in said(seen).replace("\\<@11>", "")
    assert "**read**" not in said(seen)
    assert ASKER not in said(seen)
    [vote] = [act for label, act in buttons(seen).items() if label.startswith("Vote")]
    assert "Your vote" in said(await only(await service.press(vote)))
    assert service.standin.faults == []


async def test_what_sort_of_place_is_managed_is_kept(service: Service) -> None:
    async def handler(_ask: Invocation, _desk: Desk) -> Answer:
        return HelpPage("Well", (("a", "b"),))

    service.answers("subscriptions", handler)
    manager = a_member(MANAGE_CHANNELS, POSTS.channel, 15)
    await only(await service.command("subscriptions", admin=True, asker=manager))
    assert service.channels.kinds == {POSTS: PlaceKind.FORUM}


async def subscribed(service: Service) -> list[Invocation]:
    """Note what is subscribed from now on."""
    asked: list[Invocation] = []

    async def handler(ask: Invocation, _desk: Desk) -> Answer:
        asked.append(ask)
        return HelpPage("Saved", (("a", "b"),))

    service.answers("subscribe", handler)
    return asked


async def test_without_a_zone_one_is_asked_for_before_anything_is_saved(service: Service) -> None:
    asked = await subscribed(service)
    manager = a_member(MANAGE_CHANNELS)
    given = {"at": "9am,17:30", "topic": 'agent | "tool use"', "count": 3}
    question = await only(await service.command("subscribe", admin=True, asker=manager, **given))
    assert question.is_private
    assert asked == []
    [select] = question.body["components"][0]["components"]
    assert select["options"][0]["value"] == "Europe/London"
    # Whatever the bot has forgotten meanwhile: the message says what the choice is for.
    content = question.body["content"]
    await only(await service.press(select["custom_id"], "Asia/Tokyo", content=content, asker=manager))
    [ask] = asked
    assert {**ask.arguments, "add": ""} == {**given, "tz": "Asia/Tokyo", "add": ""}


async def test_where_a_zone_is_known_or_named_none_is_asked_for(service: Service) -> None:
    asked = await subscribed(service)
    manager = a_member(MANAGE_CHANNELS)
    await only(await service.command("subscribe", admin=True, asker=manager, tz="Paris"))
    service.channels.zones.add(HERE)
    await only(await service.command("subscribe", admin=True, asker=manager, at="8:00"))
    assert len(asked) == 2


async def test_what_no_question_can_hold_is_saved_with_the_usual_zone(service: Service) -> None:
    asked = await subscribed(service)
    await only(
        await service.command("subscribe", admin=True, asker=a_member(MANAGE_CHANNELS), topic="a ``` b")
    )
    assert len(asked) == 1


# --- In time ------------------------------------------------------------------------------------


class Slowly:
    """A handler that answers when it is let."""

    def __init__(self, answer: Answer | Exception) -> None:
        self.answer = answer
        self.may_go = asyncio.Event()
        self.is_asked = asyncio.Event()

    async def __call__(self, _ask: Invocation, _desk: Desk) -> Answer:
        self.is_asked.set()
        await self.may_go.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


A_LIST = PaperList("Papers", (Section((Ranked(Listed(Paper(PaperId("2604.00001"), "Slow"))),)),))


async def late(service: Service, word: str, answer: Answer | Exception, **options: Json) -> Interaction:
    """Ask for something that is not ready in time, and return it once it was promised and then answered."""
    handler = Slowly(answer)
    service.answers(word, handler)
    asked = await service.command(word, **options)
    await handler.is_asked.wait()
    await service.clock.advance(timedelta(seconds=1.6))
    await asked.until(lambda it: it.first is not None)
    assert asked.first["type"] == DEFERRED
    assert asked.seen == []
    handler.may_go.set()
    return await asked.answered()


async def test_what_is_slow_is_promised_in_time_and_answered_once(service: Service) -> None:
    asked = await late(service, "today", A_LIST)
    [seen] = asked.seen
    assert not seen.is_private
    assert "Slow" in said(seen)
    assert asked.took_s < 3
    assert service.standin.faults == []


async def test_what_is_slow_and_private_is_promised_to_the_asker_alone(service: Service) -> None:
    asked = await late(service, "help", HelpPage("Slow", (("a", "b"),)))
    [seen] = asked.seen
    assert seen.is_private
    assert asked.first["data"]["flags"] == 1 << 6


async def test_a_slow_failure_is_seen_by_the_asker_alone_though_a_list_was_promised_to_all(
    service: Service,
) -> None:
    asked = await late(service, "today", Refusal("There is no such list."))
    [seen] = asked.seen
    assert asked.is_deleted
    assert seen.is_private
    assert "no such list" in said(seen)


@pytest.mark.parametrize("fault", [KeyError("a field"), ValueError("secret text")])
async def test_a_fault_of_ours_is_one_sentence(service: Service, fault: Exception) -> None:
    async def handler(_ask: Invocation, _desk: Desk) -> Answer:
        raise fault

    service.answers("today", handler)
    seen = await only(await service.command("today"))
    assert seen.is_private
    assert "Something broke in me" in said(seen)
    assert "secret" not in said(seen)


async def test_a_store_that_fails_is_told_in_its_own_words(service: Service) -> None:
    async def handler(_ask: Invocation, _desk: Desk) -> Answer:
        raise StoreError("The paper store does not answer.")

    service.answers("today", handler)
    assert "The paper store does not answer." in said(await only(await service.command("today")))


async def test_what_is_not_ready_when_it_ends_is_given_up_soon(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "GRACE_S", 0.01)
    handler = Slowly(A_LIST)
    service.answers("today", handler)
    asked = await service.command("today")
    await handler.is_asked.wait()
    await service.clock.advance(timedelta(seconds=1.6))
    await asked.until(lambda it: it.first is not None)
    await service.stop()
    assert asked.seen == []


@pytest.mark.parametrize(
    "mishap", [Mishap.REPLY_LOST, Mishap.DROPPED, Mishap.BROKEN, Mishap.BROKEN_AFTER, Mishap.BUSY]
)
async def test_a_lost_reply_to_the_first_answer_is_made_up_for(service: Service, mishap: Mishap) -> None:
    service.standin.plan(mishap, path=CALLBACK)
    seen = await only(await service.command("today", count=1))
    assert "Paper 1" in said(seen)
    assert service.standin.faults == []


async def test_an_answer_that_discord_refuses_is_a_sentence_instead(service: Service) -> None:
    service.standin.refuse(400, 50035, path=CALLBACK)
    asked = await service.command("today", count=1)
    await service.until(lambda: len(service.standin.said("POST", CALLBACK)) == 2)
    [_, second] = service.standin.said("POST", CALLBACK)
    assert "Something broke in me" in str(second.body)
    assert asked.first is None


@pytest.mark.parametrize("mishap", [Mishap.DROPPED, Mishap.BROKEN, Mishap.REPLY_LOST])
async def test_a_promised_answer_is_tried_until_it_is_there(service: Service, mishap: Mishap) -> None:
    service.standin.plan(mishap, "PATCH", "@original$")
    handler = Slowly(A_LIST)
    service.answers("today", handler)
    asked = await service.command("today")
    await handler.is_asked.wait()
    await service.clock.advance(timedelta(seconds=1.6))
    await asked.until(lambda it: it.first is not None)
    handler.may_go.set()
    await service.until(lambda: service.standin.said("PATCH"))
    await service.until(lambda: timedelta(seconds=0.5) in service.clock.sleeps)
    await service.clock.advance(timedelta(seconds=1))
    await service.until(lambda: len(service.standin.said("PATCH")) == 2)
    assert len(asked.seen) == 1


# --- Buttons and selects -----------------------------------------------------------------------------


async def test_a_button_does_what_its_words_say_for_whoever_pressed_it(service: Service) -> None:
    seen = await only(await service.press(custom_id(Do("today count=2"))))
    assert seen.is_private
    assert "Paper 2" in said(seen)
    assert "Paper 3" not in said(seen)


async def test_an_abstract_is_read_by_whoever_chose_it(service: Service) -> None:
    seen = await only(await service.press(custom_id(Read("somekey")), "2604.00007"))
    assert seen.is_private
    assert "Paper 7" in said(seen)


@pytest.mark.parametrize("name", ["p1:what:is:this", "foreign", custom_id(Do("nonsense"))])
async def test_a_button_that_is_not_known_is_a_sentence(service: Service, name: str) -> None:
    seen = await only(await service.press(name))
    assert seen.is_private
    assert "don't know" in said(seen)


@pytest.mark.parametrize(
    ("name", "values"),
    [(custom_id(Vote(PaperId("2604.00007"), 1, "k")), ()), (custom_id(Choose("k")), ("2604.00007",))],
)
async def test_a_vote_is_the_same_as_the_word(service: Service, name: str, values: tuple[str, ...]) -> None:
    asked: list[object] = []

    async def handler(ask: Invocation, _desk: Desk) -> Answer:
        asked.append(ask.text("paper"))
        return HelpPage("Counted", (("a", "b"),))

    service.commands["vote"] = replace(service.commands["show"], word="vote")
    service.answers("vote", handler)
    await only(await service.press(name, *values))
    assert asked == ["2604.00007"]


async def test_more_of_a_list_is_a_button(service: Service) -> None:
    seen = await only(await service.command("today", count=3))
    name = buttons(seen)["More papers"]
    more = await only(await service.press(name))
    assert "Paper 25" in said(more)
    assert "More papers" not in buttons(more)


async def test_help_tells_how_commands_are_typed_on_discord(service: Service) -> None:
    whole = said(await only(await service.command("help"))).replace("\\", "")
    assert "/papers today [count] [topic]" in whole
    assert "/papers-admin pause [id] [until] [scope]" in whole
    assert "[layout] [empty] [add] [id]" in whole, "nothing is cut while there is room"
    page = said(await only(await service.command("help", command="settings"))).replace("\\", "")
    assert "/papers-admin settings [emoji]" in page
    assert "For example: /papers-admin settings answers=private" in page
    assert "/papers submit" not in page, "one of the ways is called like a command"


async def test_more_like_a_number_of_a_list_is_like_the_same_paper(service: Service) -> None:
    async def handler(_ask: Invocation, _desk: Desk) -> Answer:
        return replace(A_LIST, about=PaperId("2604.00007"))

    service.answers("similar", handler)
    await service.delivery.keep_profile(PlaceProfile(HERE, settings={"answers": "private"}))
    seen = buttons(await only(await service.command("similar", paper="2", count=1)))
    assert seen["More papers"] == "p1:do:similar paper=2604.00007 count=25"
    assert seen["Show here"] == "p1:do:here similar paper=2604.00007 count=1"


async def test_lists_that_are_private_here_can_be_shown_to_everyone(service: Service) -> None:
    await service.delivery.keep_profile(PlaceProfile(HERE, settings={"answers": "private"}))
    seen = await only(await service.command("today", count=3))
    assert seen.is_private
    shown = await only(await service.press(buttons(seen)["Show here"]))
    assert not shown.is_private
    assert "Paper 3" in said(shown)
    assert "Show here" not in buttons(shown)


async def test_a_list_that_everyone_sees_has_no_such_button(service: Service) -> None:
    assert "Show here" not in buttons(await only(await service.command("today", count=3)))


async def test_showing_a_mistake_to_everyone_shows_it_to_the_asker(service: Service) -> None:
    seen = await only(await service.press(custom_id(Do("here on yesteryear"))))
    assert seen.is_private


async def test_whoever_presses_has_the_numbers_and_nobody_else(service: Service) -> None:
    await only(await service.press(custom_id(Do("today count=3"))))
    own = await service.store.remembered(HERE, Identity(f"discord:{ASKER}"), service.clock.now())
    assert own is not None
    assert own.own
    assert await service.store.remembered(HERE, Identity("discord:1"), service.clock.now()) is None


# --- While somebody types ------------------------------------------------------------------------------


async def test_papers_are_offered_by_their_titles(service: Service) -> None:
    offered = await service.type("show", "paper", "paper 12")
    assert offered == [{"name": "Paper 12", "value": "2604.00012"}]


async def test_before_anything_is_typed_the_last_list_is_offered_by_its_numbers(service: Service) -> None:
    newest = await service.type("show", "paper", "")
    assert newest[0] == {"name": "Paper 1", "value": "2604.00001"}
    assert len(newest) == 25
    await only(await service.command("today", count=2))
    own = await service.type("show", "paper", "")
    assert [choice["name"] for choice in own] == ["1 · Paper 1", "2 · Paper 2"]


async def test_zones_commands_and_subscriptions_are_offered(service: Service) -> None:
    zones = await service.type("subscribe", "tz", "par", admin=True)
    assert zones[0]["value"] == "Europe/Paris"
    commands = await service.type("help", "command", "se")
    assert commands[0]["value"] == "search"
    assert await service.type("unsubscribe", "id", "", admin=True) == []
    assert await service.type("search", "query", "x") == []


async def test_topics_are_offered_by_what_the_newest_papers_are_about(service: Service) -> None:
    about = entry(31, keywords=("robot learning", "agents"), organization="Some Lab")
    await service.store.write(feed(about, at=service.clock.now()))
    offered = await service.type("today", "topic", "-survey | rob")
    assert offered == [{"name": '-survey | "robot learning"', "value": '-survey | "robot learning"'}]
    everything = await service.type("today", "topic", "")
    assert [choice["value"] for choice in everything] == ['"robot learning"', "agents", 'org:"Some Lab"']


async def test_a_store_that_fails_offers_nothing_and_says_nothing(service: Service) -> None:
    await service.store.close()
    assert await service.type("show", "paper", "") == []


# --- Whatever comes ----------------------------------------------------------------------------------------


async def test_an_interaction_that_makes_no_sense_is_left_alone(service: Service) -> None:
    for raw in ({}, {"id": "1", "type": 2}, {"id": "1", "type": 99, "token": "t", "application_id": "1"}):
        await service.standin.gateway.push("INTERACTION_CREATE", raw)
    assert "Paper 1" in said(await only(await service.command("today", count=1)))


async def test_a_word_that_discord_still_shows_from_an_older_table_is_a_sentence(service: Service) -> None:
    seen = await only(await service.command("todya"))
    assert seen.is_private
    assert "today" in said(seen)


async def test_what_a_button_has_no_room_for_has_none(service: Service) -> None:
    async def handler(_ask: Invocation, _desk: Desk) -> Answer:
        return A_LIST

    service.answers("search", handler)
    await service.delivery.keep_profile(PlaceProfile(HERE, settings={"answers": "private"}))
    seen = await only(await service.command("search", query="x" * 120, count=1))
    assert {"More papers", "Show here"} & set(buttons(seen)) == set()
    seen = await only(await service.command("search", query="a count=3", count=1))
    assert {"More papers", "Show here"} & set(buttons(seen)) == set()
    seen = await only(await service.command("search", query="a b", count=1))
    assert {"More papers", "Show here"} <= set(buttons(seen))
