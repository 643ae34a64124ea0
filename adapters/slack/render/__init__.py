"""A card as a Slack message: Block Kit, and a text for notifications and screen readers. Pure.

A list has a section for each paper with its Vote button beside it, and no fields, which stand in columns.
What has no room is left out by keep-priority, until all blocks together are small enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack.limits import MAX_ACTIONS, MAX_BLOCKS, MAX_HEADER, MAX_TEXT, MAX_TOTAL
from adapters.slack.markup import clipped, escaped, names_place, shown, with_channels
from adapters.slack.render.body import SECTION_ROOM, Piece, code_pieces, lighter, pieces_of
from adapters.slack.render.buttons import (
    Form,
    elements_below,
    form_for,
    numbered,
    paper_menu,
    vote_button,
)
from adapters.slack.render.payload import DIVIDER, Payload, context, header, section, total
from bot.domain.cards import Actions, Card, Code, Entry, Facts, Heading, Keep, Note, Part
from bot.domain.plain import one_line, size
from bot.domain.pressable import shows_papers, votable_of, votables_of
from bot.domain.text import ELLIPSIS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.slack.render.payload import Json

__all__ = ["Payload", "render", "render_all"]

NOTE_ROOM = 500
FOOTER_ROOM = 600
"""How much of the remarks at the end stands in the small line below; those before it stand above."""

CODE_SECTIONS = 3
"""Sections of a text to be copied that one message holds beside its title."""


def render_all(card: Card, *, more: str = "") -> tuple[Payload, ...]:
    """Render an answer: one message, and more of them only for text to be copied that no message holds."""
    return tuple(render(one, more=more) for one in divided(card))


def render(card: Card, *, more: str = "") -> Payload:
    """Render a card as one message.

    `more` holds the words of the button “More papers”, as `on 2026-04-24 25`; it is there with them only.
    """
    title, parts, footer = taken_apart(card)
    is_ours = not shows_papers(card)
    footer = with_channels(footer) if is_ours else footer
    pieces = pieces_of(parts, is_ours=is_ours)
    entries = sum(isinstance(piece.part, Entry) for piece in pieces)
    while True:
        missing = entries - sum(isinstance(piece.part, Entry) for piece in pieces)
        foot = "\n".join(filter(None, (left_out(missing), footer)))
        blocks = blocks_of(card, title, pieces, foot, more)
        over = max(total(blocks) - MAX_TOTAL, len(blocks) - MAX_BLOCKS)
        if over <= 0 or not pieces:
            break
        pieces = lighter(pieces, over)
    gist = escaped(clipped(one_line(card.gist) or ELLIPSIS, MAX_TEXT))
    return Payload(with_channels(gist) if is_ours else gist, blocks)


def left_out(missing: int) -> str:
    """Say how many entries had no room."""
    return f"{missing:,} more had no room here." if missing else ""


def taken_apart(card: Card) -> tuple[str, Sequence[Part], str]:
    """Return a card's title as plain text, the parts of its text, and the remarks at its end as mrkdwn.

    A title cannot name a channel, and is short: the heading of a card that does, or is longer, is the first
    line of its text.
    """
    actions = [part for part in card.parts if isinstance(part, Actions)]
    parts = [part for part in card.parts if not isinstance(part, Actions)]
    title, footer = "", ""
    first = parts[0] if parts else None
    if isinstance(first, Heading) and can_be_title(first.text, has_papers=shows_papers(card)):
        title = shown(first.text, MAX_HEADER)
        parts.pop(0)
    while parts and isinstance(last := parts[-1], Note) and last.keep <= Keep.NICE:
        footer = "\n".join(filter(None, (escaped(clipped(one_line(last.text), NOTE_ROOM)), footer)))
        parts.pop()
        if size(footer) > FOOTER_ROOM:
            break
    return title, [*parts, *actions], footer


def can_be_title(heading: str, *, has_papers: bool) -> bool:
    """Tell whether a title shows a heading whole; among papers nothing of it is taken for a channel."""
    text = one_line(heading)
    return size(text) <= MAX_HEADER and (has_papers or not names_place(text))


def blocks_of(card: Card, title: str, pieces: Sequence[Piece], footer: str, more: str) -> tuple[Json, ...]:
    """Return the blocks of a card."""
    ballots = votables_of(piece.part for piece in pieces if isinstance(piece.part, Entry))
    form = form_for(len(ballots))
    blocks = [header(title)] if title else []
    if title and ballots:
        blocks.append(DIVIDER)
    blocks += sections_of(pieces, form)
    if not blocks:
        blocks = [section(escaped(clipped(one_line(card.gist) or ELLIPSIS, SECTION_ROOM)))]
    if footer:
        blocks.append(context(footer))
    if elements := elements_below(card, ballots, form, more):
        blocks.append({"type": "actions", "elements": elements[:MAX_ACTIONS]})
    return numbered(blocks)


def sections_of(pieces: Sequence[Piece], form: Form) -> Iterator[Json]:
    """Yield a section for each paper that has its own button, and as few as can be for all between them."""
    waiting = ""
    before: Part | None = None
    for piece in pieces:
        ballot = votable_of(piece.part) if isinstance(piece.part, Entry) else None
        if ballot and form is not Form.MENUS:
            yield from [section(waiting)] if waiting else []
            waiting = ""
            rest = piece.lines(1)
            if form is Form.NARROW or not rest:
                yield section(piece.mrkdwn, vote_button(ballot))
            else:
                yield section(piece.lines(0, 0), vote_button(ballot))
                yield section(rest, paper_menu(ballot))
        else:
            gap = "\n" if before is not None and is_close(before, piece.part) else "\n\n"
            if waiting and size(waiting + gap + piece.mrkdwn) > SECTION_ROOM:
                yield section(waiting)
                waiting = ""
            waiting += (gap if waiting else "") + piece.mrkdwn
        before = piece.part
    if waiting:
        yield section(waiting)


def is_close(before: Part, part: Part) -> bool:
    """Tell whether a part follows the one before it without an empty line."""
    match before, part:
        case (Heading(), _) | (Note(), Note()) | (Facts(), Facts()):
            return True
        case _:
            return False


def divided(card: Card) -> list[Card]:
    """Return a card, and one more for what of a text to be copied has no room in it."""
    parts: list[Part] = []
    further: list[Card] = []
    for part in card.parts:
        if isinstance(part, Code):
            rows = code_pieces(part.text)
            groups = ["\n".join(rows[at : at + CODE_SECTIONS]) for at in range(0, len(rows), CODE_SECTIONS)]
            parts.append(Code(groups[0], part.keep))
            further += [Card((Code(group, part.keep),), card.gist) for group in groups[1:]]
        else:
            parts.append(part)
    return [Card(tuple(parts), card.gist), *further]
