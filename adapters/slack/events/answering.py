"""What is answered: a question becomes an Invocation, its Reply what is shown of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.slack.commands import read_text
from adapters.slack.events.shown import GUEST, NOT_ADMIN, WHO, Shown, refused, shown
from adapters.slack.messenger.people import Person
from adapters.slack.messenger.refs import Ref, identity_of
from bot.commands.pressing import FAILED, HERE, OLD_BUTTON, TOO_SLOW
from bot.commands.spec import Invocation
from bot.commands.text import Typed
from bot.core import Reply
from bot.domain.answers import Refusal
from bot.domain.vote_words import UNKNOWN_BALLOT
from bot.log import fault_words, logger
from bot.ports.voting import Press

if TYPE_CHECKING:
    from adapters.slack.client.web import Web
    from adapters.slack.errors import Fault
    from adapters.slack.events.asks import Ask
    from adapters.slack.messenger.people import People
    from adapters.slack.render.acts import Vote
    from bot.commands.text import Mistake
    from bot.core import Core
    from bot.domain.answers import Done
    from bot.domain.places import Identity
    from bot.ports import Clock
    from bot.ports.voting import VoteListener

log = logger("slack")

LONGEST_WORK = timedelta(minutes=5)
"""After so long an answer is given up; a response URL lasts for half an hour."""

MEMBERS, ADMINS = "members", "admins"
"""Who manages what is posted: every full member of a channel, or administrators of the workspace."""


class Answering:
    """Answers questions; whatever fails is told in a sentence."""

    def __init__(
        self,
        core: Core,
        people: People,
        web: Web,
        clock: Clock,
        *,
        votes: VoteListener,
        managers: str = MEMBERS,
    ) -> None:
        self._core = core
        self._people = people
        self._web = web
        self._clock = clock
        self._votes = votes
        self._managers = managers

    async def answer(self, ask: Ask, typed: Typed | Mistake | None = None) -> Shown:
        """Return the answer to a question; where `typed` is not given, its words are read."""
        try:
            async with asyncio.timeout(LONGEST_WORK.total_seconds()):
                return await self._answered(ask, typed)
        except TimeoutError:
            return refused(TOO_SLOW, self._clock.now())
        except Exception as fault:  # noqa: BLE001 - whoever asked is told
            log.error("command failed by a fault of the bot", why=fault_words(fault))  # noqa: TRY400 - our own log
            return refused(FAILED, self._clock.now())

    def refusal(self, person: Person | Fault, ask: Ask) -> Refusal | None:
        """Tell why somebody may not manage a place; None where they may."""
        if not isinstance(person, Person):
            return WHO
        if person.is_guest:
            return GUEST
        may_not = self._managers == ADMINS and not person.is_admin and not ask.is_direct
        return NOT_ADMIN if may_not else None

    async def _answered(self, ask: Ask, typed: Typed | Mistake | None) -> Shown:
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
        refusal = self.refusal(person, ask)
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
