"""What Slack refuses, and what the network does, as the core's own values.

The one place that knows error strings. Their meanings: the error lists of docs.slack.dev, page by method.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp

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

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack answered, and not with what was asked for."""

    error: str = ""
    """Its error string; empty where it was not Slack's API that answered."""
    status: int = 200
    retry_after: timedelta | None = None
    told: tuple[str, ...] = field(default=())
    """What it says besides: which block is wrong, which scope is needed."""

    def __str__(self) -> str:
        return f"Slack answered {self.error or self.status}"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer came, or none that can be read. `may_be_done`: the request had left."""

    why: str
    may_be_done: bool = True

    def __str__(self) -> str:
        return f"Slack {self.why}"


Fault = Refused | Unanswered

NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
UNREAD = (aiohttp.ClientError, OSError, asyncio.TimeoutError)


def fault_of(raised: Exception) -> Fault:
    """Return what an exception of aiohttp stands for.

    Raises:
        Exception: the exception itself, where it is a bug.
    """
    if isinstance(raised, NEVER_LEFT):
        return Unanswered("cannot be reached", may_be_done=False)
    if isinstance(raised, UNREAD):
        return Unanswered(f"gave no answer ({type(raised).__name__})")
    raise raised


# --- What follows for a message ---------------------------------------------------


USUAL_WAIT = timedelta(seconds=5)
"""How long to wait where we are told to and not for how long."""

PAUSE = timedelta(minutes=5)
"""How long a workspace is left alone that takes no more messages."""

MIGRATION = timedelta(hours=1)
"""How long a workspace is left alone that is being moved to an enterprise organisation."""

REASON_CHARS = 200

CALL_WAITS = {"ratelimited", "rate_limited"}
SERVER_WAITS = {
    "message_limit_exceeded": PAUSE,
    "accesslimited": PAUSE,
    "org_login_required": MIGRATION,
    "team_added_to_org": MIGRATION,
    "token_expired": USUAL_WAIT,
}
"""What closes a whole workspace for a while; a token that has expired is renewed meanwhile."""

UNKNOWN = {"internal_error", "fatal_error"}
"""May come after part of the work was done."""

NOT_DONE = {"service_unavailable", "request_timeout", "team_quota_exceeded"}
"""Came before anything was done; `request_timeout`: the request was cut."""

RULE = "a rule of the workspace does not let me post there: ask an administrator"
BAD_TOKEN = "the workspace has taken my access back: install me again"  # noqa: S105 - a sentence
NO_SCOPE = "I lack a permission (scope) there: install me again with all that the manifest asks for"
NO_DM = "direct messages to this person are closed"

GONE = {
    "channel_not_found": (
        "the channel is not there any more, or it is private and I am not in it: type /invite there and"
        " choose me"
    ),
    "not_in_channel": "I am not in the channel: type /invite there and choose me",
    "is_archived": "the channel is archived",
    "restricted_action": RULE,
    "restricted_action_read_only_channel": RULE,
    "restricted_action_thread_only_channel": "the channel takes replies in threads alone",
    "restricted_action_non_threadable_channel": "the channel takes no threads: choose another layout",
    "no_permission": NO_SCOPE,
    "missing_scope": NO_SCOPE,
    "not_allowed_token_type": NO_SCOPE,
    "ekm_access_denied": RULE,
    "team_access_not_granted": NO_SCOPE,
    "access_denied": RULE,
    "enterprise_is_restricted": RULE,
    "invalid_auth": BAD_TOKEN,
    "not_authed": BAD_TOKEN,
    "account_inactive": BAD_TOKEN,
    "token_revoked": BAD_TOKEN,
    "user_is_bot": NO_DM,
    "cannot_dm_bot": NO_DM,
    "messages_tab_disabled": "my Messages tab is off in this workspace, so I can write to nobody alone",
}
"""The place takes nothing until somebody changes that."""

REJECTED = {
    "restricted_action_thread_locked": "the thread is locked",
    "thread_not_found": "the message that it answers was deleted",
    "cannot_reply_to_message": "the message that it answers takes no replies",
    "cant_update_message": "the message is not mine to edit",
    "edit_window_closed": "the workspace does not let messages of that age be edited",
    "update_failed": "Slack could not edit the message",
    "too_many_emoji": "the message has too many reactions already",
    "too_many_reactions": "the message has too many reactions already",
    "invalid_name": "Slack does not know this emoji here",
    "msg_too_long": "Slack finds the message too long",
    "msg_blocks_too_long": "Slack finds the message too long",
    "too_many_attachments": "Slack finds the message too long",
}
"""The message will never be taken."""

DELETED = {"message_not_found", "thread_not_found"}
"""Where something was to be done to a message: it is gone. Its votes stay."""

REVOKED = {"invalid_auth", "account_inactive", "token_revoked"}
"""What says that an installation is over."""


def send_result(fault: Fault, kind: DeliveryKind) -> SendResult:
    """Return what a fault means for a delivery of a kind."""
    if isinstance(fault, Unanswered):
        return Failed(str(fault), outcome_known=not fault.may_be_done)
    if kind in ON_MESSAGES and fault.error in DELETED:
        return Sent(None)
    if why := REJECTED.get(fault.error):
        return Rejected(why)
    if why := GONE.get(fault.error):
        return Gone(sentence(why, fault))
    return wait_of(fault) or by_outcome(fault)


def may_be_done(fault: Fault) -> bool:
    """Tell whether what was asked for may have been done all the same."""
    result = send_result(fault, DeliveryKind.NOTICE)
    return isinstance(result, Failed) and not result.outcome_known


def wait_of(fault: Refused) -> Throttled | None:
    """Return for how long Slack wants us to wait, and with what; None where it does not."""
    if fault.error in CALL_WAITS or fault.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled(fault.retry_after or USUAL_WAIT, Reach.CALL)
    if wait := SERVER_WAITS.get(fault.error):
        return Throttled(fault.retry_after or wait, Reach.SERVER)
    return None


def by_outcome(fault: Refused) -> SendResult:
    """Return what a refusal means whose error string says nothing of its own."""
    if fault.error in NOT_DONE:
        return Failed(str(fault), outcome_known=True)
    if fault.error in UNKNOWN or not fault.error or fault.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Failed(str(fault), outcome_known=False)
    return Rejected(sentence(str(fault), fault))


def sentence(why: str, fault: Refused) -> str:
    """Return a reason with what Slack says besides."""
    return cut(f"{why} ({'; '.join(fault.told)})" if fault.told else why, REASON_CHARS)


def find_result(fault: Fault) -> FindResult:
    """Return what a fault means for a look-up."""
    match send_result(fault, DeliveryKind.NOTICE):
        case Sent():
            return Absent()
        case Rejected(why):
            # The heading of the thread is gone, and all that was said in it.
            is_gone = isinstance(fault, Refused) and fault.error in DELETED
            return Absent() if is_gone else Failed(why)
        case other:
            return other


def refusal_of(status: int, headers: Mapping[str, str], body: Mapping[str, object]) -> Refused:
    """Read a refusal: its error string, how long to wait, and what else is told."""
    told: list[str] = []
    metadata = body.get("response_metadata")
    if isinstance(metadata, dict):
        told += [str(each) for each in metadata.get("messages") or ()]
    if needed := body.get("needed"):
        told.append(f"needed: {needed}")
    return Refused(str(body.get("error") or ""), status, seconds_of(headers.get("Retry-After")), tuple(told))


def seconds_of(value: str | None) -> timedelta | None:
    """Return a number of seconds as a span; None where it is none."""
    try:
        return timedelta(seconds=max(0.0, float(value))) if value else None
    except (ValueError, OverflowError):
        return None
