"""What the stand-in of Discord does for each call of its API."""

from __future__ import annotations

import urllib.parse
from typing import TYPE_CHECKING, Any

from tests.fakes import discord_shapes as shapes
from tests.fakes.discord_answers import Refusal
from tests.fakes.discord_checks import command_faults, message_faults
from tests.fakes.discord_openapi import faults_of
from tests.fakes.discord_shapes import ANNOUNCEMENT, APPLICATION, BOT, DM, FORUM, TEXT, THREADS

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from tests.fakes.discord_standin import Standin

Json = Any


class StandinResources:
    """Channels, messages, threads and reactions of a stand-in."""

    def __init__(self, standin: Standin) -> None:
        self._it = standin
        self._nonces: dict[str, tuple[str, str, float]] = {}
        """The channel, the message, and when it was posted."""

    def routes(self) -> dict[tuple[str, str], Callable[[web.Request, Json], Json]]:
        return {
            ("GET", "/users/@me"): self._get_me,
            ("GET", "/oauth2/applications/@me"): self._get_application,
            ("GET", "/gateway/bot"): self._get_gateway,
            ("PUT", "/applications/{application}/commands"): self._put_commands,
            ("POST", "/users/@me/channels"): self._open_dm,
            ("GET", "/channels/{channel}"): self._get_channel,
            ("PATCH", "/channels/{channel}"): self._patch_channel,
            ("GET", "/guilds/{guild}"): self._get_guild,
            ("GET", "/guilds/{guild}/members/{user}"): self._get_member,
            ("GET", "/guilds/{guild}/threads/active"): self._active_threads,
            ("GET", "/channels/{channel}/threads/archived/public"): self._archived_threads,
            ("POST", "/channels/{channel}/threads"): self._begin_post,
            ("POST", "/channels/{channel}/messages"): self._post_message,
            ("GET", "/channels/{channel}/messages"): self._get_messages,
            ("GET", "/channels/{channel}/messages/{message}"): self._get_message,
            ("PATCH", "/channels/{channel}/messages/{message}"): self._patch_message,
            ("POST", "/channels/{channel}/messages/{message}/crosspost"): self._publish,
            ("POST", "/channels/{channel}/messages/{message}/threads"): self._start_thread,
            ("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me"): self._react,
            ("GET", "/channels/{channel}/messages/{message}/reactions/{emoji}"): self._get_reactions,
        }

    # --- Who and where -------------------------------------------------------------------

    def _get_me(self, _request: web.Request, _body: Json) -> Json:
        return shapes.bot_user()

    def _get_application(self, _request: web.Request, _body: Json) -> Json:
        return shapes.application()

    def _get_gateway(self, _request: web.Request, _body: Json) -> Json:
        return self._it.gateway.described()

    def _put_commands(self, request: web.Request, body: Json) -> Json:
        if request.match_info["application"] != APPLICATION:
            raise Refusal(404, 10002, "Unknown Application")
        self._it.check(
            [*command_faults(body), *faults_of("PUT", "/applications/{application_id}/commands", body)]
        )
        self._it.commands = body
        return [{**command, "id": self._it.new_id(), "application_id": APPLICATION} for command in body]

    def _open_dm(self, _request: web.Request, body: Json) -> Json:
        user = str(body["recipient_id"])
        found = [each for each in self._it.channels.values() if each.get("recipient") == user]
        return found[0] if found else self._it.add_channel(self._it.new_id(), None, DM, recipient=user)

    def channel(self, request: web.Request) -> Json:
        """Return the channel of a call."""
        found = self._it.channels.get(request.match_info["channel"])
        if found is None:
            raise Refusal(404, 10003, "Unknown Channel")
        return found

    def _get_channel(self, request: web.Request, _body: Json) -> Json:
        return self.channel(request)

    def _patch_channel(self, request: web.Request, body: Json) -> Json:
        self.channel(request)["thread_metadata"] |= body
        return self.channel(request)

    def _get_guild(self, request: web.Request, _body: Json) -> Json:
        if request.match_info["guild"] not in self._it.guilds:
            raise Refusal(404, 10004, "Unknown Guild")
        return self._it.guilds[request.match_info["guild"]]

    def _get_member(self, request: web.Request, _body: Json) -> Json:
        return shapes.member(request.match_info["guild"])

    # --- Messages --------------------------------------------------------------------------

    def _post_message(self, request: web.Request, body: Json) -> Json:
        channel = self.channel(request)
        self._it.check([*message_faults(body), *faults_of("POST", "/channels/{channel_id}/messages", body)])
        if channel["type"] == FORUM:
            raise Refusal(400, 40058, "Cannot send a message in a forum channel")
        metadata = channel.get("thread_metadata") or {}
        if metadata.get("locked"):
            raise Refusal(400, 160005, "This thread is locked")
        if metadata.get("archived"):
            metadata["archived"] = False
        nonce = str(body.get("nonce", ""))
        if body.get("enforce_nonce") and (known := self._remembered(nonce)):
            where, message = known
            if message not in self._it.messages[where]:
                raise Refusal(404, 10008, "Unknown Message")
            return self._it.messages[where][message]
        shown = self._it.show(channel["id"], body)
        if body.get("enforce_nonce"):
            self._nonces[nonce] = (channel["id"], shown["id"], self._it.clock.monotonic())
        return {**shown, "nonce": nonce}

    def _remembered(self, nonce: str) -> tuple[str, str] | None:
        if nonce not in self._nonces:
            return None
        channel, message, at = self._nonces[nonce]
        is_fresh = self._it.clock.monotonic() - at <= self._it.nonce_memory.total_seconds()
        return (channel, message) if is_fresh else None

    def message(self, request: web.Request) -> Json:
        """Return the message of a call."""
        found = self._it.messages[self.channel(request)["id"]].get(request.match_info["message"])
        if found is None:
            raise Refusal(404, 10008, "Unknown Message")
        return found

    def _get_messages(self, request: web.Request, _body: Json) -> Json:
        found = sorted(
            self._it.messages[self.channel(request)["id"]].values(), key=lambda each: int(each["id"])
        )
        after, limit = int(request.query.get("after", "0")), int(request.query.get("limit", "50"))
        assert 1 <= limit <= 100
        before = int(request.query.get("before", 1 << 63))
        later = [self._with_reactions(each) for each in found if after < int(each["id"]) < before]
        return list(reversed(later[:limit] if "after" in request.query else later[-limit:]))

    def _get_message(self, request: web.Request, _body: Json) -> Json:
        return self._with_reactions(self.message(request))

    def _with_reactions(self, message: Json) -> Json:
        given = self._it.reactions.get((message["channel_id"], message["id"]), {})
        return {
            **message,
            "reactions": [shapes.reaction(emoji, users) for emoji, users in given.items() if users],
        }

    def _patch_message(self, request: web.Request, body: Json) -> Json:
        message = self.message(request)
        if message["author"]["id"] != BOT:
            raise Refusal(403, 50005, "Cannot edit a message authored by another user")
        if (self._it.channels[message["channel_id"]].get("thread_metadata") or {}).get("archived"):
            raise Refusal(400, 50083, "Thread is archived")
        self._it.check(
            [*message_faults(body), *faults_of("PATCH", "/channels/{channel_id}/messages/{message_id}", body)]
        )
        message |= {
            key: value for key, value in body.items() if key in {"content", "embeds", "components", "flags"}
        }
        message["edited_timestamp"] = self._it.clock.now().isoformat()
        return message

    def _publish(self, request: web.Request, _body: Json) -> Json:
        if self.channel(request)["type"] != ANNOUNCEMENT:
            raise Refusal(400, 50024, "Cannot execute action on this channel type")
        message = self.message(request)
        if message["flags"] & 1:
            raise Refusal(400, 40033, "This message has already been crossposted")
        message["flags"] |= 1
        return message

    # --- Threads ---------------------------------------------------------------------------

    def _begin_post(self, request: web.Request, body: Json) -> Json:
        forum = self.channel(request)
        if forum["type"] != FORUM:
            raise Refusal(400, 50024, "Cannot execute action on this channel type")
        wrong = message_faults(body["message"])
        self._it.check([*wrong, *faults_of("POST", "/channels/{channel_id}/threads", body)])
        if forum.get("wants_tag") and not body.get("applied_tags"):
            raise Refusal(400, 40067, "A tag is required to create a forum post in this channel")
        thread = self._it.add_thread(self._it.new_id(), forum["id"], body["name"])
        return {**thread, "message": self._it.show(thread["id"], body["message"], message=thread["id"])}

    def _start_thread(self, request: web.Request, body: Json) -> Json:
        channel, message = self.channel(request), self.message(request)
        if channel["type"] not in {TEXT, ANNOUNCEMENT}:
            raise Refusal(400, 50024, "Cannot execute action on this channel type")
        if message["id"] in self._it.channels:
            raise Refusal(400, 160004, "A thread has already been created for this message")
        self._it.check(faults_of("POST", "/channels/{channel_id}/messages/{message_id}/threads", body))
        thread = self._it.add_thread(message["id"], channel["id"], body["name"])
        message["thread"] = thread
        return thread

    def _threads(self, *, archived: bool) -> list[Json]:
        found = [each for each in self._it.channels.values() if each["type"] in THREADS]
        return [each for each in found if each["thread_metadata"]["archived"] is archived]

    def _active_threads(self, request: web.Request, _body: Json) -> Json:
        guild = request.match_info["guild"]
        found = [each for each in self._threads(archived=False) if each["guild_id"] == guild]
        return {"threads": found, "members": []}

    def _archived_threads(self, request: web.Request, _body: Json) -> Json:
        parent = self.channel(request)["id"]
        found = [each for each in self._threads(archived=True) if each["parent_id"] == parent]
        return {"threads": found, "members": [], "has_more": False}

    # --- Reactions ---------------------------------------------------------------------------

    def _react(self, request: web.Request, _body: Json) -> Json:
        message = self.message(request)
        emoji = urllib.parse.unquote(request.match_info["emoji"])
        if emoji.startswith(":"):
            raise Refusal(400, 10014, "Unknown Emoji")
        self._it.react_as(message["channel_id"], message["id"], emoji, shapes.bot_user())

    def _get_reactions(self, request: web.Request, _body: Json) -> Json:
        message = self.message(request)
        emoji = urllib.parse.unquote(request.match_info["emoji"])
        sort = {"0": "normal", "1": "burst"}[request.query.get("type", "0")]
        given = self._it.reactions.get((message["channel_id"], message["id"]), {}).get(emoji, {})
        users = [user for name, user in given.items() if name.endswith(sort)]
        after, limit = int(request.query.get("after", "0")), int(request.query.get("limit", "25"))
        later = sorted((user for user in users if int(user["id"]) > after), key=lambda user: int(user["id"]))
        return later[:limit]
