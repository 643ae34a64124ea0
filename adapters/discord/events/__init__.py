"""What people do: commands, buttons and selects, answered from the interaction alone.

Nothing is remembered between two interactions, so every button works after a restart.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from adapters.discord.commands import read_options
from adapters.discord.errors import Code
from adapters.discord.events import asks
from adapters.discord.events.asks import ask_of, given_in
from adapters.discord.events.callbacks import CHOICES, DEFERRED, MESSAGE, Callbacks
from adapters.discord.events.shown import (
    FOR_THE_ASKER,
    NOT_HERE,
    ZONE,
    Shown,
    answered_zone,
    refused,
    shown,
    zone_question,
)
from adapters.discord.events.votes import ref_in
from adapters.discord.render.acts import Choose, Do, Read, Vote, act_of
from bot.commands.pressing import FAILED, HERE, OLD_BUTTON, TOO_SLOW
from bot.commands.spec import Invocation, Visibility
from bot.commands.text import Typed, parse_text, unknown_word
from bot.core import Reply
from bot.domain.answers import Refusal
from bot.domain.vote_words import UNKNOWN_BALLOT
from bot.errors import StoreError
from bot.log import fault_words, logger
from bot.ports.voting import Press

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from adapters.discord.client.rest import Json, Rest
    from adapters.discord.commands.suggesting import Choice, Suggesting
    from adapters.discord.events.asks import Ask
    from bot.commands.text import Mistake
    from bot.core import Core
    from bot.domain.answers import PaperPage
    from bot.domain.places import Place, PlaceKind
    from bot.ports import Clock
    from bot.ports.voting import VoteListener

log = logger("discord")

DIRECTLY = timedelta(seconds=1.5)
"""What is ready by then is the first answer itself; Discord waits three seconds for one."""

LONGEST_WORK = timedelta(minutes=5)
"""After so long an answer is given up; a token lasts for 15 minutes."""


class Places(Protocol):
    """What an adapter keeps and asks of places."""

    async def keep_kind(self, place: Place, kind: PlaceKind) -> None:
        """Keep what sort of place it is."""

    async def has_zone(self, place: Place) -> bool:
        """Tell whether a time zone is known of a place."""


class Interactions:
    """Answers interactions, each within three seconds and once, whatever the store is doing."""

    def __init__(
        self,
        core: Core,
        suggesting: Suggesting,
        places: Places,
        rest: Rest,
        clock: Clock,
        *,
        votes: VoteListener,
    ) -> None:
        self._core = core
        self._suggesting = suggesting
        self._places = places
        self._callbacks = Callbacks(rest, clock)
        self._clock = clock
        self._votes = votes

    async def answer(self, raw: Json) -> None:
        """Answer one interaction as Discord sent it; whatever is wrong with it is logged, and no more."""
        try:
            ask = ask_of(raw)
            match ask.type:
                case asks.COMMAND:
                    await self._command(ask)
                case asks.COMPONENT:
                    await self._pressed(ask)
                case asks.SUGGESTIONS:
                    await self._suggest(ask)
                case _:
                    log.warning("interaction of an unknown type", type=ask.type)
        except Exception as fault:  # noqa: BLE001 - the outermost of a task
            log.error("interaction left alone", why=fault_words(fault))  # noqa: TRY400 - our own log

    # --- What is asked --------------------------------------------------------------

    async def _command(self, ask: Ask) -> None:
        """Answer a command."""
        given = given_in(ask)
        command = self._core.commands.get(given.word)
        if command is None:
            typed: Typed | Mistake = unknown_word(given.word, self._core.commands)
        else:
            typed = read_options(command, given.options)
        is_private = command is None or command.visibility is Visibility.PRIVATE
        await self._bring(ask, self._shown(ask, typed), is_private=is_private)

    async def _pressed(self, ask: Ask) -> None:
        """Answer a button or a select: for whoever pressed it alone, unless it shows something to all."""
        act = act_of(str(ask.details.get("custom_id", "")))
        if isinstance(act, Vote):
            await self._bring(ask, self._voted(ask, act), is_private=True)
            return
        words = words_of(ask)
        is_public = words.startswith(f"{HERE} ")
        typed = parse_text(words.removeprefix(f"{HERE} "), self._core.commands) if words else None
        await self._bring(ask, self._shown(ask, typed, private=not is_public), is_private=not is_public)

    async def _voted(self, ask: Ask, vote: Vote) -> Shown:
        """Cast the vote of a button below a posted message, or take it back.

        A message that is no ballot (any more) has buttons as well, and so have lists: then it is as if the
        vote had been typed.
        """
        message = ref_in(ask.place.channel, str(ask.message.get("id", "")))
        # The only paper of a message may bear a number in its edition.
        for number in dict.fromkeys((vote.number or 0, 0)):
            told = await self._votes.pressed(Press(ask.place, message, number, ask.identity))
            if told != Refusal(UNKNOWN_BALLOT):
                return shown(Reply(told, private=True), None, self._clock.now())
        typed = parse_text(f"vote {vote.paper}", self._core.commands)
        return await self._shown(ask, typed, private=True)

    async def _suggest(self, ask: Ask) -> None:
        """Offer what an argument may be, as far as that is found in time."""
        focused = given_in(ask).focused
        found: list[Choice] = []
        work = self._suggesting.choices(
            str(focused.get("name", "")), str(focused.get("value", "")), ask.place, ask.identity
        )
        task = asyncio.create_task(work)
        try:
            if await self._is_done_soon(task):
                found = task.result()
        except StoreError as fault:
            log.warning("nothing can be suggested", why=str(fault))
        finally:
            task.cancel()
            await self._callbacks.first(ask, CHOICES, {"choices": found})

    # --- What is answered -------------------------------------------------------------

    async def _shown(self, ask: Ask, typed: Typed | Mistake | None, *, private: bool | None = None) -> Shown:
        """Return the answer to a command, checked once more for who may give it."""
        if typed is None:
            return refused(OLD_BUTTON, self._clock.now())
        if not isinstance(typed, Typed):
            reply = await self._core.answer_typed(typed, ask.place, ask.identity)
            return shown(reply, None, self._clock.now())
        if typed.command.managing and not ask.may_manage:
            return refused(NOT_HERE, self._clock.now())
        if question := await self._question(ask, typed):
            return question
        word, arguments = typed.command.word, typed.arguments
        invocation = Invocation(word, ask.place, ask.identity, arguments, manages=ask.may_manage)
        reply = await self._core.answer(invocation, private=private)
        return shown(reply, typed, self._clock.now())

    async def _question(self, ask: Ask, typed: Typed) -> Shown | None:
        """Note what sort of place is managed; ask for its zone before the first subscription is saved."""
        if not typed.command.managing:
            return None
        try:
            if ask.kind is not None:
                await self._places.keep_kind(ask.place, ask.kind)
            is_missing = typed.command.word == "subscribe" and "tz" not in typed.arguments
            if not is_missing or await self._places.has_zone(ask.place):
                return None
        except StoreError:
            return None  # the command itself will say so
        return zone_question(typed, self._core.commands, ask.language, self._clock.now())

    # --- How it gets there ------------------------------------------------------------

    async def _bring(self, ask: Ask, work: Coroutine[object, object, Shown], *, is_private: bool) -> None:
        """Answer at once where the work is done soon; else say that it will come, and bring it then."""
        task = asyncio.create_task(self._worked(work))
        try:
            if await self._is_done_soon(task):
                answer = task.result()
                stands = await self._directly(ask, answer)
            else:
                first: Json = {"flags": FOR_THE_ASKER} if is_private else {}
                late = await self._callbacks.first(ask, DEFERRED, first)
                answer = await task
                stands = late is None and await self._later(ask, answer, is_private=is_private)
            if stands and answer.ballot is not None and ask.may_be_voted_on:
                await self._open(ask, answer.ballot)
        finally:
            task.cancel()

    async def _open(self, ask: Ask, page: PaperPage) -> None:
        """Let all vote on an answer that stands, where Discord says which message it is."""
        if message := await self._callbacks.original(ask):
            await self._core.posted(ask.place, page, ref_in(ask.place.channel, str(message["id"])))

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

    async def _is_done_soon(self, task: asyncio.Task[object]) -> bool:
        """Tell whether a task ends in good time."""
        pause = asyncio.create_task(self._clock.sleep(DIRECTLY))
        try:
            await asyncio.wait({task, pause}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pause.cancel()
        return task.done()

    async def _directly(self, ask: Ask, answer: Shown) -> bool:
        """Give an answer as the first one; False where Discord did not take it."""
        first, *others = answer.bodies()
        if why := await self._callbacks.first(ask, MESSAGE, first, answer.file):
            if why.code != Code.UNKNOWN_INTERACTION:
                await self._callbacks.first(ask, MESSAGE, self._failed())
            return False
        for other in others:
            await self._callbacks.follow(ask, other)
        return True

    async def _later(self, ask: Ask, answer: Shown, *, is_private: bool) -> bool:
        """Give an answer that was promised; False where it does not stand in the promise's place.

        What was promised to all and is for one is sent anew.
        """
        first, *others = answer.bodies()
        stands = False
        if answer.is_private and not is_private:
            await self._callbacks.remove(ask)
            await self._callbacks.follow(ask, first, answer.file)
        elif not (stands := await self._callbacks.change(ask, unflagged(first), answer.file)):
            await self._callbacks.change(ask, unflagged(self._failed()))
        for other in others:
            await self._callbacks.follow(ask, other)
        return stands

    def _failed(self) -> Json:
        """Return the message that says that something broke."""
        return refused(FAILED, self._clock.now()).bodies()[0]


def unflagged(body: Json) -> Json:
    """Return a message as it may be put in the place of another: who sees that is settled."""
    return {**body, "flags": body["flags"] & ~FOR_THE_ASKER}


def words_of(ask: Ask) -> str:
    """Return the words that a press stands for; empty where it is of no kind that is known."""
    act = act_of(str(ask.details.get("custom_id", "")))
    chosen = next(iter(ask.details.get("values") or ()), "")
    match act:
        case Do(words):
            return answered_zone(str(ask.message.get("content", "")), chosen) if words == ZONE else words
        case Read():
            return f"show {chosen}"
        case Vote(paper):
            return f"vote {paper}"
        case Choose():
            return f"vote {chosen}"
        case None:
            return ""
