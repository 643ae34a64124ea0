"""What Discord refuses, and what the network does, as the core's own values.

The one place that knows error codes. Meanings: Opcodes and Status Codes, and Rate Limits, in Discord's
developer documentation.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from http import HTTPStatus

import aiohttp
import discord

from bot.domain.deliveries import (
    ON_MESSAGES,
    Absent,
    DeliveryKind,
    Failed,
    FindResult,
    Gone,
    Reach,
    Rejected,
    SendResult,
    Sent,
    Throttled,
)
from bot.domain.text import cut


class Code(IntEnum):
    """The error codes that are told apart."""

    UNKNOWN_CHANNEL = 10003
    UNKNOWN_GUILD = 10004
    UNKNOWN_MESSAGE = 10008
    UNKNOWN_EMOJI = 10014
    UNKNOWN_WEBHOOK = 10015
    UNKNOWN_INTERACTION = 10062
    SLOWMODE = 20016
    EDITED_TOO_OFTEN = 20022
    CHANNEL_WRITES = 20028
    REACTIONS_FULL = 30010
    COMMANDS_CREATED = 30034
    OLD_EDITS = 30046
    UNAUTHORIZED = 40001
    TOO_LARGE = 40005
    ALREADY_PUBLISHED = 40033
    FORUM_NEEDS_THREAD = 40058
    ALREADY_ACKNOWLEDGED = 40060
    RESOURCE_LIMITED = 40062
    TAG_MISSING = 40067
    NO_ACCESS = 50001
    NOT_OURS = 50005
    EMPTY = 50006
    DM_CLOSED = 50007
    NO_PERMISSION = 50013
    WRONG_CHANNEL = 50024
    BAD_TOKEN = 50027
    BAD_FORM = 50035
    ARCHIVED = 50083
    DM_REFUSED = 50278
    BLOCKED = 90001
    OVERLOADED = 130000
    NO_HISTORY = 160002
    THREAD_EXISTS = 160004
    LOCKED = 160005
    TOO_MANY_THREADS = 160006
    AUTOMOD = 200000
    LINK_FILTER = 240000


PORTAL = "https://discord.com/developers/applications"

BAD_TOKEN = f"DISCORD_TOKEN is no token that Discord takes: copy it again at {PORTAL} (Bot, Reset Token)."


@dataclass(frozen=True, slots=True)
class Refused:
    """Discord answered, and not with what was asked for."""

    status: int
    code: int = 0
    """0: Discord named none, or it was not Discord that answered."""
    text: str = ""
    retry_after: timedelta | None = None
    is_wide: bool = False
    """It is about all that this bot, or this address, asks: a global limit, or no answer of Discord's own."""

    def __str__(self) -> str:
        return f"Discord answered {self.status}" + (f", code {self.code}" if self.code else "")


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer came, or none that can be read. `may_be_done`: the request had left."""

    why: str
    may_be_done: bool = True

    def __str__(self) -> str:
        return f"Discord {self.why}"


Fault = Refused | Unanswered


class Stopped(Exception):  # noqa: N818 - it is no error: it carries an answer past a library that would wait
    """Carries a refusal out of discord.py before that waits and asks again by itself."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(str(refused))
        self.refused = refused


# --- What was raised --------------------------------------------------------------


NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
UNREAD = (aiohttp.ClientError, OSError, asyncio.TimeoutError, ValueError)
"""ValueError: the answer is no JSON, though it says so."""


def fault_of(raised: Exception) -> Fault:
    """Return what an exception of discord.py or aiohttp stands for.

    Raises:
        Exception: the exception itself, where it is a bug.
    """
    match raised:
        case Stopped():
            return raised.refused
        case discord.RateLimited():
            return Refused(HTTPStatus.TOO_MANY_REQUESTS, retry_after=timedelta(seconds=raised.retry_after))
        case discord.LoginFailure():
            return Refused(HTTPStatus.UNAUTHORIZED, Code.UNAUTHORIZED)
        case discord.HTTPException():
            is_ours = raised.response.headers.get("Content-Type") == "application/json"
            return Refused(raised.status, raised.code, raised.text, is_wide=not is_ours)
        case _ if isinstance(raised, NEVER_LEFT):
            return Unanswered("cannot be reached", may_be_done=False)
        case _ if isinstance(raised, UNREAD):
            return Unanswered(f"gave no answer ({type(raised).__name__})")
        case _:
            raise raised


# --- What follows for a message ---------------------------------------------------


USUAL_WAIT = timedelta(seconds=5)
"""How long to wait where we are told to and not for how long."""

BAN_WAIT = timedelta(minutes=10)
"""After 10,000 invalid requests in 10 minutes Discord lets an address in no more; a bad token counts too."""

REASON_CHARS = 200

