"""The Web API's methods, as far as the bot uses them, over what the stand-in keeps."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from tests.fakes.slack_answers import Refusal
from tests.fakes.slack_checks import VIEW_BLOCKS, block_faults, message_faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.slack_standin import Standin, Team

Json = Any

STRICT_PAGE = 15
"""Messages of a page where an app is distributed commercially outside the Marketplace."""


class Methods:
    """Each method takes the workspace and the arguments, and returns what stands beside `ok`."""

    def __init__(self, standin: Standin) -> None:
        self._standin = standin

    def all(self) -> dict[str, Callable[[Team, Json], Json]]:
        return {
            "auth.test": self._auth_test,
            "chat.postEphemeral": self._ephemeral,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.info": self._info,
            "conversations.join": self._join,
            "conversations.open": self._open,
            "reactions.add": self._react,
            "reactions.get": self._reactions,
            "users.info": self._user,
            "views.open": self._open_view,
            "views.publish": self._publish_view,
            "views.update": self._publish_view,
            "users.conversations": self._conversations,
        }

    def _auth_test(self, team: Team, _asked: Json) -> Json:
        return {"team_id": team.id, "user_id": team.bot_user, "bot_id": "B1", "url": "", "team": team.name}

    # --- Messages -----------------------------------------------------------------

    def channel(self, team: Team, asked: Json) -> Json:
        """Return the channel that is meant, if the bot can see it."""
        channel = self._standin.channels.get(asked.get("channel", ""))
        if channel is None or channel["team"] != team.id:
            raise Refusal("channel_not_found")
        if channel["is_private"] and not channel["is_member"]:
            raise Refusal("channel_not_found")
        return channel

    def _post(self, team: Team, asked: Json) -> Json:
        channel = self.channel(team, asked)
        self._check(asked)
        if channel["is_archived"]:
            raise Refusal("is_archived")
        if not channel["is_member"]:
            raise Refusal("not_in_channel")
        if asked.get("unfurl_links") is not False or asked.get("unfurl_media") is not False:
            self._standin.faults.append("links would unfold")
        if asked.get("reply_broadcast"):
            self._standin.faults.append("a reply would be broadcast")
        message = self._standin.show(channel["id"], asked, team.bot_user)
        return {"channel": channel["id"], "ts": message["ts"], "message": message}

    def _ephemeral(self, team: Team, asked: Json) -> Json:
        self.channel(team, asked)
        if not asked.get("user"):
            raise Refusal("no_user")
        return {"message_ts": self._standin.new_ts()}

    def _update(self, team: Team, asked: Json) -> Json:
        channel = self.channel(team, asked)
        message = self._standin.messages[channel["id"]].get(asked.get("ts", ""))
        if message is None:
            raise Refusal("message_not_found")
        if message["user"] != team.bot_user:
            raise Refusal("cant_update_message")
        self._check(asked)
        if "blocks" not in asked:
            self._standin.faults.append("an update without blocks keeps the old ones")
        message |= {key: asked[key] for key in ("text", "blocks", "metadata") if key in asked}
        message["edited"] = {"user": team.bot_user, "ts": self._standin.new_ts()}
        return {"channel": channel["id"], "ts": message["ts"], "text": message["text"], "message": message}

    def _check(self, asked: Json) -> None:
        faults = list(message_faults(asked))
        if faults and self._standin.is_strict:
            self._standin.faults += faults
            code = "msg_blocks_too_long" if "msg_blocks_too_long" in faults else "invalid_blocks"
            raise Refusal(code, response_metadata={"messages": faults[:3]})

    # --- What was said --------------------------------------------------------------

    def _history(self, team: Team, asked: Json) -> Json:
        channel = self._readable(team, asked)
        told = [m for m in self._standin.messages[channel["id"]].values() if not is_reply(m)]
        return self._page(told[::-1], asked)

    def _replies(self, team: Team, asked: Json) -> Json:
        channel = self._readable(team, asked)
        told = self._standin.messages[channel["id"]]
        if asked.get("ts") not in told:
            raise Refusal("thread_not_found")
        return self._page([m for m in told.values() if asked["ts"] in {m["ts"], m.get("thread_ts")}], asked)

    def _readable(self, team: Team, asked: Json) -> Json:
        channel = self.channel(team, asked)
        if not channel["is_member"]:
            raise Refusal("not_in_channel")
        return channel

    def _page(self, messages: list[Json], asked: Json) -> Json:
        """Return a page of messages; without being asked for it no metadata stands in it."""
        oldest, latest = float(asked.get("oldest", 0)), float(asked.get("latest", "inf"))
        messages = [m for m in messages if oldest < float(m["ts"]) < latest or is_parent(m, asked)]
        size = min(int(asked.get("limit", 100)), STRICT_PAGE if self._standin.is_commercial else 999)
        start = place_of(messages, asked["cursor"]) if asked.get("cursor") else 0
        page = messages[start : start + size]
        if str(asked.get("include_all_metadata")).lower() != "true":
            page = [{key: m[key] for key in m if key != "metadata"} for m in page]
        further = messages[start + size :][:1]
        cursor = {"next_cursor": further[0]["ts"] if further else ""}
        return {"messages": page, "has_more": bool(further), "response_metadata": cursor}

    # --- Channels and people ------------------------------------------------------------

    def _info(self, team: Team, asked: Json) -> Json:
        return {"channel": self.channel(team, asked)}

    def _join(self, team: Team, asked: Json) -> Json:
        channel = self.channel(team, asked)
        if channel["is_private"]:
            raise Refusal("method_not_supported_for_channel_type")
        if channel["is_archived"]:
            raise Refusal("is_archived")
        channel["is_member"] = True
        return {"channel": channel}

    def _open(self, team: Team, asked: Json) -> Json:
        user = self._user(team, {"user": asked.get("users", "")})["user"]
        if user["is_bot"]:
            raise Refusal("cannot_dm_bot")
        channel = f"D{user['id']}"
        self._standin.add_channel(channel, team.id, is_im=True)
        return {"channel": {"id": channel}}

    def _conversations(self, team: Team, asked: Json) -> Json:
        told = self._standin.channels.values()
        found = [
            each for each in told if each["team"] == team.id and asked["user"] in each.get("members", ())
        ]
        return {"channels": found, "response_metadata": {"next_cursor": ""}}

    def _user(self, _team: Team, asked: Json) -> Json:
        user = self._standin.users.get(asked.get("user", ""))
        if user is None:
            raise Refusal("user_not_found")
        return {"user": user}

    # --- Reactions ----------------------------------------------------------------------

    def _message(self, team: Team, asked: Json) -> Json:
        channel = self.channel(team, asked)
        message = self._standin.messages[channel["id"]].get(asked.get("timestamp", ""))
        if message is None:
            raise Refusal("message_not_found")
        return message

    def _react(self, team: Team, asked: Json) -> Json:
        message = self._message(team, asked)
        if ":" in asked["name"] or not asked["name"].isascii():
            raise Refusal("invalid_name")
        people = self._standin.reactions.setdefault(message["ts"], {}).setdefault(asked["name"], [])
        if team.bot_user in people:
            raise Refusal("already_reacted")
        people.append(team.bot_user)
        return {}

    def _reactions(self, team: Team, asked: Json) -> Json:
        message = self._message(team, asked)
        given = self._standin.reactions.get(message["ts"], {})
        named = self._standin.most_users if asked.get("full") == "true" else 1
        shown = [
            {"name": name, "count": len(people), "users": people[:named]}
            for name, people in given.items()
            if people
        ]
        return {"type": "message", "message": {**message, "reactions": shown}}

    # --- Views ------------------------------------------------------------------------------

    def _open_view(self, team: Team, asked: Json) -> Json:
        if asked.get("trigger_id") not in self._standin.triggers:
            raise Refusal("invalid_trigger_id")
        self._standin.triggers.remove(asked["trigger_id"])
        return self._kept_view(team, asked)

    def _publish_view(self, team: Team, asked: Json) -> Json:
        return self._kept_view(team, asked)

    def _kept_view(self, team: Team, asked: Json) -> Json:
        faults = list(block_faults(asked["view"]["blocks"], VIEW_BLOCKS))
        if faults:
            self._standin.faults += faults
            raise Refusal("invalid_arguments", response_metadata={"messages": faults})
        view = {**asked["view"], "id": f"V{secrets.token_hex(4)}", "team_id": team.id}
        self._standin.views.append({**asked, "view": view})
        return {"view": view}


def place_of(messages: list[Json], cursor: str) -> int:
    """Return where a page begins: at the message that a cursor names, whatever was said since."""
    for place, message in enumerate(messages):
        if message["ts"] == cursor:
            return place
    raise Refusal("invalid_cursor")


def is_reply(message: Json) -> bool:
    return bool(message.get("thread_ts", message["ts"]) != message["ts"])


def is_parent(message: Json, asked: Json) -> bool:
    """Whether it is the message that a thread hangs from: it comes with its replies always."""
    return bool(asked.get("ts")) and message["ts"] == asked.get("ts")
