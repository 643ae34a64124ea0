"""What Discord takes and shows of a rendered card: the checks that all tests of rendering share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.discord import limits
from adapters.discord.markup import plain
from adapters.discord.render import render, render_all
from adapters.discord.render.naming import as_typed_here
from bot.domain.cards import Card, Entry
from bot.domain.plain import size
from bot.domain.pressable import shows_papers
from tests.fakes.discord_checks import message_faults
from tests.fakes.discord_openapi import faults_of
from tools.discord_markdown import flat, rows_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Any

KEY = "k3f9x20260424090000000001"
MESSAGES = "/channels/{channel_id}/messages"

MEANT = {"", "bold", "link", "time", "h3", "code", "mention"}
"""All that our Markdown does; a mention is a channel's, in text of our own."""

LEFT_FREE = 300
"""Room that may stay free though something had no room: gaps are counted as wide as they can be."""


def bodies_of(card: Card, more: str = "on 2026-04-24 25") -> list[Json]:
    """Render a card in every way that it is rendered."""
    ways = (render(card), render(card, key=KEY, silent=True), *render_all(card), *render_all(card, more=more))
    return [payload.body() for payload in ways]


def faults(card: Card) -> list[str]:
    """Return all that is wrong with a card as it is sent."""
    return [fault for body in bodies_of(card) for fault in body_faults(body)] + list(lost(card))


def body_faults(body: Json) -> Iterator[str]:
    yield from faults_of("POST", MESSAGES, body)
    yield from form_faults(body)
    yield from markdown_faults(body)


def form_faults(body: Json) -> Iterator[str]:
    """Yield what Discord refuses, apart from its OpenAPI file, which takes a while to read a body by."""
    yield from message_faults(body)
    yield from too_long(body)


def markdown_faults(body: Json) -> Iterator[str]:
    """Yield what has an effect that was not meant."""
    for markdown in markdowns(body):
        spans = [span for row in rows_of(markdown) for span in flat(row.spans)]
        found = {row.kind for row in rows_of(markdown)} | {span.kind for span in spans}
        yield from (f"{kind} is not meant: {markdown}" for kind in found - MEANT)
        yield from (f"{span} pings" for span in spans if span.kind == "mention" and span.text[0] != "#")


def too_long(body: Json) -> Iterator[str]:
    """Yield what is longer than Discord takes, counted as its own apps do."""
    total = sum(size(text) for embed in body["embeds"] for text in texts_of(embed))
    measured = [
        (body["content"], limits.MAX_CONTENT),
        *((embed.get("title", ""), limits.MAX_TITLE) for embed in body["embeds"]),
        *((embed.get("description", ""), limits.MAX_DESCRIPTION) for embed in body["embeds"]),
        *((embed.get("url", ""), limits.MAX_EMBED_URL) for embed in body["embeds"]),
    ]
    for part in components(body):
        measured += [
            (part["custom_id"], limits.MAX_CUSTOM_ID),
            (part.get("label", "x"), limits.MAX_LABEL),
            (part.get("placeholder", ""), limits.MAX_PLACEHOLDER),
        ]
        measured += [(each[name], limits.MAX_OPTION) for each in part.get("options", ()) for name in each]
        yield from (f"{each} is empty" for each in part.get("options", ()) if not each["label"].strip())
        if not part.get("label", "x").strip():
            yield "a button says nothing"
    yield from (f"{size(text)} of {most}: {text[:80]}" for text, most in measured if size(text) > most)
    if total > limits.MAX_EMBEDS_TOTAL:
        yield f"the embeds have {total} characters"


def lost(card: Card) -> Iterator[str]:
    """Yield the entries that are not shown, and the sentences that are not though there was room."""
    named = as_typed_here(card, is_ours=not shows_papers(card))
    entries = [part for part in named.parts if isinstance(part, Entry)]
    body = render(card, key=KEY).body()
    rows = [row for embed in body["embeds"] for row in rows_of(embed.get("description", ""))]
    titles = [row.spans[0].text for row in rows if row.spans and row.spans[0].kind == "bold"]
    lines = {text_of(markdown) for markdown in markdowns(body)}
    used = sum(size(text) for embed in body["embeds"] for text in texts_of(embed))
    for entry in entries:
        if entry.number is not None and not any(title.startswith(f"{entry.number} · ") for title in titles):
            yield f"{entry.number} is not shown"
        sentence = plain(entry.sentence)
        is_shown = any(sentence[:20] in line.replace("\u200b", "") for line in lines)
        if sentence and not is_shown and used + 2 * size(sentence) + LEFT_FREE < limits.MAX_EMBEDS_TOTAL:
            yield f"there was room for: {sentence}"


def components(body: Json) -> list[Json]:
    """Return the buttons and selects of a message."""
    return [component for row in body["components"] for component in row["components"]]


def labels(body: Json) -> list[str]:
    """Return what stands on the buttons and selects of a message."""
    return [part.get("label") or part["placeholder"] for part in components(body)]


def texts_of(embed: Json) -> list[str]:
    """Return the texts of an embed that Discord counts."""
    return [embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", "")]


def markdowns(body: Json) -> list[str]:
    """Return the texts of a message that are Markdown."""
    inside = [embed.get(name, "") for embed in body["embeds"] for name in ("title", "description")]
    return [text for text in (body["content"], *inside) if text]


def visible(body: Json) -> str:
    """Return all text of a message as a person reads it."""
    footers = [embed["footer"]["text"] for embed in body["embeds"] if "footer" in embed]
    return "\n".join([*map(text_of, markdowns(body)), *footers])
