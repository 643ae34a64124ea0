"""A card's text as Markdown that fits its room, the least important bits left out.

Each part is a block of bits. Bits are taken in by their keep-priority, equal ones from the top, as long as
there is room; so what is missing in the end is what was needed least, and the bottom before the top. Within
an entry the sentence goes first, so of a long list all papers stay, the best of them with their sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from adapters.discord.limits import MAX_CUSTOM_ID, MAX_DESCRIPTION, MAX_TITLE
from adapters.discord.markup import (
    bold,
    clipped,
    escaped,
    fenced,
    isolated,
    link,
    local_time,
    plain,
    with_channels,
)
from adapters.discord.render.acts import Do, custom_id
from bot.domain.cards import Actions, Code, Entry, Fact, Facts, Heading, Keep, Note, Part, Prose
from bot.domain.plain import size
from bot.domain.text import ELLIPSIS, first_sentence, in_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BETWEEN = " · "

SENTENCE_ROOM = 1_500
"""The longest sentence; it is a text without full stops."""
FACT_ROOM = 1_000
TITLE_ROOM = 256
SHORTEST_TITLE_ROOM = 40
LINK_ROOM = 90
"""What an entry's link, number and marks take beside its title."""

BLOCK_ROOM = MAX_DESCRIPTION - 96
"""The longest block: an embed's description holds it whole."""

CODE_ROOM = 1_600
"""How much of a text to be copied one message holds; its content has a title besides."""

LEFT_OUT_ROOM = 40
"""What is kept free for the line that says how many entries had no room."""


@dataclass(frozen=True, slots=True)
class Bit:
    """A little Markdown that is shown or left out as a whole."""

    text: str
    rank: float
    """The higher, the longer it is kept."""
    line: int = 0
    needs: int | None = None
    """Which bit of its block must be there for it to make sense."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a card in bits. Those of one line stand with `joint` between them, `lead` before all."""

    part: Part
    bits: tuple[Bit, ...]
    joint: str = BETWEEN
    lead: str = ""

    @property
    def markdown(self) -> str:
        """The block as it is shown."""
        text = self.lead + self.bits[0].text
        for before, bit in zip(self.bits, self.bits[1:], strict=False):
            text += (self.joint if bit.line == before.line else "\n") + bit.text
        return text


def fitted(parts: Sequence[Part], room: int, *, is_ours: bool = False) -> list[Block]:
    """Return the blocks of a card's parts in at most `room` units, the gaps between them included.

    `is_ours`: all of the text is the bot's own, no paper's; then the places in it are shown as channels.
    """
    entries = sum(isinstance(part, Entry) for part in parts)
    linked = LINK_ROOM if any(isinstance(part, Entry) and part.url for part in parts) else 0
    share = room // entries - linked if entries else TITLE_ROOM
    title_room = max(SHORTEST_TITLE_ROOM, min(TITLE_ROOM, share))
    blocks = [block for part in parts if (block := block_of(part, title_room)).bits]
    if is_ours:
        blocks = [with_channel_names(block) for block in blocks]
    kept = taken_in(blocks, room - (LEFT_OUT_ROOM if entries else 0))
    missing = entries - sum(isinstance(block.part, Entry) for block in kept)
    return [*kept, *left_out(missing)]


def with_channel_names(block: Block) -> Block:
    """Return a block with the names of channels, but for text to be copied."""
    if isinstance(block.part, Code):
        return block
    return replace(block, bits=tuple(replace(bit, text=with_channels(bit.text)) for bit in block.bits))


def left_out(missing: int) -> list[Block]:
    """Say how many entries had no room."""
    if not missing:
        return []
    text = f"{missing:,} more had no room here."
    return [Block(Note(text), (Bit(text, 0),))]


def taken_in(blocks: Sequence[Block], room: int) -> list[Block]:
    """Return the blocks with the bits that have room; those without any are left out."""
    ranks = sorted(
        (-bit.rank, at, of) for at, block in enumerate(blocks) for of, bit in enumerate(block.bits)
    )
    taken: list[set[int]] = [set() for _ in blocks]
    used = [0] * len(blocks)
    for _, at, of in ranks:
        block, bit = blocks[at], blocks[at].bits[of]
        cost = size(bit.text) + (len(block.joint) if taken[at] else size(block.lead) + len("\n\n …"))
        has_room = cost <= room and used[at] + cost <= BLOCK_ROOM
        if has_room and (bit.needs is None or bit.needs in taken[at]):
            taken[at].add(of)
            used[at] += cost
            room -= cost
    return [shortened(block, of) for block, of in zip(blocks, taken, strict=True) if of]


