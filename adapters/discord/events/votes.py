"""Reactions, and channels that go, as the gateway tells them: passed on to whoever counts votes.

Deleted messages are not told to a bot that asks for the least (Gateway, Gateway Intents): they are found
gone when votes are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.discord.messenger.bodies import emoji_text
from adapters.discord.messenger.refs import PLATFORM, Ref
from bot.domain.places import OWN_SERVER, Identity, Place
from bot.errors import StoreError
from bot.log import fault_words, logger
from bot.ports.voting import ReactionEvent

if TYPE_CHECKING:
    from adapters.discord.client.rest import Json
    from bot.domain.deliveries import MessageRef
    from bot.ports.voting import VoteListener

log = logger("discord")


class Votes:
    """Passes on what happens, in the order in which it is told."""

    def __init__(self, listener: VoteListener) -> None:
        self._listener = listener
        self._me = ""

    async def told(self, event: str, sent: Json) -> None:
        """Pass one event on. What is lost by a fault is found when votes are compared."""
        try:
            await self._pass_on(event, sent)
        except StoreError as fault:
            log.warning("votes not counted", what=event, why=str(fault))
        except Exception as fault:  # noqa: BLE001 - the outermost of a task
            log.error("event makes no sense", what=event, why=fault_words(fault))  # noqa: TRY400 - our own log

    async def _pass_on(self, event: str, sent: Json) -> None:
        match event:
            case "MESSAGE_REACTION_ADD" if str(sent["user_id"]) != self._me:
                await self._listener.reacted(reaction_of(sent))
            case "MESSAGE_REACTION_REMOVE":
                await self._listener.unreacted(reaction_of(sent))
            case "MESSAGE_REACTION_REMOVE_ALL":
                await self._listener.cleared(place_of(sent, "channel_id"), message_in(sent))
            case "MESSAGE_REACTION_REMOVE_EMOJI":
                emoji = emoji_text(sent["emoji"])
                await self._listener.cleared_emoji(place_of(sent, "channel_id"), message_in(sent), emoji)
            case "CHANNEL_DELETE" | "THREAD_DELETE":
                await self._listener.place_gone(place_of(sent, "id"))
            case "READY":
                # Who reacts in a conversation is not described: there we know ourselves by our id alone.
                self._me = str(sent["user"]["id"])
                await self._listener.session_lost(PLATFORM)
            case _:
                log.debug("event is nothing to votes", what=event)


def place_of(sent: Json, channel: str) -> Place:
    """Return where something happened; `channel` is the field with its channel."""
    return Place(PLATFORM, str(sent.get("guild_id") or OWN_SERVER), str(sent[channel]))


def message_in(sent: Json) -> MessageRef:
    """Return which message was reacted to, as it was kept when it was posted."""
    return ref_in(str(sent["channel_id"]), str(sent["message_id"]))


def ref_in(channel: str, message: str) -> MessageRef:
    """Return a message by its ids; what a forum post begins with has its thread's, and is kept with it."""
    ref = Ref(channel, message)
    return (ref.with_thread() if channel == message else ref).kept()


def reaction_of(sent: Json) -> ReactionEvent:
    """Read who reacted to what. Who takes a reaction back need not be known not to be a bot."""
    user = (sent.get("member") or {}).get("user") or {}
    return ReactionEvent(
        place_of(sent, "channel_id"),
        message_in(sent),
        Identity(f"{PLATFORM}:{sent['user_id']}"),
        emoji_text(sent["emoji"]),
        is_super=bool(sent.get("burst")),
        is_bot=bool(user.get("bot")),
    )
