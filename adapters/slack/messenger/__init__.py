"""Slack as a place to post to.

Slack knows no key that would keep a message from being posted twice. So a delivery's key travels in the
message's metadata, and where an outcome is not known it is looked up there before anything is sent again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack.client.web import Answered
from adapters.slack.errors import Refused, Unanswered, find_result, send_result
from adapters.slack.messenger.emoji import name_of
from adapters.slack.messenger.finding import Finding
from adapters.slack.messenger.people import People
from adapters.slack.messenger.refs import (
    EVENT_TYPE,
    PLATFORM,
    Ref,
    identity_of,
    place_of,
    read_ref,
    user_in,
)
from adapters.slack.messenger.seeing import report_of
from adapters.slack.messenger.turns import RATES
from adapters.slack.render import render
from bot.domain.deliveries import DeliveryKind, Failed, Gone, Rejected, Sent
from bot.ports.delivery import Reaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.slack.client.web import Answer, Json, Web
    from bot.domain.cards import Card
    from bot.domain.deliveries import Delivery, FindResult, MessageRef, Rates, SendResult
    from bot.domain.places import Identity, Place
    from bot.ports import Clock
    from bot.ports.delivery import PlaceReport


class SlackMessenger:
    """Satisfies `bot.ports.delivery.Messenger`."""

    def __init__(self, web: Web, clock: Clock, rates: Rates = RATES) -> None:
        self._web = web
        self._rates = rates
        self._finding = Finding(web, clock)
        self.people = People(web, clock)

    @property
    def platform(self) -> str:
        """The platform's word in places."""
        return PLATFORM

    @property
    def rates(self) -> Rates:
        """Slack's limits."""
        return self._rates

    async def send(self, delivery: Delivery, card: Card) -> SendResult:
        """Post a card, or put it in the place of the parent's."""
        if delivery.kind is DeliveryKind.EDIT:
            return await self._edit(delivery, card)
        place = delivery.place
        answer = await self._web.call(place.server, "chat.postMessage", **message_body(delivery, card))
        if not isinstance(answer, Answered):
            return send_result(answer, delivery.kind)
        if not (ts := answer.body.get("ts")):
            return send_result(Unanswered("answered with something else"), delivery.kind)
        return Sent(Ref(place.channel, str(ts)).kept())

    async def _edit(self, delivery: Delivery, card: Card) -> SendResult:
        """Bring the parent's message up to date; its metadata stays as it was."""
        body: Json = render(card).body()
        return await self._on_parent(delivery, "chat.update", "ts", **body)

    async def publish(self, delivery: Delivery) -> SendResult:
        """Refuse: Slack has no channels that others follow."""
        del delivery
        return Rejected("Slack has no channels whose messages are published to others")

    async def react(self, delivery: Delivery) -> SendResult:
        """React to the parent's message with the emoji in the delivery's text."""
        name = name_of(delivery.text)
        if not name:
            return Rejected("Slack does not know this emoji: name it as :name:")
        return await self._on_parent(delivery, "reactions.add", "timestamp", name=name)

    async def _on_parent(self, delivery: Delivery, method: str, ts_name: str, **asked: object) -> SendResult:
        """Do something to the parent's message; done already is as good as done."""
        assert delivery.parent_message is not None
        ref = read_ref(delivery.parent_message)
        answer: Answer = await self._web.call(
            delivery.place.server, method, channel=ref.channel, **{ts_name: ref.ts}, **asked
        )
        is_done = isinstance(answer, Refused) and answer.error == "already_reacted"
        if isinstance(answer, Answered) or is_done:
            return Sent(ref.kept())
        return send_result(answer, delivery.kind)

    async def reactions(self, place: Place, message: MessageRef) -> Sequence[Reaction] | FindResult:
        """Return who reacted to a message, by emoji as Slack names it, skin tone included.

        A list that lacks somebody is none: votes of those would be taken for withdrawn.
        """
        ref = read_ref(message)
        answer = await self._web.call(
            place.server, "reactions.get", channel=ref.channel, timestamp=ref.ts, full=True
        )
        if not isinstance(answer, Answered):
            return find_result(answer)
        found: list[Reaction] = []
        for each in (answer.body.get("message") or {}).get("reactions") or ():
            users = each.get("users") or ()
            if len(users) < each.get("count", 0):
                return Failed("Slack has not told me everybody who reacted there")
            people = await self.people.people(place.server, users)
            if not isinstance(people, set):
                return find_result(people)
            identities = frozenset(identity_of(person.home, person.user) for person in people)
            found.append(Reaction(str(each["name"]), identities))
        return found

    async def tallies(self, _place: Place, _messages: Sequence[MessageRef]) -> None:
        """Count nothing: one call tells people and counts of one message alone."""

    async def find(self, delivery: Delivery) -> FindResult:
        """Look a message up by its key."""
        return await self._finding.find(delivery)

    async def describe(self, place: Place) -> PlaceReport | Gone:
        """Tell what the bot may do in a place."""
        answer = await self._web.call(place.server, "conversations.info", channel=place.channel)
        if isinstance(answer, Answered):
            return report_of(answer.body.get("channel") or {}, answer.scopes)
        result = find_result(answer)
        return result if isinstance(result, Gone) else Gone(f"I could not ask what I may do there: {answer}")

    async def direct(self, identity: Identity) -> Place | None:
        """Return the place where the bot speaks with one person alone; None where it cannot."""
        if (known := user_in(identity)) is None:
            return None
        team, user = known
        answer = await self._web.call(team, "conversations.open", users=user)
        if not isinstance(answer, Answered):
            return None
        return place_of(team, str(answer.body["channel"]["id"]))


def message_body(delivery: Delivery, card: Card) -> Json:
    """Return a message as it is posted: with its key, nothing unfolded, and no reply told to the channel."""
    body: Json = {
        **render(card).body(),
        "channel": delivery.place.channel,
        "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": delivery.key}},
        "unfurl_links": False,
        "unfurl_media": False,
    }
    if thread := thread_of(delivery):
        body |= {"thread_ts": thread, "reply_broadcast": False}
    return body


def thread_of(delivery: Delivery) -> str:
    """Return the message that a reply hangs from; empty where it is none."""
    if delivery.kind is not DeliveryKind.REPLY or delivery.parent_message is None:
        return ""
    return read_ref(delivery.parent_message).ts
