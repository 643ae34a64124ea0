"""Who reacted to messages, and how often; super reactions are told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.discord.client.rest import Answered
from adapters.discord.errors import find_result
from adapters.discord.messenger.bodies import emoji_path, emoji_text
from bot.domain.places import Identity
from bot.ports.delivery import Reaction
from bot.ports.voting import Tallied, Tally

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
    answer = await rest.read(
        "/channels/{channel_id}/messages/{message}", channel_id=ref.channel, message=ref.message
    )
    if not isinstance(answer, Answered):
        return find_result(answer)
    found: list[Reaction] = []
    for emoji, sort, _ in sorts_on(answer.body):
        people = await people_who(rest, ref, emoji, sort)
        if not isinstance(people, set):
            return find_result(people)
        found.append(Reaction(emoji, frozenset(people), is_super=sort == BURST))
    return found


async def tallies_of(rest: Rest, refs: Sequence[Ref]) -> Tallied | FindResult:
    """Count the reactions on messages by one page of a channel: that which ends with the newest of them.

    What stands on no such page, or in another channel, is left out.
    """
    channel = refs[0].channel
    here = {ref.message: ref.kept() for ref in refs if ref.channel == channel}
    newest = max(map(int, here))
    page = await rest.read(
        "/channels/{channel_id}/messages", channel_id=channel, limit=PAGE, before=newest + 1
    )
    if not isinstance(page, Answered):
        return find_result(page)
    # A page that is not full goes back to the beginning; one that is, to its oldest message.
    oldest = min((int(message["id"]) for message in page.body), default=0) if len(page.body) >= PAGE else 0
    told = {str(message["id"]): tuple(tallies_on(message)) for message in page.body}
    gone = {kept for message, kept in here.items() if int(message) >= oldest and message not in told}
    if not page.body:
        # Nothing is shown as well where history may not be read.
        return Tallied()
    return Tallied({here[each]: told[each] for each in here if each in told}, frozenset(gone))


def tallies_on(message: Json) -> Iterator[Tally]:
    """Yield how often there is each reaction on a message, ours left out."""
    for emoji, sort, count in sorts_on(message):
        yield Tally(emoji, count, is_super=sort == BURST)


def sorts_on(message: Json) -> Iterator[tuple[str, int, int]]:
    """Yield each emoji on a message with each sort of it that others gave, and how many did."""
    for reaction in message.get("reactions") or ():
        counts = reaction.get("count_details") or {"normal": reaction["count"], "burst": 0}
        for sort, name, ours in ((NORMAL, "normal", "me"), (BURST, "burst", "me_burst")):
            if (count := counts.get(name, 0) - bool(reaction.get(ours))) > 0:
                yield emoji_text(reaction["emoji"]), sort, count


async def people_who(rest: Rest, ref: Ref, emoji: str, sort: int) -> set[Identity] | Fault:
    """Return all people who reacted with an emoji in one way, page after page; bots are left out."""
    people: set[Identity] = set()
    after = "0"
    while True:
        page = await rest.read(
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
