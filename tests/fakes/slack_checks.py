"""What Slack checks of blocks and messages: the limits of its pages, and what is unwritten.

Written from docs.slack.dev (Block Kit blocks, composition objects) and not from the adapter's own limits.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Any

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
SECTION, HEADER, CONTEXT_ELEMENTS, ACTION_ELEMENTS = 3_000, 150, 10, 25
BUTTON, BUTTON_VALUE, ALT, OPTION, OPTION_VALUE, OPTIONS = 75, 2_000, 75, 75, 150, 100
OVERFLOW = (1, 5)
ID = 255
ALL_BLOCKS = 13_172
"""Where `msg_blocks_too_long` was first seen (slackapi/bolt-js #2509), in serialised characters."""

PING = re.compile(r"<!|<@")
CHANNEL = re.compile(r"<#[CG][A-Z0-9]+>")
DATE = re.compile(r"<!date\^\d+\^[^|>]+\|[^>]+>")
ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
LINK = re.compile(r"<(https?://[^\s|<>]+)(\|[^<>]*)?>")

MESSAGE_KEYS = {
    "channel",
    "text",
    "blocks",
    "metadata",
    "unfurl_links",
    "unfurl_media",
    "thread_ts",
    "reply_broadcast",
    "ts",
    "response_type",
    "replace_original",
    "delete_original",
}
"""The keys of a message that this bot has a use for; any other is misspelt."""


def message_faults(body: Json) -> Iterator[str]:
    """Yield what is wrong with a message."""
    yield from (f"{key} is unknown" for key in body if key not in MESSAGE_KEYS)
    if not body.get("text"):
        yield "no text for notifications and screen readers"
    elif len(body["text"]) > 4_000:
        yield "text is too long"
    yield from markup_faults(body.get("text", ""))
    yield from block_faults(body.get("blocks") or [], MESSAGE_BLOCKS)
    if len(json.dumps(body.get("blocks") or [], ensure_ascii=False)) > ALL_BLOCKS:
        yield "msg_blocks_too_long"


def block_faults(blocks: list[Json], most: int) -> Iterator[str]:
    """Yield what is wrong with blocks."""
    if len(blocks) > most:
        yield "too many blocks"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(set(ids)) < len(ids):
        yield "a block_id stands twice"
    acts = [element["action_id"] for block in blocks for element in elements_of(block)]
    if len(set(acts)) < len(acts):
        yield "an action_id stands twice"
    for block in blocks:
        yield from faults_of(block)
        for element in elements_of(block):
            yield from element_faults(element)


def faults_of(block: Json) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield from text_faults(block["text"], HEADER, plain=True)
        case "section":
            yield from text_faults(block["text"], SECTION)
        case "context":
            if not 1 <= len(block["elements"]) <= CONTEXT_ELEMENTS:
                yield "a context is empty, or too long"
            for text in block["elements"]:
                yield from text_faults(text, SECTION)
        case "actions":
            if not 1 <= len(block["elements"]) <= ACTION_ELEMENTS:
                yield "actions are none, or too many"
        case "divider":
            pass
        case "input":
            yield from text_faults(block["label"], 2_000, plain=True)
        case unknown:
            yield f"a block of type {unknown}"


def elements_of(block: Json) -> list[Json]:
    """Return what can be pressed in a block."""
    if block["type"] == "actions":
        return list(block["elements"])
    if block["type"] == "input":
        return [block["element"]]
    return [block["accessory"]] if "accessory" in block else []


def element_faults(element: Json) -> Iterator[str]:
    if not 1 <= len(element["action_id"]) <= ID:
        yield "an action_id is empty, or too long"
    match element["type"]:
        case "button":
            yield from text_faults(element["text"], BUTTON, plain=True)
            if len(element.get("value", "")) > BUTTON_VALUE:
                yield "a button's value is too long"
            if len(element.get("accessibility_label", "")) > ALT:
                yield "an accessibility label is too long"
        case "overflow":
            if not OVERFLOW[0] <= len(element["options"]) <= OVERFLOW[1]:
                yield "an overflow has no options, or too many"
            yield from option_faults(element["options"])
        case "static_select":
            yield from select_faults(element)
        case "timepicker" | "plain_text_input" | "external_select" | "checkboxes":
            yield from option_faults(element.get("options", []))
        case unknown:
            yield f"an element of type {unknown}"


def select_faults(element: Json) -> Iterator[str]:
    if "placeholder" in element:
        yield from text_faults(element["placeholder"], 150, plain=True)
    if not 1 <= len(element["options"]) <= OPTIONS:
        yield "a select has no options, or too many"
    yield from option_faults(element["options"])


def option_faults(options: list[Json]) -> Iterator[str]:
    for option in options:
        yield from text_faults(option["text"], OPTION, plain=True)
        if not 1 <= len(option["value"]) <= OPTION_VALUE:
            yield "an option's value is empty, or too long"
    values = [option["value"] for option in options]
    if len(set(values)) < len(values):
        yield "a value stands twice"


def text_faults(text: Json, most: int, *, plain: bool = False) -> Iterator[str]:
    if plain and text["type"] != "plain_text":
        yield "a text must be plain"
    if not 1 <= len(text["text"]) <= most:
        yield f"a text is empty, or longer than {most}"
    if text["type"] == "mrkdwn":
        yield from markup_faults(text["text"])


def markup_faults(text: str) -> Iterator[str]:
    """Yield what would ping somebody, or is not escaped."""
    text = DATE.sub("", text)
    if PING.search(text):
        yield f"somebody may be pinged: {text[:80]}"
    rest = LINK.sub("", CHANNEL.sub("", text))
    if ENTITY.search(text) or "<" in rest or ">" in rest:
        yield f"not escaped: {text[:80]}"