GONE = {
    Code.UNKNOWN_CHANNEL: "the channel is not there any more",
    Code.UNKNOWN_GUILD: "the server is not there any more, or I was removed from it",
    Code.NO_ACCESS: "I cannot see the channel: give me the permission View Channel there",
    Code.NO_PERMISSION: (
        "I may not post there: give me Send Messages, Send Messages in Threads and Embed Links"
    ),
    Code.DM_CLOSED: "direct messages to this person are closed",
    Code.DM_REFUSED: "direct messages to this person are closed",
    Code.TAG_MISSING: (
        "the forum wants a tag on every post: turn off “Require people to select tags when posting” there"
    ),
    Code.ARCHIVED: "the thread is archived, and I may not open it again",
    Code.LOCKED: "the thread is locked",
}
"""The place takes nothing until somebody changes that."""

ITS_OWN = {
    DeliveryKind.REPLY: {Code.UNKNOWN_CHANNEL, Code.ARCHIVED, Code.LOCKED},
    DeliveryKind.EDIT: {Code.NO_PERMISSION, Code.ARCHIVED, Code.LOCKED},
    DeliveryKind.REACT: {Code.NO_PERMISSION, Code.ARCHIVED, Code.LOCKED},
    DeliveryKind.PUBLISH: {Code.NO_PERMISSION, Code.ARCHIVED, Code.LOCKED},
}
"""What is about the message or its thread alone, by kind: the place still takes posts."""

REJECTED = {
    Code.UNKNOWN_EMOJI: "Discord does not know this emoji here",
    Code.EDITED_TOO_OFTEN: "a published message may not be edited so often",
    Code.OLD_EDITS: "messages older than an hour may not be edited so often",
    Code.REACTIONS_FULL: "the message has 20 different reactions already",
    Code.BLOCKED: "the author of the message has blocked me",
    Code.TOO_LARGE: "Discord finds the message too large",
    Code.FORUM_NEEDS_THREAD: "a forum takes posts alone",
    Code.NOT_OURS: "the message is not mine to edit",
    Code.WRONG_CHANNEL: "that cannot be done in this kind of channel",
    Code.AUTOMOD: "the server's AutoMod does not let it through",
    Code.LINK_FILTER: "Discord's link filter does not let it through",
}
"""The message will never be taken."""

DELETED = {Code.UNKNOWN_MESSAGE, Code.UNKNOWN_CHANNEL}
"""Where something was to be done to a message: it is gone, with the thread that it began or alone."""


def send_result(fault: Fault, kind: DeliveryKind) -> SendResult:
    """Return what a fault means for a delivery of a kind."""
    if isinstance(fault, Unanswered):
        return Failed(str(fault), outcome_known=not fault.may_be_done)
    # On purpose 10008 is the answer to a nonce whose message was deleted meanwhile (discord-api-docs #6647).
    if fault.code == Code.UNKNOWN_MESSAGE or (kind in ON_MESSAGES and fault.code in DELETED):
        return Sent(None)
    if why := known(REJECTED, fault):
        return Rejected(why)
    if why := known(GONE, fault):
        return Rejected(why) if fault.code in ITS_OWN.get(kind, ()) else Gone(why)
    return by_status(fault)


def by_status(fault: Refused) -> SendResult:
    """Return what a refusal means whose code says nothing of its own."""
    if is_wait(fault):
        return Throttled(fault.retry_after or USUAL_WAIT, Reach.PLATFORM if fault.is_wide else Reach.CALL)
    if shuts_out(fault):
        return Throttled(fault.retry_after or BAN_WAIT, Reach.PLATFORM)
    if fault.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Failed(str(fault), outcome_known=False)
    why = cut(f"{fault}: {fault.text}" if fault.text else str(fault), REASON_CHARS)
    return Gone(why) if fault.status == HTTPStatus.FORBIDDEN else Rejected(why)


def is_wait(fault: Refused) -> bool:
    """Tell whether Discord wants us to come again later."""
    return fault.status == HTTPStatus.TOO_MANY_REQUESTS or fault.code in {Code.SLOWMODE, Code.CHANNEL_WRITES}


def shuts_out(fault: Refused) -> bool:
    """Tell whether nothing that we ask is answered: a bad token, or an address that was banned."""
    # No JSON: it is not Discord's API that forbids, but what stands before it.
    is_banned = fault.status == HTTPStatus.FORBIDDEN and fault.is_wide
    return is_banned or fault.status == HTTPStatus.UNAUTHORIZED or fault.code == Code.UNAUTHORIZED


def known(words: dict[Code, str], fault: Refused) -> str:
    """Return the words for a code; empty where there are none."""
    return next((why for code, why in words.items() if code == fault.code), "")


def find_result(fault: Fault) -> FindResult:
    """Return what a fault means for a look-up."""
    match send_result(fault, DeliveryKind.NOTICE):
        case Sent():
            return Absent()
        case Rejected(why):
            return Failed(why)
        case other:
            return other
