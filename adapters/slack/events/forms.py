"""The form that `subscribe` alone opens, while it is open and once it is filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack.client.web import Answered
from adapters.slack.events.modals import (
    TOPIC,
    ask_in,
    is_form,
    is_of_its_team,
    presets_of,
    read_form,
    subscribe_view,
    usual_presets,
    with_found,
    zone_options,
)
from adapters.slack.messenger.people import Person
from adapters.slack.messenger.refs import identity_of
from bot.commands.spec import Invocation
from bot.commands.text import Typed
from bot.domain.answers import SubscriptionList
from bot.domain.text import cut
from bot.domain.topics import TopicMistake, parse_topic
from bot.log import logger
from bot.views import card_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from adapters.slack.client.web import Web
    from adapters.slack.events.answering import Answering
    from adapters.slack.events.asks import Ask
    from adapters.slack.events.firsts import Firsts
    from adapters.slack.events.modals import Presets
    from adapters.slack.events.saying import Saying
    from adapters.slack.messenger.people import People
    from bot.core import Core
    from bot.ports import Clock

log = logger("slack")

WRONG_CHARS = 150
"""How much is said at a field of what is wrong with it."""


class Forms:
    """Opens forms, and does what is filled into them."""

    def __init__(
        self,
        core: Core,
        people: People,
        web: Web,
        clock: Clock,
        *,
        firsts: Firsts,
        answering: Answering,
        saying: Saying,
    ) -> None:
        self._core = core
        self._people = people
        self._web = web
        self._clock = clock
        self._firsts = firsts
        self._answering = answering
        self._saying = saying

    async def open(self, ask: Ask) -> bool:
        """Open the form for somebody who may fill it in; False where it cannot be opened."""
        person = await self._people.person(ask.team, ask.user)
        if not ask.trigger or not isinstance(person, Person) or self._answering.refusal(person, ask):
            return False
        presets = await self._presets(ask, person)
        if presets is None:
            return False
        view = subscribe_view(ask, presets, self._clock.now())
        answer = await self._web.call(ask.team, "views.open", trigger_id=ask.trigger, view=view)
        if not isinstance(answer, Answered):
            log.warning("form not opened", place=str(ask.place), why=str(answer))
        return isinstance(answer, Answered)

    async def _presets(self, ask: Ask, person: Person) -> Presets | None:
        """Return what the form begins with: what is posted there, so that it changes only what is filled in.

        None where it cannot show that: there are several subscriptions, or one of several times.
        """
        invocation = Invocation("subscriptions", ask.place, identity_of(person.home, ask.user))
        answer = (await self._core.answer(invocation, private=True)).answer
        if not isinstance(answer, SubscriptionList) or len(answer.states) > 1 or answer.broken:
            return None
        return presets_of(answer.states[0].subscription) if answer.states else usual_presets(person.zone)

    async def count(self, body: Mapping[str, Any]) -> None:
        """Say in a form what its topic would choose now."""
        ask, view = ask_in(body), body["view"]
        found = await self._found(ask, view)
        told = await self._web.call(
            ask.team, "views.update", view_id=view["id"], hash=view.get("hash"), view=with_found(view, found)
        )
        if not isinstance(told, Answered):
            log.info("form not brought up to date", why=str(told))

    async def _found(self, ask: Ask, view: Mapping[str, Any]) -> str:
        """Tell in a sentence what a form's topic would choose now, or what is wrong with it."""
        typed = read_form(self._core.commands["preview"], view)
        if not isinstance(typed, Typed):
            return typed.sentence
        invocation = Invocation("preview", ask.place, identity_of(ask.team, ask.user), typed.arguments)
        reply = await self._core.answer(invocation, private=True)
        return card_of(reply.answer, self._clock.now()).gist

    async def filled(self, body: Mapping[str, Any]) -> None:
        """Do what was filled into a form, once."""
        if not is_form(body):
            log.info("form of another time passed over")
            return
        ask = ask_in(body)
        if not is_of_its_team(body, ask) or not await self._firsts.is_first(f"form {body['view']['id']}"):
            return
        typed = read_form(self._core.commands["subscribe"], body["view"])
        answer = await self._answering.answer(ask, typed)
        if not await self._saying.respond(ask, answer):
            # A form may stand open for longer than the half an hour that its response URL lasts.
            await self._saying.say(ask, answer)

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
