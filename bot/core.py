"""What whoever owns a platform calls: a command in, an answer out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.commands.spec import Invocation, Visibility
from bot.commands.text import UNCHANGED, Mistake, usage
from bot.domain.answers import PaperList, PaperPage, Refusal
from bot.errors import StoreError
from bot.log import logger
from bot.ports import RememberList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.commands.desk import Desk
    from bot.commands.spec import Command
    from bot.commands.text import Typed
    from bot.domain.answers import Answer
    from bot.domain.deliveries import MessageRef
    from bot.domain.places import Identity, Place

    Heard = Callable[[str, float], None]

log = logger("core")

UNREMEMBERED = "I could not write down this list, so its numbers mean nothing: name a paper by its id."


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command. `private`: it is for the asker alone."""

    answer: Answer
    private: bool

    @property
    def ballot(self) -> PaperPage | None:
        """The page on whose message all may vote once it stands (`Core.posted`): a submission's."""
        if self.private or not isinstance(self.answer, PaperPage) or self.answer.submission is None:
            return None
        return self.answer


def ignore(_command: str, _took_s: float) -> None:
    """Listen to nothing."""


class Core:
    """Answers commands. One instance serves all platforms."""

    def __init__(self, commands: Mapping[str, Command], desk: Desk, heard: Heard = ignore) -> None:
        """`heard` is told of each answer: the command's word, and the seconds that it took."""
        self.commands = commands
        self._desk = desk
        self._heard = heard

    async def answer_typed(
        self, typed: Typed | Mistake, place: Place, identity: Identity, *, manages: bool = False
    ) -> Reply:
        """Answer a command as a parser read it; a mistake is answered with what was wrong."""
        if isinstance(typed, Mistake):
            return Reply(Refusal(typed.sentence, typed.usage, wrong_usage=True), private=True)
        word, arguments = typed.command.word, typed.arguments
        return await self.answer(Invocation(word, place, identity, arguments, manages=manages))

    async def answer(self, ask: Invocation, *, private: bool | None = None) -> Reply:
        """Answer a command. What a person or the store can cause is a Refusal, told to the asker alone.

        `private` says, in the place's stead, whether a list is for the asker alone (None: the place says).
        """
        started = self._desk.clock.monotonic()
        command = self.commands[ask.command]
        try:
            answer = told(command, await command.handler(ask, self._desk))
            if private is None:
                private = await self._is_kept_private(ask, answer)
            reply = await self._remembered(ask, Reply(answer, private or is_private(command, answer)))
        except StoreError as error:
            reply = Reply(Refusal(str(error)), private=True)
        took_s = self._desk.clock.monotonic() - started
        self._heard(ask.command, took_s)
        log.debug(
            "command answered",
            command=ask.command,
            refused=isinstance(reply.answer, Refusal),
            ms=round(took_s * 1000),
        )
        return reply

    async def posted(self, place: Place, page: PaperPage, message: MessageRef) -> None:
        """Hear from an adapter that a reply's `ballot` stands as a message of a place, which all see there.

        Where that cannot be kept, only what is pressed below it counts.
        """
        from bot.commands.submitting import posted  # noqa: PLC0415 - slow to load

        try:
            await posted(self._desk, place, page, message)
        except StoreError as error:
            log.warning("card is no ballot", place=str(place), error=str(error))

    async def _is_kept_private(self, ask: Invocation, answer: Answer) -> bool:
        """Tell whether lists are for the asker alone here."""
        if not isinstance(answer, PaperList):
            return False
        if answer.is_private is not None:
            return answer.is_private
        profile = await self._desk.delivery.profile(ask.place)
        return profile is not None and profile.keeps_lists_private

    async def _remembered(self, ask: Invocation, reply: Reply) -> Reply:
        """Keep the numbers of a list, so that `show 2` means something; a list without them is one too."""
        answer = reply.answer
        if not isinstance(answer, PaperList) or not answer.papers:
            return reply
        papers = tuple(ranked.listed.paper.id for ranked in answer.papers)
        now = self._desk.clock.now()
        try:
            await self._desk.store.write(
                RememberList(ask.place, ask.identity, papers, now, not reply.private)
            )
        except StoreError as error:
            log.warning("list not remembered", command=ask.command, error=str(error))
            notes = (*answer.notes, UNREMEMBERED)
            return replace(reply, answer=replace(answer, notes=notes, is_remembered=False))
        return reply


def told(command: Command, answer: Answer) -> Answer:
    """Return an answer with what every refusal tells: how it is typed, and that nothing was changed."""
    if not isinstance(answer, Refusal):
        return answer
    sentence = f"{answer.sentence} {UNCHANGED}" if command.managing else answer.sentence
    return replace(answer, sentence=sentence, usage=usage(command) if answer.wrong_usage else answer.usage)


def is_private(command: Command, answer: Answer) -> bool:
    """Tell whether an answer is for the asker alone: that of a private command, and every refusal."""
    return command.visibility is Visibility.PRIVATE or isinstance(answer, Refusal)
