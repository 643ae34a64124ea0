"""What managers do so that servers vote together: `settings community=…`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain import community_words as words
from bot.domain.answers import Done, Refusal

if TYPE_CHECKING:
    from bot.commands.desk import Desk
    from bot.commands.spec import Invocation

NAME = "community"


async def change(ask: Invocation, desk: Desk) -> Done | Refusal:
    """Give a code, take one that was given elsewhere, or let the server vote alone."""
    communities, text = desk.office.communities, ask.text(NAME).strip().lower()
    if communities is None:
        return Refusal(words.ALL_TOGETHER)
    if ask.place.is_own:
        return Refusal(words.OWN_PLACE)
    if text == words.ASK:
        return Done(words.code_words(await communities.code(ask.place)))
    if text == words.LEAVE:
        return Done(words.LEFT) if await communities.leave(ask.place) else Refusal(words.NOT_JOINED)
    servers = await communities.join(ask.place, text)
    return Refusal(words.NO_CODE) if servers is None else Done(words.joined_words(len(servers)))


async def told(ask: Invocation, desk: Desk) -> dict[str, str]:
    """Return who votes together, as one of a place's ways; empty where all servers do."""
    communities = desk.office.communities
    if communities is None or ask.place.is_own:
        return {}
    return {NAME: words.community_words(len(await communities.servers_of(ask.place)))}
