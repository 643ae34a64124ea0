"""What Discord checks of a message beyond its OpenAPI file: its pages' limits, and what is unwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Any

KNOWN = {
    "content",
    "embeds",
    "components",
    "flags",
    "allowed_mentions",
    "attachments",
    "nonce",
    "enforce_nonce",
    "message_reference",
}
"""The keys of a message that this bot has a use for; any other is misspelt."""

SETTABLE = (1 << 2) | (1 << 12)
EPHEMERAL = 1 << 6

CONTENT, TITLE, DESCRIPTION, FOOTER, ALL_EMBEDS = 2_000, 256, 4_096, 2_048, 6_000
ROWS, BUTTONS, OPTIONS = 5, 5, 25


def message_faults(body: Json, *, is_interaction: bool = False) -> Iterator[str]:
    """Yield what is wrong with a message."""
    yield from (f"{key} is unknown" for key in body if key not in KNOWN)
    yield from ("a file is missing" for each in body.get("attachments") or () if "shown" not in each)
    if len(body.get("content") or "") > CONTENT:
        yield "content is too long"
    if not (body.get("content") or body.get("embeds") or body.get("components")):
        yield "the message is empty"
    allowed = SETTABLE | (EPHEMERAL if is_interaction else 0)
    if (body.get("flags") or 0) & ~allowed:
        yield "flags cannot be set"
    if body.get("allowed_mentions") != {"parse": []}:
        yield "somebody may be pinged"
    if body.get("enforce_nonce") and not body.get("nonce"):
        yield "enforce_nonce without a nonce"
    yield from embed_faults(body.get("embeds") or [])
    yield from component_faults(body.get("components") or [])


def embed_faults(embeds: list[Json]) -> Iterator[str]:
    for embed in embeds:
        if not any(embed.get(part) for part in ("title", "description", "footer", "fields")):
            yield "an embed is empty"
        for part, most in (("title", TITLE), ("description", DESCRIPTION)):
            if len(embed.get(part) or "") > most:
                yield f"an embed's {part} is too long"
        if len((embed.get("footer") or {}).get("text", "")) > FOOTER:
            yield "a footer is too long"
    if sum(size_of(embed) for embed in embeds) > ALL_EMBEDS:
        yield "the embeds are too long together"
    urls = [embed["url"] for embed in embeds if embed.get("url")]
    if len(set(urls)) < len(urls):
        yield "embeds with one link are merged"


def size_of(embed: Json) -> int:
    footer = (embed.get("footer") or {}).get("text", "")
    return len((embed.get("title") or "") + (embed.get("description") or "") + footer)


def component_faults(rows: list[Json]) -> Iterator[str]:
    if len(rows) > ROWS:
        yield "too many rows"
    components = [component for row in rows for component in row["components"]]
    ids = [component["custom_id"] for component in components if "custom_id" in component]
    if len(set(ids)) < len(ids):
        yield "a custom_id stands twice"
    for row in rows:
        if not row["components"] or len(row["components"]) > BUTTONS:
            yield "a row is empty, or too long"
        if any(component["type"] == 3 for component in row["components"]) and len(row["components"]) > 1:
            yield "a select has its row alone"
    for component in components:
        values = [option["value"] for option in component.get("options", ())]
        if component["type"] == 3 and not 1 <= len(values) <= OPTIONS:
            yield "a select has no options, or too many"
        if len(set(values)) < len(values):
            yield "a value stands twice"


def command_faults(commands: list[Json]) -> Iterator[str]:
    """Yield what is wrong with a list of commands."""
    for command in commands:
        words = command.get("options", ())
        if len(words) > OPTIONS:
            yield f"{command['name']} has too many words"
        if characters_of(command) > 8_000:
            yield f"{command['name']} is too long"
        for word in words:
            needed = [option.get("required", False) for option in word.get("options", ())]
            if needed != sorted(needed, reverse=True):
                yield f"{word['name']} needs an option after one that it does not need"
            if any(option.get("autocomplete") and option.get("choices") for option in word["options"]):
                yield f"{word['name']} has choices and autocomplete"


def characters_of(command: Json) -> int:
    """Count names, descriptions and values, as Discord does (Application Commands)."""
    own = len(command["name"]) + len(command.get("description", ""))
    choices = sum(len(each["name"]) + len(str(each["value"])) for each in command.get("choices", ()))
    return own + choices + sum(characters_of(option) for option in command.get("options", ()))
