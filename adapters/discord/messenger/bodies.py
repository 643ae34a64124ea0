"""What is asked of Discord to have a card shown: the bodies of its calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.discord.markup import clipped, plain
from adapters.discord.render import render
from bot.domain.cards import Entry, Heading
from bot.domain.deliveries import DeliveryKind

if TYPE_CHECKING:
    from adapters.discord.client.rest import Json
    from bot.domain.cards import Card, Part
    from bot.domain.deliveries import Delivery

MAX_THREAD_NAME = 100
"""Characters of a thread's name (Channel, Start Thread from Message)."""

CUSTOM_EMOJI = re.compile(r"<a?:(\w+:\d+)>", re.ASCII)


def message_body(delivery: Delivery, card: Card) -> Json:
    """Return a message as it is posted; its mark is its own key, that of an edited one its parent's."""
    if delivery.kind is DeliveryKind.EDIT:
        return {**render(card, key=delivery.parent).body()}
    return {**render(card, key=delivery.key, silent=delivery.silent).body()}


def posted_once(delivery: Delivery, body: Json) -> Json:
    """Return a body that Discord posts once: it knows the key again for some minutes (Create Message)."""
    return {**body, "nonce": delivery.key, "enforce_nonce": True}


def replying(body: Json, message: str) -> Json:
    """Return a body that is a reply to a message, if that has been deleted or not."""
    return {**body, "message_reference": {"message_id": message, "fail_if_not_exists": False}}


def thread_name(card: Card) -> str:
    """Return what a thread is called that a card begins: its heading, its first paper, or its gist."""
    names = (plain(text) for text in (*filter(None, map(title_of, card.parts)), card.gist))
    return clipped(next(filter(None, names), "Papers"), MAX_THREAD_NAME, str)


def title_of(part: Part) -> str:
    """Return the title of a part, empty where it has none."""
    match part:
        case Heading(text):
            return text
        case Entry(title):
            return title
        case _:
            return ""


def emoji_path(emoji: str) -> str:
    """Return an emoji as it stands in an address: a server's own one (`<:name:123>`) as `name:123`."""
    custom = CUSTOM_EMOJI.fullmatch(emoji)
    return custom[1] if custom else emoji


def emoji_text(emoji: Json) -> str:
    """Return an emoji that Discord describes as the settings of a place have it."""
    if not emoji.get("id"):
        return str(emoji["name"])
    return f"<{'a' if emoji.get('animated') else ''}:{emoji['name']}:{emoji['id']}>"