def shortened(block: Block, taken: set[int]) -> Block:
    """Return a block with some of its bits; prose that was cut says so."""
    bits = tuple(bit for of, bit in enumerate(block.bits) if of in taken)
    if isinstance(block.part, Prose) and len(bits) < len(block.bits):
        bits = (*bits[:-1], replace(bits[-1], text=f"{bits[-1].text} {ELLIPSIS}"))
    return replace(block, bits=bits)


def joined(blocks: Sequence[Block], room: int) -> list[str]:
    """Return the blocks as texts of at most `room` units each, none of them divided."""
    texts: list[str] = []
    before: Part | None = None
    for block in blocks:
        gap = "\n" if before is not None and is_close(before, block.part) else "\n\n"
        if texts and size(texts[-1] + gap + block.markdown) <= room:
            texts[-1] += gap + block.markdown
        else:
            texts.append(block.markdown)
        before = block.part
    return texts


def is_close(before: Part, part: Part) -> bool:
    """Tell whether a part follows the one before it without an empty line."""
    match before, part:
        case (Heading(), _) | (Note(), Note()) | (Facts(), Facts()):
            return True
        case _:
            return False


# --- One part ---------------------------------------------------------------------


def block_of(part: Part, title_room: int) -> Block:
    """Return a part in bits; without any where there is nothing to show."""
    match part:
        case Prose(text, keep):
            return Block(part, tuple(sentence_bits(plain(text), keep)), joint=" ")
        case Facts(facts, label):
            lead = f"{bold(escaped(plain(label) + ':'))} " if label else ""
            return Block(part, tuple(fact_bits(facts)), lead=lead)
        case Entry():
            return Block(part, tuple(entry_bits(part, title_room)))
        case Actions(actions, keep):
            typed = (f"{action.label}: {action.words}" for action in actions if not has_button(action.words))
            return Block(part, tuple(Bit(escaped(plain(words)), keep, at) for at, words in enumerate(typed)))
        case Heading() | Note() | Code():
            markdown = markdown_of(part)
            return Block(part, (Bit(markdown, part.keep),) if markdown else ())
        case _:
            assert_never(part)


def markdown_of(part: Heading | Note | Code) -> str:
    """Return a part that is one bit."""
    match part:
        case Heading(text):
            words = clipped(plain(text), MAX_TITLE)
            return f"### {escaped(words)}" if words else ""
        case Note(text):
            return escaped(clipped(plain(text), SENTENCE_ROOM))
        case Code(text):
            return code_markdown(text)
        case _:
            assert_never(part)


def has_button(words: str) -> bool:
    """Tell whether words to type fit into a button; where they don't, they are shown."""
    return size(custom_id(Do(words))) <= MAX_CUSTOM_ID


def sentence_bits(text: str, rank: float) -> Iterator[Bit]:
    """Yield a text sentence by sentence; each needs the one before it."""
    count = 0
    while text:
        sentence = first_sentence(text)
        yield Bit(escaped(clipped(sentence, SENTENCE_ROOM)), rank, needs=count - 1 if count else None)
        text = text[len(sentence) :].lstrip()
        count += 1


def entry_bits(entry: Entry, title_room: int) -> Iterator[Bit]:
    """Yield an entry's title, then its sentence and facts, which need it."""
    lead = "" if entry.number is None else f"{entry.number}{BETWEEN}"
    title = clipped(plain(entry.title) or plain(entry.url) or ELLIPSIS, title_room)
    yield Bit(bold(lead + isolated(link(title, entry.url))), entry.keep)
    if sentence := plain(entry.sentence):
        rank = min(entry.keep, Keep.NEEDED - 0.5)
        yield Bit(escaped(clipped(sentence, SENTENCE_ROOM)), rank, line=1, needs=0)
    for bit in fact_bits(entry.facts):
        yield replace(bit, rank=min(entry.keep, bit.rank), line=2, needs=0)


def fact_bits(facts: Sequence[Fact]) -> Iterator[Bit]:
    """Yield facts: linked where they have an address, the first time of a line in the reader's own too."""
    first = next((fact for fact in facts if fact.at), None)
    for fact in facts:
        if words := clipped(plain(fact.text), FACT_ROOM):
            own_time = f" (your time: {local_time(fact.at)})" if fact is first and fact.at else ""
            yield Bit(isolated(link(words, fact.url)) + own_time, fact.keep)


# --- Text to be copied -----------------------------------------------------------------


def code_markdown(text: str) -> str:
    """Return the beginning of a text that one message holds, to be copied; nothing where there is no text."""
    first, *others = code_pieces(text)
    if not first.strip():
        return ""
    return fenced(f"{first}\n{ELLIPSIS}" if others else first)


def code_pieces(text: str) -> list[str]:
    """Return a text in pieces that a message holds, divided at line ends, in a long line at blanks."""
    return in_pieces(text, lambda piece: size(fenced(piece)) <= CODE_ROOM, CODE_ROOM // 2)
