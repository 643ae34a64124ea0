"""A card as a Discord message: one embed, buttons below it. Pure.

Embeds, not components V2: an embed is the only frame that takes 6,000 characters instead of 4,000 (a list of
25 papers), that any edit can turn into any other, and whose link can bear the mark of a delivery without
buttons. What V2 would add, a button beside each paper, narrows the text on a phone; and a screen reader reads
an embed as it stands here: title, lines, then buttons that say their paper. There are no fields, as inline
ones stand in columns.

A card of copied text alone (a citation, how a command is typed) is no embed but a plain message: on a phone
only that can be copied.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from adapters.discord.limits import MAX_CONTENT, MAX_DESCRIPTION, MAX_EMBEDS_TOTAL, MAX_TITLE
from adapters.discord.markup import bold, clipped, escaped, names_place, plain
from adapters.discord.render.acts import mark_url, marked_key
from adapters.discord.render.body import code_pieces, fitted, joined
from adapters.discord.render.buttons import rows_of
from adapters.discord.render.naming import as_typed_here
from adapters.discord.render.payload import SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, Embed, Payload
from bot.domain.cards import Actions, Card, Code, Entry, Facts, Heading, Keep, Note, Part
from bot.domain.paper_ids import abs_url
from bot.domain.plain import size
from bot.domain.pressable import page_of, shows_papers, votables_of
from bot.domain.text import ELLIPSIS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from adapters.discord.render.payload import Row
    from bot.domain.pressable import Votable

__all__ = ["Payload", "marked_key", "render", "render_all"]

ACCENT = 0x5B7FC7
"""The colour of the embed's edge, the same for everything."""

MOST_REMEMBERED = 128
"""Cards whose layout is remembered; one takes a few kB."""

FOOTER_ROOM = 500
"""How much of the remarks at the end stands in the small line below; it is a line or two."""


def render_all(card: Card, *, more: str = "") -> tuple[Payload, ...]:
    """Render an answer: one message, and more of them only for text to be copied that no message holds."""
    return tuple(render(one, more=more) for one in divided(card))


def render(card: Card, *, key: str = "", silent: bool = False, more: str = "") -> Payload:
    """Render a card as one message.

    `key` is a delivery's, to be found by `marked_key` in what history shows. `silent`: no notification.
    `more` holds the words of the button “More papers”, as `on 2026-04-24 25`; it is there with them only.
    """
    card = as_typed_here(card, is_ours=not shows_papers(card))
    flags = SUPPRESS_NOTIFICATIONS if silent else 0
    if not key and is_for_copying(card):
        return replace(plain_message(card, more), flags=flags | SUPPRESS_EMBEDS)
    return replace(framed(card, key, more), flags=flags)


# --- In a frame ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Layout:
    """The text of a card as embeds have it, and the papers in it."""

    title: str
    texts: tuple[str, ...]
    footer: str
    ballots: tuple[Votable, ...]


def framed(card: Card, key: str, more: str) -> Payload:
    """Render a card as an embed; as two where the text is longer than the description of one."""
    layout = laid_out(card)
    rows = rows_of(card, layout.ballots, key, more)
    url = heading_url(card, key, has_mark=bool(marked_key(custom_ids(rows), ())))
    return Payload(embeds=tuple(embeds_of(layout.title, url, layout.texts, layout.footer)), components=rows)


@lru_cache(maxsize=MOST_REMEMBERED)
def laid_out(card: Card) -> Layout:
    """Lay a card's text out. One card goes to many channels, where only the keys on its buttons differ."""
    title, parts, footer = taken_apart(card)
    room = MAX_EMBEDS_TOTAL - size(title) - size(footer)
    blocks = fitted(parts, room, is_ours=not shows_papers(card))
    ballots = votables_of(block.part for block in blocks if isinstance(block.part, Entry))
    texts = joined(blocks, MAX_DESCRIPTION)
    if not texts and not title:
        texts = [escaped(clipped(plain(card.gist) or ELLIPSIS, MAX_DESCRIPTION))]
    return Layout(title, tuple(texts), footer, tuple(ballots))


def taken_apart(card: Card) -> tuple[str, Sequence[Part], str]:
    """Return a card's title as Markdown, the parts of its text, and the remarks at its end as plain text.

    A title cannot name a channel or a message: the heading of a card that does is the first line of its text.
    """
    actions = [part for part in card.parts if isinstance(part, Actions)]
    parts = [part for part in card.parts if not isinstance(part, Actions)]
    title, footer = "", []
    first = parts[0] if parts else None
    if isinstance(first, Heading) and (shows_papers(card) or not names_place(first.text)):
        title = escaped(clipped(plain(first.text), MAX_TITLE))
        parts.pop(0)
    while len(parts) > 1 and isinstance(last := parts[-1], Note) and last.keep <= Keep.NICE:
        footer.append(plain(last.text))
        parts.pop()
    return title, [*parts, *actions], clipped("\n".join(filter(None, reversed(footer))), FOOTER_ROOM, str)


def embeds_of(title: str, url: str, texts: Sequence[str], footer: str) -> list[Embed]:
    """Return the texts each in an embed, the title over the first and the footer under the last."""
    embeds = [Embed(color=ACCENT, description=text) for text in texts] or [Embed(color=ACCENT)]
    if title:
        embeds[0]["title"] = title
    if url:
        embeds[0]["url"] = url
    if footer:
        embeds[-1]["footer"] = {"text": footer}
    return embeds


def heading_url(card: Card, key: str, *, has_mark: bool) -> str:
    """Return where the title leads: to the card's paper; else it bears the key that no button has."""
    if page := page_of(card):
        return abs_url(page.paper)
    return mark_url(key) if key and not has_mark else ""


def custom_ids(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the custom ids of all components."""
    for row in rows:
        for component in row["components"]:
            yield component["custom_id"]


# --- To be copied ---------------------------------------------------------------------


def is_for_copying(card: Card) -> bool:
    """Tell whether a card is there for a text to be copied."""
    has_text = any(isinstance(part, Code) and part.text.strip() for part in card.parts)
    return has_text and not any(isinstance(part, Entry | Facts) for part in card.parts)


def plain_message(card: Card, more: str) -> Payload:
    """Render a card as a message without a frame."""
    title, parts, footer = taken_apart(card)
    heading = bold(title)
    room = MAX_CONTENT - size(heading) - size(footer) - len("\n\n")
    [text] = joined(fitted(parts, room), MAX_CONTENT) or [""]
    content = "\n".join(filter(None, (heading, text, escaped(footer))))
    return Payload(content=content, components=rows_of(card, (), "", more))


def divided(card: Card) -> list[Card]:
    """Return a card, and one more for each further piece of a text that is too long to be copied from it."""
    parts: list[Part] = []
    further: list[Card] = []
    for part in card.parts:
        if isinstance(part, Code):
            first, *others = code_pieces(part.text)
            parts.append(replace(part, text=first))
            further += [Card((replace(part, text=other),), card.gist) for other in others]
        else:
            parts.append(part)
    return [Card(tuple(parts), card.gist), *further]
