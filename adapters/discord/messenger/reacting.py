"""Who reacted to a message: people, each once, whichever sort of reaction they gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.discord.client.rest import Answered
from adapters.discord.errors import find_result
from adapters.discord.messenger.bodies import emoji_path, emoji_text
from bot.domain.places import Identity
from bot.ports.delivery import Reaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.discord.client.rest import Json, Rest
    from adapters.discord.errors import Fault
    from adapters.discord.messenger.refs import Ref
    from bot.domain.deliveries import FindResult

PAGE = 100
"""People of a page, the most (Get Reactions)."""

NORMAL, BURST = 0, 1
"""The sorts of reactions, which are listed apart (Get Reactions, Reaction Types)."""


async def reactions_to(rest: Rest, ref: Ref) -> Sequence[Reaction] | FindResult:
    """Return who reacted to a message, by emoji."""
    message = await rest.fetched(
        "/channels/{channel_id}/messages/{message}", channel_id=ref.channel, message=ref.message
    )
    if not isinstance(message, dict):
        return find_result(message)
    found: list[Reaction] = []
    for emoji, sorts in emojis_of(message):
        people: set[Identity] = set()
        for sort in sorts:
            some = await people_who(rest, ref, emoji, sort)
            if not isinstance(some, set):
                return find_result(some)
            people |= some
        found.append(Reaction(emoji, frozenset(people)))
    return found


def emojis_of(message: Json) -> Iterator[tuple[str, list[int]]]:
    """Yield each emoji on a message, with the sorts of reactions that there are of it."""
    for reaction in message.get("reactions") or ():
        counts = reaction.get("count_details") or {"normal": reaction["count"], "burst": 0}
        sorts = [sort for sort, name in ((NORMAL, "normal"), (BURST, "burst")) if counts.get(name)]
        yield emoji_text(reaction["emoji"]), sorts


async def people_who(rest: Rest, ref: Ref, emoji: str, sort: int) -> set[Identity] | Fault:
    """Return all people who reacted with an emoji in one way, page after page; bots are left out."""
    people: set[Identity] = set()
    after = "0"
    while True:
        page = await rest.aside(
            "GET",
            "/channels/{channel_id}/messages/{message}/reactions/{emoji}",
            channel_id=ref.channel,
            message=ref.message,
            emoji=emoji_path(emoji),
            type=sort,
            limit=PAGE,
            after=after,
        )
        if not isinstance(page, Answered):
            return page
        people |= {Identity(f"discord:{user['id']}") for user in page.body if not user.get("bot")}
        if len(page.body) < PAGE:
            return people
        after = str(max(int(user["id"]) for user in page.body))
