"""What things look like that the stand-in tells of: the fields that Discord always sends."""

from __future__ import annotations

from typing import Any

Json = Any

BOT, APPLICATION = "900000000000000001", "900000000000000002"

TEXT, DM, ANNOUNCEMENT, ANNOUNCEMENT_THREAD, THREAD, FORUM = 0, 1, 5, 10, 11, 15
THREADS = {ANNOUNCEMENT_THREAD, THREAD, 12}

MINUTE_OF_JOINING = "2026-01-01T00:00:00+00:00"


def bot_user() -> Json:
    return {"id": BOT, "username": "Papers", "discriminator": "0", "avatar": None, "bot": True}


def application() -> Json:
    return {
        "id": APPLICATION, "name": "Papers", "icon": None, "description": "", "rpc_origins": None,
        "hook": True, "bot_public": True, "bot_require_code_grant": False, "verify_key": "0" * 64,
        "flags": 0, "team": None, "summary": "",
        "owner": {"id": "1", "username": "owner", "discriminator": "0", "avatar": None, "flags": 0},
    }  # fmt: skip


def guild(id_: str, permissions: int) -> Json:
    """Return a server in which the bot has a role with permissions."""
    return {
        "id": id_, "name": "Readers", "icon": None, "splash": None, "banner": None, "description": None,
        "owner_id": "1", "afk_channel_id": None, "afk_timeout": 300, "verification_level": 0,
        "default_message_notifications": 0, "explicit_content_filter": 0, "emojis": [], "stickers": [],
        "features": [], "mfa_level": 0, "nsfw_level": 0, "system_channel_id": None,
        "system_channel_flags": 0, "rules_channel_id": None, "public_updates_channel_id": None,
        "preferred_locale": "en-US", "premium_tier": 0, "premium_progress_bar_enabled": False,
        "vanity_url_code": None,
        "roles": [role(id_, "@everyone", 0), role(own_role(id_), "Papers", permissions)],
    }  # fmt: skip


def own_role(guild_id: str) -> str:
    """Return the id of the bot's role on a server."""
    return str(int(guild_id) + 1)


def role(id_: str, name: str, permissions: int) -> Json:
    return {
        "id": id_, "name": name, "permissions": str(permissions), "position": 0, "color": 0, "hoist": False,
        "managed": False, "mentionable": False, "flags": 0, "icon": None, "unicode_emoji": None,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
    }  # fmt: skip


def member(guild_id: str) -> Json:
    """Return the bot as a member of a server."""
    return {
        "user": bot_user(), "roles": [own_role(guild_id)], "joined_at": MINUTE_OF_JOINING, "deaf": False,
        "mute": False, "flags": 0, "nick": None, "avatar": None,
    }  # fmt: skip


def channel(id_: str, guild_id: str | None, kind: int) -> Json:
    shape = {
        "id": id_, "type": kind, "guild_id": guild_id, "name": f"c{id_}", "position": 0, "parent_id": None,
        "permission_overwrites": [], "topic": None, "nsfw": False, "rate_limit_per_user": 0,
        "last_message_id": None, "flags": 0,
    }  # fmt: skip
    if kind == FORUM:
        shape |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
        shape |= {"default_forum_layout": 0}
    return shape


def thread(parent: Json, name: str, owner: str, at: str) -> Json:
    """Return what a thread has besides what each channel has."""
    kept = {"archived": False, "locked": False, "auto_archive_duration": 1_440, "archive_timestamp": at}
    return {"parent_id": parent["id"], "owner_id": owner, "name": name, "thread_metadata": kept,
            "message_count": 0, "member_count": 1}  # fmt: skip


def message(id_: str, channel_id: str, author: str, at: str) -> Json:
    return {
        "id": id_, "channel_id": channel_id, "type": 0, "content": "", "embeds": [], "components": [],
        "flags": 0, "attachments": [], "mentions": [], "mention_roles": [], "mention_everyone": False,
        "pinned": False, "tts": False, "edited_timestamp": None, "timestamp": at,
        "author": {"id": author, "username": "somebody", "discriminator": "0", "avatar": None},
    }  # fmt: skip


def reaction(emoji: str, users: dict[str, Json]) -> Json:
    """Describe the reactions of one emoji; `users` are named by their id and the sort."""
    name, _, number = emoji.partition(":")
    sorts = {sort: sum(each.endswith(sort) for each in users) for sort in ("normal", "burst")}
    ours = f"{BOT}/normal" in users
    shape = {"emoji": {"id": number or None, "name": name}, "count": len(users), "me": ours}
    return {**shape, "count_details": sorts}


def guild_create(whole: Json, channels: list[Json]) -> Json:
    """Describe a server as GUILD_CREATE does."""
    return {
        **whole, "unavailable": False, "large": False, "member_count": 2, "joined_at": MINUTE_OF_JOINING,
        "members": [member(whole["id"])], "voice_states": [], "presences": [], "stage_instances": [],
        "guild_scheduled_events": [], "soundboard_sounds": [],
        "channels": [each for each in channels if each["type"] not in THREADS],
        "threads": [each for each in channels if each["type"] in THREADS],
    }  # fmt: skip


def interaction(id_: str, token: str, kind: int, details: Json) -> Json:
    return {
        "id": id_, "application_id": APPLICATION, "type": kind, "token": token, "version": 1,
        "data": details, "locale": "en-GB", "app_permissions": "309237730368", "entitlements": [],
        "authorizing_integration_owners": {}, "context": 0, "attachment_size_limit": 10_485_760,
    }  # fmt: skip
