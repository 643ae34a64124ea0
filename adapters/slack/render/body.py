"""The parts of a card in bits of mrkdwn, of which the least important ones are left out where room is short.

Each part is a piece. Its bits have a keep-priority; within an entry the sentence goes first, so of a long
list all papers stay, the best of them with their sentence.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from adapters.slack.limits import MAX_SECTION, MAX_VALUE
from adapters.slack.markup import bold, clipped, escaped, fenced, link, local_time, with_channels
from adapters.slack.render.acts import Do, value_of
from bot.domain.cards import Actions, Code, Entry, Fact, Facts, Heading, Keep, Note, Part, Prose
from bot.domain.plain import one_line, size
from bot.domain.text import ELLIPSIS, first_sentence, in_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BETWEEN = " · "

TITLE_ROOM = 300
SENTENCE_ROOM = 1_200
"""The longest sentence; it is a text without full stops."""
FACT_ROOM = 600
LABEL_ROOM = 100
CODE_ROOM = MAX_SECTION - 200
"""How much of a text to be copied stands in one piece."""

SECTION_ROOM = MAX_SECTION - 50


@dataclass(frozen=True, slots=True)
class Bit:
    """A little mrkdwn that is shown or left out as a whole; `line` is where it stands in its piece."""

    text: str
    rank: float
    """The higher, the longer it is kept."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a card in bits. Those of one line stand with `joint` between them, `lead` before all."""

    part: Part
    bits: tuple[Bit, ...]
    joint: str = BETWEEN
    lead: str = ""
    is_cut: bool = False
    """Some of it is left out, which prose shows."""

    def lines(self, first: int = 0, last: int = 9) -> str:
        """Return some of its lines as they are shown."""
        lines: dict[int, list[str]] = {}
        for bit in self.bits:
            if first <= bit.line <= last:
                lines.setdefault(bit.line, []).append(bit.text)
        text = "\n".join(self.joint.join(bits) for _, bits in sorted(lines.items()))
        end = f" {ELLIPSIS}" if self.is_cut and isinstance(self.part, Prose) else ""
        return f"{self.lead}{text}{end}"

    @property
    def mrkdwn(self) -> str:
        """The whole piece as it is shown."""
        return self.lines()


def pieces_of(parts: Iterable[Part], *, is_ours: bool = False) -> list[Piece]:
    """Return the parts in pieces that a section holds each; without what has nothing to show.

    Where all is ours (`is_ours`: there is no text of a paper in it), channels have their names.
    """
    pieces = (piece for part in parts for piece in pieces_of_part(part) if piece.bits)
    return [trimmed(named(piece) if is_ours else piece) for piece in pieces]


def named(piece: Piece) -> Piece:
    """Return a piece with its channels by their names."""
    if isinstance(piece.part, Code):
        return piece
    return replace(piece, bits=tuple(replace(bit, text=with_channels(bit.text)) for bit in piece.bits))


def trimmed(piece: Piece) -> Piece:
    """Return a piece that a section holds."""
    while (over := size(piece.mrkdwn) - SECTION_ROOM) > 0 and len(piece.bits) > 1:
        [piece] = lighter([piece], over)
    return piece


def lighter(pieces: Sequence[Piece], by: int) -> list[Piece]:
    """Return the pieces without the bits that are needed least, later ones first, `by` units or more less."""
    order = sorted(
        (bit.rank, -at, -of, cost(bit, piece))
        for at, piece in enumerate(pieces)
        for of, bit in enumerate(piece.bits)
    )
    dropped: set[tuple[int, int]] = set()
    for _, at, of, units in order:
        if by <= 0:
            break
        dropped.add((-at, -of))
        by -= units
    return [left for at, piece in enumerate(pieces) if (left := without(piece, at, dropped)).bits]


def cost(bit: Bit, piece: Piece) -> int:
    """Return how many units a bit takes in the JSON of its message, with what joins it to others."""
    return size(json.dumps(bit.text, ensure_ascii=False)) - len('""') + len(piece.joint)


