"""Discord as a place to post to.

Nothing is doubled: a message bears its delivery's key as a nonce, which Discord enforces for some minutes,
and as a mark that history shows for ever. What is done to a message that stands may be done again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.discord.client.rest import Answered
from adapters.discord.errors import Code, find_result, send_result
from adapters.discord.messenger.bodies import emoji_path, message_body
from adapters.discord.messenger.channels import Kinds
from adapters.discord.messenger.finding import Finding
from adapters.discord.messenger.permissions import Sight, report_of
from adapters.discord.messenger.posting import Posting, is_refused, made_by
from adapters.discord.messenger.reacting import reactions_to, tallies_of
from adapters.discord.messenger.refs import PLATFORM, read_ref
from adapters.discord.messenger.turns import BETWEEN_CALLS, RATES
from bot.domain.deliveries import Absent, DeliveryKind, Gone, Sent
from bot.domain.places import OWN_SERVER, Place, PlaceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.discord.client.rest import Answer, Rest
    from adapters.discord.messenger.channels import Channels
    from bot.domain.cards import Card
    from bot.domain.deliveries import Delivery, FindResult, MessageRef, Rates, SendResult
    from bot.domain.places import Identity
    from bot.ports import Clock
    from bot.ports.delivery import PlaceReport, Reaction
    from bot.ports.voting import Tallied


class DiscordMessenger:
    """Satisfies `bot.ports.delivery.Messenger` and `bot.ports.voting.ReactionReader`."""

    def __init__(self, rest: Rest, channels: Channels, clock: Clock, rates: Rates = RATES) -> None:
        self._rest = rest
        self._clock = clock
        self._rates = rates
        self._kinds = Kinds(rest, channels)
        self._posting = Posting(rest, self._kinds, clock)
        self._finding = Finding(rest, self._kinds, self._posting, clock)

    @property
    def platform(self) -> str:
        """The platform's word in places."""
        return PLATFORM

    @property
    def rates(self) -> Rates:
        """Discord's limits."""
        return self._rates

    async def send(self, delivery: Delivery, card: Card) -> SendResult:
        """Post a card, or put it in the place of the parent's."""
        if delivery.kind is DeliveryKind.EDIT:
            path = "/channels/{channel_id}/messages/{message}"
            return await self._on_parent(delivery, "PATCH", path, body=message_body(delivery, card))
        if self._is_doubtful(delivery):
            found = await self.find(delivery)
            if not isinstance(found, Absent):
                return found
            await self._clock.sleep(BETWEEN_CALLS)
        if delivery.kind is DeliveryKind.REPLY:
            return await self._posting.reply(delivery, card)
        if await self._kinds.known(delivery.place) is PlaceKind.FORUM:
            return await self._posting.begin_post(delivery, card)
        return await self._posting.post(delivery, card)

    def _is_doubtful(self, delivery: Delivery) -> bool:
        """Tell whether a try before the last may have come through, and Discord have forgotten the key.

        What is unknown has been looked up; but where that was done while the key was known, and the next
        try failed for certain, nobody has looked.
        """
        is_again = delivery.attempt > 1 and not delivery.is_unknown
        return is_again and self._finding.may_be_forgotten(delivery)

    async def publish(self, delivery: Delivery) -> SendResult:
        """Publish the parent's message to the channels that follow its announcement channel."""
        path = "/channels/{channel_id}/messages/{message}/crosspost"
        return await self._on_parent(delivery, "POST", path)

    async def react(self, delivery: Delivery) -> SendResult:
        """React to the parent's message with the emoji in the delivery's text."""
        path = "/channels/{channel_id}/messages/{message}/reactions/{emoji}/@me"
        return await self._on_parent(delivery, "PUT", path, emoji=emoji_path(delivery.text))

    async def _on_parent(
        self, delivery: Delivery, method: str, path: str, *, body: object = None, **named: str
    ) -> SendResult:
        """Do something to the parent's message; done already is as good as done."""
        assert delivery.parent_message is not None
        ref = read_ref(delivery.parent_message)
        answer: Answer = await self._posting.on_message(ref, method, path, body=body, **named)
        if isinstance(answer, Answered) or is_refused(answer, Code.ALREADY_PUBLISHED):
            return Sent(ref.kept())
        return send_result(answer, delivery.kind)

    async def reactions(self, _place: Place, message: MessageRef) -> Sequence[Reaction] | FindResult:
        """Return who reacted to a message; the reference says where it is."""
        return await reactions_to(self._rest, read_ref(message))

    async def tallies(self, _place: Place, messages: Sequence[MessageRef]) -> Tallied | FindResult:
        """Count the reactions on messages of one place, as far as one call tells them."""
        return await tallies_of(self._rest, [read_ref(message) for message in messages])

    async def find(self, delivery: Delivery) -> FindResult:
        """Look a message up by its key. Absent also where sending the key again cannot double it."""
        return await self._finding.find(delivery)

    async def describe(self, place: Place) -> PlaceReport | Gone:
        """Tell what the bot may do in a place."""
        if place.is_own:
            return report_of(Sight("", PlaceKind.DM, 0))
        sight = await self._kinds.sight(place)
        if isinstance(sight, Sight):
            return report_of(sight)
        result = find_result(sight)
        return result if isinstance(result, Gone) else Gone(f"I could not ask what I may do there: {sight}")

    async def direct(self, identity: Identity) -> Place | None:
        """Return the place where the bot speaks with one person alone; None where it cannot."""
        platform, _, user = identity.partition(":")
        if platform != PLATFORM:
            return None
        answer = await self._rest.aside("POST", "/users/@me/channels", body={"recipient_id": user})
        channel = made_by(answer)
        return Place(PLATFORM, OWN_SERVER, str(channel["id"])) if isinstance(channel, dict) else None
