"""Posting: messages, replies, the posts of forums, and threads that hang from a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.discord.client.rest import Answered
from adapters.discord.errors import Code, Refused, Unanswered, send_result
from adapters.discord.messenger.bodies import message_body, posted_once, replying, thread_name
from adapters.discord.messenger.refs import Ref, read_ref, ref_of
from adapters.discord.messenger.turns import BETWEEN_CALLS
from bot.domain.deliveries import DeliveryKind, Failed, Sent
from bot.domain.places import PlaceKind
from bot.log import logger

if TYPE_CHECKING:
    from adapters.discord.client.rest import Answer, Json, Rest
    from adapters.discord.errors import Fault
    from adapters.discord.messenger.channels import Kinds
    from bot.domain.cards import Card
    from bot.domain.deliveries import Delivery, SendResult
    from bot.domain.places import Place
    from bot.ports import Clock

log = logger("discord")

WITHOUT_THREAD = {Code.NO_PERMISSION, Code.TOO_MANY_THREADS, Code.WRONG_CHANNEL}
"""Where no thread can be had the papers come as replies to their heading."""


class Posting:
    """Makes the calls that post, one after the other in the turn of their delivery."""

    def __init__(self, rest: Rest, kinds: Kinds, clock: Clock) -> None:
        self._rest = rest
        self._kinds = kinds
        self._clock = clock

    async def post(self, delivery: Delivery, card: Card) -> SendResult:
        """Post into a channel; one that turns out to be a forum gets a post of its own."""
        channel = delivery.place.channel
        answer = await self._created(channel, posted_once(delivery, message_body(delivery, card)))
        if is_refused(answer, Code.FORUM_NEEDS_THREAD):
            await self._kinds.keep(delivery.place, PlaceKind.FORUM)
            await self._clock.sleep(BETWEEN_CALLS)
            return await self.begin_post(delivery, card)
        if not isinstance(answer, dict):
            return send_result(answer, delivery.kind)
        ref = ref_of({**answer, "channel_id": channel})
        if delivery.kind is DeliveryKind.THREAD and not ref.thread:
            await self._clock.sleep(BETWEEN_CALLS)
            return await self.start_thread(delivery.place, ref, thread_name(card))
        return Sent(ref.kept())

    async def reply(self, delivery: Delivery, card: Card) -> SendResult:
        """Post into the thread of the parent's message; where it has none, as a reply to it."""
        assert delivery.parent_message is not None
        parent = read_ref(delivery.parent_message)
        body = posted_once(delivery, message_body(delivery, card))
        if parent.thread:
            answer = await self._created(parent.thread, body)
        else:
            answer = await self._created(parent.channel, replying(body, parent.message))
            if is_refused(answer, Code.NO_HISTORY):
                await self._clock.sleep(BETWEEN_CALLS)
                answer = await self._created(parent.channel, body)
        if not isinstance(answer, dict):
            return send_result(answer, delivery.kind)
        return Sent(Ref(parent.replies_in, str(answer["id"])).kept())

    async def begin_post(self, delivery: Delivery, card: Card) -> SendResult:
        """Begin a post in a forum: a thread whose first message has the thread's own id."""
        body = {"name": thread_name(card), "message": message_body(delivery, card)}
        path = "/channels/{channel_id}/threads"
        thread = made_by(await self._rest.call("POST", path, channel_id=delivery.place.channel, body=body))
        if not isinstance(thread, dict):
            return send_result(thread, delivery.kind)
        return Sent(Ref(str(thread["id"]), str(thread["id"])).with_thread().kept())

    async def start_thread(self, place: Place, ref: Ref, name: str) -> SendResult:
        """Start the thread of a heading that stands. Where that is not certain, it is looked up."""
        if await self._kinds.known(place) in {PlaceKind.THREAD, PlaceKind.DM}:
            return Sent(ref.kept())
        answer = await self._rest.call(
            "POST",
            "/channels/{channel_id}/messages/{message}/threads",
            channel_id=ref.channel,
            message=ref.message,
            body={"name": name},
        )
        if isinstance(answer, Answered) or is_refused(answer, Code.THREAD_EXISTS):
            return Sent(ref.with_thread().kept())
        if is_refused(answer, Code.UNKNOWN_MESSAGE):
            return Sent(None)
        if is_refused(answer, *WITHOUT_THREAD):
            log.warning("no thread can be started", place=str(place), why=str(answer))
            return Sent(ref.kept())
        return Failed(f"its thread could not be started: {answer}", outcome_known=False)

    async def on_message(
        self, ref: Ref, method: str, path: str, *, body: object = None, **named: str
    ) -> Answer:
        """Do something to a message; `path` has it as `{channel_id}` and `{message}`."""
        named |= {"channel_id": ref.channel, "message": ref.message}
        return await self._opening(ref.channel, method, path, body=body, **named)

    async def _created(self, channel: str, body: Json) -> Json | Fault:
        """Create a message."""
        path = "/channels/{channel_id}/messages"
        return made_by(await self._opening(channel, "POST", path, channel_id=channel, body=body))

    async def _opening(
        self, channel: str, method: str, path: str, *, body: object = None, **named: str
    ) -> Answer:
        """Make a call; where the thread is archived open it, if that is allowed, and make it again."""
        answer = await self._rest.call(method, path, body=body, **named)
        if not is_refused(answer, Code.ARCHIVED):
            return answer
        await self._clock.sleep(BETWEEN_CALLS)
        open_it = {"archived": False}
        opened = await self._rest.call("PATCH", "/channels/{channel_id}", channel_id=channel, body=open_it)
        if not isinstance(opened, Answered):
            return answer
        await self._clock.sleep(BETWEEN_CALLS)
        return await self._rest.call(method, path, body=body, **named)


def is_refused(answer: object, *codes: Code) -> bool:
    """Tell whether Discord refused with one of the codes."""
    return isinstance(answer, Refused) and answer.code in codes


def made_by(answer: Answer) -> Json | Fault:
    """Return what a call has made; an answer that does not name it says nothing of the outcome."""
    if not isinstance(answer, Answered):
        return answer
    if isinstance(answer.body, dict) and "id" in answer.body:
        return answer.body
    return Unanswered("answered with something else")