def without(piece: Piece, at: int, dropped: set[tuple[int, int]]) -> Piece:
    """Return a piece without the bits that are dropped of the `at`-th."""
    bits = tuple(bit for of, bit in enumerate(piece.bits) if (at, of) not in dropped)
    return replace(piece, bits=bits, is_cut=piece.is_cut or len(bits) < len(piece.bits))


# --- One part ---------------------------------------------------------------------------


def pieces_of_part(part: Part) -> Iterator[Piece]:
    """Yield a part in pieces: one, and more of them only for a long text to be copied."""
    match part:
        case Prose(text, keep):
            yield Piece(part, tuple(sentence_bits(one_line(text), keep)), joint=" ")
        case Facts(facts, label, keep):
            lead = f"{bold(escaped(clipped(one_line(label), LABEL_ROOM) + ':'))} " if label else ""
            yield Piece(part, tuple(fact_bits(facts, keep)), lead=lead)
        case Entry():
            yield Piece(part, tuple(entry_bits(part)))
        case Actions(actions, keep):
            typed = [f"{each.label}: {each.words}" for each in actions if not has_button(each.words)]
            yield Piece(
                part,
                tuple(
                    Bit(escaped(clipped(one_line(words), SENTENCE_ROOM)), keep, at)
                    for at, words in enumerate(typed)
                ),
            )
        case Heading(text, _, keep):
            yield one_bit(part, bold(escaped(clipped(one_line(text), SENTENCE_ROOM))), keep)
        case Note(text, keep):
            yield one_bit(part, escaped(clipped(one_line(text), SENTENCE_ROOM)), keep)
        case Code(text, keep):
            for of, rows in enumerate(code_pieces(text)):
                yield one_bit(part, fenced(rows) if rows.strip() else "", keep - of / 1_000)
        case _:
            assert_never(part)


def one_bit(part: Part, mrkdwn: str, rank: float) -> Piece:
    """Return a part that is shown whole or not at all."""
    return Piece(part, (Bit(mrkdwn, rank),) if mrkdwn else ())


def has_button(words: str) -> bool:
    """Tell whether words to type fit into a button; where they don't, they are shown."""
    return size(value_of(Do(words))) <= MAX_VALUE


def sentence_bits(text: str, rank: float) -> Iterator[Bit]:
    """Yield a text sentence by sentence, each kept a little less than the one before it."""
    count = 0
    while text:
        sentence = first_sentence(text)
        yield Bit(escaped(clipped(sentence, SENTENCE_ROOM)), rank - count / 1_000)
        text = text[len(sentence) :].lstrip()
        count += 1


def entry_bits(entry: Entry) -> Iterator[Bit]:
    """Yield an entry's title, then its sentence and facts, none of which is kept without it."""
    lead = "" if entry.number is None else f"{entry.number}{BETWEEN}"
    title = clipped(one_line(entry.title) or one_line(entry.url) or ELLIPSIS, TITLE_ROOM)
    yield Bit(bold(lead + link(title, entry.url)), entry.keep + 0.5)
    if sentence := one_line(entry.sentence):
        rank = min(entry.keep, Keep.NEEDED - 0.5)
        yield Bit(escaped(clipped(sentence, SENTENCE_ROOM)), rank, line=1)
    for bit in fact_bits(entry.facts, entry.keep):
        yield replace(bit, line=2)


def fact_bits(facts: Sequence[Fact], most: float) -> Iterator[Bit]:
    """Yield facts: linked where they have an address, in the reader's own time too where they tell one."""
    for fact in facts:
        if words := clipped(one_line(fact.text), FACT_ROOM):
            own_time = f" ({local_time(fact.at)})" if fact.at else ""
            yield Bit(link(words, fact.url) + own_time, min(most, fact.keep))


# --- Text to be copied --------------------------------------------------------------------


def code_pieces(text: str) -> list[str]:
    """Return a text in pieces that a section holds, divided at line ends, in a long line at blanks."""
    return in_pieces(text, lambda piece: size(fenced(piece)) <= CODE_ROOM, CODE_ROOM // 2)
