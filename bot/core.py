"""What whoever owns a platform calls: a command in, an answer out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands.spec import Invocation, Visibility
from bot.commands.text import Mistake
from bot.domain.answers import PaperList, Refusal
from bot.errors import StoreError
from bot.log import logger
from bot.ports import RememberList

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.commands.desk import Desk
    from bot.commands.spec import Command
    from bot.commands.text import Typed
    from bot.domain.answers import Answer
    from bot.domain.places import Identity, Place

log = logger("core")


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command. `private`: it is for the asker alone."""

    answer: Answer
    private: bool


class Core:
    """Answers commands. One instance serves all platforms."""

    def __init__(self, commands: Mapping[str, Command], desk: Desk) -> None:
        self.commands = commands
        self._desk = desk

    async def answer_typed(self, typed: Typed | Mistake, place: Place, identity: Identity) -> Reply:
        """Answer a command as a parser read it; a mistake is answered with what was wrong."""
        if isinstance(typed, Mistake):
            return Reply(Refusal(typed.sentence, typed.usage, wrong_usage=True), private=True)
        return await self.answer(Invocation(typed.command.word, place, identity, typed.arguments))

    async def answer(self, ask: Invocation) -> Reply:
        """Answer a command. What a person or the store can cause is a Refusal, told to the asker alone."""
        started = self._desk.clock.monotonic()
        command = self.commands[ask.command]
        try:
            answer = await command.handler(ask, self._desk)
            reply = Reply(answer, private=is_private(command, answer))
            await self._remember(ask, reply)
        except StoreError as error:
            reply = Reply(Refusal(str(error)), private=True)
        took_ms = round((self._desk.clock.monotonic() - started) * 1000)
        log.debug(
            "command answered", command=ask.command, refused=isinstance(reply.answer, Refusal), ms=took_ms
        )
        return reply

    async def _remember(self, ask: Invocation, reply: Reply) -> None:
        """Keep the numbers of a list, so that `show 2` means something."""
        if not isinstance(reply.answer, PaperList) or not reply.answer.papers:
            return
        papers = tuple(ranked.listed.paper.id for ranked in reply.answer.papers)
        now = self._desk.clock.now()
        await self._desk.store.write(RememberList(ask.place, ask.identity, papers, now, not reply.private))


def is_private(command: Command, answer: Answer) -> bool:
    """Tell whether an answer is for the asker alone: that of a private command, and every refusal."""
    return command.visibility is Visibility.PRIVATE or isinstance(answer, Refusal)
