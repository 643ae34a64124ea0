"""What people do: commands, buttons, and what they say to the bot, answered over the response URL.

Slack was told at once that it has arrived (`client.app`), so what is done here may take its time. Nothing is
remembered between two questions, so every button works after a restart.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from adapters.slack.client.web import Answered
from adapters.slack.commands import read_mention, read_text
from adapters.slack.errors import Refused
from adapters.slack.events.asks import Ask, command_ask, pressed_ask
from adapters.slack.events.modals import (
    TOPIC,
    ask_in,
    is_form,
    is_of_its_team,
    read_form,
    subscribe_view,
    with_found,
    zone_options,
)
from adapters.slack.events.shortcuts import meant, shortcut_ask
from adapters.slack.events.shown import GUEST, NOT_ADMIN, WHO, Shown, refused, shown
from adapters.slack.messenger.people import Person
from adapters.slack.messenger.refs import Ref, identity_of
from bot.commands.pressing import FAILED, HERE, OLD_BUTTON, TOO_SLOW
from bot.commands.spec import Invocation
from bot.commands.text import Typed
from bot.core import Reply
from bot.domain.answers import Refusal
from bot.domain.text import cut
from bot.domain.topics import TopicMistake, parse_topic
from bot.domain.vote_words import UNKNOWN_BALLOT
from bot.errors import StoreError
from bot.log import fault_words, logger
from bot.ports.voting import Press
from bot.views import card_of

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping
    from typing import Any

    from adapters.slack.assembled import TurnOf
    from adapters.slack.client.web import Web
    from adapters.slack.errors import Fault
    from adapters.slack.messenger.people import People
    from adapters.slack.render.acts import Vote
    from bot.commands.text import Mistake
    from bot.core import Core
    from bot.domain.answers import Done
    from bot.domain.places import Identity
    from bot.ports import Clock
    from bot.ports.installations import SeenEvents
    from bot.ports.voting import VoteListener

log = logger("slack")

LONGEST_WORK = timedelta(minutes=5)
"""After so long an answer is given up; a response URL lasts for half an hour."""

EVENT_KEPT = timedelta(hours=25)
"""How long an event is known again: Slack tries again for a day at most (Events API, Delayed Events)."""

SAID_TRIES = 3
A_TURN = timedelta(seconds=1)
"""An answer that meets a post in its channel is said again after what Slack tells, or after that."""

WRONG_CHARS = 150

MEMBERS, ADMINS = "members", "admins"
"""Who manages what is posted: every full member of a channel, or administrators of the workspace."""


class Interactions:
    """Answers what people ask; whatever is wrong with a question is logged, and no more."""

    def __init__(
        self,
        core: Core,
        people: People,
        web: Web,
        seen: SeenEvents,
        *,
        clock: Clock,
        votes: VoteListener,
        turn: TurnOf,
        managers: str = MEMBERS,
    ) -> None:
        self._core = core
        self._people = people
        self._web = web
        self._seen = seen
        self._clock = clock
        self._votes = votes
        self._turn = turn
        self._managers = managers

    async def command(self, body: Mapping[str, Any]) -> None:
        """Answer a slash command."""
        ask = command_ask(body)
        if ask.words.strip().lower() == "subscribe" and await self._has_form(ask):
            return
        await self._respond(ask, self._worked(self._answer(ask)))

    async def pressed(self, body: Mapping[str, Any]) -> None:
        """Answer a button or a menu: for whoever pressed it alone, unless it shows something to all."""
        if is_form(body):
            await self._count(body)
            return
        ask = pressed_ask(body)
        if not ask.response_url:
            await self._tell_alone(ask)
            return
        await self._respond(ask, self._worked(self._answer(ask)))

    async def submitted(self, body: Mapping[str, Any]) -> None:
        """Submit the paper of a message, as if it had been typed."""
        typed = meant(body, self._core.commands)
        ask = shortcut_ask(body)
        await self._respond(ask, self._worked(self._answer(ask, typed)))

    async def filled(self, body: Mapping[str, Any]) -> None:
        """Do what was filled into a form, once."""
        if not is_form(body):
            log.info("form of another time passed over")
            return
        ask = ask_in(body)
        if not is_of_its_team(body, ask) or not await self._is_first(f"slack form {body['view']['id']}"):
            return
        typed = read_form(self._core.commands["subscribe"], body["view"])
        await self._respond(ask, self._worked(self._answer(ask, typed)))

    def wrong(self, body: Mapping[str, Any]) -> dict[str, str]:
        """Return what is wrong with a form, at the field that can be mended."""
        if not is_form(body):
            return {}
        typed = read_form(self._core.commands["subscribe"], body["view"])
        if not isinstance(typed, Typed):
            return {TOPIC: cut(typed.sentence, WRONG_CHARS)}
        topic = parse_topic(str(typed.arguments.get(TOPIC, "")))
        return {TOPIC: cut(str(topic), WRONG_CHARS)} if isinstance(topic, TopicMistake) else {}

    def offers(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the zones that fit what somebody types."""
        return zone_options(body, self._clock.now())

    async def _has_form(self, ask: Ask) -> bool:
        """Open the form for somebody who may fill it in; False where it cannot be opened."""
        person = await self._people.person(ask.team, ask.user)
        if not ask.trigger or not isinstance(person, Person) or self._refusal(person, ask):
            return False
        view = subscribe_view(ask, person.zone, self._clock.now())
        answer = await self._web.call(ask.team, "views.open", trigger_id=ask.trigger, view=view)
        if not isinstance(answer, Answered):
            log.warning("form not opened", place=str(ask.place), why=str(answer))
        return isinstance(answer, Answered)

    async def _count(self, body: Mapping[str, Any]) -> None:
        """Say in a form what its topic would choose now."""
        ask, view = ask_in(body), body["view"]
        typed = read_form(self._core.commands["preview"], view)
        if isinstance(typed, Typed):
            invocation = Invocation("preview", ask.place, identity_of(ask.team, ask.user), typed.arguments)
            reply = await self._core.answer(invocation, private=True)
            found = card_of(reply.answer, self._clock.now()).gist
        else:
            found = typed.sentence
        told = await self._web.call(
            ask.team, "views.update", view_id=view["id"], hash=view.get("hash"), view=with_found(view, found)
        )
        if not isinstance(told, Answered):
            log.info("form not brought up to date", why=str(told))

    async def _tell_alone(self, ask: Ask) -> None:
        """Answer somebody alone who pressed a button where no channel is: on their own page."""
        opened = await self._web.call(ask.team, "conversations.open", users=ask.user)
        if not isinstance(opened, Answered):
            log.warning("answer not taken", team=ask.team, why=str(opened))
            return
        alone = replace(ask, channel=str(opened.body["channel"]["id"]), is_direct=True)
        answer = await self._worked(self._answer(alone))
        for body in answer.bodies():
            await self._say(alone, body, None, is_private=False)

    async def said(self, body: Mapping[str, Any]) -> None:
        """Answer what was said to the bot, by its name or alone with it: in the thread, once."""
        event = body["event"]
        team, channel, user = str(body["team_id"]), str(event["channel"]), str(event.get("user") or "")
        is_ours = bool(event.get("bot_id") or event.get("subtype"))
        if is_ours or not user or not await self.is_new(body):
            return
        ask = Ask(team, channel, user, str(event.get("text") or ""), is_direct=channel.startswith("D"))
        answer = await self._worked(self._answer(ask, read_mention(ask.words, self._core.commands)))
        thread = str(event.get("thread_ts") or event["ts"]) if not ask.is_direct else None
        for body_of_one in answer.bodies():
            await self._say(ask, body_of_one, thread, is_private=answer.is_private and not ask.is_direct)

    async def is_new(self, body: Mapping[str, Any]) -> bool:
        """Tell whether an event comes for the first time, over restarts and processes.

        Where the store cannot tell, it does: an answer that comes twice is better than none.
        """
        return await self._is_first(f"slack {body.get('event_id') or ''}")

    async def _is_first(self, event: str) -> bool:
        try:
            return await self._seen.first_seen(event, self._clock.now() + EVENT_KEPT)
        except StoreError as fault:
            log.warning("event not compared", why=str(fault))
            return True

    # --- What is answered -------------------------------------------------------------

    async def _answer(self, ask: Ask, typed: Typed | Mistake | None = None) -> Shown:
        """Return the answer to a question, checked once more for who may ask it."""
        if ask.is_pressed and not ask.words:
            return refused(OLD_BUTTON, self._clock.now())
        is_here = ask.is_pressed and ask.words.startswith(f"{HERE} ")
        words = ask.words.removeprefix(f"{HERE} ") if ask.is_pressed else ask.words
        typed = typed or read_text(words, self._core.commands)
        person = await self._people.person(ask.team, ask.user)
        home, zone = (person.home, person.zone) if isinstance(person, Person) else (ask.team, "")
        identity = identity_of(home, ask.user)
        if not isinstance(typed, Typed):
            return shown(await self._core.answer_typed(typed, ask.place, identity), None, self._clock.now())
        refusal = self._refusal(person, ask)
        if typed.command.managing and refusal:
            return refused(refusal, self._clock.now())
        if typed.command.word == "subscribe":
            # In a public channel no one need invite the bot; in a private one the answer says how.
            await self._web.call(ask.team, "conversations.join", channel=ask.channel)
        if ask.vote and (told := await self._voted(ask, ask.vote, identity)):
            return shown(Reply(told, private=True), None, self._clock.now())
        word, arguments = typed.command.word, typed.arguments
        invocation = Invocation(word, ask.place, identity, arguments, zone, manages=refusal is None)
        private = not is_here if ask.is_pressed else None
        reply = await self._core.answer(invocation, private=private)
        return shown(reply, typed, self._clock.now())

    async def _voted(self, ask: Ask, vote: Vote, identity: Identity) -> Done | Refusal | None:
        """Cast the vote of a button below a posted message, or take it back; None where that is no ballot.

        Then it is as if the vote had been typed.
        """
        message = Ref(ask.channel, ask.message).kept()
        # The only paper of a message may bear a number in its edition.
        for number in dict.fromkeys((vote.number or 0, 0)):
            told = await self._votes.pressed(Press(ask.place, message, number, identity))
            if told != Refusal(UNKNOWN_BALLOT):
                return told
        return None

    def _refusal(self, person: object, ask: Ask) -> Refusal | None:
        """Tell why somebody may not manage a place; None where they may."""
        if not isinstance(person, Person):
            return WHO
        if person.is_guest:
            return GUEST
        may_not = self._managers == ADMINS and not person.is_admin and not ask.is_direct
        return NOT_ADMIN if may_not else None

    async def _worked(self, work: Coroutine[object, object, Shown]) -> Shown:
        """Do the work; its failure is told to the asker in a sentence."""
        try:
            async with asyncio.timeout(LONGEST_WORK.total_seconds()):
                return await work
        except TimeoutError:
            return refused(TOO_SLOW, self._clock.now())
        except Exception as fault:  # noqa: BLE001 - whoever asked is told
            log.error("command failed by a fault of the bot", why=fault_words(fault))  # noqa: TRY400 - our own log
            return refused(FAILED, self._clock.now())

    # --- How it gets there ------------------------------------------------------------

    async def _respond(self, ask: Ask, work: Coroutine[object, object, Shown]) -> None:
        """Bring an answer over its response URL."""
        answer = await work
        for body in answer.bodies():
            told = await self._web.respond(ask.response_url, body)
            if not isinstance(told, Answered):
                log.warning("answer not taken", place=str(ask.place), why=str(told))
                return

    async def _say(self, ask: Ask, body: dict[str, Any], thread: str | None, *, is_private: bool) -> None:
        """Say an answer that has no response URL, in its turn with what is posted there.

        Where another process posts, it may meet a post, and comes a moment later.
        """
        for _ in range(SAID_TRIES):
            async with (None if is_private else self._turn(ask.place)) or nullcontext():
                told = await self._said(ask, body, thread, is_private=is_private)
            if isinstance(told, Answered):
                return
            log.warning("answer not taken", place=str(ask.place), why=str(told))
            if not isinstance(told, Refused) or told.status != HTTPStatus.TOO_MANY_REQUESTS:
                return
            await self._clock.sleep(told.retry_after or A_TURN)

    async def _said(
        self, ask: Ask, body: dict[str, Any], thread: str | None, *, is_private: bool
    ) -> Answered | Fault:
        """Make the call that says an answer."""
        return await self._web.call(
            ask.team,
            "chat.postEphemeral" if is_private else "chat.postMessage",
            channel=ask.channel,
            user=ask.user if is_private else None,
            thread_ts=thread,
            text=body["text"],
            blocks=body["blocks"],
            unfurl_links=None if is_private else False,
            unfurl_media=None if is_private else False,
        )
