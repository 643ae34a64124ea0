"""The commands of a person for themselves: links between platforms, and what is stored of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain import person_words as words
from bot.domain.answers import Confirmation, DataFile, Done, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.commands.desk import Desk
    from bot.commands.spec import Handler, Invocation


async def link(ask: Invocation, desk: Desk) -> Done | Refusal:
    """Give a one-time code, or take one that was given elsewhere."""
    code = ask.text("code")
    if not code:
        return Done(words.code_words(await desk.office.people.code(ask.identity)))
    other = await desk.office.people.link(ask.identity, code)
    if other is None:
        return Refusal(words.NO_CODE)
    return Refusal(words.OWN_CODE) if other == ask.identity else Done(words.linked_words(other))


async def unlink(ask: Invocation, desk: Desk) -> Done:
    """Part from who one is elsewhere."""
    return Done(words.UNLINKED if await desk.office.people.unlink(ask.identity) else words.NOT_LINKED)


async def my_data(ask: Invocation, desk: Desk) -> DataFile:
    """Answer with all that is stored of the asker, as a file."""
    people = desk.office.people
    data = await people.about(ask.identity)
    return DataFile(words.data_words(data), words.DATA_NAME, people.text(data))


async def forget_me(ask: Invocation, desk: Desk) -> Confirmation | Done:
    """Delete all that is stored of the asker, once they have confirmed it."""
    people = desk.office.people
    if not ask.is_on("confirm"):
        stored = words.data_words(await people.about(ask.identity))
        return Confirmation(f"{words.REALLY} {stored}", "Delete it all", "forget-me confirm=yes")
    return Done(words.forgotten_words(await people.forget(ask.identity)))


HANDLERS: Mapping[str, Handler] = {
    "link": link,
    "unlink": unlink,
    "my-data": my_data,
    "forget-me": forget_me,
}
